//! What authors elsewhere say of answers of ours.

use parvis_model::{policy::Interaction, uri as address};
use parvis_store::{
    entity::{account, activity, post},
    posts as rows,
};
use parvis_town::Outcome;

use super::{
    Deed,
    Meaning::{self, Ignored},
};
use crate::{
    Federation,
    fetch::Budget,
    wire::{Activity, Kind},
};

/// The answer of ours that an `Accept` or `Reject` is about: named by its own id, by its `Create`, or within a question of
/// ours. `sent`: the activity of ours that it names.
pub(super) async fn answer_of_ours(
    federation: &Federation,
    activity: &Activity<'_>,
    sent: Option<&activity::Model>,
) -> Outcome<Option<post::Model>> {
    let uri = match (sent, activity.object.activity()) {
        (Some(sent), _) => Some(&sent.object_uri)
            .filter(|_| sent.kind == Kind::Create.as_str())
            .cloned(),
        (None, Some(inner)) => match inner.kind {
            Kind::Create => inner.object.id().and_then(address::canonical),
            Kind::ReplyRequest => inner
                .instrument
                .and_then(|it| it.id())
                .and_then(address::canonical),
            _ => None,
        },
        (None, None) => activity.object.id().and_then(address::canonical),
    };
    let Some(uri) = uri else {
        return Ok(None);
    };
    let row = rows::by_uri(federation.town.store.read(), &uri).await?;
    Ok(row.filter(|row| row.local && row.boost_of_id.is_none()))
}

pub(super) async fn answered(
    federation: &Federation,
    activity: &Activity<'_>,
    post: &post::Model,
    actor: &account::Model,
    accepted: bool,
    budget: &Budget,
) -> Outcome<Meaning> {
    if post.reply_to_account_id != Some(actor.id) {
        return Ok(Ignored("an answer about a post that answers somebody else"));
    }
    let (author, answer) = (actor.id, post.id);
    if !accepted {
        let post = answer;
        return Ok(Deed::ReplyRefused { author, post }.into());
    }
    let stamp = match (activity.result, post.reply_to_uri.as_deref()) {
        (Some(stamp), Some(parent)) => {
            let said = (actor.uri.as_str(), post.uri.as_str(), parent);
            federation
                .resolver
                .confirmed(Interaction::Reply, stamp, said, budget)
                .await?
        }
        _ => None,
    };
    Ok(Deed::ReplyAgreed {
        author,
        post: answer,
        stamp,
    }
    .into())
}

/// Does an answer of ours rely on this stamp?
pub(super) async fn is_stamp(federation: &Federation, uri: &str) -> Outcome<bool> {
    let relying = rows::by_reply_stamp(federation.town.store.read(), uri).await?;
    Ok(!relying.is_empty())
}
