//! Inboxes: whose is open, and what is answered to what is posted there. What becomes of it is decided in `inbox`.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use parvis_model::id;
use parvis_town::{Outcome, posts as town_posts};

use super::{Shared, actor_address, letter, local};
use crate::{
    Federation,
    federation::lately,
    inbox::{self, Fault, Outcome as Arrived},
    problem,
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
    let fault = match has_inbox(&federation, &account).await {
        Ok(true) => return post(&federation, request).await,
        Ok(false) => no_inbox(&federation, &account).await,
        Err(failure) => Fault::Broken(failure),
    };
    let (parts, _) = request.into_parts();
    let outcome = inbox::told(&federation, &letter(&parts), Arrived::Refused(fault));
    answer_to(&outcome)
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

/// Why there is no inbox.
async fn no_inbox(federation: &Federation, account: &str) -> Fault {
    let address = actor_address(federation, account);
    match town_posts::buried(&federation.town, &address).await {
        Ok(Some(_)) => Fault::Gone,
        Ok(None) => Fault::NoInbox,
        Err(failure) => Fault::Broken(failure),
    }
}

async fn post(federation: &Arc<Federation>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let outcome = inbox::receive(federation, letter(&parts), body).await;
    answer_to(&outcome)
}

fn answer_to(outcome: &Arrived) -> Response {
    match outcome {
        Arrived::Refused(fault) => refused(fault.status(), &fault.told(), ACCEPT_SIGNATURE),
        taken => taken.status().into_response(),
    }
}

/// A refusal with what the other may do about it: come again, or sign as we understand it.
pub(super) fn refused(status: StatusCode, why: &str, how_to_sign: &'static str) -> Response {
    let answer = problem::told(status, why);
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            ([(header::RETRY_AFTER, "60")], answer).into_response()
        }
        StatusCode::UNAUTHORIZED => ([("accept-signature", how_to_sign)], answer).into_response(),
        _ => answer,
    }
}
