//! The installation's settings: defaults, one TOML file, credentials, environment, in this order.
//! Knows nothing of what a town's own admins decide; that lives in the town's database.

use std::{
    collections::BTreeMap,
    env, fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use figment::{
    Error, Figment, Metadata, Profile, Provider,
    providers::{Format as _, Toml},
    util::nest,
    value::{Dict, Map, Value},
};
use ipnet::IpNet;

use crate::{
    bucket::BucketSettings,
    keys::{KEYS, Key, nearest},
    mail::MailSettings,
    metrics::MetricsSettings,
    public_url::PublicUrl,
};

const PREFIX: &str = "PARVIS_";
/// Read when it is there and no other file is named.
const USUAL_FILE: &str = "parvis.toml";
/// Variables of ours that are no settings: they choose the file, the town, the tests' material.
const NO_SETTINGS: [&str; 3] = ["PARVIS_CONFIG", "PARVIS_TOWN", "PARVIS_CORPUS"];
/// Variables that container platforms set for a service called parvis, and those of our tests.
const OTHERS: [&str; 4] = [
    "PARVIS_SERVICE_",
    "PARVIS_PORT_",
    "PARVIS_TEST_",
    "PARVIS_BENCH_",
];

#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    /// The one town of a simple installation.
    pub public_url: Option<PublicUrl>,
    pub data_dir: PathBuf,
    pub database_url: Option<DatabaseUrl>,
    /// Of each town to its database.
    pub database_connections: Option<u32>,
    /// Does `serve` also run the loops of `worker`?
    pub workers: bool,
    /// Do the towns show the styleguide, for those who build the pages?
    pub styleguide: bool,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpNet>,
    pub federation: FederationSettings,
    pub media: MediaSettings,
    pub mail: MailSettings,
    pub limits: LimitSettings,
    pub metrics: MetricsSettings,
    pub log: LogSettings,
    /// Where each value that is not a default came from.
    pub origins: BTreeMap<&'static str, String>,
}

#[derive(Clone, Debug, Default)]
pub struct FederationSettings {
    /// Private networks in which other towns may be reached, with plain http and any port.
    pub allow_private_networks: Vec<IpNet>,
    /// Do other servers have to sign even what they ask for public documents ("secure mode")?
    pub only_signed: bool,
}

#[derive(Clone, Debug)]
pub struct MediaSettings {
    /// Mebibytes of pictures of other servers that a town keeps, so that its people see them from here.
    pub cache_quota: u64,
    /// The program that converts residents' sound and video; without it they stay as they came.
    pub ffmpeg: Option<PathBuf>,
    /// Where residents' files lie, instead of a folder.
    pub s3: BucketSettings,
}

#[derive(Clone, Debug)]
pub struct LimitSettings {
    /// Are attempts (log-in, sign-up, requests) counted and limited?
    pub rate: bool,
    /// Apps that may listen at the same time, to all towns of the process …
    pub streams: u64,
    /// … and for one resident.
    pub streams_per_account: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            rate: true,
            streams: 10_000,
            streams_per_account: 200,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct LogSettings {
    pub format: LogFormat,
    /// `None`: what suits the command.
    pub level: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            data_dir: PathBuf::from("./parvis-data"),
            database_url: None,
            database_connections: None,
            workers: true,
            styleguide: false,
            trusted_proxies: Vec::new(),
            federation: FederationSettings::default(),
            media: MediaSettings {
                cache_quota: 1024,
                ffmpeg: None,
                s3: BucketSettings::default(),
            },
            mail: MailSettings::default(),
            limits: LimitSettings::default(),
            metrics: MetricsSettings::default(),
            log: LogSettings::default(),
            origins: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Was this value given by someone, or is it the default?
    pub fn is_given(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }
}

/// An address of a database; may carry a password and therefore never shows itself whole.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub const EXPECTED: &str = "sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE";

    pub fn parse(text: &str) -> Option<Self> {
        let known = ["sqlite://", "sqlite:", "postgres://", "postgresql://"];
        known
            .iter()
            .any(|scheme| text.starts_with(scheme))
            .then(|| Self(text.to_owned()))
    }

    /// The address with its password, for the database alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn of_file(file: &Path) -> Self {
        Self(format!("sqlite://{}", file.display()))
    }

    /// `None`: it is PostgreSQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Hides the password, also of an address that is otherwise wrong.
fn masked(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return if address.contains('@') {
            "***".to_owned()
        } else {
            address.to_owned()
        };
    };
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, ""), |(rest, _)| (rest, "?***"));
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{place}{query}")
        }
        None => format!("{scheme}://{rest}{query}"),
    }
}

/// What is wrong in the settings, one line a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// Where settings are looked for.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    /// Every variable of the environment; those of others are passed over.
    pub environment: BTreeMap<String, String>,
}

impl Sources {
    /// The sources of this process: the named file, else ./parvis.toml where there is one.
    pub fn of_process(named: Option<PathBuf>) -> Self {
        let usual = Path::new(USUAL_FILE);
        let file = named.or_else(|| usual.is_file().then(|| usual.to_owned()));
        let environment = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file, environment }
    }

    pub fn read(&self) -> Result<Settings, Problems> {
        let mut problems = Vec::new();
        let mut figment = Figment::new();
        if let Some(file) = &self.file {
            match std::fs::metadata(file) {
                Ok(_) => figment = figment.merge(Toml::file_exact(file)),
                Err(error) => {
                    return Err(Problems(vec![format!("{}: {error}", file.display())]));
                }
            }
        }
        for given in self
            .credentials()
            .into_iter()
            .chain(self.variables(&mut problems))
        {
            figment = figment.merge(given);
        }
        let values = figment
            .extract::<Dict>()
            .map_err(|error| Problems(explained(error)))?;
        let mut settings = Settings::default();
        take(&mut settings, &figment, "", &values, &mut problems);
        if problems.is_empty() {
            problems.extend(settings.media.s3.problem());
            problems.extend(settings.mail.problem());
        }
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(Problems(problems))
        }
    }

    /// Secrets that systemd lays down as files (systemd.exec(5), LoadCredential=).
    fn credentials(&self) -> Vec<Given> {
        let Some(folder) = self.environment.get("CREDENTIALS_DIRECTORY") else {
            return Vec::new();
        };
        let secrets = KEYS.iter().filter(|key| key.secret);
        secrets
            .filter_map(|key| {
                let file = Path::new(folder).join(key.path);
                let text = std::fs::read_to_string(&file).ok()?;
                Some(Given::new(
                    key,
                    text.trim(),
                    format!("credential {}", key.path),
                ))
            })
            .collect()
    }

    /// `PARVIS_A__B` gives the key a.b, `PARVIS_A__B_FILE` names a file that holds it.
    fn variables(&self, problems: &mut Vec<String>) -> Vec<Given> {
        let mut given = Vec::new();
        for (name, text) in &self.environment {
            let Some(path) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if is_no_setting(name) {
                continue;
            }
            let path = path.replace("__", ".").to_lowercase();
            if let Some(key) = Key::named(&path) {
                // An empty variable is as good as none, except where it empties a list.
                if !text.is_empty() || key.list {
                    given.push(Given::new(
                        key,
                        text,
                        format!("environment variable {name}"),
                    ));
                }
            } else if let Some(key) = path.strip_suffix("_file").and_then(Key::named) {
                match std::fs::read_to_string(text) {
                    Ok(held) => given.push(Given::new(
                        key,
                        held.trim(),
                        format!("file {text}, named by environment variable {name}"),
                    )),
                    Err(error) => problems.push(format!("{name} = {text:?}: {error}")),
                }
            } else {
                problems.push(unknown(&path, &format!("environment variable {name}")));
            }
        }
        given
    }
}

fn is_no_setting(name: &str) -> bool {
    NO_SETTINGS.contains(&name)
        || name == "PARVIS_PORT"
        || OTHERS.iter().any(|prefix| name.starts_with(prefix))
}

/// One value from outside the file, with the words for where it was found.
struct Given {
    key: &'static Key,
    text: String,
    from: String,
}

impl Given {
    fn new(key: &'static Key, text: &str, from: String) -> Self {
        Self {
            key,
            text: text.to_owned(),
            from,
        }
    }
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.from.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let dict = nest(self.key.path, Value::from(self.text.as_str())).into_dict();
        Ok(Profile::Default.collect(dict.unwrap_or_default()))
    }
}

/// Moves every value into the settings; what does not fit is said, not dropped.
fn take(
    settings: &mut Settings,
    figment: &Figment,
    above: &str,
    values: &Dict,
    problems: &mut Vec<String>,
) {
    for (name, value) in values {
        let path = if above.is_empty() {
            name.clone()
        } else {
            format!("{above}.{name}")
        };
        let from = origin(figment, value);
        match (Key::named(&path), value) {
            (Some(key), _) => {
                if (key.set)(settings, value).is_some() {
                    settings.origins.insert(key.path, from);
                } else {
                    problems.push(wrong(key, value, &from));
                }
            }
            (None, Value::Dict(_, inner)) if is_section(&path) => {
                take(settings, figment, &path, inner, problems);
            }
            (None, _) => problems.push(unknown(&path, &from)),
        }
    }
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| {
        key.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn origin(figment: &Figment, value: &Value) -> String {
    match figment.get_metadata(value.tag()) {
        Some(Metadata {
            source: Some(source),
            ..
        }) => format!("file {source}"),
        Some(metadata) => metadata.name.to_string(),
        None => "settings".to_owned(),
    }
}

fn wrong(key: &Key, value: &Value, from: &str) -> String {
    let shown = match value {
        Value::String(_, text) if key.secret && text.contains("://") => masked(text),
        _ if key.secret => "***".to_owned(),
        value => serde_json::to_string(value).unwrap_or_default(),
    };
    format!("{} = {shown} ({from}): expected {}", key.path, key.expected)
}

fn unknown(path: &str, from: &str) -> String {
    let hint = nearest(path)
        .map(|near| format!("; did you mean {near}?"))
        .unwrap_or_default();
    format!("{path} ({from}): there is no such setting{hint}")
}

/// A file that is no TOML.
fn explained(errors: Error) -> Vec<String> {
    errors
        .into_iter()
        .map(|error| {
            let from = error
                .metadata
                .as_ref()
                .and_then(|metadata| metadata.source.as_ref());
            let from = from.map(|source| format!("{source}: ")).unwrap_or_default();
            format!("{from}{}", error.kind)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_environment(variables: &[(&str, &str)]) -> Result<Settings, Problems> {
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sources {
            file: None,
            environment: environment.collect(),
        }
        .read()
    }

    fn problem(variables: &[(&str, &str)]) -> String {
        from_environment(variables).unwrap_err().to_string()
    }

    fn from_file(content: &str, variables: &[(&str, &str)]) -> Result<Settings, Problems> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parvis.toml");
        std::fs::write(&file, content).unwrap();
        let environment = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sources {
            file: Some(file),
            environment: environment.collect(),
        }
        .read()
    }

    #[test]
    fn a_misspelt_log_level_does_not_silence_the_log() {
        for good in ["warn", "DEBUG", "info,parvis_federation=debug", "off"] {
            assert!(from_environment(&[("PARVIS_LOG__LEVEL", good)]).is_ok());
        }
        for bad in ["loud", "info,debgu", "parvis=loud", "info,,warn"] {
            let problem = problem(&[("PARVIS_LOG__LEVEL", bad)]);
            assert!(problem.contains("error, warn, info or debug"), "{problem}");
        }
    }

    #[test]
    fn with_nothing_given_the_defaults_hold() {
        let settings = from_environment(&[("HOME", "/root")]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert!(settings.public_url.is_none() && settings.workers && settings.limits.rate);
        assert!(settings.origins.is_empty());
    }

    #[test]
    fn the_environment_outweighs_the_file() {
        let file = "listen = \"0.0.0.0:80\"\nworkers = false\n[log]\nformat = \"json\"\n";
        let settings = from_file(file, &[("PARVIS_LISTEN", "[::1]:9000")]).unwrap();
        assert_eq!(settings.listen.to_string(), "[::1]:9000");
        assert_eq!(
            (settings.workers, settings.log.format),
            (false, LogFormat::Json)
        );
        assert_eq!(
            settings.origins["listen"],
            "environment variable PARVIS_LISTEN"
        );
        assert!(settings.origins["workers"].contains("parvis.toml"));
    }

    #[test]
    fn networks_are_a_list_with_commas_or_a_toml_list() {
        let name = "PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS";
        let networks = |settings: Settings| settings.federation.allow_private_networks;
        let of = |text| networks(from_environment(&[(name, text)]).unwrap());
        assert_eq!(of("127.0.0.1/32, fd00::/8").len(), 2);
        assert_eq!(of("127.0.0.1")[0].to_string(), "127.0.0.1/32");
        let file = "[federation]\nallow_private_networks = [\"10.0.0.0/8\"]";
        assert_eq!(networks(from_file(file, &[]).unwrap()).len(), 1);
        assert!(networks(from_file(file, &[(name, "")]).unwrap()).is_empty());
    }

    #[test]
    fn a_wrong_value_names_key_value_place_and_what_is_expected() {
        let said = problem(&[("PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS", "127.0.0.1/33")]);
        for part in [
            "federation.allow_private_networks",
            "127.0.0.1/33",
            "PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS",
            "expected",
        ] {
            assert!(said.contains(part), "{said}");
        }
        let said = from_file("workers = \"perhaps\"\nlisten = 8080", &[]).unwrap_err();
        assert_eq!(said.0.len(), 2, "every problem is named at once: {said}");
    }

    #[test]
    fn an_unknown_key_is_named_with_the_nearest_known_one() {
        assert!(problem(&[("PARVIS_LISTN", "x")]).contains("did you mean listen?"));
        let said = from_file("[limits]\nrates = \"off\"", &[])
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("limits.rates") && said.contains("limits.rate?"),
            "{said}"
        );
    }

    #[test]
    fn variables_of_container_platforms_are_no_settings_of_ours() {
        let settings = from_environment(&[
            ("PARVIS_PORT", "tcp://10.0.0.1:80"),
            ("PARVIS_SERVICE_HOST", "10.0.0.1"),
            ("PARVIS_PORT_80_TCP_ADDR", "10.0.0.1"),
        ]);
        assert!(settings.is_ok());
    }

    #[test]
    fn a_secret_may_stand_in_a_file_or_a_credential() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database_url");
        std::fs::write(&file, "postgres://parvis:geheim@db/parvis\n").unwrap();
        let by_file =
            from_environment(&[("PARVIS_DATABASE_URL_FILE", file.to_str().unwrap())]).unwrap();
        let by_credential =
            from_environment(&[("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap())])
                .unwrap();
        for settings in [by_file, by_credential] {
            let url = settings.database_url.unwrap();
            assert_eq!(url.reveal(), "postgres://parvis:geheim@db/parvis");
            assert_eq!(url.to_string(), "postgres://parvis:***@db/parvis");
        }
    }

    #[test]
    fn no_message_shows_a_password() {
        let said = problem(&[("PARVIS_DATABASE_URL", "mysql://parvis:geheim@db/parvis")]);
        assert!(
            said.contains("mysql://parvis:***@db/parvis") && !said.contains("geheim"),
            "{said}"
        );
    }
}
