//! A town with one resident, and a remote server whose people she follows.

use parvis_testkit::{Actor, Remote, Resident, TestTown};
use serde_json::Value;

pub struct Place {
    pub town: TestTown,
    pub remote: Remote,
    pub lea: Resident,
}

impl Place {
    pub async fn new() -> Self {
        let town = TestTown::start("valmont").await;
        let lea = town.resident("lea").await;
        let remote = Remote::open().await;
        Self { town, remote, lea }
    }

    pub async fn followed(&self, host: &str, name: &str) -> Actor {
        let actor = self.remote.host(host).person(name);
        self.lea.follows_actor(&actor).await;
        actor
    }

    pub async fn arrives(&self, actor: &Actor, document: &Value) {
        let reply = actor.post(&self.town.shared_inbox(), document).await;
        assert!(
            reply.is_success(),
            "{} {}\n{document:#}",
            reply.status,
            reply.text()
        );
    }
}
