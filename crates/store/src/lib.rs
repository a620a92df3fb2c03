//! The town's memory: tables, and the questions asked of them. The only crate that knows SQL and the only one that begins a
//! transaction. Decides nothing: who may do or see what is `town`'s and `model::audience`'s.

pub mod accounts;
pub mod audience;
mod claims;
pub mod copies;
pub mod deliveries;
pub mod dialect;
mod door;
pub mod entity;
pub mod follows;
pub mod journal;
pub mod keys;
pub mod logins;
pub mod media;
mod neighbours;
pub mod notifications;
pub mod pins;
pub mod polls;
pub mod posts;
pub mod quotes;
pub mod reactions;
pub mod relations;
pub mod reports;
pub mod search;
pub mod seen;
pub mod signature_forms;
pub mod timelines;
pub mod town;
mod trouble;

pub use claims::Claims;
pub use door::{Snapshot, Store, StoreOptions, Tx};
pub use sea_orm::DbErr;
pub use trouble::{Trouble, trouble};
