//! What a page hears while somebody looks at it: that something has come to their home, and no more.

use std::time::{Duration, Instant};

use http::HeaderMap;
use parvis_testkit::{Browser, Ear, Events, TestTown, actor::marker, exchange::headers, until};
use serde_json::Value;

use crate::app::does;

/// What goes along with each request of this browser.
fn cookies(browser: &Browser) -> HeaderMap {
    let all = browser.cookies.iter();
    let all: Vec<String> = all.map(|(name, value)| format!("{name}={value}")).collect();
    headers(&[("cookie", &all.join("; "))])
}

/// An error is the status that came instead.
async fn looks(town: &TestTown, headers: HeaderMap) -> Result<Events, u16> {
    Events::open(town, "/nouveautes/flux", headers).await
}

#[tokio::test]
async fn a_page_hears_that_something_came_until_its_session_ends_and_nothing_of_what_is_hidden() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (paul, rose) = (town.resident("paul").await, town.resident("rose").await);
    for followed in [&jean, &paul] {
        marie.follows(&followed.handle()).await;
    }
    does(&marie, &format!("/api/v1/accounts/{}/mute", paul.id), &[]).await;
    let mut browser = town.browser_of("marie").await;
    let session = cookies(&browser);
    let mut page = looks(&town, session.clone()).await.unwrap();
    jean.posts_for("private", "Pour qui me suit").await;
    let news = ("news".to_owned(), "home".to_owned());
    assert_eq!(page.hears().await, Some(news));

    let mut barrier = Ear::of(&town, &rose.token, "user").await;
    marie.posts("De moi").await;
    paul.posts("De qui je masque").await;
    jean.posts_for("direct", "@rose de toi à moi").await;
    rose.posts_for("private", "Pour qui me suit").await;
    let last = marker("De qui je ne suis pas");
    rose.posts(&last).await;
    let is_last = |frame: &Value| {
        frame["payload"]
            .as_str()
            .is_some_and(|it| it.contains(&last))
    };
    barrier.hears_up_to(is_last).await;

    // What was to be said of all that has been said by now, and would come before the end.
    let settings = browser.opens("/reglages/compte").await.expecting(200);
    browser
        .submits(&settings, &settings.form("/deconnexion"))
        .await;
    let left = Instant::now();
    assert_eq!(page.hears().await, None);
    assert!(left.elapsed() < Duration::from_secs(10));
    assert_eq!(looks(&town, session).await.err(), Some(204));
}

#[tokio::test]
async fn pages_that_listen_are_few_of_ones_own_town_and_keep_no_stop_waiting() {
    let town = TestTown::start("valmont").await;
    town.resident("marie").await;
    let session = cookies(&town.browser_of("marie").await);
    assert_eq!(looks(&town, HeaderMap::new()).await.err(), Some(204));
    for site in ["cross-site", "same-site"] {
        let mut from_elsewhere = session.clone();
        from_elsewhere.insert("sec-fetch-site", site.parse().unwrap());
        assert_eq!(
            looks(&town, from_elsewhere).await.err(),
            Some(403),
            "{site}"
        );
    }
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(looks(&town, session.clone()).await.unwrap());
    }
    assert_eq!(looks(&town, session.clone()).await.err(), Some(429));
    drop(open.pop());
    until("there is room again", || async {
        looks(&town, session.clone()).await.is_ok()
    })
    .await;
    let (code, took) = town.stop().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(open[0].hears().await, None);
}
