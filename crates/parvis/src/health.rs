//! Is the program alive, and can it work? Asked by machines, answered for any host.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::future::join_all;
use parvis_store::{DbErr, deliveries};
use parvis_town::Town;
use tokio::time::timeout;

use crate::early::{answer, plain};

/// A database that takes longer is not there.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn alive() -> Response {
    plain(StatusCode::OK, "alive\n")
}

/// The same for apps, in the words that Mastodon has for it.
pub fn up() -> Response {
    let json = "application/json; charset=utf-8";
    answer(StatusCode::OK, json, r#"{"status":"UP"}"#)
}

/// Ready when every town is open (`complete`), its database answers and its queue can be read.
pub async fn ready(towns: Vec<Arc<Town>>, complete: bool) -> Response {
    let answers = join_all(towns.iter().map(is_ready)).await;
    if complete && !towns.is_empty() && answers.into_iter().all(|ready| ready) {
        return plain(StatusCode::OK, "ready\n");
    }
    let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, "not ready\n");
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    answer
}

async fn reaches_queue(town: &Town) -> Result<(), DbErr> {
    deliveries::next_attempt(town.store.read(), town.now())
        .await
        .map(|_| ())
}

async fn is_ready(town: &Arc<Town>) -> bool {
    match timeout(PATIENCE, reaches_queue(town)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(town = town.host, %error, "the database is not ready");
            false
        }
        Err(_elapsed) => {
            tracing::warn!(town = town.host, "the database does not answer");
            false
        }
    }
}
