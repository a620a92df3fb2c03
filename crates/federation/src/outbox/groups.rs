//! What a group of this town hands on to its followers (FEP-1b12): the activity of a member, as it is, inside an `Announce`.
//! Who has a part in the group the town says.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use parvis_model::id::Id;
use parvis_store::{deliveries, entity::account, follows};
use parvis_town::{Outcome, Town, consents::is_held_back, groups, journal::Entry};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Outgoing,
    audience::{Open, hosts},
    is_passing,
    translate::Known,
};
use crate::{
    reactions, uri,
    wire::{
        Kind, PUBLIC,
        emit::{self, activity::Activity},
        read::{Doc, bare},
    },
};

/// What the groups that a page of the journal speaks of need to know, asked for in four questions at most.
pub(super) struct Groups {
    /// Where the followers of each take their post.
    followers: HashMap<Id, Vec<String>>,
    /// Where there are copies of what is changed or ends.
    copies: HashMap<String, Vec<String>>,
    /// Who wrote in which group, and has a part in it.
    writers: HashSet<(Id, Id)>,
}

/// What is to be asked.
#[derive(Default)]
struct Wanted {
    groups: Vec<Id>,
    changed: Vec<String>,
    writers: Vec<(Id, Id)>,
}

impl Wanted {
    fn by(known: &Known, entries: &[Entry]) -> Self {
        let mut wanted = Self::default();
        for entry in entries {
            wanted.add(known, entry);
        }
        wanted.groups.retain(|group| known.local(*group).is_some());
        wanted.groups.sort_unstable();
        wanted.groups.dedup();
        wanted
    }

    fn add(&mut self, known: &Known, entry: &Entry) {
        match entry {
            Entry::HandedOn { group, about, said } => {
                self.groups.push(*group);
                if may_change(said) {
                    self.changed.push(about.clone());
                }
            }
            Entry::PostPublished { post }
            | Entry::PostEdited { post }
            | Entry::ReplyAnswered { post, agreed: true } => {
                let Some(row) = known.post(*post).filter(|row| row.in_group) else {
                    return;
                };
                let Some(group) = row.group_id else { return };
                self.groups.push(group);
                self.writers.push((group, row.author_id));
                if matches!(entry, Entry::PostEdited { .. }) {
                    self.changed.push(row.uri.clone());
                }
            }
            Entry::PostDeleted {
                uri,
                group: Some(group),
                ..
            } => {
                self.groups.push(*group);
                self.changed.push(uri.clone());
            }
            Entry::Favourited {
                post, echoes: true, ..
            }
            | Entry::Unfavourited {
                post, echoes: true, ..
            } => {
                let group = known.post(*post).and_then(|row| row.group_id);
                self.groups.extend(group);
            }
            _ => {}
        }
    }
}

/// Also where that cannot be said.
fn may_change(said: &str) -> bool {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    serde_json::from_str(said).map_or(true, |said: Typed| {
        matches!(bare(&said.kind), "Delete" | "Update")
    })
}

impl Groups {
    pub(super) async fn load(town: &Town, known: &Known, entries: &[Entry]) -> Outcome<Self> {
        let wanted = Wanted::by(known, entries);
        let mut loaded = Self {
            followers: HashMap::new(),
            copies: HashMap::new(),
            writers: groups::hear(town, &wanted.writers).await?,
        };
        if wanted.groups.is_empty() {
            return Ok(loaded);
        }
        let db = town.store.read();
        for (group, inbox) in follows::remote_inboxes_of_all(db, &wanted.groups).await? {
            loaded.followers.entry(group).or_default().push(inbox);
        }
        if !wanted.changed.is_empty() {
            for (object, inbox) in deliveries::inboxes_of_objects(db, &wanted.changed).await? {
                loaded.copies.entry(object).or_default().push(inbox);
            }
        }
        let lists = loaded.followers.values().chain(loaded.copies.values());
        let hosts = hosts(lists.flatten());
        let open = Open::among(town, hosts).await?;
        let followers = loaded.followers.values_mut();
        for list in followers.chain(loaded.copies.values_mut()) {
            list.retain(|inbox| open.is(inbox));
        }
        Ok(loaded)
    }

    /// What somebody elsewhere said, in the bytes in which it came.
    pub(super) fn handed_on(
        &self,
        town: &Town,
        known: &Known,
        group: Id,
        about: &str,
        said: &str,
    ) -> Outcome<Option<Outgoing>> {
        match known.local(group) {
            Some(group) => self.announce(town, group, about, said),
            None => Ok(None),
        }
    }

    /// What a resident did with a post in a group of this town; `done`: the activity that tells of it, where there is one
    /// already.
    pub(super) fn echoed(
        &self,
        town: &Town,
        known: &Known,
        entry: &Entry,
        done: Option<&Outgoing>,
    ) -> Outcome<Option<Outgoing>> {
        match entry {
            Entry::PostPublished { post }
            | Entry::PostEdited { post }
            | Entry::ReplyAnswered { post, agreed: true } => {
                let (Some(row), Some(done)) = (known.post(*post), done) else {
                    return Ok(None);
                };
                if is_held_back(row) {
                    return Ok(None);
                }
                let pair = row.group_id.map(|group| (group, row.author_id));
                if !pair.is_some_and(|pair| self.writers.contains(&pair)) {
                    return Ok(None);
                }
                self.of_post(town, known, *post, &done.json)
            }
            Entry::PostDeleted {
                uri,
                group: Some(group),
                ..
            } => match (known.local(*group), done) {
                (Some(group), Some(done)) => self.announce(town, group, uri, &done.json),
                _ => Ok(None),
            },
            Entry::Favourited {
                account,
                post,
                uri,
                echoes: true,
            } => {
                let Some((liker, author, row)) = known.own_gesture(*account, *post) else {
                    return Ok(None);
                };
                let like = reactions::like(town, liker, author, row, uri)?;
                self.of_post(town, known, *post, &like.json)
            }
            Entry::Unfavourited {
                account,
                post,
                uri,
                echoes: true,
            } => {
                let Some((liker, author, row)) = known.own_gesture(*account, *post) else {
                    return Ok(None);
                };
                let undo = match done {
                    Some(done) => done.json.clone(),
                    None => reactions::unlike(town, liker, author, row, uri)?.json,
                };
                self.of_post(town, known, *post, &undo)
            }
            _ => Ok(None),
        }
    }

    fn of_post(
        &self,
        town: &Town,
        known: &Known,
        post: Id,
        said: &str,
    ) -> Outcome<Option<Outgoing>> {
        let row = known.post(post).filter(|row| row.in_group);
        match row.and_then(|row| Some((row, known.local(row.group_id?)?))) {
            Some((row, group)) => self.announce(town, group, &row.uri, said),
            None => Ok(None),
        }
    }

    fn announce(
        &self,
        town: &Town,
        group: &account::Model,
        about: &str,
        said: &str,
    ) -> Outcome<Option<Outgoing>> {
        let Ok(mut object) = serde_json::from_str::<Value>(said) else {
            tracing::error!("what a group is to hand on cannot be read");
            return Ok(None);
        };
        without_secret_addresses(&mut object);
        let kind = Doc::of(&object).and_then(|doc| Kind::of(&doc));
        let ends = kind == Some(Kind::Delete);
        let changes = matches!(kind, Some(Kind::Delete | Kind::Update));
        let passing = kind.is_some_and(|kind| is_passing(kind.as_str()));
        let followers = uri::collection(&group.uri, "followers");
        let mut announce = Outgoing::new(town, group.id, "Announce", about, |id| Activity {
            id,
            kind: "Announce",
            actor: group.uri.clone(),
            published: Some(emit::date(town.now())),
            to: vec![PUBLIC.into()],
            cc: Some(vec![followers]),
            object,
        })?;
        announce.ends = ends;
        announce.passing = passing;
        Ok(Some(
            announce.to(self.inboxes(group.id, changes.then_some(about))),
        ))
    }

    /// Those of the followers; for what is `changed` also of those who have left since: they hold a copy.
    fn inboxes(&self, group: Id, changed: Option<&str>) -> Vec<String> {
        let followers = self.followers.get(&group).into_iter().flatten();
        let copies = changed.and_then(|about| self.copies.get(about));
        let inboxes: BTreeSet<&String> = followers.chain(copies.into_iter().flatten()).collect();
        inboxes.into_iter().cloned().collect()
    }
}

/// Who got it in secret is nobody else's to know.
fn without_secret_addresses(activity: &mut Value) {
    let drop = |document: &mut Value| {
        if let Value::Object(members) = document {
            members.retain(|name, _| name != "bto" && name != "bcc");
        }
    };
    drop(activity);
    if let Some(object) = activity.get_mut("object") {
        drop(object);
    }
}
