//! Ten posts to 500 followers on 50 living servers: alone, and beside 500 followers on as many dead servers, of which half
//! refuse the connection and half take it and never say a word.

use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use parvis_model::clock::Clock;
use parvis_store::{accounts, entity, follows};
use parvis_town::Failure;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{fanout::ten_posts, finish, growth, strangers};
use crate::{
    elsewhere::{Elsewhere, Inboxes, PEOPLE},
    gauge::Meter,
    grounds::{Grounds, Place},
    node::Node,
    report::Line,
    residents::{self, Resident},
};

const DEAD: usize = 500;

pub async fn dead(grounds: &Grounds) -> Result<Vec<Line>> {
    Ok(vec![
        variant(grounds, 0).await?,
        variant(grounds, DEAD).await?,
    ])
}

async fn variant(grounds: &Grounds, dead: usize) -> Result<Line> {
    let place = grounds.place().await?;
    let residents = residents::settle(&place, &["mairie_annexe".to_owned()]).await?;
    let author = residents.first().context("no author")?;
    let mute = Mute::open().await?;
    follow_dead(&place, author, dead, mute.port).await?;
    let elsewhere = Elsewhere::open(Inboxes::Own).await?;
    let node = Node::start(grounds, &place).await?;
    strangers::follow_resident(&node, &elsewhere, author).await?;
    let idle = node.resting_memory().await?;
    let meter = Meter::start(node.pid())?;
    let (posts, times) = ten_posts(&node, &elsewhere, author, Inboxes::Own).await?;
    let cost = meter.stop()?;
    let growth = growth(&node, idle, &cost).await?;
    let mut line = Line::new(format!("dead, {dead} beside {PEOPLE}"), "deliveries")
        .timed(&times)
        .idle(idle)
        .noting(format!(
            "times are from the answer to the last of the living; {growth}"
        ));
    line.operations = posts.len() * PEOPLE;
    let line = line.costing(&cost);
    finish(node, place, line).await
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
}

impl Drop for Mute {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Followers each on a server of its own; they could not have asked, so they are written down.
async fn follow_dead(place: &Place, author: &Resident, count: usize, mute: u16) -> Result<()> {
    let town = residents::open_town(place).await?;
    let (inside, author) = (town.clone(), author.account.clone());
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for number in 0..count {
                    let follower = dead_account(&author, inside.ids.next(), number, mute);
                    let follow = entity::follow::Model {
                        id: inside.ids.next(),
                        follower_id: follower.id,
                        target_id: author.id,
                        accepted: true,
                        uri: format!("{}#follow", follower.uri),
                        show_boosts: true,
                        notify: false,
                        created_at: Clock::system().now(),
                    };
                    accounts::insert(tx, follower).await?;
                    follows::insert(tx, follow).await?;
                }
                Ok(())
            })
        })
        .await?;
    residents::close_town(town, place).await
}

/// On port 9 nobody listens.
fn dead_account(
    like: &entity::account::Model,
    id: i64,
    number: usize,
    mute: u16,
) -> entity::account::Model {
    let port = if number.is_multiple_of(2) { 9 } else { mute };
    let domain = format!("dead{number}.bench.localhost:{port}");
    let uri = format!("http://{domain}/users/u{number}");
    entity::account::Model {
        id,
        name: format!("u{number}"),
        name_key: format!("u{number}"),
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        key_id: format!("{uri}#main-key"),
        url: uri.clone(),
        uri,
        domain,
        ..like.clone()
    }
}
