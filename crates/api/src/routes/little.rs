//! Addresses of the small things: finding people, pictures of oneself, words of the town, and what it has none of.

use super::{Endpoint, delete, get, patch, post};
use crate::{
    accounts, directory,
    gate::Access::{Open, Public, Resident},
    instance, sign_up, unbuilt,
};

pub fn endpoints() -> Vec<Endpoint> {
    let (reads, writes) = (Resident(&["read"]), Resident(&["write:accounts"]));
    vec![
        get(
            "/api/v1/accounts/search",
            Resident(&["read:accounts"]),
            directory::search,
        ),
        get(
            "/api/v1/directory",
            Public(&["read:accounts"]),
            directory::directory,
        ),
        get(
            "/api/v1/profile",
            Resident(&["read:accounts", "profile"]),
            accounts::profile,
        ),
        patch("/api/v1/profile", writes, accounts::update_profile),
        post(
            "/api/v1/emails/confirmations",
            writes,
            sign_up::confirm_again,
        ),
        delete("/api/v1/profile/avatar", writes, accounts::remove_avatar),
        delete("/api/v1/profile/header", writes, accounts::remove_header),
        get(
            "/api/v1/instance/extended_description",
            Open,
            instance::extended_description,
        ),
        get(
            "/api/v1/instance/privacy_policy",
            Open,
            instance::privacy_policy,
        ),
        get("/api/v1/suggestions", reads, unbuilt::none),
        get("/api/v2/suggestions", reads, unbuilt::none),
        delete("/api/v1/suggestions/{id}", reads, unbuilt::no_entries),
    ]
}
