//! What holds of every document, whatever is in it.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

/// Words that documents are made of: names of members, types, addresses, nonsense.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "id", "type", "actor", "object", "to", "cc", "content", "contentMap", "name", "summary", "attributedTo", "tag",
            "attachment", "inReplyTo", "url", "href", "published", "updated", "oneOf", "anyOf", "endTime", "totalItems",
            "items", "orderedItems", "first", "publicKey", "owner", "publicKeyPem", "assertionMethod", "preferredUsername",
            "inbox", "endpoints", "links", "rel", "quote", "interactionPolicy", "@type", "@id", "@value", "as:name",
        ]).prop_map(str::to_owned),
        3 => proptest::sample::select(vec![
            "Create", "Update", "Undo", "Announce", "Flag", "Note", "Question", "Person", "Group", "Collection", "Mention",
            "Hashtag", "Document", "Link", "as:Public", PUBLIC, "self", "application/activity+json",
            "https://a.example/1", "HTTP://A.example.:80/", "2026-01-01T00:00:00Z", "#a", "@a@b.example",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => proptest::collection::vec((word(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused(value in document()) {
        let _ = Document::read(&value, "fr");
        let _ = Actor::read(&value);
        let _ = Collection::read(&value);
        let _ = jrd::Answer::read(&value);
        let _ = Post::read(&value, "fr").map(Post::as_shown);
    }

    #[test]
    fn any_activity_is_read_or_refused(kind in word(), object in document(), to in document()) {
        let value = serde_json::json!({"type": kind, "actor": "https://a.example/1", "object": object, "to": to});
        if let Ok(activity) = Activity::read(&value) {
            let _ = activity.object.activity();
            for object in activity.objects.iter().filter_map(Ref::embedded) {
                let _ = Post::read(object, "fr").map(|post| post.addressed_as(&activity));
            }
        }
    }
}
