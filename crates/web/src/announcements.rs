//! What the town tells all its residents, above their home, until they have read it.

use std::sync::Arc;

use axum::extract::Path;
use parvis_model::locale::Arg;
use parvis_town::{
    Failure,
    announcements::{self, AnnouncementView},
};

use crate::{
    asked::local_path,
    form::Form,
    frame::Frame,
    page::{Answer, Page, Resident, id},
};

/// One of them.
pub struct Announced {
    pub id: i64,
    pub html: String,
    /// When what it is about takes place, in words.
    pub when: Option<String>,
}

impl Announced {
    pub fn new(page: &Frame, view: AnnouncementView) -> Self {
        let moment = |at: i64| {
            if view.all_day {
                page.date(at)
            } else {
                page.date_time(at)
            }
        };
        let from = view.starts_at.map(|at| ("from", Arg::from(moment(at))));
        let until = view.ends_at.map(|at| ("until", Arg::from(moment(at))));
        let key = match (&from, &until) {
            (Some(_), Some(_)) => Some("announcement-span"),
            (Some(_), None) => Some("announcement-from"),
            (None, Some(_)) => Some("announcement-until"),
            (None, None) => None,
        };
        let args: Vec<_> = from.into_iter().chain(until).collect();
        Self {
            id: view.id,
            html: view.html,
            when: key.map(|key| page.locale.text_with(key, &args)),
        }
    }
}

/// What the resident who looks has not put away yet; nothing on later pages.
pub async fn for_home(page: &Page, me: i64) -> Result<Vec<Announced>, Failure> {
    if page.is_later() {
        return Ok(Vec::new());
    }
    let found = announcements::shown(&page.town, me, false).await?;
    let shown = found.into_iter();
    Ok(shown
        .map(|view| Announced::new(&page.frame, view))
        .collect())
}

pub async fn dismiss(
    Resident { page, me, .. }: Resident,
    Path(announcement): Path<String>,
    form: Form,
) -> Answer {
    let announcement = id(&announcement)?;
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { announcements::dismiss(tx, &town, me, announcement).await })
        })
        .await?;
    Ok(page.onward(
        local_path(form.text("retour")),
        "done-announcement-dismissed",
    ))
}
