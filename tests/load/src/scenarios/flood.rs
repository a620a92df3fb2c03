//! 20,000 letters whose signatures do not hold, from people the town knows; beside them an honest one ten times a second, which
//! must not have to wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use http::{HeaderValue, StatusCode};
use parvis_model::clock::Clock;
use parvis_testkit::actor::stamp;

use super::{finish, growth, strangers};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE, Person},
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::{self, Line},
    residents, rush,
    wire::{Answer, Ask, Wire},
};

const LETTERS: usize = 20_000;
const AT_ONCE: u8 = 32;
const PAUSE: Duration = Duration::from_millis(100);
/// Honest letters signed beforehand; more than a flood lasts.
const HONEST: usize = 600;
const LONGEST: Duration = Duration::from_secs(1);

pub async fn flood(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let residents = residents::settle(&place, &["voisine".to_owned()]).await?;
    let elsewhere = Elsewhere::open(Inboxes::Shared).await?;
    let node = Node::start(grounds, &place).await?;
    strangers::follow_everybody(&node, &elsewhere, &residents).await?;
    let door = residents[0].account.shared_inbox.clone();
    let door = door.context("no shared inbox")?;
    let numbered: Vec<_> = elsewhere.people.iter().enumerate().collect();
    let forged = strangers::sign(&numbered, |(number, person)| {
        forged(person.letter(&door, &create(person, *number))?)
    })?;
    let forged: Vec<Ask> = forged.into_iter().cycle().take(LETTERS).collect();
    let honest: Vec<_> = (PEOPLE..PEOPLE + HONEST)
        .zip(elsewhere.people.iter().cycle())
        .collect();
    let honest = strangers::sign(&honest, |(number, person)| {
        person.letter(&door, &create(person, *number))
    })?;
    gauge::quiet(node.pid()).await?;
    let idle = node.resting_memory().await?;

    let over = Arc::new(AtomicBool::new(false));
    let meter = Meter::start(node.pid())?;
    let beside = tokio::spawn(one_by_one(node.wire(), honest, Arc::clone(&over)));
    let rush = rush::run(node.wires(AT_ONCE), forged, turned_away).await?;
    over.store(true, Ordering::Release);
    let times = beside.await.context("the honest sender failed")??;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let slowest = times.iter().max().copied().unwrap_or_default();
    let growth = growth(&node, idle, &cost).await?;
    let line = Line::new("flood", "letters")
        .rushed(&rush)
        .idle(idle)
        .costing(&cost)
        .noting(format!(
            "{} honest letters beside it, the slowest taken after {:.0} ms; {growth}",
            times.len(),
            report::milliseconds(slowest)
        ))
        .must(!times.is_empty() && slowest < LONGEST, || {
            format!("an honest letter waited for {slowest:?}")
        });
    Ok(vec![finish(node, place, line).await?])
}

fn create(person: &Person, number: usize) -> serde_json::Value {
    let published = stamp(Clock::system().now());
    person.create(number, "Le marché est ouvert.", &published)
}

/// The same letter with another signature under it.
fn forged(mut letter: Ask) -> Result<Ask> {
    let signature = letter.headers.get("signature").context("no signature")?;
    let (start, signed) = signature
        .to_str()?
        .split_once("signature=\"")
        .context("no signature")?;
    let other = if signed.starts_with('A') { 'B' } else { 'A' };
    let rest = signed.get(1..).context("an empty signature")?;
    let bent = format!("{start}signature=\"{other}{rest}");
    letter
        .headers
        .insert("signature", HeaderValue::try_from(bent)?);
    Ok(letter)
}

/// Refused, as it must be.
fn turned_away(answer: &Answer) -> Result<()> {
    let refused = [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS];
    anyhow::ensure!(refused.contains(&answer.status), "{}", answer.status);
    Ok(())
}

/// Until the flood is over; how long each took.
async fn one_by_one(
    mut wire: Wire,
    letters: Vec<Ask>,
    over: Arc<AtomicBool>,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for letter in letters {
        if over.load(Ordering::Acquire) {
            break;
        }
        let begun = Instant::now();
        wire.ask(&letter).await?.ok()?;
        times.push(begun.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(times)
}
