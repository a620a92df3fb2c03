//! Consents to quotes as other servers ask for them. Knows not who gave them why.

use axum::{
    extract::{Path, State},
    response::Response,
};
use parvis_model::id;
use parvis_town::quotes as town_quotes;

use super::{Asker, Shared, answered, document, not_found, visible};
use crate::{
    quotes,
    uri::{self, Ours},
};

/// The consent to a quote. Of a post that is not for everyone only those hear who may see it.
pub(super) async fn stamp(
    State(federation): Shared,
    Path(stamp): Path<String>,
    asker: Asker,
) -> Response {
    let found = async {
        let (id, town) = (id::parse(&stamp).unwrap_or(0), &federation.town);
        let Some(stamp) = town_quotes::stamp_by_id(town, id).await? else {
            return Ok(not_found());
        };
        let quoted = match uri::ours(&town.origin, &stamp.quoted_uri) {
            Some(Ours::Object(post)) => visible(&federation, post, &asker.letter).await?,
            _ => None,
        };
        Ok(quoted.map_or_else(not_found, |(_, cache)| {
            document(&quotes::stamp(town, id, stamp), cache)
        }))
    };
    answered(found.await)
}
