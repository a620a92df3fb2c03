//! How somebody wants the pages to look: in which light, how large, how calm, with how many pictures. Knows no page.

use std::fmt;

/// Between the words in which an appearance is kept; may stand in a cookie as it is (RFC 6265, 4.1.1).
const BETWEEN: char = '.';
/// So long a visitor's browser keeps what they chose; residents have it in their account.
pub const REMEMBERED_DAYS: u32 = 365;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Whatever the device says.
    #[default]
    Device,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a wish of its own, and any of them go together"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appearance {
    pub theme: Theme,
    /// Larger text.
    pub large: bool,
    /// Stronger contrast.
    pub contrast: bool,
    /// Nothing moves or fades.
    pub calm: bool,
    /// No picture before it is asked for.
    pub sparing: bool,
}

impl Appearance {
    /// Words that are unknown are passed over: an older version may have written them, or a browser made them up.
    pub fn parse(text: &str) -> Self {
        let mut read = Self::default();
        for word in text.split(BETWEEN) {
            match word {
                "large" => read.large = true,
                "contrast" => read.contrast = true,
                "calm" => read.calm = true,
                "sparing" => read.sparing = true,
                other => read.theme = Theme::parse(other).unwrap_or(read.theme),
            }
        }
        read
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        let wishes = [
            (self.theme != Theme::Device, self.theme.as_str()),
            (self.large, "large"),
            (self.contrast, "contrast"),
            (self.calm, "calm"),
            (self.sparing, "sparing"),
        ];
        wishes
            .into_iter()
            .filter_map(|(wished, word)| wished.then_some(word))
    }
}

/// As it is kept; the usual appearance is an empty text.
impl fmt::Display for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, word) in self.words().enumerate() {
            if n > 0 {
                write!(f, "{BETWEEN}")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let all = Appearance {
            theme: Theme::Dark,
            large: true,
            contrast: true,
            calm: true,
            sparing: true,
        };
        assert_eq!(all.to_string(), "dark.large.contrast.calm.sparing");
        assert_eq!(Appearance::parse(&all.to_string()), all);
        let some = Appearance {
            calm: true,
            ..Appearance::default()
        };
        assert_eq!(Appearance::parse(&some.to_string()), some);
    }

    #[test]
    fn the_usual_is_nothing_and_nonsense_is_the_usual() {
        assert_eq!(Appearance::default().to_string(), "");
        assert_eq!(Appearance::parse(""), Appearance::default());
        assert_eq!(
            Appearance::parse("violet..\"><script>"),
            Appearance::default()
        );
    }
}
