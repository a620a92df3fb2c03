//! Writing, answering, editing, deleting, passing on.

use base64::{Engine, engine::general_purpose::STANDARD};
use parvis_model::{audience::Audience, id::Id, refusal::Kind};
use parvis_town::{
    Viewer, accounts, media,
    posts::{self, Compose, prepare},
    reactions, search, threads, timelines,
};

use crate::scratch::{self, Scratch, compose, refused};

/// One transparent pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

pub async fn picture(t: &Scratch, owner: Id) -> Id {
    media::keep(&t.town, owner, STANDARD.decode(PNG).unwrap(), "un pixel")
        .await
        .unwrap()
        .id
}

fn files(t: &Scratch) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return 0;
        };
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { count(&path) } else { 1 })
            .sum()
    }
    count(&t.folder.path().join("media"))
}

#[tokio::test]
async fn a_post_is_rendered_counted_and_found_again() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t
        .says(
            marie,
            "Bonjour @bruno et @personne, vive le #Marché !",
            Audience::Public,
        )
        .await;
    let view = t.post(post).await;
    assert_eq!(
        view.mentions.iter().map(|one| one.id).collect::<Vec<_>>(),
        [bruno]
    );
    assert_eq!(
        view.tags
            .iter()
            .map(|tag| tag.key.as_str())
            .collect::<Vec<_>>(),
        ["marché"]
    );
    assert_eq!(t.account(marie).await.posts, 1);
    let tagged = timelines::tag(
        &t.town,
        &Viewer::nobody(),
        "MARCHÉ",
        parvis_model::page::Page::default(),
    )
    .await;
    assert_eq!(tagged.unwrap().items[0].id, post);
    let found = search::find(
        &t.town,
        &Viewer::nobody(),
        &view.url,
        search::Wanted::default(),
    )
    .await
    .unwrap();
    assert_eq!(found.posts[0].id, post);
}

#[tokio::test]
async fn nothing_at_all_or_too_much_is_refused() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    for (text, audience) in [
        (String::new(), Audience::Public),
        ("a".repeat(5_001), Audience::Public),
        ("ça va".into(), Audience::Group),
    ] {
        let refusal = refused(
            t.publish(marie, compose(&text, audience))
                .await
                .unwrap_err(),
        );
        assert_eq!(refusal.kind, Kind::Invalid, "{} {audience:?}", text.len());
    }
}

#[tokio::test]
async fn an_edit_changes_text_names_and_tags_and_keeps_the_audience() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.says(marie, "@bruno #neige", Audience::Followers).await;
    let draft = prepare(
        &t.town,
        marie,
        compose("tout autre chose", Audience::Public),
    )
    .await
    .unwrap();
    deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    let view = t.post(post).await;
    assert!(view.html.contains("tout autre chose"));
    assert_eq!(
        (view.audience, view.mentions.len(), view.tags.len()),
        (Audience::Followers, 0, 0)
    );
    assert!(view.edited_at.is_some());
    assert!(!t.sees(Viewer::resident(bruno), post).await);
}

#[tokio::test]
async fn only_its_author_edits_or_deletes_a_post() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let open = t.says(marie, "à tous", Audience::Public).await;
    let secret = t.says(marie, "à moi", Audience::Direct).await;
    for (post, kind) in [(open, Kind::Forbidden), (secret, Kind::NotFound)] {
        let deleted = deed!(t, |tx, town| posts::delete(tx, town, bruno, post));
        assert_eq!(refused(deleted.unwrap_err()).kind, kind);
        let draft = prepare(&t.town, bruno, compose("volé", Audience::Public))
            .await
            .unwrap();
        let edited = deed!(t, |tx, town| posts::edit(tx, town, bruno, post, draft));
        assert_eq!(refused(edited.unwrap_err()).kind, kind);
    }
}

#[tokio::test]
async fn a_boost_of_ones_post_by_somebody_else_is_not_ones_own_to_delete() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.says(marie, "à tous", Audience::Public).await;
    let boost = t.boosts(bruno, post).await.unwrap();
    let deleted = deed!(t, |tx, town| posts::delete(tx, town, marie, boost));
    assert_eq!(refused(deleted.unwrap_err()).kind, Kind::Forbidden);
    assert!(t.sees(Viewer::nobody(), post).await);
    deed!(t, |tx, town| posts::delete(tx, town, bruno, boost)).unwrap();
    assert_eq!(t.post(post).await.boosts, 0);
}

#[tokio::test]
async fn boosting_and_liking_twice_count_once_and_are_taken_back() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.says(marie, "à tous", Audience::Unlisted).await;
    let boost = t.boosts(bruno, post).await.unwrap();
    assert_eq!(
        t.boosts(bruno, boost).await.unwrap(),
        boost,
        "a boost stands for what it boosts"
    );
    for _ in 0..2 {
        deed!(t, |tx, town| reactions::favourite(tx, town, bruno, boost)).unwrap();
    }
    let view = t.post(post).await;
    assert_eq!(
        (view.boosts, view.favourites, t.account(bruno).await.posts),
        (1, 1, 1)
    );
    for _ in 0..2 {
        deed!(t, |tx, town| posts::unboost(tx, town, bruno, post)).unwrap();
        deed!(t, |tx, town| reactions::unfavourite(tx, town, bruno, post)).unwrap();
    }
    let view = t.post(post).await;
    assert_eq!(
        (view.boosts, view.favourites, t.account(bruno).await.posts),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn what_is_not_for_all_cannot_be_passed_on() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(bruno, marie).await;
    for (audience, kind) in [
        (Audience::Town, Kind::Forbidden),
        (Audience::Followers, Kind::Forbidden),
        (Audience::Direct, Kind::NotFound),
    ] {
        let post = t.says(marie, "entre nous", audience).await;
        assert_eq!(
            refused(t.boosts(bruno, post).await.unwrap_err()).kind,
            kind,
            "{audience:?}"
        );
    }
}

#[tokio::test]
async fn a_deleted_post_leaves_a_tombstone_and_right_counts() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let question = t.says(marie, "qui vient ?", Audience::Public).await;
    let answer = t
        .answers(bruno, question, "moi", Audience::Public)
        .await
        .unwrap();
    let below = t
        .answers(marie, answer, "bien", Audience::Public)
        .await
        .unwrap();
    t.boosts(marie, answer).await.unwrap();
    assert_eq!(t.account(marie).await.posts, 3);
    let uri = t.post(answer).await.uri;
    deed!(t, |tx, town| posts::delete(tx, town, bruno, answer)).unwrap();
    assert_eq!(t.post(question).await.replies, 0);
    assert_eq!(
        (t.account(marie).await.posts, t.account(bruno).await.posts),
        (2, 0)
    );
    assert!(posts::buried(&t.town, &uri).await.unwrap().is_some());
    let thread = threads::around(&t.town, &Viewer::nobody(), below)
        .await
        .unwrap();
    assert!(thread.ancestors.is_empty(), "what it answered is gone");
}

#[tokio::test]
async fn pictures_go_with_their_post_once_the_readers_ran() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (kept, dropped) = (picture(&t, marie).await, picture(&t, marie).await);
    let with = |media: Vec<Id>| Compose {
        media,
        ..compose("voilà", Audience::Public)
    };
    let post = t.publish(marie, with(vec![kept, dropped])).await.unwrap();
    assert_eq!((t.post(post).await.media.len(), files(&t)), (2, 2));
    let draft = prepare(&t.town, marie, with(vec![kept])).await.unwrap();
    deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    assert_eq!(files(&t), 2, "not before the write is on disk");
    t.settle().await;
    assert_eq!((t.post(post).await.media.len(), files(&t)), (1, 1));
    deed!(t, |tx, town| posts::delete(tx, town, marie, post)).unwrap();
    t.settle().await;
    assert_eq!(files(&t), 0);
}

#[tokio::test]
async fn a_picture_serves_its_owner_and_one_post() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let picture = picture(&t, marie).await;
    let with = || Compose {
        media: vec![picture],
        ..compose("voilà", Audience::Public)
    };
    let stolen = t.publish(bruno, with()).await;
    assert_eq!(refused(stolen.unwrap_err()).key, "refusal-file-missing");
    t.publish(marie, with()).await.unwrap();
    let twice = t.publish(marie, with()).await;
    assert_eq!(refused(twice.unwrap_err()).key, "refusal-file-missing");
}

#[tokio::test]
async fn pictures_never_used_are_swept_away_after_a_day() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let picture = picture(&t, marie).await;
    parvis_town::readers::keep_house(&t.town).await.unwrap();
    assert!(media::view(&t.town, marie, picture).await.is_ok());
    t.clock.advance(parvis_model::clock::DAY + 1);
    parvis_town::readers::keep_house(&t.town).await.unwrap();
    t.settle().await;
    assert_eq!(
        (
            media::view(&t.town, marie, picture).await.is_err(),
            files(&t)
        ),
        (true, 0)
    );
}

#[tokio::test]
async fn a_thread_is_told_from_its_root_and_in_order() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let root = t.says(marie, "un", Audience::Public).await;
    let first = t
        .answers(bruno, root, "deux", Audience::Public)
        .await
        .unwrap();
    let second = t
        .answers(bruno, root, "trois", Audience::Public)
        .await
        .unwrap();
    let below = t
        .answers(marie, first, "quatre", Audience::Public)
        .await
        .unwrap();
    let thread = threads::around(&t.town, &Viewer::nobody(), root)
        .await
        .unwrap();
    let ids =
        |posts: &[parvis_town::PostView]| posts.iter().map(|post| post.id).collect::<Vec<_>>();
    assert_eq!(ids(&thread.descendants), [first, below, second]);
    let thread = threads::around(&t.town, &Viewer::nobody(), below)
        .await
        .unwrap();
    assert_eq!(ids(&thread.ancestors), [root, first]);
}

#[tokio::test]
async fn nobody_learns_when_one_wrote_what_is_not_for_everybody() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.stranger("bruno").await);
    let last = async |who| t.account(who).await.last_post_at;
    for audience in [Audience::Direct, Audience::Followers, Audience::Town] {
        t.says(marie, "entre nous", audience).await;
    }
    let uri = "https://far.example/notes/1";
    let arrived = t.arrives(scratch::arrival(bruno, uri, Audience::Followers));
    assert!(arrived.await.unwrap().is_some());
    assert_eq!((last(marie).await, last(bruno).await), (None, None));

    let open = t.says(marie, "à tous", Audience::Unlisted).await;
    let seen = last(marie).await;
    assert_eq!(seen, Some(t.post(open).await.created_at));
    t.clock.advance(parvis_model::clock::DAY);
    t.says(marie, "encore entre nous", Audience::Direct).await;
    assert_eq!(last(marie).await, seen);
    t.boosts(marie, open).await.unwrap();
    assert!(last(marie).await > seen);
    // Two were messages to nobody but those named.
    assert_eq!(t.account(marie).await.posts, 4);
    assert_eq!(accounts::open_posts(&t.town, marie).await.unwrap(), 2);
    let secret = t.says(marie, "entre nous", Audience::Direct).await;
    deed!(t, |tx, town| posts::delete(tx, town, marie, secret)).unwrap();
    assert_eq!(t.account(marie).await.posts, 4);
}
