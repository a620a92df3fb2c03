//! What the steps need on the machine, and how it gets there: Debian packages where apt may be
//! used, otherwise a clear word. Knows no step.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::Note;
use crate::workspace::Workspace;
use crate::{postgres, run};

/// Pinned, so that the same tree gets the same verdict everywhere.
const CARGO_DENY: &str = "0.20.2";
/// What playwright-core asks for.
const NODE: u32 = 20;
/// Keeps Debian's packages from starting a server of their own beside our throwaway one.
const NO_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/parvis-tests.conf";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    Rustfmt,
    Clippy,
    CCompiler,
    Postgres,
    Node,
    Chromium,
    Python,
    CargoDeny,
}

/// Everything in `tools` is there afterwards, or the error says what is not.
pub fn install(workspace: &Workspace, tools: &[Tool]) -> Result<Note> {
    let tools: BTreeSet<Tool> = tools.iter().copied().collect();
    let missing: Vec<Tool> = tools
        .iter()
        .copied()
        .filter(|tool| !tool.is_there(workspace))
        .collect();
    if let Some(component) = missing.iter().find_map(|tool| tool.component()) {
        bail!("{component} is missing: `rustup component add {component}`, then run this again");
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|tool| tool.debian_packages())
        .copied()
        .collect();
    if !packages.is_empty() {
        apt(&packages)?;
    }
    if missing.contains(&Tool::CargoDeny) {
        install_cargo_deny(workspace)?;
    }
    if let Some(tool) = missing.iter().find(|tool| !tool.is_there(workspace)) {
        bail!("{} is still missing after the installation", tool.name());
    }
    let names: Vec<&str> = missing.iter().map(|tool| tool.name()).collect();
    Ok((!names.is_empty()).then(|| format!("installed {}", names.join(", "))))
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::CCompiler => "a C compiler",
            Self::Postgres => "PostgreSQL",
            Self::Node => "Node.js 20 or newer with npm",
            Self::Chromium => "Chromium",
            Self::Python => "Python 3 with venv",
            Self::CargoDeny => "cargo-deny",
        }
    }

    fn is_there(self, workspace: &Workspace) -> bool {
        match self {
            Self::Rustfmt => run::succeeds(run::cargo().args(["fmt", "--version"])),
            Self::Clippy => run::succeeds(run::cargo().args(["clippy", "--version"])),
            Self::CCompiler => run::which("cc").is_some(),
            Self::Postgres => postgres::programs().is_some(),
            Self::Node => run::which("npm").is_some() && node().is_some_and(|major| major >= NODE),
            Self::Chromium => chromium().is_some(),
            Self::Python => {
                run::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]))
            }
            Self::CargoDeny => run::output(Command::new(cargo_deny(workspace)).arg("--version"))
                .is_ok_and(|said| said.trim() == format!("cargo-deny {CARGO_DENY}")),
        }
    }

    /// The rustup component that brings it.
    fn component(self) -> Option<&'static str> {
        match self {
            Self::Rustfmt => Some("rustfmt"),
            Self::Clippy => Some("clippy"),
            _ => None,
        }
    }

    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::CCompiler => &["gcc", "libc6-dev"],
            Self::Postgres => &["postgresql"],
            Self::Node => &["nodejs", "npm"],
            Self::Chromium => &["chromium", "fonts-dejavu-core"],
            Self::Python => &["python3", "python3-venv"],
            Self::Rustfmt | Self::Clippy | Self::CargoDeny => &[],
        }
    }
}

pub fn cargo_deny(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("bin/cargo-deny")
}

/// The one beside the cargo that started us, else whichever is found by its name.
pub fn clippy_driver() -> PathBuf {
    let beside =
        std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name("clippy-driver"));
    beside
        .filter(|driver| driver.exists())
        .unwrap_or_else(|| PathBuf::from("clippy-driver"))
}

/// `CHROMIUM` where it is set, else Debian's.
pub fn chromium() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from("/usr/bin/chromium")))
        .filter(|file| file.exists())
}

fn node() -> Option<u32> {
    major(&run::output(Command::new("node").arg("--version")).ok()?)
}

fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn install_cargo_deny(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo("install");
    command.args(["cargo-deny", "--version", CARGO_DENY, "--locked", "--root"]);
    // It runs for a second or two: what it would gain by being made fast is lost many times over in making it.
    command.envs([
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ]);
    run::loudly(command.arg(workspace.tools()))
}

fn apt(packages: &[&str]) -> Result<()> {
    let Some(root) = AsRoot::find() else {
        bail!(
            "missing: the Debian packages {list}\nInstall them (sudo apt-get install {list}), \
             then run this again",
            list = packages.join(" ")
        );
    };
    run::loudly(&mut root.apt_get(&["update", "-qq"]))?;
    if packages.contains(&"postgresql") && !Path::new("/etc/postgresql-common").exists() {
        root.install(&["postgresql-common"])?;
        run::loudly(root.command("sh").args(["-c", &no_cluster()]))?;
    }
    root.install(packages)
}

fn no_cluster() -> String {
    format!("mkdir -p $(dirname {NO_CLUSTER}) && echo create_main_cluster = false >{NO_CLUSTER}")
}

/// The right to install, which we have or not.
enum AsRoot {
    Already,
    BySudo,
}

impl AsRoot {
    fn find() -> Option<Self> {
        run::which("apt-get")?;
        if is_root() {
            return Some(Self::Already);
        }
        run::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self::BySudo)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = match self {
            Self::Already => Command::new("env"),
            Self::BySudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["-n", "env"]);
                sudo
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", program]);
        command
    }

    fn apt_get(&self, args: &[&str]) -> Command {
        let mut command = self.command("apt-get");
        command.args(args);
        command
    }

    fn install(&self, packages: &[&str]) -> Result<()> {
        let mut command = self.apt_get(&["install", "-y", "-qq", "--no-install-recommends"]);
        run::loudly(command.args(packages)).context("apt-get could not install what is missing")
    }
}

pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_read_from_its_own_words() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20.20.2"), None);
        assert_eq!(major("v"), None);
    }

    #[test]
    fn every_tool_can_be_had_in_exactly_one_way() {
        use Tool::{CCompiler, CargoDeny, Chromium, Clippy, Node, Postgres, Python, Rustfmt};
        for tool in [
            Rustfmt, Clippy, CCompiler, Postgres, Node, Chromium, Python, CargoDeny,
        ] {
            let ways = [
                tool.component().is_some(),
                !tool.debian_packages().is_empty(),
                tool == CargoDeny,
            ];
            assert_eq!(ways.iter().filter(|way| **way).count(), 1, "{tool:?}");
        }
    }
}
