//! What a resident is told.

use parvis_town::notifications::{NotificationKind, NotificationView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Account, Status,
    scalar::{IdText, Moment},
};

#[derive(Serialize, JsonSchema)]
pub struct Notification<'a> {
    id: IdText,
    r#type: &'static str,
    group_key: String,
    created_at: Moment,
    account: Account<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status<'a>>,
    /// Held back until one agrees to hear of this person.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    filtered: bool,
}

/// Only types that every app knows: a town that would be a neighbour asks to be let in, as somebody who signs up does.
pub fn type_of(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Post => "status",
        NotificationKind::Favourite => "favourite",
        NotificationKind::Boost => "reblog",
        NotificationKind::Follow => "follow",
        NotificationKind::FollowRequest => "follow_request",
        NotificationKind::SignUp | NotificationKind::Neighbour => "admin.sign_up",
        NotificationKind::Report => "admin.report",
        NotificationKind::Edit => "update",
        NotificationKind::Poll => "poll",
        NotificationKind::Quote => "quote",
        NotificationKind::QuotedEdit => "quoted_update",
    }
}

impl<'a> Notification<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, view: &'a NotificationView) -> Self {
        Self {
            id: IdText(view.id),
            r#type: type_of(view.kind),
            group_key: view.group.to_string(),
            created_at: Moment(view.at),
            account: Account::new(origin, &view.from),
            status: view.post.as_ref().map(|post| Status::new(origin, post)),
            filtered: view.held_back,
        }
    }
}

#[cfg(test)]
mod tests {
    use parvis_town::notifications::GroupKey;

    use super::super::samples;
    use super::*;

    #[test]
    fn a_notification_names_who_and_what() {
        let view = NotificationView {
            id: 11,
            kind: NotificationKind::Boost,
            from: samples::account(),
            post: Some(samples::post()),
            at: 1_773_480_413_089,
            unread: true,
            group: GroupKey::Alone(11),
            held_back: false,
        };
        let shown = serde_json::to_value(Notification::new("https://v.example", &view)).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "id": "11",
          "type": "reblog",
          "group_key": "ungrouped-11",
          "created_at": "2026-03-14T09:26:53.089Z",
          "account": {
            "id": "5"
          },
          "status": {
            "id": "7"
          }
        }
        "#);
        let alone = NotificationView {
            kind: NotificationKind::Follow,
            post: None,
            ..view
        };
        let shown = serde_json::to_value(Notification::new("https://v.example", &alone)).unwrap();
        assert!(shown.get("status").is_none());
    }
}
