//! What the town tells people of their data: what is kept, where, for how long, who reads it, what leaves, what they may ask. Put
//! together here, from the locale files and from the times that the program goes by, so that pages and apps say the same and
//! no text promises what the code does not do. Knows no page's look.

use parvis_model::{
    appearance,
    clock::{DAY, Timestamp},
    limits,
    locale::{Arg, Locale},
    text,
};

use crate::{
    Profile, bygones, departures, imports, interactions::waiting, letters, push, readers, sessions,
};

/// What belongs together, under one heading.
#[derive(Clone, Debug)]
pub struct Section {
    pub heading: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// Where to do or see what the line speaks of.
    pub way: Option<Way>,
}

/// A page of this town.
#[derive(Clone, Debug)]
pub struct Way {
    pub label: String,
    pub path: &'static str,
}

/// What the town has written itself.
#[derive(Clone, Debug)]
pub struct Addition {
    pub heading: String,
    pub html: String,
    /// When it was last changed.
    pub since: Option<Timestamp>,
}

/// Key of a line, and the page it leads to: key of its name, address.
type Entry = (&'static str, Option<(&'static str, &'static str)>);

const fn said(line: &'static str) -> Entry {
    (line, None)
}

const fn leading(line: &'static str, label: &'static str, path: &'static str) -> Entry {
    (line, Some((label, path)))
}

const FREE: &[Entry] = &[said("privacy-free-what"), said("privacy-free-others")];
const KEPT: &[Entry] = &[
    said("privacy-kept-visitor"),
    said("privacy-kept-account"),
    said("privacy-kept-words"),
    leading(
        "privacy-kept-profile",
        "privacy-to-profile",
        "/reglages/profil",
    ),
    said("privacy-kept-edits"),
    said("privacy-kept-pictures"),
    said("privacy-kept-reports"),
];
const DEVICES: &[Entry] = &[
    leading(
        "privacy-devices-session",
        "privacy-to-sessions",
        "/reglages/sessions",
    ),
    said("privacy-devices-end"),
    leading(
        "privacy-devices-apps",
        "privacy-to-apps",
        "/reglages/applications",
    ),
    said("privacy-devices-tries"),
    said("privacy-devices-log"),
];
const WHERE: &[Entry] = &[said("privacy-where-town"), said("privacy-where-backups")];
const READERS: &[Entry] = &[
    said("privacy-readers-choice"),
    said("privacy-readers-public"),
    said("privacy-readers-staff"),
    said("privacy-readers-direct"),
];
const LEAVING: &[Entry] = &[
    said("privacy-leaving-posts"),
    said("privacy-leaving-gestures"),
    said("privacy-leaving-never"),
    leading(
        "privacy-leaving-ledger",
        "privacy-to-copies",
        "/reglages/copies",
    ),
    said("privacy-leaving-settled"),
];
const ARRIVING: &[Entry] = &[
    said("privacy-arriving-what"),
    said("privacy-arriving-waiting"),
];
const LETTERS: &[Entry] = &[said("privacy-letters-what"), said("privacy-letters-kept")];
const PUSH: &[Entry] = &[leading(
    "privacy-push-what",
    "privacy-to-notices",
    "/reglages/avis",
)];
const COOKIES: &[Entry] = &[
    said("privacy-cookies-session"),
    said("privacy-cookies-others"),
    said("privacy-cookies-offline"),
];
const TIME: &[Entry] = &[
    said("privacy-time-account"),
    said("privacy-time-post"),
    said("privacy-time-leaving"),
    said("privacy-time-refused"),
    said("privacy-time-little"),
];
const RIGHTS: &[Entry] = &[
    said("privacy-rights-what"),
    leading(
        "privacy-rights-export",
        "privacy-to-export",
        "/reglages/exporter",
    ),
    leading(
        "privacy-rights-delete",
        "privacy-to-delete",
        "/reglages/supprimer",
    ),
    said("privacy-rights-ask"),
    said("privacy-rights-complain"),
];

/// What holds in every town that runs this program. `letters`: does this one send e-mails ([`crate::Town::sends_letters`])?
pub fn sections(profile: &Profile, letters: bool, locale: Locale) -> Vec<Section> {
    let words = Words {
        locale,
        figures: figures(profile, locale),
    };
    let contact = if profile.contact.is_some() {
        "privacy-who-contact"
    } else {
        "privacy-who-silent"
    };
    let who = [said("privacy-who-town"), said(contact)];
    let mut told: Vec<(&str, &[Entry])> = vec![
        ("privacy-who", who.as_slice()),
        ("privacy-free", FREE),
        ("privacy-kept", KEPT),
        ("privacy-devices", DEVICES),
        ("privacy-where", WHERE),
        ("privacy-readers", READERS),
        ("privacy-leaving", LEAVING),
        ("privacy-arriving", ARRIVING),
    ];
    if letters {
        told.push(("privacy-letters", LETTERS));
    }
    told.extend([
        ("privacy-push", PUSH),
        ("privacy-cookies", COOKIES),
        ("privacy-time", TIME),
        ("privacy-rights", RIGHTS),
    ]);
    told.into_iter()
        .map(|(heading, lines)| words.section(heading, lines))
        .collect()
}

/// What stands below them, if the town has anything to add.
pub fn addition(profile: &Profile, locale: Locale) -> Option<Addition> {
    (!profile.privacy.is_empty()).then(|| Addition {
        heading: locale.text("privacy-town"),
        html: text::paragraphs(&profile.privacy),
        since: profile.privacy_at,
    })
}

/// The words of one language, and what is filled in.
struct Words {
    locale: Locale,
    figures: Vec<(&'static str, Arg)>,
}

impl Words {
    fn section(&self, heading: &str, lines: &[Entry]) -> Section {
        Section {
            heading: self.of(heading),
            lines: lines.iter().map(|entry| self.line(*entry)).collect(),
        }
    }

    fn line(&self, (line, way): Entry) -> Line {
        let way = way.map(|(label, path)| Way {
            label: self.of(label),
            path,
        });
        Line {
            text: self.of(line),
            way,
        }
    }

    fn of(&self, key: &str) -> String {
        self.locale.text_with(key, &self.figures)
    }
}

/// Everything that any of the lines may name.
fn figures(profile: &Profile, locale: Locale) -> Vec<(&'static str, Arg)> {
    let lasting = |time| Arg::from(days(time, locale));
    let contact = profile.contact.as_deref().unwrap_or_default();
    vec![
        ("town", Arg::from(profile.name.as_str())),
        ("contact", Arg::from(contact)),
        ("revisions", Arg::from(limits::REVISIONS as i64)),
        ("session", lasting(sessions::IDLE)),
        ("settled", lasting(bygones::KEPT)),
        ("waiting", lasting(waiting::KEPT)),
        ("letters", lasting(letters::KEPT)),
        ("letters-late", lasting(letters::STALE)),
        ("push", lasting(push::FRESH)),
        (
            "appearance",
            lasting(i64::from(appearance::REMEMBERED_DAYS) * DAY),
        ),
        ("leaving", lasting(departures::DAYS * DAY)),
        ("abandoned", lasting(readers::ABANDONED)),
        ("imports", lasting(imports::KEPT)),
    ]
}

/// Rounded up, so that nothing is said to go sooner than it does.
fn days(time: Timestamp, locale: Locale) -> String {
    let count = (time + DAY - 1) / DAY;
    locale.text_with("privacy-days", &[("count", Arg::from(count))])
}
