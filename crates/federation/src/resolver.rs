//! Finds accounts and posts by address or handle: those the town knows, else those that other servers show. What is
//! fetched is believed only from the server that answers for it.

mod errands;
mod followers;
mod lists;
mod moderators;
mod people;
mod pins;
mod plug;
mod proofs;
mod quotes;
mod threads;
mod ways;

use std::{sync::Arc, time::Duration};

use parvis_model::{
    audience::Audience,
    clock::{DAY, MINUTE, Timestamp},
    handle::{Handle, folded},
    id::Id,
    limits, uri as address,
};
use parvis_store::{
    accounts,
    entity::{account, post},
    posts as rows, servers,
};
use parvis_town::{Failure, Outcome, Town, arrivals, reach::Found};
use quick_cache::sync::Cache;
use serde_json::Value;
use url::Url;

pub(crate) use self::errands::Errand;
use self::errands::Errands;
pub(crate) use self::plug::Plug;
use self::proofs::Asserting;
use crate::{
    actors::same,
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
const SERVERS: usize = 10_000;
/// An account found by its handle is asked for again after this.
const STALE: Timestamp = DAY;
/// Nobody is told of a post that somebody passes on so long after it was written.
const OLD: Timestamp = 7 * DAY;
/// How far up a chain of answers one arrival makes us look.
const PARENTS: usize = limits::REPLY_CHAIN;
/// How long an arrival may wait for what it answers; what is not here by then stays a mere address.
const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) struct Resolver {
    town: Arc<Town>,
    fetcher: Arc<Fetcher>,
    signer: Signer,
    authors: Cache<String, (Timestamp, Arc<account::Model>)>,
    /// Servers that were heard to name their people after themselves, and when.
    plain_names: Cache<String, Timestamp>,
    /// With which keys actors prove what stands in documents.
    asserting: Cache<String, Arc<Asserting>>,
    errands: Errands,
}

/// Why a post is taken in.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Somebody elsewhere just told us of it: who is concerned hears of it.
    Told,
    /// Its author has proven it, and somebody else told us. `updated`: the date of an Update; a Create has none.
    Proven { updated: Option<Timestamp> },
    /// To complete what somebody reads. `undated`: when it was written, if it does not say so itself.
    Found { undated: Timestamp },
}

impl Way {
    /// Does what is here stay as it is? A proof can be shown again later: only what is newer changes anything.
    fn leaves(self, here: &post::Model) -> bool {
        let Self::Proven { updated } = self else {
            return false;
        };
        let of = here.edited_at.unwrap_or(here.created_at);
        updated.is_none_or(|updated| updated <= of)
    }
}

impl Resolver {
    pub(crate) fn new(town: Arc<Town>, fetcher: Arc<Fetcher>, signer: Signer) -> Self {
        Self {
            town,
            fetcher,
            signer,
            authors: Cache::new(AUTHORS),
            plain_names: Cache::new(SERVERS),
            asserting: Cache::new(AUTHORS),
            errands: Errands::new(),
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

    /// Does the server that answers for an account say that it is there no more? For posts: [`Self::is_post_gone`].
    pub(crate) async fn is_gone(&self, uri: &str, budget: &Budget) -> bool {
        self.answers(uri, &[404, 410], budget).await
    }

    /// Is a post gone from its own server, as somebody else says? What is not for everyone is hidden from the town itself
    /// too, so that only a plain word for its end counts there.
    pub(crate) async fn is_post_gone(&self, post: &post::Model, budget: &Budget) -> bool {
        let open = Audience::parse(&post.audience).is_some_and(Audience::is_open);
        let ends: &[u16] = if open { &[404, 410] } else { &[410] };
        self.answers(&post.uri, ends, budget).await
    }

    /// Is there a Tombstone at an address, or one of these answers?
    async fn answers(&self, uri: &str, statuses: &[u16], budget: &Budget) -> bool {
        let Ok(url) = Url::parse(uri) else {
            return false;
        };
        match self
            .fetcher
            .document(&url, Some(&self.signer), budget)
            .await
        {
            Ok(fetched) => Doc::of(&fetched.json).is_some_and(|doc| doc.is_a("Tombstone")),
            Err(fault) => matches!(fault, FetchFault::Status(status) if statuses.contains(&status)),
        }
    }

    /// A post by its id or page, fetched if it is not known.
    pub(crate) async fn post(&self, uri: &str, budget: &Budget) -> Outcome<Option<Id>> {
        self.post_within(uri, budget, PARENTS, Way::Told).await
    }

    /// The same for one that nobody is to be told of.
    pub(crate) async fn found_post(&self, uri: &str, budget: &Budget) -> Outcome<Option<Id>> {
        self.post_within(uri, budget, PARENTS, self.found_now())
            .await
    }

    fn found_now(&self) -> Way {
        Way::Found {
            undated: self.town.now(),
        }
    }

    async fn post_within(
        &self,
        uri: &str,
        budget: &Budget,
        parents: usize,
        way: Way,
    ) -> Outcome<Option<Id>> {
        if let Some(known) = self.known_post(uri).await? {
            return Ok(Some(known));
        }
        if self.is_ours(uri) {
            return Ok(None);
        }
        match self.fetch_post(uri, budget).await {
            Ok(fetched) => self.take_in(&fetched, budget, parents, way).await,
            Err(_) => Ok(None),
        }
    }

    async fn fetch_post(&self, uri: &str, budget: &Budget) -> Result<Fetched, FetchFault> {
        let fetched = self.fetch_or_why(uri, budget).await?;
        // The address of a Create: what is meant is its post.
        match wire::Activity::read(&fetched.json) {
            Ok(create) if create.kind == wire::Kind::Create => {
                let object = create.object.id().and_then(address::canonical);
                let object = object.ok_or(FetchFault::OtherDocument)?;
                self.fetch_or_why(&object, budget).await
            }
            _ => Ok(fetched),
        }
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
        self.take_in(&fetched, budget, PARENTS, Way::Told).await
    }

    async fn take_in(
        &self,
        fetched: &Fetched,
        budget: &Budget,
        parents: usize,
        way: Way,
    ) -> Outcome<Option<Id>> {
        let Some(author) = self.author_of(fetched, budget).await? else {
            return Ok(None);
        };
        self.make_known(threads::answered(fetched), budget, parents)
            .await?;
        self.keep_post(fetched, &author, budget, parents > 0, way)
            .await
    }

    /// Who wrote a post, if its own server may say so; `None` also for what is no post.
    async fn author_of(
        &self,
        fetched: &Fetched,
        budget: &Budget,
    ) -> Outcome<Option<Arc<account::Model>>> {
        let named = match wire::Post::read(&fetched.json, "") {
            Ok(post) if post.is_vote => None,
            Ok(post) => match post.author {
                Some(author) => address::canonical(author),
                None => self.known_author(&fetched.id).await?,
            },
            Err(why) => {
                tracing::debug!(uri = fetched.id, %why, "not a post");
                None
            }
        };
        let own = |author: &String| address::origin_of(author) == address::origin_of(&fetched.id);
        let Some(author) = named.filter(own) else {
            return Ok(None);
        };
        let author = self.account(&author, budget).await?;
        Ok(author.filter(|author| author.suspended_at.is_none()))
    }

    /// Of a post that is here, and names nobody where it lives.
    async fn known_author(&self, uri: &str) -> Outcome<Option<String>> {
        let db = self.town.store.read();
        let Some(post) = rows::by_uri(db, uri).await? else {
            return Ok(None);
        };
        let author = accounts::by_id(db, post.author_id).await?;
        Ok(author.filter(|_| !post.local).map(|author| author.uri))
    }

    async fn keep_post(
        &self,
        fetched: &Fetched,
        author: &account::Model,
        budget: &Budget,
        fetch_quoted: bool,
        way: Way,
    ) -> Outcome<Option<Id>> {
        let language = self.town.profile().language.clone();
        let Ok(post) = wire::Post::read(&fetched.json, &language) else {
            return Ok(None);
        };
        let (post, arrived): (_, fn(&_, _, &_, _, _, &_) -> _) =
            match self.known_post(&fetched.id).await? {
                Some(_) => (post, arrived::edited),
                None => (post.as_shown(), arrived::arrived),
            };
        let mentions = self.mentioned(&post).await?;
        let quote = self
            .quoted(&post, &fetched.id, &author.uri, budget, fetch_quoted)
            .await?;
        let now = self.town.now();
        let mut arrival = arrived(
            &post,
            fetched.id.clone(),
            author,
            mentions,
            quote,
            &self.town,
        );
        let told = match way {
            Way::Told | Way::Proven { .. } => arrival.published > now - OLD,
            Way::Found { undated } => {
                arrival.published = post.published.unwrap_or(undated);
                false
            }
        };
        let (town, uri) = (self.town.clone(), fetched.id.clone());
        let store = &self.town.store;
        let kept = store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(here) = rows::held_by_uri(tx, &uri).await? {
                        if way.leaves(&here) {
                            return Ok(Some(here.id));
                        }
                        arrivals::post_edited(tx, &town, arrival).await?;
                    } else if told {
                        arrivals::post(tx, &town, arrival).await?;
                    } else {
                        arrivals::found(tx, &town, &arrival).await?;
                    }
                    Ok::<_, Failure>(rows::by_uri(tx, &uri).await?.map(|row| row.id))
                })
            })
            .await;
        match kept {
            // Who told us of it has done nothing wrong.
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(uri = fetched.id, why = refusal.key, "not taken in");
                Ok(None)
            }
            kept => kept,
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
        self.asserting.remove(uri);
    }

    fn is_ours(&self, uri: &str) -> bool {
        uri::ours(&self.town.origin, uri).is_some()
    }

    /// Never our own: what is ours is known, and nobody else says what it is.
    pub(crate) async fn fetch(&self, uri: &str, budget: &Budget) -> Option<Fetched> {
        self.fetch_or_why(uri, budget).await.ok()
    }

    pub(crate) async fn fetch_or_why(
        &self,
        uri: &str,
        budget: &Budget,
    ) -> Result<Fetched, FetchFault> {
        let url = Url::parse(uri).map_err(|_| FetchFault::Address)?;
        if self.is_ours(uri) {
            return Err(FetchFault::Address);
        }
        if self.is_blocked(uri).await {
            return Err(FetchFault::Forbidden);
        }
        let fetched = self
            .fetcher
            .document(&url, Some(&self.signer), budget)
            .await
            .inspect_err(|fault| tracing::debug!(uri, %fault, "not found elsewhere"))?;
        if self.is_ours(&fetched.id) {
            return Err(FetchFault::OtherDocument);
        }
        if fetched.id != uri && self.is_blocked(&fetched.id).await {
            return Err(FetchFault::Forbidden);
        }
        Ok(fetched)
    }

    /// Has the town blocked the server of an address? What cannot be looked up is taken for blocked.
    async fn is_blocked(&self, uri: &str) -> bool {
        let host = host_of(uri).map_or_else(Vec::new, |host| vec![host]);
        let blocked = servers::blocked_among(self.town.store.read(), &host).await;
        blocked.map_or(true, |blocked| !blocked.is_empty())
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
                .take_in(fetched, budget, PARENTS, self.found_now())
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

impl keys::Source for Arc<Resolver> {
    type Error = Failure;

    async fn stored(&self, key_id: &str) -> Outcome<Option<keys::Key>> {
        let found = parvis_store::keys::find(self.town.store.read(), key_id).await?;
        let theirs = found.filter(|(owner, _)| !owner.domain.is_empty());
        Ok(theirs.and_then(|(owner, pem)| {
            Some(keys::Key {
                id: key_id.to_owned(),
                owner: owner.uri,
                public: VerifyingKey::from_pem(&pem).ok()?,
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
        let Some(row) = row else {
            return Ok(None);
        };
        let pem = if row.key_id == key_id {
            Some(row.key_pem.clone())
        } else {
            let further = parvis_store::keys::further(self.town.store.read(), row.id).await?;
            let named = further.into_iter().find(|key| key.key_id == key_id);
            named.map(|key| key.pem)
        };
        let public = pem.and_then(|pem| VerifyingKey::from_pem(&pem).ok());
        Ok(public.map(|public| keys::Key {
            id: key_id.to_owned(),
            owner: row.uri.clone(),
            public,
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
