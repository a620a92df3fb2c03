//! A database for one test, and rows to put into it.

use parvis_store::{DbErr, Store, StoreOptions, accounts, entity};
use parvis_testkit::Database;
use tempfile::TempDir;

pub struct Scratch {
    pub store: Store,
    pub url: String,
    _folder: TempDir,
    _database: Database,
}

pub async fn store() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::for_test(folder.path());
    let store = Store::open(StoreOptions {
        url: database.url.clone(),
        connections: 4,
    })
    .await
    .unwrap();
    Scratch {
        store,
        url: database.url.clone(),
        _folder: folder,
        _database: database,
    }
}

pub fn account(id: i64, domain: &str) -> entity::account::Model {
    let uri = format!("http://{domain}.test/actors/{id}");
    entity::account::Model {
        id,
        kind: "person".into(),
        name: format!("name{id}"),
        name_key: format!("name{id}"),
        domain: domain.into(),
        url: uri.clone(),
        display_name: String::new(),
        bio_html: String::new(),
        bio_source: String::new(),
        avatar: None,
        header: None,
        fields: "[]".into(),
        locked: false,
        discoverable: false,
        indexable: false,
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        outbox: String::new(),
        followers_uri: String::new(),
        following_uri: String::new(),
        featured_uri: None,
        key_id: format!("{uri}#main-key"),
        key_pem: String::new(),
        uri,
        posts: 0,
        followers: 0,
        following: 0,
        last_post_at: None,
        created_at: 0,
        updated_at: 0,
        fetched_at: 0,
        suspended_at: None,
        aliases: String::new(),
        moved_to_id: None,
        moved_at: None,
        attribution_domains: String::new(),
        hides_follows: false,
        emoji: None,
        avatar_description: String::new(),
        header_description: String::new(),
    }
}

pub fn post(id: i64, author: i64, audience: &str) -> entity::post::Model {
    entity::post::Model {
        id,
        uri: format!("http://town.test/objects/{id}"),
        url: String::new(),
        author_id: author,
        local: true,
        kind: "note".into(),
        audience: audience.into(),
        thread_id: id,
        html: "<p>Bonjour</p>".into(),
        created_at: id,
        ..entity::post::Model::default()
    }
}

pub fn follow(id: i64, follower: i64, target: i64, accepted: bool) -> entity::follow::Model {
    entity::follow::Model {
        id,
        follower_id: follower,
        target_id: target,
        accepted,
        uri: String::new(),
        show_boosts: true,
        notify: false,
        created_at: 0,
        languages: None,
    }
}

/// Two accounts of the town, 1 and 2, and one from elsewhere, 3.
pub async fn three_people(store: &Store) {
    store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                for (id, domain) in [(1, ""), (2, ""), (3, "far")] {
                    accounts::insert(tx, account(id, domain)).await?;
                }
                Ok(())
            })
        })
        .await
        .unwrap();
}
