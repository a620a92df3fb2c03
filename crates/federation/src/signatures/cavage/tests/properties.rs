//! What holds of every header, whatever is in it.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_header_is_read_or_refused(text in "[ -~]{0,200}", target in "/[ -~]{0,40}") {
        let mut headers = honest();
        headers.insert(SIGNATURE, text.parse().unwrap());
        prop_assert!(check(&Method::POST, &target, &headers, BODY).is_err());
    }

    #[test]
    fn parameters_come_back_as_they_were_written(
        values in proptest::collection::vec("[ -!#-\\[\\]-~]{0,20}", 1..8),
        blanks in " {0,2}",
    ) {
        let written: Vec<_> =
            values.iter().enumerate().map(|(n, v)| format!("p{n}{blanks}={blanks}\"{v}\"")).collect();
        let text = written.join(&format!("{blanks},{blanks}"));
        let mut rest = Some(text.as_str());
        for (n, written) in values.iter().enumerate() {
            let (name, value, after) = parameter(rest.unwrap()).unwrap();
            prop_assert_eq!(name, format!("p{n}"));
            prop_assert_eq!(value, written.trim());
            rest = after;
        }
        prop_assert_eq!(rest, None);
    }

    #[test]
    fn one_changed_byte_breaks_a_signature(at in 0_usize..4096, to in b' '..=b'~') {
        let headers = Crafted { algorithm: None, ..crafted() }.headers();
        let mut text = headers[SIGNATURE].to_str().unwrap().as_bytes().to_vec();
        let at = at % text.len();
        prop_assume!(!text[at].eq_ignore_ascii_case(&to));
        text[at] = to;
        let mut changed = headers.clone();
        changed.insert(SIGNATURE, HeaderValue::from_bytes(&text).unwrap());
        // The key's name is not signed: a changed one names somebody else's key.
        let same_key = parse(&Method::POST, "/inbox", &changed)
            .is_ok_and(|shape| shape.key_id() == ALICE.signer.key_id);
        prop_assert!(!same_key || check_post(&changed).is_err());
    }
}
