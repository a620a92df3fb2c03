//! Pictures that lie on other servers, shown from here: whoever reads asks no server but ours. An address of ours is made
//! of the picture's own row and a seal over where it lies, so that a page costs no look-up, nobody can have us fetch what
//! no post or profile shows, and a picture that is exchanged has another address. What somebody looks at is fetched,
//! made small and kept while there is room; those used longest ago go first. Does not know how it is fetched.

mod name;
mod room;

use std::sync::{Arc, OnceLock, atomic::AtomicU64};

use aws_lc_rs::{constant_time, hmac};
use parvis_media::{Cache, Cached, Fault, FileType, picture::PREVIEW_SIDE};
use parvis_model::{
    clock::{HOUR, MINUTE, Timestamp},
    id::Id,
    uri,
};
use parvis_store::{
    ConnectionTrait, Tx, accounts, emojis, media, preview_cards, remote_pictures, servers,
};
use quick_cache::sync::Cache as Memory;
use tokio::sync::{Mutex, Semaphore};

pub use self::name::{Kind, Name};
use self::room::make_room;
pub(crate) use self::room::{
    drop_file, forget_account, forget_cards, forget_media, forget_portraits,
};
use crate::{Error, Failure, Outcome, Town, reach::Missing, touches};

/// Pictures being fetched or waiting for it; who comes beyond is asked to come again.
const WAITING: usize = 256;
/// Pictures of which we remember that somebody fetches them, or that they are not to be had.
const REMEMBERED: usize = 10_000;
/// How long what is not there, or no picture, is left alone …
const GONE: Timestamp = HOUR;
/// … and what its server does not give just now.
const NOT_NOW: Timestamp = 5 * MINUTE;
/// A last use is written down no oftener than this.
const USED: Timestamp = HOUR;

#[derive(Clone, Debug)]
pub struct Picture {
    pub mime: &'static str,
    pub bytes: Vec<u8>,
}

/// What becomes of asking for a picture.
#[derive(Clone, Debug)]
pub enum Opened {
    Picture(Picture),
    /// There is none, or its server does not give it.
    Nothing,
    /// Too many wait already.
    Busy,
}

/// Where a town keeps them, and what it remembers of them.
pub struct RemotePictures {
    key: hmac::Key,
    /// None where nothing is fetched: the command line, a benchmark's seeding.
    place: OnceLock<Place>,
    room: Arc<Semaphore>,
    turns: Memory<Name, Arc<Mutex<()>>>,
    /// Until when it is left alone.
    failed: Memory<Name, Timestamp>,
}

struct Place {
    cache: Cache,
    /// Bytes.
    quota: u64,
    /// Bytes kept since it was counted what lies there.
    uncounted: AtomicU64,
}

impl RemotePictures {
    pub(crate) fn new(secret: &str) -> Self {
        let secret = format!("remote pictures {secret}");
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            place: OnceLock::new(),
            room: Arc::new(Semaphore::new(WAITING)),
            turns: Memory::new(REMEMBERED),
            failed: Memory::new(REMEMBERED),
        }
    }

    /// Given once, by the program that wires the town. `quota`: bytes.
    pub fn keep_in(&self, cache: Cache, quota: u64) {
        let place = Place {
            cache,
            quota,
            // What lies there from before is counted with the first picture.
            uncounted: AtomicU64::new(quota),
        };
        if self.place.set(place).is_err() {
            tracing::warn!("where pictures of others are kept was said twice");
        }
    }

    /// Over what a row says of where its pictures lie; one for all of its sizes.
    fn seal(&self, what: u8, of: Id, addresses: [&str; 2]) -> u128 {
        let mut sealed = Vec::with_capacity(256);
        sealed.push(what);
        sealed.extend(of.to_be_bytes());
        for address in addresses {
            sealed.extend((address.len() as u64).to_be_bytes());
            sealed.extend(address.as_bytes());
        }
        let tag = hmac::sign(&self.key, &sealed);
        let head = tag.as_ref().first_chunk().copied();
        u128::from_be_bytes(head.unwrap_or_default())
    }

    pub(crate) fn seal_of_media(&self, id: Id, address: &str) -> u128 {
        self.seal(b'm', id, [address, ""])
    }

    pub(crate) fn seal_of_account(
        &self,
        id: Id,
        avatar: Option<&str>,
        header: Option<&str>,
    ) -> u128 {
        let [avatar, header] = [avatar, header].map(Option::unwrap_or_default);
        self.seal(b'a', id, [avatar, header])
    }

    fn seal_of_card(&self, id: Id, address: &str) -> u128 {
        self.seal(b'c', id, [address, ""])
    }

    /// Its row never names another address.
    fn seal_of_emoji(&self, id: Id) -> u128 {
        self.seal(b'e', id, ["", ""])
    }

    fn failed_lately(&self, name: Name, now: Timestamp) -> bool {
        self.failed.get(&name).is_some_and(|until| now < until)
    }

    fn failed(&self, name: Name, missing: Missing, now: Timestamp) {
        let rest = match missing {
            Missing::Gone => GONE,
            Missing::NotNow => NOT_NOW,
            // That we had no time says nothing about it.
            Missing::Busy => return,
        };
        self.failed.insert(name, now + rest);
    }

    /// Held while it is fetched, so that the same is fetched once.
    fn turn(&self, name: Name) -> Arc<Mutex<()>> {
        let new = || Ok::<_, std::convert::Infallible>(Arc::default());
        let Ok(turn) = self.turns.get_or_insert_with(&name, new);
        turn
    }
}

/// Is this a picture that we would fetch and show? Others are linked.
pub(crate) fn is_shown(mime: &str) -> bool {
    mime.starts_with("image/") && !mime.starts_with("image/svg")
}

/// The size of the small version, as far as that of the picture is known.
pub(crate) fn small(width: i32, height: i32) -> (i32, i32) {
    let (longest, side) = (i64::from(width.max(height)), i64::from(PREVIEW_SIDE));
    if width <= 0 || height <= 0 || longest <= side {
        return (width, height);
    }
    let scaled = |pixels: i32| (i64::from(pixels) * side / longest).max(1) as i32;
    (scaled(width), scaled(height))
}

/// The address of ours for a picture elsewhere.
pub(crate) fn address(town: &Town, kind: Kind, of: Id, seal: u128) -> String {
    format!("{}/media/remote/{}", town.origin, Name { kind, of, seal })
}

/// A picture as it is kept here, fetched if need be.
pub async fn open(town: &Arc<Town>, name: Name) -> Outcome<Opened> {
    let pictures = town.remote_pictures();
    let Some(place) = pictures.place.get() else {
        return Ok(Opened::Nothing);
    };
    // Also of what is kept: nobody sees any more what was exchanged, or whom the town shut out.
    let Some(source) = source(town.store.read(), town, name).await? else {
        return Ok(Opened::Nothing);
    };
    if let Some(picture) = kept(town, place, name).await? {
        return Ok(Opened::Picture(picture));
    }
    if pictures.failed_lately(name, town.now()) {
        return Ok(Opened::Nothing);
    }
    let Ok(room) = Arc::clone(&pictures.room).try_acquire_owned() else {
        return Ok(Opened::Busy);
    };
    let town = Arc::clone(town);
    // Whoever asked may go away; what is fetched is kept all the same.
    let opened = tokio::spawn(async move {
        let _room = room;
        match town.remote_pictures().place.get() {
            Some(place) => open_in_turn(&town, place, name, source).await,
            None => Ok(Opened::Nothing),
        }
    });
    opened.await.map_err(|err| Error::Other(err.to_string()))?
}

/// Whoever waited while another fetched it finds it kept.
async fn open_in_turn(
    town: &Arc<Town>,
    place: &Place,
    name: Name,
    source: Source,
) -> Outcome<Opened> {
    let pictures = town.remote_pictures();
    let turn = pictures.turn(name);
    let _turn = turn.lock().await;
    if let Some(picture) = kept(town, place, name).await? {
        return Ok(Opened::Picture(picture));
    }
    if pictures.failed_lately(name, town.now()) {
        return Ok(Opened::Nothing);
    }
    Ok(match fetch(town, place, name, source).await? {
        Ok(cached) => Opened::Picture(Picture {
            mime: cached.file_type.mime(),
            bytes: cached.bytes,
        }),
        Err(Missing::Busy) => Opened::Busy,
        Err(Missing::Gone | Missing::NotNow) => Opened::Nothing,
    })
}

/// What is known of a card's picture once it is here.
#[derive(Clone)]
pub(crate) struct CardPicture {
    pub width: i32,
    pub height: i32,
    pub blurhash: Option<String>,
}

pub(crate) fn address_of_card(town: &Town, card: Id, image: &str) -> String {
    let seal = town.remote_pictures().seal_of_card(card, image);
    address(town, Kind::Card, card, seal)
}

pub(crate) fn address_of_emoji(town: &Town, id: Id) -> String {
    let seal = town.remote_pictures().seal_of_emoji(id);
    address(town, Kind::Emoji, id, seal)
}

/// Fetched in any case, since only then its size is known.
pub(crate) async fn fetch_for_card(
    town: &Arc<Town>,
    card: Id,
    image: &str,
) -> Outcome<Result<CardPicture, Missing>> {
    let pictures = town.remote_pictures();
    let name = Name {
        kind: Kind::Card,
        of: card,
        seal: pictures.seal_of_card(card, image),
    };
    let (Some(place), Some(source)) = (
        pictures.place.get(),
        source(town.store.read(), town, name).await?,
    ) else {
        return Ok(Err(Missing::Gone));
    };
    let turn = pictures.turn(name);
    let _turn = turn.lock().await;
    let fetched = fetch(town, place, name, source).await?;
    Ok(fetched.map(|cached| CardPicture {
        width: cached.width as i32,
        height: cached.height as i32,
        blurhash: cached.blurhash,
    }))
}

async fn kept(town: &Town, place: &Place, name: Name) -> Outcome<Option<Picture>> {
    let row = remote_pictures::kept(town.store.read(), &name.digits(), name.kind.as_str()).await?;
    let Some((row, file_type)) = row.and_then(|row| {
        let file_type = FileType::parse(&row.file_type)?;
        Some((row, file_type))
    }) else {
        return Ok(None);
    };
    let read = place.cache.read(name.slot()).await.map_err(Error::Files)?;
    // A file that a crash cut short is as good as none.
    let Some(bytes) = read.filter(|bytes| bytes.len() as i64 == row.bytes) else {
        return Ok(None);
    };
    let now = town.now();
    if now - row.used_at > USED {
        touches::write_down(town, "a picture", move |tx| {
            Box::pin(async move { Ok(remote_pictures::used(tx, &row.name, &row.kind, now).await?) })
        });
    }
    let mime = file_type.mime();
    Ok(Some(Picture { mime, bytes }))
}

/// Where a picture lies, and whose it is.
struct Source {
    address: String,
    account: Option<Id>,
}

/// `None`: nothing that is shown (any more) has this name.
async fn source(db: &impl ConnectionTrait, town: &Town, name: Name) -> Outcome<Option<Source>> {
    let pictures = town.remote_pictures();
    let found = match name.kind {
        Kind::Small | Kind::Large => {
            let row = media::by_ids(db, &[name.of]).await?.pop();
            row.and_then(|row| {
                let address = row.remote_url?;
                let seal = pictures.seal_of_media(row.id, &address);
                Some((Some(row.account_id), address, seal))
            })
        }
        Kind::Avatar | Kind::Header => accounts::by_id(db, name.of).await?.and_then(|row| {
            let (avatar, header) = (row.avatar.as_deref(), row.header.as_deref());
            let seal = pictures.seal_of_account(row.id, avatar, header);
            let own = if name.kind == Kind::Avatar {
                row.avatar
            } else {
                row.header
            };
            Some((Some(row.id), own?, seal))
        }),
        Kind::Card => preview_cards::by_id(db, name.of).await?.and_then(|card| {
            let address = card.image_url?;
            let seal = pictures.seal_of_card(card.id, &address);
            Some((None, address, seal))
        }),
        Kind::Emoji => emojis::by_id(db, name.of).await?.map(|row| {
            let seal = pictures.seal_of_emoji(row.id);
            (None, row.url, seal)
        }),
    };
    let Some((account, address, seal)) = found else {
        return Ok(None);
    };
    let (right, given) = (seal.to_be_bytes(), name.seal.to_be_bytes());
    let is_right = constant_time::verify_slices_are_equal(&right, &given).is_ok();
    if !is_right || !is_shown_of(db, account).await? || !may_ask(db, town, &address).await? {
        return Ok(None);
    }
    Ok(Some(Source { address, account }))
}

/// Of nobody, or of people elsewhere who are not suspended.
async fn is_shown_of(db: &impl ConnectionTrait, account: Option<Id>) -> Outcome<bool> {
    let Some(account) = account else {
        return Ok(true);
    };
    let row = accounts::by_id(db, account).await?;
    Ok(row.is_some_and(|row| !row.domain.is_empty() && row.suspended_at.is_none()))
}

/// Not our own, which would lead round in circles, and not of a server with which the town wants nothing to do.
pub(crate) async fn may_ask(
    db: &impl ConnectionTrait,
    town: &Town,
    address: &str,
) -> Outcome<bool> {
    let Some(origin) = uri::origin_of(address) else {
        return Ok(false);
    };
    if uri::is_beside(address, &town.origin) {
        return Ok(false);
    }
    let host = origin.split_once("://").map_or("", |(_, host)| host);
    Ok(servers::blocked_among(db, &[host.to_owned()])
        .await?
        .is_empty())
}

/// Fetches it and keeps it.
async fn fetch(
    town: &Arc<Town>,
    place: &Place,
    name: Name,
    source: Source,
) -> Outcome<Result<Cached, Missing>> {
    match made(town, place, name, &source.address).await? {
        Ok(cached) => {
            let there = enter(town, name, source.account, &cached).await?;
            if !there {
                let removed = place.cache.remove(name.slot()).await;
                removed.map_err(Error::Files)?;
                return Ok(Err(Missing::Gone));
            }
            make_room(town, place, cached.bytes.len()).await?;
            Ok(Ok(cached))
        }
        Err(missing) => {
            let pictures = town.remote_pictures();
            pictures.failed(name, missing, town.now());
            Ok(Err(missing))
        }
    }
}

async fn made(
    town: &Town,
    place: &Place,
    name: Name,
    address: &str,
) -> Outcome<Result<Cached, Missing>> {
    // Its place among those under way is held until it is made small, so that few lie in memory.
    let (bytes, _held) = match town.reach().picture(address).await {
        Ok(fetched) => (fetched.bytes, fetched.held),
        Err(missing) => return Ok(Err(missing)),
    };
    match place.cache.keep(name.slot(), bytes).await {
        Ok(cached) => Ok(Ok(cached)),
        Err(Fault::Storage(err)) => Err(Error::Files(err).into()),
        Err(fault) => {
            tracing::debug!(%fault, address, "no picture that could be shown");
            Ok(Err(Missing::Gone))
        }
    }
}

/// `false`: what it belonged to went meanwhile.
async fn enter(town: &Town, name: Name, account: Option<Id>, cached: &Cached) -> Outcome<bool> {
    let row = remote_pictures::Kept {
        name: name.digits(),
        kind: name.kind.as_str().into(),
        of_id: name.of,
        account_id: account,
        file_type: cached.file_type.extension().into(),
        bytes: cached.bytes.len() as i64,
        used_at: town.now(),
    };
    let deed = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            let there = is_there(tx, name).await?;
            if there {
                remote_pictures::keep(tx, row).await?;
            }
            Ok(there)
        })
    });
    deed.await
}

async fn is_there(tx: &Tx, name: Name) -> Outcome<bool> {
    let account = match name.kind {
        Kind::Small | Kind::Large => {
            let row = media::by_ids(tx, &[name.of]).await?.pop();
            row.map(|row| Some(row.account_id))
        }
        Kind::Avatar | Kind::Header => Some(Some(name.of)),
        Kind::Card => preview_cards::by_id(tx, name.of).await?.map(|_| None),
        Kind::Emoji => emojis::by_id(tx, name.of).await?.map(|_| None),
    };
    match account {
        Some(account) => is_shown_of(tx, account).await,
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_one_row_and_one_address() {
        let pictures = RemotePictures::new("secret");
        let seal = pictures.seal_of_media(1, "https://a.example/p.png");
        assert_eq!(seal, pictures.seal_of_media(1, "https://a.example/p.png"));
        for other in [
            pictures.seal_of_media(2, "https://a.example/p.png"),
            pictures.seal_of_media(1, "https://a.example/q.png"),
            pictures.seal_of_account(1, Some("https://a.example/p.png"), None),
            RemotePictures::new("other").seal_of_media(1, "https://a.example/p.png"),
        ] {
            assert_ne!(seal, other);
        }
        let [one, two] = [(Some("ab"), None), (Some("a"), Some("b"))]
            .map(|(avatar, header)| pictures.seal_of_account(1, avatar, header));
        assert_ne!(
            one, two,
            "where one address ends and the next begins is sealed too"
        );
    }
}
