//! What this town is, its rules, who runs it.

use askama::Template;
use parvis_store::logins;
use parvis_town::{AccountView, Error, accounts};

use crate::{
    frame::Frame,
    page::{Answer, Page, html},
};

#[derive(Template)]
#[template(path = "about.html")]
pub struct AboutPage<'a> {
    pub page: &'a Frame,
    pub staff: Vec<AccountView>,
}

pub async fn about(page: Page) -> Answer {
    let logins = logins::staff(page.town.store.read())
        .await
        .map_err(Error::from)?;
    let ids: Vec<_> = logins.iter().map(|login| login.account_id).collect();
    let staff = accounts::views(&page.town, &ids).await?;
    html(&AboutPage {
        page: &page.frame,
        staff,
    })
}
