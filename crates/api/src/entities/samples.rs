//! Views as a town would give them, for snapshots.

use std::sync::Arc;

use parvis_model::{
    account::AccountKind,
    audience::Audience,
    policy::{Allowed, Consent, Policy},
};
use parvis_town::{
    AccountView, MediaView, PostView,
    previews::{PreviewKind, PreviewView},
    quotes::Quoting,
    views::{FieldView, MentionView, Mine, PostKind, TagView},
};
use serde_json::{Value, json};

pub fn account() -> AccountView {
    AccountView {
        id: 5,
        kind: AccountKind::Person,
        name: "marie".into(),
        domain: String::new(),
        acct: "marie".into(),
        handle: "marie@v.example".into(),
        display_name: "Marie Curtil".into(),
        bio_html: "<p>Boulangère.</p>".into(),
        bio_source: "Boulangère.".into(),
        avatar: Some("https://v.example/media/a.webp".into()),
        header: None,
        avatar_description: "Une femme devant un four".into(),
        header_description: String::new(),
        fields: vec![FieldView {
            name: "Site".into(),
            value_html: "<a href=\"https://b.example\">b.example</a>".into(),
            value_source: "https://b.example".into(),
            verified_at: None,
        }],
        emojis: Vec::new(),
        locked: false,
        discoverable: true,
        indexable: false,
        uri: "https://v.example/ap/actors/5".into(),
        url: "https://v.example/@marie".into(),
        path: "/@marie".into(),
        posts: 3,
        followers: -1,
        following: 2,
        created_at: 1_773_480_413_089,
        updated_at: 1_773_480_413_089,
        last_post_at: Some(1_773_480_413_089),
        suspended: false,
        moved_to: None,
        attribution_domains: Vec::new(),
        hides_follows: false,
        local: true,
    }
}

pub fn picture() -> MediaView {
    MediaView {
        id: 6,
        url: "https://v.example/media/p.webp".into(),
        preview_url: "https://v.example/media/q.webp".into(),
        remote_url: None,
        mime: "image/webp".into(),
        description: "Le pont".into(),
        width: 1600,
        height: 800,
        preview_width: 400,
        preview_height: 200,
        blurhash: Some("LEHV6nWB2yk8".into()),
        focus: (0.0, 0.5),
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}

pub fn post() -> PostView {
    PostView {
        id: 7,
        uri: "https://v.example/ap/objects/7".into(),
        url: "https://v.example/@marie/7".into(),
        path: "/@marie/7".into(),
        author: Arc::new(account()),
        audience: Audience::Public,
        kind: PostKind::Note,
        title: None,
        html: "<p>Bonjour « tous »</p>".into(),
        source: Some("Bonjour « tous »".into()),
        summary: String::new(),
        sensitive: false,
        language: Some("fr".into()),
        created_at: 1_773_480_413_089,
        edited_at: None,
        reply_to: Some(4),
        reply_to_uri: Some("https://v.example/ap/objects/4".into()),
        reply_to_account: Some(5),
        thread: 4,
        media: vec![picture()],
        emojis: Vec::new(),
        poll: None,
        preview: None,
        consent: None,
        quote: None,
        quoting: Quoting {
            allowed: Allowed::EVERYONE,
            me: Consent::AtOnce,
        },
        policy: Policy::default(),
        mentions: vec![MentionView {
            id: 8,
            acct: "paul@r.example".into(),
            name: "paul".into(),
            uri: "https://r.example/users/paul".into(),
            url: "https://r.example/@paul".into(),
            path: "/@paul@r.example".into(),
        }],
        tags: vec![TagView {
            name: "Fête".into(),
            key: "fete".into(),
            path: "/tags/fete".into(),
        }],
        replies: 1,
        boosts: 2,
        favourites: 3,
        quotes: 0,
        mine: Some(Mine {
            favourited: true,
            boosted: false,
            bookmarked: false,
            pinned: false,
            author: true,
            muted: false,
        }),
        filtered: Vec::new(),
        brought_by: None,
        boost_of: None,
        group: None,
        in_group: false,
        closed: false,
        taken_out: None,
        local: true,
    }
}

pub fn preview() -> PreviewView {
    PreviewView {
        url: "https://journal.example/pont".into(),
        kind: PreviewKind::Link,
        title: "Le pont & la « rivière »".into(),
        description: "Il a deux cents ans.".into(),
        language: Some("fr".into()),
        author_name: "Nora".into(),
        author_url: "https://journal.example/nora".into(),
        provider_name: "Le Journal".into(),
        provider_url: "https://journal.example".into(),
        image: Some("https://v.example/media/remote/card/9/0".into()),
        image_description: "Un pont".into(),
        width: 640,
        height: 320,
        blurhash: Some("LEHV6nWB2yk8".into()),
        published_at: Some(1_773_480_413_089),
        author: None,
        misses_my_consent: false,
    }
}

/// The document with the ids alone of the accounts, posts and files inside it, which have snapshots of their own.
pub fn outline(document: &Value) -> Value {
    match document {
        Value::Object(keys) => keys
            .iter()
            .map(|(key, value)| (key.clone(), brief(value).unwrap_or_else(|| outline(value))))
            .collect(),
        Value::Array(list) => {
            let each = list.iter();
            each.map(|one| brief(one).unwrap_or_else(|| outline(one)))
                .collect()
        }
        other => other.clone(),
    }
}

fn brief(value: &Value) -> Option<Value> {
    let whole = ["acct", "replies_count", "preview_url"];
    let is_whole = whole.iter().any(|key| value.get(key).is_some());
    is_whole.then(|| json!({ "id": value["id"] }))
}
