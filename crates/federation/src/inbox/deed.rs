//! What an arriving activity comes to: one deed of the town. Everything that needs the network is done before.

use parvis_model::{clock::Timestamp, id::Id};
use parvis_store::{Tx, posts as rows};
use parvis_town::{
    Outcome, Town,
    arrivals::{self, Arrival},
    posts,
};

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
    /// `uri`: the Follow itself, which must not count when it arrives after its end.
    FollowEnded {
        follower: Id,
        target: Id,
        uri: Option<String>,
        origin: String,
    },
    /// Taken back by the address of the activity alone.
    Undone {
        who: Id,
        uri: String,
        origin: String,
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
    Boost {
        who: Id,
        post: Id,
        uri: String,
        at: Timestamp,
    },
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
}

impl Deed {
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
            Self::FollowEnded {
                follower,
                target,
                uri,
                origin,
            } => {
                if let Some(uri) = uri {
                    arrivals::first_time(tx, town, &uri, &origin).await?;
                }
                arrivals::follow_ended(tx, town, follower, target).await
            }
            Self::Undone { who, uri, origin } => {
                arrivals::undone(tx, town, who, &uri, &origin).await
            }
            Self::Like { who, post, uri } => {
                arrivals::favourite(tx, town, who, post, uri).await?;
                Ok(true)
            }
            Self::Unlike { who, post } => arrivals::unfavourite(tx, town, who, post).await,
            Self::Boost { who, post, uri, at } => {
                arrivals::boost(tx, town, who, post, uri, at).await?;
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
        }
    }
}

/// An edit may overtake what it edits.
async fn edit(tx: &Tx, town: &Town, arrival: Arrival) -> Outcome<bool> {
    if rows::by_uri(tx, &arrival.uri).await?.is_some() {
        return arrivals::post_edited(tx, town, arrival).await;
    }
    Ok(arrivals::post(tx, town, arrival).await?.is_some())
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
        Some(post) => posts::unboost(tx, town, who, post).await.map(|()| true),
        None => Ok(false),
    }
}
