//! The table of settings: name, what is expected, how it is set and shown. Knows no sources.

use std::{fs, net::IpAddr, os::unix::fs::PermissionsExt as _, path::PathBuf, str::FromStr};

use figment::value::Value;
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use crate::{
    bucket::{self, Secret},
    mail::{self, Security},
    metrics, public_url,
    settings::{DatabaseUrl, LogFormat, Settings},
};

/// One setting.
pub struct Key {
    /// "limits.rate" in a file, `PARVIS_LIMITS__RATE` in the environment.
    pub path: &'static str,
    pub expected: &'static str,
    pub secret: bool,
    pub list: bool,
    /// `None`: the value does not fit.
    pub set: fn(&mut Settings, &Value) -> Option<()>,
    /// As it would stand in the file; `None` where nothing is set.
    pub show: fn(&Settings) -> Option<String>,
}

pub const KEYS: &[Key] = &[
    Key {
        path: "listen",
        expected: "an address and a port such as 127.0.0.1:8080 or [::1]:8080",
        set: |settings, value| put(&mut settings.listen, parsed(value)),
        show: |settings| Some(quoted(&settings.listen)),
        ..PLAIN
    },
    Key {
        path: "public_url",
        expected: public_url::EXPECTED,
        set: |settings, value| put(&mut settings.public_url, parsed(value).map(Some)),
        show: |settings| settings.public_url.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "data_dir",
        expected: "a folder",
        set: |settings, value| {
            let folder = text(value).filter(|folder| !folder.is_empty());
            put(&mut settings.data_dir, folder.map(PathBuf::from))
        },
        show: |settings| Some(quoted(&settings.data_dir.display())),
        ..PLAIN
    },
    Key {
        path: "database_url",
        expected: DatabaseUrl::EXPECTED,
        secret: true,
        set: |settings, value| {
            put(
                &mut settings.database_url,
                text(value).and_then(DatabaseUrl::parse).map(Some),
            )
        },
        show: |settings| settings.database_url.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "database_connections",
        expected: "how many connections a town has to its database, from 2 to 100",
        set: |settings, value| {
            let count = at_most(value, 100).filter(|count| *count >= 2);
            let count = count.and_then(|count| u32::try_from(count).ok());
            put(&mut settings.database_connections, count.map(Some))
        },
        show: |settings| settings.database_connections.map(|count| count.to_string()),
        ..PLAIN
    },
    Key {
        path: "workers",
        expected: "on or off",
        set: |settings, value| put(&mut settings.workers, switch(value)),
        show: |settings| Some(quoted(&on_off(settings.workers))),
        ..PLAIN
    },
    Key {
        path: "styleguide",
        expected: "on or off",
        set: |settings, value| put(&mut settings.styleguide, switch(value)),
        show: |settings| Some(quoted(&on_off(settings.styleguide))),
        ..PLAIN
    },
    Key {
        path: "trusted_proxies",
        expected: NETWORKS,
        list: true,
        set: |settings, value| put(&mut settings.trusted_proxies, networks(value)),
        show: |settings| Some(listed(&settings.trusted_proxies)),
        ..PLAIN
    },
    Key {
        path: "federation.allow_private_networks",
        expected: NETWORKS,
        list: true,
        set: |settings, value| {
            put(
                &mut settings.federation.allow_private_networks,
                networks(value),
            )
        },
        show: |settings| Some(listed(&settings.federation.allow_private_networks)),
        ..PLAIN
    },
    Key {
        path: "federation.only_signed",
        expected: "on or off",
        set: |settings, value| put(&mut settings.federation.only_signed, switch(value)),
        show: |settings| Some(quoted(&on_off(settings.federation.only_signed))),
        ..PLAIN
    },
    Key {
        path: "media.cache_quota",
        expected: "a number of mebibytes such as 1024",
        set: |settings, value| put(&mut settings.media.cache_quota, number(value)),
        show: |settings| Some(settings.media.cache_quota.to_string()),
        ..PLAIN
    },
    Key {
        path: "media.ffmpeg",
        expected: "the whole path of a program that is there and may be run such as /usr/bin/ffmpeg",
        set: |settings, value| {
            let path = text(value)?;
            let none = path.is_empty().then_some(None);
            put(
                &mut settings.media.ffmpeg,
                none.or_else(|| program(path).map(Some)),
            )
        },
        show: |settings| {
            let ffmpeg = settings.media.ffmpeg.as_ref();
            ffmpeg.map(|program| quoted(&program.display()))
        },
        ..PLAIN
    },
    Key {
        path: "media.s3.endpoint",
        expected: bucket::EXPECTED_ENDPOINT,
        set: |settings, value| {
            let endpoint = text(value).and_then(bucket::endpoint);
            put(&mut settings.media.s3.endpoint, endpoint.map(Some))
        },
        show: |settings| settings.media.s3.endpoint.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "media.s3.bucket",
        expected: "the name of a bucket: letters, digits, dots and hyphens",
        set: |settings, value| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
            let name = some_text(value).filter(|name| name.bytes().all(plain));
            put(&mut settings.media.s3.name, name.map(Some))
        },
        show: |settings| settings.media.s3.name.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "media.s3.region",
        expected: "the name of a region such as us-east-1",
        set: |settings, value| put(&mut settings.media.s3.region, some_text(value)),
        show: |settings| Some(quoted(&settings.media.s3.region)),
        ..PLAIN
    },
    Key {
        path: "media.s3.access_key",
        expected: "the access key's public part",
        set: |settings, value| {
            put(
                &mut settings.media.s3.access_key,
                some_text(value).map(Some),
            )
        },
        show: |settings| settings.media.s3.access_key.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "media.s3.secret_key",
        expected: "the access key's secret part",
        secret: true,
        set: |settings, value| {
            let key = some_text(value).map(Secret);
            put(&mut settings.media.s3.secret_key, key.map(Some))
        },
        show: |settings| settings.media.s3.secret_key.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "media.s3.path_style",
        expected: "on or off",
        set: |settings, value| put(&mut settings.media.s3.path_style, switch(value)),
        show: |settings| Some(quoted(&on_off(settings.media.s3.path_style))),
        ..PLAIN
    },
    Key {
        path: "mail.host",
        expected: mail::EXPECTED_HOST,
        set: |settings, value| {
            let host = text(value).and_then(mail::host);
            put(&mut settings.mail.host, host.map(Some))
        },
        show: |settings| settings.mail.host.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "mail.port",
        expected: "a port such as 587",
        set: |settings, value| {
            let port = number(value).and_then(|port| u16::try_from(port).ok());
            put(
                &mut settings.mail.port,
                port.filter(|port| *port > 0).map(Some),
            )
        },
        show: |settings| settings.mail.port.map(|port| port.to_string()),
        ..PLAIN
    },
    Key {
        path: "mail.security",
        expected: mail::EXPECTED_SECURITY,
        set: |settings, value| {
            put(
                &mut settings.mail.security,
                text(value).and_then(Security::parse),
            )
        },
        show: |settings| Some(quoted(&settings.mail.security.as_str())),
        ..PLAIN
    },
    Key {
        path: "mail.user",
        expected: "the name that the mail server knows the town by",
        set: |settings, value| put(&mut settings.mail.user, some_text(value).map(Some)),
        show: |settings| settings.mail.user.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "mail.password",
        expected: "the password for the mail server",
        secret: true,
        set: |settings, value| {
            let password = some_text(value).map(Secret);
            put(&mut settings.mail.password, password.map(Some))
        },
        show: |settings| settings.mail.password.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "mail.from",
        expected: mail::EXPECTED_FROM,
        set: |settings, value| put(&mut settings.mail.from, parsed(value).map(Some)),
        show: |settings| settings.mail.from.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "limits.rate",
        expected: "on or off",
        set: |settings, value| put(&mut settings.limits.rate, switch(value)),
        show: |settings| Some(quoted(&on_off(settings.limits.rate))),
        ..PLAIN
    },
    Key {
        path: "limits.streams",
        expected: "a number up to 1000000 of apps and open pages that may listen at the same time such as 10000",
        set: |settings, value| put(&mut settings.limits.streams, at_most(value, 1_000_000)),
        show: |settings| Some(settings.limits.streams.to_string()),
        ..PLAIN
    },
    Key {
        path: "limits.streams_per_account",
        expected: "a number up to 1000000 of apps and of open pages that may listen for one resident such as 200",
        set: |settings, value| {
            let count = at_most(value, 1_000_000);
            put(&mut settings.limits.streams_per_account, count)
        },
        show: |settings| Some(settings.limits.streams_per_account.to_string()),
        ..PLAIN
    },
    Key {
        path: "metrics.token",
        expected: metrics::EXPECTED_TOKEN,
        secret: true,
        set: |settings, value| {
            let token = text(value).and_then(metrics::token);
            put(&mut settings.metrics.token, token.map(Some))
        },
        show: |settings| settings.metrics.token.as_ref().map(quoted),
        ..PLAIN
    },
    Key {
        path: "log.format",
        expected: "text or json",
        set: |settings, value| {
            let format = match text(value)? {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => return None,
            };
            put(&mut settings.log.format, Some(format))
        },
        show: |settings| {
            Some(quoted(&match settings.log.format {
                LogFormat::Text => "text",
                LogFormat::Json => "json",
            }))
        },
        ..PLAIN
    },
    Key {
        path: "log.level",
        expected: "error, warn, info or debug, or a filter such as info,parvis_federation=debug",
        set: |settings, value| {
            let level = text(value).filter(|level| is_level(level))?;
            put(&mut settings.log.level, Some(Some(level.to_owned())))
        },
        show: |settings| settings.log.level.as_ref().map(quoted),
        ..PLAIN
    },
];

const NETWORKS: &str = "networks separated by commas such as 127.0.0.1/32, fd00::/8";

/// What most settings have in common.
const PLAIN: Key = Key {
    path: "",
    expected: "",
    secret: false,
    list: false,
    set: |_, _| None,
    show: |_| None,
};

impl Key {
    pub fn named(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

/// The known key that someone who wrote `path` most likely meant.
pub fn nearest(path: &str) -> Option<&'static str> {
    let distance = |key: &&Key| edits(path, key.path);
    KEYS.iter()
        .min_by_key(distance)
        .filter(|key| distance(key) <= 3)
        .map(|key| key.path)
}

/// How many letters must be changed, added or taken away (Levenshtein).
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[right.len()]
}

/// A level or a filter. To the filter a misspelt level is the name of a module, and everything else falls silent.
fn is_level(text: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let known = |part: &str| {
        part.contains(['=', '[']) || LEVELS.contains(&part.to_ascii_lowercase().as_str())
    };
    text.split(',').all(|part| known(part.trim())) && EnvFilter::try_new(text).is_ok()
}

fn put<T>(slot: &mut T, value: Option<T>) -> Option<()> {
    *slot = value?;
    Some(())
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim)
}

fn some_text(value: &Value) -> Option<String> {
    text(value)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// A file that may be run.
fn program(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(path);
    let found = fs::metadata(&path).ok()?;
    let runs = found.is_file() && found.permissions().mode() & 0o111 != 0;
    (path.is_absolute() && runs).then_some(path)
}

fn parsed<T: FromStr>(value: &Value) -> Option<T> {
    text(value)?.parse().ok()
}

/// In a file as a number (TOML has signed ones only), elsewhere as text.
fn number(value: &Value) -> Option<u64> {
    match value.to_i128() {
        Some(number) => number.try_into().ok(),
        None => parsed(value),
    }
}

fn at_most(value: &Value, most: u64) -> Option<u64> {
    number(value).filter(|number| *number <= most)
}

fn switch(value: &Value) -> Option<bool> {
    match (value.to_bool(), text(value)) {
        (Some(on), _) => Some(on),
        (None, Some("on" | "true" | "yes" | "1")) => Some(true),
        (None, Some("off" | "false" | "no" | "0")) => Some(false),
        (None, _) => None,
    }
}

fn networks(value: &Value) -> Option<Vec<IpNet>> {
    match (text(value), value.as_array()) {
        (Some(listed), _) => {
            let parts = listed
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            parts.map(network).collect()
        }
        (None, Some(items)) => items.iter().map(|item| network(text(item)?)).collect(),
        (None, None) => None,
    }
}

/// A network, or a single address.
fn network(text: &str) -> Option<IpNet> {
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| single()).ok()
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn quoted(value: &impl ToString) -> String {
    format!("{:?}", value.to_string())
}

fn listed(networks: &[IpNet]) -> String {
    let items: Vec<_> = networks.iter().map(quoted).collect();
    format!("[{}]", items.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_by_its_whole_path_and_may_be_run() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ffmpeg");
        let path = file.to_str().unwrap();
        assert_eq!(program(path), None, "it is not there");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(program(path), None, "nobody may run it");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(program(path), Some(file.clone()));
        assert_eq!(program(folder.path().to_str().unwrap()), None);
        assert_eq!(program("ffmpeg"), None, "whichever that is");
        let key = Key::named("media.ffmpeg").unwrap();
        let mut settings = Settings::default();
        for (value, kept) in [(path, Some(file.clone())), ("", None)] {
            assert_eq!((key.set)(&mut settings, &Value::from(value)), Some(()));
            assert_eq!(settings.media.ffmpeg, kept);
        }
    }
}
