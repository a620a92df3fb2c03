//! Reading actors. Knows no accounts and asks nobody.

use parvis_model::{account::AccountKind, clock::Timestamp, limits};
use serde_json::Value;

use super::{
    Unreadable,
    emoji::Emoji,
    is_public,
    read::{Doc, Words, cut, link_of},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Actor<'a> {
    pub id: &'a str,
    pub kind: AccountKind,
    /// `preferredUsername`, or the name in `webfinger` (FEP-2c59) where that is missing.
    pub username: &'a str,
    /// `name@host` of FEP-2c59, if stated.
    pub webfinger: Option<&'a str>,
    pub name: Option<&'a str>,
    pub summary: Option<&'a str>,
    /// The page to show people.
    pub url: Option<&'a str>,
    pub inbox: &'a str,
    pub shared_inbox: Option<&'a str>,
    pub outbox: Option<&'a str>,
    pub followers: Option<&'a str>,
    pub following: Option<&'a str>,
    pub featured: Option<&'a str>,
    pub icon: Option<Picture<'a>>,
    pub image: Option<Picture<'a>>,
    pub fields: Vec<Field<'a>>,
    pub emojis: Vec<Emoji<'a>>,
    /// Keys that the actor names as its own; empty for actors that cannot sign.
    pub keys: Vec<Key<'a>>,
    /// Addresses of what its software understands (FEP-844e).
    pub implements: Vec<&'a str>,
    pub manually_approves: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub published: Option<Timestamp>,
    pub suspended: bool,
    /// Other accounts it says are its own (FEP-7628).
    pub also_known_as: Vec<&'a str>,
    pub moved_to: Option<&'a str>,
    /// Sites whose pages may name it as their author; not yet checked.
    pub attribution_domains: Vec<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture<'a> {
    pub url: &'a str,
    /// What it shows, not yet cleaned.
    pub description: Option<&'a str>,
}

/// A line of the profile (FEP-fb2a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a str,
    /// HTML of the other server, not yet cleaned.
    pub value: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    pub id: &'a str,
    pub owner: &'a str,
    pub public: Public<'a>,
    /// Its owner proves with it what stands in documents (`assertionMethod`).
    pub asserts: bool,
}

/// The two ways in which public keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public<'a> {
    Pem(&'a str),
    /// FEP-521a
    Multibase(&'a str),
}

impl<'a> Actor<'a> {
    pub fn read(value: &'a Value) -> Result<Self, Unreadable> {
        let doc = Doc::outermost(value)?;
        let id = doc.id().ok_or(Unreadable::missing("id"))?;
        let kind = kind(&doc).ok_or(Unreadable::other("type", "not an actor"))?;
        let webfinger = doc
            .text("webfinger")
            .map(|handle| handle.trim_start_matches("acct:"));
        let named = |handle: &'a str| handle.trim_start_matches('@').split('@').next();
        let username = doc
            .text("preferredUsername")
            .or_else(|| webfinger.and_then(named))
            .map(str::trim)
            .filter(|name| !name.is_empty() && name.len() <= limits::REMOTE_NAME)
            .ok_or(Unreadable::missing("preferredUsername"))?;
        let endpoints = doc.doc("endpoints");
        Ok(Self {
            id,
            kind,
            username,
            webfinger,
            name: doc
                .words("name", "")
                .map(|words| cut(words.text.trim(), limits::REMOTE_NAME)),
            summary: doc
                .words("summary", "")
                .map(|Words { text, .. }| cut(text, limits::REMOTE_HTML)),
            url: page_url(&doc),
            inbox: doc.one_id("inbox").ok_or(Unreadable::missing("inbox"))?,
            shared_inbox: endpoints
                .and_then(|endpoints| endpoints.one_id("sharedInbox"))
                .or_else(|| doc.one_id("sharedInbox")),
            outbox: doc.one_id("outbox"),
            followers: doc.one_id("followers"),
            following: doc.one_id("following"),
            featured: doc.one_id("featured"),
            icon: Picture::read(&doc, "icon"),
            image: Picture::read(&doc, "image"),
            fields: fields(&doc),
            emojis: Emoji::all(&doc),
            keys: keys(&doc),
            implements: implements(&doc),
            manually_approves: doc.flag("manuallyApprovesFollowers").unwrap_or(false),
            discoverable: doc.flag("discoverable").unwrap_or(false),
            indexable: may_be_found(&doc),
            published: doc.date("published"),
            suspended: doc.flag("suspended").unwrap_or(false),
            also_known_as: doc.ids("alsoKnownAs").take(limits::ALIASES).collect(),
            moved_to: doc.one_id("movedTo"),
            attribution_domains: doc
                .ids("attributionDomains")
                .take(limits::ATTRIBUTION_SITES)
                .collect(),
        })
    }

    /// Is this document an actor at all?
    pub fn is(doc: &Doc) -> bool {
        kind(doc).is_some()
    }
}

/// FEP-5feb; where it is not said, the word that came before it (FEP-268d).
fn may_be_found(doc: &Doc) -> bool {
    let by_all = || doc.ids("searchableBy").any(is_public);
    doc.flag("indexable").unwrap_or_else(by_all)
}

/// The kind of an actor. Types we do not know count as long as they can be written to, so that a project
/// or a feed of some other software can be followed too.
fn kind(doc: &Doc) -> Option<AccountKind> {
    let known = doc.types().find_map(|name| match name {
        "Person" => Some(AccountKind::Person),
        "Group" => Some(AccountKind::Group),
        "Organization" => Some(AccountKind::Organization),
        "Service" => Some(AccountKind::Service),
        "Application" => Some(AccountKind::Application),
        _ => None,
    });
    let reachable = doc.has("inbox") && (doc.has("preferredUsername") || doc.has("webfinger"));
    known.or_else(|| reachable.then_some(AccountKind::Organization))
}

/// The address of the page: the first link to HTML, else the first link.
pub fn page_url<'a>(doc: &Doc<'a>) -> Option<&'a str> {
    let web = |href: &&str| href.starts_with("https://") || href.starts_with("http://");
    let html = doc
        .links("url")
        .find(|link| {
            link.media_type
                .is_some_and(|mime| mime.starts_with("text/html"))
        })
        .map(|link| link.href);
    html.or_else(|| doc.links("url").map(|link| link.href).next())
        .filter(web)
}

impl<'a> Picture<'a> {
    /// Friendica lists several sizes, the last being the largest.
    fn read(doc: &Doc<'a>, name: &str) -> Option<Self> {
        doc.many(name).iter().rev().find_map(Self::of)
    }

    /// What it shows is said in `summary` or, as Mastodon reads it too, in `name`.
    fn of(value: &'a Value) -> Option<Self> {
        let web = |href: &&str| href.starts_with("https://") || href.starts_with("http://");
        let said = |doc: Doc<'a>| doc.text("summary").or_else(|| doc.text("name"));
        Some(Self {
            url: Some(link_of(value)?.href).filter(web)?,
            description: Doc::of(value)
                .and_then(said)
                .map(|said| cut(said, limits::REMOTE_HTML)),
        })
    }
}

fn fields<'a>(doc: &Doc<'a>) -> Vec<Field<'a>> {
    let field = |item: Doc<'a>| {
        let name = item.text("name")?;
        let value = if item.is_a("PropertyValue") {
            item.text("value")?
        } else if item.is_a("Note") {
            item.text("content")?
        } else if item.is_a("Link") {
            item.text("href")?
        } else {
            return None;
        };
        Some(Field {
            name: cut(name.trim(), limits::REMOTE_NAME),
            value: cut(value, limits::REMOTE_URI),
        })
    };
    doc.docs("attachment")
        .filter_map(field)
        .take(limits::REMOTE_FIELDS)
        .collect()
}

fn keys<'a>(doc: &Doc<'a>) -> Vec<Key<'a>> {
    let of = |member| doc.docs(member).filter_map(|key| Key::read(&key));
    let asserting = of("assertionMethod").map(|key| Key {
        asserts: true,
        ..key
    });
    of("publicKey").chain(asserting).take(10).collect()
}

impl<'a> Key<'a> {
    /// Reads a key, embedded in its owner or standing alone (GoToSocial serves it so).
    pub fn read(doc: &Doc<'a>) -> Option<Self> {
        Some(Self {
            id: doc.id()?,
            owner: doc.one_id("owner").or_else(|| doc.one_id("controller"))?,
            public: doc
                .text("publicKeyPem")
                .map(Public::Pem)
                .or_else(|| doc.text("publicKeyMultibase").map(Public::Multibase))
                .filter(|public| public.text().len() <= 8_192)?,
            asserts: false,
        })
    }
}

impl<'a> Public<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Pem(text) | Self::Multibase(text) => text,
        }
    }
}

/// The addresses of what the software behind an actor says it understands (FEP-844e).
fn implements<'a>(doc: &Doc<'a>) -> Vec<&'a str> {
    let Some(generator) = doc.doc("generator") else {
        return Vec::new();
    };
    let named = generator
        .docs("implements")
        .filter_map(|what| what.one_id("href").or_else(|| what.id()));
    named.chain(generator.ids("implements")).take(50).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn minimal() -> Value {
        json!({"id": "https://a.example/u/1", "type": "Person", "preferredUsername": "rose",
            "inbox": "https://a.example/u/1/inbox"})
    }

    #[test]
    fn four_members_make_an_actor() {
        let value = minimal();
        let actor = Actor::read(&value).unwrap();
        assert_eq!((actor.username, actor.kind), ("rose", AccountKind::Person));
        assert!(actor.keys.is_empty() && !actor.manually_approves);
    }

    #[test]
    fn without_an_essential_member_there_is_no_actor() {
        for member in ["id", "type", "preferredUsername", "inbox"] {
            let mut value = minimal();
            value.as_object_mut().unwrap().remove(member);
            // Without its type it still is an actor, of a kind we do not know.
            assert_eq!(Actor::read(&value).is_err(), member != "type", "{member}");
        }
    }

    #[test]
    fn who_may_be_found_says_so_in_either_word() {
        let found = |member: &str, said: Value| {
            let mut value = minimal();
            value["searchableBy"] = json!(["https://a.example/u/1/followers"]);
            value[member] = said;
            Actor::read(&value).unwrap().indexable
        };
        assert!(found("searchableBy", json!("as:Public")));
        assert!(found("indexable", json!(true)));
        assert!(!found("searchableBy", json!([])));
        assert!(!found("indexable", Value::Null), "only those who follow");
        let mut both = minimal();
        both["fedibird:searchableBy"] = json!(["as:Public"]);
        assert!(Actor::read(&both).unwrap().indexable);
        both["indexable"] = json!(false);
        assert!(
            !Actor::read(&both).unwrap().indexable,
            "the newer word counts"
        );
    }

    #[test]
    fn a_wrong_optional_member_is_lost_alone() {
        let mut value = minimal();
        value["endpoints"] = Value::Null;
        value["icon"] = json!([{"type": "Image"}, {"type": "Image", "url": "https://a.example/p.png", "name": ["Rose"]}, 7]);
        value["image"] = json!("not a url");
        value["attachment"] =
            json!({"type": "PropertyValue", "name": "Quartier", "value": "Le Moulin"});
        value["published"] = json!("last year");
        value["publicKey"] = json!([{"id": "https://a.example/k"}, "x"]);
        let actor = Actor::read(&value).unwrap();
        let face = Picture {
            url: "https://a.example/p.png",
            description: Some("Rose"),
        };
        assert_eq!((actor.icon, actor.image), (Some(face), None));
        assert_eq!(
            (actor.fields.len(), actor.published, actor.keys.len()),
            (1, None, 0)
        );
    }

    #[test]
    fn a_type_of_its_own_is_fine_for_who_can_be_written_to() {
        let mut value = minimal();
        value["type"] = json!(["Project", "schema:Thing"]);
        assert_eq!(Actor::read(&value).unwrap().kind, AccountKind::Organization);
        value["type"] = json!(["vcard:individual", "as:Person"]);
        assert_eq!(Actor::read(&value).unwrap().kind, AccountKind::Person);
    }
}
