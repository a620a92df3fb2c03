//! ActivityPub: what other servers say to the town and what the town says to them. Holds no rule: verifies, translates,
//! calls a deed, answers.

mod actors;
mod collections;
mod delivery;
mod documents;
mod emojis;
mod events;
mod federation;
pub mod fetch;
mod follows;
mod gone;
mod groups;
mod inbox;
pub mod json;
pub mod keys;
mod knocks;
mod ledger;
mod markup;
mod neighbours;
mod nodeinfo;
mod outbox;
mod pictures;
mod polls;
mod posts;
mod previews;
pub mod problem;
mod proofs;
mod push;
pub mod queue;
mod quotes;
mod reactions;
mod resolver;
pub mod routes;
pub mod send;
pub mod signatures;
mod software;
mod strays;
mod synchronization;
pub mod uri;
mod webfinger;
pub mod wire;

pub use federation::Federation;
pub use push::{Push, Writer};
