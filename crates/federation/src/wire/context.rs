//! The `@context` of what we send: only the terms a document really uses, only vocabularies everyone bundles.

use serde_json::{Map, Value, json};

const ACTIVITYSTREAMS: &str = "https://www.w3.org/ns/activitystreams";
const SECURITY: &str = "https://w3id.org/security/v1";
const MULTIKEY: &str = "https://w3id.org/security/multikey/v1";
/// What a proof says of itself.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v1";
/// Policies and what a stamp is about.
const GOTOSOCIAL: &str = "https://gotosocial.org/ns";

/// What a term stands for.
enum Meaning {
    Is(&'static str),
    /// Its values are ids.
    Id(&'static str),
    List(&'static str),
}

/// Terms outside the contexts above (docs: federation.md section 1.4).
const TERMS: [(&str, Meaning); 39] = [
    ("Hashtag", Meaning::Is("as:Hashtag")),
    ("sensitive", Meaning::Is("as:sensitive")),
    (
        "manuallyApprovesFollowers",
        Meaning::Is("as:manuallyApprovesFollowers"),
    ),
    ("blurhash", Meaning::Is("toot:blurhash")),
    ("discoverable", Meaning::Is("toot:discoverable")),
    ("indexable", Meaning::Is("toot:indexable")),
    ("suspended", Meaning::Is("toot:suspended")),
    ("votersCount", Meaning::Is("toot:votersCount")),
    ("focalPoint", Meaning::List("toot:focalPoint")),
    ("featured", Meaning::Id("toot:featured")),
    ("featuredTags", Meaning::Id("toot:featuredTags")),
    ("PropertyValue", Meaning::Is("schema:PropertyValue")),
    ("value", Meaning::Is("schema:value")),
    ("alsoKnownAs", Meaning::Id("as:alsoKnownAs")),
    ("attributionDomains", Meaning::Id("toot:attributionDomains")),
    ("movedTo", Meaning::Id("as:movedTo")),
    ("directMessage", Meaning::Is("litepub:directMessage")),
    ("searchableBy", Meaning::Id("fedibird:searchableBy")),
    (
        "webfinger",
        Meaning::Is("https://purl.archive.org/socialweb/webfinger#webfinger"),
    ),
    (
        "assertionMethod",
        Meaning::Id("https://w3id.org/security#assertionMethod"),
    ),
    (
        "implements",
        Meaning::Id("https://w3id.org/fep/844e#implements"),
    ),
    ("moderators", Meaning::Id("lemmy:moderators")),
    (
        "postingRestrictedToMods",
        Meaning::Is("lemmy:postingRestrictedToMods"),
    ),
    ("quote", Meaning::Id("https://w3id.org/fep/044f#quote")),
    (
        "quoteAuthorization",
        Meaning::Id("https://w3id.org/fep/044f#quoteAuthorization"),
    ),
    (
        "QuoteRequest",
        Meaning::Is("https://w3id.org/fep/044f#QuoteRequest"),
    ),
    (
        "QuoteAuthorization",
        Meaning::Is("https://w3id.org/fep/044f#QuoteAuthorization"),
    ),
    (
        "approvedBy",
        Meaning::Id("https://gotosocial.org/ns#approvedBy"),
    ),
    (
        "replyAuthorization",
        Meaning::Id("https://gotosocial.org/ns#replyAuthorization"),
    ),
    (
        "ReplyRequest",
        Meaning::Is("https://gotosocial.org/ns#ReplyRequest"),
    ),
    (
        "LikeRequest",
        Meaning::Is("https://gotosocial.org/ns#LikeRequest"),
    ),
    (
        "AnnounceRequest",
        Meaning::Is("https://gotosocial.org/ns#AnnounceRequest"),
    ),
    (
        "ReplyAuthorization",
        Meaning::Is("https://gotosocial.org/ns#ReplyAuthorization"),
    ),
    (
        "LikeAuthorization",
        Meaning::Is("https://gotosocial.org/ns#LikeAuthorization"),
    ),
    (
        "AnnounceAuthorization",
        Meaning::Is("https://gotosocial.org/ns#AnnounceAuthorization"),
    ),
    ("conversation", Meaning::Is("ostatus:conversation")),
    ("quoteUrl", Meaning::Is("as:quoteUrl")),
    ("quoteUri", Meaning::Is("fedibird:quoteUri")),
    ("_misskey_quote", Meaning::Is("misskey:_misskey_quote")),
];

const NAMESPACES: [(&str, &str); 7] = [
    ("ostatus", "http://ostatus.org#"),
    ("toot", "http://joinmastodon.org/ns#"),
    ("schema", "http://schema.org#"),
    ("litepub", "http://litepub.social/ns#"),
    ("fedibird", "http://fedibird.com/ns#"),
    ("lemmy", "https://join-lemmy.org/ns#"),
    ("misskey", "https://misskey-hub.net/ns#"),
];

/// The document with the context it needs in front.
pub fn attach(document: Value) -> Value {
    let mut names = Vec::new();
    collect(&document, &mut names);
    let mut all = Map::new();
    all.insert("@context".into(), context(&names));
    if let Value::Object(members) = document {
        all.extend(members);
    }
    Value::Object(all)
}

/// Gives the context of a document the words of the proof that is to stand in it.
pub fn extend_for_proof(document: &mut Value) {
    let Some(context) = document.get_mut("@context") else {
        return;
    };
    let mut list = match context.take() {
        Value::Array(list) => list,
        one => vec![one],
    };
    // Behind the other vocabularies, before the terms that are written out.
    let place = list.iter().position(Value::is_object);
    list.insert(place.unwrap_or(list.len()), DATA_INTEGRITY.into());
    *context = Value::Array(list);
}

fn context(names: &[&str]) -> Value {
    let used: Vec<_> = TERMS
        .iter()
        .filter(|(term, _)| names.contains(term))
        .collect();
    let mut terms = Map::new();
    for (prefix, iri) in NAMESPACES {
        let needed = |(_, meaning): &&&(&str, Meaning)| {
            meaning
                .iri()
                .split_once(':')
                .is_some_and(|(p, _)| p == prefix)
        };
        if used.iter().any(|term| needed(&term)) {
            terms.insert(prefix.into(), iri.into());
        }
    }
    for (term, meaning) in used {
        terms.insert((*term).into(), meaning.definition());
    }
    let mut context = vec![Value::from(ACTIVITYSTREAMS)];
    if names.contains(&"publicKey") {
        context.push(SECURITY.into());
    }
    if names.contains(&"Multikey") {
        context.push(MULTIKEY.into());
    }
    if names.contains(&"interactionPolicy") || names.contains(&"interactingObject") {
        context.push(GOTOSOCIAL.into());
    }
    if !terms.is_empty() {
        context.push(Value::Object(terms));
    }
    if context.len() == 1 {
        context.remove(0)
    } else {
        Value::Array(context)
    }
}

impl Meaning {
    fn iri(&self) -> &'static str {
        match self {
            Self::Is(iri) | Self::Id(iri) | Self::List(iri) => iri,
        }
    }

    fn definition(&self) -> Value {
        match self {
            Self::Is(iri) => json!(iri),
            Self::Id(iri) => json!({"@id": iri, "@type": "@id"}),
            Self::List(iri) => json!({"@container": "@list", "@id": iri}),
        }
    }
}

/// The names of all members and types in a document.
fn collect<'a>(value: &'a Value, names: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                names.push(name);
                match value.as_str() {
                    Some(kind) if name == "type" => names.push(kind),
                    _ => collect(value, names),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_document_needs_one_context() {
        let document = attach(json!({"type": "Like", "object": "https://a.example/1"}));
        assert_eq!(document["@context"], ACTIVITYSTREAMS);
    }

    #[test]
    fn a_proof_brings_its_own_words() {
        let mut document = attach(json!({"type": "Announce", "object": "https://a.example/1"}));
        extend_for_proof(&mut document);
        assert_eq!(
            document["@context"],
            json!([ACTIVITYSTREAMS, DATA_INTEGRITY])
        );
        let mut document = attach(json!({"type": "Note", "sensitive": true}));
        let terms = document["@context"][1].clone();
        extend_for_proof(&mut document);
        assert_eq!(
            document["@context"],
            json!([ACTIVITYSTREAMS, DATA_INTEGRITY, terms])
        );
    }

    #[test]
    fn only_used_terms_are_declared() {
        let document = attach(
            json!({"type": "Note", "attachment": [{"type": "Document", "focalPoint": [0.0, 0.0]}]}),
        );
        assert_eq!(
            document["@context"],
            json!([ACTIVITYSTREAMS, {"toot": "http://joinmastodon.org/ns#",
                "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"}}])
        );
    }
}
