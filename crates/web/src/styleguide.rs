//! The styleguide: each component of the pages in each of its states, for those who build them. Renders the templates of the
//! pages with people and posts who do not exist; asks no database.

pub mod made_up;
mod states;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::Path,
    routing::{MethodRouter, get},
};
use parvis_model::{audience::Audience, clock::DAY};
use parvis_town::{AccountView, accounts::Relation, reports::ReportView};

use self::{
    made_up::{NOW, bruno, judo, lucie, marie, picture},
    states::State,
};
use crate::{
    asked::Asked,
    card::Card,
    conversations::Bubble,
    fault::Fault,
    frame::{Frame, Pages, Typed},
    notices::Notice,
    page::{Answer, Page, html, redirect},
    parts::ProfileHead,
    profile::Known,
    staff::Waiting,
    write::{Composing, Reminder},
};

const SPRITE: &str = include_str!("../../../frontend/icons/sprite.svg");

/// Custom properties of the stylesheet, with the key of what each is for.
const COLOURS: [(&str, &str); 11] = [
    ("--accent", "guide-colour-accent"),
    ("--accent-strong", "guide-colour-accent-strong"),
    ("--accent-soft", "guide-colour-accent-soft"),
    ("--gold", "guide-colour-gold"),
    ("--alert", "guide-colour-alert"),
    ("--alert-soft", "guide-colour-alert-soft"),
    ("--stone", "guide-colour-stone"),
    ("--paper", "guide-colour-paper"),
    ("--well", "guide-colour-well"),
    ("--ink", "guide-colour-ink"),
    ("--ink-soft", "guide-colour-ink-soft"),
];

/// Its pages: last word of the address, key of the name.
const PARTS: [(&str, &str); 5] = [
    ("bases", "guide-basics"),
    ("formulaires", "guide-forms"),
    ("ecrire", "guide-compose"),
    ("messages", "guide-posts"),
    ("personnes", "guide-people"),
];

#[derive(Template)]
#[template(path = "styleguide_basics.html")]
pub struct BasicsPage<'a> {
    pub page: &'a Frame,
    pub pages: Pages,
    /// With what is wrong with a form as a whole.
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "styleguide_forms.html")]
pub struct FormsPage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
    pub compose: Composing,
}

/// The whole form for a post, which bears the same names as the quick one.
#[derive(Template)]
#[template(path = "styleguide_compose.html")]
pub struct ComposePage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
    pub compose: Composing,
}

#[derive(Template)]
#[template(path = "styleguide_posts.html")]
pub struct PostsPage<'a> {
    pub page: &'a Frame,
    pub states: Vec<State>,
}

#[derive(Template)]
#[template(path = "styleguide_people.html")]
pub struct PeoplePage<'a> {
    pub page: &'a Frame,
    pub people: Vec<(AccountView, Relation)>,
    /// Whose profile is shown …
    pub who: AccountView,
    pub relation: Relation,
    pub mine: bool,
    pub successor: Option<AccountView>,
    /// … to somebody who knows them.
    pub known: Known,
    pub notices: Vec<Notice>,
    pub bubbles: Vec<Bubble<'a>>,
    pub waiting: Vec<Waiting>,
    pub reports: Vec<ReportView>,
}

pub fn routes() -> Router {
    let first: MethodRouter = get(async || redirect("/styleguide/bases"));
    Router::new()
        .route("/styleguide", first)
        .route("/styleguide/{part}", get(show))
}

async fn show(page: Page, Path(part): Path<String>) -> Answer {
    let frame = Frame {
        now: NOW,
        ..page.frame
    };
    rendered(&frame, &page.town.origin, &part).ok_or(Fault::NotFound)?
}

/// `None`: there is no such part.
pub fn rendered(page: &Frame, origin: &str, part: &str) -> Option<Answer> {
    Some(match part {
        "bases" => html(&BasicsPage::new(page)),
        "formulaires" => html(&FormsPage::new(page)),
        "ecrire" => html(&ComposePage::new(page, origin)),
        "messages" => html(&PostsPage {
            page,
            states: states::all(origin),
        }),
        "personnes" => {
            let talk = states::talk();
            html(&PeoplePage::new(page, &talk))
        }
        _ => return None,
    })
}

impl<'a> BasicsPage<'a> {
    fn new(page: &'a Frame) -> Self {
        Self {
            page,
            pages: Pages {
                older: Some("/styleguide/bases".into()),
                newest: Some("/styleguide/bases".into()),
            },
            form: Typed::default().with_wrong(None, page.t("guide-wrong-form")),
        }
    }
}

impl<'a> FormsPage<'a> {
    fn new(page: &'a Frame) -> Self {
        let values = [
            ("name", "marie"),
            ("bio", "Boulangère rue du Moulin."),
            ("checked", "1"),
        ];
        let values = Asked::of(values.map(|(name, value)| (name, value.to_owned())));
        Self {
            page,
            form: Typed::new(values).with_wrong(Some("name"), page.t("guide-wrong-field")),
            compose: Composing::quick(Audience::Public),
        }
    }
}

impl<'a> ComposePage<'a> {
    fn new(page: &'a Frame, origin: &str) -> Self {
        let text = ("text", page.t("guide-compose-text"));
        Self {
            page,
            form: Typed::new(Asked::of([text]))
                .with_wrong(Some("summary"), page.t("guide-wrong-form")),
            compose: Composing {
                tall: true,
                language: page.lang().to_owned(),
                kept: vec![
                    picture(origin, 1, "La place, la mairie et son arcade").into(),
                    picture(origin, 2, "").into(),
                ],
                servers: Some(3),
                reminder: Reminder::Shown,
                ..Composing::quick(Audience::Town)
            },
        }
    }
}

impl<'a> PeoplePage<'a> {
    fn new(page: &'a Frame, talk: &'a [parvis_town::PostView]) -> Self {
        let following = Relation {
            following: true,
            ..Relation::default()
        };
        let requested = Relation {
            requested: true,
            ..Relation::default()
        };
        let blocking = Relation {
            blocking: true,
            ..Relation::default()
        };
        let locked = AccountView {
            locked: true,
            ..lucie()
        };
        let bubbles = talk.iter().map(|post| Bubble {
            card: Card::new(post),
            mine: post.mine.is_some_and(|mine| mine.author),
            text: post.html.clone(),
        });
        Self {
            page,
            people: vec![
                (marie(), Relation::default()),
                (judo(), following),
                (locked, Relation::default()),
                (bruno(), requested),
                (states::long_name(), blocking),
            ],
            who: bruno(),
            relation: Relation {
                following: true,
                followed_by: true,
                ..Relation::default()
            },
            mine: false,
            successor: None,
            known: Known {
                note: page.t("guide-note"),
                familiar: vec![Arc::new(marie()), Arc::new(judo())],
                ..Known::default()
            },
            notices: states::notices(),
            bubbles: bubbles.collect(),
            waiting: vec![Waiting {
                user: 1,
                name: "hugo".into(),
                email: "hugo@exemple.fr".into(),
                reason: "J’habite rue du Lavoir.".into(),
                at: NOW - DAY,
            }],
            reports: vec![states::report()],
        }
    }

    pub fn head(&self) -> ProfileHead<'_> {
        ProfileHead {
            page: self.page,
            who: &self.who,
            relation: &self.relation,
            mine: self.mine,
            successor: self.successor.as_ref(),
            known: &self.known,
        }
    }
}

/// What the styleguide's own templates ask.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn guide_parts(&self) -> [(&'static str, &'static str); 5] {
        PARTS
    }

    pub fn guide_colours(&self) -> [(&'static str, &'static str); 11] {
        COLOURS
    }

    /// Names of the icons, as [`Frame::icon`] takes them.
    pub fn guide_icons(&self) -> Vec<&'static str> {
        let named = SPRITE.split("id=\"i-").skip(1);
        named.filter_map(|rest| rest.split('"').next()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styleguide_shows_all_of_its_parts_and_no_other() {
        let page = crate::samples::town::frame("fr", None, "/styleguide");
        for (part, _) in PARTS {
            assert!(rendered(&page, "http://localhost", part).unwrap().is_ok());
        }
        assert!(rendered(&page, "http://localhost", "autre").is_none());
        assert!(page.guide_icons().contains(&"home"));
    }
}
