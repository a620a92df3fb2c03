//! Posts that wait for their time. They stand in the database, so that none is lost or published twice, whatever happens
//! to the program meanwhile.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::Id,
    limits,
    page::Page,
    refusal::Refusal,
};
use parvis_store::{Tx, media, scheduled as rows};

use crate::{
    Failure, MediaView, Outcome, Paged, Town,
    media::must_be_ready,
    posts::{self, Compose, kept, may_write},
};

/// What is to come sooner can as well be posted now.
const SOONEST: Timestamp = 5 * MINUTE;
/// Looked at in one round.
const BATCH: u64 = 20;
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct ScheduledView {
    pub id: Id,
    pub due_at: Timestamp,
    pub post: Compose,
    pub media: Vec<MediaView>,
    /// It could not be published when its time came.
    pub refused: bool,
}

/// `at` must lie far enough ahead. Whether the post itself is sound, [`posts::prepare`] says beforehand.
pub async fn schedule(
    tx: &Tx,
    town: &Town,
    me: Id,
    mut post: Compose,
    at: Timestamp,
) -> Outcome<Id> {
    may_write(tx, me).await?;
    far_enough(town, at)?;
    let limit = limits::SCHEDULED;
    if rows::count(tx, me).await? >= limit {
        return Err(Refusal::invalid("time", "refusal-scheduled-full")
            .with("limit", limit)
            .into());
    }
    let mut named = HashSet::new();
    post.media.retain(|picture| named.insert(*picture));
    let pictures = post.media.clone();
    must_be_ready(tx, &pictures).await?;
    let found = media::by_ids(tx, &pictures).await?;
    let free = |id: &Id| {
        let picture = found.iter().find(|row| row.id == *id);
        picture.is_some_and(|row| row.account_id == me && row.post_id.is_none())
    };
    if !pictures.iter().all(free) || !rows::waiting_media(tx, &pictures).await?.is_empty() {
        return Err(Refusal::invalid("media", "refusal-file-missing").into());
    }
    let row = rows::Scheduled {
        id: town.ids.next(),
        account_id: me,
        due_at: at,
        post: kept::written(post)?,
        refused: false,
    };
    let id = row.id;
    rows::insert(tx, row, &pictures).await?;
    Ok(id)
}

fn far_enough(town: &Town, at: Timestamp) -> Result<(), Refusal> {
    if at < town.now().saturating_add(SOONEST) {
        return Err(Refusal::invalid("time", "refusal-scheduled-soon"));
    }
    Ok(())
}

/// The last made first.
pub async fn list(town: &Town, me: Id, page: Page) -> Outcome<Paged<ScheduledView>> {
    let db = town.store.snapshot().await?;
    let found = rows::list(&db, me, &page).await?;
    let cursors: Vec<(Id, Id)> = found.iter().map(|row| (row.id, row.id)).collect();
    Ok(Paged::new(
        views(&db, town, found).await?,
        &cursors,
        page.limit,
    ))
}

async fn views(db: &Tx, town: &Town, found: Vec<rows::Scheduled>) -> Outcome<Vec<ScheduledView>> {
    let mut shown = Vec::new();
    for row in found {
        shown.push(ScheduledView {
            id: row.id,
            due_at: row.due_at,
            post: kept::read(&row.post)?,
            media: Vec::new(),
            refused: row.refused,
        });
    }
    let pictures: Vec<Id> = shown
        .iter()
        .flat_map(|view| view.post.media.clone())
        .collect();
    let pictures = media::by_ids(db, &pictures).await?;
    for view in &mut shown {
        view.media = kept::files(town, &view.post, &pictures);
    }
    Ok(shown)
}

/// One's own; others' are not found.
pub async fn view(town: &Town, me: Id, scheduled: Id) -> Outcome<ScheduledView> {
    let db = town.store.snapshot().await?;
    let row = own(&db, me, scheduled).await?;
    let found = views(&db, town, vec![row]).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

async fn own(db: &Tx, me: Id, scheduled: Id) -> Outcome<rows::Scheduled> {
    let row = rows::by_id(db, scheduled).await?;
    let row = row.filter(|row| row.account_id == me);
    Ok(row.ok_or_else(Refusal::not_found)?)
}

pub async fn reschedule(tx: &Tx, town: &Town, me: Id, scheduled: Id, at: Timestamp) -> Outcome<()> {
    let row = own(tx, me, scheduled).await?;
    far_enough(town, at)?;
    unless_taken(rows::set_due(tx, row.id, at).await?)
}

pub async fn cancel(tx: &Tx, _town: &Town, me: Id, scheduled: Id) -> Outcome<()> {
    let row = own(tx, me, scheduled).await?;
    unless_taken(rows::delete(tx, row.id).await?)
}

/// On PostgreSQL it can be published between the look at it and the deed; whoever comes second is told that it is gone.
fn unless_taken(is_there: bool) -> Outcome<()> {
    if is_there {
        Ok(())
    } else {
        Err(Refusal::not_found().into())
    }
}

/// Publishes what is due every second, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        if let Err(err) = publish_due(&town).await {
            tracing::error!(%err, town = town.host, "scheduled posts are not published for now");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Publishes whatever's time has come. What may no longer be published (the answered post is gone, the account suspended)
/// stays with its author, who may choose another time; what fails otherwise is tried again later.
pub async fn publish_due(town: &Arc<Town>) -> Outcome<()> {
    loop {
        let due = rows::due(town.store.read(), town.now(), BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for row in due {
            let id = row.id;
            if let Err(failure) = publish(town, row).await {
                put_aside(town, id, failure).await?;
            }
        }
    }
}

/// One that always fails must not keep those behind it waiting.
async fn put_aside(town: &Town, id: Id, failure: Failure) -> Outcome<()> {
    let now = town.now();
    let refused = matches!(failure, Failure::Refused(_));
    if refused {
        tracing::info!(err = %failure, town = town.host, id, "a scheduled post is refused");
    } else {
        tracing::error!(err = %failure, town = town.host, id, "a scheduled post waits a little longer");
    }
    town.store
        .write(move |tx| {
            Box::pin(async move {
                if refused {
                    rows::refuse(tx, id, now).await?;
                } else {
                    rows::postpone(tx, id, now, now + MINUTE).await?;
                }
                Ok(())
            })
        })
        .await
}

/// The row goes in the same write that publishes: whoever finds it gone leaves the post to the other process.
async fn publish(town: &Arc<Town>, row: rows::Scheduled) -> Outcome<()> {
    let draft = posts::prepare(town, row.account_id, kept::read(&row.post)?).await?;
    let shared = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                if rows::take(tx, row.id, shared.now()).await? {
                    posts::publish(tx, &shared, row.account_id, draft).await?;
                }
                Ok(())
            })
        })
        .await
}
