//! How a town finds what other servers hold. A face that speaks with other servers plugs in here; the town does not know how.

use std::sync::Arc;

use async_trait::async_trait;
use parvis_model::{handle::Handle, id::Id};

use crate::{Outcome, Town};

/// What an address led to, now known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Account(Id),
    Post(Id),
}

/// What a resident looks at and other servers may know more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// What a post answers, and what answers it.
    Thread(Id),
    /// What an account keeps on top of its page.
    Pins(Id),
    /// How a poll stands.
    Poll(Id),
}

#[async_trait]
pub trait Reach: Send + Sync {
    /// Finds a person of another server by handle; asks that server if need be.
    async fn handle(&self, town: &Arc<Town>, handle: &Handle) -> Outcome<Option<Id>>;
    /// Finds an account or a post by address.
    async fn uri(&self, town: &Arc<Town>, uri: &str) -> Outcome<Option<Found>>;
    /// Asks for it in the background, if it has not been asked for lately. Never waits; what is not to be had is not said.
    fn wish(&self, wish: Wish);
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
}
