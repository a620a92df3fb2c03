//! How the reader stands to an account.

use parvis_model::id::Id;
use parvis_town::accounts::Relation;
use schemars::JsonSchema;
use serde::Serialize;

use super::scalar::{IdText, Moment};

#[derive(Serialize, JsonSchema)]
pub struct Relationship<'a> {
    id: IdText,
    following: bool,
    showing_reblogs: bool,
    notifying: bool,
    languages: Option<Vec<&'a str>>,
    followed_by: bool,
    blocking: bool,
    blocked_by: bool,
    muting: bool,
    muting_notifications: bool,
    muting_expires_at: Option<Moment>,
    requested: bool,
    requested_by: bool,
    domain_blocking: bool,
    endorsed: bool,
    note: &'a str,
}

impl<'a> Relationship<'a> {
    /// `note`: what the reader noted about them.
    pub fn new(other: Id, relation: &'a Relation, note: &'a str) -> Self {
        Self {
            id: IdText(other),
            following: relation.following,
            showing_reblogs: relation.showing_boosts,
            notifying: relation.notifying,
            languages: relation.read_in(),
            followed_by: relation.followed_by,
            blocking: relation.blocking,
            blocked_by: relation.blocked_by,
            muting: relation.muting,
            muting_notifications: relation.muting_notifications,
            muting_expires_at: relation.muting_until.map(Moment),
            requested: relation.requested,
            requested_by: relation.requested_by,
            domain_blocking: relation.domain_blocking,
            endorsed: relation.endorsed,
            note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_has_every_key_apps_need() {
        let relation = Relation {
            other: 5,
            following: true,
            showing_boosts: true,
            languages: Some(" fr oc ".into()),
            ..Relation::default()
        };
        insta::assert_json_snapshot!(Relationship::new(5, &relation, "Au marché"), @r#"
        {
          "id": "5",
          "following": true,
          "showing_reblogs": true,
          "notifying": false,
          "languages": [
            "fr",
            "oc"
          ],
          "followed_by": false,
          "blocking": false,
          "blocked_by": false,
          "muting": false,
          "muting_notifications": false,
          "muting_expires_at": null,
          "requested": false,
          "requested_by": false,
          "domain_blocking": false,
          "endorsed": false,
          "note": "Au marché"
        }
        "#);
    }
}
