//! Posts that residents bring along from where they wrote before. They stand at the time they were written, and nobody is told:
//! nothing goes to other servers, no one is named, no page and no app hears of them. From then on they are posts as all others.

use parvis_model::{audience::Audience, clock::Timestamp, id::Id, refusal::Refusal, text};
use parvis_store::{Tx, entity, imports, posts};

use super::{attach, count_answer, count_of_author, may_write, tag};
use crate::{Error, Outcome, Town, archive::Told, policies};

/// Milliseconds back that are looked through for a free id.
const CROWDED: Timestamp = 100;

/// `pictures`: kept before, in order. `false`: what it answers is not here.
pub(crate) async fn bring(
    tx: &Tx,
    town: &Town,
    me: Id,
    told: Told,
    pictures: &[Id],
) -> Outcome<bool> {
    let author = may_write(tx, me).await?;
    if brought(tx, me, &told.id).await?.is_some() || is_gone(tx, &author, &told.id).await? {
        return Ok(true);
    }
    let parent = match &told.answers {
        Some(answered) => match brought(tx, me, answered).await? {
            Some(parent) => Some(parent),
            None => return Ok(false),
        },
        None => None,
    };
    let words = text::plain(&told.html);
    if words.trim().is_empty() && pictures.is_empty() {
        return Err(Refusal::invalid("file", "refusal-text-empty").into());
    }
    let audience = parent.as_ref().map_or(told.audience, |parent| {
        let limit = Audience::parse(&parent.audience).unwrap_or(Audience::Direct);
        told.audience.at_most(limit)
    });
    let policy = policies::of_new(tx, me, audience, None).await?.kept();
    let at = told.published.min(town.now());
    let (id, tags) = (told.id, told.tags);
    let row = |number: Id| entity::post::Model {
        id: number,
        uri: format!("{}/ap/objects/{number}", town.origin),
        url: format!("{}/@{}/{number}", town.origin, author.name),
        author_id: me,
        local: true,
        kind: told.kind.as_str().into(),
        audience: audience.as_str().into(),
        reply_to_id: parent.as_ref().map(|parent| parent.id),
        reply_to_uri: parent.as_ref().map(|parent| parent.uri.clone()),
        reply_to_account_id: parent.as_ref().map(|parent| parent.author_id),
        thread_id: parent.as_ref().map_or(number, |parent| parent.thread_id),
        title: told.title.clone(),
        html: told.html.clone(),
        source: Some(told.source.clone().unwrap_or_else(|| words.clone())),
        summary: told.summary.clone(),
        sensitive: told.sensitive,
        language: told.language.clone(),
        tags: tags.join("\n"),
        has_media: !pictures.is_empty(),
        created_at: at,
        policy: policy.clone(),
        ..entity::post::Model::default()
    };
    let row = inserted(tx, town, at, row).await?;
    imports::remember(tx, row.id, me, &id).await?;
    attach(tx, me, row.id, pictures).await?;
    tag(tx, town, row.id, &tags).await?;
    if let Some(parent) = &parent {
        count_answer(tx, &row, parent, 1).await?;
    }
    count_of_author(tx, &row, 1).await?;
    Ok(true)
}

/// The post that stood under this address before, or stands under it: an archive may be of this town.
async fn brought(tx: &Tx, me: Id, uri: &str) -> Outcome<Option<entity::post::Model>> {
    let found = match imports::imported(tx, me, uri).await? {
        Some(post) => posts::by_id(tx, post).await?,
        None => posts::by_uri(tx, uri).await?,
    };
    Ok(found.filter(|post| post.author_id == me && post.boost_of_id.is_none()))
}

/// What is not here: was it, and has been deleted since? Then no archive brings it back.
async fn is_gone(tx: &Tx, author: &entity::account::Model, uri: &str) -> Outcome<bool> {
    if imports::imported(tx, author.id, uri).await?.is_some() {
        return Ok(true);
    }
    let stone = posts::tombstone(tx, uri).await?;
    Ok(stone.is_some_and(|stone| stone.author_uri == author.uri))
}

/// Under an id of its time. Many servers tell time by the second: where one is taken, a moment before is tried.
async fn inserted(
    tx: &Tx,
    town: &Town,
    at: Timestamp,
    row: impl Fn(Id) -> entity::post::Model,
) -> Outcome<entity::post::Model> {
    for earlier in 0..CROWDED {
        let row = row(town.ids.at(at - earlier));
        if posts::insert(tx, row.clone()).await? {
            return Ok(row);
        }
    }
    Err(Error::Other(format!("no id is free at {at}")).into())
}
