//! What accounts of other servers keep on top of their pages, as their own server lists it now.

use parvis_model::{audience::Audience, id::Id, limits, uri as address};
use parvis_store::{accounts, posts as rows};
use parvis_town::{Failure, Outcome, pins};

use super::{Resolver, lists::List};
use crate::fetch::Budget;

impl Resolver {
    /// `false`: the list is not to be had.
    pub(super) async fn refresh_pins(&self, account: Id) -> Outcome<bool> {
        let db = self.town.store.read();
        let row = accounts::by_id(db, account).await?;
        let Some(row) = row.filter(|row| !row.domain.is_empty() && row.suspended_at.is_none())
        else {
            return Ok(true);
        };
        let Some(list) = row.featured_uri.as_deref().and_then(address::canonical) else {
            return Ok(true);
        };
        let budget = Budget::of(limits::FETCHES_PER_PINS);
        let Some(items) = self.all_items(List::at(list), &row.uri, &budget).await else {
            return Ok(false);
        };
        let mut pinned = Vec::new();
        for uri in items.iter().take(limits::REMOTE_PINS) {
            // What stands in a group may have come from anywhere; only what is here counts then.
            let post = if address::is_beside(uri, &row.uri) {
                self.found_post(uri, &budget).await?
            } else {
                self.known_post(uri).await?
            };
            if let Some(post) = post
                && self.may_stand_on_top(post, account).await?
            {
                pinned.push(post);
            }
        }
        let town = self.town.clone();
        let store = &self.town.store;
        store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { pins::listed(tx, &town, account, &pinned).await })
            })
            .await?;
        Ok(true)
    }

    async fn may_stand_on_top(&self, post: Id, account: Id) -> Outcome<bool> {
        let row = rows::by_id(self.town.store.read(), post).await?;
        Ok(row.is_some_and(|row| {
            let is_own =
                row.author_id == account || (row.in_group && row.group_id == Some(account));
            is_own && row.audience != Audience::Direct.as_str()
        }))
    }
}
