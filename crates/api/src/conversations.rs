//! Exchanges among few: the list, what is read of it, taking one off.

use parvis_model::id::Id;
use parvis_town::conversations;

use crate::{
    answer::{self, Answer, done},
    entities::Conversation,
    gate::{Caller, Named},
    paging::{self, Paging},
};

pub async fn list(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = conversations::list(&caller.town, caller.me, page).await?;
    let shown: Vec<_> = found
        .items
        .iter()
        .map(|view| Conversation::new(&caller.town.origin, view))
        .collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

async fn set_unread(caller: &Caller, conversation: Id, unread: bool) -> Answer {
    caller
        .write(move |tx, town, me| {
            Box::pin(conversations::set_unread(
                tx,
                town,
                me,
                conversation,
                unread,
            ))
        })
        .await?;
    let view = conversations::view(&caller.town, caller.me, conversation).await?;
    answer::json(&Conversation::new(&caller.town.origin, &view))
}

pub async fn read(caller: Caller, Named(conversation): Named) -> Answer {
    set_unread(&caller, conversation, false).await
}

pub async fn unread(caller: Caller, Named(conversation): Named) -> Answer {
    set_unread(&caller, conversation, true).await
}

pub async fn delete(caller: Caller, Named(conversation): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(conversations::delete(tx, town, me, conversation)))
        .await?;
    done()
}
