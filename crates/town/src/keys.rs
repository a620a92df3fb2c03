//! Key pairs of local accounts. RSA 2048, which every server of the network reads.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{Error, Outcome};

#[derive(Clone, Debug)]
pub struct Pair {
    /// PKCS#8.
    pub private_pem: String,
    /// SPKI.
    pub public_pem: String,
}

/// Takes some hundred milliseconds of processor time, off the async threads.
pub async fn generate() -> Outcome<Pair> {
    let made = tokio::task::spawn_blocking(make).await;
    made.map_err(|err| Error::Other(err.to_string()))?
}

fn make() -> Outcome<Pair> {
    let failed = |_| Error::Other("making a key pair failed".into());
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    let private = AsDer::<Pkcs8V1Der>::as_der(&pair).map_err(failed)?;
    let public = AsDer::<PublicKeyX509Der>::as_der(pair.public_key()).map_err(failed)?;
    Ok(Pair {
        private_pem: pem("PRIVATE KEY", private.as_ref()),
        public_pem: pem("PUBLIC KEY", public.as_ref()),
    })
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
