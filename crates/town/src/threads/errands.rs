//! What of a thread lies elsewhere: written down in the same transaction as the post that shows it to be missing, and asked
//! for in the background until it is here or its servers have been asked often enough. Does not know how others are asked.

use std::{future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{HOUR, MINUTE, Timestamp},
    id::Id,
    limits, uri,
};
use parvis_store::{
    ConnectionTrait, Tx, entity, posts as rows,
    thread_errands::{self, Errand},
};
use tokio::time::timeout;

use crate::{
    Failure, Outcome, PostView, Town, posts::readable, reach::Missing, under_way::UnderWay,
};

/// Those of one direction under way in one process, each on another server.
const AT_ONCE: usize = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// One errand ends after this, with what it has found.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long one may take before another process takes it for lost.
const LEASE: Timestamp = 2 * MINUTE;
/// Where nobody was asked, since its server failed a moment ago or too many others are being asked; and between two rounds of
/// one way up: no arrival has more than 20 posts asked for in a minute.
const NEXT: Timestamp = MINUTE;
/// A server that is down today is often back tomorrow.
const AGAIN: [Timestamp; 4] = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR];
/// Looking at a thread asks for it no more often than this (docs: federation.md section 16) …
pub(crate) const REST: Timestamp = HOUR;
/// … and somebody who wants to know, no more often than this.
const REST_WHEN_ASKED: Timestamp = 5 * MINUTE;
/// Those of one direction that wait; what comes beyond is not laid down …
const WAITING: i64 = 2_000;
/// … and of one server.
const WAITING_OF_ONE: i64 = 300;
/// How long a page that is read waits for its errand to be written down.
const MOMENT: Duration = Duration::from_millis(250);

/// What arrives cannot take the places of what people here look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A post that is answered here and not known, and what that answers.
    Above,
    /// What a post answers, and what answers it.
    Around,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Around => "around",
        }
    }
}

/// What comes of asking for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    Begun,
    /// It is being asked for, or was a moment ago.
    Lately,
    TooMany,
}

/// After an answer arrived: has what its thread lacks upwards asked for.
pub(crate) async fn look_above(tx: &Tx, town: &Town, answer: &entity::post::Model) -> Outcome<()> {
    let Some(missing) = missing_above(tx, town, answer).await? else {
        return Ok(());
    };
    // One that brought what it answers has had others asked for a while already.
    let brought_more = answer.reply_to_id.is_some();
    let due_at = town.now() + if brought_more { NEXT } else { 0 };
    lay_down(tx, town, Way::Above, missing, REST, due_at).await?;
    Ok(())
}

/// What the topmost post of a thread answers, if that is not here.
async fn missing_above(
    tx: &Tx,
    town: &Town,
    answer: &entity::post::Model,
) -> Outcome<Option<String>> {
    if answer.reply_to_uri.is_none() {
        return Ok(None);
    }
    let above = if answer.thread_id == answer.id {
        None
    } else {
        rows::by_id(tx, answer.thread_id).await?
    };
    let top = above.as_ref().unwrap_or(answer);
    let missing = top.reply_to_uri.as_deref().and_then(uri::canonical);
    let Some(missing) = missing.filter(|_| top.reply_to_id.is_none()) else {
        return Ok(None);
    };
    // What was ours is gone. What others took back comes to nothing when it is found.
    let is_ours = uri::is_beside(&missing, &town.origin);
    Ok(Some(missing).filter(|_| !is_ours))
}

/// After somebody here answered: has what else was said asked for.
pub(crate) async fn look_around(tx: &Tx, town: &Town, post: &entity::post::Model) -> Outcome<()> {
    if !post.local {
        lay_down(tx, town, Way::Around, post.uri.clone(), REST, town.now()).await?;
    }
    Ok(())
}

/// Asks others for more of the thread around a post that one sees.
pub async fn ask(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<Asking> {
    let post = readable(tx, me, post).await?;
    lay_down(tx, town, Way::Around, post.uri, REST_WHEN_ASKED, town.now()).await
}

async fn lay_down(
    tx: &Tx,
    town: &Town,
    way: Way,
    uri: String,
    rest: Timestamp,
    due_at: Timestamp,
) -> Outcome<Asking> {
    let (name, now) = (way.as_str(), town.now());
    if thread_errands::stands(tx, name, &uri, now - rest).await? {
        return Ok(Asking::Lately);
    }
    if are_many(tx, town, way, &uri).await? {
        tracing::debug!(uri, "too much to ask for already");
        return Ok(Asking::TooMany);
    }
    let server = asked_first(town, &uri);
    let errand = Errand {
        way: name.into(),
        uri,
        server,
        due_at,
        attempts: 0,
        steps: limits::REPLY_CHAIN_LATER as i32,
    };
    let laid = thread_errands::lay_down(tx, &errand, now, now - rest).await?;
    Ok(if laid { Asking::Begun } else { Asking::Lately })
}

async fn are_many(db: &impl ConnectionTrait, town: &Town, way: Way, uri: &str) -> Outcome<bool> {
    let server = asked_first(town, uri);
    Ok(
        thread_errands::are_many(db, way.as_str(), Some(&server), WAITING_OF_ONE).await?
            || thread_errands::are_many(db, way.as_str(), None, WAITING).await?,
    )
}

/// Whose server is asked first. What began here has its answers on many: those threads do not wait for each other.
fn asked_first(town: &Town, uri: &str) -> String {
    if uri::is_beside(uri, &town.origin) {
        return uri.to_owned();
    }
    uri::origin_of(uri).unwrap_or_default()
}

/// While a resident reads a thread. Only the first look in an hour writes, and whoever reads does not wait for long: a
/// database that takes no more still shows what it has.
pub(super) async fn looked_at(town: &Arc<Town>, post: &PostView) -> Outcome<()> {
    let rested = town.now() - REST;
    let db = town.store.read();
    let way = Way::Around;
    if thread_errands::stands(db, way.as_str(), &post.uri, rested).await?
        || are_many(db, town, way, &post.uri).await?
    {
        return Ok(());
    }
    let (town, uri) = (Arc::clone(town), post.uri.clone());
    let writing = tokio::spawn(async move {
        let store = town.store.clone();
        let laid = store.write::<_, Failure, _>(move |tx| {
            Box::pin(async move { lay_down(tx, &town, way, uri, REST, town.now()).await })
        });
        if let Err(err) = laid.await {
            tracing::warn!(%err, "what a thread lacks is not asked for");
        }
    });
    if timeout(MOMENT, writing).await.is_err() {
        tracing::debug!("an errand for a thread is still being written down");
    }
    Ok(())
}

/// Runs errands as they become due, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    let (mut above, mut around) = (UnderWay::nothing(), UnderWay::nothing());
    let both = async {
        tokio::join!(
            one_way(&town, Way::Above, &mut above),
            one_way(&town, Way::Around, &mut around)
        )
    };
    tokio::select! {
        () = stop => {}
        ((), ()) = both => {}
    }
    for under_way in [above, around] {
        for errand in under_way.cut_short().await {
            if let Err(err) = given_back(&town, errand).await {
                tracing::warn!(%err, town = town.host, "what a thread lacks waits for its lease");
            }
        }
    }
}

/// That the program stops is no attempt that failed. What came to its end in the last moment stays so.
async fn given_back(town: &Town, errand: Errand) -> Outcome<()> {
    let now = town.now();
    let give_back = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            thread_errands::put_off(tx, &errand, errand.attempts - 1, now).await?;
            Ok(())
        })
    });
    give_back.await
}

async fn one_way(town: &Arc<Town>, way: Way, under_way: &mut UnderWay<Errand>) {
    loop {
        under_way.forget_ended();
        if let Err(err) = send_out(town, way, under_way).await {
            tracing::warn!(%err, town = town.host, "what threads lack waits");
        }
        // One that has ended may have more to do at once.
        let pause = timeout(PAUSE, under_way.one_ended()).await;
        if pause == Ok(false) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn send_out(town: &Arc<Town>, way: Way, under_way: &mut UnderWay<Errand>) -> Outcome<()> {
    let room = AT_ONCE - under_way.errands().len();
    if room == 0 {
        return Ok(());
    }
    let now = town.now();
    for errand in thread_errands::due(town.store.read(), way.as_str(), now, room).await? {
        let Some(errand) = claimed(town, errand, now).await? else {
            continue;
        };
        let town = Arc::clone(town);
        under_way.begin(errand.clone(), async move {
            let (way_name, server) = (way.as_str(), errand.server.clone());
            if let Err(err) = run(&town, way, errand).await {
                let host = &town.host;
                tracing::warn!(%err, way = way_name, server, town = host, "an errand for a thread failed");
            }
        });
    }
    Ok(())
}

/// `None`: another process is at it, or it has ended the process that ran it often enough.
async fn claimed(town: &Town, errand: Errand, now: Timestamp) -> Outcome<Option<Errand>> {
    let claim = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            if errand.attempts > AGAIN.len() as i32 {
                thread_errands::rest(tx, &errand, now).await?;
                return Ok(None);
            }
            let until = now + LEASE;
            let claimed = thread_errands::claim(tx, &errand, until).await?;
            Ok(claimed.then_some(Errand {
                due_at: until,
                attempts: errand.attempts + 1,
                ..errand
            }))
        })
    });
    claim.await
}

async fn run(town: &Arc<Town>, way: Way, errand: Errand) -> Outcome<()> {
    let found = match (timeout(PATIENCE, asked(town, way, &errand)).await, way) {
        (Ok(Ok(found)), _) => found,
        // The database gave way to somebody else, say: that is no reason to hold it until the lease ends.
        (Ok(Err(err)), _) => {
            let host = &town.host;
            let (way, server) = (way.as_str(), &errand.server);
            tracing::warn!(%err, way, server, town = host, "a thread is not whole");
            Err(Missing::NotNow)
        }
        // What was found on the way is here.
        (Err(_), Way::Around) => Ok(None),
        (Err(_), Way::Above) => Err(Missing::NotNow),
    };
    let here = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { concluded(tx, &here, way, errand, found).await })
        })
        .await
}

/// Gives where to go on.
async fn asked(
    town: &Arc<Town>,
    way: Way,
    errand: &Errand,
) -> Outcome<Result<Option<String>, Missing>> {
    match way {
        Way::Above => town.reach().above(&errand.uri).await,
        Way::Around => match rows::by_uri(town.store.read(), &errand.uri).await? {
            Some(post) => Ok(town.reach().around(post.id).await?.map(|()| None)),
            None => Ok(Ok(None)),
        },
    }
}

async fn concluded(
    tx: &Tx,
    town: &Town,
    way: Way,
    errand: Errand,
    found: Result<Option<String>, Missing>,
) -> Outcome<()> {
    let now = town.now();
    let found = match (found, way) {
        // Another errand may have brought it meanwhile, and less of what is above it.
        (Ok(None), Way::Above) => Ok(match rows::by_uri(tx, &errand.uri).await? {
            Some(here) => missing_above(tx, town, &here).await?,
            None => None,
        }),
        (found, _) => found,
    };
    let attempt = usize::try_from(errand.attempts).unwrap_or_default();
    let again = AGAIN.get(attempt.saturating_sub(1));
    match (found, way) {
        (Ok(Some(next)), _) => go_on(tx, errand, next, now).await?,
        // It is here, and will not be missed again.
        (Ok(None), Way::Above) => drop(thread_errands::end(tx, &errand).await?),
        (Err(Missing::Busy), _) => {
            thread_errands::put_off(tx, &errand, errand.attempts - 1, now + NEXT).await?;
            thread_errands::put_off_others(tx, &errand, now + NEXT).await?;
        }
        (Err(Missing::NotNow), _) if again.is_some() => {
            let wait = again.copied().unwrap_or_default();
            thread_errands::put_off(tx, &errand, errand.attempts, now + wait).await?;
            thread_errands::put_off_others(tx, &errand, now + NEXT).await?;
        }
        _ => drop(thread_errands::rest(tx, &errand, now).await?),
    }
    Ok(())
}

/// From where one has come to, with what is left of the steps: nobody's chain of answers keeps us climbing.
async fn go_on(tx: &Tx, errand: Errand, next: String, now: Timestamp) -> Outcome<()> {
    if !thread_errands::end(tx, &errand).await? {
        return Ok(());
    }
    let steps = errand.steps - limits::REPLY_CHAIN as i32;
    let next = Errand {
        server: uri::origin_of(&next).unwrap_or_default(),
        uri: next,
        due_at: now + NEXT,
        attempts: 0,
        steps,
        ..errand
    };
    thread_errands::lay_down(tx, &next, now, now - REST).await?;
    if steps <= 0 {
        thread_errands::rest(tx, &next, now).await?;
    }
    Ok(())
}
