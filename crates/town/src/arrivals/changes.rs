//! Posts of other servers that change or end after they came. Knows no accounts but by their number.

use parvis_model::{audience::Audience, id::Id, limits, refusal::Refusal};
use parvis_store::{
    Tx, accounts, emojis as emoji_rows, entity, media, polls as polls_rows, posts,
    quotes as quotes_rows, seen,
};

use super::{Arrival, RemoteMedia, follow_up, grave, no_later};
use crate::{
    Outcome, Town, conversations, emojis, groups,
    interactions::waiting,
    journal::{self, Entry, Stood},
    media::drop_files,
    neighbours, polls,
    posts::{count_answer, count_of_author, remove, stood, tag, unboost},
    previews, quotes, revisions,
    views::PostKind,
};

/// `false`: nothing newer than what is here, or nothing known of it.
pub async fn post_edited(tx: &Tx, town: &Town, arrival: Arrival) -> Outcome<bool> {
    let Some(row) = posts::held_by_uri(tx, &arrival.uri).await? else {
        return Ok(false);
    };
    if row.author_id != arrival.author {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    let overtaken = match (arrival.edited, row.edited_at) {
        (Some(this), Some(known)) => this < known,
        _ => false,
    };
    if overtaken {
        return Ok(false);
    }
    let arrival = neighbours::understood(tx, &arrival).await?.into_owned();
    let newer = arrival.edited.is_some() && arrival.edited != row.edited_at;
    let asked = revisions::options_of(tx, &row).await?;
    let poll = polls::arrived_again(tx, town, &row, arrival.poll.as_ref(), newer).await?;
    let quote = quotes::arrived_again(tx, town, &row, arrival.quote.as_ref(), newer).await?;
    let policy = arrival.policy.kept();
    if policy != row.policy {
        quotes_rows::set_policy(tx, row.id, policy.clone()).await?;
    }
    let emoji = emojis::keep(tx, town, &arrival.uri, &arrival.emojis).await?;
    if emoji != row.emoji {
        emoji_rows::set_of_post(tx, row.id, emoji.clone()).await?;
    }
    // Some servers tell no time of an edit, or the same for two: what counts is whether it says something else.
    let audience = audience_from_now(&row, &arrival);
    let narrowed = audience.as_str() != row.audience;
    if poll != polls::Again::Anew && !narrowed && says_the_same(tx, &row, &arrival).await? {
        let beside = policy != row.policy || emoji != row.emoji;
        return Ok(quote || beside || poll == polls::Again::Counted);
    }
    let id = row.id;
    // One told to be of next year would keep all later ones out.
    let edited_at = arrival
        .edited
        .map_or_else(|| town.now(), |at| no_later(town, at));
    // The pictures come anew with every edit, so there are none to keep.
    revisions::keep(tx, town, &row, &[], &asked).await?;
    let stood = stood(tx, &row).await?;
    // An edit that does not say whom it is for is for the same people: else nobody could read it any more.
    if is_addressed(&arrival) {
        posts::forget_mentions(tx, id).await?;
    }
    let former = media::take_from_post(tx, id).await?;
    drop_files(tx, town, &former).await?;
    follow_up(tx, town, id, &arrival).await?;
    tag(tx, town, id, &arrival.tags).await?;
    // Its author may have made it one for few.
    if audience.is_open() {
        groups::echo(tx, town, arrival.author, &row, arrival.said.clone()).await?;
    }
    let in_group = row.in_group && (!narrowed || stays_in_group(tx, town, &row, audience).await?);
    let before = narrowed.then(|| row.clone());
    let has_poll = polls_rows::by_post(tx, id).await?.is_some();
    let edited = entity::post::Model {
        audience: audience.as_str().into(),
        in_group,
        title: arrival.title,
        html: arrival.html,
        summary: arrival.summary,
        sensitive: arrival.sensitive,
        language: arrival.language,
        tags: arrival.tags.join("\n"),
        has_media: !arrival.media.is_empty(),
        kind: if has_poll {
            PostKind::Question.as_str().into()
        } else {
            row.kind.clone()
        },
        has_poll,
        has_quote: if newer {
            arrival.quote.is_some()
        } else {
            row.has_quote
        },
        policy,
        emoji,
        edited_at: Some(edited_at),
        ..row
    };
    posts::update(tx, edited.clone()).await?;
    previews::look_for(tx, town, &edited).await?;
    if let Some(before) = before {
        stands_for_fewer(tx, town, &before, &edited, stood).await?;
    }
    journal::record(tx, town, &Entry::PostEdited { post: id }).await?;
    Ok(true)
}

/// Never more than those it was for until now. Some servers leave out of an edit whom it is for: that changes nothing.
fn audience_from_now(row: &entity::post::Model, arrival: &Arrival) -> Audience {
    let now = Audience::parse(&row.audience).unwrap_or(Audience::Direct);
    // It is meant for the same, though the agreement may have ended on its way.
    let same = arrival.for_neighbours && now == Audience::Neighbours;
    if is_addressed(arrival) && !same {
        arrival.audience.at_most(now)
    } else {
        now
    }
}

fn is_addressed(arrival: &Arrival) -> bool {
    arrival.audience != Audience::Direct
        || !arrival.mentions.is_empty()
        || !arrival.sent_to.is_empty()
}

/// A group passes on only what is open to everyone: what is for few leaves it.
async fn stays_in_group(
    tx: &Tx,
    town: &Town,
    row: &entity::post::Model,
    audience: Audience,
) -> Outcome<bool> {
    if let Some(group) = row.group_id.filter(|_| !audience.is_open()) {
        unboost(tx, town, group, row.id).await?;
        // Answers stand there without the group having passed them on.
        groups::put_out(tx, group, row).await?;
    }
    Ok(audience.is_open())
}

/// Those who were shown it and may not see it any more are told that it is gone.
async fn stands_for_fewer(
    tx: &Tx,
    town: &Town,
    before: &entity::post::Model,
    now: &entity::post::Model,
    stood: Stood,
) -> Outcome<()> {
    if let Some(parent) = before.reply_to_id
        && let Some(parent) = posts::by_id(tx, parent).await?
    {
        count_answer(tx, before, &parent, -1).await?;
        count_answer(tx, now, &parent, 1).await?;
    }
    count_of_author(tx, before, -1).await?;
    count_of_author(tx, now, 1).await?;
    conversations::said(tx, town, now).await?;
    let entry = Entry::PostNarrowed {
        author: now.author_id,
        audience: Audience::parse(&before.audience).unwrap_or(Audience::Direct),
        stood,
    };
    journal::record(tx, town, &entry).await
}

async fn says_the_same(tx: &Tx, row: &entity::post::Model, arrival: &Arrival) -> Outcome<bool> {
    let words = row.title == arrival.title
        && row.html == arrival.html
        && row.summary == arrival.summary
        && row.sensitive == arrival.sensitive
        && row.tags == arrival.tags.join("\n");
    if !words {
        return Ok(false);
    }
    let files = media::of_posts(tx, &[row.id]).await?;
    let same = |(there, new): (&entity::media::Model, &RemoteMedia)| {
        there.remote_url.as_deref() == Some(&new.url) && there.description == new.description
    };
    let shown = arrival.media.iter().take(limits::REMOTE_ATTACHMENTS);
    Ok(files.len() == shown.len() && files.iter().zip(shown).all(same))
}

/// Deleted by its author. What is not known here is remembered, so that it does not come to life when it arrives late.
pub async fn post_gone(tx: &Tx, town: &Town, author: Id, uri: &str) -> Outcome<()> {
    posts::take_turns(tx, uri, None).await?;
    waiting::taken_back(tx, author, uri).await?;
    match posts::by_uri(tx, uri).await? {
        Some(row) if row.author_id != author => Err(Refusal::forbidden("refusal-not-yours").into()),
        Some(row) => remove(tx, town, row).await,
        // Whoever lives there is no post.
        None if accounts::by_uri(tx, uri).await?.is_some() => Ok(()),
        None => gone_before_it_came(tx, town, author, uri).await,
    }
}

async fn gone_before_it_came(tx: &Tx, town: &Town, author: Id, uri: &str) -> Outcome<()> {
    let author = accounts::by_id(tx, author)
        .await?
        .ok_or_else(Refusal::not_found)?;
    match posts::tombstone(tx, uri).await? {
        Some(stone) if stone.author_uri == author.uri => Ok(()),
        // A neighbour on the same server has said so before: whose it is will be known when it comes.
        Some(_) => {
            seen::mark(tx, &grave(uri), &author.id.to_string(), town.now()).await?;
            Ok(())
        }
        None => {
            let stone = entity::tombstone::Model {
                uri: uri.to_owned(),
                kind: "note".into(),
                author_uri: author.uri,
                at: town.now(),
            };
            Ok(posts::bury(tx, stone).await?)
        }
    }
}
