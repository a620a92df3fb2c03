//! Which towns this installation holds, and where their data lie. Opens none of them.
//!
//! A single town lives in the data folder itself; several live in `towns/HOST/` below it, with an
//! underscore where the host has a colon (`towns/valmont.localhost_8000/`). Each has a `town.toml`
//! that says to which address the data belong, since other servers know the town by it.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use serde::Deserialize;

use crate::{
    bucket::BucketSettings,
    exit::{Done, Stop},
    public_url::{self, PublicUrl},
    settings::{DatabaseUrl, Settings},
};

const TOWNS: &str = "towns";
const TOWN_FILE: &str = "town.toml";
const DATABASE_FILE: &str = "parvis.sqlite";
const MEDIA: &str = "media";
/// Pictures of other servers; whatever goes from it is fetched again.
const REMOTE_PICTURES: &str = "remote-pictures";

/// One town's place: its address and where its data are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub public_url: PublicUrl,
    pub folder: PathBuf,
    /// `None`: the SQLite file in the folder.
    database_url: Option<DatabaseUrl>,
    /// Its data were in PostgreSQL before: a file in the folder would be another town under the same address.
    needs_database: bool,
    /// To the database at once; `None`: what suits its kind.
    pub connections: Option<u32>,
    /// Where residents' files lie, if not in the folder.
    pub bucket: BucketSettings,
    /// Does someone say that this town shall be, or do we only suppose it?
    stated: bool,
}

/// What stands in a `town.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TownFile {
    public_url: String,
    database_url: Option<String>,
    #[serde(default)]
    needs_database: bool,
}

impl Place {
    pub fn new(public_url: PublicUrl, folder: PathBuf, database_url: Option<DatabaseUrl>) -> Self {
        Self {
            public_url,
            folder,
            database_url,
            needs_database: false,
            connections: None,
            bucket: BucketSettings::default(),
            stated: true,
        }
    }

    /// The same place for a town whose data are in PostgreSQL, wherever that is now.
    #[must_use]
    pub fn on_postgres(self) -> Self {
        Self {
            needs_database: true,
            ..self
        }
    }

    #[must_use]
    pub fn with(self, settings: &Settings) -> Self {
        Self {
            connections: settings.database_connections,
            bucket: settings.media.s3.clone(),
            ..self
        }
    }

    /// The same place for a town whose address only now becomes known.
    #[must_use]
    pub fn with_address(&self, public_url: PublicUrl) -> Self {
        Self {
            public_url,
            ..self.clone()
        }
    }

    /// Where its address and that of its database are written down.
    pub fn town_toml(&self) -> PathBuf {
        self.folder.join(TOWN_FILE)
    }

    pub fn host(&self) -> &str {
        self.public_url.host()
    }

    pub fn database_file(&self) -> PathBuf {
        self.folder.join(DATABASE_FILE)
    }

    pub fn media(&self) -> PathBuf {
        self.folder.join(MEDIA)
    }

    pub fn remote_pictures(&self) -> PathBuf {
        self.folder.join(REMOTE_PICTURES)
    }

    pub fn database(&self) -> DatabaseUrl {
        self.database_url
            .clone()
            .unwrap_or_else(|| DatabaseUrl::of_file(&self.database_file()))
    }

    /// The SQLite file, where the town has one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database().sqlite_file()
    }

    /// Are there data already?
    pub fn is_inhabited(&self) -> bool {
        self.database_file().exists() || self.folder.join(TOWN_FILE).exists()
    }

    /// Is it said nowhere in which PostgreSQL its data are?
    pub fn misses_its_database(&self) -> bool {
        self.needs_database && self.database_url.is_none()
    }

    /// A town must not be founded anew under an address that other servers know.
    pub fn must_have_its_database(&self) -> Done {
        if !self.misses_its_database() {
            return Ok(());
        }
        Err(Stop::wrong(format!(
            "database_url is not set: the data of {} are in PostgreSQL; expected database_url = \"postgres://…\" in {}, \
             or, where it is the only town, PARVIS_DATABASE_URL",
            self.host(),
            self.town_toml().display()
        )))
    }

    /// A command that is not meant to found a town must not do so by mistake, say in a wrong folder.
    pub fn must_be_founded(&self) -> Done {
        self.must_have_its_database()?;
        let Some(file) = self.sqlite_file() else {
            return Ok(());
        };
        if file.exists() || (self.stated && !self.is_inhabited()) {
            return Ok(());
        }
        Err(Stop::not_found(format!(
            "There is no town in {} yet. Start it once with `parvis serve`, or say where it is with \
             PARVIS_DATA_DIR or PARVIS_DATABASE_URL.",
            self.folder.display()
        )))
    }

    /// Makes the folder, for this user's eyes only, and notes whose data it holds.
    pub fn found(&self) -> Done {
        make_private_folder(&self.folder)
            .and_then(|()| self.note_address())
            .map_err(|error| Stop::Failed(anyhow::anyhow!("{}: {error}", self.folder.display())))
    }

    fn note_address(&self) -> io::Result<()> {
        let file = self.town_toml();
        if file.exists() {
            return Ok(());
        }
        // Another process may read it at this moment: it appears whole or not at all.
        let mut whole = tempfile::NamedTempFile::new_in(&self.folder)?;
        whole.write_all(self.town_file(None).as_bytes())?;
        whole.persist(file)?;
        Ok(())
    }

    /// The content of a `town.toml`.
    pub fn town_file(&self, database_url: Option<&DatabaseUrl>) -> String {
        let database = match database_url {
            Some(url) => format!("database_url = {:?}\n", url.reveal()),
            None if self.needs_database || self.sqlite_file().is_none() => {
                "# Its data are in PostgreSQL: it does not open unless it is said where.\n\
                 needs_database = true\n"
                    .to_owned()
            }
            None => String::new(),
        };
        format!(
            "# Other servers know this town by this address: it cannot be changed later.\n\
             public_url = {:?}\n{database}",
            self.public_url.origin()
        )
    }
}

/// Every town of the installation, the single one first.
pub fn places(settings: &Settings) -> Done<Vec<Place>> {
    let mut places = Vec::new();
    let several = in_towns_folder(settings)?;
    let single = single(settings)?;
    if single.stated || several.is_empty() {
        places.push(single);
    }
    places.extend(several);
    match twice(&places) {
        Some(host) => Err(Stop::wrong(format!(
            "two towns have the same address: {host}"
        ))),
        None => Ok(places),
    }
}

fn twice(places: &[Place]) -> Option<&str> {
    let mut hosts: Vec<_> = places.iter().map(Place::host).collect();
    hosts.sort_unstable();
    hosts
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
}

/// The town in the data folder itself.
fn single(settings: &Settings) -> Done<Place> {
    let folder = settings.data_dir.clone();
    let noted = read_town_file(&folder)?;
    let public_url = match (settings.public_url.clone(), &noted) {
        (Some(wanted), Some(noted)) if wanted != noted.public_url => {
            return Err(Stop::wrong(format!(
                "public_url = \"{wanted}\": the data in {} belong to {}, and other servers know the \
                 town by that address; expected that address, or another data_dir",
                folder.display(),
                noted.public_url
            )));
        }
        (Some(wanted), _) => wanted,
        (None, Some(noted)) => noted.public_url.clone(),
        (None, None) => usual_address(settings)?,
    };
    let stated = settings.public_url.is_some()
        || settings.database_url.is_some()
        || noted.is_some()
        || folder.join(DATABASE_FILE).exists();
    let needs_database = noted.as_ref().is_some_and(|noted| noted.needs_database);
    let own = noted.and_then(|noted| noted.database_url);
    let database_url = settings.database_url.clone().or(own);
    Ok(Place {
        needs_database,
        stated,
        ..Place::new(public_url, folder, database_url).with(settings)
    })
}

/// Where one finds a town that nobody gave an address.
fn usual_address(settings: &Settings) -> Done<PublicUrl> {
    let address = format!("http://localhost:{}", settings.listen.port());
    address
        .parse()
        .map_err(|()| Stop::wrong(format!("{address}: not an address")))
}

fn in_towns_folder(settings: &Settings) -> Done<Vec<Place>> {
    let towns = settings.data_dir.join(TOWNS);
    let entries = match fs::read_dir(&towns) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Stop::Failed(anyhow::anyhow!(
                "{}: {error}",
                towns.display()
            )));
        }
    };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let mut places = Vec::new();
    for folder in folders {
        if let Some(noted) = read_town_file(&folder)? {
            let place = Place::new(noted.public_url, folder, noted.database_url);
            places.push(Place {
                needs_database: noted.needs_database,
                ..place.with(settings)
            });
        }
    }
    Ok(places)
}

struct Noted {
    public_url: PublicUrl,
    database_url: Option<DatabaseUrl>,
    needs_database: bool,
}

fn read_town_file(folder: &Path) -> Done<Option<Noted>> {
    let file = folder.join(TOWN_FILE);
    if !file.exists() {
        return Ok(None);
    }
    let said =
        |problem: &dyn std::fmt::Display| Stop::wrong(format!("{}: {problem}", file.display()));
    let read: TownFile = Figment::from(Toml::file_exact(&file))
        .extract()
        .map_err(|error| said(&error))?;
    let public_url = read.public_url.parse().map_err(|()| {
        said(&format!(
            "public_url = {:?}: expected {}",
            read.public_url,
            public_url::EXPECTED
        ))
    })?;
    let database_url =
        match &read.database_url {
            None => None,
            Some(text) => Some(DatabaseUrl::parse(text).ok_or_else(|| {
                said(&format!("database_url: expected {}", DatabaseUrl::EXPECTED))
            })?),
        };
    Ok(Some(Noted {
        public_url,
        database_url,
        needs_database: read.needs_database,
    }))
}

/// The one town a command is about: `--town HOST`, or the only one there is.
pub fn chosen(mut places: Vec<Place>, town: Option<&str>) -> Done<Place> {
    let hosts = places
        .iter()
        .map(Place::host)
        .collect::<Vec<_>>()
        .join(", ");
    match town {
        Some(wanted) => {
            let names = |place: &Place| place.public_url.names();
            let wanted = wanted.to_lowercase();
            let found = places
                .into_iter()
                .find(|place| names(place).contains(&wanted));
            found.ok_or_else(|| {
                Stop::not_found(format!("There is no town {wanted} here. There is: {hosts}"))
            })
        }
        None if places.len() == 1 => Ok(places.remove(0)),
        None => Err(Stop::wrong(format!(
            "There are several towns here; say which one with --town HOST: {hosts}"
        ))),
    }
}

/// Where a town of this address has its folder among several.
pub fn folder_of(settings: &Settings, public_url: &PublicUrl) -> PathBuf {
    settings
        .data_dir
        .join(TOWNS)
        .join(public_url.host().replace(':', "_"))
}

pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Lays down a new town among several. Nothing is served until `serve` finds it.
pub fn found_in_towns_folder(
    settings: &Settings,
    host: &str,
    database_url: Option<&str>,
) -> Done<Place> {
    let public_url = PublicUrl::of_host(host)
        .ok_or_else(|| Stop::wrong(format!("{host}: expected a host such as valmont.example")))?;
    let database_url = match database_url {
        None => None,
        Some(text) => Some(DatabaseUrl::parse(text).ok_or_else(|| {
            Stop::wrong(format!(
                "--database-url: expected {}",
                DatabaseUrl::EXPECTED
            ))
        })?),
    };
    let folder = folder_of(settings, &public_url);
    let place = Place::new(public_url, folder, database_url).with(settings);
    let known = places(settings)?;
    if known
        .iter()
        .any(|other| other.stated && other.host() == place.host())
    {
        return Err(Stop::refused(format!("{} exists already", place.host())));
    }
    make_private_folder(&place.folder)
        .and_then(|()| {
            let content = place.town_file(place.database_url.as_ref());
            write_private(&place.folder.join(TOWN_FILE), &content)
        })
        .map_err(|error| anyhow::anyhow!("{}: {error}", place.folder.display()))?;
    Ok(place)
}

/// For this user's eyes only: it may hold a password.
fn write_private(file: &Path, content: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(file)?, content.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(folder: &Path) -> Settings {
        Settings {
            data_dir: folder.to_owned(),
            ..Settings::default()
        }
    }

    fn hosts(settings: &Settings) -> Vec<String> {
        places(settings)
            .unwrap()
            .iter()
            .map(|place| place.host().to_owned())
            .collect()
    }

    #[test]
    fn with_nothing_at_all_there_is_a_town_on_localhost() {
        let folder = tempfile::tempdir().unwrap();
        let places = places(&settings(folder.path())).unwrap();
        assert_eq!(places[0].public_url.origin(), "http://localhost:8080");
        assert!(matches!(
            places[0].must_be_founded(),
            Err(Stop::NotFound(_))
        ));
    }

    #[test]
    fn a_town_once_founded_keeps_its_address() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path());
        settings.public_url = Some("https://valmont.example".parse().unwrap());
        places(&settings).unwrap()[0].found().unwrap();

        settings.public_url = None;
        assert_eq!(hosts(&settings), ["valmont.example"]);
        settings.public_url = Some("https://rivebelle.example".parse().unwrap());
        assert!(matches!(places(&settings), Err(Stop::Wrong(_))));
    }

    #[test]
    fn several_towns_live_side_by_side_and_one_is_chosen_by_its_host() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        for host in ["valmont.localhost:8000", "Rivebelle.Example"] {
            found_in_towns_folder(&settings, host, None).unwrap();
        }
        assert_eq!(
            hosts(&settings),
            ["rivebelle.example", "valmont.localhost:8000"]
        );
        assert!(
            folder
                .path()
                .join("towns/valmont.localhost_8000/town.toml")
                .exists()
        );

        let choose = |town| chosen(places(&settings).unwrap(), town);
        assert_eq!(
            choose(Some("rivebelle.example:443")).unwrap().host(),
            "rivebelle.example"
        );
        assert!(matches!(choose(None), Err(Stop::Wrong(_))));
        assert!(matches!(
            choose(Some("elsewhere.example")),
            Err(Stop::NotFound(_))
        ));
    }

    #[test]
    fn a_town_is_not_founded_twice() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        found_in_towns_folder(&settings, "valmont.example", None).unwrap();
        let again = found_in_towns_folder(&settings, "valmont.example", None);
        assert!(matches!(again, Err(Stop::Refused(_))));
    }

    #[test]
    fn a_host_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for host in ["../elsewhere", "a/b", "", "a b", "..", "."] {
            let founded = found_in_towns_folder(&settings(folder.path()), host, None);
            assert!(matches!(founded, Err(Stop::Wrong(_))), "{host:?}");
        }
    }

    #[test]
    fn a_wrong_town_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(TOWN_FILE), "public_url = \"valmont\"").unwrap();
        let Err(Stop::Wrong(said)) = places(&settings(folder.path())) else {
            panic!("accepted")
        };
        assert!(
            said.contains("town.toml") && said.contains("valmont"),
            "{said}"
        );
    }

    #[test]
    fn a_town_on_postgresql_does_not_become_a_file_when_nobody_says_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path());
        settings.public_url = Some("https://valmont.example".parse().unwrap());
        settings.database_url = DatabaseUrl::parse("postgres://base.example/ville");
        let place = &places(&settings).unwrap()[0];
        place.found().unwrap();
        place.must_have_its_database().unwrap();

        settings.database_url = None;
        let Err(Stop::Wrong(said)) = places(&settings).unwrap()[0].must_have_its_database() else {
            panic!("it would be founded anew")
        };
        assert!(
            said.contains("database_url") && said.contains("town.toml"),
            "{said}"
        );
    }

    #[test]
    fn a_town_in_a_file_needs_no_address_of_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path());
        places(&settings).unwrap()[0].found().unwrap();
        places(&settings).unwrap()[0]
            .must_have_its_database()
            .unwrap();
    }
}
