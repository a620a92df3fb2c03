use std::sync::Arc;

use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    clock::{Clock, HOUR},
};
use parvis_store::{Store, StoreOptions, Tx, dialect, groups as group_rows, servers};
use parvis_testkit::Database;
use parvis_testkit::questions::{count_from_now_on, questions};
use parvis_town::{
    Failure, TownOptions,
    arrivals::{self, RemoteAccount},
    media::Media,
    posts::{self, Compose},
    users,
};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::outbox::translate;

#[test]
fn secret_addresses_are_not_handed_on() {
    let mut activity = json!({"type": "Create", "bcc": ["x"], "to": ["y"], "object": {"bto": "x", "content": "z"}});
    without_secret_addresses(&mut activity);
    assert_eq!(
        activity,
        json!({"type": "Create", "to": ["y"], "object": {"content": "z"}})
    );
}

/// A town with an association that Lea has a part in and that somebody of another server follows.
struct Place {
    town: Arc<Town>,
    amap: Id,
    lea: Id,
    _folder: TempDir,
    _database: Database,
}

async fn write<T, F>(town: &Town, deed: F) -> T
where
    F: for<'t> FnOnce(&'t Tx) -> futures_util::future::BoxFuture<'t, Outcome<T>>
        + Clone
        + Send
        + 'static,
    T: Send + 'static,
{
    town.store.write::<T, Failure, F>(deed).await.unwrap()
}

async fn account(town: &Arc<Town>, name: &str, kind: AccountKind) -> Id {
    let password = "le vieux pont".to_owned();
    let prepared = users::prepare_account(town, name, None, password, Role::Resident, kind).await;
    let (prepared, shared) = (prepared.unwrap(), town.clone());
    let signed_up = write(town, move |tx| {
        Box::pin(async move { users::sign_up(tx, &shared, prepared).await })
    });
    signed_up.await.account
}

fn follower() -> RemoteAccount {
    let uri = "https://loin.example/u/mia".to_owned();
    RemoteAccount {
        aliases: Vec::new(),
        attribution_domains: Vec::new(),
        kind: AccountKind::Person,
        name: "mia".into(),
        domain: "loin.example".into(),
        url: uri.clone(),
        display_name: String::new(),
        bio_html: String::new(),
        avatar: None,
        header: None,
        avatar_description: String::new(),
        header_description: String::new(),
        fields: Vec::new(),
        emojis: Vec::new(),
        locked: false,
        discoverable: true,
        indexable: true,
        inbox: "https://loin.example/inbox".into(),
        shared_inbox: None,
        outbox: format!("{uri}/outbox"),
        followers_uri: format!("{uri}/followers"),
        following_uri: format!("{uri}/following"),
        featured_uri: None,
        key_id: format!("{uri}#main-key"),
        key_pem: String::new(),
        further_keys: Vec::new(),
        created_at: None,
        uri,
    }
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::for_test(folder.path());
        let store = Store::open(StoreOptions {
            url: database.url.clone(),
            connections: 2,
        })
        .await
        .unwrap();
        let town = Town::open(TownOptions {
            origin: "http://valmont.test".into(),
            store,
            media: Media::in_folder(folder.path().join("media")),
            clock: Clock::fixed(1_790_000_000_000),
            rates: false,
        });
        let town = town.await.unwrap();
        let lea = account(&town, "lea", AccountKind::Person).await;
        let amap = account(&town, "amap", AccountKind::Group).await;
        let shared = town.clone();
        write(&town, move |tx| {
            Box::pin(async move {
                let mia = arrivals::account(tx, &shared, follower()).await?;
                let uri = "https://loin.example/follow/1".to_owned();
                arrivals::follow(tx, &shared, mia, amap, uri).await
            })
        })
        .await;
        Self {
            town,
            amap,
            lea,
            _folder: folder,
            _database: database,
        }
    }

    async fn writes(&self) -> Id {
        let compose = Compose {
            text: "@amap panier".into(),
            summary: String::new(),
            sensitive: false,
            language: None,
            audience: Audience::Public,
            reply_to: None,
            media: Vec::new(),
            poll: None,
            quote: None,
            quoters: None,
        };
        let draft = posts::prepare(&self.town, self.lea, compose).await.unwrap();
        let (shared, lea) = (self.town.clone(), self.lea);
        write(&self.town, move |tx| {
            Box::pin(async move { posts::publish(tx, &shared, lea, draft).await })
        })
        .await
    }

    /// A page of the journal: `n` times what people elsewhere and residents do in the group.
    async fn page(&self, n: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        for number in 0..n {
            let about = format!("https://loin.example/note/{number}");
            for kind in ["Like", "Update"] {
                entries.push(Entry::HandedOn {
                    group: self.amap,
                    about: about.clone(),
                    said: json!({"type": kind, "object": about}).to_string(),
                });
            }
            let post = self.writes().await;
            entries.push(Entry::Favourited {
                account: self.lea,
                post,
                uri: format!("http://valmont.test/ap/activities/{number}"),
                echoes: true,
            });
        }
        entries
    }

    async fn published(&self, n: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        for _ in 0..n {
            let post = self.writes().await;
            entries.push(Entry::PostPublished { post });
        }
        entries
    }
}

#[tokio::test]
async fn a_page_of_the_journal_costs_a_group_the_same_questions_however_long_it_is() {
    count_from_now_on();
    let place = Place::new().await;
    let (town, followers) = (&place.town, ["https://loin.example/inbox".to_owned()]);
    let (short, long) = (place.page(1).await, place.page(8).await);
    let (few, told) = questions(translate::all(town, &short)).await;
    assert_eq!(told.unwrap().len(), 3);
    let (many, told) = questions(translate::all(town, &long)).await;
    let told = told.unwrap();
    assert_eq!(told.len(), 24);
    assert!(
        told.iter()
            .all(|it| it.kind == "Announce" && it.inboxes == followers)
    );
    assert!(few >= 4, "only {few} questions were counted");
    assert_eq!(few, many);

    let (short, long) = (place.published(1).await, place.published(8).await);
    let mut asked = Vec::new();
    for entries in [&short, &long] {
        let known = translate::Known::load(town, entries).await.unwrap();
        let (count, groups) = questions(Groups::load(town, &known, entries)).await;
        assert_eq!(groups.unwrap().writers.len(), 1);
        asked.push(count);
    }
    assert_eq!(asked, [3, 3], "who has a part, who follows, who is blocked");
}

/// A server that the town has blocked gets nothing; one that has a copy of what changes does, though nobody there follows.
#[tokio::test]
async fn what_changes_goes_to_copies_too_and_never_to_a_blocked_server() {
    let place = Place::new().await;
    let about = "https://loin.example/note/1";
    let sent = "INSERT INTO activity (id, uri, actor_id, kind, object_uri, json, created_at) \
                VALUES (1, 'x', $1, 'Announce', $2, '{}', 0)";
    let copy = "INSERT INTO delivery (id, activity_id, inbox, host, state, attempts, created_at) \
                VALUES (1, 1, 'https://copie.example/inbox', 'copie.example', 'delivered', 1, 0)";
    let amap = place.amap;
    write(&place.town, move |tx| {
        Box::pin(async move {
            dialect::run(tx, sent, [amap.into(), about.into()]).await?;
            dialect::run(tx, copy, []).await?;
            servers::block(tx, "loin.example", 0).await?;
            Ok(())
        })
    })
    .await;
    let entry = |kind: &str| Entry::HandedOn {
        group: amap,
        about: about.into(),
        said: json!({"type": kind, "object": about}).to_string(),
    };
    let entries = [entry("Like"), entry("Update"), entry("Delete")];
    let told = translate::all(&place.town, &entries).await.unwrap();
    let passing: Vec<_> = told.iter().map(|it| it.passing).collect();
    assert_eq!(passing, [true, false, false]);
    let inboxes: Vec<_> = told.into_iter().map(|it| it.inboxes).collect();
    let copies = vec!["https://copie.example/inbox".to_owned()];
    assert_eq!(inboxes, [Vec::new(), copies.clone(), copies]);
}

#[tokio::test]
async fn likes_of_each_member_are_counted_by_the_hour() {
    let place = Place::new().await;
    let (group, lea) = (place.amap, place.lea);
    let counted = write(&place.town, move |tx| {
        Box::pin(async move {
            let mut counted = Vec::new();
            for (who, now) in [
                (lea, 0),
                (lea, 1),
                (group, 1),
                (lea, HOUR - 1),
                (lea, HOUR),
                (lea, HOUR + 1),
            ] {
                let old = now - HOUR;
                counted.push(group_rows::count_gesture(tx, group, who, now, old).await?);
            }
            Ok(counted)
        })
    });
    assert_eq!(counted.await, [1, 2, 1, 3, 1, 2]);
}
