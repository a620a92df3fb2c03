//! `cargo xtask test`: the steps in their order, timed, stopping at the first that fails. What a
//! step does stands in its own module.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::packages::{self, Tool};
use crate::workspace::Workspace;
use crate::{browser, checks, clients, contract, postgres};

/// What a step has to say for the table at the end, such as what it left out.
pub type Note = Option<String>;

struct Step {
    name: &'static str,
    about: &'static str,
    tools: &'static [Tool],
    run: fn(&Workspace) -> Result<Note>,
}

const STEPS: [Step; 9] = [
    Step {
        name: "fmt",
        about: "rustfmt leaves every file as it is",
        tools: &[Tool::Rustfmt],
        run: checks::fmt,
    },
    Step {
        name: "deny",
        about: "licences, bans and sources of all dependencies",
        tools: &[Tool::CargoDeny],
        run: checks::deny,
    },
    Step {
        name: "advisories",
        about: "known vulnerabilities, where their database can be reached",
        tools: &[Tool::CargoDeny],
        run: checks::advisories,
    },
    Step {
        name: "build",
        about: "the program and all tests, without a warning of clippy's",
        tools: &[Tool::Clippy, Tool::CCompiler],
        run: checks::build,
    },
    Step {
        name: "sqlite",
        about: "all tests, on SQLite",
        tools: &[Tool::Clippy, Tool::CCompiler],
        run: checks::tests_on_sqlite,
    },
    Step {
        name: "postgres",
        about: "all tests, on a throwaway PostgreSQL",
        tools: &[Tool::Clippy, Tool::CCompiler, Tool::Postgres],
        run: postgres::tests,
    },
    Step {
        name: "browser",
        about: "the pages in headless Chromium",
        tools: &[Tool::Clippy, Tool::CCompiler, Tool::Node, Tool::Chromium],
        run: browser::tests,
    },
    Step {
        name: "clients",
        about: "client libraries that others wrote, against a town",
        tools: &[Tool::Clippy, Tool::CCompiler, Tool::Python, Tool::Node],
        run: clients::play,
    },
    Step {
        name: "contract",
        about: "made-up requests by the OpenAPI document, against a town",
        tools: &[Tool::Clippy, Tool::CCompiler, Tool::Python, Tool::Postgres],
        run: contract::hold,
    },
];

pub fn command(workspace: &Workspace, args: &[String]) -> Result<()> {
    let Wish::Run(steps) = read(args)? else {
        for step in &STEPS {
            println!("{:<12}{}", step.name, step.about);
        }
        return Ok(());
    };
    let mut table = Vec::new();
    let outcome = run_all(workspace, &steps, &mut table);
    println!("\n{}", draw(&table));
    outcome
}

enum Wish {
    List,
    Run(Vec<&'static Step>),
}

fn read(args: &[String]) -> Result<Wish> {
    let mut wanted = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--list" => return Ok(Wish::List),
            "--only" => wanted.push(rest.next().context("--only wants the name of a step")?),
            other => bail!("'{other}' is not an option of test (--only STEP, --list)"),
        }
    }
    if let Some(unknown) = wanted
        .iter()
        .find(|name| STEPS.iter().all(|s| s.name != **name))
    {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!(
            "there is no step '{unknown}'; there are {}",
            names.join(", ")
        );
    }
    let chosen = |step: &&Step| wanted.is_empty() || wanted.iter().any(|name| *name == step.name);
    Ok(Wish::Run(STEPS.iter().filter(chosen).collect()))
}

struct Row {
    name: &'static str,
    took: Duration,
    end: String,
}

fn run_all(workspace: &Workspace, steps: &[&Step], table: &mut Vec<Row>) -> Result<()> {
    let tools: Vec<Tool> = steps.iter().flat_map(|step| step.tools).copied().collect();
    timed("tools", "what the steps need is installed", table, || {
        packages::install(workspace, &tools)
    })?;
    for step in steps {
        timed(step.name, step.about, table, || (step.run)(workspace))?;
    }
    Ok(())
}

fn timed(
    name: &'static str,
    about: &str,
    table: &mut Vec<Row>,
    step: impl FnOnce() -> Result<Note>,
) -> Result<()> {
    println!("\n== {name}: {about}");
    let start = Instant::now();
    let outcome = step();
    let end = match &outcome {
        Ok(None) => "ok".to_owned(),
        Ok(Some(note)) => format!("ok ({note})"),
        Err(_) => "FAILED; the steps after it did not run".to_owned(),
    };
    table.push(Row {
        name,
        took: start.elapsed(),
        end,
    });
    outcome
        .map(drop)
        .with_context(|| format!("step '{name}' failed"))
}

fn draw(table: &[Row]) -> String {
    let whole: Duration = table.iter().map(|row| row.took).sum();
    let mut lines = vec![format!("{:<12}{:>10}  {}", "step", "seconds", "end")];
    for row in table {
        lines.push(format!(
            "{:<12}{:>10.1}  {}",
            row.name,
            row.took.as_secs_f64(),
            row.end
        ));
    }
    lines.push(format!("{:<12}{:>10.1}", "all", whole.as_secs_f64()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(args: &[&str]) -> Result<Vec<&'static str>> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        match read(&args)? {
            Wish::List => bail!("a list"),
            Wish::Run(steps) => Ok(steps.iter().map(|step| step.name).collect()),
        }
    }

    #[test]
    fn without_a_word_every_step_runs() {
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn only_the_named_steps_run_in_the_houses_order() {
        assert_eq!(
            names(&["--only", "deny", "--only", "fmt"]).unwrap(),
            ["fmt", "deny"]
        );
    }

    #[test]
    fn a_step_that_is_not_there_is_named_beside_those_that_are() {
        let error = names(&["--only", "bread"]).unwrap_err().to_string();
        assert!(
            error.contains("bread") && error.contains("build"),
            "{error}"
        );
        assert!(names(&["--only"]).is_err());
        assert!(names(&["bread"]).is_err());
    }

    #[test]
    fn a_failed_step_stands_in_the_table_and_passes_its_error_on() {
        let mut table = Vec::new();
        timed("first", "", &mut table, || Ok(Some("half".into()))).unwrap();
        let error = timed("second", "", &mut table, || bail!("burnt")).unwrap_err();
        assert_eq!(format!("{error:#}"), "step 'second' failed: burnt");
        let drawn = draw(&table);
        assert!(
            drawn.contains("ok (half)") && drawn.contains("FAILED"),
            "{drawn}"
        );
    }
}
