//! What apps hear while they listen (<https://docs.joinmastodon.org/methods/streaming/>): the names of streams and events, as
//! server-sent events or on a socket. Who hears what is the town's.

mod events;
mod socket;

use axum::{http::header, response::IntoResponse};
use parvis_model::id;
use parvis_town::{
    Town,
    streams::{Listener, Message, News, Scope, Stream, What},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::{
    answer::Answer,
    entities::{Announcement, Conversation, Notification, Status},
    fault::Fault,
    gate::Holder,
    params::Params,
};

pub use socket::open;

/// Which stream an app means, in a message as in an address.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "StreamParams")]
#[serde(default)]
pub struct Asked {
    stream: String,
    tag: String,
    list: String,
    only_media: bool,
}

impl Asked {
    /// `None`: there is none of that name, or what it needs is not said.
    fn stream(&self, name: &str) -> Option<Stream> {
        let public = |scope, media_only| Some(Stream::Public { scope, media_only });
        let tagged = |local| Stream::tag(&self.tag, local);
        match name {
            "user" => Some(Stream::User),
            "user:notification" => Some(Stream::Notifications),
            "public" => public(Scope::All, self.only_media),
            "public:local" => public(Scope::Local, self.only_media),
            "public:remote" => public(Scope::Remote, self.only_media),
            "public:media" => public(Scope::All, true),
            "public:local:media" => public(Scope::Local, true),
            "public:remote:media" => public(Scope::Remote, true),
            "hashtag" => tagged(false),
            "hashtag:local" => tagged(true),
            // Nobody's list has the number 0.
            "list" => Some(Stream::List(id::parse(&self.list).unwrap_or(0))),
            "direct" => Some(Stream::Direct),
            _ => None,
        }
    }
}

/// As apps match it to what they asked for.
fn names(stream: &Stream) -> Vec<String> {
    let public = |scope: &Scope| match scope {
        Scope::All => "public",
        Scope::Local => "public:local",
        Scope::Remote => "public:remote",
    };
    match stream {
        Stream::User => vec!["user".into()],
        Stream::Notifications => vec!["user:notification".into()],
        Stream::Direct => vec!["direct".into()],
        Stream::Public { scope, media_only } => {
            let media = if *media_only { ":media" } else { "" };
            vec![format!("{}{media}", public(scope))]
        }
        Stream::Tag { name, local, .. } => {
            let kind = if *local { "hashtag:local" } else { "hashtag" };
            vec![kind.into(), name.clone()]
        }
        Stream::List(list) => vec!["list".into(), list.to_string()],
    }
}

fn event(what: &What) -> &'static str {
    match what {
        What::Posted(_) => "update",
        What::Edited(_) => "status.update",
        What::Gone(_) => "delete",
        What::Notified(_) => "notification",
        What::Spoken(_) => "conversation",
        What::FiltersChanged => "filters_changed",
        What::NotificationsMerged => "notifications_merged",
        What::Announced(_) => "announcement",
        What::Answered { .. } => "announcement.reaction",
        What::AnnouncementGone(_) => "announcement.delete",
    }
}

/// What an event holds, as JSON on one line; `None` where its name says all.
fn payload<'n>(town: &Town, news: &'n News) -> Option<&'n str> {
    let origin = &town.origin;
    let words = news.words(|what| match what {
        What::Posted(view) | What::Edited(view) => written(&Status::new(origin, view)),
        What::Gone(post) => post.to_string(),
        What::Notified(view) => written(&Notification::new(origin, view)),
        What::Spoken(view) => written(&Conversation::new(origin, view)),
        What::FiltersChanged | What::NotificationsMerged => String::new(),
        What::Announced(view) => written(&Announcement::for_all(view)),
        What::Answered {
            announcement,
            name,
            count,
        } => written(&json!({
            "announcement_id": announcement.to_string(),
            "name": name,
            "count": count,
        })),
        What::AnnouncementGone(announcement) => announcement.to_string(),
    });
    (!words.is_empty()).then_some(words)
}

fn written(entity: &impl serde::Serialize) -> String {
    serde_json::to_string(entity).unwrap_or_else(|err| {
        tracing::error!(%err, "an event could not be written");
        "null".into()
    })
}

/// A load balancer asks it.
pub async fn health() -> Answer {
    Ok(([(header::CONTENT_TYPE, "text/plain")], "OK").into_response())
}

/// The events of one stream.
async fn listen(holder: &Holder, stream: Option<Stream>) -> Answer {
    let stream = stream.ok_or(Fault::Malformed)?;
    let listener = Listener::open(&holder.town, &holder.bearer).await?;
    listener.subscribe(stream).await?;
    Ok(events::answer(listener))
}

macro_rules! events_of {
    ($($handler:ident $name:literal),*) => {$(
        pub async fn $handler(holder: Holder, params: Params<Asked>) -> Answer {
            listen(&holder, params.fields.stream($name)).await
        }
    )*};
}

events_of!(
    user "user",
    notifications "user:notification",
    public "public",
    local "public:local",
    remote "public:remote",
    hashtag "hashtag",
    local_hashtag "hashtag:local",
    list "list",
    direct "direct"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_is_called_as_it_was_asked_for() {
        let asked = Asked {
            tag: "Fête".into(),
            list: "12".into(),
            ..Asked::default()
        };
        for name in [
            "user",
            "user:notification",
            "public",
            "public:local",
            "public:remote",
            "public:media",
            "public:local:media",
            "public:remote:media",
            "direct",
        ] {
            assert_eq!(names(&asked.stream(name).unwrap()), [name]);
        }
        assert_eq!(
            names(&asked.stream("hashtag").unwrap()),
            ["hashtag", "Fête"]
        );
        assert_eq!(
            names(&asked.stream("hashtag:local").unwrap()),
            ["hashtag:local", "Fête"]
        );
        assert_eq!(names(&asked.stream("list").unwrap()), ["list", "12"]);
    }

    #[test]
    fn a_stream_nobody_knows_or_without_its_tag_is_none() {
        for name in ["", "home", "public:", "hashtag", "hashtag:local"] {
            assert!(Asked::default().stream(name).is_none(), "{name}");
        }
        for (tag, known) in [
            ("é".repeat(100), true),
            ("a".repeat(401), false),
            ("\0".into(), false),
        ] {
            let asked = Asked {
                tag,
                ..Asked::default()
            };
            assert_eq!(asked.stream("hashtag").is_some(), known, "{}", asked.tag);
        }
    }
}
