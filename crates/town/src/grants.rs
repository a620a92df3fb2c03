//! How an app gets a token: a resident says yes and the app exchanges the code for it, or it asks for itself alone.
//!
//! Written plainly (RFC 6749 with RFC 7636 and the advice of RFC 9700) rather than with a library of OAuth servers such as
//! `oxide-auth`: what such a library keeps are a few comparisons, while Mastodon's dialect – apps that register themselves,
//! scopes within scopes, tokens of apps without a person, codes copied by hand, errors told on a page instead of by a
//! redirect, bodies in JSON – would have to be bent into its traits, and its codes live in memory and not in the
//! transaction that spends them.

use parvis_model::{
    clock::{MINUTE, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::{Tx, apps, entity, logins};

use crate::{
    Outcome, Town,
    apps::{AppView, USUAL, by_client_id},
    secrets,
    tokens::Scopes,
};

/// So long a code may be exchanged.
const CODE_LIFE: Timestamp = 10 * MINUTE;
/// Tokens that stand for one app alone; more are of no use to it.
const TOKENS_PER_APP: u64 = 20;
/// Tokens that one app holds for one person: each device asks for its own.
const TOKENS_PER_PERSON: u64 = 50;
/// Length of a challenge: SHA-256 in base64url.
const CHALLENGE: usize = 43;

/// What an app asks a resident for, in its own words. Empty is as good as not given.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    pub client_id: String,
    pub redirect_uri: String,
    pub response_type: String,
    pub response_mode: String,
    pub scope: String,
    pub challenge: String,
    pub challenge_method: String,
}

/// An [`Ask`] that can be put before a resident.
#[derive(Clone, Debug)]
pub struct Request {
    pub app: AppView,
    pub redirect_uri: String,
    pub scopes: Scopes,
    challenge: Option<String>,
}

/// Refused where nobody should be sent anywhere: what is wrong is told on the spot (RFC 9700, 4.11.2).
pub async fn consider(town: &Town, ask: &Ask) -> Outcome<Request> {
    let app = by_client_id(town, &ask.client_id)
        .await?
        .ok_or_else(|| Refusal::invalid("client_id", "refusal-app-unknown"))?;
    if !app.redirect_uris.contains(&ask.redirect_uri) {
        return Err(Refusal::invalid("redirect_uri", "refusal-app-redirect-unknown").into());
    }
    let mode_fits = matches!(ask.response_mode.as_str(), "" | "query");
    if ask.response_type != "code" || !mode_fits {
        return Err(Refusal::invalid("response_type", "refusal-app-response").into());
    }
    Ok(Request {
        scopes: wanted(&app, &ask.scope)?,
        challenge: challenge(ask)?,
        redirect_uri: ask.redirect_uri.clone(),
        app,
    })
}

fn challenge(ask: &Ask) -> Result<Option<String>, Refusal> {
    let refused = || Refusal::invalid("code_challenge", "refusal-app-challenge");
    match (ask.challenge.as_str(), ask.challenge_method.as_str()) {
        ("", "" | "S256") => Ok(None),
        (challenge, "S256") if challenge.len() == CHALLENGE && is_unreserved(challenge) => {
            Ok(Some(challenge.to_owned()))
        }
        _ => Err(refused()),
    }
}

/// RFC 7636, 4.1
fn is_unreserved(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// What is asked for, where the app may ask for it; the usual where nothing is said.
fn wanted(app: &AppView, scope: &str) -> Result<Scopes, Refusal> {
    if scope.trim().is_empty() {
        let usual = Scopes::stored(USUAL);
        let fits = app.scopes.cover(&usual);
        return Ok(if fits { usual } else { app.scopes.clone() });
    }
    let scopes = Scopes::parse(scope)?;
    if app.scopes.cover(&scopes) {
        Ok(scopes)
    } else {
        Err(Refusal::invalid("scope", "refusal-app-scopes-wider"))
    }
}

/// A resident's yes, as a code for the app.
pub async fn give(tx: &Tx, town: &Town, user: Id, request: &Request) -> Outcome<String> {
    let code = secrets::random();
    let row = entity::auth_code::Model {
        id: town.ids.next(),
        app_id: request.app.id,
        login_id: user,
        code_hash: secrets::hash(&code),
        redirect_uri: request.redirect_uri.clone(),
        scopes: request.scopes.text(),
        challenge: request.challenge.clone(),
        created_at: town.now(),
        token_id: None,
    };
    apps::insert_code(tx, row).await?;
    Ok(code)
}

/// The name of the app for which this resident may copy this code by hand: whatever else an address gives as a code is not
/// shown to anyone.
pub async fn app_of_code(town: &Town, user: Id, code: &str) -> Outcome<String> {
    let row = apps::code_by_hash(town.store.read(), &secrets::hash(code))
        .await?
        .filter(|row| row.login_id == user && row.token_id.is_none() && is_fresh(row, town))
        .ok_or_else(Refusal::not_found)?;
    let app = crate::apps::by_id(town, row.app_id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(app.name)
}

/// What an app brings for a token.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    pub code: String,
    pub redirect_uri: String,
    pub verifier: Option<String>,
}

/// A new token, shown this once.
#[derive(Clone, Debug)]
pub struct Issued {
    pub secret: String,
    pub scopes: Scopes,
    pub at: Timestamp,
}

/// Exchanges a code. `None` where it is not good (any more); one that comes a second time has been seen by someone else, so
/// the token it led to is taken back (RFC 6749, 4.1.2). That too must be committed, so it is no refusal.
pub async fn exchange(
    tx: &Tx,
    town: &Town,
    app: &AppView,
    brought: &Brought,
) -> Outcome<Option<Issued>> {
    let hash = secrets::hash(&brought.code);
    let Some(code) = apps::code_by_hash(tx, &hash)
        .await?
        .filter(|code| code.app_id == app.id)
    else {
        return Ok(None);
    };
    if let Some(token) = code.token_id {
        apps::delete_token(tx, token).await?;
        return Ok(None);
    }
    if !is_fresh(&code, town)
        || code.redirect_uri != brought.redirect_uri
        || !proves(&code, brought)
    {
        return Ok(None);
    }
    let token = town.ids.next();
    if !apps::spend_code(tx, code.id, token).await? {
        // Two came at once, and the other was quicker.
        let spent = apps::code_by_hash(tx, &hash).await?;
        if let Some(token) = spent.and_then(|code| code.token_id) {
            apps::delete_token(tx, token).await?;
        }
        return Ok(None);
    }
    let scopes = Scopes::stored(&code.scopes);
    let issued = issue(tx, town, token, code.login_id, app, scopes).await?;
    Ok(Some(issued))
}

fn is_fresh(code: &entity::auth_code::Model, town: &Town) -> bool {
    town.now() < code.created_at + CODE_LIFE
}

/// Is it the app that asked which brings the code? One that brings a proof nobody asked for was led astray as well
/// (RFC 9700, 4.8.2).
fn proves(code: &entity::auth_code::Model, brought: &Brought) -> bool {
    match (&code.challenge, &brought.verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            (43..=128).contains(&verifier.len())
                && is_unreserved(verifier)
                && secrets::same(challenge, &secrets::challenge(verifier))
        }
        _ => false,
    }
}

/// For whoever has just signed up through this app.
pub async fn issue_to_newcomer(tx: &Tx, town: &Town, user: Id, app: &AppView) -> Outcome<Issued> {
    issue(tx, town, town.ids.next(), user, app, app.scopes.clone()).await
}

async fn issue(
    tx: &Tx,
    town: &Town,
    id: Id,
    user: Id,
    app: &AppView,
    scopes: Scopes,
) -> Outcome<Issued> {
    let (secret, at) = (secrets::random(), town.now());
    let row = entity::token::Model {
        id,
        login_id: user,
        secret_hash: secrets::hash(&secret),
        name: app.name.clone(),
        scopes: scopes.text(),
        created_at: at,
        app_id: Some(app.id),
        last_used_at: None,
    };
    logins::insert_token(tx, row).await?;
    apps::keep_newest(tx, user, app.id, TOKENS_PER_PERSON).await?;
    Ok(Issued { secret, scopes, at })
}

/// A token for the app alone; refused where it asks for more than it registered for.
pub async fn issue_to_app(tx: &Tx, town: &Town, app: &AppView, scope: &str) -> Outcome<Issued> {
    let scopes = wanted(app, scope)?;
    let (secret, at) = (secrets::random(), town.now());
    let row = entity::app_token::Model {
        id: town.ids.next(),
        app_id: app.id,
        secret_hash: secrets::hash(&secret),
        scopes: scopes.text(),
        created_at: at,
        last_used_at: at,
    };
    apps::insert_app_token(tx, row, TOKENS_PER_APP).await?;
    Ok(Issued { secret, scopes, at })
}

/// An app gives a token back; `false` where it is another app's. Who brings a token that belongs to no app may end it.
pub async fn give_back(
    tx: &Tx,
    _town: &Town,
    app: Option<&AppView>,
    secret: &str,
) -> Outcome<bool> {
    let (hash, app) = (secrets::hash(secret), app.map(|app| app.id));
    if let Some(held) = apps::token_by_hash(tx, &hash).await? {
        if held.token.app_id.is_some() && held.token.app_id != app {
            return Ok(false);
        }
        apps::delete_token(tx, held.token.id).await?;
    } else if let Some(token) = apps::app_token_by_hash(tx, &hash).await? {
        if Some(token.app_id) != app {
            return Ok(false);
        }
        apps::delete_app_token(tx, token.id).await?;
    }
    Ok(true)
}
