//! People: profiles, one's own, and how one stands to others.

use parvis_model::{
    clock::SECOND,
    id::{self, Id},
};
use parvis_town::{
    AccountView, Outcome, Paged, Town,
    accounts::{self, Change, ProfileEdit},
    follows,
    media::{self, Shape},
    moves,
    relations::{self, MuteTerms},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    answer::{self, Answer},
    entities::{Account, Accounts, Credentials, Relationship},
    fault::Fault,
    gate::{Asker, Caller, Named},
    paging::{self, Paging},
    params::Params,
};

pub async fn verify_credentials(caller: Caller) -> Answer {
    credentials(&caller).await
}

async fn credentials(caller: &Caller) -> Answer {
    let town = &caller.town;
    let view = accounts::view(town, &caller.viewer(), caller.me).await?;
    let page = Paging::default().page(paging::ACCOUNTS);
    let requests = follows::requests(town, caller.me, page).await?.items.len();
    answer::json(&Credentials::new(
        &town.origin,
        &view,
        caller.user.role,
        requests,
    ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProfileParams {
    display_name: Option<String>,
    note: Option<String>,
    locked: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    fields_attributes: Option<Vec<FieldParams>>,
    /// As texts only to be taken away, by an empty one.
    avatar: Option<String>,
    header: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldParams {
    name: String,
    value: String,
}

pub async fn update_credentials(caller: Caller, mut params: Params<ProfileParams>) -> Answer {
    let avatar = params.take_file("avatar");
    let header = params.take_file("header");
    let fields = params.fields;
    let edit = ProfileEdit {
        avatar: picture(&caller.town, avatar, Shape::Avatar, fields.avatar).await?,
        header: picture(&caller.town, header, Shape::Header, fields.header).await?,
        display_name: fields.display_name,
        bio: fields.note,
        locked: fields.locked,
        discoverable: fields.discoverable,
        indexable: fields.indexable,
        fields: fields.fields_attributes.map(|fields| {
            fields
                .into_iter()
                .map(|field| (field.name, field.value))
                .collect()
        }),
    };
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
) -> Outcome<Change<String>> {
    Ok(match (file, text.as_deref()) {
        (Some(bytes), _) => Change::Set(media::picture(town, bytes, shape).await?),
        (None, Some("")) => Change::Remove,
        (None, _) => Change::Keep,
    })
}

pub async fn preferences(_: Caller) -> Answer {
    answer::json(&json!({
        "posting:default:visibility": "public",
        "posting:default:sensitive": false,
        "posting:default:language": null,
        "posting:default:quote_policy": "public",
        "reading:expand:media": "default",
        "reading:expand:spoilers": false,
        "reading:autoplay:gifs": false,
    }))
}

#[derive(Debug, Deserialize)]
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
    one(&asker.town, &view).await
}

/// With where it has gone, if it has.
async fn one(town: &Town, view: &AccountView) -> Answer {
    let successor = moves::successor(town, view).await?;
    answer::json(&Account::new(&town.origin, view).moved_to(&town.origin, successor.as_ref()))
}

#[derive(Debug, Default, Deserialize)]
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
    let shown: Vec<_> = relations
        .iter()
        .map(|relation| Relationship::new(relation.other, relation))
        .collect();
    answer::json(&shown)
}

pub async fn followers(asker: Asker, Named(account): Named, paging: Paging) -> Answer {
    let (town, viewer) = (&asker.town, asker.viewer());
    accounts::view(town, &viewer, account).await?;
    let page = paging.page(paging::ACCOUNTS);
    people(
        town,
        &paging,
        &follows::followers(town, &viewer, account, page).await?,
    )
}

pub async fn following(asker: Asker, Named(account): Named, paging: Paging) -> Answer {
    let (town, viewer) = (&asker.town, asker.viewer());
    accounts::view(town, &viewer, account).await?;
    let page = paging.page(paging::ACCOUNTS);
    people(
        town,
        &paging,
        &follows::following(town, &viewer, account, page).await?,
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

pub async fn mutes(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::ACCOUNTS);
    people(
        &caller.town,
        &paging,
        &relations::muted(&caller.town, caller.me, page).await?,
    )
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
    answer::json(&Relationship::new(other, relation))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FollowParams {
    reblogs: Option<bool>,
    notify: Option<bool>,
}

pub async fn follow(caller: Caller, Named(other): Named, params: Params<FollowParams>) -> Answer {
    let FollowParams { reblogs, notify } = params.fields;
    let before = accounts::relation(&caller.town, caller.me, other).await?;
    let is_new = !before.following && !before.requested;
    let boosts = reblogs.unwrap_or(is_new || before.showing_boosts);
    let notify = notify.unwrap_or(before.notifying);
    caller
        .write(move |tx, town, me| {
            Box::pin(async move {
                follows::request(tx, town, me, other).await?;
                follows::set_options(tx, me, other, boosts, notify).await
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

#[derive(Debug, Default, Deserialize)]
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
