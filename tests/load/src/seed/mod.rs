//! A town with years behind it: 2,000 people, most of them elsewhere, their posts, and two readers
//! who follow 500 of them each. Written in bulk past the deeds, but through the store's own tables
//! and its one door. Knows no HTTP.

mod chronicle;
mod people;
mod rows;
mod words;

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use parvis_model::{clock::Timestamp, id::Id};
use parvis_store::{DbErr, entity};
use parvis_town::{Town, search};
use sea_orm::{ConnectionTrait as _, Statement};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::{
    grounds::{Grounds, Place},
    residents::{self, Resident},
};
use chronicle::{Batch, Chronicle, LONG};
use people::Cast;

/// To be raised whenever other rows are written than before.
const VERSION: u32 = 3;
/// Posts written in one transaction.
const BATCH: usize = 5_000;
/// One post a minute in the whole known world.
const BETWEEN_POSTS: Timestamp = 60_000;

/// A seeded town, and what must be known to ask it.
pub struct Seeded {
    pub place: Place,
    pub known: Known,
    /// How long seeding took; `None` if it was there from last time.
    pub took: Option<Duration>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    pub posts: usize,
    /// Follows 500 who write as the world does.
    pub reader: Reader,
    /// Follows the 500 who write least.
    pub patient: Reader,
    /// A resident who has written much.
    pub author: String,
    pub author_id: Id,
    pub oldest: Id,
    pub newest: Id,
    /// With [`LONG`] answers.
    pub question: Id,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reader {
    pub account: Id,
    pub token: String,
}

/// The town with so many posts, from last time where it is still there.
pub async fn town(grounds: &Grounds, posts: usize) -> Result<Seeded> {
    let key = schema_key(grounds).await?;
    let Some(place) = grounds.kept(&format!("{posts}-{key:016x}"))? else {
        return fresh(grounds.place().await?, posts).await;
    };
    let note = place.folder.join("seed.json");
    if note.exists() {
        let known = serde_json::from_slice(&fs::read(note)?)?;
        return Ok(Seeded {
            place,
            known,
            took: None,
        });
    }
    empty(&place.folder)?;
    let seeded = fresh(place, posts).await?;
    // Written last: without it the seed counts as unfinished.
    fs::write(note, serde_json::to_vec_pretty(&seeded.known)?)?;
    Ok(seeded)
}

fn empty(folder: &Path) -> Result<()> {
    let entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    for path in entries {
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// A seed made for other tables must not be used again.
async fn schema_key(grounds: &Grounds) -> Result<u64> {
    let place = grounds.place().await?;
    let town = residents::open_town(&place).await?;
    let db = town.store.read();
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
    let mut hasher = DefaultHasher::new();
    VERSION.hash(&mut hasher);
    if db.get_database_backend() == sea_orm::DatabaseBackend::Sqlite {
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await?;
        for row in rows {
            row.try_get_by_index::<String>(0)?.hash(&mut hasher);
        }
    }
    residents::close_town(town, &place).await?;
    place.give_back().await?;
    Ok(hasher.finish())
}

async fn fresh(place: Place, posts: usize) -> Result<Seeded> {
    let begun = Instant::now();
    let town = residents::open_town(&place).await?;
    let readers = ["lectrice", "patiente"].map(str::to_owned);
    let readers = residents::move_in(&town, &readers).await?;
    let [reader, patient] = readers.try_into().ok().context("two readers")?;
    let cast = Cast::new(&town, &reader.account);
    cast.enter(&town, &reader.account, &patient.account).await?;
    let Written {
        oldest,
        newest,
        question,
        cast,
    } = write_posts(&town, cast, &reader, posts).await?;
    let author = cast
        .busiest_resident()
        .context("a resident writes")?
        .clone();
    cast.settle_counts(&town).await?;
    while search::take_in(&town).await? {}
    check(&town, posts + 1 + LONG).await?;
    residents::close_town(town, &place).await?;
    Ok(Seeded {
        known: Known {
            posts,
            reader: Reader::new(&reader),
            patient: Reader::new(&patient),
            author: author.name,
            author_id: author.id,
            oldest,
            newest,
            question,
        },
        place,
        took: Some(begun.elapsed()),
    })
}

impl Reader {
    fn new(resident: &Resident) -> Self {
        Self {
            account: resident.account.id,
            token: resident.token.clone(),
        }
    }
}

struct Written {
    oldest: Id,
    newest: Id,
    question: Id,
    cast: Cast,
}

/// While one batch is written the next is thought up.
async fn write_posts(
    town: &Arc<Town>,
    cast: Cast,
    reader: &Resident,
    posts: usize,
) -> Result<Written> {
    let begin = town.now() - posts as Timestamp * BETWEEN_POSTS;
    let mut chronicle = Chronicle::new(cast, begin, BETWEEN_POSTS);
    enter_tags(town).await?;
    let thread = chronicle.long_thread();
    let question = thread.posts.first().context("a question")?.id;
    let told = told_of(&thread.posts, reader.account.id);
    enter(town, thread).await?;
    town.store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { rows::insert::<entity::notification::Entity>(tx, &told).await })
        })
        .await?;
    let mut writing: Option<JoinHandle<Result<(), DbErr>>> = None;
    let (mut oldest, mut newest) = (Id::MAX, 0);
    let mut left = posts;
    while left > 0 {
        let batch = chronicle.next_batch(left.min(BATCH));
        left -= batch.posts.len();
        oldest = oldest.min(batch.posts.first().map_or(Id::MAX, |post| post.id));
        newest = newest.max(batch.posts.last().map_or(0, |post| post.id));
        if let Some(written) = writing.take() {
            // Answers and boosts point to posts of the batch before.
            written.await??;
        }
        let town = Arc::clone(town);
        writing = Some(tokio::spawn(async move { enter(&town, batch).await }));
    }
    if let Some(written) = writing {
        written.await??;
    }
    Ok(Written {
        oldest,
        newest,
        question,
        cast: chronicle.into_cast(),
    })
}

/// As if each of these posts named the reader.
fn told_of(posts: &[entity::post::Model], reader: Id) -> Vec<entity::notification::Model> {
    let told = |post: &entity::post::Model| entity::notification::Model {
        id: post.id,
        account_id: reader,
        kind: "mention".to_owned(),
        from_id: post.author_id,
        post_id: Some(post.id),
        subject_id: post.id,
        created_at: post.created_at,
        held_back: false,
    };
    posts.iter().map(told).collect()
}

async fn enter(town: &Town, batch: Batch) -> Result<(), DbErr> {
    town.store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                rows::insert::<entity::post::Entity>(tx, &batch.posts).await?;
                rows::insert::<entity::media::Entity>(tx, &batch.media).await?;
                rows::insert::<entity::mention::Entity>(tx, &batch.mentions).await?;
                rows::insert::<entity::post_tag::Entity>(tx, &batch.tags).await
            })
        })
        .await
}

async fn enter_tags(town: &Town) -> Result<(), DbErr> {
    let tags = Chronicle::all_tags();
    town.store
        .write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { rows::insert::<entity::tag::Entity>(tx, &tags).await })
        })
        .await
}

async fn check(town: &Town, posts: usize) -> Result<()> {
    let db = town.store.read();
    let count = Statement::from_string(db.get_database_backend(), "SELECT COUNT(*) FROM post");
    let row = db.query_one_raw(count).await?.context("no count")?;
    let there: i64 = row.try_get_by_index(0)?;
    anyhow::ensure!(
        there == posts as i64,
        "{there} posts were seeded, not {posts}"
    );
    Ok(())
}
