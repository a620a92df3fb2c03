//! The pages of the frame around all others, and of the lists of posts.

use parvis_model::{account::Role, appearance::Appearance};
use parvis_town::{
    lists::{Answers, ListView},
    tags::MyTag,
    views::TagView,
};

use super::{
    rendered,
    town::{bruno, frame, judo, marie, me, posts},
};
use crate::{
    appearance::AppearanceForm,
    asked::Asked,
    frame::{Frame, Pages, Typed},
    lists::{ChangePage, ListsPage, ReadingPage},
    tags::{TagPage, TagsPage},
    timelines::GroupsPage,
};

fn family() -> ListView {
    ListView {
        id: 7,
        title: "Famille".into(),
        answers: Answers::ToFollowed,
        exclusive: true,
    }
}

/// Name and mark-up.
pub fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let sparing = Frame {
        look: Appearance::parse("sparing"),
        ..at("/listes/7?avant=9")
    };
    vec![
        (
            "reglages-affichage",
            rendered(&AppearanceForm::new(&at("/reglages/affichage"))),
        ),
        (
            "affichage-visiteur",
            rendered(&AppearanceForm::new(&frame(
                language,
                None,
                "/reglages/affichage",
            ))),
        ),
        (
            "groupes",
            rendered(&GroupsPage {
                page: &at("/groupes"),
                groups: vec![judo()],
                group_pages: Pages::default(),
                posts: posts(),
                pages: Pages::default(),
            }),
        ),
        (
            "groupes-aucun",
            rendered(&GroupsPage {
                page: &at("/groupes"),
                groups: vec![],
                group_pages: Pages::default(),
                posts: vec![],
                pages: Pages::default(),
            }),
        ),
        (
            "etiquette",
            rendered(&TagPage {
                page: &at("/tags/march%C3%A9"),
                heading: "Étiquette #marché".into(),
                path: "/tags/march%C3%A9".into(),
                mine: Some(MyTag::default()),
                posts: vec![],
                pages: Pages::default(),
            }),
        ),
        (
            "etiquettes",
            rendered(&TagsPage {
                page: &at("/tags"),
                tags: vec![TagView {
                    name: "marché".into(),
                    key: "marché".into(),
                    path: "/tags/marché".into(),
                }],
                pages: Pages::default(),
                form: Typed::new(Asked::of([("name", "deux mots".into())]))
                    .with_wrong(Some("name"), "Un seul mot.".into()),
            }),
        ),
        (
            "listes",
            rendered(&ListsPage {
                page: &at("/listes"),
                lists: vec![family()],
                form: Typed::default(),
            }),
        ),
        (
            "liste",
            rendered(&ReadingPage {
                page: &sparing,
                list: family(),
                posts: posts(),
                pages: Pages::default(),
            }),
        ),
        (
            "liste-modifier",
            rendered(&ChangePage {
                page: &at("/listes/7/modifier"),
                list: family(),
                members: vec![marie()],
                others: vec![bruno()],
                other_pages: Pages::default(),
                form: Typed::default(),
            }),
        ),
    ]
}

#[test]
fn who_spares_data_is_shown_words_and_no_picture() {
    let pages = all("fr");
    let (_, list) = pages.iter().find(|(name, _)| *name == "liste").unwrap();
    let shown = list
        .split("<template>")
        .enumerate()
        .map(|(n, part)| match n {
            0 => part,
            _ => part.split_once("</template>").unwrap().1,
        });
    let shown: String = shown.collect();
    assert!(list.contains("<template>") && list.contains("<img"));
    assert!(!shown.contains("<img"), "outside of templates");
    assert!(shown.contains("/listes/7?avant=9&#38;images="), "{shown}");
}

#[test]
fn large_screens_may_choose_a_larger_version_of_a_picture_as_wide_as_its_post() {
    let pages = all("fr");
    let (_, list) = pages.iter().find(|(name, _)| *name == "liste").unwrap();
    let grids = |class: &str| -> Vec<&str> {
        let rests = list.split(class).skip(1);
        rests
            .filter_map(|rest| rest.split("</div>").next())
            .collect()
    };
    let is_offered = |grid: &&str| {
        grid.contains("<source media=\"(min-width: 50rem)\"")
            && grid.contains(".png 640w, ")
            && grid.contains(".png 1200w\"")
            && grid.contains(" width=\"640\" height=\"336\"")
    };
    let (alone, beside) = (grids("\"pictures one\""), grids("\"pictures many"));
    assert!(
        !alone.is_empty() && alone.iter().all(is_offered),
        "{alone:?}"
    );
    assert!(!beside.is_empty() && !beside.iter().any(|grid| grid.contains("<source")));
}

#[test]
fn a_tag_says_of_its_own_feed_what_it_is_and_the_foot_leads_to_rules_and_contact() {
    let pages = all("fr");
    let (_, tag) = pages.iter().find(|(name, _)| *name == "etiquette").unwrap();
    let page = frame("fr", None, "/tags/march%C3%A9");
    let words = page.t("feed-tag");
    assert!(tag.contains(&words), "{words}");
    assert!(!tag.contains(&page.t("feed-town")));
    let about = super::all("fr");
    let (_, about) = about.iter().find(|(name, _)| *name == "a-propos").unwrap();
    for anchor in ["regles", "contact"] {
        assert!(tag.contains(&format!("href=\"/a-propos#{anchor}\"")));
        assert!(about.contains(&format!("id=\"{anchor}\"")));
    }
}
