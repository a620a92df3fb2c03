//! Documents of other servers, from their bytes to actors, activities, posts and collections.
#![no_main]

use libfuzzer_sys::fuzz_target;
use parvis_federation::{
    json::parse_bounded,
    wire::{Activity, Actor, Collection, Document, Post, jrd},
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = parse_bounded(bytes) else {
        return;
    };
    let _ = Document::read(&value, "fr");
    let _ = Actor::read(&value);
    let _ = Post::read(&value, "fr").map(Post::as_shown);
    let _ = Collection::read(&value);
    let _ = jrd::Answer::read(&value);
    let Ok(activity) = Activity::read(&value) else {
        return;
    };
    let inner = activity.object.activity();
    let _ = inner.and_then(|inner| inner.object.id());
    for object in &activity.objects {
        if let Some(document) = object.embedded() {
            let _ = Post::read(document, "fr").map(|post| post.addressed_as(&activity));
        }
    }
});
