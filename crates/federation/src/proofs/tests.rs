use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    json::parse_bounded,
    signatures::{SigningKey, multikey},
    wire::read,
};

/// The pair of the test vectors of FEP-8b32: what stands before a private key as PKCS#8 (RFC 8410), and its halves.
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const SECRET: &str = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
const PUBLIC: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
const KEY_ID: &str = "https://server.example/users/alice#ed25519-key";
const CREATED: &str = "2023-02-24T23:36:38Z";

static OURS: LazyLock<(OurKey, VerifyingKey)> = LazyLock::new(|| {
    let pems = SigningKey::generate_ed25519().unwrap();
    let key = OurKey {
        key_id: KEY_ID.into(),
        key: SigningKey::from_pem(&pems.private).unwrap(),
    };
    (key, VerifyingKey::from_pem(&pems.public).unwrap())
});

fn at(text: &str) -> Timestamp {
    read::date(text).unwrap()
}

fn of_alice() -> OurKey {
    let bytes = bs58::decode(&SECRET[1..]).into_vec().unwrap();
    let seed = bytes.strip_prefix(&[0x80, 0x26]).unwrap();
    OurKey {
        key_id: KEY_ID.into(),
        key: SigningKey::from_der(&[&PKCS8, seed].concat()).unwrap(),
    }
}

fn key_of_alice() -> VerifyingKey {
    VerifyingKey::from_pem(&multikey::to_pem(PUBLIC).unwrap()).unwrap()
}

/// The activity of the vectors, by the version of the context that it names.
fn activity(version: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams",
            format!("https://w3id.org/security/data-integrity/{version}")],
        "id": "https://server.example/activities/1",
        "type": "Create",
        "actor": "https://server.example/users/alice",
        "object": {
            "id": "https://server.example/objects/1",
            "type": "Note",
            "attributedTo": "https://server.example/users/alice",
            "content": "Hello world",
            "location": {"type": "Place", "longitude": -71.184_902, "latitude": 25.273_962},
        },
    })
}

fn proof_of(document: &Value, value: &str) -> Value {
    json!({
        "@context": document["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": KEY_ID, "proofPurpose": "assertionMethod", "proofValue": value, "created": CREATED,
    })
}

fn holds(document: &Value, key: &VerifyingKey, now: Timestamp) -> bool {
    Proof::of(document, now).is_some_and(|proof| proof.holds(key))
}

/// The vectors of fep-8b32.feature, of today and as they stood while the first version of the context was in use.
#[test]
fn the_vectors_of_the_proposal_are_made_and_verified() {
    for (version, value) in [
        (
            "v2",
            "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL",
        ),
        (
            "v1",
            "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z",
        ),
    ] {
        let mut expected = activity(version);
        expected["proof"] = proof_of(&expected, value);
        let mut signed = activity(version);
        prove(&mut signed, &of_alice(), at(CREATED) + 999).unwrap();
        assert_eq!(signed, expected, "{version}");
        assert!(holds(&expected, &key_of_alice(), at(CREATED)), "{version}");
        // As it comes over the wire, with a signature of the older kind that was added afterwards.
        let mut sent = parse_bounded(expected.to_string().as_bytes()).unwrap();
        sent["signature"] = json!({"type": "RsaSignature2017", "signatureValue": "x"});
        assert!(holds(&sent, &key_of_alice(), at(CREATED)), "{version}");
        sent["object"]["location"]["latitude"] = json!(25.273_963);
        assert!(!holds(&sent, &key_of_alice(), at(CREATED)), "{version}");
    }
}

/// By the same pair, with an end.
#[test]
fn a_proof_that_has_expired_or_is_of_the_future_is_none() {
    let mut document = activity("v2");
    document["object"]
        .as_object_mut()
        .unwrap()
        .remove("location");
    document["proof"] = proof_of(
        &document,
        "z25og1nNL6TLjQ8fHK4WmzWZzjb8BhcVvaoXToxE9qpcB6iqCWmWhmSAifmcWA11rtdomgGpkRNeEPDMXWJY5BDVQ",
    );
    document["proof"]["expires"] = json!("2023-02-24T23:36:39Z");
    let created = at(CREATED);
    assert!(holds(&document, &key_of_alice(), created));
    assert!(holds(&document, &key_of_alice(), created - EARLY));
    assert!(!holds(&document, &key_of_alice(), created - EARLY - 1));
    assert!(!holds(&document, &key_of_alice(), created + SECOND));
    document["proof"]["expires"] = json!("never");
    assert!(Proof::of(&document, created).is_none());
}

#[test]
fn a_proof_is_found_among_several_and_may_leave_out_the_context_it_signs() {
    let (key, public) = &*OURS;
    let now = at(CREATED);
    let mut document = activity("v1");
    prove(&mut document, key, now).unwrap();
    let own = document["proof"].clone();
    document["proof"] = json!([{"type": "Ed25519Signature2020"}, "x", own.clone()]);
    assert!(holds(&document, public, now));
    document["proof"] = json!([1, 2, 3, 4, own.clone()]);
    assert!(!holds(&document, public, now), "too many");
    document["proof"] = own;
    document["proof"]
        .as_object_mut()
        .unwrap()
        .remove("@context");
    assert!(holds(&document, public, now));
    document["@context"] = json!("https://www.w3.org/ns/activitystreams");
    assert!(!holds(&document, public, now), "in other terms");
}

#[test]
fn what_is_no_proof_of_ours_is_not_looked_at() {
    let (key, public) = &*OURS;
    let now = at(CREATED);
    let mut document = activity("v1");
    prove(&mut document, key, now).unwrap();
    assert!(holds(&document, public, now));
    assert!(
        !holds(&document, &key_of_alice(), now),
        "somebody else's key"
    );
    let long = format!("z{}", "2".repeat(LONGEST + 1));
    for (member, value) in [
        ("type", json!("Ed25519Signature2020")),
        ("cryptosuite", json!("eddsa-rdfc-2022")),
        ("proofPurpose", json!("authentication")),
        ("created", Value::Null),
        ("verificationMethod", json!("did:key:z6Mk")),
        ("proofValue", json!("z2")),
        ("proofValue", json!(long)),
        (
            "proofValue",
            json!(
                document["proof"]["proofValue"]
                    .as_str()
                    .unwrap()
                    .replacen('z', "u", 1)
            ),
        ),
        ("@context", json!([])),
    ] {
        let mut bent = document.clone();
        bent["proof"][member] = value;
        assert!(Proof::of(&bent, now).is_none(), "{member}");
    }
    assert!(Proof::of(&json!({"proof": null}), now).is_none());
}

#[test]
fn a_document_without_one_spelling_gets_no_proof() {
    let mut document = json!({"count": u64::MAX});
    let refused = prove(&mut document, &OURS.0, 0);
    assert_eq!(refused, Err(Unproven::Spelling));
    assert!(document.get("proof").is_none());
}

proptest! {
    #[test]
    fn what_is_signed_holds_and_any_other_byte_breaks_it(
        content in "\\PC{1,20}",
        count in 1_u32..,
        place in any::<proptest::sample::Index>(),
        byte in 0x20_u8..0x7f,
    ) {
        let (key, public) = &*OURS;
        let now = at(CREATED);
        let mut document = json!({"@context": "https://www.w3.org/ns/activitystreams", "type": "Note",
            "content": content, "tag": [{"count": count, "é": null, "on": true}]});
        prove(&mut document, key, now).unwrap();
        let mut bytes = document.to_string().into_bytes();
        prop_assert!(holds(&parse_bounded(&bytes).unwrap(), public, now));
        let place = place.index(bytes.len());
        bytes[place] = byte;
        // Another byte may leave no document, or the same.
        if let Ok(bent) = parse_bounded(&bytes) && bent != document {
            prop_assert!(!holds(&bent, public, now), "{bent}");
        }
    }
}
