//! What the network sends, and whole towns over real sockets.

#![expect(clippy::unwrap_used, reason = "tests")]

mod corpus;
mod forgeries;
mod neighbours;
mod node;
mod outages;
mod shapes;
mod strangers;
