//! Quotes by people of other servers, and what authors of other servers say to ours.

use parvis_model::{
    id::Id,
    policy::{Consent, Interaction},
};
use parvis_store::{Tx, entity, posts as posts_rows, quotes as rows};
use serde::{Deserialize, Serialize};

use super::{QUOTE, QuoteState, counted, settled, stamp, stamp_uri};
use crate::{
    Outcome, Town,
    arrivals::{self, Arrival},
    interactions::{Asked, Decision, waiting},
    journal::{self, Entry},
    policies,
    posts::{is_seen, may_write},
};

/// A quote as its server tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteQuote {
    pub uri: String,
    /// Where it is here.
    pub quoted: Option<Id>,
    /// A stamp that the quoted author's own server confirmed, for these two posts. Those of this town count by themselves.
    pub stamp: Option<String>,
    /// Its server asks authors: what is not agreed to yet may still be.
    pub asks: bool,
}

/// With a post that just arrived.
pub(crate) async fn keep(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    quote: &RemoteQuote,
) -> Outcome<()> {
    let quoted = quoted_row(tx, quote).await?;
    let (state, stamp) = judged(tx, town, post, quoted.as_ref(), quote).await?;
    let row = entity::quote::Model {
        post_id: post.id,
        quoted_id: quoted.as_ref().map(|row| row.id),
        quoted_uri: quoted
            .as_ref()
            .map_or_else(|| quote.uri.clone(), |row| row.uri.clone()),
        quoted_author_id: quoted.as_ref().map(|row| row.author_id),
        state: state.as_str().into(),
        request_uri: None,
        stamp_uri: stamp,
        created_at: town.now(),
    };
    rows::insert(tx, row).await?;
    match quoted {
        Some(quoted) if state == QuoteState::Accepted => {
            counted(tx, town, post.id, quoted.id).await
        }
        _ => Ok(()),
    }
}

async fn quoted_row(tx: &Tx, quote: &RemoteQuote) -> Outcome<Option<entity::post::Model>> {
    let Some(quoted) = quote.quoted else {
        return Ok(None);
    };
    let row = posts_rows::by_id(tx, quoted).await?;
    Ok(row.filter(|row| row.boost_of_id.is_none()))
}

/// Has the author of what is quoted agreed?
async fn judged(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    quoted: Option<&entity::post::Model>,
    quote: &RemoteQuote,
) -> Outcome<(QuoteState, Option<String>)> {
    let open = if quote.asks {
        QuoteState::Pending
    } else {
        QuoteState::Unverified
    };
    let Some(quoted) = quoted else {
        return Ok((open, None));
    };
    if quoted.author_id == post.author_id {
        return Ok((QuoteState::Accepted, None));
    }
    if quoted.local {
        let stamp = rows::stamp_for(tx, quoted.id, &post.uri, QUOTE).await?;
        // Given to somebody else it says nothing of this post.
        return Ok(match stamp.filter(|it| it.quoter_id == post.author_id) {
            Some(stamp) if stamp.revoked_at.is_some() => (QuoteState::Revoked, None),
            Some(stamp) => (QuoteState::Accepted, Some(stamp_uri(town, stamp.id))),
            None => (open, None),
        });
    }
    Ok(match &quote.stamp {
        Some(stamp) => (QuoteState::Accepted, Some(stamp.clone())),
        None => (open, None),
    })
}

/// With a post that is here already. `newer`: with an edit of it, and so perhaps with another quote. `true`: it is not as it
/// was.
pub(crate) async fn arrived_again(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    quote: Option<&RemoteQuote>,
    newer: bool,
) -> Outcome<bool> {
    let known = rows::by_post(tx, post.id).await?;
    let (known, quote) = match (known, quote) {
        (None, None) => return Ok(false),
        (Some(known), Some(quote)) => (known, quote),
        _ if !newer => return Ok(false),
        (None, Some(quote)) => {
            keep(tx, town, post, quote).await?;
            rows::mark(tx, post.id, true).await?;
            return Ok(true);
        }
        (Some(_), None) => {
            super::forgotten(tx, post).await?;
            rows::delete(tx, post.id).await?;
            rows::mark(tx, post.id, false).await?;
            return Ok(true);
        }
    };
    let quoted = quoted_row(tx, quote).await?;
    let same = known.quoted_uri == quote.uri
        || quoted
            .as_ref()
            .is_some_and(|row| row.uri == known.quoted_uri);
    if !same {
        if newer {
            super::forgotten(tx, post).await?;
            rows::delete(tx, post.id).await?;
            keep(tx, town, post, quote).await?;
        }
        return Ok(newer);
    }
    if known.quoted_id.is_none() && quoted.is_some() {
        // What it quotes has become known here.
        rows::delete(tx, post.id).await?;
        keep(tx, town, post, quote).await?;
        return Ok(true);
    }
    let (state, stamp) = judged(tx, town, post, quoted.as_ref(), quote).await?;
    match (QuoteState::parse(&known.state), state) {
        // What was agreed to or ended stays so, until its author says otherwise.
        (before, QuoteState::Pending | QuoteState::Unverified)
            if before != QuoteState::Unverified =>
        {
            Ok(false)
        }
        _ => settled(tx, town, known, state, stamp).await,
    }
}

/// Somebody elsewhere asks to quote a post of this town.
#[derive(Clone, Debug)]
pub struct AskedQuote {
    pub who: Id,
    pub quoted: Id,
    /// The post that is to quote.
    pub quoting: String,
    /// The activity that asks.
    pub request: String,
    /// That post, where it came along.
    pub arrival: Option<Box<Arrival>>,
}

impl AskedQuote {
    /// Without what came along.
    pub(crate) fn plainly(&self) -> Asked {
        Asked {
            who: self.who,
            what: Interaction::Quote,
            post: self.quoted,
            request: self.request.clone(),
            instrument: self.quoting.clone(),
        }
    }
}

/// Answers at once, as the post's author has said, unless they look at it first. `false`: nothing of this town was asked for.
pub async fn asked(tx: &Tx, town: &Town, asked: AskedQuote) -> Outcome<bool> {
    may_write(tx, asked.who).await?;
    let quoted = posts_rows::by_id(tx, asked.quoted).await?;
    let Some(quoted) = quoted.filter(|row| row.local && row.boost_of_id.is_none()) else {
        return Ok(false);
    };
    match may_quote(tx, &asked, &quoted).await? {
        Decision::Waits => waiting::keep_quote(tx, town, &quoted, asked).await?,
        Decision::Yes => decide(tx, town, &quoted, asked, true).await?,
        Decision::No => decide(tx, town, &quoted, asked, false).await?,
    }
    Ok(true)
}

/// Tells who asked, with a stamp where they may.
pub(crate) async fn decide(
    tx: &Tx,
    town: &Town,
    quoted: &entity::post::Model,
    asked: AskedQuote,
    yes: bool,
) -> Outcome<()> {
    let stamp = if yes {
        let stamp = stamp(tx, town, quoted, &asked.quoting, asked.who).await?;
        agreed(tx, town, quoted, &asked.quoting, asked.arrival).await?;
        Some(stamp)
    } else {
        None
    };
    let entry = Entry::QuoteAnswered {
        quoted: quoted.id,
        asker: asked.who,
        request: asked.request,
        quoting: asked.quoting,
        stamp,
    };
    journal::record(tx, town, &entry).await
}

async fn may_quote(tx: &Tx, asked: &AskedQuote, quoted: &entity::post::Model) -> Outcome<Decision> {
    if !is_seen(tx, asked.who, quoted).await? {
        return Ok(Decision::No);
    }
    let ties = policies::ties(tx, asked.who, quoted.author_id).await?;
    let consent = policies::quoting(quoted).consent(ties);
    // What its author says from now on comes after this write.
    if consent == Consent::OnRequest && posts_rows::held(tx, quoted.id).await?.is_none() {
        return Ok(Decision::No);
    }
    if let Some(given) = rows::stamp_for(tx, quoted.id, &asked.quoting, QUOTE).await? {
        // What was taken back is not given again.
        if given.revoked_at.is_some() {
            return Ok(Decision::No);
        }
        if given.quoter_id == asked.who {
            return Ok(Decision::Yes);
        }
        // A neighbour of theirs asked with the address of a post that was not there yet: it belongs to who wrote the post.
        if !has_written(tx, asked).await? {
            return Ok(Decision::No);
        }
    }
    Ok(match consent {
        Consent::AtOnce => Decision::Yes,
        Consent::OnRequest => waiting::decided_before(tx, &asked.plainly(), quoted).await?,
        Consent::Unknown | Consent::Refused => Decision::No,
    })
}

async fn has_written(tx: &Tx, asked: &AskedQuote) -> Outcome<bool> {
    if asked.arrival.is_some() {
        return Ok(true);
    }
    let post = posts_rows::by_uri(tx, &asked.quoting).await?;
    Ok(post.is_some_and(|post| post.author_id == asked.who))
}

/// The quote shows at once where its post is here, or came along.
async fn agreed(
    tx: &Tx,
    town: &Town,
    quoted: &entity::post::Model,
    quoting: &str,
    arrival: Option<Box<Arrival>>,
) -> Outcome<()> {
    let Some(post) = posts_rows::by_uri(tx, quoting).await? else {
        if let Some(arrival) = arrival {
            arrivals::post(tx, town, *arrival).await?;
        }
        return Ok(());
    };
    let Some(quote) = rows::by_post(tx, post.id).await? else {
        return Ok(());
    };
    if quote.quoted_id == Some(quoted.id)
        && let Some(stamp) = rows::stamp_for(tx, quoted.id, quoting, QUOTE).await?
    {
        let stamp = Some(stamp_uri(town, stamp.id));
        settled(tx, town, quote, QuoteState::Accepted, stamp).await?;
    }
    Ok(())
}

/// An author elsewhere answers a post of this town that asked to quote; `stamp`, confirmed by their server, where they agree.
/// `false`: they were not asked.
pub async fn answered(
    tx: &Tx,
    town: &Town,
    author: Id,
    post: Id,
    stamp: Option<String>,
) -> Outcome<bool> {
    let quote = rows::by_post(tx, post).await?;
    let asked = |quote: &entity::quote::Model| {
        quote.quoted_author_id == Some(author) && quote.request_uri.is_some()
    };
    let Some(quote) = quote.filter(asked) else {
        return Ok(false);
    };
    let state = match stamp {
        Some(_) => QuoteState::Accepted,
        None => QuoteState::Refused,
    };
    settled(tx, town, quote, state, stamp).await
}

/// An author elsewhere takes a consent back. `false`: nothing here relies on it.
pub async fn revoked(tx: &Tx, town: &Town, author: Id, stamp: &str) -> Outcome<bool> {
    let mut changed = false;
    for quote in rows::by_stamp(tx, stamp).await? {
        if quote.quoted_author_id == Some(author) {
            let kept = quote.stamp_uri.clone();
            changed |= settled(tx, town, quote, QuoteState::Revoked, kept).await?;
        }
    }
    Ok(changed)
}
