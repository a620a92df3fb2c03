//! Holds the words and the pages together: no key without a message, no message without a use, all languages alike.

use std::{collections::BTreeSet, fs, path::Path};

use parvis_model::locale::Locale;

/// Messages that pages speak.
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

/// Messages that other crates speak, too: what is refused, what telephones are told, moments, the name of a language, what is
/// said of people's data.
const SHARED: &[&str] = &["refusals", "push", "time", "language", "privacy"];
/// How their keys begin, and no other word does.
const BEGINNINGS: [&str; 5] = ["refusal-", "push-", "time-", "language-", "privacy-"];

/// The program has a few pages of its own, for requests that reach no town; what other servers send that we do not model is put
/// into words, too.
const CRATES: &[&str] = &[".", "../parvis", "../federation"];
/// Who speaks what is shared.
const SPEAKERS: &[&str] = &[
    ".",
    "../parvis",
    "../federation",
    "../api",
    "../town",
    "../model",
];

fn frontend() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../frontend")
}

fn defined(language: &str, files: &[&str]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in files {
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

/// Every quoted word of the templates and of these crates.
fn quoted(crates: &[&str]) -> (String, BTreeSet<String>) {
    let mut text = String::new();
    sources(&frontend().join("templates"), &mut text);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for crate_ in crates {
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
    let known = defined("fr", FILES);
    let (text, _) = quoted(CRATES);
    for call in [".t(\"", ".tn(\"", ".tw(\""] {
        for rest in text.split(call).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(known.contains(key), "{key} stands in no locale file");
        }
    }
}

#[test]
fn no_word_is_left_over_and_languages_agree() {
    let (_, used) = quoted(CRATES);
    let left: Vec<_> = defined("fr", FILES)
        .into_iter()
        .filter(|key| !used.contains(key))
        .collect();
    assert!(left.is_empty(), "unused: {left:?}");
    for (code, _) in Locale::all() {
        for files in [FILES, SHARED] {
            assert_eq!(defined(code, files), defined("fr", files), "{code}");
        }
    }
}

#[test]
fn every_file_of_words_is_looked_at() {
    for (code, _) in Locale::all() {
        let files = fs::read_dir(frontend().join("locales").join(code)).unwrap();
        let names: BTreeSet<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let looked_at = FILES.iter().chain(SHARED);
        let looked_at: BTreeSet<String> = looked_at.map(|file| format!("{file}.ftl")).collect();
        assert_eq!(names, looked_at, "{code}");
    }
}

/// Is it the key of a message that several crates speak?
fn is_shared_key(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    BEGINNINGS
        .iter()
        .filter_map(|beginning| word.strip_prefix(beginning))
        .any(|rest| !rest.is_empty() && rest.chars().all(plain))
}

#[test]
fn no_shared_word_is_missing_and_none_is_left_over() {
    // Some refusals are only for pages and stand among their words.
    let (shared, own) = (defined("fr", SHARED), defined("fr", FILES));
    let (_, used) = quoted(SPEAKERS);
    let missing: Vec<_> = used
        .iter()
        .filter(|word| is_shared_key(word) && !shared.contains(*word) && !own.contains(*word))
        .collect();
    assert!(missing.is_empty(), "in no locale file: {missing:?}");
    // The months are counted through: `time-month-{}`.
    let is_used = |key: &String| {
        let counted = key.trim_end_matches(|c: char| c.is_ascii_digit());
        used.contains(key) || (counted != key && used.contains(&format!("{counted}{{}}")))
    };
    let left: Vec<_> = shared.iter().filter(|key| !is_used(key)).collect();
    assert!(left.is_empty(), "unused: {left:?}");
}
