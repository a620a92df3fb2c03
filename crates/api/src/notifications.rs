//! What a resident is told, one by one.

mod grouped;
mod held;

use parvis_model::id;
use parvis_town::notifications::{self, NotificationKind, NotificationView, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{self, Answer, done},
    entities::{Notification, type_of},
    fault::Fault,
    gate::{Caller, Named},
    paging::{self, Paging},
    params::Params,
};

pub use grouped::{dismiss_group, group, group_accounts, groups, unread_groups};
pub use held::{
    Merged, accept, accept_many, dismiss_many, dismiss_request, merged, old_policy, policy,
    request, requests, set_old_policy, set_policy,
};

/// Types that apps name and nobody here is ever told of are simply not met.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NotificationParams {
    types: Vec<String>,
    exclude_types: Vec<String>,
    account_id: Option<String>,
    include_filtered: bool,
    limit: Option<u64>,
    /// Only where they come in groups.
    expand_accounts: Option<String>,
    grouped_types: Option<Vec<String>>,
}

impl NotificationParams {
    fn wanted(&self) -> Wanted {
        let named = |types: &[String], kind: NotificationKind| {
            types.iter().any(|name| name == type_of(kind))
        };
        let narrowed = !self.types.is_empty() || !self.exclude_types.is_empty();
        let kinds = NotificationKind::ALL.into_iter().filter(|kind| {
            (self.types.is_empty() || named(&self.types, *kind))
                && !named(&self.exclude_types, *kind)
        });
        let from = self.account_id.as_deref().filter(|text| !text.is_empty());
        Wanted {
            kinds: narrowed.then(|| kinds.map(|kind| kind.as_str().to_owned()).collect()),
            // Nobody has the number 0.
            from: from.map(|text| id::parse(text).unwrap_or(0)),
            held_back: self.include_filtered,
        }
    }
}

pub async fn list(caller: Caller, paging: Paging, params: Params<NotificationParams>) -> Answer {
    let page = paging.page(paging::NOTIFICATIONS);
    let wanted = params.fields.wanted();
    let found = notifications::chosen(&caller.town, caller.me, &wanted, page).await?;
    let shown: Vec<_> = found
        .iter()
        .map(|view| Notification::new(&caller.town.origin, view))
        .collect();
    let ends = ends(&found);
    Ok(paging.link(ends.1, ends.0, answer::json(&shown)?))
}

/// (newest, oldest)
fn ends(found: &[NotificationView]) -> (Option<id::Id>, Option<id::Id>) {
    let number = |view: &NotificationView| view.id;
    (found.first().map(number), found.last().map(number))
}

pub async fn show(caller: Caller, Named(notification): Named) -> Answer {
    let view = notifications::view(&caller.town, caller.me, notification).await?;
    answer::json(&Notification::new(&caller.town.origin, &view))
}

pub async fn dismiss(caller: Caller, Named(notification): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(notifications::dismiss(tx, town, me, notification)))
        .await?;
    done()
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DismissParams {
    id: String,
}

/// The older form of [`dismiss`].
pub async fn dismiss_named(caller: Caller, params: Params<DismissParams>) -> Answer {
    let notification = id::parse(&params.fields.id).ok_or(Fault::NotFound)?;
    dismiss(caller, Named(notification)).await
}

pub async fn clear(caller: Caller) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(notifications::clear(tx, town, me)))
        .await?;
    done()
}

/// Counting stops here, unless an app asks for more …
const COUNTED: u64 = 100;
/// … up to this.
const COUNTED_MOST: u64 = 1_000;

#[derive(Serialize, JsonSchema)]
pub struct Count {
    count: u64,
}

pub async fn unread_count(caller: Caller, params: Params<NotificationParams>) -> Answer {
    let most = params
        .fields
        .limit
        .unwrap_or(COUNTED)
        .clamp(1, COUNTED_MOST);
    let wanted = params.fields.wanted();
    let count = notifications::unread_of(&caller.town, caller.me, &wanted, most).await?;
    answer::json(&Count { count })
}
