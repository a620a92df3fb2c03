//! What strangers elsewhere add to posts whose authors look at it first: nobody else sees it until the author says yes, and it
//! is gone when they say no. Knows no protocol.

use std::collections::HashSet;

use parvis_model::{
    audience::Audience,
    clock::{DAY, Timestamp},
    id::Id,
    limits,
    page::Page,
    policy::{Circles, Consent, Interaction, Policy},
    refusal::Refusal,
};
pub use parvis_store::interactions::Wanted;
use parvis_store::{
    Tx, accounts, entity,
    interactions::{self as rows, Waiting},
    pages::PageRows,
    posts, quotes as stamps,
};
use serde::{Deserialize, Serialize};

use super::{Asked, Decision, answer, stamp, stands};
use crate::{
    AccountView, Error, Outcome, Paged, PostView, Town, Viewer,
    arrivals::{self, Arrival, ArrivedBoost, arrived_row},
    pages, policies,
    quotes::{self, AskedQuote},
    views,
};

/// How long something waits, and a no is remembered.
pub(crate) const KEPT: Timestamp = 90 * DAY;

/// What is taken in when the author agrees.
#[derive(Debug, Serialize, Deserialize)]
enum Held {
    Answer(Box<Arrival>),
    Like,
    Boost {
        published: Timestamp,
        for_followers: bool,
    },
    Quote(Option<Box<Arrival>>),
}

impl Held {
    fn arrival(self) -> Option<Box<Arrival>> {
        match self {
            Self::Answer(arrival) => Some(arrival),
            Self::Quote(arrival) => arrival,
            Self::Like | Self::Boost { .. } => None,
        }
    }

    /// `None`: it is not understood, and can only be refused.
    fn read(row: &Waiting) -> Option<Self> {
        serde_json::from_str(&row.held)
            .inspect_err(|err| tracing::error!(%err, id = row.id, "what waits is not understood"))
            .ok()
    }

    /// `None`: it is too long to be kept.
    fn written(&self) -> Result<Option<String>, Error> {
        let unwritten = |err| Error::Other(format!("it could not be kept: {err}"));
        let text = serde_json::to_string(self).map_err(unwritten)?;
        Ok(Some(text).filter(|text| text.len() <= limits::WAITING_BYTES))
    }
}

/// May they do it now, as the post says and its author has said?
pub(super) async fn decided(
    tx: &Tx,
    asked: &Asked,
    post: &entity::post::Model,
) -> Outcome<Decision> {
    if !is_looked_at(tx, asked, post).await? {
        return Ok(Decision::Yes);
    }
    if stands(tx, asked).await? {
        return Ok(Decision::Yes);
    }
    let kind = asked.what.as_str();
    let given = stamps::stamp_for(tx, post.id, &asked.instrument, kind).await?;
    if given.is_some_and(|it| it.quoter_id == asked.who && it.revoked_at.is_none()) {
        return Ok(Decision::Yes);
    }
    decided_before(tx, asked, post).await
}

/// Does its author look first at what these people do?
async fn is_looked_at(tx: &Tx, asked: &Asked, post: &entity::post::Model) -> Outcome<bool> {
    let policy = post.policy.as_deref().map(Policy::parse);
    let allowed = policy.and_then(|policy| policy.of(asked.what));
    let Some(allowed) = allowed.filter(|it| it.on_request != Circles::NOBODY) else {
        return Ok(false);
    };
    let ties = policies::ties(tx, asked.who, post.author_id).await?;
    if allowed.consent(ties) != Consent::OnRequest {
        return Ok(false);
    }
    // Who is named may always answer.
    let is_named =
        asked.what == Interaction::Reply && posts::is_mentioned(tx, post.id, asked.who).await?;
    Ok(!is_named)
}

/// It waits, unless the author has refused it already.
pub(crate) async fn decided_before(
    tx: &Tx,
    asked: &Asked,
    post: &entity::post::Model,
) -> Outcome<Decision> {
    // Nobody is asked about every further try to like the same post.
    let is_said = matches!(asked.what, Interaction::Reply | Interaction::Quote);
    let this = is_said.then_some(asked.instrument.as_str());
    let kind = asked.what.as_str();
    if rows::is_refused(tx, post.id, asked.who, kind, this).await? {
        Ok(Decision::No)
    } else {
        Ok(Decision::Waits)
    }
}

/// An answer that arrives. `true`: its author waits, or was refused.
pub(crate) async fn keeps_answer(
    tx: &Tx,
    town: &Town,
    parent: &entity::post::Model,
    arrival: &Arrival,
) -> Outcome<bool> {
    // What is for few is a message to them, and stands under no post.
    if arrival.audience == Audience::Direct {
        return Ok(false);
    }
    let asked = unasked(arrival.author, Interaction::Reply, parent.id, &arrival.uri);
    let held = || Held::Answer(Box::new(arrival.clone()));
    keeps(tx, town, parent, &asked, held).await
}

/// The same of a like.
pub(crate) async fn keeps_like(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    who: Id,
    uri: &str,
) -> Outcome<bool> {
    let asked = unasked(who, Interaction::Like, post.id, uri);
    keeps(tx, town, post, &asked, || Held::Like).await
}

/// The same of a boost.
pub(crate) async fn keeps_boost(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    boost: &ArrivedBoost,
) -> Outcome<bool> {
    let asked = unasked(boost.who, Interaction::Boost, post.id, &boost.uri);
    let held = || Held::Boost {
        published: boost.published,
        for_followers: boost.for_followers,
    };
    keeps(tx, town, post, &asked, held).await
}

/// Somebody asks to quote, which is to wait.
pub(crate) async fn keep_quote(
    tx: &Tx,
    town: &Town,
    quoted: &entity::post::Model,
    asked: AskedQuote,
) -> Outcome<()> {
    let plainly = asked.plainly();
    put(tx, town, quoted, &plainly, Held::Quote(asked.arrival)).await
}

/// What is done without having been asked for is known by its own address.
fn unasked(who: Id, what: Interaction, post: Id, uri: &str) -> Asked {
    Asked {
        who,
        what,
        post,
        request: uri.to_owned(),
        instrument: uri.to_owned(),
    }
}

async fn keeps(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    asked: &Asked,
    held: impl FnOnce() -> Held + Send,
) -> Outcome<bool> {
    if !post.local || post.author_id == asked.who {
        return Ok(false);
    }
    if is_looked_at(tx, asked, post).await? {
        posts::held(tx, post.id).await?;
    }
    let decision = decided(tx, asked, post).await?;
    if decision == Decision::Waits {
        put(tx, town, post, asked, held()).await?;
    }
    Ok(decision != Decision::Yes)
}

/// Keeps it, unless too much waits there, or it is too long.
async fn put(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    asked: &Asked,
    held: Held,
) -> Outcome<()> {
    let (owner, who, kind) = (post.author_id, asked.who, asked.what.as_str());
    if matches!(asked.what, Interaction::Like | Interaction::Boost) {
        rows::forget_gesture(tx, who, post.id, kind).await?;
    }
    let (all, of_one) = rows::burden(tx, owner, who).await?;
    let is_full = all >= limits::WAITING || of_one >= limits::WAITING_OF_ONE;
    if is_full && !rows::is_waiting(tx, post.id, kind, &asked.instrument).await? {
        return Ok(());
    }
    let Some(held) = held.written()? else {
        return Ok(());
    };
    let row = Waiting {
        id: town.ids.next(),
        owner_id: owner,
        post_id: post.id,
        account_id: who,
        kind: kind.into(),
        instrument: asked.instrument.clone(),
        request: asked.request.clone(),
        held,
        created_at: town.now(),
    };
    Ok(rows::put(tx, row).await?)
}

/// Does it wait?
pub(super) async fn is_kept(tx: &Tx, asked: &Asked) -> Outcome<bool> {
    let kind = asked.what.as_str();
    Ok(rows::is_waiting(tx, asked.post, kind, &asked.instrument).await?)
}

/// What waits was asked for: the question is what will be answered.
pub(super) async fn was_asked(tx: &Tx, asked: &Asked) -> Outcome<()> {
    let (kind, instrument) = (asked.what.as_str(), asked.instrument.as_str());
    let (who, post) = (asked.who, asked.post);
    Ok(rows::set_request(tx, who, post, kind, instrument, &asked.request).await?)
}

/// They take it back themselves. What may have come of it is looked for only then, since its author may be agreeing to it at
/// this moment.
pub(crate) async fn taken_back(tx: &Tx, who: Id, instrument: &str) -> Outcome<()> {
    Ok(rows::forget(tx, who, instrument).await?)
}

/// The same of the only one of its kind about a post.
pub(crate) async fn not_done(tx: &Tx, who: Id, post: Id, what: Interaction) -> Outcome<()> {
    Ok(rows::forget_gesture(tx, who, post, what.as_str()).await?)
}

/// Something that waits until I have looked at it.
#[derive(Clone, Debug)]
pub struct WaitingView {
    pub id: Id,
    pub what: Interaction,
    pub from: AccountView,
    /// Mine, which it is about.
    pub about: PostView,
    /// What they say, without its pictures: those are asked for only when I agree.
    pub said: Option<PostView>,
    /// How many of them there are.
    pub pictures: usize,
    pub uri: String,
    pub at: Timestamp,
}

/// The newest first.
pub async fn list(town: &Town, me: Id, wanted: &Wanted, page: Page) -> Outcome<Paged<WaitingView>> {
    let db = town.store.snapshot().await?;
    let waiting = rows::page(&db, me, wanted, &page).await?;
    let ids: Vec<Id> = waiting.iter().map(|row| row.id).collect();
    let items = shown(&db, town, me, &waiting).await?;
    Ok(Paged::of_ids(items, &ids, page.limit))
}

pub async fn view(town: &Town, me: Id, id: Id) -> Outcome<WaitingView> {
    let db = town.store.snapshot().await?;
    let row: Vec<Waiting> = rows::by_id(&db, me, id).await?.into_iter().collect();
    let found = shown(&db, town, me, &row).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

pub async fn count(town: &Town, me: Id) -> Outcome<i64> {
    Ok(rows::count(town.store.read(), me).await?)
}

async fn shown(db: &Tx, town: &Town, me: Id, waiting: &[Waiting]) -> Outcome<Vec<WaitingView>> {
    let viewer = Viewer::resident(me);
    let people: Vec<Id> = waiting.iter().map(|row| row.account_id).collect();
    let about: Vec<Id> = waiting.iter().map(|row| row.post_id).collect();
    let about = pages::posts_in_order(db, town, viewer, &about).await?;
    let mut said = Vec::new();
    for row in waiting {
        if let Some(arrival) = Held::read(row).and_then(Held::arrival) {
            said.push((row, arrival));
        }
    }
    let not_yet = said
        .iter()
        .map(|(row, arrival)| not_yet(town, row, arrival));
    let read = PageRows {
        posts: not_yet.collect(),
        marks: Vec::new(),
        people: accounts::cards(db, &people).await?,
        media: Vec::new(),
        previews: Vec::new(),
    };
    let ids: Vec<Id> = said.iter().map(|(row, _)| row.id).collect();
    let posts = pages::arranged(db, town, viewer, &ids, read).await?;
    let pictures = |id| {
        let arrival = said.iter().find(|(row, _)| row.id == id);
        arrival.map_or(0, |(_, arrival)| arrival.media.len())
    };
    let people = views::accounts_in_order(db, town, &people).await?;
    let views = waiting.iter().filter_map(|row| {
        Some(WaitingView {
            id: row.id,
            what: Interaction::parse(&row.kind)?,
            from: people.iter().find(|it| it.id == row.account_id)?.clone(),
            about: about.iter().find(|it| it.id == row.post_id)?.clone(),
            said: posts.iter().find(|it| it.id == row.id).cloned(),
            pictures: pictures(row.id),
            uri: row.instrument.clone(),
            at: row.created_at,
        })
    });
    Ok(views.collect())
}

/// A post as it would be, under the number of what waits.
fn not_yet(town: &Town, row: &Waiting, arrival: &Arrival) -> entity::post::Model {
    let answers = row.kind == Interaction::Reply.as_str();
    entity::post::Model {
        reply_to_id: answers.then_some(row.post_id),
        reply_to_account_id: answers.then_some(row.owner_id),
        has_media: false,
        has_poll: false,
        has_quote: false,
        ..arrived_row(town, row.id, arrival, None)
    }
}

/// I agree: it stands from now on as if it had come just now, and who did it is told.
pub async fn agree(tx: &Tx, town: &Town, me: Id, id: Id) -> Outcome<()> {
    let (post, row, what) = looked_at(tx, me, id).await?;
    let held = Held::read(&row).ok_or_else(Refusal::not_found)?;
    let asked = as_asked(row, what);
    if !rows::delete(tx, id).await? {
        return Err(Refusal::not_found().into());
    }
    if let Held::Quote(mut arrival) = held {
        if let Some(arrival) = &mut arrival {
            names_who_is_there(tx, arrival).await?;
        }
        let asked = asked_to_quote(asked, arrival);
        return quotes::decide(tx, town, &post, asked, true).await;
    }
    // With the stamp nothing holds it back any more.
    stamp(tx, town, &asked).await?;
    let (who, of, uri) = (asked.who, asked.post, asked.instrument.clone());
    match held {
        Held::Answer(mut arrival) => {
            names_who_is_there(tx, &mut arrival).await?;
            arrivals::post(tx, town, *arrival).await?;
        }
        Held::Like => {
            arrivals::favourite(tx, town, who, of, uri).await?;
        }
        Held::Boost {
            published,
            for_followers,
        } => {
            let boost = ArrivedBoost {
                who,
                post: of,
                uri,
                published,
                for_followers,
            };
            arrivals::boost(tx, town, boost).await?;
        }
        Held::Quote(_) => {}
    }
    answer(tx, town, asked, Decision::Yes).await
}

/// Whom it names may have gone while it waited.
async fn names_who_is_there(tx: &Tx, arrival: &mut Arrival) -> Outcome<()> {
    let there = accounts::by_ids(tx, &arrival.mentions).await?;
    let there: HashSet<Id> = there.iter().map(|row| row.id).collect();
    arrival.mentions.retain(|named| there.contains(named));
    Ok(())
}

/// I do not want it: nobody sees it, who did it is told, and I am not asked about it again.
pub async fn refuse(tx: &Tx, town: &Town, me: Id, id: Id) -> Outcome<()> {
    let (post, row, what) = looked_at(tx, me, id).await?;
    let asked = as_asked(row, what);
    if !rows::refuse(tx, id, town.now()).await? {
        return Err(Refusal::not_found().into());
    }
    if what == Interaction::Quote {
        let asked = asked_to_quote(asked, None);
        return quotes::decide(tx, town, &post, asked, false).await;
    }
    answer(tx, town, asked, Decision::No).await
}

async fn looked_at(
    tx: &Tx,
    me: Id,
    id: Id,
) -> Outcome<(entity::post::Model, Waiting, Interaction)> {
    let find = || rows::by_id(tx, me, id);
    let row = find().await?.ok_or_else(Refusal::not_found)?;
    // They may be changing what they say at this moment.
    let post = posts::held(tx, row.post_id).await?;
    let post = post.ok_or_else(Refusal::not_found)?;
    let row = find().await?.ok_or_else(Refusal::not_found)?;
    let what = Interaction::parse(&row.kind).ok_or_else(Refusal::not_found)?;
    Ok((post, row, what))
}

fn as_asked(row: Waiting, what: Interaction) -> Asked {
    Asked {
        who: row.account_id,
        what,
        post: row.post_id,
        request: row.request,
        instrument: row.instrument,
    }
}

fn asked_to_quote(asked: Asked, arrival: Option<Box<Arrival>>) -> AskedQuote {
    AskedQuote {
        who: asked.who,
        quoted: asked.post,
        quoting: asked.instrument,
        request: asked.request,
        arrival,
    }
}
