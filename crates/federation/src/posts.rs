//! Posts of this town as notes, and as the activities around them. Who may see them is decided elsewhere.

pub(crate) mod arrived;

use std::collections::BTreeMap;

use parvis_model::audience::Audience;
use parvis_store::entity::account;
use parvis_town::{
    MediaView, Outcome, PostView, Town,
    views::{MentionView, PostKind},
};

use crate::{
    collections,
    outbox::Outgoing,
    polls, quotes, uri,
    wire::{
        PUBLIC,
        emit::{
            self,
            activity::Activity,
            object::{Document, Note, Source, Tag, Tombstone},
            quote::Approved,
        },
    },
};

/// Does anything of this audience leave the town? Groups come with their own deeds.
pub(crate) fn is_federated(audience: Audience) -> bool {
    match audience {
        Audience::Public
        | Audience::Unlisted
        | Audience::Neighbours
        | Audience::Followers
        | Audience::Direct => true,
        Audience::Town | Audience::Group => false,
    }
}

/// A new post as an activity; its number is the post's own.
pub(crate) fn create(town: &Town, post: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(create) = creation(town, post) else {
        return Ok(None);
    };
    let uri = create.id.clone();
    let known = Outgoing::known(post.id, uri, post.author.id, "Create", &post.uri, |_| {
        create
    })?;
    Ok(Some(known.for_readers(post.audience)))
}

/// The same for those who did not get it at first, under a number of its own.
pub(crate) fn create_again(town: &Town, post: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(note) = note(town, post) else {
        return Ok(None);
    };
    let published = emit::date(post.created_at);
    let create = Outgoing::new(town, post.author.id, "Create", &post.uri, |id| {
        Activity::around("Create", id, published, note)
    })?;
    Ok(Some(create.for_readers(post.audience)))
}

pub(crate) fn creation(town: &Town, post: &PostView) -> Option<Activity<Note>> {
    let published = emit::date(post.created_at);
    let id = uri::activity(&town.origin, post.id);
    Some(Activity::around("Create", id, published, note(town, post)?))
}

pub(crate) fn update(town: &Town, post: &PostView) -> Outcome<Option<Outgoing>> {
    let Some(note) = note(town, post) else {
        return Ok(None);
    };
    let at = emit::date(post.edited_at.unwrap_or(post.created_at));
    let update = Outgoing::new(town, post.author.id, "Update", &post.uri, |id| {
        Activity::around("Update", id, at, note)
    })?;
    Ok(Some(update.for_readers(post.audience)))
}

/// What a post that is gone was called, by the kind that its tombstone names.
pub(crate) fn former_type(kind: &str) -> &'static str {
    match PostKind::parse(kind) {
        PostKind::Question => "Question",
        PostKind::Article => "Article",
        _ => "Note",
    }
}

pub(crate) fn delete(
    town: &Town,
    author: &account::Model,
    post: &str,
    audience: Audience,
    former: &'static str,
) -> Outcome<Outgoing> {
    let followers = uri::collection(&author.uri, "followers");
    let (to, cc) = match audience {
        Audience::Public | Audience::Unlisted => (vec![PUBLIC.into()], vec![followers]),
        // It was never said in public who else got it, and now nobody knows any more: the ledger does.
        _ => (vec![followers], Vec::new()),
    };
    let gone = Tombstone::new(post.to_owned(), Some(former), emit::date(town.now()));
    Outgoing::new(town, author.id, "Delete", post, |id| {
        Activity::delete(id, author.uri.clone(), to, cc, gone)
    })
}

/// A post as others read it; `None` for what does not leave the town.
pub(crate) fn note(town: &Town, post: &PostView) -> Option<Note> {
    let (to, cc) = addresses(town, post)?;
    let html = quotes::content(post);
    Some(Note {
        id: post.uri.clone(),
        kind: match post.kind {
            PostKind::Article => "Article",
            PostKind::Question if post.poll.is_some() => "Question",
            _ => "Note",
        },
        attributed_to: post.author.uri.clone(),
        to,
        cc,
        audience: group(post),
        name: post.title.clone(),
        content_map: post
            .language
            .clone()
            .map(|code| BTreeMap::from([(code, html.clone())])),
        content: html,
        source: post.source.clone().map(|content| Source {
            content,
            media_type: "text/markdown",
        }),
        media_type: "text/html",
        sensitive: post.sensitive,
        summary: Some(post.summary.clone()).filter(|summary| !summary.is_empty()),
        direct_message: post.audience == Audience::Direct,
        tag: tags(town, post),
        attachment: post.media.iter().map(document).collect(),
        in_reply_to: post.reply_to_uri.clone(),
        context: collections::context_id(town, post),
        conversation: collections::context_id(town, post),
        published: emit::date(post.created_at),
        updated: post.edited_at.map(emit::date),
        url: post.url.clone(),
        question: post.poll.as_ref().map(polls::question),
        quoting: quotes::quoting(post),
        approved: post
            .consent
            .as_ref()
            .and_then(|consent| consent.stamp.clone())
            .map(Approved::new),
        interaction_policy: quotes::policy(town, post),
        replies: collections::replies_elsewhere(post),
        likes: collections::likes(post),
        shares: collections::shares(post),
    })
}

/// `to` and `cc` (docs: federation.md section 3).
fn addresses(town: &Town, post: &PostView) -> Option<(Vec<String>, Vec<String>)> {
    let followers = uri::collection(&post.author.uri, "followers");
    let mentioned: Vec<String> = post
        .mentions
        .iter()
        .map(|mention| mention.uri.clone())
        .collect();
    let named = |uri: &String| mentioned.contains(uri);
    let group = group(post).filter(|uri| !named(uri));
    let beside = |first: String| {
        let mut all = vec![first];
        all.extend(mentioned.iter().cloned().chain(group.clone()));
        all
    };
    match post.audience {
        Audience::Public => Some((vec![PUBLIC.into()], beside(followers))),
        Audience::Unlisted => Some((vec![followers], beside(PUBLIC.into()))),
        // The followers stand beside them, since software that knows no neighbours would read the post as for nobody else.
        Audience::Neighbours => Some((vec![uri::neighbours(&town.origin), followers], mentioned)),
        Audience::Followers => Some((vec![followers], mentioned)),
        Audience::Direct => Some((mentioned, Vec::new())),
        Audience::Town | Audience::Group => None,
    }
}

/// The address of the group that a post for everyone is meant for.
fn group(post: &PostView) -> Option<String> {
    let group = post.group.as_ref().filter(|_| post.audience.is_open())?;
    Some(group.uri.clone())
}

fn tags(town: &Town, post: &PostView) -> Vec<Tag> {
    let mentions = post.mentions.iter().map(|mention| Tag::Mention {
        href: mention.uri.clone(),
        name: full_handle(town, mention),
    });
    let hashtags = post.tags.iter().map(|tag| Tag::Hashtag {
        href: uri::tag(&town.origin, &tag.key),
        name: format!("#{}", tag.name),
    });
    mentions.chain(hashtags).chain(quotes::tag(post)).collect()
}

fn full_handle(town: &Town, mention: &MentionView) -> String {
    if mention.acct.contains('@') {
        format!("@{}", mention.acct)
    } else {
        format!("@{}@{}", mention.acct, town.host)
    }
}

fn document(media: &MediaView) -> Document {
    let size = |n: i32| u32::try_from(n).ok().filter(|n| *n > 0);
    let mut document = Document::new(media.mime.clone(), media.url.clone());
    document.name = Some(media.description.clone()).filter(|words| !words.is_empty());
    document.width = size(media.width);
    document.height = size(media.height);
    document.blurhash.clone_from(&media.blurhash);
    document.focal_point =
        Some([media.focus.0, media.focus.1]).filter(|focus| *focus != [0.0, 0.0]);
    document
}
