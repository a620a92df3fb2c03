//! What residents bring along from elsewhere, worked off in the background: whom they follow, block or hide, their lists and
//! bookmarks, the posts they wrote. What is to be done stands in the database, a row for each line or post, so that nothing is
//! lost or done twice.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{DAY, MINUTE, SECOND, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
};
use parvis_store::{
    ConnectionTrait,
    imports::{self as rows, POSTS, Row},
    logins,
};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use crate::{
    Error, Failure, Outcome, Rate, Town,
    exports::{self, Sheet},
    users::UserView,
};

mod csv;
pub mod posts;
mod tasks;
mod unpacked;

use posts::Step;
use tasks::{Task, handle_key, url_key};

/// Worked at in one round, all at once: most of the time goes into waiting for other servers.
const BATCH: usize = 8;
const PAUSE: Duration = Duration::from_secs(1);
/// Whoever took a row has given up by then.
const CLAIM: Timestamp = 5 * MINUTE;
/// What is not found may be on a server that does not answer just now.
const AGAIN: Timestamp = 10 * MINUTE;
const TRIES: i64 = 3;
/// What was begun so often and never came to an end brings down whoever works on it.
const BEGUN: i64 = 6;
/// Of one resident, not yet finished.
const AT_ONCE: i64 = 3;
/// So many, the newest; finished ones before them are forgotten when another one comes.
const SHOWN: i64 = 10;
/// Characters of a line that is refused.
const LINE_SHOWN: usize = 80;
const FAILURES_SHOWN: i64 = 100;
/// Finished ones are shown so long.
pub(crate) const KEPT: Timestamp = 30 * DAY;

/// What was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    Table(Sheet),
    Posts,
}

impl Brought {
    fn parse(kind: &str) -> Option<Self> {
        if kind == POSTS {
            return Some(Self::Posts);
        }
        Sheet::parse(kind).map(Self::Table)
    }
}

/// What one row stands for: a line of a table, or a step of the way of an archive.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Errand {
    Line(Task),
    Step(Step),
}

impl Errand {
    fn about(&self) -> String {
        match self {
            Self::Line(task) => task.about().to_owned(),
            Self::Step(step) => step.about(),
        }
    }

    /// Why it could not be done, where what it needs is not to be found.
    fn not_found(&self) -> Refusal {
        match self {
            Self::Line(task) => task.not_found(),
            Self::Step(step) => step.not_found(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct ImportView {
    pub id: Id,
    pub what: Brought,
    pub created_at: Timestamp,
    pub finished: bool,
    pub total: i64,
    /// Done or given up.
    pub settled: i64,
    pub failed: i64,
    /// The first of what could not be done: what, and the refusal.
    pub failures: Vec<(String, Refusal)>,
}

/// `overwrite`: what stands here and is not in the file goes.
pub async fn begin(
    town: &Arc<Town>,
    user: &UserView,
    sheet: Sheet,
    bytes: &[u8],
    overwrite: bool,
) -> Outcome<()> {
    if bytes.len() > limits::IMPORT_BYTES {
        let size = limits::IMPORT_BYTES / 1024 / 1024;
        return Err(Refusal::invalid("file", "refusal-import-large")
            .with("size", size)
            .into());
    }
    let mut tasks = read(sheet, bytes, overwrite)?;
    // Said before the work is done; what counts is asked in the write.
    must_have_room(town.store.read(), user.id).await?;
    town.rates().count(Rate::Import, &user.id.to_string())?;
    if overwrite {
        let db = town.store.snapshot().await?;
        tasks.extend(surplus(&db, town, user.account, sheet, &tasks).await?);
    }
    let (login, account, now, import) = (user.id, user.account, town.now(), town.ids.next());
    let written: Vec<(Id, String)> = tasks
        .iter()
        .map(|task| Ok((town.ids.next(), serde_json::to_string(task)?)))
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|err| Error::Other(format!("an import could not be written: {err}")))?;
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                logins::lock(tx, account).await?;
                must_have_room(tx, login).await?;
                rows::forget_but(tx, login, SHOWN).await?;
                Ok(rows::insert(tx, import, login, sheet.as_str(), &written, now).await?)
            })
        })
        .await
}

async fn must_have_room(db: &impl ConnectionTrait, login: Id) -> Outcome<()> {
    if rows::unfinished(db, login).await? >= AT_ONCE {
        return Err(Refusal::invalid("file", "refusal-imports-full").into());
    }
    Ok(())
}

/// First cells of the heads that other programs write.
const HEADS: [&str; 4] = ["Account address", "List name", "#domain", "#uri"];

/// `overwrite`: a file with a line that is none of this table is the wrong file, and would take all away that stands here.
fn read(sheet: Sheet, bytes: &[u8], overwrite: bool) -> Result<Vec<Task>, Refusal> {
    let mut read = csv::rows(bytes)?;
    let has_head = read
        .first()
        .is_some_and(|row| HEADS.iter().any(|head| row[0].eq_ignore_ascii_case(head)));
    if has_head {
        read.remove(0);
    }
    if read.len() > limits::IMPORT_ROWS {
        let refusal = Refusal::invalid("file", "refusal-import-long");
        return Err(refusal.with("limit", limits::IMPORT_ROWS));
    }
    let is_unfit =
        |row: &&Vec<String>| Task::of_row(sheet, row).is_none_or(|task| !task.is_sound());
    if overwrite && let Some(unfit) = read.iter().find(is_unfit) {
        let line: String = unfit.join(", ").chars().take(LINE_SHOWN).collect();
        return Err(Refusal::invalid("file", "refusal-import-unfit").with("line", line));
    }
    let tasks: Vec<Task> = read
        .iter()
        .filter_map(|row| Task::of_row(sheet, row))
        .collect();
    if tasks.is_empty() {
        return Err(Refusal::invalid("file", "refusal-import-empty"));
    }
    Ok(tasks)
}

/// What stands here and is not in the file. As much of it as a file may hold.
async fn surplus(
    db: &impl ConnectionTrait,
    town: &Town,
    me: Id,
    sheet: Sheet,
    brought: &[Task],
) -> Outcome<Vec<Task>> {
    let wanted: HashSet<(String, String)> = brought
        .iter()
        .map(|task| match task {
            Task::Enlist { title, .. } => (task.key(), title.clone()),
            _ => (task.key(), String::new()),
        })
        .collect();
    let (mut surplus, mut after) = (Vec::new(), 0);
    loop {
        let lines = exports::lines(db, me, sheet, after).await?;
        let Some(last) = lines.last() else {
            return Ok(surplus);
        };
        after = last.id;
        for line in &lines {
            let (what, list) = match sheet {
                Sheet::Servers => (line.domain.clone(), String::new()),
                Sheet::Bookmarks => (url_key(&line.text), String::new()),
                Sheet::Lists => (
                    handle_key(&exports::address(&town.host, line)),
                    line.text.clone(),
                ),
                _ => (
                    handle_key(&exports::address(&town.host, line)),
                    String::new(),
                ),
            };
            let stays = wanted.contains(&(what.clone(), list.clone()));
            if !stays && surplus.len() < limits::IMPORT_ROWS {
                surplus.push(Task::Undo {
                    sheet: sheet.as_str().into(),
                    of: line.of,
                    what,
                    list,
                });
            }
        }
    }
}

/// The newest first.
pub async fn list(town: &Town, user: &UserView) -> Outcome<Vec<ImportView>> {
    let db = town.store.snapshot().await?;
    let mut shown = Vec::new();
    for row in rows::list(&db, user.id, SHOWN).await? {
        let Some(what) = Brought::parse(&row.kind) else {
            continue;
        };
        let failures = if row.failed > 0 {
            rows::failures(&db, row.id, FAILURES_SHOWN).await?
        } else {
            Vec::new()
        };
        shown.push(ImportView {
            id: row.id,
            what,
            created_at: row.created_at,
            finished: row.finished_at.is_some(),
            total: row.total,
            // The step that finds out how much there is counts for nothing.
            settled: (row.total - row.waiting).max(0),
            failed: row.failed,
            failures: failures.iter().map(failed).collect(),
        });
    }
    Ok(shown)
}

fn failed((what, why): &(String, String)) -> (String, Refusal) {
    let about = serde_json::from_str(what).map_or_else(
        |_| String::new(),
        |errand: Errand| errand.about().chars().take(200).collect(),
    );
    let known = FAILURES.into_iter().find(|key| key == why);
    (about, Refusal::invalid("file", known.unwrap_or(REFUSED)))
}

/// Why a line could not be done, as far as it helps to know.
const FAILURES: [&str; 14] = [
    "refusal-import-no-person",
    "refusal-import-no-post",
    "refusal-import-not-followed",
    "refusal-self",
    "refusal-blocked",
    "refusal-suspended",
    "refusal-domain-unfit",
    "refusal-domain-blocks-full",
    "refusal-lists-full",
    "refusal-list-title",
    "refusal-archive-unreadable",
    "refusal-archive-empty",
    "refusal-archive-long",
    "refusal-archive-gone",
];
const REFUSED: &str = "refusal-import-refused";

/// Stops it where it stands, and forgets it.
pub async fn forget(town: &Town, user: &UserView, import: Id) -> Outcome<()> {
    let login = user.id;
    let forgotten = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::delete(tx, login, import).await?) })
        })
        .await?;
    if forgotten {
        town.media.discard(import);
    }
    Ok(())
}

/// Works off what there is, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let worked = tokio::select! {
            () = &mut stop => return,
            worked = work(&town) => worked,
        };
        let pause = match worked {
            Ok(0) => PAUSE,
            Ok(_) => Duration::ZERO,
            Err(err) => {
                tracing::error!(%err, town = town.host, "what people bring along waits for now");
                PAUSE
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One round; gives how many rows it looked at.
pub async fn work(town: &Arc<Town>) -> Outcome<usize> {
    let due = taking_turns(town).await?;
    let count = due.len();
    let mut under_way = JoinSet::new();
    for row in due {
        let town = Arc::clone(town);
        under_way.spawn(async move { settle(&town, row).await });
    }
    let mut all = Ok(count);
    // What fails breaks off nothing beside it.
    while let Some(settled) = under_way.join_next().await {
        let settled = settled.unwrap_or_else(|err| Err(Error::Other(err.to_string()).into()));
        all = all.and_then(|count| settled.map(|()| count));
    }
    all
}

/// Some of everybody's, so that whoever brings little along does not wait for who brings much. Where there are more people
/// than places, every second begins with another one.
async fn taking_turns(town: &Town) -> Outcome<Vec<Row>> {
    let (db, now) = (town.store.read(), town.now());
    let mut waiting = rows::waiting(db, now).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let first = usize::try_from(now / SECOND).unwrap_or(0) % waiting.len();
    waiting.rotate_left(first);
    waiting.truncate(BATCH);
    let each = BATCH.div_ceil(waiting.len()) as i64;
    let mut turns = Vec::new();
    for login in waiting {
        turns.extend(rows::next_of_archive(db, login, now).await?);
        turns.extend(rows::due(db, login, now, each).await?);
    }
    turns.retain(|row| posts::is_for_us(town, row));
    Ok(turns)
}

async fn settle(town: &Arc<Town>, mut row: Row) -> Outcome<()> {
    let errand = serde_json::from_str::<Errand>(&row.what).ok();
    // Whoever waits for another has not begun.
    let _turn = posts::turn(errand.as_ref()).await;
    let (now, claimed) = (town.now(), row.clone());
    let until = now + CLAIM;
    let is_ours = town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::claim(tx, &claimed, until).await?) })
        })
        .await?;
    if !is_ours {
        return Ok(());
    }
    row.due_at = until;
    row.attempts += 1;
    match errand {
        Some(errand) if row.attempts <= BEGUN => try_it(town, row.clone(), errand).await?,
        _ => fail(town, row.clone(), REFUSED).await?,
    }
    posts::tidy_up(town, &row).await
}

async fn try_it(town: &Arc<Town>, row: Row, errand: Errand) -> Outcome<()> {
    let now = town.now();
    match carry_out(town, &row, errand.clone()).await {
        Ok(true) => Ok(()),
        Ok(false) if row.attempts < TRIES && is_elsewhere(town, &errand) => {
            put_off(town, row, now + AGAIN).await
        }
        Ok(false) => fail(town, row, errand.not_found().key).await,
        Err(Failure::Refused(refusal)) => fail(town, row, refusal.key).await,
        Err(Failure::Broken(err)) if is_ours(&err) => {
            tracing::error!(%err, town = town.host, "what somebody brings along waits for us");
            put_back(town, row, now + AGAIN).await
        }
        Err(broken) if row.attempts < TRIES => {
            tracing::warn!(err = %broken, town = town.host, "a line that somebody brings along waits");
            put_off(town, row, now + AGAIN).await
        }
        Err(broken) => {
            tracing::error!(err = %broken, town = town.host, "a line that somebody brings along is given up");
            fail(town, row, REFUSED).await
        }
    }
}

/// Is the fault with our disk, our storage or our database? Then nothing is given up for it.
fn is_ours(err: &Error) -> bool {
    matches!(err, Error::Files(_)) || err.is_unavailable()
}

/// May another try find what this one has not?
fn is_elsewhere(town: &Town, errand: &Errand) -> bool {
    match errand {
        Errand::Step(_) => false,
        Errand::Line(Task::Bookmark { post }) => !post.starts_with(&town.origin),
        Errand::Line(task) => task
            .about()
            .split_once('@')
            .is_some_and(|(_, domain)| domain != town.host),
    }
}

async fn carry_out(town: &Arc<Town>, row: &Row, errand: Errand) -> Outcome<bool> {
    match errand {
        Errand::Line(task) => do_line(town, row, task).await,
        Errand::Step(step) => posts::carry_out(town, row, step).await,
    }
}

/// In the same write the row goes: nothing is done twice. `false`: there is no such person or post.
async fn do_line(town: &Arc<Town>, row: &Row, task: Task) -> Outcome<bool> {
    let Some(found) = task.prepare(town).await? else {
        return Ok(false);
    };
    let (here, row) = (Arc::clone(town), row.clone());
    town.store
        .write(move |tx| {
            Box::pin(async move {
                task.carry_out(tx, &here, row.account_id, found).await?;
                rows::done(tx, &row, here.now()).await?;
                Ok(true)
            })
        })
        .await
}

async fn fail(town: &Town, row: Row, why: &'static str) -> Outcome<()> {
    let now = town.now();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::fail(tx, &row, why, now).await?) })
        })
        .await
}

async fn put_off(town: &Town, row: Row, until: Timestamp) -> Outcome<()> {
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::put_off(tx, &row, until).await?) })
        })
        .await
}

async fn put_back(town: &Town, row: Row, until: Timestamp) -> Outcome<()> {
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::put_back(tx, &row, until).await?) })
        })
        .await
}
