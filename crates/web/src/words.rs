//! Holds the words and the pages together: no key without a message, no message without a use, all languages alike.

use std::{collections::BTreeSet, fs, path::Path};

use parvis_model::locale::Locale;

/// Our own messages: all of this crate's files, but not the moments and refusals that other crates speak.
const FILES: &[&str] = &[
    "conversations",
    "filters",
    "notices",
    "announcements",
    "appearance",
    "timelines",
    "compose",
    "threads",
    "apps",
    "pages",
    "posts",
    "polls",
    "quotes",
    "installed",
    "interactions",
    "people",
    "accounts",
    "leaving",
    "letters",
    "taking_along",
    "two_step",
    "passkeys",
    "invitations",
    "public",
    "look",
    "neighbours",
    "styleguide",
    "town",
];

fn frontend() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend")
}

fn defined(language: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in FILES {
        let text =
            fs::read_to_string(frontend().join(format!("locales/{language}/{file}.ftl"))).unwrap();
        let lines = text
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
        keys.extend(
            lines
                .filter_map(|line| line.split_once(" ="))
                .map(|(key, _)| key.to_owned()),
        );
    }
    keys
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path
            .extension()
            .is_some_and(|kind| kind == "rs" || kind == "html")
            && !path.ends_with("words.rs")
        {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Every quoted word of the templates and of this crate.
fn quoted() -> (String, BTreeSet<String>) {
    let mut text = String::new();
    sources(&frontend().join("templates"), &mut text);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The program has a few pages of its own, for requests that reach no town; what other servers send that we do not model is
    // put into words, too.
    for crate_ in [".", "../parvis", "../federation"] {
        sources(&here.join(crate_).join("src"), &mut text);
    }
    let words = text.split('"').map(str::to_owned).collect();
    (text, words)
}

#[test]
fn no_word_stands_twice_in_a_language() {
    for (code, _) in Locale::all() {
        let mut known = BTreeSet::new();
        for entry in fs::read_dir(frontend().join("locales").join(code)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            for (key, _) in text.lines().filter_map(|line| line.split_once(" =")) {
                let is_key = key.starts_with(|c: char| c.is_ascii_lowercase());
                assert!(
                    !is_key || known.insert(key.to_owned()),
                    "{code}: {key} stands twice"
                );
            }
        }
    }
}

#[test]
fn no_word_is_missing() {
    let known = defined("fr");
    let (text, _) = quoted();
    for call in [".t(\"", ".tn(\"", ".tw(\""] {
        for rest in text.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(known.contains(key), "{key} stands in no locale file");
        }
    }
}

#[test]
fn no_word_is_left_over_and_languages_agree() {
    let (_, used) = quoted();
    let left: Vec<_> = defined("fr")
        .into_iter()
        .filter(|key| !used.contains(key))
        .collect();
    assert!(left.is_empty(), "unused: {left:?}");
    for (code, _) in Locale::all() {
        assert_eq!(defined(code), defined("fr"), "{code}");
    }
}
