//! Codes that change every thirty seconds, as phones make them (RFC 6238 over RFC 4226). Knows no person.

use aws_lc_rs::hmac;
use parvis_model::clock::{SECOND, Timestamp};

/// How long a code is shown.
const PERIOD: Timestamp = 30 * SECOND;
/// Bytes of a secret (RFC 4226, 4: 160 bits are recommended).
const BYTES: usize = 20;
pub const DIGITS: usize = 6;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret in base32 (RFC 4648, 6), as phones and people take it.
pub fn secret() -> String {
    encoded(&rand::random::<[u8; BYTES]>())
}

fn encoded(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|five| {
            let mut word = [0; 8];
            word[3..3 + five.len()].copy_from_slice(five);
            let word = u64::from_be_bytes(word);
            (0..8).map(move |n| char::from(ALPHABET[(word >> (35 - 5 * n)) as usize & 31]))
        })
        .collect()
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let places = text
        .bytes()
        .map(|letter| ALPHABET.iter().position(|known| *known == letter));
    let places: Vec<usize> = places.collect::<Option<_>>()?;
    let words = places.chunks_exact(8).map(|eight| {
        let word = eight
            .iter()
            .fold(0_u64, |word, place| word << 5 | *place as u64);
        word.to_be_bytes()
    });
    Some(words.flat_map(|word| word[3..].to_vec()).collect())
}

/// The step of time whose code this is: the present one, or the one before or after, since clocks differ.
pub fn step_of(code: &str, secret: &str, now: Timestamp) -> Option<i64> {
    let key = decoded(secret)?;
    let present = now / PERIOD;
    [present, present - 1, present + 1]
        .into_iter()
        .find(|step| crate::secrets::same(&code_at(&key, *step), code))
}

/// RFC 4226, 5.3.
fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let start = tag.last().map_or(0, |last| usize::from(last & 0xf));
    let number = tag[start..start + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(KEY, seconds / 30), code);
            assert_eq!(
                step_of(code, &encoded(KEY), seconds * SECOND),
                Some(seconds / 30)
            );
        }
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_no_more() {
        let at = |seconds: i64| step_of("287082", &encoded(KEY), seconds * SECOND);
        assert_eq!((at(29), at(89)), (Some(1), Some(1)));
        assert_eq!((at(90), at(0)), (None, Some(1)));
        assert_eq!(step_of("287082", &encoded(KEY), -31 * SECOND), None);
    }

    #[test]
    fn a_secret_is_written_as_in_its_rfc_and_read_back() {
        assert_eq!(encoded(KEY), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(decoded(&encoded(KEY)).as_deref(), Some(KEY));
        assert_eq!(decoded("GEZD0000"), None);
        assert_ne!(secret(), secret());
    }
}
