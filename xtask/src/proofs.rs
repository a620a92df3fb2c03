//! Holds `docs/api.md` to the tests: whatever row says by which test it is proved names one that exists. Knows names, not what
//! the tests try.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const PAPER: &str = "docs/api.md";
/// Words in a test's name, at least: fewer are names of fields.
const WORDS: usize = 4;

/// Names of the tests in a file.
pub fn tests(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines();
    let is_test = |line: &str| line.starts_with("#[test") || line.starts_with("#[tokio::test");
    lines
        .scan(false, move |awaited, line| {
            let line = line.trim_start();
            let name = name(line);
            let test = name.filter(|_| *awaited);
            *awaited = is_test(line) || *awaited && name.is_none();
            Some(test)
        })
        .flatten()
}

fn name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split('(').next()
}

/// What of the paper is not so.
pub fn faults(root: &Path, tests: &HashSet<String>) -> Result<Vec<String>> {
    let text = fs::read_to_string(root.join(PAPER)).context(PAPER)?;
    Ok(unproved(&text, tests))
}

fn unproved(text: &str, tests: &HashSet<String>) -> Vec<String> {
    let missing = named(text).filter(|name| !tests.contains(*name));
    let missing = missing.map(|name| format!("{PAPER}: there is no test {name}"));
    let is_row = |line: &&str| line.starts_with("| ") && line.contains("`/");
    let rows = text.lines().filter(is_row);
    let bare = rows.filter(|row| named(row).next().is_none());
    let bare = bare.map(|row| format!("{PAPER}: nothing proves {row}"));
    missing.chain(bare).collect()
}

/// Every second piece between backticks stands inside them.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split('`').skip(1).step_by(2);
    inside.filter(|word| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        word.chars().all(letters) && word.split('_').count() >= WORDS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_test_that_exists_is_a_fault() {
        let code = "#[tokio::test]\n#[ignore]\nasync fn it_is_shown_at_once() {}\nfn it_is_no_test_at_all() {}\n\
                    #[test]\nfn a_second_one_is_found() {}";
        let found: HashSet<String> = tests(code).map(str::to_owned).collect();
        assert_eq!(found.len(), 2);
        let faults = |row: &str| unproved(row, &found).len();
        assert_eq!(faults("| T1 | GET `/a` | yes | `it_is_shown_at_once` |"), 0);
        assert_eq!(faults("| T1 | GET `/a` | yes | – |"), 1);
        assert_eq!(faults("| – | GET `/a` | yes | – |"), 1);
        assert_eq!(faults("| tier | address | answered | proved by |"), 0);
        assert_eq!(
            faults("| T2 | GET `/a` | 404 | not here: `it_is_shown_at_once` |"),
            0
        );
        assert_eq!(
            faults("| T1 | GET `/a` | yes | `it_is_no_test_at_all` |"),
            1
        );
        assert_eq!(faults("`delete_media` and `a_test_that_went`"), 1);
    }
}
