//! RSA keys, parsed once and used many times. Knows nothing of requests.

use std::ops::RangeInclusive;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, PublicKey},
    signature::{
        KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512,
        RSA_PKCS1_SHA256, RsaParameters, UnparsedPublicKey,
    },
};

use super::{Fault, pem};

/// Bits of a modulus that we accept: shorter is unsafe, longer costs us too much to check.
const MODULUS: RangeInclusive<u32> = 2048..=4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("not an RSA key in a form we read")]
    Form,
    #[error("an RSA key of fewer than 2048 or more than 4096 bits")]
    Size,
    #[error("the key could not be used")]
    Unusable,
}

/// A new pair as it is kept and published.
pub struct KeyPems {
    /// PKCS#8
    pub private: String,
    /// SubjectPublicKeyInfo
    pub public: String,
}

/// A private key, ready to sign (about 0.6 ms each time: short enough to run inside an async task).
pub struct SigningKey(KeyPair);

impl SigningKey {
    /// A new RSA-2048 pair. Takes a good part of a second: call it where blocking is allowed.
    pub fn generate() -> Result<KeyPems, KeyFault> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyFault::Unusable)?;
        let private: Pkcs8V1Der = pair.as_der().map_err(|_| KeyFault::Unusable)?;
        let public: PublicKeyX509Der =
            pair.public_key().as_der().map_err(|_| KeyFault::Unusable)?;
        Ok(KeyPems {
            private: pem::encode(private.as_ref(), "PRIVATE KEY"),
            public: pem::encode(public.as_ref(), "PUBLIC KEY"),
        })
    }

    /// Reads PKCS#8 PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        Self::from_der(&pem::decode(text, &["PRIVATE KEY"]).ok_or(KeyFault::Form)?)
    }

    /// Reads PKCS#8 DER.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyFault> {
        let pair = KeyPair::from_pkcs8(der).map_err(|_| KeyFault::Form)?;
        check_size(pair.public_key())?;
        Ok(Self(pair))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| KeyFault::Unusable)?;
        Ok(signature)
    }
}

/// Somebody's public key, ready to check signatures.
#[derive(Debug)]
pub struct VerifyingKey(ParsedPublicKey);

impl VerifyingKey {
    /// Reads SubjectPublicKeyInfo or PKCS#1 PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let labels = ["PUBLIC KEY", "RSA PUBLIC KEY"];
        let der = pem::decode(text, &labels).ok_or(KeyFault::Form)?;
        check_size(&PublicKey::from_der(&der).map_err(|_| KeyFault::Form)?)?;
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map(Self)
            .map_err(|_| KeyFault::Form)
    }

    pub(super) fn verify_sha256(&self, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        self.0
            .verify_sig(message, signature)
            .map_err(|_| Fault::Wrong)
    }

    /// For the few who sign with SHA-512; the key is parsed again each time.
    pub(super) fn verify_sha512(&self, message: &[u8], signature: &[u8]) -> Result<(), Fault> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &self.0)
            .verify(message, signature)
            .map_err(|_| Fault::Wrong)
    }
}

fn check_size(key: &PublicKey) -> Result<(), KeyFault> {
    let bits = RsaParameters::public_modulus_len(key.as_ref()).map_err(|_| KeyFault::Form)?;
    if MODULUS.contains(&bits) {
        Ok(())
    } else {
        Err(KeyFault::Size)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;
    use crate::signatures::pem::encode;

    const EC: &str = include_str!("samples/ec.pem");
    const RSA_1024: &str = include_str!("samples/rsa-1024.pem");

    /// The DER of an RSAPublicKey with a made-up modulus of so many bytes.
    fn pkcs1(modulus_bytes: usize) -> Vec<u8> {
        let length = |n: usize| match n {
            0..=127 => vec![n as u8],
            128..=255 => vec![0x81, n as u8],
            _ => vec![0x82, (n >> 8) as u8, n as u8],
        };
        let mut modulus = vec![0x00];
        modulus.extend(std::iter::repeat_n(0xC3, modulus_bytes));
        let mut inside = vec![0x02];
        inside.extend(length(modulus.len()));
        inside.extend(modulus);
        inside.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
        let mut der = vec![0x30];
        der.extend(length(inside.len()));
        der.extend(inside);
        der
    }

    #[test]
    fn a_new_pair_signs_and_verifies() {
        let pems = SigningKey::generate().unwrap();
        let key = SigningKey::from_pem(&pems.private).unwrap();
        let public = VerifyingKey::from_pem(&pems.public.replace('\n', "\r\n")).unwrap();
        let signature = key.sign(b"bonjour").unwrap();
        assert_eq!(public.verify_sha256(b"bonjour", &signature), Ok(()));
        assert_eq!(
            public.verify_sha256(b"bonsoir", &signature),
            Err(Fault::Wrong)
        );
        assert_eq!(
            public.verify_sha512(b"bonjour", &signature),
            Err(Fault::Wrong)
        );
    }

    #[test]
    fn a_key_in_the_older_form_is_read() {
        for bytes in [256, 384, 512] {
            let text = encode(&pkcs1(bytes), "RSA PUBLIC KEY");
            assert!(VerifyingKey::from_pem(text.trim_end()).is_ok(), "{bytes}");
        }
    }

    #[test]
    fn t038_unfit_keys_are_refused_at_once() {
        let began = Instant::now();
        let fault = |text: &str| VerifyingKey::from_pem(text).unwrap_err();
        for rubbish in [
            "",
            "rubbish",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        ] {
            assert_eq!(fault(rubbish), KeyFault::Form);
        }
        assert_eq!(fault(EC), KeyFault::Form);
        assert_eq!(fault(RSA_1024), KeyFault::Size);
        assert_eq!(
            fault(&encode(&pkcs1(520), "RSA PUBLIC KEY")),
            KeyFault::Size
        );
        // 512 and 16384 bits: the library itself may already refuse them.
        for bytes in [64, 2048] {
            fault(&encode(&pkcs1(bytes), "RSA PUBLIC KEY"));
        }
        let trailing = format!("{}AAAA", STANDARD.encode(pkcs1(256)));
        fault(&format!(
            "-----BEGIN PUBLIC KEY-----\n{trailing}\n-----END PUBLIC KEY-----"
        ));
        assert!(began.elapsed().as_secs() < 1);
    }
}
