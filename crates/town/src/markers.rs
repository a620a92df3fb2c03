//! How far a resident has read, so that one app goes on where another stopped.

use parvis_model::id::Id;
pub use parvis_store::markers::Marker;
use parvis_store::{Tx, logins, markers};

use crate::{Outcome, Town};

/// Lists that have a marker, by the name under which it is kept.
pub const HOME: &str = "home";
pub const NOTIFICATIONS: &str = "notifications";

pub async fn of(town: &Town, me: Id) -> Outcome<Vec<Marker>> {
    Ok(markers::of(town.store.read(), me).await?)
}

/// What is read of the notifications is read on the pages, too.
pub async fn set(tx: &Tx, town: &Town, me: Id, timeline: &str, last_read: Id) -> Outcome<()> {
    if timeline == NOTIFICATIONS {
        logins::mark_read(tx, me, last_read).await?;
    }
    Ok(markers::set(tx, me, timeline, last_read, town.now()).await?)
}
