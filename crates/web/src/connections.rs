//! The apps that may act for someone, and turning them away.

use std::sync::Arc;

use askama::Template;
use parvis_model::{clock::Timestamp, id::Id};
use parvis_town::{
    Failure,
    apps::{self, ConnectedBy, Connection},
};

use crate::{
    form::Form,
    frame::Frame,
    page::{Answer, Page, Resident, html},
    permissions,
};

#[derive(Template)]
#[template(path = "settings_apps.html")]
pub struct AppsPage<'a> {
    pub page: &'a Frame,
    pub apps: Vec<Row>,
}

/// A connected app as it is shown.
pub struct Row {
    pub by: ConnectedBy,
    pub name: String,
    pub website: Option<String>,
    pub since: Timestamp,
    pub last_used: Option<Timestamp>,
    pub words: Vec<&'static str>,
}

impl Row {
    pub fn field(&self) -> &'static str {
        match self.by {
            ConnectedBy::App(_) => "application",
            ConnectedBy::Token(_) => "jeton",
        }
    }

    pub fn id(&self) -> Id {
        match self.by {
            ConnectedBy::App(id) | ConnectedBy::Token(id) => id,
        }
    }
}

impl From<Connection> for Row {
    fn from(connection: Connection) -> Self {
        Self {
            words: permissions::words(&connection.scopes),
            by: connection.by,
            name: connection.name,
            website: connection.website,
            since: connection.since,
            last_used: connection.last_used,
        }
    }
}

pub async fn list(Resident { page, user, .. }: Resident) -> Answer {
    let connected = apps::connected(&page.town, user.id).await?;
    html(&AppsPage {
        page: &page.frame,
        apps: connected.into_iter().map(Row::from).collect(),
    })
}

pub async fn disconnect(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let app = form.values.id("application").map(ConnectedBy::App);
    let token = form.values.id("jeton").map(ConnectedBy::Token);
    if let Some(by) = app.or(token) {
        cut(&page, user.id, by).await?;
    }
    Ok(page.onward("/reglages/applications", "done-app-disconnected"))
}

async fn cut(page: &Page, user: Id, by: ConnectedBy) -> Result<(), Failure> {
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write(move |tx| Box::pin(async move { apps::disconnect(tx, &town, user, by).await }))
        .await
}
