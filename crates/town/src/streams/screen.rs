//! A page that somebody looks at: it is told that something has come to their home, not what.

use std::sync::Arc;

use parvis_model::id::Id;
use tokio::sync::mpsc;

use super::hub;
use crate::{Outcome, Town};

/// Ends with the session that the page was opened in.
pub struct OpenPage {
    town: Arc<Town>,
    id: u64,
    came: mpsc::Receiver<()>,
}

impl OpenPage {
    /// From now on nothing is missed. Refused where too many pages are told.
    pub async fn open(town: &Arc<Town>, account: Id, session: Id) -> Outcome<Self> {
        let (id, came) = hub::open_page(town, account, session).await?;
        Ok(Self {
            town: Arc::clone(town),
            id,
            came,
        })
    }

    /// Something has come, once or more often since this was asked last. `None`: it is over.
    pub async fn next(&mut self) -> Option<()> {
        self.came.recv().await
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        self.town.streams().leave(self.id);
    }
}
