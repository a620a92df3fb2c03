//! Public keys as devices write them (COSE, RFC 9053), and whether a signature is theirs: ES256, EdDSA with Ed25519, RS256.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents,
};

use super::cbor::{self, Value};

/// What devices are asked for, what we like best first (IANA COSE Algorithms).
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Labels of a key (RFC 9052, 7.1).
const TYPE: i64 = 1;
const ALGORITHM: i64 = 3;
/// Types of keys and curves (RFC 9053, 7).
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const P256: i64 = 1;
const CURVE_25519: i64 = 6;

#[derive(Debug)]
pub enum Key<'a> {
    Curve(ParsedPublicKey),
    Rsa(RsaPublicKeyComponents<&'a [u8]>),
}

impl<'a> Key<'a> {
    /// A key that is a point of its curve and of one of our algorithms, and what is left behind it.
    pub fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (map, rest) = cbor::read(bytes)?;
        let number = |label: i64| map.at(&Value::Number(label)).and_then(Value::number);
        let part = |label: i64| map.at(&Value::Number(label)).and_then(Value::bytes);
        let of_size = |label: i64, size: usize| part(label).filter(|part| part.len() == size);
        let key = match (number(ALGORITHM)?, number(TYPE)?) {
            (ES256, EC2) if number(-1) == Some(P256) => {
                // SEC 1, 2.3.3: an uncompressed point.
                let point = [&[4], of_size(-2, 32)?, of_size(-3, 32)?].concat();
                Self::Curve(ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok()?)
            }
            (EDDSA, OKP) if number(-1) == Some(CURVE_25519) => {
                Self::Curve(ParsedPublicKey::new(&ED25519, of_size(-2, 32)?).ok()?)
            }
            (RS256, RSA) => {
                let (n, e) = (part(-1)?, part(-2)?);
                if !(256..=1024).contains(&n.len()) || !(1..=8).contains(&e.len()) {
                    return None;
                }
                Self::Rsa(RsaPublicKeyComponents { n, e })
            }
            _ => return None,
        };
        Some((key, rest))
    }

    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Curve(key) => key.verify_sig(message, signature).is_ok(),
            Self::Rsa(key) => key
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}
