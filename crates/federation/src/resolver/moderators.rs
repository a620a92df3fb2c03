//! Who looks after a group of another server, as that lists them. Believes no other server about it.

use parvis_model::{
    account::AccountKind,
    clock::{HOUR, Timestamp},
    id::Id,
    limits, uri as address,
};
use parvis_store::{entity::account, group_decisions as rows};
use parvis_town::{Failure, Outcome, groups};

use super::{Resolver, lists::List};
use crate::{
    actors::same,
    fetch::Budget,
    uri::{self, Ours},
    wire::read::Doc,
};

/// A list that was just read is not asked for again.
const READ: Timestamp = HOUR;
const MEMBERS: [&str; 2] = ["moderators", "attributedTo"];

impl Resolver {
    /// Does somebody look after a group elsewhere? Its server is asked, once in a while.
    pub(crate) async fn looks_after(
        &self,
        who: Id,
        group: &account::Model,
        budget: &Budget,
    ) -> Outcome<bool> {
        // First, also where it is known: else who was dismissed would be believed for ever.
        self.reads_moderators(group, budget).await?;
        Ok(rows::looks_after(self.town.store.read(), who, group.id).await?)
    }

    /// Where the list is of those who look after a group elsewhere.
    pub(crate) async fn moderators_list(
        &self,
        group: &account::Model,
        budget: &Budget,
    ) -> Outcome<Option<String>> {
        self.reads_moderators(group, budget).await?;
        let known = rows::list(self.town.store.read(), group.id).await?;
        Ok(known.and_then(|list| list.moderators_uri))
    }

    async fn reads_moderators(&self, group: &account::Model, budget: &Budget) -> Outcome<()> {
        let db = self.town.store.read();
        let known = rows::list(db, group.id).await?;
        let is_fresh = known.is_some_and(|list| self.town.now() - list.read_at < READ);
        let is_group = group.kind == AccountKind::Group.as_str() && !group.domain.is_empty();
        if is_fresh || !is_group {
            return Ok(());
        }
        let store = &self.town.store;
        let (town, id) = (self.town.clone(), group.id);
        let claims = store.write::<_, Failure, _>(move |tx| {
            Box::pin(async move { groups::reads_list(tx, &town, id, READ).await })
        });
        if !claims.await? {
            return Ok(());
        }
        let Some((list, who)) = self.listed_moderators(group, budget).await? else {
            return Ok(());
        };
        let town = self.town.clone();
        store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { groups::listed(tx, &town, id, list, who).await })
            })
            .await
    }

    /// `None`: it is not to be had.
    async fn listed_moderators(
        &self,
        group: &account::Model,
        budget: &Budget,
    ) -> Outcome<Option<(Option<String>, Vec<Id>)>> {
        let Some(fetched) = self.fetch(&group.uri, budget).await else {
            return Ok(None);
        };
        let Some(doc) = Doc::of(&fetched.json).filter(|_| same(&fetched.id, &group.uri)) else {
            return Ok(None);
        };
        let Some(member) = MEMBERS.into_iter().find(|member| doc.has(member)) else {
            return Ok(Some((None, Vec::new())));
        };
        let list = doc.one_id(member).and_then(address::canonical);
        // Else a group could name that of another as its own.
        let list = list.filter(|list| address::is_beside(list, &group.uri));
        let all = List::in_member(&fetched.json, member);
        let Some(items) = self.all_items(all, &group.uri, budget).await else {
            return Ok(None);
        };
        let mut moderators = Vec::new();
        for uri in items.iter().take(limits::REMOTE_MODERATORS) {
            moderators.extend(self.person(uri, budget).await?);
        }
        Ok(Some((list, moderators)))
    }

    /// Somebody here or elsewhere, by their id.
    pub(crate) async fn person(&self, uri: &str, budget: &Budget) -> Outcome<Option<Id>> {
        if let Some(Ours::Actor(_)) = uri::ours(&self.town.origin, uri) {
            return Ok(self.known(uri).await?.map(|row| row.id));
        }
        Ok(self.account(uri, budget).await?.map(|row| row.id))
    }
}
