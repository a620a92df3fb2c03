//! What the town tells all its residents. The people in charge write them from the shell; residents put them away or answer
//! with an emoji.

use parvis_model::{
    clock::{DAY, Timestamp},
    emoji,
    id::Id,
    limits,
    refusal::Refusal,
    text,
};
use parvis_store::{Tx, announcements as rows};

use crate::{
    Outcome, Town,
    accounts::within,
    journal::{self, Entry},
};

/// No account has this id.
const NOBODY: Id = 0;
/// One that has ended is kept so long.
const KEPT: Timestamp = 30 * DAY;

/// An announcement to be.
#[derive(Clone, Debug, Default)]
pub struct NewAnnouncement {
    pub text: String,
    /// Of what it is about.
    pub starts_at: Option<Timestamp>,
    /// Of what it is about; then it is shown no longer.
    pub ends_at: Option<Timestamp>,
    /// The times are days.
    pub all_day: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementView {
    pub id: Id,
    pub text: String,
    pub html: String,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub all_day: bool,
    pub published_at: Timestamp,
    /// The viewer has put it away.
    pub put_away: bool,
    pub reactions: Vec<ReactionView>,
}

/// An emoji with which residents answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReactionView {
    pub name: String,
    pub count: i64,
    /// Also the viewer.
    pub mine: bool,
}

impl AnnouncementView {
    fn new(row: rows::Announcement, reactions: Vec<ReactionView>) -> Self {
        Self {
            id: row.id,
            text: row.text,
            html: row.html,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            all_day: row.all_day,
            published_at: row.published_at,
            put_away: row.put_away,
            reactions,
        }
    }
}

/// For those who may: the people at the shell.
pub async fn publish(tx: &Tx, town: &Town, new: NewAnnouncement) -> Outcome<Id> {
    let limit = limits::ANNOUNCEMENT;
    let text = within(new.text.trim(), limit, "text", "refusal-announcement-text")?;
    if text.is_empty() {
        let refusal = Refusal::invalid("text", "refusal-announcement-text");
        return Err(refusal.with("limit", limit).into());
    }
    let begins = new.starts_at.unwrap_or(town.now());
    if new
        .ends_at
        .is_some_and(|end| end <= begins || end <= town.now())
    {
        return Err(Refusal::invalid("ends", "refusal-announcement-end").into());
    }
    if rows::holding(tx, NOBODY, town.now()).await?.len() >= limits::ANNOUNCEMENTS {
        let refusal = Refusal::invalid("text", "refusal-announcements-full");
        return Err(refusal.with("limit", limits::ANNOUNCEMENTS).into());
    }
    let row = rows::Announcement {
        id: town.ids.next(),
        html: text::paragraphs(&text),
        text,
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        all_day: new.all_day,
        published_at: town.now(),
        put_away: false,
    };
    let announcement = row.id;
    rows::insert(tx, row).await?;
    journal::record(tx, town, &Entry::Announced { announcement }).await?;
    Ok(announcement)
}

/// For those who may: the people at the shell.
pub async fn remove(tx: &Tx, town: &Town, announcement: Id) -> Outcome<()> {
    if !rows::delete(tx, announcement).await? {
        return Err(Refusal::not_found().into());
    }
    journal::record(tx, town, &Entry::AnnouncementRemoved { announcement }).await
}

/// All there are, also those that have ended, the oldest first.
pub async fn all(town: &Town) -> Outcome<Vec<AnnouncementView>> {
    let found = rows::all(town.store.read()).await?.into_iter();
    Ok(found
        .map(|row| AnnouncementView::new(row, Vec::new()))
        .collect())
}

/// What a resident is to know now; also what they have put away, where that is wanted.
pub async fn shown(town: &Town, me: Id, put_away: bool) -> Outcome<Vec<AnnouncementView>> {
    let db = town.store.snapshot().await?;
    let mut found = rows::holding(&db, me, town.now()).await?;
    found.retain(|row| put_away || !row.put_away);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Id> = found.iter().map(|row| row.id).collect();
    let mut reactions = rows::reactions(&db, me, &ids).await?;
    let views = found.into_iter().map(|row| {
        let own = reactions.extract_if(.., |it| it.announcement_id == row.id);
        let own = own
            .map(|it| ReactionView {
                name: it.name,
                count: it.count,
                mine: it.mine > 0,
            })
            .collect();
        AnnouncementView::new(row, own)
    });
    Ok(views.collect())
}

/// As everybody sees it who has not answered; `None` where it has ended or was taken off.
pub(crate) async fn holding_now(
    town: &Town,
    announcement: Id,
) -> Outcome<Option<AnnouncementView>> {
    let all = shown(town, NOBODY, true).await?;
    Ok(all.into_iter().find(|view| view.id == announcement))
}

pub async fn dismiss(tx: &Tx, town: &Town, me: Id, announcement: Id) -> Outcome<()> {
    holding(tx, town, me, announcement).await?;
    Ok(rows::put_away(tx, me, announcement).await?)
}

async fn holding(tx: &Tx, town: &Town, me: Id, announcement: Id) -> Outcome<()> {
    let found = rows::by_id(tx, me, announcement, town.now()).await?;
    found.ok_or_else(Refusal::not_found)?;
    Ok(())
}

/// With an emoji; of different ones an announcement has a few at most.
pub async fn react(tx: &Tx, town: &Town, me: Id, announcement: Id, name: &str) -> Outcome<()> {
    holding(tx, town, me, announcement).await?;
    if !emoji::is_one(name) {
        return Err(Refusal::invalid("name", "refusal-emoji").into());
    }
    let given = rows::reactions(tx, me, &[announcement]).await?;
    let is_new = given.iter().all(|it| it.name != name);
    if is_new && given.len() >= limits::ANNOUNCEMENT_EMOJI {
        let refusal = Refusal::invalid("name", "refusal-emoji-full");
        return Err(refusal.with("limit", limits::ANNOUNCEMENT_EMOJI).into());
    }
    if rows::react(tx, me, announcement, name, town.now()).await? {
        answered(tx, town, announcement, name).await?;
    }
    Ok(())
}

async fn answered(tx: &Tx, town: &Town, announcement: Id, name: &str) -> Outcome<()> {
    let name = name.to_owned();
    journal::record(
        tx,
        town,
        &Entry::AnnouncementAnswered { announcement, name },
    )
    .await
}

/// Nothing happens where it was not given.
pub async fn unreact(tx: &Tx, town: &Town, me: Id, announcement: Id, name: &str) -> Outcome<()> {
    holding(tx, town, me, announcement).await?;
    if rows::unreact(tx, me, announcement, name).await? {
        answered(tx, town, announcement, name).await?;
    }
    Ok(())
}

/// Those that ended long ago go.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Outcome<()> {
    Ok(rows::forget(tx, now - KEPT).await?)
}
