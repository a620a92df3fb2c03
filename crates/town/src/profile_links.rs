//! Links in profiles that lead back: pages that say with `rel="me"` that the profile is of the same person
//! (<https://microformats.org/wiki/rel-me>). Those of residents are asked in the background, and again once a month; those of
//! people elsewhere once when a resident looks at them, and not again within a week. Does not know how a page is fetched or
//! read.

use std::{future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{DAY, HOUR, MINUTE, SECOND, Timestamp},
    id::Id,
    text, uri,
};
use parvis_store::{
    Tx, accounts, entity,
    profile_links::{self, Errand},
};

use crate::{
    AccountView, Failure, Outcome, Town, Viewer,
    reach::{Missing, Wish},
    remote_pictures,
    under_way::UnderWay,
    views::FieldView,
};

/// Pages asked at the same time.
const AT_ONCE: u64 = 4;
const PAUSE: Duration = Duration::from_secs(1);
/// How long asking may take before another process takes it for lost.
const LEASE: Timestamp = 2 * MINUTE;
/// Where too many others are being asked.
const NEXT: Timestamp = 5 * SECOND;
/// People write the link to their profile into their page a while after that to their page into their profile.
const AGAIN: [Timestamp; 5] = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY];
/// What led back may not any more.
const RENEWED: Timestamp = 30 * DAY;

/// Of people elsewhere: so many of their pages are asked …
const ELSEWHERE: usize = 4;
/// … and not more often than this.
const ROUND: Timestamp = 7 * DAY;

/// The page that a line of a profile is about, if it is that one address and not a word more: the mark stands for all of it.
fn lead(town: &Town, field: &FieldView) -> Option<String> {
    let url = uri::canonical(field.value_source.trim())?;
    let shown = uri::canonical(&text::first_link(&field.value_html)?)?;
    (url == shown && !uri::is_beside(&url, &town.origin)).then_some(url)
}

/// Lines that stayed as they were keep what is known of them.
pub(crate) fn remembered(town: &Town, before: &str, mut fields: Vec<FieldView>) -> Vec<FieldView> {
    let before = read(before);
    for field in &mut fields {
        if lead(town, field).is_none() {
            continue;
        }
        let same = before.iter().find(|old| old.value_html == field.value_html);
        field.verified_at = same.and_then(|old| old.verified_at);
    }
    fields
}

/// Somebody looks at a profile: that of a person elsewhere, if it links to anything, may have to be asked for.
pub fn looked_at(town: &Town, viewer: &Viewer, who: &AccountView) {
    let leads = || who.fields.iter().any(|field| lead(town, field).is_some());
    if viewer.is_resident() && !who.local && leads() {
        town.reach().wish(Wish::Links(who.id));
    }
}

/// Has the pages asked that somebody elsewhere links to, once, unless that was done lately.
pub async fn look_elsewhere(town: &Arc<Town>, account: Id) -> Outcome<()> {
    let writing = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { begin_round(tx, &writing, account).await })
        })
        .await
}

async fn begin_round(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    let row = accounts::held(tx, account).await?;
    let Some(row) = row.filter(|row| !row.domain.is_empty() && row.suspended_at.is_none()) else {
        return Ok(());
    };
    let now = town.now();
    if !profile_links::begin_round(tx, account, now, now - ROUND).await? {
        return Ok(());
    }
    let fields = read(&row.fields);
    let leads = fields.iter().filter_map(|field| lead(town, field));
    for url in leads.take(ELSEWHERE) {
        let errand = Errand {
            account_id: account,
            url,
            due_at: now,
            attempts: 0,
        };
        profile_links::send(tx, errand).await?;
    }
    Ok(())
}

/// After a profile was written: has the pages asked that are not known to lead back.
pub(crate) async fn look_for(
    tx: &Tx,
    town: &Town,
    account: Id,
    fields: &[FieldView],
) -> Outcome<()> {
    let leads = fields
        .iter()
        .filter_map(|field| Some((lead(town, field)?, field.verified_at)));
    let (urls, verified): (Vec<_>, Vec<_>) = leads.unzip();
    profile_links::call_back_others(tx, account, &urls).await?;
    for (url, verified) in urls.into_iter().zip(verified) {
        if verified.is_some() {
            continue;
        }
        let errand = Errand {
            account_id: account,
            url,
            due_at: town.now(),
            attempts: 0,
        };
        profile_links::send(tx, errand).await?;
    }
    Ok(())
}

/// Asks pages as they become due, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    let mut asking = UnderWay::nothing();
    tokio::select! {
        () = stop => {}
        () = ask_again_and_again(&town, &mut asking) => {}
    }
    for errand in asking.cut_short().await {
        if let Err(err) = given_back(&town, errand).await {
            tracing::warn!(%err, town = town.host, "a link of a profile waits for its lease");
        }
    }
}

/// That the program stops is no attempt that failed. What came to its end in the last moment stays so.
async fn given_back(town: &Town, errand: Errand) -> Outcome<()> {
    let now = town.now();
    let give_back = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            profile_links::put_off(tx, &errand, errand.attempts - 1, now).await?;
            Ok(())
        })
    });
    give_back.await
}

async fn ask_again_and_again(town: &Arc<Town>, asking: &mut UnderWay<Errand>) {
    loop {
        if let Err(err) = ask_due(town, asking).await {
            tracing::warn!(%err, town = town.host, "links of profiles wait");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn ask_due(town: &Arc<Town>, asking: &mut UnderWay<Errand>) -> Outcome<()> {
    let now = town.now();
    for errand in profile_links::due(town.store.read(), now, AT_ONCE).await? {
        let Some(errand) = claimed(town, errand, now + LEASE).await? else {
            continue;
        };
        let town = Arc::clone(town);
        asking.begin(errand.clone(), async move {
            let account = errand.account_id;
            if let Err(err) = ask(&town, errand).await {
                tracing::warn!(%err, account, town = town.host, "a link of a profile was not asked");
            }
        });
    }
    while asking.one_ended().await {}
    Ok(())
}

/// `None`: another process is at it.
async fn claimed(town: &Town, errand: Errand, until: Timestamp) -> Outcome<Option<Errand>> {
    let claim = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            let attempts = errand.attempts + 1;
            let claimed = profile_links::put_off(tx, &errand, attempts, until).await?;
            Ok(claimed.then_some(Errand {
                due_at: until,
                attempts,
                ..errand
            }))
        })
    });
    claim.await
}

async fn ask(town: &Arc<Town>, errand: Errand) -> Outcome<()> {
    let db = town.store.read();
    let row = accounts::by_id(db, errand.account_id).await?;
    let Some(row) = row.filter(|row| row.suspended_at.is_none()) else {
        return conclude(town, errand, Answer::Unknown).await;
    };
    if !remote_pictures::may_ask(db, town, &errand.url).await? {
        return conclude(town, errand, Answer::No).await;
    }
    let answer = match town.reach().links_back(&errand.url, &addresses(row)).await {
        Ok(true) => Answer::Yes,
        Ok(false) => Answer::No,
        Err(Missing::Busy) => Answer::Later,
        Err(Missing::Gone | Missing::NotNow) => Answer::Unknown,
    };
    conclude(town, errand, answer).await
}

/// By which a page may name somebody. What a server elsewhere says of another one's pages is not theirs.
fn addresses(row: entity::account::Model) -> Vec<String> {
    let mut addresses = vec![row.url, row.uri];
    if !uri::is_beside(&addresses[0], &addresses[1]) {
        addresses.remove(0);
    }
    addresses
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// The page is not to be had.
    Unknown,
    /// Nobody was asked: that is no attempt.
    Later,
}

async fn conclude(town: &Arc<Town>, errand: Errand, answer: Answer) -> Outcome<()> {
    let writing = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { noted(tx, &writing, &errand, answer).await })
        })
        .await
}

async fn noted(tx: &Tx, town: &Town, errand: &Errand, answer: Answer) -> Outcome<()> {
    // In the order in which a changed profile takes both.
    let Some(row) = accounts::held(tx, errand.account_id).await? else {
        return Ok(());
    };
    let now = town.now();
    // People elsewhere are asked for again when somebody looks at them again.
    let is_resident = row.domain.is_empty();
    let attempt = usize::try_from(errand.attempts).unwrap_or_default();
    let next = AGAIN.get(attempt.saturating_sub(1)).filter(|_| is_resident);
    let attempts = errand.attempts;
    let is_ours = match (answer, next) {
        (Answer::Later, _) => {
            profile_links::put_off(tx, errand, attempts - 1, now + NEXT).await?;
            return Ok(());
        }
        (Answer::Yes, _) if is_resident => {
            profile_links::put_off(tx, errand, 0, now + RENEWED).await?
        }
        (_, Some(wait)) => profile_links::put_off(tx, errand, attempts, now + wait).await?,
        (_, None) => profile_links::end(tx, errand).await?,
    };
    if !is_ours {
        // The profile was changed while the page was asked, or another process took this for lost.
        return Ok(());
    }
    let is_lost = answer == Answer::No || (is_resident && next.is_none());
    let fields = match answer {
        Answer::Yes => marked(town, &row, &errand.url, Some(now)),
        _ if is_lost => marked(town, &row, &errand.url, None),
        _ => None,
    };
    if let Some(fields) = fields {
        profile_links::set_fields(tx, row.id, &fields).await?;
    }
    Ok(())
}

/// The lines of a profile, those that lead there verified at that moment, or not, and those that lead nowhere not; `None`
/// where nothing changes. What was verified before keeps its day.
fn marked(
    town: &Town,
    row: &entity::account::Model,
    url: &str,
    at: Option<Timestamp>,
) -> Option<String> {
    let mut fields = read(&row.fields);
    let mut is_changed = false;
    for field in &mut fields {
        let verified_at = match lead(town, field) {
            Some(led) if led == url => at.and(field.verified_at.or(at)),
            Some(_) => field.verified_at,
            None => None,
        };
        is_changed |= verified_at != field.verified_at;
        field.verified_at = verified_at;
    }
    is_changed.then(|| serde_json::to_string(&fields).unwrap_or_else(|_| row.fields.clone()))
}

fn read(fields: &str) -> Vec<FieldView> {
    serde_json::from_str(fields).unwrap_or_default()
}
