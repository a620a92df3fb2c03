//! `cargo xtask fuzz`: throws made-up input at the parsers that strangers reach, for a while each. The targets are those of
//! fuzz/, a workspace of its own; what they find stays in fuzz/artifacts.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run;
use crate::workspace::Workspace;

const SECONDS: u32 = 120;
/// Bytes; what is longer than this is turned away or cut before it is read.
const LONGEST: u32 = 16_384;

pub fn command(workspace: &Workspace, args: &[String]) -> Result<()> {
    let folder = workspace.root.join("fuzz");
    let (wanted, seconds) = read(args)?;
    let all = targets(&folder)?;
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!(
            "there is no target '{unknown}'; there are: {}",
            all.join(", ")
        );
    }
    if !run::succeeds(run::cargo().args(["fuzz", "--version"])) {
        bail!("cargo-fuzz is missing: cargo install cargo-fuzz --locked");
    }
    let chosen = if wanted.is_empty() { all } else { wanted };
    for target in chosen {
        // Sanitizers need a nightly compiler and find faults of unsafe code, of which there is none of ours; coverage, by
        // which input is grown, needs only the stable one.
        let mut command = run::cargo();
        command.current_dir(&workspace.root);
        command.args(["fuzz", "run", "--sanitizer", "none", &target, "--"]);
        command.args([
            format!("-max_total_time={seconds}"),
            format!("-max_len={LONGEST}"),
        ]);
        command.args(["-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        run::loudly(&mut command).with_context(|| {
            format!("{target} has found something: make it a test, mend it, then see fuzz/artifacts/{target}")
        })?;
    }
    Ok(())
}

/// `[TARGET]... [--seconds N]`
fn read(args: &[String]) -> Result<(Vec<String>, u32)> {
    let (mut wanted, mut seconds) = (Vec::new(), SECONDS);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--seconds" {
            let number = args.next().context("--seconds needs a number")?;
            seconds = number.parse().context("--seconds needs a number")?;
        } else {
            wanted.push(arg.clone());
        }
    }
    Ok((wanted, seconds))
}

fn targets(folder: &Path) -> Result<Vec<String>> {
    let listed = std::fs::read_dir(folder.join("fuzz_targets")).context("fuzz/fuzz_targets")?;
    let mut names = Vec::new();
    for file in listed {
        let path = file?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_and_a_time_may_be_named() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (wanted, seconds) = read(&args("html --seconds 5 dates")).unwrap();
        assert_eq!((wanted, seconds), (args("html dates"), 5));
        assert_eq!(read(&[]).unwrap(), (Vec::new(), SECONDS));
        assert!(read(&args("--seconds")).is_err());
        assert!(read(&args("--seconds soon")).is_err());
    }

    #[test]
    fn every_target_is_in_the_manifest() {
        let workspace = Workspace::find().unwrap();
        let folder = workspace.root.join("fuzz");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let names = targets(&folder).unwrap();
        assert!(!names.is_empty());
        for name in names {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        }
    }
}
