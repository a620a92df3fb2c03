//! Holding posts against filters: compiled once for a page, whoever is on it. Knows no database but to load them.

use std::sync::Arc;

use parvis_model::{clock::Timestamp, id::Id, text};
use parvis_store::{ConnectionTrait, entity};

use super::{FilterView, all};
use crate::{Error, MediaView, polls::PollView};

/// A filter that a post meets, and why.
#[derive(Clone, Debug)]
pub struct FilterMatch {
    pub filter: Arc<FilterView>,
    /// The keywords found in it, as they were set up.
    pub keywords: Vec<String>,
    /// Itself, where the filter names it.
    pub posts: Vec<Id>,
}

/// Somebody's filters that hold now.
pub(crate) struct Filters(Vec<Compiled>);

struct Compiled {
    filter: Arc<FilterView>,
    /// In lower case, with what was set up.
    keywords: Vec<(Sought, String)>,
}

impl Filters {
    pub async fn load(db: &impl ConnectionTrait, me: Id, now: Timestamp) -> Result<Self, Error> {
        let holding = |view: &FilterView| view.expires_at.is_none_or(|end| end > now);
        let views = all(db, me).await?.into_iter().filter(holding);
        Ok(Self(views.map(Compiled::new).collect()))
    }

    /// Which of them a post meets: in its words, its warning, the answers of its poll, the descriptions of its pictures, or
    /// by name.
    pub fn matching(
        &self,
        row: &entity::post::Model,
        poll: Option<&PollView>,
        media: &[MediaView],
    ) -> Vec<FilterMatch> {
        let mut words = text::plain(&row.html);
        let options = poll.into_iter().flat_map(|poll| &poll.options);
        let others = row.title.iter().map(String::as_str);
        for other in others
            .chain([row.summary.as_str()])
            .chain(options.map(|option| option.title.as_str()))
            .chain(media.iter().map(|picture| picture.description.as_str()))
        {
            words.push('\n');
            words.push_str(other);
        }
        let words = words.to_lowercase();
        let met = self
            .0
            .iter()
            .filter_map(|compiled| compiled.met(row.id, &words));
        met.collect()
    }
}

impl Compiled {
    fn new(view: FilterView) -> Self {
        let keywords = view.keywords.iter();
        let keywords = keywords
            .map(|it| (Sought::new(&it.keyword, it.whole_word), it.keyword.clone()))
            .collect();
        Self {
            filter: Arc::new(view),
            keywords,
        }
    }

    fn met(&self, post: Id, words: &str) -> Option<FilterMatch> {
        let found = self
            .keywords
            .iter()
            .filter(|(sought, _)| sought.stands_in(words));
        let keywords: Vec<String> = found.map(|(_, keyword)| keyword.clone()).collect();
        let named = self.filter.posts.iter().any(|it| it.post_id == post);
        (named || !keywords.is_empty()).then(|| FilterMatch {
            filter: Arc::clone(&self.filter),
            keywords,
            posts: if named { vec![post] } else { Vec::new() },
        })
    }
}

/// A word or phrase to look for.
struct Sought {
    /// In lower case.
    text: String,
    /// It must begin, or end, where a word does. Only asked where it does so with a letter itself: `#fête` is a word that
    /// begins with none.
    from_start: bool,
    to_end: bool,
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Sought {
    fn new(keyword: &str, whole_word: bool) -> Self {
        let text = keyword.to_lowercase();
        Self {
            from_start: whole_word && text.starts_with(is_of_word),
            to_end: whole_word && text.ends_with(is_of_word),
            text,
        }
    }

    fn stands_in(&self, words: &str) -> bool {
        words.match_indices(&self.text).any(|(at, found)| {
            let begins = !self.from_start || !words[..at].ends_with(is_of_word);
            let ends = !self.to_end || !words[at + found.len()..].starts_with(is_of_word);
            begins && ends
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keyword: &str, whole_word: bool, words: &str) -> bool {
        Sought::new(keyword, whole_word).stands_in(&words.to_lowercase())
    }

    #[test]
    fn a_keyword_is_found_whatever_its_case_and_inside_words_unless_it_must_be_whole() {
        assert!(found("Foot", false, "le FOOTBALL"));
        assert!(!found("foot", true, "le football"));
        assert!(found("foot", true, "football, puis foot !"), "further on");
        assert!(found("Été", true, "L’été vient"));
        assert!(!found("été", true, "étés"));
        assert!(!found("foot", false, "rugby"));
    }

    #[test]
    fn a_sign_at_the_edge_of_a_keyword_needs_no_gap_beside_it() {
        assert!(found("#vote", true, "le#vote"));
        assert!(!found("#vote", true, "#votes"));
        assert!(found("c++", true, "du c++11"));
    }
}
