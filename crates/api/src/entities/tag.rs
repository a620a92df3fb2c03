//! Tags, and those that stand on somebody's page.

use parvis_town::{
    tags::{FeaturedTagView, MyTag, TagStanding},
    views::TagView,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{Address, Day, IdText, Nothing, counted};

/// Nothing is counted of a tag, since nothing here is ranked: its history is empty.
#[derive(Serialize, JsonSchema)]
pub struct Tag<'a> {
    id: &'a str,
    name: &'a str,
    url: Address<'a>,
    history: Nothing,
    #[serde(skip_serializing_if = "Option::is_none")]
    following: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    featuring: Option<bool>,
}

impl<'a> Tag<'a> {
    pub fn new(origin: &'a str, view: &'a TagView) -> Self {
        let url = Address::Here {
            origin,
            path: &view.path,
        };
        Self {
            id: &view.key,
            name: &view.name,
            url,
            history: [],
            following: None,
            featuring: None,
        }
    }

    /// With what it is to the reader.
    pub fn standing(origin: &'a str, standing: &'a TagStanding) -> Self {
        Self::new(origin, &standing.tag).to(standing.mine)
    }

    pub fn to(self, mine: Option<MyTag>) -> Self {
        Self {
            following: mine.map(|mine| mine.following),
            featuring: mine.map(|mine| mine.featuring),
            ..self
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub struct FeaturedTag<'a> {
    id: IdText,
    name: &'a str,
    url: Address<'a>,
    statuses_count: i64,
    last_status_at: Option<Day>,
}

impl<'a> FeaturedTag<'a> {
    pub fn new(origin: &'a str, view: &'a FeaturedTagView) -> Self {
        Self {
            id: IdText(view.id),
            name: &view.tag.name,
            url: Address::Here {
                origin,
                path: &view.tag.path,
            },
            statuses_count: counted(view.posts),
            last_status_at: view.last_at.map(Day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fete() -> TagView {
        TagView {
            name: "Fête".into(),
            key: "fête".into(),
            path: "/tags/fête".into(),
        }
    }

    #[test]
    fn a_tag_tells_residents_what_it_is_to_them() {
        let tag = fete();
        let mine = MyTag {
            following: true,
            featuring: false,
        };
        insta::assert_json_snapshot!(Tag::new("https://v.example", &tag).to(Some(mine)), @r#"
        {
          "id": "fête",
          "name": "Fête",
          "url": "https://v.example/tags/f%C3%AAte",
          "history": [],
          "following": true,
          "featuring": false
        }
        "#);
    }

    #[test]
    fn a_featured_tag_tells_how_often_it_was_used() {
        let view = FeaturedTagView {
            id: 4,
            tag: fete(),
            posts: 3,
            last_at: Some(1_773_480_413_089),
        };
        insta::assert_json_snapshot!(FeaturedTag::new("https://v.example", &view), @r#"
        {
          "id": "4",
          "name": "Fête",
          "url": "https://v.example/tags/f%C3%AAte",
          "statuses_count": 3,
          "last_status_at": "2026-03-14"
        }
        "#);
    }
}
