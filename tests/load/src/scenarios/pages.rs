//! What people look at, in a town with much or little stored: 8 clients, 2,000 requests, every
//! answer looked at.

use anyhow::{Context, Result};
use http::StatusCode;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::finish;
use crate::{
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    rush,
    seed::{self, Known, Reader},
    wire::{Answer, Ask},
};

const CLIENTS: u8 = 8;
const REQUESTS: usize = 2_000;
/// Before the clock starts: connections, caches, prepared statements.
const WARM_UP: usize = 100;
const PAGE: usize = 20;

/// One thing looked at again and again.
struct View {
    name: &'static str,
    asks: Vec<Ask>,
    /// What each post on a page shows at least once.
    mark: &'static str,
}

pub async fn home(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let newest = "/api/v1/timelines/home".to_owned();
        Ok(vec![
            list("home", vec![newest.clone()], Some(&known.reader))?,
            list(
                "home, deep",
                deep(known, "/api/v1/timelines/home"),
                Some(&known.reader),
            )?,
            list("home, quiet people", vec![newest], Some(&known.patient))?,
        ])
    })
    .await
}

/// What the seed's people write of: words in many posts, one in few, and names.
pub async fn search(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    const COMMON: [&str; 6] = [
        "cerises",
        "fanfare",
        "chemin",
        "chats",
        "hirondelle",
        "tomates",
    ];
    const TWO: [&str; 3] = ["fanfare+cour", "pain+four+-cerises", "horloge+has:media"];
    const SELDOM: [&str; 2] = ["kiosque", "kiosques+language:fr"];
    const PHRASES: [&str; 2] = ["%22petit+chat+gris%22", "%22le+chemin+du+moulin%22"];
    const NAMES: [&str; 3] = ["dominique", "person", "dom+pre"];
    over_sizes(grounds, sizes, |known| {
        let asked = |kind: &str, questions: &[&str]| -> Vec<String> {
            let path = |question| format!("/api/v2/search?type={kind}&q={question}");
            questions.iter().map(path).collect()
        };
        let posts = |name, questions: &[&str]| {
            list(name, asked("statuses", questions), Some(&known.reader))
        };
        let people = list(
            "search, names",
            asked("accounts", &NAMES),
            Some(&known.reader),
        )?;
        let by_author = format!("from:{}", known.author);
        Ok(vec![
            posts("search, one word", &COMMON)?,
            posts("search, several words", &TWO)?,
            posts("search, a seldom word", &SELDOM)?,
            posts("search, a phrase", &PHRASES)?,
            posts("search, one author", &[&by_author])?,
            View {
                mark: "\"followers_count\":",
                ..people
            },
        ])
    })
    .await
}

pub async fn town(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let path = "/api/v1/timelines/public?local=true".to_owned();
        Ok(vec![
            list("town", vec![path], Some(&known.reader))?,
            html("town, page /ville", "/ville"),
        ])
    })
    .await
}

pub async fn profile(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let path = format!("/api/v1/accounts/{}/statuses", known.author_id);
        Ok(vec![
            list("profile", vec![path], Some(&known.reader))?,
            html("profile, page /@name", &format!("/@{}", known.author)),
        ])
    })
    .await
}

pub async fn public(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let newest = "/api/v1/timelines/public".to_owned();
        Ok(vec![
            list("public", vec![newest.clone()], Some(&known.reader))?,
            list("public, deep", deep(known, &newest), Some(&known.reader))?,
            list("public, a visitor", vec![newest], None)?,
        ])
    })
    .await
}

pub async fn thread(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let path = format!("/api/v1/statuses/{}/context", known.question);
        Ok(vec![list(
            "thread of 500",
            vec![path],
            Some(&known.reader),
        )?])
    })
    .await
}

pub async fn notifications(grounds: &Grounds, sizes: &[usize]) -> Result<Vec<Line>> {
    over_sizes(grounds, sizes, |known| {
        let listed = |name, version| {
            let path = format!("/api/{version}/notifications?limit={PAGE}");
            list(name, vec![path], Some(&known.reader))
        };
        Ok(vec![
            listed("notifications", "v1")?,
            listed("notifications, grouped", "v2")?,
        ])
    })
    .await
}

/// A page of 20 as JSON, by turns from `paths`.
fn list(name: &'static str, paths: Vec<String>, reader: Option<&Reader>) -> Result<View> {
    let asks = paths.into_iter().map(|path| {
        let ask = Ask::get(path);
        match reader {
            Some(reader) => ask.by(&reader.token),
            None => Ok(ask),
        }
    });
    Ok(View {
        name,
        asks: asks.collect::<Result<_>>()?,
        mark: "\"favourites_count\":",
    })
}

/// As a visitor without an account sees it.
fn html(name: &'static str, path: &str) -> View {
    View {
        name,
        asks: vec![Ask::get(path)],
        mark: "<article",
    }
}

/// Places all over the newer nine tenths of what is stored.
fn deep(known: &Known, path: &str) -> Vec<String> {
    let mut random = SmallRng::seed_from_u64(1_848);
    let from = known.oldest + (known.newest - known.oldest) / 10;
    let mut place = || random.random_range(from..known.newest);
    (0..REQUESTS)
        .map(|_| format!("{path}?max_id={}", place()))
        .collect()
}

async fn over_sizes(
    grounds: &Grounds,
    sizes: &[usize],
    views: impl Fn(&Known) -> Result<Vec<View>>,
) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for posts in sizes {
        let seeded = seed::town(grounds, *posts).await?;
        if let Some(took) = seeded.took {
            eprintln!("  {posts} posts stored in {:.1} s", took.as_secs_f64());
        }
        let node = Node::start(grounds, &seeded.place).await?;
        let idle = node.resting_memory().await?;
        for view in views(&seeded.known)? {
            lines.push(look(&node, *posts, view).await?.idle(idle));
        }
        let last = lines.pop().context("nothing to look at")?;
        lines.push(finish(node, seeded.place, last).await?);
    }
    Ok(lines)
}

async fn look(node: &Node, posts: usize, view: View) -> Result<Line> {
    let mark = view.mark;
    let judge = move |answer: &Answer| full_page(answer, mark);
    let asks = |count: usize| view.asks.iter().cycle().take(count).cloned().collect();
    let warm_up = rush::run(node.wires(CLIENTS), asks(WARM_UP), judge).await?;
    let size = warm_up.all()?.first().copied().unwrap_or_default();
    gauge::quiet(node.pid()).await?;
    let meter = Meter::start(node.pid())?;
    let rush = rush::run(node.wires(CLIENTS), asks(REQUESTS), judge).await?;
    let cost = meter.stop()?;
    let name = format!("{}, {posts} posts", view.name);
    Ok(Line::new(name, "requests")
        .rushed(&rush)
        .costing(&cost)
        .noting(format!("{} KiB each", size / 1024)))
}

/// Its size; an answer with fewer than 20 posts is not what was asked for.
fn full_page(answer: &Answer, mark: &str) -> Result<usize> {
    anyhow::ensure!(answer.status == StatusCode::OK, "{}", answer.status);
    let text = std::str::from_utf8(&answer.body)?;
    let count = text.matches(mark).count();
    anyhow::ensure!(
        count >= PAGE,
        "{count} posts on a page of {PAGE}: {text:.300}"
    );
    Ok(text.len())
}
