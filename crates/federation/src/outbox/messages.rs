//! Messages to several people, for servers that read only those to one: each of their people gets the message as if it were for
//! them alone, in an activity of its own. The post is the same, and stays as it is where it is asked for.

use std::collections::{BTreeSet, HashMap};

use parvis_model::uri as address;
use parvis_store::accounts;
use parvis_town::{Outcome, Town};
use serde_json::{Value, json};

use super::Outgoing;
use crate::{Federation, uri};

/// What such servers run, as NodeInfo calls it.
const ONE_BY_ONE: [&str; 4] = ["lemmy", "mbin", "piefed", "pixelfed"];

/// What goes out, each message that must be split followed by its parts.
pub(super) async fn split(
    federation: &Federation,
    outgoing: Vec<Outgoing>,
) -> Outcome<Vec<Outgoing>> {
    let messages: Vec<Option<Value>> = outgoing.iter().map(to_several).collect();
    let alone = read_alone(federation, &outgoing, &messages).await?;
    let mut all = Vec::with_capacity(outgoing.len());
    for (mut one, message) in outgoing.into_iter().zip(messages) {
        let parts = message.map(|message| parts(&federation.town, &one, &message, &alone));
        let parts = parts.unwrap_or_default();
        let in_part = |inbox: &String| parts.iter().any(|part| part.inboxes.contains(inbox));
        one.inboxes.retain(|inbox| !in_part(inbox));
        all.push(one);
        all.extend(parts);
    }
    Ok(all)
}

/// A message that names several people, as it is written out.
fn to_several(one: &Outgoing) -> Option<Value> {
    if !one.direct || one.inboxes.is_empty() {
        return None;
    }
    let message: Value = serde_json::from_str(&one.json).ok()?;
    (readers(&message).count() > 1).then_some(message)
}

fn readers(message: &Value) -> impl Iterator<Item = &str> {
    let to = message["to"].as_array().into_iter().flatten();
    to.filter_map(Value::as_str)
}

/// Whoever of the people these messages go to must get them alone, with their inboxes. Their servers are asked what they run at
/// most once for all of them.
async fn read_alone(
    federation: &Federation,
    outgoing: &[Outgoing],
    messages: &[Option<Value>],
) -> Outcome<HashMap<String, String>> {
    let sent = outgoing.iter().zip(messages);
    let sent = sent.filter_map(|(one, message)| Some((one, message.as_ref()?)));
    let mut people: BTreeSet<String> = BTreeSet::new();
    let mut inboxes: BTreeSet<&String> = BTreeSet::new();
    for (one, message) in sent {
        people.extend(readers(message).map(str::to_owned));
        inboxes.extend(&one.inboxes);
    }
    let people: Vec<String> = people.into_iter().collect();
    let mut rows = accounts::by_uris(federation.town.store.read(), &people).await?;
    rows.retain(|row| !row.domain.is_empty() && inboxes.contains(&row.inbox));
    let servers = rows.iter().filter_map(|row| address::origin_of(&row.inbox));
    let software = &federation.software;
    software.learn(&federation.fetcher, servers.collect()).await;
    rows.retain(|row| {
        let server = address::origin_of(&row.inbox);
        server.is_some_and(|server| software.is_one_of(&server, &ONE_BY_ONE))
    });
    let alone = rows.into_iter().map(|row| (row.uri, row.inbox));
    Ok(alone.collect())
}

fn parts(
    town: &Town,
    one: &Outgoing,
    message: &Value,
    alone: &HashMap<String, String>,
) -> Vec<Outgoing> {
    let readers = readers(message).filter_map(|reader| Some((reader, alone.get(reader)?)));
    let readers = readers.filter(|(_, inbox)| one.inboxes.contains(inbox));
    readers
        .map(|(reader, inbox)| part(town, one, message.clone(), reader, inbox))
        .collect()
}

/// The message as if it were for this reader alone, under a number of its own.
fn part(town: &Town, one: &Outgoing, mut message: Value, reader: &str, inbox: &str) -> Outgoing {
    let id = town.ids.next();
    let uri = uri::activity(&town.origin, id);
    message["id"] = json!(uri);
    address_to(&mut message, reader);
    address_to(&mut message["object"], reader);
    if let Some(tags) = message["object"]["tag"].as_array_mut() {
        tags.retain(|tag| tag["type"] != "Mention" || tag["href"] == reader);
    }
    Outgoing {
        id,
        uri,
        json: message.to_string(),
        inboxes: vec![inbox.to_owned()],
        ..one.clone()
    }
}

fn address_to(document: &mut Value, reader: &str) {
    document["to"] = json!([reader]);
    document["cc"] = json!([]);
}
