//! What somebody typed, as it is kept until it becomes a post: JSON in one column. Knows neither when that will be nor
//! whether it may be.

use parvis_model::{audience::Audience, clock::Timestamp, id::Id, policy::Quoters};
use parvis_store::entity;
use serde::{Deserialize, Serialize};

use super::{Compose, is_language};
use crate::{Error, MediaView, Town, polls::NewPoll};

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    text: String,
    summary: String,
    sensitive: bool,
    language: Option<String>,
    audience: String,
    reply_to: Option<Id>,
    media: Vec<Id>,
    poll: Option<KeptPoll>,
    quote: Option<Id>,
    quoters: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptPoll {
    options: Vec<String>,
    multiple: bool,
    hide_totals: bool,
    lasts: Timestamp,
}

pub(crate) fn written(typed: Compose) -> Result<String, Error> {
    let kept = Kept {
        text: typed.text,
        summary: typed.summary,
        sensitive: typed.sensitive,
        language: typed.language.filter(|code| is_language(code)),
        audience: typed.audience.as_str().into(),
        reply_to: typed.reply_to,
        media: typed.media,
        poll: typed.poll.map(|poll| KeptPoll {
            options: poll.options,
            multiple: poll.multiple,
            hide_totals: poll.hide_totals,
            lasts: poll.lasts,
        }),
        quote: typed.quote,
        quoters: typed.quoters.map(|quoters| quoters.as_str().into()),
    };
    let unwritten = |err| Error::Other(format!("a post could not be kept: {err}"));
    serde_json::to_string(&kept).map_err(unwritten)
}

pub(crate) fn read(text: &str) -> Result<Compose, Error> {
    let unread = |err| Error::Other(format!("a post that was kept is not understood: {err}"));
    let kept: Kept = serde_json::from_str(text).map_err(unread)?;
    Ok(Compose {
        text: kept.text,
        summary: kept.summary,
        sensitive: kept.sensitive,
        language: kept.language,
        // What is not understood must not become open.
        audience: Audience::parse(&kept.audience).unwrap_or(Audience::Direct),
        reply_to: kept.reply_to,
        media: kept.media,
        poll: kept.poll.map(|poll| NewPoll {
            options: poll.options,
            multiple: poll.multiple,
            hide_totals: poll.hide_totals,
            lasts: poll.lasts,
        }),
        quote: kept.quote,
        quoters: kept.quoters.as_deref().and_then(Quoters::parse),
    })
}

/// The files it holds, in its order, so far as they are among these.
pub(crate) fn files(town: &Town, post: &Compose, found: &[entity::media::Model]) -> Vec<MediaView> {
    let held = post.media.iter();
    let held = held.filter_map(|id| found.iter().find(|row| row.id == *id));
    held.map(|row| MediaView::new(town, row.clone())).collect()
}
