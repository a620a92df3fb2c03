//! Where the workspace lies and which crates it has, as cargo itself tells it. Knows nothing of
//! what is done with them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run;

#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    pub crates: Vec<Crate>,
}

#[derive(Debug)]
pub struct Crate {
    pub name: String,
    /// The crates of this workspace that it depends on.
    pub arrows: Vec<Arrow>,
}

#[derive(Debug)]
pub struct Arrow {
    pub to: String,
    /// Only tests take this way.
    pub dev: bool,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let mut command = run::cargo();
        command.args(["metadata", "--format-version=1", "--no-deps", "--offline"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        Self::read(&run::output(&mut command)?)
    }

    fn read(metadata: &str) -> Result<Self> {
        let metadata: Value = serde_json::from_str(metadata).context("cargo metadata")?;
        let packages = metadata["packages"]
            .as_array()
            .context("cargo metadata: no packages")?;
        let names: Vec<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
        if names.is_empty() {
            bail!("cargo metadata names no crate");
        }
        Ok(Self {
            root: path(&metadata["workspace_root"])?,
            target: path(&metadata["target_directory"])?,
            crates: packages
                .iter()
                .map(|p| read_crate(p, &names))
                .collect::<Result<_>>()?,
        })
    }

    /// `cargo SUBCOMMAND` in the root, not yet started.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut command = run::cargo();
        command.current_dir(&self.root).arg(subcommand);
        command
    }

    pub fn has(&self, name: &str) -> bool {
        self.crates.iter().any(|c| c.name == name)
    }

    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// The debug build of the program.
    pub fn program(&self) -> PathBuf {
        self.target.join("debug/parvis")
    }

    pub fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }
}

fn path(value: &Value) -> Result<PathBuf> {
    value
        .as_str()
        .map(|text| Path::new(text).to_path_buf())
        .context("cargo metadata: no path")
}

fn read_crate(package: &Value, names: &[&str]) -> Result<Crate> {
    let name = package["name"]
        .as_str()
        .context("cargo metadata: a crate has no name")?;
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let arrows = dependencies
        .iter()
        .filter_map(|d| Some((d["name"].as_str()?, d["kind"].as_str() == Some("dev"))))
        .filter(|(to, _)| names.contains(to))
        .map(|(to, dev)| Arrow {
            to: to.to_owned(),
            dev,
        })
        .collect();
    Ok(Crate {
        name: name.to_owned(),
        arrows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_and_the_arrows_between_them_are_read_from_cargos_own_words() {
        let read = Workspace::read(
            r#"{"workspace_root": "/w", "target_directory": "/w/target", "packages": [
                {"name": "parvis-model", "dependencies": [{"name": "url", "kind": null}]},
                {"name": "parvis-store", "dependencies": [
                    {"name": "parvis-model", "kind": null},
                    {"name": "parvis-testkit", "kind": "dev"}]},
                {"name": "parvis-testkit", "dependencies": []}]}"#,
        )
        .unwrap();
        let store = &read.crates[1];
        let arrows: Vec<_> = store
            .arrows
            .iter()
            .map(|a| (a.to.as_str(), a.dev))
            .collect();
        assert_eq!(arrows, [("parvis-model", false), ("parvis-testkit", true)]);
        assert!(read.crates[0].arrows.is_empty(), "url is not ours");
    }

    #[test]
    fn a_workspace_without_crates_is_refused() {
        assert!(Workspace::read(r#"{"packages": []}"#).is_err());
    }
}
