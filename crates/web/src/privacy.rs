//! What the town keeps of people, where, for how long and who reads it: in words that are put together in `town::privacy`.

use askama::Template;
use parvis_town::privacy::{self, Addition, Section};

use crate::{
    frame::Frame,
    page::{Answer, Page, html},
};

#[derive(Template)]
#[template(path = "privacy.html")]
pub struct PrivacyPage<'a> {
    pub page: &'a Frame,
    pub sections: Vec<Section>,
    /// What the town has written itself.
    pub added: Option<Addition>,
}

impl<'a> PrivacyPage<'a> {
    /// `letters`: does the town send e-mails?
    pub fn new(page: &'a Frame, letters: bool) -> Self {
        Self {
            page,
            sections: privacy::sections(&page.town, letters, page.locale),
            added: privacy::addition(&page.town, page.locale),
        }
    }
}

pub async fn privacy(page: Page) -> Answer {
    html(&PrivacyPage::new(&page.frame, page.town.sends_letters()))
}
