//! Who writes in a seeded town, how much, and who follows them. Knows no post.

use parvis_model::{clock::Timestamp, id::Id};
use parvis_store::{
    DbErr,
    accounts::{self, Count},
    dialect, entity,
};
use parvis_town::Town;
use rand::{Rng, RngExt as _};

use super::rows;

const PEOPLE: usize = 2_000;
/// Every so manieth lives in the town itself.
const RESIDENT_EVERY: usize = 20;
/// The last of them write next to nothing.
const QUIET: usize = 500;
/// Of 1,000 posts, so many are theirs.
const QUIET_SHARE: u32 = 5;
const FOLLOWED: usize = 500;
const SERVERS: usize = 60;
const COUNTS: &str = "UPDATE account SET posts = $1, last_post_at = $2 WHERE id = $3";

pub struct Cast {
    pub people: Vec<entity::account::Model>,
}

impl Cast {
    /// `like`: a resident to take after.
    pub fn new(town: &Town, like: &entity::account::Model) -> Self {
        let people = (0..PEOPLE).map(|number| {
            let id = town.ids.next();
            if number.is_multiple_of(RESIDENT_EVERY) {
                resident(town, like, id, number)
            } else {
                stranger(like, id, number)
            }
        });
        Self {
            people: people.collect(),
        }
    }

    /// The number of the next one to write: few write much and many write little.
    pub fn pick(random: &mut impl Rng) -> usize {
        if random.random_ratio(QUIET_SHARE, 1_000) {
            return PEOPLE - QUIET + random.random_range(0..QUIET);
        }
        let even: f64 = random.random();
        ((even * even) * (PEOPLE - QUIET) as f64) as usize
    }

    /// Writes the people down and lets the one reader follow every third of those who write, the
    /// other all who hardly do.
    pub async fn enter(
        &self,
        town: &Town,
        reader: &entity::account::Model,
        patient: &entity::account::Model,
    ) -> Result<(), DbErr> {
        let busy = self.people[..PEOPLE - QUIET]
            .iter()
            .step_by(3)
            .take(FOLLOWED);
        let quiet = self.people[PEOPLE - QUIET..].iter().take(FOLLOWED);
        let mut follows: Vec<_> = busy.map(|one| follow(town, reader, one)).collect();
        follows.extend(quiet.map(|one| follow(town, patient, one)));
        let people = self.people.clone();
        let readers = [reader.id, patient.id];
        town.store
            .write::<_, DbErr, _>(move |tx| {
                Box::pin(async move {
                    rows::insert::<entity::account::Entity>(tx, &people).await?;
                    for reader in readers {
                        let followed = FOLLOWED as i64;
                        accounts::count(tx, reader, Count::Following, followed).await?;
                    }
                    rows::insert::<entity::follow::Entity>(tx, &follows).await
                })
            })
            .await
    }

    pub fn wrote(&mut self, number: usize, at: Timestamp) {
        let author = &mut self.people[number];
        author.posts += 1;
        author.last_post_at = Some(at);
    }

    pub fn busiest_resident(&self) -> Option<&entity::account::Model> {
        let residents = self.people.iter().filter(|one| one.domain.is_empty());
        residents.max_by_key(|one| one.posts)
    }

    /// How much each has written is known only at the end.
    pub async fn settle_counts(self, town: &Town) -> Result<(), DbErr> {
        let people = self.people;
        town.store
            .write::<_, DbErr, _>(move |tx| {
                Box::pin(async move {
                    for one in people {
                        let params = [one.posts.into(), one.last_post_at.into(), one.id.into()];
                        dialect::run(tx, COUNTS, params).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

fn follow(
    town: &Town,
    reader: &entity::account::Model,
    of: &entity::account::Model,
) -> entity::follow::Model {
    let id = town.ids.next();
    entity::follow::Model {
        id,
        follower_id: reader.id,
        target_id: of.id,
        accepted: true,
        uri: format!("{}/ap/activities/{id}", town.origin),
        show_boosts: true,
        notify: false,
        created_at: town.now(),
        languages: None,
    }
}

fn resident(
    town: &Town,
    like: &entity::account::Model,
    id: Id,
    number: usize,
) -> entity::account::Model {
    let (uri, name) = (
        format!("{}/ap/actors/{id}", town.origin),
        format!("voisin{number}"),
    );
    entity::account::Model {
        url: format!("{}/@{name}", town.origin),
        ..named(like, id, &uri, &name, number)
    }
}

fn stranger(like: &entity::account::Model, id: Id, number: usize) -> entity::account::Model {
    let domain = format!("ville{}.example", number % SERVERS);
    let name = format!("personne{number}");
    let uri = format!("https://{domain}/users/{name}");
    entity::account::Model {
        url: format!("https://{domain}/@{name}"),
        shared_inbox: Some(format!("https://{domain}/inbox")),
        avatar: Some(format!(
            "https://{domain}/media/avatars/{number}/original.jpg"
        )),
        domain,
        ..named(like, id, &uri, &name, number)
    }
}

fn named(
    like: &entity::account::Model,
    id: Id,
    uri: &str,
    name: &str,
    number: usize,
) -> entity::account::Model {
    entity::account::Model {
        id,
        name: name.to_owned(),
        name_key: name.to_owned(),
        uri: uri.to_owned(),
        display_name: format!("Dominique {number} du Pré"),
        bio_html: "<p>Lit, marche, jardine. Toujours au marché le samedi matin.</p>".to_owned(),
        inbox: format!("{uri}/inbox"),
        outbox: format!("{uri}/outbox"),
        followers_uri: format!("{uri}/followers"),
        following_uri: format!("{uri}/following"),
        featured_uri: None,
        indexable: true,
        key_id: format!("{uri}#main-key"),
        ..like.clone()
    }
}
