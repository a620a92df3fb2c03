//! Proofs that stand in a document itself (FEP-8b32, `eddsa-jcs-2022`): what carries one is believed wherever it comes from.
//! Whose key may prove what is asked elsewhere ([`crate::resolver`]); knows no actors, no store and no network.

mod canonical;

use aws_lc_rs::digest::{SHA256, digest};
use parvis_model::{
    clock::{MINUTE, SECOND, Timestamp},
    uri as address,
};
use serde_json::{Map, Value};

use crate::{
    signatures::{KeyFault, OurKey, VerifyingKey},
    wire::{emit, read::Doc},
};

const KIND: &str = "DataIntegrityProof";
const SUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";
/// What a proof is not about: itself, and a signature of the older kind, which was put there after it.
const BESIDE: [&str; 2] = ["proof", "signature"];
/// Proofs that are looked at in one document.
const SEVERAL: usize = 4;
/// Clocks of others may be ahead of ours by this.
const EARLY: Timestamp = 5 * MINUTE;
/// Bytes of a signature, and characters of the longest spelling of one.
const SIGNATURE: usize = 64;
const LONGEST: usize = 90;

/// Why a document of ours gets no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    #[error("there is no one spelling of the document")]
    Spelling,
    #[error(transparent)]
    Key(#[from] KeyFault),
}

/// Puts the proof of `key`, one of Ed25519, into a document whose context has the words for it.
pub(crate) fn prove(document: &mut Value, key: &OurKey, now: Timestamp) -> Result<(), Unproven> {
    let members = document.as_object_mut().ok_or(Unproven::Spelling)?;
    let created = emit::date(now - now.rem_euclid(SECOND));
    let mut options = Map::new();
    if let Some(context) = members.get("@context") {
        options.insert("@context".into(), context.clone());
    }
    for (name, value) in [
        ("type", KIND),
        ("cryptosuite", SUITE),
        ("verificationMethod", key.key_id.as_str()),
        ("proofPurpose", PURPOSE),
        ("created", created.as_str()),
    ] {
        options.insert(name.into(), value.into());
    }
    let hashed = hashed(&options, members).ok_or(Unproven::Spelling)?;
    let signature = bs58::encode(key.key.sign(&hashed)?).into_string();
    options.insert("proofValue".into(), format!("z{signature}").into());
    members.insert("proof".into(), Value::Object(options));
    Ok(())
}

/// A proof that can be checked, as it stands in a document. Nothing is known yet of whether it holds.
pub(crate) struct Proof<'a> {
    /// The id of the key that is said to have made it.
    pub(crate) key_id: String,
    pub(crate) created: Timestamp,
    options: &'a Map<String, Value>,
    document: &'a Map<String, Value>,
    signature: Vec<u8>,
}

impl<'a> Proof<'a> {
    /// The first of a document that is of our kind, for our purpose, and neither of the future nor expired.
    pub(crate) fn of(document: &'a Value, now: Timestamp) -> Option<Self> {
        let document = document.as_object()?;
        let proofs = match document.get("proof")? {
            Value::Array(several) => several.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut looked_at = proofs.iter().take(SEVERAL);
        looked_at.find_map(|proof| Self::read(proof, document, now))
    }

    fn read(proof: &'a Value, document: &'a Map<String, Value>, now: Timestamp) -> Option<Self> {
        let options = proof.as_object()?;
        let word = |name: &str| options.get(name).and_then(Value::as_str);
        let is_ours = word("type") == Some(KIND)
            && word("cryptosuite") == Some(SUITE)
            && word("proofPurpose") == Some(PURPOSE);
        // Said in other terms than the document's it would be about something else.
        let is_in_its_terms = options
            .get("@context")
            .is_none_or(|context| document.get("@context") == Some(context));
        let dates = Doc::of(proof)?;
        let created = dates.date("created")?;
        let has_expired =
            dates.has("expires") && dates.date("expires").is_none_or(|expires| expires <= now);
        if !is_ours || !is_in_its_terms || created > now + EARLY || has_expired {
            return None;
        }
        Some(Self {
            key_id: address::canonical(word("verificationMethod")?)?,
            created,
            options,
            document,
            signature: signature(word("proofValue")?)?,
        })
    }

    /// Did the other half of this key sign the document as it is?
    pub(crate) fn holds(&self, key: &VerifyingKey) -> bool {
        let signs = |options: &Map<String, Value>| {
            hashed(options, self.document)
                .is_some_and(|hashed| key.has_signed(&hashed, &self.signature))
        };
        if signs(self.options) {
            return true;
        }
        // Some leave the context out of the proof that they send, though they sign it.
        let context = self.document.get("@context");
        let Some(context) = context.filter(|_| !self.options.contains_key("@context")) else {
            return false;
        };
        let mut options = self.options.clone();
        options.insert("@context".into(), context.clone());
        signs(&options)
    }
}

fn signature(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix('z').filter(|it| it.len() <= LONGEST)?;
    let bytes = bs58::decode(text).into_vec().ok()?;
    Some(bytes).filter(|bytes| bytes.len() == SIGNATURE)
}

/// What is signed: the hash of what the proof says of itself, then that of the document without it.
fn hashed(options: &Map<String, Value>, document: &Map<String, Value>) -> Option<Vec<u8>> {
    let options = canonical::object(options, &["proofValue"])?;
    let document = canonical::object(document, &BESIDE)?;
    let [options, document] = [options, document].map(|text| digest(&SHA256, text.as_bytes()));
    let halves: [&[u8]; 2] = [options.as_ref(), document.as_ref()];
    Some(halves.concat())
}

#[cfg(test)]
mod tests;
