//! The members of raw documents, read plainly: absent, one, or several. Knows nothing of what the program makes of them.

use serde_json::Value;
use url::Url;

use parvis_testkit::actor::PUBLIC;

pub const ACTORS: [&str; 5] = ["Person", "Group", "Service", "Application", "Organization"];

/// What is done, as opposed to what it is done to.
const ACTIVITIES: [&str; 39] = [
    "Accept",
    "Activity",
    "Add",
    "Announce",
    "AnnounceRequest",
    "ApproveReply",
    "Arrive",
    "Bite",
    "Block",
    "Create",
    "Delete",
    "Dislike",
    "EmojiReact",
    "FeatureRequest",
    "Flag",
    "Follow",
    "Ignore",
    "Invite",
    "Join",
    "Leave",
    "Like",
    "LikeRequest",
    "Listen",
    "Lock",
    "Move",
    "Offer",
    "QuoteRequest",
    "Read",
    "Reject",
    "RejectReply",
    "Remove",
    "ReplyRequest",
    "TentativeAccept",
    "TentativeReject",
    "Travel",
    "Undo",
    "Update",
    "View",
    "PollVote",
];

/// A member as a list, however it is written.
pub fn many<'a>(object: &'a Value, name: &str) -> Vec<&'a Value> {
    match &object[name] {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

/// The address that something is, or has.
pub fn id_of(value: &Value) -> Option<&str> {
    let own = || value["id"].as_str().or_else(|| value["@id"].as_str());
    let link = || value["href"].as_str().filter(|_| is_a(value, "Link"));
    value.as_str().or_else(own).or_else(link)
}

pub fn ids<'a>(object: &'a Value, name: &str) -> Vec<&'a str> {
    many(object, name).into_iter().filter_map(id_of).collect()
}

/// Names of its types, without vocabularies.
pub fn types(object: &Value) -> Vec<&str> {
    let said = if object["type"].is_null() {
        "@type"
    } else {
        "type"
    };
    let names = many(object, said).into_iter().filter_map(Value::as_str);
    names
        .filter_map(|name| name.rsplit([':', '/', '#']).next())
        .collect()
}

pub fn is_a(object: &Value, kind: &str) -> bool {
    types(object).contains(&kind)
}

pub fn is_one_of(object: &Value, kinds: &[&str]) -> bool {
    types(object).iter().any(|kind| kinds.contains(kind))
}

pub fn is_activity(object: &Value) -> bool {
    let acts = !object["actor"].is_null() && !object["object"].is_null();
    is_one_of(object, &ACTIVITIES) || (acts && !types(object).is_empty())
}

pub fn is_actor(object: &Value) -> bool {
    is_one_of(object, &ACTORS) && !is_activity(object)
}

/// What an activity is about, where it is written out and is one.
pub fn inner(activity: &Value) -> Option<&Value> {
    match many(activity, "object")[..] {
        [one] if one.is_object() => Some(one),
        _ => None,
    }
}

pub fn is_public(address: &str) -> bool {
    [PUBLIC, "as:Public", "Public"].contains(&address)
}

pub fn is_web(address: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let begins = address.starts_with("http://") || address.starts_with("https://");
    begins && !address.contains(blank) && Url::parse(address).is_ok()
}

/// The one spelling of an address.
pub fn spelled(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), String::from)
}

/// Does one server answer for both?
pub fn is_beside(a: &str, b: &str) -> bool {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    origin(a).is_some_and(|a| Some(a) == origin(b))
}

pub fn without_fragment(address: &str) -> &str {
    address.split('#').next().unwrap_or(address)
}

/// Some write `as:` before it.
pub fn flag(object: &Value, name: &str) -> bool {
    let value = match &object[name] {
        Value::Null => &object[format!("as:{name}").as_str()],
        value => value,
    };
    let said = value
        .as_str()
        .is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("true"));
    value == true || value == 1 || said
}

/// A text in all the wordings it comes in: as it stands, else each language's.
pub fn wordings<'a>(object: &'a Value, name: &str) -> Vec<&'a str> {
    let plain = |value: &'a Value| value.as_str().or_else(|| value["@value"].as_str());
    let said = |text: &&str| !text.trim().is_empty();
    if let Some(text) = many(object, name).into_iter().filter_map(plain).find(said) {
        return vec![text];
    }
    let in_place = &object[name];
    let beside = &object[format!("{name}Map").as_str()];
    let map = beside.as_object().or_else(|| in_place.as_object());
    let texts = map.into_iter().flat_map(|map| map.values());
    texts.filter_map(Value::as_str).filter(said).collect()
}
