//! The door: cheapest check first, then what the activity means, then one write. Answers 202 once it is on disk.

mod deed;
mod meaning;
mod object;
mod outcome;

use std::{net::IpAddr, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, Bytes};
use http::{HeaderMap, Method, header};
use parvis_model::{clock::MINUTE, id::Id, limits, uri as address};
use parvis_store::{deliveries, entity::account, seen, servers};
use parvis_town::{Error, Failure, arrivals, groups::HANDED_ON_BYTES};
use serde_json::Value;

use crate::{
    Federation,
    actors::same,
    delivery,
    fetch::Budget,
    json,
    keys::{Key, Miss},
    outbox::host_of,
    resolver::Errand,
    signatures::{self, Asked, Dialect, Form, Shape},
    synchronization::Claim,
    wire::{Activity, Kind, Unreadable},
};
use deed::Deed;
use meaning::Meaning;
use outcome::Idle;
pub(crate) use outcome::{Counts, Fault, Outcome};

/// Bytes of the longest farewell that is read before its signature: a Delete and who it is of, with a linked-data signature
/// around them.
const FAREWELL_BYTES: usize = 8 * 1024;

/// A request as it came in, its body not yet read.
pub(crate) struct Letter {
    pub(crate) peer: IpAddr,
    pub(crate) method: Method,
    /// Path and query as asked for.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

pub(crate) async fn receive(federation: &Arc<Federation>, letter: Letter, body: Body) -> Outcome {
    let outcome = match admit(federation, &letter, body).await {
        Ok(outcome) => outcome,
        Err(fault) => Outcome::Refused(fault),
    };
    told(federation, &letter, outcome)
}

/// Leaves a line in the log, and counts. Also for what does not get as far as [`receive`].
pub(crate) fn told(federation: &Federation, letter: &Letter, outcome: Outcome) -> Outcome {
    outcome.tell(&federation.town.host, &server_said(federation, letter));
    federation.inbox_counts.add(&outcome);
    outcome
}

/// The server whose key is said to have signed, whether that is true or not.
fn server_said(federation: &Federation, letter: &Letter) -> String {
    /// Of a name (RFC 1035), with a port.
    const LONGEST: usize = 255 + 6;
    let shape = Shape::parse(asked(federation, letter), &letter.headers).ok();
    shape
        .and_then(|shape| host_of(shape.key_id()))
        .filter(|host| host.len() <= LONGEST)
        .unwrap_or_else(|| "-".to_owned())
}

async fn admit(
    federation: &Arc<Federation>,
    letter: &Letter,
    body: Body,
) -> Result<Outcome, Fault> {
    for_us(federation, letter)?;
    is_document(letter)?;
    let body = read(letter, body).await?;
    let shape = Shape::parse(asked(federation, letter), &letter.headers)?;
    shape.fresh(federation.town.now())?;
    open_to(federation, shape.key_id()).await?;
    if is_farewell_of_a_stranger(federation, &body).await? {
        return Ok(Outcome::Ignored(Idle::Stranger));
    }
    shape.digest_matches(&body)?;
    let key = verified(federation, &shape, letter.peer).await?;
    if let Some(host) = host_of(shape.key_id()) {
        delivery::heard_from(federation, &host).await?;
    }
    let document = json::parse_bounded(&body)?;
    let activity = match Activity::read(&document) {
        Ok(activity) => activity,
        Err(_) if !is_known_kind(&document) => {
            return Ok(Outcome::Ignored(Idle::Kind));
        }
        Err(why) => return Err(why.into()),
    };
    let outcome = perform(federation, (&activity, &document), &key, &body).await?;
    if let Some(claim) = Claim::read(&letter.headers, &key.owner) {
        let claim = Errand::Followers(Box::new(claim));
        federation.resolver.send_out(claim);
    }
    Ok(outcome)
}

fn asked<'a>(federation: &'a Federation, letter: &'a Letter) -> Asked<'a> {
    Asked {
        method: &letter.method,
        target: &letter.target,
        origin: &federation.town.origin,
    }
}

/// A signature covers the host, but only if it is ours is it meant for us.
fn for_us(federation: &Federation, letter: &Letter) -> Result<(), Fault> {
    let host = letter
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let ours = host.is_some_and(|host| host.eq_ignore_ascii_case(&federation.town.host));
    if ours { Ok(()) } else { Err(Fault::Host) }
}

/// Some servers say plain JSON, and a few say nothing.
fn is_document(letter: &Letter) -> Result<(), Fault> {
    const READ: [&str; 3] = [
        "application/activity+json",
        "application/ld+json",
        "application/json",
    ];
    let Some(named) = letter.headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let named = named
        .to_str()
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let known = READ.iter().any(|read| named.eq_ignore_ascii_case(read));
    if known { Ok(()) } else { Err(Fault::MediaType) }
}

async fn read(letter: &Letter, body: Body) -> Result<Bytes, Fault> {
    let length = letter
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|n| n.to_str().ok());
    if length
        .and_then(|n| n.parse().ok())
        .is_some_and(|n: usize| n > limits::DOCUMENT_BYTES)
    {
        return Err(Fault::TooLong);
    }
    axum::body::to_bytes(body, limits::DOCUMENT_BYTES)
        .await
        .map_err(|_| Fault::TooLong)
}

/// Looked up at most once a minute for each server.
async fn open_to(federation: &Federation, key_id: &str) -> Result<(), Fault> {
    let host = host_of(key_id).ok_or(Fault::Key)?;
    let now = federation.town.now();
    let known = federation
        .blocked
        .get(&host)
        .filter(|(_, at)| now - at < MINUTE);
    let blocked = if let Some((blocked, _)) = known {
        blocked
    } else {
        let peer = deliveries::peer(federation.town.store.read(), &host).await;
        let peer = peer.map_err(Failure::from)?;
        if peer
            .as_ref()
            .is_some_and(|peer| delivery::is_hopeless(peer, now))
        {
            federation.hopeless.insert(host.clone(), ());
        }
        let hosts = [host.clone()];
        let blocked = servers::blocked_among(federation.town.store.read(), &hosts).await;
        let blocked = !blocked.map_err(Failure::from)?.is_empty();
        federation.blocked.insert(host, (blocked, now));
        blocked
    };
    if blocked { Err(Fault::Blocked) } else { Ok(()) }
}

/// Servers tell everyone they ever met when an account ends, and its key is gone by then: no reason to ask for it.
async fn is_farewell_of_a_stranger(federation: &Federation, body: &[u8]) -> Result<bool, Fault> {
    if !may_be_farewell(body) {
        return Ok(false);
    }
    let document = json::parse_bounded(body)?;
    let Ok(activity) = Activity::read(&document) else {
        return Ok(false);
    };
    if activity.kind != Kind::Delete || activity.object.id() != Some(activity.actor) {
        return Ok(false);
    }
    let Some(actor) = address::canonical(activity.actor) else {
        return Ok(false);
    };
    Ok(federation.resolver.known(&actor).await?.is_none())
}

/// Worth reading before anything is known of who sent it? Whatever is longer goes the way of everything else.
fn may_be_farewell(body: &[u8]) -> bool {
    const DELETE: &[u8] = b"Delete";
    body.len() <= FAREWELL_BYTES && body.windows(DELETE.len()).any(|word| word == DELETE)
}

/// The key that signed. One that does not fit is asked for again, since people do change keys.
async fn verified(federation: &Federation, shape: &Shape, peer: IpAddr) -> Result<Arc<Key>, Fault> {
    let now = federation.town.now();
    let key = federation.keys.find(shape.key_id(), peer, now).await?;
    let key = match shape.verify(&key.public) {
        Ok(()) => key,
        Err(fault) => {
            let renewed =
                federation
                    .keys
                    .renew(&key, peer, now)
                    .await
                    .map_err(|miss| match miss {
                        Miss::Broken(failure) => Fault::Broken(failure),
                        Miss::Unknown | Miss::TooOften => Fault::Signature(fault),
                    })?;
            shape.verify(&renewed.public)?;
            renewed
        }
    };
    learn_form(federation, shape, &key);
    Ok(key)
}

/// Who signs in the newer dialect also reads it.
fn learn_form(federation: &Federation, shape: &Shape, key: &Key) {
    let form = match (shape.dialect(), key.public.is_ed25519()) {
        (Dialect::Cavage, _) => return,
        (Dialect::Message, false) => Form::Message,
        (Dialect::Message, true) => Form::MessageEd25519,
    };
    if let Some(host) = host_of(&key.owner) {
        federation.forms.hint(&host, form, federation.town.now());
    }
}

/// The account that signed a request which needs no body, if it did.
pub(crate) async fn reader(
    federation: &Federation,
    letter: &Letter,
) -> Result<Option<Arc<account::Model>>, Fault> {
    for_us(federation, letter)?;
    let shape = match Shape::parse(asked(federation, letter), &letter.headers) {
        Err(signatures::Fault::Missing) => return Ok(None),
        shape => shape?,
    };
    shape.fresh(federation.town.now())?;
    open_to(federation, shape.key_id()).await?;
    let key = verified(federation, &shape, letter.peer).await?;
    Ok(federation.resolver.known(&key.owner).await?)
}

fn is_known_kind(document: &Value) -> bool {
    let doc = crate::wire::read::Doc::of(document);
    doc.and_then(|doc| Kind::of(&doc))
        .is_some_and(|kind| kind != Kind::Other)
}

async fn perform(
    federation: &Arc<Federation>,
    (activity, document): (&Activity<'_>, &Value),
    key: &Key,
    body: &[u8],
) -> Result<Outcome, Fault> {
    if activity.kind == Kind::Other {
        return Ok(Outcome::Ignored(Idle::Kind));
    }
    object::check(activity).map_err(Fault::Object)?;
    let actor = address::canonical(activity.actor);
    let actor = actor.ok_or(Unreadable::wrong("actor", "no address"))?;
    let budget = Budget::for_activity();
    if !same(&actor, &key.owner) {
        return passed_on(federation, activity, document, &budget).await;
    }
    let origin = address::origin_of(&actor).ok_or(Fault::ForeignId)?;
    let id = activity_id(activity, &actor, &origin, body)?;
    let Some(account) = federation.resolver.account(&actor, &budget).await? else {
        return Err(Fault::Key);
    };
    if account.suspended_at.is_some() {
        return Ok(Outcome::Ignored(Idle::Suspended));
    }
    // The write looks again, for what arrives twice in the same moment; here it spares the questions to other servers. A
    // Create brings what it is about and is nearly always new: for it the write's look is enough.
    if activity.kind != Kind::Create && was_here(federation, &id, &account).await? {
        return Ok(Outcome::Duplicate);
    }
    let meaning = match meaning::of(federation, activity, &account, &id, &budget).await {
        // As in the write: it is not the sender's to try again.
        Err(Failure::Refused(refusal)) => {
            return Ok(Outcome::Ignored(Idle::Forbidden(refusal.key)));
        }
        meaning => meaning?,
    };
    match meaning {
        Meaning::Ignored(why) => Ok(Outcome::Ignored(Idle::Nothing(why))),
        Meaning::Malformed(why) => Err(Fault::Object(why)),
        Meaning::Deed(deed) => {
            let ends = matches!(deed, Deed::AccountGone(_));
            let is_of_towns = deed.is_between_towns(&federation.town);
            let deed = said(activity, account.id, body, deed);
            let outcome = write(federation, id, account.id, deed).await;
            if ends {
                federation.keys.forget_of(&account.uri);
                federation.resolver.forget(&account.uri);
            }
            if is_of_towns {
                // What has come in stays done; the profile is read again before long in any case.
                if let Err(error) = federation.town.refresh_profile().await {
                    tracing::warn!(%error, "the town's settings could not be read");
                }
            }
            outcome
        }
    }
}

/// With what was said, where a group of ours may hand it on: all of it, so that it must be about the one thing looked at.
fn said(activity: &Activity<'_>, who: Id, body: &[u8], deed: Deed) -> Deed {
    let is_handed_on = matches!(
        activity.kind,
        Kind::Create | Kind::Update | Kind::Delete | Kind::Like | Kind::Dislike | Kind::Undo
    ) && activity.objects.len() == 1
        && body.len() <= HANDED_ON_BYTES;
    match std::str::from_utf8(body) {
        Ok(said) if is_handed_on => Deed::Said {
            who,
            said: said.to_owned(),
            deed: Box::new(deed),
        },
        _ => deed,
    }
}

/// The activity's own id; made up from its content for those that have none (Delete and Undo of some servers).
fn activity_id(
    activity: &Activity,
    actor: &str,
    origin: &str,
    body: &[u8],
) -> Result<String, Fault> {
    // Some give an Undo the id of what it undoes, or a Delete that of what it deletes.
    let own = |id: &&str| activity.kind == Kind::Create || activity.object.id() != Some(*id);
    let made_up = || format!("{actor}#{}", hex::encode(digest(&SHA256, body)));
    let Some(id) = activity.id.filter(own).and_then(address::canonical) else {
        return Ok(made_up());
    };
    match address::origin_of(&id) {
        Some(of_id) if of_id == origin => Ok(id),
        // Funkwhale names its answer after what it answers, which is ours. It is the signer's whatever it is called.
        Some(_) if matches!(activity.kind, Kind::Accept | Kind::Reject) => Ok(made_up()),
        _ => Err(Fault::ForeignId),
    }
}

/// Brought by somebody else than its actor: only what that has proven or the true origin shows counts.
async fn passed_on(
    federation: &Federation,
    activity: &Activity<'_>,
    document: &Value,
    budget: &Budget,
) -> Result<Outcome, Fault> {
    let Some(object) = activity.object.id().and_then(address::canonical) else {
        return Err(Fault::NotTheSigner);
    };
    match activity.kind {
        Kind::Create | Kind::Update => {
            let wanted = federation.resolver.known_post(&object).await?.is_some()
                || meaning::answers_known(federation, activity).await?;
            if !wanted {
                return Err(Fault::NotTheSigner);
            }
            let resolver = &federation.resolver;
            let said = Some(document);
            let found = resolver.told_change(&object, said, budget).await?;
            found.map(|_| Outcome::Applied).ok_or(Fault::NotTheSigner)
        }
        Kind::Delete => {
            let Some(post) = parvis_store::posts::by_uri(federation.town.store.read(), &object)
                .await
                .map_err(Failure::from)?
                .filter(|post| !post.local)
            else {
                return Err(Fault::NotTheSigner);
            };
            let resolver = &federation.resolver;
            if !resolver.has_ended(&post, Some(document), budget).await? {
                return Err(Fault::NotTheSigner);
            }
            let town = federation.town.clone();
            let gone = Deed::PostGone {
                author: post.author_id,
                uri: object,
            };
            let store = &federation.town.store;
            store
                .write(move |tx| Box::pin(async move { gone.run(tx, &town).await }))
                .await?;
            Ok(Outcome::Applied)
        }
        _ => Err(Fault::NotTheSigner),
    }
}

/// One write: has it been here, and what it comes to.
async fn write(federation: &Federation, id: String, by: Id, deed: Deed) -> Result<Outcome, Fault> {
    let town = federation.town.clone();
    let store = &federation.town.store;
    let written = store.write(move |tx| {
        Box::pin(async move {
            if !arrivals::first_time(tx, &town, &id, by).await? {
                return Ok(Outcome::Duplicate);
            }
            let changed = deed.run(tx, &town).await?;
            Ok(if changed {
                Outcome::Applied
            } else {
                Outcome::Ignored(Idle::Unchanged)
            })
        })
    });
    match written.await {
        Ok(outcome) => Ok(outcome),
        // What it may not do is not told: the blocked need not know.
        Err(Failure::Refused(refusal)) => Ok(Outcome::Ignored(Idle::Forbidden(refusal.key))),
        Err(Failure::Broken(err)) => Err(Fault::Broken(err.into())),
    }
}

async fn was_here(federation: &Federation, id: &str, by: &account::Model) -> Result<bool, Failure> {
    let db = federation.town.store.read();
    Ok(seen::contains(db, id, &by.id.to_string()).await?)
}

/// Is it the database that is out of reach, so that the other should come back?
pub(crate) fn is_unavailable(failure: &Failure) -> bool {
    matches!(failure, Failure::Broken(err) if Error::is_unavailable(err))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_short_is_read_as_a_farewell_before_its_signature() {
        let farewell = |length: usize| {
            let body = "{\"type\":\"Delete\",\"summary\":\"\"}";
            body.replace(
                "\"\"}",
                &format!("\"{}\"}}", "x".repeat(length - body.len())),
            )
        };
        assert!(may_be_farewell(farewell(200).as_bytes()));
        assert!(may_be_farewell(farewell(FAREWELL_BYTES).as_bytes()));
        assert!(!may_be_farewell(farewell(FAREWELL_BYTES + 1).as_bytes()));
        assert!(!may_be_farewell(b"{\"type\":\"Like\"}"));
        assert!(!may_be_farewell(b""));
    }
}
