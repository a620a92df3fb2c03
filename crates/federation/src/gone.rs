//! What follows when an inbox turns out to be no more. Holds no rule about accounts: asks their server and calls the deed.

use std::collections::BTreeSet;

use parvis_store::{deliveries, entity::account};
use parvis_town::{Failure, Outcome, follows};

use crate::{Federation, fetch::Budget};

/// Accounts asked about after one delivery; an inbox of its own belongs to one.
const AT_ONCE: u64 = 5;

/// A shared inbox is forgotten. For an own one the server is asked about its account: only if that is gone too do its
/// follows end, since a gate in disorder answers 404 to all.
pub(crate) async fn inboxes(federation: &Federation, inboxes: BTreeSet<String>) -> Outcome<()> {
    for inbox in inboxes {
        let db = federation.town.store.read();
        let owners = deliveries::accounts_at(db, &inbox, AT_ONCE).await?;
        if owners.is_empty() {
            forget_shared(federation, inbox).await?;
            continue;
        }
        for owner in owners {
            if federation
                .resolver
                .is_gone(&owner.uri, &Budget::for_activity())
                .await
            {
                ends(federation, &owner).await?;
            }
        }
    }
    Ok(())
}

async fn ends(federation: &Federation, owner: &account::Model) -> Outcome<()> {
    let id = owner.id;
    let deed = federation
        .town
        .store
        .write::<_, Failure, _>(move |tx| Box::pin(follows::lose(tx, id)));
    let ended = deed.await?;
    federation.resolver.forget(&owner.uri);
    tracing::info!(ended, "an account elsewhere is gone; its follows end");
    Ok(())
}

async fn forget_shared(federation: &Federation, inbox: String) -> Outcome<()> {
    let deed = federation.town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(deliveries::forget_shared_inbox(tx, &inbox).await?) })
    });
    let accounts = deed.await?;
    if accounts > 0 {
        tracing::info!(accounts, "a shared inbox is gone; own ones from now on");
    }
    Ok(())
}
