//! Quotes, the consents to them, and policies: ours as others read them, theirs as the town takes them in. Who may quote is
//! decided elsewhere.

use parvis_model::{
    audience::Audience,
    id::Id,
    policy::{Allowed, Circles, Interaction, Policy},
    text, uri as address,
};
use parvis_store::entity::{account, post};
use parvis_town::{
    Error, Outcome, PostView, Town,
    quotes::{QuoteState, QuoteView, Stamp},
};

use crate::{
    actors::same,
    outbox::Outgoing,
    posts, uri,
    wire::{
        PUBLIC,
        emit::{
            self,
            activity::Activity,
            object::{Note, Tag},
            quote::{self, Answer, InteractionPolicy, Request},
        },
        is_public,
        quote::{Interactions, Permission},
    },
};

/// The quote of a post of ours as others may know of it: not one that its author does not want.
fn told(post: &PostView) -> Option<&QuoteView> {
    let told = |quote: &&QuoteView| quote.state == QuoteState::Pending || quote.state.is_agreed();
    post.quote.as_ref().filter(told)
}

pub(crate) fn quoting(post: &PostView) -> Option<quote::Quoting> {
    let quote = told(post)?;
    Some(quote::Quoting::new(quote.uri.clone(), quote.stamp.clone()))
}

/// The link by which FEP-e232 tells of a quote.
pub(crate) fn tag(post: &PostView) -> Option<Tag> {
    let quote = told(post)?;
    Some(Tag::Link {
        href: quote.uri.clone(),
        rel: "https://misskey-hub.net/ns#_misskey_quote",
        media_type: "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
    })
}

/// The text of a post, with a link for readers that know no quotes.
pub(crate) fn content(post: &PostView) -> String {
    match told(post) {
        Some(quote) => {
            let page = quote.post.as_ref().map_or(&quote.uri, |post| &post.url);
            text::with_quote_link(&post.html, page)
        }
        None => post.html.clone(),
    }
}

/// All that we say of who may do what with a post of ours.
pub(crate) fn policy(town: &Town, post: &PostView) -> InteractionPolicy {
    let said = |what| permission(post, post.policy.of(what).unwrap_or(Allowed::EVERYONE));
    InteractionPolicy {
        can_reply: if post.audience == Audience::Neighbours {
            quote::Permission {
                automatic_approval: vec![
                    uri::neighbours(&town.origin),
                    uri::collection(&post.author.uri, "followers"),
                ],
                manual_approval: Vec::new(),
            }
        } else {
            said(Interaction::Reply)
        },
        can_like: said(Interaction::Like),
        can_announce: if post.audience.may_be_boosted() {
            said(Interaction::Boost)
        } else {
            permission(post, Allowed::NOBODY)
        },
        can_quote: permission(post, post.quoting.allowed),
    }
}

/// The author alone is how we say nobody.
fn permission(post: &PostView, allowed: Allowed) -> quote::Permission {
    let author = &post.author.uri;
    let listed = |circles: Circles| {
        let named = [
            (Circles::PUBLIC, PUBLIC.to_owned()),
            (Circles::FOLLOWERS, uri::collection(author, "followers")),
            (Circles::FOLLOWING, uri::collection(author, "following")),
        ];
        let held = named
            .into_iter()
            .filter(|(circle, _)| circles.holds(*circle));
        held.map(|(_, address)| address).collect()
    };
    let at_once: Vec<String> = listed(allowed.at_once);
    quote::Permission {
        automatic_approval: if at_once.is_empty() {
            vec![author.clone()]
        } else {
            at_once
        },
        manual_approval: listed(allowed.on_request),
    }
}

/// One of ours asks an author of theirs.
pub(crate) fn request(
    town: &Town,
    post: &PostView,
    author: &account::Model,
) -> Outcome<Option<Outgoing>> {
    let Some(quote) = told(post) else {
        return Ok(None);
    };
    let (Some(id), Some(note)) = (&quote.request, posts::note(town, post)) else {
        return Ok(None);
    };
    let number = uri::activity_id(&town.origin, id)
        .ok_or_else(|| Error::Other(format!("{id} is no address of ours")))?;
    let (actor, to) = (post.author.uri.clone(), vec![author.uri.clone()]);
    let request = |id| Request::<Note>::new(id, actor, to, quote.uri.clone(), note);
    // By the post a later deletion finds who got it with the question.
    let kind = "QuoteRequest";
    let asked = Outgoing::known(number, id.clone(), post.author.id, kind, &post.uri, request)?;
    Ok(Some(asked))
}

/// What an author of ours says to somebody of theirs who asked.
pub(crate) struct Answered<'a> {
    pub(crate) what: Interaction,
    pub(crate) request: &'a str,
    pub(crate) quoting: &'a str,
    pub(crate) stamp: Option<Id>,
}

pub(crate) fn answer(
    town: &Town,
    author: &account::Model,
    asker: &account::Model,
    quoted: &post::Model,
    answered: &Answered<'_>,
) -> Outcome<Outgoing> {
    let kind = if answered.stamp.is_some() {
        "Accept"
    } else {
        "Reject"
    };
    let request = || {
        let instrument = answered.quoting.to_owned();
        let (id, actor) = (answered.request.to_owned(), asker.uri.clone());
        Request::new(id, actor, Vec::new(), quoted.uri.clone(), instrument).about(answered.what)
    };
    // Who did not ask is answered about what they did.
    let object = if answered.request == answered.quoting {
        quote::Answered::Done(answered.quoting.to_owned())
    } else {
        quote::Answered::Asked(request())
    };
    Outgoing::new(town, author.id, kind, answered.request, |id| Answer {
        id,
        kind,
        actor: author.uri.clone(),
        to: vec![asker.uri.clone()],
        object,
        result: answered
            .stamp
            .map(|stamp| uri::authorization(&town.origin, stamp)),
    })
}

/// An author of ours takes a consent back.
pub(crate) fn revocation(
    town: &Town,
    author: &account::Model,
    quoter: &account::Model,
    stamp: &str,
) -> Outcome<Outgoing> {
    Outgoing::new(town, author.id, "Delete", stamp, |id| Activity {
        id,
        kind: "Delete",
        actor: author.uri.clone(),
        published: None,
        to: vec![PUBLIC.into()],
        cc: Some(vec![quoter.uri.clone()]),
        object: stamp.to_owned(),
    })
}

/// Tells what is new around a post of ours: no edit, so `updated` stays what it was.
pub(crate) fn amended(town: &Town, post: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(note) = posts::note(town, post) else {
        return Ok(None);
    };
    let at = emit::date(town.now());
    let update = Outgoing::new(town, post.author.id, "Update", &post.uri, |id| {
        Activity::around("Update", id, at, note)
    })?;
    Ok(Some(update))
}

pub(crate) fn stamp(town: &Town, id: Id, stamp: Stamp) -> quote::Stamp {
    let address = uri::authorization(&town.origin, id);
    quote::Stamp::new(
        address,
        stamp.author_uri,
        stamp.quoting_uri,
        stamp.quoted_uri,
    )
    .about(stamp.what)
}

/// What a post of theirs says of who may do what with it.
pub(crate) fn policy_arrived(said: &Interactions<'_>, author: &account::Model) -> Policy {
    let allowed = |said: &Option<Permission<'_>>| {
        said.as_ref().map(|said| Allowed {
            at_once: circles(&said.at_once, author),
            on_request: circles(&said.on_request, author),
        })
    };
    Policy {
        reply: allowed(&said.reply),
        like: allowed(&said.like),
        boost: allowed(&said.boost),
        quote: allowed(&said.quote),
    }
}

/// The author alone is how they say nobody. What is for the neighbours only those have who are.
fn circles(addresses: &[&str], author: &account::Model) -> Circles {
    let neighbours = address::origin_of(&author.uri).map(|origin| uri::neighbours(&origin));
    let circle = |address: &&str| {
        let is = |collection: &str| !collection.is_empty() && same(address, collection);
        if is_public(address) || neighbours.as_deref().is_some_and(is) {
            Circles::PUBLIC
        } else if is(&author.uri) {
            Circles::NOBODY
        } else if is(&author.followers_uri) {
            Circles::FOLLOWERS
        } else if is(&author.following_uri) {
            Circles::FOLLOWING
        } else {
            Circles::CERTAIN
        }
    };
    let each = addresses.iter().map(circle);
    each.fold(Circles::NOBODY, Circles::and)
}
