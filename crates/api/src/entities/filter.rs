//! Filters in their two forms, and what posts tell of them.

use parvis_model::id::Id;
use parvis_town::filters::{FilterAction, FilterMatch, FilterView, FilteredPost, Keyword};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{Each, IdText, Moment};

#[derive(Serialize, JsonSchema)]
pub struct Filter<'a> {
    #[serde(flatten)]
    head: FilterHead<'a>,
    keywords: Each<'a, Keyword, FilterKeyword<'a>>,
    statuses: Each<'a, FilteredPost, FilterStatus>,
}

/// Without what it looks for.
#[derive(Serialize, JsonSchema)]
struct FilterHead<'a> {
    id: IdText,
    title: &'a str,
    context: Vec<&'static str>,
    expires_at: Option<Moment>,
    filter_action: &'static str,
}

fn contexts(view: &FilterView) -> Vec<&'static str> {
    view.contexts.iter().map(|it| it.as_str()).collect()
}

impl<'a> FilterHead<'a> {
    fn new(view: &'a FilterView) -> Self {
        Self {
            id: IdText(view.id),
            title: &view.title,
            context: contexts(view),
            expires_at: view.expires_at.map(Moment),
            filter_action: view.action.as_str(),
        }
    }
}

impl<'a> Filter<'a> {
    pub fn new(view: &'a FilterView) -> Self {
        Self {
            head: FilterHead::new(view),
            keywords: Each(&view.keywords, FilterKeyword::new),
            statuses: Each(&view.posts, FilterStatus::new),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct FilterKeyword<'a> {
    id: IdText,
    keyword: &'a str,
    whole_word: bool,
}

impl<'a> FilterKeyword<'a> {
    pub fn new(row: &'a Keyword) -> Self {
        Self {
            id: IdText(row.id),
            keyword: &row.keyword,
            whole_word: row.whole_word,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct FilterStatus {
    id: IdText,
    status_id: IdText,
}

impl FilterStatus {
    pub fn new(row: &FilteredPost) -> Self {
        Self {
            id: IdText(row.id),
            status_id: IdText(row.post_id),
        }
    }
}

/// A keyword of a filter, as apps knew it before filters had several.
#[derive(Serialize, JsonSchema)]
pub struct FilterV1<'a> {
    id: IdText,
    phrase: &'a str,
    context: Vec<&'static str>,
    whole_word: bool,
    expires_at: Option<Moment>,
    irreversible: bool,
}

impl<'a> FilterV1<'a> {
    pub fn new(view: &FilterView, keyword: &'a Keyword) -> Self {
        Self {
            id: IdText(keyword.id),
            phrase: &keyword.keyword,
            context: contexts(view),
            whole_word: keyword.whole_word,
            expires_at: view.expires_at.map(Moment),
            irreversible: view.action == FilterAction::Hide,
        }
    }
}

/// Why a post meets a filter of the reader's.
#[derive(Serialize, JsonSchema)]
pub struct FilterResult<'a> {
    filter: FilterHead<'a>,
    keyword_matches: Option<&'a [String]>,
    status_matches: Option<Each<'a, Id, IdText>>,
}

impl<'a> FilterResult<'a> {
    pub fn new(found: &'a FilterMatch) -> Self {
        let posts = Some(&found.posts).filter(|posts| !posts.is_empty());
        Self {
            filter: FilterHead::new(&found.filter),
            keyword_matches: Some(found.keywords.as_slice()).filter(|words| !words.is_empty()),
            status_matches: posts.map(|posts| Each(posts, |id| IdText(*id))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parvis_town::filters::FilterContext;

    use super::*;

    fn football() -> FilterView {
        FilterView {
            id: 3,
            title: "Sport".into(),
            contexts: vec![FilterContext::Home, FilterContext::Public],
            action: FilterAction::Hide,
            expires_at: Some(1_773_480_413_089),
            keywords: vec![Keyword {
                id: 4,
                filter_id: 3,
                keyword: "foot".into(),
                whole_word: true,
            }],
            posts: vec![FilteredPost {
                id: 5,
                filter_id: 3,
                post_id: 7,
            }],
        }
    }

    #[test]
    fn a_filter_has_every_key_apps_need() {
        insta::assert_json_snapshot!(Filter::new(&football()), @r#"
        {
          "id": "3",
          "title": "Sport",
          "context": [
            "home",
            "public"
          ],
          "expires_at": "2026-03-14T09:26:53.089Z",
          "filter_action": "hide",
          "keywords": [
            {
              "id": "4",
              "keyword": "foot",
              "whole_word": true
            }
          ],
          "statuses": [
            {
              "id": "5",
              "status_id": "7"
            }
          ]
        }
        "#);
        let view = football();
        insta::assert_json_snapshot!(FilterV1::new(&view, &view.keywords[0]), @r#"
        {
          "id": "4",
          "phrase": "foot",
          "context": [
            "home",
            "public"
          ],
          "whole_word": true,
          "expires_at": "2026-03-14T09:26:53.089Z",
          "irreversible": true
        }
        "#);
    }

    #[test]
    fn a_post_tells_why_it_meets_a_filter() {
        let found = FilterMatch {
            filter: Arc::new(football()),
            keywords: vec!["foot".into()],
            posts: Vec::new(),
        };
        insta::assert_json_snapshot!(FilterResult::new(&found), @r#"
        {
          "filter": {
            "id": "3",
            "title": "Sport",
            "context": [
              "home",
              "public"
            ],
            "expires_at": "2026-03-14T09:26:53.089Z",
            "filter_action": "hide"
          },
          "keyword_matches": [
            "foot"
          ],
          "status_matches": null
        }
        "#);
        let named = FilterMatch {
            keywords: Vec::new(),
            posts: vec![7],
            ..found
        };
        insta::assert_json_snapshot!(FilterResult::new(&named), @r#"
        {
          "filter": {
            "id": "3",
            "title": "Sport",
            "context": [
              "home",
              "public"
            ],
            "expires_at": "2026-03-14T09:26:53.089Z",
            "filter_action": "hide"
          },
          "keyword_matches": null,
          "status_matches": [
            "7"
          ]
        }
        "#);
    }
}
