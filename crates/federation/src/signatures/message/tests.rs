//! The examples of RFC 9421, and the attacks of the signature table by their numbers, after proof that honest requests pass.

mod cast;
mod examples;
mod properties;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use http::header::AUTHORIZATION;
use parvis_model::clock::{HOUR, MINUTE};

use self::cast::*;
use super::*;

#[test]
fn p01_an_honest_post_passes() {
    for person in [&*ALICE, &*CURIE] {
        let headers = honest(person);
        assert_eq!(check_by(person, "/inbox", &headers, BODY), Ok(()));
        assert_eq!(headers[HOST], "bourg.example");
        let shape = parse(post("/inbox"), &headers).unwrap();
        assert_eq!(shape.key_id(), person.signer.key_id);
    }
    let text = |headers: &HeaderMap| headers[SIGNATURE_INPUT].to_str().unwrap().to_owned();
    assert_eq!(
        text(&honest(&ALICE)),
        "sig1=(\"@method\" \"@target-uri\" \"content-digest\");created=1780000000;\
         keyid=\"https://alice.example/actor#main-key\""
    );
    assert!(text(&honest(&CURIE)).ends_with(";alg=\"ed25519\""));
}

#[test]
fn p02_an_honest_get_passes() {
    let url: Url = "https://bourg.example/ap/objects/1?page=2#x"
        .parse()
        .unwrap();
    let headers = sign_get(&ALICE.signer, &url, ACTIVITY_JSON, NOW).unwrap();
    let asked = Asked {
        method: &Method::GET,
        ..post("/ap/objects/1?page=2")
    };
    let shape = parse(asked, &headers).unwrap();
    assert_eq!(shape.fresh(NOW), Ok(()));
    assert_eq!(shape.verify(&ALICE.public), Ok(()));
    assert_eq!(shape.verify(&MALLORY.public), Err(Fault::Wrong));
    assert_eq!(shape.verify(&CURIE.public), Err(Fault::Wrong));
    let other = Asked {
        target: "/ap/objects/1",
        ..asked
    };
    let shape = parse(other, &headers).unwrap();
    assert_eq!(shape.verify(&ALICE.public), Err(Fault::Wrong));
}

#[test]
fn p03_what_others_honestly_send_passes() {
    for covered in [
        "\"@method\" \"@target-uri\" \"content-digest\"",
        "\"@method\" \"@target-uri\" \"@authority\" \"host\" \"date\" \"content-digest\"",
        "\"@method\" \"@path\" \"@authority\" \"content-digest\" \"content-type\"",
        "\"content-digest\" \"@request-target\" \"host\" \"@method\" \"@scheme\" \"@query\"",
    ] {
        assert_eq!(
            check(
                &Crafted {
                    covered,
                    ..crafted()
                }
                .headers()
            ),
            Ok(()),
            "{covered}"
        );
    }
    for parameters in [
        "created=NOW;keyid=KEY",
        "created=NOW;keyid=KEY;alg=\"rsa-v1_5-sha256\"",
        "alg=\"hs2019\";keyid=KEY;created=NOW;expires=LATER",
        "keyid=KEY;nonce=\"b3k2pp5k7z-50gnwp.yemd\";tag=\"app\";created=NOW;other=tok/en",
    ] {
        let headers = Crafted {
            parameters,
            ..crafted()
        }
        .headers();
        assert_eq!(check(&headers), Ok(()), "{parameters}");
    }
    let hash = STANDARD.encode(digest(&SHA512, BODY));
    for digest in [
        format!("sha-512=:{hash}:"),
        format!("{}, md5=:YQ==:, sha-512=:{hash}:", crafted().digest),
    ] {
        assert_eq!(
            check(
                &Crafted {
                    digest,
                    ..crafted()
                }
                .headers()
            ),
            Ok(())
        );
    }
    let label = edited(|text| text.replace("sig1=", "genid-7*="));
    assert_eq!(check(&label), Ok(()));
    for second in [59 * MINUTE, -4 * MINUTE] {
        let late = Crafted {
            at: NOW - second,
            ..crafted()
        };
        assert_eq!(check(&late.headers()), Ok(()));
    }
    // Written in another way than the one that is signed.
    let blanks = edited(|text| {
        text.replace("=(", "=(  ")
            .replace("\" \"", "\"   \"")
            .replace(";keyid", "; keyid")
    });
    assert_eq!(check(&blanks), Ok(()));
}

#[test]
fn t001_no_signature() {
    for missing in [SIGNATURE, SIGNATURE_INPUT] {
        let mut headers = honest(&ALICE);
        headers.remove(missing);
        assert_eq!(check(&headers), Err(Fault::Missing));
    }
    // Without its input it is read as the older dialect, in which it says nothing.
    let mut headers = honest(&ALICE);
    headers.remove(SIGNATURE_INPUT);
    assert!(Shape::parse(post("/inbox"), &headers).is_err());
}

#[test]
fn t002_t003_rubbish_and_other_keys() {
    let noise: Vec<u8> = (0..256_u32).map(|n| (n * 167 + 13) as u8).collect();
    assert_eq!(
        check(&crafted().headers_by(|_| noise.clone())),
        Err(Fault::Wrong)
    );
    let mallory = crafted().headers_by(|text| MALLORY.signer.key.sign(text).unwrap());
    assert_eq!(check(&mallory), Err(Fault::Wrong));
    assert_eq!(
        check_by(&CURIE, "/inbox", &crafted().headers(), BODY),
        Err(Fault::Wrong)
    );
}

#[test]
fn t005_t006_the_digest_is_missing_or_not_signed() {
    let mut headers = honest(&ALICE);
    headers.remove(CONTENT_DIGEST);
    assert_eq!(check(&headers), Err(Fault::Absent));
    for covered in [
        "\"@method\" \"@target-uri\"",
        "\"@method\" \"@target-uri\" \"date\"",
    ] {
        let uncovered = Crafted {
            covered,
            ..crafted()
        };
        assert_eq!(check(&uncovered.headers()), Err(Fault::Uncovered));
    }
    // The digest of the older dialect does not count.
    let mut headers = honest(&ALICE);
    headers.insert("digest", BodyDigest::of(BODY).unwrap().digest);
    headers.remove(CONTENT_DIGEST);
    assert_eq!(check(&headers), Err(Fault::Absent));
}

#[test]
fn t007_another_body() {
    let other = check_by(&ALICE, "/inbox", &honest(&ALICE), br#"{"type":"Delete"}"#);
    assert_eq!(other, Err(Fault::OtherBody));
}

#[test]
fn t008_t009_two_digests() {
    let other = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, b"other")));
    let honest_one = crafted().digest;
    for (a, b) in [(&honest_one, &other), (&other, &honest_one)] {
        let mut headers = honest(&ALICE);
        headers.insert(CONTENT_DIGEST, a.parse().unwrap());
        headers.append(CONTENT_DIGEST, b.parse().unwrap());
        assert_eq!(check(&headers), Err(Fault::Doubled));
        let joined = Crafted {
            digest: format!("{a}, {b}"),
            ..crafted()
        };
        assert_eq!(check(&joined.headers()), Err(Fault::Doubled));
    }
    let hash = STANDARD.encode(digest(&SHA512, b"other"));
    let contradictory = Crafted {
        digest: format!("{honest_one}, sha-512=:{hash}:"),
        ..crafted()
    };
    assert_eq!(check(&contradictory.headers()), Err(Fault::OtherBody));
}

#[test]
fn t011_only_a_weak_digest() {
    for digest in [
        "md5=:Q2hlY2sgSW50ZWdyaXR5IQ==:",
        "sha-256=:Q2hlY2s=:",
        "sha-256=1",
        "SHA-256=YQ==",
        "",
    ] {
        let weak = Crafted {
            digest: digest.into(),
            ..crafted()
        };
        assert_eq!(check(&weak.headers()), Err(Fault::Digest), "{digest}");
    }
}

#[test]
fn t012_t013_two_days_old_or_ahead() {
    for (shift, fault) in [
        (-48 * HOUR, Fault::Old),
        (-61 * MINUTE, Fault::Old),
        (48 * HOUR, Fault::Early),
        (6 * MINUTE, Fault::Early),
    ] {
        let created = Crafted {
            at: NOW + shift,
            ..crafted()
        };
        assert_eq!(check(&created.headers()), Err(fault), "{shift}");
        let covered = "\"@method\" \"@target-uri\" \"content-digest\" \"date\"";
        let dated = Crafted {
            covered,
            date: NOW + shift,
            ..crafted()
        };
        assert_eq!(check(&dated.headers()), Err(fault), "{shift}");
    }
}

#[test]
fn t015_t026_no_time_that_is_signed() {
    for (parameters, fault) in [
        ("keyid=KEY", Fault::Uncovered),
        ("keyid=KEY;expires=LATER", Fault::Uncovered),
        ("keyid=KEY;created=\"NOW\"", Fault::Date),
        ("keyid=KEY;created", Fault::Date),
    ] {
        let undated = Crafted {
            parameters,
            ..crafted()
        };
        assert_eq!(check(&undated.headers()), Err(fault), "{parameters}");
    }
    let covered = "\"@method\" \"@target-uri\" \"content-digest\" \"date\"";
    let by_header = Crafted {
        covered,
        parameters: "keyid=KEY",
        ..crafted()
    };
    assert_eq!(check(&by_header.headers()), Err(Fault::Uncovered));
}

#[test]
fn t017_t021_t022_something_needed_is_not_signed() {
    for covered in [
        "",
        "\"date\"",
        "\"content-digest\"",
        "\"@target-uri\" \"content-digest\"",
        "\"@method\" \"content-digest\"",
        "\"@method\" \"@path\" \"content-digest\"",
        "\"@method\" \"@request-target\" \"content-digest\"",
        "\"@method\" \"@authority\" \"content-digest\"",
        "\"@method\" \"host\" \"@query\" \"content-digest\"",
    ] {
        let little = Crafted {
            covered,
            ..crafted()
        };
        assert_eq!(check(&little.headers()), Err(Fault::Uncovered), "{covered}");
    }
    let without_query = Crafted {
        covered: "\"@method\" \"@authority\" \"@path\" \"content-digest\"",
        ..crafted()
    };
    let answer = check_by(&ALICE, "/inbox?all=1", &without_query.headers(), BODY);
    assert_eq!(answer, Err(Fault::Uncovered));
}

#[test]
fn t018_t019_t023_signed_for_another_request() {
    let headers = honest(&ALICE);
    for target in ["/users/marie/inbox", "/inbox?x=1", "/inbox?"] {
        let answer = check_by(&ALICE, target, &headers, BODY);
        assert_eq!(answer, Err(Fault::Wrong), "{target}");
    }
    let wrong = |asked: Asked| parse(asked, &headers).unwrap().verify(&ALICE.public);
    assert_eq!(wrong(post("/inbox")), Ok(()));
    for origin in [
        "https://third.example",
        "http://bourg.example",
        "https://bourg.example:8443",
    ] {
        let asked = Asked {
            origin,
            ..post("/inbox")
        };
        assert_eq!(wrong(asked), Err(Fault::Wrong), "{origin}");
    }
    let put = Asked {
        method: &Method::PUT,
        ..post("/inbox")
    };
    assert_eq!(wrong(put), Err(Fault::Wrong));
}

#[test]
fn t024_expired() {
    for (parameters, fault) in [
        ("created=NOW;expires=EARLIER;keyid=KEY", Fault::Expired),
        ("created=NOW;expires=-1;keyid=KEY", Fault::Expired),
        ("created=NOW;expires=\"soon\";keyid=KEY", Fault::Date),
    ] {
        let ended = Crafted {
            parameters,
            ..crafted()
        };
        assert_eq!(check(&ended.headers()), Err(fault), "{parameters}");
    }
}

#[test]
fn t027_t028_algorithms_that_are_none() {
    use aws_lc_rs::hmac;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, ALICE.public_pem.as_bytes());
    let by_secret = |text: &[u8]| hmac::sign(&secret, text).as_ref().to_vec();
    for alg in [
        "hmac-sha256",
        "none",
        "",
        "rsa-pss-sha512",
        "rsa-sha1",
        "ED25519",
    ] {
        let parameters = format!("created=NOW;keyid=KEY;alg=\"{alg}\"");
        let headers = Crafted {
            parameters: &parameters,
            ..crafted()
        }
        .headers_by(by_secret);
        assert_eq!(check(&headers), Err(Fault::Algorithm), "{alg}");
    }
    for parameters in [
        "created=NOW;keyid=KEY",
        "created=NOW;keyid=KEY;alg=\"rsa-v1_5-sha256\"",
        "created=NOW;keyid=KEY;alg=\"ed25519\"",
    ] {
        for by in [by_secret(b"x"), Vec::new()] {
            let headers = Crafted {
                parameters,
                ..crafted()
            }
            .headers_by(|_| by.clone());
            assert_eq!(check(&headers), Err(Fault::Wrong), "{parameters}");
        }
    }
    let token = Crafted {
        parameters: "created=NOW;keyid=KEY;alg=ed25519",
        ..crafted()
    };
    assert_eq!(check(&token.headers()), Err(Fault::Malformed));
    // A true signature said to be of the other kind.
    let other = Crafted {
        parameters: "created=NOW;keyid=KEY;alg=\"ed25519\"",
        ..crafted()
    };
    assert_eq!(check(&other.headers()), Err(Fault::Wrong));
}

#[test]
fn t033_t034_two_signatures() {
    let (alice, mallory) = (honest(&ALICE), honest(&MALLORY));
    let text = |headers: &HeaderMap, name: HeaderName| headers[name].to_str().unwrap().to_owned();
    for (first, second) in [(&alice, &mallory), (&mallory, &alice)] {
        for name in [SIGNATURE, SIGNATURE_INPUT] {
            let mut headers = first.clone();
            headers.append(&name, second[&name].clone());
            assert_eq!(check(&headers), Err(Fault::Doubled));
        }
        // Both under labels of their own, and both under one.
        for label in ["sig2=", "sig1="] {
            let mut headers = first.clone();
            for name in [SIGNATURE, SIGNATURE_INPUT] {
                let second = text(second, name.clone()).replace("sig1=", label);
                let both = format!("{}, {second}", text(first, name.clone()));
                headers.insert(name, both.parse().unwrap());
            }
            assert_eq!(check(&headers), Err(Fault::Doubled), "{label}");
        }
        let mut headers = first.clone();
        let more = format!("{}, sig2=:YQ==:", text(first, SIGNATURE));
        headers.insert(SIGNATURE, more.parse().unwrap());
        assert_eq!(check(&headers), Err(Fault::Doubled));
    }
    let mut headers = honest(&ALICE);
    headers.insert(AUTHORIZATION, "Signature keyId=\"x\"".parse().unwrap());
    assert_eq!(check(&headers), Err(Fault::Doubled));
    let other_label = edited(str::to_owned);
    let mut headers = other_label;
    let signature = text(&headers, SIGNATURE).replace("sig1=", "sig2=");
    headers.insert(SIGNATURE, signature.parse().unwrap());
    assert_eq!(check(&headers), Err(Fault::Malformed));
}

#[test]
fn t033_a_signature_of_each_dialect() {
    use crate::signatures::cavage;
    let url: Url = "https://bourg.example/inbox".parse().unwrap();
    let older =
        cavage::sign_post(&MALLORY.signer, &url, &BodyDigest::of(BODY).unwrap(), NOW).unwrap();
    let mut headers = honest(&ALICE);
    headers.append(SIGNATURE, older[SIGNATURE].clone());
    let answer = Shape::parse(post("/inbox"), &headers).map(drop);
    assert_eq!(answer, Err(Fault::Doubled));
    headers.insert(SIGNATURE, older[SIGNATURE].clone());
    assert!(Shape::parse(post("/inbox"), &headers).is_err());
}

#[test]
fn t035_t036_something_said_twice() {
    for parameters in [
        "created=NOW;keyid=\"https://mallory.example/actor#main-key\";keyid=KEY",
        "created=NOW;created=NOW;keyid=KEY",
        "created=NOW;keyid=KEY;alg=\"ed25519\";alg=\"rsa-v1_5-sha256\"",
    ] {
        let twice = Crafted {
            parameters,
            ..crafted()
        };
        assert_eq!(check(&twice.headers()), Err(Fault::Doubled), "{parameters}");
    }
    let covered = "\"@method\" \"@target-uri\" \"content-digest\" \"@method\"";
    assert_eq!(
        check(
            &Crafted {
                covered,
                ..crafted()
            }
            .headers()
        ),
        Err(Fault::Doubled)
    );
    for (name, value) in [
        ("host", "third.example"),
        ("date", "x"),
        ("content-type", "text/plain"),
        ("content-length", "3"),
    ] {
        let mut headers = crafted().headers();
        headers.append(name, "1".parse().unwrap());
        headers.append(name, value.parse().unwrap());
        assert_eq!(check(&headers), Err(Fault::Doubled), "{name}");
    }
}

#[test]
fn t030_key_ids_that_are_no_addresses() {
    for keyid in [
        "",
        "main-key",
        "acct:alice@alice.example",
        "https:/@alice.example/",
        "https://u:p@alice.example/",
        "ftp://alice.example/k",
    ] {
        let parameters = format!("created=NOW;keyid=\"{keyid}\"");
        let headers = Crafted {
            parameters: &parameters,
            ..crafted()
        }
        .headers();
        assert_eq!(check(&headers), Err(Fault::KeyId), "{keyid}");
    }
    let none = Crafted {
        parameters: "created=NOW",
        ..crafted()
    };
    assert_eq!(check(&none.headers()), Err(Fault::KeyId));
}

#[test]
fn t040_a_header_without_end() {
    for name in [SIGNATURE, SIGNATURE_INPUT] {
        let mut headers = honest(&ALICE);
        let long = format!(
            "{},{}=:YQ==:",
            headers[&name].to_str().unwrap(),
            "a".repeat(60_000)
        );
        headers.insert(name, long.parse().unwrap());
        assert_eq!(check(&headers), Err(Fault::TooLong));
    }
}

#[test]
fn components_that_change_their_meaning_are_refused() {
    for covered in [
        "\"@method\" \"@target-uri\" \"content-digest\";sf",
        "\"@method\" \"@target-uri\" \"content-digest\";bs",
        "\"@method\";req \"@target-uri\" \"content-digest\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"date\";key=\"x\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"@status\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"@query-param\";name=\"x\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"@signature-params\"",
        "\"@method\" \"@target-uri\" \"Content-Digest\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"\"",
        "\"@method\" \"@target-uri\" \"content-digest\" \"a b\"",
    ] {
        let mut headers = honest(&ALICE);
        let input = format!(
            "sig1=({covered});created=1780000000;keyid=\"https://alice.example/actor#main-key\""
        );
        headers.insert(SIGNATURE_INPUT, input.parse().unwrap());
        headers.insert(DATE, "x".parse().unwrap());
        assert_eq!(check(&headers), Err(Fault::Malformed), "{covered}");
    }
    let absent = Crafted {
        covered: "\"@method\" \"@target-uri\" \"content-digest\"",
        ..crafted()
    };
    let mut headers = absent.headers();
    let input = headers[SIGNATURE_INPUT]
        .to_str()
        .unwrap()
        .replace("-digest\"", "-digest\" \"x-not-sent\"");
    headers.insert(SIGNATURE_INPUT, input.parse().unwrap());
    assert_eq!(check(&headers), Err(Fault::Absent));
}
