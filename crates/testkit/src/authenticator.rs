//! A device that makes and uses keys for pages (Web Authentication), and the browser it is in: honest, or told what to get
//! wrong. Knows no page.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Somebody was there and has shown who they are.
pub const SEEN: u8 = 0x05;
const HAS_CREDENTIAL: u8 = 0x40;

/// One key for one site, and what is to be said with it.
pub struct Authenticator {
    pair: EcdsaKeyPair,
    pub credential: Vec<u8>,
    pub user_handle: Vec<u8>,
    pub origin: String,
    pub site: String,
    pub flags: u8,
    pub counter: u32,
}

/// What a browser sends after a key was made.
#[derive(Clone, Debug)]
pub struct Made {
    pub client_data: Vec<u8>,
    pub attestation: Vec<u8>,
}

/// What a browser sends after a key was used.
#[derive(Clone, Debug)]
pub struct Signed {
    pub credential: String,
    pub client_data: Vec<u8>,
    pub authenticator_data: Vec<u8>,
    pub signature: Vec<u8>,
    pub user_handle: String,
}

impl Authenticator {
    /// # Panics
    /// When no key can be made.
    pub fn new(origin: &str, site: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let credential = digest(&SHA256, pair.public_key().as_ref())
            .as_ref()
            .to_vec();
        Self {
            pair,
            credential,
            user_handle: Vec::new(),
            origin: origin.to_owned(),
            site: site.to_owned(),
            flags: SEEN,
            counter: 0,
        }
    }

    /// Makes a key as the page's options (`data-passkey`) ask for it.
    ///
    /// # Panics
    /// When the page asks for what no device of this kind does.
    pub fn makes(&mut self, options: &Value) -> Made {
        let user = options["user"]["id"].as_str().expect("a user handle");
        self.user_handle = URL_SAFE_NO_PAD.decode(user).unwrap();
        assert_eq!(options["rp"]["id"], self.site);
        let kinds = options["pubKeyCredParams"].as_array().unwrap();
        assert!(kinds.iter().any(|kind| kind["alg"] == -7), "{options}");
        let challenge = options["challenge"].as_str().unwrap();
        Made {
            client_data: self.client_data("webauthn.create", challenge),
            attestation: self.attestation(),
        }
    }

    /// Uses the key as the page's options ask for it.
    ///
    /// # Panics
    /// When the page asks for what no device of this kind does.
    pub fn signs(&self, options: &Value) -> Signed {
        assert_eq!(options["rpId"], self.site);
        assert_eq!(options["userVerification"], "required");
        let challenge = options["challenge"].as_str().unwrap();
        let client_data = self.client_data("webauthn.get", challenge);
        self.signs_this(client_data, self.said(self.flags))
    }

    /// # Panics
    /// When the key can't sign.
    pub fn signs_this(&self, client_data: Vec<u8>, authenticator_data: Vec<u8>) -> Signed {
        let hash = digest(&SHA256, &client_data);
        let signed = [authenticator_data.as_slice(), hash.as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        Signed {
            credential: URL_SAFE_NO_PAD.encode(&self.credential),
            client_data,
            authenticator_data,
            signature: signature.as_ref().to_vec(),
            user_handle: URL_SAFE_NO_PAD.encode(&self.user_handle),
        }
    }

    pub fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let said = json!({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false});
        said.to_string().into_bytes()
    }

    /// Hash of the site, flags and counter (WebAuthn, 6.1).
    pub fn said(&self, flags: u8) -> Vec<u8> {
        let site = digest(&SHA256, self.site.as_bytes());
        [site.as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The same with the new key behind it.
    pub fn said_of_new(&self) -> Vec<u8> {
        let length = u16::try_from(self.credential.len()).unwrap();
        [
            self.said(self.flags | HAS_CREDENTIAL).as_slice(),
            &[0; 16],
            &length.to_be_bytes(),
            &self.credential,
            &self.public_key(),
        ]
        .concat()
    }

    /// COSE (RFC 9053, 7.1.1), written out by hand.
    pub fn public_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
            &point[1..33],
            &[0x22, 0x58, 0x20],
            &point[33..],
        ]
        .concat()
    }

    fn attestation(&self) -> Vec<u8> {
        attestation_of(&self.said_of_new())
    }
}

/// `{"fmt": "none", "attStmt": {}, "authData": …}` in CBOR.
///
/// # Panics
/// When it is longer than such a device would say.
pub fn attestation_of(said: &[u8]) -> Vec<u8> {
    let length = u16::try_from(said.len()).unwrap();
    [
        b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(),
        &length.to_be_bytes(),
        said,
    ]
    .concat()
}
