//! What authors may know of their own posts beyond the town: who holds a copy, and who has confirmed that it is deleted.

use parvis_model::{
    backoff,
    clock::Timestamp,
    id::{self, Id},
    limits,
    refusal::Refusal,
};
use parvis_store::{
    copies::{self, Deletion, Holder},
    posts,
};

use crate::{Outcome, Paged, Town};

/// How one server stands to a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyState {
    Held,
    /// To be sent there as soon as the server answers.
    Coming,
    /// It was to get the post and did not take it.
    Declined,
    /// It was to get the post and has not answered for long.
    Unreached,
    /// It said yes to the deletion.
    Forgotten {
        at: Timestamp,
    },
    /// It is asked to delete the post and has not said yes so far.
    Asked,
    /// It has not answered for so long that it cannot be asked.
    Silent,
    /// It was asked to delete the post and said no.
    Unheeding,
}

#[derive(Clone, Debug)]
pub struct Holding {
    /// Of the server.
    pub host: String,
    /// When it took its copy, if it did.
    pub since: Option<Timestamp>,
    pub state: CopyState,
}

/// The copies of one post, piece by piece.
#[derive(Clone, Debug)]
pub struct Copies {
    pub written_at: Timestamp,
    /// `None` while the post is there.
    pub deletion: Option<DeletionView>,
    pub copies: Vec<Holding>,
    /// The server after which the next piece begins.
    pub next: Option<String>,
}

/// A deleted post: nothing is left of it but numbers.
#[derive(Clone, Debug)]
pub struct DeletionView {
    /// The post's number.
    pub post: Id,
    pub written_at: Timestamp,
    pub deleted_at: Timestamp,
    /// Servers that were told.
    pub servers: i64,
    pub confirmed: i64,
    pub waiting: i64,
}

/// The servers that hold copies of one's own post, or held them before it was deleted; for anyone else there is no such
/// list.
pub async fn of_post(town: &Town, me: Id, post: Id, after: Option<&str>) -> Outcome<Copies> {
    let db = town.store.snapshot().await?;
    let uri = match posts::by_id(&db, post).await? {
        Some(row) if row.author_id == me && row.boost_of_id.is_none() => row.uri,
        Some(_) => return Err(Refusal::not_found().into()),
        None => address(town, post),
    };
    let deletion = copies::deletion(&db, me, &uri).await?;
    if deletion.is_none() && posts::by_id(&db, post).await?.is_none() {
        return Err(Refusal::not_found().into());
    }
    let limit = limits::PAGE_MAX;
    let holders = copies::holders(&db, &uri, after.unwrap_or_default(), limit).await?;
    let full = holders.len() as u64 >= limit;
    let next = holders.last().filter(|_| full).map(|it| it.host.clone());
    let now = town.now();
    let is_deleted = deletion.is_some();
    Ok(Copies {
        written_at: id::time_of(post),
        deletion: deletion.and_then(|it| view(town, &it)),
        copies: holders
            .into_iter()
            .map(|holder| copy(holder, is_deleted, now))
            .collect(),
        next,
    })
}

/// One's own deleted posts of which others were told, the last first.
pub async fn deleted(town: &Town, me: Id, before: Option<Id>) -> Outcome<Paged<DeletionView>> {
    let limit = limits::PAGE;
    let before = before.unwrap_or(Id::MAX);
    let found = copies::deletions(town.store.read(), me, before, limit).await?;
    let cursors: Vec<(Id, Id)> = found.iter().map(|it| (it.id, it.id)).collect();
    let items = found.iter().filter_map(|it| view(town, it)).collect();
    Ok(Paged::new(items, &cursors, limit))
}

fn address(town: &Town, post: Id) -> String {
    format!("{}/ap/objects/{post}", town.origin)
}

/// `None` for what is no post of this town.
fn view(town: &Town, deletion: &Deletion) -> Option<DeletionView> {
    let post = deletion.object_uri.strip_prefix(&address_prefix(town))?;
    let post = id::parse(post)?;
    Some(DeletionView {
        post,
        written_at: id::time_of(post),
        deleted_at: deletion.created_at,
        servers: deletion.servers,
        confirmed: deletion.confirmed,
        waiting: deletion.waiting,
    })
}

fn address_prefix(town: &Town) -> String {
    format!("{}/ap/objects/", town.origin)
}

fn copy(holder: Holder, is_deleted: bool, now: Timestamp) -> Holding {
    let away = holder
        .failing_since
        .is_some_and(|since| now - since >= backoff::UNREACHABLE);
    let state = if is_deleted {
        after_deletion(&holder, away)
    } else {
        while_there(&holder, away)
    };
    Holding {
        host: holder.host,
        since: holder.since,
        state,
    }
}

fn while_there(holder: &Holder, away: bool) -> CopyState {
    if holder.since.is_some() {
        CopyState::Held
    } else if away || holder.given_up > 0 {
        CopyState::Unreached
    } else if holder.waits > 0 {
        CopyState::Coming
    } else {
        CopyState::Declined
    }
}

fn after_deletion(holder: &Holder, away: bool) -> CopyState {
    match holder.confirmed_at {
        Some(at) if holder.deletion_waits == 0 => CopyState::Forgotten { at },
        _ if away || holder.given_up > 0 => CopyState::Silent,
        _ if holder.deletion_waits > 0 => CopyState::Asked,
        _ if holder.told > 0 => CopyState::Unheeding,
        // It was to get the post and never did; no more than that is known.
        _ => CopyState::Declined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> Holder {
        Holder {
            host: "rive.example".into(),
            since: Some(1),
            waits: 0,
            told: 1,
            deletion_waits: 0,
            confirmed_at: None,
            given_up: 0,
            failing_since: None,
        }
    }

    #[test]
    fn a_deletion_is_confirmed_only_when_nothing_of_it_waits() {
        let confirmed = Holder {
            confirmed_at: Some(5),
            ..holder()
        };
        assert_eq!(
            copy(confirmed.clone(), true, 9).state,
            CopyState::Forgotten { at: 5 }
        );
        let half = Holder {
            deletion_waits: 1,
            ..confirmed
        };
        assert_eq!(copy(half.clone(), true, 9).state, CopyState::Asked);
        let away = Holder {
            failing_since: Some(0),
            ..half
        };
        let state = |now| copy(away.clone(), true, now).state;
        assert_eq!(state(backoff::UNREACHABLE - 1), CopyState::Asked);
        assert_eq!(state(backoff::UNREACHABLE), CopyState::Silent);
        assert_eq!(copy(holder(), true, 9).state, CopyState::Unheeding);
    }

    #[test]
    fn a_copy_that_never_arrived_is_not_said_to_be_held() {
        let never = Holder {
            since: None,
            told: 0,
            ..holder()
        };
        assert_eq!(copy(holder(), false, 9).state, CopyState::Held);
        assert_eq!(copy(never.clone(), false, 9).state, CopyState::Declined);
        let waits = Holder { waits: 1, ..never };
        assert_eq!(copy(waits.clone(), false, 9).state, CopyState::Coming);
        let given_up = Holder {
            given_up: 1,
            waits: 0,
            ..waits
        };
        assert_eq!(copy(given_up, false, 9).state, CopyState::Unreached);
    }
}
