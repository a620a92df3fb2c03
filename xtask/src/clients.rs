//! Scenarios by client libraries that others wrote, against a town of their own. Installs the libraries and hands over to
//! `tests/clients/play.py`; knows nothing of what is played.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::test::Note;
use crate::workspace::Workspace;
use crate::{browser, checks, run};

pub fn play(workspace: &Workspace) -> Result<Note> {
    checks::build(workspace)?;
    let scenarios = workspace.root.join("tests/clients");
    browser::install_modules(&scenarios)?;
    let python = python(workspace, "clients")?;
    run::loudly(
        Command::new(python)
            .arg("-B")
            .arg(scenarios.join("play.py"))
            .arg(workspace.program()),
    )?;
    Ok(None)
}

/// A Python with the packages that `tests/<scripts>` pins, made anew only when they differ from those it was made with.
pub fn python(workspace: &Workspace, scripts: &str) -> Result<PathBuf> {
    let wanted = workspace.root.join("tests").join(scripts);
    let wanted = wanted.join("requirements.txt");
    let folder = workspace.target.join(scripts);
    let (venv, mark) = (folder.join("venv"), folder.join("installed.txt"));
    let python = venv.join("bin/python");
    let list = fs::read(&wanted).context("requirements.txt")?;
    if python.exists() && fs::read(&mark).is_ok_and(|installed| installed == list) {
        return Ok(python);
    }
    fs::create_dir_all(&folder)?;
    run::loudly(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    run::loudly(
        Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--no-deps", "-r"])
            .arg(&wanted),
    )?;
    fs::write(mark, list)?;
    Ok(python)
}
