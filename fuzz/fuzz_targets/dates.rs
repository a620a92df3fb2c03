//! Dates as others write them: read or not, never a fault, and always one that can be written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use parvis_federation::wire::{emit, read};

fuzz_target!(|text: &str| {
    if let Some(at) = read::date(text) {
        assert_eq!(read::date(&emit::date(at)), Some(at));
    }
});
