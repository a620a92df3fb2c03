//! Neighbour towns: an agreement that one town's administrator asks for and the other's accepts, and what flows by it. Posts
//! for everyone go to the neighbours, posts for the neighbours to nobody else. Knows no protocol.

use std::borrow::Cow;

use parvis_model::{
    account::AccountKind,
    audience::Audience,
    clock::{DAY, Timestamp},
    id::Id,
    refusal::Refusal,
};
pub use parvis_store::neighbours::State;
use parvis_store::{
    Store, Tx, accounts, entity, neighbours as rows, neighbours::Neighbour, notifications, servers,
};

use crate::{
    Outcome, Town,
    arrivals::Arrival,
    journal::{self, Entry},
    notifications::NotificationKind,
    town::actor_name,
    users::{UserView, must_be_admin},
};

/// Towns under agreement, or asked for one.
const MOST: u64 = 200;
/// Towns that ask. Whoever has a domain has as many as they like, so these take nobody's place but each other's.
const MOST_ASKING: u64 = 50;
/// A question that nobody has answered for so long is forgotten.
const ASKS: Timestamp = 90 * DAY;
/// A town that asks again within so long is not told of again.
const TOLD: Timestamp = DAY;

/// A town as administrators see it.
#[derive(Clone, Debug)]
pub struct NeighbourView {
    /// Its own actor.
    pub id: Id,
    pub domain: String,
    pub state: State,
    /// The name of whoever decided last here.
    pub decided_by: Option<String>,
    pub changed_at: Timestamp,
}

/// All that are or would be neighbours.
pub async fn all(town: &Town, user: &UserView) -> Outcome<Vec<NeighbourView>> {
    must_be_admin(user)?;
    let db = town.store.read();
    let all = rows::all(db, MOST + MOST_ASKING).await?;
    let deciders: Vec<Id> = all.iter().filter_map(|row| row.decided_by).collect();
    let deciders = accounts::by_ids(db, &deciders).await?;
    let name = |id: Id| {
        let row = deciders.iter().find(|row| row.id == id);
        row.map(|row| row.name.clone())
    };
    let views = all.into_iter().map(|row| NeighbourView {
        id: row.actor,
        domain: row.domain,
        state: row.state,
        decided_by: row.decided_by.and_then(name),
        changed_at: row.changed_at,
    });
    Ok(views.collect())
}

pub(crate) async fn are_there(store: &Store) -> Outcome<bool> {
    Ok(!rows::agreed(store.read()).await?.is_empty())
}

/// The actors of the towns under agreement.
pub async fn agreed(town: &Town) -> Outcome<Vec<entity::account::Model>> {
    let db = town.store.read();
    Ok(accounts::by_ids(db, &rows::agreed(db).await?).await?)
}

/// The one to which a post of this town for the neighbours goes; `None`: to all of them.
pub async fn only_for(town: &Town, post: Id) -> Outcome<Option<Id>> {
    Ok(rows::of_post(town.store.read(), post).await?)
}

/// Does an account live in a town under agreement?
pub async fn is_of_one(town: &Town, account: Id) -> Outcome<bool> {
    let found = rows::of_account(town.store.read(), account).await?;
    Ok(found.is_some())
}

pub(crate) async fn goes_to(tx: &Tx, account: Id, post: Id) -> Outcome<bool> {
    Ok(rows::goes_to(tx, account, post).await?)
}

/// The handle of the actor that stands for the whole of a server, by the address that somebody typed.
pub fn handle_of(town: &Town, address: &str) -> Result<String, Refusal> {
    let unfit = || Refusal::invalid("domain", "refusal-neighbour-unknown");
    let address = address.trim();
    let host = server_in(address).to_lowercase();
    if host.is_empty() || host.contains('@') || host == town.host {
        return Err(unfit());
    }
    Ok(format!("{}@{host}", actor_name(&host)))
}

/// The server in an address, with or without what stands before and after it.
fn server_in(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// Asks another town for an agreement; where it has asked already, accepts. Gives how far it has come.
pub async fn ask(tx: &Tx, town: &Town, user: &UserView, actor: Id) -> Outcome<State> {
    must_be_admin(user)?;
    let row = accounts::by_id(tx, actor).await?;
    let Some(row) = row.filter(stands_for_its_server) else {
        return Err(Refusal::invalid("domain", "refusal-neighbour-unknown").into());
    };
    must_be_welcome(tx, &row).await?;
    match rows::by_actor(tx, actor).await? {
        Some(known) if known.state == State::Asks => {
            accept(tx, town, user, actor).await?;
            return Ok(State::Agreed);
        }
        Some(known) if known.state != State::Ended => return Ok(known.state),
        _ => must_have_room(tx).await?,
    }
    let uri = format!("{}/ap/activities/{}", town.origin, town.ids.next());
    let asked = Neighbour {
        actor,
        domain: row.domain,
        state: State::Asked,
        uri: uri.clone(),
        ours: true,
        decided_by: Some(user.account),
        changed_at: town.now(),
    };
    rows::put(tx, asked).await?;
    let entry = Entry::FollowRequested {
        follower: town.profile().actor_id,
        target: actor,
        uri,
        accepted: false,
    };
    journal::record(tx, town, &entry).await?;
    Ok(State::Asked)
}

/// Neither the town nor its server is shut out here.
async fn must_be_welcome(tx: &Tx, row: &entity::account::Model) -> Outcome<()> {
    let hosts = [row.domain.clone()];
    if row.suspended_at.is_none() && servers::blocked_among(tx, &hosts).await?.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid("domain", "refusal-neighbour-blocked").into())
}

async fn must_have_room(tx: &Tx) -> Outcome<()> {
    if rows::count(tx).await?.unsigned_abs() < MOST {
        return Ok(());
    }
    Err(Refusal::invalid("domain", "refusal-neighbours-too-many").into())
}

/// Agrees with a town that asks.
pub async fn accept(tx: &Tx, town: &Town, user: &UserView, actor: Id) -> Outcome<()> {
    must_be_admin(user)?;
    let known = rows::by_actor(tx, actor).await?;
    let Some(known) = known.filter(|known| known.state == State::Asks) else {
        return Err(Refusal::not_found().into());
    };
    let row = accounts::by_id(tx, actor).await?;
    must_be_welcome(tx, &row.ok_or_else(Refusal::not_found)?).await?;
    must_have_room(tx).await?;
    let uri = known.uri.clone();
    change(tx, town, known, State::Agreed, Some(user.account)).await?;
    let entry = Entry::FollowAccepted {
        follower: actor,
        target: town.profile().actor_id,
        uri,
    };
    journal::record(tx, town, &entry).await
}

/// Refuses a town that asks, takes one's own asking back, or ends an agreement.
pub async fn end(tx: &Tx, town: &Town, user: &UserView, actor: Id) -> Outcome<()> {
    must_be_admin(user)?;
    let known = rows::by_actor(tx, actor).await?;
    let Some(known) = known.filter(|known| known.state != State::Ended) else {
        return Err(Refusal::not_found().into());
    };
    let (us, uri) = (town.profile().actor_id, known.uri.clone());
    let entry = if known.ours {
        Entry::FollowWithdrawn {
            follower: us,
            target: actor,
            uri,
        }
    } else {
        Entry::FollowRefused {
            follower: actor,
            target: us,
            uri,
        }
    };
    change(tx, town, known, State::Ended, Some(user.account)).await?;
    journal::record(tx, town, &entry).await
}

async fn change(
    tx: &Tx,
    town: &Town,
    known: Neighbour,
    state: State,
    by: Option<Id>,
) -> Outcome<()> {
    let (actor, mut hosts) = (known.actor, vec![known.domain.clone()]);
    let now = town.now();
    let changed = Neighbour {
        state,
        decided_by: by.or(known.decided_by),
        changed_at: now,
        ..known
    };
    rows::put(tx, changed).await?;
    if state == State::Ended {
        let row = accounts::by_id(tx, actor).await?;
        hosts.extend(row.map(|row| server_in(&row.inbox).to_owned()));
        for host in hosts {
            rows::give_up(tx, &host, now).await?;
        }
    }
    Ok(())
}

/// Agreements with towns whose servers are blocked end, and what they ask is not listened to. Nothing goes there any more, so
/// they are not told.
pub(crate) async fn shut_out(tx: &Tx, town: &Town) -> Outcome<()> {
    let all = rows::all(tx, MOST + MOST_ASKING).await?;
    let hosts: Vec<String> = all.iter().map(|known| known.domain.clone()).collect();
    let blocked = servers::blocked_among(tx, &hosts).await?;
    for known in all {
        if blocked.contains(&known.domain) {
            change(tx, town, known, State::Ended, None).await?;
        }
    }
    Ok(())
}

pub(crate) async fn forget_old(tx: &Tx, now: Timestamp) -> Outcome<()> {
    Ok(rows::forget_asking(tx, now - ASKS).await?)
}

/// Somebody of another server asks to follow the town. `false`: it is no town that could be a neighbour.
pub(crate) async fn asked(
    tx: &Tx,
    town: &Town,
    asking: &entity::account::Model,
    uri: &str,
) -> Outcome<bool> {
    if !stands_for_its_server(asking) {
        return Ok(false);
    }
    let known = rows::by_actor(tx, asking.id).await?;
    let is_asking = known
        .as_ref()
        .is_some_and(|known| known.state == State::Asks);
    let wanted = known.filter(|known| matches!(known.state, State::Asked | State::Agreed));
    if let Some(mut known) = wanted {
        // Both want it, or the first answer was lost. What is taken back later is what was asked last.
        if !known.ours {
            uri.clone_into(&mut known.uri);
        }
        known.domain.clone_from(&asking.domain);
        change(tx, town, known, State::Agreed, None).await?;
        let entry = Entry::FollowAccepted {
            follower: asking.id,
            target: town.profile().actor_id,
            uri: uri.to_owned(),
        };
        journal::record(tx, town, &entry).await?;
        return Ok(true);
    }
    let waits = Neighbour {
        actor: asking.id,
        domain: asking.domain.clone(),
        state: State::Asks,
        uri: uri.to_owned(),
        ours: false,
        decided_by: None,
        changed_at: town.now(),
    };
    rows::put(tx, waits).await?;
    rows::crowd_out(tx, MOST_ASKING.cast_signed()).await?;
    if !is_asking {
        let actor = asking.id;
        // Each is told once; one that asks anew is told anew, but not day and night.
        let kind = NotificationKind::Neighbour.as_str();
        notifications::forget_old(tx, kind, actor, town.now() - TOLD).await?;
        journal::record(tx, town, &Entry::NeighbourAsks { actor }).await?;
    }
    Ok(true)
}

/// The actor that a server has for itself bears the server's name, which no person can have.
fn stands_for_its_server(row: &entity::account::Model) -> bool {
    let technical = [AccountKind::Application, AccountKind::Service];
    let is_technical = technical.iter().any(|kind| kind.as_str() == row.kind);
    is_technical && !row.domain.is_empty() && row.name == actor_name(&row.domain)
}

/// The other town answers, or ends by its answer what it had accepted. `false`: nobody here asked.
pub(crate) async fn answered(tx: &Tx, town: &Town, actor: Id, accepted: bool) -> Outcome<bool> {
    let Some(known) = rows::by_actor(tx, actor).await? else {
        return Ok(false);
    };
    let next = match (known.state, accepted) {
        (State::Asked, true) => State::Agreed,
        (State::Asked | State::Agreed, false) => State::Ended,
        _ => return Ok(false),
    };
    change(tx, town, known, next, None).await?;
    Ok(true)
}

/// The other town takes its asking back, and with it what came of it.
pub(crate) async fn taken_back(tx: &Tx, town: &Town, actor: Id) -> Outcome<bool> {
    let known = rows::by_actor(tx, actor).await?;
    match known.filter(|known| matches!(known.state, State::Asks | State::Agreed)) {
        Some(known) => change(tx, town, known, State::Ended, None)
            .await
            .map(|()| true),
        None => Ok(false),
    }
}

/// The same, of which only the address of the asking is said.
pub(crate) async fn undone(tx: &Tx, town: &Town, actor: Id, activity: &str) -> Outcome<bool> {
    match rows::by_actor(tx, actor).await? {
        Some(known) if known.uri == activity => taken_back(tx, town, actor).await,
        _ => Ok(false),
    }
}

/// For whom a new post of this town is, with regard to neighbours.
pub(crate) struct Reach {
    audience: Audience,
    only: Option<Id>,
}

/// An answer to what a neighbour wrote for its own neighbours stays between the two towns: nobody here knows who those are.
/// Where that town is none any more, the answer is for those named in it.
pub(crate) async fn reach(
    tx: &Tx,
    audience: Audience,
    parent: Option<&entity::post::Model>,
) -> Outcome<Reach> {
    let only = None;
    if audience != Audience::Neighbours {
        return Ok(Reach { audience, only });
    }
    let parent = parent.filter(|parent| parent.audience == Audience::Neighbours.as_str());
    let Some(parent) = parent else {
        if rows::agreed(tx).await?.is_empty() {
            return Err(Refusal::invalid("audience", "refusal-no-neighbours").into());
        }
        return Ok(Reach { audience, only });
    };
    match rows::of_post(tx, parent.id).await? {
        None if !parent.local => Ok(Reach {
            audience: Audience::Direct,
            only,
        }),
        only => Ok(Reach { audience, only }),
    }
}

impl Reach {
    pub(crate) fn audience(&self) -> Audience {
        self.audience
    }

    pub(crate) async fn keep(&self, tx: &Tx, post: Id) -> Outcome<()> {
        if self.audience == Audience::Neighbours {
            rows::keep(tx, post, self.only).await?;
        }
        Ok(())
    }
}

/// What is for the neighbours of its author's town is for the residents of this one, if that is its neighbour.
pub(crate) async fn understood<'a>(tx: &Tx, arrival: &'a Arrival) -> Outcome<Cow<'a, Arrival>> {
    let is_meant = arrival.for_neighbours && !arrival.audience.is_open();
    if !is_meant || rows::of_account(tx, arrival.author).await?.is_none() {
        return Ok(Cow::Borrowed(arrival));
    }
    Ok(Cow::Owned(Arrival {
        audience: Audience::Neighbours,
        ..arrival.clone()
    }))
}

/// What somebody of a neighbour town wrote has come. A town without neighbours asks nothing for each public post; that it has one
/// since a moment ago it may not know yet.
pub(crate) async fn arrived(tx: &Tx, town: &Town, post: &entity::post::Model) -> Outcome<()> {
    let is_shown = post.audience == Audience::Neighbours.as_str()
        || (post.audience == Audience::Public.as_str() && town.profile().has_neighbours);
    if !is_shown {
        return Ok(());
    }
    if let Some(neighbour) = rows::of_account(tx, post.author_id).await? {
        rows::keep(tx, post.id, Some(neighbour)).await?;
    }
    Ok(())
}
