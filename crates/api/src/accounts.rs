//! People: profiles, one's own, and how one stands to others.

use parvis_model::{
    clock::SECOND,
    id::{self, Id},
    refusal::Refusal,
};
use parvis_town::{
    AccountView, Outcome, Paged, Town,
    accounts::{self, Change, ProfileEdit},
    follows,
    media::{self, Shape},
    moves, notes,
    preferences::{self, PreferenceEdit},
    profile_links,
    relations::{self, MuteTerms},
    tags,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{self, Answer},
    entities::{Account, Accounts, Credentials, IdText, MutedAccount, Profile, Relationship},
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
    quotes::quoters,
    statuses::audience,
    unbuilt,
};

pub async fn verify_credentials(caller: Caller) -> Answer {
    credentials(&caller).await
}

async fn credentials(caller: &Caller) -> Answer {
    let town = &caller.town;
    let view = accounts::view(town, &caller.viewer(), caller.me).await?;
    let page = Paging::default().page(paging::ACCOUNTS);
    let requests = follows::requests(town, caller.me, page).await?.items.len();
    let usual = preferences::of(town, caller.me).await?;
    let shown = Credentials::new(&town.origin, &view, caller.user.role, requests);
    answer::json(&shown.posting(&usual))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProfileParams {
    display_name: Option<String>,
    note: Option<String>,
    locked: Option<bool>,
    bot: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    /// Nobody else is shown who follows one and whom one follows.
    hide_collections: Option<bool>,
    fields_attributes: Option<Vec<FieldParams>>,
    /// Sites whose pages may name one as their author.
    attribution_domains: Option<Vec<String>>,
    /// As texts only to be taken away, by an empty one.
    avatar: Option<String>,
    header: Option<String>,
    /// What they show; nothing where there is no picture, and another picture begins without.
    avatar_description: Option<String>,
    header_description: Option<String>,
    source: SourceParams,
}

/// How one usually posts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SourceParams {
    privacy: Option<String>,
    sensitive: Option<bool>,
    language: Option<String>,
    quote_policy: Option<String>,
}

impl SourceParams {
    fn edit(self) -> Result<PreferenceEdit, Refusal> {
        let privacy = self.privacy.as_deref().filter(|word| !word.is_empty());
        Ok(PreferenceEdit {
            audience: privacy.map(audience).transpose()?,
            sensitive: self.sensitive,
            language: self.language,
            quoters: quoters(self.quote_policy.as_deref())?,
            looks_at: None,
            reminds: None,
        })
    }
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct FieldParams {
    name: String,
    value: String,
}

pub async fn update_credentials(caller: Caller, params: Params<ProfileParams>) -> Answer {
    change(&caller, params).await?;
    credentials(&caller).await
}

/// One's own profile as it was typed, for a form to change it.
pub async fn profile(caller: Caller) -> Answer {
    let town = &caller.town;
    let view = accounts::view(town, &caller.viewer(), caller.me).await?;
    let featured = tags::featured(town, caller.me).await?;
    answer::json(&Profile::new(&town.origin, &view, &featured))
}

pub async fn update_profile(caller: Caller, params: Params<ProfileParams>) -> Answer {
    change(&caller, params).await?;
    profile(caller).await
}

async fn change(caller: &Caller, params: Params<ProfileParams>) -> Result<(), Fault> {
    let mut kept = Vec::new();
    let written = write(caller, params, &mut kept).await;
    Ok(media::unless_refused(&caller.town, kept, written).await?)
}

/// `kept`: the files that were kept for it.
async fn write(
    caller: &Caller,
    mut params: Params<ProfileParams>,
    kept: &mut Vec<String>,
) -> Outcome<()> {
    let avatar = params.take_file("avatar");
    let header = params.take_file("header");
    if avatar.is_some() || header.is_some() {
        caller.counts_upload()?;
    }
    let town = &caller.town;
    let fields = params.fields;
    let usual = fields.source.edit()?;
    let edit = ProfileEdit {
        avatar: picture(town, avatar, Shape::Avatar, fields.avatar, kept).await?,
        header: picture(town, header, Shape::Header, fields.header, kept).await?,
        avatar_description: fields.avatar_description,
        header_description: fields.header_description,
        display_name: fields.display_name,
        bio: fields.note,
        locked: fields.locked,
        automated: fields.bot,
        discoverable: fields.discoverable,
        indexable: fields.indexable,
        hides_follows: fields.hide_collections,
        attribution_domains: fields.attribution_domains,
        fields: fields.fields_attributes.map(|fields| {
            fields
                .into_iter()
                .map(|field| (field.name, field.value))
                .collect()
        }),
    };
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                if !usual.is_empty() {
                    preferences::set(tx, town, me, usual).await?;
                }
                accounts::edit_profile(tx, town, me, edit).await
            })
        })
        .await
}

pub async fn remove_avatar(caller: Caller) -> Answer {
    let edit = ProfileEdit {
        avatar: Change::Remove,
        ..ProfileEdit::default()
    };
    edited(caller, edit).await
}

pub async fn remove_header(caller: Caller) -> Answer {
    let edit = ProfileEdit {
        header: Change::Remove,
        ..ProfileEdit::default()
    };
    edited(caller, edit).await
}

async fn edited(caller: Caller, edit: ProfileEdit) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(accounts::edit_profile(tx, town, me, edit)))
        .await?;
    credentials(&caller).await
}

async fn picture(
    town: &Town,
    file: Option<Vec<u8>>,
    shape: Shape,
    text: Option<String>,
    kept: &mut Vec<String>,
) -> Outcome<Change<String>> {
    Ok(match (file, text.as_deref()) {
        (Some(bytes), _) => {
            let file = media::picture(town, bytes, shape).await?;
            kept.push(file.clone());
            Change::Set(file)
        }
        (None, Some("")) => Change::Remove,
        (None, _) => Change::Keep,
    })
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct LookupParams {
    #[serde(default)]
    acct: String,
}

pub async fn lookup(asker: Asker, params: Params<LookupParams>) -> Answer {
    let found = accounts::by_acct(&asker.town, &params.fields.acct).await?;
    one(&asker.town, &found.ok_or(Fault::NotFound)?).await
}

pub async fn show(asker: Asker, Named(account): Named) -> Answer {
    let view = accounts::view(&asker.town, &asker.viewer(), account).await?;
    profile_links::looked_at(&asker.town, &asker.viewer(), &view);
    one(&asker.town, &view).await
}

/// With where it has gone, if it has.
async fn one(town: &Town, view: &AccountView) -> Answer {
    let successor = moves::successor(town, view).await?;
    answer::json(&Account::new(&town.origin, view).moved_to(&town.origin, successor.as_ref()))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct IdsParams {
    id: Vec<String>,
}

/// Accounts asked about at once.
const MANY: usize = 200;

pub async fn relationships(caller: Caller, params: Params<IdsParams>) -> Answer {
    let ids: Vec<Id> = params
        .fields
        .id
        .iter()
        .filter_map(|text| id::parse(text))
        .take(MANY)
        .collect();
    let relations = accounts::relations(&caller.town, caller.me, &ids).await?;
    let notes = notes::about(&caller.town, caller.me, &ids).await?;
    let shown: Vec<_> = relations
        .iter()
        .map(|relation| {
            let note = notes.get(&relation.other).map_or("", String::as_str);
            Relationship::new(relation.other, relation, note)
        })
        .collect();
    answer::json(&shown)
}

/// Accounts shown at once.
const SEVERAL: usize = 40;

fn several_ids(params: &IdsParams) -> Vec<Id> {
    let ids = params.id.iter().filter_map(|text| id::parse(text));
    ids.take(SEVERAL).collect()
}

pub async fn several(asker: Asker, params: Params<IdsParams>) -> Answer {
    let found = accounts::views(&asker.town, &several_ids(&params.fields)).await?;
    answer::json(&Accounts {
        origin: &asker.town.origin,
        views: &found,
    })
}

/// Proofs by a service that is no more: nobody has any.
pub async fn identity_proofs(asker: Asker, Named(account): Named) -> Answer {
    accounts::view(&asker.town, &asker.viewer(), account).await?;
    unbuilt::none().await
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FamiliarFollowers")]
pub struct Familiar<'a> {
    id: IdText,
    accounts: Vec<Account<'a>>,
}

pub async fn familiar_followers(caller: Caller, params: Params<IdsParams>) -> Answer {
    let ids = several_ids(&params.fields);
    let found = follows::familiar(&caller.town, caller.me, &ids).await?;
    let shown: Vec<_> = found
        .iter()
        .map(|(account, known)| Familiar {
            id: IdText(*account),
            accounts: known
                .iter()
                .map(|view| Account::new(&caller.town.origin, view))
                .collect(),
        })
        .collect();
    answer::json(&shown)
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NoteParams {
    comment: String,
}

pub async fn note(caller: Caller, Named(other): Named, params: Params<NoteParams>) -> Answer {
    let text = params.fields.comment;
    caller
        .write(move |tx, town, me| {
            Box::pin(async move { notes::set(tx, town, me, other, &text).await })
        })
        .await?;
    relationship(&caller, other).await
}

pub async fn followers(asker: Asker, Named(account): Named, paging: Paging) -> Answer {
    let (town, viewer) = (&asker.town, asker.viewer());
    let whose = accounts::view(town, &viewer, account).await?;
    let page = paging.page(paging::ACCOUNTS);
    people(
        town,
        &paging,
        &follows::followers(town, &viewer, &whose, page).await?,
    )
}

pub async fn following(asker: Asker, Named(account): Named, paging: Paging) -> Answer {
    let (town, viewer) = (&asker.town, asker.viewer());
    let whose = accounts::view(town, &viewer, account).await?;
    let page = paging.page(paging::ACCOUNTS);
    people(
        town,
        &paging,
        &follows::following(town, &viewer, &whose, page).await?,
    )
}

pub async fn blocks(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    people(
        &caller.town,
        &paging,
        &relations::blocked(&caller.town, caller.me, page).await?,
    )
}

/// Without those whose mute has run out meanwhile.
pub async fn mutes(caller: Caller, paging: Paging) -> Answer {
    let town = &caller.town;
    let page = paging.page(paging::ACCOUNTS);
    let found = relations::muted(town, caller.me, page).await?;
    let ids: Vec<Id> = found.items.iter().map(|view| view.id).collect();
    let relations = accounts::relations(town, caller.me, &ids).await?;
    let shown: Vec<_> = found
        .items
        .iter()
        .zip(&relations)
        .filter(|(_, relation)| relation.muting)
        .map(|(view, relation)| MutedAccount::new(&town.origin, view, relation.muting_until))
        .collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

/// A page of accounts, with the way to the next.
pub fn people(town: &Town, paging: &Paging, found: &Paged<AccountView>) -> Answer {
    let shown = answer::json(&Accounts {
        origin: &town.origin,
        views: &found.items,
    })?;
    Ok(paging.link(found.next, found.prev, shown))
}

/// How the caller stands to someone now.
pub async fn relationship(caller: &Caller, other: Id) -> Answer {
    let relations = accounts::relations(&caller.town, caller.me, &[other]).await?;
    let relation = relations.first().ok_or(Fault::NotFound)?;
    let notes = notes::about(&caller.town, caller.me, &[other]).await?;
    let note = notes.get(&other).map_or("", String::as_str);
    answer::json(&Relationship::new(other, relation, note))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FollowParams {
    reblogs: Option<bool>,
    notify: Option<bool>,
    /// Only posts in these come home, and those that name none; an empty list is all languages.
    languages: Option<Vec<String>>,
}

pub async fn follow(caller: Caller, Named(other): Named, params: Params<FollowParams>) -> Answer {
    let FollowParams {
        reblogs,
        notify,
        languages,
    } = params.fields;
    let before = accounts::relation(&caller.town, caller.me, other).await?;
    let is_new = !before.following && !before.requested;
    let boosts = reblogs.unwrap_or(is_new || before.showing_boosts);
    let notify = notify.unwrap_or(before.notifying);
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                follows::request(tx, town, me, other).await?;
                follows::set_options(tx, me, other, boosts, notify).await?;
                match languages {
                    Some(codes) => follows::set_languages(tx, me, other, &codes).await,
                    None => Ok(()),
                }
            })
        })
        .await?;
    relationship(&caller, other).await
}

pub async fn unfollow(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(follows::withdraw(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

pub async fn remove_follower(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(follows::refuse(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

pub async fn block(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(relations::block(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

pub async fn unblock(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(relations::unblock(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MuteParams {
    notifications: Option<bool>,
    /// Seconds; 0 is for ever.
    duration: i64,
}

pub async fn mute(caller: Caller, Named(other): Named, params: Params<MuteParams>) -> Answer {
    let MuteParams {
        notifications,
        duration,
    } = params.fields;
    let lasts = Some(duration).filter(|seconds| *seconds > 0);
    let terms = MuteTerms {
        notifications: notifications.unwrap_or(true),
        until: lasts.map(|seconds| {
            caller
                .town
                .now()
                .saturating_add(seconds.saturating_mul(SECOND))
        }),
    };
    caller
        .write(move |tx, town, me| Box::pin(relations::mute(tx, town, me, other, terms)))
        .await?;
    relationship(&caller, other).await
}

pub async fn unmute(caller: Caller, Named(other): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(relations::unmute(tx, town, me, other)))
        .await?;
    relationship(&caller, other).await
}
