//! Reading polls as others write them: what is offered, how often it was chosen, when it ends. Knows no votes of ours.

use parvis_model::{clock::Timestamp, limits, uri as address};
use serde_json::Value;

use super::read::{Doc, date};

/// The answers of a Question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll<'a> {
    pub choices: Vec<Choice<'a>>,
    /// Several may be chosen.
    pub multiple: bool,
    pub voters: Option<u64>,
    pub ends: Option<Timestamp>,
    pub closed: Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    pub name: &'a str,
    /// 0 where nothing is said, or nonsense.
    pub votes: u64,
}

/// What a poll says of its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    No,
    /// Since some time.
    Yes,
    /// Pleroma tells so beforehand when it will end.
    At(Timestamp),
}

/// Characters of one answer. A vote names it exactly, so it is kept whole or not at all.
const LONGEST: usize = limits::REMOTE_NAME;

impl<'a> Poll<'a> {
    /// `None` where nothing is offered to choose from.
    pub fn read(doc: &Doc<'a>) -> Option<Self> {
        let (one, any) = (choices(doc, "oneOf"), choices(doc, "anyOf"));
        let multiple = one.is_empty();
        let choices = if multiple { any } else { one };
        if choices.is_empty() {
            return None;
        }
        Some(Self {
            choices,
            multiple,
            voters: doc.count("votersCount"),
            ends: doc.date("endTime"),
            closed: closed(doc),
        })
    }
}

fn choices<'a>(doc: &Doc<'a>, member: &str) -> Vec<Choice<'a>> {
    let choices = doc.many(member).iter().filter_map(choice);
    choices.take(limits::REMOTE_POLL_OPTIONS).collect()
}

/// A note with a name, or the bare words. An address alone says nothing that could be chosen, and is not asked for more.
fn choice(value: &Value) -> Option<Choice<'_>> {
    let (name, votes) = match value {
        Value::String(name) if address::canonical(name).is_some() => return None,
        Value::String(name) => (name.as_str(), None),
        _ => {
            let doc = Doc::of(value)?;
            (doc.words("name", "")?.text, votes(&doc))
        }
    };
    let fits = !name.trim().is_empty() && name.chars().count() <= LONGEST;
    fits.then_some(Choice {
        name,
        votes: votes.unwrap_or(0),
    })
}

fn votes(choice: &Doc) -> Option<u64> {
    let counted = choice.doc("replies").and_then(|it| it.count("totalItems"));
    counted.or_else(|| choice.count("_misskey_votes"))
}

fn closed(doc: &Doc) -> Closed {
    match doc.flag("closed") {
        Some(true) => Closed::Yes,
        Some(false) => Closed::No,
        None => match doc
            .text("closed")
            .and_then(date)
            .or_else(|| doc.date("closed"))
        {
            Some(at) => Closed::At(at),
            None => Closed::No,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Option<(Vec<(String, u64)>, bool)> {
        let doc = Doc::of(value).unwrap();
        let poll = Poll::read(&doc)?;
        let choices = poll.choices.iter();
        let choices = choices.map(|it| (it.name.to_owned(), it.votes)).collect();
        Some((choices, poll.multiple))
    }

    #[test]
    fn answers_are_read_in_every_dress() {
        let wanted =
            |multiple| Some((vec![("Oui".to_owned(), 3), ("Non".to_owned(), 0)], multiple));
        let one = json!({"oneOf": [
            {"type": "Note", "name": "Oui", "replies": {"type": "Collection", "totalItems": 3}},
            {"type": "Note", "name": "Non"}]});
        assert_eq!(read(&one), wanted(false));
        let any = json!({"oneOf": [], "anyOf": [
            {"name": "Oui", "_misskey_votes": 3}, "Non", null, 7, {"name": " "}]});
        assert_eq!(read(&any), wanted(true));
        let odd = json!({"oneOf": [
            {"name": "Oui", "replies": {"totalItems": "3"}}, {"name": "Non", "replies": {"totalItems": -12}}]});
        assert_eq!(read(&odd), wanted(false));
        let single = json!({"oneOf": {"nameMap": {"fr": "Oui"}, "replies": [{"totalItems": 1.0}]}});
        assert_eq!(read(&single), Some((vec![("Oui".into(), 1)], false)));
    }

    #[test]
    fn a_question_without_answers_is_no_poll() {
        for value in [
            json!({}),
            json!({"oneOf": []}),
            json!({"anyOf": "", "oneOf": 5}),
            json!({"oneOf": ["https://a.example/answer/1"]}),
        ] {
            assert_eq!(read(&value), None, "{value}");
        }
    }

    #[test]
    fn ten_thousand_answers_are_five_hundred() {
        let many: Vec<_> = (0..10_000)
            .map(|n| json!({"name": n.to_string()}))
            .collect();
        let read = read(&json!({"anyOf": many})).unwrap();
        assert_eq!(read.0.len(), limits::REMOTE_POLL_OPTIONS);
    }

    #[test]
    fn an_end_may_be_a_moment_or_a_word() {
        let at = Closed::At(1_568_853_156_785);
        for (value, wanted) in [
            (json!("2019-09-19T00:32:36.785333"), at),
            (json!(true), Closed::Yes),
            (json!("true"), Closed::Yes),
            (json!(false), Closed::No),
            (json!("bald"), Closed::No),
            (json!(null), Closed::No),
        ] {
            let value = json!({"oneOf": ["a"], "closed": value});
            let doc = Doc::of(&value).unwrap();
            assert_eq!(Poll::read(&doc).unwrap().closed, wanted, "{value}");
        }
    }
}
