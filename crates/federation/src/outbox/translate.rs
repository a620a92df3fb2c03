//! Journal entries as activities. Things that people of other servers did need no telling.

use std::collections::HashMap;

use parvis_model::{audience::Audience, id::Id, policy::Interaction};
use parvis_store::{
    accounts,
    entity::{account, post},
    posts as rows,
};
use parvis_town::{
    AccountView, Failure, Outcome, PostView, Town, Viewer, accounts as town_accounts,
    journal::Entry, neighbours, posts as town_posts,
};

use super::{
    Outgoing,
    audience::{self, Inboxes},
    consents, gestures,
    groups::Groups,
};
use crate::{
    actors, follows, polls, posts, quotes, reactions,
    wire::{PUBLIC, emit::activity::Activity},
};

/// What a batch of entries speaks of, read in five questions at most; what others wrote needs none.
pub(super) struct Known {
    accounts: HashMap<Id, account::Model>,
    posts: HashMap<Id, post::Model>,
    /// The towns under agreement, where something of this town may be for them.
    pub(super) neighbours: Vec<account::Model>,
}

pub(super) async fn all(town: &Town, entries: &[Entry]) -> Outcome<Vec<Outgoing>> {
    let known = Known::load(town, entries).await?;
    let groups = Groups::load(town, &known, entries).await?;
    let mut outgoing = Vec::new();
    for entry in entries {
        if let Entry::PollVoted { account, post } = entry {
            outgoing.extend(voted(town, &known, *account, *post).await?);
        } else {
            let done = one(town, &known, &groups, entry).await?;
            let echo = groups.echoed(town, &known, entry, done.as_ref())?;
            outgoing.extend(done.into_iter().chain(echo));
        }
    }
    Ok(outgoing)
}

async fn one(
    town: &Town,
    known: &Known,
    groups: &Groups,
    entry: &Entry,
) -> Outcome<Option<Outgoing>> {
    match entry {
        Entry::PostPublished { post } => published(town, known, *post).await,
        Entry::PostEdited { post } => edited(town, known, *post).await,
        Entry::PollCounted { post } | Entry::PollClosed { post } => {
            counted(town, known, *post).await
        }
        Entry::PostAmended { post } => amended(town, known, *post).await,
        Entry::ReplyAnswered { post, agreed } if *agreed => {
            consents::agreed(town, known, *post).await
        }
        Entry::QuoteAsked { post } => consents::asked(town, known, *post).await,
        Entry::QuoteAnswered {
            quoted,
            asker,
            request,
            quoting,
            stamp,
        } => {
            let answered = quotes::Answered {
                what: Interaction::Quote,
                request,
                quoting,
                stamp: *stamp,
            };
            consents::answered(town, known, *quoted, *asker, &answered).await
        }
        Entry::InteractionAnswered {
            interaction,
            post,
            asker,
            request,
            instrument,
            stamp,
        } => {
            let answered = quotes::Answered {
                what: *interaction,
                request,
                quoting: instrument,
                stamp: *stamp,
            };
            consents::answered(town, known, *post, *asker, &answered).await
        }
        Entry::QuoteRevoked {
            author,
            quoter,
            stamp,
            quoted,
            quoting,
        } => {
            let about = consents::Revoked {
                stamp,
                quoted,
                quoting,
            };
            consents::revoked(town, known, *author, *quoter, about).await
        }
        Entry::PostDeleted {
            uri,
            author,
            audience,
            ..
        } => deleted(town, known.local(*author), uri, *audience).await,
        Entry::HandedOn { group, about, said } => {
            groups.handed_on(town, known, *group, about, said)
        }
        Entry::Boosted { boost } => boosted(town, known, *boost).await,
        Entry::Unboosted {
            uri,
            account,
            of_uri,
            of_author,
            ..
        } => {
            let Some(booster) = known.local(*account) else {
                return Ok(None);
            };
            let mut inboxes = Inboxes::default();
            inboxes.of_followers(town, *account).await?;
            inboxes.of_ledger(town, of_uri).await?;
            inboxes.add(known.accounts.get(of_author));
            let undo = reactions::unboost(town, booster, uri, of_uri)?;
            Ok(Some(undo.to(inboxes.list(town).await?)))
        }
        Entry::Favourited {
            account, post, uri, ..
        } => {
            let Some((liker, author, post)) = known.reaction(*account, *post) else {
                return Ok(None);
            };
            personal(
                town,
                author,
                reactions::like(town, liker, author, post, uri)?,
            )
            .await
        }
        Entry::Unfavourited {
            account, post, uri, ..
        } => {
            let Some((liker, author, post)) = known.reaction(*account, *post) else {
                return Ok(None);
            };
            personal(
                town,
                author,
                reactions::unlike(town, liker, author, post, uri)?,
            )
            .await
        }
        Entry::FollowRequested {
            follower,
            target,
            uri,
            accepted,
        } => {
            if let Some((follower, target)) = known.outwards(*follower, *target) {
                return personal(town, target, follows::follow(town, follower, target, uri)?).await;
            }
            match known.outwards(*target, *follower) {
                Some((target, follower)) if *accepted => {
                    let accept = follows::answer(town, "Accept", target, follower, uri)?;
                    personal(town, follower, accept).await
                }
                _ => Ok(None),
            }
        }
        Entry::FollowWithdrawn {
            follower,
            target,
            uri,
        } => {
            let Some((follower, target)) = known.outwards(*follower, *target) else {
                return Ok(None);
            };
            personal(
                town,
                target,
                follows::unfollow(town, follower, target, uri)?,
            )
            .await
        }
        Entry::FollowAccepted {
            follower,
            target,
            uri,
        } => {
            let Some((target, follower)) = known.outwards(*target, *follower) else {
                return Ok(None);
            };
            personal(
                town,
                follower,
                follows::answer(town, "Accept", target, follower, uri)?,
            )
            .await
        }
        Entry::FollowRefused {
            follower,
            target,
            uri,
        } => {
            let Some((target, follower)) = known.outwards(*target, *follower) else {
                return Ok(None);
            };
            personal(
                town,
                follower,
                follows::answer(town, "Reject", target, follower, uri)?,
            )
            .await
        }
        Entry::Blocked {
            account,
            target,
            uri,
        } => {
            let Some((me, other)) = known.outwards(*account, *target) else {
                return Ok(None);
            };
            personal(town, other, reactions::block(town, me, other, uri)?).await
        }
        Entry::Unblocked {
            account,
            target,
            uri,
        } => {
            let Some((me, other)) = known.outwards(*account, *target) else {
                return Ok(None);
            };
            personal(town, other, reactions::unblock(town, me, other, uri)?).await
        }
        Entry::ProfileChanged { account } => profile_changed(town, known, *account).await,
        Entry::AccountClosed {
            account,
            uri,
            inboxes,
        } => account_closed(town, *account, uri, inboxes).await,
        Entry::Pinned { account, post } => {
            gestures::pinned(town, known, *account, *post, "Add").await
        }
        Entry::Unpinned { account, post } => {
            gestures::pinned(town, known, *account, *post, "Remove").await
        }
        Entry::AccountMoved { account, to } => gestures::moved(town, known, *account, *to).await,
        Entry::Reported { report, forwarded } if *forwarded => {
            gestures::reported(town, *report).await
        }
        // Several activities each: see `all`.
        Entry::PollVoted { .. }
        | Entry::PostNarrowed { .. }
        | Entry::ReplyAnswered { .. }
        | Entry::Quoted { .. }
        | Entry::Reported { .. }
        | Entry::SignedUp { .. }
        | Entry::NeighbourAsks { .. }
        | Entry::Notified { .. }
        | Entry::NotificationsMerged { .. }
        | Entry::FiltersChanged { .. }
        | Entry::Announced { .. }
        | Entry::AnnouncementAnswered { .. }
        | Entry::AnnouncementRemoved { .. }
        | Entry::FilesDropped { .. } => Ok(None),
    }
}

/// For one person's own inbox.
pub(super) async fn personal(
    town: &Town,
    receiver: &account::Model,
    outgoing: Outgoing,
) -> Outcome<Option<Outgoing>> {
    let mut inboxes = Inboxes::default();
    inboxes.add_personal([receiver]);
    Ok(Some(outgoing.to(inboxes.list(town).await?)))
}

/// The post as its author sees it; `None` if it is gone meanwhile, not ours or stays here.
pub(super) async fn ours(town: &Town, known: &Known, post: Id) -> Outcome<Option<PostView>> {
    let Some(row) = known.posts.get(&post).filter(|row| row.local) else {
        return Ok(None);
    };
    match town_posts::view(town, &Viewer::resident(row.author_id), post).await {
        Ok(view) => Ok(Some(view)),
        Err(Failure::Refused(_)) => Ok(None),
        Err(broken) => Err(broken),
    }
}

async fn published(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(create) = posts::create(town, &view)? else {
        return Ok(None);
    };
    let inboxes = audience::of_post(town, known, &view).await?;
    Ok(Some(create.to(inboxes.list(town).await?)))
}

async fn edited(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(update) = posts::update(town, &view)? else {
        return Ok(None);
    };
    let inboxes = audience::of_copies(town, known, &view).await?;
    Ok(Some(update.to(inboxes.list(town).await?)))
}

/// For everyone who has a copy.
async fn amended(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(update) = quotes::amended(town, &view)? else {
        return Ok(None);
    };
    let inboxes = audience::of_copies(town, known, &view).await?;
    Ok(Some(update.to(inboxes.list(town).await?)))
}

/// The counts of a poll, for everyone who has a copy or voted.
async fn counted(town: &Town, known: &Known, post: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, post).await? else {
        return Ok(None);
    };
    let Some(update) = polls::counted(town, &view)? else {
        return Ok(None);
    };
    let mut inboxes = audience::of_copies(town, known, &view).await?;
    // Those who voted and are neighbours have a copy; the others may be none any more.
    if view.audience != Audience::Neighbours {
        inboxes.add_all(&polls::inboxes_of_voters(town, post).await?);
    }
    Ok(Some(update.to(inboxes.list(town).await?)))
}

/// One of ours voted in a poll of theirs.
async fn voted(town: &Town, known: &Known, account: Id, post: Id) -> Outcome<Vec<Outgoing>> {
    let Some((voter, author, poll)) = known.reaction(account, post) else {
        return Ok(Vec::new());
    };
    let mut outgoing = Vec::new();
    for vote in polls::votes(town, voter, author, poll).await? {
        outgoing.extend(personal(town, author, vote).await?);
    }
    Ok(outgoing)
}

async fn deleted(
    town: &Town,
    author: Option<&account::Model>,
    uri: &str,
    audience: Audience,
) -> Outcome<Option<Outgoing>> {
    let Some(author) = author else {
        return Ok(None);
    };
    if !posts::is_federated(audience) {
        return Ok(None);
    }
    let mut inboxes = Inboxes::default();
    inboxes.of_ledger(town, uri).await?;
    if audience.is_open() {
        // Others may have fetched it without our sending it.
        inboxes.of_followers(town, author.id).await?;
    }
    let stone = parvis_store::posts::tombstone(town.store.read(), uri).await?;
    let former = posts::former_type(stone.as_ref().map_or("", |stone| &stone.kind));
    let delete = posts::delete(town, author, uri, audience, former)?;
    Ok(Some(delete.to(inboxes.list(town).await?)))
}

async fn boosted(town: &Town, known: &Known, boost: Id) -> Outcome<Option<Outgoing>> {
    let Some(view) = ours(town, known, boost).await? else {
        return Ok(None);
    };
    let Some(announce) = reactions::announce(&view)? else {
        return Ok(None);
    };
    let mut inboxes = Inboxes::default();
    inboxes.of_followers(town, view.author.id).await?;
    if let Some(of) = &view.boost_of {
        let author = accounts::by_id(town.store.read(), of.author.id).await?;
        inboxes.add(&author);
    }
    Ok(Some(announce.to(inboxes.list(town).await?)))
}

async fn profile_changed(town: &Town, known: &Known, account: Id) -> Outcome<Option<Outgoing>> {
    if known.local(account).is_none() {
        return Ok(None);
    }
    let view: AccountView = town_accounts::view(town, &Viewer::nobody(), account).await?;
    let actor = actors::shown(town, &view).await?;
    let mut inboxes = Inboxes::default();
    inboxes.of_followers(town, account).await?;
    inboxes.of_acquaintances(town, account).await?;
    let update = Outgoing::new(town, account, "Update", &view.uri, |id| Activity {
        id,
        kind: "Update",
        actor: view.uri.clone(),
        published: None,
        to: vec![PUBLIC.into()],
        cc: Some(Vec::new()),
        object: actor,
    })?;
    Ok(Some(update.in_passing().to(inboxes.list(town).await?)))
}

/// To everyone who ever got something from the account: whoever knows it should hear of its end.
async fn account_closed(
    town: &Town,
    account: Id,
    uri: &str,
    followers: &[String],
) -> Outcome<Option<Outgoing>> {
    let mut inboxes = Inboxes::default();
    inboxes.add_all(followers);
    inboxes.of_acquaintances(town, account).await?;
    let delete = Outgoing::new(town, account, "Delete", uri, |id| Activity {
        id,
        kind: "Delete",
        actor: uri.to_owned(),
        published: None,
        to: vec![PUBLIC.into()],
        cc: Some(Vec::new()),
        object: uri.to_owned(),
    })?;
    Ok(Some(delete.in_passing().to(inboxes.list(town).await?)))
}

impl Known {
    pub(super) async fn load(town: &Town, entries: &[Entry]) -> Outcome<Self> {
        let (mut people, mut posts, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::PostPublished { post }
                | Entry::PostEdited { post }
                | Entry::PollCounted { post }
                | Entry::PollClosed { post }
                | Entry::PostAmended { post }
                | Entry::ReplyAnswered { post, .. }
                | Entry::QuoteAsked { post } => own.push(*post),
                Entry::QuoteAnswered {
                    quoted: post,
                    asker,
                    ..
                }
                | Entry::InteractionAnswered { post, asker, .. } => {
                    posts.push(*post);
                    people.push(*asker);
                }
                Entry::QuoteRevoked { author, quoter, .. } => people.extend([*author, *quoter]),
                Entry::PostDeleted { author, group, .. } => {
                    people.push(*author);
                    people.extend(*group);
                }
                Entry::HandedOn { group, .. } => people.push(*group),
                Entry::Boosted { boost } => own.push(*boost),
                Entry::Unboosted {
                    account, of_author, ..
                } => people.extend([*account, *of_author]),
                Entry::PollVoted { account, post }
                | Entry::Pinned { account, post }
                | Entry::Unpinned { account, post }
                | Entry::Favourited { account, post, .. }
                | Entry::Unfavourited { account, post, .. } => {
                    people.push(*account);
                    posts.push(*post);
                }
                Entry::FollowRequested {
                    follower, target, ..
                }
                | Entry::FollowWithdrawn {
                    follower, target, ..
                }
                | Entry::FollowAccepted {
                    follower, target, ..
                }
                | Entry::FollowRefused {
                    follower, target, ..
                } => people.extend([*follower, *target]),
                Entry::Blocked {
                    account, target, ..
                }
                | Entry::Unblocked {
                    account, target, ..
                } => {
                    people.extend([*account, *target]);
                }
                Entry::ProfileChanged { account } => people.push(*account),
                Entry::Quoted { .. }
                | Entry::PostNarrowed { .. }
                | Entry::AccountClosed { .. }
                | Entry::Reported { .. }
                | Entry::SignedUp { .. }
                | Entry::NeighbourAsks { .. }
                | Entry::Notified { .. }
                | Entry::NotificationsMerged { .. }
                | Entry::FiltersChanged { .. }
                | Entry::Announced { .. }
                | Entry::AnnouncementAnswered { .. }
                | Entry::AnnouncementRemoved { .. }
                | Entry::FilesDropped { .. } => {}
                Entry::AccountMoved { account, to } => people.extend([*account, *to]),
            }
        }
        let db = town.store.read();
        let mut found = rows::local_by_ids(db, &own).await?;
        if !posts.is_empty() {
            found.extend(rows::by_ids(db, &posts).await?);
        }
        let posts: HashMap<Id, _> = found.into_iter().map(|row| (row.id, row)).collect();
        people.extend(posts.values().map(|row: &post::Model| row.author_id));
        let groups = posts.values().filter(|row| row.in_group);
        people.extend(groups.filter_map(|row| row.group_id));
        people.sort_unstable();
        people.dedup();
        let people = accounts::by_ids(db, &people).await?;
        let near = [Audience::Public, Audience::Neighbours].map(Audience::as_str);
        let is_for_them = |row: &post::Model| row.local && near.contains(&row.audience.as_str());
        let neighbours = if posts.values().any(is_for_them) {
            neighbours::agreed(town).await?
        } else {
            Vec::new()
        };
        Ok(Self {
            accounts: people.into_iter().map(|row| (row.id, row)).collect(),
            posts,
            neighbours,
        })
    }

    pub(super) fn account(&self, account: Id) -> Option<&account::Model> {
        self.accounts.get(&account)
    }

    pub(super) fn post(&self, post: Id) -> Option<&post::Model> {
        self.posts.get(&post)
    }

    pub(super) fn local(&self, account: Id) -> Option<&account::Model> {
        self.accounts
            .get(&account)
            .filter(|row| row.domain.is_empty())
    }

    fn remote(&self, account: Id) -> Option<&account::Model> {
        self.accounts
            .get(&account)
            .filter(|row| !row.domain.is_empty())
    }

    /// Something from one of ours to one of theirs.
    pub(super) fn outwards(&self, from: Id, to: Id) -> Option<(&account::Model, &account::Model)> {
        Some((self.local(from)?, self.remote(to)?))
    }

    /// One of ours does something with any post: who, whose, which.
    pub(super) fn own_gesture(
        &self,
        account: Id,
        post: Id,
    ) -> Option<(&account::Model, &account::Model, &post::Model)> {
        let post = self.posts.get(&post)?;
        Some((self.local(account)?, self.account(post.author_id)?, post))
    }

    /// One of ours reacts to a post of theirs: who, whose, which.
    fn reaction(
        &self,
        account: Id,
        post: Id,
    ) -> Option<(&account::Model, &account::Model, &post::Model)> {
        let post = self.posts.get(&post)?;
        Some((self.local(account)?, self.remote(post.author_id)?, post))
    }
}
