//! Addresses that few apps ask: older forms of others, and what they look for once.

use super::{Endpoint, get, post, put};
use crate::{
    accounts, choices,
    gate::Access::{self, Open, Public, Resident},
    instance, notifications, search, sign_up, statuses, unbuilt,
};

pub fn endpoints() -> Vec<Endpoint> {
    const READ_STATUSES: Access = Public(&["read:statuses"]);
    const POLICY: &str = "/api/v1/notifications/policy";
    let (told, tells) = (
        Resident(&["read:notifications"]),
        Resident(&["write:notifications"]),
    );
    vec![
        get("/api/v1/instance/activity", Open, unbuilt::none),
        get("/api/v1/instance/peers", Open, unbuilt::none),
        get("/api/v1/instance/languages", Open, instance::languages),
        get(
            "/api/v1/emails/check_confirmation",
            Resident(&[]),
            sign_up::is_confirmed,
        ),
        get(
            "/api/v1/accounts/{id}/identity_proofs",
            Public(&["read:accounts"]),
            accounts::identity_proofs,
        ),
        get(
            "/api/v1/domain_blocks/preview",
            Resident(&["read:blocks"]),
            choices::foreseen_block,
        ),
        get("/api/v1/statuses/{id}/card", READ_STATUSES, statuses::card),
        get("/api/v1/timelines/link", READ_STATUSES, unbuilt::none),
        get(
            "/api/v1/timelines/direct",
            Resident(&["read:statuses"]),
            unbuilt::none,
        ),
        get("/api/v1/search", Resident(&["read:search"]), search::old),
        post(
            "/api/v1/notifications/dismiss",
            tells,
            notifications::dismiss_named,
        ),
        get(POLICY, told, notifications::old_policy),
        put(POLICY, tells, notifications::set_old_policy),
    ]
}
