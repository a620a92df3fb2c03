//! What the page is about that a post links to. Words only: nothing of the page is embedded.

use parvis_town::previews::PreviewView;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Account, scalar::Moment};

#[derive(Serialize, JsonSchema)]
pub struct PreviewCard<'a> {
    url: &'a str,
    title: &'a str,
    description: &'a str,
    language: Option<&'a str>,
    r#type: &'static str,
    author_name: &'a str,
    author_url: &'a str,
    provider_name: &'a str,
    provider_url: &'a str,
    html: &'static str,
    width: i32,
    height: i32,
    image: Option<&'a str>,
    image_description: &'a str,
    embed_url: &'static str,
    blurhash: Option<&'a str>,
    published_at: Option<Moment>,
    authors: Vec<Author<'a>>,
    missing_attribution: bool,
}

#[derive(Serialize, JsonSchema)]
struct Author<'a> {
    name: &'a str,
    url: &'a str,
    /// Where the page names it and it names the page's site.
    account: Option<Account<'a>>,
}

impl<'a> PreviewCard<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, view: &'a PreviewView) -> Self {
        let account = view.author.as_deref();
        let is_named = account.is_some() || !view.author_name.is_empty();
        let author = is_named.then(|| Author {
            name: &view.author_name,
            url: &view.author_url,
            account: account.map(|account| Account::new(origin, account)),
        });
        Self {
            url: &view.url,
            title: &view.title,
            description: &view.description,
            language: view.language.as_deref(),
            r#type: view.kind.as_str(),
            author_name: &view.author_name,
            author_url: &view.author_url,
            provider_name: &view.provider_name,
            provider_url: &view.provider_url,
            html: "",
            width: view.width,
            height: view.height,
            image: view.image.as_deref(),
            image_description: &view.image_description,
            embed_url: "",
            blurhash: view.blurhash.as_deref(),
            published_at: view.published_at.map(Moment),
            authors: author.into_iter().collect(),
            missing_attribution: view.misses_my_consent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_card_has_every_key_and_embeds_nothing() {
        insta::assert_json_snapshot!(PreviewCard::new("https://v.example", &samples::preview()), @r#"
        {
          "url": "https://journal.example/pont",
          "title": "Le pont & la « rivière »",
          "description": "Il a deux cents ans.",
          "language": "fr",
          "type": "link",
          "author_name": "Nora",
          "author_url": "https://journal.example/nora",
          "provider_name": "Le Journal",
          "provider_url": "https://journal.example",
          "html": "",
          "width": 640,
          "height": 320,
          "image": "https://v.example/media/remote/card/9/0",
          "image_description": "Un pont",
          "embed_url": "",
          "blurhash": "LEHV6nWB2yk8",
          "published_at": "2026-03-14T09:26:53.089Z",
          "authors": [
            {
              "name": "Nora",
              "url": "https://journal.example/nora",
              "account": null
            }
          ],
          "missing_attribution": false
        }
        "#);
    }
}
