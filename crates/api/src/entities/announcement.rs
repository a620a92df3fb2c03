//! What the town tells its residents (<https://docs.joinmastodon.org/entities/Announcement/>).

use parvis_town::announcements::{AnnouncementView, ReactionView};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{Each, IdText, Moment, Nothing, counted};

#[derive(Serialize, JsonSchema)]
pub struct Announcement<'a> {
    id: IdText,
    content: &'a str,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    all_day: bool,
    published_at: Moment,
    updated_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<bool>,
    mentions: Nothing,
    statuses: Nothing,
    tags: Nothing,
    emojis: Nothing,
    reactions: Each<'a, ReactionView, Reaction<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Reaction<'a> {
    name: &'a str,
    count: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    me: Option<bool>,
}

impl<'a> Announcement<'a> {
    /// As it is for everybody.
    pub fn for_all(view: &'a AnnouncementView) -> Self {
        Self {
            read: None,
            reactions: Each(&view.reactions, |reaction| Reaction {
                name: &reaction.name,
                count: counted(reaction.count),
                me: None,
            }),
            ..Self::new(view)
        }
    }

    pub fn new(view: &'a AnnouncementView) -> Self {
        Self {
            id: IdText(view.id),
            content: &view.html,
            starts_at: view.starts_at.map(Moment),
            ends_at: view.ends_at.map(Moment),
            all_day: view.all_day,
            published_at: Moment(view.published_at),
            updated_at: Moment(view.published_at),
            read: Some(view.put_away),
            mentions: [],
            statuses: [],
            tags: [],
            emojis: [],
            reactions: Each(&view.reactions, |reaction| Reaction {
                name: &reaction.name,
                count: counted(reaction.count),
                me: Some(reaction.mine),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_has_every_key_apps_need() {
        let view = AnnouncementView {
            id: 3,
            text: "Fête".into(),
            html: "<p>Fête</p>".into(),
            starts_at: Some(1_773_480_413_089),
            ends_at: None,
            all_day: true,
            published_at: 1_773_480_413_089,
            put_away: false,
            reactions: vec![ReactionView {
                name: "🎉".into(),
                count: 2,
                mine: true,
            }],
        };
        insta::assert_json_snapshot!(Announcement::new(&view), @r#"
        {
          "id": "3",
          "content": "<p>Fête</p>",
          "starts_at": "2026-03-14T09:26:53.089Z",
          "ends_at": null,
          "all_day": true,
          "published_at": "2026-03-14T09:26:53.089Z",
          "updated_at": "2026-03-14T09:26:53.089Z",
          "read": false,
          "mentions": [],
          "statuses": [],
          "tags": [],
          "emojis": [],
          "reactions": [
            {
              "name": "🎉",
              "count": 2,
              "me": true
            }
          ]
        }
        "#);
        let shown = serde_json::to_value(Announcement::for_all(&view)).unwrap();
        assert!(shown.get("read").is_none() && shown["reactions"][0].get("me").is_none());
    }
}
