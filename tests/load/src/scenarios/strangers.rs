//! How the measured town and the people elsewhere come to know each other, before anything is
//! measured.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    elsewhere::{Elsewhere, PEOPLE, Person, Received},
    node::Node,
    residents::Resident,
    rush::{self, Rush},
    wire::{Answer, Ask},
};

const PATIENCE: Duration = Duration::from_mins(2);
const AT_ONCE: u8 = 32;

/// Signs everything beforehand, on all processors.
pub fn sign<T: Sync>(items: &[T], letter: impl Fn(&T) -> Result<Ask> + Sync) -> Result<Vec<Ask>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = items.len().div_ceil(threads).max(1);
    let letter = &letter;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(part)
            .map(|part| scope.spawn(move || part.iter().map(letter).collect::<Result<Vec<_>>>()))
            .collect();
        let mut letters = Vec::with_capacity(items.len());
        for part in parts {
            letters.extend(part.join().ok().context("signing failed")??);
        }
        Ok(letters)
    })
}

/// A letter that must be taken in: 200 or 202.
pub fn taken(answer: &Answer) -> Result<()> {
    answer.ok().map(drop)
}

/// Everybody elsewhere follows the resident; measured from the first Follow to the last Accept.
pub async fn follow_resident(
    node: &Node,
    elsewhere: &Elsewhere,
    resident: &Resident,
) -> Result<(Rush<()>, Duration)> {
    let of = &resident.account;
    let letters = sign(&elsewhere.people, |person| {
        let follow = person.activity("follow", "Follow", &json!(of.uri));
        person.letter(&of.inbox, &follow)
    })?;
    let begun = std::time::Instant::now();
    let rush = rush::run(node.wires(AT_ONCE), letters, taken).await?;
    rush.sound()?;
    elsewhere.arrived(PEOPLE, PATIENCE).await?;
    let took = begun.elapsed();
    let accepted = elsewhere.received(0);
    let kinds = accepted
        .iter()
        .filter(|one| kind(one).as_deref() == Some("Accept"));
    anyhow::ensure!(
        kinds.count() == PEOPLE,
        "other things than {PEOPLE} Accepts came back"
    );
    Ok((rush, took))
}

fn kind(received: &Received) -> Option<String> {
    let activity: Value = serde_json::from_slice(&received.body).ok()?;
    activity["type"].as_str().map(str::to_owned)
}

/// Each person elsewhere is followed by one resident, through the client API, and accepts.
/// Person `n` is followed by resident `n` modulo their number.
pub async fn follow_everybody(
    node: &Node,
    elsewhere: &Elsewhere,
    residents: &[Resident],
) -> Result<()> {
    let pairs = || elsewhere.people.iter().zip(residents.iter().cycle());
    let searches = pairs().map(|(person, resident)| search(person, resident));
    let searches = searches.collect::<Result<_>>()?;
    let ids = rush::run(node.wires(AT_ONCE), searches, found)
        .await?
        .all()?;
    let follows = ids.iter().zip(residents.iter().cycle());
    let follows = follows.map(|(id, resident)| {
        Ask::post(format!("/api/v1/accounts/{id}/follow"), &json!({})).by(&resident.token)
    });
    let follows = follows.collect::<Result<_>>()?;
    rush::run(node.wires(AT_ONCE), follows, taken)
        .await?
        .all()?;
    elsewhere.arrived(PEOPLE, PATIENCE).await?;
    accept(node, elsewhere, residents).await
}

fn search(person: &Person, resident: &Resident) -> Result<Ask> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &person.id)
        .append_pair("type", "accounts")
        .append_pair("resolve", "true")
        .finish();
    Ask::get(format!("/api/v2/search?{query}")).by(&resident.token)
}

fn found(answer: &Answer) -> Result<String> {
    let results = answer.ok()?.json()?;
    let id = results["accounts"][0]["id"].as_str();
    id.map(str::to_owned)
        .with_context(|| format!("not found: {results}"))
}

async fn accept(node: &Node, elsewhere: &Elsewhere, residents: &[Resident]) -> Result<()> {
    let people: HashMap<&str, &Person> = elsewhere
        .people
        .iter()
        .map(|one| (one.id.as_str(), one))
        .collect();
    let mut letters = Vec::with_capacity(PEOPLE);
    for received in elsewhere.received(0) {
        let follow: Value = serde_json::from_slice(&received.body)?;
        anyhow::ensure!(follow["type"] == "Follow", "no Follow: {follow}");
        let person = people.get(follow["object"].as_str().unwrap_or_default());
        let person = person.with_context(|| format!("for nobody: {follow}"))?;
        let follower = residents
            .iter()
            .find(|one| follow["actor"] == one.account.uri.as_str());
        let follower = follower.with_context(|| format!("by nobody: {follow}"))?;
        letters.push((
            *person,
            person.activity("accept", "Accept", &follow),
            follower,
        ));
    }
    let letters = sign(&letters, |(person, accept, follower)| {
        person.letter(&follower.account.inbox, accept)
    })?;
    rush::run(node.wires(AT_ONCE), letters, taken)
        .await?
        .all()?;
    Ok(())
}
