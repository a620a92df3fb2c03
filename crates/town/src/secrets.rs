//! Random secrets, their hashes, and passwords. A secret is shown once and kept only as a hash.

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::sync::Semaphore;

use crate::{Error, Outcome, Town};

/// Each hash takes 19 MiB while it runs.
static HASHERS: Semaphore = Semaphore::const_new(2);

/// Compared against where there is no such login, so that the time taken does not tell.
static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| hash_now("nobody has this password").ok());

/// 256 random bits, in letters fit for cookies, headers and addresses.
pub fn random() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// A code that people copy by hand: letters and digits that are not mistaken for one another.
pub fn readable(groups: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let group = || -> String {
        (0..4)
            .map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())]))
            .collect()
    };
    (0..groups).map(|_| group()).collect::<Vec<_>>().join("-")
}

/// SHA-256, for secrets that are random themselves.
pub fn hash(secret: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, secret.as_bytes()))
}

/// Takes the same time wherever the two differ.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// The town's own seal on these words, of which the first line says what they are for: no seal stands for anything else.
pub(crate) fn seal(town: &Town, said: &[u8]) -> hmac::Tag {
    let key = hmac::Key::new(hmac::HMAC_SHA256, town.profile().secret.as_bytes());
    hmac::sign(&key, said)
}

/// What an app shows first of a secret that it keeps until the end (RFC 7636, 4.2, `S256`).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// Argon2id, off the async threads.
pub async fn hash_password(password: String) -> Outcome<String> {
    in_turn(move || hash_now(&password)).await?
}

/// The turn lasts as long as the work, also when whoever asked for it has gone away.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Outcome<T> {
    let turn = HASHERS
        .acquire()
        .await
        .map_err(|err| Error::Other(err.to_string()))?;
    let worked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    Ok(worked.await.map_err(|err| Error::Other(err.to_string()))?)
}

fn hash_now(password: &str) -> Outcome<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed
        .map_err(|err| Error::Other(err.to_string()))?
        .to_string())
}

/// Takes the same time whether or not there is anything to compare with.
pub async fn verify_password(password: String, hashed: Option<String>) -> Outcome<bool> {
    in_turn(move || {
        let exists = hashed.is_some();
        let Some(hashed) = hashed.or_else(|| NOBODY.clone()) else {
            return false;
        };
        let Ok(parsed) = PasswordHash::new(&hashed) else {
            return false;
        };
        let right = Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok();
        right && exists
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_made_as_in_the_example_of_its_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let wanted = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(same(&challenge(verifier), wanted));
        assert!(!same(&challenge("other"), wanted) && !same("", wanted));
    }

    #[tokio::test]
    async fn a_password_opens_only_its_own_hash() {
        let hashed = hash_password("quatre saisons".into()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(
            verify_password("quatre saisons".into(), Some(hashed.clone()))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("cinq saisons".into(), Some(hashed))
                .await
                .unwrap()
        );
        assert!(
            !verify_password("nobody has this password".into(), None)
                .await
                .unwrap()
        );
    }
}
