//! RSA and Ed25519 keys, parsed once and used many times. Knows nothing of requests.

use std::ops::RangeInclusive;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, PublicKey},
    signature::{
        ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RsaParameters, UnparsedPublicKey,
    },
};

use super::{Fault, multikey, pem};

/// Bits of a modulus that we accept: shorter is unsafe, longer costs us too much to check.
const MODULUS: RangeInclusive<u32> = 2048..=4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("no RSA or Ed25519 key in a form we read")]
    Form,
    #[error("an RSA key of fewer than 2048 or more than 4096 bits")]
    Size,
    #[error("the key could not be used")]
    Unusable,
}

/// How a signature is made. RSA is RSASSA-PKCS1-v1_5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    RsaSha256,
    RsaSha512,
    Ed25519,
}

/// A new pair as it is kept and published.
pub struct KeyPems {
    /// PKCS#8
    pub private: String,
    /// SubjectPublicKeyInfo
    pub public: String,
}

impl KeyPems {
    fn new(private: &Pkcs8V1Der, public: &PublicKeyX509Der) -> Self {
        Self {
            private: pem::encode(private.as_ref(), "PRIVATE KEY"),
            public: pem::encode(public.as_ref(), "PUBLIC KEY"),
        }
    }
}

/// A private key, ready to sign: with RSA in about 0.6 ms, with Ed25519 in a sixteenth of that. Short enough to run inside an
/// async task.
pub struct SigningKey(Pair);

enum Pair {
    Rsa(Box<KeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// A new RSA-2048 pair. Takes a good part of a second: call it where blocking is allowed.
    pub fn generate() -> Result<KeyPems, KeyFault> {
        let unusable = |_| KeyFault::Unusable;
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(unusable)?;
        Ok(KeyPems::new(
            &pair.as_der().map_err(unusable)?,
            &pair.public_key().as_der().map_err(unusable)?,
        ))
    }

    /// A new Ed25519 pair.
    pub fn generate_ed25519() -> Result<KeyPems, KeyFault> {
        let unusable = |_| KeyFault::Unusable;
        let pair = Ed25519KeyPair::generate().map_err(unusable)?;
        Ok(KeyPems::new(
            &pair.as_der().map_err(unusable)?,
            &pair.public_key().as_der().map_err(unusable)?,
        ))
    }

    /// Reads PKCS#8 PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        Self::from_der(&pem::decode(text, &["PRIVATE KEY"]).ok_or(KeyFault::Form)?)
    }

    /// Reads PKCS#8 DER.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyFault> {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(der) {
            return Ok(Self(Pair::Ed25519(Box::new(pair))));
        }
        let pair = KeyPair::from_pkcs8(der).map_err(|_| KeyFault::Form)?;
        check_size(pair.public_key())?;
        Ok(Self(Pair::Rsa(Box::new(pair))))
    }

    pub(super) fn is_ed25519(&self) -> bool {
        matches!(self.0, Pair::Ed25519(_))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519, as the key is.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(|_| KeyFault::Unusable)?;
                Ok(signature)
            }
            Pair::Ed25519(pair) => pair
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| KeyFault::Unusable),
        }
    }
}

/// Somebody's public key, ready to check signatures.
#[derive(Debug)]
pub struct VerifyingKey {
    key: ParsedPublicKey,
    is_ed25519: bool,
}

impl VerifyingKey {
    /// Reads SubjectPublicKeyInfo or, of RSA, PKCS#1 PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let labels = ["PUBLIC KEY", "RSA PUBLIC KEY"];
        let der = pem::decode(text, &labels).ok_or(KeyFault::Form)?;
        // The raw form of 32 bytes has no place in a PEM.
        if der.len() == multikey::SPKI_BYTES
            && let Ok(key) = ParsedPublicKey::new(&ED25519, &der)
        {
            return Ok(Self {
                key,
                is_ed25519: true,
            });
        }
        check_size(&PublicKey::from_der(&der).map_err(|_| KeyFault::Form)?)?;
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map(|key| Self {
                key,
                is_ed25519: false,
            })
            .map_err(|_| KeyFault::Form)
    }

    pub fn is_ed25519(&self) -> bool {
        self.is_ed25519
    }

    /// Is it a key on the curve, and did its other half sign this?
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = self.verify(Some(Scheme::Ed25519), message, signature);
        verified.is_ok()
    }

    /// `None`: as the key is, and RSA leaves the hash open.
    pub(super) fn verify(
        &self,
        scheme: Option<Scheme>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Fault> {
        let whole = || self.key.verify_sig(message, signature);
        let verified = match (scheme, self.is_ed25519) {
            (None | Some(Scheme::Ed25519), true) | (Some(Scheme::RsaSha256), false) => whole(),
            (Some(Scheme::RsaSha512), false) => self.verify_sha512(message, signature),
            (None, false) => whole().or_else(|_| self.verify_sha512(message, signature)),
            (Some(Scheme::RsaSha256 | Scheme::RsaSha512), true)
            | (Some(Scheme::Ed25519), false) => return Err(Fault::Wrong),
        };
        verified.map_err(|_| Fault::Wrong)
    }

    /// For the few who sign with SHA-512; the key is parsed again each time.
    fn verify_sha512(
        &self,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), aws_lc_rs::error::Unspecified> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, &self.key).verify(message, signature)
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
        let verify = |scheme, message: &[u8]| public.verify(scheme, message, &signature);
        for scheme in [None, Some(Scheme::RsaSha256)] {
            assert_eq!(verify(scheme, b"bonjour"), Ok(()));
            assert_eq!(verify(scheme, b"bonsoir"), Err(Fault::Wrong));
        }
        for scheme in [Scheme::RsaSha512, Scheme::Ed25519] {
            assert_eq!(verify(Some(scheme), b"bonjour"), Err(Fault::Wrong));
        }
    }

    #[test]
    fn a_pair_on_the_curve_signs_and_verifies() {
        let pems = SigningKey::generate_ed25519().unwrap();
        let key = SigningKey::from_pem(&pems.private).unwrap();
        let public = VerifyingKey::from_pem(&pems.public).unwrap();
        assert!(key.is_ed25519() && public.is_ed25519());
        let signature = key.sign(b"bonjour").unwrap();
        assert_eq!(signature.len(), 64);
        for scheme in [None, Some(Scheme::Ed25519)] {
            assert_eq!(public.verify(scheme, b"bonjour", &signature), Ok(()));
            let other = public.verify(scheme, b"bonsoir", &signature);
            assert_eq!(other, Err(Fault::Wrong));
        }
        for scheme in [Scheme::RsaSha256, Scheme::RsaSha512] {
            let as_rsa = public.verify(Some(scheme), b"bonjour", &signature);
            assert_eq!(as_rsa, Err(Fault::Wrong));
        }
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
