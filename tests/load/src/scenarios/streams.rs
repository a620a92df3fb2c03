//! 10,000 apps listen at once, on sockets and by server-sent events: what they take in memory while nothing happens, and how
//! soon all of them hear of a post.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::finish;
use crate::{
    gauge::{self, Meter},
    grounds::Grounds,
    node::{HOST, Node},
    report::Line,
    residents::{self, Resident},
    wire::Ask,
};

const LISTENERS: usize = 10_000;
const PEOPLE: usize = 100;
/// Connections that are opened together.
const AT_ONCE: usize = 64;
/// Of the node with all of them open, in bytes.
const MOST: u64 = 300 << 20;
/// For opening one, and for hearing of the post.
const PATIENCE: Duration = Duration::from_mins(1);
const SAID: &str = "tout-le-monde-ecoute";

#[derive(Clone, Copy)]
enum Kind {
    Sockets,
    Events,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Sockets => "streams (sockets)",
            Self::Events => "streams (events)",
        }
    }

    fn request(self, token: &str) -> String {
        let (path, more) = match self {
            Self::Sockets => (
                "/api/v1/streaming?stream=public",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            ),
            Self::Events => ("/api/v1/streaming/public", ""),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
        )
    }

    /// How the head of a good answer begins.
    fn yes(self) -> &'static [u8] {
        match self {
            Self::Sockets => b"HTTP/1.1 101 ",
            Self::Events => b"HTTP/1.1 200 ",
        }
    }
}

pub async fn streams(grounds: &Grounds) -> Result<Vec<Line>> {
    raise_file_limit()?;
    Ok(vec![
        listen(grounds, Kind::Sockets).await?,
        listen(grounds, Kind::Events).await?,
    ])
}

/// Here each listener is a file, too.
fn raise_file_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    let enough = limit
        .maximum
        .is_none_or(|most| most > LISTENERS as u64 + 1_000);
    anyhow::ensure!(enough, "the limit of open files is too low: {limit:?}");
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).context("raising the limit of open files")
}

async fn listen(grounds: &Grounds, kind: Kind) -> Result<Line> {
    let place = grounds.place().await?;
    let names: Vec<String> = (0..PEOPLE).map(|n| format!("voisin_{n}")).collect();
    let people = residents::settle(&place, &names).await?;
    let author = people.first().context("nobody lives here")?;
    let node = Node::start(grounds, &place).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let begun = Instant::now();
    let open = open_all(node.address, &people, kind).await?;
    let opened = begun.elapsed();
    let resting = node.resting_memory().await?;
    let (times, failures) = hear(&node, author, open).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let each = resting.saturating_sub(idle) / LISTENERS as u64;
    let line = Line {
        operations: LISTENERS,
        per_second: Some(LISTENERS as f64 / opened.as_secs_f64()),
        ..Line::new(kind.name(), "streams")
    };
    let line = line
        .timed(&times)
        .idle(idle)
        .costing(&cost)
        .noting(format!(
            "{} MiB with all open, {each} bytes each; the times are from a post to hearing of it",
            resting >> 20
        ))
        .must(resting <= MOST, || {
            format!("{} MiB with all open", resting >> 20)
        })
        .must(failures.is_empty(), || {
            format!(
                "{} heard nothing, the first: {:?}",
                failures.len(),
                failures.first()
            )
        });
    finish(node, place, line).await
}

async fn open_all(address: SocketAddr, people: &[Resident], kind: Kind) -> Result<Vec<TcpStream>> {
    stream::iter(0..LISTENERS)
        .map(|number| {
            let request = kind.request(&people[number % PEOPLE].token);
            async move {
                let opening = open(address, number, request, kind.yes());
                timeout(PATIENCE, opening)
                    .await
                    .context("no stream in time")?
            }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn open(
    address: SocketAddr,
    number: usize,
    request: String,
    yes: &[u8],
) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Ports of one address would run out.
    let from = Ipv4Addr::new(127, 1, (number % PEOPLE) as u8, 1);
    socket.bind(SocketAddr::from((from, 0)))?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        anyhow::ensure!(stream.read_buf(&mut head).await? > 0, "hung up");
    }
    let shown = String::from_utf8_lossy(&head);
    anyhow::ensure!(head.starts_with(yes), "no stream: {shown}");
    Ok(stream)
}

/// How long after a post each of them hears of it, and why some do not.
async fn hear(
    node: &Node,
    author: &Resident,
    open: Vec<TcpStream>,
) -> Result<(Vec<Duration>, Vec<String>)> {
    let mut listening = JoinSet::new();
    for stream in open {
        listening.spawn(timeout(PATIENCE, hears(stream)));
    }
    let post = Ask::post("/api/v1/statuses", &json!({ "status": SAID })).by(&author.token)?;
    let posted = Instant::now();
    node.wire().ask(&post).await?.ok()?;
    let (mut times, mut failures) = (Vec::new(), Vec::new());
    while let Some(heard) = listening.join_next().await {
        match heard? {
            Ok(Ok(at)) => times.push(at.saturating_duration_since(posted)),
            Ok(Err(problem)) => failures.push(problem.to_string()),
            Err(_elapsed) => failures.push("nothing in time".to_owned()),
        }
    }
    Ok((times, failures))
}

async fn hears(mut stream: TcpStream) -> Result<Instant> {
    let mut heard = Vec::with_capacity(4 * 1024);
    while !heard
        .windows(SAID.len())
        .any(|part| part == SAID.as_bytes())
    {
        anyhow::ensure!(stream.read_buf(&mut heard).await? > 0, "hung up");
    }
    Ok(Instant::now())
}
