//! Asks the pages that posts lead to, one of each server at a time. What is to be asked stands in the database, so a restart
//! loses none.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use parvis_model::{
    clock::{MINUTE, SECOND, Timestamp},
    handle::Handle,
    id::Id,
    uri,
};
use parvis_store::preview_cards::{self, Card, Errand};
use tokio::task::JoinSet;

use super::{FRESH, NONE, WebPage};
use crate::{
    Failure, Outcome, Town,
    accounts::by_handle,
    reach::Missing,
    remote_pictures::{self, CardPicture},
};

/// Servers asked at the same time.
const AT_ONCE: usize = 8;
/// Looked at to find servers that are not being asked already.
const LOOKED_AT: u64 = 64;
const PAUSE: Duration = Duration::from_secs(1);
/// How long an errand may take before another process takes it for lost.
const LEASE: Timestamp = 2 * MINUTE;
/// While its server is asked for another page.
const NEXT: Timestamp = 2 * SECOND;
/// A server that does not answer is asked so often, after waits that grow.
const ATTEMPTS: i32 = 3;

/// Runs errands as they become due, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut running: JoinSet<String> = JoinSet::new();
    let mut asked: HashSet<String> = HashSet::new();
    loop {
        while let Some(ended) = running.try_join_next() {
            match ended {
                Ok(server) => drop(asked.remove(&server)),
                Err(err) => {
                    tracing::error!(%err, town = town.host, "an errand for a preview broke off");
                    // Whose it was is not known any more: none is held up for good.
                    asked.clear();
                }
            }
        }
        if let Err(err) = send_out(&town, &mut running, &mut asked).await {
            tracing::warn!(%err, town = town.host, "previews wait");
        }
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn send_out(
    town: &Arc<Town>,
    running: &mut JoinSet<String>,
    asked: &mut HashSet<String>,
) -> Outcome<()> {
    if running.len() >= AT_ONCE {
        return Ok(());
    }
    let now = town.now();
    let due = preview_cards::due(town.store.read(), now, LOOKED_AT).await?;
    for errand in due {
        let server = uri::origin_of(&errand.url).unwrap_or_default();
        if asked.contains(&server) {
            put_off(town, errand.url, now + NEXT).await?;
            continue;
        }
        if running.len() >= AT_ONCE {
            return Ok(());
        }
        if claim(town, errand.url.clone(), now).await? {
            asked.insert(server.clone());
            let town = Arc::clone(town);
            running.spawn(async move {
                let url = errand.url.clone();
                if let Err(err) = run(&town, errand).await {
                    tracing::warn!(%err, url, town = town.host, "an errand for a preview failed");
                }
                server
            });
        }
    }
    Ok(())
}

async fn claim(town: &Town, url: String, now: Timestamp) -> Outcome<bool> {
    let claim = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::claim(tx, &url, now, now + LEASE).await?) })
    });
    claim.await
}

async fn put_off(town: &Town, url: String, until: Timestamp) -> Outcome<()> {
    let wait = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::put_off(tx, &url, until).await?) })
    });
    wait.await
}

/// Puts it off, with so many attempts made.
async fn retry(town: &Town, url: String, attempts: i32, until: Timestamp) -> Outcome<()> {
    let wait = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::retry(tx, &url, attempts, until).await?) })
    });
    wait.await
}

async fn run(town: &Arc<Town>, errand: Errand) -> Outcome<()> {
    let known = preview_cards::by_url(town.store.read(), &errand.url).await?;
    if let Some(card) = known.filter(|card| town.now() - card.fetched_at < FRESH) {
        let shown = Some(card.id).filter(|_| card.kind != NONE);
        return end(town, errand.url, shown).await;
    }
    if !remote_pictures::may_ask(town.store.read(), town, &errand.url).await? {
        return found(town, errand.url, None).await;
    }
    match town.reach().web_page(&errand.url).await {
        Ok(page) => found(town, errand.url, Some(page)).await,
        // Nobody was asked: that is no attempt.
        Err(Missing::Busy) => retry(town, errand.url, errand.attempts, town.now() + NEXT).await,
        Err(Missing::NotNow) if errand.attempts + 1 < ATTEMPTS => {
            let wait = MINUTE << (3 * errand.attempts.clamp(0, ATTEMPTS));
            put_off(town, errand.url, town.now() + wait).await
        }
        Err(_) => found(town, errand.url, None).await,
    }
}

async fn end(town: &Town, url: String, card: Option<i64>) -> Outcome<()> {
    let end = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::end(tx, &url, card).await?) })
    });
    end.await
}

/// Keeps what the page says, or that it says nothing, and shows it under the posts that wait for it; then its picture, so
/// that its size is known.
async fn found(town: &Arc<Town>, url: String, page: Option<WebPage>) -> Outcome<()> {
    let author = match page.as_ref().and_then(|page| page.creator.as_ref()) {
        Some(named) => creator(town, named).await?,
        None => None,
    };
    let card = Card {
        author_id: author,
        ..row(town, url, page)
    };
    let (image, is_shown) = (card.image_url.clone(), card.kind != NONE);
    let put = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            let url = card.url.clone();
            let id = preview_cards::put(tx, card).await?;
            preview_cards::end(tx, &url, Some(id).filter(|_| is_shown)).await?;
            Ok(id)
        })
    });
    let id = put.await?;
    let Some(image) = image else {
        return Ok(());
    };
    let picture = match remote_pictures::fetch_for_card(town, id, &image).await? {
        Ok(picture) => Some(picture),
        Err(Missing::Gone | Missing::NotNow) => None,
        // It is fetched as soon as somebody looks at it.
        Err(Missing::Busy) => return Ok(()),
    };
    let set = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move {
            let size = picture.as_ref().map(|it| (it.width, it.height));
            let blurhash = picture.and_then(|it: CardPicture| it.blurhash);
            Ok(preview_cards::set_picture(tx, id, size, blurhash).await?)
        })
    });
    set.await
}

/// The account of whom a page names: one of ours, or one that its server tells of.
async fn creator(town: &Arc<Town>, named: &Handle) -> Outcome<Option<Id>> {
    let is_ours = |domain: &String| domain.eq_ignore_ascii_case(&town.host);
    if named.domain.as_ref().is_none_or(is_ours) {
        return Ok(by_handle(town, named).await?.map(|row| row.id));
    }
    town.reach().handle(town, named).await
}

fn row(town: &Town, url: String, page: Option<WebPage>) -> Card {
    let blank = Card {
        id: town.ids.next(),
        url,
        kind: NONE.into(),
        title: String::new(),
        description: String::new(),
        language: None,
        author_name: String::new(),
        author_url: String::new(),
        provider_name: String::new(),
        provider_url: String::new(),
        image_url: None,
        image_description: String::new(),
        width: 0,
        height: 0,
        blurhash: None,
        published_at: None,
        fetched_at: town.now(),
        author_id: None,
    };
    let Some(page) = page else {
        return blank;
    };
    Card {
        kind: page.kind.as_str().into(),
        title: page.title,
        description: page.description,
        language: page.language,
        author_name: page.author_name,
        author_url: page.author_url,
        provider_name: page.provider_name,
        provider_url: page.provider_url,
        image_url: page.image,
        image_description: page.image_description,
        published_at: page.published_at,
        ..blank
    }
}
