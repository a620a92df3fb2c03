//! The words people see, in their language, from the locale files. Knows no page and no account; time zones and moments are passed in.

use std::{fmt, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::{Zoned, tz::TimeZone};

use crate::{
    clock::{DAY, HOUR, MINUTE, Timestamp},
    refusal::Refusal,
};

/// The language the words are written in first; every missing word is taken from it.
const SOURCE: &str = "fr";
/// The code of a language and its files.
type Files = (&'static str, &'static [&'static str]);
/// All folders of `frontend/locales`, in alphabetical order.
static FILES: &[Files] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));
static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(languages);
/// Entries of an `Accept-Language` header that are looked at.
const ACCEPTED: usize = 16;
/// Moments further back are shown as a date.
const RECENT: Timestamp = 7 * DAY;
/// Between groups of three digits: a narrow no-break space, good in French and in the SI (ISO 80000-1).
const GROUP: char = '\u{202f}';

struct Language {
    code: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// One of the languages people can read the town in. Copying is free.
#[derive(Clone, Copy)]
pub struct Locale(&'static Language);

/// A value for a placeholder of a message. Numbers choose plural forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    Text(String),
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Arg {
    /// A number if the text is exactly how that number is written.
    fn read(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }

    fn value(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_str()),
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl Locale {
    /// The account's own choice if we speak it, else the best of what the browser asks for, else French.
    pub fn negotiate(wanted: Option<&str>, accept_language: Option<&str>) -> Self {
        wanted
            .and_then(find)
            .or_else(|| preferences(accept_language?).into_iter().find_map(find))
            .unwrap_or_else(source)
    }

    /// The language of a code such as `en` or `fr-CA`; French if we do not speak it.
    pub fn of(code: &str) -> Self {
        find(code).unwrap_or_else(source)
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Is there such a message?
    pub fn knows(&self, key: &str) -> bool {
        self.0.format(key, &FluentArgs::new()).is_some()
    }

    /// A message without placeholders. An unknown key is returned as it is.
    pub fn text(&self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// A message with its placeholders filled in. An unknown key is returned as it is.
    pub fn text_with(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let args: FluentArgs = args
            .iter()
            .map(|(name, arg)| (*name, arg.value()))
            .collect();
        self.0
            .format(key, &args)
            .or_else(|| source().0.format(key, &args))
            .unwrap_or_else(|| key.to_owned())
    }

    pub fn refusal(&self, refusal: &Refusal) -> String {
        let args: Vec<_> = refusal
            .args
            .iter()
            .map(|(name, value)| (*name, Arg::read(value)))
            .collect();
        self.text_with(refusal.key, &args)
    }

    /// How long ago something was, in short; a date from a week on.
    /// `tz` is the town's IANA time zone; UTC stands in for an unknown one.
    pub fn ago(&self, at: Timestamp, now: Timestamp, tz: &str) -> String {
        let past = now.saturating_sub(at);
        if past < MINUTE {
            // What is dated in the future by another server's clock has only just come.
            return self.text("time-now");
        }
        if past < HOUR {
            return self.counted("time-minutes", past / MINUTE);
        }
        if past >= RECENT {
            return self.date(at, tz);
        }
        match days_between(at, now, tz) {
            0 => self.counted("time-hours", past / HOUR),
            1 if past < 12 * HOUR => self.counted("time-hours", past / HOUR),
            1 => self.text("time-yesterday"),
            days => self.counted("time-days", i64::from(days)),
        }
    }

    /// "12 mars 2025"
    pub fn date(&self, at: Timestamp, tz: &str) -> String {
        self.day(&zoned(at, tz))
    }

    /// "12 mars 2025 à 14 h 05"
    pub fn date_time(&self, at: Timestamp, tz: &str) -> String {
        let moment = zoned(at, tz);
        let args = [
            ("date", Arg::from(self.day(&moment))),
            ("hour", Arg::from(moment.hour().to_string())),
            ("minute", Arg::from(format!("{:02}", moment.minute()))),
        ];
        self.text_with("time-date-time", &args)
    }

    /// Every language: its code, and its name as its speakers write it.
    pub fn all() -> Vec<(&'static str, String)> {
        LANGUAGES
            .iter()
            .map(|language| (language.code, Self(language).text("language-name")))
            .collect()
    }

    fn counted(self, key: &str, count: i64) -> String {
        self.text_with(key, &[("count", Arg::from(count))])
    }

    fn day(self, moment: &Zoned) -> String {
        let args = [
            ("day", Arg::from(i64::from(moment.day()))),
            (
                "month",
                Arg::from(self.text(&format!("time-month-{}", moment.month()))),
            ),
            ("year", Arg::from(moment.year().to_string())),
        ];
        self.text_with("time-date", &args)
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.code() == other.code()
    }
}

impl Eq for Locale {}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.code()).finish()
    }
}

impl Language {
    fn read((code, files): &Files) -> Self {
        // A folder with an unknown name still has words; only its plurals are then those of no language.
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
        // Isolating marks would end up in attributes and in titles; names are escaped by the pages.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| grouped(value)));
        for file in *files {
            // A file with a mistake gives the words before and after it; a test keeps mistakes out.
            let words =
                FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(words, _)| words);
            bundle.add_resource_overriding(words);
        }
        Self { code, bundle }
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let words = self.bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        Some(
            self.bundle
                .format_pattern(words, Some(args), &mut faults)
                .into_owned(),
        )
    }
}

fn languages() -> Vec<Language> {
    FILES.iter().map(Language::read).collect()
}

fn source() -> Locale {
    // The French files are part of the program: a build without them has nothing to say and must not start.
    find(SOURCE).unwrap_or_else(|| unreachable!("built without the words of {SOURCE}"))
}

fn find(code: &str) -> Option<Locale> {
    let primary = code.trim().split(['-', '_']).next()?;
    LANGUAGES
        .iter()
        .find(|language| language.code.eq_ignore_ascii_case(primary))
        .map(Locale)
}

/// The languages of an `Accept-Language` header (RFC 9110 section 12.5.4), the most wanted first.
fn preferences(header: &str) -> Vec<&str> {
    let mut ranges: Vec<(f32, &str)> = header.split(',').take(ACCEPTED).map(preference).collect();
    ranges.retain(|(weight, _)| *weight > 0.0);
    ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranges.into_iter().map(|(_, range)| range).collect()
}

fn preference(range: &str) -> (f32, &str) {
    match range.split_once(';') {
        Some((range, weight)) => {
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.parse().ok());
            (weight.unwrap_or(0.0), range.trim())
        }
        None => (1.0, range.trim()),
    }
}

/// Whole numbers from ten thousand on in groups of three digits; years and small numbers stay as they are.
fn grouped(value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let whole = number.value.fract() == 0.0 && number.value.abs() >= 10_000.0;
    if !whole || number.options.minimum_fraction_digits.is_some() {
        return None;
    }
    let digits = format!("{:.0}", number.value.abs());
    let sign = if number.value < 0.0 { "−" } else { "" };
    let mut text = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    Some(text)
}

fn zoned(at: Timestamp, tz: &str) -> Zoned {
    let zone = TimeZone::get(tz).unwrap_or(TimeZone::UTC);
    jiff::Timestamp::from_millisecond(at)
        .unwrap_or_default()
        .to_zoned(zone)
}

/// Midnights between two moments, as the town counts its days.
fn days_between(at: Timestamp, now: Timestamp, tz: &str) -> i32 {
    let (at, now) = (zoned(at, tz).date(), zoned(now, tz).date());
    at.until(now).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const PARIS: &str = "Europe/Paris";
    /// 2025-03-12T13:05:00Z, a Wednesday; 14:05 in Paris.
    const NOW: Timestamp = 1_741_784_700_000;

    fn french() -> Locale {
        Locale::of("fr")
    }

    /// Each message of a language, with the names of its placeholders.
    fn messages(files: &[&'static str]) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut messages = BTreeMap::<_, BTreeSet<_>>::new();
        let mut key = "";
        for line in files.iter().flat_map(|file| file.lines()) {
            if line.starts_with('#') {
                continue;
            }
            if line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-') {
                key = line.split('=').next().unwrap().trim();
                assert!(
                    messages.insert(key, BTreeSet::new()).is_none(),
                    "{key} is there twice"
                );
            }
            for after in line.split('$').skip(1) {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
                messages
                    .get_mut(key)
                    .unwrap()
                    .insert(&after[..end.unwrap_or(after.len())]);
            }
        }
        messages
    }

    #[test]
    fn every_language_says_the_same_things() {
        let source = messages(FILES.iter().find(|(code, _)| *code == SOURCE).unwrap().1);
        assert!(source.contains_key("refusal-not-found"));
        for (code, files) in FILES {
            let theirs = messages(files);
            for (key, names) in &source {
                assert_eq!(theirs.get(key), Some(names), "{key} in {code}");
            }
            for key in theirs.keys() {
                assert!(
                    source.contains_key(key),
                    "{key} of {code} is not in {SOURCE}"
                );
            }
        }
    }

    #[test]
    fn every_file_is_free_of_mistakes() {
        for (code, files) in FILES {
            assert!(
                code.parse::<unic_langid::LanguageIdentifier>().is_ok(),
                "{code}"
            );
            for file in *files {
                let faults = FluentResource::try_new((*file).to_owned())
                    .err()
                    .map(|(_, faults)| faults);
                assert_eq!(faults, None, "in {code}");
            }
        }
    }

    #[test]
    fn french_signs_keep_their_distance() {
        let files = FILES.iter().find(|(code, _)| *code == SOURCE).unwrap().1;
        for line in files
            .iter()
            .flat_map(|file| file.lines())
            .filter(|line| !line.starts_with('#'))
        {
            for sign in [" :", " ;", " !", " ?", "« ", " »"] {
                assert!(
                    !line.contains(sign),
                    "an ordinary blank beside a sign: {line}"
                );
            }
        }
    }

    #[test]
    fn the_account_chooses_before_the_browser_does() {
        let chosen = |wanted, accepted| Locale::negotiate(wanted, accepted).code();
        assert_eq!(chosen(Some("en"), Some("fr")), "en");
        assert_eq!(chosen(Some("tlh"), Some("en-GB,fr;q=0.5")), "en");
        assert_eq!(chosen(None, Some("de, en;q=0.3, fr-CA;q=0.8")), "fr");
        assert_eq!(chosen(None, Some("fr;q=0, en;q=0.1")), "en");
        assert_eq!(chosen(None, Some("en;q=nonsense,,;;*")), "fr");
        assert_eq!(chosen(None, None), "fr");
    }

    #[test]
    fn an_unknown_key_is_shown_as_it_is() {
        assert_eq!(Locale::of("en").text("no-such-key"), "no-such-key");
        assert_eq!(french().text("no such key!"), "no such key!");
    }

    #[test]
    fn names_are_not_wrapped_in_marks() {
        let refusal =
            Refusal::invalid("name", "refusal-display-name-too-long").with("limit", "<b>");
        assert_eq!(
            Locale::of("en").refusal(&refusal),
            "This name is too long: <b> characters at most."
        );
    }

    #[test]
    fn refusals_count_in_words() {
        let wait = |minutes: i64| {
            french().refusal(&Refusal::too_many("refusal-too-often").with("minutes", minutes))
        };
        assert!(wait(1).ends_with("dans 1 minute."));
        assert!(wait(5).ends_with("dans 5 minutes."));
        let long = Refusal::invalid("text", "refusal-text-too-long")
            .with("count", 1_234_567)
            .with("limit", 5_000);
        let words = Locale::of("en").refusal(&long);
        assert!(
            words.contains("1\u{202f}234\u{202f}567 characters, and 5000 at most"),
            "{words}"
        );
    }

    #[test]
    fn languages_bear_their_own_names() {
        let all = Locale::all();
        assert!(all.contains(&("fr", "Français".to_owned())));
        assert!(all.contains(&("en", "English".to_owned())));
    }

    #[test]
    fn moments_are_told_from_now() {
        let ago = |past| french().ago(NOW - past, NOW, PARIS);
        assert_eq!(ago(0), "à l’instant");
        assert_eq!(
            ago(-DAY),
            "à l’instant",
            "another server's clock runs ahead"
        );
        assert_eq!(ago(5 * MINUTE), "il y a 5\u{a0}min");
        assert_eq!(ago(3 * HOUR), "il y a 3\u{a0}h");
        assert_eq!(ago(23 * HOUR), "hier");
        assert_eq!(ago(2 * DAY), "il y a 2 jours");
        assert_eq!(ago(6 * DAY), "il y a 6 jours");
        assert_eq!(ago(7 * DAY), "5 mars 2025");
        assert_eq!(Locale::of("en").ago(NOW - DAY, NOW, PARIS), "yesterday");
        assert_eq!(
            french().ago(Timestamp::MIN, Timestamp::MAX, PARIS),
            french().date(0, "UTC")
        );
    }

    #[test]
    fn just_after_midnight_an_hour_ago_is_not_yesterday() {
        let past_midnight = NOW + 10 * HOUR;
        assert_eq!(
            french().ago(past_midnight - 2 * HOUR, past_midnight, PARIS),
            "il y a 2\u{a0}h"
        );
    }

    #[test]
    fn dates_are_those_of_the_town() {
        assert_eq!(
            french().date_time(NOW, PARIS),
            "12 mars 2025 à 14\u{a0}h\u{a0}05"
        );
        assert_eq!(
            Locale::of("en").date_time(NOW, PARIS),
            "12 March 2025 at 14:05"
        );
        assert_eq!(
            french().date_time(NOW - 11 * HOUR - 40 * MINUTE, PARIS),
            "12 mars 2025 à 2\u{a0}h\u{a0}25"
        );
        assert_eq!(
            french().date_time(NOW, "Nowhere/Atall"),
            "12 mars 2025 à 13\u{a0}h\u{a0}05"
        );
        let new_year = 1_735_686_000_000; // 2024-12-31T23:00:00Z
        assert_eq!(french().date(new_year, PARIS), "1er janvier 2025");
        assert_eq!(french().date(new_year, "UTC"), "31 décembre 2024");
    }
}
