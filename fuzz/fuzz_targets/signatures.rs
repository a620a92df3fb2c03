//! The headers of a signed request, in both dialects: one a line, `name: value`, as a stranger may send them.
#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;
use parvis_federation::signatures::{Asked, Shape};

/// The moment the shape is asked about, in milliseconds.
const NOW: i64 = 1_780_000_000_000;

fuzz_target!(|text: &[u8]| {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("bourg.example"));
    for line in text.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name),
            HeaderValue::from_bytes(value.trim_ascii()),
        ) else {
            continue;
        };
        headers.append(name, value);
    }
    let asked = Asked {
        method: &Method::POST,
        target: "/ap/inbox?a=b",
        origin: "https://bourg.example",
    };
    if let Ok(shape) = Shape::parse(asked, &headers) {
        let id = shape.key_id();
        assert_eq!(parvis_model::uri::canonical(id).as_deref(), Some(id));
        let _ = shape.fresh(NOW);
        let _ = shape.digest_matches(b"{}");
    }
});
