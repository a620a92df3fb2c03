//! Pages about others: notices, private messages, filters, profiles, whom one keeps away.

use std::sync::Arc;

use parvis_model::{
    account::Role,
    audience::Audience,
    clock::{DAY, HOUR, MINUTE},
    policy::Interaction,
};
use parvis_town::{
    AccountView, Paged, PostView,
    accounts::Relation,
    conversations::{ConversationView, Exchange},
    filters::{FilterAction, FilterContext, FilterMatch, FilterView, Keyword},
    groups::GroupOf,
    interactions::waiting::WaitingView,
    lists::{Answers, ListView},
    notifications::{
        Choices, GroupKey, GroupView, NotificationKind, NotificationPolicy, NotificationView,
        RequestView,
    },
    tags::FeaturedTagView,
    views::TagView,
};

use super::{
    rendered,
    town::{NOW, bruno, frame, judo, marie, me, picture, post, posts, relation},
    typed, wrong,
};
use crate::{
    asked::Asked,
    by_letter::{FromLetterPage, NewPasswordPage},
    conversations::{ConversationPage, ConversationsPage, NewConversationPage, Row},
    devices::Device,
    filters::{FilterForm, FiltersPage},
    frame::{Frame, Pages, Typed},
    interactions::{Shown, WaitingPage},
    memberships::MembershipsPage,
    notice_choices::NoticeChoices,
    notice_settings::NoticesForm,
    notices::{Held, HeldPage, Notice, NoticesPage, Tab},
    profile::{Known, ProfilePage},
    relations::KeptAwayPage,
    timelines::ListPage,
};

pub fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let mut all = profiles(&at);
    all.extend(messages(&at));
    all.extend(notices(&at));
    all.extend(settings(&at));
    all
}

fn more() -> Pages {
    Pages {
        older: Some("/x?avant=5".into()),
        newest: None,
    }
}

fn profile(page: &Frame, shown: &'static str, known: Known) -> String {
    rendered(&ProfilePage {
        successor: None,
        page,
        who: bruno(),
        relation: Relation {
            following: true,
            showing_boosts: true,
            muting: true,
            muting_until: Some(NOW + DAY),
            ..relation()
        },
        mine: false,
        shown,
        pinned: vec![],
        posts: vec![],
        pages: Pages::default(),
        known,
    })
}

fn profiles(at: &impl Fn(&str) -> Frame) -> Vec<(&'static str, String)> {
    let known = Known {
        note: "Le boulanger de Rivebelle.".into(),
        familiar: vec![marie(), judo(), marie(), judo(), marie()]
            .into_iter()
            .map(Arc::new)
            .collect(),
        recommends: vec![marie()],
        tags: vec![FeaturedTagView {
            id: 1,
            tag: TagView {
                name: "pain".into(),
                key: "pain".into(),
                path: "/tags/pain".into(),
            },
            posts: 3,
            last_at: None,
        }],
        groups: Vec::new(),
    };
    let in_groups = Known {
        groups: vec![GroupOf {
            group: judo(),
            looks_after: true,
        }],
        ..Known::default()
    };
    vec![
        (
            "profil-groupes",
            profile(&at("/@bruno/groupes"), "groupes", in_groups),
        ),
        ("profil-suivi", profile(&at("/@bruno"), "", known)),
        (
            "profil-a-propos",
            profile(&at("/@bruno?voir=a-propos"), "a-propos", Known::default()),
        ),
        (
            "profil-listes",
            rendered(&MembershipsPage {
                page: &at("/@bruno/listes"),
                who: bruno(),
                lists: vec![(
                    ListView {
                        id: 3,
                        title: "Boulangers".into(),
                        answers: Answers::None,
                        exclusive: false,
                    },
                    true,
                )],
            }),
        ),
    ]
}

fn said(id: i64, author: AccountView, html: &str, minutes: i64) -> PostView {
    PostView {
        audience: Audience::Direct,
        ..post(id, author, html, NOW - minutes * MINUTE)
    }
}

fn messages(at: &impl Fn(&str) -> Frame) -> Vec<(&'static str, String)> {
    let lucie = me(Role::Resident).account;
    let last = said(
        303,
        bruno(),
        "<p><a href=\"/@lucie\" class=\"u-url mention\">@<span>lucie</span></a> À mardi, alors.</p>",
        5,
    );
    let view = ConversationView {
        id: 7,
        unread: true,
        people: vec![bruno(), marie()],
        last: last.clone(),
    };
    let row = Row::new(&at("/messages"), lucie.id, view.clone());
    let album = PostView {
        media: vec![picture(2, "Le pain de ce matin")],
        ..said(
            302,
            lucie.clone(),
            "<p>@bruno Un gros, s’il vous plaît !</p>",
            30,
        )
    };
    let exchange = Exchange {
        about: view,
        messages: Paged {
            items: vec![
                last,
                album,
                said(301, bruno(), "<p>Gardez-vous un pain ?</p>", 40),
            ],
            next: Some(301),
            prev: None,
        },
    };
    let form = wrong(Asked::of([("text", "Trop long".into())]), "text");
    vec![
        (
            "messages",
            rendered(&ConversationsPage {
                page: &at("/messages"),
                rows: row.into_iter().collect(),
                pages: more(),
            }),
        ),
        (
            "messages-echange",
            rendered(&ConversationPage::new(
                &at("/messages/7"),
                lucie.id,
                &exchange,
                form,
            )),
        ),
        (
            "messages-nouveau",
            rendered(&NewConversationPage {
                page: &at("/messages/nouveau"),
                offered: vec![marie()],
                form: wrong(Asked::of([("a", "@personne".into())]), "a"),
            }),
        ),
    ]
}

fn told(kind: NotificationKind, from: AccountView, post: Option<PostView>) -> NotificationView {
    NotificationView {
        id: 1,
        kind,
        from,
        post,
        at: NOW - HOUR,
        unread: true,
        group: GroupKey::Alone(1),
        held_back: false,
    }
}

fn group(told: Vec<NotificationView>) -> GroupView {
    GroupView {
        key: GroupKey::Alone(1),
        told,
    }
}

fn notices(at: &impl Fn(&str) -> Frame) -> Vec<(&'static str, String)> {
    let page = at("/avis");
    let question = post(7, bruno(), "<p>Qui vient dimanche ?</p>", NOW - HOUR);
    let about = || Some(question.clone());
    let liked = |who| told(NotificationKind::Favourite, who, about());
    let alone = NotificationKind::ALL.map(|kind| group(vec![told(kind, bruno(), about())]));
    let together = [
        group(vec![liked(bruno()), liked(marie())]),
        group(vec![liked(bruno()), liked(marie()), liked(judo())]),
    ];
    let all = together.into_iter().chain(alone);
    let waiting = WaitingView {
        id: 9,
        what: Interaction::Reply,
        from: bruno(),
        about: post(4, marie(), "<p>Le marché</p>", NOW - DAY),
        said: Some(said(9, bruno(), "<p>J’y serai <b>!</b></p>", 3)),
        pictures: 2,
        uri: "https://r.example/notes/9".into(),
        at: NOW - HOUR,
    };
    let request = RequestView {
        from: bruno(),
        count: 2,
        first_at: NOW - DAY,
        last_at: NOW - HOUR,
        last_post: about(),
    };
    vec![
        (
            "avis",
            rendered(&NoticesPage {
                page: &page,
                shown: Tab::All,
                notices: all.filter_map(|it| Notice::new(&page, it)).collect(),
                held: 2,
                waiting: 1,
                pages: more(),
            }),
        ),
        (
            "avis-a-voir",
            rendered(&WaitingPage {
                page: &page,
                waiting: vec![Shown::new(&page, waiting)],
                pages: more(),
            }),
        ),
        (
            "avis-demandes",
            rendered(&HeldPage {
                page: &page,
                held: vec![Held::new(&page, request)],
                pages: more(),
            }),
        ),
    ]
}

fn filter(action: FilterAction) -> FilterView {
    FilterView {
        id: 4,
        title: "Le <b>film</b>".into(),
        contexts: vec![FilterContext::Home, FilterContext::Notifications],
        action,
        expires_at: Some(NOW + DAY),
        keywords: vec![Keyword {
            id: 5,
            filter_id: 4,
            keyword: "facteur".into(),
            whole_word: true,
        }],
        posts: vec![],
    }
}

fn filtered(action: FilterAction, post: PostView) -> PostView {
    PostView {
        filtered: vec![FilterMatch {
            filter: Arc::new(filter(action)),
            keywords: vec!["facteur".into()],
            posts: vec![],
        }],
        ..post
    }
}

fn list(page: &Frame, posts: Vec<PostView>) -> String {
    rendered(&ListPage {
        page,
        heading: "Accueil".into(),
        note: String::new(),
        empty: String::new(),
        posts,
        pages: Pages::default(),
    })
}

fn settings(at: &impl Fn(&str) -> Frame) -> Vec<(&'static str, String)> {
    let folded = filtered(FilterAction::Warn, posts().swap_remove(1));
    vec![
        ("filtre", list(&at("/"), vec![folded])),
        (
            "reglages-filtres",
            rendered(&FiltersPage {
                page: &at("/reglages/filtres"),
                filters: vec![filter(FilterAction::Warn), filter(FilterAction::Hide)],
            }),
        ),
        (
            "reglages-filtre",
            rendered(&FilterForm::new(
                &at("/reglages/filtres/4"),
                Some(filter(FilterAction::Blur)),
                wrong(Asked::of([("mot-5", "facteur".into())]), "keyword"),
            )),
        ),
        (
            "reglages-avis",
            rendered(&NoticesForm {
                page: &at("/reglages/avis"),
                policy: NotificationPolicy::default(),
                chosen: NoticeChoices {
                    choices: Choices::default(),
                    reached: Some(true),
                },
                device: Device {
                    key: "BO3s".into(),
                    told: false,
                },
            }),
        ),
        (
            "nouveau-mot-de-passe",
            rendered(&NewPasswordPage {
                page: &at("/mot-de-passe-oublie/nouveau"),
                form: wrong(Asked::of([("cle", "abc".into())]), "password"),
            }),
        ),
        (
            "arreter-les-lettres",
            rendered(&FromLetterPage {
                page: &at("/avis/lettres/arreter"),
                heading: "Ne plus recevoir de lettres".into(),
                what: "Un seul geste suffit.".into(),
                action: Some(("/avis/lettres/arreter".into(), "Arrêter".into())),
            }),
        ),
        (
            "reglages-personnes",
            rendered(&KeptAwayPage {
                page: &at("/reglages/personnes"),
                blocked: vec![bruno()],
                blocked_pages: more(),
                muted: vec![(marie(), Some(NOW + DAY))],
                muted_pages: Pages::default(),
                servers: vec!["far.example".into()],
                servers_pages: more(),
                form: typed([("domain", "far.example")]),
            }),
        ),
        (
            "reglages-personnes-vide",
            rendered(&KeptAwayPage {
                page: &at("/reglages/personnes"),
                blocked: vec![],
                blocked_pages: Pages::default(),
                muted: vec![],
                muted_pages: Pages::default(),
                servers: vec![],
                servers_pages: Pages::default(),
                form: Typed::default(),
            }),
        ),
    ]
}

#[test]
fn a_filter_folds_or_hides_only_where_it_is_meant_to() {
    let page = |here: &str| frame("fr", Some(me(Role::Resident)), here);
    let shown = |here: &str, action| {
        let met = filtered(action, post(1, bruno(), "<p>Le facteur.</p>", NOW));
        list(&page(here), vec![met])
    };
    let folded = shown("/", FilterAction::Warn);
    assert!(folded.contains("<details class=\"filtered\">"));
    assert!(folded.contains("Le &#60;b&#62;film&#60;/b&#62;"));
    assert!(folded.contains("Le facteur."), "it is there to be opened");
    assert!(!shown("/", FilterAction::Hide).contains("Le facteur."));
    assert!(!shown("/signets?avant=9", FilterAction::Hide).contains("Le facteur."));
    for elsewhere in ["/ville", "/@bruno", "/@bruno/1", "/tags/x"] {
        let open = shown(elsewhere, FilterAction::Hide);
        assert!(open.contains("Le facteur."), "{elsewhere}");
        assert!(!open.contains("class=\"filtered\""), "{elsewhere}");
    }
    let no_pictures = shown("/", FilterAction::Blur);
    assert!(!no_pictures.contains("class=\"filtered\""));
}
