//! Others' public keys, parsed once and kept at hand; found through a [`Source`] no more often than they need to be.
//! Knows neither the store nor the documents that keys stand in.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use parvis_model::{
    clock::{MINUTE, Timestamp},
    uri,
};
use quick_cache::sync::Cache;
use tokio::{sync::Semaphore, time::timeout};

use crate::signatures::VerifyingKey;

const KEYS: usize = 10_000;
/// One key is fetched, and one is fetched again, at most once in this time.
const PAUSE: Timestamp = MINUTE;
/// Keys that one peer may make us fetch in a minute: a request that asks for one has proven nothing yet.
const PER_PEER: u32 = 120;
/// Keys that may be on their way from one server at a time, and how long another waits for its turn.
const AT_ONCE: usize = 4;
const TURN: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Key {
    pub id: String,
    /// The actor whose key it is.
    pub owner: String,
    pub public: VerifyingKey,
}

/// Where keys come from. It must make sure that the key names its owner and the owner names the key.
pub trait Source: Send + Sync {
    type Error: Send;

    /// What the store knows.
    fn stored(&self, key_id: &str)
    -> impl Future<Output = Result<Option<Key>, Self::Error>> + Send;

    /// What its own server says, kept in the store. `None`: there is no such key to be had.
    fn fetch(&self, key_id: &str) -> impl Future<Output = Result<Option<Key>, Self::Error>> + Send;
}

#[derive(Debug, PartialEq, Eq)]
pub enum Miss<E> {
    /// Nobody has this key, or nobody had it a moment ago.
    Unknown,
    /// Asked for too often, or by too many at a time.
    TooOften,
    Broken(E),
}

impl<E> From<E> for Miss<E> {
    fn from(error: E) -> Self {
        Self::Broken(error)
    }
}

pub struct Keys<S> {
    source: S,
    /// Whether one peer may make us fetch only so many.
    counts: bool,
    known: Cache<String, Arc<Key>>,
    /// When a key was last fetched, and last fetched again.
    fetched: Cache<String, Timestamp>,
    renewed: Cache<String, Timestamp>,
    peers: Cache<IpAddr, Arc<Mutex<Window>>>,
    servers: Cache<String, Arc<Semaphore>>,
}

/// What a peer has used up since `began`.
#[derive(Default)]
struct Window {
    began: Timestamp,
    used: u32,
}

impl<S: Source> Keys<S> {
    pub fn new(source: S, counts: bool) -> Self {
        Self {
            source,
            counts,
            known: Cache::new(KEYS),
            fetched: Cache::new(KEYS),
            renewed: Cache::new(KEYS),
            peers: Cache::new(KEYS),
            servers: Cache::new(KEYS),
        }
    }

    /// The key as we know it, else as its server gives it. `peer` is who makes us ask.
    pub async fn find(
        &self,
        key_id: &str,
        peer: IpAddr,
        now: Timestamp,
    ) -> Result<Arc<Key>, Miss<S::Error>> {
        let place = match self.known.get_value_or_guard_async(key_id).await {
            Ok(key) => return Ok(key),
            Err(place) => place,
        };
        let key = match self.source.stored(key_id).await? {
            Some(key) => key,
            None if lately(&self.fetched, key_id, now) => return Err(Miss::Unknown),
            None => self.fetch(key_id, peer, now, &self.fetched).await?,
        };
        let key = Arc::new(key);
        // Refused only if somebody put the same key there meanwhile.
        let _ = place.insert(key.clone());
        Ok(key)
    }

    /// The key as its server gives it now: for when `old` did not fit, since people do change keys.
    pub async fn renew(
        &self,
        old: &Arc<Key>,
        peer: IpAddr,
        now: Timestamp,
    ) -> Result<Arc<Key>, Miss<S::Error>> {
        if !lately(&self.renewed, &old.id, now) {
            self.known
                .remove_if(&old.id, |current| Arc::ptr_eq(current, old));
        }
        // Others who renew it at the same time wait here for the first.
        let place = match self.known.get_value_or_guard_async(&old.id).await {
            Ok(current) if Arc::ptr_eq(&current, old) => return Err(Miss::TooOften),
            Ok(current) => return Ok(current),
            Err(place) => place,
        };
        let renewed = if lately(&self.renewed, &old.id, now) {
            Err(Miss::TooOften)
        } else {
            self.fetch(&old.id, peer, now, &self.renewed)
                .await
                .map(Arc::new)
        };
        let _ = place.insert(renewed.as_ref().unwrap_or(old).clone());
        renewed
    }

    /// Forgets the keys of an owner who has changed or gone.
    pub fn forget_of(&self, owner: &str) {
        self.known.retain(|_, key| key.owner != owner);
    }

    async fn fetch(
        &self,
        key_id: &str,
        peer: IpAddr,
        now: Timestamp,
        times: &Cache<String, Timestamp>,
    ) -> Result<Key, Miss<S::Error>> {
        if !self.may_ask(peer, now) {
            return Err(Miss::TooOften);
        }
        let origin = uri::origin_of(key_id).ok_or(Miss::Unknown)?;
        let new = || Ok::<_, Infallible>(Arc::new(Semaphore::new(AT_ONCE)));
        let Ok(turns) = self.servers.get_or_insert_with(origin.as_str(), new);
        let _turn = timeout(TURN, turns.acquire())
            .await
            .map_err(|_| Miss::TooOften)?;
        times.insert(key_id.to_owned(), now);
        self.source
            .fetch(key_id)
            .await?
            .filter(|key| key.id == key_id)
            .ok_or(Miss::Unknown)
    }

    fn may_ask(&self, peer: IpAddr, now: Timestamp) -> bool {
        if !self.counts {
            return true;
        }
        let new = || Ok::<_, Infallible>(Arc::default());
        let Ok(window) = self.peers.get_or_insert_with(&network(peer), new);
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        if now - window.began >= MINUTE {
            *window = Window {
                began: now,
                used: 0,
            };
        }
        window.used += 1;
        window.used <= PER_PEER
    }
}

fn lately(times: &Cache<String, Timestamp>, key_id: &str, now: Timestamp) -> bool {
    times.get(key_id).is_some_and(|at| now - at < PAUSE)
}

/// An IPv6 peer has a whole /64 to itself.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::future::join_all;

    use super::*;
    use crate::signatures::{KeyPems, SigningKey};

    const ID: &str = "https://alice.example/actor#main-key";
    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
    const NOW: Timestamp = 1_780_000_000_000;

    static PEMS: LazyLock<KeyPems> = LazyLock::new(|| SigningKey::generate().unwrap());

    fn key(id: &str, owner: &str) -> Key {
        let public = VerifyingKey::from_pem(&PEMS.public).unwrap();
        Key {
            id: id.into(),
            owner: owner.into(),
            public,
        }
    }

    /// Hands out keys with the number of the fetch as their owner, and counts.
    #[derive(Default)]
    struct Counted {
        stored: bool,
        nobody: bool,
        slow: bool,
        fetches: AtomicUsize,
    }

    impl Source for Arc<Counted> {
        type Error = &'static str;

        async fn stored(&self, key_id: &str) -> Result<Option<Key>, &'static str> {
            Ok(self.stored.then(|| key(key_id, "stored")))
        }

        async fn fetch(&self, key_id: &str) -> Result<Option<Key>, &'static str> {
            let nth = self.fetches.fetch_add(1, Ordering::Relaxed) + 1;
            tokio::time::sleep(Duration::from_millis(if self.slow { 10_000 } else { 10 })).await;
            Ok((!self.nobody).then(|| key(key_id, &nth.to_string())))
        }
    }

    fn keys(counted: Counted) -> (Arc<Counted>, Keys<Arc<Counted>>) {
        let source = Arc::new(counted);
        (source.clone(), Keys::new(source, true))
    }

    fn fetches(source: &Counted) -> usize {
        source.fetches.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_key_asked_for_by_many_is_fetched_once() {
        let (source, keys) = keys(Counted::default());
        let found = join_all((0..50).map(|_| keys.find(ID, PEER, NOW))).await;
        assert!(found.iter().all(|key| key.as_ref().unwrap().owner == "1"));
        assert_eq!(fetches(&source), 1);
    }

    #[tokio::test]
    async fn a_stored_key_is_not_fetched() {
        let (source, keys) = keys(Counted {
            stored: true,
            ..Counted::default()
        });
        assert_eq!(keys.find(ID, PEER, NOW).await.unwrap().owner, "stored");
        assert_eq!(fetches(&source), 0);
    }

    #[tokio::test]
    async fn a_key_that_nobody_has_is_asked_for_once_a_minute() {
        let (source, keys) = keys(Counted {
            nobody: true,
            ..Counted::default()
        });
        for _ in 0..5 {
            assert_eq!(keys.find(ID, PEER, NOW).await.unwrap_err(), Miss::Unknown);
        }
        assert_eq!(fetches(&source), 1);
        assert!(keys.find(ID, PEER, NOW + MINUTE).await.is_err());
        assert_eq!(fetches(&source), 2);
    }

    #[tokio::test]
    async fn t086_a_changed_key_is_renewed_once_a_minute() {
        let (source, keys) = keys(Counted::default());
        let old = keys.find(ID, PEER, NOW).await.unwrap();
        let renewed = join_all((0..20).map(|_| keys.renew(&old, PEER, NOW))).await;
        assert!(renewed.iter().all(|key| key.as_ref().unwrap().owner == "2"));
        assert_eq!(fetches(&source), 2);
        let new = keys.find(ID, PEER, NOW).await.unwrap();
        assert_eq!(new.owner, "2");
        assert_eq!(
            keys.renew(&new, PEER, NOW).await.unwrap_err(),
            Miss::TooOften
        );
        assert_eq!(
            keys.renew(&new, PEER, NOW + MINUTE).await.unwrap().owner,
            "3"
        );
        keys.forget_of("2");
        assert_eq!(keys.find(ID, PEER, NOW + MINUTE).await.unwrap().owner, "3");
        keys.forget_of("3");
        assert_eq!(keys.find(ID, PEER, NOW + MINUTE).await.unwrap().owner, "4");
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_renewed_stays() {
        let (_, keys) = keys(Counted {
            nobody: true,
            stored: true,
            ..Counted::default()
        });
        let old = keys.find(ID, PEER, NOW).await.unwrap();
        assert_eq!(
            keys.renew(&old, PEER, NOW).await.unwrap_err(),
            Miss::Unknown
        );
        assert!(Arc::ptr_eq(&keys.find(ID, PEER, NOW).await.unwrap(), &old));
    }

    #[tokio::test]
    async fn one_peer_cannot_make_us_fetch_without_end() {
        let (source, keys) = keys(Counted::default());
        let id = |n: u32| format!("https://town{n}.example/actor#main-key");
        let ids: Vec<_> = (0..200).map(id).collect();
        let found = join_all(ids.iter().map(|id| keys.find(id, PEER, NOW))).await;
        assert_eq!(
            found.iter().filter(|key| key.is_ok()).count(),
            PER_PEER as usize
        );
        assert_eq!(fetches(&source), PER_PEER as usize);
        let other = IpAddr::from([198, 51, 100, 1]);
        assert!(keys.find(&id(300), other, NOW).await.is_ok());
        assert!(keys.find(&id(301), PEER, NOW + MINUTE).await.is_ok());
        let v6 = |text: &str| network(text.parse().unwrap());
        assert_eq!(v6("2001:200::1"), v6("2001:200::ffff:1"));
        assert_ne!(v6("2001:200::1"), v6("2001:200:0:1::1"));
    }

    #[tokio::test(start_paused = true)]
    async fn t127_a_slow_server_holds_up_only_a_few() {
        let (source, keys) = keys(Counted {
            slow: true,
            nobody: true,
            ..Counted::default()
        });
        let ids: Vec<_> = (0..100)
            .map(|n| format!("https://dead.example/{n}"))
            .collect();
        let all = join_all(ids.iter().map(|id| keys.find(id, PEER, NOW)));
        let found = timeout(Duration::from_secs(12), all).await.unwrap();
        assert!(found.iter().all(Result::is_err));
        assert_eq!(fetches(&source), AT_ONCE);
    }
}
