//! What every handler begins with: the town, who looks, in which language. And how it ends: a page or a way onward.

use std::{net::SocketAddr, pin::Pin, sync::Arc};

use askama::Template;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use parvis_model::{
    account::Role,
    appearance::Appearance,
    id::{self, Id},
    locale::Locale,
    network,
    page::Page as Piece,
    refusal::Refusal,
};
use parvis_store::Tx;
use parvis_town::{
    Outcome, Town, Viewer, accounts, conversations, follows, notifications,
    sessions::{self, SessionView},
    users::UserView,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    asked::Asked,
    cookies::{Cookie, Jar},
    fault::Fault,
    frame::{Frame, Me},
    visit::Visit,
};

pub type Answer = Result<Response, Fault>;
/// A deed under way.
pub type Doing<'t, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 't>>;

/// A request for a page, by anyone.
pub struct Page {
    pub town: Arc<Town>,
    pub frame: Frame,
    pub user: Option<UserView>,
    pub session: Option<SessionView>,
    pub viewer: Viewer,
    pub query: Asked,
    /// Where the browser is, coarse enough to count tries by.
    pub network: String,
    pub user_agent: String,
}

impl Page {
    /// Which piece of a list the address asks for.
    pub fn piece(&self) -> Piece {
        Piece::older_than(self.query.id("avant"))
    }

    /// Not the first piece of a list.
    pub fn is_later(&self) -> bool {
        self.query.id("avant").is_some()
    }

    /// Runs a deed in a write of its own; on disk when this returns.
    pub async fn write<T, F>(&self, deed: F) -> Outcome<T>
    where
        F: for<'t> FnOnce(&'t Tx, &'t Town) -> Doing<'t, T> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let town = Arc::clone(&self.town);
        self.town
            .store
            .write(move |tx| Box::pin(async move { deed(tx, &town).await }))
            .await
    }

    /// The same for somebody who has just come in with this secret: with what only a resident sees, and forms that are theirs.
    pub async fn inside(&self, secret: &str) -> Result<Self, Fault> {
        let (user, session) = sessions::user(&self.town, secret)
            .await?
            .ok_or(Fault::Stale)?;
        let mut frame = Frame {
            town: Arc::clone(&self.frame.town),
            host: self.frame.host.clone(),
            here: self.frame.here.clone(),
            flash: self.frame.flash.clone(),
            me: None,
            visit: Arc::new(self.frame.visit.entered(secret)),
            ..self.frame
        };
        welcome(&self.town, &mut frame, &user, &HeaderMap::new()).await?;
        Ok(Self {
            town: Arc::clone(&self.town),
            frame,
            viewer: Viewer::resident(user.account),
            user: Some(user),
            session: Some(session),
            query: self.query.clone(),
            network: self.network.clone(),
            user_agent: self.user_agent.clone(),
        })
    }

    pub fn jar(&self) -> Jar {
        self.frame.visit.jar()
    }

    /// Onward to a path of this site, saying there what was done.
    pub fn onward(&self, path: &str, done: &'static str) -> Response {
        let mut response = Redirect::to(path).into_response();
        self.jar().set(response.headers_mut(), Cookie::Flash, done);
        response
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let mut frame = bare_frame(parts).ok_or(Fault::BadRequest)?;
        let town = parts
            .extensions
            .get::<Arc<Town>>()
            .cloned()
            .ok_or(Fault::BadRequest)?;
        let known = match frame.visit.session() {
            Some(secret) => sessions::user(&town, secret).await?,
            None => None,
        };
        let (user, session) = known.unzip();
        if let Some(user) = &user {
            welcome(&town, &mut frame, user, &parts.headers).await?;
        }
        Ok(Self {
            viewer: user
                .as_ref()
                .map_or(Viewer::nobody(), |user| Viewer::resident(user.account)),
            town,
            frame,
            user,
            session,
            query: Asked::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            network: network(parts),
            user_agent: text(&parts.headers, header::USER_AGENT)
                .chars()
                .take(300)
                .collect(),
        })
    }
}

/// Adds to a frame what only a resident sees.
async fn welcome(
    town: &Arc<Town>,
    frame: &mut Frame,
    user: &UserView,
    headers: &HeaderMap,
) -> Result<(), Fault> {
    let account = accounts::view(town, &Viewer::resident(user.account), user.account).await?;
    frame.unread = notifications::unread(town, user.account).await? as i64;
    if account.locked {
        let waiting = follows::requests(town, user.account, Piece::default()).await?;
        frame.requests = waiting.items.len() as i64;
    }
    frame.unread_messages = conversations::unread(town, user.account).await?;
    frame.look = user.appearance;
    frame.me = Some(Me {
        account,
        role: user.role,
    });
    if user.locale.is_some() {
        frame.locale = language(user.locale.as_deref(), headers, &frame.town.language);
    }
    Ok(())
}

/// A frame for whoever it is: asks no database, so that it is there even when that is away.
pub fn bare_frame(parts: &Parts) -> Option<Frame> {
    let town = parts.extensions.get::<Arc<Town>>()?;
    let visit = parts.extensions.get::<Arc<Visit>>().cloned()?;
    let profile = town.profile();
    let locale = language(None, &parts.headers, &profile.language);
    Some(Frame {
        locale,
        host: town.host.clone(),
        now: town.now(),
        me: None,
        unread: 0,
        unread_messages: 0,
        requests: 0,
        here: parts
            .uri
            .path_and_query()
            .map_or("/", |it| it.as_str())
            .to_owned(),
        flash: visit.flash().and_then(|key| done(locale, key)),
        look: visit
            .jar()
            .read(&parts.headers, Cookie::Appearance)
            .map_or(Appearance::default(), |kept| Appearance::parse(&kept)),
        visit,
        town: profile,
    })
}

/// The account's choice, the browser's wish, the town's language, in this order.
fn language(wanted: Option<&str>, headers: &HeaderMap, towns: &str) -> Locale {
    let accepted = text(headers, header::ACCEPT_LANGUAGE);
    let fallback = accepted.is_empty().then_some(towns);
    Locale::negotiate(wanted.or(fallback), Some(accepted))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn network(parts: &Parts) -> String {
    let client = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    network::name(client.map(|info| info.0.ip()))
}

/// A request by someone with an account here; visitors are led to the log-in and back.
pub struct Resident {
    pub page: Page,
    pub user: UserView,
    pub me: Id,
}

impl<S: Send + Sync> FromRequestParts<S> for Resident {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let page = Page::from_request_parts(parts, state).await?;
        if let Some(user) = page.user.clone() {
            return Ok(Self {
                me: user.account,
                user,
                page,
            });
        }
        let next = if parts.method.is_safe() {
            page.frame.here.as_str()
        } else {
            "/"
        };
        let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
        Err(Fault::LogIn(format!("/connexion?suite={next}")))
    }
}

/// A request by a moderator or administrator; to others these pages do not exist.
pub struct Staff {
    pub page: Page,
    pub user: UserView,
}

impl Staff {
    pub fn admin(self) -> Result<Self, Fault> {
        if self.user.role == Role::Admin {
            Ok(self)
        } else {
            Err(Fault::NotFound)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Resident { page, user, .. } = Resident::from_request_parts(parts, state).await?;
        if user.role >= Role::Moderator {
            Ok(Self { page, user })
        } else {
            Err(Fault::NotFound)
        }
    }
}

pub fn html(template: &impl Template) -> Answer {
    html_with(StatusCode::OK, template)
}

pub fn html_with(status: StatusCode, template: &impl Template) -> Answer {
    Ok((status, axum::response::Html(template.render()?)).into_response())
}

pub fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// An id in an address; what is none does not exist.
pub fn id(text: &str) -> Result<Id, Fault> {
    id::parse(text).ok_or_else(|| Refusal::not_found().into())
}

/// Only what we can have written into the cookie ourselves is shown.
fn done(locale: Locale, key: &str) -> Option<String> {
    (key.starts_with("done-") && locale.knows(key)).then(|| key.to_owned())
}
