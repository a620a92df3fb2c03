//! Finds accounts and posts by address or handle: those the town knows, else those that other servers show. What is
//! fetched is believed only from the server that answers for it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use parvis_model::{
    clock::{DAY, MINUTE, Timestamp},
    handle::{Handle, folded},
    id::Id,
    limits, uri as address,
};
use parvis_store::{accounts, entity::account, posts as rows};
use parvis_town::{
    Failure, Outcome, Town,
    arrivals::{self, RemoteAccount},
    reach::{Found, Reach},
};
use quick_cache::sync::Cache;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::{
    actors::{self, same},
    fetch::{Budget, FetchFault, Fetched, Fetcher},
    keys,
    outbox::host_of,
    posts::arrived,
    signatures::{Signer, VerifyingKey},
    uri::{self, Ours},
    wire::{self, Document, actor::Key, jrd, read::Doc},
};

/// Authors kept at hand, and for how long: a suspension must soon be felt.
const AUTHORS: usize = 10_000;
const FRESH: Timestamp = MINUTE;
/// An account found by its handle is asked for again after this.
const STALE: Timestamp = DAY;
/// How far up a chain of answers one arrival makes us look.
const PARENTS: u32 = limits::REPLY_CHAIN as u32;
/// How long an arrival may wait for what it answers; what is not here by then stays a mere address.
const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) struct Resolver {
    town: Arc<Town>,
    fetcher: Arc<Fetcher>,
    signer: Signer,
    authors: Cache<String, (Timestamp, Arc<account::Model>)>,
}

impl Resolver {
    pub(crate) fn new(town: Arc<Town>, fetcher: Arc<Fetcher>, signer: Signer) -> Self {
        Self {
            town,
            fetcher,
            signer,
            authors: Cache::new(AUTHORS),
        }
    }

    /// An account of another server that the town knows.
    pub(crate) async fn known(&self, uri: &str) -> Outcome<Option<Arc<account::Model>>> {
        let now = self.town.now();
        if let Some((at, row)) = self.authors.get(uri)
            && now - at < FRESH
        {
            return Ok(Some(row));
        }
        let row = accounts::by_uri(self.town.store.read(), uri)
            .await?
            .map(Arc::new);
        if let Some(row) = &row {
            self.authors.insert(uri.to_owned(), (now, row.clone()));
        }
        Ok(row)
    }

    /// An account by its id, fetched if it is not known.
    pub(crate) async fn account(
        &self,
        uri: &str,
        budget: &Budget,
    ) -> Outcome<Option<Arc<account::Model>>> {
        if let Some(row) = self.known(uri).await? {
            return Ok(Some(row));
        }
        if self.is_ours(uri) {
            return Ok(None);
        }
        self.refresh(uri, budget).await
    }

    /// The account as its server shows it now.
    pub(crate) async fn refresh(
        &self,
        uri: &str,
        budget: &Budget,
    ) -> Outcome<Option<Arc<account::Model>>> {
        let Some(fetched) = self.fetch(uri, budget).await else {
            return Ok(None);
        };
        match wire::Actor::read(&fetched.json) {
            Ok(actor) => self.keep(&actor, budget).await,
            Err(why) => {
                tracing::debug!(uri, %why, "not an actor");
                Ok(None)
            }
        }
    }

    /// Does the server that answers for an address say that nothing is there any more?
    pub(crate) async fn is_gone(&self, uri: &str, budget: &Budget) -> bool {
        let Ok(url) = Url::parse(uri) else {
            return false;
        };
        match self
            .fetcher
            .document(&url, Some(&self.signer), budget)
            .await
        {
            Ok(fetched) => Doc::of(&fetched.json).is_some_and(|doc| doc.is_a("Tombstone")),
            Err(fault) => matches!(fault, FetchFault::Status(404 | 410)),
        }
    }

    /// A post by its id or page, fetched if it is not known.
    pub(crate) async fn post(&self, uri: &str, budget: &Budget) -> Outcome<Option<Id>> {
        self.post_within(uri, budget, PARENTS).await
    }

    async fn post_within(&self, uri: &str, budget: &Budget, parents: u32) -> Outcome<Option<Id>> {
        if let Some(known) = self.known_post(uri).await? {
            return Ok(Some(known));
        }
        if self.is_ours(uri) {
            return Ok(None);
        }
        let Some(fetched) = self.fetch(uri, budget).await else {
            return Ok(None);
        };
        self.take_in(&fetched, budget, parents).await
    }

    pub(crate) async fn known_post(&self, uri: &str) -> Outcome<Option<Id>> {
        let db = self.town.store.read();
        if let Some(Ours::Object(id) | Ours::Page(id)) = uri::ours(&self.town.origin, uri) {
            return Ok(rows::by_id(db, id).await?.map(|row| row.id));
        }
        let row = rows::by_uri(db, uri).await?;
        Ok(row.map(|row| row.boost_of_id.unwrap_or(row.id)))
    }

    /// The post as its server shows it now: new here, or edited.
    pub(crate) async fn refresh_post(&self, uri: &str, budget: &Budget) -> Outcome<Option<Id>> {
        let Some(fetched) = self.fetch(uri, budget).await else {
            return Ok(None);
        };
        self.take_in(&fetched, budget, PARENTS).await
    }

    async fn take_in(
        &self,
        fetched: &Fetched,
        budget: &Budget,
        parents: u32,
    ) -> Outcome<Option<Id>> {
        let language = self.town.profile().language.clone();
        let post = match wire::Post::read(&fetched.json, &language) {
            Ok(post) if !post.is_vote => post,
            Ok(_) => return Ok(None),
            Err(why) => {
                tracing::debug!(uri = fetched.id, %why, "not a post");
                return Ok(None);
            }
        };
        let Some(author) = post.author.and_then(address::canonical) else {
            return Ok(None);
        };
        if address::origin_of(&author) != address::origin_of(&fetched.id) {
            return Ok(None);
        }
        let Some(author) = Box::pin(self.account(&author, budget)).await? else {
            return Ok(None);
        };
        if author.suspended_at.is_some() {
            return Ok(None);
        }
        if parents > 0 {
            Box::pin(self.parent(&post, budget, parents - 1)).await?;
        }
        let mentions = self.mentioned(&post).await?;
        let arrival = arrived::arrived(
            &post,
            fetched.id.clone(),
            &author,
            mentions,
            self.town.now(),
        );
        let (town, uri) = (self.town.clone(), fetched.id.clone());
        let store = &self.town.store;
        store
            .write(move |tx| {
                Box::pin(async move {
                    if rows::by_uri(tx, &uri).await?.is_some() {
                        arrivals::post_edited(tx, &town, arrival).await?;
                    } else {
                        arrivals::post(tx, &town, arrival).await?;
                    }
                    Ok::<_, Failure>(rows::by_uri(tx, &uri).await?.map(|row| row.id))
                })
            })
            .await
    }

    /// Makes what an arriving post answers known here, as far up as can be had in time.
    pub(crate) async fn ancestors(&self, post: &wire::Post<'_>, budget: &Budget) -> Outcome<()> {
        match timeout(PATIENCE, self.parent(post, budget, PARENTS - 1)).await {
            Ok(found) => found.map(|_| ()),
            Err(_) => Ok(()),
        }
    }

    async fn parent(
        &self,
        post: &wire::Post<'_>,
        budget: &Budget,
        above: u32,
    ) -> Outcome<Option<Id>> {
        match post.in_reply_to.and_then(address::canonical) {
            Some(uri) => Box::pin(self.post_within(&uri, budget, above)).await,
            None => Ok(None),
        }
    }

    /// Of the people a post names or is sent to, those that are known here.
    pub(crate) async fn mentioned(&self, post: &wire::Post<'_>) -> Outcome<Vec<Id>> {
        let named = || post.mentions.iter().map(|mention| mention.href);
        let ours = |address| match uri::ours(&self.town.origin, address) {
            Some(Ours::Actor(id)) => Some(id),
            _ => None,
        };
        let sent_to = post.to.iter().chain(&post.cc).copied();
        let here: Vec<Id> = named()
            .chain(sent_to)
            .filter_map(ours)
            .take(limits::MENTIONS)
            .collect();
        let elsewhere: Vec<String> = named()
            .filter(|address| !self.is_ours(address))
            .filter_map(address::canonical)
            .collect();
        let db = self.town.store.read();
        let mut found = accounts::by_ids(db, &here).await?;
        found.retain(|row| row.domain.is_empty());
        found.extend(accounts::by_uris(db, &elsewhere).await?);
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// An account that is no more, or no longer what it was.
    pub(crate) fn forget(&self, uri: &str) {
        self.authors.remove(uri);
    }

    fn is_ours(&self, uri: &str) -> bool {
        uri::ours(&self.town.origin, uri).is_some()
    }

    /// Never our own: what is ours is known, and nobody else says what it is.
    async fn fetch(&self, uri: &str, budget: &Budget) -> Option<Fetched> {
        let url = Url::parse(uri).ok().filter(|_| !self.is_ours(uri))?;
        self.fetcher
            .document(&url, Some(&self.signer), budget)
            .await
            .inspect_err(|fault| tracing::debug!(uri, %fault, "not found elsewhere"))
            .ok()
            .filter(|fetched| !self.is_ours(&fetched.id))
    }

    /// Writes an actor down as its server shows it.
    async fn keep(
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
        let said = self.handle_of(&host, actor.username, &id, budget).await;
        let named = said.or_else(|| actor.webfinger?.parse().ok());
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

    /// What a server calls the person behind an actor id, if it names that very id.
    async fn handle_of(&self, host: &str, name: &str, id: &str, budget: &Budget) -> Option<Handle> {
        let resource = format!("acct:{name}@{host}");
        let value = self.fetcher.webfinger(host, &resource, budget).await.ok()?;
        let answer = jrd::Answer::read(&value).ok()?;
        let handle = answer.subject.unwrap_or(&resource).parse().ok()?;
        same(answer.actor, id).then_some(handle)
    }

    async fn by_handle(&self, handle: &Handle, domain: &str) -> Outcome<Option<Id>> {
        let db = self.town.store.read();
        let known = accounts::by_handle(db, &folded(&handle.name), domain).await?;
        if let Some(row) = &known
            && self.town.now() - row.fetched_at < STALE
        {
            return Ok(Some(row.id));
        }
        let budget = Budget::for_activity();
        let resource = format!("acct:{}@{domain}", handle.name);
        let answered = self
            .fetcher
            .webfinger(domain, &resource, &budget)
            .await
            .ok();
        let actor = answered
            .as_ref()
            .and_then(|value| jrd::Answer::read(value).ok());
        let actor = actor.and_then(|answer| address::canonical(answer.actor));
        let found = match actor {
            Some(actor) if !self.is_ours(&actor) => self.refresh(&actor, &budget).await?,
            _ => None,
        };
        Ok(found.map(|row| row.id).or(known.map(|row| row.id)))
    }

    async fn by_address(&self, uri: &str) -> Outcome<Option<Found>> {
        let budget = Budget::for_activity();
        let db = self.town.store.read();
        if let Some(ours) = uri::ours(&self.town.origin, uri) {
            return self.of_ours(ours).await;
        }
        if let Some(post) = rows::by_uri_or_url(db, uri).await? {
            return Ok(Some(Found::Post(post.boost_of_id.unwrap_or(post.id))));
        }
        if let Some(account) = accounts::by_uri_or_url(db, uri).await? {
            return Ok(Some(Found::Account(account.id)));
        }
        let Some(fetched) = self.fetch(uri, &budget).await else {
            return Ok(None);
        };
        self.found(&fetched, &budget).await
    }

    async fn of_ours(&self, ours: Ours<'_>) -> Outcome<Option<Found>> {
        let db = self.town.store.read();
        Ok(match ours {
            Ours::Object(id) | Ours::Page(id) => {
                rows::by_id(db, id).await?.map(|row| Found::Post(row.id))
            }
            Ours::Actor(id) => accounts::by_id(db, id)
                .await?
                .map(|row| Found::Account(row.id)),
            Ours::Profile(name) => accounts::by_handle(db, &folded(name), "")
                .await?
                .map(|row| Found::Account(row.id)),
            Ours::TownActor | Ours::Activity(_) | Ours::Else => None,
        })
    }

    async fn found(&self, fetched: &Fetched, budget: &Budget) -> Outcome<Option<Found>> {
        match Document::read(&fetched.json, &self.town.profile().language) {
            Ok(Document::Actor(actor)) => Ok(self
                .keep(&actor, budget)
                .await?
                .map(|row| Found::Account(row.id))),
            Ok(Document::Post(_)) => Ok(self
                .take_in(fetched, budget, PARENTS)
                .await?
                .map(Found::Post)),
            // The address of a Create or an Announce: what is meant is the post.
            Ok(Document::Activity(activity)) => {
                match activity.object.id().and_then(address::canonical) {
                    Some(object) => Ok(self.post(&object, budget).await?.map(Found::Post)),
                    None => Ok(None),
                }
            }
            Ok(Document::Collection(_)) => Ok(None),
            Err(why) => {
                tracing::debug!(uri = fetched.id, %why, "nothing to show");
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl Reach for Resolver {
    async fn handle(&self, _: &Arc<Town>, handle: &Handle) -> Outcome<Option<Id>> {
        match handle.domain.as_deref() {
            Some(domain) if domain != self.town.host => self.by_handle(handle, domain).await,
            _ => {
                let name = folded(&handle.name);
                let row = accounts::by_handle(self.town.store.read(), &name, "").await?;
                Ok(row.map(|row| row.id))
            }
        }
    }

    async fn uri(&self, _: &Arc<Town>, uri: &str) -> Outcome<Option<Found>> {
        match address::canonical(uri) {
            Some(uri) => self.by_address(&uri).await,
            None => Ok(None),
        }
    }
}

impl keys::Source for Arc<Resolver> {
    type Error = Failure;

    async fn stored(&self, key_id: &str) -> Outcome<Option<keys::Key>> {
        let row = accounts::by_key_id(self.town.store.read(), key_id).await?;
        Ok(row.filter(|row| !row.domain.is_empty()).and_then(|row| {
            let public = VerifyingKey::from_pem(&row.key_pem).ok()?;
            Some(keys::Key {
                id: row.key_id,
                owner: row.uri,
                public,
            })
        }))
    }

    async fn fetch(&self, key_id: &str) -> Outcome<Option<keys::Key>> {
        if self.is_ours(key_id) {
            return Ok(None);
        }
        let budget = Budget::for_activity();
        let place = key_id.split('#').next().unwrap_or(key_id);
        let Some(fetched) = Resolver::fetch(self, place, &budget).await else {
            return Ok(None);
        };
        let Some(owner) = owner(&fetched.json) else {
            return Ok(None);
        };
        let row = if same(&owner, &fetched.id) {
            match wire::Actor::read(&fetched.json) {
                Ok(actor) => self.keep(&actor, &budget).await?,
                Err(_) => None,
            }
        } else {
            self.refresh(&owner, &budget).await?
        };
        Ok(row.filter(|row| row.key_id == key_id).and_then(|row| {
            let public = VerifyingKey::from_pem(&row.key_pem).ok()?;
            Some(keys::Key {
                id: row.key_id.clone(),
                owner: row.uri.clone(),
                public,
            })
        }))
    }
}

/// Whose key a document is about: an actor's own, or the owner that a key standing alone names.
fn owner(document: &Value) -> Option<String> {
    let doc = Doc::of(document)?;
    match Key::read(&doc) {
        Some(key) => address::canonical(key.owner),
        None => doc.id().and_then(address::canonical),
    }
}
