//! Keeping house: what is read and told goes, however much there is of it.

use parvis_model::clock::MINUTE;
use parvis_store::{dialect, journal};
use parvis_town::readers;

use crate::scratch::{self, Scratch};

/// More than goes in one portion.
const MANY: i64 = 5_001;

/// Entries that nobody understands, so that no reader does anything with them.
async fn entries(t: &Scratch, many: i64) {
    let town = t.town.clone();
    deed!(t, |tx, _town| async {
        for _ in 0..many {
            journal::append(tx, town.ids.next(), "{}".into(), town.now()).await?;
        }
        Ok(())
    })
    .unwrap();
}

async fn left(t: &Scratch) -> i64 {
    let sql = "SELECT COUNT(*) FROM journal";
    dialect::number(t.town.store.read(), sql, []).await.unwrap()
}

#[tokio::test]
async fn a_long_journal_goes_in_portions_once_everybody_has_read_it() {
    let t = scratch::town().await;
    entries(&t, MANY).await;
    t.clock.advance(10 * MINUTE);
    assert_eq!(
        readers::prune(&t.town).await.unwrap(),
        0,
        "nobody has read it"
    );
    t.settles().await;
    let end = journal::end(t.town.store.read()).await.unwrap();
    let all = left(&t).await;
    deed!(t, |tx, _town| async {
        for reader in readers::ALL {
            let from = journal::position(tx, reader).await?;
            journal::advance(tx, reader, from, end).await?;
        }
        Ok(())
    })
    .unwrap();
    entries(&t, 1).await;
    assert_eq!(readers::prune(&t.town).await.unwrap(), all as u64);
    assert_eq!(left(&t).await, 1, "the newest has yet to be read");
}
