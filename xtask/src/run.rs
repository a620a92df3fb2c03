//! Starts other programs, says which, and turns their failure into words. Knows no program in
//! particular.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The cargo that started us, so that one toolchain does everything. What it told us of our own crate stays here: a
/// build script that sees it change would have half of the program compiled anew.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let is_ours =
            |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        if name.to_str().is_some_and(is_ours) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// Runs to the end with its output on ours; anything but success is an error.
pub fn loudly(command: &mut Command) -> Result<()> {
    println!("$ {}", line(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", line(command));
    }
    Ok(())
}

/// Runs to the end and gives its standard output; on failure the error says what it wrote.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}\n{}",
            line(command),
            output.status,
            said.trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no text", program(command)))
}

/// Whether it starts and succeeds; what it writes goes nowhere.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The program of that name on the search path.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

fn program(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn line(command: &Command) -> String {
    let words = command.get_args().map(OsStr::to_string_lossy);
    std::iter::once(program(command).into())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_an_error_that_repeats_its_words() {
        let error = output(Command::new("sh").args(["-c", "echo no bread >&2; exit 3"]));
        let words = format!("{:#}", error.unwrap_err());
        assert!(words.contains("no bread") && words.contains('3'), "{words}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = loudly(&mut Command::new("/nowhere/baker")).unwrap_err();
        assert!(format!("{error:#}").contains("baker"));
        assert!(!succeeds(&mut Command::new("/nowhere/baker")));
        assert_eq!(which("no-such-program-anywhere"), None);
    }
}
