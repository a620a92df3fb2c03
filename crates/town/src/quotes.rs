//! Quotes: a post shows another inside itself, with the consent of who wrote that, until they take it back. One's own posts
//! need no consent. A quote without one is only a link.

mod elsewhere;
mod shown;

use parvis_model::{
    audience::Audience,
    id::Id,
    page::Page,
    policy::{Consent, Interaction},
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, posts, quotes as rows};

use crate::{
    Error, Outcome, Paged, PostView, Town, Viewer, interactions,
    journal::{self, Entry},
    pages::page_of,
    policies,
    posts::{own, readable},
};

pub use elsewhere::{AskedQuote, RemoteQuote, answered, asked, revoked};
pub(crate) use elsewhere::{arrived_again, decide, keep};
pub use shown::{InnerQuote, QuoteState, QuoteView, Quoting};
pub(crate) use shown::{Quoted, Quotes, quotings};

/// The kind of their stamps.
const QUOTE: &str = Interaction::Quote.as_str();

/// A post that may be quoted.
pub(crate) struct Quotable {
    row: entity::post::Model,
    stands: Stands,
}

/// How the consent to a quote comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// One's own, or of a server that does not ask.
    Free,
    /// Given here and now, in the name of somebody of this town.
    Stamped,
    /// To be asked for elsewhere.
    Asked,
}

/// The post that a new one is to quote. Refused where its author does not want that.
pub(crate) async fn quotable(tx: &Tx, me: Id, quoted: Option<Id>) -> Outcome<Option<Quotable>> {
    let Some(quoted) = quoted else {
        return Ok(None);
    };
    let row = readable(tx, me, quoted).await?;
    if row.author_id == me {
        let stands = Stands::Free;
        return Ok(Some(Quotable { row, stands }));
    }
    let consent = policies::quoting(&row).consent(policies::ties(tx, me, row.author_id).await?);
    if consent == Consent::Refused {
        return Err(Refusal::forbidden("refusal-quote-not-wanted").into());
    }
    let stands = match (row.local, policies::asks_before_quotes(&row)) {
        (true, _) => Stands::Stamped,
        (false, true) => Stands::Asked,
        (false, false) => Stands::Free,
    };
    Ok(Some(Quotable { row, stands }))
}

/// What is not for everyone is quoted before nobody else.
pub(crate) fn narrowed(audience: Audience, quoted: Option<&Quotable>) -> Audience {
    let of_quoted = quoted.and_then(|quoted| Audience::parse(&quoted.row.audience));
    match of_quoted.filter(|audience| !audience.is_open()) {
        Some(widest) => audience.at_most(widest),
        None => audience,
    }
}

/// With a post that was just written, before it is told that it is there.
pub(crate) async fn quote(
    tx: &Tx,
    town: &Town,
    post: &entity::post::Model,
    quoted: Quotable,
) -> Outcome<()> {
    let Quotable { row, stands } = quoted;
    let stamp = match stands {
        Stands::Stamped => Some(stamp(tx, town, &row, &post.uri, post.author_id).await?),
        Stands::Free | Stands::Asked => None,
    };
    let asks = stands == Stands::Asked;
    let request = asks.then(|| format!("{}/ap/activities/{}", town.origin, town.ids.next()));
    let state = if asks {
        QuoteState::Pending
    } else {
        QuoteState::Accepted
    };
    let quote = entity::quote::Model {
        post_id: post.id,
        quoted_id: Some(row.id),
        quoted_uri: row.uri.clone(),
        quoted_author_id: Some(row.author_id),
        state: state.as_str().into(),
        request_uri: request,
        stamp_uri: stamp.map(|id| stamp_uri(town, id)),
        created_at: town.now(),
    };
    rows::insert(tx, quote).await?;
    if asks {
        return journal::record(tx, town, &Entry::QuoteAsked { post: post.id }).await;
    }
    counted(tx, town, post.id, row.id).await
}

/// A quote that its author agrees to now counts, and is told of.
async fn counted(tx: &Tx, town: &Town, post: Id, quoted: Id) -> Outcome<()> {
    posts::count(tx, quoted, posts::Count::Quotes, 1).await?;
    journal::record(tx, town, &Entry::Quoted { post }).await
}

pub(crate) fn stamp_uri(town: &Town, stamp: Id) -> String {
    format!("{}/ap/authorizations/{stamp}", town.origin)
}

/// The consent to one quote, new or as it was given, if need be to somebody else.
async fn stamp(
    tx: &Tx,
    town: &Town,
    quoted: &entity::post::Model,
    quoting: &str,
    quoter: Id,
) -> Outcome<Id> {
    if let Some(stamp) = rows::stamp_for(tx, quoted.id, quoting, QUOTE).await? {
        if stamp.quoter_id != quoter {
            rows::give_stamp(tx, stamp.id, quoter).await?;
        }
        return Ok(stamp.id);
    }
    let stamp = entity::quote_stamp::Model {
        id: town.ids.next(),
        quoted_id: quoted.id,
        quoting_uri: quoting.to_owned(),
        quoter_id: quoter,
        kind: QUOTE.into(),
        created_at: town.now(),
        revoked_at: None,
    };
    let id = stamp.id;
    rows::insert_stamp(tx, stamp).await?;
    Ok(id)
}

/// Another state of a quote; the counter of what it quotes and its own post's readers follow. `false`: it stood so before.
async fn settled(
    tx: &Tx,
    town: &Town,
    quote: entity::quote::Model,
    state: QuoteState,
    stamp: Option<String>,
) -> Outcome<bool> {
    let before = QuoteState::parse(&quote.state);
    if before == state && quote.stamp_uri == stamp {
        return Ok(false);
    }
    let (post, quoted) = (quote.post_id, quote.quoted_id);
    let changed = entity::quote::Model {
        state: state.as_str().into(),
        stamp_uri: stamp,
        ..quote
    };
    rows::update(tx, changed).await?;
    match (before, state) {
        (QuoteState::Accepted, QuoteState::Accepted) => {}
        (_, QuoteState::Accepted) => {
            if let Some(quoted) = quoted {
                counted(tx, town, post, quoted).await?;
            }
        }
        (QuoteState::Accepted, _) => {
            if let Some(quoted) = quoted {
                posts::count(tx, quoted, posts::Count::Quotes, -1).await?;
            }
        }
        _ => {}
    }
    journal::record(tx, town, &Entry::PostAmended { post }).await?;
    Ok(true)
}

/// Takes one's post out of another that quotes it, for good.
pub async fn revoke(tx: &Tx, town: &Town, me: Id, quoted: Id, quoting: Id) -> Outcome<()> {
    let quoted = own(tx, me, quoted).await?;
    let quoting = readable(tx, me, quoting).await?;
    let quote = rows::by_post(tx, quoting.id)
        .await?
        .filter(|quote| quote.quoted_id == Some(quoted.id) && quoting.author_id != me)
        .ok_or_else(Refusal::not_found)?;
    let stamp = stamp(tx, town, &quoted, &quoting.uri, quoting.author_id).await?;
    rows::revoke_stamp(tx, stamp, town.now()).await?;
    if !settled(tx, town, quote, QuoteState::Revoked, None).await? {
        return Ok(());
    }
    let entry = Entry::QuoteRevoked {
        author: me,
        quoter: quoting.author_id,
        stamp: stamp_uri(town, stamp),
        quoted: quoted.uri,
        quoting: quoting.uri,
    };
    journal::record(tx, town, &entry).await
}

/// A post goes that may quote another.
pub(crate) async fn forgotten(tx: &Tx, post: &entity::post::Model) -> Outcome<()> {
    if !post.has_quote {
        return Ok(());
    }
    if let Some(quote) = rows::by_post(tx, post.id).await?
        && let Some(quoted) = quote.quoted_id
        && QuoteState::parse(&quote.state) == QuoteState::Accepted
    {
        posts::count(tx, quoted, posts::Count::Quotes, -1).await?;
    }
    Ok(())
}

/// Posts that quote one, as far as the viewer may see them.
pub async fn of(town: &Town, viewer: &Viewer, post: Id, page: Page) -> Outcome<Paged<PostView>> {
    let quoted = crate::posts::view(town, viewer, post).await?;
    let quoted = quoted.boost_of.as_ref().map_or(quoted.id, |of| of.id);
    let db = town.store.snapshot().await?;
    let ids = rows::of_quoted(&db, viewer.eyes(), town.now(), quoted, &page).await?;
    page_of(&db, town, *viewer, &ids, &page).await
}

/// The consent that an author of this town gave to one quote, answer, like or boost, while it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub what: Interaction,
    pub author_uri: String,
    pub quoted_uri: String,
    pub quoting_uri: String,
}

pub async fn stamp_by_id(town: &Town, stamp: Id) -> Result<Option<Stamp>, Error> {
    let db = town.store.read();
    let Some(stamp) = rows::stamp(db, stamp)
        .await?
        .filter(|it| it.revoked_at.is_none())
    else {
        return Ok(None);
    };
    let (Some(quoted), Some(what)) = (
        posts::by_id(db, stamp.quoted_id).await?,
        Interaction::parse(&stamp.kind),
    ) else {
        return Ok(None);
    };
    if !interactions::still_stands(db, &stamp).await? {
        return Ok(None);
    }
    let author = accounts::by_id(db, quoted.author_id).await?;
    Ok(author
        .filter(|it| it.suspended_at.is_none())
        .map(|author| Stamp {
            what,
            author_uri: author.uri,
            quoted_uri: quoted.uri,
            quoting_uri: stamp.quoting_uri,
        }))
}
