//! The words of the domain: ids, time, audiences, text, handles, refusals. Pure; knows no database, no network, no pages.

pub mod account;
pub mod appearance;
pub mod attribution;
pub mod audience;
pub mod backoff;
pub mod clock;
pub mod emoji;
pub mod handle;
pub mod id;
pub mod limits;
pub mod locale;
pub mod network;
pub mod page;
pub mod policy;
pub mod polls;
pub mod redirect;
pub mod refusal;
pub mod search;
pub mod text;
pub mod uri;
