//! The browser tests: Node's test runner drives headless Chromium against a town of its own.
//! Knows no page.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::test::Note;
use crate::workspace::Workspace;
use crate::{checks, packages, run};

pub fn tests(workspace: &Workspace) -> Result<Note> {
    checks::build(workspace)?;
    install_modules(&workspace.browser_tests())?;
    run::loudly(
        Command::new("node")
            // Each file has a town of its own, and waits half of the time.
            .args(["--test", "--test-concurrency=2", "--test-reporter=spec"])
            .current_dir(workspace.browser_tests())
            .env(
                "CHROMIUM",
                packages::chromium().context("Chromium is not there")?,
            )
            .env("PARVIS_BIN", workspace.program())
            .env("PARVIS_SCREENSHOTS", workspace.target.join("screenshots")),
    )?;
    Ok(None)
}

/// `npm ci` starts anew each time, so it runs only when the lock file differs from the one that
/// the modules were installed by.
pub fn install_modules(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json")?;
    let installed = folder.join("node_modules/.installed-by.json");
    if fs::read(&installed).is_ok_and(|by| by == lock) {
        return Ok(());
    }
    run::loudly(
        Command::new("npm")
            .args(["ci", "--no-fund", "--no-audit"])
            .current_dir(folder),
    )?;
    fs::write(&installed, lock).context("node_modules")
}
