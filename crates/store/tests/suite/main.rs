//! The store on a real database: SQLite in a temporary folder, or PostgreSQL where `PARVIS_TEST_POSTGRES` names a server.

mod audience;
mod door;
mod journal;
mod scratch;
mod timelines;
