//! What a device is asked to sign: a number of chance with its time under the town's seal, so that none has to be kept before it
//! is answered. It is good for one browser, one purpose, once.

use aws_lc_rs::constant_time;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_model::clock::{MINUTE, Timestamp};
use parvis_store::entity;

use crate::{Town, secrets};

/// So long a page with the question may lie open.
const GOOD: Timestamp = 30 * MINUTE;
/// WebAuthn, 13.4.3: 16 bytes at least.
const CHANCE: usize = 16;
const MOMENT: usize = 8;
const SEAL: usize = 32;

/// What is answered with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// This login has just given its password and takes on a key, as long as that password is good.
    Add(&'a entity::login::Model),
    LogIn,
}

/// `browser`: a word that only this browser brings along.
pub fn make(town: &Town, purpose: Purpose<'_>, browser: &str) -> String {
    let begun = [
        rand::random::<[u8; CHANCE]>().as_slice(),
        &town.now().to_be_bytes(),
    ]
    .concat();
    let seal = secrets::seal(town, &sealed(&begun, purpose, browser));
    URL_SAFE_NO_PAD.encode([&begun, seal.as_ref()].concat())
}

/// Until when it is good; `None`: it is not, or not for this.
pub fn good_until(
    town: &Town,
    challenge: &str,
    purpose: Purpose<'_>,
    browser: &str,
) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(challenge).ok()?;
    if bytes.len() != CHANCE + MOMENT + SEAL {
        return None;
    }
    let (begun, seal) = bytes.split_at(CHANCE + MOMENT);
    let ours = secrets::seal(town, &sealed(begun, purpose, browser));
    constant_time::verify_slices_are_equal(ours.as_ref(), seal).ok()?;
    let made = Timestamp::from_be_bytes(begun[CHANCE..].try_into().ok()?);
    let until = made.saturating_add(GOOD);
    (made..until).contains(&town.now()).then_some(until)
}

/// The parts that are not of a fixed length come last, each on a line of its own: no browser's word holds a line's end.
fn sealed(begun: &[u8], purpose: Purpose<'_>, browser: &str) -> Vec<u8> {
    let what = match purpose {
        Purpose::Add(login) => {
            format!("\nadd {}\n{}\n{browser}", login.id, login.password_hash)
        }
        Purpose::LogIn => format!("\nlog in\n{browser}"),
    };
    [b"parvis passkey\n".as_slice(), begun, what.as_bytes()].concat()
}
