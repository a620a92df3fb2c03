//! 64 residents post at once through the client API; each answer promises that the post is on disk.

use std::collections::HashSet;

use anyhow::{Context, Result};
use http::StatusCode;
use serde_json::json;

use super::finish;
use crate::{
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    residents::{self, Resident},
    rush,
    wire::{Answer, Ask, Wire},
};

const WRITERS: u8 = 64;
const POSTS: usize = 5_000;

pub async fn publish(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let names: Vec<_> = (0..WRITERS)
        .map(|number| format!("voisin{number}"))
        .collect();
    let writers = residents::settle(&place, &names).await?;
    let node = Node::start(grounds, &place).await?;
    gauge::quiet(node.pid()).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let rush = rush::run(node.wires(WRITERS), asks(&writers)?, posted).await?;
    gauge::quiet(node.pid()).await?;
    let line = Line::new("publish", "posts")
        .rushed(&rush)
        .costing(&meter.stop()?)
        .idle(idle);
    let promised: HashSet<String> = rush.finds.into_iter().map(|(_, id)| id).collect();
    let there = local_posts(&mut node.wire(), POSTS * 2).await?;
    let line = line
        .noting(format!(
            "{} of {POSTS} are in the town's timeline",
            there.len()
        ))
        .must(promised.len() == POSTS && there == promised, || {
            format!(
                "{} posts were promised and {} are there, of {POSTS}",
                promised.len(),
                there.len()
            )
        });
    Ok(vec![finish(node, place, line).await?])
}

fn asks(writers: &[Resident]) -> Result<Vec<Ask>> {
    let ask = |(number, writer): (usize, &Resident)| {
        let text = format!("Bonjour du banc numéro {number}, où il fait bon ce matin. #marche");
        let body = json!({"status": text, "visibility": "public", "language": "fr"});
        Ask::post("/api/v1/statuses", &body).by(&writer.token)
    };
    (0..POSTS).zip(writers.iter().cycle()).map(ask).collect()
}

/// The id of the new post.
fn posted(answer: &Answer) -> Result<String> {
    anyhow::ensure!(answer.status == StatusCode::OK, "{}", answer.status);
    let id = answer.json()?["id"].as_str().map(str::to_owned);
    id.context("a post without id")
}

/// The ids of the local timeline, page by page, `most` at most.
async fn local_posts(wire: &mut Wire, most: usize) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    let mut path = "/api/v1/timelines/public?local=true&limit=40".to_owned();
    while found.len() < most {
        let page = wire.ask(&Ask::get(&path)).await?.ok()?.json()?;
        let ids = page.as_array().context("no list")?;
        let ids: Vec<_> = ids.iter().filter_map(|post| post["id"].as_str()).collect();
        let Some(last) = ids.last() else {
            break;
        };
        path = format!("/api/v1/timelines/public?local=true&limit=40&max_id={last}");
        found.extend(ids.into_iter().map(str::to_owned));
    }
    Ok(found)
}
