//! Where the town wants it, documents go only to servers that say who they are, those for everyone included: who does not
//! is told how, who is blocked is refused. Decides who may ask, not what they may see.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::Response,
};

use super::{Shared, inboxes, letter};
use crate::{Federation, inbox, signatures::message::ACCEPT_SIGNATURE_OF_QUESTION};

type Documents = Router<Arc<Federation>>;

pub(crate) fn guarded(
    documents: Documents,
    federation: &Arc<Federation>,
    only_signed: bool,
) -> Documents {
    if only_signed {
        documents.layer(from_fn_with_state(federation.clone(), let_in))
    } else {
        documents
    }
}

/// Lets through what is signed. Actors stay open: their keys are how others know that it is us who asks.
async fn let_in(State(federation): Shared, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asks = [Method::GET, Method::HEAD].contains(&parts.method);
    if !asks || is_actor(parts.uri.path()) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let reader = inbox::reader(&federation, &letter(&parts)).await;
    let (status, why) = match reader {
        Ok(Some(reader)) if reader.suspended_at.is_none() => {
            return next.run(Request::from_parts(parts, body)).await;
        }
        Ok(_) => (
            StatusCode::UNAUTHORIZED,
            "only signed questions are answered".to_owned(),
        ),
        Err(fault) => {
            tracing::debug!(%fault, "a signed question that is not believed");
            (fault.status(), fault.told())
        }
    };
    inboxes::refused(status, &why, ACCEPT_SIGNATURE_OF_QUESTION)
}

fn is_actor(path: &str) -> bool {
    let id = path.strip_prefix("/ap/actors/");
    path == "/ap/actor" || id.is_some_and(|id| !id.contains('/'))
}
