//! Made-up apps: one that asks to be let in, one that shows a code, and those that are connected.

use parvis_model::clock::DAY;
use parvis_town::{apps::ConnectedBy, tokens::Scopes};

use super::town::NOW;
use crate::{
    authorize::{AuthorizePage, CodePage, Leads},
    connections::{AppsPage, Row},
    frame::Frame,
    permissions,
};

const WIDE: &str = "read write follow push";
const NARROW: &str =
    "profile read:statuses read:notifications write:statuses write:media admin:read";

fn words(scopes: &str) -> Vec<&'static str> {
    permissions::words(&Scopes::parse(scopes).unwrap())
}

pub fn asking(page: &Frame, leads: Leads) -> AuthorizePage<'_> {
    let wide = matches!(leads, Leads::Site(_));
    AuthorizePage {
        page,
        app: if wide {
            "Elk"
        } else {
            "Unelongueapplicationdontlenomnesecoupenullepart"
        },
        website: wide.then_some("https://elk.zone"),
        scopes: words(if wide { WIDE } else { NARROW }),
        leads,
        another_account: "/oauth/authorize?force_login=true".into(),
        fields: vec![("client_id", "abc"), ("state", "\"x\"")],
    }
}

pub fn code(page: &Frame) -> CodePage<'_> {
    CodePage {
        page,
        app: "toot",
        code: "q3Zk7nJ4mYx9Q0cF2vB8sLw6tH1eRpUaGdKoNiXyTzM",
    }
}

pub fn connected(page: &Frame) -> AppsPage<'_> {
    let row = |id, name: &str, website: Option<&str>, last_used, scopes| Row {
        by: ConnectedBy::App(id),
        name: name.into(),
        website: website.map(str::to_owned),
        since: NOW - 40 * DAY,
        last_used,
        words: words(scopes),
    };
    let mut apps = vec![
        row(1, "Elk", Some("https://elk.zone"), Some(NOW - DAY), WIDE),
        row(2, "Tusky", None, None, NARROW),
    ];
    apps.push(Row {
        by: ConnectedBy::Token(3),
        ..row(3, "parvis token create", None, Some(NOW), "read")
    });
    AppsPage { page, apps }
}
