//! Which inboxes get an activity (docs: federation.md section 3). Shared inboxes collapse; a direct post goes to personal ones.

use std::collections::BTreeSet;

use parvis_model::{audience::Audience, id::Id};
use parvis_store::{accounts, deliveries, entity::account, follows};
use parvis_town::{Outcome, PostView, Town};

/// A set of inboxes on other servers, in the alphabet's order.
#[derive(Default)]
pub(super) struct Inboxes(BTreeSet<String>);

impl Inboxes {
    pub(super) async fn of_followers(&mut self, town: &Town, account: Id) -> Outcome<()> {
        self.0
            .extend(follows::remote_inboxes(town.store.read(), account).await?);
        Ok(())
    }

    /// Whoever ever got something about an object.
    pub(super) async fn of_ledger(&mut self, town: &Town, object: &str) -> Outcome<()> {
        self.0
            .extend(deliveries::inboxes_of_object(town.store.read(), object).await?);
        Ok(())
    }

    /// Whoever ever got something from an account.
    pub(super) async fn of_acquaintances(&mut self, town: &Town, account: Id) -> Outcome<()> {
        self.0
            .extend(deliveries::inboxes_of_actor(town.store.read(), account).await?);
        Ok(())
    }

    /// Of people on other servers, the shared inbox where there is one.
    pub(super) fn add<'a>(&mut self, accounts: impl IntoIterator<Item = &'a account::Model>) {
        self.0.extend(
            elsewhere(accounts).map(|row| row.shared_inbox.as_ref().unwrap_or(&row.inbox).clone()),
        );
    }

    pub(super) fn add_personal<'a>(
        &mut self,
        accounts: impl IntoIterator<Item = &'a account::Model>,
    ) {
        self.0
            .extend(elsewhere(accounts).map(|row| row.inbox.clone()));
    }

    /// Without servers that the town has blocked.
    pub(super) async fn list(self, town: &Town) -> Outcome<Vec<String>> {
        let mut open = Vec::with_capacity(self.0.len());
        for inbox in self.0 {
            let Some(host) = super::host_of(&inbox) else {
                continue;
            };
            let peer = deliveries::peer(town.store.read(), &host).await?;
            if !peer.is_some_and(|peer| peer.blocked) {
                open.push(inbox);
            }
        }
        Ok(open)
    }
}

fn elsewhere<'a>(
    accounts: impl IntoIterator<Item = &'a account::Model>,
) -> impl Iterator<Item = &'a account::Model> {
    accounts
        .into_iter()
        .filter(|row| !row.domain.is_empty() && row.suspended_at.is_none())
}

/// Who gets a post of this town.
pub(super) async fn of_post(town: &Town, post: &PostView) -> Outcome<Inboxes> {
    let mut inboxes = Inboxes::default();
    let mentioned: Vec<Id> = post.mentions.iter().map(|mention| mention.id).collect();
    let mentioned = accounts::by_ids(town.store.read(), &mentioned).await?;
    match post.audience {
        Audience::Public | Audience::Unlisted | Audience::Followers => {
            inboxes.of_followers(town, post.author.id).await?;
            inboxes.add(&mentioned);
        }
        Audience::Direct => inboxes.add_personal(&mentioned),
        // Not beyond this town; agreements with neighbours and groups come with their own deeds.
        Audience::Town | Audience::Neighbours | Audience::Group => {}
    }
    Ok(inboxes)
}
