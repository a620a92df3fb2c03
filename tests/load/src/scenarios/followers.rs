//! 500 people elsewhere ask to follow one resident at once: until every Accept is in, with what it costs and how often their
//! servers were asked for something.

use anyhow::{Context, Result};

use super::{finish, growth, strangers};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE, SERVERS},
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    residents,
};

pub async fn followers(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let residents = residents::settle(&place, &["mairie_annexe".to_owned()]).await?;
    let author = residents.first().context("no author")?;
    let elsewhere = Elsewhere::open(Inboxes::Own).await?;
    let node = Node::start(grounds, &place).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let (rush, took) = strangers::follow_resident(&node, &elsewhere, author).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let fetches = elsewhere.fetches();
    let growth = growth(&node, idle, &cost).await?;
    let line = Line::new("followers", "follows")
        .rushed(&rush)
        .idle(idle)
        .costing(&cost)
        .noting(format!(
            "all Accepts are back after {} ms; {fetches} fetches; {growth}",
            took.as_millis()
        ))
        // Each person's document once, and once for each server how it names its people.
        .must(fetches <= PEOPLE + SERVERS, || {
            format!("{fetches} fetches for {PEOPLE} people on {SERVERS} servers")
        });
    let line = Line {
        per_second: Some(PEOPLE as f64 / took.as_secs_f64()),
        ..line
    };
    Ok(vec![finish(node, place, line).await?])
}
