//! WebFinger and host-meta of this town. Asking others is the resolver's.

use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_model::{account::AccountKind, handle::Handle};
use parvis_store::{accounts, entity::account};
use parvis_town::{AccountView, Outcome, Viewer, accounts as town_accounts};
use serde_json::json;

use crate::{
    Federation, actors,
    routes::{Shared, broken},
    uri::{self, Ours},
    wire::jrd::{self, Descriptor, Link, SUBSCRIBE},
};

const PROFILE_PAGE: &str = "http://webfinger.net/rel/profile-page";
const AVATAR: &str = "http://webfinger.net/rel/avatar";
const ACTIVITY: &str = "application/activity+json";
const LD: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// RFC 7033, section 4. `resource` may be a handle or one of our addresses; `rel`, given once or more, picks links.
pub(crate) async fn webfinger(
    State(federation): Shared,
    Query(asked): Query<Vec<(String, String)>>,
) -> Response {
    let given = |name: &'static str| {
        asked
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let Some(resource) = given("resource").next() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match found(&federation, resource).await {
        Ok(Found::Gone) => StatusCode::GONE.into_response(),
        Ok(Found::Here(view)) => {
            let mut found = describe(&federation, &view);
            if given("rel").next().is_some() {
                found
                    .links
                    .retain(|link| given("rel").any(|rel| rel == link.rel));
            }
            jrd_answer(&found)
        }
        Ok(Found::Nobody) => StatusCode::NOT_FOUND.into_response(),
        Err(failure) => broken(&failure),
    }
}

enum Found {
    Here(Box<AccountView>),
    Gone,
    Nobody,
}

async fn found(federation: &Federation, resource: &str) -> Outcome<Found> {
    let Some(view) = find(federation, resource).await? else {
        return Ok(Found::Nobody);
    };
    Ok(
        match town_accounts::closed(&federation.town, &view).await? {
            Some(_) => Found::Gone,
            None => Found::Here(Box::new(view)),
        },
    )
}

async fn find(federation: &Federation, resource: &str) -> Outcome<Option<AccountView>> {
    let town = &federation.town;
    let db = town.store.read();
    let row: Option<account::Model> = match uri::ours(&town.origin, resource) {
        Some(Ours::TownActor) => accounts::by_id(db, town.profile().actor_id).await?,
        Some(Ours::Actor(id)) => accounts::by_id(db, id).await?,
        Some(Ours::Profile(name)) => return local(federation, name).await,
        Some(_) => None,
        None => return by_handle(federation, resource).await,
    };
    match row.filter(|row| row.domain.is_empty()) {
        Some(row) => Ok(Some(
            town_accounts::view(town, &Viewer::nobody(), row.id).await?,
        )),
        None => Ok(None),
    }
}

async fn by_handle(federation: &Federation, resource: &str) -> Outcome<Option<AccountView>> {
    let town = &federation.town;
    let Ok(handle) = resource.parse::<Handle>() else {
        return Ok(None);
    };
    let here = handle
        .domain
        .as_deref()
        .is_some_and(|domain| domain == town.host);
    if !here {
        return Ok(None);
    }
    local(federation, &handle.name).await
}

/// By name alone; the town's own actor has the town's host, without a port, for a name.
async fn local(federation: &Federation, name: &str) -> Outcome<Option<AccountView>> {
    let view = town_accounts::by_acct(&federation.town, name).await?;
    Ok(view.filter(|view| view.local))
}

fn describe(federation: &Federation, view: &AccountView) -> Descriptor {
    let origin = &federation.town.origin;
    let mut links = vec![
        Link::to("self", ACTIVITY, view.uri.clone()),
        Link::to("self", LD, view.uri.clone()),
    ];
    let mut aliases = vec![view.uri.clone()];
    if view.kind != AccountKind::Application {
        aliases.insert(0, view.url.clone());
        links.push(Link::to(PROFILE_PAGE, "text/html", view.url.clone()));
        links.push(Link::template(
            SUBSCRIBE,
            format!("{origin}/authorize_interaction?uri={{uri}}"),
        ));
    }
    if let Some(avatar) = &view.avatar {
        links.push(Link::to(AVATAR, actors::media_type(avatar), avatar.clone()));
    }
    Descriptor {
        subject: Some(format!("acct:{}", view.handle)),
        aliases,
        links,
    }
}

pub(crate) async fn host_meta(State(federation): Shared) -> Response {
    let body = jrd::host_meta_xml(&federation.town.origin);
    (
        [(header::CONTENT_TYPE, "application/xrd+xml; charset=utf-8")],
        body,
    )
        .into_response()
}

pub(crate) async fn host_meta_json(State(federation): Shared) -> Response {
    jrd_answer(&jrd::host_meta(&federation.town.origin))
}

fn jrd_answer(found: &Descriptor) -> Response {
    let body = json!(found).to_string();
    (
        [(header::CONTENT_TYPE, "application/jrd+json; charset=utf-8")],
        body,
    )
        .into_response()
}
