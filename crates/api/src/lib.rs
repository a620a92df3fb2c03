//! The client API that Mastodon's apps speak, in their words (<https://docs.joinmastodon.org/methods/>). Holds no rule:
//! reads the request, calls the town, shows the answer. Knows neither SQL nor ActivityPub nor pages.

mod accounts;
mod announcements;
mod answer;
mod apps;
mod choices;
mod conversations;
mod copies;
mod cors;
mod directory;
mod entities;
mod fault;
mod filters;
mod follow_requests;
mod gate;
mod idempotency;
mod instance;
mod interactions;
mod lists;
mod media;
mod notifications;
mod oauth;
mod openapi;
mod paging;
mod params;
mod polls;
mod privacy;
mod push;
mod quotes;
mod reactions;
mod reports;
mod routes;
mod scheduled;
mod search;
mod sign_up;
mod statuses;
mod streaming;
mod tags;
mod timelines;
mod unbuilt;

#[cfg(test)]
mod tests;

pub use push::push_message;
pub use routes::routes;
