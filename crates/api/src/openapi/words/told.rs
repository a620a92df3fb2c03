//! What residents are told: notifications, push, conversations, announcements, streams.

use super::{DONE, Shape, Words, many, one, told};
use crate::{
    entities::{
        Account, Announcement, Conversation, GroupedNotifications, InteractionRequest,
        Notification, NotificationRequest, OldPolicyShown, PolicyShown, WebPushSubscription,
    },
    notifications::{Count, Merged},
};

pub fn words() -> Vec<Words> {
    let mut all = notifications();
    all.extend(held_back());
    all.extend(looked_at());
    all.extend(among_few());
    all.extend(streams());
    all
}

fn notifications() -> Vec<Words> {
    let groups = one::<GroupedNotifications<'_>>();
    vec![
        told("GET /api/v1/notifications", "What one is told", many::<Notification<'_>>()),
        told("GET /api/v1/notifications/{id}", "A notification", one::<Notification<'_>>()),
        told(
            "GET /api/v1/notifications/unread_count",
            "How many one has not read",
            one::<Count>(),
        ),
        told("POST /api/v1/notifications/clear", "Take all notifications off", DONE),
        told("POST /api/v1/notifications/dismiss", "Take a notification off, by `id`", DONE)
            .note("The older form."),
        told("POST /api/v1/notifications/{id}/dismiss", "Take a notification off", DONE),
        told("GET /api/v2/notifications", "What one is told, in groups", groups).note(
            "Favourites and boosts of one post, and follows, within twelve hours. At most 500 notifications are looked \
             through for a page.",
        ),
        told("GET /api/v2/notifications/{id}", "A group, by its `group_key`", groups),
        told(
            "GET /api/v2/notifications/{id}/accounts",
            "Everyone of a group",
            many::<Account<'_>>(),
        ),
        told("POST /api/v2/notifications/{id}/dismiss", "Take a group off", DONE),
        told(
            "GET /api/v2/notifications/unread_count",
            "How many groups one has not read",
            one::<Count>(),
        ),
    ]
}

fn held_back() -> Vec<Words> {
    const OLD: &str = "The older form, which only knows whether something is held back.";
    let (request, old) = (one::<NotificationRequest<'_>>(), one::<OldPolicyShown>());
    vec![
        told(
            "GET /api/v2/notifications/policy",
            "How strangers are received",
            one::<PolicyShown>(),
        ),
        told(
            "PATCH /api/v2/notifications/policy",
            "Choose how strangers are received",
            one::<PolicyShown>(),
        )
        .note("Each is `accept`, `filter` or `drop`."),
        told(
            "GET /api/v1/notifications/policy",
            "How strangers are received",
            old,
        )
        .note(OLD),
        told(
            "PUT /api/v1/notifications/policy",
            "Choose how strangers are received",
            old,
        )
        .note(OLD),
        told(
            "GET /api/v1/notifications/requests",
            "Of whom something is held back",
            many::<NotificationRequest<'_>>(),
        )
        .note("Known by the id of the account they are about."),
        told(
            "GET /api/v1/notifications/requests/{id}",
            "Somebody of whom something is held back",
            request,
        ),
        told(
            "POST /api/v1/notifications/requests/{id}/accept",
            "Hear of somebody",
            DONE,
        )
        .note("Lets through in the same step what was held back."),
        told(
            "POST /api/v1/notifications/requests/{id}/dismiss",
            "Take off what was held back",
            DONE,
        ),
        told(
            "POST /api/v1/notifications/requests/accept",
            "Hear of several people",
            DONE,
        ),
        told(
            "POST /api/v1/notifications/requests/dismiss",
            "Take off what was held back of several people",
            DONE,
        ),
        told(
            "GET /api/v1/notifications/requests/merged",
            "Whether all that was let through is there",
            one::<Merged>(),
        ),
    ]
}

fn looked_at() -> Vec<Words> {
    let request = one::<InteractionRequest<'_>>();
    vec![
        told(
            "GET /api/v1/interaction_requests",
            "What strangers elsewhere do with one's posts and one looks at first",
            many::<InteractionRequest<'_>>(),
        )
        .note("As GoToSocial has it. A kind is left out where its parameter is `false`."),
        told(
            "GET /api/v1/interaction_requests/{id}",
            "Something that waits to be looked at",
            request,
        ),
        told(
            "POST /api/v1/interaction_requests/{id}/authorize",
            "Let it stand",
            request,
        )
        .note("Who did it is told, with a stamp."),
        told(
            "POST /api/v1/interaction_requests/{id}/reject",
            "Refuse it",
            request,
        )
        .note("Who did it is told, and it is not asked about again."),
    ]
}

fn among_few() -> Vec<Words> {
    const REACTION: &str = "An emoji, as it is written.";
    let subscription = one::<WebPushSubscription<'_>>();
    vec![
        told(
            "GET /api/v1/conversations",
            "Exchanges among few",
            many::<Conversation<'_>>(),
        ),
        told(
            "DELETE /api/v1/conversations/{id}",
            "Take an exchange off the list",
            DONE,
        ),
        told(
            "POST /api/v1/conversations/{id}/read",
            "An exchange is read",
            one::<Conversation<'_>>(),
        ),
        told(
            "POST /api/v1/conversations/{id}/unread",
            "An exchange is not read",
            one::<Conversation<'_>>(),
        ),
        told(
            "GET /api/v1/announcements",
            "What the town announces",
            many::<Announcement<'_>>(),
        ),
        told(
            "POST /api/v1/announcements/{id}/dismiss",
            "Put an announcement away",
            DONE,
        ),
        told(
            "PUT /api/v1/announcements/{id}/reactions/{name}",
            "Answer with an emoji",
            DONE,
        )
        .note(REACTION),
        told(
            "DELETE /api/v1/announcements/{id}/reactions/{name}",
            "Take an emoji back",
            DONE,
        )
        .note(REACTION),
        told(
            "GET /api/v1/push/subscription",
            "Where notifications are pushed",
            subscription,
        ),
        told(
            "POST /api/v1/push/subscription",
            "Have notifications pushed",
            subscription,
        )
        .note("One for each token; it replaces the one before."),
        told(
            "PUT /api/v1/push/subscription",
            "Choose what is pushed",
            subscription,
        ),
        told(
            "DELETE /api/v1/push/subscription",
            "Have nothing pushed any more",
            DONE,
        ),
    ]
}

fn streams() -> Vec<Words> {
    const EVENTS: Shape = Shape::Text("text/event-stream");
    const TOKEN: &str =
        "Where no header can be given, the token stands in `access_token`. It ends with the token.";
    vec![
        told("GET /api/v1/streaming", "All streams on a socket (RFC 6455)", Shape::Socket).note(
            "Streams are taken up and left by messages: `{\"type\": \"subscribe\", \"stream\": \"user\"}`. The token may stand \
             in `access_token` or as the socket's protocol.",
        ),
        told("GET /api/v1/streaming/user", "What comes home, and what one is told", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/user/notification", "What one is told", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/public", "What becomes public", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/public/local", "What becomes public, of this town", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/public/remote", "What becomes public, of others", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/hashtag", "What becomes public with a tag", EVENTS).note(TOKEN),
        told(
            "GET /api/v1/streaming/hashtag/local",
            "What becomes public with a tag, of this town",
            EVENTS,
        )
        .note(TOKEN),
        told("GET /api/v1/streaming/list", "What the people of a list post", EVENTS).note(TOKEN),
        told("GET /api/v1/streaming/direct", "Exchanges among few", EVENTS).note(TOKEN),
        told(
            "GET /api/v1/streaming/health",
            "Whether streams are served",
            Shape::Text("text/plain"),
        ),
    ]
}
