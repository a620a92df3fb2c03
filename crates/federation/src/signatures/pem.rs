//! Keys as text (RFC 7468). Knows nothing of what is inside.

use base64::{Engine, engine::general_purpose::STANDARD};

/// A 4096-bit private key takes some 3,300 bytes.
const LONGEST: usize = 8 * 1024;

/// The bytes under one of `labels`. Forgives line ends and blanks of any kind, nothing else.
pub(super) fn decode(text: &str, labels: &[&str]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let (label, rest) = text
        .trim()
        .strip_prefix("-----BEGIN ")?
        .split_once("-----")?;
    let inside = rest
        .strip_suffix("-----")?
        .strip_suffix(label)?
        .strip_suffix("-----END ")?;
    if !labels.contains(&label) {
        return None;
    }
    let packed: String = inside.split_ascii_whitespace().collect();
    STANDARD.decode(packed).ok()
}

pub(super) fn encode(der: &[u8], label: &str) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_whatever_the_line_ends() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode(&bytes, "PUBLIC KEY");
        assert!(text.lines().all(|line| line.len() <= 64));
        for spelling in [
            text.clone(),
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("\n  {text}\n\n"),
        ] {
            assert_eq!(decode(&spelling, &["PUBLIC KEY"]), Some(bytes.clone()));
        }
    }

    #[test]
    fn rubbish_is_no_key() {
        let text = encode(b"x", "PUBLIC KEY");
        assert_eq!(decode(&text, &["PRIVATE KEY"]), None);
        for rubbish in [
            "",
            "-----BEGIN ",
            "-----BEGIN PUBLIC KEY-----",
            "MIIB",
            "-----BEGIN A-----é",
        ] {
            assert_eq!(decode(rubbish, &["PUBLIC KEY", "A"]), None, "{rubbish}");
        }
        assert_eq!(
            decode(&encode(&[0; LONGEST], "PUBLIC KEY"), &["PUBLIC KEY"]),
            None
        );
        assert_eq!(
            decode(&text.replace("END PUBLIC", "END PRIVATE"), &["PUBLIC KEY"]),
            None
        );
    }
}
