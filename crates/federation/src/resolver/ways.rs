//! The way that people of another server take to follow and answer from here: what their server says of it. Keeps nothing.

use parvis_model::handle::Handle;
use parvis_town::reach::Missing;
use url::Url;

use super::Resolver;
use crate::{fetch::Budget, pictures::missing, wire::jrd};

impl Resolver {
    pub(super) async fn subscribe_template(
        &self,
        handle: &Handle,
    ) -> Result<Option<String>, Missing> {
        let domain = handle.domain.as_deref().ok_or(Missing::Gone)?;
        if self.is_blocked(&format!("https://{domain}/")).await {
            return Err(Missing::Gone);
        }
        let resource = format!("acct:{}@{domain}", handle.name);
        let budget = Budget::for_activity();
        let said = self.fetcher.webfinger(domain, &resource, &budget).await;
        let said = said.map_err(missing)?;
        let Some(template) = jrd::subscribe_template(&said) else {
            return Ok(None);
        };
        // People are sent only where the town itself would go.
        match Url::parse(&template.replace("{uri}", "x")) {
            Ok(url) if self.fetcher.may_ask(&url).await => Ok(Some(template.to_owned())),
            _ => Ok(None),
        }
    }
}
