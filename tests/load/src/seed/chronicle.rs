//! The posts of a seeded town in order of time: notes, answers, boosts, pictures, tags. Writes
//! nothing down itself.

use std::collections::{HashSet, VecDeque};

use parvis_model::{
    clock::Timestamp,
    id::{Id, first_of},
};
use parvis_store::entity;
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};

use super::{people::Cast, words};
use crate::node::ORIGIN;

/// Posts in 100 that are one of these.
const BOOSTS: u32 = 10;
/// With twenty answers.
const BOOSTS_AND_ANSWERS: u32 = 30;
const PICTURES: u32 = 10;
const TAGGED: u32 = 10;
/// One in so many holds a word that no other does.
const SELDOM: usize = 200;
/// How far back people answer and boost. Younger posts are held back until then, so that each is
/// written once, with its final counts.
const MEMORY: usize = 2_000;
const TAGS: [&str; 12] = [
    "marche", "riviere", "jardin", "ecole", "fete", "velo", "moulin", "chats", "pain", "musique",
    "conseil", "meteo",
];
const BLURHASH: &str = "LEHV6nWB2yk8pyo0adR*.7kCMdnj";

/// Answers in the longest conversation of the town.
pub const LONG: usize = 500;

#[derive(Default)]
pub struct Batch {
    pub posts: Vec<entity::post::Model>,
    pub media: Vec<entity::media::Model>,
    pub mentions: Vec<entity::mention::Model>,
    pub tags: Vec<entity::post_tag::Model>,
}

impl Batch {
    fn push(&mut self, entry: Entry) {
        let id = entry.post.id;
        self.media.extend(entry.media);
        let mention = entry.mention.map(|account_id| entity::mention::Model {
            post_id: id,
            account_id,
        });
        self.mentions.extend(mention);
        let tag = entry.tag.map(|number| entity::post_tag::Model {
            tag_id: tag_id(number),
            post_id: id,
        });
        self.tags.extend(tag);
        self.posts.push(entry.post);
    }
}

pub struct Chronicle {
    cast: Cast,
    random: SmallRng,
    begin: Timestamp,
    between: Timestamp,
    /// Posts thought up so far.
    count: usize,
    /// Not handed out yet, oldest first.
    recent: VecDeque<Entry>,
    /// Who boosted what among the recent: nobody does so twice.
    boosted: HashSet<(Id, Id)>,
}

struct Entry {
    post: entity::post::Model,
    author: usize,
    media: Vec<entity::media::Model>,
    mention: Option<Id>,
    tag: Option<usize>,
}

impl Entry {
    fn answers(&mut self, parent: &mut entity::post::Model) {
        parent.replies += 1;
        let post = &mut self.post;
        post.audience.clone_from(&parent.audience);
        post.reply_to_id = Some(parent.id);
        post.reply_to_uri = Some(parent.uri.clone());
        post.reply_to_account_id = Some(parent.author_id);
        post.thread_id = parent.thread_id;
        self.mention = (parent.author_id != post.author_id).then_some(parent.author_id);
    }
}

impl Chronicle {
    /// The same people and times give the same chronicle.
    pub fn new(cast: Cast, begin: Timestamp, between: Timestamp) -> Self {
        Self {
            cast,
            random: SmallRng::seed_from_u64(1789),
            begin,
            between,
            count: 0,
            recent: VecDeque::with_capacity(MEMORY * 2),
            boosted: HashSet::new(),
        }
    }

    pub fn all_tags() -> Vec<entity::tag::Model> {
        let row = |(number, name): (usize, &&str)| entity::tag::Model {
            id: tag_id(number),
            key: (*name).to_owned(),
            name: (*name).to_owned(),
        };
        TAGS.iter().enumerate().map(row).collect()
    }

    /// The next posts, oldest first.
    pub fn next_batch(&mut self, size: usize) -> Batch {
        while self.recent.len() < size + MEMORY {
            let entry = self.think_up();
            self.recent.push_back(entry);
        }
        let mut batch = Batch::default();
        for entry in self.recent.drain(..size) {
            self.cast.wrote(entry.author, entry.post.created_at);
            batch.push(entry);
        }
        if self.boosted.len() > MEMORY * 10 {
            let oldest = self.recent.front().map_or(0, |entry| entry.post.id);
            self.boosted.retain(|(of, _)| *of >= oldest);
        }
        batch
    }

    /// A question and what [`LONG`] people said to it and to each other, from before all other posts. The first is the
    /// question.
    pub fn long_thread(&mut self) -> Batch {
        let mut thread: Vec<Entry> = Vec::with_capacity(LONG + 1);
        for left in (1..=LONG + 1).rev() {
            let author = Cast::pick(&mut self.random);
            let at = self.begin - left as Timestamp * self.between;
            let id = first_of(at) | i64::from(self.random.random::<u16>());
            let mut entry = self.note(id, at, author);
            "public".clone_into(&mut entry.post.audience);
            if !thread.is_empty() {
                let parent = self.random.random_range(0..thread.len());
                entry.answers(&mut thread[parent].post);
            }
            self.cast.wrote(author, at);
            thread.push(entry);
        }
        let mut batch = Batch::default();
        for entry in thread {
            batch.push(entry);
        }
        batch
    }

    pub fn into_cast(self) -> Cast {
        self.cast
    }

    fn think_up(&mut self) -> Entry {
        let author = Cast::pick(&mut self.random);
        let at = self.begin + self.count as Timestamp * self.between;
        let id = first_of(at) | i64::from(self.random.random::<u16>());
        self.count += 1;
        match self.random.random_range(0..100) {
            0..BOOSTS => self.boost(id, at, author),
            BOOSTS..BOOSTS_AND_ANSWERS => self.answer(id, at, author),
            _ => self.note(id, at, author),
        }
    }

    fn note(&mut self, id: Id, at: Timestamp, author: usize) -> Entry {
        let mut text = words::text(&mut self.random);
        // Not in what stands before all others.
        if self.count > 0 && self.count.is_multiple_of(SELDOM) {
            text.push_str(" Rendez-vous au kiosque.");
        }
        let tag = self.random.random_ratio(TAGGED, 100);
        let tag = tag.then(|| self.random.random_range(0..TAGS.len()));
        if let Some(number) = tag {
            text.extend([" #", TAGS[number]]);
        }
        let mut post = self.blank(id, at, author);
        post.html = format!("<p>{text}</p>");
        post.source = post.local.then_some(text);
        post.tags = tag.map_or_else(String::new, |number| TAGS[number].to_owned());
        self.audience(post.local).clone_into(&mut post.audience);
        let pictures = self.random.random_ratio(PICTURES, 100);
        let pictures = if pictures {
            self.random.random_range(1..=2)
        } else {
            0
        };
        post.has_media = pictures > 0;
        let media = (0..pictures).map(|position| picture(&post, position));
        Entry {
            media: media.collect(),
            post,
            author,
            mention: None,
            tag,
        }
    }

    /// One in twenty goes to followers only, one in ten is kept out of the public lists.
    fn audience(&mut self, local: bool) -> &'static str {
        match (self.random.random_range(0..20), local) {
            (0, true) => "town",
            (0, false) => "followers",
            (1 | 2, _) => "unlisted",
            _ => "public",
        }
    }

    fn answer(&mut self, id: Id, at: Timestamp, author: usize) -> Entry {
        let mut entry = self.note(id, at, author);
        let Some(place) = self.a_recent_place() else {
            return entry;
        };
        entry.answers(&mut self.recent[place].post);
        entry
    }

    fn boost(&mut self, id: Id, at: Timestamp, author: usize) -> Entry {
        let booster = self.cast.people[author].id;
        let place = self.a_recent_place().filter(|place| {
            let of = &self.recent[*place].post;
            matches!(of.audience.as_str(), "public" | "unlisted")
                && self.boosted.insert((of.id, booster))
        });
        let Some(place) = place else {
            return self.note(id, at, author);
        };
        let mut post = self.blank(id, at, author);
        let of = &mut self.recent[place].post;
        of.boosts += 1;
        post.boost_of_id = Some(of.id);
        post.url.clone_from(&of.url);
        Entry {
            post,
            author,
            media: Vec::new(),
            mention: None,
            tag: None,
        }
    }

    /// Of a post that is no boost.
    fn a_recent_place(&mut self) -> Option<usize> {
        let count = self.recent.len().min(MEMORY);
        let back = self.random.random_range(1..=count.max(1));
        let place = self.recent.len().checked_sub(back)?;
        self.recent[place]
            .post
            .boost_of_id
            .is_none()
            .then_some(place)
    }

    fn blank(&self, id: Id, at: Timestamp, author: usize) -> entity::post::Model {
        let author = &self.cast.people[author];
        let local = author.domain.is_empty();
        let uri = if local {
            format!("{ORIGIN}/ap/objects/{id}")
        } else {
            format!("{}/statuses/{id}", author.uri)
        };
        entity::post::Model {
            id,
            uri,
            url: format!("{}/{id}", author.url),
            author_id: author.id,
            local,
            kind: "note".to_owned(),
            audience: "public".to_owned(),
            boost_of_id: None,
            reply_to_id: None,
            reply_to_uri: None,
            reply_to_account_id: None,
            thread_id: id,
            title: None,
            html: String::new(),
            source: None,
            summary: String::new(),
            sensitive: false,
            language: Some("fr".to_owned()),
            tags: String::new(),
            has_media: false,
            replies: 0,
            boosts: 0,
            favourites: 0,
            created_at: at,
            edited_at: None,
            has_poll: false,
            has_quote: false,
            quotes: 0,
            policy: None,
            found: false,
            group_id: None,
            in_group: false,
            card_id: None,
            reply_state: None,
            reply_stamp: None,
            closed: false,
            taken_out: None,
            emoji: None,
        }
    }
}

fn tag_id(number: usize) -> Id {
    number as Id + 1
}

fn picture(post: &entity::post::Model, position: i32) -> entity::media::Model {
    let server = post.uri.split('/').take(3).collect::<Vec<_>>().join("/");
    entity::media::Model {
        id: post.id + Id::from(position),
        account_id: post.author_id,
        post_id: Some(post.id),
        position,
        file: None,
        preview_file: None,
        remote_url: Some(format!("{server}/media/{}-{position}.jpg", post.id)),
        mime: "image/jpeg".to_owned(),
        description: "La place du marché un samedi matin, vue de la fontaine".to_owned(),
        width: 1600,
        height: 1200,
        preview_width: 800,
        preview_height: 600,
        blurhash: Some(BLURHASH.to_owned()),
        focus_x: 0,
        focus_y: 0,
        created_at: post.created_at,
        duration: 0,
        frame_rate: 0,
        bit_rate: 0,
    }
}
