//! ActivityPub: what other servers say to the town and what the town says to them. Holds no rule: verifies, translates,
//! calls a deed, answers.

pub mod fetch;
pub mod json;
pub mod keys;
pub mod queue;
pub mod send;
pub mod signatures;
pub mod uri;
pub mod wire;
