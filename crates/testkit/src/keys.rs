//! RSA keys, made once per test process, and an independent check of signatures. Knows no HTTP.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

pub struct Key {
    pair: RsaKeyPair,
    pub public_pem: String,
}

impl Key {
    fn generate() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public_pem = pem(pair.public_key().as_der().unwrap().as_ref());
        Self { pair, public_pem }
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, in base64.
    pub fn sign(&self, message: &str) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .unwrap();
        BASE64.encode(signature)
    }
}

/// Two pairs are enough for any story of right and wrong keys.
pub fn first() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(Key::generate)
}

pub fn second() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(Key::generate)
}

/// Does `signature` (base64) hold for `message` under the key in `public_pem`?
pub fn holds(public_pem: &str, message: &str, signature: &str) -> bool {
    let Ok(signature) = BASE64.decode(signature) else {
        return false;
    };
    let body: String = public_pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let Ok(der) = BASE64.decode(body.trim()) else {
        return false;
    };
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
        .verify(message.as_bytes(), &signature)
        .is_ok()
}

/// `SHA-256=…`, the value of a Digest header.
pub fn digest(body: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    format!("SHA-256={}", BASE64.encode(hash.as_ref()))
}

/// HMAC-SHA-256 in base64: for the attack that takes a public key for a shared secret.
pub fn hmac(secret: &[u8], message: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    BASE64.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()).as_ref())
}

/// The PEM of an RSA key of `bits` that nobody holds the other half of: well-formed, but of a size to be refused.
pub fn public_pem_of_size(bits: usize) -> String {
    let mut modulus = vec![0xA5; bits / 8];
    *modulus.last_mut().unwrap() = 0xA7;
    modulus.insert(0, 0);
    let rsa_key = der(0x30, &[der(0x02, &modulus), der(0x02, &[1, 0, 1])].concat());
    let algorithm = [
        0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
    ];
    let key_bits = der(0x03, &[vec![0], rsa_key].concat());
    pem(&der(0x30, &[algorithm.to_vec(), key_bits].concat()))
}

/// The PEM of a key on an elliptic curve.
pub fn elliptic_pem() -> String {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let public: aws_lc_rs::encoding::PublicKeyX509Der = pair.public_key().as_der().unwrap();
    pem(public.as_ref())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..128 => out.push(short as u8),
        long => {
            let bytes: Vec<u8> = long
                .to_be_bytes()
                .into_iter()
                .skip_while(|byte| *byte == 0)
                .collect();
            out.push(0x80 | bytes.len() as u8);
            out.extend(bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

fn pem(der: &[u8]) -> String {
    let body = BASE64.encode(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_only_for_its_own_key_and_words() {
        let signature = first().sign("bonjour");
        assert!(holds(&first().public_pem, "bonjour", &signature));
        assert!(!holds(&first().public_pem, "bonsoir", &signature));
        assert!(!holds(&second().public_pem, "bonjour", &signature));
    }

    #[test]
    fn an_odd_sized_key_is_still_a_wellformed_one() {
        let message = "bonjour";
        for bits in [512, 4096, 16384] {
            assert!(!holds(
                &public_pem_of_size(bits),
                message,
                &first().sign(message)
            ));
        }
        assert!(elliptic_pem().contains("BEGIN PUBLIC KEY"));
    }
}
