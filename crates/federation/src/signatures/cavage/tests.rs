//! The attacks of the signature table by their numbers, after proof that honest requests pass.

mod properties;

mod cast;

use aws_lc_rs::digest::{SHA256, digest};
use parvis_model::clock::{HOUR, MINUTE};

use self::cast::*;
use super::*;

/// The honest header with its text changed.
fn edited(change: impl Fn(&str) -> String) -> HeaderMap {
    let mut headers = honest();
    let text = change(headers[SIGNATURE].to_str().unwrap());
    headers.insert(SIGNATURE, text.parse().unwrap());
    headers
}

#[test]
fn p01_an_honest_post_passes() {
    let headers = honest();
    assert_eq!(check_post(&headers), Ok(()));
    assert_eq!(headers[HOST], "bourg.example");
    let shape = parse(&Method::POST, "/inbox", &headers).unwrap();
    assert_eq!(shape.key_id(), "https://alice.example/actor#main-key");
}

#[test]
fn p02_an_honest_get_passes() {
    let url: Url = "http://bourg.example:8000/ap/objects/1?page=2"
        .parse()
        .unwrap();
    let headers = sign_get(&ALICE.signer, &url, ACTIVITY_JSON, NOW).unwrap();
    assert_eq!(headers[HOST], "bourg.example:8000");
    let shape = parse(&Method::GET, "/ap/objects/1?page=2", &headers).unwrap();
    assert_eq!(shape.fresh(NOW), Ok(()));
    assert_eq!(shape.verify(&ALICE.public), Ok(()));
    assert_eq!(shape.verify(&MALLORY.public), Err(Fault::Wrong));
}

#[test]
fn p03_what_others_honestly_send_passes() {
    assert_eq!(check_post(&crafted().headers()), Ok(()));
    assert_eq!(
        check_post(
            &Crafted {
                algorithm: None,
                ..crafted()
            }
            .headers()
        ),
        Ok(())
    );
    assert_eq!(
        check_post(
            &Crafted {
                algorithm: Some("hs2019"),
                ..crafted()
            }
            .headers()
        ),
        Ok(())
    );
    let created = Crafted {
        algorithm: Some("hs2019"),
        covered: "(request-target) (created) (expires) host digest",
        created: Some(NOW),
        expires: Some(NOW + HOUR),
        date: None,
        ..crafted()
    };
    assert_eq!(check_post(&created.headers()), Ok(()));
    let order = Crafted {
        covered: "digest content-type date host (request-target)",
        ..crafted()
    };
    assert_eq!(check_post(&order.headers()), Ok(()));
    let late = Crafted {
        date: Some(NOW - 59 * MINUTE),
        ..crafted()
    };
    assert_eq!(check_post(&late.headers()), Ok(()));
    let two = format!("sha-512=AAAA,{}", crafted().digest);
    assert_eq!(
        check_post(
            &Crafted {
                digest: two,
                ..crafted()
            }
            .headers()
        ),
        Ok(())
    );
    let blanks = edited(|text| {
        text.replace("\",", "\" , ")
            .replace("headers=", "headers = ")
    });
    assert_eq!(check_post(&blanks), Ok(()));
    let upper = edited(|text| {
        text.replace("host date", "Host Date")
            .replace("keyId", "keyid")
    });
    assert_eq!(check_post(&upper), Ok(()));
}

#[test]
fn p04_sha512_passes() {
    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::{KeyPair, KeySize},
        signature::{KeyPair as _, RSA_PKCS1_SHA512},
    };
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pem = crate::signatures::pem::encode(pair.public_key().as_ref(), "RSA PUBLIC KEY");
    let public = VerifyingKey::from_pem(&pem).unwrap();
    for algorithm in ["rsa-sha512", "hs2019"] {
        let headers = Crafted {
            algorithm: Some(algorithm),
            ..crafted()
        }
        .headers_by(|text| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(
                &RSA_PKCS1_SHA512,
                &SystemRandom::new(),
                text,
                &mut signature,
            )
            .unwrap();
            signature
        });
        let shape = parse(&Method::POST, "/inbox", &headers).unwrap();
        assert_eq!(shape.verify(&public), Ok(()), "{algorithm}");
        assert_eq!(
            shape.verify(&ALICE.public),
            Err(Fault::Wrong),
            "{algorithm}"
        );
    }
}

#[test]
fn p05_a_target_signed_without_its_query_passes() {
    let headers = honest();
    assert_eq!(
        check(&Method::POST, "/inbox?page=1", &headers, BODY),
        Ok(())
    );
    let with = Crafted {
        path: "/inbox?page=1",
        ..crafted()
    }
    .headers();
    assert_eq!(check(&Method::POST, "/inbox?page=1", &with, BODY), Ok(()));
    assert_eq!(
        check(&Method::POST, "/inbox?page=2", &with, BODY),
        Err(Fault::Wrong)
    );
    assert_eq!(
        check(&Method::POST, "/inbox", &with, BODY),
        Err(Fault::Wrong)
    );
}

#[test]
fn t001_no_signature() {
    let mut headers = honest();
    headers.remove(SIGNATURE);
    assert_eq!(check_post(&headers), Err(Fault::Missing));
}

#[test]
fn t002_random_bytes_as_signature() {
    let noise: Vec<u8> = (0..256_u32).map(|n| (n * 167 + 13) as u8).collect();
    assert_eq!(
        check_post(&crafted().headers_by(|_| noise.clone())),
        Err(Fault::Wrong)
    );
}

#[test]
fn t003_alices_key_id_signed_by_mallory() {
    let headers = crafted().headers_by(|text| MALLORY.signer.key.sign(text).unwrap());
    assert_eq!(check_post(&headers), Err(Fault::Wrong));
}

#[test]
fn t005_no_digest() {
    let mut headers = honest();
    headers.remove(DIGEST);
    assert_eq!(check_post(&headers), Err(Fault::Absent));
    let uncovered = Crafted {
        covered: "(request-target) host date",
        ..crafted()
    };
    assert_eq!(check_post(&uncovered.headers()), Err(Fault::Uncovered));
}

#[test]
fn t007_another_body() {
    let headers = honest();
    let other = check(&Method::POST, "/inbox", &headers, br#"{"type":"Delete"}"#);
    assert_eq!(other, Err(Fault::OtherBody));
}

#[test]
fn t008_t009_two_digests() {
    let other = format!("SHA-256={}", STANDARD.encode(digest(&SHA256, b"other")));
    for first in [true, false] {
        let mut headers = honest();
        let true_one = headers[DIGEST].to_str().unwrap().to_owned();
        let (a, b) = if first {
            (&true_one, &other)
        } else {
            (&other, &true_one)
        };
        headers.insert(DIGEST, a.parse().unwrap());
        headers.append(DIGEST, b.parse().unwrap());
        assert_eq!(check_post(&headers), Err(Fault::Doubled));
        let joined = Crafted {
            digest: format!("{a},{b}"),
            ..crafted()
        };
        assert_eq!(check_post(&joined.headers()), Err(Fault::Doubled));
    }
}

#[test]
fn t011_only_a_weak_digest() {
    let md5 = Crafted {
        digest: "MD5=Q2hlY2sgSW50ZWdyaXR5IQ==".into(),
        ..crafted()
    };
    assert_eq!(check_post(&md5.headers()), Err(Fault::Digest));
    let short = Crafted {
        digest: "SHA-256=Q2hlY2s=".into(),
        ..crafted()
    };
    assert_eq!(check_post(&short.headers()), Err(Fault::Digest));
}

#[test]
fn t012_t013_two_days_old_or_ahead() {
    for (shift, fault) in [
        (-48 * HOUR, Fault::Old),
        (-61 * MINUTE, Fault::Old),
        (48 * HOUR, Fault::Early),
        (6 * MINUTE, Fault::Early),
    ] {
        let date = Crafted {
            date: Some(NOW + shift),
            ..crafted()
        };
        assert_eq!(check_post(&date.headers()), Err(fault), "{shift}");
        let covered = "(request-target) host (created) digest";
        let created = Crafted {
            date: None,
            created: Some(NOW + shift),
            covered,
            ..crafted()
        };
        assert_eq!(check_post(&created.headers()), Err(fault), "{shift}");
        let covered = "(request-target) host date (created) digest";
        let both = Crafted {
            date: Some(NOW + shift),
            created: Some(NOW),
            covered,
            ..crafted()
        };
        assert_eq!(check_post(&both.headers()), Err(fault), "{shift}");
    }
}

#[test]
fn t015_the_date_is_not_signed() {
    let unsigned = Crafted {
        covered: "(request-target) host digest",
        ..crafted()
    };
    assert_eq!(check_post(&unsigned.headers()), Err(Fault::Uncovered));
    let created = Crafted {
        created: Some(NOW),
        ..unsigned
    };
    assert_eq!(check_post(&created.headers()), Err(Fault::Uncovered));
}

#[test]
fn t017_the_target_is_not_signed() {
    let unsigned = Crafted {
        covered: "host date digest",
        ..crafted()
    };
    assert_eq!(check_post(&unsigned.headers()), Err(Fault::Uncovered));
}

#[test]
fn t018_signed_for_another_path() {
    let other = Crafted {
        path: "/users/marie/inbox",
        ..crafted()
    };
    assert_eq!(check_post(&other.headers()), Err(Fault::Wrong));
}

#[test]
fn t019_signed_as_get() {
    assert_eq!(
        check_post(
            &Crafted {
                method: "get",
                ..crafted()
            }
            .headers()
        ),
        Err(Fault::Wrong)
    );
}

#[test]
fn t021_only_the_date_is_signed() {
    assert_eq!(
        check_post(
            &Crafted {
                covered: "date",
                ..crafted()
            }
            .headers()
        ),
        Err(Fault::Uncovered)
    );
    let none = edited(|text| text.replace("headers=", "other="));
    assert_eq!(check_post(&none), Err(Fault::Uncovered));
}

#[test]
fn t022_the_host_is_not_signed() {
    let unsigned = Crafted {
        covered: "(request-target) date digest",
        ..crafted()
    };
    assert_eq!(check_post(&unsigned.headers()), Err(Fault::Uncovered));
}

#[test]
fn t023_the_host_was_changed_after_signing() {
    let mut headers = honest();
    headers.insert(HOST, HeaderValue::from_static("third.example"));
    assert_eq!(check_post(&headers), Err(Fault::Wrong));
}

#[test]
fn t024_expired() {
    let ended = Crafted {
        algorithm: Some("hs2019"),
        covered: "(request-target) host (expires) digest",
        expires: Some(NOW - 24 * HOUR),
        date: None,
        ..crafted()
    };
    assert_eq!(
        check_post(&ended.headers()),
        Err(Fault::Uncovered),
        "no date either"
    );
    let dated = Crafted {
        covered: "(request-target) host date (expires) digest",
        date: Some(NOW),
        ..ended
    };
    assert_eq!(check_post(&dated.headers()), Err(Fault::Expired));
    let unsigned = Crafted {
        covered: crafted().covered,
        ..dated
    };
    assert_eq!(
        check_post(&unsigned.headers()),
        Err(Fault::Expired),
        "believed even if unsigned"
    );
}

#[test]
fn t026_no_date_anywhere() {
    let covered = "(request-target) host digest";
    let undated = Crafted {
        date: None,
        covered,
        ..crafted()
    };
    assert_eq!(check_post(&undated.headers()), Err(Fault::Uncovered));
    for claimed in ["date", "(created)", "(expires)"] {
        let mut headers = undated.headers();
        let text = headers[SIGNATURE].to_str().unwrap();
        let text = text.replace(covered, &format!("{covered} {claimed}"));
        headers.insert(SIGNATURE, text.parse().unwrap());
        assert_eq!(check_post(&headers), Err(Fault::Absent), "{claimed}");
    }
    let mut headers = honest();
    headers.insert(DATE, HeaderValue::from_static("yesterday"));
    assert_eq!(check_post(&headers), Err(Fault::Date));
}

#[test]
fn t027_the_public_key_as_shared_secret() {
    use aws_lc_rs::hmac;
    let secret = hmac::Key::new(hmac::HMAC_SHA256, ALICE.public_pem.as_bytes());
    let by_secret = |text: &[u8]| hmac::sign(&secret, text).as_ref().to_vec();
    let hmac = Crafted {
        algorithm: Some("hmac-sha256"),
        ..crafted()
    };
    assert_eq!(
        check_post(&hmac.headers_by(by_secret)),
        Err(Fault::Algorithm)
    );
    for algorithm in [None, Some("hs2019"), Some("rsa-sha256")] {
        let headers = Crafted {
            algorithm,
            ..crafted()
        }
        .headers_by(by_secret);
        assert_eq!(check_post(&headers), Err(Fault::Wrong), "{algorithm:?}");
    }
}

#[test]
fn t028_no_algorithm_and_an_empty_signature() {
    let none = Crafted {
        algorithm: Some("none"),
        ..crafted()
    };
    assert_eq!(
        check_post(&none.headers_by(|_| Vec::new())),
        Err(Fault::Algorithm)
    );
    assert_eq!(
        check_post(&crafted().headers_by(|_| Vec::new())),
        Err(Fault::Wrong)
    );
}

#[test]
fn t033_t034_two_signature_headers() {
    let mallory = sign_post(
        &MALLORY.signer,
        &inbox(),
        &BodyDigest::of(BODY).unwrap(),
        NOW,
    )
    .unwrap();
    for (first, second) in [(&mallory, &honest()), (&honest(), &mallory)] {
        let mut headers = first.clone();
        headers.append(SIGNATURE, second[SIGNATURE].clone());
        assert_eq!(check_post(&headers), Err(Fault::Doubled));
    }
    let mut headers = honest();
    let claim = format!("Signature {}", headers[SIGNATURE].to_str().unwrap());
    headers.insert(AUTHORIZATION, claim.parse().unwrap());
    assert_eq!(check_post(&headers), Err(Fault::Doubled));
}

#[test]
fn t035_t036_a_parameter_twice() {
    for extra in [
        "keyId=\"https://mallory.example/actor#main-key\"",
        "KEYID=\"https://mallory.example/actor#main-key\"",
        "headers=\"date\"",
        "signature=\"AAAA\"",
        "algorithm=\"hs2019\"",
    ] {
        assert_eq!(
            check_post(&edited(|text| format!("{text},{extra}"))),
            Err(Fault::Doubled)
        );
        assert_eq!(
            check_post(&edited(|text| format!("{extra},{text}"))),
            Err(Fault::Doubled)
        );
    }
    let covered = Crafted {
        covered: "(request-target) host date digest date",
        ..crafted()
    };
    assert_eq!(check_post(&covered.headers()), Err(Fault::Doubled));
}

#[test]
fn a_header_that_counts_sent_twice() {
    for name in [DATE, HOST, CONTENT_TYPE, CONTENT_LENGTH] {
        let mut headers = honest();
        let value = headers
            .get(&name)
            .cloned()
            .unwrap_or_else(|| HeaderValue::from_static("1"));
        headers.insert(name.clone(), value.clone());
        headers.append(name, value);
        assert_eq!(check_post(&headers), Err(Fault::Doubled));
    }
}

#[test]
fn t037_the_method_is_the_one_that_was_used() {
    let mut headers = Crafted {
        method: "get",
        ..crafted()
    }
    .headers();
    headers.insert("x-http-method-override", HeaderValue::from_static("GET"));
    headers.insert("x-original-url", HeaderValue::from_static("/inbox"));
    assert_eq!(check_post(&headers), Err(Fault::Wrong));
}

#[test]
fn t040_a_signature_header_of_60_kb() {
    let long = edited(|text| format!("{text},padding=\"{}\"", "a".repeat(60_000)));
    assert_eq!(check_post(&long), Err(Fault::TooLong));
    let many = edited(|text| {
        let names: Vec<_> = (0..60).map(|n| format!("p{n}=1")).collect();
        format!("{text},{}", names.join(","))
    });
    assert_eq!(check_post(&many), Err(Fault::TooLong));
}

#[test]
fn key_ids_are_addresses() {
    for id in [
        "",
        "acct:alice@alice.example",
        "file:///etc/passwd",
        "https://a@alice.example/key",
        "https:/@alice.example/actor#main-key",
        "https://@alice.example/actor#main-key",
        "https:///alice.example/actor#main-key",
        "https:alice.example/actor?://#main-key",
        "#key",
    ] {
        let named = edited(|text| text.replace("https://alice.example/actor#main-key", id));
        assert_eq!(check_post(&named), Err(Fault::KeyId), "{id}");
    }
}

#[test]
fn broken_headers_are_refused() {
    for text in [
        "",
        ",",
        "keyId",
        "keyId=",
        "keyId=\"a",
        "=\"a\"",
        "a=\"b\" c=\"d\"",
        "keyId=\"\\\"\"",
        "sig1=:AAAA:",
    ] {
        assert_eq!(
            check_post(&edited(|_| text.into())),
            Err(Fault::Malformed),
            "{text}"
        );
    }
    let unsigned = edited(|text| text.replace("signature=\"", "signature=\"*"));
    assert_eq!(check_post(&unsigned), Err(Fault::Malformed));
    let unknown = edited(|text| text.replace("host date", "host (made-up) date"));
    assert_eq!(check_post(&unknown), Err(Fault::Malformed));
}
