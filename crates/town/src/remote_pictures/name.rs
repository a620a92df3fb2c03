//! How pictures of others are called in addresses of ours. Knows no seal from another.

use std::fmt;

use parvis_media::{Shape, Slot};
use parvis_model::id::Id;

/// What of a row is shown, and in what size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A post's picture, small …
    Small,
    /// … and as large as we show any.
    Large,
    Avatar,
    Header,
    /// Of a page that posts link to.
    Card,
    /// Stands for a code in a text.
    Emoji,
}

/// What stands in an address of ours. Anybody can write one; only those with the right seal lead anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    pub kind: Kind,
    /// Of the picture's own row, the account, the card or the emoji.
    pub of: Id,
    pub(super) seal: u128,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Small,
        Self::Large,
        Self::Avatar,
        Self::Header,
        Self::Card,
        Self::Emoji,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
            Self::Avatar => "avatar",
            Self::Header => "header",
            Self::Card => "card",
            Self::Emoji => "emoji",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    fn shape(self) -> Shape {
        match self {
            Self::Small | Self::Card => Shape::Preview,
            Self::Large => Shape::Post,
            Self::Avatar => Shape::Avatar,
            Self::Header => Shape::Header,
            Self::Emoji => Shape::Emoji,
        }
    }
}

impl Name {
    /// Reads exactly what is written by [`fmt::Display`].
    pub fn parse(kind: &str, of: &str, seal: &str) -> Option<Self> {
        let name = Self {
            kind: Kind::parse(kind)?,
            of: of.parse().ok()?,
            seal: u128::from_str_radix(seal, 16).ok()?,
        };
        (name.to_string() == format!("{kind}/{of}/{seal}")).then_some(name)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        Self::parse(parts.next()?, parts.next()?, parts.next()?)
    }

    pub(super) fn slot(self) -> Slot {
        Slot {
            number: self.seal,
            shape: self.kind.shape(),
        }
    }

    pub(super) fn digits(self) -> String {
        format!("{:032x}", self.seal)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_str();
        write!(f, "{kind}/{}/{:032x}", self.of, self.seal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_one_way_only() {
        let name = Name {
            kind: Kind::Small,
            of: 12,
            seal: 7,
        };
        let text = "small/12/00000000000000000000000000000007";
        assert_eq!(name.to_string(), text);
        assert_eq!(Name::read(text), Some(name));
        for other in [
            "small/12/7",
            "small/+12/00000000000000000000000000000007",
            "small/012/00000000000000000000000000000007",
            "huge/12/00000000000000000000000000000007",
            "small/12/0000000000000000000000000000000A",
            "small/12/00000000000000000000000000000007/x",
            "small/12",
            "../12/00000000000000000000000000000007",
            "",
        ] {
            assert_eq!(Name::read(other), None, "{other}");
        }
    }
}
