//! What the appendices of RFC 9421 give as examples, so far as their algorithms are ours.

use super::*;
use crate::signatures::{SigningKey, VerifyingKey};

/// Appendix B.1.4.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----";
/// Appendix B.2.6.
const INPUT: &str = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
                     ;created=1618884473;keyid=\"test-key-ed25519\"";
const SIGNED: &str = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

/// The request of appendix B.2.
fn request() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        (
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        ),
        ("content-length", "18"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    headers
}

fn asked() -> Asked<'static> {
    Asked {
        method: &Method::POST,
        target: "/foo?param=Value&Pet=dog",
        origin: "https://example.com",
    }
}

fn base(input: &str, headers: &HeaderMap) -> String {
    let lists = structured::lists(input).unwrap();
    Base::of(&lists[0].1, asked(), headers).unwrap().text
}

#[test]
fn the_text_that_is_signed_is_that_of_the_examples() {
    let expected = "\"date\": Tue, 20 Apr 2021 02:07:55 GMT
\"@method\": POST
\"@path\": /foo
\"@authority\": example.com
\"content-type\": application/json
\"content-length\": 18
\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"";
    assert_eq!(base(INPUT, &request()), expected);
    // Appendix B.2.1: nothing is covered.
    let minimal =
        "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"";
    let expected = "\"@signature-params\": ();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"";
    assert_eq!(base(minimal, &request()), expected);
}

#[test]
fn the_signature_on_the_curve_holds() {
    let text = base(INPUT, &request());
    let signature = structured::bytes(SIGNED).unwrap().remove(0).1;
    let public = VerifyingKey::from_pem(PUBLIC).unwrap();
    for scheme in [None, Some(Scheme::Ed25519)] {
        assert_eq!(public.verify(scheme, text.as_bytes(), &signature), Ok(()));
    }
    let key = SigningKey::from_pem(PRIVATE).unwrap();
    assert_eq!(key.sign(text.as_bytes()).unwrap(), signature);
    let other = text.replace("POST", "PUT");
    let answer = public.verify(None, other.as_bytes(), &signature);
    assert_eq!(answer, Err(Fault::Wrong));
}

#[test]
fn the_digest_of_the_examples_is_that_of_their_body() {
    let digests = digests(&request()).unwrap();
    assert_eq!(digests.match_body(br#"{"hello": "world"}"#), Ok(()));
    assert_eq!(
        digests.match_body(br#"{"hello": "monde"}"#),
        Err(Fault::OtherBody)
    );
}

/// Section 2.2.
#[test]
fn what_is_derived_from_a_request_is_that_of_the_examples() {
    for (name, value) in [
        ("@method", "POST"),
        ("@target-uri", "https://example.com/foo?param=Value&Pet=dog"),
        ("@authority", "example.com"),
        ("@scheme", "https"),
        ("@request-target", "/foo?param=Value&Pet=dog"),
        ("@path", "/foo"),
        ("@query", "?param=Value&Pet=dog"),
    ] {
        let input = format!("s=(\"{name}\")");
        let expected = format!("\"{name}\": {value}\n\"@signature-params\": (\"{name}\")");
        assert_eq!(base(&input, &request()), expected);
    }
    let lists = structured::lists("s=(\"@query\")").unwrap();
    let bare = Asked {
        target: "/path",
        ..asked()
    };
    let text = Base::of(&lists[0].1, bare, &request()).unwrap().text;
    assert!(text.starts_with("\"@query\": ?\n"), "{text}");
}

/// Section 2.1: surrounding blanks go, several headers become one.
#[test]
fn headers_are_joined_as_in_the_examples() {
    let mut headers = HeaderMap::new();
    headers.append(
        "x-ows-header",
        "  Leading and trailing whitespace.   ".parse().unwrap(),
    );
    headers.append("cache-control", "max-age=60".parse().unwrap());
    headers.append("cache-control", "   must-revalidate".parse().unwrap());
    headers.append("x-empty", "".parse().unwrap());
    let text = base(
        "s=(\"x-ows-header\" \"cache-control\" \"x-empty\")",
        &headers,
    );
    assert!(text.starts_with(
        "\"x-ows-header\": Leading and trailing whitespace.\n\"cache-control\": max-age=60, must-revalidate\n\"x-empty\": \n"
    ), "{text}");
}
