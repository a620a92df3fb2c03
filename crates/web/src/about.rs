//! What this town is, its rules, who runs it.

use askama::Template;
use parvis_town::{AccountView, users};

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
    html(&AboutPage {
        page: &page.frame,
        staff: users::staff(&page.town).await?,
    })
}
