//! What is due with polls: their end, and the counts that other servers are to hear. The times stand in the database, so
//! that nothing is missed while the program is down.

use std::{future::Future, sync::Arc, time::Duration};

use parvis_store::{Tx, polls as rows};

use crate::{
    Failure, Outcome, Town,
    journal::{self, Entry},
};

/// Polls attended to in one write.
const BATCH: u64 = 100;
const PAUSE: Duration = Duration::from_secs(1);

/// Attends to polls every second, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        if let Err(err) = attend(&town).await {
            tracing::error!(%err, town = town.host, "polls are not attended to for now");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Closes what has ended and has counts told that are due.
pub async fn attend(town: &Arc<Town>) -> Outcome<()> {
    loop {
        let now = town.now();
        let ended = rows::ended(town.store.read(), now, BATCH).await?;
        let due = rows::to_tell(town.store.read(), now, BATCH).await?;
        if ended.is_empty() && due.is_empty() {
            return Ok(());
        }
        let attending = Arc::clone(town);
        town.store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move {
                    for post in ended {
                        close(tx, &attending, post).await?;
                    }
                    for post in due {
                        tell(tx, &attending, post).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
}

async fn close(tx: &Tx, town: &Town, post: i64) -> Outcome<()> {
    if rows::close(tx, post, town.now()).await? {
        journal::record(tx, town, &Entry::PollClosed { post }).await?;
    }
    Ok(())
}

async fn tell(tx: &Tx, town: &Town, post: i64) -> Outcome<()> {
    if rows::told(tx, post, town.now()).await? {
        journal::record(tx, town, &Entry::PollCounted { post }).await?;
    }
    Ok(())
}
