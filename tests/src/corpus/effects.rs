//! What a deed must change, read from its own JSON and from FEDERATION.md, with what must be there beforehand so that it can
//! change: never from what the program made of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    coming::Lea,
    expected::is_vote,
    reading::{
        id_of, ids, inner, is_a, is_activity, is_beside, is_one_of, is_web, many, spelled, types,
        wordings,
    },
    seen::{Complaint, Seen},
    words,
    world::{World, followers_of},
};

/// Kinds of deeds that change something which is no post and no person.
const DEEDS: [&str; 11] = [
    "Accept",
    "Block",
    "Delete",
    "Dislike",
    "EmojiReact",
    "Flag",
    "Follow",
    "Like",
    "Move",
    "Reject",
    "Undo",
];
/// What is counted at the post it is about, or would be.
const COUNTED: [&str; 3] = ["Dislike", "EmojiReact", "Like"];
/// Kinds under which the end of a post names it.
const ENDED: [&str; 5] = ["Article", "Note", "Page", "Question", "Tombstone"];
/// How somebody is called until they tell that they are called otherwise.
const OLD_NAME: &str = "Nom de naguère";

/// Something that is seen from outside, and how it must be.
pub struct Effect {
    pub seen: Seen,
    /// Just before the last letter; `None` where nothing can have happened yet.
    pub before: Option<Value>,
    pub after: Value,
}

#[derive(Default)]
pub struct Effects {
    pub seen: Vec<Effect>,
    pub complaint: Option<Complaint>,
    /// Whom a resident follows beforehand.
    pub follows: Option<String>,
    /// Is the last letter their answer to that?
    pub answers: bool,
    /// What servers show once everything is as it was before; `None`: nothing any more.
    pub later: Vec<(String, Option<Value>)>,
    /// Why there is nothing to compare of a deed.
    pub unseen: Option<&'static str>,
}

impl Effects {
    fn of(seen: impl IntoIterator<Item = Effect>) -> Self {
        Self {
            seen: seen.into_iter().collect(),
            ..Self::default()
        }
    }

    fn none(why: &'static str) -> Self {
        Self {
            unseen: Some(why),
            ..Self::default()
        }
    }

    pub fn compared(&self) -> usize {
        self.seen.len() + usize::from(self.complaint.is_some())
    }
}

/// What a document needs for itself, so that nobody else's is counted there.
pub enum Needs<'d> {
    Nothing,
    Post,
    /// With these answers.
    Poll(BTreeSet<&'d str>),
}

pub fn needs(document: &Value) -> Needs<'_> {
    let answers = answers(document);
    let undoes = is_a(document, "Undo");
    let done = inner(document).filter(|_| undoes).unwrap_or(document);
    if !answers.is_empty() {
        Needs::Poll(answers)
    } else if is_one_of(done, &COUNTED) || (undoes && is_a(done, "Announce")) {
        Needs::Post
    } else {
        Needs::Nothing
    }
}

/// The answers of a poll that are chosen by an activity, or by a vote on its own; none where it is no vote.
pub fn answers(activity: &Value) -> BTreeSet<&str> {
    if is_a(activity, "PollVote") {
        return wordings(activity, "choice_text").into_iter().collect();
    }
    let votes = if is_vote(activity) {
        vec![activity]
    } else if is_a(activity, "Create") {
        many(activity, "object")
    } else {
        Vec::new()
    };
    if !votes.iter().all(|vote| is_vote(vote)) {
        return BTreeSet::new();
    }
    let names = votes.into_iter().map(|vote| wordings(vote, "name"));
    names.filter_map(|names| names.first().copied()).collect()
}

/// What is undone, if it is written out and one's own: it must have been done.
pub fn undone<'a>(activity: &'a Value, who: &str) -> Option<&'a Value> {
    let own = |done: &&Value| is_activity(done) && ids(done, "actor") == [who];
    inner(activity)
        .filter(|_| is_a(activity, "Undo"))
        .filter(own)
}

/// Puts a Follow of the town in the place of the one that an answer names.
pub fn answering(answer: &mut Value, follow: &Value) {
    match &mut answer["object"] {
        Value::Object(named) => {
            if named.contains_key("id") {
                named.insert("id".to_owned(), follow["id"].clone());
            }
            for member in ["actor", "object"] {
                named.insert(member.to_owned(), follow[member].clone());
            }
        }
        named => *named = follow["id"].clone(),
    }
}

/// Somebody who was called otherwise before they told.
pub fn renamed(who: &str, document: &Value, world: &mut World) -> Effects {
    let mut old = document.clone();
    old["name"] = json!(OLD_NAME);
    if let Some(members) = old.as_object_mut() {
        members.remove("nameMap");
    }
    world.serve_actor(who, &old);
    let mut effects = Effects::of([Effect {
        seen: Seen::Named(who.to_owned(), OLD_NAME),
        before: Some(json!(true)),
        after: json!(false),
    }]);
    effects.later.push((who.to_owned(), Some(document.clone())));
    effects
}

/// `activity`: as it came, not yet turned to anybody of the town.
pub fn of(activity: &Value, who: &str, world: &mut World, lea: &Lea) -> Effects {
    let answers = answers(activity).len();
    let kind = types(activity)
        .into_iter()
        .find(|kind| DEEDS.contains(kind));
    if kind.is_none() && answers == 0 {
        return Effects::default();
    }
    if who.contains('#') || world.host_of(who).is_none() {
        return Effects::none("its actor has no address of their own");
    }
    let deed = Deed {
        activity,
        who,
        lea,
        own: is_own(activity, who),
    };
    match kind.unwrap_or_default() {
        "Accept" => deed.answer(true),
        "Reject" => deed.answer(false),
        "Block" => deed.block(),
        "Delete" => deed.end(world),
        "Dislike" => Effects::of([deed.count("/favourites_count", None, 0)]),
        "EmojiReact" | "Like" => Effects::of([deed.count("/favourites_count", None, 1)]),
        "Flag" => deed.report(world),
        "Follow" => deed.follow(world),
        "Move" => deed.departure(world),
        "Undo" => deed.withdrawal(),
        _ => deed.vote(answers),
    }
}

/// An activity counts if its id is its actor's server's, or none that could be compared.
fn is_own(activity: &Value, who: &str) -> bool {
    id_of(activity).is_none_or(|id| !is_web(id) || is_beside(id, who))
}

struct Deed<'a> {
    activity: &'a Value,
    who: &'a str,
    lea: &'a Lea<'a>,
    /// What is not, changes nothing.
    own: bool,
}

impl Deed<'_> {
    /// A number at the post that it is turned to.
    fn count(&self, at: &'static str, before: Option<usize>, after: usize) -> Effect {
        let after = if self.own { after } else { before.unwrap_or(0) };
        let post = self.lea.post_id.to_owned();
        Effect {
            seen: Seen::Count { post, at },
            before: before.map(|count| json!(count)),
            after: json!(after),
        }
    }

    /// How she stands to whoever does it; `after`, if it counts.
    fn relation(&self, word: &'static str, before: Option<bool>, after: bool) -> Effect {
        let after = if self.own {
            after
        } else {
            before.unwrap_or(false)
        };
        let who = self.who.to_owned();
        Effect {
            seen: Seen::Relation { who, word },
            before: before.map(|before| json!(before)),
            after: json!(after),
        }
    }

    /// She follows nobody; who follows her is told at once that they may.
    fn follow(&self, world: &World) -> Effects {
        let agreed = world.host_of(self.who).filter(|_| self.own);
        let agreed = agreed.map(|server| Effect {
            seen: Seen::Agreed {
                server,
                who: self.who.to_owned(),
            },
            before: None,
            after: json!(true),
        });
        let follower = self.relation("followed_by", None, true);
        Effects::of(std::iter::once(follower).chain(agreed))
    }

    /// A yes or a no to her Follow: found by the Follow in it, or by its id alone, whatever id the answer has.
    fn answer(&self, yes: bool) -> Effects {
        let follow = inner(self.activity).is_some_and(|object| is_a(object, "Follow"));
        let others = ["instrument", "result", "target"];
        let bare = self.activity["object"].is_string()
            && others.iter().all(|name| self.activity[*name].is_null());
        if !follow && !bare {
            return Effects::none("an answer to something that the town does not ask");
        }
        let answer = Deed { own: true, ..*self };
        Effects {
            follows: Some(self.who.to_owned()),
            answers: true,
            ..Effects::of([
                answer.relation("requested", Some(true), false),
                answer.relation("following", Some(false), yes),
            ])
        }
    }

    /// Ends her follow, and hides each from the other.
    fn block(&self) -> Effects {
        if !self.activity["target"].is_null() {
            return Effects::none("a block for a group or a server");
        }
        Effects {
            follows: Some(self.who.to_owned()),
            ..Effects::of([
                self.relation("following", Some(true), false),
                self.relation("blocked_by", Some(false), true),
            ])
        }
    }

    /// Stands for the staff to read, with its words.
    fn report(&self, world: &World) -> Effects {
        let text = |name| wordings(self.activity, name).first().copied();
        let said = text("content").or_else(|| text("summary"));
        let from = world.authority(self.who).filter(|_| self.own);
        let Some(from) = from else {
            return Effects::none("a report that is not its sender's own");
        };
        let words = said.map(words::of_html).unwrap_or_default();
        Effects {
            complaint: Some(Complaint { from, words }),
            ..Effects::default()
        }
    }

    /// One's own account, or one's own post: gone. What another server holds stays.
    fn end(&self, world: &mut World) -> Effects {
        let object = &self.activity["object"];
        let named = ids(self.activity, "object");
        let [uri] = named[..] else {
            return Effects::none("the end of nothing, or of several things");
        };
        if uri.contains('#') || world.host_of(uri).is_none() {
            return Effects::none("the end of what has no address of its own");
        }
        let is_account = spelled(uri) == spelled(self.who);
        if object.is_object() && !is_account && !is_one_of(object, &ENDED) {
            return Effects::none("the end of what is never shown");
        }
        let counts = self.own && is_beside(uri, self.who);
        let seen = if is_account {
            Seen::Person(uri.to_owned())
        } else if is_beside(uri, self.who) {
            world.note_by(self.who, uri);
            Seen::Post(uri.to_owned())
        } else {
            world.note(uri);
            Seen::Post(uri.to_owned())
        };
        let mut effects = Effects::of([Effect {
            seen,
            before: Some(json!(true)),
            after: json!(!counts),
        }]);
        if counts {
            effects.later.push((uri.to_owned(), None));
        }
        effects
    }

    /// Who follows the old account goes along to the new one, as both of them say where they live.
    fn departure(&self, world: &mut World) -> Effects {
        let nobody = Effects::none("it moves nobody from one address to another");
        let from = ids(self.activity, "object").first().copied();
        let to = ids(self.activity, "target").first().copied();
        let (Some(from), Some(to)) = (from, to) else {
            return nobody;
        };
        if !self.own || from == to || ![from, to].contains(&self.who) {
            return nobody;
        }
        let mut moves = |id: &str| {
            let followers = followers_of(id, self.activity);
            world.person(id, "Person", None, &followers)
        };
        let (Some(mut old), Some(mut new)) = (moves(from), moves(to)) else {
            return nobody;
        };
        old["movedTo"] = json!(to);
        new["alsoKnownAs"] = json!([from]);
        world.turns(to, Some(&new));
        let along = Seen::Relation {
            who: to.to_owned(),
            word: "requested",
        };
        Effects {
            follows: Some(from.to_owned()),
            later: vec![(from.to_owned(), Some(old))],
            ..Effects::of([
                Effect {
                    seen: Seen::Moved(from.to_owned()),
                    before: Some(Value::Null),
                    after: json!(spelled(to)),
                },
                Effect {
                    seen: along,
                    before: Some(json!(false)),
                    after: json!(true),
                },
            ])
        }
    }

    /// What was done is as if it had not been.
    fn withdrawal(&self) -> Effects {
        let Some(done) = undone(self.activity, self.who).filter(|done| is_own(done, self.who))
        else {
            return Effects::none("it undoes what is not written out, or not its sender's own");
        };
        let effect = if is_one_of(done, &["EmojiReact", "Like"]) {
            self.count("/favourites_count", Some(1), 0)
        } else if is_a(done, "Dislike") {
            self.count("/favourites_count", Some(0), 0)
        } else if is_a(done, "Announce") && wordings(done, "content").is_empty() {
            self.count("/reblogs_count", Some(1), 0)
        } else if is_a(done, "Follow") {
            self.relation("followed_by", Some(true), false)
        } else if is_a(done, "Block") && done["target"].is_null() {
            self.relation("blocked_by", Some(true), false)
        } else {
            return Effects::none("it undoes something that changes nothing seen here");
        };
        Effects::of([effect])
    }

    /// Each answer counts once, if it is its sender's own.
    fn vote(&self, answers: usize) -> Effects {
        let is_theirs = |vote: &Value| {
            let authors = ids(vote, "attributedTo");
            let beside = id_of(vote).is_none_or(|id| is_beside(id, self.who));
            beside && authors.iter().all(|author| *author == self.who)
        };
        let mut votes = many(self.activity, "object").into_iter();
        if is_a(self.activity, "Create") && !votes.all(is_theirs) {
            return Effects::none("a vote of somebody else");
        }
        Effects::of([self.count("/poll/votes_count", Some(0), answers)])
    }
}
