//! What somebody types into the search field, read: words, phrases in quotes, `#tags`, `@names` and the operators that apps know
//! from Mastodon. Whatever is no operator is plain words, so that nothing is ever wrong. Knows neither accounts nor posts.

use jiff::{Span, civil::Date, tz::TimeZone};

use crate::{
    clock::Timestamp,
    handle::Handle,
    text::{folded_tag, words},
};

/// Characters of a question that are looked at.
pub const QUESTION: usize = 500;
/// Parts of a question that are looked at; a part in quotes is one.
pub const PARTS: usize = 32;

/// Every part must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub parts: Vec<Part>,
    pub within: Within,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Written with a `-` in front: what is not to be.
    pub not: bool,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Each in one of the forms of [`words::asked`].
    Words(Vec<Vec<String>>),
    Phrase(Phrase),
    /// Without accents, without `#`.
    Tag(String),
    Named(Handle),
    From(Author),
    Has(Has),
    Is(Is),
    /// Of two or three letters.
    Language(String),
    Within(Days),
}

/// Words that stand one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// As [`What::Words`], for what need not stand together.
    pub words: Vec<Vec<String>>,
    /// As [`words::sequence`].
    pub sequence: Vec<String>,
}

impl Phrase {
    /// Does it stand in a text of this sequence?
    pub fn stands_in(&self, sequence: &[String]) -> bool {
        self.sequence.is_empty()
            || sequence
                .windows(self.sequence.len())
                .any(|window| window == self.sequence)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    Me,
    Other(Handle),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Media,
    Image,
    Video,
    Audio,
    Poll,
    Link,
    Quote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Reply,
    Sensitive,
}

/// Among which posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    #[default]
    All,
    /// One's own, those that name one, and those one liked, shared, kept or voted in.
    Library,
    /// Those of people who let their posts be found.
    Public,
}

/// From the beginning of one day until before that of another; `None`: without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Date>,
    pub before: Option<Date>,
}

impl Days {
    /// The same in milliseconds, in a time zone by its name; UTC where that is unknown.
    pub fn moments(&self, zone: &str) -> (Option<Timestamp>, Option<Timestamp>) {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let moment = |day: Date| match day.to_zoned(zone.clone()) {
            Ok(midnight) => midnight.timestamp().as_millisecond(),
            // The last and the first days of the calendar.
            Err(_) if day.year() > 0 => Timestamp::MAX,
            Err(_) => Timestamp::MIN,
        };
        (self.from.map(moment), self.before.map(moment))
    }
}

impl Question {
    pub fn read(text: &str) -> Self {
        let mut question = Self::default();
        let mut rest: &str = &text[..end_of(text, QUESTION)];
        while question.parts.len() < PARTS {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let (not, after) = match rest.strip_prefix('-') {
                Some(after) if after.starts_with(|c: char| !c.is_whitespace()) => (true, after),
                _ => (false, rest),
            };
            let what;
            (what, rest) = next(after);
            match what {
                Read::Nothing => {}
                Read::Within(within) => question.within = within,
                Read::Part(what) => question.parts.push(Part { not, what }),
            }
        }
        question
    }

    /// Nothing but words to be found: then people and tags are meant as well.
    pub fn is_plain(&self) -> bool {
        self.within == Within::All
            && self
                .parts
                .iter()
                .all(|part| !part.not && matches!(part.what, What::Words(_)))
    }
}

/// Where the first `most` characters end.
fn end_of(text: &str, most: usize) -> usize {
    text.char_indices()
        .nth(most)
        .map_or(text.len(), |(end, _)| end)
}

enum Read {
    Nothing,
    Within(Within),
    Part(What),
}

/// The next part, and what comes after.
fn next(text: &str) -> (Read, &str) {
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“')] {
        if let Some(quoted) = text.strip_prefix(open) {
            let (inside, after) = quoted.split_once(close).unwrap_or((quoted, ""));
            return (phrase(inside), after);
        }
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '"')
        .unwrap_or(text.len());
    let (chunk, after) = text.split_at(end);
    let read = operator(chunk)
        .or_else(|| sign(chunk).map(Read::Part))
        .unwrap_or_else(|| plain(chunk));
    (read, after)
}

fn phrase(inside: &str) -> Read {
    let sequence = words::sequence(inside);
    if sequence.is_empty() {
        return Read::Nothing;
    }
    Read::Part(What::Phrase(Phrase {
        words: words::asked(inside),
        sequence,
    }))
}

fn plain(chunk: &str) -> Read {
    let words = words::asked(chunk);
    if words.is_empty() {
        Read::Nothing
    } else {
        Read::Part(What::Words(words))
    }
}

/// `#tag` and `@name`.
fn sign(chunk: &str) -> Option<What> {
    if chunk.starts_with(['#', '＃']) {
        return Some(What::Tag(tag(chunk)?));
    }
    chunk.starts_with('@').then_some(())?;
    chunk.parse().ok().map(What::Named)
}

fn tag(chunk: &str) -> Option<String> {
    let key = folded_tag(chunk);
    let written = |c: char| words::is_word_char(c) || c == '_' || c == '·';
    key.chars()
        .all(written)
        .then(|| words::term(&key))
        .filter(|term| !term.is_empty())
}

fn operator(chunk: &str) -> Option<Read> {
    let (name, value) = chunk.split_once(':')?;
    let name = name.to_ascii_lowercase();
    if name == "from" {
        return author(value).map(|author| Read::Part(What::From(author)));
    }
    let value = value.to_ascii_lowercase();
    let what = match name.as_str() {
        "in" => return within(&value).map(Read::Within),
        "has" => What::Has(has(&value)?),
        "is" => What::Is(is(&value)?),
        "language" | "lang" => What::Language(language(&value)?),
        "before" => What::Within(Days {
            from: None,
            before: days(&value)?.from,
        }),
        "after" => What::Within(Days {
            from: days(&value)?.before,
            before: None,
        }),
        "during" => What::Within(days(&value)?),
        _ => return None,
    };
    Some(Read::Part(what))
}

fn author(value: &str) -> Option<Author> {
    if value.eq_ignore_ascii_case("me") {
        return Some(Author::Me);
    }
    value.parse().ok().map(Author::Other)
}

fn has(value: &str) -> Option<Has> {
    Some(match value {
        "media" => Has::Media,
        "image" => Has::Image,
        "video" => Has::Video,
        "audio" => Has::Audio,
        "poll" => Has::Poll,
        "link" | "embed" => Has::Link,
        "quote" => Has::Quote,
        _ => return None,
    })
}

fn is(value: &str) -> Option<Is> {
    match value {
        "reply" => Some(Is::Reply),
        "sensitive" => Some(Is::Sensitive),
        _ => None,
    }
}

fn within(value: &str) -> Option<Within> {
    match value {
        "all" => Some(Within::All),
        "library" => Some(Within::Library),
        "public" => Some(Within::Public),
        _ => None,
    }
}

fn language(value: &str) -> Option<String> {
    let code = words::primary(value);
    let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase());
    is_code.then_some(code)
}

/// A day, a month or a year: `2026-03-01`, `2026-03`, `2026`.
fn days(value: &str) -> Option<Days> {
    let mut numbers = value.splitn(3, '-').map(|number| {
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| number.parse::<i16>().ok()).flatten()
    });
    let year = numbers.next()??;
    let month = numbers.next();
    let day = numbers.next();
    let length = match (month, day) {
        (_, Some(_)) => Span::new().days(1),
        (Some(_), None) => Span::new().months(1),
        (None, None) => Span::new().years(1),
    };
    let or_first = |part: Option<Option<i16>>| match part {
        None => Some(1),
        Some(number) => number.and_then(|number| i8::try_from(number).ok()),
    };
    let from = Date::new(year, or_first(month)?, or_first(day)?).ok()?;
    let before = from.saturating_add(length);
    Some(Days {
        from: Some(from),
        before: Some(before),
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn only(text: &str) -> What {
        let mut question = Question::read(text);
        assert_eq!(question.parts.len(), 1, "{question:?}");
        question.parts.remove(0).what
    }

    #[test]
    fn each_operator_is_read() {
        let handle = |text: &str| text.parse::<Handle>().unwrap();
        assert_eq!(only("from:me"), What::From(Author::Me));
        for text in ["from:@lea@far.example", "FROM:lea@far.example"] {
            let lea = Author::Other(handle("lea@far.example"));
            assert_eq!(only(text), What::From(lea));
        }
        assert_eq!(only("@marie"), What::Named(handle("marie")));
        assert_eq!(only("#Été_2026"), What::Tag("ete_2026".into()));
        assert_eq!(only("has:Image"), What::Has(Has::Image));
        assert_eq!(only("is:reply"), What::Is(Is::Reply));
        assert_eq!(only("language:fr-CA"), What::Language("fr".into()));
        assert_eq!(Question::read("in:library").within, Within::Library);
        let spans = |from, before| What::Within(Days { from, before });
        let (first, second) = (date(2026, 3, 1), date(2026, 3, 2));
        assert_eq!(only("before:2026-03-01"), spans(None, Some(first)));
        assert_eq!(only("after:2026-03-01"), spans(Some(second), None));
        assert_eq!(only("during:2026-03-01"), spans(Some(first), Some(second)));
        let april = date(2026, 4, 1);
        assert_eq!(only("during:2026-03"), spans(Some(first), Some(april)));
        let (year, next) = (date(2026, 1, 1), date(2027, 1, 1));
        assert_eq!(only("during:2026"), spans(Some(year), Some(next)));
    }

    #[test]
    fn what_is_no_operator_is_plain_words() {
        for text in [
            "before:soup",
            "has:",
            "during:2026-13",
            "after:2026-02-30",
            "language:french!",
            "is:late",
            "in:x",
            "note:well",
            "http://a.example",
            "a:b:c",
        ] {
            let question = Question::read(text);
            assert!(question.is_plain(), "{text}: {question:?}");
        }
        assert_eq!(
            Question::read("- \" # @ -\"\" ()*:^ AND").parts.len(),
            1,
            "AND"
        );
    }

    #[test]
    fn phrases_and_refusals_are_told_from_words() {
        let question =
            Question::read("pain -beurre \"pain de la ville\" -«vieux pain» -#foire -from:me");
        let not: Vec<bool> = question.parts.iter().map(|part| part.not).collect();
        assert_eq!(not, [false, true, false, true, true, true]);
        let What::Phrase(phrase) = &question.parts[2].what else {
            panic!("{question:?}");
        };
        assert_eq!(phrase.sequence, ["pain", "de", "la", "ville"]);
        assert_eq!(phrase.words.len(), 2, "frequent words lead nowhere");
        assert!(phrase.stands_in(&words::sequence("Le pain de la Ville.")));
        assert!(!phrase.stands_in(&words::sequence("la ville de pain")));
    }

    #[test]
    fn days_begin_at_midnight_of_the_town() {
        let days = days("2026-07-14").unwrap();
        let (from, before) = days.moments("Europe/Paris");
        assert_eq!(
            from,
            Some(1_783_980_000_000),
            "22:00 UTC of the evening before"
        );
        assert_eq!(before.unwrap() - from.unwrap(), 24 * 3_600_000);
        assert_eq!(days.moments("Nowhere/Else").0, Some(1_783_987_200_000));
    }

    proptest! {
        #[test]
        fn nothing_typed_is_too_much(text in "(\\PC|[-\"#@: ]){0,700}") {
            let question = Question::read(&text);
            prop_assert!(question.parts.len() <= PARTS);
        }

        #[test]
        fn operators_in_any_mixture_are_read(
            texts in prop::collection::vec("-?(from|has|is|in|before|after|during|language|x):[-@a-z0-9.\"]{0,12}", 0..40)
        ) {
            let question = Question::read(&texts.join(" "));
            prop_assert!(question.parts.len() <= PARTS);
        }
    }
}
