//! What counts as an emoji. Knows no picture of one.

use unicode_properties::UnicodeEmoji;
use unicode_segmentation::UnicodeSegmentation;

/// Bytes of the longest ones: families, flags of regions.
const LONGEST: usize = 48;
/// Makes a key of a digit before it.
const KEYCAP: char = '\u{20e3}';

/// Is it one emoji and nothing else?
pub fn is_one(text: &str) -> bool {
    let mut signs = text.graphemes(true);
    let (Some(only), None) = (signs.next(), signs.next()) else {
        return false;
    };
    only.len() <= LONGEST
        && only.chars().next().is_some_and(|first| {
            first.is_emoji_char() && (!first.is_ascii() || only.ends_with(KEYCAP))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_told_from_other_signs() {
        for emoji in ["🎉", "❤", "❤️", "👍🏽", "👩‍👩‍👧‍👦", "🇫🇷", "1️⃣", "☎️"]
        {
            assert!(is_one(emoji), "{emoji}");
        }
        for other in [
            "", "a", "1", "#", "é", "🎉🎉", "🎉a", " 🎉", "blobcat", "漢", "\u{200d}",
        ] {
            assert!(!is_one(other), "{other}");
        }
        let endless = format!("👩{}", "\u{200d}👩".repeat(50));
        assert!(!is_one(&endless));
    }
}
