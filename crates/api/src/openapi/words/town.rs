//! The town, apps and their tokens.

use serde_json::{Map, Value};

use super::{DONE, NONE, Shape, Words, many, one, told};
use crate::{
    entities::{Application, InstanceV1, InstanceV2, Rules, Token},
    instance::{Language, Text},
    oauth::{Discovery, UserInfo},
};

pub fn words() -> Vec<Words> {
    let unranked = "Always empty: nothing is ranked here.";
    vec![
        told("GET /api/openapi.json", "This document", one::<Map<String, Value>>()),
        told("GET /api/v1/instance", "The town, in the older form", one::<InstanceV1<'_>>()),
        told("GET /api/v2/instance", "The town: its name, rules and limits", one::<InstanceV2<'_>>())
            .note("Small numbers of people are rounded down."),
        told("GET /api/v1/instance/rules", "The town's rules", one::<Rules<'_>>()),
        told(
            "GET /api/v1/instance/extended_description",
            "What the town says of itself",
            one::<Text>(),
        ),
        told("GET /api/v1/instance/privacy_policy", "What the town keeps of people", one::<Text>())
            .note("In the town's language: what holds wherever this program runs, then what the town adds; `updated_at` says when it last changed that."),
        told(
            "GET /api/v1/instance/translation_languages",
            "Languages that are translated",
            DONE,
        )
        .note("None: nothing is translated here."),
        told("GET /api/v1/instance/languages", "Languages the town can be read in", many::<Language>()),
        told("GET /api/v1/instance/activity", "How much happens here, by week", NONE)
            .note("Always empty: in a town, so few people would be counted that they could be told apart."),
        told("GET /api/v1/instance/peers", "Servers that are known here", NONE)
            .note("Always empty: it would tell with whom the people of the town are in touch."),
        told("GET /api/v1/emails/check_confirmation", "Whether one may come in", one::<bool>())
            .note("Always: nobody waits for a letter."),
        told("GET /api/v1/custom_emojis", "The town's own emoji", NONE).note("There are none."),
        told("GET /api/v1/trends", "What is talked of", NONE).note(unranked),
        told("GET /api/v1/trends/tags", "Tags that are talked of", NONE).note(unranked),
        told("GET /api/v1/trends/statuses", "Posts that are talked of", NONE).note(unranked),
        told("GET /api/v1/trends/links", "Pages that are talked of", NONE).note(unranked),
        told("GET /api/v1/suggestions", "Whom one might follow", NONE).note(unranked),
        told("GET /api/v2/suggestions", "Whom one might follow", NONE).note(unranked),
        told("DELETE /api/v1/suggestions/{id}", "Suggest somebody no more", DONE)
            .note("Does nothing, as nobody is suggested."),
        told(
            "GET /.well-known/oauth-authorization-server",
            "How apps get in (RFC 8414)",
            one::<Discovery>(),
        ),
        told("POST /api/v1/apps", "Introduce an app", one::<Application<'_>>())
            .note("The only answer that holds the app's secret."),
        told(
            "GET /api/v1/apps/verify_credentials",
            "The app that the token belongs to",
            one::<Application<'_>>(),
        ),
        told("POST /api/v1/accounts", "Open an account", one::<Token<'_>>()).note(
            "With an app's own token, by the town's rules. What does not fit is told in `details`, by parameter. Where the \
             town wants to say yes first, the token opens nothing until then.",
        ),
        told(
            "POST /api/v1/emails/confirmations",
            "Send the letter of confirmation again",
            Shape::Refusal,
        )
        .note("Always 403: the town writes no letters, so none is awaited."),
        told("POST /oauth/token", "A token for a code, or for the app itself", one::<Token<'_>>()).note(
            "`grant_type` is `authorization_code` or `client_credentials`; there is no password grant. The app proves \
             itself with HTTP Basic or in the body. Errors are those of RFC 6749, 5.2.",
        ),
        told("POST /oauth/revoke", "Give a token back (RFC 7009)", DONE),
        told("GET /oauth/userinfo", "Who one is (OpenID Connect)", one::<UserInfo<'_>>()),
        told("POST /oauth/userinfo", "Who one is (OpenID Connect)", one::<UserInfo<'_>>()),
    ]
}
