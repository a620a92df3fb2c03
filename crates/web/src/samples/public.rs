//! Pages for those without an account, and for who just came.

use parvis_model::account::Role;
use parvis_town::{PostView, accounts::Relation};

use super::{
    rendered,
    town::{bruno, frame, judo, me, posts},
    typed, wrong,
};
use crate::{
    asked::Asked,
    associations::AssociationsPage,
    card::Card,
    embeds::{EmbedPage, EmbeddingPage},
    first_steps::{HowPage, PeoplePage, WhoPage},
    frame::{Frame, Pages, Typed},
    from_elsewhere::FromElsewherePage,
    privacy::PrivacyPage,
};

pub fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let visitor = |here: &str| frame(language, None, here);
    let question = posts().remove(0);
    let open: Vec<_> = posts()
        .into_iter()
        .map(|post| PostView { mine: None, ..post })
        .collect();
    let embed = |posts| {
        rendered(&EmbedPage {
            page: &visitor("/integrer/ville"),
            heading: "Valmont".into(),
            path: "/ville".into(),
            posts,
        })
    };
    let mut pages = vec![
        (
            "associations",
            rendered(&AssociationsPage {
                page: &at("/associations"),
                people: vec![(judo(), Relation::default())],
                pages: Pages::default(),
            }),
        ),
        (
            "associations-aucune",
            rendered(&AssociationsPage {
                page: &visitor("/associations"),
                people: vec![],
                pages: Pages::default(),
            }),
        ),
        (
            "suivre-d-ailleurs",
            rendered(&FromElsewherePage {
                page: &visitor("/@bruno/suivre"),
                heading: visitor("/").tw("follow-from", "name", "Bruno"),
                card: None,
                action: "/@bruno/suivre".into(),
                back: "/@bruno".into(),
                form: wrong(Asked::of([("adresse", "paul".to_owned())]), "adresse"),
            }),
        ),
        (
            "repondre-d-ailleurs",
            rendered(&FromElsewherePage {
                page: &visitor("/@bruno/1/repondre"),
                heading: visitor("/").tw("reply-from", "name", "Bruno"),
                card: Some(Card::new(&question)),
                action: "/@bruno/1/repondre".into(),
                back: "/@bruno/1".into(),
                form: Typed::default(),
            }),
        ),
        (
            "premiers-pas-1",
            rendered(&WhoPage {
                page: &at("/premiers-pas/1"),
                form: typed([("display_name", "Lise")]),
            }),
        ),
        (
            "premiers-pas-2",
            rendered(&PeoplePage {
                page: &at("/premiers-pas/2"),
                circles: vec![
                    ("first-steps-hall", vec![(bruno(), Relation::default())]),
                    ("first-steps-groups", vec![(judo(), Relation::default())]),
                    ("first-steps-neighbours", vec![]),
                ],
                nobody: false,
            }),
        ),
        (
            "premiers-pas-2-personne",
            rendered(&PeoplePage {
                page: &at("/premiers-pas/2"),
                circles: vec![],
                nobody: true,
            }),
        ),
        (
            "premiers-pas-3",
            rendered(&HowPage {
                page: &at("/premiers-pas/3"),
                staff: vec![bruno()],
            }),
        ),
        (
            "ailleurs",
            rendered(&EmbeddingPage {
                page: &visitor("/integrer"),
                line: "<iframe src=\"http://valmont.localhost:8000/integrer/ville\"></iframe>"
                    .into(),
                path: "/integrer/ville".into(),
                form: wrong(Asked::of([("qui", "personne".to_owned())]), "qui"),
            }),
        ),
    ];
    let data = |page: &Frame, letters| rendered(&PrivacyPage::new(page, letters));
    pages.push(("vos-donnees", data(&visitor("/confidentialite"), true)));
    pages.push((
        "vos-donnees-sans-lettres",
        data(&at("/confidentialite"), false),
    ));
    pages.push(("morceau", embed(open)));
    pages.push(("morceau-vide", embed(vec![])));
    pages
}
