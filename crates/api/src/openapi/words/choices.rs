//! What readers choose: tags, lists, filters, markers, blocked servers.

use std::collections::BTreeMap;

use super::{DONE, Words, many, one, told};
use crate::{
    choices::{Foreseen, Preferences},
    entities::{
        Account, FeaturedTag, Filter, FilterKeyword, FilterStatus, FilterV1, List, Marker, Tag,
    },
};

pub fn words() -> Vec<Words> {
    let mut all = personal();
    all.extend(tags());
    all.extend(lists());
    all.extend(filters());
    all.extend(old_filters());
    all
}

fn personal() -> Vec<Words> {
    let markers = one::<BTreeMap<String, Marker>>();
    vec![
        told("GET /api/v1/markers", "How far one has read", markers)
            .note("`timeline[]`: `home`, `notifications`."),
        told("POST /api/v1/markers", "Set how far one has read", markers),
        told(
            "GET /api/v1/preferences",
            "How one usually posts",
            one::<Preferences<'_>>(),
        )
        .note("How one reads is the app's affair."),
        told(
            "GET /api/v1/domain_blocks",
            "Servers one blocks",
            many::<String>(),
        ),
        told(
            "GET /api/v1/domain_blocks/preview",
            "How many follows would end if one blocked a server",
            one::<Foreseen>(),
        ),
        told("POST /api/v1/domain_blocks", "Block a server", DONE)
            .note("Nothing of its people is shown any more; follows end both ways."),
        told(
            "DELETE /api/v1/domain_blocks",
            "Block a server no more",
            DONE,
        ),
    ]
}

fn tags() -> Vec<Words> {
    let tag = one::<Tag<'_>>();
    vec![
        told("GET /api/v1/tags/{tag}", "A tag", tag),
        told("POST /api/v1/tags/{tag}/follow", "Follow a tag", tag),
        told(
            "POST /api/v1/tags/{tag}/unfollow",
            "Follow a tag no more",
            tag,
        ),
        told(
            "POST /api/v1/tags/{tag}/feature",
            "Put a tag on one's page",
            tag,
        ),
        told(
            "POST /api/v1/tags/{tag}/unfeature",
            "Take a tag off one's page",
            tag,
        ),
        told(
            "GET /api/v1/followed_tags",
            "Tags one follows",
            many::<Tag<'_>>(),
        ),
        told(
            "GET /api/v1/featured_tags",
            "Tags on one's page",
            many::<FeaturedTag<'_>>(),
        ),
        told(
            "POST /api/v1/featured_tags",
            "Put a tag on one's page",
            one::<FeaturedTag<'_>>(),
        ),
        told(
            "DELETE /api/v1/featured_tags/{id}",
            "Take a tag off one's page",
            DONE,
        ),
        told(
            "GET /api/v1/featured_tags/suggestions",
            "Tags one used, to put on one's page",
            many::<Tag<'_>>(),
        ),
    ]
}

fn lists() -> Vec<Words> {
    let list = one::<List<'_>>();
    vec![
        told(
            "GET /api/v1/lists",
            "One's lists of people",
            many::<List<'_>>(),
        ),
        told("POST /api/v1/lists", "Make a list", list),
        told("GET /api/v1/lists/{id}", "A list", list),
        told("PUT /api/v1/lists/{id}", "Change a list", list),
        told("DELETE /api/v1/lists/{id}", "Delete a list", DONE),
        told(
            "GET /api/v1/lists/{id}/accounts",
            "Who is on a list",
            many::<Account<'_>>(),
        )
        .note("With `limit=0` all at once."),
        told(
            "POST /api/v1/lists/{id}/accounts",
            "Put people on a list",
            DONE,
        )
        .note("Only people whom one follows."),
        told(
            "DELETE /api/v1/lists/{id}/accounts",
            "Take people off a list",
            DONE,
        ),
    ]
}

fn filters() -> Vec<Words> {
    let (filter, keyword) = (one::<Filter<'_>>(), one::<FilterKeyword<'_>>());
    let post = one::<FilterStatus>();
    vec![
        told("GET /api/v2/filters", "One's filters", many::<Filter<'_>>()),
        told("POST /api/v2/filters", "Make a filter", filter),
        told("GET /api/v2/filters/{id}", "A filter", filter),
        told("PUT /api/v2/filters/{id}", "Change a filter", filter),
        told("DELETE /api/v2/filters/{id}", "Delete a filter", DONE),
        told(
            "GET /api/v2/filters/{id}/keywords",
            "Words a filter looks for",
            many::<FilterKeyword<'_>>(),
        ),
        told(
            "POST /api/v2/filters/{id}/keywords",
            "Add words to a filter",
            keyword,
        ),
        told(
            "GET /api/v2/filters/keywords/{id}",
            "Words of a filter",
            keyword,
        ),
        told(
            "PUT /api/v2/filters/keywords/{id}",
            "Change words of a filter",
            keyword,
        ),
        told(
            "DELETE /api/v2/filters/keywords/{id}",
            "Take words out of a filter",
            DONE,
        ),
        told(
            "GET /api/v2/filters/{id}/statuses",
            "Posts a filter looks for",
            many::<FilterStatus>(),
        ),
        told(
            "POST /api/v2/filters/{id}/statuses",
            "Add a post to a filter",
            post,
        ),
        told(
            "GET /api/v2/filters/statuses/{id}",
            "A post of a filter",
            post,
        ),
        told(
            "DELETE /api/v2/filters/statuses/{id}",
            "Take a post out of a filter",
            post,
        ),
    ]
}

fn old_filters() -> Vec<Words> {
    let filter = one::<FilterV1<'_>>();
    vec![
        told(
            "GET /api/v1/filters",
            "One's filters, in the older form",
            many::<FilterV1<'_>>(),
        )
        .note("Each words of a filter as one filter."),
        told(
            "POST /api/v1/filters",
            "Make a filter, in the older form",
            filter,
        ),
        told(
            "GET /api/v1/filters/{id}",
            "A filter, in the older form",
            filter,
        ),
        told(
            "PUT /api/v1/filters/{id}",
            "Change a filter, in the older form",
            filter,
        ),
        told(
            "DELETE /api/v1/filters/{id}",
            "Delete a filter, in the older form",
            DONE,
        ),
    ]
}
