//! The cookies we set: their names, flags and reading. Knows nothing of what is in them.

use axum::http::{HeaderMap, HeaderValue, header};
use parvis_model::appearance;

/// How long a browser keeps the log-in, seconds.
const SESSION_AGE: u32 = 180 * 24 * 3_600;
const FLASH_AGE: u32 = 60;
const APPEARANCE_AGE: u32 = appearance::REMEMBERED_DAYS * 24 * 3_600;

/// Under https the `__Host-` prefix binds a cookie to this very host and to Secure (RFC 6265bis, 4.1.3.2).
#[derive(Clone, Copy, Debug)]
pub struct Jar {
    secure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Who is logged in.
    Session,
    /// Ties the forms of someone who is not logged in to their browser.
    Visitor,
    /// What was just done, shown on the next page.
    Flash,
    /// How a visitor wants the pages to look.
    Appearance,
}

impl Jar {
    pub fn of(origin: &str) -> Self {
        Self {
            secure: origin.starts_with("https://"),
        }
    }

    pub fn scheme(self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.secure) {
            (Cookie::Session, true) => "__Host-parvis",
            (Cookie::Session, false) => "parvis",
            (Cookie::Visitor, true) => "__Host-parvis-visitor",
            (Cookie::Visitor, false) => "parvis-visitor",
            (Cookie::Flash, true) => "__Host-parvis-flash",
            (Cookie::Flash, false) => "parvis-flash",
            (Cookie::Appearance, true) => "__Host-parvis-look",
            (Cookie::Appearance, false) => "parvis-look",
        }
    }

    pub fn read(self, headers: &HeaderMap, cookie: Cookie) -> Option<String> {
        let name = self.name(cookie);
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty() && value.len() <= 200)
            .map(|(_, value)| value.to_owned())
    }

    pub fn set(self, headers: &mut HeaderMap, cookie: Cookie, value: &str) {
        let age = match cookie {
            Cookie::Session => Some(SESSION_AGE),
            Cookie::Visitor => None,
            Cookie::Flash => Some(FLASH_AGE),
            Cookie::Appearance => Some(APPEARANCE_AGE),
        };
        self.write(headers, cookie, value, age);
    }

    pub fn clear(self, headers: &mut HeaderMap, cookie: Cookie) {
        self.write(headers, cookie, "", Some(0));
    }

    fn write(self, headers: &mut HeaderMap, cookie: Cookie, value: &str, age: Option<u32>) {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        let line = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}",
            self.name(cookie)
        );
        if let Ok(line) = HeaderValue::from_str(&line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t206_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
        let mut headers = HeaderMap::new();
        Jar::of("https://valmont.example").set(&mut headers, Cookie::Session, "abc");
        let line = headers[header::SET_COOKIE].to_str().unwrap();
        assert!(
            line.starts_with("__Host-parvis=abc; Path=/; HttpOnly; SameSite=Lax"),
            "{line}"
        );
        assert!(line.ends_with("; Secure"), "{line}");
        assert!(!line.contains("Domain"), "{line}");
    }

    #[test]
    fn without_https_the_cookie_still_works() {
        let mut headers = HeaderMap::new();
        let jar = Jar::of("http://valmont.localhost:8000");
        jar.set(&mut headers, Cookie::Session, "abc");
        assert!(
            !headers[header::SET_COOKIE]
                .to_str()
                .unwrap()
                .contains("Secure")
        );

        let mut sent = HeaderMap::new();
        sent.insert(header::COOKIE, "x=1; parvis=abc; y=2".parse().unwrap());
        assert_eq!(jar.read(&sent, Cookie::Session).as_deref(), Some("abc"));
        assert_eq!(jar.read(&sent, Cookie::Visitor), None);
    }
}
