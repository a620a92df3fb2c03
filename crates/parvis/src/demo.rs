//! `demo`: two neighbouring towns on this computer. Prepares a folder of its own, has the story told in it once, serves it.

mod story;
mod telling;

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use ipnet::IpNet;
use parvis_model::clock::Clock;
use tokio::net::TcpListener;

use self::{story::Story, telling::tell};
use crate::{
    bucket::BucketSettings,
    exit::{Done, Stop},
    installation::{self, Place},
    node::Node,
    output, serve,
    settings::{FederationSettings, LimitSettings, MediaSettings, Settings},
};

const FOLDER: &str = "./demo-data";
const PORT: u16 = 8000;
/// Only a folder with this file in it is ever emptied.
const MARKER: &str = "PARVIS-DEMO";
/// What stands in it until the story is told to its end …
const BEGUN: &str = "begun";
/// … and from then on.
const TOLD: &str = "told";
const PASSWORD: &str = "parvis-demo";

/// What the folder holds.
#[derive(Debug, PartialEq, Eq)]
enum Scene {
    Empty,
    /// Broken off while the story was told.
    Unfinished,
    Told,
}

pub async fn run(given: Settings, reset: bool) -> Done {
    serve::raise_file_limit();
    let settings = demo_settings(given);
    let folder = settings.data_dir.clone();
    // Also keeps a second demo away from the folder.
    let listener = serve::listen(settings.listen).await?;
    let scene = scene_of(&folder)?;
    if scene == Scene::Unfinished || (reset && scene == Scene::Told) {
        clear(&folder)?;
    }
    let story = Story::read()?;
    let listener = if reset || scene != Scene::Told {
        prepare(&settings, &story, listener).await?
    } else {
        listener
    };
    let places = installation::places(&settings)?;
    must_fit(&places, settings.listen)?;
    let node = Node::new(settings, Clock::system())?;
    for place in &places {
        node.take_up(place).await?;
    }
    serve::open_doors(&node, listener);
    serve::say(format_args!("{}", table(&story, &places, &folder)));
    node.wait_for_the_end().await
}

/// The demo has a folder and a port of its own, unless told otherwise, and speaks with this computer only.
fn demo_settings(given: Settings) -> Settings {
    let listen = if given.is_given("listen") {
        given.listen
    } else {
        SocketAddr::from(([127, 0, 0, 1], PORT))
    };
    let data_dir = if given.is_given("data_dir") {
        given.data_dir.clone()
    } else {
        PathBuf::from(FOLDER)
    };
    Settings {
        listen,
        data_dir,
        public_url: None,
        database_url: None,
        workers: true,
        styleguide: true,
        federation: FederationSettings {
            allow_private_networks: vec![IpNet::from(SocketAddr::from(([127, 0, 0, 1], 0)).ip())],
            ..FederationSettings::default()
        },
        media: MediaSettings {
            s3: BucketSettings::default(),
            ..given.media
        },
        limits: LimitSettings {
            rate: false,
            ..LimitSettings::default()
        },
        ..given
    }
}

fn scene_of(folder: &Path) -> Done<Scene> {
    let marker = folder.join(MARKER);
    match fs::read_to_string(&marker) {
        Ok(word) if word.trim() == TOLD => return Ok(Scene::Told),
        Ok(_) => return Ok(Scene::Unfinished),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(Stop::Failed(anyhow::anyhow!(
                "{}: {error}",
                marker.display()
            )));
        }
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(Stop::refused(format!(
            "{} holds something else than a demo. The demo leaves it alone; give it another folder \
             with PARVIS_DATA_DIR.",
            folder.display()
        ))),
        Ok(false) => Ok(Scene::Empty),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Scene::Empty),
        Err(error) => Err(Stop::Failed(anyhow::anyhow!(
            "{}: {error}",
            folder.display()
        ))),
    }
}

/// Empties a folder that [`scene_of`] knows as a demo's.
fn clear(folder: &Path) -> Done {
    fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    Ok(())
}

fn mark(folder: &Path, word: &str) -> Done {
    let marker = folder.join(MARKER);
    fs::write(&marker, format!("{word}\n")).with_context(|| marker.display().to_string())?;
    Ok(())
}

/// Lays the towns down and has the story told; gives the listener back for the towns' own life.
async fn prepare(settings: &Settings, story: &Story, listener: TcpListener) -> Done<TcpListener> {
    let folder = &settings.data_dir;
    output::remark(format_args!(
        "The towns are being peopled; this takes a moment."
    ));
    installation::make_private_folder(folder).with_context(|| folder.display().to_string())?;
    mark(folder, BEGUN)?;
    for town in &story.towns {
        let host = format!("{}.localhost:{}", town.key, settings.listen.port());
        installation::found_in_towns_folder(settings, &host, None)?;
    }
    drop(listener);
    tell(settings, story, PASSWORD).await?;
    mark(folder, TOLD)?;
    serve::listen(settings.listen).await
}

/// The towns were founded with a port in their addresses, for good.
fn must_fit(places: &[Place], listen: SocketAddr) -> Done {
    let port = format!(":{}", listen.port());
    match places.iter().find(|place| !place.host().ends_with(&port)) {
        None => Ok(()),
        Some(place) => Err(Stop::wrong(format!(
            "listen = \"{listen}\": the demo's towns live on {}; expected that port, or --reset",
            place.public_url
        ))),
    }
}

fn table(story: &Story, places: &[Place], folder: &Path) -> String {
    let mut lines = vec!["Two neighbouring towns are open on this computer:".to_owned()];
    for town in &story.towns {
        let prefix = format!("{}.", town.key);
        let Some(place) = places
            .iter()
            .find(|place| place.host().starts_with(&prefix))
        else {
            continue;
        };
        lines.push(format!("\n  {}  {}", town.name, place.public_url));
        for person in &town.people {
            lines.push(format!("    {:<10} {}", person.name, person.display_name));
        }
    }
    lines.push(format!(
        "\nLog in as any of them with the password {PASSWORD}"
    ));
    lines.push(
        "Try this: write something as camille in Valmont and read it as bruno in Rivebelle.".into(),
    );
    lines.push(format!(
        "\nStop with Ctrl-C. What you do stays in {}; `parvis demo --reset` begins anew.",
        folder.display()
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_a_demo_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letters.txt"), "dear").unwrap();
        assert!(matches!(scene_of(folder.path()), Err(Stop::Refused(_))));
        assert!(folder.path().join("letters.txt").exists());
    }

    #[test]
    fn a_demo_is_known_by_its_marker_and_an_unfinished_one_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("demo");
        assert_eq!(scene_of(&folder).unwrap(), Scene::Empty);
        fs::create_dir(&folder).unwrap();
        assert_eq!(scene_of(&folder).unwrap(), Scene::Empty);
        mark(&folder, BEGUN).unwrap();
        assert_eq!(scene_of(&folder).unwrap(), Scene::Unfinished);
        mark(&folder, TOLD).unwrap();
        assert_eq!(scene_of(&folder).unwrap(), Scene::Told);
        clear(&folder).unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn the_demo_speaks_with_this_computer_only() {
        let settings = demo_settings(Settings::default());
        let networks: Vec<_> = settings
            .federation
            .allow_private_networks
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(networks, ["127.0.0.1/32"]);
        assert!(settings.listen.ip().is_loopback() && settings.listen.port() == 8000);
    }
}
