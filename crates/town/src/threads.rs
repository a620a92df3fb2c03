//! A post with what it answers and what answers it.

pub mod errands;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_store::posts::{self, OpenPost};

use crate::{Outcome, PostView, Town, Viewer, pages::posts_in_order, polls};

#[derive(Clone, Debug)]
pub struct Thread {
    /// Root first.
    pub ancestors: Vec<PostView>,
    pub post: PostView,
    /// Depth first, so that what is answered comes before its answers; oldest first among equals.
    pub descendants: Vec<PostView>,
}

impl Thread {
    /// Others hold a part of it, and may hold more.
    pub fn reaches_elsewhere(&self) -> bool {
        let around = self.ancestors.iter().chain(&self.descendants);
        around.chain([&self.post]).any(|post| !post.local)
    }
}

/// Addresses of posts that everyone may see, a page of them.
#[derive(Clone, Debug)]
pub struct OpenPosts<C> {
    pub uris: Vec<String>,
    /// After what the next page begins; `None` at the end.
    pub next: Option<C>,
}

impl<C> OpenPosts<C> {
    /// Of one more than stands on a page, where there are so many.
    fn of(mut found: Vec<OpenPost>, cursor: impl Fn(&OpenPost) -> C) -> Self {
        let is_last = found.len() as u64 <= limits::PAGE_MAX;
        if !is_last {
            found.pop();
        }
        let last = found.last().filter(|_| !is_last);
        Self {
            next: last.map(cursor),
            uris: found.into_iter().map(|post| post.uri).collect(),
        }
    }
}

/// Where a list of answers goes on: after which of them, and whether those of the author are through. From the start, if not
/// said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AfterAnswer {
    pub others: bool,
    pub id: Id,
}

/// Answers to a post that everyone may see: those of its own author first, then the oldest.
pub async fn open_answers(
    town: &Town,
    post: &PostView,
    after: AfterAnswer,
) -> Outcome<OpenPosts<AfterAnswer>> {
    let (db, author) = (town.store.read(), post.author.id);
    let after = (after.others, after.id);
    let found = posts::open_answers(db, post.id, author, after, limits::PAGE_MAX + 1).await?;
    Ok(OpenPosts::of(found, |last| AfterAnswer {
        others: last.author_id != author,
        id: last.id,
    }))
}

/// Posts of a thread that everyone may see, the oldest first; from the start, if after none.
pub async fn open_thread(
    town: &Town,
    post: &PostView,
    after: Option<Id>,
) -> Outcome<OpenPosts<Id>> {
    let (db, after) = (town.store.read(), after.unwrap_or(0));
    let found = posts::open_thread(db, post.thread, after, limits::PAGE_MAX + 1).await?;
    Ok(OpenPosts::of(found, |last| last.id))
}

/// How many those are.
pub async fn open_thread_size(town: &Town, post: &PostView) -> Outcome<i64> {
    Ok(posts::open_thread_size(town.store.read(), post.thread).await?)
}

/// As far as it is known here; where a resident looks, more of it is asked for. Walks without recursion: a thread may be
/// thousands deep.
pub async fn around(town: &Arc<Town>, viewer: &Viewer, post: Id) -> Outcome<Thread> {
    let db = town.store.snapshot().await?;
    let asked = posts_in_order(&db, town, *viewer, &[post]).await?;
    let asked = asked.into_iter().next().ok_or_else(Refusal::not_found)?;
    let root = asked.boost_of.as_ref().map_or(asked.thread, |of| of.thread);
    let focus = asked.boost_of.as_ref().map_or(asked.id, |of| of.id);
    if viewer.is_resident() {
        polls::look_again(town, viewer, &asked);
    }
    let ids = posts::thread(&db, viewer.eyes(), town.now(), root, limits::THREAD).await?;
    let mut ids_with_focus = ids;
    if !ids_with_focus.contains(&focus) {
        ids_with_focus.push(focus);
    }
    let all = posts_in_order(&db, town, *viewer, &ids_with_focus).await?;
    let mut by_id: HashMap<Id, PostView> = all.into_iter().map(|view| (view.id, view)).collect();
    let ancestors = take_ancestors(focus, &mut by_id);
    let order = descendants_of(focus, &by_id);
    let post = by_id.remove(&focus).ok_or_else(Refusal::not_found)?;
    let descendants = order
        .into_iter()
        .filter_map(|id| by_id.remove(&id))
        .collect();
    drop(db);
    let thread = Thread {
        ancestors,
        post,
        descendants,
    };
    if viewer.is_resident() && thread.reaches_elsewhere() {
        errands::looked_at(town, &thread.post).await?;
    }
    Ok(thread)
}

fn take_ancestors(of: Id, by_id: &mut HashMap<Id, PostView>) -> Vec<PostView> {
    let mut chain = Vec::new();
    let mut next = by_id.get(&of).and_then(|post| post.reply_to);
    // What is taken cannot be met again, so a circle ends by itself.
    while let Some(parent) = next.filter(|id| *id != of).and_then(|id| by_id.remove(&id)) {
        next = parent.reply_to;
        chain.push(parent);
    }
    chain.reverse();
    chain
}

fn descendants_of(post: Id, by_id: &HashMap<Id, PostView>) -> Vec<Id> {
    let mut answers: HashMap<Id, Vec<Id>> = HashMap::new();
    for view in by_id.values() {
        if let Some(parent) = view.reply_to {
            answers.entry(parent).or_default().push(view.id);
        }
    }
    for siblings in answers.values_mut() {
        siblings.sort_unstable_by(|a, b| b.cmp(a));
    }
    let mut order = Vec::new();
    let mut met = HashSet::from([post]);
    let mut open = answers.remove(&post).unwrap_or_default();
    while let Some(id) = open.pop() {
        if met.insert(id) {
            order.push(id);
            open.extend(answers.remove(&id).unwrap_or_default());
        }
    }
    order
}
