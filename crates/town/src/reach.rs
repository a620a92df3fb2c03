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

#[async_trait]
pub trait Reach: Send + Sync {
    /// Finds a person of another server by handle; asks that server if need be.
    async fn handle(&self, town: &Arc<Town>, handle: &Handle) -> Outcome<Option<Id>>;
    /// Finds an account or a post by address.
    async fn uri(&self, town: &Arc<Town>, uri: &str) -> Outcome<Option<Found>>;
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
}
