//! Names and tags for what somebody has begun to type, a piece of page for scripts. Decides nothing about who is found.

use askama::Template;
use parvis_town::{
    AccountView, Rate,
    search::{self, Wanted},
    views::TagView,
};

use crate::{
    frame::Frame,
    page::{Answer, Resident, html},
};

/// Shown at once.
const MOST: u64 = 6;
/// Characters that are looked for.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "parts/suggestions.html")]
pub struct Suggestions<'a> {
    pub page: &'a Frame,
    pub people: Vec<AccountView>,
    pub tags: Vec<TagView>,
}

pub async fn list(Resident { page, me, .. }: Resident) -> Answer {
    let begun: String = page.query.text("debut").chars().take(LONGEST).collect();
    page.town
        .rates()
        .count(Rate::Api, &format!("suggestions:{me}"))?;
    let mut found = Suggestions {
        page: &page.frame,
        people: Vec::new(),
        tags: Vec::new(),
    };
    if let Some(name) = begun.strip_prefix('@') {
        found.people = search::people(&page.town, me, name, false, MOST, 0).await?;
    } else if let Some(tag) = begun.strip_prefix('#') {
        let wanted = Wanted {
            accounts: false,
            posts: false,
            limit: MOST,
            ..Wanted::default()
        };
        found.tags = search::find(&page.town, &page.viewer, tag, wanted)
            .await?
            .tags;
    }
    html(&found)
}
