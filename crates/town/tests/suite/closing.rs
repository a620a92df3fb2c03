//! How an account of the town ends.

use parvis_model::{audience::Audience, refusal::Kind};
use parvis_store::{dialect, media as pictures};
use parvis_town::{
    accounts, arrivals,
    journal::Entry,
    posts, reactions, sessions,
    tokens::{self, Scopes},
    users,
};
use sea_orm::ConnectionTrait;

use crate::{
    posts::picture,
    scratch::{self, Scratch, compose, refused},
};

/// The journal as it is written, also where PostgreSQL still holds it back from readers.
async fn journal(t: &Scratch) -> Vec<Entry> {
    let db = t.town.store.read();
    let all = dialect::statement(db, "SELECT entry FROM journal ORDER BY id", []);
    let rows = db.query_all_raw(all).await.unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(&row.try_get_by_index::<String>(0).unwrap()).unwrap())
        .collect()
}

#[tokio::test]
async fn nothing_stays_of_one_who_left_but_an_empty_name() {
    let t = scratch::town().await;
    let (marie, karl) = (t.resident("marie").await, t.resident("karl").await);
    let paul = t.stranger("paul").await;
    t.follows(marie, karl).await;
    t.follows(karl, marie).await;
    deed!(t, |tx, town| arrivals::follow(
        tx,
        town,
        paul,
        marie,
        "https://far.example/f/1".into()
    ))
    .unwrap();
    let post = t.says(karl, "Bonjour", Audience::Public).await;
    deed!(t, |tx, town| reactions::favourite(tx, town, marie, post)).unwrap();
    t.boosts(marie, post).await.unwrap();
    t.answers(marie, post, "Salut", Audience::Public)
        .await
        .unwrap();
    let photo = picture(&t, marie).await;
    let own = parvis_town::posts::Compose {
        media: vec![photo],
        ..compose("Une photo", Audience::Public)
    };
    let own = t.publish(marie, own).await.unwrap();
    let secret = t.says(marie, "Entre nous", Audience::Town).await;
    t.boosts(karl, own).await.unwrap();
    let user = t.user(marie).await;
    let session = deed!(t, |tx, town| sessions::open(
        tx,
        town,
        user.id,
        "",
        "192.0.2.1"
    ))
    .unwrap();
    let scopes = Scopes::parse("read").unwrap();
    let token = deed!(t, |tx, town| async {
        tokens::issue(tx, town, user.id, "app", &scopes).await
    })
    .unwrap();
    let portrait = pictures::by_ids(t.town.store.read(), &[photo])
        .await
        .unwrap()[0]
        .file
        .clone()
        .unwrap();
    assert!(!t.told(karl).await.is_empty());

    deed!(t, |tx, town| accounts::close(tx, town, marie)).unwrap();

    assert!(t.told(karl).await.is_empty());
    let karl_now = t.account(karl).await;
    assert_eq!(
        (karl_now.followers, karl_now.following, karl_now.posts),
        (0, 0, 1)
    );
    let left = t.post(post).await;
    assert_eq!((left.favourites, left.boosts, left.replies), (0, 0, 0));
    assert!(sessions::user(&t.town, &session).await.unwrap().is_none());
    assert!(scratch::holder(&t.town, &token).await.is_none());
    assert!(users::by_name(&t.town, "marie").await.unwrap().is_none());
    let empty = t.account(marie).await;
    assert!(empty.suspended && empty.posts == 0 && empty.display_name == "marie");
    assert!(
        t.town.media.open(&portrait).await.unwrap().is_none(),
        "files go too"
    );
    let buried = |id| format!("{}/ap/objects/{id}", t.town.origin);
    assert!(
        posts::buried(&t.town, &buried(own))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        posts::buried(&t.town, &buried(secret))
            .await
            .unwrap()
            .is_none(),
        "never was outside"
    );
    let closed: Vec<Entry> = journal(&t)
        .await
        .into_iter()
        .filter(|entry| matches!(entry, Entry::AccountClosed { .. }))
        .collect();
    let [Entry::AccountClosed { inboxes, .. }] = closed.as_slice() else {
        panic!("{closed:?}");
    };
    assert_eq!(inboxes, &["https://far.example/u/paul/inbox"]);
}

#[tokio::test]
async fn an_end_comes_once_and_for_good_and_only_for_residents() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let paul = t.stranger("paul").await;
    for _ in 0..2 {
        deed!(t, |tx, town| accounts::close(tx, town, marie)).unwrap();
    }
    let all = journal(&t).await;
    assert_eq!(
        all.iter()
            .filter(|e| matches!(e, Entry::AccountClosed { .. }))
            .count(),
        1
    );
    let back = deed!(t, |tx, town| accounts::unsuspend(tx, town, marie));
    assert_eq!(refused(back.unwrap_err()).kind, Kind::NotFound);
    for other in [paul, t.town.profile().actor_id] {
        let refusal = deed!(t, |tx, town| accounts::close(tx, town, other));
        assert_eq!(refused(refusal.unwrap_err()).kind, Kind::Forbidden);
    }
}
