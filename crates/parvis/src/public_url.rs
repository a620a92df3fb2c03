//! A town's public address: scheme, host and perhaps a port, nothing more. Knows no settings and no servers.

use std::{fmt, str::FromStr};

use url::Url;

/// What [`PublicUrl`] accepts, for messages.
pub const EXPECTED: &str = "an address such as https://valmont.example, without a path";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// "http://localhost:8080": no slash at the end, no default port.
    origin: String,
    /// "localhost:8080", as in a request's Host header.
    host: String,
    /// 443 or 80, where the address names no other.
    default_port: Option<u16>,
}

impl PublicUrl {
    /// The address of a town that is only known by its host: plain http for names that never leave
    /// this computer (RFC 6761, `localhost` and everything under it), https for all others.
    pub fn of_host(host: &str) -> Option<Self> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let scheme = if name == "localhost" || name.ends_with(".localhost") {
            "http"
        } else {
            "https"
        };
        format!("{scheme}://{host}").parse().ok()
    }

    pub fn origin(&self) -> &str {
        &self.origin
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// Every way a Host header may name this town: with the scheme's default port or without.
    pub fn names(&self) -> Vec<String> {
        let mut names = vec![self.host.clone()];
        names.extend(
            self.default_port
                .map(|port| format!("{}:{port}", self.host)),
        );
        names
    }
}

impl FromStr for PublicUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url = Url::parse(text.trim()).map_err(|_| ())?;
        let default_port = match url.scheme() {
            "http" => 80,
            "https" => 443,
            _ => return Err(()),
        };
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        let name = url
            .host_str()
            .filter(|name| plain && is_name(name))
            .ok_or(())?;
        let (host, default_port) = match url.port() {
            Some(port) => (format!("{name}:{port}"), None),
            None => (name.to_owned(), Some(default_port)),
        };
        Ok(Self {
            origin: format!("{}://{host}", url.scheme()),
            host,
            default_port,
        })
    }
}

/// A host name in full, or an address. Becomes the name of a folder, too.
fn is_name(name: &str) -> bool {
    name.starts_with('[') || name.split('.').all(|label| !label.is_empty())
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_slash_its_capitals_and_its_default_port() {
        let url: PublicUrl = "https://Valmont.Example:443/".parse().unwrap();
        assert_eq!(
            (url.origin(), url.host()),
            ("https://valmont.example", "valmont.example")
        );
        assert_eq!(url.names(), ["valmont.example", "valmont.example:443"]);
    }

    #[test]
    fn a_port_of_its_own_belongs_to_the_host() {
        let url: PublicUrl = "http://localhost:8080".parse().unwrap();
        assert_eq!(url.host(), "localhost:8080");
        assert_eq!(url.names(), ["localhost:8080"]);
    }

    #[test]
    fn only_names_of_this_computer_are_served_without_encryption() {
        let of = |host| PublicUrl::of_host(host).unwrap().to_string();
        assert_eq!(
            of("valmont.localhost:8000"),
            "http://valmont.localhost:8000"
        );
        assert_eq!(of("localhost"), "http://localhost");
        assert_eq!(of("valmont.example"), "https://valmont.example");
        assert_eq!(of("notlocalhost"), "https://notlocalhost");
    }

    #[test]
    fn paths_logins_and_other_schemes_are_no_town_addresses() {
        for text in [
            "valmont.example",
            "ftp://valmont.example",
            "https://valmont.example/town",
            "https://me:secret@valmont.example",
            "https://valmont.example/?x",
            "https://",
            "https://..",
            "https://valmont.example./",
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(()), "{text}");
        }
        assert_eq!(PublicUrl::of_host("a/b"), None);
        assert_eq!(PublicUrl::of_host("me@valmont.example"), None);
    }
}
