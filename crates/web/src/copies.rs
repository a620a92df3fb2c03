//! What authors see of their own posts beyond the town: who holds a copy, and who confirmed that it is deleted.

use askama::Template;
use axum::extract::Path;
use parvis_town::copies::{self, Copies, CopyState, DeletionView};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    frame::{Frame, Pages},
    page::{Answer, Page, Resident, html, id},
};

#[derive(Template)]
#[template(path = "copies.html")]
pub struct CopiesPage<'a> {
    pub page: &'a Frame,
    /// Of the post, while it is there.
    pub back: Option<String>,
    pub list: Copies,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "settings_copies.html")]
pub struct DeletedPage<'a> {
    pub page: &'a Frame,
    pub deleted: Vec<DeletionView>,
    pub pages: Pages,
}

impl CopiesPage<'_> {
    fn said(&self, state: &CopyState) -> String {
        let key = match state {
            CopyState::Held => "copy-held",
            CopyState::Coming => "copy-coming",
            CopyState::Declined => "copy-declined",
            CopyState::Unreached => "copy-unreached",
            CopyState::Forgotten { at } => {
                return self
                    .page
                    .tw("copy-forgotten", "date", self.page.date_time(*at));
            }
            CopyState::Asked => "copy-asked",
            CopyState::Silent => "copy-silent",
            CopyState::Unheeding => "copy-unheeding",
        };
        self.page.t(key)
    }
}

impl DeletedPage<'_> {
    /// Of the one who looks, in their posts' paths.
    fn name(&self) -> &str {
        let me = self.page.me.as_ref();
        me.map_or("", |me| me.account.name.as_str())
    }
}

pub async fn of_post(
    Resident { page, me, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
) -> Answer {
    let post = id(&post)?;
    let after = Some(page.query.text("apres")).filter(|after| !after.is_empty());
    let list = copies::of_post(&page.town, me, post, after).await?;
    let path = own_path(&page, post);
    let pages = Pages {
        older: list.next.as_deref().map(|host| {
            let host = utf8_percent_encode(host, NON_ALPHANUMERIC);
            format!("{path}/copies?apres={host}")
        }),
        newest: after.map(|_| format!("{path}/copies")),
    };
    html(&CopiesPage {
        page: &page.frame,
        back: list.deletion.is_none().then_some(path),
        list,
        pages,
    })
}

/// Only authors get so far: the path is their own.
fn own_path(page: &Page, post: i64) -> String {
    let me = page.frame.me.as_ref();
    format!("{}/{post}", me.map_or("", |me| me.account.path.as_str()))
}

pub async fn deleted(Resident { page, me, .. }: Resident) -> Answer {
    let found = copies::deleted(&page.town, me, page.query.id("avant")).await?;
    html(&DeletedPage {
        page: &page.frame,
        pages: Pages::new("/reglages/copies", "avant", page.is_later(), found.next),
        deleted: found.items,
    })
}
