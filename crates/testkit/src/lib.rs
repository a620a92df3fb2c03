//! Everything the whole-program tests are played with: the real program in a throwaway folder, residents, a browser
//! without scripts, and servers of other towns that can be told to misbehave. Must not know the inside of any of our
//! crates, but for the tables a town begins with: it talks to the program as the world does.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test kit that stumbles fails the test"
)]

pub mod actor;
pub mod authenticator;
pub mod browser;
pub mod bucket;
pub mod canary;
pub mod database;
pub mod ear;
mod empty;
pub mod exchange;
pub mod form;
pub mod keys;
pub mod letter;
pub mod line;
pub mod mail_server;
pub mod message;
pub mod neighbourhood;
pub mod patience;
pub mod program;
pub mod proof;
pub mod push_service;
pub mod questions;
pub mod remote;
pub mod resident;
pub mod takes;
pub mod town;

pub use actor::Actor;
pub use browser::Browser;
pub use bucket::Bucket;
pub use canary::Canary;
pub use database::Database;
pub use ear::{Ear, Events};
pub use exchange::Reply;
pub use letter::Letter;
pub use line::Line;
pub use mail_server::MailServer;
pub use message::Message;
pub use neighbourhood::Neighbourhood;
pub use patience::{eventually, until};
pub use push_service::{Device, PushService};
pub use remote::{Host, Manner, Remote};
pub use resident::Resident;
pub use takes::Takes;
pub use town::TestTown;
