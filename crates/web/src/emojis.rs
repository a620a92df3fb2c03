//! Codes such as `:chat:` in what comes from other servers, shown as the pictures they stand for. Those lie at addresses of the
//! town; who wants no pictures unasked reads the code. Knows only the codes that a post or an account brings itself.

use parvis_model::text;
use parvis_town::{AccountView, PostView, emojis::EmojiView};

use crate::frame::{Frame, Html};

impl Frame {
    pub fn name_of(&self, who: &AccountView) -> Html {
        self.words_about(who, &who.display_name)
    }

    /// Plain words of a profile.
    pub fn words_about(&self, who: &AccountView, words: impl AsRef<str>) -> Html {
        let shown = shown(&who.emojis, !self.look.sparing);
        Html(text::words_with_pictures(words.as_ref(), shown))
    }

    /// Clean HTML of a profile.
    pub fn text_about(&self, who: &AccountView, html: impl AsRef<str>) -> Html {
        let shown = shown(&who.emojis, !self.look.sparing);
        Html(text::with_pictures(html.as_ref(), shown))
    }

    /// Plain words of a post.
    pub fn words_of(&self, post: &PostView, words: impl AsRef<str>) -> Html {
        let shown = shown(&post.emojis, !self.holds(post));
        Html(text::words_with_pictures(words.as_ref(), shown))
    }

    /// Clean HTML of a post.
    pub fn text_of(&self, post: &PostView, html: impl AsRef<str>) -> Html {
        let shown = shown(&post.emojis, !self.holds(post));
        Html(text::with_pictures(html.as_ref(), shown))
    }
}

/// What stands for a code, if anything does.
fn shown(emojis: &[EmojiView], wanted: bool) -> impl FnMut(&str) -> Option<String> {
    move |code| {
        let mut known = emojis.iter().filter(|_| wanted);
        known.find(|emoji| emoji.code == code).map(picture)
    }
}

/// As wide as it is, once it is there; until then a square.
fn picture(emoji: &EmojiView) -> String {
    let EmojiView { code, url } = emoji;
    format!(
        r#"<img class="emoji" src="{url}" alt=":{code}:" title=":{code}:" width="20" height="20" loading="lazy" decoding="async">"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::town::{NOW, bruno, frame, post};

    fn cat() -> EmojiView {
        EmojiView {
            code: "chat".into(),
            url: "https://v.example/media/remote/emoji/1/0".into(),
        }
    }

    const SHOWN: &str = r#"<img class="emoji" src="https://v.example/media/remote/emoji/1/0" alt=":chat:" title=":chat:" width="20" height="20" loading="lazy" decoding="async">"#;

    #[test]
    fn a_name_and_a_text_show_their_own_pictures_alone() {
        let page = frame("fr", None, "/x");
        let mut who = bruno();
        who.display_name = "<b>:chat: :chien:".into();
        assert_eq!(page.name_of(&who).to_string(), "&lt;b&gt;:chat: :chien:");
        who.emojis = vec![cat()];
        let name = format!("&lt;b&gt;{SHOWN} :chien:");
        assert_eq!(page.name_of(&who).to_string(), name);
        let mut said = post(1, who, "<p>:chat:</p>", NOW);
        assert_eq!(page.text_of(&said, &said.html).to_string(), "<p>:chat:</p>");
        said.emojis = vec![cat()];
        let text = format!("<p>{SHOWN}</p>");
        assert_eq!(page.text_of(&said, &said.html).to_string(), text);
    }

    #[test]
    fn who_wants_no_pictures_unasked_reads_the_code() {
        let mut who = bruno();
        (who.display_name, who.emojis) = (":chat:".into(), vec![cat()]);
        let mut said = post(7, who.clone(), "", NOW);
        said.emojis = vec![cat()];
        let mut page = frame("fr", None, "/x");
        page.look.sparing = true;
        assert_eq!(page.name_of(&who).to_string(), ":chat:");
        assert_eq!(page.words_of(&said, ":chat:").to_string(), ":chat:");
        let mut page = frame("fr", None, "/x?images=7");
        page.look.sparing = true;
        assert_eq!(page.words_of(&said, ":chat:").to_string(), SHOWN);
    }
}
