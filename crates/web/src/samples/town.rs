//! Made-up people and posts of every shape, for looking at pages. Knows no page.

use std::sync::Arc;

use axum::http::HeaderMap;
use parvis_model::{
    account::{Registration, Role},
    appearance::Appearance,
    audience::Audience,
    clock::{DAY, HOUR, MINUTE},
    locale::Locale,
};
use parvis_town::{
    MediaView, PostView, Profile,
    accounts::Relation,
    announcements::AnnouncementView,
    look::Look,
    quotes::{QuoteState, QuoteView},
    sessions::SessionView,
    threads::Thread,
    views::{MentionView, Mine, PostKind},
};

pub use crate::styleguide::made_up::{NOW, bruno, judo, marie, post};
use crate::{
    announcements::Announced,
    frame::{Frame, Me},
    styleguide::made_up::{self, asked, asking, lucie},
    visit::Visit,
};

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
        flash: (here == "/").then(|| "done-published".to_owned()),
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
        summary_at: Some(NOW - 90 * DAY),
        privacy: "La machine est à la mairie.\n\nDéléguée à la protection des données : dpo@valmont.example".into(),
        privacy_at: Some(NOW - 30 * DAY),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        registration: Registration::Approval,
        inviters: Role::Resident,
        contact: Some("mairie@valmont.example, 04 00 00 00 00".into()),
        rules: vec![
            "On se parle comme au marché : avec respect.".into(),
            "Pas de démarchage.".into(),
            "Ce qui est privé reste privé.".into(),
        ],
        hue: 163,
        look: Look::default(),
        set_up: true,
        has_neighbours: true,
        actor_id: 1,
        secret: "town".into(),
        created_at: NOW - 90 * DAY,
    }
}

pub fn me(role: Role) -> Me {
    Me {
        account: lucie(),
        role,
    }
}

pub fn picture(id: i64, description: &str) -> MediaView {
    made_up::picture("http://valmont.localhost:8000", id, description)
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
        within: None,
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
