//! The states of posts, notices, messages and reports that the styleguide shows. Knows no page.

use std::sync::Arc;

use parvis_model::{
    account::AccountKind,
    audience::Audience,
    clock::{DAY, HOUR, MINUTE},
};
use parvis_town::{
    AccountView, PostView,
    consents::{ReplyConsent, ReplyState},
    emojis::EmojiView,
    filters::{FilterAction, FilterContext, FilterMatch, FilterView},
    polls::PollView,
    previews::{PreviewKind, PreviewView},
    quotes::{QuoteState, QuoteView},
    reports::{Category, ReportView},
    views::{Mine, TagView},
};

use super::made_up::{
    NOW, asked, asking, bruno, judo, lucie, marie, options, person, picture, post,
};
use crate::{card::Card, notices::Notice};

/// A post, and the key of what it is an example of.
pub struct State {
    pub key: &'static str,
    pub post: PostView,
    pinned: bool,
    chosen: bool,
}

impl State {
    fn of(key: &'static str, post: PostView) -> Self {
        Self {
            key,
            post,
            pinned: false,
            chosen: false,
        }
    }

    pub fn card(&self) -> Card<'_> {
        let card = Card::new(&self.post);
        let card = if self.pinned { card.pinned() } else { card };
        if self.chosen { card.chosen() } else { card }
    }
}

/// `origin`: of the town, whose pictures are shown.
pub fn all(origin: &str) -> Vec<State> {
    let mut states = plain();
    states.extend(with_pictures(origin));
    states.extend(with_polls());
    states.extend(with_others(origin));
    states
}

fn plain() -> Vec<State> {
    let market = "<p>Le marché est déplacé place du Lavoir ce samedi. Venez nombreux !</p>";
    let long = "<p>La commission des chemins a marché toute la matinée.</p>".to_owned()
        + &"<p>Le sentier du bas est dégagé jusqu’au gué, le pont de bois attend deux planches, et les haies seront taillées après les nids.</p>".repeat(4)
        + "<ul><li>mardi : le gué</li><li>jeudi : les haies</li></ul><blockquote><p>Il faudrait une échelle.</p></blockquote><p>La carte : <a href=\"/styleguide/messages\">exemple.fr/une/adresse/qui/ne/finit/pas/et/qui/continue/encore/longtemps</a></p>";
    let warned = PostView {
        summary: "Fin du film projeté vendredi".into(),
        ..post(12, marie(), "<p>Le facteur savait tout.</p>", NOW - HOUR)
    };
    let edited = PostView {
        edited_at: Some(NOW - MINUTE),
        audience: Audience::Followers,
        ..post(14, bruno(), market, NOW - DAY)
    };
    let titled = PostView {
        title: Some("Travaux rue du Moulin".into()),
        ..post(15, judo(), "<p>La chaussée est ouverte.</p>", NOW - DAY)
    };
    let arabic = PostView {
        language: Some("ar".into()),
        ..post(
            19,
            AccountView {
                display_name: "ليلى بن سالم".into(),
                ..lucie()
            },
            "<p>السوق يوم السبت في ساحة المغسلة، أهلا بكم جميعا.</p>",
            NOW - HOUR,
        )
    };
    let word = "anticonstitutionnellement".repeat(8);
    let endless = post(20, long_name(), &format!("<p>{word}</p>"), NOW - HOUR);
    let filtered = PostView {
        filtered: vec![FilterMatch {
            filter: Arc::new(FilterView {
                id: 1,
                title: "Élections".into(),
                contexts: vec![FilterContext::Public],
                action: FilterAction::Warn,
                expires_at: None,
                keywords: vec![],
                posts: vec![],
            }),
            keywords: vec!["campagne".into()],
            posts: vec![],
        }],
        ..post(18, bruno(), "<p>La campagne commence lundi.</p>", NOW - DAY)
    };
    vec![
        State::of("guide-post-filtered", filtered),
        State::of("guide-post-plain", post(11, marie(), market, NOW - HOUR)),
        State::of("guide-post-warning", warned),
        State::of("guide-post-long", post(13, judo(), &long, NOW - HOUR)),
        State::of("guide-post-titled", titled),
        State::of("guide-post-rtl", arabic),
        State::of("guide-post-word", endless),
        State {
            chosen: true,
            ..State::of("guide-post-chosen", edited)
        },
        State {
            pinned: true,
            ..State::of(
                "guide-post-pinned",
                mine(post(16, lucie(), market, NOW - DAY)),
            )
        },
        State::of(
            "guide-post-visitor",
            PostView {
                mine: None,
                ..post(17, marie(), market, NOW - HOUR)
            },
        ),
    ]
}

/// As its author sees it.
fn mine(post: PostView) -> PostView {
    let mine = Mine {
        author: true,
        favourited: true,
        bookmarked: true,
        ..Mine::default()
    };
    PostView {
        mine: Some(mine),
        ..post
    }
}

fn with_pictures(origin: &str) -> Vec<State> {
    let album = |id: i64, count: i64| PostView {
        media: (1..=count)
            .map(|n| picture(origin, n, "La place, la mairie et son arcade"))
            .collect(),
        audience: Audience::Town,
        ..post(id, marie(), "<p>La place ce matin.</p>", NOW - 2 * HOUR)
    };
    let sensitive = PostView {
        sensitive: true,
        ..album(25, 1)
    };
    let emojis = vec![EmojiView {
        code: "maison".into(),
        url: format!("{origin}/avatar-default.png"),
    }];
    let author = AccountView {
        display_name: "Bruno Keller :maison:".into(),
        emojis: emojis.clone(),
        ..bruno()
    };
    let with_emoji = PostView {
        emojis,
        ..post(26, author, "<p>Enfin chez nous :maison:</p>", NOW - HOUR)
    };
    vec![
        State::of("guide-post-picture", album(21, 1)),
        State::of("guide-post-pictures-2", album(22, 2)),
        State::of("guide-post-pictures-3", album(23, 3)),
        State::of("guide-post-pictures-4", album(24, 4)),
        State::of("guide-post-sensitive", sensitive),
        State::of("guide-post-emoji", with_emoji),
    ]
}

fn with_polls() -> Vec<State> {
    let open = asking();
    let voted = PostView {
        id: 31,
        poll: open.poll.clone().map(|poll| PollView {
            options: options(&[("Samedi", 9, true), ("Dimanche, de 9 h à midi", 4, false)]),
            votes: 13,
            voters: Some(13),
            voted: true,
            ..poll
        }),
        ..open.clone()
    };
    vec![
        State::of("guide-post-poll-open", open),
        State::of("guide-post-poll-voted", voted),
        State::of("guide-post-poll-closed", asked()),
    ]
}

fn with_others(origin: &str) -> Vec<State> {
    let plants = post(
        40,
        bruno(),
        "<p>Il me reste une vingtaine de plants de tomates, qui en veut ?</p>",
        NOW - 3 * HOUR,
    );
    let quoting = |id, state, quoted: Option<&PostView>| PostView {
        quote: Some(QuoteView {
            state,
            post: quoted.cloned().map(Arc::new),
            uri: plants.uri.clone(),
            stamp: None,
            request: None,
            author: Some(plants.author.id),
            within: None,
        }),
        ..post(id, marie(), "<p>J’en prends six !</p>", NOW - HOUR)
    };
    let quoted = quoting(41, QuoteState::Accepted, Some(&plants));
    let asks = quoting(42, QuoteState::Pending, None);
    let gone = quoting(43, QuoteState::Deleted, None);
    let boosted = PostView {
        boost_of: Some(Arc::new(PostView {
            id: 44,
            ..plants.clone()
        })),
        ..post(45, judo(), "", NOW - HOUR)
    };
    let by_tag = PostView {
        id: 46,
        brought_by: Some(TagView {
            name: "jardin".into(),
            key: "jardin".into(),
            path: "/tags/jardin".into(),
        }),
        ..plants.clone()
    };
    let in_group = PostView {
        group: Some(Arc::new(group())),
        in_group: true,
        ..post(47, bruno(), "<p>Répétition mardi à 20 h.</p>", NOW - HOUR)
    };
    let pending = PostView {
        consent: Some(ReplyConsent {
            state: ReplyState::Waiting,
            stamp: None,
        }),
        ..mine(post(48, lucie(), "<p>J’y serai !</p>", NOW - MINUTE))
    };
    let linking = PostView {
        preview: Some(Arc::new(page_of_the_market(origin))),
        ..post(49, marie(), "<p>À lire avant samedi :</p>", NOW - HOUR)
    };
    vec![
        State::of("guide-post-quote", quoted),
        State::of("guide-post-quote-pending", asks),
        State::of("guide-post-quote-deleted", gone),
        State::of("guide-post-preview", linking),
        State::of("guide-post-boosted", boosted),
        State::of("guide-post-by-tag", by_tag),
        State::of("guide-post-in-group", in_group),
        State::of("guide-post-pending", pending),
    ]
}

fn group() -> AccountView {
    person(20, "chorale", "Chorale du Lavoir", "", AccountKind::Group)
}

pub fn long_name() -> AccountView {
    person(
        21,
        "association-des-amis-du-four",
        "Association des amis du four à pain et des chemins de Rivebelle",
        "rivebelle.localhost:8000",
        AccountKind::Organization,
    )
}

fn page_of_the_market(origin: &str) -> PreviewView {
    PreviewView {
        url: "https://exemple.fr/marche".into(),
        kind: PreviewKind::Link,
        title: "Le marché d’hiver, stand par stand".into(),
        description: "Qui vend quoi, et où se garer.".into(),
        language: Some("fr".into()),
        author_name: "Nadia Perrin".into(),
        author_url: String::new(),
        provider_name: "Exemple".into(),
        provider_url: String::new(),
        image: Some(format!("{origin}/thumbnail-default.png")),
        image_description: String::new(),
        width: 1200,
        height: 630,
        blurhash: None,
        published_at: None,
        author: None,
        misses_my_consent: false,
    }
}

/// A private talk, the oldest first.
pub fn talk() -> Vec<PostView> {
    let said = |id, who, html, minutes: i64| PostView {
        audience: Audience::Direct,
        ..post(id, who, html, NOW - minutes * MINUTE)
    };
    vec![
        said(61, marie(), "<p>Tu passes au four ce soir ?</p>", 50),
        mine(said(62, lucie(), "<p>Oui, vers six heures.</p>", 40)),
        said(
            63,
            marie(),
            "<p>Parfait ! Apporte le grand plat, et si tu croises Bruno, dis-lui que ses plants l’attendent derrière la porte.</p>",
            35,
        ),
    ]
}

/// A single one unread, several told together, one that asks, one of somebody with a long name.
pub fn notices() -> Vec<Notice> {
    let notice = Notice {
        from: marie(),
        second: None,
        others: 0,
        faces: vec![],
        icon: "reply",
        said: "notice-mention",
        about: Some(("/styleguide/messages".into(), "Vous venez samedi ?".into())),
        asks: false,
        signs_up: false,
        reports: false,
        knocks: false,
        unread: true,
        at: NOW - 5 * MINUTE,
    };
    let liked = Notice {
        from: bruno(),
        others: 3,
        faces: vec![bruno(), judo(), marie(), lucie()],
        icon: "heart",
        said: "notice-favourite",
        unread: false,
        at: NOW - 2 * HOUR,
        ..notice.clone()
    };
    let asks = Notice {
        from: judo(),
        icon: "user-plus",
        said: "notice-follow-request",
        about: None,
        asks: true,
        unread: false,
        at: NOW - DAY,
        ..notice.clone()
    };
    let knocks = Notice {
        from: long_name(),
        icon: "town",
        said: "notice-neighbour",
        asks: false,
        knocks: true,
        ..asks.clone()
    };
    vec![notice, liked, asks, knocks]
}

pub fn report() -> ReportView {
    ReportView {
        id: 1,
        reporter: Arc::new(marie()),
        accused: Arc::new(bruno()),
        posts: vec![post(71, bruno(), "<p>Promotion !</p>", NOW - DAY)],
        unseen: 2,
        comment: "Toujours la même annonce.".into(),
        category: Category::Spam,
        forwarded: true,
        created_at: NOW - HOUR,
        closed: false,
    }
}
