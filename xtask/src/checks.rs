//! The steps that are one cargo call each.

use std::process::Command;

use anyhow::Result;

use crate::memory;
use crate::packages;
use crate::run;
use crate::test::Note;
use crate::workspace::Workspace;

pub fn fmt(workspace: &Workspace) -> Result<Note> {
    run::loudly(workspace.cargo("fmt").args(["--all", "--check"]))?;
    Ok(None)
}

pub fn deny(workspace: &Workspace) -> Result<Note> {
    run::loudly(cargo_deny(workspace).args([
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))?;
    Ok(None)
}

/// Only a database that can't be fetched is passed over; what it says once fetched counts.
pub fn advisories(workspace: &Workspace) -> Result<Note> {
    if let Err(why) = run::output(cargo_deny(workspace).args(["fetch", "db"])) {
        println!("skipped, the advisory database can't be fetched:\n{why:#}");
        return Ok(Some(
            "skipped: the advisory database can't be fetched".to_owned(),
        ));
    }
    run::loudly(cargo_deny(workspace).args(["check", "--disable-fetch", "advisories"]))?;
    Ok(None)
}

fn cargo_deny(workspace: &Workspace) -> Command {
    let mut command = Command::new(packages::cargo_deny(workspace));
    command.current_dir(&workspace.root);
    command
}

/// Whole-program tests start the program, so it is built before any of them runs; all targets at
/// once, so that the steps after this share every dependency.
pub fn build(workspace: &Workspace) -> Result<Note> {
    let mut command = cargo(workspace, "build");
    run::loudly(command.args(["--locked", "--workspace", "--all-targets"]))?;
    Ok(None)
}

/// cargo, not yet started, with clippy for a compiler of our own crates: it looks at them while they
/// are compiled, and `cargo clippy` would compile everything a second time. A warning ends the build;
/// it is told so as `cargo clippy` itself does.
fn cargo(workspace: &Workspace, subcommand: &str) -> Command {
    let mut command = workspace.cargo(subcommand);
    command
        .env("RUSTC_WORKSPACE_WRAPPER", packages::clippy_driver())
        .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
    command
}

pub fn tests_on_sqlite(workspace: &Workspace) -> Result<Note> {
    build(workspace)?;
    let mut command = cargo_test(workspace)?;
    run::loudly(command.env_remove("PARVIS_TEST_POSTGRES"))?;
    Ok(None)
}

/// `cargo test` for the whole workspace, not yet started. Two tests for each core: half of their
/// time they wait for something. They run the program that [`build`] left, or it would be compiled
/// a second time without what the tests' own dependencies ask of its crates.
pub fn cargo_test(workspace: &Workspace) -> Result<Command> {
    let cores = std::thread::available_parallelism()?.get();
    let mut command = cargo(workspace, "test");
    command
        .args(["--locked", "--workspace"])
        .env("RUST_TEST_THREADS", (2 * cores).to_string())
        .env("PARVIS_BIN", workspace.program());
    if let Some(folder) = memory::folder() {
        command.env("TMPDIR", folder);
    }
    Ok(command)
}
