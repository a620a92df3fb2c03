//! People and posts who do not exist, for the styleguide and for the tests of pages. Knows no page.

use std::sync::Arc;

use parvis_model::{
    account::AccountKind,
    audience::Audience,
    clock::{DAY, HOUR, Timestamp},
    policy::{Allowed, Consent, Policy},
};
use parvis_town::{
    AccountView, MediaView, PostView,
    polls::{OptionView, PollView},
    quotes::Quoting,
    views::{FieldView, Mine, PostKind},
};

/// Saturday, 21 November 2026, 10:00 in Paris.
pub const NOW: Timestamp = 1_795_251_600_000;

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
        avatar_description: String::new(),
        header_description: String::new(),
        emojis: Vec::new(),
        fields: vec![
            FieldView { name: "Horaires".into(), value_html: "7 h – 13 h".into(), value_source: "7 h – 13 h".into(), verified_at: None },
            FieldView {
                name: "Site".into(),
                value_html: "<a href=\"https://pain.example\" rel=\"nofollow noopener noreferrer\">pain.example</a>".into(),
                value_source: "https://pain.example".into(),
                verified_at: Some(NOW - DAY),
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
        hides_follows: false,
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

pub fn lucie() -> AccountView {
    person(12, "lucie", "Lucie Moreau", "", AccountKind::Person)
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
        emojis: Vec::new(),
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
        policy: Policy::default(),
        mine: Some(Mine::default()),
        filtered: Vec::new(),
        brought_by: None,
        boost_of: None,
        group: None,
        in_group: false,
        closed: false,
        taken_out: None,
    }
}

/// At one of the pictures that every town has.
pub fn picture(origin: &str, id: i64, description: &str) -> MediaView {
    let url = format!("{origin}/thumbnail-default.png");
    MediaView {
        id,
        preview_url: url.clone(),
        url,
        remote_url: None,
        mime: "image/jpeg".into(),
        description: description.into(),
        width: 1200,
        height: 630,
        preview_width: 640,
        preview_height: 336,
        blurhash: None,
        focus: (0.0, 0.0),
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}

pub fn options(answers: &[(&str, i64, bool)]) -> Vec<OptionView> {
    let option = |(title, votes, mine): &(&str, i64, bool)| OptionView {
        title: (*title).into(),
        votes: Some(*votes),
        mine: *mine,
    };
    answers.iter().map(option).collect()
}

/// A poll that is open to who looks.
pub fn asking() -> PostView {
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
pub fn asked() -> PostView {
    let poll = PollView {
        options: options(&[
            ("La fanfare", 12, true),
            ("Le bal", 25, true),
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
