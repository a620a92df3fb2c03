//! The whole program, seen from outside: real processes, real sockets, pages and the client API. Knows no inside of any crate.
//! Needs the `parvis` binary (built when absent; `PARVIS_BIN` names another); with `PARVIS_TEST_POSTGRES` set to a server's
//! address every town keeps its data there instead of in SQLite.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod bad_input;
mod cli;
mod coming;
mod copies;
mod corpus;
mod deliveries;
mod door;
mod door_authority;
mod door_bounds;
mod door_identity;
mod door_messages;
mod door_signatures;
mod exhaustion;
mod faults;
mod faults_database;
mod faults_early;
mod place;
mod polls;
mod privacy;
mod quotes;
mod quotes_elsewhere;
mod shapes;
mod ssrf;
mod story;
