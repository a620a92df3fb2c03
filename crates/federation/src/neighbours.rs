//! Whom the posts of this town for its neighbours are for, shown to nobody but those neighbours.

use std::sync::Arc;

use axum::{Router, extract::State, response::Response, routing::get};
use parvis_town::neighbours;

use crate::{
    Federation, inbox,
    routes::{Asker, PRIVATE_CACHE, Shared, answered, document, not_found},
    uri,
    wire::emit::collection::Heap,
};

pub(crate) fn routes() -> Router<Arc<Federation>> {
    Router::new().route("/ap/audiences/neighbours", get(list))
}

async fn list(State(federation): Shared, asker: Asker) -> Response {
    let found = async {
        let reader = match inbox::reader(&federation, &asker.letter).await {
            Ok(reader) => reader,
            Err(fault) => {
                tracing::debug!(%fault, "a signed question that is not believed");
                None
            }
        };
        let all = neighbours::agreed(&federation.town).await?;
        let reader = reader.filter(|reader| reader.suspended_at.is_none());
        if reader.is_none_or(|reader| all.iter().all(|row| row.id != reader.id)) {
            return Ok(not_found());
        }
        let id = uri::neighbours(&federation.town.origin);
        let actors: Vec<String> = all.into_iter().map(|row| row.uri).collect();
        Ok(document(&Heap::whole(id, actors), PRIVATE_CACHE))
    };
    answered(found.await)
}
