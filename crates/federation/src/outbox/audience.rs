//! Which inboxes get an activity (docs: federation.md section 3). Shared inboxes collapse; a direct post goes to personal ones.

use std::collections::BTreeSet;

use parvis_model::{audience::Audience, id::Id};
use parvis_store::{accounts, deliveries, entity::account, follows, servers};
use parvis_town::{Outcome, PostView, Town, consents::ReplyConsent, neighbours};

use super::translate::Known;

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

    /// None but those on these servers.
    fn only_at(&mut self, servers: &[&account::Model]) {
        let at = |inbox: &String| {
            let host = super::host_of(inbox);
            let is = |row: &&account::Model| {
                host.as_deref() == Some(row.domain.as_str()) || host == super::host_of(&row.inbox)
            };
            host.is_some() && servers.iter().any(is)
        };
        self.0.retain(at);
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

/// The towns to which a post for the neighbours goes.
async fn reached<'a>(
    town: &Town,
    known: &'a Known,
    post: &PostView,
) -> Outcome<Vec<&'a account::Model>> {
    let only = neighbours::only_for(town, post.id).await?;
    let is = |row: &&account::Model| only.is_none_or(|only| only == row.id);
    Ok(known.neighbours.iter().filter(is).collect())
}

/// One person's own inbox, for what carries a post of this town: what is for the neighbours goes to nobody beyond them.
pub(super) async fn of_one(
    town: &Town,
    known: &Known,
    post: &PostView,
    receiver: &account::Model,
) -> Outcome<Inboxes> {
    let mut inboxes = Inboxes::default();
    inboxes.add_personal([receiver]);
    if post.audience == Audience::Neighbours {
        inboxes.only_at(&reached(town, known, post).await?);
    }
    Ok(inboxes)
}

/// Who gets what is new about a post of this town: everyone who has a copy. What is for the neighbours goes no more to where
/// they were once, and not to where it never went.
pub(super) async fn of_copies(town: &Town, known: &Known, post: &PostView) -> Outcome<Inboxes> {
    if post.audience == Audience::Neighbours {
        let mut inboxes = Inboxes::default();
        inboxes.of_ledger(town, &post.uri).await?;
        inboxes.only_at(&reached(town, known, post).await?);
        return Ok(inboxes);
    }
    let mut inboxes = of_post(town, known, post).await?;
    inboxes.of_ledger(town, &post.uri).await?;
    Ok(inboxes)
}

/// Who gets a post of this town.
pub(super) async fn of_post(town: &Town, known: &Known, post: &PostView) -> Outcome<Inboxes> {
    let mut inboxes = Inboxes::default();
    if post.consent.as_ref().is_some_and(ReplyConsent::holds_back) {
        let author = match post.reply_to_account {
            Some(author) => accounts::by_id(town.store.read(), author).await?,
            None => None,
        };
        return match author {
            Some(author) => of_one(town, known, post, &author).await,
            None => Ok(inboxes),
        };
    }
    let mentioned: Vec<Id> = post.mentions.iter().map(|mention| mention.id).collect();
    let mentioned = accounts::by_ids(town.store.read(), &mentioned).await?;
    match post.audience {
        Audience::Public | Audience::Unlisted | Audience::Followers => {
            if let Some(author) = post.quote.as_ref().and_then(|quote| quote.author) {
                inboxes.add(&accounts::by_id(town.store.read(), author).await?);
            }
            // Who is answered in the open has the answer under the post, also where apps leave the name out; and whoever lets
            // only some answer tells the others that this one may.
            let is_told = post.audience.is_open() || post.consent.is_some();
            if let Some(answered) = post.reply_to_account.filter(|_| is_told) {
                inboxes.add(&accounts::by_id(town.store.read(), answered).await?);
            }
            inboxes.of_followers(town, post.author.id).await?;
            inboxes.add(&mentioned);
            if let Some(group) = post.group.as_ref().filter(|_| post.audience.is_open()) {
                inboxes.add(&accounts::by_id(town.store.read(), group.id).await?);
            }
            if post.audience == Audience::Public {
                inboxes.add(&known.neighbours);
            }
        }
        Audience::Neighbours => {
            let towns = reached(town, known, post).await?;
            inboxes.of_followers(town, post.author.id).await?;
            inboxes.add(&mentioned);
            inboxes.only_at(&towns);
            inboxes.add(towns);
        }
        Audience::Direct => inboxes.add_personal(&mentioned),
        // Not beyond this town; groups come with their own deeds.
        Audience::Town | Audience::Group => {}
    }
    Ok(inboxes)
}
