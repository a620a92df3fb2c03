//! Of whom a resident wants to hear: what others tell is let through, held back until one agrees, or not told at all.

use parvis_model::{
    audience::Audience,
    clock::{DAY, Timestamp},
    id::Id,
    page::Page,
    refusal::Refusal,
};
use parvis_store::{
    Tx, entity,
    notification_policies::{self as rows, Held, Policy},
    posts,
    relations::Relation,
};

use super::NotificationKind;
use crate::{
    AccountView, Outcome, Paged, PostView, Town, Viewer, conversations,
    journal::{self, Entry},
    pages, views,
};

/// An account is new for so long.
const NEW: Timestamp = 30 * DAY;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reception {
    #[default]
    Accept,
    Filter,
    Drop,
}

impl Reception {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Filter => "filter",
            Self::Drop => "drop",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Accept, Self::Filter, Self::Drop]
            .into_iter()
            .find(|it| it.as_str() == word)
    }
}

/// How those are received who …
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotificationPolicy {
    /// … one does not follow,
    pub not_following: Reception,
    /// … do not follow one,
    pub not_followers: Reception,
    /// … have been there for less than thirty days,
    pub new_accounts: Reception,
    /// … write privately without having been written to,
    pub private_mentions: Reception,
    /// … are limited by the town, which none is yet.
    pub limited_accounts: Reception,
}

impl From<Policy> for NotificationPolicy {
    fn from(row: Policy) -> Self {
        let read = |word: &str| Reception::parse(word).unwrap_or_default();
        Self {
            not_following: read(&row.not_following),
            not_followers: read(&row.not_followers),
            new_accounts: read(&row.new_accounts),
            private_mentions: read(&row.private_mentions),
            limited_accounts: read(&row.limited_accounts),
        }
    }
}

impl NotificationPolicy {
    fn kept(self) -> Policy {
        let word = |reception: Reception| reception.as_str().to_owned();
        Policy {
            not_following: word(self.not_following),
            not_followers: word(self.not_followers),
            new_accounts: word(self.new_accounts),
            private_mentions: word(self.private_mentions),
            limited_accounts: word(self.limited_accounts),
        }
    }
}

pub async fn policy(town: &Town, me: Id) -> Outcome<NotificationPolicy> {
    let row = rows::of(town.store.read(), me).await?;
    Ok(row.map(NotificationPolicy::from).unwrap_or_default())
}

/// (people, notifications) held back now.
pub async fn held_counts(town: &Town, me: Id) -> Outcome<(i64, i64)> {
    Ok(rows::held_counts(town.store.read(), me).await?)
}

pub async fn set_policy(tx: &Tx, _town: &Town, me: Id, policy: NotificationPolicy) -> Outcome<()> {
    Ok(rows::set(tx, me, policy.kept()).await?)
}

/// What the policy of `to` says of something that `from` does.
pub(crate) async fn reception(
    tx: &Tx,
    town: &Town,
    to: Id,
    kind: NotificationKind,
    relation: &Relation,
    post: Option<Id>,
) -> Outcome<Reception> {
    let told_always = matches!(
        kind,
        NotificationKind::SignUp
            | NotificationKind::Report
            | NotificationKind::Neighbour
            | NotificationKind::Poll
            | NotificationKind::Edit
            | NotificationKind::QuotedEdit
    );
    if told_always {
        return Ok(Reception::Accept);
    }
    let Some(policy) = rows::of(tx, to).await? else {
        return Ok(Reception::Accept);
    };
    let policy = NotificationPolicy::from(policy);
    let from = relation.other;
    if policy == NotificationPolicy::default() || rows::has_agreed(tx, to, from).await? {
        return Ok(Reception::Accept);
    }
    let mut strictest = Reception::Accept;
    if !relation.following {
        strictest = strictest.max(policy.not_following);
        if is_new(tx, town, from).await? {
            strictest = strictest.max(policy.new_accounts);
        }
        if kind == NotificationKind::Mention && is_unasked(tx, to, post).await? {
            strictest = strictest.max(policy.private_mentions);
        }
    }
    if !relation.followed_by {
        strictest = strictest.max(policy.not_followers);
    }
    Ok(strictest)
}

async fn is_new(tx: &Tx, town: &Town, account: Id) -> Outcome<bool> {
    let row = parvis_store::accounts::by_id(tx, account).await?;
    Ok(row.is_some_and(|row| row.created_at > town.now() - NEW))
}

/// A private message that answers none of one's own.
async fn is_unasked(tx: &Tx, me: Id, post: Option<Id>) -> Outcome<bool> {
    let row: Option<entity::post::Model> = match post {
        Some(post) => posts::by_id(tx, post).await?,
        None => None,
    };
    Ok(row.is_some_and(|row| {
        row.audience == Audience::Direct.as_str() && row.reply_to_account_id != Some(me)
    }))
}

/// Somebody of whom something is held back. Known by the account's id.
#[derive(Clone, Debug)]
pub struct RequestView {
    pub from: AccountView,
    pub count: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub last_post: Option<PostView>,
}

/// The last heard of first.
pub async fn requests(town: &Town, me: Id, page: Page) -> Outcome<Paged<RequestView>> {
    let db = town.store.snapshot().await?;
    let held = rows::held(&db, me, &page).await?;
    let cursors: Vec<(Id, Id)> = held.iter().map(|row| (row.newest, row.from_id)).collect();
    let items = shown(&db, town, me, held).await?;
    Ok(Paged::new(items, &cursors, page.limit))
}

pub async fn request(town: &Town, me: Id, from: Id) -> Outcome<RequestView> {
    let db = town.store.snapshot().await?;
    let held = rows::held_of(&db, me, from).await?.into_iter().collect();
    let found = shown(&db, town, me, held).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

async fn shown(db: &Tx, town: &Town, me: Id, held: Vec<Held>) -> Outcome<Vec<RequestView>> {
    let people: Vec<Id> = held.iter().map(|row| row.from_id).collect();
    let people = views::accounts_in_order(db, town, &people).await?;
    let posts: Vec<Id> = held.iter().filter_map(|row| row.last_post_id).collect();
    let posts = pages::posts_in_order(db, town, Viewer::resident(me), &posts).await?;
    let shown = held.into_iter().filter_map(|row| {
        let from = people.iter().find(|view| view.id == row.from_id)?;
        let last_post = posts.iter().find(|post| Some(post.id) == row.last_post_id);
        Some(RequestView {
            from: from.clone(),
            count: row.count,
            first_at: row.first_at,
            last_at: row.last_at,
            last_post: last_post.cloned(),
        })
    });
    Ok(shown.collect())
}

/// From now on one hears of these people, and of what was held back.
pub async fn accept(tx: &Tx, town: &Town, me: Id, people: &[Id]) -> Outcome<()> {
    for from in people {
        rows::held_of(tx, me, *from)
            .await?
            .ok_or_else(Refusal::not_found)?;
        conversations::let_through(tx, town, me, *from).await?;
        rows::agree(tx, me, *from).await?;
    }
    journal::record(tx, town, &Entry::NotificationsMerged { account: me }).await
}

/// What was held back is forgotten.
pub async fn turn_away(tx: &Tx, _town: &Town, me: Id, people: &[Id]) -> Outcome<()> {
    for from in people {
        rows::held_of(tx, me, *from)
            .await?
            .ok_or_else(Refusal::not_found)?;
        rows::forget(tx, me, *from).await?;
    }
    Ok(())
}
