//! Answers, likes and boosts of people elsewhere who ask before they do it: what the post's author lets everyone do is agreed
//! to at once, what the author looks at first waits, and whoever doubts a consent finds a stamp, for as long as what it stands
//! for is there.

pub mod waiting;

use parvis_model::{audience::Audience, id::Id, policy::Interaction};
use parvis_store::{ConnectionTrait, DbErr, Tx, entity, posts, quotes as rows, reactions};

use crate::{
    Outcome, Town,
    journal::{self, Entry},
    posts::{is_seen, may_write},
};

/// Somebody elsewhere asks to do something with a post of this town.
#[derive(Clone, Debug)]
pub struct Asked {
    pub who: Id,
    /// No quote: those have rules of their own.
    pub what: Interaction,
    pub post: Id,
    /// The activity that asks.
    pub request: String,
    /// The answer, or the activity that likes or passes on.
    pub instrument: String,
}

/// What is said to somebody who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Yes,
    No,
    /// Nothing yet: the author looks at it first.
    Waits,
}

/// What is [`decided`] after this holds until the write has ended: the post’s author says nothing else meanwhile.
pub async fn at_its_turn(tx: &Tx, asked: &Asked) -> Outcome<()> {
    posts::held(tx, asked.post).await?;
    Ok(())
}

/// May they? `None`: it is no post of this town.
pub async fn decided(tx: &Tx, asked: &Asked) -> Outcome<Option<Decision>> {
    may_write(tx, asked.who).await?;
    let post = posts::by_id(tx, asked.post).await?;
    let Some(post) = post.filter(|row| row.local && row.boost_of_id.is_none()) else {
        return Ok(None);
    };
    if !is_seen(tx, asked.who, &post).await? {
        return Ok(Some(Decision::No));
    }
    let audience = Audience::parse(&post.audience);
    let fits = match asked.what {
        Interaction::Boost => audience.is_some_and(Audience::may_be_boosted),
        Interaction::Reply | Interaction::Like => true,
        Interaction::Quote => false,
    };
    if fits {
        waiting::decided(tx, asked, &post).await.map(Some)
    } else {
        Ok(Some(Decision::No))
    }
}

/// Has what they asked for come to something: does it wait, or stand?
pub async fn is_here(tx: &Tx, asked: &Asked) -> Outcome<bool> {
    Ok(waiting::is_kept(tx, asked).await? || stands(tx, asked).await?)
}

/// Tells them, unless the author looks at it first: with a stamp if what they asked for stands here now.
pub async fn answer(tx: &Tx, town: &Town, asked: Asked, decision: Decision) -> Outcome<()> {
    if decision == Decision::Waits {
        return waiting::was_asked(tx, &asked).await;
    }
    let stamp = if decision == Decision::Yes && stands(tx, &asked).await? {
        stamp(tx, town, &asked).await?
    } else {
        None
    };
    let entry = Entry::InteractionAnswered {
        interaction: asked.what,
        post: asked.post,
        asker: asked.who,
        request: asked.request,
        instrument: asked.instrument,
        stamp,
    };
    journal::record(tx, town, &entry).await
}

async fn stands(db: &impl ConnectionTrait, asked: &Asked) -> Result<bool, DbErr> {
    let (who, post) = (asked.who, asked.post);
    Ok(match asked.what {
        Interaction::Reply => posts::by_uri(db, &asked.instrument)
            .await?
            .is_some_and(|row| row.author_id == who && row.reply_to_id == Some(post)),
        Interaction::Like => reactions::favourite_of(db, who, post).await?.is_some(),
        Interaction::Boost => posts::boost_by(db, who, post).await?.is_some(),
        Interaction::Quote => false,
    })
}

/// What a stamp was given for: does it stand?
pub(crate) async fn still_stands(
    db: &impl ConnectionTrait,
    stamp: &entity::quote_stamp::Model,
) -> Result<bool, DbErr> {
    let Some(what) = Interaction::parse(&stamp.kind) else {
        return Ok(false);
    };
    if what == Interaction::Quote {
        return Ok(true);
    }
    let asked = Asked {
        who: stamp.quoter_id,
        what,
        post: stamp.quoted_id,
        request: String::new(),
        instrument: stamp.quoting_uri.clone(),
    };
    stands(db, &asked).await
}

/// New, or as it was given. Of likes and boosts one for each person, however often they ask. `None`: the address is that of
/// somebody else's.
async fn stamp(tx: &Tx, town: &Town, asked: &Asked) -> Outcome<Option<Id>> {
    let kind = asked.what.as_str();
    if let Some(known) = rows::stamp_for(tx, asked.post, &asked.instrument, kind).await? {
        return Ok((known.quoter_id == asked.who).then_some(known.id));
    }
    if asked.what != Interaction::Reply
        && let Some(known) = rows::stamp_to(tx, asked.post, asked.who, kind).await?
    {
        rows::set_stamped(tx, known, &asked.instrument).await?;
        return Ok(Some(known));
    }
    let stamp = entity::quote_stamp::Model {
        id: town.ids.next(),
        quoted_id: asked.post,
        quoting_uri: asked.instrument.clone(),
        quoter_id: asked.who,
        kind: kind.into(),
        created_at: town.now(),
        revoked_at: None,
    };
    let id = stamp.id;
    rows::insert_stamp(tx, stamp).await?;
    Ok(Some(id))
}
