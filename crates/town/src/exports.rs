//! What residents take along as tables, in the form that Mastodon writes and reads
//! (<https://docs.joinmastodon.org/user/moving/#export>). A piece at a time, so that a long list takes no more memory than a
//! short one.

use std::borrow::Cow;

use parvis_model::id::Id;
use parvis_store::{
    ConnectionTrait,
    exports::{self as rows, Line},
};

use crate::{Outcome, Town};

/// Lines of one piece.
const PIECE: i64 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    Following,
    Blocked,
    Muted,
    Servers,
    Lists,
    Bookmarks,
}

impl Sheet {
    pub const ALL: [Self; 6] = [
        Self::Following,
        Self::Lists,
        Self::Blocked,
        Self::Muted,
        Self::Servers,
        Self::Bookmarks,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Blocked => "blocked",
            Self::Muted => "muted",
            Self::Servers => "domains",
            Self::Lists => "lists",
            Self::Bookmarks => "bookmarks",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sheet| sheet.as_str() == text)
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Following => "following_accounts.csv",
            Self::Blocked => "blocked_accounts.csv",
            Self::Muted => "muted_accounts.csv",
            Self::Servers => "blocked_domains.csv",
            Self::Lists => "lists.csv",
            Self::Bookmarks => "bookmarks.csv",
        }
    }

    /// The first line, where there is one.
    pub fn head(self) -> &'static str {
        match self {
            Self::Following => "Account address,Show boosts,Notify on new posts,Languages\n",
            Self::Muted => "Account address,Hide notifications\n",
            Self::Blocked | Self::Servers | Self::Lists | Self::Bookmarks => "",
        }
    }

    fn line(self, host: &str, line: &Line) -> String {
        let who = address(host, line);
        let mut written = match self {
            Self::Following => {
                let read_in: Vec<&str> = line.text.split_ascii_whitespace().collect();
                let languages = cell(&read_in.join(", "));
                format!("{},{},{},{languages}", cell(&who), line.mark, line.notify)
            }
            Self::Muted => format!("{},{}", cell(&who), line.mark),
            Self::Blocked => cell(&who),
            Self::Servers => cell(&line.domain),
            Self::Lists => format!("{},{}", cell(&defused(&line.text)), cell(&who)),
            Self::Bookmarks => cell(&line.text),
        };
        written.push('\n');
        written
    }
}

/// `marie@valmont.example`: with the server, always.
pub(crate) fn address(host: &str, line: &Line) -> String {
    let domain = if line.domain.is_empty() {
        host
    } else {
        &line.domain
    };
    format!("{}@{domain}", line.name)
}

/// RFC 4180, 2.
fn cell(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// What programs for tables take for the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Would it be a formula, but for the apostrophes before it?
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// What people typed freely, so that no program for tables computes it: with an apostrophe before it. Whatever has some
/// already gets one more, so that each text comes back as it was. Addresses never begin like that.
fn defused(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that [`defused`] was given.
pub(crate) fn as_typed(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|text| is_formula(text))
        .unwrap_or(cell)
}

/// The lines behind `after`, and where to go on.
pub async fn piece(town: &Town, me: Id, sheet: Sheet, after: Id) -> Outcome<(String, Option<Id>)> {
    let lines = lines(town.store.read(), me, sheet, after).await?;
    let text = lines
        .iter()
        .map(|line| sheet.line(&town.host, line))
        .collect();
    Ok((text, lines.last().map(|last| last.id)))
}

pub(crate) async fn lines(
    db: &impl ConnectionTrait,
    me: Id,
    sheet: Sheet,
    after: Id,
) -> rows::Lines {
    match sheet {
        Sheet::Following => rows::following(db, me, after, PIECE).await,
        Sheet::Blocked => rows::blocked(db, me, after, PIECE).await,
        Sheet::Muted => rows::muted(db, me, after, PIECE).await,
        Sheet::Servers => rows::servers(db, me, after, PIECE).await,
        Sheet::Lists => rows::listed(db, me, after, PIECE).await,
        Sheet::Bookmarks => rows::bookmarked(db, me, after, PIECE).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_with_commas_and_quotes_is_one_cell() {
        assert_eq!(cell("judo"), "judo");
        assert_eq!(cell("judo, \"dojo\""), "\"judo, \"\"dojo\"\"\"");
    }

    /// T246
    #[test]
    fn a_formula_is_no_formula_in_a_table_and_comes_back_as_it_was() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+33",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "'=1",
            "''-1",
        ] {
            let written = defused(text);
            assert_eq!(written, format!("'{text}"));
            assert_eq!(as_typed(&written), text);
        }
        for text in ["judo", "1=1", "'judo'", "'", ""] {
            assert_eq!(defused(text), text);
            assert_eq!(as_typed(text), text);
        }
    }
}
