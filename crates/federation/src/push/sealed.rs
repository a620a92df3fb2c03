//! A message for one device, encrypted so that no push service on its way can read it: as RFC 8291 has it, and as the draft
//! before it had it, which older apps still read. Knows no addresses and no messages' words.

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    error::Unspecified,
    hmac,
};

/// Bytes that push services must take (RFC 8030, 7.2).
const LARGEST: usize = 4096;
/// Besides the text of a message, in the longer one of the two forms: salt, size, key; a mark; a tag.
const AROUND: usize = 16 + 4 + 1 + 65 + 1 + 16;
/// Bytes of the longest text that can be sent.
pub const LONGEST: usize = LARGEST - AROUND;

/// Whom a message is for: the device's public key, and a secret it shares with us.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    pub key: &'a [u8],
    pub auth: &'a [u8],
}

/// What is new for every message.
pub struct Fresh {
    key: PrivateKey,
    salt: [u8; 16],
}

impl Fresh {
    pub fn new() -> Result<Self, Unspecified> {
        Ok(Self {
            key: PrivateKey::generate(&ECDH_P256)?,
            salt: rand::random(),
        })
    }
}

/// In the form of the draft (draft-ietf-webpush-encryption-04), where salt and key travel beside the message.
#[derive(Debug)]
pub struct Draft {
    pub body: Vec<u8>,
    pub salt: [u8; 16],
    pub key: Vec<u8>,
}

/// `aes128gcm` (RFC 8188 and RFC 8291): all in one record.
pub fn standard(device: Device<'_>, fresh: &Fresh, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let ours = fresh.key.compute_public_key()?;
    let info = [b"WebPush: info\0", device.key, ours.as_ref()].concat();
    let secret = shared(device, fresh, &info)?;
    let key = derived(&fresh.salt, &secret, b"Content-Encoding: aes128gcm\0");
    let nonce = derived(&fresh.salt, &secret, b"Content-Encoding: nonce\0");
    let size = (LARGEST as u32).to_be_bytes();
    let length = [ours.as_ref().len() as u8];
    let mut body = [&fresh.salt[..], &size, &length, ours.as_ref()].concat();
    // The mark of the last record.
    body.extend(sealed(&key, &nonce, [text, &[2]].concat())?);
    Ok(body)
}

/// `aesgcm`.
pub fn draft(device: Device<'_>, fresh: &Fresh, text: &[u8]) -> Result<Draft, Unspecified> {
    let ours = fresh.key.compute_public_key()?;
    let secret = shared(device, fresh, b"Content-Encoding: auth\0")?;
    let length = |key: &[u8]| (key.len() as u16).to_be_bytes();
    let context = [
        b"P-256\0",
        &length(device.key)[..],
        device.key,
        &length(ours.as_ref())[..],
        ours.as_ref(),
    ]
    .concat();
    let within = |purpose: &[u8]| [purpose, &context].concat();
    let key = derived(&fresh.salt, &secret, &within(b"Content-Encoding: aesgcm\0"));
    let nonce = derived(&fresh.salt, &secret, &within(b"Content-Encoding: nonce\0"));
    // No bytes to fill it up.
    let body = sealed(&key, &nonce, [&[0, 0], text].concat())?;
    Ok(Draft {
        body,
        salt: fresh.salt,
        key: ours.as_ref().to_vec(),
    })
}

/// What both sides know and nobody else.
fn shared(device: Device<'_>, fresh: &Fresh, info: &[u8]) -> Result<[u8; 32], Unspecified> {
    let theirs = UnparsedPublicKey::new(&ECDH_P256, device.key);
    agree(&fresh.key, theirs, Unspecified, |agreed| {
        Ok(derived(device.auth, agreed, info))
    })
}

/// HKDF with SHA-256 (RFC 5869) for one block, which is as much as is ever needed here.
fn derived(salt: &[u8], secret: &[u8], info: &[u8]) -> [u8; 32] {
    let extracted = hash(salt, secret);
    hash(&extracted, &[info, &[1]].concat())
}

fn hash(key: &[u8], text: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// AES-128-GCM under the beginnings of what was derived.
fn sealed(key: &[u8; 32], nonce: &[u8; 32], mut text: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16])?);
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12])?;
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn fresh(key: &str, salt: &str) -> Fresh {
        Fresh {
            key: PrivateKey::from_private_key(&ECDH_P256, &bytes(key)).unwrap(),
            salt: bytes(salt).try_into().unwrap(),
        }
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn a_message_is_encrypted_as_in_the_example_of_the_rfc() {
        let fresh = fresh(
            "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
            "DGv6ra1nlYgDCS1FRnbzlw",
        );
        let (key, auth) = (
            bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        );
        let device = Device {
            key: &key,
            auth: &auth,
        };
        let text = b"When I grow up, I want to be a watermelon";
        assert_eq!(
            URL_SAFE_NO_PAD.encode(standard(device, &fresh, text).unwrap()),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
             AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    /// draft-ietf-webpush-encryption-04, section 5.
    #[test]
    fn a_message_is_encrypted_as_in_the_example_of_the_draft() {
        let fresh = fresh(
            "nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY",
            "lngarbyKfMoi9Z75xYXmkg",
        );
        let (key, auth) = (
            bytes(
                "BCEkBjzL8Z3C-oi2Q7oE5t2Np-p7osjGLg93qUP0wvqRT21EEWyf0cQDQcakQMqz4hQKYOQ3il2nNZct4HgAUQU",
            ),
            bytes("R29vIGdvbyBnJyBqb29iIQ"),
        );
        let device = Device {
            key: &key,
            auth: &auth,
        };
        let made = draft(device, &fresh, b"I am the walrus").unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(&made.key),
            "BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU"
        );
        assert_eq!(
            URL_SAFE_NO_PAD.encode(&made.body),
            "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"
        );
    }

    #[test]
    fn the_longest_text_still_fits() {
        let fresh = Fresh::new().unwrap();
        let device_key = PrivateKey::generate(&ECDH_P256).unwrap();
        let key = device_key.compute_public_key().unwrap();
        let device = Device {
            key: key.as_ref(),
            auth: &[7; 16],
        };
        let text = vec![b'x'; LONGEST];
        assert_eq!(standard(device, &fresh, &text).unwrap().len(), LARGEST);
        assert!(draft(device, &fresh, &text).unwrap().body.len() <= LARGEST);
    }
}
