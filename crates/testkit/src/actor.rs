//! Somebody on a server of another town: the documents they write, and their signature under them.

use std::sync::atomic::{AtomicU64, Ordering};

use parvis_model::clock::{Clock, Timestamp};
use serde_json::{Value, json};

use crate::{
    exchange::Reply,
    keys::{self, Key},
    letter::Letter,
    message::Message,
    proof,
    remote::{Host, Page},
};

pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
pub const ACTIVITY_JSON: &str = "application/activity+json";
const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

#[derive(Clone)]
pub struct Actor {
    pub id: String,
    pub name: String,
    pub key: &'static Key,
    pub host: Host,
}

impl Actor {
    pub fn new(host: Host, name: &str, key: &'static Key) -> Self {
        Self {
            id: host.url(&format!("/users/{name}")),
            name: name.to_owned(),
            key,
            host,
        }
    }

    pub fn authority(&self) -> &str {
        &self.host.authority
    }

    /// `paul@far.localhost:1234`, as the client API names them.
    pub fn acct(&self) -> String {
        format!("{}@{}", self.name, self.host.authority)
    }

    pub fn handle(&self) -> String {
        format!("@{}", self.acct())
    }

    pub fn inbox(&self) -> String {
        format!("{}/inbox", self.id)
    }

    pub fn followers(&self) -> String {
        format!("{}/followers", self.id)
    }

    pub fn key_id(&self) -> String {
        format!("{}#main-key", self.id)
    }

    /// The id of the key on the curve, if the actor has one.
    pub fn curve_key_id(&self) -> String {
        format!("{}#ed25519-1", self.id)
    }

    /// An Ed25519 key as actor documents show it (FEP-521a).
    pub fn multikey(&self, key: &Key) -> Value {
        json!({"id": self.curve_key_id(), "type": "Multikey", "controller": self.id, "publicKeyMultibase": key.multibase()})
    }

    pub fn document(&self) -> Value {
        json!({
            "@context": [CONTEXT, "https://w3id.org/security/v1"],
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name,
            "summary": "",
            "url": self.host.url(&format!("/@{}", self.name)),
            "inbox": self.inbox(),
            "outbox": format!("{}/outbox", self.id),
            "followers": self.followers(),
            "following": format!("{}/following", self.id),
            "endpoints": {"sharedInbox": self.host.url("/inbox")},
            "manuallyApprovesFollowers": false,
            "publicKey": {"id": self.key_id(), "owner": self.id, "publicKeyPem": self.key.public_pem},
        })
    }

    /// A public note, served at its id.
    pub fn note(&self, content: &str) -> Value {
        self.note_to(content, &[PUBLIC], &[&self.followers()])
    }

    /// A note for these; served at its id only where it is public.
    pub fn note_to(&self, content: &str, to: &[&str], cc: &[&str]) -> Value {
        let note = json!({
            "@context": CONTEXT,
            "id": format!("{}/statuses/{}", self.id, fresh()),
            "type": "Note",
            "attributedTo": self.id,
            "to": to,
            "cc": cc,
            "content": format!("<p>{content}</p>"),
            "published": now(),
        });
        if to.contains(&PUBLIC) || cc.contains(&PUBLIC) {
            self.host.serve_document(&note);
        }
        note
    }

    /// A public note that names someone: `(their actor id, their handle)`.
    pub fn note_mentioning(&self, content: &str, (id, handle): (&str, &str)) -> Value {
        let mut note = self.note_to(content, &[PUBLIC], &[&self.followers(), id]);
        note["tag"] = json!([{"type": "Mention", "href": id, "name": handle}]);
        self.host.serve_document(&note);
        note
    }

    /// An activity of this actor with an id of its own.
    pub fn activity(&self, kind: &str, object: &Value) -> Value {
        json!({
            "@context": CONTEXT,
            "id": format!("{}/activities/{}", self.id, fresh()),
            "type": kind,
            "actor": self.id,
            "object": object,
        })
    }

    /// A Create, addressed as its object is.
    pub fn create(&self, note: &Value) -> Value {
        self.addressed("Create", note)
    }

    /// Any activity about a whole object, addressed as the object is.
    pub fn addressed(&self, kind: &str, object: &Value) -> Value {
        let mut activity = self.activity(kind, object);
        for key in ["to", "cc", "published"] {
            activity[key] = object[key].clone();
        }
        activity
    }

    /// An Update of `note` to other words.
    pub fn update(&self, note: &Value, content: &str) -> Value {
        let mut note = note.clone();
        note["content"] = json!(format!("<p>{content}</p>"));
        note["updated"] = json!(in_milliseconds(1_000));
        self.host.serve_document(&note);
        self.addressed("Update", &note)
    }

    /// A Delete with a Tombstone; the object is gone from its address.
    pub fn delete(&self, note: &Value) -> Value {
        let path = url::Url::parse(note["id"].as_str().unwrap())
            .unwrap()
            .path()
            .to_owned();
        self.host.serve(&path, Page::gone());
        let mut activity = self.activity("Delete", &json!({"id": note["id"], "type": "Tombstone"}));
        activity["to"] = json!([PUBLIC]);
        activity
    }

    /// A document of this actor with its proof, for those whose own document shows the test's first key on the curve.
    #[must_use]
    pub fn proven(&self, document: &Value) -> Value {
        let options = proof::options(document, &self.curve_key_id());
        proof::signed(document, &options, keys::curve())
    }

    /// An honest letter, to be bent.
    pub fn letter(&self, inbox: &str, document: &Value) -> Letter {
        Letter::new(self.key, &self.key_id(), inbox, document)
    }

    /// An honest message in the newer dialect, to be bent.
    pub fn message(&self, inbox: &str, document: &Value) -> Message {
        Message::new(self.key, &self.key_id(), inbox, document)
    }

    /// The same with the test's first key on the curve, for those whose document shows it.
    pub fn curve_message(&self, inbox: &str, document: &Value) -> Message {
        Message::new(keys::curve(), &self.curve_key_id(), inbox, document)
    }

    /// Signs and posts.
    pub async fn post(&self, inbox: &str, document: &Value) -> Reply {
        self.letter(inbox, document).send().await
    }
}

/// A number never used before in this process.
pub fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A word no other text holds, to look for.
pub fn marker(what: &str) -> String {
    format!("{what}xq{}z", fresh())
}

/// Now, as documents write it.
pub fn now() -> String {
    in_milliseconds(0)
}

/// A moment from now, as documents write it.
pub fn in_milliseconds(later: Timestamp) -> String {
    stamp(Clock::system().now() + later)
}

/// RFC 3339 in UTC.
pub fn stamp(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap().to_string()
}
