//! What the network sends, and whole towns over real sockets; on SQLite, or on PostgreSQL where `PARVIS_TEST_POSTGRES` names
//! a server.

#![expect(clippy::unwrap_used, reason = "tests")]

mod corpus;
mod endings;
mod forgeries;
mod gestures;
mod long_outages;
mod neighbours;
mod node;
mod outages;
mod shapes;
mod strangers;
