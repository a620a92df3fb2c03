//! A question about posts, put to the index: newest first, in bounds, and only what the viewer may find. Knows nothing of the
//! order of pages.

use parvis_model::{
    clock::Timestamp,
    id::{self, Id},
    search::{Author, Part, Phrase, Question, What, Within},
    text::words,
};
use parvis_store::{
    ConnectionTrait,
    search::{Asked, Condition, candidates},
};

use super::{Wanted, taking_in::Texts, terms};
use crate::{Outcome, Town, Viewer, accounts::by_handle};

/// Candidates looked at for one question: more than one person would mute, without end for nobody …
const LOOKED_AT: usize = 20_000;
/// … fewer where their texts are read …
const READ: usize = 2_000;
/// … and at a time.
const AT_ONCE: usize = 1_000;
const READ_AT_ONCE: usize = 250;
/// Candidates beyond those wanted, for those that may not be found.
const SPARE: usize = 20;
/// Words of the phrases of one question by which candidates are found.
const WORDS: usize = 64;

/// A page of ids, and where the next one begins.
#[derive(Debug, Default)]
pub struct Found {
    pub ids: Vec<Id>,
    pub next: Option<Id>,
}

/// A question as the index understands it.
pub struct Understood {
    asked: Asked,
    phrases: Vec<(bool, Phrase)>,
    /// Words of phrases that may still be added.
    left: usize,
    /// Is there something that must stand, besides who may find it?
    is_positive: bool,
}

pub async fn find(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: &Viewer,
    mut understood: Understood,
    wanted: &Wanted,
) -> Outcome<Found> {
    let (skip, limit) = (wanted.offset as usize, wanted.limit as usize);
    let reads = !understood.phrases.is_empty();
    let most = if reads { READ } else { LOOKED_AT };
    let mut found: Vec<Id> = Vec::new();
    let mut looked_at = 0;
    loop {
        let missing = (skip + limit + 1).saturating_sub(found.len());
        // Few at first, more where few of them fit.
        let count = if reads {
            (2 * missing + looked_at).min(READ_AT_ONCE)
        } else {
            (missing + SPARE + looked_at).min(AT_ONCE)
        };
        let asked = &understood.asked;
        let round = candidates(db, viewer.eyes(), town.now(), asked, count as u64).await?;
        looked_at += round.len();
        let mine = round.iter().filter(|(_, may)| *may).map(|(id, _)| *id);
        found.extend(with_phrases(db, &understood.phrases, mine.collect()).await?);
        let last = round.last().map(|(id, _)| *id);
        let ended = round.len() < count;
        if found.len() > skip + limit {
            found.truncate(skip + limit);
            let next = found.last().copied();
            found.drain(..skip);
            return Ok(Found { ids: found, next });
        }
        if ended || looked_at >= most {
            found.drain(..skip.min(found.len()));
            let next = last.filter(|_| !ended);
            return Ok(Found { ids: found, next });
        }
        understood.asked.between.1 = last.unwrap_or(0);
    }
}

/// Those in which all phrases stand, or do not stand where they are not to.
async fn with_phrases(
    db: &impl ConnectionTrait,
    phrases: &[(bool, Phrase)],
    ids: Vec<Id>,
) -> Outcome<Vec<Id>> {
    if phrases.is_empty() || ids.is_empty() {
        return Ok(ids);
    }
    let texts = Texts::load_to_read(db, &ids).await?;
    let fitting: Vec<Id> = texts
        .read()
        .filter(|(_, texts)| {
            let texts: Vec<_> = texts.iter().map(|text| words::sequence(text)).collect();
            let stands = |phrase: &Phrase| texts.iter().any(|text| phrase.stands_in(text));
            phrases.iter().all(|(not, phrase)| stands(phrase) != *not)
        })
        .map(|(id, _)| id)
        .collect();
    Ok(ids.into_iter().filter(|id| fitting.contains(id)).collect())
}

/// To be called before a snapshot is taken: whoever holds one connection must not wait for another. `None`: nothing can be found.
pub async fn understand(
    town: &Town,
    viewer: &Viewer,
    question: &Question,
    wanted: &Wanted,
) -> Outcome<Option<Understood>> {
    if question.parts.is_empty() {
        return Ok(None);
    }
    let (library, open) = match question.within {
        Within::All => (true, true),
        Within::Library => (true, false),
        Within::Public => (false, true),
    };
    let Some(scope) = scope(viewer, library, open) else {
        return Ok(None);
    };
    let mut understood = Understood {
        asked: Asked {
            conditions: vec![any_of(scope)],
            between: (
                wanted.after.map_or(0, |id| id.saturating_add(1)),
                wanted.before.unwrap_or(Id::MAX),
            ),
            library: library && viewer.account.is_some(),
            open,
        },
        phrases: Vec::new(),
        left: WORDS,
        is_positive: false,
    };
    if let Some(author) = wanted.author {
        understood.must(false, terms::author(author));
    }
    for part in &question.parts {
        if !understood.add(town, viewer, part).await? {
            return Ok(None);
        }
    }
    // Without a word that must stand, all there is would have to be gone through.
    Ok(Some(understood).filter(|it| it.is_positive))
}

/// The smallest id of a moment, also of one long ago or far away.
fn first_of(at: Timestamp) -> Id {
    id::first_of(at.clamp(0, id::time_of(Id::MAX)))
}

/// The terms one of which lets the viewer find a post; `None` for those who have nothing to do with any.
fn scope(viewer: &Viewer, library: bool, open: bool) -> Option<Vec<String>> {
    let mut scope = Vec::new();
    if open {
        scope.push(terms::OPEN.to_owned());
    }
    if open && viewer.is_resident() {
        scope.push(terms::OPEN_HERE.to_owned());
    }
    if library {
        scope.extend(viewer.account.map(terms::finder));
    }
    (!scope.is_empty()).then_some(scope)
}

fn any_of(terms: Vec<String>) -> Condition {
    Condition {
        not: false,
        all: vec![terms],
    }
}

impl Understood {
    fn must(&mut self, not: bool, term: impl Into<String>) {
        self.is_positive |= !not;
        self.asked.conditions.push(Condition {
            not,
            all: vec![vec![term.into()]],
        });
    }

    fn words(&mut self, not: bool, all: &[Vec<String>]) {
        if !all.is_empty() {
            self.is_positive |= !not;
            let all = all.to_vec();
            self.asked.conditions.push(Condition { not, all });
        }
    }

    /// `false`: nothing can meet this.
    async fn add(&mut self, town: &Town, viewer: &Viewer, part: &Part) -> Outcome<bool> {
        let not = part.not;
        let account = match &part.what {
            What::From(Author::Me) => viewer.account,
            What::From(Author::Other(handle)) | What::Named(handle) => {
                by_handle(town, handle).await?.map(|row| row.id)
            }
            _ => None,
        };
        match &part.what {
            What::Words(words) => self.words(not, words),
            What::Phrase(phrase) => {
                // Words that stand together also stand anywhere; the other way round the text must tell.
                // A long one is looked for by its first words, and in the texts as a whole.
                if !not {
                    let first = phrase.words.len().min(self.left);
                    self.words(false, &phrase.words[..first]);
                    self.left -= first;
                }
                self.phrases.push((not, phrase.clone()));
            }
            What::Tag(key) => self.must(not, terms::tag(key)),
            What::From(_) | What::Named(_) => {
                let Some(account) = account else {
                    return Ok(not);
                };
                let term = match &part.what {
                    What::From(_) => terms::author(account),
                    _ => terms::named(account),
                };
                self.must(not, term);
            }
            What::Has(what) => self.must(not, terms::has(*what)),
            What::Is(what) => self.must(not, terms::is(*what)),
            What::Language(code) => self.must(not, terms::language(code)),
            What::Within(days) => {
                let (from, before) = match (days.moments(&town.profile().time_zone), not) {
                    (moments, false) => moments,
                    ((None, before), true) => (before, None),
                    ((from, None), true) => (None, from),
                    // All but a few days in the middle: the whole is shown.
                    (_, true) => (None, None),
                };
                let between = &mut self.asked.between;
                between.0 = between.0.max(from.map_or(0, first_of));
                between.1 = between.1.min(before.map_or(Id::MAX, first_of));
            }
        }
        Ok(self.asked.between.0 < self.asked.between.1)
    }
}
