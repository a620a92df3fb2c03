//! The named loads. Each makes its own town, measures, checks that nothing was lost, and gives the
//! place back.

mod dead;
mod fanout;
mod flood;
mod followers;
mod ingest;
mod media;
mod pages;
mod publish;
mod start;
mod strangers;
mod streams;

use std::fmt;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    gauge::Cost,
    grounds::{Grounds, Place},
    node::Node,
    report::Line,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// From starting the process to the first 200
    Start,
    /// Memory of an empty town at rest
    Idle,
    /// 64 residents post through the client API
    Publish,
    /// 5,000 signed posts, half in each dialect, arrive from 500 people on 50 servers
    Ingest,
    /// One post to 500 followers on 50 servers
    Fanout,
    /// The same to servers that take Ed25519 by RFC 9421
    FanoutEd25519,
    /// 500 people ask to follow at once
    Followers,
    /// 20,000 letters with wrong signatures, beside honest ones
    Flood,
    /// One post to 500 followers, beside 500 on dead servers
    Dead,
    /// Posts to followers on 10,000 dead servers
    DeadMany,
    /// The home timeline
    Home,
    /// Words, phrases, operators and names looked for
    Search,
    /// The town's public timeline and page
    Town,
    /// A resident's page and posts
    Profile,
    /// All that is public
    Public,
    /// A conversation of 500 answers
    Thread,
    /// What a resident is told
    Notifications,
    /// 10,000 apps listen at once
    Streams,
    /// Photographs of 12 megapixels, one after the other
    Media,
}

impl Scenario {
    /// All of them where none is named.
    pub fn chosen(named: &[Self]) -> Vec<Self> {
        let all = Self::value_variants();
        if named.is_empty() { all } else { named }.to_vec()
    }

    /// `posts`: how many are stored in the scenarios that read.
    pub async fn run(self, grounds: &Grounds, posts: &[usize]) -> Result<Vec<Line>> {
        match self {
            Self::Start => start::start(grounds).await,
            Self::Idle => start::idle(grounds).await,
            Self::Publish => publish::publish(grounds).await,
            Self::Ingest => ingest::ingest(grounds).await,
            Self::Fanout => fanout::fanout(grounds).await,
            Self::FanoutEd25519 => fanout::fanout_ed25519(grounds).await,
            Self::Followers => followers::followers(grounds).await,
            Self::Flood => flood::flood(grounds).await,
            Self::Dead => dead::dead(grounds).await,
            Self::DeadMany => dead::many(grounds).await,
            Self::Home => pages::home(grounds, posts).await,
            Self::Search => pages::search(grounds, posts).await,
            Self::Town => pages::town(grounds, posts).await,
            Self::Profile => pages::profile(grounds, posts).await,
            Self::Public => pages::public(grounds, posts).await,
            Self::Thread => pages::thread(grounds, posts).await,
            Self::Notifications => pages::notifications(grounds, posts).await,
            Self::Streams => streams::streams(grounds).await,
            Self::Media => media::media(grounds).await,
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.to_possible_value();
        f.write_str(name.as_ref().map_or("?", |name| name.get_name()))
    }
}

/// What a load took in memory at most, and what of it is left after a rest, in words.
async fn growth(node: &Node, idle: u64, cost: &Cost) -> Result<String> {
    const MIB: f64 = (1 << 20) as f64;
    let rest = node.resting_memory().await?;
    let grown = |bytes: u64| bytes.saturating_sub(idle) as f64 / MIB;
    Ok(format!(
        "memory grew by {:.0} MiB, by {:.0} after a rest",
        grown(cost.peak),
        grown(rest)
    ))
}

/// Ends the node and gives the place back; what the node complained of is a fault of the line.
async fn finish(node: Node, place: Place, line: Line) -> Result<Line> {
    let said = node.stop().await?;
    place.give_back().await?;
    let first = said.first().cloned().unwrap_or_default();
    Ok(line.must(said.is_empty(), || {
        format!("the node complained {} times, first: {first}", said.len())
    }))
}
