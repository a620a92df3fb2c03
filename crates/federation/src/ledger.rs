//! Writes down how deliveries ended, those of all servers together, as soon as the last such write is on disk: what a power
//! cut finds unwritten is sent twice. Decides nothing.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use parvis_store::deliveries;
use parvis_town::{Failure, Outcome};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::sleep,
};

use crate::Federation;

/// Outcomes written at once.
const AT_ONCE: usize = 500;
/// Before a write that failed is tried again.
const BREATH: Duration = Duration::from_secs(1);

/// Where senders hand in what came of their deliveries.
#[derive(Clone)]
pub(crate) struct Ledger(mpsc::Sender<Note>);

enum Note {
    Ended(Ended),
    /// Answered once all that was handed in before is on disk.
    Written(oneshot::Sender<()>),
}

pub(crate) struct Ended {
    pub(crate) delivery: i64,
    pub(crate) state: &'static str,
    pub(crate) status: Option<i32>,
    pub(crate) place: Place,
}

/// One of the few deliveries to a server that may be under way or not yet written down.
pub(crate) struct Place {
    /// Given back when dropped.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Place {
    /// Waits until one is free. `places` is never closed.
    pub(crate) async fn wait(places: &Arc<Semaphore>) -> Self {
        Self {
            _permit: places.clone().acquire_owned().await.ok(),
        }
    }
}

impl Ledger {
    /// Kept until the last handle is gone.
    pub(crate) fn open(federation: &Arc<Federation>) -> Self {
        let (notes, handed_in) = mpsc::channel(AT_ONCE);
        tokio::spawn(keep(federation.clone(), handed_in));
        Self(notes)
    }

    pub(crate) async fn note(&self, ended: Ended) {
        // Whoever keeps it outlives those who write: this fails only when the program ends.
        let _ = self.0.send(Note::Ended(ended)).await;
    }

    /// Waits until everything noted so far is on disk. `false`: it never will be.
    pub(crate) async fn is_written(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        self.0.send(Note::Written(answer)).await.is_ok() && answered.await.is_ok()
    }
}

async fn keep(federation: Arc<Federation>, mut handed_in: mpsc::Receiver<Note>) {
    let mut notes = Vec::new();
    while handed_in.recv_many(&mut notes, AT_ONCE).await > 0 {
        let (mut waiting, mut places) = (Vec::new(), Vec::new());
        let mut ended: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for note in notes.drain(..) {
            match note {
                Note::Ended(it) => {
                    let same = ended.entry((it.state, it.status)).or_default();
                    same.push(it.delivery);
                    places.push(it.place);
                }
                Note::Written(answer) => waiting.push(answer),
            }
        }
        let ended = Arc::new(ended);
        while let Err(err) = write(&federation, ended.clone()).await {
            tracing::error!(%err, "what came of deliveries cannot be written down; trying again");
            sleep(BREATH).await;
        }
        drop(places);
        for answer in waiting {
            // A turn may have been given up meanwhile.
            let _ = answer.send(());
        }
    }
}

type Outcomes = BTreeMap<(&'static str, Option<i32>), Vec<i64>>;

async fn write(federation: &Federation, ended: Arc<Outcomes>) -> Outcome<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let now = federation.town.now();
    let store = &federation.town.store;
    store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for ((state, status), ids) in ended.iter() {
                    deliveries::settle(tx, ids, state, *status, now).await?;
                }
                Ok(())
            })
        })
        .await
}
