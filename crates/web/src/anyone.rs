//! Requests for what is the same for everybody: feeds, embedded pages, files for machines. In the town's own language; reads
//! and sets no cookie.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};
use parvis_town::{AccountView, PostView, Town, Viewer, accounts, posts};

use crate::{
    asked::Asked,
    fault::{self, Fault},
    frame::Frame,
    page::{bare_frame, id},
    visit::Visit,
};

pub struct Anyone {
    pub town: Arc<Town>,
    pub frame: Frame,
    pub query: Asked,
    pub headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let town = parts
            .extensions
            .get::<Arc<Town>>()
            .cloned()
            .ok_or(Fault::BadRequest)?;
        let (mut bare, ()) = Request::new(()).into_parts();
        bare.uri = parts.uri.clone();
        let visit = Visit::of(&town.origin, &town.profile().secret, &bare.headers);
        bare.extensions.insert(Arc::new(visit));
        bare.extensions.insert(Arc::clone(&town));
        Ok(Self {
            frame: bare_frame(&bare).ok_or(Fault::BadRequest)?,
            query: Asked::parse(parts.uri.query().unwrap_or_default().as_bytes()),
            headers: parts.headers.clone(),
            town,
        })
    }
}

impl Anyone {
    /// Someone of this town who has a page.
    pub async fn account(&self, acct: &str) -> Result<AccountView, Fault> {
        let who = accounts::by_acct(&self.town, acct).await?;
        who.filter(|who| who.local && !who.suspended && who.id != self.frame.town.actor_id)
            .ok_or(Fault::NotFound)
    }

    /// A post of this town that anybody may read.
    pub async fn post(&self, number: &str) -> Result<PostView, Fault> {
        let post = posts::view(&self.town, &Viewer::nobody(), id(number)?).await?;
        if post.local && post.boost_of.is_none() && post.audience.is_open() {
            Ok(post)
        } else {
            Err(Fault::NotFound)
        }
    }
}

/// Stands around these requests: what is broken is said in the log.
pub async fn receive(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    fault::shown(response, asked).await
}
