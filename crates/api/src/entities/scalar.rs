//! Values inside the documents: ids, moments, pictures of our own, lists.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp as Instant, civil::DateTime, tz::TimeZone};
use parvis_model::{
    clock::{SECOND, Timestamp},
    id::Id,
};
use percent_encoding::{CONTROLS, utf8_percent_encode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// An id as a text: JavaScript has no 64-bit integers.
#[derive(Clone, Copy, Debug)]
pub struct IdText(pub Id);

impl Serialize for IdText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

/// Later moments have no place in the four digits of a year, earlier ones none in a town.
fn civil(at: Timestamp) -> DateTime {
    let at = at.clamp(0, Instant::MAX.as_second() * SECOND);
    let at = Instant::from_millisecond(at).unwrap_or(Instant::UNIX_EPOCH);
    TimeZone::UTC.to_datetime(at)
}

/// `2026-03-14T09:26:53.589Z`
#[derive(Clone, Copy, Debug)]
pub struct Moment(pub Timestamp);

impl Moment {
    fn letters(self) -> [u8; 24] {
        let at = civil(self.0);
        let mut letters = *b"0000-00-00T00:00:00.000Z";
        write_date(&mut letters, at);
        for (from, value) in [(11, at.hour()), (14, at.minute()), (17, at.second())] {
            write_digits(&mut letters[from..from + 2], value.unsigned_abs().into());
        }
        write_digits(&mut letters[20..23], at.millisecond().unsigned_abs());
        letters
    }
}

fn write_date(letters: &mut [u8], at: DateTime) {
    write_digits(&mut letters[0..4], at.year().unsigned_abs());
    write_digits(&mut letters[5..7], at.month().unsigned_abs().into());
    write_digits(&mut letters[8..10], at.day().unsigned_abs().into());
}

/// Right-aligned, over zeros.
fn write_digits(place: &mut [u8], mut value: u16) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.letters()))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&String::from_utf8_lossy(&self.letters()))
    }
}

/// `2026-03-14`
#[derive(Clone, Copy, Debug)]
pub struct Day(pub Timestamp);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut letters = *b"0000-00-00";
        write_date(&mut letters, civil(self.0));
        to.serialize_str(&String::from_utf8_lossy(&letters))
    }
}

/// A list of which there is none yet, or never.
pub type Nothing = [(); 0];

/// An address: someone's, or one of our own pages and pictures, whose letters beyond ASCII are written as RFC 3986 has them:
/// apps of phones take nothing else for an address.
#[derive(Clone, Copy, Debug)]
pub enum Address<'a> {
    Whole(&'a str),
    Here { origin: &'a str, path: &'a str },
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(address) => to.serialize_str(address),
            Self::Here { origin, path } => {
                let path = utf8_percent_encode(path, CONTROLS);
                to.collect_str(&format_args!("{origin}{path}"))
            }
        }
    }
}

/// How a value is described that is written in a way of its own.
macro_rules! described {
    ($($type:ty, $name:literal: $schema:tt;)*) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

described! {
    IdText, "Id": { "type": "string", "pattern": "^[0-9]+$" };
    Moment, "Moment": { "type": "string", "format": "date-time" };
    Day, "Day": { "type": "string", "format": "date" };
    Address<'_>, "Address": { "type": "string", "format": "uri" };
}

/// Views, each shown as its document while it is written.
#[derive(Clone, Copy, Debug)]
pub struct Each<'a, V, E>(pub &'a [V], pub fn(&'a V) -> E);

impl<V, E: Serialize> Serialize for Each<'_, V, E> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(self.1))
    }
}

impl<V, E: JsonSchema> JsonSchema for Each<'_, V, E> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Vec::<E>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<E>::json_schema(generator)
    }
}

/// A count as apps expect it, which is never negative.
pub fn counted(count: i64) -> i64 {
    count.max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_milliseconds_and_end_in_z() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Moment(1_773_480_413_089).to_string(),
            "2026-03-14T09:26:53.089Z"
        );
        assert_eq!(Moment(-5).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Moment(i64::MAX).to_string(), "9999-12-30T22:00:00.000Z");
        assert_eq!(
            serde_json::to_string(&Day(1_773_480_413_089)).unwrap(),
            "\"2026-03-14\""
        );
    }

    #[test]
    fn ids_are_texts() {
        assert_eq!(
            serde_json::to_string(&IdText(116_000_000_000_000_001)).unwrap(),
            "\"116000000000000001\""
        );
    }
}
