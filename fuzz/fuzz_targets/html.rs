//! Foreign HTML, cleaned: cleaning twice changes nothing, and nothing that runs is left.
#![no_main]

use libfuzzer_sys::fuzz_target;
use parvis_model::text;

const NEVER: [&str; 6] = ["<script", "<style", "<iframe", "<svg", "<math", "<img"];

fuzz_target!(|html: &str| {
    let safe = text::clean(html);
    for tag in NEVER {
        assert!(!safe.contains(tag), "{tag} in {safe}");
    }
    assert_eq!(text::clean(&safe), safe);
    let _ = text::plain(html);
    let _ = text::bio(html);
    let _ = text::line(html);
});
