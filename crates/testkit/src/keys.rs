//! RSA and Ed25519 keys, made once per test process, and an independent check of signatures. Knows no HTTP.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ED25519, Ed25519KeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
        UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

pub struct Key {
    pair: Pair,
    pub public_pem: String,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl Key {
    fn generate() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let public_pem = pem(pair.public_key().as_der().unwrap().as_ref());
        let pair = Pair::Rsa(Box::new(pair));
        Self { pair, public_pem }
    }

    fn generate_ed25519() -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        let public: aws_lc_rs::encoding::PublicKeyX509Der = pair.public_key().as_der().unwrap();
        Self {
            public_pem: pem(public.as_ref()),
            pair: Pair::Ed25519(Box::new(pair)),
        }
    }

    pub fn is_ed25519(&self) -> bool {
        matches!(self.pair, Pair::Ed25519(_))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519, in base64.
    pub fn sign(&self, message: &str) -> String {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message.as_bytes(),
                    &mut signature,
                )
                .unwrap();
                BASE64.encode(signature)
            }
            Pair::Ed25519(pair) => BASE64.encode(pair.sign(message.as_bytes())),
        }
    }

    /// An Ed25519 key as `publicKeyMultibase`.
    ///
    /// # Panics
    /// When it is an RSA key.
    pub fn multibase(&self) -> String {
        let Pair::Ed25519(pair) = &self.pair else {
            panic!("not an Ed25519 key");
        };
        let bytes = [&[0xed, 0x01], pair.public_key().as_ref()].concat();
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// An Ed25519 signature as `proofValue`.
    ///
    /// # Panics
    /// When it is an RSA key.
    pub fn prove(&self, message: &[u8]) -> String {
        let Pair::Ed25519(pair) = &self.pair else {
            panic!("not an Ed25519 key");
        };
        format!("z{}", bs58::encode(pair.sign(message)).into_string())
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

/// Two pairs of Ed25519.
pub fn curve() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(Key::generate_ed25519)
}

pub fn second_curve() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(Key::generate_ed25519)
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
    let verified = if der.len() == 44 {
        UnparsedPublicKey::new(&ED25519, der).verify(message.as_bytes(), &signature)
    } else {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .verify(message.as_bytes(), &signature)
    };
    verified.is_ok()
}

/// Does a `proofValue` hold for `message` under the Ed25519 key in `publicKeyMultibase`?
pub fn proves(multibase: &str, message: &[u8], value: &str) -> bool {
    let decoded = |text: &str| bs58::decode(text.strip_prefix('z')?).into_vec().ok();
    let (Some(key), Some(signature)) = (decoded(multibase), decoded(value)) else {
        return false;
    };
    let key = key.strip_prefix(&[0xed, 0x01]).unwrap_or_default();
    let verified = UnparsedPublicKey::new(&ED25519, key).verify(message, &signature);
    verified.is_ok()
}

/// The PEM of a `publicKeyMultibase` of Ed25519.
pub fn pem_of_multibase(multibase: &str) -> Option<String> {
    let bytes = bs58::decode(multibase.strip_prefix('z')?).into_vec().ok()?;
    let key = bytes.strip_prefix(&[0xed, 0x01])?;
    let algorithm = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
    let bits = der(0x03, &[&[0], key].concat());
    Some(pem(&der(0x30, &[algorithm.to_vec(), bits].concat())))
}

/// `SHA-256=…`, the value of a Digest header.
pub fn digest(body: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    format!("SHA-256={}", BASE64.encode(hash.as_ref()))
}

/// `sha-256=:…:`, the value of a Content-Digest header (RFC 9530).
pub fn content_digest(body: &[u8]) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
    format!("sha-256=:{}:", BASE64.encode(hash.as_ref()))
}

/// HMAC-SHA-256 in base64: for the attack that takes a public key for a shared secret.
pub fn hmac(secret: &[u8], message: &str) -> String {
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    BASE64.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()).as_ref())
}

/// What a phone shows at that second (RFC 6238) for a secret in base32.
pub fn one_time_code(secret: &str, unix: i64) -> String {
    use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
    let place = |letter: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
    let bits: Vec<u8> = secret
        .chars()
        .flat_map(|letter| {
            (0..5)
                .rev()
                .map(move |bit| (place(letter) >> bit & 1) as u8)
        })
        .collect();
    let bytes: Vec<u8> = bits
        .chunks_exact(8)
        .map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect();
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = sign(&key, &(unix / 30).to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 0xf);
    let number = u32::from_be_bytes(tag[start..start + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
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
    fn a_key_on_the_curve_is_one_key_in_both_spellings() {
        let key = curve();
        let signature = key.sign("bonjour");
        let pem = pem_of_multibase(&key.multibase()).unwrap();
        assert_eq!(pem, key.public_pem);
        assert!(holds(&pem, "bonjour", &signature));
        assert!(!holds(&second_curve().public_pem, "bonjour", &signature));
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
