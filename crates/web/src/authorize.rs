//! Where a resident lets an app in: the question in plain words, the answer, and the code for those who copy it by hand.

use std::sync::Arc;

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_model::{
    id::Id,
    locale::Locale,
    redirect::{BY_HAND, destination, scheme, with_query},
};
use parvis_town::{
    Failure, Outcome, Rate, Town, apps,
    grants::{self, Ask, Request},
};
use url::form_urlencoded;

use crate::{
    asked::Asked,
    fault::{ErrorPage, Fault},
    form::Form,
    frame::{Frame, Typed},
    headers,
    log_in::LogInPage,
    page::{Answer, Page, Resident, html, html_with, redirect},
    passkeys, permissions,
};

const PATH: &str = "/oauth/authorize";
/// Bytes of a request that the log-in carries along.
const LONGEST: usize = 8_000;
/// What an app sends along that matters here; the rest is forgotten.
const FIELDS: [&str; 8] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

#[derive(Template)]
#[template(path = "authorize.html")]
pub struct AuthorizePage<'a> {
    pub page: &'a Frame,
    pub app: &'a str,
    pub website: Option<&'a str>,
    pub scopes: Vec<&'static str>,
    pub leads: Leads,
    pub another_account: String,
    /// The request, to be sent along with the answer.
    pub fields: Vec<(&'static str, &'a str)>,
}

/// Where the answer leads.
pub enum Leads {
    Code,
    Site(String),
    App(String),
}

#[derive(Template)]
#[template(path = "authorize_code.html")]
pub struct CodePage<'a> {
    pub page: &'a Frame,
    pub app: &'a str,
    pub code: &'a str,
}

impl Leads {
    fn of(redirect: &str) -> Self {
        match destination(redirect) {
            None => Self::Code,
            Some(app) if app.ends_with(':') => Self::App(app),
            Some(site) => Self::Site(site),
        }
    }
}

impl<'a> AuthorizePage<'a> {
    pub fn new(page: &'a Frame, request: &'a Request, asked: &'a Asked) -> Self {
        Self {
            page,
            app: &request.app.name,
            website: request.app.website.as_deref(),
            scopes: permissions::words(&request.scopes),
            leads: Leads::of(&request.redirect_uri),
            another_account: format!("{}&force_login=true", again(asked)),
            fields: fields(asked),
        }
    }
}

/// The question; or first the log-in, where nobody is logged in or the app wants another account.
pub async fn ask(mut page: Page) -> Answer {
    if let Some(language) = page.query.some("lang") {
        page.frame.locale = Locale::negotiate(Some(language), Some(page.frame.lang()));
    }
    let request = match read(&page.town, &page.query).await {
        Ok(request) => request,
        Err(fault) => return explained(&page, fault),
    };
    let wants_log_in = matches!(page.query.text("force_login"), "true" | "1");
    if page.user.is_none() || wants_log_in {
        return html(&LogInPage {
            page: &page.frame,
            towards: Some(request.app.name),
            passkey: passkeys::question(&page),
            form: Typed::new(Asked::of([("suite", again(&page.query))])),
        });
    }
    let mut answer = html(&AuthorizePage::new(&page.frame, &request, &page.query))?;
    // Browsers hold the way back to the app against the page with the form.
    let way = scheme(&request.redirect_uri);
    if let Ok(policy) = HeaderValue::from_str(&headers::policy(way.as_deref())) {
        let head = answer.headers_mut();
        head.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}

pub async fn answer(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let request = match read(&page.town, &form.values).await {
        Ok(request) => request,
        Err(fault) => return explained(&page, fault),
    };
    let state = form.values.exact("state");
    if form.text("decision") != "allow" {
        return Ok(match request.redirect_uri.as_str() {
            BY_HAND => page.onward("/", "done-app-refused"),
            redirect => {
                let told = "The resource owner or authorization server denied the request.";
                let no = [("error", "access_denied"), ("error_description", told)];
                back(redirect, &no, state)?
            }
        });
    }
    let redirect_uri = request.redirect_uri.clone();
    let code = give(&page.town, user.id, request).await?;
    let yes = [("code", code.as_str())];
    if redirect_uri == BY_HAND {
        return Ok(redirect(&with_query("/oauth/authorize/native", &yes)));
    }
    back(&redirect_uri, &yes, state)
}

async fn give(town: &Arc<Town>, user: Id, request: Request) -> Outcome<String> {
    town.rates().count(Rate::LetIn, &user.to_string())?;
    let here = Arc::clone(town);
    town.store
        .write(move |tx| Box::pin(async move { grants::give(tx, &here, user, &request).await }))
        .await
}

/// The code, for apps that have no address.
pub async fn code(Resident { page, user, .. }: Resident) -> Answer {
    let code = page.query.text("code");
    let app = grants::app_of_code(&page.town, user.id, code).await?;
    html(&CodePage {
        page: &page.frame,
        app: &app,
        code,
    })
}

/// The name of the app that a log-in leads on to.
pub async fn app_behind(town: &Town, next: &str) -> Outcome<Option<String>> {
    let Some(query) = next
        .strip_prefix(PATH)
        .and_then(|rest| rest.strip_prefix('?'))
    else {
        return Ok(None);
    };
    let asked = Asked::parse(query.as_bytes());
    let app = apps::by_client_id(town, asked.text("client_id")).await?;
    Ok(app.map(|app| app.name))
}

async fn read(town: &Town, asked: &Asked) -> Result<Request, Fault> {
    if again(asked).len() > LONGEST {
        return Err(Fault::BadRequest);
    }
    let text = |name| asked.text(name).to_owned();
    let ask = Ask {
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        response_type: text("response_type"),
        response_mode: text("response_mode"),
        scope: text("scope"),
        challenge: text("code_challenge"),
        challenge_method: text("code_challenge_method"),
    };
    Ok(grants::consider(town, &ask).await?)
}

/// A request that is wrong is told here and leads nowhere: the address to return to may be a trap.
fn explained(page: &Page, fault: Fault) -> Answer {
    let Fault::Town(Failure::Refused(refusal)) = fault else {
        return Err(fault);
    };
    let told = ErrorPage {
        page: &page.frame,
        heading: page.frame.t("app-wrong"),
        what: page.frame.locale.refusal(&refusal),
        operation: None,
    };
    html_with(StatusCode::BAD_REQUEST, &told)
}

fn fields(asked: &Asked) -> Vec<(&'static str, &str)> {
    let given = FIELDS.map(|name| (name, asked.exact(name)));
    given
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The same request once more.
fn again(asked: &Asked) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields(asked));
    format!("{PATH}?{}", query.finish())
}

/// Back to the app, by 302 as apps are used to it.
fn back(redirect: &str, more: &[(&str, &str)], state: &str) -> Result<Response, Fault> {
    let state = Some(("state", state)).filter(|(_, state)| !state.is_empty());
    let all: Vec<_> = more.iter().copied().chain(state).collect();
    let place = HeaderValue::from_str(&with_query(redirect, &all));
    let place = place.map_err(|_| Fault::BadRequest)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, place)]).into_response())
}
