//! Made-up people and posts of every shape, for looking at pages. Knows no page.

use std::sync::Arc;

use axum::http::HeaderMap;
use parvis_model::{
    account::{AccountKind, Registration, Role},
    appearance::Appearance,
    audience::Audience,
    clock::{DAY, HOUR, MINUTE, Timestamp},
    locale::Locale,
    policy::{Allowed, Consent},
};
use parvis_town::{
    AccountView, MediaView, PostView, Profile,
    accounts::Relation,
    announcements::AnnouncementView,
    polls::{OptionView, PollView},
    quotes::{QuoteState, QuoteView, Quoting},
    sessions::SessionView,
    threads::Thread,
    views::{FieldView, MentionView, Mine, PostKind},
};

use crate::{
    announcements::Announced,
    frame::{Frame, Me},
    visit::Visit,
};

/// Saturday, 21 November 2026, 10:00 in Paris.
pub const NOW: Timestamp = 1_795_251_600_000;

pub fn frame(language: &str, me: Option<Me>, here: &str) -> Frame {
    Frame {
        town: Arc::new(town()),
        host: "valmont.localhost:8000".into(),
        locale: Locale::of(language),
        now: NOW,
        unread: if me.is_some() { 3 } else { 0 },
        unread_messages: i64::from(me.is_some()),
        requests: if me.is_some() { 2 } else { 0 },
        me,
        here: here.into(),
        flash: (here == "/").then_some("done-published"),
        look: Appearance::default(),
        visit: Arc::new(Visit::of(
            "http://valmont.localhost:8000",
            "town",
            &HeaderMap::new(),
        )),
    }
}

pub fn town() -> Profile {
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

pub fn person(
    id: i64,
    name: &str,
    display_name: &str,
    domain: &str,
    kind: AccountKind,
) -> AccountView {
    let acct = if domain.is_empty() {
        name.to_owned()
    } else {
        format!("{name}@{domain}")
    };
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
        moved_to: None,
        attribution_domains: Vec::new(),
        local: domain.is_empty(),
    }
}

pub fn marie() -> AccountView {
    person(5, "marie", "Marie Lefèvre", "", AccountKind::Person)
}

pub fn bruno() -> AccountView {
    person(
        6,
        "bruno",
        "Bruno Keller",
        "rivebelle.localhost:8000",
        AccountKind::Person,
    )
}

pub fn judo() -> AccountView {
    person(
        9,
        "judo",
        "Judo Club de Valmont",
        "",
        AccountKind::Organization,
    )
}

pub fn me(role: Role) -> Me {
    Me {
        account: person(12, "lucie", "Lucie Moreau", "", AccountKind::Person),
        role,
    }
}

pub fn post(id: i64, author: AccountView, html: &str, at: Timestamp) -> PostView {
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
        poll: None,
        preview: None,
        consent: None,
        mentions: Vec::new(),
        tags: Vec::new(),
        replies: 6,
        boosts: 11,
        favourites: 28,
        quotes: 0,
        quote: None,
        quoting: Quoting {
            allowed: Allowed::EVERYONE,
            me: Consent::AtOnce,
        },
        mine: Some(Mine::default()),
        filtered: Vec::new(),
        boost_of: None,
        group: None,
        in_group: false,
    }
}

pub fn picture(id: i64, description: &str) -> MediaView {
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
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}

/// Posts of every shape.
pub fn posts() -> Vec<PostView> {
    let open_day = PostView {
        media: vec![picture(
            1,
            "Le gymnase vu du stade, \"collines\" à l’arrière-plan",
        )],
        mine: Some(Mine {
            favourited: true,
            ..Mine::default()
        }),
        ..post(
            101,
            judo(),
            "<p>Portes ouvertes samedi de 14 h à 17 h au gymnase. Venez essayer en chaussettes, on prête les kimonos !</p>",
            NOW - 12 * MINUTE,
        )
    };
    let plants = post(
        102,
        bruno(),
        "<p>Il me reste une vingtaine de plants de tomates (cœur de bœuf, noire de Crimée). Je passe au marché de Valmont dimanche, qui en veut ?</p><p><a href=\"/tags/jardin\" class=\"mention hashtag\" rel=\"tag\">#<span>jardin</span></a></p>",
        NOW - HOUR,
    );
    let quote = QuoteView {
        state: QuoteState::Accepted,
        post: Some(Arc::new(plants.clone())),
        uri: plants.uri.clone(),
        stamp: None,
        request: None,
        author: Some(plants.author.id),
    };
    let shared = PostView {
        boost_of: Some(Arc::new(plants)),
        ..post(103, marie(), "", NOW - 30 * MINUTE)
    };
    let warned = PostView {
        summary: "Fin du film projeté vendredi".into(),
        audience: Audience::Followers,
        edited_at: Some(NOW),
        replies: 0,
        boosts: 0,
        favourites: 0,
        quote: Some(quote),
        ..post(
            104,
            marie(),
            "<p>Le facteur savait tout.</p><blockquote><p>Et moi donc.</p></blockquote>",
            NOW - 5 * HOUR,
        )
    };
    let album = PostView {
        media: (2..=4).map(|n| picture(n, "Un étal du marché")).collect(),
        audience: Audience::Town,
        mine: Some(Mine {
            author: true,
            bookmarked: true,
            ..Mine::default()
        }),
        ..post(
            105,
            me(Role::Resident).account,
            "<p>Le marché de ce matin. Merci à <a href=\"/@marie\" class=\"u-url mention\">@<span>marie</span></a> pour le pain, et à qui a retrouvé mon parapluie : une adresse très longue https://exemple.fr/une/adresse/qui/ne/finit/pas/et/qui/continue/encore/longtemps</p>",
            NOW - 26 * HOUR,
        )
    };
    let sensitive = PostView {
        sensitive: true,
        media: vec![
            picture(5, ""),
            MediaView {
                mime: "audio/ogg".into(),
                ..picture(6, "Le clocher à midi")
            },
        ],
        title: Some("Travaux rue du Moulin".into()),
        kind: PostKind::Article,
        reply_to: Some(1),
        reply_to_account: Some(5),
        mentions: vec![MentionView {
            id: 5,
            acct: "marie".into(),
            name: "marie".into(),
            uri: String::new(),
            url: String::new(),
            path: "/@marie".into(),
        }],
        audience: Audience::Unlisted,
        ..post(
            106,
            bruno(),
            "<p>La chaussée après l’orage.</p>",
            NOW - 9 * DAY,
        )
    };
    vec![
        shared,
        open_day,
        warned,
        album,
        sensitive,
        asking(),
        asked(),
    ]
}

fn options(answers: &[(&str, i64, bool)]) -> Vec<OptionView> {
    let option = |(title, votes, mine): &(&str, i64, bool)| OptionView {
        title: (*title).into(),
        votes: Some(*votes),
        mine: *mine,
    };
    answers.iter().map(option).collect()
}

/// A poll that is open to who looks.
fn asking() -> PostView {
    let poll = PollView {
        options: options(&[("Samedi", 0, false), ("Dimanche, de 9 h à midi", 0, false)]),
        multiple: false,
        hide_totals: false,
        expires_at: Some(NOW + 3 * DAY),
        closed_at: None,
        over: false,
        votes: 0,
        voters: Some(0),
        voted: false,
    };
    PostView {
        kind: PostKind::Question,
        poll: Some(poll),
        ..post(107, marie(), "<p>Le marché, quel jour ?</p>", NOW - HOUR)
    }
}

/// One that is over.
fn asked() -> PostView {
    let poll = PollView {
        options: options(&[
            ("La fanfare", 12, true),
            ("<b>Le bal</b>", 25, true),
            ("Rien", 0, false),
        ]),
        multiple: true,
        hide_totals: true,
        expires_at: Some(NOW - DAY),
        closed_at: Some(NOW - DAY),
        over: true,
        votes: 37,
        voters: Some(30),
        voted: true,
    };
    PostView {
        kind: PostKind::Question,
        poll: Some(poll),
        ..post(
            108,
            bruno(),
            "<p>Que voulez-vous à la fête ?</p>",
            NOW - 4 * DAY,
        )
    }
}

pub fn thread() -> Thread {
    let question = post(
        200,
        marie(),
        "<p>Qui a vu passer un chat gris, rue des Lilas ?</p>",
        NOW - 3 * HOUR,
    );
    let chosen = PostView {
        reply_to: Some(200),
        reply_to_account: Some(5),
        media: vec![picture(1, "Un chat gris sur un mur")],
        ..post(
            201,
            bruno(),
            "<p>Il dort sur le mur de la boulangerie, voyez vous-même.</p>",
            NOW - 2 * HOUR,
        )
    };
    let answers = (0..6).map(|n| PostView {
        reply_to: Some(201 + n),
        audience: Audience::Direct,
        ..post(
            202 + n,
            if n % 2 == 0 { marie() } else { judo() },
            "<p>Merci, j’y vais avec des croquettes !</p>",
            NOW - HOUR + n * MINUTE,
        )
    });
    Thread {
        ancestors: vec![question],
        post: chosen,
        descendants: answers.collect(),
    }
}

pub fn relation() -> Relation {
    Relation {
        followed_by: true,
        requested_by: true,
        ..Relation::default()
    }
}

pub fn session(current: bool) -> SessionView {
    SessionView {
        id: 1,
        created_at: NOW - DAY,
        last_seen_at: NOW - HOUR,
        user_agent: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0".into(),
        network: "192.0.2.7".into(),
        current,
    }
}

pub fn announced(page: &Frame) -> Vec<Announced> {
    let about = |html: &str, ends_at: Option<i64>| {
        let view = AnnouncementView {
            id: 1,
            text: String::new(),
            html: html.into(),
            starts_at: ends_at.map(|end| end - DAY),
            ends_at,
            all_day: true,
            published_at: NOW - HOUR,
            put_away: false,
            reactions: Vec::new(),
        };
        Announced::new(page, view)
    };
    vec![
        about(
            "<p>La rue du Moulin est fermée pour travaux.</p>",
            Some(NOW + 3 * DAY),
        ),
        about("<p>La bibliothèque cherche des bénévoles.</p>", None),
    ]
}
