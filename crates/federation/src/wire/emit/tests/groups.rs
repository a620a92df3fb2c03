//! Snapshots of those that are no people: groups, and the town itself.

use insta::assert_snapshot;
use serde_json::Value;

use super::{ACTOR, activity, actor, note, shown};
use crate::wire::{
    PUBLIC,
    emit::{
        activity::Activity,
        actor::{Actor, GroupRule},
        collection::Collection,
        document,
        object::Source,
    },
};

const GROUP: &str = "https://bourg.example/ap/actors/9";

fn moderators() -> String {
    format!("{GROUP}/moderators")
}

#[test]
fn a_group_says_who_looks_after_it() {
    let group = Actor {
        kind: "Group",
        preferred_username: "amap".into(),
        name: "AMAP du Bourg".into(),
        summary: "<p>Paniers de légumes.</p>".into(),
        url: Some("https://bourg.example/@amap".into()),
        webfinger: "amap@bourg.example".into(),
        following: None,
        manually_approves_followers: false,
        discoverable: true,
        indexable: true,
        searchable_by: vec![PUBLIC.into()],
        attachment: Vec::new(),
        group: Some(GroupRule {
            attributed_to: moderators(),
            moderators: moderators(),
            posting_restricted_to_mods: false,
            sensitive: false,
            source: Some(Source {
                content: "Paniers de légumes.".into(),
                media_type: "text/plain",
            }),
        }),
        ..actor(GROUP)
    };
    assert_snapshot!("a_group", shown(&group));
    let list = Collection::whole(moderators(), vec![ACTOR.to_owned()]);
    assert_snapshot!("moderators", shown(&list));
}

#[test]
fn a_town_has_an_actor_of_its_own() {
    let town = Actor {
        kind: "Application",
        preferred_username: "bourg.example".into(),
        name: "Bourg".into(),
        summary: String::new(),
        url: Some("https://bourg.example".into()),
        webfinger: "bourg.example@bourg.example".into(),
        updated: None,
        followers: None,
        following: None,
        featured: None,
        featured_tags: None,
        icon: None,
        attachment: Vec::new(),
        ..actor("https://bourg.example/ap/actor")
    };
    assert_snapshot!("the_town", shown(&town));
}

#[test]
fn a_group_hands_on_what_a_member_said() {
    let at = "2025-09-12T09:00:00Z".to_owned();
    let said = document(&Activity::around("Create", activity(55), at, note())).unwrap();
    let handed_on = Activity {
        id: activity(72),
        kind: "Announce",
        actor: GROUP.into(),
        published: Some("2025-09-12T09:00:01Z".into()),
        to: vec![PUBLIC.into()],
        cc: Some(vec![format!("{GROUP}/followers")]),
        object: serde_json::from_str::<Value>(&said).unwrap(),
    };
    assert_snapshot!("handed_on", shown(&handed_on));
}
