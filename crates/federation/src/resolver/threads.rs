//! Threads made whole: what a post answers, upwards, and what answers it, downwards, each asked of its own server. Knows
//! nothing of who looks.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use parvis_model::{
    audience::Audience,
    clock::{SECOND, Timestamp},
    id::Id,
    limits, uri as address,
};
use parvis_store::{
    entity::{account, post},
    posts as rows,
};
use parvis_town::Outcome;
use tokio::time::timeout;

use super::{PARENTS, PATIENCE, Resolver, Way, errands::Errand, lists::List};
use crate::{
    fetch::{Budget, Fetched},
    wire,
};

/// Rounds of climbing, of [`PARENTS`] steps each, that one errand makes.
const ROUNDS: usize = 5;
/// Answers that are here already and are asked for theirs, of one post.
const KNOWN_ANSWERS: u64 = 40;

/// A post to be asked for its answers.
struct Question {
    post: Id,
    depth: usize,
    /// Its document says so already.
    listed: Option<List>,
}

impl Resolver {
    /// Makes what an arriving post answers known here, as far up as can be had in time; the rest follows in the background.
    pub(crate) async fn ancestors(
        self: &Arc<Self>,
        post: &wire::Post<'_>,
        budget: &Budget,
    ) -> Outcome<()> {
        let Some(first) = post.in_reply_to.and_then(address::canonical) else {
            return Ok(());
        };
        let climbing = self.make_known(Some(first.clone()), budget, PARENTS);
        let rest = match timeout(PATIENCE, climbing).await {
            Ok(rest) => rest?,
            Err(_) => Some(first),
        };
        if let Some(rest) = rest {
            self.send_out(Errand::Ancestors(rest));
        }
        Ok(())
    }

    /// Goes on upwards from an address.
    pub(super) async fn climb(&self, from: String) -> Outcome<bool> {
        let budget = Budget::of(limits::FETCHES_PER_THREAD);
        let mut next = Some(from);
        for _ in 0..ROUNDS {
            match next {
                Some(uri) => next = self.make_known(Some(uri), &budget, PARENTS).await?,
                None => break,
            }
        }
        Ok(true)
    }

    /// Makes a post known here, and what it answers, and so on upwards, at most `count` of them; gives where to go on. First
    /// all the way up, then down, in a loop: the stack must not grow with what others write.
    pub(super) async fn make_known(
        &self,
        first: Option<String>,
        budget: &Budget,
        count: usize,
    ) -> Outcome<Option<String>> {
        let mut chain: Vec<(Fetched, Arc<account::Model>)> = Vec::new();
        let mut next = first;
        while let Some(uri) = next.take_if(|_| chain.len() < count) {
            if self.is_ours(&uri) || self.known_post(&uri).await?.is_some() {
                break;
            }
            let Some(fetched) = self.fetch_post(&uri, budget).await else {
                break;
            };
            let goes_round = chain.iter().any(|(below, _)| below.id == fetched.id);
            if goes_round {
                break;
            }
            let Some(author) = self.author_of(&fetched, budget).await? else {
                break;
            };
            next = answered(&fetched);
            chain.push((fetched, author));
        }
        let way = self.found_now();
        for (fetched, author) in chain.iter().rev() {
            self.keep_post(fetched, author, budget, true, way).await?;
        }
        // Asked for none, there is nowhere to go on.
        Ok(next.filter(|_| count > 0))
    }

    /// What is missing above and below a post that somebody looks at. `false`: its server is not to be had.
    pub(super) async fn complete_thread(&self, post: Id) -> Outcome<bool> {
        let budget = Budget::of(limits::FETCHES_PER_THREAD);
        let db = self.town.store.read();
        let Some(row) = rows::by_id(db, post).await? else {
            return Ok(true);
        };
        if let Some(root) = rows::by_id(db, row.thread_id).await?
            && root.reply_to_id.is_none()
            && let Some(above) = root.reply_to_uri.as_deref().and_then(address::canonical)
        {
            self.make_known(Some(above), &budget, PARENTS).await?;
        }
        self.answers_below(post, &budget).await
    }

    /// A poll as its server counts it now. `false`: that is not to be had.
    pub(super) async fn recount(&self, post: Id) -> Outcome<bool> {
        match rows::by_id(self.town.store.read(), post).await? {
            Some(row) if !row.local => {
                let seen = self.seen_again(&row, &Budget::for_activity()).await?;
                Ok(seen.is_some())
            }
            _ => Ok(true),
        }
    }

    /// Breadth first: what is nearest to what somebody reads comes first.
    async fn answers_below(&self, looked_at: Id, budget: &Budget) -> Outcome<bool> {
        let mut waiting = VecDeque::from([Question {
            post: looked_at,
            depth: 0,
            listed: None,
        }]);
        let mut met = HashSet::from([looked_at]);
        let mut asked = 0;
        while let Some(question) = waiting.pop_front() {
            let row = rows::by_id(self.town.store.read(), question.post).await?;
            let Some(row) = row.filter(is_open) else {
                continue;
            };
            asked += 1;
            if asked > limits::THREAD_QUESTIONS {
                break;
            }
            let below = match self.answers_to(&row, question.listed, budget).await? {
                Some(below) => below,
                None if row.id == looked_at => return Ok(false),
                None => continue,
            };
            let depth = question.depth + 1;
            let new = below.into_iter().filter(|(post, _)| met.insert(*post));
            waiting.extend(
                new.filter(|_| depth < limits::THREAD_DEPTH)
                    .map(|(post, listed)| Question {
                        post,
                        depth,
                        listed,
                    }),
            );
        }
        Ok(true)
    }

    /// The answers to a post that are here afterwards, with what each is said to be answered by. `None`: its server is not
    /// to be had.
    async fn answers_to(
        &self,
        row: &post::Model,
        listed: Option<List>,
        budget: &Budget,
    ) -> Outcome<Option<Vec<(Id, Option<List>)>>> {
        let mut below = Vec::new();
        if !row.local {
            let listed = match listed {
                Some(listed) => listed,
                None => match self.seen_again(row, budget).await? {
                    Some(listed) => listed,
                    None => return Ok(None),
                },
            };
            let items = self.all_items(listed, &row.uri, budget).await;
            for uri in items.unwrap_or_default() {
                if self.is_ours(&uri) || self.known_post(&uri).await?.is_some() {
                    continue;
                }
                below.extend(self.answer(&uri, row, budget).await?);
            }
        }
        let known = rows::answers_elsewhere(self.town.store.read(), row.id, KNOWN_ANSWERS).await?;
        below.extend(known.into_iter().map(|post| (post, None)));
        Ok(Some(below))
    }

    /// A post as its server shows it now, taken over; gives what it lists.
    async fn seen_again(&self, row: &post::Model, budget: &Budget) -> Outcome<Option<List>> {
        let Some(fetched) = self.fetch(&row.uri, budget).await else {
            return Ok(None);
        };
        if fetched.id != row.uri {
            return Ok(None);
        }
        if let Some(author) = self.author_of(&fetched, budget).await?
            && author.id == row.author_id
        {
            let way = Way::Found {
                undated: row.created_at,
            };
            self.keep_post(&fetched, &author, budget, false, way)
                .await?;
        }
        Ok(Some(List::in_member(&fetched.json, "replies")))
    }

    /// Takes in what a list calls an answer, if it is one of this very thread.
    async fn answer(
        &self,
        uri: &str,
        row: &post::Model,
        budget: &Budget,
    ) -> Outcome<Option<(Id, Option<List>)>> {
        let Some(fetched) = self.fetch_post(uri, budget).await else {
            return Ok(None);
        };
        let Some(parent) = answered(&fetched) else {
            return Ok(None);
        };
        if parent != row.uri && !self.is_in_thread(&parent, row.thread_id).await? {
            return Ok(None);
        }
        let Some(author) = self.author_of(&fetched, budget).await? else {
            return Ok(None);
        };
        let way = Way::Found {
            undated: after(row.created_at),
        };
        let kept = self.keep_post(&fetched, &author, budget, true, way).await?;
        Ok(kept.map(|post| (post, Some(List::in_member(&fetched.json, "replies")))))
    }

    async fn is_in_thread(&self, uri: &str, thread: Id) -> Outcome<bool> {
        let Some(post) = self.known_post(uri).await? else {
            return Ok(false);
        };
        let row = rows::by_id(self.town.store.read(), post).await?;
        Ok(row.is_some_and(|row| row.thread_id == thread))
    }
}

/// What others than those named may read: the town's own actor asks for the rest in vain.
fn is_open(row: &post::Model) -> bool {
    Audience::parse(&row.audience).is_some_and(Audience::is_open)
}

/// A moment later.
fn after(at: Timestamp) -> Timestamp {
    at + SECOND
}

/// What a post answers.
pub(super) fn answered(fetched: &Fetched) -> Option<String> {
    let post = wire::Post::read(&fetched.json, "").ok()?;
    post.in_reply_to.and_then(address::canonical)
}
