//! What accounts of this town do beside posting, for other servers: posts pinned, accounts moved, reports passed on.

use parvis_model::id::Id;
use parvis_store::{accounts, posts, reports};
use parvis_town::{Failure, Outcome, Town};

use super::{Outgoing, audience::Inboxes, translate::Known};
use crate::{
    posts::is_federated,
    uri,
    wire::{
        PUBLIC,
        emit::activity::{Activity, Aimed},
    },
};

/// An `Add` to the posts on top of one's page, or a `Remove` from them.
pub(super) async fn pinned(
    town: &Town,
    known: &Known,
    account: Id,
    post: Id,
    kind: &'static str,
) -> Outcome<Option<Outgoing>> {
    let (Some(author), Some(post)) = (known.local(account), known.post(post)) else {
        return Ok(None);
    };
    let audience = parvis_model::audience::Audience::parse(&post.audience);
    if !audience.is_some_and(is_federated) {
        return Ok(None);
    }
    let followers = uri::collection(&author.uri, "followers");
    let (to, cc) = if audience.is_some_and(parvis_model::audience::Audience::is_open) {
        (vec![PUBLIC.to_owned()], vec![followers])
    } else {
        (vec![followers], Vec::new())
    };
    let outgoing = Outgoing::new(town, account, kind, &post.uri, |id| Aimed {
        activity: Activity {
            id,
            kind,
            actor: author.uri.clone(),
            published: None,
            to,
            cc: Some(cc),
            object: post.uri.clone(),
        },
        target: Some(uri::collection(&author.uri, "featured")),
        content: None,
    })?;
    let mut inboxes = Inboxes::default();
    inboxes.of_followers(town, account).await?;
    Ok(Some(outgoing.to(inboxes.list(town).await?)))
}

/// The followers elsewhere are asked to follow the new account (FEP-7628).
pub(super) async fn moved(
    town: &Town,
    known: &Known,
    account: Id,
    to: Id,
) -> Outcome<Option<Outgoing>> {
    let (Some(old), Some(new)) = (known.local(account), known.account(to)) else {
        return Ok(None);
    };
    let outgoing = Outgoing::new(town, account, "Move", &old.uri, |id| Aimed {
        activity: Activity {
            id,
            kind: "Move",
            actor: old.uri.clone(),
            published: None,
            to: vec![uri::collection(&old.uri, "followers")],
            cc: None,
            object: old.uri.clone(),
        },
        target: Some(new.uri.clone()),
        content: None,
    })?;
    let mut inboxes = Inboxes::default();
    inboxes.of_followers(town, account).await?;
    Ok(Some(outgoing.to(inboxes.list(town).await?)))
}

/// A report for the staff of the accused's server: from the town itself, never naming who reported.
pub(super) async fn reported(town: &Town, report: Id) -> Outcome<Option<Outgoing>> {
    let db = town.store.read();
    let Some(report) = reports::by_id(db, report).await? else {
        return Ok(None);
    };
    let Some(accused) = accounts::by_id(db, report.accused_id).await? else {
        return Ok(None);
    };
    let profile = town.profile();
    let Some(actor) = accounts::by_id(db, profile.actor_id).await? else {
        return Ok(None);
    };
    let ids: Vec<Id> = serde_json::from_str(&report.posts)
        .map_err(|err| Failure::Broken(parvis_town::Error::Other(err.to_string())))?;
    let mut objects = vec![accused.uri.clone()];
    if !ids.is_empty() {
        let rows = posts::by_ids(db, &ids).await?;
        objects.extend(rows.into_iter().map(|row| row.uri));
    }
    let flag = Outgoing::known(
        report.id,
        report.uri,
        actor.id,
        "Flag",
        &accused.uri,
        |id| Aimed {
            activity: Activity {
                id,
                kind: "Flag",
                actor: actor.uri,
                published: None,
                to: vec![accused.uri.clone()],
                cc: None,
                object: objects,
            },
            target: None,
            content: Some(report.comment).filter(|words| !words.is_empty()),
        },
    )?;
    let mut inboxes = Inboxes::default();
    inboxes.add([&accused]);
    Ok(Some(flag.to(inboxes.list(town).await?)))
}
