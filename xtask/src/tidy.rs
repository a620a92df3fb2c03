//! `cargo xtask tidy`, and a test of the same: the rules of the house that no compiler holds.
//! Knows names, sizes and arrows, nothing of what the code does.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::proofs;
use crate::workspace::{Crate, Workspace};

/// Longer than this, and a file holds two things.
const LONGEST: usize = 600;
/// Names that say nothing: a function belongs to the noun it speaks about.
const EMPTY_NAMES: [&str; 10] = [
    "common", "helper", "helpers", "manager", "managers", "service", "services", "shared", "util",
    "utils",
];
const FOLDERS: [&str; 4] = ["crates", "migrations", "tests", "xtask"];

/// Which crates of ours a crate may depend on. A new arrow is a deliberate act: it is drawn here
/// and in ARCHITECTURE.md.
const ARROWS: [(&str, &[&str]); 11] = [
    ("parvis-model", &[]),
    ("parvis-migrations", &[]),
    ("parvis-media", &["parvis-model"]),
    ("parvis-store", &["parvis-model", "parvis-migrations"]),
    (
        "parvis-town",
        &["parvis-model", "parvis-store", "parvis-media"],
    ),
    (
        "parvis-federation",
        &["parvis-model", "parvis-store", "parvis-town"],
    ),
    (
        "parvis-api",
        &["parvis-model", "parvis-store", "parvis-town"],
    ),
    (
        "parvis-web",
        &["parvis-model", "parvis-store", "parvis-town"],
    ),
    (
        "parvis",
        &[
            "parvis-model",
            "parvis-store",
            "parvis-media",
            "parvis-town",
            "parvis-federation",
            "parvis-api",
            "parvis-web",
        ],
    ),
    ("xtask", &[]),
    (
        TESTKIT,
        &[
            "parvis-model",
            "parvis-migrations",
            "parvis-store",
            "parvis-media",
            "parvis-town",
        ],
    ),
];
/// For tests only: any crate's tests may use it, no crate may ship it.
const TESTKIT: &str = "parvis-testkit";
/// Nothing depends on these, so they may look at everything.
const OUTSIDE: [&str; 2] = ["parvis-tests", "parvis-load"];

pub fn command(workspace: &Workspace, args: &[String]) -> Result<()> {
    if let Some(arg) = args.first() {
        bail!("tidy takes no '{arg}'");
    }
    let faults = faults(workspace)?;
    if faults.is_empty() {
        println!("tidy");
        return Ok(());
    }
    bail!("the house is not tidy:\n  {}", faults.join("\n  "))
}

fn faults(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults: Vec<String> = workspace.crates.iter().flat_map(wrong_arrows).collect();
    let mut tests = HashSet::new();
    for folder in FOLDERS {
        for file in rust_files(&workspace.root.join(folder))? {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            faults.extend(wrong_file(file.strip_prefix(&workspace.root)?, &text));
            tests.extend(proofs::tests(&text).map(str::to_owned));
        }
    }
    faults.extend(proofs::faults(&workspace.root, &tests)?);
    Ok(faults)
}

fn wrong_arrows(from: &Crate) -> Vec<String> {
    let name = from.name.as_str();
    if OUTSIDE.contains(&name) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        return vec![format!(
            "{name}: a new crate; draw its arrows in xtask/src/tidy.rs"
        )];
    };
    from.arrows
        .iter()
        .filter(|arrow| !allowed.contains(&arrow.to.as_str()))
        .filter(|arrow| !(arrow.dev && arrow.to == TESTKIT))
        .map(|arrow| format!("{name} depends on {}: no such arrow is drawn", arrow.to))
        .collect()
}

fn wrong_file(path: &Path, text: &str) -> Vec<String> {
    [
        too_long(text),
        empty_name(path),
        silenced(text),
        not_atomic(path, text),
    ]
    .into_iter()
    .flatten()
    .map(|fault| format!("{}: {fault}", path.display()))
    .collect()
}

fn too_long(text: &str) -> Option<String> {
    let lines = text.lines().count();
    let generated = text
        .lines()
        .next()
        .is_some_and(|first| first.contains("@generated"));
    (lines > LONGEST && !generated)
        .then(|| format!("{lines} lines, {LONGEST} at most: it holds two things"))
}

fn empty_name(path: &Path) -> Option<String> {
    let names = path
        .iter()
        .filter_map(|part| Path::new(part).file_stem()?.to_str());
    let empty = names.into_iter().find(|name| EMPTY_NAMES.contains(name))?;
    Some(format!("'{empty}' says nothing of what is in it"))
}

fn silenced(text: &str) -> Option<String> {
    let silent = |line: &str| line.starts_with("#[allow(") || line.starts_with("#![allow(");
    let number = text.lines().position(|line| silent(line.trim_start()))?;
    Some(format!(
        "line {} allows a lint; expect it, with a reason",
        number + 1
    ))
}

/// PostgreSQL runs a migration in a transaction by itself, SQLite only when asked to.
fn not_atomic(path: &Path, text: &str) -> Option<String> {
    if !path.starts_with("migrations") {
        return None;
    }
    let steps = text.split("impl MigrationTrait for ").skip(1);
    let careless = steps.filter(|step| !asks_for_a_transaction(step)).count();
    (careless > 0).then(|| "a migration without `use_transaction` giving Some(true)".to_owned())
}

fn asks_for_a_transaction(step: &str) -> bool {
    let body = step
        .split_once("fn use_transaction")
        .and_then(|(_, rest)| rest.split_once('{'));
    body.is_some_and(|(_, rest)| rest.trim_start().starts_with("Some(true)"))
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            if name != "node_modules" && name != "target" {
                files.extend(rust_files(&path)?);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Arrow;

    #[test]
    fn the_house_is_tidy() {
        let faults = faults(&Workspace::find().unwrap()).unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    fn arrows(from: &str, to: &str, dev: bool) -> usize {
        let arrows = vec![Arrow {
            to: to.to_owned(),
            dev,
        }];
        wrong_arrows(&Crate {
            name: from.to_owned(),
            arrows,
        })
        .len()
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_a_fault() {
        assert_eq!(arrows("parvis-town", "parvis-store", false), 0);
        assert_eq!(arrows("parvis-town", "parvis-federation", false), 1);
        assert_eq!(arrows("parvis-web", "parvis-api", false), 1);
        assert_eq!(
            arrows("parvis-web", "parvis-api", true),
            1,
            "not even in tests"
        );
        assert_eq!(arrows("parvis-federation", TESTKIT, true), 0);
        assert_eq!(arrows("parvis-federation", TESTKIT, false), 1, "tests only");
        assert_eq!(
            arrows("parvis-cathedral", "parvis-model", false),
            1,
            "a new crate"
        );
    }

    fn count(path: &str, text: &str) -> usize {
        wrong_file(Path::new(path), text).len()
    }

    #[test]
    fn a_long_file_is_a_fault_unless_a_machine_wrote_it() {
        let long = "//\n".repeat(LONGEST + 1);
        assert_eq!(count("crates/model/src/id.rs", &long), 1);
        assert_eq!(
            count("crates/model/src/id.rs", &format!("// @generated\n{long}")),
            0
        );
        assert_eq!(count("crates/model/src/id.rs", &"//\n".repeat(LONGEST)), 0);
    }

    #[test]
    fn a_name_that_says_nothing_is_a_fault() {
        assert_eq!(count("crates/town/src/utils.rs", ""), 1);
        assert_eq!(count("crates/town/src/helpers/posts.rs", ""), 1);
        assert_eq!(count("crates/town/src/post_office.rs", ""), 0);
    }

    #[test]
    fn a_silenced_lint_is_a_fault() {
        assert_eq!(
            count("crates/town/src/posts.rs", "    #[allow(dead_code)]"),
            1
        );
        assert_eq!(
            count("crates/town/src/posts.rs", "#![allow(clippy::all)]"),
            1
        );
        assert_eq!(
            count(
                "crates/town/src/posts.rs",
                "#[expect(dead_code, reason = \"x\")]"
            ),
            0
        );
    }

    #[test]
    fn every_migration_asks_for_a_transaction() {
        let step = |body: &str| format!("impl MigrationTrait for Migration {{ {body} }}");
        let asks = "fn use_transaction(&self) -> Option<bool> {\n        Some(true)\n    }";
        assert_eq!(count("migrations/src/m1.rs", &step(asks)), 0);
        assert_eq!(count("migrations/src/m1.rs", &step("")), 1);
        assert_eq!(
            count(
                "migrations/src/m1.rs",
                &step(&asks.replace("true", "false"))
            ),
            1
        );
        assert_eq!(count("migrations/src/m1.rs", &(step(asks) + &step(""))), 1);
        assert_eq!(
            count("crates/store/src/m1.rs", &step("")),
            0,
            "only migrations are"
        );
    }
}
