//! What passes between people who quote and people who are quoted.

use parvis_model::id::Id;
use parvis_store::accounts;
use parvis_town::{Outcome, Town};

use super::{
    Outgoing,
    audience::{self, Inboxes},
    translate::{Known, ours, personal},
};
use crate::{
    posts,
    quotes::{self, Answered},
};

/// One of ours asks an author of theirs.
pub(super) async fn asked(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(author) = view.quote.as_ref().and_then(|quote| quote.author) else {
        return Ok(None);
    };
    let Some(author) = accounts::by_id(town.store.read(), author).await? else {
        return Ok(None);
    };
    let Some(request) = quotes::request(town, &view, &author)? else {
        return Ok(None);
    };
    let inboxes = audience::of_one(town, known, &view, &author).await?;
    Ok(Some(request.to(inboxes.list(town).await?)))
}

/// One of theirs agrees to an answer of ours, which until now they had alone.
pub(super) async fn agreed(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(create) = posts::create_again(town, &view)? else {
        return Ok(None);
    };
    let inboxes = audience::of_post(town, known, &view).await?;
    Ok(Some(create.to(inboxes.list(town).await?)))
}

/// One of theirs is answered, in the name of whom they asked.
pub(super) async fn answered(
    town: &Town,
    known: &Known,
    quoted: Id,
    asker: Id,
    answered: &Answered<'_>,
) -> Outcome<Option<Outgoing>> {
    let Some(quoted) = known.post(quoted) else {
        return Ok(None);
    };
    let Some((author, asker)) = known.outwards(quoted.author_id, asker) else {
        return Ok(None);
    };
    let answer = quotes::answer(town, author, asker, quoted, answered)?;
    personal(town, asker, answer).await
}

/// The stamp that is no more, and the two posts.
pub(super) struct Revoked<'a> {
    pub(super) stamp: &'a str,
    pub(super) quoted: &'a str,
    pub(super) quoting: &'a str,
}

/// For everyone who may show the quote.
pub(super) async fn revoked(
    town: &Town,
    known: &Known,
    author: Id,
    quoter: Id,
    about: Revoked<'_>,
) -> Outcome<Option<Outgoing>> {
    let (Some(author), Some(quoter)) = (known.local(author), known.account(quoter)) else {
        return Ok(None);
    };
    let delete = quotes::revocation(town, author, quoter, about.stamp)?;
    let mut inboxes = Inboxes::default();
    inboxes.add([quoter]);
    inboxes.of_followers(town, author.id).await?;
    inboxes.of_ledger(town, about.quoted).await?;
    inboxes.of_ledger(town, about.quoting).await?;
    Ok(Some(delete.to(inboxes.list(town).await?)))
}
