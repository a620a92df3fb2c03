//! `cargo xtask interop`: plays follow, post, reply and so on between a node and software that others
//! wrote, on loopback: servers (peers) and client apps. Builds the node, installs the others and hands over
//! to `tests/interop/play.py`; knows nothing of what is played. Not part of `cargo xtask test`: it needs
//! package registries, and what others wrote is nobody's fault here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;
use crate::workspace::Workspace;

struct Peer {
    /// What `play.py` calls it.
    name: &'static str,
    from: Source,
}

/// Where it comes from; with the folder of `tests/interop` that pins its packages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Npm(&'static str),
    PyPi(&'static str),
    /// A program that the user names; `play.py` says how.
    User,
}

const PEERS: [Peer; 8] = [
    Peer {
        name: "gotosocial",
        from: Source::User,
    },
    Peer {
        name: "snac",
        from: Source::User,
    },
    Peer {
        name: "fedify",
        from: Source::Npm("fedify"),
    },
    Peer {
        name: "fedify-cavage",
        from: Source::Npm("fedify"),
    },
    Peer {
        name: "bovine",
        from: Source::PyPi("bovine"),
    },
    Peer {
        name: "toot",
        from: Source::PyPi("toot"),
    },
    Peer {
        name: "megalodon",
        from: Source::Npm("apps"),
    },
    Peer {
        name: "phanpy",
        from: Source::Npm("apps"),
    },
];

pub fn command(workspace: &Workspace, args: &[String]) -> Result<()> {
    let peers = chosen(args)?;
    let scripts = workspace.root.join("tests/interop");
    let folder = workspace.target.join("interop");
    fs::create_dir_all(&folder)?;
    let mut sources: Vec<Source> = peers.iter().map(|peer| peer.from).collect();
    sources.dedup();
    for from in sources {
        install(from, &scripts, &folder);
    }
    let node = node(workspace)?;
    run::loudly(
        Command::new("python3")
            .arg("-B")
            .arg(scripts.join("play.py"))
            .arg("--parvis")
            .arg(node)
            .arg("--folder")
            .arg(&folder)
            .args(peers.iter().map(|peer| peer.name)),
    )
    .with_context(|| format!("not every step went well; logs: {}", folder.display()))
}

fn chosen(args: &[String]) -> Result<Vec<&'static Peer>> {
    if args.is_empty() {
        return Ok(PEERS.iter().collect());
    }
    args.iter()
        .map(|name| {
            let peer = PEERS.iter().find(|peer| peer.name == name);
            peer.with_context(|| format!("no peer '{name}'; there are {}", names().join(", ")))
        })
        .collect()
}

fn names() -> Vec<&'static str> {
    PEERS.iter().map(|peer| peer.name).collect()
}

/// `PARVIS_BIN`, or the debug build.
fn node(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("PARVIS_BIN") {
        return Ok(given.into());
    }
    run::loudly(workspace.cargo("build").args(["-p", "parvis"]))?;
    Ok(workspace.program())
}

/// A peer that cannot be had is a line of the table, and the others are played.
fn install(from: Source, scripts: &Path, folder: &Path) {
    let done = match from {
        Source::Npm(packages) => npm(&scripts.join(packages), &folder.join(packages)),
        Source::PyPi(packages) => pip(&scripts.join(packages), &folder.join(packages)),
        Source::User => Ok(()),
    };
    if let Err(error) = done {
        eprintln!("not installed: {error:#}");
    }
}

fn npm(scripts: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let old = fs::read(folder.join("package-lock.json")).ok();
    for file in fs::read_dir(scripts)? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), folder.join(file.file_name()))?;
        }
    }
    let installed = folder.join("node_modules/.package-lock.json").exists();
    if installed && old == fs::read(folder.join("package-lock.json")).ok() {
        return Ok(());
    }
    if run::which("npm").is_none() {
        bail!("npm is missing (Debian: nodejs and npm)");
    }
    run::loudly(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder),
    )
}

fn pip(scripts: &Path, folder: &Path) -> Result<()> {
    let wanted = fs::read(scripts.join("requirements.txt"))?;
    let mark = folder.join("installed.txt");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let venv = folder.join("venv");
    run::loudly(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv),
    )?;
    run::loudly(
        Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--no-deps", "-r"])
            .arg(scripts.join("requirements.txt")),
    )?;
    fs::write(mark, wanted)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_peers_are_played_unless_some_are_named() {
        assert_eq!(chosen(&[]).unwrap().len(), PEERS.len());
        let one = chosen(&["bovine".to_owned()]).unwrap();
        assert_eq!(one[0].name, "bovine");
    }

    #[test]
    fn an_unknown_peer_is_told_with_the_known_ones() {
        let error = chosen(&["orkut".to_owned()]).err().unwrap();
        assert!(error.to_string().contains("fedify-cavage"), "{error}");
    }
}
