//! Which inboxes get an activity (docs: federation.md section 3). Shared inboxes collapse; a direct post goes to personal ones.

use std::collections::BTreeSet;

use parvis_model::{audience::Audience, id::Id};
use parvis_store::{accounts, deliveries, entity::account, follows, servers};
use parvis_town::{Outcome, PostView, Town, consents::ReplyConsent};

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

    pub(super) fn add_all(&mut self, inboxes: &[String]) {
        self.0.extend(inboxes.iter().cloned());
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
        let open = Open::among(town, hosts(&self.0)).await?;
        Ok(self.0.into_iter().filter(|inbox| open.is(inbox)).collect())
    }
}

/// The servers of some inboxes, each once.
pub(super) fn hosts<'a>(inboxes: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let hosts = inboxes.into_iter().filter_map(|it| super::host_of(it));
    let hosts: BTreeSet<String> = hosts.collect();
    hosts.into_iter().collect()
}

/// Which of some inboxes are on no server that the town has blocked.
pub(super) struct Open {
    blocked: Vec<String>,
}

impl Open {
    /// `hosts`: of all that will be asked about.
    pub(super) async fn among(town: &Town, hosts: Vec<String>) -> Outcome<Self> {
        let blocked = if hosts.is_empty() {
            Vec::new()
        } else {
            servers::blocked_among(town.store.read(), &hosts).await?
        };
        Ok(Self { blocked })
    }

    pub(super) fn is(&self, inbox: &str) -> bool {
        super::host_of(inbox).is_some_and(|host| !self.blocked.contains(&host))
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
    if post.consent.as_ref().is_some_and(ReplyConsent::holds_back) {
        if let Some(author) = post.reply_to_account {
            inboxes.add_personal(&accounts::by_id(town.store.read(), author).await?);
        }
        return Ok(inboxes);
    }
    let mentioned: Vec<Id> = post.mentions.iter().map(|mention| mention.id).collect();
    let mentioned = accounts::by_ids(town.store.read(), &mentioned).await?;
    match post.audience {
        Audience::Public | Audience::Unlisted | Audience::Followers => {
            if let Some(author) = post.quote.as_ref().and_then(|quote| quote.author) {
                inboxes.add(&accounts::by_id(town.store.read(), author).await?);
            }
            // Whoever lets only some answer tells the others that this one may.
            if let Some(answered) = post.reply_to_account.filter(|_| post.consent.is_some()) {
                inboxes.add(&accounts::by_id(town.store.read(), answered).await?);
            }
            inboxes.of_followers(town, post.author.id).await?;
            inboxes.add(&mentioned);
            if let Some(group) = post.group.as_ref().filter(|_| post.audience.is_open()) {
                inboxes.add(&accounts::by_id(town.store.read(), group.id).await?);
            }
        }
        Audience::Direct => inboxes.add_personal(&mentioned),
        // Not beyond this town; agreements with neighbours and groups come with their own deeds.
        Audience::Town | Audience::Neighbours | Audience::Group => {}
    }
    Ok(inboxes)
}
