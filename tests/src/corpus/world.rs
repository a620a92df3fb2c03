//! The servers that one real document speaks of, each under a name of its own so that documents do not meddle with one
//! another. They serve the document at its id, and something fitting for everybody and everything it names.

use std::collections::HashSet;

use parvis_testkit::{
    Host, Letter, Remote, Reply,
    actor::{PUBLIC, now},
    keys,
    remote::Page,
};
use serde_json::{Value, json};
use url::Url;

use super::reading::{id_of, is_a, is_beside, is_one_of, is_web, without_fragment};

/// Hosts of vocabularies: never asked, so they keep their names.
const VOCABULARIES: [&str; 10] = [
    "gotosocial.org",
    "joinmastodon.org",
    "litepub.social",
    "nodeinfo.diaspora.software",
    "ostatus.org",
    "purl.org",
    "schema.org",
    "w3id.org",
    "webfinger.net",
    "www.w3.org",
];
/// Members whose addresses are names of kinds.
const KINDS: [&str; 4] = ["@context", "type", "@type", "rel"];
const PEOPLE: [&str; 8] = [
    "actor",
    "alsoKnownAs",
    "attributedTo",
    "audience",
    "author",
    "cc",
    "movedTo",
    "to",
];
const NOTES: [&str; 5] = [
    "_misskey_quote",
    "inReplyTo",
    "quote",
    "quoteUri",
    "quoteUrl",
];
/// What has a note, and what somebody, for its object.
const ABOUT_NOTES: [&str; 4] = ["Announce", "Dislike", "EmojiReact", "Like"];
const ABOUT_PEOPLE: [&str; 3] = ["Block", "Flag", "Follow"];
/// Parts of addresses that lists have, and groups.
const LISTS: [&str; 5] = [
    "/followers",
    "/following",
    "/moderators",
    "/outbox",
    "/collections/",
];
const GROUPS: [&str; 8] = [
    "/c/",
    "/m/",
    "/category/",
    "/communities/",
    "/group",
    "/magazine/",
    "/video-channels/",
    "/@group",
];

pub struct World<'a> {
    remote: &'a Remote,
    number: usize,
    /// Where something is served.
    served: HashSet<String>,
    /// Names that are taken, in small letters, with their host.
    taken: HashSet<String>,
}

impl<'a> World<'a> {
    pub fn new(remote: &'a Remote, number: usize) -> Self {
        Self {
            remote,
            number,
            served: HashSet::new(),
            taken: HashSet::new(),
        }
    }

    /// The document as the servers here would write it.
    pub fn moved(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.renamed(text)),
            Value::Array(all) => Value::Array(all.iter().map(|one| self.moved(one)).collect()),
            Value::Object(members) => {
                let moved = |(name, value): (&String, &Value)| {
                    let is_kind = KINDS.contains(&name.as_str());
                    let value = if is_kind {
                        value.clone()
                    } else {
                        self.moved(value)
                    };
                    (name.clone(), value)
                };
                Value::Object(members.iter().map(moved).collect())
            }
            other => other.clone(),
        }
    }

    /// The address of a server for what does not name any.
    pub fn nowhere(&self, path: &str) -> String {
        self.host("anon.example").url(path)
    }

    fn host(&self, name: &str) -> Host {
        self.remote
            .host(&format!("{}.n{}", label(name), self.number))
    }

    fn renamed(&self, text: &str) -> String {
        if let Some((name, host)) = text.strip_prefix("acct:").and_then(|it| it.split_once('@')) {
            return format!("acct:{name}@{}", self.host(host).authority);
        }
        let (mut moved, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(begins) = next_address(rest) {
            let (before, from) = rest.split_at(begins);
            let (scheme, tail) = from.split_at(from.find("//").map_or(0, |at| at + 2));
            let host = host_at(tail);
            moved.push_str(before);
            if host.is_empty() || host.contains('@') || VOCABULARIES.contains(&host) {
                moved.push_str(scheme);
                moved.push_str(host);
            } else {
                moved.push_str("http://");
                moved.push_str(&self.host(host).authority);
            }
            rest = &tail[host.len()..];
        }
        moved.push_str(rest);
        moved
    }

    /// The host of an address, with path and query there; `None` where it is none of this world.
    fn at(&self, address: &str) -> Option<(Host, String)> {
        let url = Url::parse(address).ok().filter(|_| is_web(address))?;
        let name = url.host_str()?.strip_suffix(".localhost")?;
        let is_ours = name.ends_with(&format!(".n{}", self.number));
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let is_here = is_ours && url.port() == Some(self.remote.port);
        is_here.then(|| (self.remote.host(name), path))
    }

    /// The server of an address, as it stands in the log and in handles.
    pub fn authority(&self, address: &str) -> Option<String> {
        self.at(address).map(|(host, _)| host.authority)
    }

    pub fn host_of(&self, address: &str) -> Option<Host> {
        self.at(address).map(|(host, _)| host)
    }

    /// Serves a document; what was there first stays.
    pub fn serve(&mut self, address: &str, document: &Value) {
        if let Some((host, path)) = self.at(address)
            && self.served.insert(format!("{}{path}", host.authority))
        {
            host.serve(&path, Page::document(document));
        }
    }

    /// Serves somebody's own document, found by the name in it.
    pub fn serve_actor(&mut self, id: &str, document: &Value) {
        let Some((host, _)) = self.at(id) else {
            return;
        };
        if let Some(name) = document["preferredUsername"].as_str() {
            host.name(name.trim(), id);
            self.taken.insert(taken(&host, name.trim()));
        }
        self.serve(id, document);
    }

    /// What WebFinger says of everybody on a host.
    pub fn serve_answer(&self, authority: &str, answer: &Value) {
        if let Some(host) = self.host_of(&format!("http://{authority}/")) {
            let page = Page::of("application/jrd+json", answer.to_string());
            host.serve("/.well-known/webfinger", page);
        }
    }

    /// What a server shows from now on in the place of what it showed; `None`: nothing any more.
    pub fn turns(&self, address: &str, shown: Option<&Value>) {
        let Some((host, path)) = self.at(address) else {
            return;
        };
        match shown {
            Some(document) => host.serve(&path, Page::document(document)),
            None => host.withdraw(&path),
        }
    }

    /// Lets somebody live at an address, if nobody does: they speak with the test's key. The answer is their document.
    pub fn person(
        &mut self,
        id: &str,
        kind: &str,
        name: Option<&str>,
        followers: &str,
    ) -> Option<Value> {
        let (host, path) = self.at(id)?;
        if self.served.contains(&format!("{}{path}", host.authority)) {
            return None;
        }
        let name = name.map_or_else(|| self.free_name(&host, &path), str::to_owned);
        let base = without_fragment(id);
        let document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id,
            "type": kind,
            "preferredUsername": name,
            "name": name,
            "inbox": format!("{base}/inbox"),
            "outbox": format!("{base}/outbox"),
            "followers": followers,
            "publicKey": public_key(id),
        });
        self.serve_actor(id, &document);
        Some(document)
    }

    fn free_name(&self, host: &Host, path: &str) -> String {
        let path = path.split('?').next().unwrap_or(path);
        let last = path.rsplit('/').find(|part| !part.is_empty());
        let letters = |part: &str| part.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut name: String = last.map(letters).unwrap_or_default();
        if name.is_empty() {
            name.push_str("someone");
        }
        name.truncate(30);
        while self.taken.contains(&taken(host, &name)) {
            name.push('x');
        }
        name
    }

    /// A post of somebody there, for everyone.
    pub fn note(&mut self, id: &str) {
        let Some(host) = self.host_of(id) else {
            return;
        };
        let author = host.url("/corpus/asked");
        self.person(
            &author,
            "Person",
            None,
            &host.url("/corpus/asked/followers"),
        );
        self.note_by(&author, id);
    }

    /// A post of this very person, for everyone.
    pub fn note_by(&mut self, author: &str, id: &str) {
        let note = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": id,
            "type": "Note",
            "attributedTo": author,
            "to": [PUBLIC],
            "content": "<p>Ce dont il est question.</p>",
            "published": now(),
        });
        self.serve(id, &note);
    }

    /// Answers for whatever a document names: posts first, since they are named in fewer ways.
    pub fn answers_for(&mut self, document: &Value) {
        let mut named = Vec::new();
        find_named(document, &mut named);
        for (what, id) in &named {
            if *what == Named::Note {
                self.note(id);
            }
        }
        for (what, id) in &named {
            if let Named::Somebody(kind) = what
                && !is_list(id)
            {
                self.person(id, kind, None, &followers_of(id, document));
            }
        }
    }

    /// Signs as somebody and posts.
    pub async fn says(&self, id: &str, inbox: &str, document: &Value) -> Result<Reply, String> {
        let letter = Letter::new(keys::first(), &key_id(id), inbox, document);
        letter.seal().try_send().await
    }
}

pub fn key_id(id: &str) -> String {
    format!("{}#main-key", without_fragment(id))
}

pub fn public_key(id: &str) -> Value {
    json!({"id": key_id(id), "owner": id, "publicKeyPem": keys::first().public_pem})
}

/// Where the followers of somebody are listed, going by the lists that a document names.
pub fn followers_of(id: &str, document: &Value) -> String {
    let mut named = Vec::new();
    find_named(document, &mut named);
    let lists = || {
        named
            .iter()
            .map(|(_, list)| *list)
            .filter(|list| list.contains("/followers"))
    };
    let found = lists()
        .find(|list| list.starts_with(id))
        .or_else(|| lists().find(|list| is_beside(list, id)));
    found.map_or_else(|| format!("{id}/followers"), str::to_owned)
}

fn taken(host: &Host, name: &str) -> String {
    format!("{}@{}", name.to_lowercase(), host.authority)
}

fn is_list(address: &str) -> bool {
    LISTS.iter().any(|part| address.contains(part))
}

/// A host of the corpus as part of a name here; a port becomes part of it.
fn label(host: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let host: String = host
        .to_ascii_lowercase()
        .chars()
        .map(|c| if fits(c) { c } else { '-' })
        .collect();
    let parts = host.split('.').map(|part| part.trim_matches('-'));
    let parts: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(|part| part.chars().take(60).collect())
        .collect();
    if parts.is_empty() {
        "nowhere".to_owned()
    } else {
        parts.join(".")
    }
}

fn next_address(text: &str) -> Option<usize> {
    let begins = ["https://", "http://"].map(|scheme| text.find(scheme));
    begins.into_iter().flatten().min()
}

fn host_at(tail: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || "/\"'<>?#)(\\{}|&[]".contains(c);
    let host = &tail[..tail.find(ends).unwrap_or(tail.len())];
    host.trim_end_matches(['.', ',', ':', ';', '!', '*'])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Note,
    Somebody(&'static str),
}

/// Everybody and every post that a document names, at any depth.
fn find_named<'d>(document: &'d Value, named: &mut Vec<(Named, &'d str)>) {
    match document {
        Value::Array(all) => {
            for one in all {
                find_named(one, named);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                if member == "@context" {
                    continue;
                }
                let values = value
                    .as_array()
                    .map_or(std::slice::from_ref(value), Vec::as_slice);
                let found = values.iter().filter_map(|value| {
                    let id = id_of(value)?;
                    Some((what_is(document, member, id, value)?, id))
                });
                named.extend(found.filter(|(_, id)| is_web(id)));
                find_named(value, named);
            }
        }
        _ => {}
    }
}

fn what_is(parent: &Value, member: &str, id: &str, value: &Value) -> Option<Named> {
    let is_group =
        is_a(value, "Group") || member == "audience" || GROUPS.iter().any(|part| id.contains(part));
    let somebody = Named::Somebody(if is_group { "Group" } else { "Person" });
    let about = |kinds: &[&str]| member == "object" && is_one_of(parent, kinds);
    let mentions = member == "href" && is_a(parent, "Mention");
    let moves = matches!(member, "object" | "target") && is_a(parent, "Move");
    if PEOPLE.contains(&member) || mentions || moves || about(&ABOUT_PEOPLE) {
        Some(somebody)
    } else if NOTES.contains(&member) || (about(&ABOUT_NOTES) && value.is_string()) {
        Some(Named::Note)
    } else {
        None
    }
}
