//! What the demo tells: two towns, their people and some weeks of their talk, as written in `demo/story.toml`.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use figment::{
    Figment,
    providers::{Format as _, Toml},
};
use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    clock::{DAY, HOUR, MINUTE, Timestamp},
};
use serde::Deserialize;

const STORY: &str = include_str!("../../demo/story.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    pub towns: Vec<TownTold>,
    pub posts: Vec<PostTold>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TownTold {
    pub key: String,
    pub name: String,
    pub summary: String,
    pub contact: String,
    pub rules: Vec<String>,
    pub hue: i32,
    /// From which its arms …
    pub arms: String,
    /// … and its banner are drawn.
    pub banner: String,
    pub people: Vec<Person>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub name: String,
    pub display_name: String,
    #[serde(default = "person")]
    pub kind: AccountKind,
    #[serde(default = "resident")]
    pub role: Role,
    pub bio: String,
    #[serde(default)]
    pub locked: bool,
    #[serde(default)]
    pub fields: Vec<(String, String)>,
    /// "name" of the same town or "name@town".
    pub follows: Vec<String>,
    /// Whose asking to follow is answered with yes, where `locked`.
    #[serde(default)]
    pub accepts: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostTold {
    /// By which answers name it.
    pub key: Option<String>,
    /// Days before the first start.
    pub days: i64,
    /// "18:40", in the town's winter time.
    pub at: String,
    /// "name@town".
    pub by: String,
    pub reply_to: Option<String>,
    #[serde(default = "public")]
    pub audience: Audience,
    #[serde(default)]
    pub summary: String,
    pub text: String,
    pub picture: Option<PictureTold>,
    #[serde(default)]
    pub favourites: Vec<String>,
    #[serde(default)]
    pub boosts: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureTold {
    pub scene: String,
    pub description: String,
}

fn person() -> AccountKind {
    AccountKind::Person
}

fn resident() -> Role {
    Role::Resident
}

fn public() -> Audience {
    Audience::Public
}

impl Story {
    pub fn read() -> anyhow::Result<Self> {
        Figment::from(Toml::string(STORY))
            .extract()
            .context("reading the demo's story")
    }

    /// The text with the towns' hosts in the places that stand for them.
    pub fn with_hosts(text: &str, hosts: &HashMap<String, String>) -> String {
        hosts.iter().fold(text.to_owned(), |text, (key, host)| {
            text.replace(&format!("{{{key}}}"), host)
        })
    }
}

impl PostTold {
    /// The moment it was written, if the demo starts at `start`.
    pub fn moment(&self, start: Timestamp) -> anyhow::Result<Timestamp> {
        let wrong = || anyhow!("{:?} is not a time of day", self.at);
        let (hours, minutes) = self.at.split_once(':').ok_or_else(wrong)?;
        let hours: i64 = hours.parse().map_err(|_| wrong())?;
        let minutes: i64 = minutes.parse().map_err(|_| wrong())?;
        // Central European winter time; the demo does not mind an hour.
        let midnight = (start + HOUR) / DAY * DAY - HOUR;
        Ok(midnight - self.days * DAY + hours * HOUR + minutes * MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn people(story: &Story) -> HashSet<String> {
        let of = |town: &TownTold| {
            let key = town.key.clone();
            town.people
                .iter()
                .map(|person| format!("{}@{key}", person.name))
                .collect::<Vec<_>>()
        };
        story.towns.iter().flat_map(of).collect()
    }

    #[test]
    fn the_story_is_in_the_order_of_time_and_names_only_people_and_posts_that_exist() {
        let story = Story::read().unwrap();
        let people = people(&story);
        let start = 1_800_000_000_000;
        let mut told = HashSet::new();
        let mut last = 0;
        for post in &story.posts {
            assert!(people.contains(&post.by), "{}", post.by);
            let named = post.favourites.iter().chain(&post.boosts);
            named.for_each(|name| assert!(people.contains(name), "{name}"));
            if let Some(parent) = &post.reply_to {
                assert!(
                    told.contains(parent),
                    "{parent} is answered before it is written"
                );
            }
            told.extend(post.key.clone());
            let moment = post.moment(start).unwrap();
            assert!(last < moment && moment < start, "{}", post.text);
            last = moment;
        }
        for person in story.towns.iter().flat_map(|town| &town.people) {
            let known = |name: &String| {
                people.contains(name)
                    || people
                        .iter()
                        .any(|full| full.starts_with(&format!("{name}@")))
            };
            assert!(person.follows.iter().all(known), "{:?}", person.follows);
        }
    }

    #[test]
    fn there_are_a_dozen_residents_two_associations_and_two_town_halls() {
        let story = Story::read().unwrap();
        let count = |kind| {
            let everyone = story.towns.iter().flat_map(|town| &town.people);
            everyone.filter(|person| person.kind == kind).count()
        };
        assert_eq!(count(AccountKind::Person), 12);
        assert_eq!(count(AccountKind::Group), 2);
        assert_eq!(count(AccountKind::Organization), 2);
    }

    #[test]
    fn who_speaks_to_the_other_town_names_its_host() {
        let hosts = HashMap::from([("valmont".to_owned(), "valmont.localhost:8000".to_owned())]);
        let text = Story::with_hosts("@camille@{valmont} Bonjour", &hosts);
        assert_eq!(text, "@camille@valmont.localhost:8000 Bonjour");
    }
}
