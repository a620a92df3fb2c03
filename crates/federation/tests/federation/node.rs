//! A town with its federation, served on a port of this machine, in this process.

use std::{future::IntoFuture, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, middleware, routing::get};
use parvis_federation::{
    Federation,
    fetch::{FetchOptions, Fetcher},
    routes::negotiate,
};
use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    clock::Clock,
    handle::Handle,
    id::Id,
    page::Page,
};
use parvis_store::{Store, StoreOptions, Tx, deliveries, dialect};
use parvis_testkit::Database;
use parvis_town::media::Media;
use parvis_town::{
    Failure, Outcome, PostView, Town, TownOptions, follows,
    posts::{self, Compose},
    timelines, users,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

pub struct Node {
    pub town: Arc<Town>,
    stop: CancellationToken,
    _folder: TempDir,
    _database: Database,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Node {
    pub async fn start(name: &str) -> Self {
        Self::start_at(name, Clock::system()).await
    }

    /// With a clock that the test may hold.
    pub async fn start_at(name: &str, clock: Clock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let database = Database::for_test(folder.path());
        let store = Store::open(StoreOptions {
            url: database.url.clone(),
            connections: 2,
        })
        .await
        .unwrap();
        let options = TownOptions {
            origin: format!("http://{name}.localhost:{port}"),
            store,
            media: Media::in_folder(folder.path().join("media")),
            clock: clock.clone(),
            rates: false,
        };
        let town = Town::open(options).await.unwrap();
        let fetcher = Fetcher::new(FetchOptions {
            allow_private: vec!["127.0.0.1/32".parse().unwrap()],
            user_agent: "test".into(),
            timeout: Duration::from_secs(10),
            clock,
        });
        let federation = Federation::new(town.clone(), Arc::new(fetcher.unwrap()))
            .await
            .unwrap();
        let stop = CancellationToken::new();
        let negotiated = middleware::from_fn_with_state(federation.clone(), negotiate);
        let pages = Router::new().route("/{*page}", get(|| async { "a page" }));
        let app = federation
            .routes(false)
            .merge(pages.layer(negotiated))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, app).into_future());
        tokio::spawn(federation.run(stop.clone()));
        Self {
            town,
            stop,
            _folder: folder,
            _database: database,
        }
    }

    pub async fn resident(&self, name: &str) -> Id {
        let password = "le vieux pont".to_owned();
        let kind = AccountKind::Person;
        let prepared =
            users::prepare_account(&self.town, name, None, password, Role::Resident, kind)
                .await
                .unwrap();
        let town = self.town.clone();
        self.write(move |tx| Box::pin(async move { users::sign_up(tx, &town, prepared).await }))
            .await
            .account
    }

    pub async fn write<T, F>(&self, deed: F) -> T
    where
        F: for<'t> FnOnce(&'t Tx) -> futures_util::future::BoxFuture<'t, Outcome<T>>
            + Clone
            + Send
            + 'static,
        T: Send + 'static,
    {
        self.town.store.write::<T, Failure, F>(deed).await.unwrap()
    }

    /// Finds somebody of another town.
    pub async fn finds(&self, handle: &str) -> Id {
        let handle: Handle = handle.parse().unwrap();
        let found = self.town.reach().handle(&self.town, &handle).await.unwrap();
        found.unwrap_or_else(|| panic!("{handle} was not found"))
    }

    pub async fn follows(&self, me: Id, handle: &str) -> Id {
        let target = self.finds(handle).await;
        let town = self.town.clone();
        self.write(move |tx| {
            Box::pin(async move { follows::request(tx, &town, me, target).await })
        })
        .await;
        target
    }

    pub async fn posts(&self, me: Id, text: &str, audience: Audience, reply_to: Option<Id>) -> Id {
        let draft = self.draft(me, text, audience, reply_to).await;
        let town = self.town.clone();
        self.write(move |tx| Box::pin(async move { posts::publish(tx, &town, me, draft).await }))
            .await
    }

    pub async fn draft(
        &self,
        me: Id,
        text: &str,
        audience: Audience,
        reply_to: Option<Id>,
    ) -> posts::Draft {
        let compose = Compose {
            text: text.to_owned(),
            summary: String::new(),
            sensitive: false,
            language: Some("fr".into()),
            audience,
            reply_to,
            media: Vec::new(),
            poll: None,
            quote: None,
            quoters: None,
        };
        posts::prepare(&self.town, me, compose).await.unwrap()
    }

    pub async fn home(&self, me: Id) -> Vec<PostView> {
        timelines::home(&self.town, me, Page::default())
            .await
            .unwrap()
            .items
    }

    /// The post with these words on somebody's home page, once it is there.
    pub async fn reads(&self, me: Id, words: &str) -> PostView {
        eventually(words, || async {
            self.home(me)
                .await
                .into_iter()
                .find(|post| post.html.contains(words))
        })
        .await
    }

    /// Until everything is sent that there is to send.
    pub async fn settles(&self) {
        eventually("nothing waits", || async {
            let db = self.town.store.read();
            // What is written counts, also while PostgreSQL still holds it back from readers.
            let unread = "SELECT COUNT(*) FROM journal j WHERE NOT EXISTS (SELECT 1 FROM cursor c \
                 WHERE c.reader = 'federation' AND (c.tx > j.tx OR (c.tx = j.tx AND c.id >= j.id)))";
            let unread = dialect::number(db, unread, []).await.unwrap();
            let pending = deliveries::pending_count(db).await.unwrap();
            (unread == 0 && pending == 0).then_some(())
        })
        .await;
    }

    pub fn host(&self) -> &str {
        &self.town.host
    }
}

pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    for _ in 0..1_000 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}");
}
