//! How many writes a second the one door takes, each on disk before it is answered:
//! `cargo run --release -p parvis-store --example group_commit -- [WRITERS] [WRITES]`.

use std::{sync::Arc, time::Instant};

use parvis_store::{DbErr, Store, StoreOptions, seen};
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args()
        .skip(1)
        .map(|number| number.parse::<usize>());
    let writers = numbers.next().transpose()?.unwrap_or(64);
    let writes = numbers.next().transpose()?.unwrap_or(50_000);
    let folder = tempfile::tempdir_in(".")?;
    let url = format!("sqlite://{}/town.sqlite", folder.path().display());
    let store = Arc::new(
        Store::open(StoreOptions {
            url,
            connections: 2,
        })
        .await?,
    );
    let started = Instant::now();
    let mut work = JoinSet::new();
    for writer in 0..writers {
        let store = Arc::clone(&store);
        work.spawn(async move {
            for n in 0..writes / writers {
                mark(&store, format!("https://town.example/{writer}/{n}")).await?;
            }
            Ok::<_, DbErr>(())
        });
    }
    while let Some(done) = work.join_next().await {
        done??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let done = writes / writers * writers;
    println!(
        "{writers} writers: {:.0} writes/s ({done} in {seconds:.1} s)",
        done as f64 / seconds
    );
    Ok(())
}

async fn mark(store: &Store, uri: String) -> Result<bool, DbErr> {
    store
        .write(move |tx| {
            Box::pin(async move { seen::mark(tx, &uri, "https://town.example", 1).await })
        })
        .await
}
