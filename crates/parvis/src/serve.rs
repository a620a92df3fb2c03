//! `serve` and `worker`: from settings to a running program and back to a clean end.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow};
use futures_util::{StreamExt as _, stream};
use parvis_model::clock::Clock;
use parvis_town::Town;
use tokio::{net::TcpListener, runtime::Runtime, time::sleep};

use crate::{
    exit::Done,
    installation::{self, Place},
    node::{GRACE, Node},
    output, server,
    settings::Settings,
    telemetry, towns,
};

/// How often we look for towns that are not taken up yet.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Towns that are opened side by side.
const AT_ONCE: usize = 8;
/// For what runs on threads of its own and cannot be cut short, a name that is being looked up or a picture that is being
/// read: all that could wait has had its time before.
const LAST_MOMENT: Duration = Duration::from_millis(50);

/// Serves every town of the installation until told to stop.
pub async fn run(settings: Settings) -> Done {
    telemetry::warn_of_dangers(&settings);
    raise_file_limit();
    let places = installation::places(&settings)?;
    let listener = listen(settings.listen).await?;
    let node = Node::new(settings, Clock::system())?;
    take_up_all(&node, &places, Part::Everything).await?;
    open_doors(&node, listener);
    tokio::spawn(watch_for_towns(node.clone(), Part::Everything));
    node.wait_for_the_end().await
}

/// Only the background work, for installations that share one PostgreSQL database among processes.
pub async fn work(settings: Settings) -> Done {
    telemetry::warn_of_dangers(&settings);
    raise_file_limit();
    let places = installation::places(&settings)?;
    let node = Node::new(settings, Clock::system())?;
    take_up_all(&node, &places, Part::Work).await?;
    tracing::info!(towns = places.len(), "working");
    tokio::spawn(watch_for_towns(node.clone(), Part::Work));
    node.wait_for_the_end().await
}

/// What of a town's life this process takes part in.
#[derive(Clone, Copy)]
enum Part {
    Everything,
    Work,
}

/// The town, where this process answers for it.
async fn take_up(node: &Node, place: &Place, part: Part) -> Done<Option<Arc<Town>>> {
    match part {
        Part::Everything => node.take_up(place).await.map(Some),
        Part::Work => {
            place.must_be_founded()?;
            node.work_only(place).await?;
            Ok(None)
        }
    }
}

/// Some at once: each whose database is away takes seconds to show it.
async fn take_up_all(node: &Node, places: &[Place], part: Part) -> Done {
    let mut opened = stream::iter(places)
        .map(|place| async move { (place, take_up(node, place, part).await) })
        .buffered(AT_ONCE);
    while let Some((place, opened)) = opened.next().await {
        match opened {
            Ok(Some(town)) => announce(place, &town).await?,
            Ok(None) => {}
            Err(problem) => node.put_off(place, problem)?,
        }
    }
    Ok(())
}

/// Takes up towns that `parvis town create` founds while we run, and those whose database was away.
async fn watch_for_towns(node: Arc<Node>, part: Part) {
    let stop = node.stop();
    while stop.run_until_cancelled(sleep(LOOK_AGAIN)).await.is_some() {
        for place in node.not_taken_up() {
            if let Err(problem) = take_up_late(&node, &place, part).await
                && let Err(problem) = node.put_off(&place, problem)
            {
                tracing::error!(town = place.host(), %problem, "a new town");
            }
        }
    }
}

async fn take_up_late(node: &Node, place: &Place, part: Part) -> Done {
    let town = take_up(node, place, part).await?;
    tracing::info!(town = place.host(), "a new town is served");
    match town {
        Some(town) => announce(place, &town).await,
        None => Ok(()),
    }
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
    say(format_args!("{name}  {}", place.public_url));
    if let Some(link) = towns::first_steps(town).await? {
        say(format_args!(
            "  Nobody has set this town up yet. Its first administrator does so here:\n  {link}"
        ));
    }
    Ok(())
}

/// A server goes on whether or not this can be said.
pub fn say(words: fmt::Arguments<'_>) {
    if let Err(problem) = output::line(words) {
        tracing::warn!(%problem, "nobody hears where the towns are");
    }
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

/// Runs a command to its end. Dropping the runtime would wait without limit for what cannot be cut short.
pub fn to_the_end(runtime: Runtime, command: impl Future<Output = Done>) -> Done {
    let done = runtime.block_on(command);
    runtime.shutdown_timeout(LAST_MOMENT);
    done
}

/// The runtime of every command.
pub fn runtime() -> Done<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| anyhow!("starting: {error}").into())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::exit::Stop;

    #[test]
    fn what_cannot_be_cut_short_does_not_hold_up_the_end() {
        let (_held, let_go) = mpsc::channel::<()>();
        let (ended, end) = mpsc::channel();
        let done = to_the_end(runtime().unwrap(), async move {
            tokio::task::spawn_blocking(move || {
                let _woken = let_go.recv_timeout(Duration::from_secs(5));
                let _told = ended.send(());
            });
            Err(Stop::wrong("as it ended"))
        });
        assert!(matches!(done, Err(Stop::Wrong(_))), "its end is kept");
        assert!(end.try_recv().is_err(), "it was waited for");
    }
}
