//! The files of a post that is being written: which are kept, in what order, what is said about them.

use askama::Template;
use axum::http::StatusCode;
use parvis_model::{id::Id, limits, refusal::Refusal};
use parvis_town::{
    Failure, MediaView, Outcome, Rate, Town,
    media::{self, About, Change, Patience, Waiting},
};

use super::sent::{Sender, Sent};
use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    frame::{Frame, Typed},
    page::{Answer, Page, html, html_with},
};

/// A file with what was typed about it, which may not be written down yet.
#[derive(Clone, Debug)]
pub struct Attached {
    pub file: MediaView,
    pub words: String,
    /// The words are those that were written about the same file before. Nobody has seen them here yet, so they are not
    /// written down unless the form comes back with them.
    pub recalled: bool,
    /// What must stay visible, in hundredths: from the left …
    pub across: i32,
    /// … and from the top.
    pub down: i32,
}

impl From<MediaView> for Attached {
    fn from(file: MediaView) -> Self {
        let hundredths = |part: f32| ((part + 1.0) * 50.0).round() as i32;
        Self {
            words: file.description.clone(),
            recalled: false,
            across: hundredths(file.focus.0),
            down: 100 - hundredths(file.focus.1),
            file,
        }
    }
}

impl Attached {
    fn typed(file: MediaView, values: &Asked) -> Self {
        let id = file.id;
        let before = Self::from(file);
        let number = |name: &str, usual: i32| {
            let typed = values.text(&format!("{name}-{id}"));
            typed.parse().map_or(usual, |it: i32| it.clamp(0, 100))
        };
        let words = format!("description-{id}");
        Self {
            across: number("cadre-x", before.across),
            down: number("cadre-y", before.down),
            words: if values.has(&words) {
                values.text(&words).to_owned()
            } else {
                before.words
            },
            recalled: false,
            file: before.file,
        }
    }

    /// New here: what was written about it before is offered, unless something is said of it now.
    async fn recalling(town: &Town, me: Id, file: MediaView) -> Outcome<Self> {
        let mut new = Self::from(file);
        if new.words.is_empty()
            && let Some(words) = media::described_before(town, me, new.file.id).await?
        {
            new.words = words;
            new.recalled = true;
        }
        Ok(new)
    }

    /// What is to be written down about it; `None` where all of it stands there already.
    fn about(&self) -> Option<About> {
        let before = Self::from(self.file.clone());
        let focus = (self.across, self.down) != (before.across, before.down);
        let words = self.words != before.words && !self.recalled;
        (focus || words).then(|| About {
            description: words.then(|| self.words.clone()),
            focus: focus.then(|| {
                let x = self.across as f32 / 50.0 - 1.0;
                (x, 1.0 - self.down as f32 / 50.0)
            }),
            thumbnail: None,
        })
    }
}

/// Files that came with an earlier try and were not taken out, then the new ones. What one of them lacks is said beside those
/// that are there.
pub async fn kept(sent: &mut Sent, me: Id) -> (Vec<Attached>, Option<Failure>) {
    let mut trouble = sent.trouble.take();
    let mut kept = Vec::new();
    for id in wanted(&sent.values) {
        match media::view(&sent.page.town, me, id).await {
            Ok((file, _)) => kept.push(Attached::typed(file, &sent.values)),
            Err(failure) => trouble = Some(missing(failure)),
        }
    }
    let patience = Patience::endless();
    for (field, file) in std::mem::take(&mut sent.files) {
        if kept.len() >= limits::POST_PICTURES {
            let full = Refusal::invalid("media", "refusal-too-many-pictures");
            trouble = Some(full.with("limit", limits::POST_PICTURES).into());
            break;
        }
        let words = sent.values.text(&format!("description-{field}"));
        match received(&sent.page.town, me, file, words, patience).await {
            Ok(file) => kept.push(file),
            Err(failure) => trouble = Some(failure),
        }
    }
    (kept, trouble)
}

fn missing(failure: Failure) -> Failure {
    match failure {
        Failure::Refused(_) => Refusal::invalid("media", "refusal-file-missing").into(),
        broken @ Failure::Broken(_) => broken,
    }
}

async fn received(
    town: &Town,
    me: Id,
    file: Waiting,
    words: &str,
    patience: Patience,
) -> Outcome<Attached> {
    town.rates().count(Rate::Upload, &me.to_string())?;
    let about = About {
        description: Some(words.to_owned()),
        ..About::default()
    };
    let (file, _) = media::receive(town, me, file, about, patience).await?;
    Attached::recalling(town, me, file).await
}

/// Each once, in the order in which they shall stand.
fn wanted(values: &Asked) -> Vec<Id> {
    let removed = values.ids("retirer");
    let mut wanted: Vec<Id> = Vec::new();
    for id in values.ids("garde") {
        if !removed.contains(&id) && !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    wanted.truncate(limits::POST_PICTURES);
    let place = |name: &str| {
        let moved = values.id(name)?;
        wanted.iter().position(|id| *id == moved)
    };
    let (earlier, later) = (place("avancer"), place("reculer"));
    if let Some(at) = earlier.filter(|at| *at > 0) {
        wanted.swap(at, at - 1);
    }
    if let Some(at) = later.filter(|at| at + 1 < wanted.len()) {
        wanted.swap(at, at + 1);
    }
    wanted
}

/// What was typed about files, checked; to be written down with the post.
pub async fn changes(town: &Town, kept: &[Attached]) -> Outcome<Vec<(Id, Change)>> {
    let mut changes = Vec::new();
    for file in kept {
        if let Some(about) = file.about() {
            changes.push((file.file.id, media::prepare_change(town, about).await?));
        }
    }
    Ok(changes)
}

#[derive(Template)]
#[template(path = "parts/attached.html")]
pub struct AttachedPart<'a> {
    pub page: &'a Frame,
    pub item: Attached,
}

#[derive(Template)]
#[template(path = "parts/trouble.html")]
pub struct TroublePart<'a> {
    pub page: &'a Frame,
    pub why: &'a str,
}

/// For scripts: one file, kept at once; the answer is its piece of the form, or what is wrong.
pub async fn upload(mut sent: Sent) -> Answer {
    let Sender::Resident(me) = sent.sender() else {
        let page = &sent.page.frame;
        return told(page, StatusCode::FORBIDDEN, &page.t("upload-log-in"));
    };
    let (mut files, trouble) = kept(&mut sent, me).await;
    match (files.pop(), trouble) {
        (Some(item), None) => html(&AttachedPart {
            page: &sent.page.frame,
            item,
        }),
        (_, failure) => refused(&sent.page, failure),
    }
}

fn refused(page: &Page, failure: Option<Failure>) -> Answer {
    let failure =
        failure.unwrap_or_else(|| Refusal::invalid("media", "refusal-file-missing").into());
    let (status, typed) = typed_again(failure, Typed::default(), page.frame.locale)?;
    let why = typed.wrong("media").or(typed.wrong("description"));
    match why.or(typed.general()) {
        Some(why) => told(&page.frame, status, why),
        None => Err(Fault::BadRequest),
    }
}

fn told(page: &Frame, status: StatusCode, why: &str) -> Answer {
    html_with(status, &TroublePart { page, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_the_order_they_were_moved_to() {
        let of = |text: &str| wanted(&Asked::parse(text.as_bytes()));
        assert_eq!(of("garde=1&garde=2&garde=3"), [1, 2, 3]);
        assert_eq!(of("garde=1&garde=2&garde=3&avancer=3"), [1, 3, 2]);
        assert_eq!(of("garde=1&garde=2&garde=3&reculer=1"), [2, 1, 3]);
        assert_eq!(of("garde=1&garde=2&avancer=1"), [1, 2]);
        assert_eq!(of("garde=1&garde=2&reculer=2"), [1, 2]);
        assert_eq!(of("garde=1&garde=1&garde=2&retirer=1"), [2]);
    }
}
