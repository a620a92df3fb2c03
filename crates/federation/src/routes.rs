//! Every address that other servers ask for, in one table. What stands behind each is in the module of its noun.

mod around;
mod inboxes;
mod secure;
mod stamps;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, FromRequestParts, OriginalUri, Path, Query, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use parvis_model::id::{self, Id};
use parvis_store::{accounts as rows, deliveries};
use parvis_town::{
    AccountView, Failure, Outcome, PostView, Viewer, accounts, posts as town_posts,
    threads::{self, AfterAnswer},
};
use serde::{Deserialize, Serialize};

use crate::{
    Federation, actors,
    collections::{self, Asked, People},
    groups,
    inbox::{self, Letter},
    neighbours, nodeinfo, posts, problem, reactions, synchronization,
    uri::{self, Ours},
    webfinger,
    wire::{
        PUBLIC,
        emit::{self, object::Tombstone},
    },
};

pub(crate) type Shared = State<Arc<Federation>>;

const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// How long public documents may be kept by those in between.
pub(crate) const PUBLIC_CACHE: &str = "public, max-age=60";
pub(crate) const PRIVATE_CACHE: &str = "private, no-store";

impl Federation {
    /// `only_signed`: even documents for everyone go only to servers that sign their question ("secure mode").
    pub fn routes(self: &Arc<Self>, only_signed: bool) -> Router {
        let open = Router::new()
            .route("/.well-known/webfinger", get(webfinger::webfinger))
            .route("/.well-known/host-meta", get(webfinger::host_meta))
            .route(
                "/.well-known/host-meta.json",
                get(webfinger::host_meta_json),
            )
            .route("/.well-known/nodeinfo", get(nodeinfo::links))
            .route("/nodeinfo/{version}", get(nodeinfo::nodeinfo))
            .layer(middleware::from_fn(for_everyone));
        let documents = Router::new()
            .route("/ap/actor", get(town_actor))
            .route("/ap/actor/outbox", get(town_outbox))
            .route(
                "/ap/actor/inbox",
                get(inboxes::not_readable).post(inboxes::shared),
            )
            .route(
                "/ap/inbox",
                get(inboxes::not_readable).post(inboxes::shared),
            )
            .route("/ap/actors/{id}", get(actor))
            .route(
                "/ap/actors/{id}/inbox",
                get(inboxes::not_readable).post(inboxes::of_actor),
            )
            .route("/ap/actors/{id}/outbox", get(outbox))
            .route("/ap/actors/{id}/followers", get(followers))
            .route("/ap/actors/{id}/following", get(following))
            .route(
                "/ap/actors/{id}/followers_synchronization",
                get(synchronization::followers),
            )
            .route("/ap/actors/{id}/featured", get(featured))
            .route("/ap/actors/{id}/tags", get(featured_tags))
            .route("/ap/objects/{id}", get(object))
            .route("/ap/objects/{id}/context", get(around::context))
            .route("/ap/objects/{id}/replies", get(around::replies))
            .route("/ap/objects/{id}/likes", get(around::likes))
            .route("/ap/objects/{id}/shares", get(around::shares))
            .route("/ap/activities/{id}", get(activity))
            .route("/ap/authorizations/{id}", get(stamps::stamp))
            .merge(groups::routes())
            .merge(neighbours::routes())
            .layer(middleware::map_response(varying));
        let documents = secure::guarded(documents, self, only_signed)
            .layer(middleware::map_response(problem::described));
        open.merge(documents).with_state(self.clone())
    }
}

/// For the pages of people and posts: who asks for the document instead is sent to it.
pub async fn negotiate(State(federation): Shared, request: Request, next: Next) -> Response {
    if !wants_document(request.headers()) {
        return next.run(request).await;
    }
    let town = &federation.town;
    let address = format!("{}{}", town.origin, request.uri().path());
    let there = match uri::ours(&town.origin, &address) {
        Some(Ours::Profile(name)) => match accounts::by_acct(town, name).await {
            Ok(view) => view.filter(|view| view.local).map(|view| view.uri),
            Err(failure) => return problem::described(broken(&failure)).await,
        },
        Some(Ours::Page(post)) => Some(uri::object(&town.origin, post)),
        _ => None,
    };
    match there {
        Some(there) => varying(Redirect::to(&there).into_response()).await,
        // Who can read no page gets no page that says so either.
        None => problem::described(next.run(request).await).await,
    }
}

/// Apps in browsers read these from other origins, and some ask beforehand whether they may (a preflight).
async fn for_everyone(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let may = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, OPTIONS"),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "Accept, Authorization, Content-Type",
            ),
        ];
        (StatusCode::NO_CONTENT, may).into_response()
    } else {
        next.run(request).await
    };
    let anyone = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    response
}

async fn varying(mut response: Response) -> Response {
    let vary = HeaderValue::from_static("Accept, Signature");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// Does the other ask for ActivityPub rather than for a page?
pub fn wants_document(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|accept| accept.to_str().ok())
        .any(|accept| {
            accept.contains("application/activity+json") || accept.contains("application/ld+json")
        })
}

/// Something of ours is broken, or refused: as a status.
pub(crate) fn broken(failure: &Failure) -> Response {
    match failure {
        Failure::Refused(_) => StatusCode::NOT_FOUND.into_response(),
        Failure::Broken(err) => {
            tracing::error!(%err, "a document could not be shown");
            if inbox::is_unavailable(failure) {
                // The other keeps what it has and tries again.
                let later = [(header::RETRY_AFTER, "60")];
                return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
            }
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(crate) fn answered(made: Outcome<Response>) -> Response {
    made.unwrap_or_else(|failure| broken(&failure))
}

pub(crate) fn document(body: &impl Serialize, cache: &'static str) -> Response {
    match emit::document(body) {
        Ok(text) => plain_document(text, cache),
        Err(err) => {
            tracing::error!(%err, "a document could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn plain_document(text: String, cache: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, ACTIVITY),
            (header::CACHE_CONTROL, cache),
        ],
        text,
    )
        .into_response()
}

pub(crate) fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Who is at the other end of the wire, as the server that took the connection says.
pub(crate) struct Asker {
    pub(crate) letter: Letter,
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self {
            letter: letter(parts),
        })
    }
}

fn letter(parts: &Parts) -> Letter {
    let from = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let asked = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    let target = asked
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    Letter {
        peer: from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        method: parts.method.clone(),
        target,
        headers: parts.headers.clone(),
    }
}

fn actor_address(federation: &Federation, account: &str) -> String {
    format!("{}/ap/actors/{account}", federation.town.origin)
}

/// An account of this town that was not closed, but not its technical one, which has an address of its own.
pub(crate) async fn local(federation: &Federation, account: &str) -> Outcome<Option<AccountView>> {
    let town = &federation.town;
    let Some(account) = id::parse(account) else {
        return Ok(None);
    };
    match accounts::view(town, &Viewer::nobody(), account).await {
        Ok(view) if view.local && view.id != town.profile().actor_id => {
            let closed = accounts::closed(town, &view).await?;
            Ok(closed.is_none().then_some(view))
        }
        Ok(_) | Err(Failure::Refused(_)) => Ok(None),
        Err(broken) => Err(broken),
    }
}

async fn town_actor(State(federation): Shared) -> Response {
    let town = &federation.town;
    answered(
        async {
            let actor = town.profile().actor_id;
            let view = accounts::view(town, &Viewer::nobody(), actor).await?;
            shown(&federation, &view).await
        }
        .await,
    )
}

async fn shown(federation: &Federation, view: &AccountView) -> Outcome<Response> {
    let actor = actors::shown(&federation.town, view).await?;
    Ok(document(&actor, PUBLIC_CACHE))
}

async fn town_outbox(State(federation): Shared) -> Response {
    let id = uri::collection(&uri::town_actor(&federation.town.origin), "outbox");
    document(
        &emit::collection::Collection::<String>::whole(id, Vec::new()),
        PUBLIC_CACHE,
    )
}

async fn actor(
    State(federation): Shared,
    Path(account): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        match local(&federation, &account).await? {
            Some(view) if wants_document(&headers) => shown(&federation, &view).await,
            Some(view) => Ok(Redirect::to(&view.path).into_response()),
            None => gone_or_never(&federation, &actor_address(&federation, &account)).await,
        }
    };
    answered(found.await)
}

/// 410 for what was here once; never by accident, since others then forget it for good.
async fn gone_or_never(federation: &Federation, address: &str) -> Outcome<Response> {
    let Some(at) = town_posts::buried(&federation.town, address).await? else {
        return Ok(not_found());
    };
    let stone = Tombstone::new(address.to_owned(), None, emit::date(at));
    Ok((StatusCode::GONE, document(&stone, PUBLIC_CACHE)).into_response())
}

#[derive(Debug, Deserialize)]
struct PageAsked {
    page: Option<String>,
    max_id: Option<String>,
    min_id: Option<String>,
    /// Of answers: those of the author are through.
    others: Option<String>,
}

impl PageAsked {
    fn read(&self) -> Asked {
        Asked {
            page: self.page.as_deref() == Some("true"),
            max_id: self.max_id.as_deref().and_then(id::parse),
            min_id: self.min_id.as_deref().and_then(id::parse),
        }
    }
}

async fn outbox(
    State(federation): Shared,
    Path(account): Path<String>,
    Query(asked): Query<PageAsked>,
) -> Response {
    let found = async {
        let Some(view) = local(&federation, &account).await? else {
            return Ok(not_found());
        };
        let list = collections::outbox(&federation.town, &view, asked.read()).await?;
        Ok(document(&list, PUBLIC_CACHE))
    };
    answered(found.await)
}

async fn followers(state: Shared, account: Path<String>, asked: Query<PageAsked>) -> Response {
    people(&state, &account, People::Followers, &asked).await
}

async fn following(state: Shared, account: Path<String>, asked: Query<PageAsked>) -> Response {
    people(&state, &account, People::Following, &asked).await
}

async fn people(
    federation: &Federation,
    account: &str,
    which: People,
    asked: &PageAsked,
) -> Response {
    let found = async {
        let Some(view) = local(federation, account).await? else {
            return Ok(not_found());
        };
        let list = collections::people(&federation.town, &view, which, asked.read()).await?;
        Ok(document(&list, PUBLIC_CACHE))
    };
    answered(found.await)
}

async fn featured(State(federation): Shared, Path(account): Path<String>) -> Response {
    let found = async {
        let Some(view) = local(&federation, &account).await? else {
            return Ok(not_found());
        };
        let list = collections::featured(&federation.town, &view).await?;
        Ok(document(&list, PUBLIC_CACHE))
    };
    answered(found.await)
}

async fn featured_tags(State(federation): Shared, Path(account): Path<String>) -> Response {
    let found = async {
        let Some(view) = local(&federation, &account).await? else {
            return Ok(not_found());
        };
        let list = collections::featured_tags(&federation.town, &view).await?;
        Ok(document(&list, PUBLIC_CACHE))
    };
    answered(found.await)
}

async fn object(State(federation): Shared, Path(post): Path<String>, asker: Asker) -> Response {
    let Some(id) = id::parse(&post) else {
        return not_found();
    };
    if !wants_document(&asker.letter.headers) {
        return answered(page_of(&federation, id).await);
    }
    let found = async {
        let Some((view, cache)) = visible(&federation, id, &asker.letter).await? else {
            let address = uri::object(&federation.town.origin, id);
            return gone_or_never(&federation, &address).await;
        };
        let note = posts::note(&federation.town, &view).filter(|_| view.boost_of.is_none());
        let Some(mut note) = note else {
            return Ok(not_found());
        };
        // GoToSocial finds answers only on a page that stands in the post.
        let first = AfterAnswer::default();
        let answers = threads::open_answers(&federation.town, &view, first).await?;
        note.replies = collections::replies(&view, answers);
        Ok(document(&note, cache))
    };
    answered(found.await)
}

/// Who may not see the post is told so by its page.
async fn page_of(federation: &Federation, post: Id) -> Outcome<Response> {
    let row = parvis_store::posts::by_id(federation.town.store.read(), post).await?;
    let Some(row) = row.filter(|row| row.local && row.boost_of_id.is_none()) else {
        return Ok(not_found());
    };
    let author = rows::by_id(federation.town.store.read(), row.author_id).await?;
    let page = author.map(|author| format!("/@{}/{post}", author.name));
    Ok(page.map_or_else(not_found, |page| Redirect::to(&page).into_response()))
}

/// A post of this town as the asker may see it, and how long the answer may be kept.
async fn visible(
    federation: &Federation,
    post: Id,
    letter: &Letter,
) -> Outcome<Option<(PostView, &'static str)>> {
    if let Some(view) = seen_by(federation, &Viewer::nobody(), post).await? {
        return Ok(Some((view, PUBLIC_CACHE)));
    }
    let reader = match inbox::reader(federation, letter).await {
        Ok(reader) => reader,
        Err(fault) => {
            tracing::debug!(%fault, "a signed question that is not believed");
            None
        }
    };
    match reader.filter(|reader| reader.suspended_at.is_none()) {
        Some(reader) => {
            let view = seen_by(federation, &Viewer::remote(reader.id), post).await?;
            Ok(view.map(|view| (view, PRIVATE_CACHE)))
        }
        None => Ok(None),
    }
}

async fn seen_by(federation: &Federation, viewer: &Viewer, post: Id) -> Outcome<Option<PostView>> {
    match town_posts::view(&federation.town, viewer, post).await {
        // What stays in the town has no existence outside, whoever is named in it.
        Ok(view) if view.local && posts::is_federated(view.audience) => Ok(Some(view)),
        Ok(_) | Err(Failure::Refused(_)) => Ok(None),
        Err(broken) => Err(broken),
    }
}

/// Only activities about what everyone may see, and only as long as it is there.
async fn activity(
    State(federation): Shared,
    Path(activity): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(id) = id::parse(&activity) else {
        return not_found();
    };
    let found = async {
        if !wants_document(&headers) {
            return page_of(&federation, id).await;
        }
        // The number of a Create or an Announce is that of its post.
        if let Some(view) = seen_by(&federation, &Viewer::nobody(), id).await? {
            return Ok(said(&federation, &view));
        }
        let address = uri::activity(&federation.town.origin, id);
        let sent = deliveries::activity_by_uri(federation.town.store.read(), &address).await?;
        let public = |json: &str| json.contains(PUBLIC);
        let kept = sent.filter(|sent| sent.kind == "Update" && public(&sent.json));
        let Some(sent) = kept else {
            return Ok(not_found());
        };
        let still = match uri::ours(&federation.town.origin, &sent.object_uri) {
            Some(Ours::Object(post)) => seen_by(&federation, &Viewer::nobody(), post)
                .await?
                .is_some(),
            Some(Ours::Actor(_)) => true,
            _ => false,
        };
        Ok(if still {
            plain_document(sent.json, PUBLIC_CACHE)
        } else {
            not_found()
        })
    };
    answered(found.await)
}

fn said(federation: &Federation, view: &PostView) -> Response {
    if view.boost_of.is_some() {
        let announce = reactions::announcement(view);
        return announce.map_or_else(not_found, |announce| document(&announce, PUBLIC_CACHE));
    }
    let create = posts::creation(&federation.town, view);
    create.map_or_else(not_found, |create| document(&create, PUBLIC_CACHE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_asked_for_by_its_media_type() {
        let wants = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            wants_document(&headers)
        };
        assert!(wants("application/activity+json, application/ld+json"));
        assert!(wants(
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""
        ));
        assert!(!wants("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!wants_document(&HeaderMap::new()));
    }
}
