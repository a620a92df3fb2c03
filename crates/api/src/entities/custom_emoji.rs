//! Pictures of other servers for codes in their texts. The town has none of its own.

use parvis_town::emojis::EmojiView;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{Address, Each};

#[derive(Serialize, JsonSchema)]
pub struct CustomEmoji<'a> {
    shortcode: &'a str,
    url: Address<'a>,
    /// The same: nothing moves here.
    static_url: Address<'a>,
    visible_in_picker: bool,
}

/// All that a post or an account brings.
pub type CustomEmojis<'a> = Each<'a, EmojiView, CustomEmoji<'a>>;

impl<'a> CustomEmoji<'a> {
    pub fn new(view: &'a EmojiView) -> Self {
        let url = Address::Whole(&view.url);
        Self {
            shortcode: &view.code,
            url,
            static_url: url,
            visible_in_picker: false,
        }
    }

    /// Those of the codes that stand in one of these texts.
    pub fn held_by(emojis: &'a [EmojiView], texts: &[&str]) -> Vec<Self> {
        let is_held = |emoji: &&EmojiView| {
            let code = format!(":{}:", emoji.code);
            texts.iter().any(|text| text.contains(&code))
        };
        emojis.iter().filter(is_held).map(Self::new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_has_every_key_apps_need() {
        let emojis = ["chat", "chien"].map(|code| EmojiView {
            code: code.into(),
            url: "https://v.example/media/remote/emoji/1/0".into(),
        });
        let shown = CustomEmoji::held_by(&emojis, &["Un :chat:", "chien"]);
        insta::assert_json_snapshot!(shown, @r#"
        [
          {
            "shortcode": "chat",
            "url": "https://v.example/media/remote/emoji/1/0",
            "static_url": "https://v.example/media/remote/emoji/1/0",
            "visible_in_picker": false
          }
        ]
        "#);
        assert!(CustomEmoji::held_by(&emojis, &[]).is_empty());
    }
}
