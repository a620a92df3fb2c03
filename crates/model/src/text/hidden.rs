//! Signs that are not seen.

/// Is it not seen, or does it turn the text around? Such a sign changes what a program reads, but not what people judge by.
pub fn is_hidden(c: char) -> bool {
    let blank = matches!(
        c,
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
    );
    let joining = matches!(
        c,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    let turning = matches!(c, '\u{61c}' | '\u{2028}'..='\u{202e}');
    c.is_control() || blank || joining || turning
}
