//! How quickly a town is there, and what it takes to do nothing.

use std::time::Duration;

use anyhow::Result;

use super::finish;
use crate::{gauge, grounds::Grounds, node::Node, report::Line, residents};

const RUNS: usize = 5;

/// Process start to the first 200 of `/healthz`, of a town that has been founded before.
pub async fn start(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    residents::settle(&place, &[]).await?;
    let mut times = Vec::with_capacity(RUNS);
    let mut processor = Duration::ZERO;
    let mut line = Line::new("start", "starts");
    for _ in 0..RUNS {
        let node = Node::start(grounds, &place).await?;
        times.push(node.start_took);
        processor += gauge::processor(node.pid())?;
        let said = node.stop().await?;
        line = line.must(said.is_empty(), || said.join("; "));
    }
    place.give_back().await?;
    line.operations = RUNS;
    let each = processor.as_millis() / RUNS as u128;
    Ok(vec![
        line.timed(&times)
            .noting(format!("{each} ms of processor time each")),
    ])
}

/// Memory with an empty town after three seconds, and what resting costs.
pub async fn idle(grounds: &Grounds) -> Result<Vec<Line>> {
    const REST: Duration = Duration::from_secs(10);
    let place = grounds.place().await?;
    residents::settle(&place, &[]).await?;
    let node = Node::start(grounds, &place).await?;
    let memory = node.resting_memory().await?;
    let before = gauge::processor(node.pid())?;
    tokio::time::sleep(REST).await;
    let spent = gauge::processor(node.pid())?.saturating_sub(before);
    let line = Line::new("idle", "").idle(memory).noting(format!(
        "{} ms of processor time in {REST:?}",
        spent.as_millis()
    ));
    Ok(vec![finish(node, place, line).await?])
}
