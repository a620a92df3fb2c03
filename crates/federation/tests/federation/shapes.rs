//! Documents of our own in the shape of each software: what they mean must be understood.

use std::path::Path;

use parvis_federation::wire::{Activity, Actor, Kind, PUBLIC, Post, post::Content, post::Form};
use parvis_model::account::AccountKind;
use serde_json::Value;

fn document(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/documents")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{name}: {why}"));
    serde_json::from_str(&text).unwrap()
}

/// The post inside a Create.
fn created(value: &Value) -> Post<'_> {
    let activity = Activity::read(value).unwrap();
    assert_eq!(activity.kind, Kind::Create);
    Post::read(activity.object.embedded().unwrap(), "fr").unwrap()
}

#[test]
fn a_note_of_mastodon() {
    let value = document("mastodon/create-note.json");
    let post = created(&value);
    assert_eq!((post.form, post.language), (Form::Note, Some("fr")));
    assert_eq!(post.to, ["https://masto.example/users/oceane/followers"]);
    assert!(post.cc.contains(&PUBLIC), "unlisted");
    assert_eq!(post.mentions[0].href, "https://bourg.example/ap/actors/7");
    assert_eq!(post.hashtags, ["port"]);
    assert_eq!(
        (post.media[0].focus, post.media[0].description),
        (Some((0.0, 0.25)), Some("Le quai sous l'eau"))
    );
}

#[test]
fn a_person_of_mastodon() {
    let value = document("mastodon/person.json");
    let actor = Actor::read(&value).unwrap();
    assert_eq!(
        (actor.username, actor.name),
        ("oceane", Some("Océane du Port"))
    );
    assert_eq!(actor.shared_inbox, Some("https://masto.example/inbox"));
    assert_eq!(
        actor.keys[0].id,
        "https://masto.example/users/oceane#main-key"
    );
    assert_eq!(actor.fields[0].name, "Atelier");
}

#[test]
fn the_end_of_an_account_of_mastodon() {
    let value = document("mastodon/delete-actor.json");
    let activity = Activity::read(&value).unwrap();
    assert_eq!(
        (activity.kind, activity.object.id()),
        (Kind::Delete, Some(activity.actor))
    );
}

#[test]
fn a_withdrawn_boost_and_an_accepted_follow() {
    let value = document("mastodon/undo-announce.json");
    let inner = Activity::read(&value).unwrap().object.activity().unwrap();
    assert_eq!(
        (inner.kind, inner.object.id()),
        (Kind::Announce, Some("https://bourg.example/ap/objects/55"))
    );
    let value = document("mastodon/accept-follow.json");
    let inner = Activity::read(&value).unwrap().object.activity().unwrap();
    assert_eq!(
        (inner.kind, inner.id),
        (Kind::Follow, Some("https://bourg.example/ap/activities/88"))
    );
}

#[test]
fn a_community_of_lemmy_and_its_pages() {
    let value = document("lemmy/group.json");
    let group = Actor::read(&value).unwrap();
    assert_eq!(
        (group.kind, group.username),
        (AccountKind::Group, "potager")
    );
    let value = document("lemmy/announce-create-page.json");
    let announced = Activity::read(&value).unwrap().object.activity().unwrap();
    assert_eq!(announced.kind, Kind::Create);
    let post = Post::read(announced.object.embedded().unwrap(), "fr").unwrap();
    assert_eq!(
        (post.form, post.title),
        (Form::Page, Some("Échange de graines"))
    );
    assert_eq!(
        (post.group, post.language),
        (Some("https://lem.example/c/potager"), Some("fr"))
    );
}

#[test]
fn a_comment_of_lemmy() {
    let value = document("lemmy/comment.json");
    let post = Post::read(&value, "fr").unwrap();
    assert_eq!(
        post.in_reply_to,
        Some("https://bourg.example/ap/objects/55")
    );
    assert_eq!(post.to, [PUBLIC]);
}

#[test]
fn an_event_of_mobilizon_is_told_by_a_person_for_a_group() {
    let value = document("mobilizon/create-event.json");
    let post = created(&value);
    assert_eq!(
        (post.form, post.title),
        (Form::Event, Some("Bal du village"))
    );
    assert_eq!(post.author, Some("https://agenda.example/@foyer"));
    assert_eq!(post.speaker, Some("https://agenda.example/@ines"));
    assert_eq!(post.media.len(), 1, "the website is no picture");
}

#[test]
fn a_private_note_of_pleroma() {
    let value = document("pleroma/note.json");
    let post = Post::read(&value, "fr").unwrap();
    assert_eq!((post.summary, post.sensitive), (None, false));
    assert_eq!(post.to, ["https://bourg.example/ap/actors/7"]);
}

#[test]
fn a_sunflower_of_pleroma_is_a_like() {
    let value = document("pleroma/emoji-react.json");
    assert_eq!(Activity::read(&value).unwrap().kind, Kind::Like);
}

#[test]
fn a_note_and_a_person_of_misskey() {
    let value = document("misskey/note.json");
    let post = Post::read(&value, "fr").unwrap();
    assert!(post.sensitive);
    assert_eq!(post.media[0].description, None);
    let value = document("misskey/person.json");
    let actor = Actor::read(&value).unwrap();
    assert_eq!((actor.name, actor.icon), (None, None));
}

#[test]
fn a_video_of_peertube() {
    let value = document("peertube/video.json");
    let post = Post::read(&value, "fr").unwrap();
    assert_eq!(
        (post.form, post.url),
        (Form::Other, Some("https://tube.example/w/v1"))
    );
    assert_eq!(post.content, Some(Content::Text("Discours & fanfare")));
    assert_eq!(
        (post.media[0].mime, post.language),
        ("video/mp4", Some("fr"))
    );
    assert_eq!(post.author, Some("https://tube.example/accounts/mj"));
    let value = document("peertube/announce.json");
    assert_eq!(Activity::read(&value).unwrap().kind, Kind::Announce);
}

#[test]
fn gotosocial_writes_lists_of_one_as_one() {
    let value = document("gotosocial/create-note.json");
    let post = created(&value);
    assert_eq!(
        (post.to.as_slice(), post.media.len()),
        ([PUBLIC].as_slice(), 1)
    );
    assert_eq!(post.published, Some(1_735_722_000_000));
    let value = document("gotosocial/person.json");
    let actor = Actor::read(&value).unwrap();
    assert_eq!(actor.keys[0].id, "https://gts.example/users/colin/main-key");
    assert_eq!(actor.fields.len(), 1);
    let value = document("gotosocial/delete.json");
    assert_eq!(Activity::read(&value).unwrap().id, None);
    let value = document("gotosocial/like.json");
    assert_eq!(Activity::read(&value).unwrap().kind, Kind::Like);
}

#[test]
fn a_photo_of_pixelfed_needs_no_words() {
    let value = document("pixelfed/create-note.json");
    let post = created(&value);
    assert_eq!((post.content, post.media.len()), (None, 1));
}

#[test]
fn an_article_of_wordpress() {
    let value = document("wordpress/create-article.json");
    let post = created(&value);
    assert_eq!(
        (post.form, post.title),
        (Form::Article, Some("Le pont rouvre"))
    );
    assert_eq!(
        (post.id, post.author),
        (
            "https://journal.example/?p=31",
            Some("https://journal.example/?author=2")
        )
    );
    assert_eq!(post.media[0].description, Some("Le pont"));
    let value = document("wordpress/person.json");
    assert_eq!(
        Actor::read(&value).unwrap().webfinger,
        Some("redaction@journal.example")
    );
}
