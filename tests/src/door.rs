//! Who stands at the door in the tests of what may come in: the cast, the table of trials, and the search afterwards. With the
//! positive controls, without which the refusals would prove nothing.

use parvis_testkit::{
    Actor, Remote, Reply, Resident, TestTown,
    actor::marker,
    keys,
    resident::{any_holds, id},
    until,
};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Value, json};

/// The cast of the security tests: Alice and Victor, whom Lea follows; Mallory, who signs correctly with her own key.
pub struct Door {
    pub town: TestTown,
    pub remote: Remote,
    pub lea: Resident,
    pub alice: Actor,
    pub victor: Actor,
    pub mallory: Actor,
    failures: Vec<String>,
    markers: Vec<(&'static str, String)>,
}

impl Door {
    pub async fn open() -> Self {
        let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
        let lea = town.resident("lea").await;
        let alice = remote.host("good").person("alice");
        let victor = remote.host("third").person("victor");
        let mallory = remote.host("evil").actor("mallory", keys::second(), |_| ());
        lea.follows_actor(&alice).await;
        lea.follows_actor(&victor).await;
        let follow = alice.activity("Follow", &json!(lea.uri));
        assert!(alice.post(&lea.inbox(), &follow).await.is_success());
        let (uri, handle) = lea.mention();
        let hello = mallory.note_mentioning("Bonjour", (&uri, &handle));
        assert!(
            mallory
                .post(&lea.inbox(), &mallory.create(&hello))
                .await
                .is_success(),
            "Mallory is known"
        );
        Self {
            town,
            remote,
            lea,
            alice,
            victor,
            mallory,
            failures: Vec::new(),
            markers: Vec::new(),
        }
    }

    /// A word that must be nowhere in the end.
    pub fn forbidden(&mut self, trial: &'static str) -> String {
        let word = marker(trial);
        self.markers.push((trial, word.clone()));
        word
    }

    /// A Create by Alice, to all, naming Lea, with a word that must be nowhere in the end.
    pub fn base(&mut self, trial: &'static str) -> Value {
        let word = self.forbidden(trial);
        self.alice.create(&self.naming_lea(&self.alice, &word))
    }

    /// A public note of `actor` that names Lea.
    pub fn naming_lea(&self, actor: &Actor, text: &str) -> Value {
        let (uri, handle) = self.lea.mention();
        actor.note_mentioning(text, (&uri, &handle))
    }

    /// The answer must be a refusal.
    pub fn refused(&mut self, trial: &str, reply: &Reply) {
        self.check(
            trial,
            (400..500).contains(&reply.status),
            &format!("answered {} {}", reply.status, reply.text()),
        );
    }

    /// The answer may be a refusal or polite: only a fault is wrong.
    pub fn borne(&mut self, trial: &str, reply: &Reply) {
        self.check(
            trial,
            reply.status < 500,
            &format!("answered {} {}", reply.status, reply.text()),
        );
    }

    pub fn check(&mut self, trial: &str, holds: bool, otherwise: &str) {
        if !holds {
            self.failures.push(format!("{trial}: {otherwise}"));
        }
    }

    /// Mallory posts to Lea's inbox, correctly signed; it must be borne.
    pub async fn mallory_sends(&mut self, trial: &str, document: &Value) {
        let reply = self.mallory.post(&self.lea.inbox(), document).await;
        self.borne(trial, &reply);
    }

    /// `actor` posts to Lea's inbox, correctly signed; it must be let in.
    pub async fn lets_in(&self, actor: &Actor, document: &Value) {
        let reply = actor.post(&self.lea.inbox(), document).await;
        assert!(reply.is_success(), "{} {}", reply.status, reply.text());
    }

    /// The first number that the town's database answers.
    pub async fn asks_database(&self, sql: &str) -> Option<i64> {
        let database = Box::pin(Database::connect(self.town.database_url()))
            .await
            .unwrap();
        let backend = database.get_database_backend();
        let asked = Statement::from_string(backend, sql);
        let row = database.query_one_raw(asked).await.unwrap();
        let number = row.map(|row| row.try_get_by_index(0).unwrap());
        database.close().await.unwrap();
        number
    }

    pub async fn changes_database(&self, sql: &str) {
        let database = Box::pin(Database::connect(self.town.database_url()))
            .await
            .unwrap();
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    /// Lets a later good post arrive, so that all before it has had its effect; then looks for the forbidden words wherever
    /// Lea could meet them.
    pub async fn ends_well(mut self) {
        let barrier = marker("barrière");
        let note = self.naming_lea(&self.alice, &barrier);
        let reply = self
            .alice
            .post(&self.lea.inbox(), &self.alice.create(&note))
            .await;
        assert!(
            reply.is_success(),
            "Alice's true post after all: {} {}",
            reply.status,
            reply.text()
        );
        self.lea.reads_on_home(&barrier).await;
        for (place, content) in self.everywhere().await {
            let seen: Vec<&str> = self
                .markers
                .iter()
                .filter(|(_, word)| content.contains(word.as_str()))
                .map(|(trial, _)| *trial)
                .collect();
            self.failures
                .extend(seen.iter().map(|trial| format!("{trial}: seen on {place}")));
        }
        assert!(self.failures.is_empty(), "\n{}", self.failures.join("\n"));
    }

    async fn everywhere(&self) -> Vec<(String, String)> {
        let mut places = Vec::new();
        for path in [
            "/api/v1/timelines/home?limit=40",
            "/api/v1/timelines/public?limit=40",
        ] {
            places.push((
                path.to_owned(),
                self.lea.get(path).await.expecting(200).text(),
            ));
        }
        for actor in [&self.alice, &self.victor, &self.mallory] {
            let lookup = self.lea.lookup(&actor.acct()).await;
            if lookup.status == 200 {
                let posts = self.lea.statuses_of(id(&lookup.json())).await;
                places.push((
                    format!("posts of {}", actor.name),
                    serde_json::to_string(&posts).unwrap(),
                ));
            }
        }
        let mut browser = self.town.browser_of("lea").await;
        for path in ["/", "/ville", "/avis"] {
            places.push((
                path.to_owned(),
                browser.opens(path).await.expecting(200).html,
            ));
        }
        places
    }
}

#[tokio::test]
async fn what_is_right_is_let_in() {
    let door = Door::open().await;
    let (lea, alice) = (&door.lea, &door.alice);
    let text = marker("bonjour");
    let note = door.naming_lea(alice, &text);
    alice
        .post(&lea.inbox(), &alice.create(&note))
        .await
        .expecting(202);
    let post = lea.reads_on_home(&text).await;
    let notices = || async { door.town.browser_of("lea").await.opens("/avis").await.html };
    until("she is told", || async { notices().await.contains(&text) }).await;

    let edited = marker("bonsoir");
    assert!(
        alice
            .post(&lea.inbox(), &alice.update(&note, &edited))
            .await
            .is_success()
    );
    until("the edit is seen", || async {
        lea.status(id(&post)).await.text().contains(&edited)
    })
    .await;

    let mine = lea.posts("Bien le bonjour").await;
    let count = |key: &'static str| {
        let mine = mine.clone();
        async move {
            lea.status(id(&mine)).await.expecting(200).json()[key]
                .as_i64()
                .unwrap()
        }
    };
    let like = alice.activity("Like", &mine["uri"]);
    assert!(alice.post(&lea.inbox(), &like).await.is_success());
    let mut announce = alice.activity("Announce", &mine["uri"]);
    announce["to"] = json!([parvis_testkit::actor::PUBLIC]);
    assert!(alice.post(&lea.inbox(), &announce).await.is_success());
    until("both are counted", || async {
        (
            count("favourites_count").await,
            count("reblogs_count").await,
        ) == (1, 1)
    })
    .await;
    for done in [&like, &announce] {
        assert!(
            alice
                .post(&lea.inbox(), &alice.activity("Undo", done))
                .await
                .is_success()
        );
    }
    until("both are undone", || async {
        (
            count("favourites_count").await,
            count("reblogs_count").await,
        ) == (0, 0)
    })
    .await;

    assert!(
        alice
            .post(&lea.inbox(), &alice.delete(&note))
            .await
            .is_success()
    );
    until("the post is gone", || async {
        lea.status(id(&post)).await.status == 404
    })
    .await;
    assert!(!any_holds(&lea.home().await, &edited));

    let alice_here = lea.lookup(&alice.acct()).await.json();
    assert_eq!(lea.relation(id(&alice_here)).await["followed_by"], true);
    let follow = alice.activity("Follow", &json!(lea.uri));
    assert!(
        alice
            .post(&lea.inbox(), &alice.activity("Undo", &follow))
            .await
            .is_success()
    );
    until("she no longer follows", || async {
        lea.relation(id(&alice_here)).await["followed_by"] == false
    })
    .await;

    assert!(
        alice
            .post(&lea.inbox(), &alice.activity("Block", &json!(lea.uri)))
            .await
            .is_success()
    );
    until("a block ends the follow", || async {
        lea.relation(id(&alice_here)).await["following"] == false
    })
    .await;
}

#[tokio::test]
async fn an_actor_who_deletes_themselves_is_gone_with_their_posts() {
    let door = Door::open().await;
    let text = marker("dernier mot");
    let victor = &door.victor;
    assert!(
        victor
            .post(&door.lea.inbox(), &victor.create(&victor.note(&text)))
            .await
            .is_success()
    );
    let post = door.lea.reads_on_home(&text).await;
    let delete = victor.activity("Delete", &json!(victor.id));
    // As Mastodon does it: by then the actor itself answers 410, and only the known key can say who signed.
    victor
        .host
        .serve("/users/victor", parvis_testkit::remote::Page::gone());
    assert!(
        victor
            .post(&door.town.shared_inbox(), &delete)
            .await
            .is_success()
    );
    until("the post is gone", || async {
        door.lea.status(id(&post)).await.status == 404
    })
    .await;
    assert!(!any_holds(&door.lea.home().await, &text));
    let stranger = door.remote.host("gone").person("ghost");
    stranger
        .host
        .serve("/users/ghost", parvis_testkit::remote::Page::gone());
    let reply = stranger
        .post(
            &door.town.shared_inbox(),
            &stranger.activity("Delete", &json!(stranger.id)),
        )
        .await;
    reply.expecting(202);
}
