//! Pictures of other servers that stand for codes such as `:chat:` in texts and names. The town has none of its own. A row
//! says itself which codes its texts hold, so a page asks nothing for them; the pictures are known by number, since many texts
//! show the same. Knows no text.

use std::collections::HashMap;

use parvis_model::{
    clock::{DAY, Timestamp},
    id::{self, Id},
    limits, uri,
};
use parvis_store::{Tx, emojis as rows};
use serde::{Deserialize, Serialize};

use crate::{Outcome, Town, remote_pictures};

/// So long a server's pictures count: one that lives for years has new ones all the time.
const LATELY: Timestamp = 30 * DAY;

/// What a document says of a code that its texts hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteEmoji {
    /// Without its colons.
    pub code: String,
    /// Where its picture lies.
    pub url: String,
}

/// A code that a text holds, with its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmojiView {
    /// Without its colons.
    pub code: String,
    /// Absolute address, of ours.
    pub url: String,
}

/// Makes the pictures of a document known, each code once; `None` where there are none. `uri`: of the document.
pub(crate) async fn keep(
    tx: &Tx,
    town: &Town,
    uri: &str,
    emojis: &[RemoteEmoji],
) -> Outcome<Option<String>> {
    if emojis.is_empty() {
        return Ok(None);
    }
    let mut urls: Vec<String> = emojis.iter().map(|emoji| emoji.url.clone()).collect();
    // In one order, whoever brings them: two that add the same must not wait for each other.
    urls.sort();
    urls.dedup();
    let mut known = numbers(tx, &urls).await?;
    urls.retain(|url| !known.contains_key(url));
    if !urls.is_empty() {
        add(tx, town, uri, &urls).await?;
        known.extend(numbers(tx, &urls).await?);
    }
    let line = |emoji: &RemoteEmoji| Some(format!("{} {}", emoji.code, known.get(&emoji.url)?));
    let mut lines: Vec<String> = emojis.iter().filter_map(line).collect();
    lines.sort();
    Ok(Some(lines.join("\n")).filter(|lines| !lines.is_empty()))
}

async fn numbers(tx: &Tx, urls: &[String]) -> Outcome<HashMap<String, Id>> {
    let known = rows::by_urls(tx, urls).await?;
    Ok(known.into_iter().map(|row| (row.url, row.id)).collect())
}

/// As many as the server may still bring; codes without a picture stay words.
async fn add(tx: &Tx, town: &Town, uri: &str, urls: &[String]) -> Outcome<()> {
    let server = uri::origin_of(uri).unwrap_or_default();
    let lately = id::first_of(town.now() - LATELY);
    let room = limits::REMOTE_EMOJI_OF_SERVER - rows::of_server(tx, &server, lately).await?;
    for url in urls.iter().take(usize::try_from(room).unwrap_or(0)) {
        let row = rows::Picture {
            id: town.ids.next(),
            url: url.clone(),
        };
        rows::add(tx, row, &server).await?;
    }
    Ok(())
}

/// What a row says of its codes, at addresses of ours.
pub(crate) fn views(town: &Town, kept: Option<&str>) -> Vec<EmojiView> {
    let view = |line: &str| {
        let (code, number) = line.split_once(' ')?;
        Some(EmojiView {
            code: code.to_owned(),
            url: remote_pictures::address_of_emoji(town, number.parse().ok()?),
        })
    };
    kept.unwrap_or_default().lines().filter_map(view).collect()
}
