//! `config check` and `config print`: what is set, and where it comes from. Opens no town.

use std::fmt::Write as _;

use crate::{
    exit::{Done, Stop},
    installation,
    keys::KEYS,
    output,
    settings::Settings,
};

/// The settings could be read, else we would not be here; are the towns in order, too?
pub fn check(settings: &Settings) -> Done {
    let places = installation::places(settings)?;
    for place in &places {
        output::line(format_args!(
            "{}: data in {}",
            place.public_url,
            place.folder.display()
        ))?;
    }
    if places.is_empty() {
        return Err(Stop::not_found("no town is configured"));
    }
    output::line(format_args!("The settings are in order."))
}

/// As a TOML file with a remark where each value comes from; secrets are masked.
pub fn print(settings: &Settings) -> Done {
    output::line(format_args!("{}", listing(settings).trim_end()))
}

fn listing(settings: &Settings) -> String {
    let mut page = String::new();
    let mut section = "";
    for key in KEYS {
        let (above, name) = key.path.split_once('.').unwrap_or(("", key.path));
        if above != section {
            let _ = writeln!(page, "\n[{above}]");
            section = above;
        }
        let from = settings
            .origins
            .get(key.path)
            .map_or("default", String::as_str);
        let _ = match (key.show)(settings) {
            Some(value) => writeln!(page, "{name} = {value}  # {from}"),
            None => writeln!(page, "# {name} is not set"),
        };
    }
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::Sources;

    #[test]
    fn what_is_printed_can_be_read_again_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parvis.toml");
        let environment = [
            ("PARVIS_PUBLIC_URL", "https://valmont.example"),
            ("PARVIS_TRUSTED_PROXIES", "10.0.0.0/8,::1"),
            ("PARVIS_LOG__LEVEL", "warn"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let given = Sources {
            file: None,
            environment: environment.into(),
        }
        .read()
        .unwrap();
        std::fs::write(&file, listing(&given)).unwrap();
        let read = Sources {
            file: Some(file),
            environment: BTreeMap::new(),
        }
        .read()
        .unwrap();
        let without_origins = |settings: &Settings| {
            let page = listing(settings);
            page.lines()
                .map(|line| line.split("  # ").next().unwrap().to_owned())
                .collect()
        };
        let (before, after): (Vec<String>, Vec<String>) =
            (without_origins(&given), without_origins(&read));
        assert_eq!(before, after);
    }

    #[test]
    fn a_printed_database_address_has_no_password() {
        let environment = [(
            "PARVIS_DATABASE_URL".to_owned(),
            "postgres://me:geheim@db/town".to_owned(),
        )];
        let settings = Sources {
            file: None,
            environment: environment.into(),
        }
        .read()
        .unwrap();
        let page = listing(&settings);
        assert!(
            page.contains("postgres://me:***@db/town") && !page.contains("geheim"),
            "{page}"
        );
    }
}
