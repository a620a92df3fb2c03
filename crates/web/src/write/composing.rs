//! The form in which a post is written: what it offers and what stands in it. Decides nothing about who may.

use std::{borrow::Borrow, ops::RangeInclusive};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_model::{audience::Audience, clock::Timestamp, id::Id, limits, policy::Quoters};
use parvis_town::PostView;

use super::files::Attached;
use crate::{
    frame::Frame,
    page::Page,
    polls::{SPANS, Span},
};

/// What a person may choose here; `group` comes with groups.
pub(super) const AUDIENCES: [Audience; 6] = [
    Audience::Public,
    Audience::Unlisted,
    Audience::Neighbours,
    Audience::Town,
    Audience::Followers,
    Audience::Direct,
];

/// Languages a post is often written in: code and key of the name, which each language has for itself.
const TONGUES: [(&str, &str); 16] = [
    ("fr", "tongue-fr"),
    ("en", "tongue-en"),
    ("de", "tongue-de"),
    ("es", "tongue-es"),
    ("it", "tongue-it"),
    ("pt", "tongue-pt"),
    ("nl", "tongue-nl"),
    ("pl", "tongue-pl"),
    ("uk", "tongue-uk"),
    ("tr", "tongue-tr"),
    ("ar", "tongue-ar"),
    ("br", "tongue-br"),
    ("ca", "tongue-ca"),
    ("co", "tongue-co"),
    ("eu", "tongue-eu"),
    ("oc", "tongue-oc"),
];

/// Before a post is published whose pictures somebody may not see, its author is asked once whether they want to describe them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// The form still asks for it.
    Due,
    Shown,
    Over,
}

/// The form in which a post is written.
pub struct Composing {
    /// With everything, on a page of its own.
    pub tall: bool,
    pub editing: bool,
    pub action: String,
    pub audience: Audience,
    pub answers: Option<PostView>,
    /// Tells this form from all others, so that what it asks for is done once.
    pub key: String,
    /// The post that is to stand inside it.
    pub quotes: Option<PostView>,
    /// Who may quote it.
    pub quoters: Quoters,
    pub language: String,
    /// Its pictures are to be hidden at first, unless one says otherwise.
    pub sensitive: bool,
    /// Files that are here already.
    pub kept: Vec<Attached>,
    /// What it was saved as while it was being written.
    pub draft: Option<Id>,
    /// The post waiting for its time that it is to replace.
    pub scheduled: Option<Id>,
    /// On how many servers of other towns its followers are; `None` where nobody asked.
    pub servers: Option<i64>,
    pub reminder: Reminder,
}

impl Composing {
    /// The box above the home page.
    pub fn quick(audience: Audience) -> Self {
        Self {
            tall: false,
            editing: false,
            action: "/ecrire".into(),
            audience,
            answers: None,
            key: new_key(),
            quotes: None,
            quoters: Quoters::Everyone,
            language: String::new(),
            sensitive: false,
            kept: Vec::new(),
            draft: None,
            scheduled: None,
            servers: None,
            reminder: Reminder::Due,
        }
    }

    /// The box under a post.
    pub fn answer(question: PostView) -> Self {
        let audience = offered(question.audience);
        Self {
            answers: Some(question),
            ..Self::quick(audience)
        }
    }

    pub(super) fn tall(page: &Page) -> Self {
        Self {
            tall: true,
            language: page.frame.lang().to_owned(),
            ..Self::quick(Audience::Public)
        }
    }

    /// Characters of a text.
    pub const LIMIT: usize = limits::POST_TEXT;
    /// Files of a post.
    pub const FILES: usize = limits::POST_PICTURES;
    /// What a file may be.
    pub const KINDS: &str = "image/jpeg,image/png,image/gif,image/webp,audio/*,video/*";

    /// An answer never reaches further than what it answers.
    pub(super) fn widest(&self) -> Audience {
        self.answers
            .as_ref()
            .map_or(Audience::Public, |question| offered(question.audience))
    }

    /// Those that can be chosen. For the neighbours one writes where there are some, or answers what is for them.
    pub fn audiences(&self, page: &Frame) -> Vec<Audience> {
        let widest = self.widest();
        let near = page.town.has_neighbours || widest == Audience::Neighbours;
        AUDIENCES
            .into_iter()
            .filter(|audience| audience.at_most(widest) == *audience)
            .filter(|audience| near || *audience != Audience::Neighbours)
            .collect()
    }

    /// Those for whom somebody may usually write. What is for those named alone is no habit to begin with.
    pub fn usual_audiences(&self, page: &Frame) -> Vec<Audience> {
        let mut all = self.audiences(page);
        all.retain(|audience| *audience != Audience::Direct || *audience == self.audience);
        all
    }

    /// An audience as it can be chosen here. What was for the neighbours is for the town where there are none any more: a form
    /// that offers it no more would fall back to its first choice, or to those named alone.
    pub(super) fn choosable(&self, page: &Frame, audience: Audience) -> Audience {
        let wanted = offered(audience).at_most(self.widest());
        if self.audiences(page).contains(&wanted) {
            wanted
        } else {
            Audience::Town.at_most(self.widest())
        }
    }

    /// The one that stands chosen in the form.
    pub fn chosen(&self, page: &Frame) -> Audience {
        self.choosable(page, self.audience)
    }

    /// May a question be asked with it, may it be saved as a draft, may it wait for a time?
    pub fn is_new(&self) -> bool {
        self.tall && !self.editing
    }

    /// Places for the answers of a poll: those of most polls …
    pub const ANSWER_PLACES: RangeInclusive<i32> = 1..=4;
    /// … and the others, folded away.
    pub const MORE_ANSWER_PLACES: RangeInclusive<i32> = 5..=limits::POLL_OPTIONS as i32;
    pub const SPANS: [Span; 6] = SPANS;

    /// Once for each post, and only for a new one: whoever changes a word of theirs is not asked about their pictures.
    pub fn may_remind(&self) -> bool {
        self.reminder == Reminder::Due && !self.editing
    }

    pub fn reminds(&self) -> bool {
        self.reminder == Reminder::Shown
    }

    /// The pictures that nothing is said about. Words from an earlier time are only offered until they are sent along.
    pub fn undescribed(&self) -> impl Iterator<Item = &Attached> {
        self.kept
            .iter()
            .filter(|it| it.file.is_picture() && (it.recalled || it.words.trim().is_empty()))
    }

    pub fn free_slots(&self) -> i32 {
        let free = limits::POST_PICTURES.saturating_sub(self.kept.len());
        if self.tall {
            free as i32
        } else {
            free.min(1) as i32
        }
    }

    /// Code and own name of each language that is offered; what was chosen elsewhere stays.
    pub fn tongues(&self, page: &Frame) -> Vec<(String, String)> {
        tongues(page, &[self.language.as_str()])
    }
}

/// Code and own name of each language that is offered, and of the `chosen` ones.
pub fn tongues(page: &Frame, chosen: &[&str]) -> Vec<(String, String)> {
    let mut offered: Vec<(String, String)> = TONGUES
        .iter()
        .map(|(code, key)| ((*code).to_owned(), page.t(key)))
        .collect();
    for code in chosen.iter().filter(|code| !code.is_empty()) {
        if !offered.iter().any(|(known, _)| known == code) {
            offered.push(((*code).to_owned(), (*code).to_owned()));
        }
    }
    offered
}

fn new_key() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// The audience itself, or the nearest narrower one that can be chosen.
fn offered(audience: Audience) -> Audience {
    match audience {
        Audience::Group => Audience::Direct,
        other => other,
    }
}

/// Who is addressed in an answer: the author and all who were named, but not oneself.
pub fn greeting(question: &PostView, me: Id) -> String {
    let author = (question.author.id, &question.author.acct);
    let named = question
        .mentions
        .iter()
        .map(|mention| (mention.id, &mention.acct));
    let mut seen = vec![me];
    let mut text = String::new();
    for (id, acct) in [author].into_iter().chain(named) {
        if !seen.contains(&id) {
            seen.push(id);
            text.extend(["@", acct.as_str(), " "]);
        }
    }
    text
}

impl Frame {
    /// Who exactly will see it, and on how many other servers it will be kept, where that is known.
    pub fn reaches(
        &self,
        audience: impl Borrow<Audience>,
        servers: impl Borrow<Option<i64>>,
    ) -> String {
        let audience = *audience.borrow();
        let Some(servers) = *servers.borrow() else {
            return self.consequence(audience);
        };
        let who = match audience {
            Audience::Public => self.t("reach-public"),
            Audience::Unlisted => self.t("reach-unlisted"),
            Audience::Followers => {
                let followers = self.me.as_ref().map_or(0, |me| me.account.followers);
                self.tn("reach-followers", followers)
            }
            Audience::Town | Audience::Neighbours | Audience::Group | Audience::Direct => {
                return self.consequence(audience);
            }
        };
        format!("{who} {}", self.tn("reach-copies", servers))
    }

    /// A moment in the town's time, as a field for date and time holds it.
    pub fn moment(&self, at: Timestamp) -> String {
        let zone = jiff::tz::TimeZone::get(&self.town.time_zone);
        let at = jiff::Timestamp::from_millisecond(at);
        match (zone, at) {
            (Ok(zone), Ok(at)) => at.to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string(),
            _ => String::new(),
        }
    }
}
