//! A town for one test, its people, and short ways to do things in it.

use std::{sync::Arc, time::Duration};

use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    clock::{Clock, Timestamp},
    id::Id,
    refusal::{Kind, Refusal},
};
use parvis_store::{Store, StoreOptions, accounts, dialect, entity};
use parvis_testkit::Database;
use parvis_town::{
    AccountView, Failure, Outcome, PostView, Town, TownOptions, Viewer,
    arrivals::{self, Arrival, ArrivedBoost, RemoteAccount},
    media::Media,
    notifications::{self, NotificationKind},
    posts::{self, Compose},
    readers,
    tokens::{self, Scopes},
    users::{Proof, UserView},
    views::PostKind,
};
use tempfile::TempDir;

pub const NOW: Timestamp = 1_790_000_000_000;
pub const PASSWORD: &str = "le vieux pont de bois";

/// Runs one deed in a write of its own.
macro_rules! deed {
    ($scratch:expr, |$tx:ident, $town:ident| $deed:expr) => {{
        let shared = std::sync::Arc::clone(&$scratch.town);
        $scratch
            .town
            .store
            .write::<_, parvis_town::Failure, _>(move |$tx| {
                Box::pin(async move {
                    let $town = &*shared;
                    let _ = $town;
                    $deed.await
                })
            })
            .await
    }};
}

pub struct Scratch {
    pub town: Arc<Town>,
    pub clock: Clock,
    pub folder: TempDir,
    database: Database,
}

pub async fn town() -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::for_test(folder.path());
    let clock = Clock::fixed(NOW);
    let town = open(&database.url, &folder, clock.clone()).await;
    Scratch {
        town,
        clock,
        folder,
        database,
    }
}

async fn open(url: &str, folder: &TempDir, clock: Clock) -> Arc<Town> {
    let store = Store::open(StoreOptions {
        url: url.to_owned(),
        connections: 4,
    })
    .await
    .unwrap();
    let media = Media::in_folder(folder.path().join("media"));
    let origin = "http://valmont.test".to_owned();
    Town::open(TownOptions {
        origin,
        store,
        media,
        clock,
        rates: true,
    })
    .await
    .unwrap()
}

pub fn compose(text: &str, audience: Audience) -> Compose {
    Compose {
        text: text.into(),
        summary: String::new(),
        sensitive: false,
        language: None,
        audience,
        reply_to: None,
        media: Vec::new(),
        poll: None,
        quote: None,
        quoters: None,
    }
}

pub fn stranger(name: &str, domain: &str) -> RemoteAccount {
    let uri = format!("https://{domain}/u/{name}");
    RemoteAccount {
        attribution_domains: Vec::new(),
        aliases: Vec::new(),
        kind: AccountKind::Person,
        name: name.into(),
        domain: domain.into(),
        url: format!("https://{domain}/@{name}"),
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
        inbox: format!("{uri}/inbox"),
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

pub fn arrival(author: Id, uri: &str, audience: Audience) -> Arrival {
    Arrival {
        uri: uri.into(),
        url: uri.into(),
        author,
        kind: PostKind::Note,
        title: None,
        html: "<p>De loin</p>".into(),
        summary: String::new(),
        sensitive: false,
        language: None,
        audience,
        for_neighbours: false,
        mentions: Vec::new(),
        tags: Vec::new(),
        media: Vec::new(),
        emojis: Vec::new(),
        poll: None,
        quote: None,
        policy: parvis_model::policy::Policy::default(),
        reply_to_uri: None,
        sent_to: Vec::new(),
        said: None,
        published: NOW - 1_000,
        edited: None,
    }
}

/// A boost from elsewhere, of now.
pub fn passes_on(who: Id, post: Id, uri: String) -> ArrivedBoost {
    ArrivedBoost {
        who,
        post,
        uri,
        published: NOW,
        for_followers: false,
    }
}

impl Scratch {
    /// The same town once more, as another process has it.
    pub async fn another_process(&self) -> Arc<Town> {
        open(&self.database.url, &self.folder, self.clock.clone()).await
    }

    /// Waits until readers of the journal see all that was written. On PostgreSQL whatever another database of the same
    /// cluster has open holds them back.
    pub async fn settles(&self) {
        let db = self.town.store.read();
        let written = dialect::number(db, "SELECT COALESCE(MAX(id), 0) FROM journal", []);
        let written = written.await.unwrap();
        while parvis_store::journal::end(db).await.unwrap().id < written {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Someone with a login; without keys and password, which take long to make.
    pub async fn resident(&self, name: &str) -> Id {
        let id = self.town.ids.next();
        let account = local_account(id, name);
        let login = entity::login::Model {
            id: self.town.ids.next(),
            account_id: id,
            email: None,
            email_key: None,
            password_hash: String::new(),
            role: Role::Resident.as_str().into(),
            locale: None,
            reason: String::new(),
            created_at: NOW,
            approved_at: Some(NOW),
            notifications_read_id: 0,
            appearance: String::new(),
            email_proven_at: None,
        };
        deed!(self, |tx, _town| async move {
            accounts::insert(tx, account).await?;
            Ok(parvis_store::logins::insert(tx, login).await?)
        })
        .unwrap();
        id
    }

    /// As if they had just come in by their password.
    pub async fn proof(&self, user: Id) -> Proof {
        let login = parvis_store::logins::by_id(self.town.store.read(), user).await;
        Proof::of_password(&login.unwrap().unwrap())
    }

    pub async fn user(&self, account: Id) -> UserView {
        let name = self.account(account).await.name;
        parvis_town::users::by_name(&self.town, &name)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn stranger(&self, name: &str) -> Id {
        let remote = stranger(name, "far.example");
        deed!(self, |tx, town| arrivals::account(tx, town, remote)).unwrap()
    }

    pub async fn publish(&self, author: Id, compose: Compose) -> Outcome<Id> {
        let draft = posts::prepare(&self.town, author, compose).await?;
        deed!(self, |tx, town| posts::publish(tx, town, author, draft))
    }

    pub async fn says(&self, author: Id, text: &str, audience: Audience) -> Id {
        self.publish(author, compose(text, audience)).await.unwrap()
    }

    pub async fn answers(&self, author: Id, to: Id, text: &str, audience: Audience) -> Outcome<Id> {
        self.publish(
            author,
            Compose {
                reply_to: Some(to),
                ..compose(text, audience)
            },
        )
        .await
    }

    pub async fn arrives(&self, arrival: Arrival) -> Outcome<Option<Id>> {
        deed!(self, |tx, town| arrivals::post(tx, town, arrival))
    }

    pub async fn follows(&self, follower: Id, target: Id) {
        deed!(self, |tx, town| parvis_town::follows::request(
            tx, town, follower, target
        ))
        .unwrap();
    }

    pub async fn blocks(&self, who: Id, other: Id) {
        deed!(self, |tx, town| parvis_town::relations::block(
            tx, town, who, other
        ))
        .unwrap();
    }

    pub async fn boosts(&self, who: Id, post: Id) -> Outcome<Id> {
        deed!(self, |tx, town| posts::boost(tx, town, who, post))
    }

    pub async fn account(&self, id: Id) -> AccountView {
        parvis_town::accounts::view(&self.town, &Viewer::nobody(), id)
            .await
            .unwrap()
    }

    /// As its own author sees it.
    pub async fn post(&self, id: Id) -> PostView {
        let row = parvis_store::posts::by_id(self.town.store.read(), id)
            .await
            .unwrap()
            .unwrap();
        posts::view(&self.town, &Viewer::resident(row.author_id), id)
            .await
            .unwrap()
    }

    pub async fn sees(&self, viewer: Viewer, post: Id) -> bool {
        match posts::view(&self.town, &viewer, post).await {
            Ok(_) => true,
            Err(err) => {
                assert_eq!(refused(err).kind, Kind::NotFound);
                false
            }
        }
    }

    /// Lets the readers of the journal go to its end. On PostgreSQL an open transaction, such as the server's own
    /// tidying, holds back what they see, so they may have to look more than once.
    pub async fn settle(&self) {
        for _ in 0..1_000 {
            readers::notify_next(&self.town).await.unwrap();
            readers::drop_files_next(&self.town).await.unwrap();
            let unread = "SELECT COUNT(*) FROM journal j WHERE (SELECT COUNT(*) FROM cursor c \
                 WHERE c.reader IN ('notifications', 'files') AND (c.tx > j.tx OR (c.tx = j.tx AND c.id >= j.id))) < 2";
            if dialect::number(self.town.store.read(), unread, [])
                .await
                .unwrap()
                == 0
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the journal was never read to its end");
    }

    /// What somebody was told, the last first.
    pub async fn told(&self, who: Id) -> Vec<(NotificationKind, Id)> {
        self.settle().await;
        let list = notifications::list(&self.town, who, parvis_model::page::Page::default())
            .await
            .unwrap();
        let unread = notifications::unread(&self.town, who).await.unwrap();
        assert_eq!(
            unread,
            list.iter().filter(|one| one.unread).count() as u64,
            "what is counted is shown"
        );
        list.into_iter()
            .map(|one| (one.kind, one.from.id))
            .collect()
    }
}

fn local_account(id: Id, name: &str) -> entity::account::Model {
    let uri = format!("http://valmont.test/ap/actors/{id}");
    entity::account::Model {
        id,
        kind: AccountKind::Person.as_str().into(),
        name: name.into(),
        name_key: name.into(),
        domain: String::new(),
        url: format!("http://valmont.test/@{name}"),
        display_name: String::new(),
        bio_html: String::new(),
        bio_source: String::new(),
        avatar: None,
        header: None,
        fields: "[]".into(),
        locked: false,
        discoverable: true,
        indexable: true,
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        outbox: format!("{uri}/outbox"),
        followers_uri: format!("{uri}/followers"),
        following_uri: format!("{uri}/following"),
        featured_uri: None,
        key_id: format!("{uri}#main-key"),
        key_pem: String::new(),
        posts: 0,
        followers: 0,
        following: 0,
        last_post_at: None,
        created_at: NOW,
        updated_at: NOW,
        fetched_at: NOW,
        suspended_at: None,
        aliases: String::new(),
        moved_to_id: None,
        moved_at: None,
        attribution_domains: String::new(),
        hides_follows: false,
        emoji: None,
        avatar_description: String::new(),
        header_description: String::new(),
        uri,
    }
}

pub fn refused(failure: Failure) -> Refusal {
    match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Broken(err) => panic!("broken, not refused: {err}"),
    }
}

/// The resident whom a token lets in, and what it may do.
pub async fn holder(town: &Town, secret: &str) -> Option<(UserView, Scopes)> {
    let bearer = tokens::bearer(town, secret).await.unwrap()?;
    let user = bearer.user.filter(UserView::may_come_in)?;
    Some((user, bearer.scopes))
}
