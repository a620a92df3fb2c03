//! Bounded load: a list of asks, so many at once, each timed and judged. Knows nothing of what is
//! asked.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::wire::{Answer, Ask, Wire};

/// What came of it. A failed ask has no time and no find.
pub struct Rush<T> {
    pub took: Duration,
    pub times: Vec<Duration>,
    /// With the place of the ask in the list.
    pub finds: Vec<(usize, T)>,
    pub failures: Vec<String>,
}

impl<T> Rush<T> {
    pub fn sound(&self) -> Result<()> {
        if let Some(first) = self.failures.first() {
            anyhow::bail!(
                "{} requests failed, the first: {first}",
                self.failures.len()
            );
        }
        Ok(())
    }

    /// For what is not measured but must succeed before anything can be.
    pub fn all(self) -> Result<Vec<T>> {
        self.sound()?;
        let mut finds = self.finds;
        finds.sort_unstable_by_key(|(place, _)| *place);
        Ok(finds.into_iter().map(|(_, find)| find).collect())
    }
}

/// Asks everything in order, each wire one at a time; `judge` looks at each answer after its time
/// has been taken.
pub async fn run<T, F>(wires: Vec<Wire>, asks: Vec<Ask>, judge: F) -> Result<Rush<T>>
where
    T: Send + 'static,
    F: Fn(&Answer) -> Result<T> + Send + Sync + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let (asks, judge) = (Arc::new(asks), Arc::new(judge));
    let begun = Instant::now();
    let workers = wires.into_iter().map(|wire| {
        let work = work(
            wire,
            Arc::clone(&asks),
            Arc::clone(&next),
            Arc::clone(&judge),
        );
        tokio::spawn(work)
    });
    let workers: Vec<_> = workers.collect();
    let mut rush = Rush {
        took: Duration::ZERO,
        times: Vec::with_capacity(asks.len()),
        finds: Vec::with_capacity(asks.len()),
        failures: Vec::new(),
    };
    for worker in workers {
        let part = worker.await.context("a client failed")?;
        rush.times.extend(part.times);
        rush.finds.extend(part.finds);
        rush.failures.extend(part.failures);
    }
    rush.took = begun.elapsed();
    Ok(rush)
}

async fn work<T, F>(
    mut wire: Wire,
    asks: Arc<Vec<Ask>>,
    next: Arc<AtomicUsize>,
    judge: Arc<F>,
) -> Rush<T>
where
    F: Fn(&Answer) -> Result<T>,
{
    let mut part = Rush {
        took: Duration::ZERO,
        times: Vec::new(),
        finds: Vec::new(),
        failures: Vec::new(),
    };
    loop {
        let place = next.fetch_add(1, Ordering::Relaxed);
        let Some(ask) = asks.get(place) else {
            return part;
        };
        let begun = Instant::now();
        let answered = wire.ask(ask).await;
        let time = begun.elapsed();
        match answered.and_then(|answer| judge(&answer)) {
            Ok(find) => {
                part.times.push(time);
                part.finds.push((place, find));
            }
            Err(error) => part.failures.push(format!("{error:#}")),
        }
    }
}
