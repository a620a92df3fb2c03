//! Addresses of what readers choose: tags, lists, filters, markers, blocked servers, endorsements.

use super::{Endpoint, delete, get, post, put};
use crate::{
    choices, filters,
    gate::Access::{self, Public, Resident},
    lists, tags,
};

const READ_ACCOUNTS: Access = Public(&["read:accounts"]);
const MY_ACCOUNT: Access = Resident(&["read:accounts"]);
const ACCOUNT: Access = Resident(&["write:accounts"]);

pub fn endpoints() -> Vec<Endpoint> {
    let mut all = personal();
    all.extend(of_tags());
    all.extend(of_lists());
    all.extend(of_filters());
    all
}

fn personal() -> Vec<Endpoint> {
    const READ_BLOCKS: Access = Resident(&["read:blocks"]);
    const BLOCK: Access = Resident(&["write:blocks"]);
    vec![
        get(
            "/api/v1/markers",
            Resident(&["read:statuses"]),
            choices::markers,
        ),
        post(
            "/api/v1/markers",
            Resident(&["write:statuses"]),
            choices::set_markers,
        ),
        get("/api/v1/preferences", MY_ACCOUNT, choices::preferences),
        get(
            "/api/v1/domain_blocks",
            READ_BLOCKS,
            choices::blocked_domains,
        ),
        post("/api/v1/domain_blocks", BLOCK, choices::block_domain),
        delete("/api/v1/domain_blocks", BLOCK, choices::unblock_domain),
        get("/api/v1/endorsements", MY_ACCOUNT, choices::endorsed),
        get(
            "/api/v1/accounts/{id}/endorsements",
            READ_ACCOUNTS,
            choices::endorsed_by,
        ),
        post("/api/v1/accounts/{id}/endorse", ACCOUNT, choices::endorse),
        post(
            "/api/v1/accounts/{id}/unendorse",
            ACCOUNT,
            choices::unendorse,
        ),
        post("/api/v1/accounts/{id}/pin", ACCOUNT, choices::endorse),
        post("/api/v1/accounts/{id}/unpin", ACCOUNT, choices::unendorse),
    ]
}

fn of_tags() -> Vec<Endpoint> {
    const FOLLOW: Access = Resident(&["write:follows"]);
    vec![
        get("/api/v1/tags/{tag}", READ_ACCOUNTS, tags::show),
        post("/api/v1/tags/{tag}/follow", FOLLOW, tags::follow),
        post("/api/v1/tags/{tag}/unfollow", FOLLOW, tags::unfollow),
        post("/api/v1/tags/{tag}/feature", ACCOUNT, tags::feature),
        post("/api/v1/tags/{tag}/unfeature", ACCOUNT, tags::unfeature),
        get(
            "/api/v1/followed_tags",
            Resident(&["read:follows"]),
            tags::followed,
        ),
        get("/api/v1/featured_tags", MY_ACCOUNT, tags::featured),
        post("/api/v1/featured_tags", ACCOUNT, tags::put_on_page),
        get(
            "/api/v1/featured_tags/suggestions",
            MY_ACCOUNT,
            tags::suggested,
        ),
        delete("/api/v1/featured_tags/{id}", ACCOUNT, tags::take_off_page),
        get(
            "/api/v1/accounts/{id}/featured_tags",
            READ_ACCOUNTS,
            tags::featured_of,
        ),
    ]
}

fn of_lists() -> Vec<Endpoint> {
    const READ: Access = Resident(&["read:lists"]);
    const WRITE: Access = Resident(&["write:lists"]);
    vec![
        get("/api/v1/lists", READ, lists::all),
        post("/api/v1/lists", WRITE, lists::create),
        get("/api/v1/lists/{id}", READ, lists::show),
        put("/api/v1/lists/{id}", WRITE, lists::change),
        delete("/api/v1/lists/{id}", WRITE, lists::delete),
        get("/api/v1/lists/{id}/accounts", READ, lists::members),
        post("/api/v1/lists/{id}/accounts", WRITE, lists::add),
        delete("/api/v1/lists/{id}/accounts", WRITE, lists::remove),
        get("/api/v1/timelines/list/{id}", READ, lists::timeline),
        get("/api/v1/accounts/{id}/lists", READ, lists::holding),
    ]
}

fn of_filters() -> Vec<Endpoint> {
    const READ: Access = Resident(&["read:filters"]);
    const WRITE: Access = Resident(&["write:filters"]);
    vec![
        get("/api/v2/filters", READ, filters::all),
        post("/api/v2/filters", WRITE, filters::create),
        get("/api/v2/filters/{id}", READ, filters::show),
        put("/api/v2/filters/{id}", WRITE, filters::change),
        delete("/api/v2/filters/{id}", WRITE, filters::delete),
        get("/api/v2/filters/{id}/keywords", READ, filters::keywords),
        post("/api/v2/filters/{id}/keywords", WRITE, filters::add_keyword),
        get("/api/v2/filters/keywords/{id}", READ, filters::show_keyword),
        put(
            "/api/v2/filters/keywords/{id}",
            WRITE,
            filters::change_keyword,
        ),
        delete(
            "/api/v2/filters/keywords/{id}",
            WRITE,
            filters::delete_keyword,
        ),
        get("/api/v2/filters/{id}/statuses", READ, filters::statuses),
        post("/api/v2/filters/{id}/statuses", WRITE, filters::add_status),
        get("/api/v2/filters/statuses/{id}", READ, filters::show_status),
        delete(
            "/api/v2/filters/statuses/{id}",
            WRITE,
            filters::delete_status,
        ),
        get("/api/v1/filters", READ, filters::old_all),
        post("/api/v1/filters", WRITE, filters::old_create),
        get("/api/v1/filters/{id}", READ, filters::old_show),
        put("/api/v1/filters/{id}", WRITE, filters::old_change),
        delete("/api/v1/filters/{id}", WRITE, filters::old_delete),
    ]
}
