//! Pages around writing: what one has begun, what a post said before, deleting it, names while they are typed.

use std::sync::Arc;

use parvis_model::{
    account::Role,
    audience::Audience,
    clock::{DAY, HOUR},
};
use parvis_town::{
    drafts::DraftView, polls::NewPoll, posts::Compose, revisions::RevisionView,
    scheduled::ScheduledView, views::TagView,
};

use super::{
    rendered,
    town::{NOW, bruno, frame, marie, me, picture, post},
    typed,
};
use crate::{
    asked::Asked,
    card::Card,
    drafts::DraftsPage,
    frame::{Pages, Typed},
    log_in::LogInPage,
    posts::DeletePage,
    revisions::RevisionsPage,
    suggestions::Suggestions,
    write::{Composing, WritePage},
};

fn begun(text: &str) -> Compose {
    Compose {
        text: text.into(),
        summary: String::new(),
        sensitive: false,
        language: Some("fr".into()),
        audience: Audience::Followers,
        reply_to: None,
        media: vec![],
        poll: Some(NewPoll {
            options: vec!["Oui".into()],
            multiple: false,
            hide_totals: false,
            lasts: DAY,
        }),
        quote: None,
        quoters: None,
    }
}

pub fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let again = post(7, bruno(), "<p>Qui vient dimanche ?</p>", NOW - HOUR);
    let before = |html: &str, at| RevisionView {
        title: None,
        html: html.into(),
        summary: String::new(),
        sensitive: false,
        at,
        author: Arc::new(marie()),
        media: vec![picture(1, "Un étal")],
        emojis: Vec::new(),
        options: Some(vec!["Samedi".into(), "Dimanche".into()]),
    };
    vec![
        (
            "ecrire-long",
            rendered(&WritePage {
                page: &at("/ecrire"),
                heading: "Écrire".into(),
                question: None,
                compose: &Composing {
                    tall: true,
                    kept: vec![picture(1, "Un étal").into(), picture(2, "").into()],
                    language: "gsw".into(),
                    draft: Some(3),
                    scheduled: Some(4),
                    servers: Some(12),
                    ..Composing::quick(Audience::Followers)
                },
                begun: 1,
                form: typed([
                    ("text", "La fête des voisins"),
                    ("summary", "Photos de foule"),
                    ("quand", "2026-12-01T09:00"),
                    ("reponse-1", "Samedi"),
                ]),
            }),
        ),
        (
            "brouillons",
            rendered(&DraftsPage {
                page: &at("/brouillons"),
                drafts: vec![DraftView {
                    id: 1,
                    saved_at: NOW - HOUR,
                    due_at: None,
                    post: begun(""),
                    media: vec![picture(1, "Un étal")],
                }],
                waiting: vec![ScheduledView {
                    id: 2,
                    due_at: NOW + DAY,
                    post: begun("Rendez-vous place du Lavoir à huit heures."),
                    media: vec![],
                    refused: true,
                }],
                pages: Pages::default(),
            }),
        ),
        (
            "historique",
            rendered(&RevisionsPage {
                page: &at("/@marie/7/historique"),
                author: Arc::new(marie()),
                path: "/@marie/7".into(),
                revisions: vec![
                    before("<p>Marché déplacé à dimanche.</p>", NOW),
                    before("<p>Marché samedi.</p>", NOW - DAY),
                ],
                post: again.clone(),
            }),
        ),
        (
            "supprimer-message",
            rendered(&DeletePage {
                page: &at("/@bruno/7/supprimer"),
                card: Card::new(&again),
            }),
        ),
        (
            "connexion-texte",
            rendered(&LogInPage {
                page: &frame(language, None, "/ecrire"),
                towards: None,
                passkey: "{}".into(),
                form: Typed::new(Asked::of([("ecrit", "text=Bonjour".into())])),
            }),
        ),
    ]
}

#[test]
fn names_are_suggested_as_text_to_be_typed() {
    let html = rendered(&Suggestions {
        page: &frame("fr", Some(me(Role::Resident)), "/ecrire"),
        people: vec![marie(), bruno()],
        tags: vec![TagView {
            name: "marché".into(),
            key: "marché".into(),
            path: "/tags/marché".into(),
        }],
    });
    for text in [
        "\"@marie\"",
        "\"@bruno@rivebelle.localhost:8000\"",
        "\"#marché\"",
    ] {
        assert!(
            html.contains(&format!("role=\"option\" data-text={text}")),
            "{html}"
        );
    }
}
