//! Posts and what hangs on them, lists of posts, searching.

use schemars::{Schema, SchemaGenerator, json_schema};

use super::{DONE, NONE, Shape, Words, many, one, told};
use crate::{
    entities::{
        Account, Context, DeletedStatus, Ledger, MediaAttachment, Poll, PreviewCard,
        ScheduledStatus, Source, Status, StatusEdit,
    },
    search,
};

pub fn words() -> Vec<Words> {
    let mut all = posts();
    all.extend(reactions());
    all.extend(attached());
    all.extend(lists());
    all
}

/// With `scheduled_at` it is one that waits.
fn posted(generator: &mut SchemaGenerator) -> Schema {
    let now = generator.subschema_for::<Status<'_>>();
    let later = generator.subschema_for::<ScheduledStatus<'_>>();
    json_schema!({ "anyOf": [now, later] })
}

/// Or nothing.
fn linked(generator: &mut SchemaGenerator) -> Schema {
    let card = generator.subschema_for::<PreviewCard<'_>>();
    json_schema!({ "anyOf": [card, { "type": "object", "maxProperties": 0 }] })
}

fn posts() -> Vec<Words> {
    let post = one::<Status<'_>>();
    vec![
        told("POST /api/v1/statuses", "Write a post", Shape::Json(posted)).note(
            "With `scheduled_at` in the future it waits, and the answer is a `ScheduledStatus`. Ours: with `local_only` it \
             is for residents of this town and never leaves it; what is `direct` stays so. Ours as well: \
             with the `visibility` `neighbours` it is for residents of this town and of the towns it has an agreement with; refused where \
             there is none. Posts for the neighbours, for a group or for this \
             town show the `visibility` `private`, so that no app takes them for open; those for this town have `local_only` \
             besides, those for the neighbours `neighbours_only`.",
        ),
        told("GET /api/v1/statuses", "Several posts", many::<Status<'_>>())
            .note("Those that are not there, or not for these eyes, are left out."),
        told("GET /api/v1/statuses/{id}", "A post", post),
        told("PUT /api/v1/statuses/{id}", "Edit a post", post).note("What is not given stays as it is."),
        told("DELETE /api/v1/statuses/{id}", "Delete a post", post).note(
            "The answer holds `text`, to write it anew; its files may be posted again for a day, under the addresses in the \
             answer. With `delete_media` they go at once.",
        ),
        told("GET /api/v1/statuses/{id}/source", "A post as its author typed it", one::<Source<'_>>()),
        told("GET /api/v1/statuses/{id}/card", "What a post links to, alone", Shape::Json(linked))
            .note("`{}` where there is nothing."),
        told("GET /api/v1/statuses/{id}/history", "What a post said before", many::<StatusEdit<'_>>()),
        told(
            "GET /api/v1/statuses/{id}/context",
            "What a post answers and what answers it",
            one::<Context<'_>>(),
        ),
        told("GET /api/v1/statuses/{id}/copies", "Who holds a copy of one's own post", one::<Ledger<'_>>()).note(
            "Ours: the ledger of a post, for its author alone, also after it was deleted. The servers of other towns that \
             hold it (`held`), are to get it (`coming`), did not take it (`declined`) or cannot be reached (`unreached`); after a \
             deletion those that confirmed it (`forgotten`), are asked (`asked`), cannot be asked (`silent`) or said no \
             (`unheeding`). In order of their names; `next` leads on.",
        ),
        told(
            "GET /api/v1/deleted_statuses",
            "One's deleted posts of which other servers were told",
            many::<DeletedStatus>(),
        )
        .note("Ours. Nothing is left of them but numbers."),
        told("GET /api/v1/statuses/{id}/quotes", "What quotes a post", many::<Status<'_>>()),
        told(
            "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke",
            "Take one's post out of one that quotes it",
            post,
        ),
        told(
            "PUT /api/v1/statuses/{id}/interaction_policy",
            "Choose who may quote a post",
            post,
        ),
        told(
            "GET /api/v1/scheduled_statuses",
            "One's posts that wait for their time",
            many::<ScheduledStatus<'_>>(),
        )
        .note("Ours: one that could not be published stays, with `refused`."),
        told(
            "GET /api/v1/scheduled_statuses/{id}",
            "A post that waits",
            one::<ScheduledStatus<'_>>(),
        ),
        told(
            "PUT /api/v1/scheduled_statuses/{id}",
            "Choose another time",
            one::<ScheduledStatus<'_>>(),
        ),
        told("DELETE /api/v1/scheduled_statuses/{id}", "Publish it never", DONE),
    ]
}

fn reactions() -> Vec<Words> {
    let post = one::<Status<'_>>();
    vec![
        told("POST /api/v1/statuses/{id}/favourite", "Like a post", post),
        told(
            "POST /api/v1/statuses/{id}/unfavourite",
            "Like a post no more",
            post,
        ),
        told("POST /api/v1/statuses/{id}/reblog", "Pass a post on", post)
            .note(
                "The answer is the boost, which holds the post in `reblog`. Boosts are for everyone: who asks for one for a few \
                 is refused.",
            ),
        told(
            "POST /api/v1/statuses/{id}/unreblog",
            "Pass a post on no more",
            post,
        ),
        told("POST /api/v1/statuses/{id}/bookmark", "Keep a post", post),
        told(
            "POST /api/v1/statuses/{id}/unbookmark",
            "Keep a post no more",
            post,
        ),
        told(
            "POST /api/v1/statuses/{id}/mute",
            "Be told no more of a thread",
            post,
        ),
        told(
            "POST /api/v1/statuses/{id}/unmute",
            "Be told of a thread again",
            post,
        ),
        told(
            "POST /api/v1/statuses/{id}/pin",
            "Pin a post of one's own to one's page",
            post,
        ),
        told(
            "POST /api/v1/statuses/{id}/unpin",
            "Pin a post no more",
            post,
        ),
        told(
            "GET /api/v1/statuses/{id}/favourited_by",
            "Who likes a post",
            many::<Account<'_>>(),
        ),
        told(
            "GET /api/v1/statuses/{id}/reblogged_by",
            "Who passed a post on",
            many::<Account<'_>>(),
        ),
    ]
}

fn attached() -> Vec<Words> {
    const FILES: &[&str] = &["file", "thumbnail"];
    let file = one::<MediaAttachment<'_>>();
    vec![
        told("GET /api/v1/polls/{id}", "A poll", one::<Poll<'_>>()),
        told("POST /api/v1/polls/{id}/votes", "Vote", one::<Poll<'_>>()),
        told("POST /api/v2/media", "Send a file for a post", file)
            .files(FILES)
            .also(202, "Being prepared: ask again until it is ready."),
        told(
            "POST /api/v1/media",
            "Send a file and wait until it is ready",
            file,
        )
        .files(FILES),
        told(
            "GET /api/v1/media/{id}",
            "A file of one's own that no post holds yet",
            file,
        )
        .also(206, "Being prepared: ask again."),
        told(
            "PUT /api/v1/media/{id}",
            "Change what is said of a file",
            file,
        )
        .files(&["thumbnail"])
        .also(206, "Being prepared: ask again."),
        told(
            "DELETE /api/v1/media/{id}",
            "Remove a file that no post needs",
            DONE,
        ),
    ]
}

fn lists() -> Vec<Words> {
    let posts = many::<Status<'_>>();
    vec![
        told("GET /api/v1/timelines/home", "What those one follows post", posts)
            .note("Ours: each entry says in `shown_because` why it stands there."),
        told("GET /api/v1/timelines/public", "What is public", posts),
        told("GET /api/v1/timelines/tag/{tag}", "What is public with a tag", posts),
        told("GET /api/v1/timelines/list/{id}", "What the people of a list post", posts),
        told("GET /api/v1/favourites", "What one likes", posts),
        told("GET /api/v1/bookmarks", "What one keeps", posts),
        told("GET /api/v1/timelines/link", "Posts with a link", NONE).note("Always empty: nothing is ranked here."),
        told("GET /api/v1/timelines/direct", "Letters, in a form apps no more ask for", NONE)
            .note("Always empty: they stand in `/api/v1/conversations`."),
        told("GET /api/v1/search", "Search, with tags as names alone", one::<search::OldShown<'_>>())
            .note("The older form of `/api/v2/search`."),
        told("GET /api/v2/search", "Search", one::<search::Shown<'_>>()).note(
            "Only what the reader may see and whose author lets it be found. Among the words of `q` may stand `from:`, `has:`, \
             `is:`, `in:`, `language:`, `before:`, `during:`, `after:`.",
        ),
    ]
}
