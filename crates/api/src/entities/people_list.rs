//! Lists of people.

use parvis_town::lists::{Answers, ListView};
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::IdText;

#[derive(Serialize, JsonSchema)]
pub struct List<'a> {
    id: IdText,
    title: &'a str,
    replies_policy: &'static str,
    exclusive: bool,
}

impl<'a> List<'a> {
    pub fn new(view: &'a ListView) -> Self {
        Self {
            id: IdText(view.id),
            title: &view.title,
            replies_policy: match view.answers {
                Answers::ToMembers => "list",
                Answers::ToFollowed => "followed",
                Answers::None => "none",
            },
            exclusive: view.exclusive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_every_key_apps_need() {
        let view = ListView {
            id: 3,
            title: "Voisins".into(),
            answers: Answers::ToFollowed,
            exclusive: true,
        };
        insta::assert_json_snapshot!(List::new(&view), @r#"
        {
          "id": "3",
          "title": "Voisins",
          "replies_policy": "followed",
          "exclusive": true
        }
        "#);
    }
}
