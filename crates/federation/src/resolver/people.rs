//! Actors that other servers show, written down: whose handle is whose, and who has moved where.

use std::sync::Arc;

use parvis_model::{
    clock::DAY,
    handle::{Handle, folded},
    uri as address,
};
use parvis_store::{accounts, entity::account};
use parvis_town::{
    Failure, Outcome,
    arrivals::{self, RemoteAccount},
};

use super::Resolver;
use crate::{
    actors::{self, same},
    fetch::Budget,
    outbox::host_of,
    uri::{self, Ours},
    wire::{self, jrd},
};

impl Resolver {
    /// Writes an actor down as its server shows it.
    pub(super) async fn keep(
        &self,
        actor: &wire::Actor<'_>,
        budget: &Budget,
    ) -> Outcome<Option<Arc<account::Model>>> {
        let domain = self.domain(actor, budget).await?;
        let fit = domain
            .ok_or("its id has no host")
            .and_then(|domain| actors::arrived(actor, domain));
        let remote: RemoteAccount = match fit {
            Ok(remote) if self.has_another_owner(&remote, budget).await? => {
                tracing::debug!(actor = actor.id, "its handle is somebody else's");
                return Ok(None);
            }
            Ok(remote) => remote,
            Err(why) => {
                tracing::debug!(actor = actor.id, why, "not taken in");
                return Ok(None);
            }
        };
        let (town, uri) = (self.town.clone(), remote.uri.clone());
        let kept = self.town.store.write(move |tx| {
            Box::pin(async move {
                let id = arrivals::account(tx, &town, remote).await?;
                Ok::<_, Failure>(accounts::by_id(tx, id).await?)
            })
        });
        let row = match kept.await {
            Ok(row) => row.map(Arc::new),
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(uri, %refusal, "not taken in");
                None
            }
            Err(broken) => return Err(broken),
        };
        self.authors.remove(&uri);
        if row.is_some() {
            self.asserts_by(&uri, actors::asserting(actor, &uri));
        }
        if let (Some(form), Some(host)) = (actors::understood(actor), host_of(&uri)) {
            self.signer.forms.hint(&host, form, self.town.now());
        }
        Ok(row)
    }

    /// Does the handle belong to another actor that is still there? A newcomer takes the place of an old one only when
    /// that is gone: some software has a person and a group of one name.
    async fn has_another_owner(&self, remote: &RemoteAccount, budget: &Budget) -> Outcome<bool> {
        let name = folded(&remote.name);
        let owner = accounts::by_handle(self.town.store.read(), &name, &remote.domain).await?;
        match owner.filter(|owner| owner.uri != remote.uri) {
            Some(owner) => Ok(!self.is_gone(&owner.uri, budget).await),
            None => Ok(false),
        }
    }

    /// The domain of an actor's handle. Its own host, unless that and another server agree on another
    /// (docs: federation.md section 2.4).
    async fn domain(&self, actor: &wire::Actor<'_>, budget: &Budget) -> Outcome<Option<String>> {
        let Some(id) = address::canonical(actor.id) else {
            return Ok(None);
        };
        let Some(host) = host_of(&id) else {
            return Ok(None);
        };
        if let Some(known) = accounts::by_uri(self.town.store.read(), &id).await?
            && folded(&known.name) == folded(actor.username)
        {
            return Ok(Some(known.domain));
        }
        let claimed: Option<Handle> = actor.webfinger.and_then(|handle| handle.parse().ok());
        let is_at_home = |handle: &Handle| handle.domain.as_deref() == Some(host.as_str());
        let is_plain = match &claimed {
            Some(claimed) => is_at_home(claimed),
            None => self.names_plainly(&host),
        };
        if is_plain {
            return Ok(Some(host));
        }
        let said = self.handle_of(&host, actor.username, &id, budget).await;
        if said.as_ref().is_some_and(is_at_home) {
            self.plain_names.insert(host.clone(), self.town.now());
        }
        let named = said.or(claimed);
        let other = named
            .and_then(|handle: Handle| handle.domain)
            .filter(|other| *other != host);
        if let Some(other) = other
            && other != self.town.host
            && self
                .handle_of(&other, actor.username, &id, budget)
                .await
                .is_some()
        {
            return Ok(Some(other));
        }
        Ok(Some(host))
    }

    /// Where somebody does not say under which domain they are known, one person of their server was asked about for all.
    fn names_plainly(&self, host: &str) -> bool {
        let heard = self.plain_names.get(host);
        heard.is_some_and(|at| self.town.now() - at < DAY)
    }

    /// What a server calls the person behind an actor id, if it names that very id.
    async fn handle_of(&self, host: &str, name: &str, id: &str, budget: &Budget) -> Option<Handle> {
        let resource = format!("acct:{name}@{host}");
        let value = self.fetcher.webfinger(host, &resource, budget).await.ok()?;
        let answer = jrd::Answer::read(&value).ok()?;
        let handle = answer.subject.unwrap_or(&resource).parse().ok()?;
        same(answer.actor, id).then_some(handle)
    }

    /// The two accounts of a move, each asked of its own server: only if each names the other.
    pub(crate) async fn moved(
        &self,
        from: &str,
        to: &str,
        budget: &Budget,
    ) -> Outcome<Option<(i64, i64)>> {
        let Some(left) = self.fetch(from, budget).await else {
            return Ok(None);
        };
        let Ok(actor) = wire::Actor::read(&left.json) else {
            return Ok(None);
        };
        if !same(&left.id, from) || !actor.moved_to.is_some_and(|there| same(there, to)) {
            return Ok(None);
        }
        let Some(old) = self.keep(&actor, budget).await? else {
            return Ok(None);
        };
        let new = if self.is_ours(to) {
            self.our_alias(to, from).await?
        } else {
            self.alias(to, from, budget).await?
        };
        Ok(new.map(|new| (old.id, new)))
    }

    /// An account of another server, if that says the other address is the same one's.
    async fn alias(&self, uri: &str, other: &str, budget: &Budget) -> Outcome<Option<i64>> {
        let Some(fetched) = self.fetch(uri, budget).await else {
            return Ok(None);
        };
        let Ok(actor) = wire::Actor::read(&fetched.json) else {
            return Ok(None);
        };
        let named = actor.also_known_as.iter().any(|alias| same(alias, other));
        if !named || !same(&fetched.id, uri) {
            return Ok(None);
        }
        Ok(self.keep(&actor, budget).await?.map(|row| row.id))
    }

    async fn our_alias(&self, uri: &str, other: &str) -> Outcome<Option<i64>> {
        let Some(Ours::Actor(id)) = uri::ours(&self.town.origin, uri) else {
            return Ok(None);
        };
        let row = accounts::by_id(self.town.store.read(), id).await?;
        let named = |row: &account::Model| row.aliases.lines().any(|alias| same(alias, other));
        Ok(row.filter(named).map(|row| row.id))
    }
}
