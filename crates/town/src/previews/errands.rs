//! Asks the pages that posts lead to, one of each server at a time. What is to be asked stands in the database, so a restart
//! loses none.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use parvis_model::{
    clock::{HOUR, MINUTE, SECOND, Timestamp},
    handle::Handle,
    id::Id,
    uri,
};
use parvis_store::preview_cards::{self, Card, Errand};

use super::{FRESH, NONE, WebPage};
use crate::{
    Failure, Outcome, Town,
    accounts::by_handle,
    reach::Missing,
    remote_pictures::{self, CardPicture},
    under_way::UnderWay,
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
/// Servers asked in an hour for people whom pages name …
const NAMED: usize = 200;
/// … and questions to one of them: pages of strangers choose whom we ask.
const NAMED_THERE: usize = 10;

/// The servers asked for people whom pages name, and how often, in the hour that began then.
#[derive(Default)]
struct Asked(Mutex<(Timestamp, HashMap<String, usize>)>);

impl Asked {
    /// Counts one more; `false`: that is enough for this hour.
    fn may_ask(&self, host: &str, now: Timestamp) -> bool {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, hosts) = &mut *asked;
        if now - *since >= HOUR {
            *since = now;
            hosts.clear();
        }
        let host = host.to_lowercase();
        if hosts.len() >= NAMED && !hosts.contains_key(&host) {
            return false;
        }
        let there = hosts.entry(host).or_default();
        *there += 1;
        *there <= NAMED_THERE
    }
}

/// Runs errands as they become due, until `stop` is done.
pub async fn watch(town: Arc<Town>, stop: impl Future<Output = ()>) {
    let mut running = UnderWay::nothing();
    tokio::select! {
        () = stop => {}
        () = send_out_again_and_again(&town, &mut running) => {}
    }
    // That the program stops is no attempt that failed.
    for errand in running.cut_short().await {
        if let Err(err) = retry(&town, errand, town.now()).await {
            tracing::warn!(%err, town = town.host, "a preview waits for its lease");
        }
    }
}

async fn send_out_again_and_again(town: &Arc<Town>, running: &mut UnderWay<Errand>) {
    let named = Arc::new(Asked::default());
    loop {
        running.forget_ended();
        if let Err(err) = send_out(town, running, &named).await {
            tracing::warn!(%err, town = town.host, "previews wait");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn send_out(
    town: &Arc<Town>,
    running: &mut UnderWay<Errand>,
    named: &Arc<Asked>,
) -> Outcome<()> {
    if running.errands().len() >= AT_ONCE {
        return Ok(());
    }
    let now = town.now();
    let due = preview_cards::due(town.store.read(), now, LOOKED_AT).await?;
    for errand in due {
        let server = uri::origin_of(&errand.url);
        let is_same = |other: &Errand| uri::origin_of(&other.url) == server;
        if running.errands().any(is_same) {
            put_off(town, errand.url, now, now + NEXT).await?;
            continue;
        }
        if running.errands().len() >= AT_ONCE {
            return Ok(());
        }
        if claim(town, errand.url.clone(), now).await? {
            // As it stands now, but for the attempt that may come to nothing through no fault of its server.
            let errand = Errand {
                due_at: now + LEASE,
                ..errand
            };
            let (town, named) = (Arc::clone(town), Arc::clone(named));
            running.begin(errand.clone(), async move {
                let post = errand.post_id;
                if let Err(err) = run(&town, errand, &named).await {
                    tracing::warn!(%err, post, town = town.host, "an errand for a preview failed");
                }
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

async fn put_off(town: &Town, url: String, due_at: Timestamp, until: Timestamp) -> Outcome<()> {
    let wait = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::put_off(tx, &url, due_at, until).await?) })
    });
    wait.await
}

/// Puts it off, with as many attempts made as before it was claimed.
async fn retry(town: &Town, errand: Errand, until: Timestamp) -> Outcome<()> {
    let wait = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { Ok(preview_cards::retry(tx, &errand, until).await?) })
    });
    wait.await
}

async fn run(town: &Arc<Town>, errand: Errand, named: &Asked) -> Outcome<()> {
    let known = preview_cards::by_url(town.store.read(), &errand.url).await?;
    if let Some(card) = known.filter(|card| town.now() - card.fetched_at < FRESH) {
        let shown = Some(card.id).filter(|_| card.kind != NONE);
        return end(town, errand.url, shown).await;
    }
    if !remote_pictures::may_ask(town.store.read(), town, &errand.url).await? {
        return found(town, errand.url, None, None).await;
    }
    match town.reach().web_page(&errand.url).await {
        Ok(page) => {
            let author = match &page.creator {
                Some(creator) => author(town, creator, named).await?,
                None => None,
            };
            found(town, errand.url, Some(page), author).await
        }
        // Nobody was asked: that is no attempt.
        Err(Missing::Busy) => retry(town, errand, town.now() + NEXT).await,
        Err(Missing::NotNow) if errand.attempts + 1 < ATTEMPTS => {
            let wait = MINUTE << (3 * errand.attempts.clamp(0, ATTEMPTS));
            put_off(town, errand.url, errand.due_at, town.now() + wait).await
        }
        Err(_) => found(town, errand.url, None, None).await,
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
async fn found(
    town: &Arc<Town>,
    url: String,
    page: Option<WebPage>,
    author: Option<Id>,
) -> Outcome<()> {
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

/// The account of whom a page names: one of ours, one that its server tells of, or else one that is known here already.
async fn author(town: &Arc<Town>, creator: &Handle, named: &Asked) -> Outcome<Option<Id>> {
    let domain = creator.domain.as_ref();
    let may_ask = |domain: &String| named.may_ask(domain, town.now());
    if town.is_elsewhere(creator) && domain.is_some_and(may_ask) {
        return town.reach().handle(town, creator).await;
    }
    Ok(by_handle(town, creator).await?.map(|row| row.id))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_a_server_asked_only_so_often_and_only_so_many_servers() {
        let asked = Asked::default();
        for _ in 0..NAMED_THERE {
            assert!(asked.may_ask("far.example", HOUR));
        }
        assert!(!asked.may_ask("Far.example", HOUR));
        for number in 1..NAMED {
            assert!(asked.may_ask(&format!("s{number}.example"), HOUR));
        }
        assert!(!asked.may_ask("one-more.example", HOUR));
        assert!(asked.may_ask("s1.example", 2 * HOUR - 1));
        assert!(asked.may_ask("one-more.example", 2 * HOUR));
        assert!(asked.may_ask("far.example", 2 * HOUR));
    }
}
