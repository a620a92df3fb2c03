//! Handles, addresses and WebFinger answers: whatever is read has one spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use parvis_federation::{json::parse_bounded, uri as ours, wire::jrd};
use parvis_model::{handle::Handle, uri};

fuzz_target!(|text: &str| {
    if let Ok(handle) = text.parse::<Handle>() {
        let again: Handle = handle
            .to_string()
            .parse()
            .expect("what was read can be read");
        assert_eq!(handle, again);
        assert_eq!(handle.key(), again.key());
    }
    if let Some(address) = uri::canonical(text) {
        assert_eq!(uri::canonical(&address).as_ref(), Some(&address));
        assert_eq!(uri::origin_of(&address), uri::origin_of(text));
        let origin = uri::origin_of(&address).expect("an address has an origin");
        assert!(!origin.contains('@') && !origin.contains(char::is_whitespace));
    }
    let _ = ours::ours("https://bourg.example", text);
    if let Ok(value) = parse_bounded(text.as_bytes()) {
        let _ = jrd::Answer::read(&value);
    }
});
