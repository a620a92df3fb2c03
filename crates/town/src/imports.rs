//! Lists that residents bring along from elsewhere, worked off in the background: whom they follow, block or hide, their lists
//! and bookmarks. What is to be done stands in the database, a row for each line, so that nothing is lost or done twice.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{DAY, MINUTE, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
};
use parvis_store::{
    ConnectionTrait,
    imports::{self as rows, Row},
};
use tokio::task::JoinSet;

use crate::{
    Error, Failure, Outcome, Town,
    exports::{self, Sheet},
    users::UserView,
};

mod csv;
mod tasks;

use tasks::{Task, address};

/// Worked at in one round, all at once: most of the time goes into waiting for other servers.
const BATCH: i64 = 8;
const PAUSE: Duration = Duration::from_secs(1);
/// Whoever took a row has given up by then.
const CLAIM: Timestamp = 5 * MINUTE;
/// What is not found may be on a server that does not answer just now.
const AGAIN: Timestamp = 10 * MINUTE;
const TRIES: i64 = 3;
/// Of one resident, not yet finished.
const AT_ONCE: usize = 3;
const SHOWN: i64 = 10;
const FAILURES_SHOWN: i64 = 100;
/// Finished ones are shown so long.
pub(crate) const KEPT: Timestamp = 30 * DAY;

#[derive(Clone, Debug)]
pub struct ImportView {
    pub id: Id,
    pub sheet: Sheet,
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
    let mut tasks = read(sheet, bytes)?;
    let standing = rows::list(town.store.read(), user.id, SHOWN).await?;
    let unfinished = standing.iter().filter(|row| row.finished_at.is_none());
    if unfinished.count() >= AT_ONCE {
        return Err(Refusal::invalid("file", "refusal-imports-full").into());
    }
    if overwrite {
        let db = town.store.snapshot().await?;
        tasks.extend(surplus(&db, town, user.account, sheet, &tasks).await?);
    }
    let (login, now, import) = (user.id, town.now(), town.ids.next());
    let written: Vec<(Id, String)> = tasks
        .iter()
        .map(|task| Ok((town.ids.next(), serde_json::to_string(task)?)))
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|err| Error::Other(format!("an import could not be written: {err}")))?;
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                Ok(rows::insert(tx, import, login, sheet.as_str(), &written, now).await?)
            })
        })
        .await
}

fn read(sheet: Sheet, bytes: &[u8]) -> Result<Vec<Task>, Refusal> {
    let mut read = csv::rows(bytes)?;
    let has_head = read
        .first()
        .is_some_and(|row| row[0].eq_ignore_ascii_case("Account address"));
    if has_head {
        read.remove(0);
    }
    read.truncate(limits::IMPORT_ROWS);
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
    let whole = |who: &str| {
        if who.contains('@') {
            who.to_owned()
        } else {
            format!("{who}@{}", town.host)
        }
    };
    let wanted: HashSet<(String, String)> = brought
        .iter()
        .map(|task| match task {
            Task::Enlist { title, who } => (whole(who), title.clone()),
            Task::BlockServer { .. } | Task::Bookmark { .. } => {
                (task.about().to_owned(), String::new())
            }
            _ => (whole(task.about()), String::new()),
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
                Sheet::Bookmarks => (line.text.clone(), String::new()),
                Sheet::Lists => (
                    address(&exports::address(&town.host, line)),
                    line.text.clone(),
                ),
                _ => (address(&exports::address(&town.host, line)), String::new()),
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
        let Some(sheet) = Sheet::parse(&row.kind) else {
            continue;
        };
        let failures = if row.failed > 0 {
            rows::failures(&db, row.id, FAILURES_SHOWN).await?
        } else {
            Vec::new()
        };
        shown.push(ImportView {
            id: row.id,
            sheet,
            created_at: row.created_at,
            finished: row.finished_at.is_some(),
            total: row.total,
            settled: row.total - row.waiting,
            failed: row.failed,
            failures: failures.iter().map(failed).collect(),
        });
    }
    Ok(shown)
}

fn failed((what, why): &(String, String)) -> (String, Refusal) {
    let about = serde_json::from_str(what).map_or_else(
        |_| String::new(),
        |task: Task| task.about().chars().take(200).collect(),
    );
    let known = FAILURES.into_iter().find(|key| key == why);
    (about, Refusal::invalid("file", known.unwrap_or(REFUSED)))
}

/// Why a line could not be done, as far as it helps to know.
const FAILURES: [&str; 10] = [
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
];
const REFUSED: &str = "refusal-import-refused";

/// Stops it where it stands, and forgets it.
pub async fn forget(town: &Town, user: &UserView, import: Id) -> Outcome<()> {
    let login = user.id;
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { Ok(rows::delete(tx, login, import).await?) })
        })
        .await
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
    let due = rows::due(town.store.read(), town.now(), BATCH).await?;
    let count = due.len();
    let mut under_way = JoinSet::new();
    for row in due {
        let town = Arc::clone(town);
        under_way.spawn(async move { settle(&town, row).await });
    }
    while let Some(settled) = under_way.join_next().await {
        settled.map_err(|err| Error::Other(err.to_string()))??;
    }
    Ok(count)
}

async fn settle(town: &Arc<Town>, mut row: Row) -> Outcome<()> {
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
    let Ok(task) = serde_json::from_str::<Task>(&row.what) else {
        return fail(town, row, REFUSED).await;
    };
    match carry_out(town, &row, task.clone()).await {
        Ok(true) => Ok(()),
        Ok(false) if row.attempts < TRIES && is_elsewhere(town, &task) => {
            put_off(town, row, now + AGAIN).await
        }
        Ok(false) => fail(town, row, task.not_found().key).await,
        Err(Failure::Refused(refusal)) => fail(town, row, refusal.key).await,
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

/// May another try find what this one has not?
fn is_elsewhere(town: &Town, task: &Task) -> bool {
    match task {
        Task::Bookmark { post } => !post.starts_with(&town.origin),
        _ => task
            .about()
            .split_once('@')
            .is_some_and(|(_, domain)| domain != town.host),
    }
}

/// In the same write the row goes: nothing is done twice. `false`: there is no such person or post.
async fn carry_out(town: &Arc<Town>, row: &Row, task: Task) -> Outcome<bool> {
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
