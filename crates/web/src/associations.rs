//! The associations of the town, for everybody: a few on the first page, all of them on a page of their own.

use askama::Template;
use parvis_model::{page::Page as Piece, text};
use parvis_town::{AccountView, Outcome, accounts::Relation, groups};

use crate::{
    described::shortened,
    frame::{Frame, Pages},
    page::{Answer, Page, html},
    people::with_relations,
};

/// On the first page.
const FEW: u64 = 6;
/// Signs of what they say of themselves.
const LINE: usize = 120;

#[derive(Template)]
#[template(path = "associations.html")]
pub struct AssociationsPage<'a> {
    pub page: &'a Frame,
    pub people: Vec<(AccountView, Relation)>,
    pub pages: Pages,
}

pub async fn list(page: Page) -> Answer {
    let found = groups::of_town(&page.town, false, page.piece()).await?;
    html(&AssociationsPage {
        page: &page.frame,
        pages: Pages::new("/associations", "avant", page.is_later(), found.next),
        people: with_relations(&page, found.items).await?,
    })
}

/// The last come. Search engines read the first page: those are left out who do not want to be found there.
pub async fn few(page: &Page) -> Outcome<Vec<AccountView>> {
    let piece = Piece {
        limit: FEW,
        ..Piece::default()
    };
    Ok(groups::of_town(&page.town, true, piece).await?.items)
}

#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    /// What somebody says of themselves, in one line.
    pub fn line_of(&self, who: &AccountView) -> String {
        shortened(&text::plain(&who.bio_html), LINE)
    }
}
