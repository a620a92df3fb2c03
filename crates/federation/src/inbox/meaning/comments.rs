//! What is passed on with a word of one's own (FEP-dd4b): a post that quotes, and no boost.

use std::sync::Arc;

use parvis_store::entity::account;
use parvis_town::Outcome;
use serde_json::{Value, json};

use super::{
    Deed,
    Meaning::{self, Ignored},
    posts::arrival,
};
use crate::{
    Federation,
    fetch::Budget,
    wire::{Activity, Post},
};

pub(super) async fn commented(
    federation: &Federation,
    activity: &Activity<'_>,
    words: &str,
    actor: &Arc<account::Model>,
    (id, object): (&str, &str),
    budget: &Budget,
) -> Outcome<Meaning> {
    let note = note(activity, words, (id, object));
    let post = match Post::read(&note, "") {
        Ok(post) => post,
        Err(why) => return Ok(Ignored(why.member)),
    };
    match arrival(federation, &post, id.to_owned(), actor, budget).await? {
        Some(arrival) => Ok(Deed::Post(Box::new(arrival)).into()),
        None => Ok(Ignored("nobody here asked for it")),
    }
}

/// The same as a note that quotes, in the older way: nobody was asked for consent.
fn note(activity: &Activity, words: &str, (id, object): (&str, &str)) -> Value {
    let link = format!("<p class=\"quote-inline\">RE: <a href=\"{object}\">{object}</a></p>");
    let mut note = json!({
        "id": id,
        "type": "Note",
        "attributedTo": activity.actor,
        "to": activity.to,
        "cc": activity.cc,
        "content": format!("{words}{link}"),
        "quoteUrl": object,
    });
    if let Some(at) = activity.published {
        note["published"] = json!(at / 1_000);
    }
    note
}
