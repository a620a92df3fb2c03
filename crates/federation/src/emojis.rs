//! Pictures of other servers for codes such as `:chat:`, as the town takes them in: only those of codes that stand in the texts
//! they came with.

use std::collections::HashSet;

use parvis_model::{text, uri as address};
use parvis_town::emojis::RemoteEmoji;

use crate::wire::emoji::Emoji;

/// Each code once; where a document has two pictures for one, the first counts. `html` is cleaned already.
pub(crate) fn arrived<'t>(
    emojis: &[Emoji],
    html: impl IntoIterator<Item = &'t str>,
    words: impl IntoIterator<Item = &'t str>,
) -> Vec<RemoteEmoji> {
    if emojis.is_empty() {
        return Vec::new();
    }
    let mut met = HashSet::new();
    let mut meet = |code: &str| -> Option<String> {
        met.extend(emojis.iter().map(|it| it.code).find(|it| *it == code));
        None
    };
    for text in html {
        text::with_pictures(text, &mut meet);
    }
    for text in words {
        text::words_with_pictures(text, &mut meet);
    }
    let emojis = emojis.iter().filter(|emoji| met.remove(emoji.code));
    emojis
        .filter_map(|emoji| {
            Some(RemoteEmoji {
                code: emoji.code.to_owned(),
                url: address::canonical(emoji.url)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(code: &'static str, url: &'static str) -> Emoji<'static> {
        Emoji { code, url }
    }

    #[test]
    fn only_what_people_read_brings_its_picture() {
        let all = [
            emoji("chat", "https://A.example/1.png"),
            emoji("chat", "https://a.example/2.png"),
            emoji("lien", "https://a.example/3.png"),
            emoji("code", "https://a.example/4.png"),
            emoji("titre", "https://a.example/5.png"),
            emoji("rien", "https://a.example/6.png"),
            emoji("nulle_part", "nowhere"),
        ];
        let html = "<p>:chat: :chat: <a href=\"https://a.example/:lien:\">x</a> <code>:code:</code> :nulle_part:</p>";
        let kept = arrived(&all, [html], ["<:titre:>", ""]);
        let kept: Vec<_> = kept
            .iter()
            .map(|it| (it.code.as_str(), it.url.as_str()))
            .collect();
        assert_eq!(
            kept,
            [
                ("chat", "https://a.example/1.png"),
                ("titre", "https://a.example/5.png")
            ]
        );
        assert!(arrived(&all, [], []).is_empty());
    }
}
