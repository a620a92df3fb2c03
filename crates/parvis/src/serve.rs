//! `serve` and `worker`: from settings to a running program and back to a clean end.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context as _, anyhow};
use parvis_model::clock::Clock;
use parvis_town::Town;
use tokio::net::TcpListener;

use crate::{
    exit::Done,
    installation::{self, Place},
    node::{GRACE, Node},
    server,
    settings::Settings,
    telemetry, towns,
};

/// Serves every town of the installation until told to stop.
pub async fn run(settings: Settings) -> Done {
    telemetry::warn_of_dangers(&settings);
    raise_file_limit();
    let places = installation::places(&settings)?;
    let listener = listen(settings.listen).await?;
    let node = Node::new(settings, Clock::system())?;
    for place in &places {
        announce(place, &node.take_up(place).await?).await?;
    }
    open_doors(&node, listener);
    tokio::spawn(node.clone().watch_for_new_towns());
    node.wait_for_the_end().await
}

/// Only the background work, for installations that share one PostgreSQL database among processes.
pub async fn work(settings: Settings) -> Done {
    let places = installation::places(&settings)?;
    let node = Node::new(settings, Clock::system())?;
    for place in &places {
        place.must_be_founded()?;
        node.work_only(place).await?;
    }
    tracing::info!(towns = places.len(), "working");
    node.wait_for_the_end().await
}

pub async fn listen(address: SocketAddr) -> Done<TcpListener> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listening on {address} (listen, PARVIS_LISTEN)"))?;
    Ok(listener)
}

/// From now on requests are answered.
pub fn open_doors(node: &Arc<Node>, listener: TcpListener) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    node.spawn(server::serve(
        listener,
        node.front.clone(),
        node.connections(),
        node.stop(),
        GRACE,
    ));
}

async fn announce(place: &Place, town: &Arc<Town>) -> Done {
    let name = town.profile().name.clone();
    println!("{name}  {}", place.public_url);
    if let Some(link) = towns::first_steps(town).await? {
        println!(
            "  Nobody has set this town up yet. Its first administrator does so here:\n  {link}"
        );
    }
    Ok(())
}

/// Many small connections need many file handles; systems give few until asked.
pub fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

/// The runtime of every command.
pub fn runtime() -> Done<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| anyhow!("starting: {error}").into())
}
