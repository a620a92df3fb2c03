//! Followers that an account elsewhere has here, as its own server lists them (FEP-8fcf), compared with what is known here.

use std::collections::{BTreeSet, HashSet};

use parvis_model::{limits, uri as address};
use parvis_store::{accounts, follows};
use parvis_town::{Failure, Outcome, arrivals};

use super::Resolver;
use crate::{
    fetch::Budget,
    synchronization::{Claim, Digest},
    uri::{self, Ours},
    wire::{Collection, Ref},
};

impl Resolver {
    /// `false`: nothing was asked, since both say the same.
    pub(super) async fn synchronise(&self, claim: &Claim) -> Outcome<bool> {
        let db = self.town.store.read();
        let Some(account) = accounts::by_uri(db, &claim.actor).await? else {
            return Ok(false);
        };
        if account.domain.is_empty() || !claim.is_of(&account.followers_uri) {
            return Ok(false);
        }
        let known = follows::accepted_from_here(db, account.id).await?;
        if Digest::of(known.iter().map(|(_, uri)| uri.as_str())) == claim.digest {
            return Ok(false);
        }
        let Some(listed) = self.whole_list(&claim.url, &account.uri).await else {
            return Ok(true);
        };
        let ours = listed
            .iter()
            .filter_map(|uri| match uri::ours(&self.town.origin, uri) {
                Some(Ours::Actor(id)) => Some(id),
                _ => None,
            });
        let mut listed: BTreeSet<i64> = ours.collect();
        let known: BTreeSet<i64> = known.into_iter().map(|(follower, _)| follower).collect();
        // Ids can be made up by the thousand: the write is not to ask for each of them.
        let others: Vec<i64> = listed.difference(&known).copied().collect();
        listed.retain(|id| known.contains(id));
        let others = accounts::by_ids(db, &others).await?;
        let residents = others.into_iter().filter(|row| row.domain.is_empty());
        listed.extend(residents.map(|row| row.id));
        let town = self.town.clone();
        let store = &self.town.store;
        let (ended, refused) = store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move {
                    arrivals::followers_listed(tx, &town, account.id, &known, &listed).await
                })
            })
            .await?;
        tracing::info!(ended, refused, "followers were synchronised");
        Ok(true)
    }

    /// A list that is complete, or none: who is missing from it loses a follow.
    async fn whole_list(&self, url: &str, owner: &str) -> Option<HashSet<String>> {
        let budget = Budget::for_activity();
        let (mut items, mut pages) = (HashSet::new(), HashSet::new());
        let (mut next, mut total) = (Some(url.to_owned()), None);
        while let Some(page) = next.take() {
            let enough = pages.len() >= limits::COLLECTION_PAGES;
            if enough || !address::is_beside(&page, owner) || !pages.insert(page.clone()) {
                return None;
            }
            let fetched = self.fetch(&page, &budget).await?;
            if fetched.id != page {
                return None;
            }
            let most = limits::FOLLOWERS_LISTED - items.len();
            let collection = Collection::read_up_to(&fetched.json, most).ok()?;
            if collection.is_cut {
                return None;
            }
            total = total.or(collection.total);
            let ids = collection.items.iter().filter_map(Ref::id);
            items.extend(ids.filter_map(address::canonical));
            let first = collection.first.filter(|_| collection.items.is_empty());
            next = match collection.next.or(first) {
                Some(next) => Some(address::canonical(next)?),
                None => None,
            };
        }
        let is_whole = total.is_none_or(|total| total == items.len() as u64);
        is_whole.then_some(items)
    }
}
