//! Ten posts to followers on dead servers. 500 of them, of which half refuse the connection and half take it and never say a
//! word, beside 500 on living ones: what the living cost is the difference to the dead alone. And 10,000 that refuse it, soon
//! and after a week of silence: what that leaves in memory and in the database.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use parvis_model::clock::{Clock, DAY};
use parvis_store::{
    accounts,
    entity::{self, delivery, peer},
    follows, journal,
};
use parvis_town::Failure;
use sea_orm::{
    ColumnTrait as _, Database, DatabaseConnection, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::Expr,
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    fanout::{POSTS, publish, ten_posts},
    finish, growth, strangers,
};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE},
    gauge::{self, Meter},
    grounds::{Grounds, Place},
    node::Node,
    report::Line,
    residents::{self, Resident},
};

const DEAD: usize = 500;
const MANY: usize = 10_000;
/// Followers written down at once.
const CHUNK: usize = 500;
/// On this port nobody listens.
const CLOSED: u16 = 9;
/// Until each of the dead has been tried once.
const PATIENCE: Duration = Duration::from_mins(10);

pub async fn dead(grounds: &Grounds) -> Result<Vec<Line>> {
    Ok(vec![
        beside(grounds, 0).await?,
        beside(grounds, DEAD).await?,
        alone(grounds).await?,
    ])
}

async fn beside(grounds: &Grounds, dead: usize) -> Result<Line> {
    let mute = Mute::open().await?;
    let (place, author) = followed_by_dead(grounds, dead, &[CLOSED, mute.port]).await?;
    let elsewhere = Elsewhere::open(Inboxes::Own).await?;
    let node = Node::start(grounds, &place).await?;
    strangers::follow_resident(&node, &elsewhere, &author).await?;
    gauge::quiet(node.pid()).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let (posts, times) = ten_posts(&node, &elsewhere, &author, Inboxes::Own).await?;
    all_tried(&place, dead).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let growth = growth(&node, idle, &cost).await?;
    let mut line = Line::new(format!("dead, {dead} beside {PEOPLE}"), "deliveries")
        .timed(&times)
        .idle(idle)
        .noting(format!(
            "times are from the answer to the last of the living; {growth}"
        ));
    line.operations = posts.len() * PEOPLE;
    mute.hang_up();
    finish(node, place, line.costing(&cost)).await
}

/// What the dead cost with nobody beside them, per 1,000 of as many deliveries as the living get.
async fn alone(grounds: &Grounds) -> Result<Line> {
    let mute = Mute::open().await?;
    let (place, author) = followed_by_dead(grounds, DEAD, &[CLOSED, mute.port]).await?;
    let node = Node::start(grounds, &place).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    publish_ten(&node, &author).await?;
    all_tried(&place, DEAD).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let growth = growth(&node, idle, &cost).await?;
    let mut line = Line::new(format!("dead, {DEAD} alone"), "deliveries")
        .idle(idle)
        .noting(growth);
    line.operations = POSTS * DEAD;
    mute.hang_up();
    finish(node, place, line.costing(&cost)).await
}

/// Servers that nobody has tried yet, then the same ones after a week of silence.
pub async fn many(grounds: &Grounds) -> Result<Vec<Line>> {
    let (place, author) = followed_by_dead(grounds, MANY, &[CLOSED]).await?;
    let node = Node::start(grounds, &place).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    publish_ten(&node, &author).await?;
    all_tried(&place, MANY).await?;
    let cost = meter.stop()?;
    let attempts = attempts(&place).await?;
    let growth = growth(&node, idle, &cost).await?;
    let said = node.stop().await?;
    let laid_down = deliveries(&place).await?;
    let mut untried = Line::new(format!("dead-many, {MANY} untried"), "attempts")
        .idle(idle)
        .noting(format!("{laid_down} rows for {POSTS} posts; {growth}"))
        .must(said.is_empty(), || said.join("; "));
    untried.operations = attempts;
    let untried = untried.costing(&cost);
    Ok(vec![
        untried,
        later(grounds, place, &author, laid_down).await?,
    ])
}

/// For whom nobody has reached in a week nothing new is laid down.
async fn later(grounds: &Grounds, place: Place, author: &Resident, before: u64) -> Result<Line> {
    fall_silent(&place).await?;
    let node = Node::start(grounds, &place).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    publish_ten(&node, author).await?;
    all_read(&place).await?;
    gauge::quiet(node.pid()).await?;
    let cost = meter.stop()?;
    let growth = growth(&node, idle, &cost).await?;
    let more = deliveries(&place).await?.saturating_sub(before);
    let mut line = Line::new(format!("dead-many, {MANY} for a week"), "posts")
        .idle(idle)
        .noting(format!("{more} rows for {POSTS} posts more; {growth}"))
        .must(more == 0, || format!("{more} rows were laid down in vain"));
    line.operations = POSTS;
    finish(node, place, line.costing(&cost)).await
}

async fn publish_ten(node: &Node, author: &Resident) -> Result<()> {
    let mut wire = node.wire();
    for number in 0..POSTS {
        publish(&mut wire, author, number).await?;
    }
    Ok(())
}

/// Waits until so many servers have failed to answer.
async fn all_tried(place: &Place, count: usize) -> Result<()> {
    let begun = Instant::now();
    let db = look_into(place).await?;
    loop {
        let failed = peer::Entity::find().filter(peer::Column::Failures.gt(0));
        let failed = failed.count(&db).await?;
        if failed >= count as u64 {
            return Ok(db.close().await?);
        }
        anyhow::ensure!(
            begun.elapsed() < PATIENCE,
            "{failed} of {count} were tried within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Waits until what goes out to others is laid down for all that has happened.
async fn all_read(place: &Place) -> Result<()> {
    let begun = Instant::now();
    let db = look_into(place).await?;
    let end = journal::end(&db).await?;
    while journal::position(&db, "federation").await? < end {
        anyhow::ensure!(
            begun.elapsed() < PATIENCE,
            "the journal is not read within {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(db.close().await?)
}

/// How often servers did not answer.
async fn attempts(place: &Place) -> Result<usize> {
    let db = look_into(place).await?;
    let failures = peer::Entity::find()
        .select_only()
        .column_as(peer::Column::Failures.sum(), "failures");
    let failures = failures.into_tuple::<Option<i64>>().one(&db).await?;
    db.close().await?;
    Ok(usize::try_from(failures.flatten().unwrap_or(0))?)
}

async fn deliveries(place: &Place) -> Result<u64> {
    let db = look_into(place).await?;
    let count = delivery::Entity::find().count(&db).await?;
    db.close().await?;
    Ok(count)
}

/// Whoever fails has done so for eight days, and is asked again in half a day.
async fn fall_silent(place: &Place) -> Result<()> {
    let db = look_into(place).await?;
    let now = Clock::system().now();
    let again = now + DAY / 2;
    peer::Entity::update_many()
        .col_expr(peer::Column::FailingSince, Expr::value(now - 8 * DAY))
        .col_expr(peer::Column::NextAttemptAt, Expr::value(again))
        .col_expr(peer::Column::DueAt, Expr::value(again))
        .filter(peer::Column::Failures.gt(0))
        .exec(&db)
        .await?;
    Ok(db.close().await?)
}

async fn look_into(place: &Place) -> Result<DatabaseConnection> {
    Ok(Database::connect(place.database_url.as_str()).await?)
}

/// Takes connections and never answers.
struct Mute {
    port: u16,
    listening: JoinHandle<()>,
}

impl Mute {
    async fn open() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let listening = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Ok(Self { port, listening })
    }

    /// So that a node which ends need not wait for an answer.
    fn hang_up(self) {
        drop(self);
    }
}

impl Drop for Mute {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// A town with one author, followed from so many servers, which are at these ports of ours in turn. They could not have
/// asked, so they are written down.
async fn followed_by_dead(
    grounds: &Grounds,
    count: usize,
    ports: &[u16],
) -> Result<(Place, Resident)> {
    let place = grounds.place().await?;
    let residents = residents::settle(&place, &["mairie_annexe".to_owned()]).await?;
    let author = residents.into_iter().next().context("no author")?;
    let town = residents::open_town(&place).await?;
    let hosts: Vec<_> = (0..count)
        .map(|number| {
            let port = ports[number % ports.len()];
            format!("dead{number}.bench.localhost:{port}")
        })
        .collect();
    for chunk in hosts.chunks(CHUNK) {
        let (inside, author, chunk) = (town.clone(), author.account.clone(), chunk.to_vec());
        town.store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move {
                    for host in chunk {
                        let follower = dead_account(&author, inside.ids.next(), host);
                        let follow = follow_of(inside.ids.next(), &follower, &author);
                        accounts::insert(tx, follower).await?;
                        follows::insert(tx, follow).await?;
                    }
                    Ok(())
                })
            })
            .await?;
    }
    residents::close_town(town, &place).await?;
    Ok((place, author))
}

fn dead_account(like: &entity::account::Model, id: i64, domain: String) -> entity::account::Model {
    let uri = format!("http://{domain}/users/u{id}");
    entity::account::Model {
        id,
        name: format!("u{id}"),
        name_key: format!("u{id}"),
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        key_id: format!("{uri}#main-key"),
        url: uri.clone(),
        uri,
        domain,
        ..like.clone()
    }
}

fn follow_of(
    id: i64,
    follower: &entity::account::Model,
    target: &entity::account::Model,
) -> entity::follow::Model {
    entity::follow::Model {
        id,
        follower_id: follower.id,
        target_id: target.id,
        accepted: true,
        uri: format!("{}#follow", follower.uri),
        show_boosts: true,
        notify: false,
        created_at: Clock::system().now(),
        languages: None,
    }
}
