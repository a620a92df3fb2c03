//! Visitors who have an account on another server: following and answering from there. The address they type is used once and
//! kept nowhere.

use askama::Template;
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::Response,
};
use parvis_model::{handle::Handle, refusal::Refusal};
use parvis_town::{Outcome, Rate, posts, reach::Missing};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::{
    card::Card,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    headers,
    page::{Answer, Page, html_with, id, redirect},
    profile,
};

#[derive(Template)]
#[template(path = "from_elsewhere.html")]
pub struct FromElsewherePage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    /// What is answered.
    pub card: Option<Card<'a>>,
    pub action: String,
    pub back: String,
    pub form: Typed,
}

/// What somebody wants to follow or answer from elsewhere.
struct Wanted {
    heading: String,
    post: Option<parvis_town::PostView>,
    /// As other servers know it.
    name: String,
    action: String,
    back: String,
    /// Where residents do the same.
    here: String,
}

pub async fn follow_form(page: Page, Path(acct): Path<String>) -> Answer {
    let wanted = person(&page, &acct).await?;
    first(&page, &wanted)
}

pub async fn follow(page: Page, Path(acct): Path<String>, form: Form) -> Answer {
    let wanted = person(&page, &acct).await?;
    onward(&page, &wanted, form).await
}

pub async fn reply_form(page: Page, Path((_, post)): Path<(String, String)>) -> Answer {
    let wanted = post_of(&page, &post).await?;
    first(&page, &wanted)
}

pub async fn reply(page: Page, Path((_, post)): Path<(String, String)>, form: Form) -> Answer {
    let wanted = post_of(&page, &post).await?;
    onward(&page, &wanted, form).await
}

async fn person(page: &Page, acct: &str) -> Result<Wanted, Fault> {
    let who = profile::find(page, acct).await?;
    Ok(Wanted {
        heading: page.frame.tw("follow-from", "name", &who.display_name),
        post: None,
        action: format!("{}/suivre", who.path),
        back: who.path.clone(),
        here: who.path,
        name: who.handle,
    })
}

async fn post_of(page: &Page, post: &str) -> Result<Wanted, Fault> {
    let post = posts::view(&page.town, &page.viewer, id(post)?).await?;
    if !post.audience.is_open() || post.boost_of.is_some() {
        return Err(Fault::NotFound);
    }
    Ok(Wanted {
        heading: page
            .frame
            .tw("reply-from", "name", &post.author.display_name),
        name: post.uri.clone(),
        action: format!("{}/repondre", post.path),
        back: post.path.clone(),
        here: format!("/ecrire?reponse={}", post.id),
        post: Some(post),
    })
}

fn first(page: &Page, wanted: &Wanted) -> Answer {
    if page.user.is_some() {
        return Ok(redirect(&wanted.here));
    }
    shown(axum::http::StatusCode::OK, page, wanted, Typed::default())
}

fn shown(status: axum::http::StatusCode, page: &Page, wanted: &Wanted, form: Typed) -> Answer {
    let mut response = html_with(
        status,
        &FromElsewherePage {
            page: &page.frame,
            heading: wanted.heading.clone(),
            card: wanted.post.as_ref().map(Card::new),
            action: wanted.action.clone(),
            back: wanted.back.clone(),
            form,
        },
    )?;
    // Browsers hold the way on to the other server against the page with the form.
    let policy = headers::policy(Some(page.jar().scheme()));
    let policy = HeaderValue::from_str(&policy).map_err(|_| Fault::BadRequest)?;
    let head = response.headers_mut();
    head.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn onward(page: &Page, wanted: &Wanted, form: Form) -> Answer {
    match way(page, wanted, form.text("adresse")).await {
        Ok(way) => Ok(way),
        Err(failure) => {
            let (status, typed) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            shown(status, page, wanted, typed)
        }
    }
}

async fn way(page: &Page, wanted: &Wanted, address: &str) -> Outcome<Response> {
    let wrong = |key| Refusal::invalid("adresse", key);
    let handle: Handle = address
        .parse()
        .map_err(|()| wrong("refusal-address-incomplete"))?;
    let Some(domain) = handle.domain.as_deref() else {
        return Err(wrong("refusal-address-incomplete").into());
    };
    if domain == page.town.host {
        let next = utf8_percent_encode(&wanted.here, NON_ALPHANUMERIC);
        return Ok(redirect(&format!("/connexion?suite={next}")));
    }
    let network = format!("visitor {}", page.network);
    page.town.rates().count(Rate::Reach, &network)?;
    let template = page.town.reach().subscribe_template(&handle).await;
    let template = template.map_err(|missing| match missing {
        Missing::Gone => wrong("refusal-address-unknown"),
        Missing::NotNow | Missing::Busy => wrong("refusal-address-silent"),
    })?;
    let name = utf8_percent_encode(&wanted.name, NON_ALPHANUMERIC).to_string();
    let way = template.and_then(|template| Url::parse(&template.replace("{uri}", &name)).ok());
    let way = way.ok_or_else(|| wrong("refusal-address-no-way"))?;
    Ok(redirect(way.as_str()))
}
