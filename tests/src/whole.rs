//! The whole program, seen from outside: real processes, real sockets, pages and the client API. Knows no inside of any crate.
//! Needs the `parvis` binary (built when absent; `PARVIS_BIN` names another); with `PARVIS_TEST_POSTGRES` set to a server's
//! address every town keeps its data there instead of in SQLite.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accounts;
mod app;
mod bad_input;
mod choices;
mod cli;
mod coming;
mod comments;
mod copies;
mod corpus;
mod deliveries;
mod door;
mod door_authority;
mod door_bounds;
mod door_identity;
mod door_messages;
mod door_signatures;
mod events;
mod exhaustion;
mod faults;
mod faults_database;
mod faults_early;
mod groups;
mod marks;
mod oauth;
mod oauth_apps;
mod oauth_guards;
mod pins;
mod place;
mod polls;
mod polls_elsewhere;
mod privacy;
mod quotes;
mod quotes_elsewhere;
mod reading;
mod scheduled;
mod servers;
mod shapes;
mod ssrf;
mod stamps;
mod story;
mod strays;
mod synchronization;
mod threads;
mod told;
