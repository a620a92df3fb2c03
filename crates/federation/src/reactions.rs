//! Likes, boosts and blocks as we send them.

use parvis_store::entity::{account, post};
use parvis_town::{Outcome, PostView, Town};

use crate::{
    outbox::Outgoing,
    uri,
    wire::{
        PUBLIC,
        emit::{
            self,
            activity::{Activity, Inner},
        },
    },
};

pub(crate) fn like(
    town: &Town,
    liker: &account::Model,
    author: &account::Model,
    post: &post::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    plain(town, "Like", liker, author, &post.uri, uri)
}

pub(crate) fn unlike(
    town: &Town,
    liker: &account::Model,
    author: &account::Model,
    post: &post::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    undo(
        town,
        "Like",
        liker,
        vec![author.uri.clone()],
        &post.uri,
        uri,
    )
}

pub(crate) fn block(
    town: &Town,
    me: &account::Model,
    other: &account::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    plain(town, "Block", me, other, &other.uri, uri)
}

pub(crate) fn unblock(
    town: &Town,
    me: &account::Model,
    other: &account::Model,
    uri: &str,
) -> Outcome<Outgoing> {
    undo(town, "Block", me, vec![other.uri.clone()], &other.uri, uri)
}

/// A boost of this town as an activity; `None` if what it boosts is gone.
pub(crate) fn announce(boost: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(announce) = announcement(boost) else {
        return Ok(None);
    };
    let Some(of) = &boost.boost_of else {
        return Ok(None);
    };
    let known = Outgoing::known(
        boost.id,
        boost.uri.clone(),
        boost.author.id,
        "Announce",
        &of.uri,
        |_| announce,
    )?;
    Ok(Some(known))
}

pub(crate) fn announcement(boost: &PostView) -> Option<Activity<String>> {
    let of = boost.boost_of.as_ref()?;
    Some(Activity {
        id: boost.uri.clone(),
        kind: "Announce",
        actor: boost.author.uri.clone(),
        published: Some(emit::date(boost.created_at)),
        to: vec![PUBLIC.into()],
        cc: Some(vec![
            uri::collection(&boost.author.uri, "followers"),
            of.author.uri.clone(),
        ]),
        object: of.uri.clone(),
    })
}

pub(crate) fn unboost(
    town: &Town,
    booster: &account::Model,
    uri: &str,
    of: &str,
) -> Outcome<Outgoing> {
    undo(town, "Announce", booster, vec![PUBLIC.into()], of, uri)
}

fn plain(
    town: &Town,
    kind: &'static str,
    from: &account::Model,
    to: &account::Model,
    object: &str,
    uri: &str,
) -> Outcome<Outgoing> {
    let id = uri::activity_id(&town.origin, uri).unwrap_or_else(|| town.ids.next());
    Outgoing::known(id, uri.to_owned(), from.id, kind, object, |id| {
        Activity::to_one(
            kind,
            id,
            from.uri.clone(),
            to.uri.clone(),
            object.to_owned(),
        )
    })
}

fn undo(
    town: &Town,
    kind: &'static str,
    from: &account::Model,
    to: Vec<String>,
    object: &str,
    uri: &str,
) -> Outcome<Outgoing> {
    Outgoing::new(town, from.id, "Undo", object, |id| Activity {
        id,
        kind: "Undo",
        actor: from.uri.clone(),
        published: None,
        to,
        cc: None,
        object: Inner {
            id: uri.to_owned(),
            kind,
            actor: from.uri.clone(),
            object: object.to_owned(),
        },
    })
}
