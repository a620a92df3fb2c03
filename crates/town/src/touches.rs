//! When something was last used: written down beside the answer, which does not wait for it. Knows not what was used.

use std::pin::Pin;

use parvis_store::Tx;
use tokio::sync::Semaphore;

use crate::{Outcome, Town};

/// More that wait while the disk is slow or full are left out: the next use is as good.
static AT_ONCE: Semaphore = Semaphore::const_new(16);

type Deed<'t> = Pin<Box<dyn Future<Output = Outcome<()>> + Send + 't>>;

/// `what` for the log.
pub(crate) fn write_down<F>(town: &Town, what: &'static str, deed: F)
where
    F: for<'t> FnOnce(&'t Tx) -> Deed<'t> + Clone + Send + 'static,
{
    let Ok(permit) = AT_ONCE.try_acquire() else {
        return;
    };
    let store = town.store.clone();
    tokio::spawn(async move {
        if let Err(err) = store.write(deed).await {
            tracing::warn!(%err, what, "a last use was not written down");
        }
        drop(permit);
    });
}
