//! Sound, video and animations as they are uploaded: cleaned or refused, never a fault; what was cleaned is clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use parvis_media::{animation, recording};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(kept) = recording::cleaned(bytes.to_vec()) {
        let again = recording::cleaned(kept.bytes.clone());
        assert_eq!(again.map(|again| again.bytes), Ok(kept.bytes));
    }
    if let Ok(kept) = animation::rewritten(bytes) {
        assert!(animation::rewritten(&kept.bytes).is_ok());
    }
});
