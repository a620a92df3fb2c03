//! Tells the story: the two towns run on a clock that is held and moved through the past weeks, and everything that happens is
//! a deed of someone in one town which reaches the other over the network. So the towns end up as if they had lived.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow};
use futures_util::future::BoxFuture;
use parvis_media::{Shape, drawn};
use parvis_model::{
    account::{AccountKind, Registration, Role},
    clock::{Clock, DAY, HOUR, MINUTE, Timestamp},
    handle::Handle,
    id::Id,
    limits,
};
use parvis_store::{Tx, deliveries};
use parvis_town::{
    Failure, Outcome, Town, Viewer,
    accounts::{self, Change, ProfileEdit},
    follows,
    journal::Reader,
    look::{self, Colour, LookEdit},
    media, posts,
    posts::Compose,
    reach::Found,
    reactions, readers,
    settings::{self as town_settings, TownEdit},
    users,
};
use tokio::time::{Instant, sleep};

use super::story::{Person, PostTold, Story, TownTold};
use crate::{exit::Done, installation, node::Node, serve, settings::Settings};

/// Before the first post everyone has moved in.
const MOVING_IN: Timestamp = 2 * DAY;
/// What crosses over on one computer arrives in a moment, or something is broken.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(5);
/// Readers take their time to react: the first favourite comes this long after a post, the next after as much again.
const REACTION: Timestamp = 9 * MINUTE;

/// One thing that happens.
struct Happening<'s> {
    at: Timestamp,
    post: usize,
    what: What<'s>,
}

enum What<'s> {
    Written(&'s PostTold),
    Favoured(&'s str),
    Boosted(&'s str),
}

/// Serves the towns while the story is told in them, and ends cleanly.
pub async fn tell(settings: &Settings, story: &Story, password: &str) -> Done {
    let start = Clock::system().now();
    let first = story
        .posts
        .first()
        .context("the story is empty")?
        .moment(start)?;
    let clock = Clock::fixed(first - MOVING_IN);
    let node = Node::new(settings.clone(), clock.clone())?;
    let mut stage = Stage {
        clock,
        towns: HashMap::new(),
        people: HashMap::new(),
        posts: HashMap::new(),
    };
    for (told, place) in pairs(story, &installation::places(settings)?) {
        stage
            .towns
            .insert(told.key.clone(), node.take_up(place).await?);
    }
    serve::open_doors(&node, serve::listen(settings.listen).await?);
    let told = stage.play(story, start, password).await;
    node.end().await;
    Ok(told?)
}

fn pairs<'s>(
    story: &'s Story,
    places: &'s [installation::Place],
) -> impl Iterator<Item = (&'s TownTold, &'s installation::Place)> {
    story.towns.iter().filter_map(|told| {
        let prefix = format!("{}.", told.key);
        Some((
            told,
            places
                .iter()
                .find(|place| place.host().starts_with(&prefix))?,
        ))
    })
}

struct Stage {
    clock: Clock,
    /// By the story's names: "valmont".
    towns: HashMap<String, Arc<Town>>,
    /// "camille@valmont" to her account in her own town.
    people: HashMap<String, Id>,
    /// By the position in the story: the town and the address of a post.
    posts: HashMap<usize, String>,
}

impl Stage {
    async fn play(
        &mut self,
        story: &Story,
        start: Timestamp,
        password: &str,
    ) -> anyhow::Result<()> {
        for told in &story.towns {
            self.describe(told)
                .await
                .with_context(|| told.name.clone())?;
            for person in &told.people {
                self.move_in(told, person, password)
                    .await
                    .with_context(|| format!("{} moves in", person.display_name))?;
            }
        }
        self.make_friends(story).await?;
        for happening in happenings(story, start)? {
            self.wait_until(happening.at).await?;
            self.happen(story, &happening)
                .await
                .with_context(|| format!("telling {:?}", story.posts[happening.post].text))?;
        }
        self.wait_until(start).await
    }

    /// Moves the clock on. What is on its way arrives first: a letter that takes half a day is not believed.
    async fn wait_until(&self, moment: Timestamp) -> anyhow::Result<()> {
        let step = (moment - self.clock.now()).max(0);
        if step > HOUR {
            self.settle().await?;
        }
        self.clock.advance(step);
        Ok(())
    }

    fn town(&self, key: &str) -> anyhow::Result<Arc<Town>> {
        self.towns
            .get(key)
            .cloned()
            .with_context(|| format!("there is no town {key}"))
    }

    /// The town and the account behind "camille@valmont".
    fn person(&self, name: &str) -> anyhow::Result<(Arc<Town>, Id)> {
        let (_, key) = name
            .split_once('@')
            .with_context(|| format!("{name} lives nowhere"))?;
        let account = self
            .people
            .get(name)
            .with_context(|| format!("there is no {name}"))?;
        Ok((self.town(key)?, *account))
    }

    fn hosts(&self) -> HashMap<String, String> {
        self.towns
            .iter()
            .map(|(key, town)| (key.clone(), town.host.clone()))
            .collect()
    }

    async fn describe(&self, told: &TownTold) -> anyhow::Result<()> {
        let town = self.town(&told.key)?;
        let edit = TownEdit {
            name: told.name.clone(),
            summary: told.summary.clone(),
            language: "fr".into(),
            time_zone: "Europe/Paris".into(),
            registration: Registration::Open,
            inviters: Role::Resident,
            contact: told.contact.clone(),
            rules: told.rules.join("\n"),
            hue: None,
            privacy: String::new(),
        };
        let look = look(&town, told).await?;
        done(&town, move |tx, town| {
            Box::pin(async move {
                town_settings::describe(tx, &town, &edit).await?;
                look::dress(tx, &town, look).await
            })
        })
        .await?;
        Ok(town.refresh_profile().await?)
    }

    async fn move_in(
        &mut self,
        told: &TownTold,
        person: &Person,
        password: &str,
    ) -> anyhow::Result<()> {
        let town = self.town(&told.key)?;
        let prepared = users::prepare_account(
            &town,
            &person.name,
            None,
            password.to_owned(),
            person.role,
            person.kind,
        )
        .await?;
        let edit = profile(&town, told, person).await?;
        let account = done(&town, move |tx, town| {
            Box::pin(async move {
                let account = users::sign_up(tx, &town, prepared).await?.account;
                accounts::edit_profile(tx, &town, account, edit).await?;
                Ok(account)
            })
        })
        .await?;
        self.people
            .insert(format!("{}@{}", person.name, told.key), account);
        Ok(())
    }

    /// Everyone asks first, then we wait for the answers: those of the other town take a moment.
    async fn make_friends(&self, story: &Story) -> anyhow::Result<()> {
        let mut asked = Vec::new();
        for told in &story.towns {
            for person in &told.people {
                for target in &person.follows {
                    asked.push(self.ask_to_follow(told, person, target).await?);
                }
            }
        }
        for told in &story.towns {
            for person in told.people.iter().filter(|person| person.locked) {
                self.accept_friends(told, person).await?;
            }
        }
        for (town, follower, target) in asked.into_iter().flatten() {
            until("a follow is answered", async || {
                Ok(accounts::relation(&town, follower, target)
                    .await?
                    .following
                    .then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// Whom to wait for: nobody, where a person decides who may follow.
    async fn ask_to_follow(
        &self,
        told: &TownTold,
        person: &Person,
        target: &str,
    ) -> anyhow::Result<Option<(Arc<Town>, Id, Id)>> {
        let (town, me) = self.person(&format!("{}@{}", person.name, told.key))?;
        let far = target.split_once('@');
        let target = match far {
            None => self.person(&format!("{target}@{}", told.key))?.1,
            Some((name, key)) => {
                let host = self.town(key)?.host.clone();
                let handle = Handle {
                    name: name.to_owned(),
                    domain: Some(host),
                };
                let found = town.reach().handle(&town, &handle).await?;
                found.with_context(|| format!("{target} is not found by the other town"))?
            }
        };
        done(&town, move |tx, town| {
            Box::pin(async move { follows::request(tx, &town, me, target).await })
        })
        .await?;
        let decides_herself = accounts::view(&town, &Viewer::nobody(), target)
            .await?
            .locked;
        Ok((!decides_herself).then_some((town, me, target)))
    }

    async fn accept_friends(&self, told: &TownTold, person: &Person) -> anyhow::Result<()> {
        let (town, me) = self.person(&format!("{}@{}", person.name, told.key))?;
        for friend in &person.accepts {
            let (_, friend) = self.person(&format!("{friend}@{}", told.key))?;
            done(&town, move |tx, town| {
                Box::pin(async move { follows::accept(tx, &town, me, friend).await })
            })
            .await?;
        }
        Ok(())
    }

    async fn happen(&mut self, story: &Story, happening: &Happening<'_>) -> anyhow::Result<()> {
        match happening.what {
            What::Written(told) => {
                let uri = self.write(story, told).await?;
                self.posts.insert(happening.post, uri);
            }
            What::Favoured(by) => {
                let (town, me) = self.person(by)?;
                let post = self.post_in(&town, me, happening.post).await?;
                done(&town, move |tx, town| {
                    Box::pin(async move { reactions::favourite(tx, &town, me, post).await })
                })
                .await?;
            }
            What::Boosted(by) => {
                let (town, me) = self.person(by)?;
                let post = self.post_in(&town, me, happening.post).await?;
                done(&town, move |tx, town| {
                    Box::pin(async move { posts::boost(tx, &town, me, post).await })
                })
                .await?;
            }
        }
        Ok(())
    }

    /// The address of the new post.
    async fn write(&self, story: &Story, told: &PostTold) -> anyhow::Result<String> {
        let (town, me) = self.person(&told.by)?;
        let reply_to = match &told.reply_to {
            None => None,
            Some(key) => {
                let parent = story
                    .posts
                    .iter()
                    .position(|post| post.key.as_ref() == Some(key));
                let parent = parent.with_context(|| format!("there is no post {key}"))?;
                Some(self.post_in(&town, me, parent).await?)
            }
        };
        let mut pictures = Vec::new();
        if let Some(picture) = &told.picture {
            let drawing = drawn::scene(&picture.scene);
            pictures.push(
                media::keep(&town, me, drawing, &picture.description)
                    .await?
                    .id,
            );
        }
        let compose = Compose {
            text: Story::with_hosts(&told.text, &self.hosts()),
            summary: told.summary.clone(),
            sensitive: false,
            language: Some("fr".into()),
            audience: told.audience,
            reply_to,
            media: pictures,
            poll: None,
            quote: None,
            quoters: None,
        };
        let draft = posts::prepare(&town, me, compose).await?;
        let id = done(&town, move |tx, town| {
            Box::pin(async move { posts::publish(tx, &town, me, draft).await })
        })
        .await?;
        Ok(posts::view(&town, &Viewer::resident(me), id).await?.uri)
    }

    /// The post as a town knows it, once it has arrived there; one that nobody there follows is fetched.
    async fn post_in(&self, town: &Arc<Town>, me: Id, post: usize) -> anyhow::Result<Id> {
        let uri = self.posts.get(&post).context("not yet written")?;
        let viewer = Viewer::resident(me);
        let arrived = until("a post arrives", async || {
            Ok(posts::by_address(town, &viewer, uri)
                .await?
                .map(|post| post.id))
        });
        match tokio::time::timeout(PATIENCE / 10, arrived).await {
            Ok(found) => found,
            Err(_elapsed) => match town.reach().uri(town, uri).await? {
                Some(Found::Post(id)) => Ok(id),
                _ => Err(anyhow!("{uri} is not found in {}", town.host)),
            },
        }
    }

    /// Everything said has been read and has arrived where it was meant to, and so has what followed from that.
    async fn settle(&self) -> anyhow::Result<()> {
        until("everything has arrived", async || {
            for town in self.towns.values() {
                if !is_quiet(town).await? {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await
    }
}

/// Everything that happens, in the order of time.
fn happenings(story: &Story, start: Timestamp) -> anyhow::Result<Vec<Happening<'_>>> {
    let mut happenings = Vec::new();
    for (post, told) in story.posts.iter().enumerate() {
        let written = told.moment(start)?;
        let favoured = told.favourites.iter().map(|by| What::Favoured(by));
        let boosted = told.boosts.iter().map(|by| What::Boosted(by));
        let all = std::iter::once(What::Written(told))
            .chain(favoured)
            .chain(boosted);
        happenings.extend(all.zip(0..).map(|(what, step)| {
            let at = (written + step * REACTION).min(start - HOUR);
            Happening {
                at: at.max(written),
                post,
                what,
            }
        }));
    }
    happenings.sort_by_key(|happening| happening.at);
    Ok(happenings)
}

/// What a town looks like: a colour, arms and a banner of its own.
async fn look(town: &Town, told: &TownTold) -> anyhow::Result<LookEdit> {
    let arms = look::prepare_arms(town, drawn::arms(&told.arms)).await?;
    let banner = look::prepare_banner(town, drawn::header(&told.banner)).await?;
    Ok(LookEdit {
        colour: Colour::Hue(told.hue),
        arms: Change::Set(arms),
        banner: Change::Set(banner),
    })
}

/// What a resident looks like; town halls and associations have arms, and everyone a view.
async fn profile(town: &Town, told: &TownTold, person: &Person) -> anyhow::Result<ProfileEdit> {
    let name = format!("{}@{}", person.name, told.key);
    let motif = match person.kind {
        AccountKind::Person => drawn::Motif::Person,
        _ => drawn::Motif::Group,
    };
    let avatar = media::picture(town, drawn::avatar(&name, motif), Shape::Avatar).await?;
    let header = media::picture(town, drawn::header(&name), Shape::Header).await?;
    Ok(ProfileEdit {
        display_name: Some(person.display_name.clone()),
        bio: Some(person.bio.clone()),
        locked: Some(person.locked),
        discoverable: Some(true),
        indexable: Some(true),
        fields: Some(
            person
                .fields
                .iter()
                .take(limits::PROFILE_FIELDS)
                .cloned()
                .collect(),
        ),
        avatar: Change::Set(avatar),
        header: Change::Set(header),
        ..ProfileEdit::default()
    })
}

/// Does a deed of someone in this town.
async fn done<T, F>(town: &Arc<Town>, deed: F) -> Outcome<T>
where
    F: for<'t> FnOnce(&'t Tx, Arc<Town>) -> BoxFuture<'t, Outcome<T>> + Clone + Send + 'static,
    T: Send + 'static,
{
    let here = town.clone();
    town.store
        .write::<T, Failure, _>(move |tx| deed(tx, here))
        .await
}

async fn is_quiet(town: &Town) -> Outcome<bool> {
    for name in readers::ALL {
        if Reader::new(name).next(town, 1).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(deliveries::pending_count(town.store.read()).await? == 0)
}

/// Looks again and again until there is something to see.
async fn until<T>(what: &str, look: impl AsyncFn() -> Outcome<Option<T>>) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        sleep(GLANCE).await;
    }
    Err(anyhow!("waited in vain until {what}"))
}
