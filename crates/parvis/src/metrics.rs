//! What this process counts, for those who watch over it, in the text format of Prometheus (version 0.0.4): what became of
//! requests to inboxes, by town. Off until the settings give a token; names no person and no other server.

use std::{
    fmt::Write as _,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use parvis_federation::Federation;
use parvis_town::is_same_secret;

use crate::{
    bucket::Secret,
    early::{answer, plain},
};

pub const EXPECTED_TOKEN: &str =
    "a secret of at least 16 letters, digits and signs, without spaces";
/// Shorter ones can be found by trying.
const SHORTEST: usize = 16;
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
const INBOX: &str = "parvis_inbox_requests_total";

#[derive(Clone, Debug, Default)]
pub struct MetricsSettings {
    /// With what whoever asks shows that they may.
    pub token: Option<Secret>,
}

/// A token that can stand in a header.
pub fn token(text: &str) -> Option<Secret> {
    let fits = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| Secret(text.to_owned()))
}

#[derive(Default)]
pub struct Metrics {
    token: Option<Secret>,
    /// By host.
    towns: RwLock<Vec<(String, Arc<Federation>)>>,
}

impl Metrics {
    pub fn new(settings: MetricsSettings) -> Self {
        Self {
            token: settings.token,
            towns: RwLock::default(),
        }
    }

    /// From now on this town is among what is counted.
    pub fn watch(&self, host: &str, federation: Arc<Federation>) {
        let mut towns = self.towns.write().unwrap_or_else(PoisonError::into_inner);
        towns.push((host.to_owned(), federation));
    }

    /// `None`: there is nothing here, and nobody learns what could be.
    pub fn told(&self, headers: &HeaderMap) -> Option<Response> {
        let token = self.token.as_ref()?;
        if bearer(headers).is_some_and(|given| is_same_secret(given, &token.0)) {
            return Some(answer(StatusCode::OK, FORMAT, self.page()));
        }
        let mut refusal = plain(StatusCode::UNAUTHORIZED, "The token is missing or wrong.\n");
        let how = HeaderValue::from_static("Bearer");
        refusal.headers_mut().insert(header::WWW_AUTHENTICATE, how);
        Some(refusal)
    }

    fn page(&self) -> String {
        let towns = self.towns.read().unwrap_or_else(PoisonError::into_inner);
        let mut page = format!(
            "# HELP {INBOX} What became of requests to inboxes since the program began.\n\
             # TYPE {INBOX} counter\n"
        );
        for (town, federation) in &*towns {
            for ((outcome, reason), count) in federation.inbox_outcomes() {
                let labels = format!("town=\"{town}\",outcome=\"{outcome}\",reason=\"{reason}\"");
                let _ = writeln!(page, "{INBOX}{{{labels}}} {count}");
            }
        }
        page
    }
}

/// The token that a request shows (RFC 6750, 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "le-vieux-pont-de-bois";

    fn status(metrics: &Metrics, shown: Option<&'static str>) -> Option<u16> {
        let headers = shown.map(|shown| (header::AUTHORIZATION, HeaderValue::from_static(shown)));
        let told = metrics.told(&HeaderMap::from_iter(headers));
        told.map(|answer| answer.status().as_u16())
    }

    #[test]
    fn without_a_token_in_the_settings_there_is_nothing() {
        let off = Metrics::default();
        for shown in [None, Some("Bearer "), Some("Bearer x")] {
            assert_eq!(status(&off, shown), None, "{shown:?}");
        }
    }

    #[test]
    fn only_the_whole_token_opens() {
        let metrics = Metrics::new(MetricsSettings {
            token: token(TOKEN),
        });
        for right in [
            "Bearer le-vieux-pont-de-bois",
            "bearer le-vieux-pont-de-bois",
        ] {
            assert_eq!(status(&metrics, Some(right)), Some(200), "{right}");
        }
        for wrong in [
            "Bearer le-vieux-pont-de-boi",
            "Bearer le-vieux-pont-de-boiss",
            "Bearer ",
            "Bearer",
            "Basic le-vieux-pont-de-bois",
            "le-vieux-pont-de-bois",
        ] {
            assert_eq!(status(&metrics, Some(wrong)), Some(401), "{wrong}");
        }
        assert_eq!(status(&metrics, None), Some(401));
    }

    #[test]
    fn a_token_that_is_easily_guessed_or_fits_in_no_header_is_none() {
        for bad in [
            "",
            "short",
            "le vieux pont de bois",
            "le-vieux-pont-de-bois-é",
        ] {
            assert!(token(bad).is_none(), "{bad}");
        }
        assert!(token(TOKEN).is_some());
    }
}
