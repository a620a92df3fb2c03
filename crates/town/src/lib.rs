//! What people can do in a town, written once: one module per capability, one function per deed. Faces (pages, client API,
//! ActivityPub, command line) open the write, call deeds with the transaction, and show views. Knows no HTTP and no ActivityPub.

pub mod accounts;
pub mod arrivals;
pub mod copies;
mod failure;
pub mod follows;
pub mod invitations;
pub mod journal;
mod keys;
pub mod media;
pub mod moves;
pub mod notifications;
pub mod pins;
pub mod policies;
pub mod polls;
pub mod posts;
pub mod quotes;
mod rates;
pub mod reach;
pub mod reactions;
pub mod readers;
pub mod relations;
pub mod reports;
pub mod search;
mod secrets;
pub mod sessions;
pub mod settings;
pub mod threads;
pub mod timelines;
pub mod tokens;
mod town;
pub mod users;
pub mod views;

pub use failure::{Error, Failure, Outcome};
pub use rates::{Allowance, Rate, Rates};
pub use town::{Profile, Town, TownOptions, Viewer};
pub use views::{AccountView, MediaView, Paged, PostView};
