//! What holds of every header, whatever is in it.

use proptest::prelude::*;

use super::*;

/// Pieces of which inputs are made, so that chance also meets what is nearly right.
const PIECES: [&str; 16] = [
    "sig1=",
    "(",
    ")",
    "\"@method\"",
    "\"@target-uri\"",
    "\"content-digest\"",
    " ",
    ";",
    "created=1780000000",
    "keyid=\"https://alice.example/actor#main-key\"",
    "alg=\"ed25519\"",
    ",",
    "\"",
    "sf",
    "expires=1",
    "\"date\"",
];

proptest! {
    #[test]
    fn any_header_is_read_or_refused(input in "[ -~\t]{0,200}", signature in "[ -~\t]{0,200}", target in "/[ -~]{0,40}") {
        let mut headers = honest(&ALICE);
        headers.insert(SIGNATURE_INPUT, input.parse().unwrap());
        prop_assert!(check_by(&ALICE, &target, &headers, BODY).is_err());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        prop_assert!(check_by(&ALICE, &target, &headers, BODY).is_err());
    }

    #[test]
    fn what_is_nearly_right_is_read_or_refused(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..24)) {
        let mut headers = honest(&CURIE);
        headers.insert(SIGNATURE_INPUT, pieces.concat().parse().unwrap());
        if let Ok(shape) = parse(post("/inbox"), &headers) {
            prop_assert!(shape.text.contains("\"@method\": POST\n"));
            prop_assert_eq!(shape.verify(&CURIE.public), Err(Fault::Wrong));
        }
    }

    #[test]
    fn one_changed_byte_breaks_a_signature(which in any::<bool>(), at in 0_usize..4096, to in b' '..=b'~') {
        let headers = honest(&CURIE);
        let name = if which { SIGNATURE } else { SIGNATURE_INPUT };
        let mut text = headers[&name].to_str().unwrap().as_bytes().to_vec();
        let at = at % text.len();
        prop_assume!(text[at] != to);
        text[at] = to;
        let mut changed = headers.clone();
        changed.insert(name, HeaderValue::from_bytes(&text).unwrap());
        // Unless what is signed and the signature stay the same: nothing but the spelling was changed.
        let same = |headers: &HeaderMap| parse(post("/inbox"), headers).map(|shape| (shape.text, shape.signature));
        let unchanged = same(&changed).is_ok_and(|parsed| parsed == same(&headers).unwrap());
        prop_assert!(unchanged || check_by(&CURIE, "/inbox", &changed, BODY).is_err());
    }

    #[test]
    fn whatever_is_signed_passes(path in "/[a-zA-Z0-9/_.~-]{0,40}", query in proptest::option::of("[a-z0-9=&%+]{0,30}"), body in ".{0,100}", at in NOW - 3_600_000..NOW + 300_000) {
        let target = query.map_or(path.clone(), |query| format!("{path}?{query}"));
        let url: Url = format!("https://bourg.example{target}").parse().unwrap();
        let target = url.as_str().strip_prefix("https://bourg.example").unwrap();
        let digest = BodyDigest::of(body.as_bytes()).unwrap();
        let headers = sign_post(&CURIE.signer, &url, &digest, at).unwrap();
        let shape = parse(post(target), &headers).unwrap();
        // The signature says whole seconds.
        prop_assert!(shape.fresh(NOW).is_ok() || at < NOW - 3_599_000);
        prop_assert_eq!(shape.digest_matches(body.as_bytes()), Ok(()));
        prop_assert_eq!(shape.verify(&CURIE.public), Ok(()));
    }
}
