//! Lists of posts: home, public, by tag, of a person, liked, kept.

use axum::extract::Path;
use parvis_town::{
    Paged, PostView, Town, accounts, pins,
    timelines::{self, Scope, Shown, TagQuery},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::{AtHome, Statuses},
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
};

pub fn posts(town: &Town, paging: &Paging, found: &Paged<PostView>) -> Answer {
    let shown = answer::json(&Statuses {
        origin: &town.origin,
        views: &found.items,
    })?;
    Ok(paging.link(found.next, found.prev, shown))
}

pub async fn home(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = timelines::home(&caller.town, caller.me, page).await?;
    let shown = answer::json(&AtHome(Statuses {
        origin: &caller.town.origin,
        views: &found.items,
    }))?;
    Ok(paging.link(found.next, found.prev, shown))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PublicParams {
    local: bool,
    remote: bool,
    only_media: bool,
    /// Besides the tag in the address.
    any: Vec<String>,
    all: Vec<String>,
    none: Vec<String>,
}

impl PublicParams {
    fn scope(&self) -> Scope {
        match (self.local, self.remote) {
            (true, false) => Scope::Local,
            (false, true) => Scope::Remote,
            _ => Scope::All,
        }
    }
}

pub async fn public(asker: Asker, paging: Paging, params: Params<PublicParams>) -> Answer {
    let page = paging.page(paging::STATUSES);
    let (town, viewer, scope) = (&asker.town, asker.viewer(), params.fields.scope());
    let found = if params.fields.only_media {
        timelines::public_media(town, &viewer, scope, page).await?
    } else {
        timelines::public(town, &viewer, scope, page).await?
    };
    posts(town, &paging, &found)
}

pub async fn tag(
    asker: Asker,
    Path(tag): Path<String>,
    paging: Paging,
    params: Params<PublicParams>,
) -> Answer {
    let page = paging.page(paging::STATUSES);
    let wanted = params.fields;
    let scope = wanted.scope();
    let mut any = wanted.any;
    any.insert(0, tag);
    let query = TagQuery {
        any,
        all: wanted.all,
        none: wanted.none,
        media_only: wanted.only_media,
    };
    let found = timelines::tagged(&asker.town, &asker.viewer(), query, scope, page).await?;
    posts(&asker.town, &paging, &found)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct AccountParams {
    only_media: bool,
    exclude_replies: bool,
    exclude_reblogs: bool,
    pinned: bool,
    tagged: Option<String>,
}

pub async fn of_account(
    asker: Asker,
    Named(account): Named,
    paging: Paging,
    params: Params<AccountParams>,
) -> Answer {
    let (town, viewer) = (&asker.town, asker.viewer());
    let AccountParams {
        only_media,
        exclude_replies,
        exclude_reblogs,
        pinned,
        tagged,
    } = params.fields;
    accounts::view(town, &viewer, account).await?;
    if pinned {
        let found = pins::of_account(town, &viewer, account).await?;
        return answer::json(&Statuses {
            origin: &town.origin,
            views: &found,
        });
    }
    let shown = Shown {
        replies: !exclude_replies,
        boosts: !exclude_reblogs,
        media_only: only_media,
    };
    let page = paging.page(paging::STATUSES);
    let found = match tagged.as_deref().filter(|tag| !tag.is_empty()) {
        Some(tag) => {
            timelines::of_account_tagged(town, &viewer, (account, tag), shown, page).await?
        }
        None => timelines::of_account(town, &viewer, account, shown, page).await?,
    };
    posts(town, &paging, &found)
}

pub async fn favourites(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = timelines::favourites(&caller.town, caller.me, page).await?;
    posts(&caller.town, &paging, &found)
}

pub async fn bookmarks(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = timelines::bookmarks(&caller.town, caller.me, page).await?;
    posts(&caller.town, &paging, &found)
}
