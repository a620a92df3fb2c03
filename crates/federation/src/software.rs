//! Which software other servers say they run (NodeInfo). Asked only where it makes a difference to what they are sent, and kept
//! in memory alone: it can be asked again.

use std::{collections::BTreeSet, time::Duration};

use futures_util::{StreamExt as _, stream};
use parvis_model::{
    clock::{DAY, MINUTE, Timestamp},
    limits, uri,
};
use quick_cache::sync::Cache;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::fetch::{Budget, Fetcher};

const SERVERS: usize = 10_000;
/// How long what a server said holds, …
const FRESH: Timestamp = DAY;
/// … and that it said nothing.
const SILENT: Timestamp = 10 * MINUTE;
/// All are waited for together for so long at most: what goes out after it waits, too.
const PATIENCE: Duration = Duration::from_secs(4);
/// Servers asked at a time: all of those a post can name.
const AT_ONCE: usize = limits::MENTIONS;
/// For two documents and where they send us.
const FETCHES: usize = 6;
/// Characters of a name.
const NAME: usize = 64;
/// Before the number of the version.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";

pub(crate) struct Software {
    /// By the origin of the server: a name in small letters, and until when it holds.
    said: Cache<String, (Option<String>, Timestamp)>,
}

impl Software {
    pub(crate) fn new() -> Self {
        Self {
            said: Cache::new(SERVERS),
        }
    }

    /// Asks those of these servers that have not said it lately.
    pub(crate) async fn learn(&self, fetcher: &Fetcher, servers: BTreeSet<String>) {
        let now = fetcher.clock().now();
        let is_unknown = |server: &String| self.said.get(server).is_none_or(|(_, end)| end <= now);
        let unknown: Vec<String> = servers.into_iter().filter(is_unknown).collect();
        let asking = stream::iter(unknown).for_each_concurrent(AT_ONCE, |server| async move {
            // What it said before stands, unless it answers in time.
            let before = self.said.get(&server).and_then(|(name, _)| name);
            self.said.insert(server.clone(), (before, now + SILENT));
            if let Some(name) = ask(fetcher, &server).await {
                self.said.insert(server, (Some(name), now + FRESH));
            }
        });
        if timeout(PATIENCE, asking).await.is_err() {
            tracing::debug!("not every server said in time what it runs");
        }
    }

    /// Did the server say, when it was asked last, that it runs one of these?
    pub(crate) fn is_one_of(&self, server: &str, names: &[&str]) -> bool {
        let said = self.said.get(server).and_then(|(name, _)| name);
        said.is_some_and(|name| names.contains(&name.as_str()))
    }
}

async fn ask(fetcher: &Fetcher, server: &str) -> Option<String> {
    let budget = Budget::of(FETCHES);
    let list = Url::parse(server).ok()?;
    let list = list.join("/.well-known/nodeinfo").ok()?;
    let links = fetcher.plain(&list, &budget).await.ok()?;
    let about = newest(&links, &list)?;
    name(&fetcher.plain(&about, &budget).await.ok()?)
}

/// Of the documents about a server that it names, the one in the newest form, if it has that itself.
fn newest(links: &Value, list: &Url) -> Option<Url> {
    let versions = links["links"].as_array()?.iter().filter_map(|link| {
        let version = link["rel"].as_str()?.strip_prefix(SCHEMA)?;
        Some((version, link["href"].as_str()?))
    });
    let (_, address) = versions.max()?;
    let address = list.join(address).ok()?;
    uri::same_origin(&address, list).then_some(address)
}

fn name(about: &Value) -> Option<String> {
    let name = about["software"]["name"].as_str()?;
    let name: String = name.trim().chars().take(NAME).collect();
    Some(name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use parvis_model::clock::Clock;
    use serde_json::json;

    use super::*;
    use crate::fetch::FetchOptions;

    #[tokio::test]
    async fn what_a_server_said_stands_while_it_says_nothing_else() {
        let clock = Clock::fixed(DAY);
        let asks_nobody_at_home = FetchOptions {
            allow_private: Vec::new(),
            user_agent: "Parvis/test".to_owned(),
            timeout: PATIENCE,
            clock: clock.clone(),
        };
        let fetcher = Fetcher::new(asks_nobody_at_home).unwrap();
        let server = "http://127.0.0.1:9";
        let software = Software::new();
        let before = (Some("lemmy".to_owned()), clock.now());
        software.said.insert(server.to_owned(), before);
        let servers = BTreeSet::from([server.to_owned()]);
        software.learn(&fetcher, servers).await;
        assert!(software.is_one_of(server, &["lemmy"]));
        let said = software.said.get(server);
        let until = clock.now() + SILENT;
        assert_eq!(said, Some((Some("lemmy".to_owned()), until)));
    }

    #[test]
    fn the_newest_document_of_the_server_itself_counts() {
        let list = Url::parse("https://far.example/.well-known/nodeinfo").unwrap();
        let link = |version: &str, address: &str| json!({"rel": format!("{SCHEMA}{version}"), "href": address});
        let named = |links: Value| newest(&json!({ "links": links }), &list).map(String::from);
        let both = json!([
            {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://far.example/actor"},
            link("2.1", "https://far.example/n/2.1"),
            link("2.0", "https://far.example/n/2.0"),
        ]);
        assert_eq!(named(both).as_deref(), Some("https://far.example/n/2.1"));
        assert_eq!(named(json!([link("2.0", "https://other.example/n")])), None);
        assert_eq!(named(json!("none")), None);
        let about = json!({"version": "2.1", "software": {"name": "PieFed", "version": "1.2"}});
        assert_eq!(name(&about).as_deref(), Some("piefed"));
        assert_eq!(name(&json!({"software": "PieFed"})), None);
    }
}
