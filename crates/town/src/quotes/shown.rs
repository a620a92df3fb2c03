//! What a viewer sees of quotes: at most the quoted post itself; of what that one quotes in turn no more than where it is.

use std::{collections::HashMap, sync::Arc};

use parvis_model::{
    id::Id,
    policy::{Allowed, Consent, Ties},
};
use parvis_store::{
    ConnectionTrait, entity,
    quotes::{self as rows, Away},
    relations,
};

use crate::{Error, PostView, Town, Viewer, policies};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteState {
    /// Its author has not answered yet.
    Pending,
    Accepted,
    Refused,
    Revoked,
    /// From software that asks nobody: no more than a link.
    Unverified,
    /// What it quoted is gone.
    Deleted,
    /// Its author has agreed, but it is not for these eyes.
    Hidden,
    /// Its author has agreed, but is one whom the viewer has blocked …
    OfBlocked,
    /// … or of a server that they have blocked …
    OfBlockedServer,
    /// … or has been muted by them.
    OfMuted,
}

impl QuoteState {
    /// As it is seen: of one agreed to, what it quotes may be gone, not for these eyes, or by whom one keeps away.
    fn seen(kept: &str, gone: bool, hidden: bool, away: Option<Away>) -> Self {
        match (Self::parse(kept), away) {
            (Self::Accepted, _) if gone => Self::Deleted,
            (Self::Accepted, Some(Away::Blocked)) => Self::OfBlocked,
            (Self::Accepted, _) if hidden => Self::Hidden,
            (Self::Accepted, Some(Away::BlockedServer)) => Self::OfBlockedServer,
            (Self::Accepted, Some(Away::Muted)) => Self::OfMuted,
            (state, _) => state,
        }
    }

    /// It stands with its author's consent, whoever looks.
    pub fn is_agreed(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Hidden | Self::OfBlocked | Self::OfBlockedServer | Self::OfMuted
        )
    }

    /// As it is kept; the last five are only ever seen.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted
            | Self::Deleted
            | Self::Hidden
            | Self::OfBlocked
            | Self::OfBlockedServer
            | Self::OfMuted => "accepted",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
            Self::Unverified => "unverified",
        }
    }

    pub(super) fn parse(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "accepted" => Self::Accepted,
            "refused" => Self::Refused,
            "revoked" => Self::Revoked,
            _ => Self::Unverified,
        }
    }
}

#[derive(Clone, Debug)]
pub struct QuoteView {
    pub state: QuoteState,
    /// Only where its author agrees and the viewer may see it.
    pub post: Option<Arc<PostView>>,
    pub uri: String,
    /// By which others can check that its author agrees.
    pub stamp: Option<String>,
    /// Of the activity that asked for consent.
    pub request: Option<String>,
    pub author: Option<Id>,
    /// What the quoted post quotes in turn.
    pub within: Option<InnerQuote>,
}

/// The quote of a quoted post, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InnerQuote {
    pub state: QuoteState,
    /// Only where its author agrees and the viewer may see it.
    pub post: Option<Id>,
}

/// Who may quote a post, and what that means for the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoting {
    pub allowed: Allowed,
    pub me: Consent,
}

/// The quotes of a page, before what they quote is looked at.
#[derive(Default)]
pub(crate) struct Quotes(HashMap<Id, (entity::quote::Model, Option<Away>)>);

impl Quotes {
    /// Asks nothing where no post quotes.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        town: &Town,
        viewer: Viewer,
        posts: &[entity::post::Model],
    ) -> Result<Self, Error> {
        let quoting = posts.iter().filter(|row| row.has_quote);
        let quoting: Vec<Id> = quoting.map(|row| row.id).collect();
        if quoting.is_empty() {
            return Ok(Self::default());
        }
        let quotes = rows::of_posts(db, viewer.eyes(), town.now(), &quoting).await?;
        let quotes = quotes.into_iter().map(|found| (found.0.post_id, found));
        Ok(Self(quotes.collect()))
    }

    /// What is quoted with its author's consent.
    pub(crate) fn agreed(&self) -> impl Iterator<Item = Id> {
        let agreed = self.0.values().filter(|(quote, _)| stands(quote));
        agreed.filter_map(|(quote, _)| quote.quoted_id)
    }

    pub(crate) fn view(&self, post: Id, quoted: &Quoted) -> Option<QuoteView> {
        let (quote, away) = self.0.get(&post)?;
        let post = quote.quoted_id.filter(|_| stands(quote));
        let post = post.and_then(|id| quoted.posts.get(&id)).cloned();
        let gone = quote.quoted_id.is_none();
        Some(QuoteView {
            state: QuoteState::seen(&quote.state, gone, post.is_none(), *away),
            within: post
                .as_ref()
                .and_then(|post| quoted.quotes.get(&post.id))
                .copied(),
            post,
            uri: quote.quoted_uri.clone(),
            stamp: quote.stamp_uri.clone(),
            request: quote.request_uri.clone(),
            author: quote.quoted_author_id,
        })
    }
}

/// What is quoted on a page, as far as it may be seen.
pub(crate) struct Quoted {
    posts: HashMap<Id, Arc<PostView>>,
    /// By the post that quotes.
    quotes: HashMap<Id, InnerQuote>,
}

impl Quoted {
    /// Asks nothing where no quoted post quotes in turn. `all` may hold more than `posts`.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        town: &Town,
        viewer: Viewer,
        posts: HashMap<Id, Arc<PostView>>,
        all: &[entity::post::Model],
    ) -> Result<Self, Error> {
        let quoting = all.iter().filter(|row| row.has_quote);
        let quoting = quoting
            .map(|row| row.id)
            .filter(|id| posts.contains_key(id));
        let quoting: Vec<Id> = quoting.collect();
        let inner = rows::inner(db, viewer.eyes(), town.now(), &quoting).await?;
        let inner = inner.into_iter().map(|row| {
            let state = QuoteState::seen(&row.state, row.gone, row.seen.is_none(), row.away);
            let post = row.seen.filter(|_| state.is_agreed());
            (row.post, InnerQuote { state, post })
        });
        Ok(Self {
            posts,
            quotes: inner.collect(),
        })
    }
}

fn stands(quote: &entity::quote::Model) -> bool {
    QuoteState::parse(&quote.state) == QuoteState::Accepted
}

/// Who may quote these posts, and whether the viewer may. Asks how people stand to each other only where that matters.
pub(crate) async fn quotings(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: Viewer,
    posts: &[entity::post::Model],
) -> Result<HashMap<Id, Quoting>, Error> {
    let me = viewer.account.unwrap_or(0);
    let asked = posts
        .iter()
        .filter(|row| me != 0 && row.author_id != me && policies::quoting(row).asks_who());
    let mut authors: Vec<Id> = asked.map(|row| row.author_id).collect();
    authors.sort_unstable();
    authors.dedup();
    let mut ties: HashMap<Id, Ties> = HashMap::new();
    if !authors.is_empty() {
        for relation in relations::between(db, me, &authors, town.now()).await? {
            let tie = Ties {
                follows: relation.following,
                followed: relation.followed_by,
            };
            ties.insert(relation.other, tie);
        }
    }
    let quoting = |row: &entity::post::Model| {
        let allowed = policies::quoting(row);
        let tie = ties.get(&row.author_id).copied().unwrap_or_default();
        let me = match me {
            0 => Consent::Refused,
            me if me == row.author_id => Consent::AtOnce,
            _ => match allowed.consent(tie) {
                // Only strangers elsewhere are looked at first.
                Consent::OnRequest if row.local => Consent::AtOnce,
                consent => consent,
            },
        };
        (row.id, Quoting { allowed, me })
    };
    Ok(posts.iter().map(quoting).collect())
}
