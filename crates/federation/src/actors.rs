//! Accounts as actors: ours as we show them, others' as the town keeps them.

use std::sync::Arc;

use parvis_model::{
    account::AccountKind, attribution, clock::Timestamp, handle::is_name_char, limits, text,
    uri as address,
};
use parvis_store::entity::{account, further_key};
use parvis_town::{
    AccountView, Outcome, Town, accounts, arrivals::RemoteAccount, views::FieldView,
};

use crate::{
    emojis, groups,
    signatures::{Form, VerifyingKey, multikey},
    uri,
    wire::{
        self, PUBLIC,
        actor::{Picture, Public},
        emit::{
            self,
            actor::{Actor, Endpoints, Generator, GroupRule, Multikey, PropertyValue, PublicKey},
            object::{Image, Tag},
        },
    },
};

pub(crate) fn type_of(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Person => "Person",
        AccountKind::Group => "Group",
        AccountKind::Organization => "Organization",
        AccountKind::Service => "Service",
        AccountKind::Application => "Application",
    }
}

/// The address of the account that has taken the place of one of ours.
async fn moved_to(town: &Town, row: &account::Model) -> Outcome<Option<String>> {
    let Some(id) = row.moved_to_id else {
        return Ok(None);
    };
    let new = parvis_store::accounts::by_id(town.store.read(), id).await?;
    Ok(new.map(|new| new.uri))
}

/// An account of this town as others see it now.
pub(crate) async fn shown(town: &Town, view: &AccountView) -> Outcome<Actor> {
    let (row, further) = accounts::with_keys(town, view.id).await?;
    let moved_to = moved_to(town, &row).await?;
    let group = groups::rule(town, view).await?;
    Ok(of_parts(town, view, &row, &further, moved_to, group))
}

/// The same from its parts (docs: federation.md section 2).
/// `further` are the keys it has beside the first, `moved_to` is the address of the account that took its place,
/// `group` what it says of itself as a group.
fn of_parts(
    town: &Town,
    view: &AccountView,
    row: &account::Model,
    further: &[further_key::Model],
    moved_to: Option<String>,
    group: Option<GroupRule>,
) -> Actor {
    let technical = view.kind == AccountKind::Application;
    let listed = |name| (!technical).then(|| uri::collection(&view.uri, name));
    let fields = view.fields.iter().filter(|_| !view.suspended);
    Actor {
        id: view.uri.clone(),
        kind: type_of(view.kind),
        preferred_username: view.name.clone(),
        name: view.display_name.clone(),
        summary: view.bio_html.clone(),
        url: Some(if technical {
            town.origin.clone()
        } else {
            view.url.clone()
        }),
        webfinger: view.handle.clone(),
        published: Some(emit::day(view.created_at)),
        updated: changed_at(view).map(emit::date),
        inbox: row.inbox.clone(),
        outbox: row.outbox.clone(),
        followers: listed("followers"),
        following: listed("following").filter(|_| view.kind != AccountKind::Group),
        featured: listed("featured"),
        featured_tags: listed("tags"),
        endpoints: Endpoints {
            shared_inbox: uri::shared_inbox(&town.origin),
        },
        manually_approves_followers: view.locked || technical,
        discoverable: view.discoverable,
        indexable: view.indexable,
        searchable_by: view
            .indexable
            .then(|| PUBLIC.to_owned())
            .into_iter()
            .collect(),
        suspended: view.suspended,
        public_key: PublicKey {
            id: row.key_id.clone(),
            owner: view.uri.clone(),
            public_key_pem: row.key_pem.clone(),
        },
        assertion_method: further
            .iter()
            .filter_map(|key| multikey(key, &view.uri))
            .collect(),
        icon: picture(view.avatar.as_deref(), &view.avatar_description),
        image: picture(view.header.as_deref(), &view.header_description),
        also_known_as: row.aliases.lines().map(str::to_owned).collect(),
        moved_to,
        attribution_domains: view.attribution_domains.clone(),
        group,
        attachment: fields
            .map(|field| PropertyValue::new(field.name.clone(), field.value_html.clone()))
            .collect(),
        tag: hashtags(town, view),
        generator: Generator::new(uri::town_actor(&town.origin)),
    }
}

/// Nobody needs to know the minute in which somebody came, so the first moment is none.
fn changed_at(view: &AccountView) -> Option<Timestamp> {
    Some(view.updated_at).filter(|at| *at > view.created_at)
}

/// What stands as such in the text of the profile.
fn hashtags(town: &Town, view: &AccountView) -> Vec<Tag> {
    let named = text::scan_bio(&view.bio_source).tags.into_iter();
    let hashtag = |name: String| Tag::Hashtag {
        href: uri::tag(&town.origin, &text::folded_tag(&name)),
        name: format!("#{name}"),
    };
    named.map(hashtag).collect()
}

fn multikey(key: &further_key::Model, owner: &str) -> Option<Multikey> {
    let public = multikey::of_pem(&key.pem)?;
    Some(Multikey::new(key.key_id.clone(), owner.to_owned(), public))
}

fn picture(url: Option<&str>, shows: &str) -> Option<Image> {
    let url = url?;
    let mut picture = Image::new(media_type(url).into(), url.to_owned());
    picture.name = Some(shows.to_owned()).filter(|shows| !shows.is_empty());
    Some(picture)
}

/// By the ending that our own files carry.
pub(crate) fn media_type(url: &str) -> &'static str {
    match url.rsplit('.').next() {
        Some("webp") => "image/webp",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        _ => "image/jpeg",
    }
}

/// Why an actor that can be read still cannot have an account here.
pub(crate) type Unfit = &'static str;

/// An actor of another server as the town keeps it. `domain` is that of its handle.
pub(crate) fn arrived(actor: &wire::Actor, domain: String) -> Result<RemoteAccount, Unfit> {
    let id = address::canonical(actor.id).ok_or("its id is no address")?;
    if !can_be_named(actor.username) {
        return Err("its name cannot stand in a handle");
    }
    let inbox = address::canonical(actor.inbox).ok_or("its inbox is no address")?;
    let beside = |other: &str| {
        address::canonical(other)
            .filter(|other| address::origin_of(other) == address::origin_of(&inbox))
    };
    let somewhere = |other: Option<&str>| other.and_then(address::canonical);
    let mut keys = keys(actor, &id).into_iter();
    let (key_id, key_pem) = keys.next().unwrap_or_default();
    let display_name = shown_name(actor);
    let bio_html = actor.summary.map(text::clean).unwrap_or_default();
    let fields: Vec<FieldView> = actor.fields.iter().map(field).collect();
    let html = fields.iter().map(|field| field.value_html.as_str());
    let words = fields.iter().map(|field| field.name.as_str());
    Ok(RemoteAccount {
        emojis: emojis::arrived(
            &actor.emojis,
            html.chain([bio_html.as_str()]),
            words.chain([display_name.as_str()]),
        ),
        kind: actor.kind,
        name: actor.username.to_owned(),
        domain,
        url: somewhere(actor.url).unwrap_or_else(|| id.clone()),
        display_name,
        bio_html,
        avatar_description: said_of(actor.icon.as_ref()),
        header_description: said_of(actor.image.as_ref()),
        avatar: shown_at(actor.icon.as_ref()),
        header: shown_at(actor.image.as_ref()),
        fields,
        locked: actor.manually_approves,
        discoverable: actor.discoverable,
        indexable: actor.indexable,
        shared_inbox: actor.shared_inbox.and_then(beside),
        outbox: somewhere(actor.outbox).unwrap_or_default(),
        followers_uri: somewhere(actor.followers).unwrap_or_default(),
        following_uri: somewhere(actor.following).unwrap_or_default(),
        featured_uri: somewhere(actor.featured),
        key_id,
        key_pem,
        further_keys: keys.collect(),
        created_at: actor.published,
        attribution_domains: actor
            .attribution_domains
            .iter()
            .filter_map(|site| attribution::site(site))
            .collect(),
        aliases: actor
            .also_known_as
            .iter()
            .filter_map(|alias| address::canonical(alias))
            .collect(),
        inbox,
        uri: id,
    })
}

/// Can this stand before the `@` of a handle and in the address of a page, and nobody take it for a handle of its own?
fn can_be_named(name: &str) -> bool {
    name.chars()
        .all(|c| is_name_char(c) || "_.-~+!$'*:=".contains(c))
}

/// Ids and PEMs of the keys that are its own, each once.
fn keys(actor: &wire::Actor, owner: &str) -> Vec<(String, String)> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for (id, pem) in actor.keys.iter().filter_map(|key| own(key, owner)) {
        if keys.iter().all(|(other, _)| *other != id) {
            keys.push((id, pem));
        }
    }
    keys
}

/// Those of its own keys that may prove what stands in documents (FEP-521a), with their ids; a proof is made on the curve.
pub(crate) fn asserting(actor: &wire::Actor, owner: &str) -> Vec<(String, Arc<VerifyingKey>)> {
    let on_curve = |(id, pem): (String, String)| {
        let key = VerifyingKey::from_pem(&pem).ok()?;
        key.is_ed25519().then(|| (id, Arc::new(key)))
    };
    let asserting = actor.keys.iter().filter(|key| key.asserts);
    let own = asserting.filter_map(|key| own(key, owner));
    own.filter_map(on_curve).collect()
}

/// Id and PEM of a key, if its owner and the owner's server answer for it.
fn own(key: &wire::actor::Key, owner: &str) -> Option<(String, String)> {
    if !same(key.owner, owner) || !of(key.id, owner) {
        return None;
    }
    let pem = match key.public {
        Public::Pem(pem) => pem.to_owned(),
        Public::Multibase(text) => multikey::to_pem(text)?,
    };
    Some((address::canonical(key.id)?, pem))
}

/// The best form of signatures that an actor's software says it understands (FEP-844e).
pub(crate) fn understood(actor: &wire::Actor) -> Option<Form> {
    let says = |what| actor.implements.contains(&what);
    if says(wire::MESSAGE_SIGNATURES_ED25519) {
        Some(Form::MessageEd25519)
    } else {
        says(wire::MESSAGE_SIGNATURES).then_some(Form::Message)
    }
}

fn shown_name(actor: &wire::Actor) -> String {
    let name = actor.name.map(text::plain).unwrap_or_default();
    let name = text::unturned(&name);
    name.chars().take(limits::DISPLAY_NAME * 2).collect()
}

fn shown_at(picture: Option<&Picture>) -> Option<String> {
    picture.and_then(|picture| address::canonical(picture.url))
}

/// What it shows; nothing where it lies nowhere.
fn said_of(picture: Option<&Picture>) -> String {
    let there = picture.filter(|picture| address::canonical(picture.url).is_some());
    let said = there.and_then(|picture| picture.description);
    let said = text::unturned(&text::plain(said.unwrap_or_default()));
    let said = said.trim().chars();
    said.take(limits::PICTURE_DESCRIPTION).collect()
}

fn field(field: &wire::actor::Field) -> FieldView {
    let value_html = text::clean(field.value);
    FieldView {
        name: text::unturned(&text::plain(field.name)),
        value_source: text::plain(&value_html),
        value_html,
        verified_at: None,
    }
}

/// Do both mean the same address?
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b || matches!((address::canonical(a), address::canonical(b)), (Some(a), Some(b)) if a == b)
}

/// Does the owner's server answer for the key?
fn of(key: &str, owner: &str) -> bool {
    address::origin_of(key).is_some_and(|origin| Some(origin) == address::origin_of(owner))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn person() -> Value {
        json!({"id": "https://a.example/u/1", "type": "Person", "preferredUsername": "rose",
            "inbox": "https://a.example/u/1/inbox",
            "publicKey": {"id": "https://a.example/u/1#main-key", "owner": "https://a.example/u/1", "publicKeyPem": "PEM"},
            "endpoints": {"sharedInbox": "https://a.example/inbox"}})
    }

    fn account(value: &Value) -> RemoteAccount {
        arrived(&wire::Actor::read(value).unwrap(), "a.example".into()).unwrap()
    }

    #[test]
    fn an_actor_becomes_an_account() {
        let account = account(&person());
        assert_eq!(account.key_id, "https://a.example/u/1#main-key");
        assert_eq!(
            account.shared_inbox.as_deref(),
            Some("https://a.example/inbox")
        );
        assert_eq!(account.url, "https://a.example/u/1");
    }

    #[test]
    fn what_a_picture_shows_is_short_and_said_of_a_picture_alone() {
        let mut value = person();
        let long = "x".repeat(limits::PICTURE_DESCRIPTION + 1);
        value["icon"] =
            json!({"type": "Image", "url": "https://a.example/p.png", "name": format!(" {long}")});
        value["image"] =
            json!({"type": "Image", "url": "data:image/png;base64,xx", "name": "Rien"});
        let account = account(&value);
        assert_eq!(account.avatar_description, long[1..]);
        assert_eq!(
            (account.header, account.header_description),
            (None, String::new())
        );
    }

    #[test]
    fn a_key_of_somebody_else_is_no_key() {
        for (id, owner) in [
            ("https://a.example/u/1#main-key", "https://a.example/u/2"),
            ("https://b.example/k", "https://a.example/u/1"),
        ] {
            let mut value = person();
            value["publicKey"] = json!({"id": id, "owner": owner, "publicKeyPem": "PEM"});
            assert_eq!(account(&value).key_pem, "");
        }
    }

    #[test]
    fn only_keys_that_are_named_for_it_prove_what_is_said() {
        let owner = "https://a.example/u/1";
        let multibase = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
        let key = |id: &str, owner: &str| json!({"id": id, "controller": owner, "publicKeyMultibase": multibase});
        let own = key("https://a.example/u/1#ed25519-1", owner);
        let asserted = |value: &Value| {
            let keys = asserting(&wire::Actor::read(value).unwrap(), owner);
            keys.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
        };
        let mut value = person();
        value["publicKey"] = json!([value["publicKey"], own]);
        assert_eq!(asserted(&value), Vec::<String>::new());
        value["assertionMethod"] = json!([
            "https://a.example/u/1#main-key",
            key("https://a.example/u/1#other", "https://a.example/u/2"),
            key("https://b.example/k", owner),
            {"id": "https://a.example/u/1#junk", "owner": owner, "publicKeyPem": "PEM"},
            own,
        ]);
        assert_eq!(asserted(&value), ["https://a.example/u/1#ed25519-1"]);
    }

    #[test]
    fn a_shared_inbox_elsewhere_is_not_used() {
        let mut value = person();
        value["endpoints"]["sharedInbox"] = json!("https://victim.example/inbox");
        assert_eq!(account(&value).shared_inbox, None);
    }
}
