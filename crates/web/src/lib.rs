//! The pages: a face of the town for browsers. Translates requests into the town's questions and deeds and
//! shows what comes back; holds no rule, writes no row, knows no ActivityPub.

mod about;
mod actions;
mod announcements;
mod asked;
mod assets;
mod authorize;
mod card;
mod connections;
mod cookies;
mod copies;
mod fault;
mod form;
mod frame;
mod headers;
mod home;
mod lists;
mod log_in;
mod media;
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
mod remote_pictures;
mod reports;
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
mod visit;
#[cfg(test)]
mod words;
mod write;

pub use routes::routes;
