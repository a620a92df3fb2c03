//! 5,000 signed posts, half of them in the newer dialect, arrive from 500 people on 50 servers, 32 at
//! once; residents follow the people, and every post must be at the home of the one who follows its
//! author.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use parvis_model::clock::{Clock, SECOND, Timestamp};
use parvis_testkit::actor::stamp;
use serde_json::Value;

use super::{finish, strangers};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE, Person, Signs},
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    residents::{self, Resident},
    rush,
    wire::{Ask, Wire},
};

const ACTIVITIES: usize = 5_000;
const AT_ONCE: u8 = 32;
const RESIDENTS: usize = 10;
const VISIBLE: Duration = Duration::from_secs(30);

/// One post that will arrive.
struct Coming<'a> {
    by: &'a Person,
    number: usize,
    published: String,
}

pub async fn ingest(grounds: &Grounds) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let names: Vec<_> = (0..RESIDENTS)
        .map(|number| format!("voisine{number}"))
        .collect();
    let residents = residents::settle(&place, &names).await?;
    let elsewhere = Elsewhere::open(Inboxes::Shared).await?;
    let node = Node::start(grounds, &place).await?;
    strangers::follow_everybody(&node, &elsewhere, &residents).await?;
    let coming = coming(&elsewhere);
    let door = residents[0]
        .account
        .shared_inbox
        .clone()
        .context("no shared inbox")?;
    let letters = strangers::sign(&coming, |one| one.letter(&door))?;
    gauge::quiet(node.pid()).await?;
    let idle = node.resting_memory().await?;

    let meter = Meter::start(node.pid())?;
    let rush = rush::run(node.wires(AT_ONCE), letters, strangers::taken).await?;
    let last = Instant::now();
    let visible = until_visible(&node, &residents, &coming).await;
    let visible = visible.map(|()| last.elapsed());
    gauge::quiet(node.pid()).await?;
    let mut line = Line::new("ingest", "activities")
        .rushed(&rush)
        .costing(&meter.stop()?)
        .idle(idle);
    line = match &visible {
        Ok(after) => line.noting(format!(
            "the last one visible {} ms after its 202; {ACTIVITIES} looked for in {RESIDENTS} homes",
            after.as_millis()
        )),
        Err(error) => line.must(false, || format!("{error:#}")),
    };
    for (number, resident) in residents.iter().enumerate() {
        let expected: BTreeSet<_> = of_resident(&coming, number).map(Coming::id).collect();
        let there = home(&mut node.wire(), resident).await?;
        line = line.must(expected == there, || {
            let missing = expected.difference(&there).count();
            let more = there.difference(&expected).count();
            format!(
                "home {number}: {missing} of {} missing, {more} unknown",
                expected.len()
            )
        });
    }
    Ok(vec![finish(node, place, line).await?])
}

/// In order of time, everybody in turn, a millisecond apart, all of it just over.
fn coming(elsewhere: &Elsewhere) -> Vec<Coming<'_>> {
    let begin = Clock::system().now() - ACTIVITIES as Timestamp - 10 * SECOND;
    let people = elsewhere.people.iter().cycle();
    let post = |(number, by)| Coming {
        by,
        number,
        published: stamp(begin + number as Timestamp),
    };
    (0..ACTIVITIES).zip(people).map(post).collect()
}

impl Coming<'_> {
    fn id(&self) -> String {
        self.by.note_id(self.number)
    }

    fn letter(&self, door: &str) -> Result<Ask> {
        let text = format!(
            "Le marché numéro {} est ouvert, avec du miel, des fromages et les premières \
             asperges ; la fanfare joue à onze heures devant la fontaine.",
            self.number
        );
        let create = self.by.create(self.number, &text, &self.published);
        // Half of the servers sign in each dialect.
        let signs = if self.number.is_multiple_of(2) {
            Signs::Letters
        } else {
            Signs::Messages
        };
        self.by.signed(signs, door, &create)
    }
}

/// Those that belong at the home of the resident with this number.
fn of_resident<'a>(
    coming: &'a [Coming<'a>],
    resident: usize,
) -> impl DoubleEndedIterator<Item = &'a Coming<'a>> {
    const { assert!(PEOPLE.is_multiple_of(RESIDENTS)) };
    coming
        .iter()
        .filter(move |one| one.number % RESIDENTS == resident)
}

/// Until the newest post of each home is the last one sent for it.
async fn until_visible(node: &Node, residents: &[Resident], coming: &[Coming<'_>]) -> Result<()> {
    let begun = Instant::now();
    let mut wire = node.wire();
    for (number, resident) in residents.iter().enumerate() {
        let last = of_resident(coming, number).next_back().map(Coming::id);
        let last = last.context("nothing for this home")?;
        while page(&mut wire, resident, None)
            .await?
            .iter()
            .all(|post| uri(post) != last)
        {
            anyhow::ensure!(
                begun.elapsed() < VISIBLE,
                "{last} is not visible after {VISIBLE:?}"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(())
}

/// Everything at home, page by page. The same post twice is a fault, too.
async fn home(wire: &mut Wire, resident: &Resident) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut before = None;
    loop {
        let posts = page(wire, resident, before.as_deref()).await?;
        let Some(last) = posts.last() else {
            return Ok(found);
        };
        before = last["id"].as_str().map(str::to_owned);
        anyhow::ensure!(before.is_some(), "a post without id");
        for post in &posts {
            let uri = uri(post);
            anyhow::ensure!(found.insert(uri.clone()), "{uri} is there twice");
        }
    }
}

fn uri(post: &Value) -> String {
    post["uri"].as_str().unwrap_or_default().to_owned()
}

async fn page(wire: &mut Wire, resident: &Resident, before: Option<&str>) -> Result<Vec<Value>> {
    let before = before.map(|id| format!("&max_id={id}")).unwrap_or_default();
    let ask = Ask::get(format!("/api/v1/timelines/home?limit=40{before}"));
    let page = wire.ask(&ask.by(&resident.token)?).await?.ok()?.json()?;
    match page {
        Value::Array(posts) => Ok(posts),
        other => anyhow::bail!("no list: {other}"),
    }
}
