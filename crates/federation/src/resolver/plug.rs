//! What the town's own code sees of the resolver: the plug for [`Reach`]. Does nothing itself.

use std::sync::Arc;

use async_trait::async_trait;
use parvis_model::{
    handle::{Handle, folded},
    id::Id,
    uri as address,
};
use parvis_store::accounts;
use parvis_town::{
    Outcome, Town,
    previews::WebPage,
    reach::{Fetched, Found, Missing, Reach, Wish},
};
use url::Url;

use super::Resolver;
use crate::{pictures, previews};

pub(crate) struct Plug(pub(crate) Arc<Resolver>);

#[async_trait]
impl Reach for Plug {
    async fn handle(&self, town: &Arc<Town>, handle: &Handle) -> Outcome<Option<Id>> {
        match handle.domain.as_deref() {
            Some(domain) if town.is_elsewhere(handle) => self.0.by_handle(handle, domain).await,
            _ => {
                let name = folded(&handle.name);
                let row = accounts::by_handle(town.store.read(), &name, "").await?;
                Ok(row.map(|row| row.id))
            }
        }
    }

    async fn uri(&self, _: &Arc<Town>, uri: &str) -> Outcome<Option<Found>> {
        match address::canonical(uri) {
            Some(uri) => self.0.by_address(&uri).await,
            None => Ok(None),
        }
    }

    fn wish(&self, wish: Wish) {
        self.0.send_out(wish.into());
    }

    async fn above(&self, uri: &str) -> Outcome<Result<Option<String>, Missing>> {
        self.0.above(uri).await
    }

    async fn around(&self, post: Id) -> Outcome<Result<(), Missing>> {
        self.0.around(post).await
    }

    async fn picture(&self, address: &str) -> Result<Fetched, Missing> {
        pictures::picture(&self.0.fetcher, address).await
    }

    async fn web_page(&self, address: &str) -> Result<WebPage, Missing> {
        previews::web_page(&self.0.fetcher, address).await
    }

    async fn links_back(&self, page: &str, to: &[String]) -> Result<bool, Missing> {
        previews::links_back(&self.0.fetcher, page, to).await
    }

    async fn subscribe_template(&self, handle: &Handle) -> Result<Option<String>, Missing> {
        self.0.subscribe_template(handle).await
    }

    async fn may_ask(&self, address: &str) -> bool {
        match Url::parse(address) {
            Ok(url) => self.0.fetcher.may_ask(&url).await,
            Err(_) => false,
        }
    }
}
