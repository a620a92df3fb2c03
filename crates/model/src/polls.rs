//! Answers that a poll offers: when two of them are the same words. Knows no votes.

use unicode_normalization::UnicodeNormalization;

/// By this answers are compared: servers write the same signs in different ways.
pub fn answer_key(answer: &str) -> String {
    answer.trim().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_the_same_answer_however_they_are_written() {
        assert_eq!(answer_key(" E\u{301}t\u{e9} "), answer_key("Été"));
        assert_ne!(answer_key("été"), answer_key("Été"));
    }
}
