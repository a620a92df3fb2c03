//! Takes into the index what waits for it: many posts at once, since each write of its own would cost ten times as much. What
//! happened just now is taken in before anyone's question is answered; the rest in the background.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    future::Future,
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use parvis_model::{handle::folded, id::Id, text::words};
use parvis_store::{
    ConnectionTrait,
    search::index::{self, Hanging, Kind, Source, Tie, Waiting},
};

use super::terms;
use crate::{Error, Failure, Outcome, Town};

/// Taken in by one write …
const BATCH: u64 = 200;
/// … or as many as have terms of so many bytes together.
const BYTES: usize = 1 << 20;
/// Posts read and analysed at once.
const ANALYSED: usize = 50;
/// How often a question looks whether all that is new stands in the index, and how long it leaves to whoever is at it.
const TRIES: u8 = 4;
const MOMENT: Duration = Duration::from_millis(25);
/// How long things gather.
const GATHER: Duration = Duration::from_secs(1);
/// Words of one name that count.
const WORDS: usize = 20;

/// Takes in what comes, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let begun = Instant::now();
        let more = match take_in(&town).await {
            Ok(more) => more,
            Err(err) => {
                tracing::error!(%err, town = town.host, "what is new could not be taken into the search");
                false
            }
        };
        // Where much waits, everyone else has every second turn.
        let pause = if more { begun.elapsed() } else { GATHER };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Takes in one batch of people and one of posts, those of now first. `false`: nothing is left.
pub async fn take_in(town: &Town) -> Outcome<bool> {
    let db = town.store.read();
    let mut more = index::any_author(db).await?;
    if more {
        town.store
            .write::<_, Failure, _>(|tx| {
                Box::pin(async move { Ok(index::walk_author(tx, BATCH).await?) })
            })
            .await?;
    }
    for kind in [Kind::Account, Kind::Post] {
        let mut waiting = index::waiting(db, kind, true, BATCH).await?;
        if waiting.is_empty() {
            waiting = index::waiting(db, kind, false, BATCH).await?;
        }
        more |= !waiting.is_empty();
        take(town, kind, &waiting).await?;
    }
    Ok(more)
}

/// Takes in what happened just now, so that a question finds it; in bounds.
pub(super) async fn take_in_fresh(town: &Town) -> Outcome<()> {
    for kind in [Kind::Account, Kind::Post] {
        let mut before = Vec::new();
        for _ in 0..TRIES {
            let waiting = index::waiting(town.store.read(), kind, true, BATCH).await?;
            if waiting.is_empty() {
                break;
            }
            if waiting == before {
                // Somebody else is at it, and will be done in a moment.
                tokio::time::sleep(MOMENT).await;
            }
            take(town, kind, &waiting).await?;
            before = waiting;
        }
    }
    Ok(())
}

/// One that cannot be taken in must not hold up all others: then each comes by itself, and whoever fails is left out.
async fn take(town: &Town, kind: Kind, waiting: &[Waiting]) -> Outcome<()> {
    match put(town, kind, waiting).await {
        Err(failure) if !passes(&failure) => {
            for row in waiting {
                take_alone(town, kind, *row).await?;
            }
            Ok(())
        }
        done => done,
    }
}

async fn take_alone(town: &Town, kind: Kind, row: Waiting) -> Outcome<()> {
    match put(town, kind, &[row]).await {
        Err(failure) if !passes(&failure) => {
            tracing::error!(%failure, town = town.host, ?kind, id = row.id, "left out of the search");
            town.store
                .write::<_, Failure, _>(move |tx| {
                    Box::pin(async move {
                        index::take_off(tx, kind, &[row]).await?;
                        Ok(())
                    })
                })
                .await
        }
        done => done,
    }
}

/// Is it the database that cannot now, whatever is taken in?
fn passes(failure: &Failure) -> bool {
    matches!(failure, Failure::Broken(error) if error.is_unavailable())
}

async fn put(town: &Town, kind: Kind, waiting: &[Waiting]) -> Outcome<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    match kind {
        Kind::Post => put_posts(town, waiting).await,
        Kind::Account => put_names(town, waiting).await,
    }
}

async fn put_posts(town: &Town, waiting: &[Waiting]) -> Outcome<()> {
    let mut lines = Vec::with_capacity(waiting.len());
    let mut bytes = 0;
    for some in waiting.chunks(ANALYSED) {
        let analysed = analysed(town, some).await?;
        bytes += analysed.iter().map(|(_, line)| line.len()).sum::<usize>();
        lines.extend(some.iter().copied().zip(analysed));
        if bytes >= BYTES {
            write_posts(town, mem::take(&mut lines)).await?;
            bytes = 0;
        }
    }
    write_posts(town, lines).await
}

/// By which terms each of these is found; beside what answers people, since long texts take their time.
async fn analysed(town: &Town, waiting: &[Waiting]) -> Outcome<Vec<(Id, String)>> {
    let ids: Vec<Id> = waiting.iter().map(|row| row.id).collect();
    let texts = Texts::load(&town.store.snapshot().await?, &ids).await?;
    let usual = town.profile().language.clone();
    tokio::task::spawn_blocking(move || texts.terms(&ids, &usual))
        .await
        .map_err(|err| Error::Other(format!("analysing posts: {err}")).into())
}

async fn write_posts(town: &Town, lines: Vec<(Waiting, (Id, String))>) -> Outcome<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let (waiting, posts): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let taken = index::take_off(tx, Kind::Post, &waiting).await?;
                Ok(index::put_posts(tx, &only(posts, &taken)).await?)
            })
        })
        .await
}

async fn put_names(town: &Town, waiting: &[Waiting]) -> Outcome<()> {
    let ids: Vec<Id> = waiting.iter().map(|row| row.id).collect();
    let names = index::names(town.store.read(), &ids).await?;
    let people: Vec<_> = names
        .iter()
        .map(|row| (row.id, words_of(&row.name_key, &row.display_name)))
        .collect();
    let waiting = waiting.to_vec();
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                let taken = index::take_off(tx, Kind::Account, &waiting).await?;
                Ok(index::put_names(tx, &only(people, &taken)).await?)
            })
        })
        .await
}

/// What somebody changed meanwhile waits for the next time.
fn only<T>(mut all: Vec<(Id, T)>, taken: &[Id]) -> Vec<(Id, T)> {
    let taken: HashSet<Id> = taken.iter().copied().collect();
    all.retain(|(id, _)| taken.contains(id));
    all
}

/// The words under which somebody is found: each name as a whole, and its parts.
fn words_of(name: &str, display_name: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for whole in std::iter::once(name).chain(display_name.split_whitespace()) {
        found.insert(start_of(whole));
        found.extend(words::sequence(whole));
        if found.len() >= WORDS {
            break;
        }
    }
    found.remove("");
    found.into_iter().collect()
}

/// A name, or how one begins, as it stands in the index.
pub(super) fn start_of(name: &str) -> String {
    words::term(&folded(name))
}

/// Posts with all that their terms come from.
pub(super) struct Texts {
    sources: Vec<Source>,
    ties: HashMap<Id, Vec<Tie>>,
    hanging: HashMap<Id, Vec<Hanging>>,
}

impl Texts {
    pub async fn load(db: &impl ConnectionTrait, ids: &[Id]) -> Outcome<Self> {
        let mut texts = Self::load_to_read(db, ids).await?;
        for tie in index::ties(db, ids).await? {
            texts.ties.entry(tie.post_id).or_default().push(tie);
        }
        Ok(texts)
    }

    /// Without those who have to do with them, who may be many.
    pub async fn load_to_read(db: &impl ConnectionTrait, ids: &[Id]) -> Outcome<Self> {
        let mut texts = Self {
            sources: index::sources(db, ids).await?,
            ties: HashMap::new(),
            hanging: HashMap::new(),
        };
        for one in index::hanging(db, ids).await? {
            texts.hanging.entry(one.post_id).or_default().push(one);
        }
        Ok(texts)
    }

    /// By which terms each of these is found; those that are gone, by none.
    fn terms(&self, ids: &[Id], usual: &str) -> Vec<(Id, String)> {
        let mut all: HashMap<Id, String> = self
            .sources
            .iter()
            .map(|source| {
                let line =
                    terms::of_post(source, self.ties(source.id), self.hanging(source.id), usual);
                (source.id, line)
            })
            .collect();
        ids.iter()
            .map(|id| (*id, all.remove(id).unwrap_or_default()))
            .collect()
    }

    /// What is read of each post.
    pub fn read(&self) -> impl Iterator<Item = (Id, Vec<String>)> {
        self.sources
            .iter()
            .map(|source| (source.id, terms::texts(source, self.hanging(source.id))))
    }

    fn ties(&self, post: Id) -> &[Tie] {
        self.ties.get(&post).map_or(&[], Vec::as_slice)
    }

    fn hanging(&self, post: Id) -> &[Hanging] {
        self.hanging.get(&post).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_a_whole_and_by_its_parts() {
        let words = words_of("jean-paul_75", "Jean-Paul Œuvrard 🌻");
        assert_eq!(
            words,
            [
                "75",
                "jean",
                "jeanpaul",
                "jeanpaul_75",
                "oeuvrard",
                "paul",
                "🌻"
            ]
        );
    }
}
