//! Every address of the client API in one table: who may ask, what is counted, which function answers.

mod choices;
mod little;
mod live;
mod seldom;
mod told;

use axum::{
    Router,
    handler::Handler,
    http::Method,
    middleware::{from_fn, from_fn_with_state},
    routing::{self, MethodRouter},
};
use parvis_town::Rate;

use crate::{
    accounts, apps, copies, cors,
    fault::{self, Fault},
    follow_requests,
    gate::{
        self,
        Access::{self, App, Open, Public, Resident},
        Rule, TokenPlace,
    },
    instance, media, oauth,
    openapi::{self, Arguments, Asked},
    polls, quotes, reactions, reports, scheduled, search, sign_up, statuses, timelines, unbuilt,
};

/// One method of one address.
pub struct Endpoint {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    /// What the handler reads, for the document of this table.
    pub arguments: fn(&mut Asked),
    rate: Option<Rate>,
    token: TokenPlace,
    answer: MethodRouter,
}

impl Endpoint {
    /// Counted besides the usual count of requests.
    fn counted(self, rate: Rate) -> Self {
        Self {
            rate: Some(rate),
            ..self
        }
    }

    /// For what browsers open without headers of the app's choice.
    fn of_browsers(self) -> Self {
        Self {
            token: TokenPlace::Anywhere,
            ..self
        }
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),*) => {$(
        fn $name<H, T>(path: &'static str, access: Access, handler: H) -> Endpoint
        where
            H: Handler<T, ()>,
            T: Arguments + 'static,
        {
            Endpoint {
                method: Method::$method,
                path,
                access,
                arguments: T::told,
                rate: None,
                token: TokenPlace::Header,
                answer: routing::$name(handler),
            }
        }
    )*};
}

methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

/// The client API of whichever town stands in the request's extensions as `Arc<Town>`; the client's address is expected
/// there as `ConnectInfo<SocketAddr>`.
pub fn routes() -> Router {
    let unknown = || routing::any(async || Fault::NotFound);
    let table = endpoints()
        .into_iter()
        .fold(Router::new(), |router, endpoint| {
            let rule = Rule {
                access: endpoint.access,
                rate: endpoint.rate,
                token: endpoint.token,
            };
            let answer = endpoint.answer.layer(from_fn_with_state(rule, gate::keep));
            // Some apps write a slash behind, which means the same to Rails.
            let slashed = format!("{}/", endpoint.path);
            router
                .route(endpoint.path, answer.clone())
                .route(&slashed, answer)
        });
    ["/api", "/oauth", "/.well-known"]
        .into_iter()
        .fold(table, |router, folder| {
            router
                .route(folder, unknown())
                .route(&format!("{folder}/"), unknown())
                .route(&format!("{folder}/{{*unknown}}"), unknown())
        })
        .layer(from_fn(fault::told))
        .layer(from_fn(cors::open))
}

pub fn endpoints() -> Vec<Endpoint> {
    let mut all = everyday();
    all.extend(choices::endpoints());
    all.extend(told::endpoints());
    all.extend(little::endpoints());
    all.extend(seldom::endpoints());
    all.extend(live::endpoints());
    all
}

fn everyday() -> Vec<Endpoint> {
    const READ_ACCOUNTS: Access = Public(&["read:accounts"]);
    const READ_STATUSES: Access = Public(&["read:statuses"]);
    const MY_STATUSES: Access = Resident(&["read:statuses"]);
    const WRITE: Access = Resident(&["write:statuses"]);
    const FAVOURITE: Access = Resident(&["write:favourites"]);
    const BOOKMARK: Access = Resident(&["write:bookmarks"]);
    const FOLLOW: Access = Resident(&["write:follows"]);
    const BLOCK: Access = Resident(&["write:blocks"]);
    const MUTE: Access = Resident(&["write:mutes"]);
    const MEDIA: Access = Resident(&["write:media"]);
    const ACCOUNT: Access = Resident(&["write:accounts"]);
    const REPORT: Access = Resident(&["write:reports"]);
    vec![
        // the town
        get("/api/openapi.json", Open, openapi::show),
        get("/api/v1/instance", Open, instance::old),
        get("/api/v2/instance", Open, instance::new),
        get("/api/v1/instance/rules", Open, instance::rules),
        get(
            "/api/v1/instance/translation_languages",
            Open,
            unbuilt::no_entries,
        ),
        get("/api/v1/custom_emojis", Open, unbuilt::none),
        get("/api/v1/trends", Open, unbuilt::none),
        get("/api/v1/trends/tags", Open, unbuilt::none),
        get("/api/v1/trends/statuses", Open, unbuilt::none),
        get("/api/v1/trends/links", Open, unbuilt::none),
        // apps and their tokens
        get(
            "/.well-known/oauth-authorization-server",
            Open,
            oauth::discovery,
        ),
        post("/api/v1/apps", Open, apps::register).counted(Rate::RegisterApp),
        get(
            "/api/v1/apps/verify_credentials",
            App(&[]),
            apps::verify_credentials,
        ),
        post(
            "/api/v1/accounts",
            App(&["write:accounts"]),
            sign_up::sign_up,
        )
        .counted(Rate::SignUpTries),
        post("/oauth/token", Open, oauth::token),
        post("/oauth/revoke", Open, oauth::revoke),
        get("/oauth/userinfo", Resident(&["profile"]), oauth::userinfo),
        post("/oauth/userinfo", Resident(&["profile"]), oauth::userinfo),
        // oneself
        get(
            "/api/v1/accounts/verify_credentials",
            Resident(&["read:accounts", "profile"]),
            accounts::verify_credentials,
        ),
        patch(
            "/api/v1/accounts/update_credentials",
            Resident(&["write:accounts"]),
            accounts::update_credentials,
        ),
        // people
        get("/api/v1/accounts/lookup", READ_ACCOUNTS, accounts::lookup),
        get(
            "/api/v1/accounts/relationships",
            Resident(&["read:follows"]),
            accounts::relationships,
        ),
        get("/api/v1/accounts", READ_ACCOUNTS, accounts::several),
        get(
            "/api/v1/accounts/familiar_followers",
            Resident(&["read:follows"]),
            accounts::familiar_followers,
        ),
        get("/api/v1/accounts/{id}", READ_ACCOUNTS, accounts::show),
        post("/api/v1/accounts/{id}/note", ACCOUNT, accounts::note),
        get(
            "/api/v1/accounts/{id}/statuses",
            READ_STATUSES,
            timelines::of_account,
        ),
        get(
            "/api/v1/accounts/{id}/followers",
            READ_ACCOUNTS,
            accounts::followers,
        ),
        get(
            "/api/v1/accounts/{id}/following",
            READ_ACCOUNTS,
            accounts::following,
        ),
        post("/api/v1/accounts/{id}/follow", FOLLOW, accounts::follow),
        post("/api/v1/accounts/{id}/unfollow", FOLLOW, accounts::unfollow),
        post(
            "/api/v1/accounts/{id}/remove_from_followers",
            FOLLOW,
            accounts::remove_follower,
        ),
        post("/api/v1/accounts/{id}/block", BLOCK, accounts::block),
        post("/api/v1/accounts/{id}/unblock", BLOCK, accounts::unblock),
        post("/api/v1/accounts/{id}/mute", MUTE, accounts::mute),
        post("/api/v1/accounts/{id}/unmute", MUTE, accounts::unmute),
        get(
            "/api/v1/follow_requests",
            Resident(&["read:follows"]),
            follow_requests::list,
        ),
        post(
            "/api/v1/follow_requests/{id}/authorize",
            FOLLOW,
            follow_requests::authorize,
        ),
        post(
            "/api/v1/follow_requests/{id}/reject",
            FOLLOW,
            follow_requests::reject,
        ),
        get(
            "/api/v1/blocks",
            Resident(&["read:blocks"]),
            accounts::blocks,
        ),
        get("/api/v1/mutes", Resident(&["read:mutes"]), accounts::mutes),
        // posts
        post("/api/v1/statuses", WRITE, statuses::publish).counted(Rate::Publish),
        get("/api/v1/statuses", READ_STATUSES, statuses::several),
        get("/api/v1/statuses/{id}", READ_STATUSES, statuses::show),
        get(
            "/api/v1/statuses/{id}/history",
            READ_STATUSES,
            statuses::history,
        ),
        get("/api/v1/statuses/{id}/copies", MY_STATUSES, copies::of_post),
        get("/api/v1/deleted_statuses", MY_STATUSES, copies::deleted),
        post("/api/v1/statuses/{id}/mute", MUTE, reactions::mute),
        post("/api/v1/statuses/{id}/unmute", MUTE, reactions::unmute),
        put("/api/v1/statuses/{id}", WRITE, statuses::edit),
        delete("/api/v1/statuses/{id}", WRITE, statuses::delete).counted(Rate::TakeBack),
        get(
            "/api/v1/statuses/{id}/source",
            MY_STATUSES,
            statuses::source,
        ),
        get(
            "/api/v1/statuses/{id}/context",
            READ_STATUSES,
            statuses::context,
        ),
        get(
            "/api/v1/statuses/{id}/favourited_by",
            READ_STATUSES,
            reactions::favourited_by,
        ),
        get(
            "/api/v1/statuses/{id}/reblogged_by",
            READ_STATUSES,
            reactions::reblogged_by,
        ),
        get("/api/v1/statuses/{id}/quotes", READ_STATUSES, quotes::list),
        post(
            "/api/v1/statuses/{id}/quotes/{quoting}/revoke",
            WRITE,
            quotes::revoke,
        ),
        put(
            "/api/v1/statuses/{id}/interaction_policy",
            WRITE,
            quotes::set_policy,
        ),
        post(
            "/api/v1/statuses/{id}/favourite",
            FAVOURITE,
            reactions::favourite,
        ),
        post(
            "/api/v1/statuses/{id}/unfavourite",
            FAVOURITE,
            reactions::unfavourite,
        ),
        post("/api/v1/statuses/{id}/reblog", WRITE, reactions::reblog),
        post("/api/v1/statuses/{id}/pin", ACCOUNT, reactions::pin),
        post("/api/v1/statuses/{id}/unpin", ACCOUNT, reactions::unpin),
        post("/api/v1/reports", REPORT, reports::report).counted(Rate::Report),
        post("/api/v1/statuses/{id}/unreblog", WRITE, reactions::unreblog).counted(Rate::TakeBack),
        post(
            "/api/v1/statuses/{id}/bookmark",
            BOOKMARK,
            reactions::bookmark,
        ),
        post(
            "/api/v1/statuses/{id}/unbookmark",
            BOOKMARK,
            reactions::unbookmark,
        ),
        get("/api/v1/scheduled_statuses", MY_STATUSES, scheduled::list),
        get(
            "/api/v1/scheduled_statuses/{id}",
            MY_STATUSES,
            scheduled::show,
        ),
        put(
            "/api/v1/scheduled_statuses/{id}",
            WRITE,
            scheduled::reschedule,
        ),
        delete("/api/v1/scheduled_statuses/{id}", WRITE, scheduled::cancel),
        get("/api/v1/polls/{id}", READ_STATUSES, polls::show),
        post("/api/v1/polls/{id}/votes", WRITE, polls::vote),
        post("/api/v1/media", MEDIA, media::upload_and_wait).counted(Rate::Upload),
        post("/api/v2/media", MEDIA, media::upload).counted(Rate::Upload),
        get("/api/v1/media/{id}", MEDIA, media::show),
        put("/api/v1/media/{id}", MEDIA, media::change),
        delete("/api/v1/media/{id}", MEDIA, media::delete),
        // lists of posts
        get("/api/v1/timelines/home", MY_STATUSES, timelines::home),
        get("/api/v1/timelines/public", READ_STATUSES, timelines::public),
        get("/api/v1/timelines/tag/{tag}", READ_STATUSES, timelines::tag),
        get(
            "/api/v1/favourites",
            Resident(&["read:favourites"]),
            timelines::favourites,
        ),
        get(
            "/api/v1/bookmarks",
            Resident(&["read:bookmarks"]),
            timelines::bookmarks,
        ),
        // what one is told, and what one looks for
        get("/api/v2/search", Public(&["read:search"]), search::search),
    ]
}
