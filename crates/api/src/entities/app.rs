//! Apps and their tokens (<https://docs.joinmastodon.org/entities/Application/>, `…/Token/`).

use parvis_model::clock::SECOND;
use parvis_town::{apps::AppView, grants::Issued, tokens::Scopes};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::IdText;

/// What an app may know of itself.
#[derive(Serialize, JsonSchema)]
pub struct Application<'a> {
    id: IdText,
    name: &'a str,
    website: Option<&'a str>,
    scopes: Vec<&'a str>,
    redirect_uris: Vec<&'a str>,
    /// The old form: one a line.
    redirect_uri: String,
    vapid_key: &'a str,
    #[serde(flatten)]
    credentials: Option<Credentials<'a>>,
}

/// Shown once.
#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "as apps call them")]
struct Credentials<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    /// Never.
    client_secret_expires_at: i64,
}

impl<'a> Application<'a> {
    /// `vapid_key`: of the town.
    pub fn new(app: &'a AppView, vapid_key: &'a str) -> Self {
        Self {
            id: IdText(app.id),
            name: &app.name,
            website: app.website.as_deref(),
            scopes: app.scopes.iter().collect(),
            redirect_uris: app.redirect_uris.iter().map(String::as_str).collect(),
            redirect_uri: app.redirect_uris.join("\n"),
            vapid_key,
            credentials: None,
        }
    }

    pub fn with_secret(app: &'a AppView, secret: &'a str, vapid_key: &'a str) -> Self {
        Self {
            credentials: Some(Credentials {
                client_id: &app.client_id,
                client_secret: secret,
                client_secret_expires_at: 0,
            }),
            ..Self::new(app, vapid_key)
        }
    }

    /// For a token of the command line, which belongs to no app.
    pub fn of_token(name: &'a str, scopes: &'a Scopes, vapid_key: &'a str) -> Self {
        Self {
            id: IdText(0),
            name,
            website: None,
            scopes: scopes.iter().collect(),
            redirect_uris: Vec::new(),
            redirect_uri: String::new(),
            vapid_key,
            credentials: None,
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "as apps call them")]
pub struct Token<'a> {
    access_token: &'a str,
    token_type: &'static str,
    scope: String,
    /// Seconds, unlike every other moment.
    created_at: i64,
}

impl<'a> Token<'a> {
    pub fn new(issued: &'a Issued) -> Self {
        Self {
            access_token: &issued.secret,
            token_type: "Bearer",
            scope: issued.scopes.text(),
            created_at: issued.at / SECOND,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tusky() -> AppView {
        AppView {
            id: 3,
            client_id: "abc".into(),
            name: "Tusky".into(),
            website: None,
            redirect_uris: vec![
                "oauth2redirect://tusky".into(),
                "https://t.example/back".into(),
            ],
            scopes: Scopes::parse("read write").unwrap(),
        }
    }

    #[test]
    fn an_app_has_every_key_apps_need_and_its_secret_only_once() {
        let app = tusky();
        insta::assert_json_snapshot!(Application::with_secret(&app, "hush", "BKey"), @r#"
        {
          "id": "3",
          "name": "Tusky",
          "website": null,
          "scopes": [
            "read",
            "write"
          ],
          "redirect_uris": [
            "oauth2redirect://tusky",
            "https://t.example/back"
          ],
          "redirect_uri": "oauth2redirect://tusky\nhttps://t.example/back",
          "vapid_key": "BKey",
          "client_id": "abc",
          "client_secret": "hush",
          "client_secret_expires_at": 0
        }
        "#);
        let shown = serde_json::to_value(Application::new(&app, "BKey")).unwrap();
        assert!(shown.get("client_id").is_none() && shown.get("client_secret").is_none());
    }

    #[test]
    fn a_token_tells_its_moment_in_seconds() {
        let issued = Issued {
            secret: "hush".into(),
            scopes: Scopes::parse("read write").unwrap(),
            at: 1_773_480_413_089,
        };
        insta::assert_json_snapshot!(Token::new(&issued), @r#"
        {
          "access_token": "hush",
          "token_type": "Bearer",
          "scope": "read write",
          "created_at": 1773480413
        }
        "#);
    }
}
