//! Names of accounts: `@marie`, `@paul@far.example`, and the user names this town gives out. Knows neither accounts nor WebFinger.

use std::{fmt, str::FromStr};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use url::Url;

use crate::{limits, refusal::Refusal};

/// Characters of a name on any server; longer ones are no handles.
const NAME: usize = 128;
/// A DNS name and a port.
const DOMAIN: usize = 253 + 6;

/// Who is meant: a name, and the server if it is not this one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    /// As it was written; compare by [`Handle::key`].
    pub name: String,
    /// In lower case and IDNA, with its port if it is not the usual one.
    pub domain: Option<String>,
}

impl Handle {
    /// The text by which handles are compared: `name` or `name@domain`, folded.
    pub fn key(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{}@{domain}", folded(&self.name)),
            None => folded(&self.name),
        }
    }
}

impl FromStr for Handle {
    type Err = ();

    /// Reads `@a@b`, `a@b`, `a` and `acct:a@b`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = without_scheme(text.trim());
        let text = text.strip_prefix('@').unwrap_or(text);
        let (name, domain) = match text.split_once('@') {
            Some((name, domain)) => (name, Some(domain_of(domain).ok_or(())?)),
            None => (text, None),
        };
        if is_name(name) {
            Ok(Self {
                name: name.to_owned(),
                domain,
            })
        } else {
            Err(())
        }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)?;
        match &self.domain {
            Some(domain) => write!(f, "@{domain}"),
            None => Ok(()),
        }
    }
}

fn without_scheme(text: &str) -> &str {
    match text.split_at_checked(5) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("acct:") => rest,
        _ => text,
    }
}

/// May this character stand anywhere in a name?
pub fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}

/// Letters, digits and underscores; dots and hyphens inside, as other software allows them.
fn is_name(name: &str) -> bool {
    let inner = |c: char| is_name_char(c) || c == '.' || c == '-';
    name.chars().count() <= NAME
        && name.starts_with(is_name_char)
        && name.ends_with(is_name_char)
        && name.chars().all(inner)
}

/// A server's name as it is compared and stored.
fn domain_of(text: &str) -> Option<String> {
    let written = |c: char| c.is_alphanumeric() || is_combining_mark(c) || "-_.:[]".contains(c);
    if text.is_empty() || text.len() > DOMAIN || !text.chars().all(written) {
        return None;
    }
    let url = Url::parse(&format!("https://{text}/")).ok()?;
    let host = url.host_str()?.trim_end_matches('.');
    // Without the dots at its end it may be no name any more (`a.1.`).
    let again = Url::parse(&format!("https://{host}/")).ok()?;
    if again.host_str() != Some(host) {
        return None;
    }
    let domain = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    (domain.len() <= DOMAIN).then_some(domain)
}

/// The text by which names are compared: NFKC in lower case.
pub fn folded(name: &str) -> String {
    // Lower-casing character by character knows no context, so equal names stay equal inside longer texts;
    // it can undo the normal form, hence the second pass.
    name.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// Names that would pass for the town itself, or that stand for pages and addresses.
/// In alphabetical order.
const RESERVED: &[&str] = &[
    "about",
    "abuse",
    "account",
    "accounts",
    "actor",
    "admin",
    "administrateur",
    "administration",
    "administrator",
    "administratrice",
    "aide",
    "all",
    "anonyme",
    "anonymous",
    "ap",
    "api",
    "apropos",
    "assets",
    "auth",
    "avis",
    "bloques",
    "compte",
    "connexion",
    "contact",
    "deconnexion",
    "everyone",
    "favoris",
    "followers",
    "following",
    "groupes",
    "help",
    "home",
    "hostmaster",
    "inbox",
    "inscription",
    "instance",
    "invitation",
    "invitations",
    "local",
    "localhost",
    "login",
    "logout",
    "mail",
    "mailer_daemon",
    "mastodon",
    "media",
    "moderateur",
    "moderation",
    "moderator",
    "moderatrice",
    "modo",
    "no_reply",
    "nobody",
    "nodeinfo",
    "noreply",
    "notifications",
    "null",
    "oauth",
    "objects",
    "outbox",
    "parvis",
    "postmaster",
    "public",
    "recherche",
    "register",
    "reglages",
    "root",
    "search",
    "securite",
    "security",
    "settings",
    "signup",
    "static",
    "suivis",
    "support",
    "system",
    "tags",
    "tous",
    "town",
    "undefined",
    "user",
    "users",
    "ville",
    "webmaster",
    "well_known",
    "www",
];

/// The user name somebody asks for, in lower case:
/// letters a to z, digits and underscores, one to [`limits::USERNAME`], no underscore at the ends.
pub fn username(text: &str) -> Result<String, Refusal> {
    let name = text.trim().to_ascii_lowercase();
    if !is_username(&name) {
        return Err(Refusal::invalid("username", "refusal-username-invalid")
            .with("limit", limits::USERNAME));
    }
    if RESERVED.binary_search(&name.as_str()).is_ok() {
        return Err(Refusal::invalid("username", "refusal-username-reserved"));
    }
    Ok(name)
}

fn is_username(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= limits::USERNAME
        && name.starts_with(letter)
        && name.ends_with(letter)
        && name.chars().all(|c| letter(c) || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        text.parse::<Handle>()
            .ok()
            .map(|handle| (handle.name, handle.domain))
    }

    #[test]
    fn handles_are_read_in_all_their_spellings() {
        let far = Some(("paul".to_owned(), Some("far.example".to_owned())));
        for text in [
            "@paul@far.example",
            "paul@far.example",
            "acct:paul@far.example",
            "ACCT:@paul@FAR.example.",
            " paul@far.example:443 ",
        ] {
            assert_eq!(read(text), far, "{text}");
        }
        assert_eq!(read("@Marie"), Some(("Marie".to_owned(), None)));
        assert_eq!(
            read("marie@valmont.localhost:8000"),
            Some((
                "marie".to_owned(),
                Some("valmont.localhost:8000".to_owned())
            ))
        );
        assert_eq!(
            read("élise@forêt.example"),
            Some(("élise".to_owned(), Some("xn--fort-ipa.example".to_owned())))
        );
        assert_eq!(read("a.b-c@x.example").unwrap().0, "a.b-c");
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for text in [
            "",
            "@",
            "@@",
            "a@",
            "@a@b@c",
            "a b",
            "a@b/c",
            "a@b?c",
            "a@b#c",
            "a@u:p@c",
            "-a",
            "a.",
            "a@.",
            "a@b\\c",
            "a@b%2fc",
            "<script>",
            "a@b:99999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"a".repeat(NAME + 1)), None);
        assert_eq!(read(&format!("a@{}.example", "b".repeat(DOMAIN))), None);
    }

    #[test]
    fn names_are_compared_without_case_and_width() {
        assert_eq!(folded("ＭＡＲＩＥ"), "marie");
        assert_eq!(folded("E\u{301}LISE"), folded("élise"));
        assert_eq!(
            "@Paul@Far.example".parse::<Handle>().unwrap().key(),
            "paul@far.example"
        );
    }

    #[test]
    fn a_resident_gets_a_plain_user_name() {
        assert_eq!(username(" Marie_75 ").unwrap(), "marie_75");
        assert_eq!(username("x").unwrap(), "x");
        for text in [
            "",
            "_marie",
            "marie_",
            "marie-anne",
            "élise",
            "a b",
            &"a".repeat(31),
        ] {
            assert_eq!(
                username(text).unwrap_err().key,
                "refusal-username-invalid",
                "{text}"
            );
        }
        for text in [
            "admin",
            "Root",
            "ville",
            "town",
            "avis",
            "api",
            "ap",
            "inscription",
        ] {
            assert_eq!(
                username(text).unwrap_err().key,
                "refusal-username-reserved",
                "{text}"
            );
        }
    }

    #[test]
    fn reserved_names_are_sorted_and_could_be_asked_for() {
        assert!(RESERVED.is_sorted_by(|a, b| a < b));
        assert!(RESERVED.iter().all(|name| is_username(name)));
    }

    /// Found by fuzzing.
    #[test]
    fn dots_at_the_end_hide_no_number_that_is_no_address() {
        for text in ["7@s81.1..", "a@1.2.3.4.5.", "a@0x.."] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(read("a@far.example.").is_some());
    }

    proptest! {
        #[test]
        fn a_handle_reads_back_as_it_is_shown(text in "@?[\\PC]{1,12}(@[a-zé0-9.-]{1,12}(:[0-9]{1,5})?)?") {
            if let Ok(handle) = text.parse::<Handle>() {
                prop_assert_eq!(handle.to_string().parse(), Ok(handle));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,20}") {
            prop_assert_eq!(folded(&folded(&name)), folded(&name));
        }
    }
}
