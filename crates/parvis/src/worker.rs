//! The background work of one town: deliveries to other servers, notifications. What it does is written elsewhere; here it is
//! kept going.

use std::{sync::Arc, time::Duration};

use parvis_federation::{Federation, Push};
use parvis_town::{
    Town, imports, media, polls, previews::errands, profile_links, readers, scheduled, search,
    streams, threads,
};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::letters::PostOffice;

/// After a loop broke off, before it starts again.
const BREATH: Duration = Duration::from_secs(2);
/// How soon what another process changed about the town shows here.
const REFRESH: Duration = Duration::from_secs(10);

/// Works for a town until told to stop.
pub async fn run(
    town: Arc<Town>,
    federation: Arc<Federation>,
    push: Arc<Push>,
    stop: CancellationToken,
) {
    tokio::join!(
        kept_going("federation", &town, &stop, || federation
            .clone()
            .run(stop.clone())),
        kept_going("push", &town, &stop, || push.clone().run(stop.clone())),
        kept_going("notifications", &town, &stop, || {
            readers::notify(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("files", &town, &stop, || {
            readers::remove_files(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("imports", &town, &stop, || {
            imports::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("polls", &town, &stop, || {
            polls::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("previews", &town, &stop, || {
            errands::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("links of profiles", &town, &stop, || {
            profile_links::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("threads", &town, &stop, || {
            threads::errands::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("scheduled posts", &town, &stop, || {
            scheduled::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("search", &town, &stop, || {
            search::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("uploads", &town, &stop, || {
            media::watch(town.clone(), stop.clone().cancelled_owned())
        }),
        kept_going("housekeeping", &town, &stop, || {
            readers::keep_house_hourly(town.clone(), stop.clone().cancelled_owned())
        }),
    );
}

/// Runs a loop in a task of its own and starts it again when it breaks off, until told to stop.
async fn kept_going<R>(name: &str, town: &Town, stop: &CancellationToken, start: impl Fn() -> R)
where
    R: Future<Output = ()> + Send + 'static,
{
    loop {
        let ended = tokio::spawn(start()).await;
        if stop.is_cancelled() {
            return;
        }
        match ended {
            Ok(()) => tracing::error!(town = town.host, name, "background work ended by itself"),
            Err(error) => {
                tracing::error!(town = town.host, name, %error, "background work broke off");
            }
        }
        sleep(BREATH).await;
    }
}

/// Where there is a mail server.
pub async fn send_letters(town: Arc<Town>, office: Arc<PostOffice>, stop: CancellationToken) {
    kept_going("letters", &town, &stop, || office.clone().run(stop.clone())).await;
}

/// Tells the apps that listen here what happens.
pub async fn tell_listeners(town: Arc<Town>, stop: CancellationToken) {
    kept_going("streams", &town, &stop, || {
        streams::run(town.clone(), stop.clone().cancelled_owned())
    })
    .await;
}

/// Lets a process that answers for a town see what another one, or a command, changed about it.
pub async fn keep_profile_fresh(town: Arc<Town>, stop: CancellationToken) {
    let mut tick = interval(REFRESH);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = town.refresh_profile().await {
            tracing::warn!(town = town.host, %error, "the town's settings could not be read");
        }
    }
}
