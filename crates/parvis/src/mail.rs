//! The mail server that takes the towns' letters, where the settings name one. Opens no town and asks no server.

use std::net::IpAddr;

use lettre::message::Mailbox;

use crate::bucket::Secret;

pub const EXPECTED_FROM: &str =
    "an address such as parvis@valmont.example, or Valmont <parvis@valmont.example>";
pub const EXPECTED_HOST: &str = "the name of a mail server such as mail.example.org";
pub const EXPECTED_SECURITY: &str =
    "starttls, tls, or none (for a mail server on this very machine)";

/// How the way to the mail server is kept from others' eyes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Begins in the open, and goes on only encrypted.
    #[default]
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    None,
}

impl Security {
    pub fn parse(word: &str) -> Option<Self> {
        [Self::StartTls, Self::Tls, Self::None]
            .into_iter()
            .find(|it| it.as_str() == word)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }

    fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// Without a host no letter is ever written.
#[derive(Clone, Debug, Default)]
pub struct MailSettings {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub security: Security,
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub from: Option<Mailbox>,
}

impl MailSettings {
    pub fn is_on(&self) -> bool {
        self.host.is_some()
    }

    pub fn port(&self) -> u16 {
        self.port.unwrap_or_else(|| self.security.usual_port())
    }

    /// What keeps these settings from being of use.
    pub fn problem(&self) -> Option<String> {
        let host = self.host.as_deref()?;
        if self.from.is_none() {
            return Some(format!("mail: expected mail.from as well: {EXPECTED_FROM}"));
        }
        if self.user.is_some() != self.password.is_some() {
            return Some("mail: expected both mail.user and mail.password, or neither".into());
        }
        (self.security == Security::None && !is_here(host)).then(|| {
            "mail.security: none would send passwords and letters readable for all on the way; \
             expected starttls or tls, unless mail.host is 127.0.0.1, ::1 or localhost"
                .into()
        })
    }
}

/// Is it this very machine?
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// A name or an address, without a port.
pub fn host(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let is_name = !text.is_empty() && text.len() <= 253 && text.bytes().all(plain);
    (is_name || text.parse::<IpAddr>().is_ok()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> MailSettings {
        MailSettings {
            host: host("mail.example.org"),
            from: "Valmont <parvis@valmont.example>".parse().ok(),
            ..MailSettings::default()
        }
    }

    #[test]
    fn letters_are_off_until_a_server_is_named() {
        let off = MailSettings {
            host: None,
            ..complete()
        };
        assert!(!off.is_on() && off.problem().is_none());
        assert!(complete().is_on() && complete().problem().is_none());
        assert_eq!(complete().port(), 587);
    }

    #[test]
    fn the_way_is_encrypted_unless_it_is_said_to_be_open() {
        let usual = Security::default();
        assert_eq!((usual, usual.usual_port()), (Security::StartTls, 587));
        for security in [Security::StartTls, Security::Tls, Security::None] {
            assert_eq!(Security::parse(security.as_str()), Some(security));
            assert!(EXPECTED_SECURITY.contains(security.as_str()));
        }
        // None of these is taken for one of them, and so for an open way.
        for other in ["", "STARTTLS", "ssl", "opportunistic", "off"] {
            assert_eq!(Security::parse(other), None, "{other}");
        }
    }

    #[test]
    fn half_a_mail_server_is_refused() {
        let without = |change: fn(&mut MailSettings)| {
            let mut settings = complete();
            change(&mut settings);
            settings.problem()
        };
        assert!(without(|it| it.from = None).unwrap().contains("mail.from"));
        let alone = without(|it| it.user = Some("parvis".into())).unwrap();
        assert!(alone.contains("mail.password"), "{alone}");
    }

    #[test]
    fn only_this_very_machine_is_written_to_in_the_open() {
        let open = |name: &str| {
            let settings = MailSettings {
                host: host(name),
                security: Security::None,
                ..complete()
            };
            settings.problem()
        };
        for here in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(open(here), None, "{here}");
        }
        for there in ["mail.example.org", "10.0.0.1", "localhost.example.org"] {
            assert!(open(there).is_some(), "{there}");
        }
        assert_eq!(host("mail.example.org:25"), None);
    }
}
