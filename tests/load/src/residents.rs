//! People of the measured town, made through the town's own library before the node starts. Knows
//! no HTTP.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use parvis_media::Media;
use parvis_model::{
    account::{AccountKind, Role},
    clock::Clock,
    id::Id,
};
use parvis_store::{Store, StoreOptions, entity};
use parvis_town::{Failure, Town, TownOptions, settings, tokens, users};

use crate::{grounds::Place, node::ORIGIN};

const SCOPES: &str = "read write follow";

#[derive(Clone, Debug)]
pub struct Resident {
    pub account: entity::account::Model,
    /// A bearer token.
    pub token: String,
}

/// Opens the place's database and founds the town in it, with its first steps done.
pub async fn open_town(place: &Place) -> Result<Arc<Town>> {
    let store = Store::open(StoreOptions {
        url: place.database_url.clone(),
        connections: 4,
    })
    .await?;
    let options = TownOptions {
        origin: ORIGIN.to_owned(),
        store,
        media: Media::in_folder(place.folder.join("media")),
        clock: Clock::system(),
        rates: false,
    };
    let town = Town::open(options).await?;
    town.store
        .write::<_, Failure, _>(|tx| Box::pin(settings::end_first_steps(tx)))
        .await?;
    Ok(town)
}

/// Lets go of the database. The last one to leave an SQLite file tidies it up, which takes a while
/// after much was written, and nothing may be measured before.
pub async fn close_town(town: Arc<Town>, place: &Place) -> Result<()> {
    town.store.read().close_by_ref().await?;
    drop(town);
    let log = place.folder.join("parvis.sqlite-wal");
    for _ in 0..600 {
        if !has_content(&log) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("{} is still in use", log.display());
}

fn has_content(file: &Path) -> bool {
    file.metadata().is_ok_and(|it| it.len() > 0)
}

/// A founded town with these people in it; nothing is open any more.
pub async fn settle(place: &Place, names: &[String]) -> Result<Vec<Resident>> {
    let town = open_town(place).await?;
    let residents = move_in(&town, names).await?;
    close_town(town, place).await?;
    Ok(residents)
}

/// In the order of their names.
pub async fn move_in(town: &Arc<Town>, names: &[String]) -> Result<Vec<Resident>> {
    // Two at once: each makes a key pair and hashes a password.
    stream::iter(names.iter().cloned())
        .map(|name| one(Arc::clone(town), name))
        .buffered(2)
        .try_collect()
        .await
}

async fn one(town: Arc<Town>, name: String) -> Result<Resident> {
    let password = "a password nobody uses".to_owned();
    let prepared = users::prepare_account(
        &town,
        &name,
        None,
        password,
        Role::Resident,
        AccountKind::Person,
    )
    .await?;
    let scopes = tokens::Scopes::parse(SCOPES)?;
    let inside = Arc::clone(&town);
    let (account, token) = town
        .store
        .write::<(Id, String), Failure, _>(move |tx| {
            Box::pin(async move {
                let signed_up = users::sign_up(tx, &inside, prepared).await?;
                let token = tokens::issue(tx, &inside, signed_up.user, "load", &scopes).await?;
                Ok((signed_up.account, token))
            })
        })
        .await?;
    let account = parvis_store::accounts::by_id(town.store.read(), account)
        .await?
        .context("a new resident is not there")?;
    Ok(Resident { account, token })
}
