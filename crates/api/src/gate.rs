//! Who asks, and may they: bearer tokens, scopes, and how often. Stands before every endpoint, with the rule that the
//! route table gives it.

use std::{borrow::Cow, net::SocketAddr, pin::Pin, sync::Arc};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use parvis_model::{
    id::{self, Id},
    network,
    refusal::Refusal,
};
use parvis_store::Tx;
use parvis_town::{
    Allowance, Error, Outcome, Rate, Town, Viewer,
    tokens::{self, Bearer},
    users::UserView,
};
use url::form_urlencoded;

use crate::{entities::Moment, fault::Fault};

pub const RATE_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

/// One of these scopes is needed; any token will do where none is named.
pub type Scopes = &'static [&'static str];

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone; a token is not even looked at.
    Open,
    /// Everyone, but a token sent along must be good and hold the scope.
    Public(Scopes),
    /// Whoever brings a token with the scope, be it a resident's or an app's own.
    App(Scopes),
    /// Only residents, who bring a token with the scope.
    Resident(Scopes),
}

/// Where a token may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    Header,
    /// Also in the address or, on a socket, as its protocol: scripts in browsers can give no header there.
    Anywhere,
}

/// What stands before one endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub access: Access,
    pub token: TokenPlace,
    /// Counted besides the usual count of requests.
    pub rate: Option<Rate>,
}

/// An answer to one person, or to one app, which nobody in between may keep.
const FOR_ONE: HeaderValue = HeaderValue::from_static("private, no-store");

pub async fn keep(State(rule): State<Rule>, mut request: Request, next: Next) -> Response {
    let Some(town) = request.extensions().get::<Arc<Town>>().cloned() else {
        return Fault::from(Error::Other("an app asks, and no town is there".into()))
            .into_response();
    };
    let known = match brought(rule.token, &request) {
        _ if rule.access == Access::Open => Ok(None),
        Ok(secret) => identify(&town, rule.access, secret.as_deref()).await,
        Err(fault) => Err(fault),
    };
    let client = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let network = network::name(client.map(|ConnectInfo(address)| address.ip()));
    let who = match &known {
        // What apps do for themselves is counted by the network, or each account opened there would bring a new count.
        Ok(Some(Bearer {
            user: Some(user), ..
        })) if !matches!(rule.access, Access::App(_)) => user.account.to_string(),
        Ok(_) | Err(_) => network.clone(),
    };
    let for_everyone = match rule.access {
        Access::Open => true,
        Access::Public(_) => matches!(known, Ok(None)),
        Access::App(_) | Access::Resident(_) => false,
    };
    let allowance = spend(&town, rule.rate, &who);
    let admitted = allowance.check(town.now()).map_err(Fault::from).and(known);
    let mut answer = match admitted {
        Ok(bearer) => {
            request
                .extensions_mut()
                .insert(Asker::new(town, bearer, network));
            next.run(request).await
        }
        Err(fault) => fault.into_response(),
    };
    let headers = answer.headers_mut();
    show(allowance, headers);
    if rule.access != Access::Open {
        headers.append(header::VARY, HeaderValue::from_static("Authorization"));
    }
    if !for_everyone {
        headers.entry(header::CACHE_CONTROL).or_insert(FOR_ONE);
    }
    answer
}

/// The token that came along, if any.
fn brought(place: TokenPlace, request: &Request) -> Result<Option<Cow<'_, str>>, Fault> {
    if let Some(authorization) = request.headers().get(header::AUTHORIZATION) {
        let secret = authorization.to_str().ok().and_then(bearer);
        return Ok(Some(secret.ok_or(Fault::BadToken)?.into()));
    }
    if place == TokenPlace::Header {
        return Ok(None);
    }
    let query = request.uri().query().unwrap_or_default();
    let named = form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == "access_token" && !value.is_empty());
    let offered = || protocol(request.headers()).map(Cow::from);
    Ok(named.map(|(_, secret)| secret).or_else(offered))
}

/// The first protocol that is offered for a socket.
pub fn protocol(headers: &HeaderMap) -> Option<&str> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let first = offered.split(',').next().map(str::trim);
    first.filter(|first| !first.is_empty())
}

async fn identify(
    town: &Town,
    access: Access,
    secret: Option<&str>,
) -> Result<Option<Bearer>, Fault> {
    let scopes = match access {
        Access::Open => return Ok(None),
        Access::Public(scopes) | Access::App(scopes) | Access::Resident(scopes) => scopes,
    };
    let Some(secret) = secret else {
        return match access {
            Access::Public(_) => Ok(None),
            _ => Err(Fault::BadToken),
        };
    };
    let known = tokens::bearer(town, secret).await?;
    let known = known.ok_or(Fault::BadToken)?;
    if !scopes.is_empty() && !scopes.iter().any(|scope| known.scopes.allow(scope)) {
        return Err(Fault::OutsideScopes);
    }
    match &known.user {
        _ if matches!(access, Access::App(_)) => {}
        None if matches!(access, Access::Resident(_)) => return Err(Fault::NobodyBehind),
        Some(user) if user.suspended => return Err(Fault::Suspended),
        Some(user) if !user.approved => return Err(Fault::Waiting),
        _ => {}
    }
    Ok(Some(known))
}

/// RFC 6750, 2.1; the scheme's name in any case.
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, secret) = authorization.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| secret.trim())
        .filter(|secret| !secret.is_empty())
}

/// Counts the request; where two counts apply, tells of the one with less left.
fn spend(town: &Town, special: Option<Rate>, who: &str) -> Allowance {
    let usual = town.rates().spend(Rate::Api, who);
    let special = special.map(|rate| town.rates().spend(rate, who));
    special.into_iter().fold(usual, |least, other| {
        let tighter = (!other.over, other.remaining) < (!least.over, least.remaining);
        if tighter { other } else { least }
    })
}

fn show(allowance: Allowance, headers: &mut HeaderMap) {
    let [limit, remaining, reset] = RATE_HEADERS;
    headers.insert(limit, allowance.limit.into());
    headers.insert(remaining, allowance.remaining.into());
    if let Ok(value) = HeaderValue::from_str(&Moment(allowance.reset).to_string()) {
        headers.insert(reset, value);
    }
}

/// Whoever asks, with or without a token.
#[derive(Clone, Debug)]
pub struct Asker {
    pub town: Arc<Town>,
    user: Option<Arc<UserView>>,
    bearer: Option<Arc<Bearer>>,
    network: String,
}

impl Asker {
    fn new(town: Arc<Town>, bearer: Option<Bearer>, network: String) -> Self {
        let user = bearer.as_ref().and_then(|bearer| bearer.user.clone());
        Self {
            town,
            user: user.map(Arc::new),
            bearer: bearer.map(Arc::new),
            network,
        }
    }

    pub fn viewer(&self) -> Viewer {
        self.user
            .as_ref()
            .map_or_else(Viewer::nobody, |user| Viewer::resident(user.account))
    }

    pub fn is_resident(&self) -> bool {
        self.user.is_some()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(Fault::BadToken)
    }
}

/// A resident who asks through an app.
#[derive(Clone, Debug)]
pub struct Caller {
    pub town: Arc<Town>,
    pub user: Arc<UserView>,
    /// The account that acts.
    pub me: Id,
    /// Through which app; `None` where the command line gave the token.
    pub app: Option<Id>,
}

/// A deed at work inside a write.
pub type Doing<'t, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 't>>;

impl Caller {
    pub fn viewer(&self) -> Viewer {
        Viewer::resident(self.me)
    }

    /// Runs a deed in a write of its own; on disk when this returns.
    pub async fn write<T, F>(&self, deed: F) -> Outcome<T>
    where
        F: for<'t> FnOnce(&'t Tx, &'t Town, Id) -> Doing<'t, T> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let (town, me) = (Arc::clone(&self.town), self.me);
        self.town
            .store
            .write(move |tx| Box::pin(async move { deed(tx, &town, me).await }))
            .await
    }
}

impl Caller {
    /// Of a request that brings files only sometimes.
    pub fn counts_upload(&self) -> Result<(), Refusal> {
        let rates = self.town.rates();
        rates.count(Rate::Upload, &self.me.to_string())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Asker {
            town, user, bearer, ..
        } = Asker::from_request_parts(parts, state).await?;
        let user = user.ok_or(Fault::BadToken)?;
        Ok(Self {
            town,
            me: user.account,
            user,
            app: bearer.and_then(|bearer| bearer.app),
        })
    }
}

/// Whoever holds a token: a resident, or an app for itself.
#[derive(Clone, Debug)]
pub struct Holder {
    pub town: Arc<Town>,
    pub bearer: Arc<Bearer>,
    /// For counts of its own: where the request comes from.
    pub network: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Holder {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let asker = Asker::from_request_parts(parts, state).await?;
        Ok(Self {
            bearer: asker.bearer.ok_or(Fault::BadToken)?,
            town: asker.town,
            network: asker.network,
        })
    }
}

/// The id in the address; what is none names nothing that exists.
#[derive(Clone, Copy, Debug)]
pub struct Named(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = path.map_err(|_| Fault::NotFound)?;
        id::parse(&text).map(Self).ok_or(Fault::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        for other in ["abc", "Basic abc", "Bearer", "Bearer "] {
            assert_eq!(bearer(other), None, "{other}");
        }
    }
}
