//! What is counted of a post elsewhere: under what it answers, and of its author. Messages to a few are counted nowhere.

use parvis_model::audience::Audience;
use parvis_store::{Tx, accounts, entity, posts};

use crate::Outcome;

/// One answer more or less under a post, where all who see that see the answer.
pub(crate) async fn count_answer(
    tx: &Tx,
    answer: &entity::post::Model,
    question: &entity::post::Model,
    by: i64,
) -> Outcome<()> {
    let audiences = (
        Audience::parse(&answer.audience),
        Audience::parse(&question.audience),
    );
    if let (Some(answer), Some(asked)) = audiences
        && answer.is_counted_under(asked)
    {
        posts::count(tx, question.id, posts::Count::Replies, by).await?;
    }
    Ok(())
}

/// One post more or less of its author, who was last heard where everybody may read it.
pub(crate) async fn count_of_author(tx: &Tx, post: &entity::post::Model, by: i64) -> Outcome<()> {
    let audience = Audience::parse(&post.audience);
    if audience == Some(Audience::Direct) {
        return Ok(());
    }
    let is_open = audience.is_some_and(Audience::is_open);
    if by > 0 {
        accounts::posted(tx, post.author_id, is_open.then_some(post.created_at)).await?;
    } else {
        accounts::unposted(tx, post.author_id).await?;
    }
    Ok(())
}
