//! The town's memory: tables, and the questions asked of them. The only crate that knows SQL and the only one that begins a
//! transaction. Decides nothing: who may do or see what is `town`'s and `model::audience`'s.

pub mod accounts;
pub mod audience;
pub mod deliveries;
pub mod dialect;
mod door;
pub mod entity;
pub mod follows;
pub mod journal;
pub mod logins;
pub mod media;
pub mod notifications;
pub mod posts;
pub mod reactions;
pub mod relations;
pub mod search;
pub mod seen;
pub mod timelines;
pub mod town;

pub use door::{Snapshot, Store, StoreOptions, Tx};
pub use sea_orm::DbErr;
