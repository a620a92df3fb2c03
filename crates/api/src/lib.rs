//! The client API that Mastodon's apps speak, in their words (<https://docs.joinmastodon.org/methods/>). Holds no rule:
//! reads the request, calls the town, shows the answer. Knows neither SQL nor ActivityPub nor pages.

mod accounts;
mod answer;
mod cors;
mod entities;
mod fault;
mod follow_requests;
mod gate;
mod idempotency;
mod instance;
mod media;
mod notifications;
mod paging;
mod params;
mod polls;
mod quotes;
mod reactions;
mod reports;
mod routes;
mod search;
mod statuses;
mod timelines;
mod unbuilt;

#[cfg(test)]
mod tests;

pub use routes::routes;
