//! How our addresses look, and whether an address is ours. `origin` is always "scheme://host[:port]" without a slash.

use parvis_model::id::{self, Id};

pub fn actor(origin: &str, account: Id) -> String {
    format!("{origin}/ap/actors/{account}")
}

/// The town's own actor, which signs what the town itself asks for.
pub fn town_actor(origin: &str) -> String {
    format!("{origin}/ap/actor")
}

pub fn object(origin: &str, post: Id) -> String {
    format!("{origin}/ap/objects/{post}")
}

pub fn activity(origin: &str, activity: Id) -> String {
    format!("{origin}/ap/activities/{activity}")
}

/// Where the consent to a quote is shown.
pub fn authorization(origin: &str, stamp: Id) -> String {
    format!("{origin}/ap/authorizations/{stamp}")
}

/// Whom the posts of a town for its neighbours are for, as all towns name it.
pub fn neighbours(origin: &str) -> String {
    format!("{origin}/ap/audiences/neighbours")
}

pub fn shared_inbox(origin: &str) -> String {
    format!("{origin}/ap/inbox")
}

pub fn collection(actor: &str, name: &str) -> String {
    format!("{actor}/{name}")
}

/// The page of a tag; `key` is folded and needs no escaping beyond what its letters ask for.
pub fn tag(origin: &str, key: &str) -> String {
    let key = percent_encoding::utf8_percent_encode(key, percent_encoding::NON_ALPHANUMERIC);
    format!("{origin}/tags/{key}")
}

/// The number in an activity's address, if it is one of ours.
pub fn activity_id(origin: &str, address: &str) -> Option<Id> {
    match ours(origin, address)? {
        Ours::Activity(id) => Some(id),
        _ => None,
    }
}

/// What one of our own addresses stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ours<'a> {
    TownActor,
    Actor(Id),
    Object(Id),
    Activity(Id),
    /// `/@name`
    Profile(&'a str),
    /// `/@name/{id}`
    Page(Id),
    /// On our host, but none of these.
    Else,
}

/// `None` if the address is not on our origin.
pub fn ours<'a>(origin: &str, address: &'a str) -> Option<Ours<'a>> {
    let path = address.strip_prefix(origin)?;
    if !path.is_empty() && !path.starts_with('/') {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let mut parts = path.trim_start_matches('/').split('/');
    let found = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("ap"), Some("actor"), None, None) => Some(Ours::TownActor),
        (Some("ap"), Some("actors"), Some(id), None) => id::parse(id).map(Ours::Actor),
        (Some("ap"), Some("objects"), Some(id), None) => id::parse(id).map(Ours::Object),
        (Some("ap"), Some("activities"), Some(id), None) => id::parse(id).map(Ours::Activity),
        (Some(name), None, None, None) => name.strip_prefix('@').map(Ours::Profile),
        (Some(name), Some(id), None, None) if name.starts_with('@') => {
            id::parse(id).map(Ours::Page)
        }
        _ => None,
    };
    Some(found.unwrap_or(Ours::Else))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://bourg.example";

    #[test]
    fn our_addresses_are_told_apart() {
        let read = |path: &str| {
            ours(ORIGIN, &format!("{ORIGIN}{path}")).unwrap_or(Ours::Else) == Ours::Else
        };
        assert!(read("/a-propos") && read("/ap/objects/x") && read("/ap/objects/1/replies"));
        let address = actor(ORIGIN, 7);
        assert_eq!(ours(ORIGIN, &address), Some(Ours::Actor(7)));
        assert_eq!(
            ours(ORIGIN, &format!("{address}#main-key")),
            Some(Ours::Actor(7))
        );
        assert_eq!(ours(ORIGIN, &object(ORIGIN, 9)), Some(Ours::Object(9)));
        assert_eq!(
            ours(ORIGIN, "https://bourg.example/@lea/9"),
            Some(Ours::Page(9))
        );
        assert_eq!(
            ours(ORIGIN, "https://bourg.example/@lea"),
            Some(Ours::Profile("lea"))
        );
    }

    #[test]
    fn a_longer_host_name_is_not_ours() {
        assert_eq!(
            ours(ORIGIN, "https://bourg.example.evil.example/ap/actors/7"),
            None
        );
        assert_eq!(ours(ORIGIN, "https://bourg.example:8443/ap/actors/7"), None);
        assert_eq!(ours(ORIGIN, "http://bourg.example/ap/actors/7"), None);
    }

    #[test]
    fn tags_are_escaped() {
        assert_eq!(
            tag(ORIGIN, "marché"),
            "https://bourg.example/tags/march%C3%A9"
        );
    }
}
