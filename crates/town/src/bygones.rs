//! What was sent and is over goes in time. The ledger of posts stays: it says who holds a copy, and is asked at every edit and
//! deletion.

use std::time::Duration;

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
};
use parvis_store::bygones as rows;

use crate::{Failure, Outcome, Town};

/// Likes, answers to follows, profiles, votes: so long after the last server took them. A follow may still be answered: it goes
/// with the Undo that ended it.
pub(crate) const KEPT: Timestamp = 30 * DAY;
/// Servers nobody has had to do with.
const IDLE: Timestamp = 90 * DAY;
/// Activities that go in one write …
const PORTION: u64 = 500;
/// … and their deliveries: a profile has one for every server that knows it …
const DELIVERIES: i64 = 5_000;
/// … and portions in one hour: few enough that a stop need not wait long for them.
const PORTIONS: usize = 50;
/// Servers looked at in one question.
const SERVERS: u64 = 1_000;
/// Between two portions, for others who want to write.
const BREATH: Duration = Duration::from_millis(100);

pub(crate) async fn forget_settled(town: &Town) -> Outcome<()> {
    let before = town.now() - KEPT;
    for _ in 0..PORTIONS {
        let settled = rows::settled(town.store.read(), before, PORTION).await?;
        let found = settled.len();
        let portion = portion(settled);
        let is_last = portion.len() == found && (found as u64) < PORTION;
        if !portion.is_empty() {
            forget(town, portion).await?;
        }
        if is_last {
            break;
        }
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// As many, with so many deliveries each, as go in one write; one at least.
fn portion(settled: Vec<(Id, i64)>) -> Vec<Id> {
    let mut deliveries: i64 = 0;
    let fitting = settled.into_iter().take_while(|(_, of_it)| {
        let is_first = deliveries == 0;
        deliveries += of_it;
        is_first || deliveries <= DELIVERIES
    });
    fitting.map(|(id, _)| id).collect()
}

async fn forget(town: &Town, settled: Vec<Id>) -> Outcome<()> {
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let mut all = rows::follows_undone_by(tx, &settled).await?;
                all.extend(settled);
                Ok(rows::forget(tx, &all).await?)
            })
        })
        .await
}

pub(crate) async fn forget_idle_servers(town: &Town) -> Outcome<()> {
    let (mut after, before) = (String::new(), town.now() - IDLE);
    loop {
        let servers = rows::servers(town.store.read(), &after, before, SERVERS).await?;
        let Some(last) = servers.last() else {
            return Ok(());
        };
        after.clone_from(last);
        let idle = rows::idle_among(town.store.read(), &servers, before).await?;
        if idle.is_empty() {
            continue;
        }
        town.store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { Ok(rows::forget_idle(tx, &idle, before).await?) })
            })
            .await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_one_write_is_bounded_by_its_deliveries() {
        assert_eq!(portion(vec![(1, 0), (2, 3), (3, 1)]), [1, 2, 3]);
        assert_eq!(portion(vec![(1, DELIVERIES - 1), (2, 2), (3, 0)]), [1]);
        assert_eq!(portion(vec![(1, 2 * DELIVERIES), (2, 1)]), [1]);
        assert!(portion(Vec::new()).is_empty());
    }
}
