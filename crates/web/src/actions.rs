//! The small deeds behind the buttons of posts and people. Each button is a form; afterwards one is where one was.

use std::sync::Arc;

use axum::extract::Path;
use parvis_model::{
    clock::{DAY, HOUR, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::Tx;
use parvis_town::{
    Failure, Outcome, Town, follows, follows::FollowState, pins, posts, reactions, relations,
    relations::MuteTerms, thread_mutes,
};

use crate::{
    asked::local_path,
    fault::Fault,
    form::Form,
    page::{Answer, Resident, id, redirect},
};

#[derive(Clone, Copy, Debug)]
enum PostDeed {
    Share,
    Unshare,
    Favourite,
    Unfavourite,
    Keep,
    Unkeep,
    Pin,
    Unpin,
    Mute,
    Unmute,
}

impl PostDeed {
    fn parse(word: &str) -> Result<Self, Fault> {
        Ok(match word {
            "partager" => Self::Share,
            "ne-plus-partager" => Self::Unshare,
            "aimer" => Self::Favourite,
            "ne-plus-aimer" => Self::Unfavourite,
            "garder" => Self::Keep,
            "ne-plus-garder" => Self::Unkeep,
            "epingler" => Self::Pin,
            "ne-plus-epingler" => Self::Unpin,
            "taire" => Self::Mute,
            "ne-plus-taire" => Self::Unmute,
            _ => return Err(Fault::NotFound),
        })
    }

    async fn done(self, tx: &Tx, town: &Town, me: Id, post: Id) -> Outcome<()> {
        match self {
            Self::Share => posts::boost(tx, town, me, post).await.map(|_| ()),
            Self::Unshare => posts::unboost(tx, town, me, post).await,
            Self::Favourite => reactions::favourite(tx, town, me, post).await,
            Self::Unfavourite => reactions::unfavourite(tx, town, me, post).await,
            Self::Keep => reactions::bookmark(tx, town, me, post).await,
            Self::Unkeep => reactions::unbookmark(tx, town, me, post).await,
            Self::Pin => pins::pin(tx, town, me, post).await,
            Self::Unpin => pins::unpin(tx, town, me, post).await,
            Self::Mute => thread_mutes::mute(tx, town, me, post).await,
            Self::Unmute => thread_mutes::unmute(tx, town, me, post).await,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum AccountDeed {
    Follow,
    Unfollow,
    Accept,
    Refuse,
    Block,
    Unblock,
    Mute(MuteTerms),
    Unmute,
}

impl AccountDeed {
    fn parse(word: &str, form: &Form, now: Timestamp) -> Result<Self, Fault> {
        Ok(match word {
            "suivre" => Self::Follow,
            "ne-plus-suivre" => Self::Unfollow,
            "accepter" => Self::Accept,
            "refuser" => Self::Refuse,
            "bloquer" => Self::Block,
            "debloquer" => Self::Unblock,
            "masquer" => Self::Mute(mute_terms(form, now)?),
            "ne-plus-masquer" => Self::Unmute,
            _ => return Err(Fault::NotFound),
        })
    }

    /// Says what was done.
    async fn done(self, tx: &Tx, town: &Town, me: Id, other: Id) -> Outcome<&'static str> {
        Ok(match self {
            Self::Follow => match follows::request(tx, town, me, other).await? {
                FollowState::Pending => "done-requested",
                FollowState::Accepted => "done-followed",
            },
            Self::Unfollow => {
                follows::withdraw(tx, town, me, other).await?;
                "done-unfollowed"
            }
            Self::Accept => {
                follows::accept(tx, town, me, other).await?;
                "done-accepted"
            }
            Self::Refuse => {
                follows::refuse(tx, town, me, other).await?;
                "done-refused"
            }
            Self::Block => {
                relations::block(tx, town, me, other).await?;
                "done-blocked"
            }
            Self::Unblock => {
                relations::unblock(tx, town, me, other).await?;
                "done-unblocked"
            }
            Self::Mute(terms) => {
                relations::mute(tx, town, me, other, terms).await?;
                "done-muted"
            }
            Self::Unmute => {
                relations::unmute(tx, town, me, other).await?;
                "done-unmuted"
            }
        })
    }
}

/// How long a mute lasts, as the form says it; one without an end lasts until it is undone.
fn mute_terms(form: &Form, now: Timestamp) -> Result<MuteTerms, Refusal> {
    let span = match form.text("duree") {
        "heure" => Some(HOUR),
        "jour" => Some(DAY),
        "semaine" => Some(7 * DAY),
        "toujours" => None,
        _ => return Err(Refusal::invalid("duree", "refusal-choice")),
    };
    Ok(MuteTerms {
        notifications: form.on("avis"),
        until: span.map(|span| now + span),
    })
}

pub async fn on_post(
    Resident { page, me, .. }: Resident,
    Path((post, deed)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let (post, deed) = (id(&post)?, PostDeed::parse(&deed)?);
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { deed.done(tx, &town, me, post).await })
        })
        .await?;
    Ok(redirect(local_path(form.text("retour"))))
}

pub async fn on_account(
    Resident { page, me, .. }: Resident,
    Path((other, deed)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let deed = AccountDeed::parse(&deed, &form, page.town.now())?;
    let other = id(&other)?;
    let town = Arc::clone(&page.town);
    let done = page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { deed.done(tx, &town, me, other).await })
        })
        .await?;
    Ok(page.onward(local_path(form.text("retour")), done))
}
