//! Which part of a file is asked for (RFC 9110, section 14). Knows no file.

use axum::http::{HeaderMap, HeaderValue, header};

/// What a request asks for of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Whole,
    /// From the first to the last byte, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// It begins behind the end.
    Nothing,
}

/// `tag`: what the file is called now; an app that goes on with another file gets the whole of this one. Several ranges at
/// once are answered with the whole file, as the standard allows.
pub fn asked(headers: &HeaderMap, length: u64, tag: &HeaderValue) -> Asked {
    if headers
        .get(header::IF_RANGE)
        .is_some_and(|known| known != tag)
    {
        return Asked::Whole;
    }
    let range = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    range
        .and_then(|range| part(range, length))
        .unwrap_or(Asked::Whole)
}

/// `None`: not understood, or several.
fn part(range: &str, length: u64) -> Option<Asked> {
    let (unit, set) = range.split_once('=')?;
    let (first, last) = set.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || last.contains(',') {
        return None;
    }
    let (first, last) = match (first.trim(), last.trim()) {
        ("", last) => {
            let some = number(last)?;
            let first = length.saturating_sub(some);
            (
                if some == 0 { length } else { first },
                length.checked_sub(1),
            )
        }
        (first, "") => (number(first)?, length.checked_sub(1)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, length.checked_sub(1).map(|end| last.min(end)))
        }
    };
    Some(match last.filter(|last| first <= *last) {
        Some(last) => Asked::Part { first, last },
        None => Asked::Nothing,
    })
}

/// Digits alone; what is larger than any file counts as that.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &str, length: u64) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        asked(&headers, length, &HeaderValue::from_static("\"a\""))
    }

    fn part(first: u64, last: u64) -> Asked {
        Asked::Part { first, last }
    }

    #[test]
    fn a_part_is_understood_as_the_standard_says() {
        assert_eq!(of("bytes=0-0", 10), part(0, 0));
        assert_eq!(of("bytes=0-", 10), part(0, 9));
        assert_eq!(of("Bytes=3-5", 10), part(3, 5));
        assert_eq!(of("bytes=3-500", 10), part(3, 9));
        assert_eq!(of("bytes=-4", 10), part(6, 9));
        assert_eq!(of("bytes=-400", 10), part(0, 9));
        assert_eq!(of("bytes=2-99999999999999999999999", 10), part(2, 9));
    }

    #[test]
    fn what_begins_behind_the_end_is_nothing() {
        for range in [
            "bytes=10-",
            "bytes=10-20",
            "bytes=-0",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(of(range, 10), Asked::Nothing, "{range}");
        }
        assert_eq!(of("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn what_is_not_understood_or_asks_for_several_gets_the_whole() {
        let many = format!("bytes={}", "0-1,".repeat(1_000));
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-3",
            "bytes=+1-2",
            "bytes=0-1,2-3",
            "lines=0-1",
            "bytes=--1",
            "bytes=1--2",
            &many,
        ] {
            assert_eq!(of(range, 10), Asked::Whole, "{range}");
        }
    }

    #[test]
    fn who_knows_another_file_gets_the_whole() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=1-2"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"b\""));
        let tag = HeaderValue::from_static("\"a\"");
        assert_eq!(asked(&headers, 10, &tag), Asked::Whole);
        headers.insert(header::IF_RANGE, tag.clone());
        assert_eq!(asked(&headers, 10, &tag), part(1, 2));
    }
}
