//! Lists of an account of this town (outbox, followers, following, pins, tags) and of a post (thread, answers, likes, boosts).
//! Counts for everyone; people only where the account wants to be found and does not keep them to itself.

use parvis_model::{id::Id, limits, page::Page as Piece};
use parvis_town::{
    AccountView, Outcome, Paged, PostView, Town, Viewer, accounts,
    consents::ReplyConsent,
    follows, pins, tags,
    threads::{AfterAnswer, OpenPosts},
    timelines::{self, Shown},
};
use serde_json::{Value, json};

use crate::{
    posts, reactions, uri,
    wire::emit::{
        collection::{Collection, Heap, HeapPage, Page},
        object::Tag,
    },
};

/// Which page of a list is asked for; none: the list itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) page: bool,
    pub(crate) max_id: Option<Id>,
    /// The page directly above it.
    pub(crate) min_id: Option<Id>,
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
    let (own, piece) = match asked.min_id {
        Some(below) => (
            page_above(&id, below),
            Piece {
                min_id: Some(below),
                ..Piece::default()
            },
        ),
        None => (page_id(&id, asked.max_id), Piece::older_than(asked.max_id)),
    };
    let piece = piece.limited(limits::PAGE_MAX);
    let found = timelines::of_account(town, &Viewer::nobody(), account.id, shown, piece).await?;
    let held_back = |post: &PostView| post.consent.as_ref().is_some_and(ReplyConsent::holds_back);
    let items: Vec<Value> = found
        .items
        .iter()
        .filter(|post| !held_back(post))
        .filter_map(|post| said(town, post))
        .collect();
    let mut page = Page::new(own, id.clone(), items);
    // Below a page that was asked for upwards there is at least the post above which it stands.
    let last = found.items.last().filter(|_| asked.min_id.is_some());
    let next = found.next.or(last.map(|post| post.id));
    page.next = next.map(|next| page_id(&id, Some(next)));
    let is_first = asked.max_id.or(asked.min_id).is_none();
    let prev = found.prev.filter(|_| !is_first);
    page.prev = prev.map(|prev| page_above(&id, prev));
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
    let nobody = Viewer::nobody();
    let named = account.discoverable && follows::are_shown(&nobody, account);
    if !asked.page || !named {
        let first = named.then(|| format!("{id}?page=true"));
        let total = u64::try_from(total).unwrap_or(0);
        return Ok(json!(Collection::<Value>::counted(id, total, first)));
    }
    let piece = Piece::older_than(asked.max_id).limited(limits::PAGE_MAX);
    let found: Paged<AccountView> = match which {
        People::Followers => follows::followers(town, &nobody, account, piece).await?,
        People::Following => follows::following(town, &nobody, account, piece).await?,
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

/// Tags that stand on the page of an account.
pub(crate) async fn featured_tags(town: &Town, account: &AccountView) -> Outcome<Heap<Tag>> {
    let shown = if account.suspended {
        Vec::new()
    } else {
        tags::featured(town, account.id).await?
    };
    let hashtag = |it: tags::FeaturedTagView| Tag::Hashtag {
        href: uri::tag(&town.origin, &it.tag.key),
        name: format!("#{}", it.tag.name),
    };
    let items: Vec<Tag> = shown.into_iter().map(hashtag).collect();
    Ok(Heap::whole(uri::collection(&account.uri, "tags"), items))
}

/// The thread of a post is ours to show where it begins with that post.
pub(crate) fn begins_thread(post: &PostView) -> bool {
    post.local && post.thread == post.id
}

/// Where the whole thread is shown that a post begins, or answers directly: for answers further down the town would have to
/// ask whose the first post is.
pub(crate) fn context_id(town: &Town, post: &PostView) -> Option<String> {
    let root = uri::object(&town.origin, post.thread);
    let is_answered = post.local && post.reply_to_uri.as_ref() == Some(&root);
    (begins_thread(post) || is_answered).then(|| uri::collection(&root, "context"))
}

/// A thread, the oldest post first; `size` is how many of its posts everyone may see.
pub(crate) fn context(post: &PostView, size: i64) -> Collection<String> {
    let id = uri::collection(&post.uri, "context");
    let (first, size) = (page_id(&id, None), u64::try_from(size).unwrap_or(0));
    Collection::counted(id, size, Some(first)).of(post.author.uri.clone())
}

/// The piece of a thread that comes after a post.
pub(crate) fn context_page(
    post: &PostView,
    after: Option<Id>,
    piece: OpenPosts<Id>,
) -> Page<String> {
    let id = uri::collection(&post.uri, "context");
    let own = after.map_or_else(|| page_id(&id, None), |after| page_above(&id, after));
    let next = piece.next.map(|after| page_above(&id, after));
    let mut page = Page::new(own, id, piece.uris);
    page.next = next;
    page
}

/// The answers to a post that everyone may see, with the first page of them.
pub(crate) fn replies(post: &PostView, first: OpenPosts<AfterAnswer>) -> Heap {
    heap(post, "replies", post.replies).with(replies_page(post, AfterAnswer::default(), first))
}

/// The piece of the answers that comes after one.
pub(crate) fn replies_page(
    post: &PostView,
    after: AfterAnswer,
    piece: OpenPosts<AfterAnswer>,
) -> HeapPage {
    let id = uri::collection(&post.uri, "replies");
    let next = piece.next.map(|after| answers_after(&id, after));
    let mut page = HeapPage::new(answers_after(&id, after), id, piece.uris);
    page.next = next;
    page
}

fn answers_after(list: &str, after: AfterAnswer) -> String {
    let others = if after.others { "&others=true" } else { "" };
    if after == AfterAnswer::default() {
        page_id(list, None)
    } else {
        format!("{}{others}", page_above(list, after.id))
    }
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

fn page_above(list: &str, min_id: Id) -> String {
    format!("{list}?page=true&min_id={min_id}")
}

fn page_id(list: &str, max_id: Option<Id>) -> String {
    match max_id {
        Some(id) => format!("{list}?page=true&max_id={id}"),
        None => format!("{list}?page=true"),
    }
}
