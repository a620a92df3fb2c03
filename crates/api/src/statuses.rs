//! Posts: publishing, showing, editing, deleting, and what stands around them.

use parvis_model::{
    audience::Audience,
    clock::Timestamp,
    id::{self, Id},
    refusal::Refusal,
};
use parvis_town::{
    MediaView, Outcome, PostView, Town, Viewer,
    media::{self, Change, SetAside},
    posts::{self, Compose},
    preferences, revisions, sent_forms, threads,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer},
    entities::{Context, PreviewCard, Source, Status, StatusEdit, Statuses},
    fault::Fault,
    gate::{Asker, Caller, Named},
    idempotency::IdempotencyKey,
    params::Params,
    polls::{self, PollParams},
    quotes,
    scheduled::{self, moment},
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [
    { "status": "Au marché", "visibility": "public", "local_only": true },
    { "status": "?", "poll": { "options": ["oui", "non"], "expires_in": 3600 } },
]))]
#[serde(default)]
pub struct StatusParams {
    status: Option<String>,
    spoiler_text: Option<String>,
    sensitive: Option<bool>,
    language: Option<String>,
    #[schemars(extend("enum" = ["public", "unlisted", "neighbours", "private", "direct", null]))]
    visibility: Option<String>,
    /// Ours: for residents of this town; what is `direct` stays so.
    local_only: bool,
    in_reply_to_id: Option<String>,
    media_ids: Option<Vec<String>>,
    media_attributes: Vec<MediaParams>,
    poll: Option<PollParams>,
    /// A moment; in the past it is now.
    scheduled_at: Option<String>,
    quoted_status_id: Option<String>,
    #[schemars(extend("enum" = ["public", "followers", "nobody", null]))]
    quote_approval_policy: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "MediaAttributeParams")]
#[serde(default)]
struct MediaParams {
    id: String,
    description: Option<String>,
    focus: Option<String>,
}

impl StatusParams {
    /// When it is to be published; `None`: now, also where that time has passed.
    fn due(&self, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let given = self.scheduled_at.as_deref();
        let at = given.filter(|text| !text.is_empty()).map(moment);
        Ok(at.transpose()?.filter(|at| *at > now))
    }

    fn media(&self) -> Result<Option<Vec<Id>>, Refusal> {
        let missing = || Refusal::invalid("media", "refusal-file-missing");
        let ids = self
            .media_ids
            .as_ref()
            .map(|ids| ids.iter().map(|text| id::parse(text).ok_or_else(missing)));
        ids.map(Iterator::collect).transpose()
    }
}

pub fn audience(visibility: &str) -> Result<Audience, Refusal> {
    match visibility {
        "public" => Ok(Audience::Public),
        "unlisted" => Ok(Audience::Unlisted),
        "private" => Ok(Audience::Followers),
        "neighbours" => Ok(Audience::Neighbours),
        "direct" => Ok(Audience::Direct),
        _ => Err(Refusal::invalid("audience", "refusal-audience-unknown")),
    }
}

pub async fn publish(
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    params: Params<StatusParams>,
) -> Answer {
    let fields = params.fields;
    let due = fields.due(caller.town.now())?;
    let mark = key.map(|key| sent_forms::of_app(caller.app, &key));
    if let Some(before) = came_of(&caller, mark.as_deref()).await? {
        return made_known(&caller, before, due).await;
    }
    let post = match made(&caller, fields, due, mark.clone()).await {
        Ok(post) => post,
        // Of two tries at once the other may have been faster, and what it published has the files of this one.
        Err(fault) => came_of(&caller, mark.as_deref()).await?.ok_or(fault)?,
    };
    made_known(&caller, post, due).await
}

/// What came of an earlier try.
async fn came_of(caller: &Caller, mark: Option<&str>) -> Outcome<Option<Id>> {
    match mark {
        Some(mark) => sent_forms::came_of(&caller.town, caller.me, mark).await,
        None => Ok(None),
    }
}

async fn made_known(caller: &Caller, post: Id, due: Option<Timestamp>) -> Answer {
    match due {
        Some(_) => scheduled::shown(caller, post).await,
        None => show_mine(caller, post).await,
    }
}

/// Published now, or kept until it is due; under one mark once.
async fn made(
    caller: &Caller,
    fields: StatusParams,
    due: Option<Timestamp>,
    mark: Option<String>,
) -> Result<Id, Fault> {
    let compose = composed(caller, fields).await?;
    let made = kept_once(caller, compose, due, mark).await;
    made.map_err(polls::told)
}

async fn kept_once(
    caller: &Caller,
    compose: Compose,
    due: Option<Timestamp>,
    mark: Option<String>,
) -> Outcome<Id> {
    // Of what waits it is told now what would be refused later.
    let draft = posts::prepare(&caller.town, caller.me, compose.clone()).await?;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                if let Some(mark) = &mark
                    && let Some(before) = sent_forms::taken(tx, town, me, mark).await?
                {
                    return Ok(before);
                }
                let made = match due {
                    Some(at) => parvis_town::scheduled::schedule(tx, town, me, compose, at).await?,
                    None => posts::publish(tx, town, me, draft).await?,
                };
                if let Some(mark) = &mark {
                    sent_forms::brought(tx, me, mark, made).await?;
                }
                Ok(made)
            })
        })
        .await
}

async fn composed(caller: &Caller, fields: StatusParams) -> Result<Compose, Fault> {
    let media = fields.media()?.unwrap_or_default();
    let answered = match fields
        .in_reply_to_id
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        Some(text) => {
            let post = id::parse(text).ok_or(Fault::NotFound)?;
            Some(posts::view(&caller.town, &caller.viewer(), post).await?)
        }
        None => None,
    };
    let quoted = fields
        .quoted_status_id
        .as_deref()
        .filter(|text| !text.is_empty());
    let quote = quoted
        .map(|text| id::parse(text).ok_or(Fault::NotFound))
        .transpose()?;
    let usual = preferences::of(&caller.town, caller.me).await?;
    let quoters = quotes::quoters(fields.quote_approval_policy.as_deref())?;
    let visibility = fields.visibility.as_deref().filter(|text| !text.is_empty());
    let asked = visibility
        .map(audience)
        .transpose()?
        .unwrap_or(usual.audience);
    // What is for a few stays with them; a post for the town shows itself as one for followers, and comes back as such.
    let among_us = match asked {
        Audience::Direct => false,
        Audience::Followers => {
            fields.local_only || audience_of(answered.as_ref()) == Some(Audience::Town)
        }
        _ => fields.local_only,
    };
    let asked = match (asked, audience_of(answered.as_ref())) {
        (Audience::Followers, Some(Audience::Neighbours)) => Audience::Neighbours,
        (asked, _) => asked,
    };
    Ok(Compose {
        text: fields.status.unwrap_or_default(),
        summary: fields.spoiler_text.unwrap_or_default(),
        sensitive: fields.sensitive.unwrap_or(usual.sensitive),
        language: fields.language.or(usual.language),
        audience: if among_us { Audience::Town } else { asked },
        reply_to: answered.map(|post| post.id),
        media,
        poll: fields.poll.and_then(PollParams::asked),
        quote,
        quoters: quoters.or(Some(usual.quoters)),
    })
}

/// Apps are told `private` of a post that is for the town only or for the neighbours, and answer it with the same word.
fn audience_of(answered: Option<&PostView>) -> Option<Audience> {
    let original = answered.map(|post| post.boost_of.as_deref().unwrap_or(post));
    original.map(|post| post.audience)
}

/// A post as the caller sees it now.
pub async fn show_mine(caller: &Caller, post: Id) -> Answer {
    shown(&caller.town, caller.viewer(), post).await
}

async fn shown(town: &Town, viewer: Viewer, post: Id) -> Answer {
    let view = posts::view(town, &viewer, post).await?;
    answer::json(&Status::new(&town.origin, &view))
}

pub async fn show(asker: Asker, Named(post): Named) -> Answer {
    shown(&asker.town, asker.viewer(), post).await
}

/// What stands in the post as `card`, alone.
pub async fn card(asker: Asker, Named(post): Named) -> Answer {
    let view = posts::view(&asker.town, &asker.viewer(), post).await?;
    match &view.preview {
        Some(preview) => answer::json(&PreviewCard::new(&asker.town.origin, preview)),
        None => answer::done(),
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SeveralParams {
    id: Vec<String>,
}

/// Posts shown at once.
const SEVERAL: usize = 20;

pub async fn several(asker: Asker, params: Params<SeveralParams>) -> Answer {
    let ids = params.fields.id.iter().filter_map(|text| id::parse(text));
    let ids: Vec<Id> = ids.take(SEVERAL).collect();
    let views = posts::views(&asker.town, &asker.viewer(), &ids).await?;
    answer::json(&Statuses {
        origin: &asker.town.origin,
        views: &views,
    })
}

pub async fn history(asker: Asker, Named(post): Named) -> Answer {
    let all = revisions::of(&asker.town, &asker.viewer(), post).await?;
    let shown = all
        .iter()
        .map(|view| StatusEdit::new(&asker.town.origin, view));
    answer::json(&shown.collect::<Vec<_>>())
}

pub async fn context(asker: Asker, Named(post): Named) -> Answer {
    let thread = threads::around(&asker.town, &asker.viewer(), post).await?;
    let origin = &asker.town.origin;
    answer::json(&Context {
        ancestors: Statuses {
            origin,
            views: &thread.ancestors,
        },
        descendants: Statuses {
            origin,
            views: &thread.descendants,
        },
    })
}

/// One's own post; of others' it is not said whether they are there.
async fn own(caller: &Caller, post: Id) -> Result<PostView, Fault> {
    let view = posts::view(&caller.town, &caller.viewer(), post).await?;
    if view.author.id == caller.me {
        Ok(view)
    } else {
        Err(Fault::NotFound)
    }
}

pub async fn source(caller: Caller, Named(post): Named) -> Answer {
    let view = own(&caller, post).await?;
    answer::json(&Source::new(&view).ok_or(Fault::NotFound)?)
}

/// What is not given stays as it is; the audience always does.
pub async fn edit(caller: Caller, Named(post): Named, params: Params<StatusParams>) -> Answer {
    let fields = params.fields;
    let before = own(&caller, post).await?;
    let pictures = fields
        .media()?
        .unwrap_or_else(|| before.media.iter().map(|it| it.id).collect());
    let compose = Compose {
        text: fields.status.or(before.source).unwrap_or_default(),
        summary: fields.spoiler_text.unwrap_or(before.summary),
        sensitive: fields.sensitive.unwrap_or(before.sensitive),
        language: fields.language.or(before.language),
        audience: before.audience,
        reply_to: before.reply_to,
        media: pictures,
        poll: fields.poll.and_then(PollParams::asked),
        quote: before
            .quote
            .and_then(|quote| quote.post)
            .map(|post| post.id),
        quoters: quotes::quoters(fields.quote_approval_policy.as_deref())?,
    };
    let mut draft = posts::prepare(&caller.town, caller.me, compose)
        .await
        .map_err(polls::told)?;
    let described = described(&caller, fields.media_attributes, &before.media).await?;
    draft.redescribed = !described.is_empty();
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                for (file, change) in described {
                    media::change(tx, town, me, file, change).await?;
                }
                posts::edit(tx, town, me, post, draft).await
            })
        })
        .await?;
    show_mine(&caller, post).await
}

/// What is said anew about files; what says the same as before is left out.
async fn described(
    caller: &Caller,
    given: Vec<MediaParams>,
    before: &[MediaView],
) -> Result<Vec<(Id, Change)>, Fault> {
    let mut changes = Vec::new();
    for params in given {
        let id = id::parse(&params.id).ok_or(Fault::NotFound)?;
        let about = crate::media::MediaParams {
            description: params.description,
            focus: params.focus,
        };
        let about = about.about(None)?;
        let same = before.iter().any(|file| {
            let description = about.description.as_deref().map(str::trim);
            file.id == id
                && description.is_none_or(|words| words == file.description)
                && about.focus.is_none_or(|focus| focus == file.focus)
        });
        if !same {
            changes.push((id, media::prepare_change(&caller.town, about).await?));
        }
    }
    Ok(changes)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct DeleteParams {
    delete_media: bool,
}

/// The answer holds all that is needed to write the post anew; its files can be used again for a day, unless they shall go
/// at once.
pub async fn delete(caller: Caller, Named(post): Named, params: Params<DeleteParams>) -> Answer {
    let mut before = own(&caller, post).await?;
    let aside = if params.fields.delete_media {
        SetAside::default()
    } else {
        media::set_aside(&caller.town, post).await?
    };
    let kept = aside.files();
    let deleted = caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                media::detach(tx, town, me, post, aside).await?;
                posts::delete(tx, town, me, post).await
            })
        })
        .await;
    media::unless_refused(&caller.town, kept, deleted).await?;
    for file in &mut before.media {
        if let Ok((renamed, _)) = media::view(&caller.town, caller.me, file.id).await {
            *file = renamed;
        }
    }
    answer::json(&Status::new(&caller.town.origin, &before).with_text(&before))
}
