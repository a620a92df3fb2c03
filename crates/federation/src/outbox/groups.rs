//! What a group of this town hands on to its followers (FEP-1b12): the activity of a member, as it is, inside an `Announce`.
//! Who has a part in the group the town says.

use parvis_model::id::Id;
use parvis_store::entity::account;
use parvis_town::{Outcome, Town, groups, journal::Entry};
use serde_json::Value;

use super::{Outgoing, audience::Inboxes, translate::Known};
use crate::{
    reactions, uri,
    wire::{
        PUBLIC,
        emit::{self, activity::Activity},
    },
};

/// What somebody elsewhere said, in the bytes in which it came.
pub(super) async fn handed_on(
    town: &Town,
    known: &Known,
    group: Id,
    about: &str,
    said: &str,
) -> Outcome<Option<Outgoing>> {
    match known.local(group) {
        Some(group) => announce(town, group, about, said).await,
        None => Ok(None),
    }
}

/// What a resident did with a post in a group of this town; `done`: the activity that tells of it, where there is one
/// already.
pub(super) async fn echoed(
    town: &Town,
    known: &Known,
    entry: &Entry,
    done: Option<&Outgoing>,
) -> Outcome<Option<Outgoing>> {
    match entry {
        Entry::PostPublished { post } | Entry::PostEdited { post } => {
            let (Some(row), Some(done)) = (known.post(*post), done) else {
                return Ok(None);
            };
            of_post(town, known, row.author_id, *post, &done.json).await
        }
        Entry::PostDeleted {
            uri,
            group: Some(group),
            ..
        } => match (known.local(*group), done) {
            (Some(group), Some(done)) => announce(town, group, uri, &done.json).await,
            _ => Ok(None),
        },
        Entry::Favourited { account, post, uri } => {
            let Some((liker, author, row)) = known.own_gesture(*account, *post) else {
                return Ok(None);
            };
            let like = reactions::like(town, liker, author, row, uri)?;
            of_post(town, known, *account, *post, &like.json).await
        }
        Entry::Unfavourited { account, post, uri } => {
            let Some((liker, author, row)) = known.own_gesture(*account, *post) else {
                return Ok(None);
            };
            let undo = match done {
                Some(done) => done.json.clone(),
                None => reactions::unlike(town, liker, author, row, uri)?.json,
            };
            of_post(town, known, *account, *post, &undo).await
        }
        _ => Ok(None),
    }
}

async fn of_post(
    town: &Town,
    known: &Known,
    who: Id,
    post: Id,
    said: &str,
) -> Outcome<Option<Outgoing>> {
    let row = known.post(post).filter(|row| row.in_group);
    let Some((row, group)) = row.and_then(|row| Some((row, known.local(row.group_id?)?))) else {
        return Ok(None);
    };
    if !groups::hears(town, group, who).await? {
        return Ok(None);
    }
    announce(town, group, &row.uri, said).await
}

async fn announce(
    town: &Town,
    group: &account::Model,
    about: &str,
    said: &str,
) -> Outcome<Option<Outgoing>> {
    let Ok(mut object) = serde_json::from_str::<Value>(said) else {
        tracing::error!("what a group is to hand on cannot be read");
        return Ok(None);
    };
    without_secret_addresses(&mut object);
    let ends = object["type"] == "Delete";
    let changes = ends || object["type"] == "Update";
    let followers = uri::collection(&group.uri, "followers");
    let mut announce = Outgoing::new(town, group.id, "Announce", about, |id| Activity {
        id,
        kind: "Announce",
        actor: group.uri.clone(),
        published: Some(emit::date(town.now())),
        to: vec![PUBLIC.into()],
        cc: Some(vec![followers]),
        object,
    })?;
    announce.ends = ends;
    let mut inboxes = Inboxes::default();
    inboxes.of_followers(town, group.id).await?;
    if changes {
        // Also those who have left since: they hold a copy.
        inboxes.of_ledger(town, about).await?;
    }
    Ok(Some(announce.to(inboxes.list(town).await?)))
}

/// Who got it in secret is nobody else's to know.
fn without_secret_addresses(activity: &mut Value) {
    let drop = |document: &mut Value| {
        if let Value::Object(members) = document {
            members.retain(|name, _| name != "bto" && name != "bcc");
        }
    };
    drop(activity);
    if let Some(object) = activity.get_mut("object") {
        drop(object);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secret_addresses_are_not_handed_on() {
        let mut activity = json!({"type": "Create", "bcc": ["x"], "to": ["y"], "object": {"bto": "x", "content": "z"}});
        without_secret_addresses(&mut activity);
        assert_eq!(
            activity,
            json!({"type": "Create", "to": ["y"], "object": {"content": "z"}})
        );
    }
}
