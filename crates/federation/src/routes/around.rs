//! What hangs on a post of this town, as other servers ask for it: its thread, its answers, how many liked and boosted it.

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use parvis_model::id;
use parvis_town::{
    Outcome, PostView,
    threads::{self, AfterAnswer},
};

use super::{Asker, PageAsked, Shared, answered, document, not_found, visible};
use crate::{Federation, collections, wire::emit::collection::Heap};

/// A post as it may be shown outside, and how long the answer may be kept; a boost is none.
async fn shown_post(
    federation: &Federation,
    post: &str,
    asker: &Asker,
) -> Outcome<Option<(PostView, &'static str)>> {
    let Some(id) = id::parse(post) else {
        return Ok(None);
    };
    let found = visible(federation, id, &asker.letter).await?;
    Ok(found.filter(|(view, _)| view.boost_of.is_none()))
}

pub(super) async fn replies(
    State(federation): Shared,
    Path(post): Path<String>,
    Query(sought): Query<PageAsked>,
    asker: Asker,
) -> Response {
    let found = async {
        let Some((view, cache)) = shown_post(&federation, &post, &asker).await? else {
            return Ok(not_found());
        };
        let asked = sought.read();
        let after = asked.min_id.filter(|_| asked.page);
        let after = after.map_or_else(AfterAnswer::default, |id| AfterAnswer {
            others: sought.others.as_deref() == Some("true"),
            id,
        });
        let answers = threads::open_answers(&federation.town, &view, after).await?;
        Ok(if asked.page {
            document(&collections::replies_page(&view, after, answers), cache)
        } else {
            document(&collections::replies(&view, answers), cache)
        })
    };
    answered(found.await)
}

/// The whole thread that begins with a post of this town (FEP-7888), as far as everyone may see it.
pub(super) async fn context(
    State(federation): Shared,
    Path(post): Path<String>,
    Query(sought): Query<PageAsked>,
    asker: Asker,
) -> Response {
    let found = async {
        let shown = shown_post(&federation, &post, &asker).await?;
        let Some((view, cache)) = shown.filter(|(view, _)| collections::begins_thread(view)) else {
            return Ok(not_found());
        };
        let (asked, town) = (sought.read(), &federation.town);
        if !asked.page {
            let size = threads::open_thread_size(town, &view).await?;
            return Ok(document(&collections::context(&view, size), cache));
        }
        let piece = threads::open_thread(town, &view, asked.min_id).await?;
        let page = collections::context_page(&view, asked.min_id, piece);
        Ok(document(&page, cache))
    };
    answered(found.await)
}

pub(super) async fn likes(
    State(federation): Shared,
    Path(post): Path<String>,
    asker: Asker,
) -> Response {
    counted(&federation, &post, &asker, collections::likes).await
}

pub(super) async fn shares(
    State(federation): Shared,
    Path(post): Path<String>,
    asker: Asker,
) -> Response {
    counted(&federation, &post, &asker, collections::shares).await
}

async fn counted(
    federation: &Federation,
    post: &str,
    asker: &Asker,
    list: impl Fn(&PostView) -> Heap,
) -> Response {
    let found = shown_post(federation, post, asker).await;
    let shown = |(view, cache): (PostView, _)| document(&list(&view), cache);
    answered(found.map(|found| found.map_or_else(not_found, shown)))
}
