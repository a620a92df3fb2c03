//! What goes to everyone bears its author's proof (FEP-8b32), made once for all who get it, so that whoever is passed it
//! need not ask us. What goes to a few bears none: it would be one in the hands of whoever shows it to others.

use std::sync::Arc;

use parvis_model::id::Id;
use parvis_town::{Error, Failure, Outcome};
use serde_json::Value;

use super::Outgoing;
use crate::{
    Federation,
    proofs::{self, Unproven},
    signatures::OurKey,
    wire::{PUBLIC, context, is_public, read::Doc},
};

pub(super) async fn all(federation: &Federation, outgoing: &mut [Outgoing]) -> Outcome<()> {
    let mut before = Value::Null;
    let mut rest = outgoing;
    while let Some((one, behind)) = std::mem::take(&mut rest).split_first_mut() {
        // A group that hands it on does so right behind it.
        let is_sent = [Some(&*one), behind.first()]
            .into_iter()
            .flatten()
            .any(|it| !it.inboxes.is_empty());
        rest = behind;
        if !is_sent {
            continue;
        }
        let Some(mut document) = said_to_everyone(one) else {
            continue;
        };
        let Some(key) = key(federation, one.actor).await? else {
            continue;
        };
        if one.kind == "Announce" && is_same(&document["object"], &before) {
            document["object"] = before.take();
        }
        context::extend_for_proof(&mut document);
        match proofs::prove(&mut document, &key, federation.town.now()) {
            Ok(()) => one.json = document.to_string(),
            Err(Unproven::Spelling) => {
                tracing::debug!(kind = one.kind, "sent without a proof: no one spelling");
            }
            Err(err) => tracing::error!(%err, kind = one.kind, "sent without a proof"),
        }
        before = document;
    }
    Ok(())
}

fn said_to_everyone(one: &Outgoing) -> Option<Value> {
    // Most of what is not for everyone need not be read.
    if !one.json.contains(PUBLIC) {
        return None;
    }
    let document: Value = serde_json::from_str(&one.json).ok()?;
    let is_for_everyone = {
        let said = Doc::of(&document)?;
        said.ids("to").chain(said.ids("cc")).any(is_public)
    };
    is_for_everyone.then_some(document)
}

/// Is one document the other as it was before it was proven?
fn is_same(inner: &Value, proven: &Value) -> bool {
    inner["id"].is_string() && inner["id"] == proven["id"]
}

/// The key on the curve of an account; `None` for the few that have none (any more).
async fn key(federation: &Federation, account: Id) -> Outcome<Option<Arc<OurKey>>> {
    match federation.signer(account).await {
        Ok(signer) => Ok(signer.ed25519),
        Err(unread @ Failure::Broken(Error::Store(_))) => Err(unread),
        // Trying again would not help, and all that comes after it would wait.
        Err(err) => {
            tracing::warn!(account, %err, "sent without a proof: no key");
            Ok(None)
        }
    }
}
