//! Public keys as `Multikey` writes them (FEP-521a: base58btc of a multicodec prefix and the key), from and to PEM. Knows no
//! document.

use super::pem;

/// Characters of the longest key we take, RSA of 4096 bits.
const LONGEST: usize = 800;
const ED25519: [u8; 2] = [0xed, 0x01];
const RSA: [u8; 2] = [0x85, 0x24];
/// What stands before the 32 bytes of an Ed25519 key as SubjectPublicKeyInfo (RFC 8410).
const SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// Bytes of an Ed25519 key as SubjectPublicKeyInfo.
pub(super) const SPKI_BYTES: usize = SPKI.len() + 32;

/// `publicKeyMultibase` as PEM, of Ed25519 and RSA keys.
pub fn to_pem(multibase: &str) -> Option<String> {
    if multibase.len() > LONGEST {
        return None;
    }
    let bytes = bs58::decode(multibase.strip_prefix('z')?).into_vec().ok()?;
    if let Some(key) = bytes.strip_prefix(&ED25519) {
        let spki = [&SPKI, key].concat();
        return (spki.len() == SPKI_BYTES).then(|| pem::encode(&spki, "PUBLIC KEY"));
    }
    let rsa = bytes.strip_prefix(&RSA)?;
    Some(pem::encode(rsa, "RSA PUBLIC KEY"))
}

/// An Ed25519 key in SubjectPublicKeyInfo PEM as `publicKeyMultibase`; `None` for other keys.
pub fn of_pem(text: &str) -> Option<String> {
    let der = pem::decode(text, &["PUBLIC KEY"])?;
    let key = der.strip_prefix(&SPKI).filter(|key| key.len() == 32)?;
    let bytes = [&ED25519, key].concat();
    Some(format!("z{}", bs58::encode(bytes).into_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::signatures::{SigningKey, VerifyingKey};

    #[test]
    fn a_key_of_ours_comes_back_as_it_was() {
        let public = SigningKey::generate_ed25519().unwrap().public;
        let multibase = of_pem(&public).unwrap();
        assert!(multibase.starts_with("z6Mk"), "{multibase}");
        assert_eq!(to_pem(&multibase), Some(public));
    }

    #[test]
    fn keys_that_others_publish_are_read() {
        // The example of the did:key specification for Ed25519.
        let pem = to_pem("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK").unwrap();
        assert!(VerifyingKey::from_pem(&pem).unwrap().is_ed25519());
        let modulus = [&[0_u8][..], &[0xC3; 256]].concat();
        let mut inside = [&[0x02, 0x82, 0x01, 0x01][..], &modulus].concat();
        inside.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        let rsa = [&[0x85, 0x24, 0x30, 0x82, 0x01, 0x0a][..], &inside].concat();
        let text = format!("z{}", bs58::encode(rsa).into_string());
        let key = VerifyingKey::from_pem(&to_pem(&text).unwrap()).unwrap();
        assert!(!key.is_ed25519());
        assert_eq!(of_pem(&to_pem(&text).unwrap()), None);
    }

    #[test]
    fn rubbish_is_no_key() {
        let long = format!("z{}", "2".repeat(LONGEST));
        for rubbish in ["", "z", "z0", "u6Mk", "z6Mk", "zé", long.as_str()] {
            assert_eq!(to_pem(rubbish), None, "{rubbish}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,100}") {
            let _ = to_pem(&text);
            prop_assert_eq!(of_pem(&text), None);
        }

        #[test]
        fn every_key_has_one_spelling(key in any::<[u8; 32]>()) {
            let spki = pem::encode(&[&SPKI[..], &key].concat(), "PUBLIC KEY");
            prop_assert_eq!(to_pem(&of_pem(&spki).unwrap()), Some(spki));
        }
    }
}
