//! One town's place in the network: what its federation code shares. Holds no rule and speaks no protocol itself.

use std::{collections::BTreeMap, sync::Arc};

use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::Id,
};
use parvis_store::Claims;
use parvis_town::{Error, Outcome, Town, accounts};
use quick_cache::sync::Cache;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    delivery::{self, Said},
    documents::Written,
    fetch::Fetcher,
    inbox::Counts,
    keys::Keys,
    knocks, outbox,
    resolver::{Plug, Resolver},
    signatures::{Forms, OurKey, Signer, SigningKey},
    software::Software,
    strays::Strays,
};

/// Keys of residents kept parsed.
const SIGNERS: usize = 1_000;
/// Servers and accounts of which we remember how they stand.
const PEERS: usize = 10_000;
/// Activities under way that are kept at hand.
const SAID: usize = 64;

pub struct Federation {
    pub(crate) town: Arc<Town>,
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) resolver: Arc<Resolver>,
    pub(crate) keys: Keys<Arc<Resolver>>,
    /// Whether a server is blocked, and when that was looked up.
    pub(crate) blocked: Cache<String, (bool, Timestamp)>,
    /// Accounts that somebody here follows, and when that was last seen. That nobody does is never remembered: the first
    /// post after a new follow must come through.
    pub(crate) followed: Cache<Id, Timestamp>,
    /// What became of requests to inboxes.
    pub(crate) inbox_counts: Counts,
    /// Accounts of this town whose inbox is open, and when that was last seen.
    pub(crate) open_inboxes: Cache<Id, Timestamp>,
    /// What is being sent, read and hashed once for all who get it.
    pub(crate) said: Cache<Id, Arc<Said>>,
    /// Servers seen to fail for long, to be tried again when they are heard of.
    pub(crate) hopeless: Cache<String, ()>,
    /// Inboxes on servers of others that failed.
    pub(crate) strays: Strays,
    /// Which servers this process sends to.
    pub(crate) claims: Claims,
    /// Told when deliveries were laid down.
    pub(crate) stirred: Notify,
    /// In which form other servers take our signatures.
    pub(crate) forms: Arc<Forms>,
    /// What other servers run, as they say.
    pub(crate) software: Software,
    signers: Cache<Id, Signer>,
}

impl Federation {
    /// Also makes the town find things on other servers through us.
    pub async fn new(town: Arc<Town>, fetcher: Arc<Fetcher>) -> Outcome<Arc<Self>> {
        let forms = knocks::recalled(&town).await?;
        let signer = signer(&town, town.profile().actor_id, &forms).await?;
        let resolver = Arc::new(Resolver::new(town.clone(), fetcher.clone(), signer));
        town.set_reach(Arc::new(Plug(resolver.clone())));
        town.set_documents(Arc::new(Written));
        Ok(Arc::new(Self {
            keys: Keys::new(resolver.clone(), town.rates().are_on()),
            blocked: Cache::new(PEERS),
            followed: Cache::new(PEERS),
            inbox_counts: Counts::default(),
            open_inboxes: Cache::new(SIGNERS),
            said: Cache::new(SAID),
            hopeless: Cache::new(PEERS),
            strays: Strays::new(),
            claims: town.store.claims(),
            stirred: Notify::new(),
            forms,
            software: Software::new(),
            signers: Cache::new(SIGNERS),
            town,
            fetcher,
            resolver,
        }))
    }

    /// Reads the journal and sends what follows from it, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        tokio::join!(
            outbox::run(&self, &stop),
            delivery::run(&self, &stop),
            knocks::run(&self, &stop)
        );
    }

    /// How often which outcome, for which reason, became of requests to inboxes since the program began.
    pub fn inbox_outcomes(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        self.inbox_counts.all()
    }

    /// With what an account of this town signs.
    pub(crate) async fn signer(&self, account: Id) -> Outcome<Signer> {
        self.signers
            .get_or_insert_async(&account, signer(&self.town, account, &self.forms))
            .await
    }
}

/// Was it seen so within the last minute?
pub(crate) fn lately(seen: &Cache<Id, Timestamp>, account: Id, now: Timestamp) -> bool {
    seen.get(&account).is_some_and(|at| now - at < MINUTE)
}

async fn signer(town: &Town, account: Id, forms: &Arc<Forms>) -> Outcome<Signer> {
    let (rsa, ed25519) = accounts::signing_keys(town, account).await?;
    let ready = |kept: accounts::SigningKey| {
        let key = SigningKey::from_pem(&kept.pem)
            .map_err(|err| Error::Other(format!("{}: {err}", kept.key_id)))?;
        let key_id = kept.key_id;
        Ok::<_, Error>(Arc::new(OurKey { key_id, key }))
    };
    Ok(Signer {
        rsa: ready(rsa)?,
        ed25519: ed25519.map(ready).transpose()?,
        forms: forms.clone(),
    })
}
