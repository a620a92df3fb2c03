//! How an account of the town ends.

use parvis_model::{audience::Audience, refusal::Kind};
use parvis_store::{departures as rows, dialect, media as pictures};
use parvis_town::{
    accounts::{self, ProfileEdit},
    arrivals, departures, drafts,
    exports::Sheet,
    imports,
    journal::Entry,
    posts, reactions, readers, sent_forms, sessions,
    tokens::{self, Scopes},
    users,
};
use sea_orm::ConnectionTrait;

use crate::{
    posts::picture,
    scratch::{self, NOW, Scratch, compose, refused},
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
    deed!(t, |tx, town| drafts::save(
        tx,
        town,
        marie,
        None,
        compose("Pas fini", Audience::Public),
        None
    ))
    .unwrap();
    t.boosts(karl, own).await.unwrap();
    let own_site = ProfileEdit {
        fields: Some(vec![("Site".into(), "https://marie.example/".into())]),
        ..ProfileEdit::default()
    };
    deed!(t, |tx, town| accounts::edit_profile(
        tx, town, marie, own_site
    ))
    .unwrap();
    deed!(t, |tx, town| sent_forms::is_first(
        tx, town, marie, "a form"
    ))
    .unwrap();
    let kept = dialect::number(
        t.town.store.read(),
        "SELECT (SELECT COUNT(*) FROM link_errand) + (SELECT COUNT(*) FROM sent_form)",
        [],
    );
    assert_eq!(kept.await.unwrap(), 2);
    let user = t.user(marie).await;
    let table = b"loin.example";
    imports::begin(&t.town, &user, Sheet::Servers, table, false)
        .await
        .unwrap();
    let proof = t.proof(user.id).await;
    let session = deed!(t, |tx, town| async {
        sessions::open(tx, town, &proof, "", "192.0.2.1").await
    })
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

    for table in ["draft", "import", "import_row", "link_errand", "sent_form"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let left = dialect::number(t.town.store.read(), &sql, []);
        assert_eq!(left.await.unwrap(), 0, "{table}");
    }
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

#[tokio::test]
async fn one_who_cannot_be_deleted_keeps_nobody_else() {
    let t = scratch::town().await;
    let mut users = Vec::new();
    for name in ["anne", "jean", "marie"] {
        let account = t.resident(name).await;
        users.push((account, t.user(account).await.id));
    }
    let [(anne, _), (jean, _), (marie, _)] = users[..] else {
        panic!("{users:?}");
    };
    let logins: Vec<i64> = users.iter().map(|(_, login)| *login).collect();
    deed!(t, |tx, _town| async {
        for login in logins {
            rows::insert(tx, login, NOW).await?;
        }
        let unfit = "UPDATE account SET kind = 'application' WHERE id = $1";
        Ok(dialect::run(tx, unfit, [anne.into()]).await?)
    })
    .unwrap();
    readers::keep_house(&t.town).await.unwrap();
    let left = users::all(&t.town).await.unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].account, anne);
    for gone in [jean, marie] {
        assert!(t.account(gone).await.suspended);
    }
}

#[tokio::test]
async fn the_end_of_a_suspension_does_not_end_the_wish_to_leave() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let login = t.user(marie).await.id;
    deed!(t, |tx, _town| async {
        Ok(rows::insert(tx, login, NOW + 1).await?)
    })
    .unwrap();
    deed!(t, |tx, town| accounts::suspend(tx, town, marie)).unwrap();
    assert!(departures::leaving(&t.town).await.unwrap().is_empty());
    let back = deed!(t, |tx, town| accounts::unsuspend(tx, town, marie));
    assert!(!back.unwrap());
    assert!(t.account(marie).await.suspended);
    assert!(departures::leaving(&t.town).await.unwrap().contains(&login));
    t.clock.advance(1);
    departures::carry_out(&t.town).await.unwrap();
    assert!(users::all(&t.town).await.unwrap().is_empty());
}
