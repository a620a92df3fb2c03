//! One post to 500 followers on 50 servers, to each one's own inbox or to the servers' shared
//! ones; ten posts in a row. Every inbox must get every post once, truly signed.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use parvis_testkit::{keys, letter, message};
use serde_json::{Value, json};

use super::{finish, strangers};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE, Person, Received, SERVERS, Signs},
    gauge::{self, Meter},
    grounds::Grounds,
    node::Node,
    report::Line,
    residents::{self, Resident},
    wire::{Ask, Wire},
};

pub(super) const POSTS: usize = 10;
const PATIENCE: Duration = Duration::from_mins(1);

pub async fn fanout(grounds: &Grounds) -> Result<Vec<Line>> {
    let mut lines = variant(grounds, Inboxes::Own, Signs::Letters).await?;
    lines.extend(variant(grounds, Inboxes::Shared, Signs::Letters).await?);
    Ok(lines)
}

/// To servers that take Ed25519 by RFC 9421, and say so.
pub async fn fanout_ed25519(grounds: &Grounds) -> Result<Vec<Line>> {
    variant(grounds, Inboxes::Own, Signs::Ed25519).await
}

impl Inboxes {
    fn deliveries(self) -> usize {
        match self {
            Self::Own => PEOPLE,
            Self::Shared => SERVERS,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Own => "own inboxes",
            Self::Shared => "shared inboxes",
        }
    }

    fn of(self, person: &Person) -> String {
        match self {
            Self::Own => person.inbox.clone(),
            Self::Shared => person.shared_inbox(),
        }
    }
}

fn words(inboxes: Inboxes, signs: Signs) -> String {
    let ed25519 = if signs == Signs::Ed25519 {
        ", Ed25519"
    } else {
        ""
    };
    format!("{}{ed25519}", inboxes.words())
}

async fn variant(grounds: &Grounds, inboxes: Inboxes, signs: Signs) -> Result<Vec<Line>> {
    let place = grounds.place().await?;
    let residents = residents::settle(&place, &["mairie_annexe".to_owned()]).await?;
    let author = residents.first().context("no author")?;
    let elsewhere = Elsewhere::open_signing(inboxes, signs).await?;
    let node = Node::start(grounds, &place).await?;
    let mut lines = Vec::new();

    let meter = Meter::start(node.pid())?;
    let (rush, took) = strangers::follow_resident(&node, &elsewhere, author).await?;
    gauge::quiet(node.pid()).await?;
    let follows = Line::new(format!("follows, {}", words(inboxes, signs)), "follows")
        .rushed(&rush)
        .costing(&meter.stop()?)
        .noting(format!(
            "all Accepts are back after {} ms",
            took.as_millis()
        ));
    lines.push(Line {
        per_second: Some(PEOPLE as f64 / took.as_secs_f64()),
        ..follows
    });

    let before = elsewhere.count();
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let (posts, times) = ten_posts(&node, &elsewhere, author, inboxes).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let mut line = Line::new(format!("fanout, {}", words(inboxes, signs)), "deliveries")
        .timed(&times)
        .idle(idle)
        .noting(format!(
            "times are from the answer to the last of {}",
            inboxes.deliveries()
        ));
    line.operations = POSTS * inboxes.deliveries();
    let in_all: Duration = times.iter().sum();
    line.per_second = Some(line.operations as f64 / in_all.as_secs_f64());
    line = line.costing(&cost);
    let received = elsewhere.received(before);
    let key = key(&node, author, signs).await?;
    line.faults
        .extend(faults(&received, &posts, &elsewhere, inboxes, &key));
    lines.push(finish(node, place, line).await?);
    Ok(lines)
}

/// Their addresses, and from each answer to the last delivery.
pub(super) async fn ten_posts(
    node: &Node,
    elsewhere: &Elsewhere,
    author: &Resident,
    inboxes: Inboxes,
) -> Result<(Vec<String>, Vec<Duration>)> {
    let mut wire = node.wire();
    let (mut posts, mut times) = (Vec::new(), Vec::new());
    for number in 0..POSTS {
        let expected = elsewhere.count() + inboxes.deliveries();
        let post = publish(&mut wire, author, number).await?;
        let answered = Instant::now();
        elsewhere.arrived(expected, PATIENCE).await?;
        let last = elsewhere.received(expected - 1);
        let last = last.first().context("nothing arrived")?.at;
        times.push(last.saturating_duration_since(answered));
        posts.push(
            post["uri"]
                .as_str()
                .context("a post without uri")?
                .to_owned(),
        );
    }
    Ok((posts, times))
}

pub(super) async fn publish(wire: &mut Wire, author: &Resident, number: usize) -> Result<Value> {
    let text = format!("Avis numéro {number} : le marché se tient sur la place. #marche");
    let body = json!({"status": text, "visibility": "public"});
    let ask = Ask::post("/api/v1/statuses", &body).by(&author.token)?;
    wire.ask(&ask).await?.ok()?.json()
}

fn faults(
    received: &[Received],
    posts: &[String],
    elsewhere: &Elsewhere,
    inboxes: Inboxes,
    key: &Key,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut count: HashMap<(String, String), usize> = HashMap::new();
    for letter in received {
        if let Err(error) = key.check(letter) {
            faults.push(format!("{}: {error:#}", letter.inbox));
        }
        *count
            .entry((letter.inbox.clone(), object(letter)))
            .or_default() += 1;
    }
    let mut addresses: Vec<_> = elsewhere.people.iter().map(|one| inboxes.of(one)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    for inbox in addresses {
        for post in posts {
            let times = count.remove(&(inbox.clone(), post.clone())).unwrap_or(0);
            if times != 1 {
                faults.push(format!("{inbox} got {post} {times} times"));
            }
        }
    }
    faults.extend(
        count
            .into_keys()
            .map(|(inbox, what)| format!("{inbox} got {what}: why?")),
    );
    shortened(faults)
}

fn shortened(mut faults: Vec<String>) -> Vec<String> {
    const SHOWN: usize = 5;
    if faults.len() > SHOWN {
        let more = faults.len() - SHOWN;
        faults.truncate(SHOWN);
        faults.push(format!("… and {more} more of the kind"));
    }
    faults
}

/// Of a Create, the post.
fn object(letter: &Received) -> String {
    let activity: Value = serde_json::from_slice(&letter.body).unwrap_or_default();
    let object = activity["object"]["id"]
        .as_str()
        .filter(|_| activity["type"] == "Create");
    object.unwrap_or("no Create").to_owned()
}

/// With what the author's posts must be signed.
struct Key {
    id: String,
    pem: String,
    is_ed25519: bool,
}

/// As everybody else learns it: from the author's document.
async fn key(node: &Node, author: &Resident, signs: Signs) -> Result<Key> {
    let mut ask = Ask::get(url::Url::parse(&author.account.uri)?.path());
    let accept = http::HeaderValue::from_static("application/activity+json");
    ask.headers.insert(http::header::ACCEPT, accept);
    let actor = node.wire().ask(&ask).await?.ok()?.json()?;
    let is_ed25519 = signs == Signs::Ed25519;
    let (shown, pem) = if is_ed25519 {
        let shown = &actor["assertionMethod"][0];
        let multibase = shown["publicKeyMultibase"].as_str();
        (shown, multibase.and_then(keys::pem_of_multibase))
    } else {
        let shown = &actor["publicKey"];
        (shown, shown["publicKeyPem"].as_str().map(str::to_owned))
    };
    Ok(Key {
        id: shown["id"]
            .as_str()
            .context("a key without an id")?
            .to_owned(),
        pem: pem.context("no such key")?,
        is_ed25519,
    })
}

impl Key {
    /// Is it signed with this key, over everything that must be?
    fn check(&self, received: &Received) -> Result<()> {
        let (key_id, text, signature) = if self.is_ed25519 {
            message::claims("POST", &received.inbox, &received.headers, &received.body)
                .map_err(anyhow::Error::msg)?
        } else {
            claims(received)?
        };
        anyhow::ensure!(key_id == self.id, "signed by {key_id}");
        anyhow::ensure!(
            keys::holds(&self.pem, &text, &signature),
            "the signature does not hold"
        );
        Ok(())
    }
}

/// What a letter of the older dialect says: the key's id, what was signed, the signature.
fn claims(received: &Received) -> Result<(String, String, String)> {
    let value = |name: &str| {
        let value = received
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.with_context(|| format!("no {name}"))
    };
    let (key_id, covered, signature) =
        letter::parts(value("signature")?).context("no readable signature")?;
    for needed in ["(request-target)", "host", "date", "digest"] {
        anyhow::ensure!(
            covered.iter().any(|name| name == needed),
            "{needed} is not signed"
        );
    }
    anyhow::ensure!(
        value("digest")? == keys::digest(&received.body),
        "another body"
    );
    let lines = covered.iter().map(|name| match name.as_str() {
        "(request-target)" => Ok(format!("(request-target): post {}", received.path)),
        name => Ok(format!("{name}: {}", value(name)?)),
    });
    let text = lines.collect::<Result<Vec<_>>>()?.join("\n");
    Ok((key_id, text, signature))
}
