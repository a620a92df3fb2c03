//! The terms under which a post stands in the index: its words, and signs that no text contains for whatever else is asked for.
//! Knows no database.

use std::collections::BTreeSet;

use parvis_model::{
    audience::Audience,
    id::Id,
    search::{Has, Is},
    text::{self, words},
};
use parvis_store::search::index::{Hanging, Source, Tie};

/// Terms of one post; longer texts are found by their beginning.
const MOST: usize = 1_000;

/// Everyone may find it.
pub const OPEN: &str = ":p";
/// Everyone in this town may.
pub const OPEN_HERE: &str = ":t";

/// This resident has to do with it.
pub fn finder(account: Id) -> String {
    format!(":s{account}")
}

pub fn author(account: Id) -> String {
    format!(":a{account}")
}

pub fn named(account: Id) -> String {
    format!("@{account}")
}

pub fn language(primary: &str) -> String {
    format!(":l{primary}")
}

/// `key`: without accents.
pub fn tag(key: &str) -> String {
    format!("#{key}")
}

pub fn has(what: Has) -> &'static str {
    match what {
        Has::Media => ":hm",
        Has::Image => ":hi",
        Has::Video => ":hv",
        Has::Audio => ":ha",
        Has::Poll => ":hp",
        Has::Link => ":hl",
        Has::Quote => ":hq",
    }
}

pub fn is(what: Is) -> &'static str {
    match what {
        Is::Reply => ":ir",
        Is::Sensitive => ":is",
    }
}

/// Whatever of a post is read.
pub fn texts(source: &Source, hanging: &[Hanging]) -> Vec<String> {
    let mut texts = vec![text::plain(&source.html)];
    texts.extend(source.title.clone());
    texts.push(source.summary.clone());
    texts.extend(hanging.iter().map(|one| one.text.clone()));
    texts
}

/// All terms of a post in one line; none where nobody may find it. `usual`: the language of what names none.
pub fn of_post(source: &Source, ties: &[Tie], hanging: &[Hanging], usual: &str) -> String {
    let mut terms = BTreeSet::new();
    if source.suspended {
        return String::new();
    }
    if source.indexable {
        match Audience::parse(&source.audience) {
            Some(Audience::Public) => terms.insert(OPEN.to_owned()),
            Some(Audience::Town | Audience::Neighbours) => terms.insert(OPEN_HERE.to_owned()),
            _ => false,
        };
    }
    if source.local {
        terms.insert(finder(source.author_id));
    }
    terms.extend(
        ties.iter()
            .filter(|tie| tie.finds)
            .map(|tie| finder(tie.account_id)),
    );
    if terms.is_empty() {
        return String::new();
    }
    terms.extend(
        ties.iter()
            .filter(|tie| tie.named)
            .map(|tie| named(tie.account_id)),
    );
    terms.insert(author(source.author_id));
    let spoken = source.language.as_deref().unwrap_or(usual);
    if source.language.is_some() {
        terms.insert(language(&words::primary(spoken)));
    }
    let folded = |name: &str| words::term(&text::folded_tag(name));
    terms.extend(source.tags.lines().map(|name| tag(&folded(name))));
    terms.extend(signs(source, hanging).into_iter().map(str::to_owned));
    for text in texts(source, hanging) {
        words::terms(&text, spoken, MOST, &mut terms);
    }
    Vec::from_iter(terms).join(" ")
}

fn signs(source: &Source, hanging: &[Hanging]) -> Vec<&'static str> {
    let mut signs = Vec::new();
    let mut sign = |holds: bool, term| {
        if holds {
            signs.push(term);
        }
    };
    let of = |sort: &str| {
        hanging.iter().any(|one| {
            one.mime
                .as_deref()
                .is_some_and(|mime| mime.starts_with(sort))
        })
    };
    sign(source.has_media, has(Has::Media));
    sign(of("image/"), has(Has::Image));
    sign(of("video/"), has(Has::Video));
    sign(of("audio/"), has(Has::Audio));
    sign(source.has_poll, has(Has::Poll));
    sign(source.has_quote, has(Has::Quote));
    sign(text::first_link(&source.html).is_some(), has(Has::Link));
    sign(source.answers, is(Is::Reply));
    sign(source.sensitive, is(Is::Sensitive));
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs_a_link(html: &str) -> bool {
        let post = Source {
            html: html.into(),
            ..source("public", true)
        };
        let sign = has(Has::Link);
        of_post(&post, &[], &[], "fr")
            .split(' ')
            .any(|term| term == sign)
    }

    fn source(audience: &str, indexable: bool) -> Source {
        Source {
            id: 1,
            author_id: 7,
            local: false,
            audience: audience.into(),
            title: None,
            summary: "Balade".into(),
            html: "<p>Les <b>mar</b>chés de l’été <a href=\"https://a.example/x\">ici</a></p>"
                .into(),
            sensitive: true,
            language: Some("fr-FR".into()),
            tags: "Été\nfoire".into(),
            answers: true,
            has_media: true,
            has_poll: false,
            has_quote: false,
            indexable,
            suspended: false,
        }
    }

    #[test]
    fn a_post_stands_under_its_words_and_its_signs() {
        let picture = Hanging {
            post_id: 1,
            mime: Some("image/png".into()),
            text: "Un chat".into(),
        };
        let named = Tie {
            post_id: 1,
            account_id: 9,
            finds: false,
            named: true,
        };
        let line = of_post(&source("public", true), &[named], &[picture], "fr");
        let terms: Vec<&str> = line.split(' ').collect();
        for term in [
            ":p", ":a7", "@9", ":lfr", "#ete", "#foire", ":hm", ":hi", ":hl", ":ir", ":is",
            "~balad", "~march", "~chat",
        ] {
            assert!(terms.contains(&term), "{term} in {line}");
        }
        assert!(!terms.contains(&":s7"), "the author is elsewhere");
    }

    #[test]
    fn what_nobody_may_find_has_no_terms() {
        assert_eq!(of_post(&source("public", false), &[], &[], "fr"), "");
        assert_eq!(of_post(&source("followers", true), &[], &[], "fr"), "");
        let suspended = Source {
            suspended: true,
            ..source("public", true)
        };
        assert_eq!(of_post(&suspended, &[], &[], "fr"), "");
        let reader = Tie {
            post_id: 1,
            account_id: 3,
            finds: true,
            named: false,
        };
        let line = of_post(&source("followers", true), &[reader], &[], "fr");
        assert!(line.split(' ').any(|term| term == ":s3"));
        assert!(!line.split(' ').any(|term| term == ":p"));
    }

    #[test]
    fn a_link_to_a_person_or_a_tag_is_none() {
        assert!(signs_a_link("<p><a href=\"https://x.example\">x</a></p>"));
        assert!(!signs_a_link(
            "<p><a href=\"https://x.example/@a\" class=\"u-url mention\">@a</a></p>"
        ));
        assert!(!signs_a_link("<p>a &lt;a </p>"));
    }
}
