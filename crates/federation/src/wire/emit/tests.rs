//! Snapshots of every kind of document we send.

mod groups;
mod lists;

use std::collections::BTreeMap;

use insta::assert_snapshot;
use parvis_model::policy::Interaction;
use serde::Serialize;
use serde_json::Value;

use super::{
    activity::{Activity, Aimed, Inner},
    actor::{Actor, Endpoints, Generator, Multikey, PropertyValue, PublicKey},
    collection::{Collection, Heap, Page},
    document,
    nodeinfo::{FEATURES, Metadata, NodeInfo, Policy, Services, Software, Upstream, Usage, Users},
    object::{Document, Image, Note, Source, Tag, Tombstone},
    question::{Choice, Question, Vote},
    quote::{Answer, Answered, InteractionPolicy, Permission, Quoting, Request, Stamp},
};
use crate::wire::{self, PUBLIC, jrd};

const ACTOR: &str = "https://bourg.example/ap/actors/7";
const FOLLOWERS: &str = "https://bourg.example/ap/actors/7/followers";
const PAUL: &str = "https://masto.example/users/paul";
const NOTE: &str = "https://bourg.example/ap/objects/55";

/// The document, indented, as a reader of the snapshot wants it.
fn shown(body: &impl Serialize) -> String {
    let text = document(body).unwrap();
    assert!(!text.contains("null"), "no null members");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(depth(&value) <= 7, "Pixelfed reads no deeper");
    serde_json::to_string_pretty(&value).unwrap()
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn activity(n: u32) -> String {
    format!("https://bourg.example/ap/activities/{n}")
}

fn person() -> Actor {
    actor(ACTOR)
}

fn actor(id: &str) -> Actor {
    let address = "https://bourg.example/media/a.webp";
    let mut face = Image::new("image/webp".into(), address.into());
    face.name = Some("Un tilleul en fleur".into());
    Actor {
        id: id.into(),
        kind: "Person",
        preferred_username: "lea".into(),
        name: "Léa M.".into(),
        summary: "<p>Rue du Four.</p>".into(),
        url: Some("https://bourg.example/@lea".into()),
        webfinger: "lea@bourg.example".into(),
        published: Some("2025-03-02T00:00:00Z".into()),
        updated: Some("2025-09-10T07:11:12Z".into()),
        inbox: format!("{id}/inbox"),
        outbox: format!("{id}/outbox"),
        followers: Some(format!("{id}/followers")),
        following: Some(format!("{id}/following")),
        featured: Some(format!("{id}/featured")),
        featured_tags: Some(format!("{id}/tags")),
        endpoints: Endpoints {
            shared_inbox: "https://bourg.example/ap/inbox".into(),
        },
        manually_approves_followers: true,
        discoverable: false,
        indexable: false,
        searchable_by: Vec::new(),
        suspended: false,
        public_key: PublicKey {
            id: format!("{id}#main-key"),
            owner: id.into(),
            public_key_pem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n".into(),
        },
        assertion_method: vec![Multikey::new(
            format!("{id}#ed25519-1"),
            id.into(),
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2".into(),
        )],
        icon: Some(face),
        image: None,
        also_known_as: Vec::new(),
        moved_to: None,
        attribution_domains: Vec::new(),
        group: None,
        attachment: vec![PropertyValue::new("Quartier".into(), "Le Moulin".into())],
        tag: Vec::new(),
        generator: Generator::new("https://bourg.example/ap/actor".into()),
    }
}

fn note() -> Note {
    let html = "<p>Chat perdu, @paul</p>";
    let mut picture = Document::new(
        "image/jpeg".into(),
        "https://bourg.example/media/p.jpg".into(),
    );
    picture.name = Some("Chat roux".into());
    picture.width = Some(1600);
    picture.height = Some(1200);
    picture.blurhash = Some("UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH".into());
    picture.focal_point = Some([0.5, -0.25]);
    Note {
        id: NOTE.into(),
        kind: "Note",
        attributed_to: ACTOR.into(),
        to: vec![PUBLIC.into()],
        cc: vec![FOLLOWERS.into(), PAUL.into()],
        name: None,
        content: html.into(),
        content_map: Some(BTreeMap::from([("fr".into(), html.into())])),
        source: Some(Source {
            content: "Chat perdu, @paul".into(),
            media_type: "text/markdown",
        }),
        media_type: "text/html",
        sensitive: true,
        summary: Some("Animal blessé".into()),
        direct_message: false,
        tag: vec![
            Tag::Mention {
                href: PAUL.into(),
                name: "@paul@masto.example".into(),
            },
            Tag::Hashtag {
                href: "https://bourg.example/tags/chat".into(),
                name: "#chat".into(),
            },
        ],
        attachment: vec![picture],
        audience: None,
        in_reply_to: Some("https://masto.example/users/paul/statuses/1".into()),
        context: None,
        conversation: None,
        published: "2025-09-12T09:00:00Z".into(),
        updated: None,
        url: "https://bourg.example/@lea/55".into(),
        question: None,
        quoting: None,
        approved: None,
        interaction_policy: policy(),
        replies: Heap::counted(format!("{NOTE}/replies"), 2).paged(),
        likes: Heap::counted(format!("{NOTE}/likes"), 3),
        shares: Heap::counted(format!("{NOTE}/shares"), 0),
    }
}

fn policy() -> InteractionPolicy {
    let only = |one: &str| Permission {
        automatic_approval: vec![one.into()],
        manual_approval: Vec::new(),
    };
    let everyone = || only(PUBLIC);
    InteractionPolicy {
        can_reply: everyone(),
        can_like: everyone(),
        can_announce: everyone(),
        can_quote: only(FOLLOWERS),
    }
}

#[test]
fn a_quote_and_what_is_said_about_it() {
    const QUOTED: &str = "https://masto.example/users/paul/statuses/5";
    const STAMP: &str = "https://masto.example/users/paul/quote_authorizations/9";
    let mut quoting = note();
    quoting.attachment.clear();
    quoting.tag = vec![Tag::Link {
        href: QUOTED.into(),
        rel: "https://misskey-hub.net/ns#_misskey_quote",
        media_type: "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
    }];
    quoting.quoting = Some(Quoting::new(QUOTED.into(), None));
    assert_snapshot!(
        "quote_request",
        shown(&Request::new(
            activity(60),
            ACTOR.into(),
            vec![PAUL.into()],
            QUOTED.into(),
            quoting.clone()
        ))
    );
    quoting.quoting = Some(Quoting::new(QUOTED.into(), Some(STAMP.into())));
    let at = "2025-09-12T11:00:00Z";
    let update = Activity::around("Update", activity(61), at.into(), quoting);
    assert_snapshot!("quote_agreed", shown(&update));
    let asked = Request::new(
        format!("{PAUL}/quote_requests/1"),
        PAUL.into(),
        Vec::new(),
        NOTE.into(),
        QUOTED.to_owned(),
    );
    assert_snapshot!(
        "quote_accept",
        shown(&Answer {
            id: activity(62),
            kind: "Accept",
            actor: ACTOR.into(),
            to: vec![PAUL.into()],
            object: Answered::Asked(asked),
            result: Some("https://bourg.example/ap/authorizations/63".into()),
        })
    );
    assert_snapshot!(
        "quote_stamp",
        shown(&Stamp::new(
            "https://bourg.example/ap/authorizations/63".into(),
            ACTOR.into(),
            QUOTED.into(),
            NOTE.into()
        ))
    );
}

#[test]
fn consents_to_an_answer_and_to_a_like() {
    let stamp = |of: &str| {
        Stamp::new(
            "https://bourg.example/ap/authorizations/64".into(),
            ACTOR.into(),
            format!("{PAUL}/{of}"),
            NOTE.into(),
        )
    };
    let reply = stamp("statuses/6").about(Interaction::Reply);
    let like = stamp("likes/7").about(Interaction::Like);
    assert_snapshot!("reply_stamp", shown(&reply));
    assert_snapshot!("like_stamp", shown(&like));
}

#[test]
fn a_block() {
    let (me, other) = (ACTOR.to_owned(), PAUL.to_owned());
    let block = Activity::to_one("Block", activity(71), me, other.clone(), other);
    assert_snapshot!(shown(&block));
}

#[test]
fn a_resident() {
    assert_snapshot!(shown(&person()));
}

#[test]
fn a_new_post_and_an_edited_one() {
    assert_snapshot!(
        "create",
        shown(&Activity::around(
            "Create",
            activity(55),
            "2025-09-12T09:00:00Z".into(),
            note()
        ))
    );
    let edited = Note {
        updated: Some("2025-09-12T10:00:00Z".into()),
        attachment: vec![],
        ..note()
    };
    assert_snapshot!(
        "update",
        shown(&Activity::around(
            "Update",
            activity(56),
            "2025-09-12T10:00:00Z".into(),
            edited
        ))
    );
}

#[test]
fn what_we_send_is_what_we_read() {
    let text = document(&Activity::around(
        "Create",
        activity(55),
        "2025-09-12T09:00:00Z".into(),
        note(),
    ))
    .unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let create = wire::Activity::read(&value).unwrap();
    let post = wire::Post::read(create.object.embedded().unwrap(), "fr").unwrap();
    assert_eq!(
        (post.author, post.language, post.sensitive),
        (Some(ACTOR), Some("fr"), true)
    );
    assert_eq!((post.hashtags, post.mentions[0].href), (vec!["chat"], PAUL));
    let text = document(&person()).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(wire::Actor::read(&value).unwrap().keys[0].owner, ACTOR);
}

#[test]
fn a_poll_and_a_vote() {
    let mut asked = note();
    asked.kind = "Question";
    asked.tag.clear();
    asked.attachment.clear();
    asked.question = Some(Question {
        one_of: Some(vec![
            Choice::new("Samedi".into(), Some(30)),
            Choice::new("Dimanche".into(), None),
        ]),
        any_of: None,
        end_time: Some("2025-09-19T18:00:00Z".into()),
        closed: Some("2025-09-19T18:00:00Z".into()),
        voters_count: Some(42),
    });
    let at = "2025-09-19T18:00:01Z".to_owned();
    let update = Activity::around("Update", activity(3), at.clone(), asked);
    assert_snapshot!("question", shown(&update));
    let vote = Vote::new(
        format!("{ACTOR}#votes/9"),
        ACTOR.into(),
        PAUL.into(),
        "Samedi".into(),
        format!("{PAUL}/statuses/1"),
        at,
    );
    let create = Activity::to_one("Create", activity(4), ACTOR.into(), PAUL.into(), vote);
    assert_snapshot!("vote", shown(&create));
}

#[test]
fn a_deleted_post() {
    let gone = Tombstone::new(NOTE.into(), Some("Note"), "2025-09-13T00:00:00Z".into());
    let delete = Activity::delete(
        activity(57),
        ACTOR.into(),
        vec![PUBLIC.into()],
        vec![FOLLOWERS.into()],
        gone,
    );
    assert_snapshot!(shown(&delete));
}

#[test]
fn following_and_its_answers() {
    let follow = |to: &str| {
        Activity::to_one(
            "Follow",
            activity(60),
            ACTOR.into(),
            to.into(),
            to.to_owned(),
        )
    };
    assert_snapshot!("follow", shown(&follow(PAUL)));
    let inner = Inner {
        id: format!("{PAUL}/follows/1"),
        kind: "Follow",
        actor: PAUL.into(),
        object: ACTOR.into(),
    };
    assert_snapshot!(
        "accept",
        shown(&Activity::to_one(
            "Accept",
            activity(61),
            ACTOR.into(),
            PAUL.into(),
            inner
        ))
    );
    let inner = Inner {
        id: activity(60),
        kind: "Follow",
        actor: ACTOR.into(),
        object: PAUL.into(),
    };
    assert_snapshot!(
        "undo",
        shown(&Activity::to_one(
            "Undo",
            activity(62),
            ACTOR.into(),
            PAUL.into(),
            inner
        ))
    );
}

#[test]
fn a_boost() {
    let boost = Activity {
        id: activity(70),
        kind: "Announce",
        actor: ACTOR.into(),
        published: Some("2025-09-12T09:00:00Z".into()),
        to: vec![PUBLIC.into()],
        cc: Some(vec![FOLLOWERS.into(), PAUL.into()]),
        object: "https://masto.example/users/paul/statuses/1".to_owned(),
    };
    assert_snapshot!(shown(&boost));
}

#[test]
fn collections() {
    let outbox = format!("{ACTOR}/outbox");
    assert_snapshot!(
        "followers",
        shown(&Collection::<String>::counted(FOLLOWERS.into(), 12, None))
    );
    assert_snapshot!(
        "outbox",
        shown(&Collection::<String>::counted(
            outbox.clone(),
            3,
            Some(format!("{outbox}?page=true"))
        ))
    );
    assert_snapshot!(
        "featured",
        shown(&Collection::<String>::whole(
            format!("{ACTOR}/featured"),
            vec![]
        ))
    );
    let mut page = Page::new(
        format!("{outbox}?page=true"),
        outbox.clone(),
        vec![NOTE.to_owned()],
    );
    page.next = Some(format!("{outbox}?page=true&max_id=55"));
    page.prev = Some(format!("{outbox}?page=true&min_id=55"));
    assert_snapshot!("page", shown(&page));
}

#[test]
fn webfinger_and_host_meta() {
    let found = jrd::Descriptor {
        subject: Some("acct:lea@bourg.example".into()),
        aliases: vec!["https://bourg.example/@lea".into(), ACTOR.into()],
        links: vec![
            jrd::Link::to("self", "application/activity+json", ACTOR.into()),
            jrd::Link::template(
                "http://ostatus.org/schema/1.0/subscribe",
                "https://bourg.example/suivre?uri={uri}".into(),
            ),
        ],
    };
    assert_snapshot!("webfinger", serde_json::to_string_pretty(&found).unwrap());
    assert_snapshot!("host_meta", jrd::host_meta_xml("https://bourg.example"));
}

#[test]
fn what_the_town_says_about_itself() {
    let info = NodeInfo {
        version: "2.1",
        software: Software {
            name: "parvis",
            version: "0.1.0",
            repository: Some("https://forge.example/parvis"),
            homepage: Some("https://forge.example/parvis"),
        },
        protocols: ["activitypub"],
        services: Services::default(),
        open_registrations: false,
        usage: Usage {
            users: Users {
                total: 40,
                active_month: 10,
                active_halfyear: 20,
            },
            local_posts: 930,
            local_comments: 2_100,
        },
        metadata: Metadata {
            node_name: "Bourg".into(),
            node_description: "Le réseau du bourg".into(),
            upstream: Upstream::default(),
            federation: Policy::default(),
            features: FEATURES,
            staff_accounts: vec![ACTOR.into()],
        },
    };
    assert_snapshot!(serde_json::to_string_pretty(&info).unwrap());
}

#[test]
fn dates_are_written_in_utc() {
    assert_eq!(super::date(1_735_732_800_999), "2025-01-01T12:00:00.999Z");
    assert_eq!(super::date(1_735_732_800_000), "2025-01-01T12:00:00Z");
    assert_eq!(super::day(1_735_732_800_999), "2025-01-01T00:00:00Z");
}

#[test]
fn a_move_a_pin_and_a_report() {
    let aimed =
        |kind, to: &str, object: Value, target: Option<&str>, content: Option<&str>| Aimed {
            activity: Activity {
                id: "https://bourg.example/ap/activities/90".into(),
                kind,
                actor: ACTOR.into(),
                published: None,
                to: vec![to.into()],
                cc: None,
                object,
            },
            target: target.map(str::to_owned),
            content: content.map(str::to_owned),
        };
    let moved = aimed("Move", FOLLOWERS, ACTOR.into(), Some(PAUL), None);
    let featured = format!("{ACTOR}/featured");
    let pinned = aimed("Add", PUBLIC, NOTE.into(), Some(&featured), None);
    let accused = serde_json::json!([PAUL, "https://masto.example/users/paul/statuses/1"]);
    let flag = aimed("Flag", PAUL, accused, None, Some("Publicité"));
    assert_snapshot!("move", shown(&moved));
    assert_snapshot!("add", shown(&pinned));
    assert_snapshot!("flag", shown(&flag));
    let person = Actor {
        also_known_as: vec![PAUL.into()],
        moved_to: Some(PAUL.into()),
        ..person()
    };
    assert_snapshot!("person_moved", shown(&person));
}

#[test]
fn the_neighbours_are_a_heap_of_towns() {
    let towns: Vec<String> = vec!["https://rivebelle.example/ap/actor".into()];
    assert_snapshot!(shown(&Heap::whole(
        "https://bourg.example/ap/audiences/neighbours".into(),
        towns
    )));
}
