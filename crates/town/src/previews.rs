//! What the pages are about that posts link to: one card for each address, whoever links to it, asked for after the post is
//! written and again at most every fortnight. Does not know how a page is fetched or read.

pub mod errands;

use std::sync::Arc;

use parvis_model::{
    attribution,
    audience::Audience,
    clock::{DAY, SECOND, Timestamp},
    handle::Handle,
    text, uri,
};
use parvis_store::{Tx, entity, preview_cards};

use crate::{AccountView, Outcome, Town, Viewer, remote_pictures};

/// How long what is known of a page holds.
pub(crate) const FRESH: Timestamp = 14 * DAY;
/// Posts of other servers reach many towns at one moment: each lets some time pass before it asks.
const SPREAD: Timestamp = 30 * SECOND;
/// Errands that wait. Beyond, what arrives from elsewhere goes without.
const WAITING: i64 = 10_000;
/// In place of a kind, where a page says nothing that could be shown.
const NONE: &str = "none";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewKind {
    Link,
    Photo,
    Video,
}

impl PreviewKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Photo => "photo",
            Self::Video => "video",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Link, Self::Photo, Self::Video];
        all.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a page says of itself, in plain words; every address in it is one of the web. Within the bounds of
/// `model::limits`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebPage {
    pub kind: PreviewKind,
    /// Never empty.
    pub title: String,
    pub description: String,
    pub language: Option<String>,
    pub author_name: String,
    pub author_url: String,
    pub provider_name: String,
    pub provider_url: String,
    pub image: Option<String>,
    pub image_description: String,
    pub published_at: Option<Timestamp>,
    /// The account that it names as its author.
    pub creator: Option<Handle>,
}

/// A card under a post.
#[derive(Clone, Debug)]
pub struct PreviewView {
    /// As the post has it.
    pub url: String,
    pub kind: PreviewKind,
    pub title: String,
    pub description: String,
    pub language: Option<String>,
    pub author_name: String,
    pub author_url: String,
    pub provider_name: String,
    pub provider_url: String,
    /// An address of ours.
    pub image: Option<String>,
    pub image_description: String,
    /// Of the picture; 0 where unknown.
    pub width: i32,
    pub height: i32,
    pub blurhash: Option<String>,
    pub published_at: Option<Timestamp>,
    /// Whose page it is, as both say.
    pub author: Option<Arc<AccountView>>,
    /// It names the viewer as its author, who does not say so.
    pub misses_my_consent: bool,
}

impl PreviewView {
    /// `None`: nothing that could be shown.
    /// `named`: whom the page names as its author.
    pub(crate) fn new(
        town: &Town,
        row: preview_cards::Card,
        named: Option<Arc<AccountView>>,
        viewer: Viewer,
    ) -> Option<Self> {
        // The page may have been led to from another server: whose words these are is what counts.
        let place = match row.provider_url.as_str() {
            "" => &row.url,
            place => place,
        };
        let agrees =
            |named: &Arc<AccountView>| attribution::covers(&named.attribution_domains, place);
        let misses_my_consent = named
            .as_ref()
            .is_some_and(|named| viewer.account == Some(named.id) && !agrees(named));
        let author = named.filter(|named| !named.suspended && agrees(named));
        Some(Self {
            kind: PreviewKind::parse(&row.kind)?,
            image: row
                .image_url
                .map(|image| remote_pictures::address_of_card(town, row.id, &image)),
            url: row.url,
            title: row.title,
            description: row.description,
            language: row.language,
            author_name: row.author_name,
            author_url: row.author_url,
            provider_name: row.provider_name,
            provider_url: row.provider_url,
            image_description: row.image_description,
            width: row.width,
            height: row.height,
            blurhash: row.blurhash,
            published_at: row.published_at,
            author,
            misses_my_consent,
        })
    }
}

/// After a post is written or changed: shows what is known of the page it leads to, and has it asked where that is nothing
/// or old. For everyone to see, since the page's server learns of it.
pub(crate) async fn look_for(tx: &Tx, town: &Town, post: &entity::post::Model) -> Outcome<()> {
    let Some(url) = lead(town, post) else {
        if post.card_id.is_some() {
            preview_cards::show(tx, post.id, None).await?;
        }
        if post.edited_at.is_some() {
            // What led there before its words changed.
            preview_cards::call_back(tx, post.id).await?;
        }
        return Ok(());
    };
    let known = preview_cards::by_url(tx, &url).await?;
    let now = town.now();
    let is_fresh = known
        .as_ref()
        .is_some_and(|card| now - card.fetched_at < FRESH);
    let shown = known.filter(|card| card.kind != NONE).map(|card| card.id);
    if shown != post.card_id {
        preview_cards::show(tx, post.id, shown).await?;
    }
    if is_fresh {
        return Ok(preview_cards::call_back(tx, post.id).await?);
    }
    let wait = if post.local {
        0
    } else if preview_cards::are_many(tx, WAITING).await? {
        return Ok(());
    } else {
        rand::random_range(0..SPREAD)
    };
    let errand = preview_cards::Errand {
        post_id: post.id,
        url,
        due_at: now + wait,
        attempts: 0,
    };
    Ok(preview_cards::send(tx, errand).await?)
}

/// The page that an open post leads to; not one of our own.
fn lead(town: &Town, post: &entity::post::Model) -> Option<String> {
    let is_open = Audience::parse(&post.audience).is_some_and(Audience::is_open);
    let link = text::first_link(&post.html).filter(|_| is_open)?;
    let url = uri::canonical(&link)?;
    (!uri::is_beside(&url, &town.origin)).then_some(url)
}
