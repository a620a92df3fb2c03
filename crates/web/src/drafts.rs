//! What one has begun: drafts, and posts that wait for their time; to be gone on with or thrown away.

use askama::Template;
use axum::extract::Path;
use parvis_town::{
    drafts::{self, DraftView},
    posts::Compose,
    scheduled::{self, ScheduledView},
};

use crate::{
    form::Form,
    frame::{Frame, Pages},
    page::{Answer, Resident, html, id},
};

const PATH: &str = "/brouillons";
/// Characters shown of a text.
const SHOWN: usize = 240;

#[derive(Template)]
#[template(path = "drafts.html")]
pub struct DraftsPage<'a> {
    pub page: &'a Frame,
    pub drafts: Vec<DraftView>,
    pub waiting: Vec<ScheduledView>,
    pub pages: Pages,
}

impl DraftsPage<'_> {
    /// What a text begins with; empty where there is none.
    pub fn beginning(post: &Compose) -> String {
        let text = if post.text.trim().is_empty() {
            post.summary.trim()
        } else {
            post.text.trim()
        };
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        shown
    }
}

pub async fn list(Resident { page, me, .. }: Resident) -> Answer {
    let waiting = scheduled::list(&page.town, me, page.piece()).await?;
    // They stand on the first page only: they are few.
    let drafts = if page.is_later() {
        Vec::new()
    } else {
        drafts::list(&page.town, me).await?
    };
    html(&DraftsPage {
        page: &page.frame,
        drafts,
        pages: Pages::new(PATH, "avant", page.is_later(), waiting.next),
        waiting: waiting.items,
    })
}

pub async fn discard(
    Resident { page, me, .. }: Resident,
    Path(draft): Path<String>,
    _form: Form,
) -> Answer {
    let draft = id(&draft)?;
    page.write(move |tx, town| Box::pin(drafts::discard(tx, town, me, draft)))
        .await?;
    Ok(page.onward(PATH, "done-draft-deleted"))
}

pub async fn cancel(
    Resident { page, me, .. }: Resident,
    Path(waiting): Path<String>,
    _form: Form,
) -> Answer {
    let waiting = id(&waiting)?;
    page.write(move |tx, town| Box::pin(scheduled::cancel(tx, town, me, waiting)))
        .await?;
    Ok(page.onward(PATH, "done-scheduled-cancelled"))
}
