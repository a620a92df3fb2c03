//! Lists of an account of this town (outbox, followers, following, pins) and of a post (answers, likes, boosts). Counts for
//! everyone; people only where the account wants to be found.

use parvis_model::{id::Id, limits, page::Page as Piece};
use parvis_town::{
    AccountView, Outcome, Paged, PostView, Town, Viewer, accounts,
    consents::ReplyConsent,
    follows, pins,
    timelines::{self, Shown},
};
use serde_json::{Value, json};

use crate::{
    posts, reactions, uri,
    wire::emit::collection::{Collection, Heap, Page},
};

/// Which page of a list is asked for; none: the list itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) page: bool,
    pub(crate) max_id: Option<Id>,
}

pub(crate) async fn outbox(town: &Town, account: &AccountView, asked: Asked) -> Outcome<Value> {
    let id = uri::collection(&account.uri, "outbox");
    if !asked.page {
        let first = format!("{id}?page=true");
        let open = accounts::open_posts(town, account.id).await?;
        let total = u64::try_from(open).unwrap_or(0);
        return Ok(json!(Collection::<Value>::counted(id, total, Some(first))));
    }
    let shown = Shown {
        replies: true,
        boosts: true,
        media_only: false,
    };
    let piece = Piece::older_than(asked.max_id).limited(limits::PAGE);
    let found = timelines::of_account(town, &Viewer::nobody(), account.id, shown, piece).await?;
    let held_back = |post: &PostView| post.consent.as_ref().is_some_and(ReplyConsent::holds_back);
    let items: Vec<Value> = found
        .items
        .iter()
        .filter(|post| !held_back(post))
        .filter_map(|post| said(town, post))
        .collect();
    let mut page = Page::new(page_id(&id, asked.max_id), id.clone(), items);
    page.next = found.next.map(|next| page_id(&id, Some(next)));
    Ok(json!(page))
}

pub(crate) fn said(town: &Town, post: &PostView) -> Option<Value> {
    if post.boost_of.is_some() {
        return Some(json!(reactions::announcement(post)?));
    }
    Some(json!(posts::creation(town, post)?))
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum People {
    Followers,
    Following,
}

pub(crate) async fn people(
    town: &Town,
    account: &AccountView,
    which: People,
    asked: Asked,
) -> Outcome<Value> {
    let (name, total) = match which {
        People::Followers => ("followers", account.followers),
        People::Following => ("following", account.following),
    };
    let id = uri::collection(&account.uri, name);
    if !asked.page || !account.discoverable {
        let first = account.discoverable.then(|| format!("{id}?page=true"));
        let total = u64::try_from(total).unwrap_or(0);
        return Ok(json!(Collection::<Value>::counted(id, total, first)));
    }
    let piece = Piece::older_than(asked.max_id).limited(limits::PAGE_MAX);
    let nobody = Viewer::nobody();
    let found: Paged<AccountView> = match which {
        People::Followers => follows::followers(town, &nobody, account.id, piece).await?,
        People::Following => follows::following(town, &nobody, account.id, piece).await?,
    };
    let items: Vec<String> = found.items.into_iter().map(|person| person.uri).collect();
    let mut page = Page::new(page_id(&id, asked.max_id), id.clone(), items);
    page.next = found.next.map(|next| page_id(&id, Some(next)));
    Ok(json!(page))
}

/// Posts on top of the page, as far as everyone may read them.
pub(crate) async fn featured(town: &Town, account: &AccountView) -> Outcome<Value> {
    let pinned = pins::of_account(town, &Viewer::nobody(), account.id).await?;
    let posts: Vec<String> = pinned.into_iter().map(|post| post.uri).collect();
    let id = uri::collection(&account.uri, "featured");
    Ok(json!(Collection::whole(id, posts)))
}

/// The thread of a post is ours to show where it begins with that post.
pub(crate) fn begins_thread(post: &PostView) -> bool {
    post.local && post.thread == post.id
}

/// Where the whole thread is shown that a post begins.
pub(crate) fn context_id(post: &PostView) -> Option<String> {
    begins_thread(post).then(|| uri::collection(&post.uri, "context"))
}

/// A thread, the oldest post first.
pub(crate) fn context(post: &PostView, thread: Vec<String>) -> Collection<String> {
    let id = uri::collection(&post.uri, "context");
    Collection::whole(id, thread).of(post.author.uri.clone())
}

/// The answers to a post that everyone may see, of which `shown` are the first.
pub(crate) fn replies(post: &PostView, shown: Vec<String>) -> Heap {
    heap(post, "replies", post.replies).with(shown)
}

/// The same as it stands in the post itself.
pub(crate) fn replies_elsewhere(post: &PostView) -> Heap {
    heap(post, "replies", post.replies).paged()
}

pub(crate) fn likes(post: &PostView) -> Heap {
    heap(post, "likes", post.favourites)
}

pub(crate) fn shares(post: &PostView) -> Heap {
    heap(post, "shares", post.boosts)
}

fn heap(post: &PostView, name: &str, count: i64) -> Heap {
    let count = u64::try_from(count).unwrap_or(0);
    Heap::counted(uri::collection(&post.uri, name), count)
}

fn page_id(list: &str, max_id: Option<Id>) -> String {
    match max_id {
        Some(id) => format!("{list}?page=true&max_id={id}"),
        None => format!("{list}?page=true"),
    }
}
