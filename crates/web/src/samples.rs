//! Every page rendered with made-up people in every language: nothing may break, no word may be missing. With
//! `PARVIS_PAGES=folder` the pages are also written there, to be looked at.

mod account;
mod apps;
mod copies;
mod every;
mod people;
mod public;
mod shell;
pub mod town;
mod writing;

use std::{fs, path::Path, sync::Arc};

use askama::Template;
use parvis_model::{
    account::Role,
    audience::Audience,
    clock::{DAY, HOUR},
    locale::Locale,
};
use parvis_town::{
    AccountView, MediaView, PostView, Profile,
    accounts::Relation,
    invitations::State,
    look::Look,
    neighbours::{self, NeighbourView},
    reports::{Category, ReportView},
    views::TagView,
};

use self::copies::{copies, deletion};
use self::every::every;
use self::town::{
    NOW, announced, bruno, frame, judo, marie, me, picture, post, posts, relation, session, thread,
};
use crate::{
    about::AboutPage,
    asked::Asked,
    authorize::Leads,
    card::Card,
    copies::DeletedPage,
    frame::{Frame, Pages, Typed},
    home::{HomePage, LandingPage, News, NotOpenPage, TownPage},
    log_in::{LogInPage, RecoverPage},
    look::{self, LookForm},
    neighbours::NeighboursPage,
    people::{ConfirmPage, MutePage, PeoplePage, RequestsPage},
    posts::{PostPage, cards},
    profile::{Known, ProfilePage},
    reports::{ReportPage, ReportsPage},
    search::SearchPage,
    set_up::{SetUpPage, described},
    settings::{AccountForm, CodesForm, ProfileForm, SessionsPage},
    sign_up::{SignUpPage, SignedUpPage},
    staff::{SignUpsPage, TownForm, Waiting},
    timelines::ListPage,
    write::{Composing, WritePage},
};

fn wrong(values: Asked, field: &'static str) -> Typed {
    Typed::new(values).with_wrong(
        Some(field),
        "Ce nom est déjà pris : essayez avec votre prénom et le début du nom.".into(),
    )
}

fn typed<const N: usize>(values: [(&str, &str); N]) -> Typed {
    Typed::new(Asked::of(
        values.map(|(name, value)| (name, value.to_owned())),
    ))
}

fn neighbour(state: neighbours::State) -> NeighbourView {
    NeighbourView {
        id: 31,
        domain: "rivebelle.example".into(),
        state,
        decided_by: Some("maire".into()),
        changed_at: NOW - DAY,
    }
}

/// In a town that has a colour of its own.
fn dressed(frame: Frame) -> Frame {
    let look = Look {
        colour: Some("#ffe600".into()),
        ..Look::default()
    };
    let town = Profile {
        look,
        ..(*frame.town).clone()
    };
    Frame {
        town: Arc::new(town),
        ..frame
    }
}

fn rendered(template: &impl Template) -> String {
    template.render().unwrap()
}

/// All pages: name and mark-up.
fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let visitor = |here: &str| frame(language, None, here);
    let staff = |here: &str| frame(language, Some(me(Role::Admin)), here);
    let more = || Pages {
        older: Some("/?avant=5".into()),
        newest: None,
    };
    let thread = thread();
    let question = post(7, bruno(), "<p>Qui vient dimanche ?</p>", NOW - HOUR);
    let visitor_posts = || {
        posts()
            .into_iter()
            .map(|post| PostView { mine: None, ..post })
            .collect::<Vec<_>>()
    };
    let full = Composing {
        tall: true,
        answers: Some(question.clone()),
        kept: vec![picture(1, "Un étal").into()],
        servers: Some(3),
        language: "fr".into(),
        ..Composing::quick(Audience::Town)
    };
    vec![
        (
            "accueil",
            rendered(&HomePage {
                page: &at("/"),
                announcements: announced(&at("/")),
                posts: posts(),
                pages: Pages::default(),
                news: News::default(),
                compose: Composing::quick(Audience::Public),
                form: Typed::default(),
            }),
        ),
        (
            "accueil-vide",
            rendered(&HomePage {
                page: &at("/"),
                announcements: vec![],
                posts: vec![],
                pages: Pages::default(),
                news: News::default(),
                compose: Composing::quick(Audience::Public),
                form: Typed::default(),
            }),
        ),
        (
            "bienvenue",
            rendered(&LandingPage {
                page: &visitor("/"),
                associations: vec![judo()],
                posts: visitor_posts(),
                pages: more(),
            }),
        ),
        (
            "pas-ouverte",
            rendered(&NotOpenPage {
                page: &visitor("/"),
            }),
        ),
        (
            "masquer",
            rendered(&MutePage {
                page: &at("/@bruno/masquer"),
                who: bruno(),
                form: typed([("avis", "1")]),
            }),
        ),
        (
            "reglages-codes",
            rendered(&CodesForm {
                page: &at("/reglages/codes"),
                form: wrong(Asked::default(), "old_password"),
            }),
        ),
        (
            "ville",
            rendered(&TownPage {
                page: &at("/ville"),
                posts: posts(),
                pages: more(),
            }),
        ),
        (
            "profil",
            rendered(&ProfilePage {
                successor: None,
                page: &at("/@bruno@rivebelle.localhost:8000"),
                who: bruno(),
                relation: relation(),
                mine: false,
                shown: "",
                pinned: posts()[..1].to_vec(),
                posts: posts()[1..].to_vec(),
                pages: more(),
                known: Known::default(),
            }),
        ),
        (
            "profil-moi",
            rendered(&ProfilePage {
                successor: None,
                page: &at("/@lucie"),
                who: AccountView {
                    header: Some("/header-default.png".into()),
                    avatar: Some("/avatar-default.png".into()),
                    ..me(Role::Resident).account
                },
                relation: Relation::default(),
                mine: true,
                shown: "images",
                pinned: vec![],
                posts: vec![],
                pages: Pages::default(),
                known: Known::default(),
            }),
        ),
        (
            "abonnes",
            rendered(&PeoplePage {
                page: &at("/@marie/abonnes"),
                heading: "Abonnés de Marie".into(),
                empty: String::new(),
                back: Some(("/@marie".into(), "Marie".into())),
                people: vec![
                    (bruno(), Relation::default()),
                    (
                        judo(),
                        Relation {
                            following: true,
                            ..Relation::default()
                        },
                    ),
                ],
                pages: more(),
            }),
        ),
        (
            "message",
            rendered(&PostPage {
                page: &at("/@bruno/201"),
                name: "Bruno",
                indexable: false,
                cards: cards(&thread),
                compose: Some(Composing::answer(thread.post.clone())),
                muted: true,
                from_elsewhere: true,
                chosen: thread.post.id,
                form: typed([("text", "@bruno ")]),
            }),
        ),
        (
            "message-visiteur",
            rendered(&PostPage {
                page: &visitor("/@bruno/201"),
                name: "Bruno",
                indexable: true,
                cards: cards(&thread),
                compose: None,
                muted: false,
                from_elsewhere: true,
                chosen: thread.post.id,
                form: Typed::default(),
            }),
        ),
        (
            "ecrire",
            rendered(&WritePage {
                page: &at("/ecrire"),
                heading: "Écrire".into(),
                question: Some(Card::new(&question)),
                compose: &full,
                begun: 2,
                form: wrong(Asked::of([("text", "Bonjour".into())]), "text"),
            }),
        ),
        (
            "supprimer",
            rendered(&ConfirmPage {
                page: &at("/@lucie/105/supprimer"),
                heading: "Supprimer ?".into(),
                what: "Pour de bon.".into(),
                yes: "Supprimer".into(),
                action: "/x".into(),
                back: "/".into(),
                card: Some(Card::new(&question)),
            }),
        ),
        (
            "demandes",
            rendered(&RequestsPage {
                page: &at("/demandes"),
                people: vec![bruno(), marie()],
                pages: Pages::default(),
            }),
        ),
        (
            "recherche",
            rendered(&SearchPage {
                page: &at("/recherche?q=chat"),
                query: "chat",
                trouble: Some("Ce serveur ne répond pas.".into()),
                people: vec![(bruno(), Relation::default())],
                groups: vec![(marie(), Relation::default())],
                more_people: Some("/recherche?q=chat&gens=20".into()),
                posts: posts(),
                tags: vec![TagView {
                    name: "jardin".into(),
                    key: "jardin".into(),
                    path: "/tags/jardin".into(),
                }],
                pages: Pages::default(),
            }),
        ),
        (
            "signets",
            rendered(&ListPage {
                page: &at("/signets"),
                heading: "Signets".into(),
                note: "Pour plus tard.".into(),
                empty: "Rien.".into(),
                posts: vec![],
                pages: Pages::default(),
            }),
        ),
        (
            "a-propos",
            rendered(&AboutPage {
                page: &visitor("/a-propos"),
                staff: vec![marie()],
            }),
        ),
        (
            "connexion",
            rendered(&LogInPage {
                page: &visitor("/connexion"),
                towards: None,
                passkey: "{}".into(),
                form: Typed::new(Asked::default())
                    .with_wrong(None, "Le nom ou le mot de passe ne va pas.".into()),
            }),
        ),
        (
            "mot-de-passe-oublie",
            rendered(&RecoverPage {
                page: &visitor("/mot-de-passe-oublie"),
                by_letter: true,
                form: Typed::default(),
            }),
        ),
        (
            "inscription",
            rendered(&SignUpPage::new(
                &visitor("/inscription"),
                None,
                wrong(Asked::of([("name", "marie".into())]), "name"),
            )),
        ),
        (
            "codes",
            rendered(&SignedUpPage {
                page: &visitor("/inscription"),
                heading: "Bienvenue !".into(),
                what: "Votre compte est ouvert.".into(),
                codes: vec!["lune-7k2f-orme".into(); 8],
                next: ("/reglages/profil", "Compléter".into()),
            }),
        ),
        (
            "preparer",
            rendered(&SetUpPage {
                page: &visitor("/bienvenue"),
                form: Typed::new(described(&visitor("/bienvenue"))),
            }),
        ),
        (
            "reglages-profil",
            rendered(&ProfileForm::new(
                &at("/reglages/profil"),
                typed([
                    ("display_name", "Lucie Moreau"),
                    ("locked", "1"),
                    ("field-name-1", "Site"),
                ]),
            )),
        ),
        (
            "reglages-compte",
            rendered(&AccountForm::new(
                &at("/reglages/compte"),
                "fr".into(),
                parvis_town::preferences::Preferences {
                    quoters: parvis_model::policy::Quoters::Followers,
                    looks_at: parvis_model::policy::LooksAt::Shown,
                    ..Default::default()
                },
                Typed::default(),
            )),
        ),
        ("copies", rendered(&copies(&at("/@marie/4/copies"), false))),
        (
            "copies-supprime",
            rendered(&copies(&at("/@marie/4/copies"), true)),
        ),
        (
            "reglages-copies",
            rendered(&DeletedPage {
                page: &at("/reglages/copies"),
                deleted: vec![deletion(3, 3), deletion(7, 5), deletion(1, 0)],
                pages: more(),
            }),
        ),
        (
            "reglages-sessions",
            rendered(&SessionsPage {
                page: &at("/reglages/sessions"),
                sessions: vec![session(true), session(false)],
            }),
        ),
        (
            "application-demande",
            rendered(&apps::asking(
                &at("/oauth/authorize"),
                Leads::Site("elk.zone".into()),
            )),
        ),
        (
            "application-demande-peu",
            rendered(&apps::asking(
                &at("/oauth/authorize"),
                Leads::App("oauth2redirect:".into()),
            )),
        ),
        (
            "application-demande-code",
            rendered(&apps::asking(&at("/oauth/authorize"), Leads::Code)),
        ),
        (
            "application-code",
            rendered(&apps::code(&at("/oauth/authorize/native"))),
        ),
        (
            "reglages-applications",
            rendered(&apps::connected(&at("/reglages/applications"))),
        ),
        (
            "mairie-inscriptions",
            rendered(&SignUpsPage {
                page: &staff("/mairie/inscriptions"),
                waiting: vec![Waiting {
                    user: 4,
                    name: "hugo".into(),
                    email: "hugo@exemple.fr".into(),
                    reason: "J’habite rue du Lavoir.".into(),
                    at: NOW - DAY,
                }],
                invitations: vec![account::invitation(State::Open)],
            }),
        ),
        (
            "mairie-signalements",
            rendered(&ReportsPage {
                page: &staff("/mairie/signalements"),
                reports: vec![ReportView {
                    id: 9,
                    reporter: Arc::new(marie()),
                    accused: Arc::new(bruno()),
                    posts: vec![question.clone()],
                    unseen: 0,
                    comment: "Toujours la même annonce.".into(),
                    category: Category::Spam,
                    forwarded: true,
                    created_at: NOW - DAY,
                    closed: false,
                }],
            }),
        ),
        (
            "signaler",
            rendered(&ReportPage {
                page: &at("/@bruno/signaler"),
                who: bruno(),
                post: String::new(),
                form: typed([("texte", "Toujours la même annonce.")]),
            }),
        ),
        (
            "mairie-reglages",
            rendered(&TownForm {
                page: &staff("/mairie/reglages"),
                form: Typed::new(described(&staff("/"))),
            }),
        ),
        ("mairie-apparence", {
            let frame = dressed(staff("/mairie/apparence"));
            rendered(&LookForm::new(&frame, look::described(&frame)))
        }),
        (
            "mairie-voisins",
            rendered(&NeighboursPage {
                page: &staff("/mairie/voisins"),
                neighbours: vec![neighbour(neighbours::State::Asks)],
                form: Typed::default(),
            }),
        ),
        (
            "erreur",
            rendered(&crate::fault::ErrorPage {
                page: &visitor("/x"),
                heading: "Cette page n’existe pas".into(),
                what: "Elle a pu être effacée.".into(),
                operation: Some("18c1a2".into()),
            }),
        ),
    ]
}

#[test]
fn every_page_renders_in_every_language() {
    for (code, _) in Locale::all() {
        for (name, html) in every(code) {
            assert!(html.contains(&format!("<html lang=\"{code}\">")), "{name}");
            assert!(html.contains("</html>"), "{name}");
            assert!(
                !html.contains("style=") && !html.contains("<style") && !html.contains(" onclick"),
                "{name}"
            );
            keep(name, code, &html);
        }
    }
}

#[test]
fn what_people_wrote_is_escaped() {
    let mut who = bruno();
    who.display_name = "<script>alert(1)</script>".into();
    who.fields[0].name = "\"><img src=x onerror=alert(1)>".into();
    let nasty = PostView {
        summary: "<svg onload=alert(1)>".into(),
        language: Some("fr\" onfocus=\"alert(1)".into()),
        url: "javascript:alert(1)".into(),
        media: vec![MediaView {
            url: "data:text/html,x".into(),
            ..picture(1, "\" onerror=\"alert(1)")
        }],
        ..post(1, who.clone(), "", NOW)
    };
    let page = frame("fr", Some(me(Role::Resident)), "/x");
    let html = rendered(&ProfilePage {
        successor: None,
        page: &page,
        who,
        relation: Relation::default(),
        mine: false,
        shown: "",
        pinned: vec![],
        posts: vec![nasty],
        pages: Pages::default(),
        known: Known::default(),
    });
    for bad in [
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "lang=\"fr\" onfocus",
        "href=\"javascript:",
        "href=\"data:",
        "\" onerror=",
    ] {
        assert!(!html.contains(bad), "{bad}");
    }
}

fn keep(name: &str, code: &str, html: &str) {
    let Ok(folder) = std::env::var("PARVIS_PAGES") else {
        return;
    };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets")).unwrap();
    fs::write(folder.join(format!("{name}.{code}.html")), html).unwrap();
    for asset in ["parvis.css", "writing.js", "icon.svg"] {
        let path = crate::assets::path(asset);
        fs::write(folder.join(&path[1..]), crate::assets::plain(asset)).unwrap();
    }
}
