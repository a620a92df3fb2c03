//! Each check by itself, and that no change of a single byte gets past them.

use parvis_testkit::authenticator::{Authenticator, SEEN, Signed, attestation_of};
use proptest::prelude::*;

use super::*;

const SITE: Site<'_> = Site {
    origin: "https://valmont.example:8443",
    id: "valmont.example",
};

fn device() -> Authenticator {
    Authenticator::new(SITE.origin, SITE.id)
}

/// As they come from outside.
fn makes(client_data: &[u8], attestation: &[u8]) -> Result<Made, Flaw> {
    let client_data = ClientData::read(client_data.to_vec())?;
    made(SITE, &client_data, attestation)
}

/// The same.
fn uses(
    public_key: &[u8],
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
) -> Result<u32, Flaw> {
    let client_data = ClientData::read(client_data.to_vec())?;
    used(
        SITE,
        public_key,
        &client_data,
        authenticator_data,
        signature,
    )
}

fn make(device: &Authenticator) -> Result<Made, Flaw> {
    let client_data = device.client_data("webauthn.create", "asked");
    makes(&client_data, &attestation_of(&device.said_of_new()))
}

fn sign(device: &Authenticator) -> Signed {
    let client_data = device.client_data("webauthn.get", "asked");
    device.signs_this(client_data, device.said(device.flags))
}

fn check(device: &Authenticator, signed: &Signed) -> Result<u32, Flaw> {
    uses(
        &device.public_key(),
        &signed.client_data,
        &signed.authenticator_data,
        &signed.signature,
    )
}

/// What comes of a use in which something is said differently, signed all the same.
fn saying(change: impl FnOnce(&mut Authenticator)) -> Result<u32, Flaw> {
    let mut device = device();
    change(&mut device);
    check(&device, &sign(&device))
}

fn hearing(client_data: &str) -> Result<u32, Flaw> {
    let device = device();
    let signed = device.signs_this(client_data.as_bytes().to_vec(), device.said(SEEN));
    check(&device, &signed)
}

#[test]
fn a_key_is_kept_as_it_was_made_and_known_again() {
    let mut device = device();
    device.counter = 7;
    let kept = make(&device).unwrap();
    assert_eq!(kept.credential, device.credential);
    assert_eq!(kept.public_key, device.public_key());
    assert_eq!(kept.counter, 7);
    device.counter = 8;
    assert_eq!(check(&device, &sign(&device)), Ok(8));
    let other = self::device();
    assert_eq!(check(&other, &sign(&device)), Err(Flaw::Signature));
}

#[test]
fn another_site_another_question_and_nobody_there_do_not_count() {
    assert_eq!(
        saying(|device| device.origin = "https://valmont.example".into()),
        Err(Flaw::Origin)
    );
    assert_eq!(
        saying(|device| device.site = "example".into()),
        Err(Flaw::Site)
    );
    assert_eq!(saying(|device| device.flags = 0x04), Err(Flaw::Absent));
    assert_eq!(saying(|device| device.flags = 0x01), Err(Flaw::Unverified));
    assert_eq!(
        saying(|device| device.flags = SEEN | IS_COPIED),
        Err(Flaw::Copies)
    );
    assert_eq!(
        saying(|device| device.flags = SEEN | IS_COPIED | MAY_BE_COPIED),
        Ok(0)
    );
}

#[test]
fn what_the_browser_says_is_held_to_the_letter() {
    let said = |kind: &str, challenge: &str, more: &str| {
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{}"{more}}}"#,
            SITE.origin
        )
    };
    assert_eq!(hearing(&said("webauthn.get", "asked", "")), Ok(0));
    assert_eq!(
        hearing(&said("webauthn.get", "asked", r#","other_keys":1"#)),
        Ok(0)
    );
    assert_eq!(
        hearing(&said("webauthn.create", "asked", "")),
        Err(Flaw::Kind)
    );
    let heard = ClientData::read(said("webauthn.get", "ASKED", "").into_bytes()).unwrap();
    assert_eq!(heard.challenge(), "ASKED");
    for framed in [
        r#","crossOrigin":true"#,
        r#","topOrigin":"https://elsewhere.example""#,
    ] {
        let said = said("webauthn.get", "asked", framed);
        assert_eq!(hearing(&said), Err(Flaw::Origin), "{framed}");
    }
    for unreadable in [
        String::new(),
        "[]".into(),
        said("webauthn.get", "asked", r#","challenge":"asked""#),
        said(
            "webauthn.get",
            "asked",
            &format!(r#","x":"{}""#, "x".repeat(CLIENT_DATA)),
        ),
    ] {
        assert_eq!(hearing(&unreadable), Err(Flaw::Unreadable));
    }
}

#[test]
fn a_key_that_is_none_is_not_kept() {
    let device = device();
    let client_data = device.client_data("webauthn.create", "asked");
    let of = |said: &[u8]| makes(&client_data, &attestation_of(said));
    let said = device.said_of_new();
    assert!(of(&said).is_ok());
    assert_eq!(of(&device.said(SEEN)), Err(Flaw::Key));
    assert_eq!(of(&said[..said.len() - 1]), Err(Flaw::Key));
    assert_eq!(of(&[said.as_slice(), &[0xa0]].concat()), Err(Flaw::Key));
    let mut announced = [said.as_slice(), &[0xa0]].concat();
    announced[32] |= HAS_MORE;
    assert!(of(&announced).is_ok());
    let mut off_the_curve = said.clone();
    let last = off_the_curve.len() - 1;
    off_the_curve[last] ^= 1;
    assert_eq!(of(&off_the_curve), Err(Flaw::Key));
    let trailing = [attestation_of(&said).as_slice(), &[0]].concat();
    assert_eq!(makes(&client_data, &trailing), Err(Flaw::Unreadable));
    let using = device.client_data("webauthn.get", "asked");
    let attestation = attestation_of(&said);
    assert_eq!(makes(&using, &attestation), Err(Flaw::Kind));
}

#[test]
fn devices_with_other_kinds_of_keys_come_in_too() {
    use aws_lc_rs::{
        rand::SystemRandom,
        rsa::KeySize,
        signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
    };
    let device = device();
    let client_data = device.client_data("webauthn.get", "asked");
    let said = device.said(SEEN);
    let hash = digest(&SHA256, &client_data);
    let signed = [said.as_slice(), hash.as_ref()].concat();
    let check = |key: &[u8], signature: &[u8]| uses(key, &client_data, &said, signature);

    let pair = Ed25519KeyPair::generate().unwrap();
    let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
    let key = [head.as_slice(), pair.public_key().as_ref()].concat();
    let mut signature = pair.sign(&signed).as_ref().to_vec();
    assert_eq!(check(&key, &signature), Ok(0));
    signature[3] ^= 1;
    assert_eq!(check(&key, &signature), Err(Flaw::Signature));

    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // RFC 8017, A.1.1: behind the heads of the sequence and of the first number, and a zero.
    let modulus = &pair.public_key().as_ref()[9..265];
    let head = [
        0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00,
    ];
    let tail = [0x21, 0x43, 0x01, 0x00, 0x01];
    let key = [head.as_slice(), modulus, &tail].concat();
    let mut signature = vec![0; pair.public_modulus_len()];
    let chance = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &chance, &signed, &mut signature)
        .unwrap();
    assert_eq!(check(&key, &signature), Ok(0));
    signature[3] ^= 1;
    assert_eq!(check(&key, &signature), Err(Flaw::Signature));
}

proptest! {
    #[test]
    fn no_changed_byte_gets_past(part in 0..3_usize, place in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let device = device();
        let mut signed = sign(&device);
        let part = [&mut signed.client_data, &mut signed.authenticator_data, &mut signed.signature][part].as_mut_slice();
        let place = place.index(part.len());
        part[place] ^= 1 << bit;
        prop_assert!(check(&device, &signed).is_err());
    }

    #[test]
    fn whatever_is_sent_in_place_of_a_key_is_refused(
        client_data in proptest::collection::vec(any::<u8>(), 0..200),
        object in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        prop_assert!(makes(&client_data, &object).is_err());
        let right = device().client_data("webauthn.create", "asked");
        prop_assert!(makes(&right, &object).is_err());
        let right = device().client_data("webauthn.get", "asked");
        prop_assert!(uses(&object, &right, &client_data, &object).is_err());
    }
}
