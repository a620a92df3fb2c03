//! Filters, in the form apps use now and in the older one, where each keyword is a filter of its own.

use parvis_model::{
    clock::{SECOND, Timestamp},
    id,
};
use parvis_town::{
    Town,
    accounts::Change,
    filters::{self, FilterAction, FilterContext, FilterEdit, KeywordChange, NewFilter},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer, done},
    entities::{Filter, FilterKeyword, FilterStatus, FilterV1},
    fault::Fault,
    gate::{Caller, Named},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [
    { "title": "Sport", "context": ["home"], "keywords_attributes": [{ "keyword": "foot" }] },
]))]
#[serde(default)]
pub struct FilterParams {
    title: Option<String>,
    #[schemars(extend("items" = { "enum": ["home", "notifications", "public", "thread", "account"] }))]
    context: Option<Vec<String>>,
    #[schemars(extend("enum" = ["warn", "hide", "blur", null]))]
    filter_action: Option<String>,
    /// Seconds; empty: never.
    expires_in: Option<String>,
    keywords_attributes: Vec<KeywordParams>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KeywordParams {
    id: Option<String>,
    keyword: Option<String>,
    whole_word: Option<bool>,
    #[serde(rename = "_destroy")]
    remove: Option<bool>,
}

impl KeywordParams {
    fn change(self) -> Result<KeywordChange, Fault> {
        let given = self.id.as_deref().filter(|text| !text.is_empty());
        Ok(KeywordChange {
            id: given
                .map(|text| id::parse(text).ok_or(Fault::NotFound))
                .transpose()?,
            keyword: self.keyword,
            whole_word: self.whole_word,
            remove: self.remove.unwrap_or(false),
        })
    }
}

fn contexts(words: &[String]) -> Result<Vec<FilterContext>, Fault> {
    let unknown = || Fault::Unprocessable("context is unknown".into());
    let words = words.iter();
    words
        .map(|word| FilterContext::parse(word).ok_or_else(unknown))
        .collect()
}

fn action(word: Option<&str>) -> Result<Option<FilterAction>, Fault> {
    let unknown = || Fault::Unprocessable("filter_action is unknown".into());
    let word = word.filter(|word| !word.is_empty());
    word.map(|word| FilterAction::parse(word).ok_or_else(unknown))
        .transpose()
}

/// When it ends; an empty text means never.
fn end(town: &Town, seconds: Option<&str>) -> Result<Change<Timestamp>, Fault> {
    match seconds.map(str::trim) {
        None => Ok(Change::Keep),
        Some("") => Ok(Change::Remove),
        Some(text) => {
            let unfit = |_| Fault::Unprocessable("expires_in is no number".into());
            let seconds: i64 = text.parse().map_err(unfit)?;
            let lasts = seconds.max(0).saturating_mul(SECOND);
            Ok(Change::Set(town.now().saturating_add(lasts)))
        }
    }
}

/// Of a new one.
fn first_end(town: &Town, seconds: Option<&str>) -> Result<Option<Timestamp>, Fault> {
    Ok(match end(town, seconds)? {
        Change::Set(end) => Some(end),
        Change::Keep | Change::Remove => None,
    })
}

fn changes(params: Vec<KeywordParams>) -> Result<Vec<KeywordChange>, Fault> {
    params.into_iter().map(KeywordParams::change).collect()
}

pub async fn all(caller: Caller) -> Answer {
    let mine = filters::mine(&caller.town, caller.me).await?;
    answer::json(&mine.iter().map(Filter::new).collect::<Vec<_>>())
}

pub async fn show(caller: Caller, Named(filter): Named) -> Answer {
    let view = filters::view(&caller.town, caller.me, filter).await?;
    answer::json(&Filter::new(&view))
}

pub async fn create(caller: Caller, params: Params<FilterParams>) -> Answer {
    let fields = params.fields;
    let new = NewFilter {
        contexts: contexts(fields.context.as_deref().unwrap_or_default())?,
        action: action(fields.filter_action.as_deref())?.unwrap_or(FilterAction::Warn),
        expires_at: first_end(&caller.town, fields.expires_in.as_deref())?,
        title: fields.title.unwrap_or_default(),
        keywords: changes(fields.keywords_attributes)?,
    };
    let filter = caller
        .write(move |tx, town, me| Box::pin(filters::create(tx, town, me, new)))
        .await?;
    show(caller, Named(filter)).await
}

pub async fn change(caller: Caller, Named(filter): Named, params: Params<FilterParams>) -> Answer {
    let fields = params.fields;
    let edit = FilterEdit {
        contexts: fields.context.as_deref().map(contexts).transpose()?,
        action: action(fields.filter_action.as_deref())?,
        expires_at: end(&caller.town, fields.expires_in.as_deref())?,
        title: fields.title,
        keywords: changes(fields.keywords_attributes)?,
    };
    caller
        .write(move |tx, town, me| Box::pin(filters::edit(tx, town, me, filter, edit)))
        .await?;
    show(caller, Named(filter)).await
}

pub async fn delete(caller: Caller, Named(filter): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(filters::delete(tx, town, me, filter)))
        .await?;
    done()
}

pub async fn keywords(caller: Caller, Named(filter): Named) -> Answer {
    let view = filters::view(&caller.town, caller.me, filter).await?;
    let shown = view.keywords.iter().map(FilterKeyword::new);
    answer::json(&shown.collect::<Vec<_>>())
}

pub async fn add_keyword(
    caller: Caller,
    Named(filter): Named,
    params: Params<KeywordParams>,
) -> Answer {
    let new = params.fields.change()?;
    let keyword = caller
        .write(move |tx, town, me| Box::pin(filters::add_keyword(tx, town, me, filter, new)))
        .await?;
    keyword_shown(&caller, keyword).await
}

pub async fn show_keyword(caller: Caller, Named(keyword): Named) -> Answer {
    keyword_shown(&caller, keyword).await
}

async fn keyword_shown(caller: &Caller, keyword: id::Id) -> Answer {
    let (_, held) = filters::of_keyword(&caller.town, caller.me, keyword).await?;
    answer::json(&FilterKeyword::new(&held))
}

pub async fn change_keyword(
    caller: Caller,
    Named(keyword): Named,
    params: Params<KeywordParams>,
) -> Answer {
    let change = KeywordChange {
        id: Some(keyword),
        keyword: params.fields.keyword,
        whole_word: params.fields.whole_word,
        remove: false,
    };
    caller
        .write(move |tx, town, me| Box::pin(filters::edit_keyword(tx, town, me, change)))
        .await?;
    keyword_shown(&caller, keyword).await
}

pub async fn delete_keyword(caller: Caller, Named(keyword): Named) -> Answer {
    let change = KeywordChange {
        id: Some(keyword),
        remove: true,
        ..KeywordChange::default()
    };
    caller
        .write(move |tx, town, me| Box::pin(filters::edit_keyword(tx, town, me, change)))
        .await?;
    done()
}

pub async fn statuses(caller: Caller, Named(filter): Named) -> Answer {
    let view = filters::view(&caller.town, caller.me, filter).await?;
    let shown = view.posts.iter().map(FilterStatus::new);
    answer::json(&shown.collect::<Vec<_>>())
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "FilterStatusParams")]
#[serde(default)]
pub struct StatusParams {
    status_id: String,
}

pub async fn add_status(
    caller: Caller,
    Named(filter): Named,
    params: Params<StatusParams>,
) -> Answer {
    let post = id::parse(&params.fields.status_id).ok_or(Fault::NotFound)?;
    let entry = caller
        .write(move |tx, town, me| Box::pin(filters::add_post(tx, town, me, filter, post)))
        .await?;
    show_status(caller, Named(entry)).await
}

pub async fn show_status(caller: Caller, Named(entry): Named) -> Answer {
    let held = filters::named_post(&caller.town, caller.me, entry).await?;
    answer::json(&FilterStatus::new(&held))
}

pub async fn delete_status(caller: Caller, Named(entry): Named) -> Answer {
    let held = filters::named_post(&caller.town, caller.me, entry).await?;
    caller
        .write(move |tx, town, me| Box::pin(filters::remove_post(tx, town, me, entry)))
        .await?;
    answer::json(&FilterStatus::new(&held))
}

// --- the older form

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [{ "phrase": "foot", "context": ["home"] }]))]
#[schemars(rename = "FilterV1Params")]
#[serde(default)]
pub struct OldParams {
    phrase: Option<String>,
    #[schemars(extend("items" = { "enum": ["home", "notifications", "public", "thread", "account"] }))]
    context: Option<Vec<String>>,
    irreversible: Option<bool>,
    whole_word: Option<bool>,
    expires_in: Option<String>,
}

impl OldParams {
    fn action(&self) -> Option<FilterAction> {
        let hides = self.irreversible?;
        Some(if hides {
            FilterAction::Hide
        } else {
            FilterAction::Warn
        })
    }
}

pub async fn old_all(caller: Caller) -> Answer {
    let mine = filters::mine(&caller.town, caller.me).await?;
    let shown: Vec<_> = mine
        .iter()
        .flat_map(|view| {
            let keywords = view.keywords.iter();
            keywords.map(move |keyword| FilterV1::new(view, keyword))
        })
        .collect();
    answer::json(&shown)
}

pub async fn old_show(caller: Caller, Named(keyword): Named) -> Answer {
    old_shown(&caller, keyword).await
}

async fn old_shown(caller: &Caller, keyword: id::Id) -> Answer {
    let (view, held) = filters::of_keyword(&caller.town, caller.me, keyword).await?;
    answer::json(&FilterV1::new(&view, &held))
}

pub async fn old_create(caller: Caller, params: Params<OldParams>) -> Answer {
    let fields = params.fields;
    let phrase = fields.phrase.clone().unwrap_or_default();
    let new = NewFilter {
        title: phrase.clone(),
        contexts: contexts(fields.context.as_deref().unwrap_or_default())?,
        action: fields.action().unwrap_or(FilterAction::Warn),
        expires_at: first_end(&caller.town, fields.expires_in.as_deref())?,
        keywords: vec![KeywordChange {
            keyword: Some(phrase),
            whole_word: fields.whole_word,
            ..KeywordChange::default()
        }],
    };
    let filter = caller
        .write(move |tx, town, me| Box::pin(filters::create(tx, town, me, new)))
        .await?;
    let view = filters::view(&caller.town, caller.me, filter).await?;
    let keyword = view.keywords.first().ok_or(Fault::NotFound)?.id;
    old_shown(&caller, keyword).await
}

pub async fn old_change(
    caller: Caller,
    Named(keyword): Named,
    params: Params<OldParams>,
) -> Answer {
    let (view, _) = filters::of_keyword(&caller.town, caller.me, keyword).await?;
    let fields = params.fields;
    let edit = FilterEdit {
        title: None,
        contexts: fields.context.as_deref().map(contexts).transpose()?,
        action: fields.action(),
        expires_at: end(&caller.town, fields.expires_in.as_deref())?,
        keywords: vec![KeywordChange {
            id: Some(keyword),
            keyword: fields.phrase,
            whole_word: fields.whole_word,
            remove: false,
        }],
    };
    caller
        .write(move |tx, town, me| Box::pin(filters::edit(tx, town, me, view.id, edit)))
        .await?;
    old_shown(&caller, keyword).await
}

/// With the last of its keywords a filter goes, too.
pub async fn old_delete(caller: Caller, Named(keyword): Named) -> Answer {
    let (view, _) = filters::of_keyword(&caller.town, caller.me, keyword).await?;
    if view.keywords.len() == 1 && view.posts.is_empty() {
        return delete(caller, Named(view.id)).await;
    }
    delete_keyword(caller, Named(keyword)).await
}
