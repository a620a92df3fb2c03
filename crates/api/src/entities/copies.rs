//! Who elsewhere holds a copy of one's own post, and who has confirmed that it is deleted. Ours: the ledger of a post.

use parvis_model::{clock::Timestamp, id::Id};
use parvis_town::copies::{self, CopyState, DeletionView, Holding};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{Each, IdText, Moment, counted};

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatusCopies")]
pub struct Ledger<'a> {
    /// Of the post.
    id: IdText,
    created_at: Moment,
    /// `null` while the post is there.
    deletion: Option<DeletedStatus>,
    copies: Each<'a, Holding, StatusCopy<'a>>,
    /// To be given as `after` for what follows; `null` at the end.
    next: Option<&'a str>,
}

/// How one server stands to a post.
#[derive(Serialize, JsonSchema)]
struct StatusCopy<'a> {
    domain: &'a str,
    #[schemars(extend("enum" = [
        "held", "coming", "declined", "unreached", "forgotten", "asked", "silent", "unheeding",
    ]))]
    state: &'static str,
    /// When it took its copy, if it did.
    since: Option<Moment>,
    /// When it said yes to the deletion.
    forgotten_at: Option<Moment>,
}

/// A post that is deleted: nothing is left of it but numbers.
#[derive(Serialize, JsonSchema)]
pub struct DeletedStatus {
    /// That the post had.
    id: IdText,
    created_at: Moment,
    deleted_at: Moment,
    /// Servers that were told.
    servers_count: i64,
    forgotten_count: i64,
    asked_count: i64,
}

impl<'a> Ledger<'a> {
    pub fn new(post: Id, view: &'a copies::Copies) -> Self {
        Self {
            id: IdText(post),
            created_at: Moment(view.written_at),
            deletion: view.deletion.as_ref().map(DeletedStatus::new),
            copies: Each(&view.copies, StatusCopy::new),
            next: view.next.as_deref(),
        }
    }
}

impl<'a> StatusCopy<'a> {
    fn new(view: &'a Holding) -> Self {
        let (state, forgotten_at) = told(view.state);
        Self {
            domain: &view.host,
            state,
            since: view.since.map(Moment),
            forgotten_at: forgotten_at.map(Moment),
        }
    }
}

fn told(state: CopyState) -> (&'static str, Option<Timestamp>) {
    match state {
        CopyState::Held => ("held", None),
        CopyState::Coming => ("coming", None),
        CopyState::Declined => ("declined", None),
        CopyState::Unreached => ("unreached", None),
        CopyState::Forgotten { at } => ("forgotten", Some(at)),
        CopyState::Asked => ("asked", None),
        CopyState::Silent => ("silent", None),
        CopyState::Unheeding => ("unheeding", None),
    }
}

impl DeletedStatus {
    pub fn new(view: &DeletionView) -> Self {
        Self {
            id: IdText(view.post),
            created_at: Moment(view.written_at),
            deleted_at: Moment(view.deleted_at),
            servers_count: counted(view.servers),
            forgotten_count: counted(view.confirmed),
            asked_count: counted(view.waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_of_a_post_tells_each_server_and_its_state() {
        let holding = |host: &str, since, state| Holding {
            host: host.into(),
            since,
            state,
        };
        let view = copies::Copies {
            written_at: 1_773_480_413_089,
            deletion: Some(DeletionView {
                post: 7,
                written_at: 1_773_480_413_089,
                deleted_at: 1_773_480_500_000,
                servers: 2,
                confirmed: 1,
                waiting: 1,
            }),
            copies: vec![
                holding(
                    "r.example",
                    Some(1_773_480_414_000),
                    CopyState::Forgotten {
                        at: 1_773_480_501_000,
                    },
                ),
                holding("s.example", None, CopyState::Asked),
            ],
            next: Some("s.example".into()),
        };
        insta::assert_json_snapshot!(Ledger::new(7, &view), @r#"
        {
          "id": "7",
          "created_at": "2026-03-14T09:26:53.089Z",
          "deletion": {
            "id": "7",
            "created_at": "2026-03-14T09:26:53.089Z",
            "deleted_at": "2026-03-14T09:28:20.000Z",
            "servers_count": 2,
            "forgotten_count": 1,
            "asked_count": 1
          },
          "copies": [
            {
              "domain": "r.example",
              "state": "forgotten",
              "since": "2026-03-14T09:26:54.000Z",
              "forgotten_at": "2026-03-14T09:28:21.000Z"
            },
            {
              "domain": "s.example",
              "state": "asked",
              "since": null,
              "forgotten_at": null
            }
          ],
          "next": "s.example"
        }
        "#);
    }
}
