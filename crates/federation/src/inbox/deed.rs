//! What an arriving activity comes to: one deed of the town. Everything that needs the network is done before.

use parvis_model::id::Id;
use parvis_store::{Tx, posts as rows};
use parvis_town::{
    Outcome, Town,
    arrivals::{self, Arrival, ArrivedBoost},
    consents, groups,
    interactions::{self, Asked, Decision},
    pins,
    quotes::{self, AskedQuote},
    reports::{self, ArrivedReport},
};

#[derive(Clone)]
pub(crate) enum Deed {
    /// It was all done while finding out.
    Nothing,
    Post(Box<Arrival>),
    /// Also takes in what was not known yet.
    Edit(Box<Arrival>),
    PostGone {
        author: Id,
        uri: String,
    },
    AccountGone(Id),
    /// `answers`: in the words of the poll.
    Vote {
        who: Id,
        poll: Id,
        answers: Vec<String>,
    },
    QuoteAsked(AskedQuote),
    /// `deed`: what they ask to do.
    Asked {
        asked: Asked,
        deed: Box<Self>,
    },
    /// `stamp`: where they agree.
    QuoteAnswered {
        author: Id,
        post: Id,
        stamp: Option<String>,
    },
    QuoteRevoked {
        author: Id,
        stamp: String,
    },
    /// Whom a post of ours answers agrees; `stamp`: where others can check that.
    ReplyAgreed {
        author: Id,
        post: Id,
        stamp: Option<String>,
    },
    ReplyRefused {
        author: Id,
        post: Id,
    },
    ReplyRevoked {
        author: Id,
        stamp: String,
    },
    Follow {
        follower: Id,
        target: Id,
        uri: String,
    },
    FollowOfTown {
        follower: Id,
        uri: String,
    },
    FollowAnswered {
        target: Id,
        follower: Id,
        accepted: bool,
    },
    FollowEnded {
        follower: Id,
        target: Id,
    },
    /// `uri`: what is undone, which must not count when it arrives after its end.
    Ended {
        who: Id,
        uri: String,
        end: Box<Self>,
    },
    /// Taken back by the address of the activity alone.
    Undone {
        who: Id,
        uri: String,
    },
    Like {
        who: Id,
        post: Id,
        uri: String,
    },
    Unlike {
        who: Id,
        post: Id,
    },
    /// Or, where it `ends`, that no longer: it changes nothing here.
    Dislike {
        post: Id,
        ends: bool,
    },
    Boost(ArrivedBoost),
    Unboost {
        who: Id,
        uri: Option<String>,
        post: Option<Id>,
    },
    Block {
        who: Id,
        target: Id,
        uri: String,
    },
    Unblock {
        who: Id,
        target: Id,
    },
    /// Those who look after a group elsewhere have decided something about it.
    Decided {
        group: Id,
        decision: groups::Decision,
    },
    /// A group elsewhere says that a post stands in it.
    Taken {
        group: Id,
        post: Id,
    },
    /// What its actor said about their own, for a group of ours to hand on.
    Said {
        who: Id,
        said: String,
        deed: Box<Self>,
    },
    Moved {
        from: Id,
        to: Id,
    },
    Report(ArrivedReport),
    Pin {
        who: Id,
        post: Id,
    },
    Unpin {
        who: Id,
        post: Id,
    },
}

impl Deed {
    /// May it change with which towns this one has an agreement?
    pub(super) fn is_between_towns(&self, town: &Town) -> bool {
        let actor = town.profile().actor_id;
        match self {
            Self::FollowOfTown { .. } | Self::Undone { .. } | Self::AccountGone(_) => true,
            Self::FollowAnswered { follower, .. } => *follower == actor,
            Self::FollowEnded { target, .. } => *target == actor,
            Self::Ended { end, .. } => end.is_between_towns(town),
            _ => false,
        }
    }

    /// `false`: it changed nothing.
    pub(crate) async fn run(self, tx: &Tx, town: &Town) -> Outcome<bool> {
        match self {
            Self::Nothing => Ok(true),
            Self::Post(arrival) => Ok(arrivals::post(tx, town, *arrival).await?.is_some()),
            Self::Edit(arrival) => edit(tx, town, *arrival).await,
            Self::PostGone { author, uri } => {
                arrivals::post_gone(tx, town, author, &uri).await?;
                Ok(true)
            }
            Self::AccountGone(account) => {
                arrivals::account_gone(tx, town, account).await?;
                Ok(true)
            }
            Self::Vote { who, poll, answers } => {
                arrivals::vote_arrived(tx, town, who, poll, &answers).await
            }
            Self::QuoteAsked(asked) => quotes::asked(tx, town, asked).await,
            Self::Asked { asked, deed } => asked_for(tx, town, asked, *deed).await,
            Self::QuoteAnswered {
                author,
                post,
                stamp,
            } => quotes::answered(tx, town, author, post, stamp).await,
            Self::QuoteRevoked { author, stamp } => quotes::revoked(tx, town, author, &stamp).await,
            Self::ReplyAgreed {
                author,
                post,
                stamp,
            } => consents::agreed(tx, town, author, post, stamp).await,
            Self::ReplyRefused { author, post } => consents::refused(tx, town, author, post).await,
            Self::ReplyRevoked { author, stamp } => {
                consents::revoked(tx, town, author, &stamp).await
            }
            Self::Follow {
                follower,
                target,
                uri,
            } => {
                arrivals::follow(tx, town, follower, target, uri).await?;
                Ok(true)
            }
            Self::FollowOfTown { follower, uri } => {
                arrivals::follow_of_town(tx, town, follower, uri).await?;
                Ok(true)
            }
            Self::FollowAnswered {
                target,
                follower,
                accepted,
            } => arrivals::follow_answered(tx, town, target, follower, accepted).await,
            Self::FollowEnded { follower, target } => {
                arrivals::follow_ended(tx, town, follower, target).await
            }
            Self::Ended { who, uri, end } => {
                arrivals::first_time(tx, town, &uri, who).await?;
                Box::pin(end.run(tx, town)).await
            }
            Self::Undone { who, uri } => arrivals::undone(tx, town, who, &uri).await,
            Self::Like { who, post, uri } => arrivals::favourite(tx, town, who, post, uri).await,
            Self::Unlike { who, post } => arrivals::unfavourite(tx, town, who, post).await,
            Self::Dislike { .. } => Ok(false),
            Self::Boost(boost) => {
                arrivals::boost(tx, town, boost).await?;
                Ok(true)
            }
            Self::Unboost { who, uri, post } => unboost(tx, town, who, uri, post).await,
            Self::Block { who, target, uri } => {
                arrivals::block(tx, town, who, target, uri).await?;
                Ok(true)
            }
            Self::Unblock { who, target } => {
                arrivals::unblock(tx, town, who, target).await?;
                Ok(true)
            }
            Self::Decided { group, decision } => groups::decided(tx, town, group, decision).await,
            Self::Taken { group, post } => {
                groups::confirmed(tx, group, post).await?;
                Ok(true)
            }
            Self::Said { who, said, deed } => handed_on(tx, town, who, said, *deed).await,
            Self::Moved { from, to } => arrivals::moved(tx, town, from, to).await,
            Self::Report(report) => reports::arrived(tx, town, report).await,
            Self::Pin { who, post } => pins::arrived(tx, town, who, post).await,
            Self::Unpin { who, post } => pins::unpinned(tx, who, post).await,
        }
    }
}

/// Does the deed, and lets a group of ours hear of it. Only of what its actor may do with their own.
async fn handed_on(tx: &Tx, town: &Town, who: Id, said: String, deed: Deed) -> Outcome<bool> {
    match deed {
        Deed::Post(arrival) if arrival.author == who => {
            let said = Some(said);
            Box::pin(Deed::Post(Box::new(Arrival { said, ..*arrival })).run(tx, town)).await
        }
        Deed::Edit(arrival) if arrival.author == who => {
            edit(
                tx,
                town,
                Arrival {
                    said: Some(said),
                    ..*arrival
                },
            )
            .await
        }
        Deed::PostGone { author, uri } if author == who => {
            groups::echo_of_end(tx, town, who, &uri, said).await?;
            arrivals::post_gone(tx, town, author, &uri).await?;
            Ok(true)
        }
        Deed::Ended { uri, end, .. } => {
            arrivals::first_time(tx, town, &uri, who).await?;
            Box::pin(handed_on(tx, town, who, said, *end)).await
        }
        Deed::Like { post, .. } | Deed::Unlike { post, .. } => {
            let changed = Box::pin(deed.run(tx, town)).await?;
            if changed {
                groups::echo_of_like(tx, town, who, post, said).await?;
            }
            Ok(changed)
        }
        Deed::Dislike { post, ends: true } => groups::echo_of_like(tx, town, who, post, said).await,
        Deed::Dislike { post, ends: false } => {
            groups::echo_of_dislike(tx, town, who, post, said).await
        }
        other => Box::pin(other.run(tx, town)).await,
    }
}

/// Does what somebody asks for, where they may, and answers.
async fn asked_for(tx: &Tx, town: &Town, asked: Asked, deed: Deed) -> Outcome<bool> {
    interactions::at_its_turn(tx, &asked).await?;
    let Some(decision) = interactions::decided(tx, &asked).await? else {
        return Ok(false);
    };
    if decision != Decision::No {
        // What came by itself, or was undone before it came, must not count again; a post sees to that itself.
        let is_post = matches!(deed, Deed::Post(_) | Deed::Nothing);
        let counts =
            is_post || arrivals::first_time(tx, town, &asked.instrument, asked.who).await?;
        if counts {
            Box::pin(deed.run(tx, town)).await?;
        }
        // There may be no room for it now.
        if counts && !is_post && !interactions::is_here(tx, &asked).await? {
            arrivals::not_taken_in(tx, &asked.instrument, asked.who).await?;
        }
    }
    interactions::answer(tx, town, asked, decision).await?;
    Ok(true)
}

/// An edit may overtake what it edits.
async fn edit(tx: &Tx, town: &Town, arrival: Arrival) -> Outcome<bool> {
    if rows::by_uri(tx, &arrival.uri).await?.is_some() {
        return arrivals::post_edited(tx, town, arrival).await;
    }
    if arrivals::post(tx, town, arrival.clone()).await?.is_some() {
        return Ok(true);
    }
    // Its post may have been taken in at this moment.
    arrivals::post_edited(tx, town, arrival).await
}

/// By the boost's own address, else by what was boosted: some servers undo under another address.
async fn unboost(
    tx: &Tx,
    town: &Town,
    who: Id,
    uri: Option<String>,
    post: Option<Id>,
) -> Outcome<bool> {
    if let Some(uri) = uri
        && arrivals::unboost(tx, town, who, &uri).await?
    {
        return Ok(true);
    }
    match post {
        Some(post) => arrivals::unboost_of(tx, town, who, post)
            .await
            .map(|()| true),
        None => Ok(false),
    }
}
