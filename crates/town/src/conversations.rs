//! Exchanges among few, as each participant of this town finds them: by their last message.

use std::{collections::HashSet, sync::Arc};

use parvis_model::{audience::Audience, id::Id, limits, page::Page, refusal::Refusal};
use parvis_store::{
    Tx, accounts as account_rows,
    conversations::{self as rows, Conversation},
    entity, notification_policies, posts as post_rows, relations,
};

use crate::{
    AccountView, Outcome, Paged, PostView, Town, Viewer, accounts,
    notifications::{self, NotificationKind, Reception},
    pages::{page_of, posts_in_order},
    posts::{self, Compose, Draft},
    views::accounts_in_order,
};

/// Conversations that begin at most when somebody is let through.
const LET_THROUGH: u64 = 200;

#[derive(Clone, Debug)]
pub struct ConversationView {
    pub id: Id,
    pub unread: bool,
    /// The others who have part in the last message; oneself, if one writes to oneself alone.
    pub people: Vec<AccountView>,
    pub last: PostView,
}

/// A message among few was written here, or came: each participant of this town finds it in a conversation, at once.
pub(crate) async fn said(tx: &Tx, town: &Town, post: &entity::post::Model) -> Outcome<()> {
    if post.audience != Audience::Direct.as_str() {
        return Ok(());
    }
    let mut people: Vec<Id> = post_rows::mentions_of(tx, &[post.id])
        .await?
        .into_iter()
        .map(|mention| mention.account_id)
        .collect();
    people.push(post.author_id);
    for account in account_rows::by_ids(tx, &people).await? {
        let me = account.id;
        if !account.domain.is_empty() || is_unwanted(tx, town, me, post).await? {
            continue;
        }
        let unread = me != post.author_id;
        go_on(tx, town, me, (post.thread_id, post.id), unread).await?;
    }
    Ok(())
}

async fn go_on(
    tx: &Tx,
    town: &Town,
    me: Id,
    (thread, last): (Id, Id),
    unread: bool,
) -> Outcome<()> {
    let row = Conversation {
        id: town.ids.next(),
        account_id: me,
        thread_id: thread,
        last_post_id: Some(last),
        unread,
    };
    Ok(rows::go_on(tx, row).await?)
}

/// What somebody wrote to me, and was held back until I agree to hear of them.
pub(crate) async fn let_through(tx: &Tx, town: &Town, me: Id, from: Id) -> Outcome<()> {
    for message in notification_policies::held_messages(tx, me, from, LET_THROUGH).await? {
        go_on(tx, town, me, message, true).await?;
    }
    Ok(())
}

/// A message is about to go: the one before it is the last then.
pub(crate) async fn forgotten(tx: &Tx, post: &entity::post::Model) -> Outcome<()> {
    if post.audience == Audience::Direct.as_str() {
        rows::step_back(tx, post.id).await?;
    }
    Ok(())
}

/// What is held back, or not wanted at all, begins no conversation.
async fn is_unwanted(tx: &Tx, town: &Town, me: Id, post: &entity::post::Model) -> Outcome<bool> {
    if post.author_id == me {
        return Ok(false);
    }
    let relations = relations::between(tx, me, &[post.author_id], town.now()).await?;
    let Some(it) = relations.first() else {
        return Ok(false);
    };
    if it.blocking || it.blocked_by || it.muting_notifications || it.domain_blocking {
        return Ok(true);
    }
    let said = notifications::reception(tx, town, me, NotificationKind::Mention, it, Some(post.id));
    Ok(said.await? != Reception::Accept)
}

/// The last message first.
pub async fn list(town: &Town, me: Id, page: Page) -> Outcome<Paged<ConversationView>> {
    let db = town.store.snapshot().await?;
    let found = rows::list(&db, me, &page).await?;
    let cursors: Vec<(Id, Id)> = found
        .iter()
        .filter_map(|row| Some((row.last_post_id?, row.id)))
        .collect();
    let items = views(&db, town, me, found).await?;
    Ok(Paged::new(items, &cursors, page.limit))
}

async fn views(
    db: &Tx,
    town: &Town,
    me: Id,
    found: Vec<Conversation>,
) -> Outcome<Vec<ConversationView>> {
    let posts: Vec<Id> = found.iter().filter_map(|row| row.last_post_id).collect();
    let posts = posts_in_order(db, town, Viewer::resident(me), &posts).await?;
    let mut people: Vec<Id> = posts.iter().flat_map(participants).collect();
    people.sort_unstable();
    people.dedup();
    let people = accounts_in_order(db, town, &people).await?;
    let shown = found.into_iter().filter_map(|row| {
        let last = posts
            .iter()
            .find(|post| Some(post.id) == row.last_post_id)?;
        let part = others(me, last);
        Some(ConversationView {
            id: row.id,
            unread: row.unread,
            people: part
                .iter()
                .filter_map(|id| people.iter().find(|view| view.id == *id))
                .cloned()
                .collect(),
            last: last.clone(),
        })
    });
    Ok(shown.collect())
}

fn participants(post: &PostView) -> impl Iterator<Item = Id> {
    let named = post.mentions.iter().map(|mention| mention.id);
    std::iter::once(post.author.id).chain(named)
}

/// Those who have part in a message besides oneself; oneself, if one writes to oneself alone.
fn others(me: Id, message: &PostView) -> Vec<Id> {
    let mut part = each_once(participants(message));
    if part.iter().any(|id| *id != me) {
        part.retain(|id| *id != me);
    }
    part
}

fn each_once(people: impl IntoIterator<Item = Id>) -> Vec<Id> {
    let mut known = HashSet::new();
    let new = people.into_iter().filter(|id| known.insert(*id));
    new.collect()
}

/// The conversations of these residents that a message has just gone on with, and whose each is.
pub(crate) async fn ending_with(
    town: &Town,
    post: Id,
    accounts: &[Id],
) -> Outcome<Vec<(Id, ConversationView)>> {
    let db = town.store.snapshot().await?;
    let mut found = Vec::new();
    for row in rows::ending_with(&db, post, accounts).await? {
        let me = row.account_id;
        let shown = views(&db, town, me, vec![row]).await?;
        found.extend(shown.into_iter().map(|view| (me, view)));
    }
    Ok(found)
}

/// A conversation with a piece of what was said in it, the newest first.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub about: ConversationView,
    pub messages: Paged<PostView>,
}

/// One's own; others' are not found. Reading it here does not mark it as read.
pub async fn exchange(town: &Town, me: Id, conversation: Id, page: Page) -> Outcome<Exchange> {
    let db = town.store.snapshot().await?;
    let row = own(&db, me, conversation).await?;
    let viewer = Viewer::resident(me);
    let ids = rows::messages(&db, viewer.eyes(), town.now(), row.thread_id, &page).await?;
    let messages = page_of(&db, town, viewer, &ids, &page).await?;
    let found = views(&db, town, me, vec![row]).await?;
    Ok(Exchange {
        about: found.into_iter().next().ok_or_else(Refusal::not_found)?,
        messages,
    })
}

/// One's own conversation in which a message stands.
pub async fn of_message(town: &Town, me: Id, message: Id) -> Outcome<Id> {
    let db = town.store.snapshot().await?;
    let found = posts_in_order(&db, town, Viewer::resident(me), &[message]).await?;
    let message = found.first().ok_or_else(Refusal::not_found)?;
    let row = rows::in_thread(&db, me, message.thread).await?;
    Ok(row.ok_or_else(Refusal::not_found)?.id)
}

/// The people whom an answer to `message` goes to, where these are still the ones whom the conversation is with.
pub async fn still_with(
    town: &Town,
    me: Id,
    about: &ConversationView,
    message: Id,
) -> Outcome<Option<Vec<Id>>> {
    let db = town.store.snapshot().await?;
    let found = posts_in_order(&db, town, Viewer::resident(me), &[message]).await?;
    let Some(message) = found.first() else {
        return Ok(None);
    };
    let people = others(me, message);
    let is_here = message.audience == Audience::Direct && message.thread == about.last.thread;
    let now: HashSet<Id> = others(me, &about.last).into_iter().collect();
    let is_same = people.len() == now.len() && people.iter().all(|id| now.contains(id));
    Ok(Some(people).filter(|_| is_here && is_same))
}

/// What somebody says to a few.
#[derive(Clone, Debug)]
pub struct Message {
    /// Everybody whom it goes to, and nobody else; oneself to keep it for oneself.
    pub to: Vec<Id>,
    /// Without their names, with which it is made to begin.
    pub text: String,
    pub language: Option<String>,
    pub reply_to: Option<Id>,
}

/// What [`posts::publish`] sends to exactly these people. Refused as a whole where one of them cannot be reached, or where
/// the text names somebody else, who would get it as well.
pub async fn prepare(town: &Arc<Town>, me: Id, message: Message) -> Outcome<Draft> {
    let to = each_once(message.to);
    let text = message.text;
    if text.trim().is_empty() {
        return Err(Refusal::invalid("text", "refusal-text-empty").into());
    }
    let names = reachable(town, me, &to).await?;
    let names = names.into_iter().map(|acct| format!("@{acct}"));
    let addressed: Vec<String> = names.chain([text]).collect();
    let compose = Compose {
        text: addressed.join(" "),
        summary: String::new(),
        sensitive: false,
        language: message.language,
        audience: Audience::Direct,
        reply_to: message.reply_to,
        media: Vec::new(),
        poll: None,
        quote: None,
        quoters: None,
    };
    let mut draft = posts::prepare(town, me, compose).await?;
    let also = draft
        .mentions
        .iter()
        .find(|id| **id != me && !to.contains(id));
    if let Some(also) = also {
        let also = accounts::views(town, &[*also]).await?;
        let name = also.first().map_or("", |who| who.acct.as_str());
        return Err(Refusal::invalid("text", "refusal-names-another")
            .with("name", name)
            .into());
    }
    draft.mentions = to;
    Ok(draft)
}

/// How those are named who get a message of mine: all of them can, or none does.
async fn reachable(town: &Town, me: Id, to: &[Id]) -> Outcome<Vec<String>> {
    let people = accounts::views(town, to).await?;
    if to.is_empty() || to.len() > limits::MENTIONS || people.len() < to.len() {
        return Err(Refusal::invalid("a", "refusal-recipients")
            .with("limit", limits::MENTIONS)
            .into());
    }
    let mut names = Vec::new();
    for who in people.into_iter().filter(|who| who.id != me) {
        let is_blocked = relations::is_blocked(town.store.read(), me, who.id).await?;
        if is_blocked || who.suspended {
            return Err(Refusal::invalid("a", "refusal-recipient-unreachable")
                .with("name", who.display_name)
                .into());
        }
        names.push(who.acct);
    }
    Ok(names)
}

/// How many hold something unread; counting stops at 100.
pub async fn unread(town: &Town, me: Id) -> Outcome<i64> {
    let eyes = Viewer::resident(me).eyes();
    Ok(rows::unread(town.store.read(), eyes, town.now(), 100).await?)
}

/// One's own; others' are not found.
pub async fn view(town: &Town, me: Id, conversation: Id) -> Outcome<ConversationView> {
    let db = town.store.snapshot().await?;
    let row = own(&db, me, conversation).await?;
    let found = views(&db, town, me, vec![row]).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

async fn own(db: &Tx, me: Id, conversation: Id) -> Outcome<Conversation> {
    let row = rows::by_id(db, conversation).await?;
    let row = row.filter(|row| row.account_id == me);
    Ok(row.ok_or_else(Refusal::not_found)?)
}

pub async fn set_unread(
    tx: &Tx,
    _town: &Town,
    me: Id,
    conversation: Id,
    unread: bool,
) -> Outcome<()> {
    let row = own(tx, me, conversation).await?;
    Ok(rows::set_unread(tx, row.id, unread).await?)
}

/// From one's own list only: its messages stay. It comes back with the next one.
pub async fn delete(tx: &Tx, _town: &Town, me: Id, conversation: Id) -> Outcome<()> {
    let row = own(tx, me, conversation).await?;
    Ok(rows::delete(tx, row.id).await?)
}
