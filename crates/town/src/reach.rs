//! How a town finds what other servers hold. A face that speaks with other servers plugs in here; the town does not know how.

use std::sync::Arc;

use async_trait::async_trait;
use parvis_model::{handle::Handle, id::Id};

use crate::{Outcome, Rate, Town, previews::WebPage};

/// What an address led to, now known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Account(Id),
    Post(Id),
}

/// What a resident looks at and other servers may know more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// What an account keeps on top of its page.
    Pins(Id),
    /// How a poll stands.
    Poll(Id),
    /// Which pages that an account links to lead back to it.
    Links(Id),
}

/// The bytes of a file elsewhere.
pub struct Fetched {
    pub bytes: Vec<u8>,
    /// Its place among those under way; free again when this is dropped.
    pub held: Box<dyn Send + Sync>,
}

/// Why something elsewhere is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Not there, or not what was asked for: asking again soon is no use.
    Gone,
    /// Its server does not give it just now.
    NotNow,
    /// Its server was not asked: too many are being asked already.
    Busy,
}

#[async_trait]
pub trait Reach: Send + Sync {
    /// Finds a person of another server by handle; asks that server if need be.
    async fn handle(&self, town: &Arc<Town>, handle: &Handle) -> Outcome<Option<Id>>;
    /// Finds an account or a post by address.
    async fn uri(&self, town: &Arc<Town>, uri: &str) -> Outcome<Option<Found>>;
    /// Asks for it in the background, if it has not been asked for lately. Never waits; what is not to be had is not said.
    fn wish(&self, wish: Wish);
    /// Makes a post known that something here answers, and what that answers, some steps upwards. Gives where to go on.
    async fn above(&self, uri: &str) -> Outcome<Result<Option<String>, Missing>>;
    /// Makes known what a post answers and what answers it, as far as that is to be had.
    async fn around(&self, post: Id) -> Outcome<Result<(), Missing>>;
    /// The bytes of a picture elsewhere, no more of them than we would decode. Whether they are one is not looked at.
    async fn picture(&self, address: &str) -> Result<Fetched, Missing>;
    /// What a page of the web says of itself.
    async fn web_page(&self, address: &str) -> Result<WebPage, Missing>;
    /// Does a page say that one of these addresses is of the same person (`rel="me"`)?
    async fn links_back(&self, page: &str, to: &[String]) -> Result<bool, Missing>;
    /// Where the server of a person lets them follow and answer from other sites: an address with `{uri}` in it, in the place of
    /// what is meant. `None` where it does not say.
    async fn subscribe_template(&self, handle: &Handle) -> Result<Option<String>, Missing>;
    /// May this address be asked at all, so far as can be told beforehand? Whoever asks it is checked again.
    async fn may_ask(&self, address: &str) -> bool;
}

/// What a handle or an address that `me` has typed leads to on another server, which is asked for each of us so often and no more.
/// `None` for a handle of this town.
pub async fn find(town: &Arc<Town>, me: Id, text: &str) -> Outcome<Option<Found>> {
    if text.starts_with("https://") || text.starts_with("http://") {
        town.rates().count(Rate::Reach, &me.to_string())?;
        return town.reach().uri(town, text).await;
    }
    match text.parse::<Handle>() {
        Ok(handle) if town.is_elsewhere(&handle) => {
            let who = person(town, me, &handle).await?;
            Ok(who.map(Found::Account))
        }
        _ => Ok(None),
    }
}

/// Somebody of this town or another whom `me` has named, as they are now: their server is asked.
pub async fn person(town: &Arc<Town>, me: Id, handle: &Handle) -> Outcome<Option<Id>> {
    town.rates().count(Rate::Reach, &me.to_string())?;
    town.reach().handle(town, handle).await
}

/// For a program that speaks with nobody: the command line, a benchmark's seeding.
pub(crate) struct Nowhere;

#[async_trait]
impl Reach for Nowhere {
    async fn handle(&self, _: &Arc<Town>, _: &Handle) -> Outcome<Option<Id>> {
        Ok(None)
    }

    async fn uri(&self, _: &Arc<Town>, _: &str) -> Outcome<Option<Found>> {
        Ok(None)
    }

    fn wish(&self, _: Wish) {}

    async fn above(&self, _: &str) -> Outcome<Result<Option<String>, Missing>> {
        Ok(Err(Missing::NotNow))
    }

    async fn around(&self, _: Id) -> Outcome<Result<(), Missing>> {
        Ok(Err(Missing::NotNow))
    }

    async fn picture(&self, _: &str) -> Result<Fetched, Missing> {
        Err(Missing::NotNow)
    }

    async fn web_page(&self, _: &str) -> Result<WebPage, Missing> {
        Err(Missing::NotNow)
    }

    async fn links_back(&self, _: &str, _: &[String]) -> Result<bool, Missing> {
        Err(Missing::NotNow)
    }

    async fn subscribe_template(&self, _: &Handle) -> Result<Option<String>, Missing> {
        Err(Missing::NotNow)
    }

    async fn may_ask(&self, _: &str) -> bool {
        false
    }
}
