//! What a resident is told, several at once where they say the same of the same.

use axum::extract::Path;
use parvis_town::notifications::{self, GroupKey, Grouped, NotificationKind};

use super::{COUNTED, COUNTED_MOST, Count, NotificationParams};
use crate::{
    answer::{self, Answer, done},
    entities::{Accounts, Expand, GroupedNotifications, type_of},
    fault::Fault,
    gate::Caller,
    paging::{self, Paging},
    params::Params,
};

impl NotificationParams {
    fn expand(&self) -> Expand {
        match self.expand_accounts.as_deref() {
            Some("partial_avatars") => Expand::PartialAvatars,
            _ => Expand::Full,
        }
    }

    fn grouped(&self) -> Grouped {
        let Some(types) = &self.grouped_types else {
            return Grouped::ALL;
        };
        let named = |kind| types.iter().any(|name| name == type_of(kind));
        Grouped {
            favourites: named(NotificationKind::Favourite),
            boosts: named(NotificationKind::Boost),
            follows: named(NotificationKind::Follow),
        }
    }
}

pub async fn groups(caller: Caller, paging: Paging, params: Params<NotificationParams>) -> Answer {
    let page = paging.page(paging::NOTIFICATIONS);
    let (wanted, grouped) = (params.fields.wanted(), params.fields.grouped());
    let found = notifications::groups(&caller.town, caller.me, &wanted, grouped, page).await?;
    let origin = caller.town.origin.as_str();
    let shown = GroupedNotifications::new(origin, &found.items, params.fields.expand());
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

fn key(text: &str) -> Result<GroupKey, Fault> {
    GroupKey::parse(text).ok_or(Fault::NotFound)
}

pub async fn group(caller: Caller, Path(name): Path<String>) -> Answer {
    let group = notifications::group(&caller.town, caller.me, key(&name)?).await?;
    let groups = [group];
    let origin = caller.town.origin.as_str();
    answer::json(&GroupedNotifications::new(origin, &groups, Expand::Full))
}

/// Each once, the last first.
pub async fn group_accounts(caller: Caller, Path(name): Path<String>) -> Answer {
    let group = notifications::group(&caller.town, caller.me, key(&name)?).await?;
    let mut people: Vec<parvis_town::AccountView> = Vec::new();
    for view in group.told {
        if people.iter().all(|met| met.id != view.from.id) {
            people.push(view.from);
        }
    }
    answer::json(&Accounts {
        origin: &caller.town.origin,
        views: &people,
    })
}

pub async fn dismiss_group(caller: Caller, Path(name): Path<String>) -> Answer {
    let key = key(&name)?;
    caller
        .write(move |tx, town, me| Box::pin(notifications::dismiss_group(tx, town, me, key)))
        .await?;
    done()
}

pub async fn unread_groups(caller: Caller, params: Params<NotificationParams>) -> Answer {
    let most = params
        .fields
        .limit
        .unwrap_or(COUNTED)
        .clamp(1, COUNTED_MOST);
    let (wanted, grouped) = (params.fields.wanted(), params.fields.grouped());
    let page = parvis_model::page::Page {
        limit: most,
        ..parvis_model::page::Page::default()
    };
    let found = notifications::groups(&caller.town, caller.me, &wanted, grouped, page).await?;
    let unread = |group: &&notifications::GroupView| {
        let newest = group.told.first();
        newest.is_some_and(|newest| newest.unread)
    };
    let count = found.items.iter().filter(unread).count() as u64;
    answer::json(&Count { count })
}
