//! Real documents, read where they lie: each must be read, or refused with a named reason.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use parvis_federation::wire::{Document, Unreadable, jrd};
use serde_json::Value;

fn corpus() -> PathBuf {
    std::env::var_os("PARVIS_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures"),
        PathBuf::from,
    )
}

/// One line of the table.
#[derive(Default)]
struct Tally {
    actors: u32,
    posts: u32,
    activities: u32,
    collections: u32,
    other: u32,
    refused: u32,
}

#[test]
fn every_real_document_is_read_or_refused_by_name() {
    let folder = corpus();
    let Ok(platforms) = std::fs::read_dir(&folder) else {
        println!("no corpus at {}: nothing to read", folder.display());
        return;
    };
    let mut tallies = BTreeMap::<String, Tally>::new();
    let mut refusals = Vec::new();
    for platform in platforms.flatten().filter(|entry| entry.path().is_dir()) {
        let name = platform.file_name().to_string_lossy().into_owned();
        let tally = tallies.entry(name.clone()).or_default();
        for file in std::fs::read_dir(platform.path()).unwrap().flatten() {
            let document = file.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(file.path()).unwrap();
            let Ok(value) = serde_json::from_str::<Value>(&text) else {
                tally.refused += 1;
                refusals.push(format!("{name}/{document}: not JSON"));
                continue;
            };
            match Document::read(&value, "fr") {
                Ok(Document::Actor(_)) => tally.actors += 1,
                Ok(Document::Post(_)) => tally.posts += 1,
                Ok(Document::Collection(_)) => tally.collections += 1,
                Ok(Document::Activity(activity)) => {
                    tally.activities += 1;
                    if let Some(why) = inner_refusal(activity.object.embedded()) {
                        refusals.push(format!("{name}/{document}: its object: {why}"));
                    }
                }
                Err(_) if is_side_document(&value) => tally.other += 1,
                Err(why) => {
                    tally.refused += 1;
                    refusals.push(format!("{name}/{document}: {why}"));
                }
            }
        }
    }
    println!(
        "{:24} actors  posts  activities  collections  other  refused",
        "platform"
    );
    for (name, t) in &tallies {
        println!(
            "{name:24} {:6} {:6} {:11} {:12} {:6} {:8}",
            t.actors, t.posts, t.activities, t.collections, t.other, t.refused
        );
    }
    refusals.sort();
    println!("{}", refusals.join("\n"));
    // Folders with an underscore hold examples that no software sends.
    let software = || {
        tallies
            .iter()
            .filter(|(name, _)| !name.starts_with('_'))
            .map(|(_, t)| t)
    };
    let read: u32 = software()
        .map(|t| t.actors + t.posts + t.activities + t.collections)
        .sum();
    let refused: u32 = software().map(|t| t.refused).sum();
    println!("of real software: {read} read, {refused} refused");
    assert!(read > refused * 9, "most real documents can be read");
}

/// WebFinger answers, NodeInfo, contexts: documents without a type of their own.
fn is_side_document(value: &Value) -> bool {
    jrd::Answer::read(value).is_ok() || value.get("type").or(value.get("@type")).is_none()
}

fn inner_refusal(object: Option<&Value>) -> Option<Unreadable> {
    let object = object?;
    let says_something = object.get("content").is_some() || object.get("name").is_some();
    Document::read(object, "fr")
        .err()
        .filter(|_| says_something)
}
