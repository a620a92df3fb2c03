//! Pages of lists and the way between them.

use super::{House, id, ids};

/// The address in a `Link` header, without its origin.
fn leading<'a>(link: &'a str, rel: &str) -> Option<&'a str> {
    let part = link
        .split(", ")
        .find(|part| part.ends_with(&format!("rel=\"{rel}\"")))?;
    part.strip_prefix("<https://valmont.example")?
        .split('>')
        .next()
}

#[tokio::test]
async fn home_is_read_page_by_page_in_both_directions() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let mut posted = Vec::new();
    for number in 0..5 {
        posted.push(id(&lea.posts(&format!("status=Num%C3%A9ro+{number}")).await).to_owned());
    }
    posted.reverse();
    let mut path = "/api/v1/timelines/home?limit=2".to_owned();
    let mut seen = Vec::new();
    let mut newer = None;
    loop {
        let reply = lea.get(&path).await;
        let link = reply.header("link").to_owned();
        let list = reply.ok().as_array().unwrap().clone();
        seen.extend(list.iter().map(|post| id(post).to_owned()));
        if let Some(prev) = leading(&link, "prev") {
            newer = Some(prev.to_owned());
        }
        let Some(next) = leading(&link, "next") else {
            break;
        };
        assert!(next.contains("limit=2"), "{next}");
        next.clone_into(&mut path);
    }
    assert_eq!(seen, posted);
    let above = lea.list(&newer.unwrap()).await;
    assert_eq!(
        ids(&above),
        &posted[2..4],
        "the page immediately above the last, newest first"
    );
    let newest = lea
        .list(&format!(
            "/api/v1/timelines/home?limit=2&since_id={}",
            posted[4]
        ))
        .await;
    assert_eq!(ids(&newest), &posted[..2]);
}

#[tokio::test]
async fn favourites_are_paged_by_a_cursor_of_their_own() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let (first, second) = (lea.posts("status=un").await, lea.posts("status=deux").await);
    for post in [&second, &first] {
        lea.post(&format!("/api/v1/statuses/{}/favourite", id(post)), "")
            .await
            .ok();
    }
    let reply = lea.get("/api/v1/favourites?limit=1").await;
    let next = leading(reply.header("link"), "next").unwrap().to_owned();
    assert_eq!(
        ids(reply.ok().as_array().unwrap()),
        [id(&first)],
        "the last liked comes first"
    );
    assert_eq!(ids(&lea.list(&next).await), [id(&second)]);
}

#[tokio::test]
async fn public_lists_hold_what_is_public() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let open = lea.posts("status=Pour+tous+%23fete").await;
    lea.posts("status=Cach%C3%A9+%23fete&visibility=private")
        .await;
    for path in [
        "/api/v1/timelines/public",
        "/api/v1/timelines/public?local=true",
        "/api/v1/timelines/tag/fete",
        "/api/v1/timelines/tag/FETE",
    ] {
        let list = house.get(path).await.ok();
        assert_eq!(ids(list.as_array().unwrap()), [id(&open)], "{path}");
    }
    for path in [
        "/api/v1/timelines/public?remote=1",
        "/api/v1/timelines/public?only_media=1",
    ] {
        assert_eq!(house.get(path).await.ok(), serde_json::json!([]), "{path}");
    }
}

#[tokio::test]
async fn notifications_are_chosen_by_type() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let post = lea.posts("status=Bonjour").await;
    marc.post(&format!("/api/v1/statuses/{}/favourite", id(&post)), "")
        .await
        .ok();
    marc.post(&format!("/api/v1/accounts/{}/follow", lea.id), "")
        .await
        .ok();
    while parvis_town::readers::notify_next(&house.town)
        .await
        .unwrap()
        > 0
    {}
    let types = async |query: &str| -> Vec<String> {
        let list = lea.list(&format!("/api/v1/notifications{query}")).await;
        list.iter()
            .map(|told| told["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(types("").await, ["follow", "favourite"]);
    assert_eq!(
        types("?types[]=favourite&types[]=unheard_of").await,
        ["favourite"]
    );
    assert_eq!(types("?exclude_types[]=favourite").await, ["follow"]);
    assert_eq!(
        types("?limit=1&types[]=favourite").await,
        ["favourite"],
        "though it is not on the first page"
    );
}
