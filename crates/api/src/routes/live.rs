//! Addresses where apps listen.

use super::{Endpoint, get};
use crate::{
    gate::Access::{self, Open, Resident},
    streaming,
};

pub fn endpoints() -> Vec<Endpoint> {
    const POSTS: Access = Resident(&["read:statuses"]);
    const TOLD: Access = Resident(&["read:notifications"]);
    const EITHER: Access = Resident(&["read:statuses", "read:notifications"]);
    let listening = vec![
        get("/api/v1/streaming", EITHER, streaming::open),
        get("/api/v1/streaming/user", EITHER, streaming::user),
        get(
            "/api/v1/streaming/user/notification",
            TOLD,
            streaming::notifications,
        ),
        get("/api/v1/streaming/public", POSTS, streaming::public),
        get("/api/v1/streaming/public/local", POSTS, streaming::local),
        get("/api/v1/streaming/public/remote", POSTS, streaming::remote),
        get("/api/v1/streaming/hashtag", POSTS, streaming::hashtag),
        get(
            "/api/v1/streaming/hashtag/local",
            POSTS,
            streaming::local_hashtag,
        ),
        get("/api/v1/streaming/list", POSTS, streaming::list),
        get("/api/v1/streaming/direct", POSTS, streaming::direct),
    ];
    let mut all: Vec<Endpoint> = listening.into_iter().map(Endpoint::of_browsers).collect();
    all.push(get("/api/v1/streaming/health", Open, streaming::health));
    all
}
