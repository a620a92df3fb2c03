//! Quotes on pages: the post inside a post, who may quote, taking one's own out of another. Decides nothing about who may.

use std::{
    borrow::{Borrow, Cow},
    sync::Arc,
};

use axum::extract::Path;
use parvis_model::{
    policy::{Consent, LooksAt, Quoters},
    text,
};
use parvis_town::{
    Failure, PostView,
    consents::ReplyState,
    quotes::{self, QuoteState, QuoteView},
};

use crate::{
    asked::{Asked, local_path},
    card::Card,
    form::Form,
    frame::Frame,
    page::{Answer, Resident, id},
    write::Composing,
};

pub async fn take_back(
    Resident { page, me, .. }: Resident,
    Path((quoted, quoting)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (quoted, quoting) = (id(&quoted)?, id(&quoting)?);
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { quotes::revoke(tx, &town, me, quoted, quoting).await })
        })
        .await?;
    Ok(page.onward(local_path(form.text("retour")), "done-quote-taken-back"))
}

/// Who may quote, as a form says it.
pub fn quoters(form: &Asked) -> Option<Quoters> {
    Quoters::parse(form.text("citable"))
}

impl<'a> Card<'a> {
    /// The text, without the link that stands for a quote where that is shown.
    pub fn text(&self) -> Cow<'a, str> {
        match self.quoted() {
            Some(_) => Cow::Owned(text::without_quote_link(&self.post.html)),
            None => Cow::Borrowed(&self.post.html),
        }
    }

    pub fn quoted(&self) -> Option<&'a PostView> {
        let quote = self.post.quote.as_ref()?;
        let quoted = quote.post.as_deref();
        quoted.filter(|_| quote.state == QuoteState::Accepted)
    }

    /// The page of a post by somebody whom one keeps away, for who wants to see it all the same.
    pub fn quoted_apart(&self) -> Option<&'a str> {
        let quoted = self.post.quote.as_ref()?.post.as_deref();
        let apart = quoted.filter(|_| self.quoted().is_none());
        apart.map(|quoted| quoted.path.as_str())
    }

    /// Why a quote is not shown: the key of the words. What is but a link from elsewhere needs none.
    pub fn why_no_quote(&self) -> Option<&'static str> {
        Some(match self.post.quote.as_ref()?.state {
            QuoteState::Pending => "quote-pending",
            QuoteState::Refused => "quote-refused",
            QuoteState::Revoked => "quote-revoked",
            QuoteState::Deleted => "quote-deleted",
            QuoteState::Hidden => "quote-hidden",
            QuoteState::OfBlocked => "quote-of-blocked",
            QuoteState::OfBlockedServer => "quote-of-blocked-server",
            QuoteState::OfMuted => "quote-of-muted",
            QuoteState::Accepted | QuoteState::Unverified => return None,
        })
    }

    /// The post that somebody wrote and waits with: only its address is known to be shown.
    pub fn waits_for(&self) -> Option<&'a str> {
        let waits = |quote: &&QuoteView| quote.state == QuoteState::Pending;
        let quote = self.post.quote.as_ref().filter(waits);
        quote
            .filter(|_| self.post.local)
            .map(|quote| quote.uri.as_str())
    }

    /// Why one's own answer is not shown by everyone else: the key of the words.
    pub fn why_held_back(&self) -> Option<&'static str> {
        let is_mine = self.post.mine.is_some_and(|mine| mine.author);
        match self.post.consent.as_ref().filter(|_| is_mine)?.state {
            ReplyState::Waiting => Some("reply-waiting"),
            ReplyState::Refused | ReplyState::Withdrawn => Some("reply-refused"),
            ReplyState::Open | ReplyState::Agreed => None,
        }
    }

    pub fn may_quote(&self) -> bool {
        self.post.mine.is_some() && self.post.quoting.me != Consent::Refused
    }

    /// The one's post inside another's, which one may take out again.
    pub fn quotes_mine(&self) -> Option<&'a PostView> {
        let is_mine = |post: &&PostView| post.mine.is_some_and(|mine| mine.author);
        let of_another = self.post.mine.is_some_and(|mine| !mine.author);
        self.quoted().filter(is_mine).filter(|_| of_another)
    }
}

impl Composing {
    /// What is chosen before anything is.
    pub fn usual_quoters(&self, quoters: impl Borrow<Quoters>) -> bool {
        self.quoters == *quoters.borrow()
    }
}

impl Frame {
    pub fn quoters(&self, quoters: impl Borrow<Quoters>) -> String {
        match quoters.borrow() {
            Quoters::Everyone => self.t("quoters-everyone"),
            Quoters::Followers => self.t("quoters-followers"),
            Quoters::Nobody => self.t("quoters-nobody"),
        }
    }

    pub fn looks_at(&self, looks_at: impl Borrow<LooksAt>) -> String {
        match looks_at.borrow() {
            LooksAt::Nothing => self.t("looks-at-nothing"),
            LooksAt::Shown => self.t("looks-at-shown"),
            LooksAt::Everything => self.t("looks-at-everything"),
        }
    }
}
