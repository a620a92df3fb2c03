//! Made-up copies of posts on servers of other towns, in every state.

use parvis_model::clock::{DAY, HOUR};
use parvis_town::copies::{Copies, CopyState, DeletionView, Holding};

use super::town::NOW;
use crate::{
    copies::CopiesPage,
    frame::{Frame, Pages},
};

pub fn deletion(servers: i64, confirmed: i64) -> DeletionView {
    DeletionView {
        post: 4,
        written_at: NOW - 3 * DAY,
        deleted_at: NOW - HOUR,
        servers,
        confirmed,
        waiting: servers - confirmed,
    }
}

/// Every way a server can stand to a post.
pub fn copies(page: &Frame, deleted: bool) -> CopiesPage<'_> {
    let states: &[CopyState] = if deleted {
        &[
            CopyState::Forgotten { at: NOW - HOUR },
            CopyState::Asked,
            CopyState::Silent,
            CopyState::Unheeding,
            CopyState::Declined,
        ]
    } else {
        &[
            CopyState::Held,
            CopyState::Coming,
            CopyState::Unreached,
            CopyState::Declined,
        ]
    };
    let holding = |(n, state): (usize, &CopyState)| Holding {
        host: format!("reseau-social.la-ville-numero-{n}.example"),
        since: (!matches!(
            state,
            CopyState::Coming | CopyState::Declined | CopyState::Unreached
        ))
        .then_some(NOW - 2 * DAY),
        state: *state,
    };
    CopiesPage {
        page,
        back: (!deleted).then(|| "/@marie/4".to_owned()),
        list: Copies {
            written_at: NOW - 3 * DAY,
            deletion: deleted.then(|| deletion(5, 1)),
            copies: states.iter().enumerate().map(holding).collect(),
            next: None,
        },
        pages: Pages {
            older: Some("/@marie/4/copies?apres=x".into()),
            newest: None,
        },
    }
}
