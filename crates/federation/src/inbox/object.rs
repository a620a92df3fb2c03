//! Whether an activity says what it is about, as far as that shows without asking anybody. What a post must have is the
//! affair of whoever reads it.

use url::Url;

use crate::wire::{Activity, Kind, Ref, Unreadable, is_no_post, read::Doc};

pub(super) fn check(activity: &Activity<'_>) -> Result<(), Unreadable> {
    match activity.kind {
        // Of what a report lists, only what is of this town is looked at.
        Kind::Flag | Kind::Other => Ok(()),
        Kind::Accept | Kind::Reject | Kind::Undo | Kind::Announce => {
            named_or_said(activity.kind, &activity.object)
        }
        // A tag on a page has no id (Mastodon).
        Kind::Add | Kind::Remove if is_something(&activity.object) => Ok(()),
        // What we have no use for may be written as it likes.
        Kind::Create | Kind::Update if is_foreign(&activity.object) => Ok(()),
        _ => named(&activity.object),
    }
}

fn is_something(object: &Ref<'_>) -> bool {
    let doc = object.embedded().and_then(Doc::of);
    doc.is_some_and(|doc| doc.id().is_none() && doc.types().next().is_some())
}

/// Of a kind that is no post, whatever it calls itself.
fn is_foreign(object: &Ref<'_>) -> bool {
    let doc = object.embedded().and_then(Doc::of);
    doc.is_some_and(|doc| is_no_post(&doc))
}

fn named(object: &Ref<'_>) -> Result<(), Unreadable> {
    let id = object.id().ok_or(Unreadable::missing("id"))?;
    match Url::parse(id) {
        Ok(_) => Ok(()),
        Err(_) => Err(Unreadable::wrong("id", "no address")),
    }
}

/// Another activity may be written out without an id of its own, or with one that is no address. One of a kind that we do
/// not act on may be anything.
fn named_or_said(kind: Kind, object: &Ref<'_>) -> Result<(), Unreadable> {
    let named = named(object);
    let Some(value) = object.embedded().filter(|_| named.is_err()) else {
        return named;
    };
    let doc = Doc::outermost(value)?;
    match Kind::of(&doc).ok_or(Unreadable::missing("type"))? {
        Kind::Other if kind == Kind::Announce && !doc.has("actor") => {
            Err(Unreadable::missing("id"))
        }
        Kind::Other => Ok(()),
        _ => Activity::read(value).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn checked(kind: &str, object: &Value) -> Result<(), &'static str> {
        let value = json!({"type": kind, "actor": "https://a.example/u", "object": object});
        let activity = Activity::read(&value).unwrap();
        check(&activity).map_err(|why| why.member)
    }

    #[test]
    fn what_an_activity_is_about_must_be_named() {
        for kind in [
            "Create", "Update", "Delete", "Follow", "Like", "Announce", "Block",
        ] {
            assert_eq!(
                checked(kind, &json!("https://b.example/1")),
                Ok(()),
                "{kind}"
            );
            assert_eq!(
                checked(kind, &json!({"id": "https://b.example/1"})),
                Ok(()),
                "{kind}"
            );
            assert_eq!(checked(kind, &json!("b")), Err("id"), "{kind}");
            let nameless = [json!({"type": "Note"}), json!({"type": "Note", "id": 5})];
            for object in &nameless {
                assert_eq!(checked(kind, object), Err("id"), "{kind} {object}");
            }
        }
        assert_eq!(checked("Flag", &json!("b")), Ok(()));
        let tag = json!({"type": "Hashtag", "name": "#marché", "href": "https://a.example/tags/1"});
        assert_eq!(checked("Add", &tag), Ok(()));
        assert_eq!(checked("Add", &json!({"name": "x"})), Err("id"));
        assert_eq!(checked("Dance", &json!({})), Ok(()));
        let arrive = json!({"type": "Arrive", "actor": "https://b.example/u"});
        assert_eq!(checked("Announce", &arrive), Ok(()));
    }

    #[test]
    fn what_is_made_and_is_no_post_may_be_called_as_it_likes() {
        for foreign in ["Relationship", "Organization", "Person"] {
            for object in [
                json!({"type": foreign}),
                json!({"type": foreign, "id": "abc-123"}),
                json!({"type": foreign, "id": "https://a.example/u"}),
            ] {
                assert_eq!(checked("Create", &object), Ok(()), "{object}");
                assert_eq!(checked("Update", &object), Ok(()), "{object}");
            }
            for kind in ["Delete", "Follow", "Like", "Block", "Move"] {
                let nameless = json!({"type": foreign});
                assert_eq!(checked(kind, &nameless), Err("id"), "{kind} {foreign}");
            }
        }
    }

    #[test]
    fn another_activity_may_be_written_out_instead() {
        let follow = json!({"type": "Follow", "actor": "https://b.example/u", "object": "https://a.example/u"});
        for kind in ["Accept", "Reject", "Undo", "Announce"] {
            assert_eq!(checked(kind, &follow), Ok(()), "{kind}");
            let mut odd = follow.clone();
            odd["id"] = json!("abc-123");
            assert_eq!(checked(kind, &odd), Ok(()), "{kind}");
            let dance = json!({"type": "Dance", "actor": "https://b.example/u", "object": 5});
            assert_eq!(checked(kind, &dance), Ok(()), "{kind}");
            let half = json!({"type": "Follow", "actor": "https://b.example/u"});
            assert_eq!(checked(kind, &half), Err("object"), "{kind}");
            assert_eq!(checked(kind, &json!({"x": 1})), Err("type"), "{kind}");
        }
        assert_eq!(checked("Undo", &json!({"type": "Dance"})), Ok(()));
    }
}
