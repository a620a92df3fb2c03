//! What people can do in a town, on a real database: SQLite in a temporary folder, or PostgreSQL where
//! `PARVIS_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "tests")]

#[macro_use]
mod scratch;

mod arrivals;
mod audience;
mod closing;
mod conversations;
mod drafts;
mod elsewhere;
mod filters;
mod follows;
mod house;
mod imports;
mod keys;
mod letters;
mod look;
mod media;
mod neighbours;
mod notifications;
mod pages;
mod polls;
mod posts;
mod relations;
mod scheduled;
mod sent_forms;
mod settings;
mod streams;
mod timelines;
mod tokens;
mod users;
mod waiting;
