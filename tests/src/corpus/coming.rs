//! How a real document comes to the town: what is served, who is followed, what is posted and by whom, what is asked for
//! then, and what that should give. Excerpts are completed with what a platform would never leave out.

use serde_json::{Value, json};

use super::{
    effects::{self, Effects},
    expected::{Account, Duty, Expected, Post},
    reading::{
        flag, id_of, ids, inner, is_a, is_activity, is_actor, is_beside, is_one_of, is_public,
        is_web, many, spelled, types, wordings,
    },
    world::{World, followers_of, public_key},
};

/// Whom and what of the town activities are turned to.
pub struct Lea<'a> {
    pub uri: &'a str,
    /// A post of hers, and its id in the client API.
    pub post: &'a str,
    pub post_id: &'a str,
}

pub struct Coming {
    /// Who must be followed for it to be wanted.
    pub follows: Option<String>,
    /// Posted in this order, each signed by somebody.
    pub letters: Vec<(String, Value)>,
    /// What a resident looks for afterwards.
    pub asks: Option<String>,
    pub expected: Expected,
    /// What must become otherwise by the last letter.
    pub effects: Effects,
}

impl Coming {
    fn letter(who: &str, letter: Value, expected: Expected) -> Self {
        Self {
            follows: None,
            letters: vec![(who.to_owned(), letter)],
            asks: None,
            expected,
            effects: Effects::default(),
        }
    }

    fn question(asks: &str, expected: Expected) -> Self {
        Self {
            follows: None,
            letters: Vec::new(),
            asks: Some(asks.to_owned()),
            expected,
            effects: Effects::default(),
        }
    }

    /// Nobody sends it and nobody asks for it by its own name: NodeInfo, contexts, fragments without an address.
    fn beside() -> Self {
        Self {
            follows: None,
            letters: Vec::new(),
            asks: None,
            expected: Expected::Nothing,
            effects: Effects::default(),
        }
    }
}

/// `raw`: as it lies in the corpus. `hostile`: made to deceive, so nothing is served for it but people, and what it would end.
pub fn of(raw: &Value, hostile: bool, world: &mut World, lea: &Lea) -> Coming {
    let mut document = world.moved(raw);
    if !document.is_object() {
        return Coming::beside();
    }
    if document["subject"].is_string() && document["links"].is_array() {
        return answer(&document, hostile, world);
    }
    if is_actor(&document) {
        return actor(&document, world);
    }
    if is_activity(&document) {
        let who = complete_activity(&mut document, world);
        return if hostile {
            forged(document, &who, world, lea)
        } else {
            activity(document, &who, world, lea)
        };
    }
    object(&document, world, lea)
}

/// WebFinger: somebody is looked for by their handle.
fn answer(document: &Value, hostile: bool, world: &mut World) -> Coming {
    let subject = document["subject"].as_str().unwrap_or_default();
    let Some((name, host)) = subject
        .strip_prefix("acct:")
        .and_then(|it| it.split_once('@'))
    else {
        return Coming::beside();
    };
    let readable = |link: &&Value| {
        let mime = link["type"].as_str().unwrap_or_default();
        let is_linked = mime.starts_with("application/ld+json") && mime.contains("activitystreams");
        link["rel"] == "self" && (mime.starts_with("application/activity+json") || is_linked)
    };
    let own = many(document, "links").into_iter().find(readable);
    let own = own.and_then(|link| link["href"].as_str());
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let duty = match own {
        _ if hostile => {
            Duty::Either("made to deceive: its server may call its people what it likes")
        }
        None => Duty::Hidden("it leads to no actor"),
        Some(id) if world.host_of(id).is_none() || id.contains('#') => {
            Duty::Either("an actor without an address of its own")
        }
        Some(_) if name.is_empty() || !name.chars().all(plain) => {
            Duty::Either("a name that not everybody allows in a handle")
        }
        Some(_) => Duty::Shown,
    };
    if let Some(id) = own {
        world.person(id, "Person", Some(name), &format!("{id}/followers"));
    }
    world.serve_answer(host, document);
    let expected = Expected::Account(Box::new(Account::at(own.unwrap_or_default(), duty)));
    Coming::question(&format!("@{name}@{host}"), expected)
}

/// Somebody is looked for by their id.
fn actor(document: &Value, world: &mut World) -> Coming {
    let mut document = document.clone();
    let id = id_of(&document).filter(|id| world.host_of(id).is_some());
    let id = id.map_or_else(|| world.nowhere("/users/someone"), str::to_owned);
    complete_actor(&mut document, &id);
    world.serve_actor(&id, &document);
    world.answers_for(&document);
    let expected = Account::of(&document).map(|it| Expected::Account(Box::new(it)));
    Coming::question(&id, expected.unwrap_or(Expected::Nothing))
}

/// Examples leave out what every actor has.
fn complete_actor(document: &mut Value, id: &str) {
    document["id"] = json!(id);
    let inbox = many(document, "inbox").first().and_then(|it| id_of(it));
    if !inbox.is_some_and(|inbox| is_beside(inbox, id)) {
        document["inbox"] = json!(format!("{id}/inbox"));
    }
    if document["preferredUsername"].is_null() && document["webfinger"].is_null() {
        document["preferredUsername"] = json!("someone");
    }
}

/// What is looked for by its id, or, where it is not for everyone, sent by its author.
fn object(document: &Value, world: &mut World, lea: &Lea) -> Coming {
    let mut document = document.clone();
    let says = ["content", "name", "summary", "attributedTo"];
    if types(&document).is_empty() && says.iter().all(|name| document[*name].is_null()) {
        return Coming::beside();
    }
    let id = id_of(&document).filter(|id| is_web(id));
    let id = id.map_or_else(|| world.nowhere("/corpus/object"), str::to_owned);
    document["id"] = json!(id);
    complete_author(&mut document, &id, world);
    let named = ["attributedTo", "actor"]
        .iter()
        .flat_map(|name| ids(&document, name));
    let author = named.map(str::to_owned).next();
    if let Some(author) = author.filter(|_| is_addressed(&document) && !is_open(&document)) {
        let to = (document["to"].clone(), document["cc"].clone());
        let mut create = json!({"@context": document["@context"], "type": "Create", "actor": author,
            "id": format!("{id}#corpus-create"), "to": to.0, "cc": to.1, "object": document});
        if let Some(members) = create.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        return activity(create, &author, world, lea);
    }
    world.serve(&id, &document);
    world.answers_for(&document);
    let expected = post(&document, None, &document);
    Coming::question(&id, expected)
}

/// `around`: the document by which the authors of [`World::answers_for`] say where their followers are listed.
fn post(object: &Value, envelope: Option<&Value>, around: &Value) -> Expected {
    let followers = |author: &str| followers_of(author, around);
    let post = Post::of(object, envelope, &followers);
    post.map_or(Expected::Nothing, |post| Expected::Post(Box::new(post)))
}

fn complete_author(document: &mut Value, id: &str, world: &World) {
    let named = ["attributedTo", "actor", "author"];
    if named
        .iter()
        .all(|name| !ids(document, name).into_iter().any(is_web))
    {
        let beside = world.host_of(id).map(|host| host.url("/users/someone"));
        let someone = beside.unwrap_or_else(|| world.nowhere("/users/someone"));
        document["attributedTo"] = json!(someone);
    }
}

fn is_addressed(document: &Value) -> bool {
    ["to", "cc"]
        .iter()
        .any(|name| !ids(document, name).is_empty())
}

fn is_open(document: &Value) -> bool {
    let addresses = |name: &&str| ids(document, name).into_iter().any(is_public);
    ["to", "cc", "audience"].iter().any(addresses)
}

/// Who does it, with an address: made up where an example has none.
fn complete_activity(activity: &mut Value, world: &World) -> String {
    let who = ["actor", "attributedTo"]
        .iter()
        .flat_map(|name| ids(activity, name))
        .find(|id| is_web(id))
        .map(str::to_owned);
    let who = who.unwrap_or_else(|| world.nowhere("/users/someone"));
    activity["actor"] = json!(who);
    if is_one_of(activity, &["Create", "Update"])
        && let Some(mut object) = inner(activity).cloned()
        && !id_of(&object).is_some_and(is_web)
    {
        let host = world.host_of(&who);
        let id = host.map_or_else(
            || world.nowhere("/corpus/object"),
            |it| it.url("/corpus/object"),
        );
        object["id"] = json!(id);
        activity["object"] = object;
    }
    who
}

fn activity(mut activity: Value, who: &str, world: &mut World, lea: &Lea) -> Coming {
    let kinds: Vec<String> = types(&activity).into_iter().map(str::to_owned).collect();
    let is = |kind: &str| kinds.iter().any(|it| it == kind);
    let votes = !effects::answers(&activity).is_empty();
    if is("Update") || (is("Create") && !votes) {
        return said(activity, who, world, lea);
    }
    if is("Announce") {
        return passed_on(activity, who, world);
    }
    let expected = expected_of(&activity, who);
    let mut effects = effects::of(&activity, who, world, lea);
    turn_to(&mut activity, lea);
    if is("Create") {
        return Coming {
            effects,
            ..said(activity, who, world, lea)
        };
    }
    world.answers_for(&activity);
    let done = effects::undone(&activity, who).cloned();
    let mut coming = Coming {
        follows: effects.follows.take(),
        effects,
        ..Coming::letter(who, activity, expected)
    };
    if let Some(done) = done {
        coming.letters.insert(0, (who.to_owned(), done));
    }
    coming
}

/// A follow and a like are done, if they are their sender's own.
fn expected_of(activity: &Value, who: &str) -> Expected {
    let own = id_of(activity).is_none_or(|id| is_web(id) && is_beside(id, who));
    let kinds = ["Follow", "Like", "EmojiReact"];
    let about = ids(activity, "object").len() == 1;
    if is_one_of(activity, &kinds) && own && about && is_web(who) && !who.contains('#') {
        Expected::Done
    } else {
        Expected::Nothing
    }
}

/// Turns to somebody of the town what would be about somebody of the platform's own tests.
fn turn_to(activity: &mut Value, lea: &Lea) {
    let at_posts = ["Announce", "Dislike", "EmojiReact", "Like", "PollVote"];
    let target = if is_one_of(activity, &["Follow", "Block", "Flag"]) {
        lea.uri
    } else if is_one_of(activity, &at_posts) {
        lea.post
    } else {
        if is_a(activity, "Undo") && activity["object"].is_object() {
            turn_to(&mut activity["object"], lea);
        }
        if !effects::answers(activity).is_empty() {
            turn_votes(&mut activity["object"], lea);
        }
        return;
    };
    match &mut activity["object"] {
        Value::Array(all) => *all = vec![json!(target)],
        Value::Object(object) => {
            object.insert("id".to_owned(), json!(target));
        }
        other => *other = json!(target),
    }
}

/// Votes in a poll of hers, in its words.
fn turn_votes(votes: &mut Value, lea: &Lea) {
    match votes {
        Value::Array(all) => {
            for vote in all {
                turn_votes(vote, lea);
            }
        }
        vote => vote["inReplyTo"] = json!(lea.post),
    }
}

/// Something new or edited, which reaches a resident because it names her.
fn said(mut activity: Value, who: &str, world: &mut World, lea: &Lea) -> Coming {
    let Some(object) = inner(&activity).cloned() else {
        world.answers_for(&activity);
        return Coming::letter(who, activity, Expected::Nothing);
    };
    if is_actor(&object) {
        return changed(activity, &object, who, world);
    }
    if is_activity(&object) {
        world.answers_for(&activity);
        return Coming::letter(who, activity, Expected::Nothing);
    }
    address_to(&mut activity, lea);
    let object = inner(&activity).cloned().unwrap_or_default();
    if is_open(&object)
        && let Some(id) = id_of(&object)
    {
        world.serve(id, &object);
    }
    world.answers_for(&activity);
    let asks = id_of(&object).map(str::to_owned);
    let expected = post(&object, Some(&activity), &activity);
    Coming {
        asks,
        ..Coming::letter(who, activity, expected)
    }
}

/// Somebody tells of their own document, which their server shows.
fn changed(activity: Value, object: &Value, who: &str, world: &mut World) -> Coming {
    let is_own = id_of(object).is_some_and(|id| spelled(id) == spelled(who));
    if !is_own {
        world.answers_for(&activity);
        return Coming::letter(who, activity, Expected::Nothing);
    }
    let mut object = object.clone();
    complete_actor(&mut object, who);
    object["publicKey"] = public_key(who);
    let expected = Account::of(&object);
    let is_named = expected
        .as_ref()
        .is_some_and(|it| it.duty == Duty::Shown && !flag(&object, "suspended"));
    let effects = if is_named && is_a(&activity, "Update") {
        effects::renamed(who, &object, world)
    } else {
        world.serve_actor(who, &object);
        Effects::default()
    };
    world.answers_for(&activity);
    let expected = expected.map(|it| Expected::Account(Box::new(it)));
    Coming {
        asks: Some(who.to_owned()),
        effects,
        ..Coming::letter(who, activity, expected.unwrap_or(Expected::Nothing))
    }
}

/// A boost, or what a group hands on; of somebody who is followed here.
fn passed_on(activity: Value, who: &str, world: &mut World) -> Coming {
    let of = ids(&activity, "object").first().map(|id| (*id).to_owned());
    let (written_out, of) = match (inner(&activity).cloned(), of) {
        (Some(create), _) if is_activity(&create) => {
            return handed_on(activity, &create, who, world);
        }
        (written_out, Some(of)) if world.host_of(&of).is_some() => (written_out, of),
        _ => {
            world.answers_for(&activity);
            return Coming::letter(who, activity, Expected::Nothing);
        }
    };
    let is_whole = written_out.as_ref().is_some_and(|object| {
        is_open(object)
            && ids(object, "attributedTo")
                .iter()
                .any(|author| is_beside(author, &of))
    });
    match &written_out {
        Some(object) if is_whole => world.serve(&of, object),
        // Made up, as for one that is only named.
        _ => world.answers_for(&json!({"type": "Announce", "object": of})),
    }
    world.answers_for(&activity);
    let own = id_of(&activity).is_none_or(|id| is_web(id) && is_beside(id, who));
    let comments = !wordings(&activity, "content").is_empty();
    let are_whole = !of.contains('#') && !who.contains('#') && world.host_of(who).is_some();
    let is_plain = own && !comments && spelled(&of) != spelled(who) && are_whole;
    let readable = written_out
        .as_ref()
        .filter(|_| is_whole)
        .is_none_or(|object| is_a(object, "Note") && !wordings(object, "content").is_empty());
    let expected = if is_plain && readable && many(&activity, "object").len() == 1 {
        Expected::Boost { of: spelled(&of) }
    } else {
        Expected::Nothing
    };
    Coming {
        follows: Some(who.to_owned()),
        ..Coming::letter(who, activity, expected)
    }
}

/// What a member did, passed on by a group: a new post is fetched from where it lives.
fn handed_on(activity: Value, done: &Value, who: &str, world: &mut World) -> Coming {
    let object = inner(done)
        .filter(|object| is_a(done, "Create") && is_open(object))
        .cloned();
    let Some(object) = object.filter(|object| id_of(object).is_some()) else {
        world.answers_for(&activity);
        return Coming {
            follows: Some(who.to_owned()),
            ..Coming::letter(who, activity, Expected::Nothing)
        };
    };
    let id = id_of(&object).unwrap_or_default().to_owned();
    world.serve(&id, &object);
    world.answers_for(&activity);
    // It is fetched, so its own words count, and none of the envelope's.
    let expected = post(&object, None, &activity);
    Coming {
        follows: Some(who.to_owned()),
        asks: Some(id),
        ..Coming::letter(who, activity, expected)
    }
}

/// Made to deceive: signed by whoever could really sign it, and nothing is served that would make it true.
fn forged(activity: Value, who: &str, world: &mut World, lea: &Lea) -> Coming {
    let id = id_of(&activity).unwrap_or_default().to_owned();
    let own = is_beside(&id, who) && activity["signature"].is_null();
    let signer = if own {
        who.to_owned()
    } else {
        world.nowhere("/users/mallory")
    };
    let mut effects = if own {
        effects::of(&activity, who, world, lea)
    } else {
        Effects::default()
    };
    let mut activity = activity;
    address_to(&mut activity, lea);
    world.person(&signer, "Person", None, &format!("{signer}/followers"));
    world.person(who, "Person", None, &format!("{who}/followers"));
    let object = ids(&activity, "object").first().map(|id| (*id).to_owned());
    // What must stay is shown, of course.
    let asks = object.filter(|object| is_web(object) && effects.seen.is_empty());
    Coming {
        asks,
        follows: effects.follows.take(),
        effects,
        ..Coming::letter(&signer, activity, Expected::Nothing)
    }
}

/// Puts a resident among those it is for: in place of the first where it is for a few alone, else beside them.
fn address_to(activity: &mut Value, lea: &Lea) {
    let object = inner(activity).cloned().unwrap_or_default();
    let named = |document: &Value| -> Vec<String> {
        let all = ["to", "cc"].iter().flat_map(|name| ids(document, name));
        all.map(str::to_owned).collect()
    };
    let everybody = [named(&object), named(activity)].concat();
    let is_wide = |id: &String| is_public(id) || id.contains("/followers");
    if let Some(first) = everybody.first().filter(|_| !everybody.iter().any(is_wide)) {
        let members = ["to", "cc", "bto", "bcc", "tag"];
        for member in members {
            replace(&mut activity[member], first, lea);
            if activity["object"].is_object() {
                replace(&mut activity["object"][member], first, lea);
            }
        }
        return;
    }
    if is_addressed(&activity["object"]) {
        add_reader(&mut activity["object"], lea);
    }
    add_reader(activity, lea);
}

fn replace(value: &mut Value, first: &str, lea: &Lea) {
    match value {
        Value::String(text) if text == first => lea.uri.clone_into(text),
        Value::Array(all) => {
            for one in all {
                replace(one, first, lea);
            }
        }
        Value::Object(members) => {
            for one in members.values_mut() {
                replace(one, first, lea);
            }
        }
        _ => {}
    }
}

fn add_reader(document: &mut Value, lea: &Lea) {
    let member = if document["cc"].is_null() && !document["to"].is_null() {
        "to"
    } else {
        "cc"
    };
    let mut readers: Vec<Value> = many(document, member).into_iter().cloned().collect();
    readers.push(json!(lea.uri));
    document[member] = Value::Array(readers);
}
