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

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_conversation_names_who_else_has_part_in_it() {
        let view = ConversationView {
            id: 3,
            unread: true,
            people: vec![samples::account()],
            last: samples::post(),
        };
        let shown = serde_json::to_value(Conversation::new("https://v.example", &view)).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "id": "3",
          "unread": true,
          "accounts": [
            {
              "id": "5"
            }
          ],
          "last_status": {
            "id": "7"
          }
        }
        "#);
    }
}
