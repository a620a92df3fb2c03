//! Following: what we send, and what arrives of it.

use parvis_store::entity::account;
use parvis_town::{Outcome, Town};

use crate::{
    outbox::Outgoing,
    wire::emit::activity::{Activity, Inner},
};

pub(crate) fn follow(
    town: &Town,
    follower: &account::Model,
    target: &account::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    let id = crate::uri::activity_id(&town.origin, uri).unwrap_or_else(|| town.ids.next());
    Outgoing::known(
        id,
        uri.to_owned(),
        follower.id,
        "Follow",
        &target.uri,
        |id| {
            Activity::to_one(
                "Follow",
                id,
                follower.uri.clone(),
                target.uri.clone(),
                target.uri.clone(),
            )
        },
    )
}

/// An `Accept` or a `Reject`; the Follow is given back as it came.
pub(crate) fn answer(
    town: &Town,
    kind: &'static str,
    target: &account::Model,
    follower: &account::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    Outgoing::new(town, target.id, kind, &follower.uri, |id| {
        let asked = inner(uri, follower, target);
        Activity::to_one(kind, id, target.uri.clone(), follower.uri.clone(), asked)
    })
}

pub(crate) fn unfollow(
    town: &Town,
    follower: &account::Model,
    target: &account::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    Outgoing::new(town, follower.id, "Undo", &target.uri, |id| {
        let asked = inner(uri, follower, target);
        Activity::to_one("Undo", id, follower.uri.clone(), target.uri.clone(), asked)
    })
}

fn inner(uri: &str, follower: &account::Model, target: &account::Model) -> Inner {
    Inner {
        id: uri.to_owned(),
        kind: "Follow",
        actor: follower.uri.clone(),
        object: target.uri.clone(),
    }
}
