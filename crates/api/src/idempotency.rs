//! A post sent twice under one `Idempotency-Key` is published once
//! (<https://docs.joinmastodon.org/methods/statuses/#headers>). Here one try waits for the other, in memory, bounded; that a key
//! holds when the program is started again is the work of `parvis_town::sent_forms`.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use parvis_model::{
    clock::{HOUR, Timestamp},
    id::Id,
};
use parvis_town::{Error, Outcome};
use tracing::Instrument as _;

const KEPT_FOR: Timestamp = HOUR;
/// When more keys are held, the oldest goes.
const KEYS: usize = 10_000;

/// What came of the first try; locked while it is under way.
type FirstTry = Arc<tokio::sync::Mutex<Option<Id>>>;

#[derive(Debug, Default)]
pub struct Idempotency(Mutex<HashMap<(Id, String), (Timestamp, FirstTry)>>);

impl Idempotency {
    /// Publishes, unless the same account did so under the same key within the hour; then gives what came of it.
    /// A second try waits for the first. What has begun is finished even if the app hangs up meanwhile, since the app
    /// will try again.
    pub async fn once(
        &self,
        now: Timestamp,
        account: Id,
        key: String,
        publish: impl Future<Output = Outcome<Id>> + Send + 'static,
    ) -> Outcome<Id> {
        let mut result = self.entry(now, account, key).lock_owned().await;
        if let Some(done) = *result {
            return Ok(done);
        }
        let work = async move {
            let post = publish.await?;
            *result = Some(post);
            Ok(post)
        };
        tokio::spawn(work.in_current_span())
            .await
            .map_err(|err| Error::Other(format!("publishing broke off: {err}")))?
    }

    fn entry(&self, now: Timestamp, account: Id, key: String) -> FirstTry {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= KEYS {
            entries.retain(|_, (since, _)| now - *since < KEPT_FOR);
            if entries.len() >= KEYS
                && let Some(oldest) = entries.iter().min_by_key(|(_, (since, _))| *since)
            {
                let oldest = oldest.0.clone();
                entries.remove(&oldest);
            }
        }
        let (since, result) = entries
            .entry((account, key))
            .or_insert_with(|| (now, Arc::default()));
        if now - *since >= KEPT_FOR {
            (*since, *result) = (now, Arc::default());
        }
        Arc::clone(result)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[tokio::test]
    async fn the_second_of_two_at_once_gets_what_the_first_published() {
        static PUBLISHED: AtomicI64 = AtomicI64::new(0);
        let publish = async || {
            tokio::task::yield_now().await;
            Ok(PUBLISHED.fetch_add(1, Ordering::SeqCst) + 1)
        };
        let kept = Idempotency::default();
        let (one, two) = tokio::join!(
            kept.once(0, 1, "k".into(), publish()),
            kept.once(0, 1, "k".into(), publish())
        );
        assert_eq!((one.unwrap(), two.unwrap()), (1, 1));
        assert_eq!(
            kept.once(0, 2, "k".into(), publish()).await.unwrap(),
            2,
            "another account"
        );
        assert_eq!(
            kept.once(HOUR, 1, "k".into(), publish()).await.unwrap(),
            3,
            "an hour later"
        );
    }

    #[tokio::test]
    async fn what_failed_may_be_tried_again() {
        let kept = Idempotency::default();
        let failing = async { Err(Error::Other("no".into()).into()) };
        assert!(kept.once(0, 1, "k".into(), failing).await.is_err());
        assert_eq!(
            kept.once(0, 1, "k".into(), async { Ok(7) }).await.unwrap(),
            7
        );
    }

    #[test]
    fn a_flood_of_keys_pushes_out_the_oldest_and_no_more_are_kept() {
        let kept = Idempotency::default();
        for number in 0..=KEYS as i64 {
            kept.entry(number, 1, number.to_string());
        }
        let entries = kept.0.lock().unwrap();
        assert_eq!(entries.len(), KEYS);
        assert!(!entries.contains_key(&(1, "0".into())));
    }
}
