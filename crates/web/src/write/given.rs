//! What was kept of a post that was begun, put back into the form. Decides nothing about who may.

use parvis_model::{clock::Timestamp, id::Id};
use parvis_town::{MediaView, Outcome, PostView, polls::NewPoll, posts::Compose};

use super::{Attached, Composing, still_there};
use crate::{asked::Asked, page::Page, polls::SPANS};

/// Fills the form; gives what is to stand in its fields.
pub async fn back(
    page: &Page,
    compose: &mut Composing,
    post: Compose,
    files: Vec<MediaView>,
    due_at: Option<Timestamp>,
) -> Outcome<Asked> {
    compose.answers = seen(page, post.reply_to).await?;
    compose.quotes = seen(page, post.quote).await?;
    compose.audience = compose.choosable(&page.frame, post.audience);
    compose.kept = files.into_iter().map(Attached::from).collect();
    if let Some(quoters) = post.quoters {
        compose.quoters = quoters;
    }
    if let Some(language) = post.language {
        compose.language = language;
    }
    let mut values = Asked::of([("text", post.text), ("summary", post.summary)]);
    if post.sensitive {
        values.add("sensible", "1");
    }
    if let Some(poll) = &post.poll {
        add_poll(&mut values, poll);
    }
    if let Some(at) = due_at {
        values.add("quand", page.frame.moment(at));
    }
    Ok(values)
}

async fn seen(page: &Page, post: Option<Id>) -> Outcome<Option<PostView>> {
    match post {
        Some(post) => still_there(page, post).await,
        None => Ok(None),
    }
}

fn add_poll(values: &mut Asked, poll: &NewPoll) {
    for (n, option) in (1..).zip(&poll.options) {
        values.add(format!("reponse-{n}"), option);
    }
    if let Some(span) = SPANS.iter().find(|span| span.lasts == poll.lasts) {
        values.add("duree", span.word);
    }
    if poll.multiple {
        values.add("plusieurs", "1");
    }
    if poll.hide_totals {
        values.add("cacher", "1");
    }
}
