//! Posts of residents: writing, editing, deleting, passing on. Those of other servers arrive in `arrivals`.

mod boosts;
pub(crate) mod brought;
mod counts;
pub(crate) mod kept;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parvis_model::{
    audience::{Audience, Standing, may_see},
    clock::Timestamp,
    handle::Handle,
    id::Id,
    limits,
    policy::Quoters,
    refusal::Refusal,
    text::{self, Links, MentionLink},
};
use parvis_store::{Tx, accounts, entity, follows, media, posts, relations, scheduled};

use crate::{
    Error, Failure, Outcome, PostView, Town, Viewer,
    accounts::{by_handle, within},
    consents, conversations, groups,
    journal::{self, Entry, Stood},
    media::{drop_files, must_be_ready},
    neighbours, pages, policies,
    polls::{self, NewPoll},
    previews, quotes, revisions, threads,
    views::PostKind,
};

pub use boosts::{boost, unboost};
pub(crate) use boosts::{boost_row, boostable, boosted};
pub(crate) use counts::{count_answer, count_of_author};

/// People of other servers that one post may make us look up.
const LOOK_UPS: usize = 10;

/// What someone typed.
#[derive(Clone, Debug)]
pub struct Compose {
    pub text: String,
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub audience: Audience,
    pub reply_to: Option<Id>,
    /// Pictures kept before, in order.
    pub media: Vec<Id>,
    /// What is asked. Of a post that is edited `None` leaves it as it is.
    pub poll: Option<NewPoll>,
    /// The post it shows inside itself. An edit leaves it as it is.
    pub quote: Option<Id>,
    /// Who may quote it; `None`: as is usual for its audience.
    pub quoters: Option<Quoters>,
}

/// What someone typed, checked, its people found, its text rendered.
#[derive(Clone, Debug)]
pub struct Draft {
    pub source: String,
    pub html: String,
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub audience: Audience,
    pub reply_to: Option<Id>,
    pub media: Vec<Id>,
    pub poll: Option<NewPoll>,
    pub quote: Option<Id>,
    pub quoters: Option<Quoters>,
    pub mentions: Vec<Id>,
    pub tags: Vec<String>,
    /// What is said about its files has changed as well.
    pub redescribed: bool,
    /// For imports only: the moment it was written; now where absent.
    pub published_at: Option<Timestamp>,
}

/// A post as the viewer may see it; not found otherwise.
pub async fn view(town: &Town, viewer: &Viewer, id: Id) -> Outcome<PostView> {
    let found = views(town, viewer, &[id]).await?;
    let found = found.into_iter().next().ok_or_else(Refusal::not_found)?;
    polls::look_again(town, viewer, &found);
    Ok(found)
}

/// In the order asked; those the viewer may not see are left out.
pub async fn views(town: &Town, viewer: &Viewer, ids: &[Id]) -> Outcome<Vec<PostView>> {
    pages::posts_in_order(&town.store.snapshot().await?, town, *viewer, ids).await
}

/// By ActivityPub id or page address, among those known here and seen by the viewer.
pub async fn by_address(town: &Town, viewer: &Viewer, address: &str) -> Outcome<Option<PostView>> {
    let Some(row) = posts::by_uri_or_url(town.store.read(), address).await? else {
        return Ok(None);
    };
    Ok(views(town, viewer, &[row.id]).await?.into_iter().next())
}

/// Everything that takes time, before the write: checks lengths, finds the people named, renders the text.
pub async fn prepare(town: &Arc<Town>, me: Id, compose: Compose) -> Outcome<Draft> {
    let source = compose.text.trim().replace('\0', "");
    check(&source, &compose)?;
    let scanned = text::scan(&source);
    let (mentions, links) = find_mentioned(town, me, &scanned.mentions).await?;
    let tag_base = format!("{}/tags/", town.origin);
    let html = text::render(
        &source,
        &Links {
            mentions: &links,
            tag_base: &tag_base,
        },
    );
    let summary = within(
        compose.summary.trim(),
        limits::POST_SUMMARY,
        "summary",
        "refusal-summary-too-long",
    )?;
    Ok(Draft {
        html,
        sensitive: compose.sensitive || !summary.is_empty(),
        summary,
        language: compose.language.filter(|code| is_language(code)),
        audience: compose.audience,
        reply_to: compose.reply_to,
        media: compose.media,
        poll: compose.poll.as_ref().map(polls::checked).transpose()?,
        quote: compose.quote,
        quoters: compose.quoters,
        mentions,
        tags: scanned.tags,
        source,
        redescribed: false,
        published_at: None,
    })
}

fn check(source: &str, compose: &Compose) -> Result<(), Refusal> {
    let is_bare = compose.media.is_empty() && compose.poll.is_none() && compose.quote.is_none();
    if source.is_empty() && is_bare {
        return Err(Refusal::invalid("text", "refusal-text-empty"));
    }
    let count = text::length(source);
    if count > limits::POST_TEXT {
        return Err(Refusal::invalid("text", "refusal-text-too-long")
            .with("count", count)
            .with("limit", limits::POST_TEXT));
    }
    if compose.media.len() > limits::POST_PICTURES {
        return Err(Refusal::invalid("media", "refusal-too-many-pictures")
            .with("limit", limits::POST_PICTURES));
    }
    if compose.poll.is_some() && !compose.media.is_empty() {
        return Err(Refusal::invalid("poll", "refusal-poll-with-pictures"));
    }
    match compose.audience {
        Audience::Public
        | Audience::Unlisted
        | Audience::Neighbours
        | Audience::Town
        | Audience::Followers
        | Audience::Direct => Ok(()),
        // Groups come with their own deeds.
        Audience::Group => Err(Refusal::invalid("audience", "refusal-audience-unknown")),
    }
}

/// A BCP 47 tag, roughly: letters, digits and hyphens.
pub(crate) fn is_language(code: &str) -> bool {
    (2..=35).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The accounts behind the handles, asking other servers for a few that are not known yet; and their links.
async fn find_mentioned(
    town: &Arc<Town>,
    me: Id,
    handles: &[Handle],
) -> Outcome<(Vec<Id>, HashMap<String, MentionLink>)> {
    let mut found = Vec::new();
    let mut links = HashMap::new();
    let mut look_ups = 0;
    for handle in handles.iter().take(limits::MENTIONS) {
        let known = by_handle(town, handle).await?;
        let row = match known {
            Some(row) => Some(row),
            None if handle.domain.is_some() && look_ups < LOOK_UPS => {
                look_ups += 1;
                look_up(town, handle).await
            }
            None => None,
        };
        let Some(row) = row else { continue };
        if relations::is_blocked(town.store.read(), me, row.id).await? {
            continue;
        }
        links.insert(
            handle.key(),
            MentionLink {
                url: row.url.clone(),
                name: row.name.clone(),
            },
        );
        if !found.contains(&row.id) {
            found.push(row.id);
        }
    }
    Ok((found, links))
}

/// A server that does not answer must not keep a person from posting: the handle stays plain text.
async fn look_up(town: &Arc<Town>, handle: &Handle) -> Option<entity::account::Model> {
    match town.reach().handle(town, handle).await {
        Ok(Some(id)) => accounts::by_id(town.store.read(), id).await.ok().flatten(),
        Ok(None) => None,
        Err(err) => {
            tracing::debug!(%err, "a mentioned person was not found");
            None
        }
    }
}

pub async fn publish(tx: &Tx, town: &Town, me: Id, draft: Draft) -> Outcome<Id> {
    let author = may_write(tx, me).await?;
    let parent = readable_parent(tx, me, draft.reply_to).await?;
    let consent = consents::begun(tx, me, parent.as_ref()).await?;
    let quoted = quotes::quotable(tx, me, draft.quote).await?;
    let group = groups::meant(tx, parent.as_ref(), &draft.mentions).await?;
    groups::must_take(tx, town, me, parent.as_ref(), group.as_ref()).await?;
    let at = draft.published_at.unwrap_or_else(|| town.now());
    let id = draft
        .published_at
        .map_or_else(|| town.ids.next(), |at| town.ids.at(at));
    let audience = parent.as_ref().map_or(draft.audience, |parent| {
        draft
            .audience
            .at_most(Audience::parse(&parent.audience).unwrap_or(Audience::Direct))
    });
    let audience = quotes::narrowed(audience, quoted.as_ref());
    let reach = neighbours::reach(tx, audience, parent.as_ref()).await?;
    let audience = reach.audience();
    let row = entity::post::Model {
        id,
        uri: format!("{}/ap/objects/{id}", town.origin),
        url: format!("{}/@{}/{id}", town.origin, author.name),
        author_id: me,
        local: true,
        kind: kind(draft.poll.is_some()).as_str().into(),
        audience: audience.as_str().into(),
        reply_to_id: parent.as_ref().map(|parent| parent.id),
        reply_to_uri: parent.as_ref().map(|parent| parent.uri.clone()),
        reply_to_account_id: parent.as_ref().map(|parent| parent.author_id),
        thread_id: parent.as_ref().map_or(id, |parent| parent.thread_id),
        html: draft.html,
        source: Some(draft.source),
        summary: draft.summary,
        sensitive: draft.sensitive,
        language: draft.language,
        tags: draft.tags.join("\n"),
        has_media: !draft.media.is_empty(),
        created_at: at,
        has_poll: draft.poll.is_some(),
        has_quote: quoted.is_some(),
        policy: policies::of_new(tx, me, audience, draft.quoters)
            .await?
            .kept(),
        group_id: group.as_ref().map(|group| group.id),
        reply_state: consent
            .filter(|_| audience.is_open())
            .map(|state| state.as_str().into()),
        ..entity::post::Model::default()
    };
    if !posts::insert(tx, row.clone()).await? {
        return Err(Error::Other(format!("the id {id} is taken")).into());
    }
    if let Some(poll) = draft.poll {
        polls::open(tx, id, poll, at).await?;
    }
    if let Some(quoted) = quoted {
        quotes::quote(tx, town, &row, quoted).await?;
    }
    attach(tx, me, id, &draft.media).await?;
    reach.keep(tx, id).await?;
    mention(tx, &row, &draft.mentions).await?;
    conversations::said(tx, town, &row).await?;
    tag(tx, town, id, &draft.tags).await?;
    if let Some(parent) = parent {
        count_answer(tx, &row, &parent, 1).await?;
        threads::errands::look_around(tx, town, &parent).await?;
    }
    count_of_author(tx, &row, 1).await?;
    journal::record(tx, town, &Entry::PostPublished { post: id }).await?;
    if let Some(group) = group {
        groups::written(tx, town, &row, &group).await?;
    }
    previews::look_for(tx, town, &row).await?;
    Ok(id)
}

/// What asks something is of a kind of its own.
fn kind(asks: bool) -> PostKind {
    if asks {
        PostKind::Question
    } else {
        PostKind::Note
    }
}

/// Names people, of whom those elsewhere have no part in what stays in the town, or goes to its neighbours alone.
async fn mention(tx: &Tx, post: &entity::post::Model, people: &[Id]) -> Outcome<()> {
    let mut named = Vec::new();
    for row in accounts::by_ids(tx, people).await? {
        let is_here = row.domain.is_empty();
        let has_part = match Audience::parse(&post.audience) {
            Some(Audience::Town) => is_here,
            Some(Audience::Neighbours) => {
                is_here || neighbours::goes_to(tx, row.id, post.id).await?
            }
            _ => true,
        };
        if row.id != post.author_id && has_part {
            named.push(row.id);
        }
    }
    Ok(posts::mention(tx, post.id, &named).await?)
}

pub(crate) async fn may_write(tx: &Tx, me: Id) -> Outcome<entity::account::Model> {
    let author = accounts::by_id(tx, me)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if author.suspended_at.is_some() {
        return Err(Refusal::forbidden("refusal-suspended").into());
    }
    Ok(author)
}

pub(crate) async fn tag(tx: &Tx, town: &Town, post: Id, tags: &[String]) -> Outcome<()> {
    let mut known = HashSet::new();
    let tags: Vec<(String, String)> = tags
        .iter()
        .take(limits::TAGS)
        .map(|name| (text::folded_tag(name), name.clone()))
        .filter(|(key, _)| known.insert(key.clone()))
        .collect();
    Ok(posts::tag(tx, post, &tags, || town.ids.next()).await?)
}

/// Pictures must be one's own, not hang on another post and not wait with one that is scheduled.
async fn attach(tx: &Tx, me: Id, post: Id, pictures: &[Id]) -> Outcome<()> {
    if !scheduled::waiting_media(tx, pictures).await?.is_empty() {
        return Err(Refusal::invalid("media", "refusal-file-missing").into());
    }
    must_be_ready(tx, pictures).await?;
    let rows = media::by_ids(tx, pictures).await?;
    for (position, id) in pictures.iter().enumerate() {
        let mine = rows.iter().any(|row| {
            row.id == *id && row.account_id == me && row.post_id.is_none_or(|on| on == post)
        });
        if !mine {
            return Err(Refusal::invalid("media", "refusal-file-missing").into());
        }
        media::attach(tx, *id, post, position as i32).await?;
    }
    Ok(())
}

async fn readable_parent(
    tx: &Tx,
    me: Id,
    parent: Option<Id>,
) -> Outcome<Option<entity::post::Model>> {
    let Some(parent) = parent else {
        return Ok(None);
    };
    let parent = readable(tx, me, parent).await?;
    policies::must_allow(tx, me, &parent, policies::Gesture::Reply).await?;
    Ok(Some(parent))
}

/// The post behind an id, or the one it boosts; not found where one may not see it.
pub(crate) async fn readable(tx: &Tx, me: Id, id: Id) -> Outcome<entity::post::Model> {
    let row = posts::by_id(tx, id).await?.ok_or_else(Refusal::not_found)?;
    let row = match row.boost_of_id {
        Some(of) => posts::by_id(tx, of).await?.ok_or_else(Refusal::not_found)?,
        None => row,
    };
    if is_seen(tx, me, &row).await? {
        Ok(row)
    } else {
        Err(Refusal::not_found().into())
    }
}

/// May this account see the post? Nobody sees what a suspended author wrote.
pub(crate) async fn is_seen(tx: &Tx, me: Id, post: &entity::post::Model) -> Outcome<bool> {
    let author = accounts::by_id(tx, post.author_id).await?;
    if author.is_none_or(|author| author.suspended_at.is_some()) {
        return Ok(false);
    }
    let audience = Audience::parse(&post.audience).ok_or_else(Refusal::not_found)?;
    Ok(may_see(audience, standing(tx, me, post).await?))
}

async fn standing(tx: &Tx, me: Id, post: &entity::post::Model) -> Outcome<Standing> {
    Ok(Standing {
        mentioned: posts::is_mentioned(tx, post.id, me).await?,
        neighbour: post.audience == Audience::Neighbours.as_str()
            && neighbours::goes_to(tx, me, post.id).await?,
        ..standing_to(tx, me, post.author_id).await?
    })
}

/// How someone stands to whatever this author writes; what differs from post to post is left out.
pub(crate) async fn standing_to(tx: &Tx, me: Id, author: Id) -> Outcome<Standing> {
    let account = accounts::by_id(tx, me)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let follow = follows::between(tx, me, author).await?;
    Ok(Standing {
        author: author == me,
        follower: follow.is_some_and(|follow| follow.accepted),
        resident: account.domain.is_empty(),
        blocked: relations::is_blocked(tx, me, author).await?,
        ..Standing::default()
    })
}

/// One's own post, or boost; another's is forbidden, an unseen one not found.
pub(crate) async fn own(tx: &Tx, me: Id, id: Id) -> Outcome<entity::post::Model> {
    let row = posts::by_id(tx, id).await?.ok_or_else(Refusal::not_found)?;
    if row.author_id == me {
        return Ok(row);
    }
    readable(tx, me, id).await?;
    Err(Refusal::forbidden("refusal-not-yours").into())
}

/// The audience stays as it was: what went out cannot be called back by narrowing it.
pub async fn edit(tx: &Tx, town: &Town, me: Id, post: Id, draft: Draft) -> Outcome<()> {
    let row = own(tx, me, post).await?;
    if row.boost_of_id.is_some() {
        return Err(Refusal::not_found().into());
    }
    let row = policies::changed(tx, town, row, draft.quoters).await?;
    let pictures = media::of_posts(tx, &[post]).await?;
    let kept: Vec<Id> = pictures.iter().map(|row| row.id).collect();
    let has_poll = row.has_poll || draft.poll.is_some();
    if has_poll && !draft.media.is_empty() {
        return Err(Refusal::invalid("poll", "refusal-poll-with-pictures").into());
    }
    let asked = revisions::options_of(tx, &row).await?;
    let asks_anew = match draft.poll {
        Some(poll) => polls::change(tx, town, &row, poll).await?,
        None => false,
    };
    let unchanged = !asks_anew
        && row.source.as_deref() == Some(draft.source.as_str())
        && row.summary == draft.summary
        && row.sensitive == draft.sensitive
        && row.language == draft.language
        && kept == draft.media
        && !draft.redescribed;
    if unchanged {
        return Ok(());
    }
    revisions::keep(tx, town, &row, &kept, &asked).await?;
    let (_, dropped): (Vec<_>, Vec<_>) = pictures
        .into_iter()
        .partition(|picture| draft.media.contains(&picture.id));
    media::delete(
        tx,
        &dropped.iter().map(|picture| picture.id).collect::<Vec<_>>(),
    )
    .await?;
    drop_files(tx, town, &dropped).await?;
    attach(tx, me, post, &draft.media).await?;
    posts::forget_mentions(tx, post).await?;
    mention(tx, &row, &draft.mentions).await?;
    tag(tx, town, post, &draft.tags).await?;
    let edited = entity::post::Model {
        html: draft.html,
        source: Some(draft.source),
        summary: draft.summary,
        sensitive: draft.sensitive,
        language: draft.language,
        tags: draft.tags.join("\n"),
        has_media: !draft.media.is_empty(),
        has_poll,
        kind: if has_poll {
            PostKind::Question.as_str().into()
        } else {
            row.kind.clone()
        },
        edited_at: Some(town.now()),
        ..row
    };
    posts::update(tx, edited.clone()).await?;
    previews::look_for(tx, town, &edited).await?;
    journal::record(tx, town, &Entry::PostEdited { post }).await
}

/// Deletes one's own post, with its boosts; or, given a boost of one's own, only that.
pub async fn delete(tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
    let row = own(tx, me, post).await?;
    match row.boost_of_id {
        Some(of) => unboost(tx, town, me, of).await,
        None => remove(tx, town, row).await,
    }
}

/// What deleting means, whoever asked: the row goes, a tombstone stays, the journal tells.
pub(crate) async fn remove(tx: &Tx, town: &Town, row: entity::post::Model) -> Outcome<()> {
    let author = accounts::by_id(tx, row.author_id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if let Some(parent) = row.reply_to_id
        && let Some(parent) = posts::by_id(tx, parent).await?
    {
        count_answer(tx, &row, &parent, -1).await?;
    }
    let stood = stood(tx, &row).await?;
    quotes::forgotten(tx, &row).await?;
    conversations::forgotten(tx, &row).await?;
    let group = groups::left(tx, town, &row).await?;
    posts::uncount_boosts_of(tx, row.id).await?;
    let pictures = media::take_from_post(tx, row.id).await?;
    drop_files(tx, town, &pictures).await?;
    posts::delete(tx, row.id).await?;
    count_of_author(tx, &row, -1).await?;
    let stone = entity::tombstone::Model {
        uri: row.uri.clone(),
        kind: row.kind,
        author_uri: author.uri,
        at: town.now(),
    };
    posts::bury(tx, stone).await?;
    let entry = Entry::PostDeleted {
        uri: row.uri,
        author: row.author_id,
        audience: Audience::parse(&row.audience).unwrap_or(Audience::Direct),
        group,
        stood,
    };
    journal::record(tx, town, &entry).await
}

/// Whose followers are told that a post they passed on is gone, at most.
const BOOSTERS: u64 = 200;

pub(crate) async fn stood(tx: &Tx, row: &entity::post::Model) -> Outcome<Stood> {
    let named = posts::mentions_of(tx, &[row.id]).await?;
    Ok(Stood {
        post: row.id,
        tags: row.tags.lines().map(text::folded_tag).collect(),
        named: named.into_iter().map(|it| it.account_id).collect(),
        boosters: if row.boosts > 0 {
            posts::boosters(tx, row.id, BOOSTERS).await?
        } else {
            Vec::new()
        },
    })
}

/// A boost stands for what it boosts.
pub(crate) async fn original(tx: &Tx, post: Id) -> Outcome<Id> {
    let row = posts::by_id(tx, post)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(row.boost_of_id.unwrap_or(row.id))
}

/// Where an address of a post is buried: when it was deleted.
pub async fn buried(town: &Town, uri: &str) -> Result<Option<Timestamp>, Failure> {
    Ok(posts::tombstone(town.store.read(), uri)
        .await?
        .map(|stone| stone.at))
}
