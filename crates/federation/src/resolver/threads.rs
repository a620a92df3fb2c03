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
use parvis_town::{Outcome, reach::Missing};
use tokio::time::timeout;

use super::{PARENTS, PATIENCE, Resolver, Way, lists::List};
use crate::{
    fetch::{Budget, FetchFault, Fetched},
    pictures,
    wire::{self, read::Doc},
};

/// How often the list of a whole thread is gone through, for what stands there before what it answers.
const ROUNDS: usize = 3;
/// Answers that are here already and are asked for theirs, of one post.
const KNOWN_ANSWERS: u64 = 40;

/// A post to be asked for its answers.
struct Question {
    post: Id,
    depth: usize,
    /// Its document says so already.
    listed: Option<List>,
}

/// How far up one came.
#[derive(Debug, Default)]
pub(super) struct Climbed {
    /// Where to go on.
    next: Option<String>,
    /// Why not at once.
    missing: Option<Missing>,
}

/// What its own server lists of what belongs to a post.
struct Listed {
    replies: List,
    /// The whole thread (FEP-7888).
    context: Option<String>,
}

/// What a post that is said to belong to a thread turned out to be.
enum Candidate {
    Kept(Id, List),
    /// An answer to what is not in the thread here.
    Of(String),
    Nothing,
}

impl Resolver {
    /// Makes what an arriving post answers known here, as far up as can be had in time; for the rest the town lays down an
    /// errand when the post is kept.
    pub(crate) async fn ancestors(&self, post: &wire::Post<'_>, budget: &Budget) -> Outcome<()> {
        let Some(first) = post.in_reply_to.and_then(address::canonical) else {
            return Ok(());
        };
        match timeout(PATIENCE, self.make_known(Some(first), budget, PARENTS)).await {
            Ok(climbed) => climbed.map(drop),
            Err(_) => Ok(()),
        }
    }

    /// One errand's way up from an address; gives where to go on.
    pub(super) async fn above(&self, from: &str) -> Outcome<Result<Option<String>, Missing>> {
        let budget = Budget::of(limits::FETCHES_PER_THREAD);
        let first = Some(from.to_owned());
        let Climbed { next, missing } = self.make_known(first, &budget, PARENTS).await?;
        Ok(match missing {
            Some(missing) if next.as_deref() == Some(from) => Err(missing),
            _ if self.known_post(from).await?.is_none() => Err(Missing::Gone),
            _ => Ok(next),
        })
    }

    /// Makes a post known here, and what it answers, and so on upwards, at most `count` of them. First all the way up, then
    /// down, in a loop: the stack must not grow with what others write.
    pub(super) async fn make_known(
        &self,
        first: Option<String>,
        budget: &Budget,
        count: usize,
    ) -> Outcome<Climbed> {
        let mut missing = None;
        let mut chain: Vec<(Fetched, Arc<account::Model>)> = Vec::new();
        let mut next = first;
        while let Some(uri) = next.take_if(|_| chain.len() < count) {
            if self.is_ours(&uri) || self.known_post(&uri).await?.is_some() {
                break;
            }
            let fetched = match self.fetch_post(&uri, budget).await {
                Ok(fetched) => fetched,
                Err(fault) => {
                    missing = Some(why(fault)).filter(|why| *why != Missing::Gone);
                    next = missing.map(|_| uri);
                    break;
                }
            };
            let goes_round = chain.iter().any(|(below, _)| below.id == fetched.id);
            if goes_round {
                break;
            }
            let Some(author) = self.author_of(&fetched, budget).await? else {
                // It may be theirs who cannot be asked now.
                (missing, next) = (Some(Missing::NotNow), Some(uri));
                break;
            };
            next = answered(&fetched);
            chain.push((fetched, author));
        }
        let way = self.found_now();
        for (fetched, author) in chain.iter().rev() {
            self.keep_post(fetched, author, budget, true, way).await?;
        }
        Ok(Climbed { next, missing })
    }

    /// What is missing above and below a post that somebody looks at.
    pub(super) async fn around(&self, post: Id) -> Outcome<Result<(), Missing>> {
        let budget = Budget::of(limits::FETCHES_PER_THREAD);
        let db = self.town.store.read();
        let Some(row) = rows::by_id(db, post).await? else {
            return Ok(Ok(()));
        };
        if let Some(root) = rows::by_id(db, row.thread_id).await?
            && root.reply_to_id.is_none()
            && let Some(above) = root.reply_to_uri.as_deref().and_then(address::canonical)
        {
            self.make_known(Some(above), &budget, PARENTS).await?;
        }
        let context = match self.answers_below(post, &budget).await? {
            Ok(context) => context,
            Err(missing) => return Ok(Err(missing)),
        };
        if let Some(context) = context
            && let Some(row) = rows::by_id(db, post).await?
        {
            self.whole_thread(&row, context, &budget).await?;
        }
        Ok(Ok(()))
    }

    /// A poll as its server counts it now. `false`: that is not to be had.
    pub(super) async fn recount(&self, post: Id) -> Outcome<bool> {
        match rows::by_id(self.town.store.read(), post).await? {
            Some(row) if !row.local => {
                let seen = self.seen_again(&row, &Budget::for_activity()).await?;
                Ok(seen.is_ok())
            }
            _ => Ok(true),
        }
    }

    /// Breadth first: what is nearest to what somebody reads comes first. Gives where its server lists the whole thread.
    async fn answers_below(
        &self,
        looked_at: Id,
        budget: &Budget,
    ) -> Outcome<Result<Option<String>, Missing>> {
        let mut context = None;
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
            let listed = match question.listed {
                Some(listed) => Ok(listed),
                None if row.local => Ok(List::default()),
                None => self.seen_again(&row, budget).await?.map(|seen| {
                    context = context
                        .take()
                        .or(seen.context.filter(|_| row.id == looked_at));
                    seen.replies
                }),
            };
            let below = match listed {
                Ok(listed) => self.answers_to(&row, listed, budget).await?,
                // A post that is gone from there has no more answers.
                Err(Missing::NotNow | Missing::Busy) if row.id == looked_at => {
                    return Ok(listed.map(|_| None));
                }
                Err(_) => continue,
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
        Ok(Ok(context))
    }

    /// The answers to a post that are here afterwards, with what each is said to be answered by.
    async fn answers_to(
        &self,
        row: &post::Model,
        listed: List,
        budget: &Budget,
    ) -> Outcome<Vec<(Id, Option<List>)>> {
        let mut below = Vec::new();
        let items = self.all_items(listed, &row.uri, budget).await;
        for uri in items.unwrap_or_default() {
            if self.is_here(&uri).await? {
                continue;
            }
            if let Candidate::Kept(post, listed) = self.candidate(&uri, row, budget).await? {
                below.push((post, Some(listed)));
            }
        }
        let known = rows::answers_elsewhere(self.town.store.read(), row.id, KNOWN_ANSWERS).await?;
        below.extend(known.into_iter().map(|post| (post, None)));
        Ok(below)
    }

    /// What the server of a post lists as its whole thread, if it may speak for it: each item counts as one of `replies`
    /// does. An item may stand before what it answers.
    async fn whole_thread(
        &self,
        row: &post::Model,
        context: String,
        budget: &Budget,
    ) -> Outcome<()> {
        let items = self.all_items(List::at(context), &row.uri, budget).await;
        let items = items.unwrap_or_default().into_iter();
        let mut left: Vec<(String, Option<String>)> = items.map(|uri| (uri, None)).collect();
        for _ in 0..ROUNDS {
            let mut later = Vec::new();
            for (uri, parent) in left {
                if self.is_here(&uri).await? {
                    continue;
                }
                if let Some(parent) = parent
                    && !self.is_in_thread(&parent, row.thread_id).await?
                {
                    later.push((uri, Some(parent)));
                } else if let Candidate::Of(parent) = self.candidate(&uri, row, budget).await? {
                    later.push((uri, Some(parent)));
                }
            }
            // Many show the newest first.
            later.reverse();
            left = later;
        }
        Ok(())
    }

    async fn is_here(&self, uri: &str) -> Outcome<bool> {
        Ok(self.is_ours(uri) || self.known_post(uri).await?.is_some())
    }

    /// A post as its server shows it now, taken over; gives what it lists.
    async fn seen_again(
        &self,
        row: &post::Model,
        budget: &Budget,
    ) -> Outcome<Result<Listed, Missing>> {
        let fetched = match self.fetch_or_why(&row.uri, budget).await {
            Ok(fetched) if fetched.id == row.uri => fetched,
            Ok(_) => return Ok(Err(Missing::Gone)),
            Err(fault) => return Ok(Err(why(fault))),
        };
        if let Some(author) = self.author_of(&fetched, budget).await?
            && author.id == row.author_id
        {
            let way = Way::Found {
                undated: row.created_at,
            };
            self.keep_post(&fetched, &author, budget, false, way)
                .await?;
        }
        let context = Doc::of(&fetched.json).and_then(|doc| doc.one_id("context"));
        Ok(Ok(Listed {
            replies: List::in_member(&fetched.json, "replies"),
            context: context.and_then(address::canonical),
        }))
    }

    /// Takes in what a list calls an answer, if it is one of this very thread.
    async fn candidate(&self, uri: &str, row: &post::Model, budget: &Budget) -> Outcome<Candidate> {
        let Ok(fetched) = self.fetch_post(uri, budget).await else {
            return Ok(Candidate::Nothing);
        };
        let Some(parent) = answered(&fetched) else {
            return Ok(Candidate::Nothing);
        };
        if parent != row.uri && !self.is_in_thread(&parent, row.thread_id).await? {
            return Ok(Candidate::Of(parent));
        }
        let Some(author) = self.author_of(&fetched, budget).await? else {
            return Ok(Candidate::Nothing);
        };
        let way = Way::Found {
            undated: after(row.created_at),
        };
        let kept = self.keep_post(&fetched, &author, budget, true, way).await?;
        let listed = || List::in_member(&fetched.json, "replies");
        Ok(kept.map_or(Candidate::Nothing, |post| Candidate::Kept(post, listed())))
    }

    async fn is_in_thread(&self, uri: &str, thread: Id) -> Outcome<bool> {
        let Some(post) = self.known_post(uri).await? else {
            return Ok(false);
        };
        let row = rows::by_id(self.town.store.read(), post).await?;
        Ok(row.is_some_and(|row| row.thread_id == thread))
    }
}

/// Does asking again soon make sense?
fn why(fault: FetchFault) -> Missing {
    match fault {
        // Nobody was asked.
        FetchFault::JustFailed => Missing::Busy,
        fault => pictures::missing(fault),
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
