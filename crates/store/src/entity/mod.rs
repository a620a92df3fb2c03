//! The tables, dense: columns only, no logic. Kept equal to the migrations by a test.

pub mod account;
pub mod account_key;
pub mod activity;
pub mod block;
pub mod bookmark;
pub mod cursor;
pub mod delivery;
pub mod favourite;
pub mod follow;
pub mod invitation;
pub mod journal;
pub mod login;
pub mod media;
pub mod mention;
pub mod mute;
pub mod notification;
pub mod peer;
pub mod post;
pub mod post_tag;
pub mod recovery_code;
pub mod seen;
pub mod session;
pub mod tag;
pub mod token;
pub mod tombstone;
pub mod town;
