//! `cargo xtask`: what a contributor and the build machine run. It knows the workspace, never the
//! product: nothing in here is part of a town.

mod bench;
mod browser;
mod checks;
mod clients;
mod contract;
mod fuzz;
mod interop;
mod memory;
mod packages;
mod postgres;
mod proofs;
mod run;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

Commands:
  test [--only STEP]...   everything that must hold before a change lands, step by step
  test --list             the steps and what each does
  bench [ARGS]...         the benchmark harness (tests/load), arguments go to it as they are
  interop [NAME]...       servers and client apps that others wrote, against a node (tests/interop)
  fuzz [TARGET]... [--seconds N]
                          made-up input for the parsers that strangers reach (fuzz/)
  tidy                    the rules of the house: arrows between crates, file sizes, names
  help                    this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> anyhow::Result<()> {
    let (command, rest) = match args.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "test" => test::command(&Workspace::find()?, rest),
        "bench" => bench::command(&Workspace::find()?, rest),
        "interop" => interop::command(&Workspace::find()?, rest),
        "fuzz" => fuzz::command(&Workspace::find()?, rest),
        "tidy" => tidy::command(&Workspace::find()?, rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => anyhow::bail!("there is no command '{other}'\n\n{USAGE}"),
    }
}
