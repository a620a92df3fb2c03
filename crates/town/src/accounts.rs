//! Accounts of people here and elsewhere: profiles, views, suspension, and how one ends.

use std::collections::HashMap;

use parvis_model::{
    account::AccountKind,
    attribution,
    clock::Timestamp,
    handle::{Handle, folded},
    id::Id,
    limits,
    refusal::Refusal,
    text::{self, Links, MentionLink},
};
pub use parvis_store::relations::Relation;
use parvis_store::{
    ConnectionTrait, Tx, accounts, departures, entity, follows, media, posts, relations,
};

use crate::{
    AccountView, Outcome, Town, Viewer,
    journal::{self, Entry},
    keys,
    media::drop_files,
    profile_links, remote_pictures,
    views::{self, FieldView},
};

/// A profile as the viewer may see it.
pub async fn view(town: &Town, _viewer: &Viewer, id: Id) -> Outcome<AccountView> {
    let row = accounts::by_id(town.store.read(), id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(AccountView::new(town, row))
}

/// How many posts of somebody everyone may read; of the others nobody elsewhere learns so much as their number.
pub async fn open_posts(town: &Town, id: Id) -> Outcome<i64> {
    Ok(posts::open_of(town.store.read(), id).await?)
}

/// In the order asked; unknown ones are left out.
pub async fn views(town: &Town, ids: &[Id]) -> Outcome<Vec<AccountView>> {
    views::accounts_in_order(&town.store.snapshot().await?, town, ids).await
}

/// By `marie`, `marie@this.town` or `paul@far.example`, among those known here.
pub async fn by_acct(town: &Town, acct: &str) -> Outcome<Option<AccountView>> {
    let Ok(handle) = acct.parse::<Handle>() else {
        return Ok(None);
    };
    let row = by_handle(town, &handle).await?;
    Ok(row.map(|row| AccountView::new(town, row)))
}

pub(crate) async fn by_handle(
    town: &Town,
    handle: &Handle,
) -> Outcome<Option<entity::account::Model>> {
    known(town.store.read(), town, handle).await
}

async fn known(
    db: &impl ConnectionTrait,
    town: &Town,
    handle: &Handle,
) -> Outcome<Option<entity::account::Model>> {
    let domain = handle.domain.as_deref();
    let domain = domain.filter(|_| town.is_elsewhere(handle));
    let name = folded(&handle.name);
    Ok(accounts::by_handle(db, &name, domain.unwrap_or_default()).await?)
}

/// By ActivityPub id or page address, among those known here.
pub async fn by_address(town: &Town, address: &str) -> Outcome<Option<AccountView>> {
    let row = accounts::by_uri_or_url(town.store.read(), address).await?;
    Ok(row.map(|row| AccountView::new(town, row)))
}

pub async fn relation(town: &Town, me: Id, other: Id) -> Outcome<Relation> {
    let found = relations(town, me, &[other]).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// In the order asked; unknown ones are left out.
pub async fn relations(town: &Town, me: Id, others: &[Id]) -> Outcome<Vec<Relation>> {
    let found = parvis_store::relations::between(town.store.read(), me, others, town.now()).await?;
    Ok(others
        .iter()
        .filter_map(|id| found.iter().find(|r| r.other == *id).cloned())
        .collect())
}

/// A change of one value: left as it is, or set, or (for pictures) taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    #[default]
    Keep,
    Set(T),
    Remove,
}

/// What a person changes of the own profile. `None` leaves a value as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileEdit {
    pub display_name: Option<String>,
    pub bio: Option<String>,
    pub locked: Option<bool>,
    /// A program writes under it, no person.
    pub automated: Option<bool>,
    pub discoverable: Option<bool>,
    pub indexable: Option<bool>,
    /// Nobody else is shown who follows one and whom one follows.
    pub hides_follows: Option<bool>,
    /// (name, value); empty pairs are dropped.
    pub fields: Option<Vec<(String, String)>>,
    /// Sites whose pages may name one as their author, typed as names or addresses.
    pub attribution_domains: Option<Vec<String>>,
    /// Keys of files already kept.
    pub avatar: Change<String>,
    pub header: Change<String>,
    /// What they show; nothing where there is no picture.
    pub avatar_description: Option<String>,
    pub header_description: Option<String>,
}

pub async fn edit_profile(tx: &Tx, town: &Town, me: Id, edit: ProfileEdit) -> Outcome<()> {
    let mut row = accounts::held(tx, me)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if let Some(name) = edit.display_name {
        row.display_name = within(
            text::unturned(&name).trim(),
            limits::DISPLAY_NAME,
            "display_name",
            "refusal-display-name-too-long",
        )?;
    }
    if let Some(bio) = edit.bio {
        let bio = within(bio.trim(), limits::BIO, "bio", "refusal-bio-too-long")?;
        // A form sends it along whatever was changed.
        if bio != row.bio_source {
            row.bio_html = bio_html(tx, town, me, &bio).await?;
            row.bio_source = bio;
        }
    }
    if let Some(fields) = edit.fields {
        let fields = profile_links::remembered(town, &row.fields, checked_fields(fields)?);
        row.fields = serde_json::to_string(&fields).unwrap_or_default();
        profile_links::look_for(tx, town, me, &fields).await?;
    }
    if let Some(sites) = edit.attribution_domains {
        row.attribution_domains = checked_sites(&sites)?.join("\n");
    }
    row.locked = edit.locked.unwrap_or(row.locked);
    row.kind = kind(edit.automated, row.kind);
    row.discoverable = edit.discoverable.unwrap_or(row.discoverable);
    row.indexable = edit.indexable.unwrap_or(row.indexable);
    row.hides_follows = edit.hides_follows.unwrap_or(row.hides_follows);
    let mut dropped = apply(edit.avatar, &mut row.avatar, &mut row.avatar_description);
    dropped.extend(apply(
        edit.header,
        &mut row.header,
        &mut row.header_description,
    ));
    describe(
        ("avatar_description", edit.avatar_description),
        row.avatar.is_some(),
        &mut row.avatar_description,
    )?;
    describe(
        ("header_description", edit.header_description),
        row.header.is_some(),
        &mut row.header_description,
    )?;
    row.updated_at = town.now();
    accounts::describe(tx, row).await?;
    if !dropped.is_empty() {
        journal::record(tx, town, &Entry::FilesDropped { keys: dropped }).await?;
    }
    journal::record(tx, town, &Entry::ProfileChanged { account: me }).await
}

/// As in a post; of people only those have a link whom the town knows already.
async fn bio_html(tx: &Tx, town: &Town, me: Id, source: &str) -> Outcome<String> {
    let mut mentions = HashMap::new();
    for handle in text::scan_bio(source).mentions {
        let Some(row) = known(tx, town, &handle).await? else {
            continue;
        };
        if !relations::is_blocked(tx, me, row.id).await? {
            let (url, name) = (row.url, row.name);
            mentions.insert(handle.key(), MentionLink { url, name });
        }
    }
    let links = Links {
        mentions: &mentions,
        tag_base: &format!("{}/tags/", town.origin),
    };
    Ok(text::bio(source, &links))
}

/// Only people and programs change into each other.
fn kind(automated: Option<bool>, before: String) -> String {
    let (person, program) = (AccountKind::Person, AccountKind::Service);
    let may_change = [person.as_str(), program.as_str()].contains(&before.as_str());
    match automated.filter(|_| may_change) {
        Some(true) => program.as_str().into(),
        Some(false) => person.as_str().into(),
        None => before,
    }
}

/// Gives the file that is no longer needed. What is said of a picture goes with it.
fn apply(change: Change<String>, value: &mut Option<String>, said: &mut String) -> Vec<String> {
    if change != Change::Keep {
        said.clear();
    }
    let old = match change {
        Change::Keep => None,
        Change::Set(new) => value.replace(new),
        Change::Remove => value.take(),
    };
    old.into_iter()
        .filter(|old| value.as_ref() != Some(old))
        .collect()
}

/// What a picture shows; where there is none, there is nothing to say of it.
fn describe(
    (field, says): (&'static str, Option<String>),
    is_there: bool,
    said: &mut String,
) -> Result<(), Refusal> {
    if let Some(says) = says.filter(|_| is_there) {
        *said = within(
            says.trim(),
            limits::PICTURE_DESCRIPTION,
            field,
            "refusal-description-too-long",
        )?;
    }
    Ok(())
}

fn checked_fields(fields: Vec<(String, String)>) -> Result<Vec<FieldView>, Refusal> {
    let mut checked = Vec::new();
    for (name, value) in fields {
        if name.trim().is_empty() && value.trim().is_empty() {
            continue;
        }
        let name = within(
            text::unturned(&name).trim(),
            limits::PROFILE_FIELD,
            "fields",
            "refusal-field-too-long",
        )?;
        let value_source = within(
            value.trim(),
            limits::PROFILE_FIELD,
            "fields",
            "refusal-field-too-long",
        )?;
        checked.push(FieldView {
            name,
            value_html: text::line(&value_source),
            value_source,
            verified_at: None,
        });
    }
    if checked.len() > limits::PROFILE_FIELDS {
        return Err(Refusal::invalid("fields", "refusal-too-many-fields")
            .with("limit", limits::PROFILE_FIELDS));
    }
    Ok(checked)
}

fn checked_sites(typed: &[String]) -> Result<Vec<String>, Refusal> {
    let mut sites = Vec::new();
    for text in typed.iter().filter(|text| !text.trim().is_empty()) {
        let site = attribution::site(text).ok_or_else(|| {
            Refusal::invalid("attribution_domains", "refusal-site-unfit").with("site", text)
        })?;
        if !sites.contains(&site) {
            sites.push(site);
        }
    }
    if sites.len() > limits::ATTRIBUTION_SITES {
        return Err(
            Refusal::invalid("attribution_domains", "refusal-sites-full")
                .with("limit", limits::ATTRIBUTION_SITES),
        );
    }
    Ok(sites)
}

pub(crate) fn within(
    text: &str,
    limit: usize,
    field: &'static str,
    key: &'static str,
) -> Result<String, Refusal> {
    let count = text.chars().count();
    if count > limit {
        return Err(Refusal::invalid(field, key)
            .with("count", count)
            .with("limit", limit));
    }
    Ok(text.replace('\0', ""))
}

/// Closes an account to the public and to its owner; nothing is deleted. Who has asked to leave cannot come back by logging
/// in any more.
pub async fn suspend(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    departures::make_final(tx, account).await?;
    hide(tx, town, account).await
}

pub(crate) async fn hide(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    set_suspended(tx, town, account, Some(town.now())).await
}

/// `false`: whoever has asked to leave stays hidden, and comes back by logging in, as before the suspension.
pub async fn unsuspend(tx: &Tx, town: &Town, account: Id) -> Outcome<bool> {
    let row = accounts::by_id(tx, account)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if tombstone(tx, &row.uri).await?.is_some() {
        return Err(Refusal::not_found().into());
    }
    if departures::make_revocable(tx, account).await? {
        return Ok(false);
    }
    show(tx, town, account).await?;
    Ok(true)
}

pub(crate) async fn show(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    set_suspended(tx, town, account, None).await
}

/// Ends an account of this town for good, with all it wrote, said and had. An empty row keeps its name from being given
/// again, and its key, so that others can be told.
pub async fn close(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    let row = accounts::by_id(tx, account)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if !row.domain.is_empty() || row.kind == AccountKind::Application.as_str() {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    if tombstone(tx, &row.uri).await?.is_some() {
        return Ok(());
    }
    let inboxes = follows::remote_inboxes(tx, account).await?;
    drop_files(tx, town, &media::of_account(tx, account).await?).await?;
    let keys: Vec<String> = row.avatar.into_iter().chain(row.header).collect();
    if !keys.is_empty() {
        journal::record(tx, town, &Entry::FilesDropped { keys }).await?;
    }
    posts::bury_all_of(tx, account, &row.uri, town.now()).await?;
    accounts::empty(tx, account, town.now()).await?;
    let stone = entity::tombstone::Model {
        uri: row.uri.clone(),
        kind: row.kind,
        author_uri: row.uri.clone(),
        at: town.now(),
    };
    posts::bury(tx, stone).await?;
    let entry = Entry::AccountClosed {
        account,
        uri: row.uri,
        inboxes,
    };
    journal::record(tx, town, &entry).await
}

/// When an account of this town was closed, if it was.
pub async fn closed(town: &Town, account: &AccountView) -> Outcome<Option<Timestamp>> {
    if !account.local || !account.suspended {
        return Ok(None);
    }
    let stone = tombstone(town.store.read(), &account.uri).await?;
    Ok(stone.map(|stone| stone.at))
}

/// Its own: a neighbour on the same server may have said that something is gone that was never there.
async fn tombstone(
    db: &impl ConnectionTrait,
    account: &str,
) -> Outcome<Option<entity::tombstone::Model>> {
    let stone = posts::tombstone(db, account).await?;
    Ok(stone.filter(|stone| stone.author_uri == account))
}

async fn set_suspended(tx: &Tx, town: &Town, account: Id, at: Option<Timestamp>) -> Outcome<()> {
    accounts::by_id(tx, account)
        .await?
        .ok_or_else(Refusal::not_found)?;
    accounts::suspend(tx, account, at, town.now()).await?;
    if at.is_some() {
        remote_pictures::forget_account(tx, town, account).await?;
    }
    if let Some(login) = parvis_store::logins::by_account(tx, account).await?
        && at.is_some()
    {
        parvis_store::logins::delete_sessions(tx, login.id, None).await?;
        parvis_store::logins::delete_tokens(tx, login.id).await?;
    }
    journal::record(tx, town, &Entry::ProfileChanged { account }).await
}

/// A private key (PKCS#8 PEM) of an account of this town, and its id.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub key_id: String,
    pub pem: String,
}

/// With what an account of this town signs: RSA always, Ed25519 unless it has none yet.
pub async fn signing_keys(town: &Town, account: Id) -> Outcome<(SigningKey, Option<SigningKey>)> {
    let db = town.store.read();
    let row = accounts::by_id(db, account)
        .await?
        .ok_or_else(Refusal::not_found)?;
    let private = keys::of(town, account).await?;
    let second = private.ed25519_pem.map(|pem| SigningKey {
        key_id: keys::ed25519_id(&row.uri),
        pem,
    });
    let first = SigningKey {
        key_id: row.key_id,
        pem: private.private_pem,
    };
    Ok((first, second))
}

/// An account of this town with the keys that it shows: its first stands in its row, the others beside it.
pub async fn with_keys(
    town: &Town,
    account: Id,
) -> Outcome<(entity::account::Model, Vec<entity::further_key::Model>)> {
    let db = town.store.read();
    let row = accounts::by_id(db, account).await?;
    let mut row = row.ok_or_else(Refusal::not_found)?;
    if row.key_pem.is_empty() {
        keys::of(town, account).await?;
        let anew = accounts::by_id(db, account).await?;
        row = anew.ok_or_else(Refusal::not_found)?;
    }
    Ok((row, parvis_store::keys::further(db, account).await?))
}

/// The row of a new account of this town.
pub(crate) fn local_row(
    origin: &str,
    id: Id,
    uri: &str,
    name: &str,
    kind: AccountKind,
    now: Timestamp,
) -> entity::account::Model {
    entity::account::Model {
        id,
        kind: kind.as_str().into(),
        name: name.into(),
        name_key: folded(name),
        domain: String::new(),
        uri: uri.into(),
        url: format!("{origin}/@{name}"),
        display_name: String::new(),
        bio_html: String::new(),
        bio_source: String::new(),
        avatar: None,
        header: None,
        fields: "[]".into(),
        locked: false,
        discoverable: false,
        indexable: false,
        inbox: format!("{uri}/inbox"),
        shared_inbox: Some(format!("{origin}/ap/inbox")),
        outbox: format!("{uri}/outbox"),
        followers_uri: format!("{uri}/followers"),
        following_uri: format!("{uri}/following"),
        featured_uri: Some(format!("{uri}/featured")),
        key_id: format!("{uri}#main-key"),
        // until somebody asks for its keys
        key_pem: String::new(),
        posts: 0,
        followers: 0,
        following: 0,
        last_post_at: None,
        created_at: now,
        updated_at: now,
        fetched_at: now,
        suspended_at: None,
        aliases: String::new(),
        moved_to_id: None,
        moved_at: None,
        attribution_domains: String::new(),
        hides_follows: false,
        emoji: None,
        avatar_description: String::new(),
        header_description: String::new(),
    }
}

/// A wholly new account of this town.
pub(crate) async fn insert_local(
    tx: &Tx,
    town: &Town,
    name: &str,
    kind: AccountKind,
) -> Outcome<Id> {
    let id = town.ids.next();
    let uri = format!("{}/ap/actors/{id}", town.origin);
    let row = local_row(&town.origin, id, &uri, name, kind, town.now());
    if !accounts::insert(tx, row).await? {
        return Err(Refusal::invalid("name", "refusal-username-taken").into());
    }
    Ok(id)
}
