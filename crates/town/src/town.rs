//! A town: everything one commune owns, opened and ready.

use std::sync::{
    Arc, OnceLock, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use parvis_media::Media;
use parvis_model::{
    account::{AccountKind, Registration, Role},
    clock::{Clock, Timestamp},
    handle::Handle,
    id::{Id, Ids},
};
use parvis_store::{Store, audience::Eyes, entity};
use tokio::sync::Notify;

use crate::{
    Error, Outcome, accounts,
    archive::Documents,
    keys::{self, PushKey},
    look::Look,
    neighbours,
    rates::Rates,
    reach::{Nowhere, Reach},
    remote_pictures::RemotePictures,
    secrets,
    streams::Streams,
};

#[derive(Clone, Debug)]
pub struct TownOptions {
    /// Scheme, host and port as the outside sees them, without a trailing slash.
    pub origin: String,
    pub store: Store,
    pub media: Media,
    pub clock: Clock,
    /// Off for tests and benchmarks only.
    pub rates: bool,
}

/// One town. Shared by all faces as `Arc<Town>`.
pub struct Town {
    /// Host and port, as in `valmont.localhost:8000`; also the domain of our handles.
    pub host: String,
    pub origin: String,
    pub store: Store,
    pub media: Media,
    pub clock: Clock,
    pub ids: Ids,
    /// What it proves itself with to push services.
    pub push_key: PushKey,
    profile: RwLock<Arc<Profile>>,
    reach: OnceLock<Arc<dyn Reach>>,
    documents: OnceLock<Arc<dyn Documents>>,
    rates: Rates,
    letters: AtomicBool,
    streams: Streams,
    remote_pictures: RemotePictures,
}

impl std::fmt::Debug for Town {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Town")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Town {
    /// Opens a town; the first time it also founds it: its row and its own actor with a key.
    pub async fn open(options: TownOptions) -> Outcome<Arc<Self>> {
        let host = options
            .origin
            .split_once("://")
            .map(|(_, host)| host.trim_end_matches('/').to_owned())
            .ok_or_else(|| Error::Other(format!("not an address: {}", options.origin)))?;
        let origin = options.origin.trim_end_matches('/').to_owned();
        let ids = Ids::new(options.clock.clone());
        let row = match parvis_store::town::get(options.store.read()).await? {
            Some(row) => row,
            None => found(&options.store, &origin, &host, &ids, options.clock.now()).await?,
        };
        keys::complete(&options.store).await?;
        let push_key = keys::push_key(&options.store, options.clock.now()).await?;
        let has_neighbours = neighbours::are_there(&options.store).await?;
        Ok(Arc::new(Self {
            push_key,
            host,
            origin,
            store: options.store,
            media: options.media,
            remote_pictures: RemotePictures::new(&row.secret),
            ids,
            profile: RwLock::new(Arc::new(Profile {
                has_neighbours,
                ..Profile::from(row)
            })),
            reach: OnceLock::new(),
            documents: OnceLock::new(),
            streams: Streams::default(),
            rates: Rates::new(options.rates, options.clock.clone()),
            letters: AtomicBool::new(false),
            clock: options.clock,
        }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What the town says about itself.
    pub fn profile(&self) -> Arc<Profile> {
        self.profile
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Reads the profile anew: after a change, or because another process may have made one.
    pub async fn refresh_profile(&self) -> Outcome<()> {
        if let Some(row) = parvis_store::town::get(self.store.read()).await? {
            let profile = Profile {
                has_neighbours: neighbours::are_there(&self.store).await?,
                ..Profile::from(row)
            };
            *self.profile.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(profile);
        }
        Ok(())
    }

    /// How this town finds what other servers hold.
    pub fn reach(&self) -> &dyn Reach {
        self.reach.get().map_or(&Nowhere, |reach| &**reach)
    }

    /// The host without its port.
    pub fn domain(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((domain, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => domain,
            _ => &self.host,
        }
    }

    /// Does this handle name somebody of another server?
    pub fn is_elsewhere(&self, handle: &Handle) -> bool {
        let domain = handle.domain.as_ref();
        domain.is_some_and(|domain| *domain != self.host)
    }

    /// Given once, by the program that wires the town.
    pub fn set_reach(&self, reach: Arc<dyn Reach>) {
        if self.reach.set(reach).is_err() {
            tracing::warn!(town = self.host, "reach was set twice");
        }
    }

    /// How what people say here is written for others to read.
    pub(crate) fn documents(&self) -> Option<&Arc<dyn Documents>> {
        self.documents.get()
    }

    /// Given once, as [`Town::set_reach`] is.
    pub fn set_documents(&self, documents: Arc<dyn Documents>) {
        if self.documents.set(documents).is_err() {
            tracing::warn!(town = self.host, "documents were set twice");
        }
    }

    /// Is there a mail server that takes letters?
    pub fn sends_letters(&self) -> bool {
        self.letters.load(Ordering::Relaxed)
    }

    /// Given by the program that wires the town. Until then no letter is laid down.
    pub fn set_sends_letters(&self, on: bool) {
        self.letters.store(on, Ordering::Relaxed);
    }

    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Pictures of other servers that are kept here.
    pub fn remote_pictures(&self) -> &RemotePictures {
        &self.remote_pictures
    }

    /// Everyone who listens in this process.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Told whenever the journal may have grown.
    pub fn wake(&self) -> &Notify {
        self.store.committed()
    }

    /// An address under which the town keeps an uploaded file.
    pub fn media_url(&self, key: &str) -> String {
        format!("{}/media/{key}", self.origin)
    }
}

async fn found(
    store: &Store,
    origin: &str,
    host: &str,
    ids: &Ids,
    now: Timestamp,
) -> Outcome<entity::town::Model> {
    let actor_id = ids.next();
    let uri = format!("{origin}/ap/actor");
    let actor = accounts::local_row(
        origin,
        actor_id,
        &uri,
        actor_name(host),
        AccountKind::Application,
        now,
    );
    let row = entity::town::Model {
        id: 0,
        name: first_name(host),
        summary: String::new(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        registration: Registration::Closed.as_str().into(),
        inviters: Role::Moderator.as_str().into(),
        contact: None,
        rules: String::new(),
        hue: 163,
        look: "{}".into(),
        actor_id,
        secret: secrets::random(),
        setup_secret: Some(secrets::random()),
        created_at: now,
        summary_at: None,
        privacy: String::new(),
        privacy_at: None,
    };
    store
        .write::<_, crate::Failure, _>(move |tx| {
            Box::pin(async move {
                // Two processes may start at once: the first one founds the town.
                if !parvis_store::town::found(tx, row.clone()).await? {
                    return Ok(parvis_store::town::get(tx).await?.unwrap_or(row));
                }
                parvis_store::accounts::insert(tx, actor).await?;
                Ok(row)
            })
        })
        .await
}

/// The host as the name of the town's own actor, without its port: no handle has a colon in its name, and
/// `GoToSocial` takes `localhost:8000` for an address and the actor for one without a name.
pub(crate) fn actor_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// `valmont.localhost:8000` is called Valmont until someone says otherwise.
fn first_name(host: &str) -> String {
    let word = host.split(['.', ':']).next().unwrap_or(host);
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// What the town says about itself.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub summary: String,
    /// When that was last changed, where it is known.
    pub summary_at: Option<Timestamp>,
    /// What it adds to what is said of people's data.
    pub privacy: String,
    /// When that was last changed, if it ever was.
    pub privacy_at: Option<Timestamp>,
    /// Language of the pages where nothing else is asked for.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    pub registration: Registration,
    /// The lowest role that may invite.
    pub inviters: Role,
    /// How to reach the people in charge, in words or as an address.
    pub contact: Option<String>,
    pub rules: Vec<String>,
    /// The one colour of the town, in degrees of the colour circle.
    pub hue: i32,
    /// What else it has chosen to look like.
    pub look: Look,
    /// Has the first administrator done the first steps?
    pub set_up: bool,
    /// Is there an agreement with another town?
    pub has_neighbours: bool,
    /// The town's own actor.
    pub actor_id: Id,
    /// Keys the forms of people who are not logged in.
    pub secret: String,
    pub created_at: Timestamp,
}

impl Profile {
    /// May who has this role invite newcomers?
    pub fn lets_invite(&self, role: Role) -> bool {
        role >= self.inviters
    }
}

impl From<entity::town::Model> for Profile {
    fn from(row: entity::town::Model) -> Self {
        Self {
            name: row.name,
            summary: row.summary,
            summary_at: row.summary_at,
            privacy: row.privacy,
            privacy_at: row.privacy_at,
            language: row.language,
            time_zone: row.time_zone,
            registration: Registration::parse(&row.registration).unwrap_or(Registration::Closed),
            inviters: Role::parse(&row.inviters).unwrap_or(Role::Moderator),
            contact: row.contact,
            rules: row
                .rules
                .lines()
                .map(str::to_owned)
                .filter(|rule| !rule.is_empty())
                .collect(),
            hue: row.hue,
            look: Look::parse(&row.look),
            set_up: row.setup_secret.is_none(),
            has_neighbours: false,
            actor_id: row.actor_id,
            secret: row.secret,
            created_at: row.created_at,
        }
    }
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer {
    pub account: Option<Id>,
    resident: bool,
}

impl Viewer {
    /// A visitor.
    pub fn nobody() -> Self {
        Self {
            account: None,
            resident: false,
        }
    }

    /// Someone with an account in this town.
    pub fn resident(account: Id) -> Self {
        Self {
            account: Some(account),
            resident: true,
        }
    }

    /// Someone from another server, who proved to be it.
    pub fn remote(account: Id) -> Self {
        Self {
            account: Some(account),
            resident: false,
        }
    }

    pub fn is_resident(self) -> bool {
        self.resident
    }

    pub(crate) fn eyes(self) -> Eyes {
        self.account.map_or(Eyes::NOBODY, |account| Eyes {
            account,
            resident: self.resident,
        })
    }
}
