//! Opens towns where they are kept, and founds new ones. The only place of the program that builds a [`Town`].

use std::sync::Arc;

use anyhow::Context as _;
use parvis_media::Media;
use parvis_model::clock::Clock;
use parvis_store::{Store, StoreOptions};
use parvis_town::{Town, TownOptions};

use crate::{
    exit::{Done, Stop},
    installation::{self, Place},
    output,
    settings::Settings,
};

/// Connections per town. To SQLite each has a thread and a cache of 2 MiB: enough for two cores that wait for a disk, few
/// enough for a host of many towns. To PostgreSQL they write as well, and wait for its disk.
const SQLITE_CONNECTIONS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 8;

/// Opens the town's database, bringing it up to date; the first time this founds the town.
pub async fn open(place: &Place, rates: bool, clock: Clock) -> Done<Arc<Town>> {
    place.must_have_its_database()?;
    place.found()?;
    let url = place.database().reveal().to_owned();
    let usual = if url.starts_with("sqlite:") {
        SQLITE_CONNECTIONS
    } else {
        POSTGRES_CONNECTIONS
    };
    let connections = place.connections.unwrap_or(usual);
    let store = Store::open(StoreOptions { url, connections })
        .await
        .with_context(|| {
            format!(
                "opening the database {} of {}",
                place.database(),
                place.host()
            )
        })?;
    let options = TownOptions {
        origin: place.public_url.origin().to_owned(),
        store,
        media: files(place)?,
        clock,
        rates,
    };
    Ok(Town::open(options).await?)
}

/// Uploads wait in the town's folder, whatever keeps them afterwards.
fn files(place: &Place) -> Done<Media> {
    match place.bucket.options(place.host()) {
        None => Ok(Media::in_folder(place.media())),
        Some(options) => {
            let media = Media::in_bucket(options, place.media());
            media.map_err(|error| Stop::wrong(format!("media.s3: {error}")))
        }
    }
}

/// The town a command is about, opened; it must have been founded.
pub async fn chosen(settings: &Settings, town: Option<&str>) -> Done<Arc<Town>> {
    let place = installation::chosen(installation::places(settings)?, town)?;
    place.must_be_founded()?;
    let town = open(&place, settings.limits.rate, Clock::system()).await?;
    town.set_sends_letters(settings.mail.is_on());
    Ok(town)
}

/// Of every town, or of the one that is named.
pub async fn migrate(settings: &Settings, town: Option<&str>) -> Done {
    let mut places = installation::places(settings)?;
    if town.is_some() {
        places = vec![installation::chosen(places, town)?];
    }
    for place in places {
        open(&place, true, Clock::system()).await?;
        output::line(format_args!("{}: the database is up to date", place.host()))?;
    }
    Ok(())
}

pub async fn create(settings: &Settings, host: &str, database_url: Option<&str>) -> Done {
    let place = installation::found_in_towns_folder(settings, host, database_url)?;
    let town = open(&place, true, Clock::system()).await?;
    output::line(format_args!(
        "{} is founded in {}.",
        place.host(),
        place.folder.display()
    ))?;
    if let Some(link) = first_steps(&town).await? {
        output::line(format_args!(
            "Once it is served, its first administrator sets it up here:\n  {link}"
        ))?;
    }
    Ok(())
}

pub fn list(settings: &Settings) -> Done {
    for place in installation::places(settings)? {
        output::line(format_args!(
            "{}\t{}\t{}",
            place.public_url,
            place.folder.display(),
            place.database()
        ))?;
    }
    Ok(())
}

/// The link for the first administrator, while nobody has used it.
pub async fn first_steps(town: &Arc<Town>) -> Done<Option<String>> {
    let secret = parvis_town::settings::setup_secret(town)
        .await
        .map_err(Stop::from)?;
    Ok(secret.map(|secret| format!("{}/bienvenue?lien={secret}", town.origin)))
}
