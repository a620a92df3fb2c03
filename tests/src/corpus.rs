//! Real documents of other software, where the folder with them is present (`PARVIS_CORPUS`, by default `../shared/fixtures`
//! beside the project): none of them may upset the program. They are read in place.

use std::path::{Path, PathBuf};

use parvis_testkit::{
    Actor, Remote, TestTown,
    actor::{fresh, marker},
};
use serde_json::{Value, json};

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("PARVIS_CORPUS").map(PathBuf::from);
    let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    let folder = named.unwrap_or(usual);
    folder.is_dir().then_some(folder)
}

/// Every JSON file, by name so that runs are alike.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let folders = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir());
    for entry in folders.flat_map(|platform| std::fs::read_dir(platform.path()).unwrap().flatten())
    {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text = std::fs::read(&path).unwrap();
            if let Ok(document) = serde_json::from_slice(&text) {
                found.push((
                    path.strip_prefix(folder).unwrap().display().to_string(),
                    document,
                ));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Puts a document into the mouth of `actor`: its author, and an id on its server. An activity keeps its kind; anything else
/// is what a Create is about.
fn spoken_by(actor: &Actor, document: &Value) -> Value {
    let own = |object: &Value| {
        let mut object = object.clone();
        object["id"] = json!(format!("{}/statuses/{}", actor.id, fresh()));
        object["attributedTo"] = json!(actor.id);
        object
    };
    let mut spoken = if document["actor"].is_null() || document["object"].is_null() {
        actor.create(&own(document))
    } else {
        document.clone()
    };
    spoken["id"] = json!(format!("{}/activities/{}", actor.id, fresh()));
    spoken["actor"] = json!(actor.id);
    if spoken["object"].is_object() && spoken["type"] == "Create" {
        spoken["object"] = own(&spoken["object"]);
    }
    spoken
}

#[tokio::test]
async fn no_real_document_upsets_the_program() {
    let Some(folder) = corpus() else {
        println!(
            "no corpus at PARVIS_CORPUS or ../shared/fixtures: only the project's own documents are tested"
        );
        return;
    };
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let lea = town.resident("lea").await;
    let actor = remote.host("corpus").person("paul");
    lea.follows_actor(&actor).await;

    let (mut played, mut upset) = (0, Vec::new());
    for (name, document) in documents(&folder) {
        // Taking leave of the actor itself would end the play.
        let whole = document.is_object() && document["type"] != "Delete";
        if !whole {
            continue;
        }
        let reply = actor
            .letter(&town.shared_inbox(), &spoken_by(&actor, &document))
            .seal()
            .try_send()
            .await;
        match reply {
            Ok(reply) if reply.status < 500 => {}
            Ok(reply) => upset.push(format!("{name}: {} {}", reply.status, reply.text())),
            Err(error) => upset.push(format!("{name}: {error}")),
        }
        played += 1;
    }
    println!("{played} documents played");
    assert!(
        upset.is_empty(),
        "{} of {played}:\n{}",
        upset.len(),
        upset.join("\n")
    );
    for path in [
        "/api/v1/timelines/home?limit=40",
        "/api/v1/timelines/public?limit=40",
    ] {
        lea.get(path).await.expecting(200);
    }
    let mut browser = town.browser_of("lea").await;
    browser.opens("/").await.expecting(200);
    browser.opens("/avis").await.expecting(200);
    let text = marker("après tout cela");
    let sure = remote.host("sure").person("rose");
    lea.follows_actor(&sure).await;
    sure.post(&town.shared_inbox(), &sure.create(&sure.note(&text)))
        .await;
    lea.reads_on_home(&text).await;
}
