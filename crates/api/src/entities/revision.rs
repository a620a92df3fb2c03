//! What a post said at one time.

use parvis_town::{MediaView, revisions::RevisionView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Account, MediaAttachment,
    custom_emoji::CustomEmoji,
    scalar::{Each, Moment},
    status::Content,
};

#[derive(Serialize, JsonSchema)]
pub struct StatusEdit<'a> {
    content: Content<'a>,
    spoiler_text: &'a str,
    sensitive: bool,
    created_at: Moment,
    account: Account<'a>,
    poll: Option<Asked<'a>>,
    media_attachments: Each<'a, MediaView, MediaAttachment<'a>>,
    emojis: Vec<CustomEmoji<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EditedPoll")]
struct Asked<'a> {
    options: Each<'a, String, Choice<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EditedOption")]
struct Choice<'a> {
    title: &'a str,
}

impl<'a> StatusEdit<'a> {
    pub fn new(origin: &'a str, view: &'a RevisionView) -> Self {
        let options = view.options.iter().flatten().map(String::as_str);
        let texts: Vec<&str> = [view.html.as_str(), view.summary.as_str()]
            .into_iter()
            .chain(view.title.as_deref())
            .chain(options)
            .collect();
        Self {
            content: Content::new(view.title.as_deref(), &view.html),
            spoiler_text: &view.summary,
            sensitive: view.sensitive,
            created_at: Moment(view.at),
            account: Account::new(origin, &view.author),
            poll: view.options.as_deref().map(|options| Asked {
                options: Each(options, |title| Choice { title }),
            }),
            media_attachments: Each(&view.media, MediaAttachment::new),
            emojis: CustomEmoji::held_by(&view.emojis, &texts),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::samples;
    use super::*;

    #[test]
    fn an_earlier_text_has_every_key_apps_need() {
        let view = RevisionView {
            title: None,
            html: "<p>Avant</p>".into(),
            summary: "Nouvelle".into(),
            sensitive: true,
            at: 1_773_480_413_089,
            author: Arc::new(samples::account()),
            media: vec![samples::picture()],
            emojis: Vec::new(),
            options: Some(vec!["Samedi".into(), "Dimanche".into()]),
        };
        let shown = serde_json::to_value(StatusEdit::new("https://v.example", &view)).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "content": "<p>Avant</p>",
          "spoiler_text": "Nouvelle",
          "sensitive": true,
          "created_at": "2026-03-14T09:26:53.089Z",
          "account": {
            "id": "5"
          },
          "poll": {
            "options": [
              {
                "title": "Samedi"
              },
              {
                "title": "Dimanche"
              }
            ]
          },
          "media_attachments": [
            {
              "id": "6"
            }
          ],
          "emojis": []
        }
        "#);
    }
}
