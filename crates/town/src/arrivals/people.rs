//! Accounts of other servers: made known here, kept up to date, moved, gone. Knows no posts.

use parvis_model::{
    account::AccountKind,
    clock::{DAY, Timestamp},
    handle::folded,
    id::Id,
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, keys, posts};

use crate::{
    Outcome, Town,
    emojis::{self, RemoteEmoji},
    moves, profile_links, remote_pictures,
    views::FieldView,
};

/// An account of another server, as its server describes it. HTML is cleaned already.
#[derive(Clone, Debug)]
pub struct RemoteAccount {
    pub uri: String,
    pub kind: AccountKind,
    pub name: String,
    pub domain: String,
    pub url: String,
    pub display_name: String,
    pub bio_html: String,
    pub avatar: Option<String>,
    pub header: Option<String>,
    /// What they show, as plain text; empty where that is not said, or there is none.
    pub avatar_description: String,
    pub header_description: String,
    pub fields: Vec<FieldView>,
    /// Of the codes in its name and its texts, each once.
    pub emojis: Vec<RemoteEmoji>,
    pub locked: bool,
    pub discoverable: bool,
    pub indexable: bool,
    pub inbox: String,
    pub shared_inbox: Option<String>,
    pub outbox: String,
    pub followers_uri: String,
    pub following_uri: String,
    pub featured_uri: Option<String>,
    pub key_id: String,
    pub key_pem: String,
    /// Ids and PEMs of the keys it has beside that one.
    pub further_keys: Vec<(String, String)>,
    pub created_at: Option<Timestamp>,
    /// Addresses of other accounts that it says are its own.
    pub aliases: Vec<String>,
    /// Sites whose pages may name it as their author.
    pub attribution_domains: Vec<String>,
}

/// Makes it known here, or brings what is known up to date. That the handle is its own the caller has made sure of.
pub async fn account(tx: &Tx, town: &Town, remote: RemoteAccount) -> Outcome<Id> {
    if remote.domain.is_empty() || remote.domain == town.host {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    let known = accounts::by_uri(tx, &remote.uri).await?;
    if known.as_ref().is_some_and(|known| known.domain.is_empty()) {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    let replaced = replaced(tx, town, &remote).await?;
    let further_keys = remote.further_keys.clone();
    let emoji = emojis::keep(tx, town, &remote.uri, &remote.emojis).await?;
    if let Some(known) = known {
        let id = known.id;
        if (&known.avatar, &known.header) != (&remote.avatar, &remote.header) {
            remote_pictures::forget_portraits(tx, town, id).await?;
        }
        let row = entity::account::Model {
            emoji,
            ..remote_row(town, remote, known)
        };
        accounts::describe(tx, row).await?;
        keys::set_further(tx, id, further_keys).await?;
        return Ok(id);
    }
    let id = town.ids.next();
    let uri = remote.uri.clone();
    let mut row = remote_row(town, remote, blank(id, town.now()));
    // Whom we suspended does not come back under another number.
    row.suspended_at = replaced.and_then(|old| old.suspended_at);
    row.emoji = emoji;
    if accounts::insert(tx, row).await? {
        keys::set_further(tx, id, further_keys).await?;
        return Ok(id);
    }
    match accounts::by_uri(tx, &uri).await? {
        // Another made it known at the same moment.
        Some(there) if !there.domain.is_empty() => Ok(there.id),
        _ => Err(Refusal::forbidden("refusal-username-taken").into()),
    }
}

/// Where the handle belonged to an actor that its server has replaced, the newer one has the name and the old one goes.
async fn replaced(
    tx: &Tx,
    town: &Town,
    remote: &RemoteAccount,
) -> Outcome<Option<entity::account::Model>> {
    let holder = accounts::by_handle(tx, &folded(&remote.name), &remote.domain).await?;
    let old = holder.filter(|holder| holder.uri != remote.uri);
    if let Some(old) = &old {
        remote_pictures::forget_account(tx, town, old.id).await?;
        accounts::delete(tx, old.id).await?;
    }
    Ok(old)
}

fn blank(id: Id, now: Timestamp) -> entity::account::Model {
    entity::account::Model {
        id,
        kind: String::new(),
        name: String::new(),
        name_key: String::new(),
        domain: String::new(),
        uri: String::new(),
        url: String::new(),
        display_name: String::new(),
        bio_html: String::new(),
        bio_source: String::new(),
        avatar: None,
        header: None,
        fields: String::new(),
        locked: false,
        discoverable: false,
        indexable: false,
        inbox: String::new(),
        shared_inbox: None,
        outbox: String::new(),
        followers_uri: String::new(),
        following_uri: String::new(),
        featured_uri: None,
        key_id: String::new(),
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

/// What its server says replaces what was known; what we counted and decided stays.
fn remote_row(
    town: &Town,
    remote: RemoteAccount,
    known: entity::account::Model,
) -> entity::account::Model {
    let fields = profile_links::remembered(town, &known.fields, remote.fields);
    entity::account::Model {
        kind: remote.kind.as_str().into(),
        name_key: folded(&remote.name),
        name: remote.name,
        domain: remote.domain,
        uri: remote.uri,
        url: remote.url,
        display_name: remote.display_name,
        bio_html: remote.bio_html,
        avatar: remote.avatar,
        header: remote.header,
        avatar_description: remote.avatar_description,
        header_description: remote.header_description,
        fields: serde_json::to_string(&fields).unwrap_or_else(|_| "[]".into()),
        locked: remote.locked,
        discoverable: remote.discoverable,
        indexable: remote.indexable,
        inbox: remote.inbox,
        shared_inbox: remote.shared_inbox,
        outbox: remote.outbox,
        followers_uri: remote.followers_uri,
        following_uri: remote.following_uri,
        featured_uri: remote.featured_uri,
        key_id: remote.key_id,
        key_pem: remote.key_pem,
        aliases: remote.aliases.join("\n"),
        attribution_domains: remote.attribution_domains.join("\n"),
        created_at: remote.created_at.unwrap_or(known.created_at),
        updated_at: town.now(),
        fetched_at: town.now(),
        ..known
    }
}

/// An account that its own server has deleted goes, with all it wrote.
pub async fn account_gone(tx: &Tx, town: &Town, account: Id) -> Outcome<()> {
    let Some(row) = accounts::by_id(tx, account).await? else {
        return Ok(());
    };
    if row.domain.is_empty() {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    let stone = entity::tombstone::Model {
        uri: row.uri.clone(),
        kind: row.kind,
        author_uri: row.uri,
        at: town.now(),
    };
    posts::bury(tx, stone).await?;
    remote_pictures::forget_account(tx, town, account).await?;
    Ok(accounts::delete(tx, account).await?)
}

/// How long an account that has moved stays where it is.
const SETTLED: Timestamp = 7 * DAY;

/// An account of another server has moved, and both say so: who followed it here follows the new one. `false`: it moved
/// lately, or has nowhere to go.
pub async fn moved(tx: &Tx, town: &Town, from: Id, to: Id) -> Outcome<bool> {
    let Some(old) = accounts::by_id(tx, from).await? else {
        return Ok(false);
    };
    if old.domain.is_empty() {
        return Err(Refusal::forbidden("refusal-not-yours").into());
    }
    if !moves::settled(&old, town.now(), SETTLED)
        || from == to
        || accounts::by_id(tx, to).await?.is_none()
    {
        return Ok(false);
    }
    accounts::set_moved(tx, from, Some(to), town.now()).await?;
    moves::take_along(tx, town, from, to).await?;
    Ok(true)
}
