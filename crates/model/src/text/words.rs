//! Words of a text as people look for them: without accents and in lower case, French ones also by their stem. The same
//! analysis serves both databases, which only compare what comes of it. Knows no database.

use std::{borrow::Cow, collections::BTreeSet, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters of a word that count; the rest is cut off, when written as when asked for.
const WORD: usize = 40;
/// Stands before a stem, so that it is no other language's word.
const STEM: char = '~';
/// French words that stand in most texts, besides those of a single letter: they lead to nothing.
const FREQUENT: [&str; 11] = [
    "au", "aux", "de", "des", "du", "en", "et", "la", "le", "les", "un",
];

static FRENCH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::French));

/// Letters, digits and what stands on them. Writing without spaces gives each of its signs as a word.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_word_char(c));
        let first = rest.chars().next()?;
        let end = if stands_alone(first) {
            first.len_utf8()
        } else {
            rest.find(|c| !is_word_char(c) || stands_alone(c))
                .unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Thai, Lao, Khmer, Japanese and Chinese are written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// One word in lower case, its accents as parts of its letters; bounded before it is worked on.
fn lower(word: &str) -> Cow<'_, str> {
    if word.is_ascii() && word.len() <= WORD {
        if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(word.to_ascii_lowercase());
        }
        return Cow::Borrowed(word);
    }
    let lower = word.chars().take(WORD).flat_map(char::to_lowercase);
    Cow::Owned(lower.nfc().collect())
}

/// A word or a tag as it stands in the index: [`unaccented`], and bounded once more, since one sign may become eighteen letters.
/// Nothing is left of accents that stand on nothing.
pub fn term(text: &str) -> String {
    let mut term = unaccented(text).into_owned();
    if let Some((end, _)) = term.char_indices().nth(WORD) {
        term.truncate(end);
    }
    term
}

/// A word or a tag without the accents of European writing, in lower case: `Œuvre` and `oeuvre` are the same. Of ASCII only
/// letters, digits and `_` are left.
fn unaccented(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain) {
        return lower_ascii(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            '\u{0300}'..='\u{036F}' => {}
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            // A sign may be several: `⑴` is `(1)`.
            c if c.is_ascii() && !is_plain(c as u8) => {}
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn lower_ascii(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_frequent(lower: &str) -> bool {
    (lower.len() == 1 && !lower.as_bytes()[0].is_ascii_digit())
        || lower == "à"
        || FREQUENT.binary_search(&lower).is_ok()
}

/// What the stemmer was made for: anything else keeps its form.
fn is_french(lower: &str) -> bool {
    lower
        .chars()
        .all(|c| matches!(c, 'a'..='z' | 'à'..='ö' | 'ø'..='ÿ' | 'œ'))
}

/// The stems of a French word: as it is written, and as those write it who leave out accents.
fn stems(lower: &str, mut each: impl FnMut(String)) {
    let marked = |stem: &str| format!("{STEM}{stem}");
    each(marked(&term(&FRENCH.stem(lower))));
    if !lower.is_ascii() {
        each(marked(&term(&FRENCH.stem(&unaccented(lower)))));
    }
}

/// Adds what a text is found by, until there are `most` in all. `language`: a BCP 47 tag.
pub fn terms(text: &str, language: &str, most: usize, into: &mut BTreeSet<String>) {
    let french = primary(language) == "fr";
    for word in split(text) {
        if into.len() >= most {
            return;
        }
        let word = lower(word);
        if is_frequent(&word) {
            continue;
        }
        if french && is_french(&word) {
            stems(&word, |stem| {
                into.insert(stem);
            });
        } else {
            into.extend(Some(term(&word)).filter(|term| !term.is_empty()));
        }
    }
}

/// For each word of what somebody asks the terms it may stand under; the most frequent words are left out.
pub fn asked(text: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for word in split(text) {
        let word = lower(word);
        if is_frequent(&word) {
            continue;
        }
        let whole = term(&word);
        if whole.is_empty() {
            continue;
        }
        let mut terms = vec![whole];
        if is_french(&word) {
            stems(&word, |stem| {
                if !terms.contains(&stem) {
                    terms.push(stem);
                }
            });
        }
        all.push(terms);
    }
    all
}

/// All words of a text in their order, as they are compared for a phrase.
pub fn sequence(text: &str) -> Vec<String> {
    split(text)
        .map(|word| term(&lower(word)))
        .filter(|term| !term.is_empty())
        .collect()
}

/// `fr` of `fr-CA`, in lower case.
pub fn primary(language: &str) -> String {
    let first = language.split(['-', '_']).next().unwrap_or_default();
    first.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(query: &str, text: &str, language: &str) -> bool {
        let mut terms = BTreeSet::new();
        super::terms(text, language, 1_000, &mut terms);
        asked(query)
            .iter()
            .all(|forms| forms.iter().any(|form| terms.contains(form)))
    }

    #[test]
    fn accents_and_capitals_do_not_matter() {
        for (query, text) in [
            ("ete", "L’Été au bord de l’eau"),
            ("ÉTÉ", "un ete"),
            ("oeuvre", "une Œuvre"),
            ("francois", "François"),
            ("strasse", "Hauptstraße Straße"),
            ("cafe", "cafe\u{301}"),
        ] {
            for language in ["fr", "en", ""] {
                assert!(
                    finds(query, text, language),
                    "{query} in {text}, {language}"
                );
            }
        }
    }

    #[test]
    fn french_words_are_found_in_their_other_forms() {
        for (query, text) in [
            ("maisons", "une maison"),
            ("mangee", "mangée"),
            ("mangée", "elles ont mangé"),
            ("manger", "des pommes mangées"),
            ("cheval", "les chevaux"),
            ("habitante", "les habitants"),
        ] {
            assert!(finds(query, text, "fr-FR"), "{query} in {text}");
        }
        assert!(!finds("maisons", "une maison", "en"), "simple elsewhere");
        assert!(!finds("pomme", "une poire", "fr"));
    }

    #[test]
    fn an_elision_hides_no_word_and_frequent_words_are_left_out() {
        assert!(finds("école", "Devant l'école", "fr"));
        assert!(finds("l’école de la ville", "école en ville", "fr"));
        assert!(asked("la de l'").is_empty());
        assert!(finds("thé", "du thé", "en"));
    }

    #[test]
    fn writing_without_spaces_is_found_by_its_signs() {
        assert!(finds("京都", "東京と京都", "ja"));
        assert_eq!(sequence("東京 Tower"), ["東", "京", "tower"]);
    }

    #[test]
    fn a_sign_that_becomes_many_letters_makes_no_word_too_long() {
        let long = "\u{FDFA}".repeat(100);
        let mut terms = BTreeSet::new();
        super::terms(&long, "fr", 10, &mut terms);
        assert!(terms.iter().all(|term| term.chars().count() <= WORD));
        assert!(!terms.is_empty() && finds(&long, &long, "fr"));
        assert_eq!(term(&long).chars().count(), WORD);
        assert!(
            sequence(&long)
                .iter()
                .all(|word| word.chars().count() <= WORD)
        );
    }

    #[test]
    fn accents_that_stand_on_nothing_are_no_words() {
        let mut terms = BTreeSet::new();
        for language in ["fr", "en"] {
            super::terms("\u{301} \u{308}", language, 10, &mut terms);
        }
        assert!(terms.is_empty(), "{terms:?}");
        assert!(asked("\u{301}").is_empty());
        assert!(sequence("\u{301}").is_empty());
    }

    #[test]
    fn the_frequent_words_are_in_order() {
        assert!(FREQUENT.is_sorted());
    }

    proptest! {
        #[test]
        fn terms_are_single_words_whatever_is_written(text in "\\PC{0,80}", language in "fr|en|") {
            let mut terms = BTreeSet::new();
            super::terms(&text, &language, 50, &mut terms);
            prop_assert!(terms.len() <= 51);
            let clean = |term: &String| {
                let word = term.strip_prefix(STEM).unwrap_or(term);
                word.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric())
            };
            prop_assert!(terms.iter().all(clean), "{terms:?}");
            prop_assert!(asked(&text).iter().flatten().all(clean));
        }

        #[test]
        fn a_text_is_found_by_its_own_words(text in "[a-zA-Zà-ÿÀ-Ýœ' ]{0,60}", language in "fr|en") {
            prop_assert!(finds(&text, &text, &language));
        }
    }
}
