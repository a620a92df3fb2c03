//! Every page rendered with made-up people in every language: nothing may break, no word may be missing. With
//! `PARVIS_PAGES=folder` the pages are also written there, to be looked at.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use askama::Template;
use axum::http::HeaderMap;
use parvis_model::{
    account::{AccountKind, Registration, Role},
    audience::Audience,
    clock::{DAY, HOUR, MINUTE, Timestamp},
    locale::Locale,
};
use parvis_town::{
    AccountView, MediaView, PostView, Profile,
    accounts::Relation,
    invitations::InvitationView,
    notifications::{NotificationKind, NotificationView},
    sessions::SessionView,
    threads::Thread,
    views::{FieldView, MentionView, Mine, PostKind, TagView},
};

use crate::{
    about::AboutPage,
    asked::Asked,
    card::Card,
    frame::{Frame, Me, Pages, Typed},
    home::{HomePage, LandingPage, TownPage},
    lists::ListPage,
    log_in::{LogInPage, RecoverPage},
    notices::NoticesPage,
    people::{ConfirmPage, PeoplePage, RequestsPage},
    posts::{PostPage, cards},
    profile::ProfilePage,
    search::SearchPage,
    set_up::{SetUpPage, described},
    settings::{AccountForm, KeptAwayPage, ProfileForm, SessionsPage},
    sign_up::{SignUpPage, SignedUpPage},
    staff::{SignUpsPage, TownForm, Waiting},
    visit::Visit,
    write::{Composing, WritePage},
};

/// Saturday, 21 November 2026, 10:00 in Paris.
const NOW: Timestamp = 1_795_251_600_000;

fn frame(language: &str, me: Option<Me>, here: &str) -> Frame {
    Frame {
        town: Arc::new(town()),
        host: "valmont.localhost:8000".into(),
        locale: Locale::of(language),
        now: NOW,
        unread: if me.is_some() { 3 } else { 0 },
        requests: if me.is_some() { 2 } else { 0 },
        me,
        here: here.into(),
        flash: (here == "/").then_some("done-published"),
        visit: Arc::new(Visit::of("http://valmont.localhost:8000", "town", &HeaderMap::new())),
    }
}

fn town() -> Profile {
    Profile {
        name: "Valmont".into(),
        summary: "La place de Valmont et de ses hameaux : nouvelles, coups de main, fêtes et questions à la mairie.".into(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        registration: Registration::Approval,
        contact: Some("mairie@valmont.example, 04 00 00 00 00".into()),
        rules: vec![
            "On se parle comme au marché : avec respect.".into(),
            "Pas de démarchage.".into(),
            "Ce qui est privé reste privé.".into(),
        ],
        hue: 163,
        set_up: true,
        actor_id: 1,
        secret: "town".into(),
        created_at: NOW - 90 * DAY,
    }
}

fn person(id: i64, name: &str, display_name: &str, domain: &str, kind: AccountKind) -> AccountView {
    let acct = if domain.is_empty() { name.to_owned() } else { format!("{name}@{domain}") };
    AccountView {
        id,
        kind,
        name: name.into(),
        domain: domain.into(),
        path: format!("/@{acct}"),
        handle: if domain.is_empty() { format!("{name}@valmont.localhost:8000") } else { acct.clone() },
        acct,
        display_name: display_name.into(),
        bio_html: "<p>Boulangère rue du Moulin. Pain au levain le mardi et le <a href=\"/tags/samedi\">#samedi</a>.</p>".into(),
        bio_source: "Boulangère rue du Moulin.".into(),
        avatar: None,
        header: None,
        fields: vec![
            FieldView { name: "Horaires".into(), value_html: "7 h – 13 h".into(), value_source: "7 h – 13 h".into() },
            FieldView {
                name: "Site".into(),
                value_html: "<a href=\"https://pain.example\" rel=\"nofollow noopener noreferrer\">pain.example</a>".into(),
                value_source: "https://pain.example".into(),
            },
        ],
        locked: false,
        discoverable: true,
        indexable: true,
        uri: format!("http://x.localhost/ap/actors/{id}"),
        url: format!("http://x.localhost/@{name}"),
        posts: 1,
        followers: 128,
        following: 57,
        created_at: NOW - 60 * DAY,
        updated_at: NOW,
        last_post_at: Some(NOW),
        suspended: false,
        local: domain.is_empty(),
    }
}

fn marie() -> AccountView {
    person(5, "marie", "Marie Lefèvre", "", AccountKind::Person)
}

fn bruno() -> AccountView {
    person(6, "bruno", "Bruno Keller", "rivebelle.localhost:8000", AccountKind::Person)
}

fn judo() -> AccountView {
    person(9, "judo", "Judo Club de Valmont", "", AccountKind::Organization)
}

fn me(role: Role) -> Me {
    Me { account: person(12, "lucie", "Lucie Moreau", "", AccountKind::Person), role }
}

fn post(id: i64, author: AccountView, html: &str, at: Timestamp) -> PostView {
    PostView {
        id,
        uri: format!("http://x.localhost/ap/objects/{id}"),
        url: format!("http://x.localhost/@{}/{id}", author.name),
        path: format!("{}/{id}", author.path),
        local: author.local,
        author: Arc::new(author),
        audience: Audience::Public,
        kind: PostKind::Note,
        title: None,
        html: html.into(),
        source: Some("Portes ouvertes samedi".into()),
        summary: String::new(),
        sensitive: false,
        language: Some("fr".into()),
        created_at: at,
        edited_at: None,
        reply_to: None,
        reply_to_uri: None,
        reply_to_account: None,
        thread: id,
        media: Vec::new(),
        mentions: Vec::new(),
        tags: Vec::new(),
        replies: 6,
        boosts: 11,
        favourites: 28,
        mine: Some(Mine::default()),
        boost_of: None,
    }
}

fn picture(id: i64, description: &str) -> MediaView {
    MediaView {
        id,
        url: format!("http://127.0.0.1:8099/scene-{id}.svg"),
        preview_url: format!("http://127.0.0.1:8099/scene-{id}.svg"),
        remote_url: None,
        mime: "image/jpeg".into(),
        description: description.into(),
        width: 1600,
        height: 900,
        preview_width: 640,
        preview_height: 360,
        blurhash: None,
        focus: (0.0, 0.0),
    }
}

/// Posts of every shape.
fn posts() -> Vec<PostView> {
    let open_day = PostView {
        media: vec![picture(1, "Le gymnase vu du stade, \"collines\" à l’arrière-plan")],
        mine: Some(Mine { favourited: true, ..Mine::default() }),
        ..post(101, judo(), "<p>Portes ouvertes samedi de 14 h à 17 h au gymnase. Venez essayer en chaussettes, on prête les kimonos !</p>", NOW - 12 * MINUTE)
    };
    let plants = post(102, bruno(), "<p>Il me reste une vingtaine de plants de tomates (cœur de bœuf, noire de Crimée). Je passe au marché de Valmont dimanche, qui en veut ?</p><p><a href=\"/tags/jardin\" class=\"mention hashtag\" rel=\"tag\">#<span>jardin</span></a></p>", NOW - HOUR);
    let shared = PostView { boost_of: Some(Arc::new(plants)), ..post(103, marie(), "", NOW - 30 * MINUTE) };
    let warned = PostView {
        summary: "Fin du film projeté vendredi".into(),
        audience: Audience::Followers,
        edited_at: Some(NOW),
        replies: 0,
        boosts: 0,
        favourites: 0,
        ..post(104, marie(), "<p>Le facteur savait tout.</p><blockquote><p>Et moi donc.</p></blockquote>", NOW - 5 * HOUR)
    };
    let album = PostView {
        media: (2..=4).map(|n| picture(n, "Un étal du marché")).collect(),
        audience: Audience::Town,
        mine: Some(Mine { author: true, bookmarked: true, ..Mine::default() }),
        ..post(105, me(Role::Resident).account, "<p>Le marché de ce matin. Merci à <a href=\"/@marie\" class=\"u-url mention\">@<span>marie</span></a> pour le pain, et à qui a retrouvé mon parapluie : une adresse très longue https://exemple.fr/une/adresse/qui/ne/finit/pas/et/qui/continue/encore/longtemps</p>", NOW - 26 * HOUR)
    };
    let sensitive = PostView {
        sensitive: true,
        media: vec![picture(5, ""), MediaView { mime: "audio/ogg".into(), ..picture(6, "Le clocher à midi") }],
        title: Some("Travaux rue du Moulin".into()),
        kind: PostKind::Article,
        reply_to: Some(1),
        reply_to_account: Some(5),
        mentions: vec![MentionView { id: 5, acct: "marie".into(), name: "marie".into(), uri: String::new(), url: String::new(), path: "/@marie".into() }],
        audience: Audience::Unlisted,
        ..post(106, bruno(), "<p>La chaussée après l’orage.</p>", NOW - 9 * DAY)
    };
    vec![shared, open_day, warned, album, sensitive]
}

fn thread() -> Thread {
    let question = post(200, marie(), "<p>Qui a vu passer un chat gris, rue des Lilas ?</p>", NOW - 3 * HOUR);
    let chosen = PostView {
        reply_to: Some(200),
        reply_to_account: Some(5),
        media: vec![picture(1, "Un chat gris sur un mur")],
        ..post(201, bruno(), "<p>Il dort sur le mur de la boulangerie, voyez vous-même.</p>", NOW - 2 * HOUR)
    };
    let answers = (0..6).map(|n| PostView {
        reply_to: Some(201 + n),
        audience: Audience::Direct,
        ..post(202 + n, if n % 2 == 0 { marie() } else { judo() }, "<p>Merci, j’y vais avec des croquettes !</p>", NOW - HOUR + n * MINUTE)
    });
    Thread { ancestors: vec![question], post: chosen, descendants: answers.collect() }
}

fn relation() -> Relation {
    Relation { followed_by: true, requested_by: true, ..Relation::default() }
}

fn wrong(values: Asked, field: &'static str) -> Typed {
    Typed::new(values).with_wrong(Some(field), "Ce nom est déjà pris : essayez avec votre prénom et le début du nom.".into())
}

fn typed<const N: usize>(values: [(&str, &str); N]) -> Typed {
    Typed::new(Asked::of(values.map(|(name, value)| (name, value.to_owned()))))
}

fn rendered(template: &impl Template) -> String {
    template.render().unwrap()
}

/// All pages: name and mark-up.
fn all(language: &str) -> Vec<(&'static str, String)> {
    let at = |here: &str| frame(language, Some(me(Role::Resident)), here);
    let visitor = |here: &str| frame(language, None, here);
    let staff = |here: &str| frame(language, Some(me(Role::Admin)), here);
    let more = || Pages { older: Some("/?avant=5".into()), newest: None };
    let thread = thread();
    let question = post(7, bruno(), "<p>Qui vient dimanche ?</p>", NOW - HOUR);
    let visitor_posts = || posts().into_iter().map(|post| PostView { mine: None, ..post }).collect::<Vec<_>>();
    let full = Composing {
        tall: true,
        answers: Some(question.clone()),
        kept: vec![picture(1, "Un étal")],
        language: "fr".into(),
        ..Composing::quick(Audience::Town)
    };
    let notice = |kind, post: Option<PostView>, unread| {
        NotificationView { id: 1, kind, from: bruno(), post, at: NOW - HOUR, unread }.into()
    };
    vec![
        ("accueil", rendered(&HomePage { page: &at("/"), posts: posts(), pages: Pages::default(), compose: Composing::quick(Audience::Public), form: Typed::default() })),
        ("accueil-vide", rendered(&HomePage { page: &at("/"), posts: vec![], pages: Pages::default(), compose: Composing::quick(Audience::Public), form: Typed::default() })),
        ("bienvenue", rendered(&LandingPage { page: &visitor("/"), posts: visitor_posts(), pages: more() })),
        ("ville", rendered(&TownPage { page: &at("/ville"), posts: posts(), pages: more() })),
        ("profil", rendered(&ProfilePage { page: &at("/@bruno@rivebelle.localhost:8000"), who: bruno(), relation: relation(), mine: false, shown: "", posts: posts(), pages: more() })),
        ("profil-moi", rendered(&ProfilePage { page: &at("/@lucie"), who: AccountView { header: Some("http://127.0.0.1:8099/scene-2.svg".into()), avatar: Some("http://127.0.0.1:8099/scene-3.svg".into()), ..me(Role::Resident).account }, relation: Relation::default(), mine: true, shown: "images", posts: vec![], pages: Pages::default() })),
        ("abonnes", rendered(&PeoplePage { page: &at("/@marie/abonnes"), heading: "Abonnés de Marie".into(), empty: String::new(), back: Some(("/@marie".into(), "Marie".into())), people: vec![(bruno(), Relation::default()), (judo(), Relation { following: true, ..Relation::default() })], pages: more() })),
        ("message", rendered(&PostPage { page: &at("/@bruno/201"), name: "Bruno", indexable: false, cards: cards(&thread), compose: Some(Composing::answer(thread.post.clone())), form: typed([("text", "@bruno ")]) })),
        ("message-visiteur", rendered(&PostPage { page: &visitor("/@bruno/201"), name: "Bruno", indexable: true, cards: cards(&thread), compose: None, form: Typed::default() })),
        ("ecrire", rendered(&WritePage { page: &at("/ecrire"), heading: "Écrire".into(), question: Some(Card::new(&question)), compose: &full, form: wrong(Asked::of([("text", "Bonjour".into())]), "text") })),
        ("supprimer", rendered(&ConfirmPage { page: &at("/@lucie/105/supprimer"), heading: "Supprimer ?".into(), what: "Pour de bon.".into(), yes: "Supprimer".into(), action: "/x".into(), back: "/".into(), card: Some(Card::new(&question)) })),
        ("avis", rendered(&NoticesPage { page: &at("/avis"), notices: vec![notice(NotificationKind::Mention, Some(question.clone()), true), notice(NotificationKind::FollowRequest, None, true), notice(NotificationKind::Boost, Some(question.clone()), false), notice(NotificationKind::Post, Some(question.clone()), false), notice(NotificationKind::SignUp, None, false)], pages: more() })),
        ("demandes", rendered(&RequestsPage { page: &at("/demandes"), people: vec![bruno(), marie()], pages: Pages::default() })),
        ("recherche", rendered(&SearchPage { page: &at("/recherche?q=chat"), query: "chat", trouble: Some("Ce serveur ne répond pas.".into()), people: vec![(bruno(), Relation::default())], posts: posts(), tags: vec![TagView { name: "jardin".into(), key: "jardin".into(), path: "/tags/jardin".into() }], pages: Pages::default() })),
        ("signets", rendered(&ListPage { page: &at("/signets"), heading: "Signets".into(), note: "Pour plus tard.".into(), empty: "Rien.".into(), posts: vec![], pages: Pages::default() })),
        ("a-propos", rendered(&AboutPage { page: &visitor("/a-propos"), staff: vec![marie()] })),
        ("connexion", rendered(&LogInPage { page: &visitor("/connexion"), form: Typed::new(Asked::default()).with_wrong(None, "Le nom ou le mot de passe ne va pas.".into()) })),
        ("mot-de-passe-oublie", rendered(&RecoverPage { page: &visitor("/mot-de-passe-oublie"), form: Typed::default() })),
        ("inscription", rendered(&SignUpPage::new(&visitor("/inscription"), wrong(Asked::of([("name", "marie".into())]), "name")))),
        ("codes", rendered(&SignedUpPage { page: &visitor("/inscription"), heading: "Bienvenue !".into(), what: "Votre compte est ouvert.".into(), codes: vec!["lune-7k2f-orme".into(); 8], next: ("/reglages/profil", "Compléter".into()) })),
        ("preparer", rendered(&SetUpPage { page: &visitor("/bienvenue"), form: Typed::new(described(&visitor("/bienvenue"))) })),
        ("reglages-profil", rendered(&ProfileForm::new(&at("/reglages/profil"), typed([("display_name", "Lucie Moreau"), ("locked", "1"), ("field-name-1", "Site")])))),
        ("reglages-compte", rendered(&AccountForm { page: &at("/reglages/compte"), form: Typed::default() })),
        ("reglages-sessions", rendered(&SessionsPage { page: &at("/reglages/sessions"), sessions: vec![session(true), session(false)] })),
        ("reglages-personnes", rendered(&KeptAwayPage { page: &at("/reglages/personnes"), blocked: vec![bruno()], blocked_pages: more(), muted: vec![], muted_pages: Pages::default() })),
        ("mairie-inscriptions", rendered(&SignUpsPage { page: &staff("/mairie/inscriptions"), waiting: vec![Waiting { user: 4, name: "hugo".into(), email: "hugo@exemple.fr".into(), reason: "J’habite rue du Lavoir.".into(), at: NOW - DAY }], invitations: vec![InvitationView { code: "lune-7k2f".into(), uses_left: 3, expires_at: NOW + 9 * DAY }], invitation: Some("lune-7k2f".into()), form: typed([("uses", "1")]) })),
        ("mairie-reglages", rendered(&TownForm { page: &staff("/mairie/reglages"), form: Typed::new(described(&staff("/"))) })),
        ("erreur", rendered(&crate::fault::ErrorPage { page: &visitor("/x"), heading: "Cette page n’existe pas".into(), what: "Elle a pu être effacée.".into(), operation: Some("18c1a2".into()) })),
    ]
}

fn session(current: bool) -> SessionView {
    SessionView {
        id: 1,
        created_at: NOW - DAY,
        last_seen_at: NOW - HOUR,
        user_agent: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0".into(),
        network: "192.0.2.7".into(),
        current,
    }
}

#[test]
fn every_page_renders_in_every_language() {
    for (code, _) in Locale::all() {
        for (name, html) in all(code) {
            assert!(html.contains(&format!("<html lang=\"{code}\">")), "{name}");
            assert!(html.contains("</html>"), "{name}");
            assert!(!html.contains("style=") && !html.contains("<style") && !html.contains(" onclick"), "{name}");
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
        media: vec![MediaView { url: "data:text/html,x".into(), ..picture(1, "\" onerror=\"alert(1)") }],
        ..post(1, who.clone(), "", NOW)
    };
    let page = frame("fr", Some(me(Role::Resident)), "/x");
    let html = rendered(&ProfilePage { page: &page, who, relation: Relation::default(), mine: false, shown: "", posts: vec![nasty], pages: Pages::default() });
    for bad in ["<script>alert", "<img src=x", "<svg onload", "lang=\"fr\" onfocus", "href=\"javascript:", "href=\"data:", "\" onerror="] {
        assert!(!html.contains(bad), "{bad}");
    }
}

fn keep(name: &str, code: &str, html: &str) {
    let Ok(folder) = std::env::var("PARVIS_PAGES") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets")).unwrap();
    fs::write(folder.join(format!("{name}.{code}.html")), html).unwrap();
    for asset in ["parvis.css", "compose.js", "icon.svg"] {
        let path = crate::assets::path(asset);
        fs::write(folder.join(&path[1..]), crate::assets::plain(asset)).unwrap();
    }
}

/// Our own messages: all of this crate's files, but not the moments and refusals that other crates speak.
const FILES: [&str; 5] = ["pages", "posts", "people", "accounts", "town"];

fn frontend() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend")
}

fn defined(language: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in FILES {
        let text = fs::read_to_string(frontend().join(format!("locales/{language}/{file}.ftl"))).unwrap();
        let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        keys.extend(lines.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()));
    }
    keys
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.file_name().is_none_or(|name| name != "samples.rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Every quoted word of the templates and of this crate.
fn quoted() -> (String, BTreeSet<String>) {
    let mut text = String::new();
    sources(&frontend().join("templates"), &mut text);
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let words = text.split('"').map(str::to_owned).collect();
    (text, words)
}

#[test]
fn no_word_is_missing() {
    let known = defined("fr");
    let (text, _) = quoted();
    for call in [".t(\"", ".tn(\"", ".tw(\""] {
        for rest in text.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(known.contains(key), "{key} stands in no locale file");
        }
    }
}

#[test]
fn no_word_is_left_over_and_languages_agree() {
    let (_, used) = quoted();
    let left: Vec<_> = defined("fr").into_iter().filter(|key| !used.contains(key)).collect();
    assert!(left.is_empty(), "unused: {left:?}");
    for (code, _) in Locale::all() {
        assert_eq!(defined(code), defined("fr"), "{code}");
    }
}
