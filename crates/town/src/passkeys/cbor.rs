//! Reads the few forms of CBOR (RFC 8949) that devices write their keys in: numbers, bytes, texts, lists and maps of known
//! length. Bounded in depth and number; knows not what they mean.

/// As deep as a statement about a device goes.
const DEPTH: usize = 4;
/// Of one list or map.
const ITEMS: u64 = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    /// `false`, `true`, `null`: nobody asks which.
    Simple,
}

impl<'a> Value<'a> {
    pub fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// What stands in a map under this key.
    pub fn at(&self, key: &Value<'_>) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

/// One value, and what is left behind it. `None`: it is none, or more than we read.
pub fn read(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    value(bytes, 0)
}

fn value(bytes: &[u8], depth: usize) -> Option<(Value<'_>, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (kind, size) = (first >> 5, first & 0x1f);
    let (number, rest) = argument(size, rest)?;
    match kind {
        0 => Some((Value::Number(i64::try_from(number).ok()?), rest)),
        1 => Some((Value::Number(-1 - i64::try_from(number).ok()?), rest)),
        2 => piece(number, rest).map(|(bytes, rest)| (Value::Bytes(bytes), rest)),
        3 => {
            let (text, rest) = piece(number, rest)?;
            Some((Value::Text(std::str::from_utf8(text).ok()?), rest))
        }
        4 => list(number, rest, depth),
        5 => map(number, rest, depth),
        7 if (20..=22).contains(&size) => Some((Value::Simple, rest)),
        _ => None,
    }
}

/// The number that goes with a head; those of no known length are refused.
fn argument(size: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let width = match size {
        0..=23 => return Some((size.into(), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(width)?;
    let number = digits
        .iter()
        .fold(0, |number, digit| number << 8 | u64::from(*digit));
    Some((number, rest))
}

fn piece(length: u64, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    rest.split_at_checked(usize::try_from(length).ok()?)
}

fn list(count: u64, mut rest: &[u8], depth: usize) -> Option<(Value<'_>, &[u8])> {
    let mut items = Vec::new();
    for _ in 0..bounded(count, depth)? {
        let (item, after) = value(rest, depth + 1)?;
        items.push(item);
        rest = after;
    }
    Some((Value::List(items), rest))
}

/// No key twice: which of the two counts is nothing to leave open.
fn map(count: u64, mut rest: &[u8], depth: usize) -> Option<(Value<'_>, &[u8])> {
    let mut pairs: Vec<(Value<'_>, Value<'_>)> = Vec::new();
    for _ in 0..bounded(count, depth)? {
        let (key, after) = value(rest, depth + 1)?;
        let (item, after) = value(after, depth + 1)?;
        if pairs.iter().any(|(known, _)| *known == key) {
            return None;
        }
        pairs.push((key, item));
        rest = after;
    }
    Some((Value::Map(pairs), rest))
}

fn bounded(count: u64, depth: usize) -> Option<u64> {
    (depth < DEPTH && count <= ITEMS).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of RFC 8949, appendix A.
    #[test]
    fn values_are_read_as_in_the_examples_of_the_rfc() {
        let read = |hex: &str| hex::decode(hex).unwrap();
        let cases = [
            ("00", Value::Number(0)),
            ("1818", Value::Number(24)),
            ("1903e8", Value::Number(1000)),
            ("1a000f4240", Value::Number(1_000_000)),
            ("3903e7", Value::Number(-1000)),
            ("4401020304", Value::Bytes(&[1, 2, 3, 4])),
            ("6449455446", Value::Text("IETF")),
            ("80", Value::List(vec![])),
            (
                "a201020304",
                Value::Map(vec![
                    (Value::Number(1), Value::Number(2)),
                    (Value::Number(3), Value::Number(4)),
                ]),
            ),
            ("f5", Value::Simple),
        ];
        for (hex, expected) in cases {
            assert_eq!(super::read(&read(hex)), Some((expected, &[][..])), "{hex}");
        }
    }

    #[test]
    fn what_is_cut_off_endless_doubled_or_too_deep_is_refused() {
        for hex in [
            "",
            "18",
            "4401",
            "9f01ff",
            "5f4101ff",
            "a201020102",
            "c100",
            "fb3ff0000000000000",
            "818181818100",
            "9821",
            "bb00000000ffffffff",
            "3bffffffffffffffff",
            "62ffff",
        ] {
            assert_eq!(read(&hex::decode(hex).unwrap()), None, "{hex}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some((_, rest)) = read(&bytes) {
                prop_assert!(bytes.ends_with(rest) && rest.len() < bytes.len());
            }
        }
    }
}
