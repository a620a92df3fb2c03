//! What a post of another server quotes, and whether the author of that has agreed: only their own server can say so.

use parvis_model::{policy::Interaction, uri as address};
use parvis_store::posts as rows;
use parvis_town::{Error, Outcome, arrivals::RemoteQuote, reach::Missing};
use tokio::time::timeout;

use super::{PATIENCE, Resolver};
use crate::{
    actors::same,
    fetch::Budget,
    pictures::missing,
    uri::{self, Ours},
    wire::{self, quote::Stamp},
};

impl Resolver {
    /// The quote of `post` by `author`, with what it quotes made known here where that can be had in time. `fetch`: what is
    /// quoted may be asked for; that of a quoted post is not.
    pub(crate) async fn quoted(
        &self,
        post: &wire::Post<'_>,
        id: &str,
        author: &str,
        budget: &Budget,
        fetch: bool,
    ) -> Outcome<Option<RemoteQuote>> {
        let quote = post.quote.and_then(|quote| {
            let uri = address::canonical(quote.uri)?;
            (uri != id).then_some((quote, uri))
        });
        let Some((quote, uri)) = quote else {
            return Ok(None);
        };
        let mut found = RemoteQuote {
            uri,
            quoted: None,
            stamp: None,
            asks: quote.asks,
        };
        if fetch {
            let looking = self.look_at(&mut found, quote.stamp, id, author, budget);
            if let Ok(looked) = timeout(PATIENCE, looking).await {
                looked?;
            }
        } else {
            found.quoted = self.known_post(&found.uri).await?;
        }
        Ok(Some(found))
    }

    async fn look_at(
        &self,
        found: &mut RemoteQuote,
        stamp: Option<&str>,
        id: &str,
        author: &str,
        budget: &Budget,
    ) -> Outcome<()> {
        found.quoted = Box::pin(self.post_within(&found.uri, budget, 0, self.found_now())).await?;
        let (Some(quoted), Some(stamp)) = (found.quoted, stamp) else {
            return Ok(());
        };
        let db = self.town.store.read();
        let Some(row) = rows::by_id(db, quoted).await?.filter(|row| !row.local) else {
            return Ok(());
        };
        let quoted_author = parvis_store::accounts::by_id(db, row.author_id).await?;
        if let Some(quoted_author) = quoted_author.filter(|it| !same(&it.uri, author)) {
            let said = (quoted_author.uri.as_str(), id, row.uri.as_str());
            // Whoever cannot be asked now has not agreed as far as we know.
            let confirmed = self.confirmed(Interaction::Quote, stamp, said, budget);
            found.stamp = confirmed.await.unwrap_or_default();
        }
        Ok(())
    }

    /// Does the server of `author` show this stamp, for these two posts? Gives its address then. Fails where that server may
    /// show it later, so that whoever sent it should come again.
    pub(crate) async fn confirmed(
        &self,
        what: Interaction,
        stamp: &str,
        (author, quoting, quoted): (&str, &str, &str),
        budget: &Budget,
    ) -> Outcome<Option<String>> {
        let Some(stamp) = address::canonical(stamp) else {
            return Ok(None);
        };
        let of_author = |address: &str| {
            address::origin_of(address).is_some_and(|it| Some(it) == address::origin_of(author))
        };
        if !of_author(&stamp) {
            return Ok(None);
        }
        let fetched = match self.fetch_or_why(&stamp, budget).await {
            Ok(fetched) => fetched,
            Err(fault) if missing(fault) == Missing::Gone => return Ok(None),
            Err(fault) => return Err(Error::Other(format!("a stamp is {fault}")).into()),
        };
        let Some(said) = Stamp::read(&fetched.json, what) else {
            return Ok(None);
        };
        let holds = same(&fetched.id, &stamp)
            && same(said.author, author)
            && same(said.quoting, quoting)
            && same(said.quoted, quoted);
        if !holds {
            tracing::debug!(stamp, "a stamp that says something else");
        }
        Ok(holds.then_some(stamp))
    }

    /// Does a post quote one of this town?
    pub(crate) async fn quotes_ours(&self, post: &wire::Post<'_>) -> Outcome<bool> {
        let uri = post.quote.and_then(|quote| address::canonical(quote.uri));
        let Some(uri) = uri else {
            return Ok(false);
        };
        match uri::ours(&self.town.origin, &uri) {
            Some(Ours::Object(_) | Ours::Page(_)) => Ok(self.known_post(&uri).await?.is_some()),
            _ => Ok(false),
        }
    }
}
