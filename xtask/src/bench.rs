//! `cargo xtask bench`: builds the node and the load harness for release and hands over to the
//! harness. Knows no scenario.

use std::process::Command;

use anyhow::{Result, bail};

use crate::run;
use crate::workspace::Workspace;

const HARNESS: &str = "parvis-load";

pub fn command(workspace: &Workspace, args: &[String]) -> Result<()> {
    if !workspace.has(HARNESS) {
        bail!("the workspace has no crate {HARNESS} (tests/load)");
    }
    // One build of both, so that they share every dependency.
    run::loudly(
        workspace
            .cargo("build")
            .args(["--release", "-p", "parvis", "-p", HARNESS]),
    )?;
    let built = workspace.target.join("release");
    run::loudly(
        Command::new(built.join(HARNESS))
            .args(args)
            .current_dir(&workspace.root)
            .env("PARVIS_BIN", built.join("parvis")),
    )
}
