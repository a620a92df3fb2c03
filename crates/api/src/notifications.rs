//! What a resident is told, one by one.

use parvis_model::{id, page::Page};
use parvis_town::{
    Outcome,
    notifications::{self, NotificationView},
};
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::{Notification, type_of},
    gate::Caller,
    paging::{self, Paging},
    params::Params,
};

/// Pages looked through for enough of the wanted types.
const LOOKS: usize = 8;

/// Types that apps name and nobody here is ever told of are simply not met.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NotificationParams {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<String>,
}

impl NotificationParams {
    fn want(&self, view: &NotificationView) -> bool {
        let named = |types: &[String]| types.iter().any(|name| name == type_of(view.kind));
        let from = self.account_id.as_deref().filter(|text| !text.is_empty());
        (self.types.is_empty() || named(&self.types))
            && !named(&self.exclude_types)
            && from.is_none_or(|text| id::parse(text) == Some(view.from.id))
    }
}

pub async fn list(caller: Caller, paging: Paging, params: Params<NotificationParams>) -> Answer {
    let page = paging.page(paging::NOTIFICATIONS);
    let looked = look_through(&caller, page, &params.fields).await?;
    let origin = caller.town.origin.as_str();
    let shown: Vec<_> = looked
        .found
        .iter()
        .map(|view| Notification::new(origin, view))
        .collect();
    let answer = answer::json(&shown)?;
    Ok(paging.link(looked.oldest, looked.newest, answer))
}

#[derive(Default)]
struct Looked {
    found: Vec<NotificationView>,
    /// The ends of what was looked through.
    newest: Option<id::Id>,
    oldest: Option<id::Id>,
}

/// Goes on, in the direction asked, until a page holds something wanted: apps take an empty one for the end.
async fn look_through(
    caller: &Caller,
    mut page: Page,
    wanted: &NotificationParams,
) -> Outcome<Looked> {
    let mut looked = Looked::default();
    for _ in 0..LOOKS {
        let seen = notifications::list(&caller.town, caller.me, page).await?;
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else {
            break;
        };
        let upwards = page.min_id.is_some();
        if upwards {
            page.min_id = Some(first.id);
        } else {
            page.max_id = Some(last.id);
        }
        looked.newest = looked.newest.max(Some(first.id));
        looked.oldest = Some(looked.oldest.map_or(last.id, |oldest| oldest.min(last.id)));
        looked.found = seen.into_iter().filter(|view| wanted.want(view)).collect();
        if !looked.found.is_empty() {
            break;
        }
    }
    Ok(looked)
}
