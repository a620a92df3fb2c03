//! What an archive says, ours or Mastodon's. Its outbox is read a post at a time, however long it is; nothing in it is believed
//! but what its owner says.

use std::{
    cell::Cell,
    fmt,
    io::{self, Read},
};

use parvis_model::{audience::Audience, limits, text, uri as address};
use parvis_town::{
    archive::{Told, ToldFile},
    views::PostKind,
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::{
    actors::same,
    posts::arrived::{audience, body, for_neighbours, shortened, warning},
    wire::{
        Activity, Kind, Post,
        media::Media,
        post::Form,
        read::{Doc, cut},
    },
};

/// Before names of files in the archive, so that they read like addresses. No server is called so (RFC 2606).
const IN_ARCHIVE: &str = "https://archive.invalid/";
/// Where Mastodon's files lie; some of its archives name folders above.
const FILES: &str = "media_attachments/";
/// Bytes of the name of a file; longer ones do not fit into the heads that we read.
const NAME: usize = 256;

/// As [`parvis_town::archive::Documents::read`] says. `prefer`: the language to take where a text comes in several.
pub(super) fn read(
    prefer: &str,
    actor: &[u8],
    outbox: &mut dyn Read,
    each: &mut dyn FnMut(Told),
) -> bool {
    let Some(owner) = Owner::read(actor) else {
        return false;
    };
    let room = Cell::new(limits::ARCHIVE_POST);
    let outbox = Piecewise {
        inner: outbox,
        room: &room,
    };
    let mut tell = |activity: Value| {
        if let Some(told) = owner.told(activity, prefer) {
            each(told);
        }
    };
    let said = Said {
        room: &room,
        each: &mut tell,
    };
    let mut document = serde_json::Deserializer::from_reader(outbox);
    document.deserialize_map(said).is_ok()
}

/// Gives no more than there is room for: whoever reads makes room before each piece, so none can fill the memory.
struct Piecewise<'a> {
    inner: &'a mut dyn Read,
    room: &'a Cell<usize>,
}

impl Read for Piecewise<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let room = self.room.get();
        if room == 0 {
            return Err(io::Error::other("a piece of an outbox is too long"));
        }
        let most = into.len().min(room);
        let read = self.inner.read(&mut into[..most])?;
        self.room.set(room - read);
        Ok(read)
    }
}

/// The collection, then the list of what is in it.
struct Said<'a, F> {
    room: &'a Cell<usize>,
    each: &'a mut F,
}

impl<'de, F: FnMut(Value)> Visitor<'de> for Said<'_, F> {
    type Value = ();

    fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
        words.write_str("an outbox")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { room, each } = self;
        while let Some(member) = members.next_key::<String>()? {
            room.set(limits::ARCHIVE_POST);
            if member == "orderedItems" {
                let items = Said {
                    room,
                    each: &mut *each,
                };
                members.next_value_seed(items)?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { room, each } = self;
        room.set(limits::ARCHIVE_POST);
        while let Some(item) = items.next_element::<Value>()? {
            room.set(limits::ARCHIVE_POST);
            each(item);
        }
        Ok(())
    }
}

impl<'de, F: FnMut(Value)> DeserializeSeed<'de> for Said<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, items: D) -> Result<(), D::Error> {
        items.deserialize_seq(self)
    }
}

/// Whose archive it is.
struct Owner {
    id: String,
    followers: String,
}

impl Owner {
    fn read(actor: &[u8]) -> Option<Self> {
        let actor: Value = serde_json::from_slice(actor).ok()?;
        let doc = Doc::of(&actor)?;
        Some(Self {
            id: doc.id()?.to_owned(),
            followers: doc.one_id("followers").unwrap_or_default().to_owned(),
        })
    }

    /// A post of their own that was not for a few; `None` for all else.
    fn told(&self, mut activity: Value, prefer: &str) -> Option<Told> {
        name_files(&mut activity);
        let create = Activity::read(&activity).ok()?;
        if create.kind != Kind::Create || !same(create.actor, &self.id) {
            return None;
        }
        let object = create.object.embedded()?;
        let post = Post::read(object, prefer).ok()?;
        let is_own = post.author.is_none_or(|author| same(author, &self.id));
        let kind = kind(post.form).filter(|_| is_own && !post.is_vote)?;
        let audience = audience(&post, &self.followers);
        // Those whom a town calls neighbours are others in another town.
        if audience == Audience::Direct || for_neighbours(&post, &self.id) {
            return None;
        }
        let answers = match post.in_reply_to {
            Some(answered) => Some(address::canonical(answered)?),
            None => None,
        };
        let warning = warning(&post);
        Some(Told {
            id: address::canonical(post.id)?,
            answers,
            published: post.published.or(create.published)?,
            kind,
            title: post
                .title
                .filter(|_| kind == PostKind::Article)
                .map(|title| shortened(&text::plain(title), limits::REMOTE_NAME)),
            audience,
            html: body(&post),
            source: source(object),
            sensitive: post.sensitive || !warning.is_empty(),
            summary: warning,
            language: post.language.map(str::to_owned),
            tags: post.hashtags.iter().map(|tag| (*tag).to_owned()).collect(),
            files: post.media.iter().filter_map(file).collect(),
        })
    }
}

/// What is asked in a poll is kept as a text: nobody can vote any more.
fn kind(form: Form) -> Option<PostKind> {
    match form {
        Form::Note | Form::Question => Some(PostKind::Note),
        Form::Article => Some(PostKind::Article),
        Form::Page | Form::Event | Form::Other => None,
    }
}

/// As it was typed, where that is a text in the way ours are.
fn source(object: &Value) -> Option<String> {
    let source = Doc::of(object)?.doc("source")?;
    let is_ours = matches!(
        source.text("mediaType"),
        Some("text/markdown" | "text/plain")
    );
    let typed = source.text("content").filter(|_| is_ours)?;
    Some(cut(typed, limits::REMOTE_HTML).replace('\0', ""))
}

/// In an archive files are named by where they lie in it.
fn name_files(activity: &mut Value) {
    let attached = activity.pointer_mut("/object/attachment");
    for file in attached.and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(Value::String(url)) = file.get_mut("url") else {
            continue;
        };
        if !url.contains("://") {
            let name = url.find(FILES).map_or(url.as_str(), |at| &url[at..]);
            *url = format!("{IN_ARCHIVE}{}", name.trim_start_matches('/'));
        }
    }
}

fn file(media: &Media<'_>) -> Option<ToldFile> {
    let name = media.url.strip_prefix(IN_ARCHIVE)?;
    if name.len() > NAME {
        return None;
    }
    let words = media.description.unwrap_or_default().replace('\0', "");
    Some(ToldFile {
        name: name.to_owned(),
        description: shortened(&words, limits::PICTURE_DESCRIPTION),
        focus: media.focus.unwrap_or_default(),
        laid: None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::PUBLIC;

    const MARIE: &str = "https://a.example/users/marie";

    fn actor() -> Vec<u8> {
        let followers = format!("{MARIE}/followers");
        json!({"type": "Person", "id": MARIE, "followers": followers})
            .to_string()
            .into_bytes()
    }

    fn created(by: &str, members: &Value) -> Value {
        let mut note = json!({"id": "https://a.example/n/1", "type": "Note", "attributedTo": by,
            "content": "<p>Bonjour</p>", "published": "2021-05-01T10:00:00Z", "to": PUBLIC});
        note.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        json!({"type": "Create", "id": "https://a.example/n/1/activity", "actor": by, "object": note})
    }

    fn told(items: &[Value]) -> (bool, Vec<Told>) {
        let outbox = json!({"type": "OrderedCollection", "orderedItems": items, "totalItems": 1});
        let mut told = Vec::new();
        let text = outbox.to_string();
        let whole = read("fr", &actor(), &mut text.as_bytes(), &mut |it| {
            told.push(it);
        });
        (whole, told)
    }

    #[test]
    fn a_post_is_read_with_its_files_cleaned_and_for_whom_it_was() {
        let (whole, told) = told(&[created(
            MARIE,
            &json!({"to": [format!("{MARIE}/followers")], "summary": "Sang", "content": "",
                "contentMap": {"fr": "<p>Aïe<script>1</script></p>"}, "tag": [{"type": "Hashtag", "name": "#Judo"}],
                "attachment": [{"type": "Document", "mediaType": "image/png", "name": "Un chat",
                    "url": "/bucket/media_attachments/files/1/original/a.png"}]}),
        )]);
        assert!(whole);
        let post = &told[0];
        assert_eq!(
            (post.html.as_str(), post.summary.as_str()),
            ("<p>Aïe</p>", "Sang")
        );
        assert_eq!(
            (post.audience, post.language.as_deref()),
            (Audience::Followers, Some("fr"))
        );
        assert_eq!(post.published, 1_619_863_200_000);
        assert_eq!(post.tags, ["Judo"]);
        let file = &post.files[0];
        assert_eq!(
            (file.name.as_str(), file.description.as_str()),
            ("media_attachments/files/1/original/a.png", "Un chat")
        );
    }

    #[test]
    fn a_picture_without_a_word_is_a_post() {
        let endless = format!("media/{}.png", "a".repeat(300));
        let attached = json!({"content": "", "attachment": [
            {"type": "Document", "mediaType": "image/png", "url": endless},
            {"type": "Document", "mediaType": "image/png", "url": "media/ab/cd.png"}]});
        let (_, told) = told(&[created(MARIE, &attached)]);
        assert_eq!(
            (told[0].html.as_str(), told[0].files[0].name.as_str()),
            ("", "media/ab/cd.png")
        );
    }

    #[test]
    fn what_others_say_what_is_for_a_few_and_what_is_no_post_is_left_out() {
        let other = "https://b.example/users/paul";
        let boost = json!({"type": "Announce", "actor": MARIE, "object": "https://b.example/n/1"});
        let foreign = created(MARIE, &json!({"attributedTo": other}));
        let direct = created(MARIE, &json!({"to": [other]}));
        let followers = format!("{MARIE}/followers");
        let neighbours = "https://a.example/ap/audiences/neighbours";
        let neighbours = created(MARIE, &json!({"to": [neighbours, followers]}));
        let undated = created(MARIE, &json!({"published": null}));
        let event = created(MARIE, &json!({"type": "Event", "name": "Bal"}));
        let all = [
            boost,
            foreign,
            direct,
            neighbours,
            undated,
            event,
            created(other, &json!({})),
        ];
        let (whole, told) = told(&all);
        assert!(whole && told.is_empty(), "{told:?}");
    }

    /// T244
    #[test]
    fn t244_what_is_no_outbox_or_has_no_end_is_none() {
        let one =
            |actor: &[u8], outbox: &str| read("fr", actor, &mut outbox.as_bytes(), &mut |_| {});
        let endless = format!("{{\"orderedItems\":[\"{}\"]}}", "x".repeat(2_000_000));
        let deep = format!("{{\"orderedItems\":{}", "[".repeat(100_000));
        for outbox in [
            "",
            "[]",
            "{\"orderedItems\":[",
            "{\"orderedItems\":1}",
            &endless,
            &deep,
        ] {
            assert!(!one(&actor(), outbox), "{} bytes", outbox.len());
        }
        assert!(!one(b"{}", "{}") && one(&actor(), "{}"));
    }
}
