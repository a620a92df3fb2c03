//! What a person did wrong or may not do. Carries a key of the locale files, never prose.

use std::fmt;

/// The kind of refusal; each face maps it to its own answer (a status, a page).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was given does not fit; say what to do.
    Invalid,
    /// Nobody is logged in, or the log-in is wrong.
    Unauthenticated,
    /// Known, but not allowed.
    Forbidden,
    /// Not there, or not for these eyes.
    NotFound,
    /// Too often; try again later.
    TooMany,
}

/// A refused deed. `key` is a message of the locale files (`refusal-…`), `field` the form field it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub kind: Kind,
    pub key: &'static str,
    pub field: Option<&'static str>,
    /// Values for the message's placeholders.
    pub args: Vec<(&'static str, String)>,
}

impl Refusal {
    pub fn invalid(field: &'static str, key: &'static str) -> Self {
        Self {
            kind: Kind::Invalid,
            key,
            field: Some(field),
            args: Vec::new(),
        }
    }

    pub fn forbidden(key: &'static str) -> Self {
        Self {
            kind: Kind::Forbidden,
            key,
            field: None,
            args: Vec::new(),
        }
    }

    pub fn not_found() -> Self {
        Self {
            kind: Kind::NotFound,
            key: "refusal-not-found",
            field: None,
            args: Vec::new(),
        }
    }

    pub fn unauthenticated(key: &'static str) -> Self {
        Self {
            kind: Kind::Unauthenticated,
            key,
            field: None,
            args: Vec::new(),
        }
    }

    pub fn too_many(key: &'static str) -> Self {
        Self {
            kind: Kind::TooMany,
            key,
            field: None,
            args: Vec::new(),
        }
    }

    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts alike read better at the call"
    )]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)
    }
}

impl std::error::Error for Refusal {}
