//! Inboxes: whose is open, and what is answered to what is posted there. What becomes of it is decided in `inbox`.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use parvis_model::id;
use parvis_town::Outcome;

use super::{Shared, actor_address, gone_or_never, letter, local};
use crate::{
    Federation,
    federation::lately,
    inbox::{self, Fault, Outcome as Arrived},
    signatures::message::ACCEPT_SIGNATURE,
};

pub(super) async fn not_readable() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

pub(super) async fn shared(State(federation): Shared, request: Request) -> Response {
    post(&federation, request).await
}

pub(super) async fn of_actor(
    State(federation): Shared,
    Path(account): Path<String>,
    request: Request,
) -> Response {
    let (answer, fault) = match has_inbox(&federation, &account).await {
        Ok(true) => return post(&federation, request).await,
        Ok(false) => no_inbox(&federation, &account).await,
        Err(failure) => (None, Fault::Broken(failure)),
    };
    let (parts, _) = request.into_parts();
    let outcome = inbox::told(&federation, &letter(&parts), Arrived::Refused(fault));
    answer.unwrap_or_else(|| answer_to(&outcome))
}

/// Looked up at most once a minute for each account that is there.
async fn has_inbox(federation: &Federation, account: &str) -> Outcome<bool> {
    let Some(id) = id::parse(account) else {
        return Ok(false);
    };
    let (seen, now) = (&federation.open_inboxes, federation.town.now());
    if lately(seen, id, now) {
        return Ok(true);
    }
    let here = local(federation, account).await?.is_some();
    if here {
        seen.insert(id, now);
    }
    Ok(here)
}

/// What stands where no inbox is, and why there is none.
async fn no_inbox(federation: &Federation, account: &str) -> (Option<Response>, Fault) {
    match gone_or_never(federation, &actor_address(federation, account)).await {
        Ok(answer) if answer.status() == StatusCode::GONE => (Some(answer), Fault::Gone),
        Ok(answer) => (Some(answer), Fault::NoInbox),
        Err(failure) => (None, Fault::Broken(failure)),
    }
}

async fn post(federation: &Arc<Federation>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let outcome = inbox::receive(federation, letter(&parts), body).await;
    answer_to(&outcome)
}

fn answer_to(outcome: &Arrived) -> Response {
    with_advice(outcome.status(), ACCEPT_SIGNATURE)
}

/// A status with what the other may do about it: come again, or sign as we understand it.
pub(super) fn with_advice(status: StatusCode, how_to_sign: &'static str) -> Response {
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "60")]).into_response();
    }
    if status == StatusCode::UNAUTHORIZED {
        return (status, [("accept-signature", how_to_sign)]).into_response();
    }
    status.into_response()
}
