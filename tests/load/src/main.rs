//! `cargo xtask bench`: starts the release node on throwaway databases, puts named loads on it and
//! says what they cost. A run in which anything was lost or refused ends with an error: figures of
//! such a run are worth nothing.

mod elsewhere;
mod gauge;
mod grounds;
mod node;
mod report;
mod residents;
mod rush;
mod scenarios;
mod seed;
mod wire;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::Parser;
use serde_json::json;

use grounds::Grounds;
use report::Line;
use scenarios::Scenario;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask bench",
    about = "Loads on a node, and what they cost"
)]
struct Asked {
    /// Which ones; all where none is named
    scenarios: Vec<Scenario>,
    /// How many posts are stored in the scenarios that read
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 1_000_000])]
    posts: Vec<usize>,
    /// Write the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Asked::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Did everything hold?
async fn run(asked: &Asked) -> Result<bool> {
    let grounds = Grounds::from_environment()?;
    let synced_write = grounds.synced_write()?;
    let mut lines = Vec::new();
    for scenario in Scenario::chosen(&asked.scenarios) {
        eprintln!("… {scenario}");
        match scenario.run(&grounds, &asked.posts).await {
            Ok(measured) => lines.extend(measured),
            Err(error) => {
                eprintln!("  broken off: {error:#}");
                lines.push(broken_off(scenario, &error));
            }
        }
    }
    grounds.sweep().await?;
    let database = grounds.database();
    println!("{}", report::table(&lines));
    println!("Database: {database}. A synced write of 4 KiB takes {synced_write:.2} ms here.");
    if let Some(file) = &asked.json {
        let document = json!({
            "database": database,
            "synced_write_ms": synced_write,
            "scenarios": lines,
        });
        std::fs::write(file, format!("{document:#}\n"))
            .with_context(|| file.display().to_string())?;
    }
    Ok(tell_faults(&lines))
}

fn broken_off(scenario: Scenario, error: &anyhow::Error) -> Line {
    Line::new(scenario.to_string(), "").must(false, || format!("broken off: {error:#}"))
}

fn tell_faults(lines: &[Line]) -> bool {
    let mut sound = true;
    for line in lines {
        for fault in &line.faults {
            sound = false;
            println!("FAILED {}: {fault}", line.scenario);
        }
    }
    sound
}
