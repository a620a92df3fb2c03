//! One town's place in the network: what its federation code shares. Holds no rule and speaks no protocol itself.

use std::sync::Arc;

use parvis_model::{clock::Timestamp, id::Id};
use parvis_town::{Error, Outcome, Town, accounts};
use quick_cache::sync::Cache;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    delivery,
    fetch::Fetcher,
    keys::Keys,
    outbox,
    resolver::Resolver,
    signatures::{Signer, SigningKey},
};

/// Keys of residents kept parsed.
const SIGNERS: usize = 1_000;
/// Servers of which we remember whether they are blocked.
const PEERS: usize = 10_000;

pub struct Federation {
    pub(crate) town: Arc<Town>,
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) resolver: Arc<Resolver>,
    pub(crate) keys: Keys<Arc<Resolver>>,
    /// Whether a server is blocked, and when that was looked up.
    pub(crate) blocked: Cache<String, (bool, Timestamp)>,
    /// Told when deliveries were laid down.
    pub(crate) stirred: Notify,
    signers: Cache<Id, Signer>,
}

impl Federation {
    /// Also makes the town find things on other servers through us.
    pub async fn new(town: Arc<Town>, fetcher: Arc<Fetcher>) -> Outcome<Arc<Self>> {
        let signer = signer(&town, town.profile().actor_id).await?;
        let resolver = Arc::new(Resolver::new(town.clone(), fetcher.clone(), signer));
        town.set_reach(resolver.clone());
        Ok(Arc::new(Self {
            keys: Keys::new(resolver.clone()),
            blocked: Cache::new(PEERS),
            stirred: Notify::new(),
            signers: Cache::new(SIGNERS),
            town,
            fetcher,
            resolver,
        }))
    }

    /// Reads the journal and sends what follows from it, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        tokio::join!(outbox::run(&self, &stop), delivery::run(&self, &stop));
    }

    /// With what an account of this town signs.
    pub(crate) async fn signer(&self, account: Id) -> Outcome<Signer> {
        self.signers
            .get_or_insert_async(&account, signer(&self.town, account))
            .await
    }
}

async fn signer(town: &Town, account: Id) -> Outcome<Signer> {
    let (key_id, pem) = accounts::signing_key(town, account).await?;
    let key = SigningKey::from_pem(&pem)
        .map_err(|err| Error::Other(format!("the key of account {account}: {err}")))?;
    Ok(Signer {
        key_id,
        key: Arc::new(key),
    })
}
