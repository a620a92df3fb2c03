//! Oneself and other people.

use super::{NONE, Words, many, one, told};
use crate::{
    accounts::Familiar,
    entities::{
        Account, Credentials, FeaturedTag, List, MutedAccount, Profile, Relationship, Status,
    },
    reports::Report,
};

/// Of the two lists of who follows whom.
const KEPT: &str = "Empty to others where the account hides it (`hide_collections`).";

pub fn words() -> Vec<Words> {
    let mut all = oneself();
    all.extend(others());
    all.extend(between());
    all
}

fn oneself() -> Vec<Words> {
    const PICTURES: &[&str] = &["avatar", "header"];
    vec![
        told(
            "GET /api/v1/accounts/verify_credentials",
            "One's own account",
            one::<Credentials<'_>>(),
        ),
        told(
            "PATCH /api/v1/accounts/update_credentials",
            "Change one's own account",
            one::<Credentials<'_>>(),
        )
        .note("What is not given stays as it is. `source` sets how one usually posts.")
        .files(PICTURES),
        told(
            "GET /api/v1/profile",
            "One's own profile, as one typed it",
            one::<Profile<'_>>(),
        ),
        told(
            "PATCH /api/v1/profile",
            "Change one's own profile",
            one::<Profile<'_>>(),
        )
        .note("What is not given stays as it is.")
        .files(PICTURES),
        told(
            "DELETE /api/v1/profile/avatar",
            "Take one's picture away",
            one::<Credentials<'_>>(),
        ),
        told(
            "DELETE /api/v1/profile/header",
            "Take the picture on top of one's page away",
            one::<Credentials<'_>>(),
        ),
    ]
}

fn others() -> Vec<Words> {
    vec![
        told(
            "GET /api/v1/accounts",
            "Several accounts",
            many::<Account<'_>>(),
        )
        .note("At most 40; those that are not there are left out."),
        told(
            "GET /api/v1/accounts/{id}",
            "An account",
            one::<Account<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/lookup",
            "An account by its name",
            one::<Account<'_>>(),
        )
        .note("Only whom the town knows already; no other server is asked."),
        told(
            "GET /api/v1/accounts/search",
            "People by the start of their names",
            many::<Account<'_>>(),
        )
        .note("With `resolve`, a handle nobody knows here is asked of its server."),
        told(
            "GET /api/v1/directory",
            "Residents who let themselves be found",
            many::<Account<'_>>(),
        )
        .note("Of this town only, whatever is asked."),
        told(
            "GET /api/v1/accounts/{id}/statuses",
            "What somebody posted",
            many::<Status<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/{id}/identity_proofs",
            "Proofs by a service that is no more",
            NONE,
        )
        .note("Always empty."),
        told(
            "GET /api/v1/accounts/{id}/followers",
            "Who follows somebody",
            many::<Account<'_>>(),
        )
        .note(KEPT),
        told(
            "GET /api/v1/accounts/{id}/following",
            "Whom somebody follows",
            many::<Account<'_>>(),
        )
        .note(KEPT),
        told(
            "GET /api/v1/accounts/{id}/featured_tags",
            "Tags on somebody's page",
            many::<FeaturedTag<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/{id}/endorsements",
            "Whom somebody endorses",
            many::<Account<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/{id}/lists",
            "One's own lists that hold somebody",
            many::<List<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/familiar_followers",
            "Whom of those one follows follow them",
            many::<Familiar<'_>>(),
        ),
        told(
            "GET /api/v1/accounts/relationships",
            "How one stands to people",
            many::<Relationship<'_>>(),
        ),
    ]
}

fn between() -> Vec<Words> {
    let now = one::<Relationship<'_>>();
    let endorsed = "Only of people whom one follows.";
    vec![
        told("POST /api/v1/accounts/{id}/follow", "Follow somebody", now)
            .note("Also to change what of a follow is shown: `reblogs`, `languages`; what is left out stays as it is. Who chooses followers is asked first: `requested`."),
        told("POST /api/v1/accounts/{id}/unfollow", "Follow somebody no more", now),
        told(
            "POST /api/v1/accounts/{id}/remove_from_followers",
            "Have a follower no more",
            now,
        ),
        told("POST /api/v1/accounts/{id}/block", "Block somebody", now),
        told("POST /api/v1/accounts/{id}/unblock", "Block somebody no more", now),
        told("POST /api/v1/accounts/{id}/mute", "Hear no more of somebody", now),
        told("POST /api/v1/accounts/{id}/unmute", "Hear of somebody again", now),
        told("POST /api/v1/accounts/{id}/note", "Note something about somebody", now)
            .note("For one's own eyes only."),
        told("POST /api/v1/accounts/{id}/endorse", "Endorse somebody", now).note(endorsed),
        told("POST /api/v1/accounts/{id}/unendorse", "Endorse somebody no more", now),
        told("POST /api/v1/accounts/{id}/pin", "Endorse somebody, by the older name", now).note(endorsed),
        told(
            "POST /api/v1/accounts/{id}/unpin",
            "Endorse somebody no more, by the older name",
            now,
        ),
        told("GET /api/v1/endorsements", "Whom one endorses", many::<Account<'_>>()),
        told("GET /api/v1/blocks", "Whom one blocks", many::<Account<'_>>()),
        told("GET /api/v1/mutes", "Of whom one hears no more", many::<MutedAccount<'_>>()),
        told("GET /api/v1/follow_requests", "Who asks to follow", many::<Account<'_>>()),
        told(
            "POST /api/v1/follow_requests/{id}/authorize",
            "Let somebody follow",
            now,
        ),
        told("POST /api/v1/follow_requests/{id}/reject", "Let somebody not follow", now),
        told("POST /api/v1/reports", "Tell the staff of something", one::<Report<'_>>())
            .note("It goes to the other server only with `forward`."),
    ]
}
