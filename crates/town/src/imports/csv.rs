//! Reads tables as other programs write them (RFC 4180), from whoever sends them: bounded in rows and cells.

use std::iter::Peekable;

use parvis_model::{limits, refusal::Refusal};

/// Cells of a row that are looked at.
const CELLS: usize = 8;
/// Characters of a cell; what is longer is none of ours.
const CELL: usize = 2_000;

/// The rows that say anything. Refused where there are too many, or what came is no text.
pub fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, Refusal> {
    let unfit = || Refusal::invalid("file", "refusal-import-unreadable");
    let text = std::str::from_utf8(bytes).map_err(|_| unfit())?;
    if text.contains('\0') {
        return Err(unfit());
    }
    let mut letters = text.trim_start_matches('\u{feff}').chars().peekable();
    let mut rows = Vec::new();
    while letters.peek().is_some() {
        let row = row(&mut letters);
        if row.iter().any(|cell| !cell.is_empty()) {
            rows.push(row);
        }
        if rows.len() > limits::IMPORT_ROWS + 1 {
            let refusal = Refusal::invalid("file", "refusal-import-long");
            return Err(refusal.with("limit", limits::IMPORT_ROWS));
        }
    }
    if rows.is_empty() {
        return Err(Refusal::invalid("file", "refusal-import-empty"));
    }
    Ok(rows)
}

fn row(letters: &mut Peekable<impl Iterator<Item = char>>) -> Vec<String> {
    let mut cells = Vec::new();
    loop {
        let (cell, more) = cell(letters);
        if cells.len() < CELLS {
            cells.push(cell.trim().to_owned());
        }
        if !more {
            return cells;
        }
    }
}

/// Also says whether another follows in the same row.
fn cell(letters: &mut Peekable<impl Iterator<Item = char>>) -> (String, bool) {
    let (mut text, mut length, mut quoted) = (String::new(), 0, false);
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                text.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if text.is_empty() => quoted = true,
            ',' if !quoted => return (text, true),
            '\n' if !quoted => return (text, false),
            _ if length < CELL => text.push(letter),
            _ => {}
        }
        length += 1;
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        rows(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_table_is_read_as_others_write_it() {
        assert_eq!(
            read("\u{feff}a,b\r\n\"x, \"\"y\"\"\n z\",2\n\n,\nlast"),
            [vec!["a", "b"], vec!["x, \"y\"\n z", "2"], vec!["last"],]
        );
    }

    #[test]
    fn what_is_hostile_is_refused_or_cut_short() {
        for bytes in [&b"\xff\xfe"[..], b"a\0b", b"", b"\n,,\n"] {
            assert!(rows(bytes).is_err(), "{bytes:?}");
        }
        let long = "a\n".repeat(limits::IMPORT_ROWS + 2);
        assert_eq!(
            rows(long.as_bytes()).unwrap_err().key,
            "refusal-import-long"
        );
        let wide = format!("{}\n{}", "x,".repeat(5_000), "é".repeat(9_000));
        let read = read(&wide);
        assert_eq!((read[0].len(), read[1][0].chars().count()), (CELLS, CELL));
        assert_eq!(
            self::read("\"never closed,\nmore"),
            [["never closed,\nmore"]]
        );
    }
}
