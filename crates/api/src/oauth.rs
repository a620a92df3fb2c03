//! OAuth 2 as apps speak it: discovery, tokens for codes and for apps, giving back, who am I
//! (<https://docs.joinmastodon.org/methods/oauth/>, RFC 6749, 7009, 8414). The page where residents say yes is `web`'s.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parvis_model::refusal::Kind;
use parvis_town::{
    Failure, Outcome, Town, accounts,
    apps::{self, AppView},
    grants::{self, Brought, Issued},
    tokens::SCOPES,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, JSON, json},
    entities::Token,
    fault::Fault,
    gate::{Asker, Caller},
    params::Params,
};

/// RFC 8414; only what is built.
#[derive(Serialize, JsonSchema)]
pub struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    userinfo_endpoint: String,
    app_registration_endpoint: String,
    service_documentation: &'static str,
    scopes_supported: &'static [&'static str],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
}

pub async fn discovery(asker: Asker) -> Answer {
    let at = |path: &str| format!("{}{path}", asker.town.origin);
    json(&Discovery {
        issuer: at("/"),
        authorization_endpoint: at("/oauth/authorize"),
        token_endpoint: at("/oauth/token"),
        revocation_endpoint: at("/oauth/revoke"),
        userinfo_endpoint: at("/oauth/userinfo"),
        app_registration_endpoint: at("/api/v1/apps"),
        service_documentation: "https://docs.joinmastodon.org/",
        scopes_supported: &SCOPES,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "client_credentials"],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        code_challenge_methods_supported: ["S256"],
    })
}

/// How OAuth says no; the texts are those that Mastodon's apps know (Doorkeeper's).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum No {
    Request,
    Client,
    Grant,
    Scope,
    GrantType,
    OthersToken,
}

impl No {
    fn told(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Request => (
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "The request is missing a required parameter, includes an unsupported parameter value, or is \
                 otherwise malformed.",
            ),
            Self::Client => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "Client authentication failed due to unknown client, no client authentication included, or \
                 unsupported authentication method.",
            ),
            Self::Grant => (
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI \
                 used in the authorization request, or was issued to another client.",
            ),
            Self::Scope => (
                StatusCode::BAD_REQUEST,
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed.",
            ),
            Self::GrantType => (
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                "The authorization grant type is not supported by the authorization server.",
            ),
            Self::OthersToken => (
                StatusCode::FORBIDDEN,
                "unauthorized_client",
                "You are not authorized to revoke this token",
            ),
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct NoWords {
    error: &'static str,
    error_description: &'static str,
}

/// `basic`: the app came with HTTP Basic, so a no to it is told in those words as well (RFC 6749, 5.2).
fn no(no: No, basic: bool) -> Response {
    let (status, error, error_description) = no.told();
    let words = NoWords {
        error,
        error_description,
    };
    let mut answer = (status, axum::Json(words)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    if no == No::Client && basic {
        let challenge = HeaderValue::from_static("Basic realm=\"apps\"");
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    unkept(answer)
}

/// Nobody keeps an answer about a token (RFC 6749, 5.1).
fn unkept(mut answer: Response) -> Response {
    let never = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, never);
    answer
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TokenRequest {
    #[schemars(extend("enum" = ["authorization_code", "client_credentials"]))]
    grant_type: String,
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    scope: String,
}

pub async fn token(asker: Asker, headers: HeaderMap, params: Params<TokenRequest>) -> Answer {
    let (town, asked) = (asker.town, params.fields);
    let (id, secret, basic) = credentials(&headers, &asked.client_id, &asked.client_secret);
    if !matches!(
        asked.grant_type.as_str(),
        "authorization_code" | "client_credentials"
    ) {
        let why = if asked.grant_type.is_empty() {
            No::Request
        } else {
            No::GrantType
        };
        return Ok(no(why, basic));
    }
    let Some(app) = apps::authenticated(&town, &id, &secret).await? else {
        return Ok(no(No::Client, basic));
    };
    if asked.grant_type == "client_credentials" {
        return match for_app(&town, app, asked.scope).await {
            Ok(issued) => given(&issued),
            Err(Failure::Refused(refusal)) if refusal.kind == Kind::Invalid => {
                Ok(no(No::Scope, basic))
            }
            Err(failure) => Err(failure.into()),
        };
    }
    if asked.code.is_empty() || asked.redirect_uri.is_empty() {
        return Ok(no(No::Request, basic));
    }
    let brought = Brought {
        code: asked.code,
        redirect_uri: asked.redirect_uri,
        verifier: Some(asked.code_verifier).filter(|verifier| !verifier.is_empty()),
    };
    match for_code(&town, app, brought).await? {
        Some(issued) => given(&issued),
        None => Ok(no(No::Grant, basic)),
    }
}

fn given(issued: &Issued) -> Answer {
    json(&Token::new(issued)).map(unkept)
}

async fn for_app(town: &Arc<Town>, app: AppView, scope: String) -> Outcome<Issued> {
    let here = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move { grants::issue_to_app(tx, &here, &app, &scope).await })
        })
        .await
}

async fn for_code(town: &Arc<Town>, app: AppView, brought: Brought) -> Outcome<Option<Issued>> {
    let here = Arc::clone(town);
    town.store
        .write(move |tx| Box::pin(async move { grants::exchange(tx, &here, &app, &brought).await }))
        .await
}

/// From HTTP Basic where an app uses it, else from the body; and whether it was Basic.
fn credentials(headers: &HeaderMap, id: &str, secret: &str) -> (String, String, bool) {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let Some((_, coded)) = basic else {
        return (id.to_owned(), secret.to_owned(), false);
    };
    let pair = STANDARD.decode(coded.trim()).ok();
    let pair = pair.and_then(|bytes| String::from_utf8(bytes).ok());
    let (id, secret) = pair
        .as_deref()
        .and_then(|pair| pair.split_once(':'))
        .unwrap_or_default();
    (id.to_owned(), secret.to_owned(), true)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RevokeRequest {
    client_id: String,
    client_secret: String,
    token: String,
}

/// A token that opens nothing is as good as given back (RFC 7009, 2.2).
pub async fn revoke(asker: Asker, headers: HeaderMap, params: Params<RevokeRequest>) -> Answer {
    let (town, asked) = (asker.town, params.fields);
    let (id, secret, basic) = credentials(&headers, &asked.client_id, &asked.client_secret);
    let app = apps::authenticated(&town, &id, &secret).await?;
    let here = Arc::clone(&town);
    let given_back = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { grants::give_back(tx, &here, app.as_ref(), &asked.token).await })
    });
    if given_back.await? {
        json(&Map::<String, Value>::new())
    } else {
        Ok(no(No::OthersToken, basic))
    }
}

/// <https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse>, as far as Mastodon has it.
#[derive(Serialize, JsonSchema)]
pub struct UserInfo<'a> {
    iss: String,
    sub: &'a str,
    name: &'a str,
    preferred_username: &'a str,
    profile: &'a str,
    picture: String,
}

pub async fn userinfo(caller: Caller) -> Result<Response, Fault> {
    let me = accounts::view(&caller.town, &caller.viewer(), caller.me).await?;
    let origin = &caller.town.origin;
    json(&UserInfo {
        iss: format!("{origin}/"),
        sub: &me.uri,
        name: &me.display_name,
        preferred_username: &me.name,
        profile: &me.url,
        picture: me
            .avatar
            .clone()
            .unwrap_or_else(|| format!("{origin}/avatar-default.png")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_may_come_with_http_basic() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            credentials(&headers, "body", "word")
        };
        let found = |id: &str, secret: &str, basic| (id.to_owned(), secret.to_owned(), basic);
        assert_eq!(with("Basic YTpiOmM="), found("a", "b:c", true));
        assert_eq!(with("basic  YTpi"), found("a", "b", true));
        assert_eq!(with("Basic ???"), found("", "", true));
        assert_eq!(with("Bearer x"), found("body", "word", false));
    }
}
