//! Addresses of what residents are told: notifications, through push services too, conversations, and
//! what the town announces.

use super::{Endpoint, delete, get, patch, post, put};
use crate::{
    announcements, conversations,
    gate::Access::{self, Resident},
    interactions, notifications, push,
};

const READ: Access = Resident(&["read:notifications"]);
const WRITE: Access = Resident(&["write:notifications"]);

pub fn endpoints() -> Vec<Endpoint> {
    let mut all = one_by_one();
    all.extend(grouped());
    all.extend(held_back());
    all.extend(looked_at());
    all.extend(among_few());
    all.extend(pushed());
    all.extend(announced());
    all
}

fn announced() -> Vec<Endpoint> {
    const REACTION: &str = "/api/v1/announcements/{id}/reactions/{name}";
    const REACT: Access = Resident(&["write:favourites"]);
    vec![
        get("/api/v1/announcements", Resident(&[]), announcements::list),
        post(
            "/api/v1/announcements/{id}/dismiss",
            Resident(&["write:accounts"]),
            announcements::dismiss,
        ),
        put(REACTION, REACT, announcements::react),
        delete(REACTION, REACT, announcements::unreact),
    ]
}

fn pushed() -> Vec<Endpoint> {
    const PUSH: Access = Resident(&["push"]);
    const SUBSCRIPTION: &str = "/api/v1/push/subscription";
    vec![
        get(SUBSCRIPTION, PUSH, push::show),
        post(SUBSCRIPTION, PUSH, push::subscribe),
        put(SUBSCRIPTION, PUSH, push::change),
        delete(SUBSCRIPTION, PUSH, push::unsubscribe),
    ]
}

fn one_by_one() -> Vec<Endpoint> {
    vec![
        get("/api/v1/notifications", READ, notifications::list),
        get(
            "/api/v1/notifications/unread_count",
            READ,
            notifications::unread_count,
        ),
        post("/api/v1/notifications/clear", WRITE, notifications::clear),
        get("/api/v1/notifications/{id}", READ, notifications::show),
        post(
            "/api/v1/notifications/{id}/dismiss",
            WRITE,
            notifications::dismiss,
        ),
    ]
}

fn grouped() -> Vec<Endpoint> {
    vec![
        get("/api/v2/notifications", READ, notifications::groups),
        get(
            "/api/v2/notifications/unread_count",
            READ,
            notifications::unread_groups,
        ),
        get("/api/v2/notifications/{id}", READ, notifications::group),
        get(
            "/api/v2/notifications/{id}/accounts",
            READ,
            notifications::group_accounts,
        ),
        post(
            "/api/v2/notifications/{id}/dismiss",
            WRITE,
            notifications::dismiss_group,
        ),
    ]
}

fn held_back() -> Vec<Endpoint> {
    vec![
        get("/api/v2/notifications/policy", READ, notifications::policy),
        patch(
            "/api/v2/notifications/policy",
            WRITE,
            notifications::set_policy,
        ),
        get(
            "/api/v1/notifications/requests",
            READ,
            notifications::requests,
        ),
        get(
            "/api/v1/notifications/requests/merged",
            READ,
            notifications::merged,
        ),
        post(
            "/api/v1/notifications/requests/accept",
            WRITE,
            notifications::accept_many,
        ),
        post(
            "/api/v1/notifications/requests/dismiss",
            WRITE,
            notifications::dismiss_many,
        ),
        get(
            "/api/v1/notifications/requests/{id}",
            READ,
            notifications::request,
        ),
        post(
            "/api/v1/notifications/requests/{id}/accept",
            WRITE,
            notifications::accept,
        ),
        post(
            "/api/v1/notifications/requests/{id}/dismiss",
            WRITE,
            notifications::dismiss_request,
        ),
    ]
}

fn looked_at() -> Vec<Endpoint> {
    const WRITE: Access = Resident(&["write:statuses"]);
    vec![
        get("/api/v1/interaction_requests", READ, interactions::list),
        get(
            "/api/v1/interaction_requests/{id}",
            READ,
            interactions::show,
        ),
        post(
            "/api/v1/interaction_requests/{id}/authorize",
            WRITE,
            interactions::authorize,
        ),
        post(
            "/api/v1/interaction_requests/{id}/reject",
            WRITE,
            interactions::reject,
        ),
    ]
}

fn among_few() -> Vec<Endpoint> {
    const READ: Access = Resident(&["read:statuses"]);
    const WRITE: Access = Resident(&["write:conversations"]);
    vec![
        get("/api/v1/conversations", READ, conversations::list),
        delete("/api/v1/conversations/{id}", WRITE, conversations::delete),
        post(
            "/api/v1/conversations/{id}/read",
            WRITE,
            conversations::read,
        ),
        post(
            "/api/v1/conversations/{id}/unread",
            WRITE,
            conversations::unread,
        ),
    ]
}
