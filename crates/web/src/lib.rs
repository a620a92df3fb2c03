//! The pages: a face of the town for browsers. Translates requests into the town's questions and deeds and
//! shows what comes back; holds no rule, writes no row, knows no ActivityPub.

mod about;
mod actions;
mod announcements;
mod anyone;
mod appearance;
mod asked;
mod assets;
mod authorize;
mod card;
mod colour;
mod connections;
mod conversations;
mod cookies;
mod copies;
mod crawlers;
mod departures;
mod described;
mod drafts;
mod email;
mod embeds;
mod exports;
mod fault;
mod feeds;
mod filters;
mod first_steps;
mod follows;
mod form;
mod frame;
mod from_elsewhere;
mod headers;
mod home;
mod imports;
mod installed;
mod lists;
mod log_in;
mod media;
mod memberships;
mod moves;
mod notes;
mod notice_settings;
mod notices;
mod page;
mod people;
mod permissions;
mod polls;
mod posts;
mod previews;
mod profile;
mod quotes;
mod ranges;
mod relations;
mod remote_pictures;
mod reports;
mod revisions;
mod routes;
#[cfg(test)]
mod samples;
mod search;
mod set_up;
mod settings;
mod sign_up;
mod staff;
#[cfg(test)]
mod story;
mod suggestions;
mod tags;
mod timelines;
mod two_step;
mod visit;
#[cfg(test)]
mod words;
mod write;

pub use routes::routes;
