//! Reading quotes, the consents to them, and what a post says of who may do what with it (FEP-044f, FEP-e232, the older
//! members of Misskey, Fedibird and others; docs: federation.md section 13). Believes nothing.

use parvis_model::{policy::Interaction, uri as address};
use serde_json::Value;

use super::{
    emit::quote::Named as _,
    is_public,
    read::{Doc, date},
};

/// In the order in which they count.
const MEMBERS: [&str; 5] = [
    "quote",
    "_misskey_quote",
    "quoteUrl",
    "quoteUri",
    "quoteURL",
];
const ADDRESSES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote<'a> {
    /// Of the quoted post.
    pub uri: &'a str,
    /// Its server asks authors for consent.
    pub asks: bool,
    /// Where their consent is said to be.
    pub stamp: Option<&'a str>,
}

impl<'a> Quote<'a> {
    pub fn read(doc: &Doc<'a>) -> Option<Self> {
        let in_member = |name: &&str| {
            doc.ids(name)
                .find(|uri| address::canonical(uri).is_some())
                .map(|uri| (uri, *name == "quote"))
        };
        let (uri, asks) = MEMBERS
            .iter()
            .find_map(in_member)
            .or_else(|| Some((in_tag(doc)?, false)))?;
        Some(Self {
            uri,
            asks,
            stamp: doc.one_id("quoteAuthorization"),
        })
    }
}

/// A link that says it stands for a quote (FEP-e232).
fn in_tag<'a>(doc: &Doc<'a>) -> Option<&'a str> {
    const RELATIONS: [&str; 3] = [
        "https://misskey-hub.net/ns#_misskey_quote",
        "https://w3id.org/fep/044f#quote",
        "_misskey_quote",
    ];
    let is_quote = |tag: &Doc<'a>| {
        let mut relations = tag.many("rel").iter().filter_map(Value::as_str);
        tag.is_a("Link") && relations.any(|rel| RELATIONS.contains(&rel))
    };
    let links_to_document = |tag: &Doc<'a>| {
        tag.text("mediaType").is_none_or(|mime| {
            mime.starts_with("application/activity+json") || mime.starts_with("application/ld+json")
        })
    };
    doc.docs("tag")
        .filter(|tag| is_quote(tag) && links_to_document(tag))
        .find_map(|tag| tag.text("href"))
        .filter(|uri| address::canonical(uri).is_some())
}

/// The word of an author that one post may quote another, or answer it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    pub author: &'a str,
    pub quoting: &'a str,
    pub quoted: &'a str,
}

impl<'a> Stamp<'a> {
    /// `ReplyApproval` with its members is what older GoToSocial gives.
    pub fn read(value: &'a Value, what: Interaction) -> Option<Self> {
        let doc = Doc::outermost(value).ok()?;
        let is_older = what == Interaction::Reply && doc.is_a("ReplyApproval");
        if !is_older && !doc.is_a(what.authorization()) {
            return None;
        }
        let named = |name, old| {
            doc.one_id(name)
                .or_else(|| doc.one_id(old).filter(|_| is_older))
        };
        Some(Self {
            author: doc.one_id("attributedTo")?,
            quoting: named("interactingObject", "object")?,
            quoted: named("interactionTarget", "target")?,
        })
    }
}

/// Whom one thing is allowed, as addresses of people and collections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission<'a> {
    pub at_once: Vec<&'a str>,
    pub on_request: Vec<&'a str>,
}

/// `None` where a post says nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interactions<'a> {
    pub reply: Option<Permission<'a>>,
    pub like: Option<Permission<'a>>,
    pub boost: Option<Permission<'a>>,
    pub quote: Option<Permission<'a>>,
}

impl<'a> Interactions<'a> {
    pub fn read(doc: &Doc<'a>) -> Self {
        let policy = doc.doc("interactionPolicy");
        let said = |name: &str| policy.and_then(|policy| policy.doc(name)).map(permission);
        Self {
            reply: said("canReply").or_else(|| answers(doc)),
            like: said("canLike"),
            boost: said("canAnnounce"),
            quote: said("canQuote"),
        }
    }
}

/// Who may answer, in the words of those who know no policy of several things. Who closes it in one of them means it, whatever
/// stands in the others.
fn answers<'a>(doc: &Doc<'a>) -> Option<Permission<'a>> {
    // PeerTube, Lemmy and others.
    let enabled = || (doc.flag("commentsEnabled") == Some(false)).then(Permission::default);
    let capabilities = doc.doc("capabilities");
    let said = [
        moderation(doc).or_else(enabled),
        // FEP-5624, then Pixelfed.
        listed(doc, "canReply"),
        capabilities.and_then(|it| listed(&it, "reply")),
        comment_policy(doc),
    ];
    let said: Vec<Permission<'a>> = said.into_iter().flatten().collect();
    if said.contains(&Permission::default()) {
        return Some(Permission::default());
    }
    said.into_iter().next()
}

/// Mobilizon's word. What its moderators let through only they can tell; they answer no question.
fn moderation<'a>(doc: &Doc<'a>) -> Option<Permission<'a>> {
    let said = doc.text("repliesModerationOption")?;
    match said.rsplit([':', '#']).next()? {
        "closed" => Some(Permission::default()),
        "moderated" => Some(only(said)),
        _ => None,
    }
}

/// Everyone, or those who are listed: nobody where that is an empty list, which Pixelfed writes as a text. Junk says nothing.
fn listed<'a>(doc: &Doc<'a>, name: &str) -> Option<Permission<'a>> {
    let said = doc.get(name)?;
    let is_nobody = |word: &str| word == "[]" || word == "false";
    let is_said = said.as_bool() == Some(false) || doc.text(name).is_some_and(is_nobody);
    if is_said || doc.many(name).is_empty() {
        return Some(Permission::default());
    }
    if doc.ids(name).any(is_public) {
        return None;
    }
    let addresses = doc
        .ids(name)
        .filter(|who| address::canonical(who).is_some());
    let at_once: Vec<&str> = addresses.take(ADDRESSES).collect();
    if at_once.is_empty() {
        return None;
    }
    Some(Permission {
        at_once,
        on_request: Vec::new(),
    })
}

/// Of Hubzilla and Streams: a word for whom, and from when on for nobody. Later than the post itself that cannot be kept here.
fn comment_policy<'a>(doc: &Doc<'a>) -> Option<Permission<'a>> {
    let said = doc.text("commentPolicy")?;
    let (whom, until) = said.split_once("until=").unwrap_or((said, ""));
    let until = date(until.trim());
    let written = doc.date("published");
    if until
        .zip(written)
        .is_some_and(|(until, written)| until <= written)
    {
        return Some(Permission::default());
    }
    match whom.trim() {
        "" | "public" | "authenticated" => None,
        "self" | "none" => Some(Permission::default()),
        site if site.starts_with("site:") => Some(Permission::default()),
        network if network.starts_with("network:") => None,
        word => Some(only(word)),
    }
}

/// For people whom only the author's server knows.
fn only(word: &str) -> Permission<'_> {
    Permission {
        at_once: vec![word],
        on_request: Vec::new(),
    }
}

/// `always` and `approvalRequired` are GoToSocial's older words.
fn permission<'a>(doc: Doc<'a>) -> Permission<'a> {
    let listed = |name: &str, old: &str| -> Vec<&'a str> {
        doc.ids(name).chain(doc.ids(old)).take(ADDRESSES).collect()
    };
    Permission {
        at_once: listed("automaticApproval", "always"),
        on_request: listed("manualApproval", "approvalRequired"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::PUBLIC, *};

    fn uri_of(value: &Value) -> Option<(String, bool)> {
        let quote = Quote::read(&Doc::of(value).unwrap())?;
        Some((quote.uri.to_owned(), quote.asks))
    }

    #[test]
    fn a_quote_is_found_in_every_form() {
        let old = Some(("https://a.example/1".to_owned(), false));
        for value in [
            json!({"_misskey_quote": "https://a.example/1", "quoteUrl": "https://a.example/2"}),
            json!({"quoteUrl": ["https://a.example/1"], "quoteUri": "https://a.example/2"}),
            json!({"quoteUri": {"id": "https://a.example/1", "type": "Note"}}),
            json!({"quoteURL": "https://a.example/1"}),
            json!({"quote": "<p>To be or not to be</p>", "quoteUri": "https://a.example/1"}),
            json!({"tag": {"type": "Link", "href": "https://a.example/1", "rel": ["https://misskey-hub.net/ns#_misskey_quote"],
                "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""}}),
        ] {
            assert_eq!(uri_of(&value), old, "{value}");
        }
        let new = json!({"quote": "https://a.example/1", "_misskey_quote": "https://a.example/2"});
        assert_eq!(uri_of(&new), Some(("https://a.example/1".into(), true)));
    }

    #[test]
    fn not_every_link_is_a_quote() {
        for value in [
            json!({"quote": "Citation"}),
            json!({"tag": [{"type": "Link", "href": "https://a.example/1", "mediaType": "application/activity+json"}]}),
            json!({"tag": [{"type": "Link", "href": "https://a.example/1", "rel": "_misskey_quote", "mediaType": "text/html"}]}),
            json!({"tag": [{"type": "Mention", "href": "https://a.example/1", "rel": "_misskey_quote"}]}),
        ] {
            assert_eq!(uri_of(&value), None, "{value}");
        }
    }

    #[test]
    fn policies_are_read_in_old_and_new_words() {
        let value = json!({"interactionPolicy": {
            "canReply": {"always": ["https://a.example/u/followers"], "approvalRequired": "as:Public"},
            "canQuote": {"automaticApproval": "https://a.example/u"}}});
        let policy = Interactions::read(&Doc::of(&value).unwrap());
        let reply = policy.reply.unwrap();
        assert_eq!(
            (reply.at_once, reply.on_request),
            (vec!["https://a.example/u/followers"], vec!["as:Public"])
        );
        assert_eq!(policy.quote.unwrap().at_once, ["https://a.example/u"]);
        assert_eq!((policy.like, policy.boost), (None, None));
    }

    fn answers_to(value: &Value) -> Option<Permission<'_>> {
        Interactions::read(&Doc::of(value).unwrap()).reply
    }

    #[test]
    fn who_closes_the_answers_is_understood_in_every_dialect() {
        let published = "2026-05-01T12:00:00Z";
        for closed in [
            json!({"commentsEnabled": false}),
            json!({"commentsEnabled": false, "capabilities": {"reply": "[]", "like": "as:Public"}}),
            json!({"capabilities": {"reply": []}}),
            json!({"repliesModerationOption": "closed"}),
            json!({"repliesModerationOption": "mz:closed", "canReply": "as:Public"}),
            json!({"canReply": []}),
            json!({"capabilities": {"reply": false}}),
            json!({"commentPolicy": "self"}),
            json!({"commentPolicy": "site: hub.example"}),
            json!({"commentPolicy": "public until=2026-05-01T12:00:00Z", "published": published}),
        ] {
            assert_eq!(answers_to(&closed), Some(Permission::default()), "{closed}");
        }
        let mut crowd = vec!["https://a.example/u"; ADDRESSES];
        crowd.push(PUBLIC);
        for open in [
            json!({"commentsEnabled": true, "capabilities": {"reply": PUBLIC}}),
            json!({"repliesModerationOption": "allow_all", "canReply": [PUBLIC]}),
            json!({"canReply": null, "commentPolicy": "authenticated"}),
            json!({"canReply": {}}),
            json!({"canReply": [5, "x"]}),
            json!({"canReply": 0, "capabilities": {"reply": true}}),
            json!({"canReply": crowd}),
            json!({"commentPolicy": "public until=2026-06-01T12:00:00Z", "published": published}),
        ] {
            assert_eq!(answers_to(&open), None, "{open}");
        }
        let some =
            json!({"canReply": ["https://a.example/u/followers"], "commentPolicy": "contacts"});
        assert_eq!(
            answers_to(&some).unwrap().at_once,
            ["https://a.example/u/followers"]
        );
        let moderated = json!({"repliesModerationOption": "moderated", "commentsEnabled": false});
        assert_eq!(answers_to(&moderated).unwrap().at_once, ["moderated"]);
        let both = json!({"interactionPolicy": {"canReply": {"always": PUBLIC}}, "commentsEnabled": false});
        assert_eq!(answers_to(&both).unwrap().at_once, [PUBLIC]);
    }
}
