//! The store on a real database: SQLite in a temporary folder, or PostgreSQL where `PARVIS_TEST_POSTGRES` names a server.

#![expect(clippy::unwrap_used, reason = "tests")]

mod audience;
mod deliveries;
mod door;
mod journal;
mod neighbours;
mod plans;
mod scratch;
mod search;
mod timelines;
