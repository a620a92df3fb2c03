//! Exchanges among few.

use parvis_town::{AccountView, conversations::ConversationView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Accounts, Status, scalar::IdText};

#[derive(Serialize, JsonSchema)]
pub struct Conversation<'a> {
    id: IdText,
    unread: bool,
    accounts: Accounts<'a>,
    last_status: Option<Status<'a>>,
}

impl<'a> Conversation<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, view: &'a ConversationView) -> Self {
        let people: &[AccountView] = &view.people;
        Self {
            id: IdText(view.id),
            unread: view.unread,
            accounts: Accounts {
                origin,
                views: people,
            },
            last_status: Some(Status::new(origin, &view.last)),
        }
    }
}
