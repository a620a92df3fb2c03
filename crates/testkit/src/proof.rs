//! Proofs that stand in documents (FEP-8b32, `eddsa-jcs-2022`), whose every part a test may bend, and the check of those that
//! arrive. Written apart from the program's own, so that both cannot share one mistake.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::{
    actor,
    keys::{self, Key},
};

/// What an honest proof of a document says of itself, now, by the key of this id.
pub fn options(document: &Value, key_id: &str) -> Value {
    json!({"@context": document["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key_id, "proofPurpose": "assertionMethod", "created": actor::now()})
}

/// The document with a proof that says this of itself.
pub fn signed(document: &Value, options: &Value, key: &Key) -> Value {
    let mut signed = document.clone();
    signed["proof"] = options.clone();
    signed["proof"]["proofValue"] = json!(key.prove(&hashed(options, document)));
    signed
}

/// Does the proof in a document hold under the key of this `publicKeyMultibase`?
pub fn holds(document: &Value, multibase: &str) -> bool {
    let mut document = document.clone();
    let mut options = taken(&mut document, "proof");
    let value = taken(&mut options, "proofValue");
    let value = value.as_str().unwrap_or_default();
    keys::proves(multibase, &hashed(&options, &document), value)
}

fn taken(document: &mut Value, member: &str) -> Value {
    let members = document.as_object_mut();
    let taken = members.and_then(|members| members.remove(member));
    taken.unwrap_or(Value::Null)
}

fn hashed(options: &Value, document: &Value) -> Vec<u8> {
    let hash = |value: &Value| digest(&SHA256, spelled(value).as_bytes());
    let (options, document) = (hash(options), hash(document));
    let halves: [&[u8]; 2] = [options.as_ref(), document.as_ref()];
    halves.concat()
}

/// As RFC 8785 has it, for numbers that it writes without an exponent.
fn spelled(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<u16>>());
            let members = members.into_iter();
            let members =
                members.map(|(name, value)| format!("{}:{}", json!(name), spelled(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spelled).collect();
            format!("[{}]", items.join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A test vector of the proposal, from while the first version of the context was in use.
    #[test]
    fn a_proof_that_others_made_holds_and_one_of_ours_only_as_it_is() {
        let context = [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v1",
        ];
        let theirs = json!({"@context": context, "id": "https://server.example/activities/1", "type": "Create",
            "actor": "https://server.example/users/alice",
            "object": {"id": "https://server.example/objects/1", "type": "Note",
                "attributedTo": "https://server.example/users/alice", "content": "Hello world",
                "location": {"type": "Place", "longitude": -71.184_902, "latitude": 25.273_962}},
            "proof": {"@context": context, "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022",
                "verificationMethod": "https://server.example/users/alice#ed25519-key", "proofPurpose": "assertionMethod",
                "proofValue": "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z",
                "created": "2023-02-24T23:36:38Z"}});
        assert!(holds(
            &theirs,
            "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
        ));
        let key = keys::curve();
        assert!(!holds(&theirs, &key.multibase()));
        let note = json!({"type": "Note", "content": "é"});
        let mut ours = signed(&note, &options(&note, "https://a.example/u/1#key"), key);
        assert!(holds(&ours, &key.multibase()));
        ours["content"] = json!("e");
        assert!(!holds(&ours, &key.multibase()));
        assert!(!holds(&note, &key.multibase()));
    }
}
