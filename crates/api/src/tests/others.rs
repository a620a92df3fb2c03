//! What belongs to somebody else is as good as not there, for every row of the route table that names a thing by its id.

use axum::{body::Body, http::Method};
use parvis_town::readers;
use serde_json::Value;

use super::{
    FORM, House, Resident, id,
    scopes::{filled, named},
};
use crate::{
    gate::Access,
    routes::{Endpoint, endpoints},
};

/// Enough for every row to come as far as looking for the thing.
const BODY: &str = "title=x&context[]=home&phrase=x&keyword=x&status_id=1&choices[]=0&status=x&comment=x\
                    &account_ids[]=1&quote_approval_policy=nobody&description=x&scheduled_at=2030-01-01T00:00:00Z";

/// The beginning of an address (the first one that fits counts), and what of Bruno's stands at its `{id}`.
struct Place(&'static str, Thing);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    /// Everyone may look at accounts; only one that is not there is not there.
    NoAccount,
    Account,
    Post,
    Poll,
    Picture,
    List,
    Filter,
    Keyword,
    FeaturedTag,
    Scheduled,
    Conversation,
    Notification,
    /// There are none here, and to put away what is not there is no mistake.
    Nothing,
    /// No endpoint makes one of these by itself; any id is somebody else's.
    Any,
}

const PLACES: [Place; 24] = [
    Place("/api/v1/accounts/{id}/endorsements", Thing::NoAccount),
    // Only people one follows can be shown; that one is not there and that one does not follow them is the same answer.
    Place("/api/v1/accounts/{id}/endorse", Thing::Nothing),
    Place("/api/v1/accounts/{id}/pin", Thing::Nothing),
    Place("/api/v1/accounts/{id}", Thing::NoAccount),
    Place("/api/v1/follow_requests/{id}/authorize", Thing::Account),
    // To refuse one who asks nothing is no mistake.
    Place("/api/v1/follow_requests/{id}/reject", Thing::NoAccount),
    Place("/api/v1/statuses/{id}", Thing::Post),
    Place("/api/v1/polls/{id}", Thing::Poll),
    Place("/api/v1/media/{id}", Thing::Picture),
    Place("/api/v1/lists/{id}", Thing::List),
    Place("/api/v1/timelines/list/{id}", Thing::List),
    Place("/api/v1/filters/{id}", Thing::Keyword),
    Place("/api/v2/filters/{id}", Thing::Filter),
    Place("/api/v2/filters/keywords/{id}", Thing::Keyword),
    Place("/api/v2/filters/statuses/{id}", Thing::Any),
    Place("/api/v1/featured_tags/{id}", Thing::FeaturedTag),
    Place("/api/v1/scheduled_statuses/{id}", Thing::Scheduled),
    Place("/api/v1/conversations/{id}", Thing::Conversation),
    Place("/api/v1/notifications/{id}", Thing::Notification),
    Place("/api/v2/notifications/{id}", Thing::Any),
    Place("/api/v1/notifications/requests/{id}", Thing::Any),
    Place("/api/v1/interaction_requests/{id}", Thing::Any),
    Place("/api/v1/suggestions/{id}", Thing::Nothing),
    // They are everybody's; only one that is not there is not there.
    Place("/api/v1/announcements/{id}", Thing::Any),
];

fn place(endpoint: &Endpoint) -> Option<Thing> {
    let name = named(endpoint);
    let found = PLACES
        .iter()
        .find(|Place(start, _)| endpoint.path.starts_with(start));
    let Some(Place(_, thing)) = found else {
        assert!(
            !name.contains("/{id}"),
            "{name}: whose things stand there? Say so in PLACES"
        );
        return None;
    };
    Some(*thing).filter(|thing| *thing != Thing::Nothing)
}

async fn bruno_makes(bruno: &Resident<'_>, thing: Thing) -> String {
    let post = "status=Entre+nous&visibility=direct";
    let filter = "title=x&context[]=home&keywords_attributes[0][keyword]=mot";
    let made = match thing {
        Thing::NoAccount | Thing::Any | Thing::Nothing => return "1".into(),
        Thing::Account => return bruno.id.clone(),
        Thing::Post => bruno.posts(post).await,
        Thing::Poll => {
            let poll =
                format!("{post}&poll[options][]=Oui&poll[options][]=Non&poll[expires_in]=600");
            bruno.posts(&poll).await["poll"].clone()
        }
        Thing::Scheduled => {
            bruno
                .posts("status=x&scheduled_at=2040-01-01T00:00:00Z")
                .await
        }
        Thing::Conversation => {
            bruno.posts("status=@marc+bonjour&visibility=direct").await;
            bruno.list("/api/v1/conversations").await[0].clone()
        }
        Thing::Notification => {
            settle(bruno.house).await;
            bruno.list("/api/v1/notifications").await[0].clone()
        }
        Thing::Picture => picture(bruno).await,
        Thing::List => bruno.post("/api/v1/lists", "title=Amis").await.ok(),
        Thing::Filter => bruno.post("/api/v2/filters", filter).await.ok(),
        Thing::Keyword => bruno.post("/api/v2/filters", filter).await.ok()["keywords"][0].clone(),
        Thing::FeaturedTag => bruno.post("/api/v1/featured_tags", "name=fete").await.ok(),
    };
    id(&made).to_owned()
}

/// Until everyone is told of what happened.
async fn settle(house: &House) {
    while readers::notify_next(&house.town).await.unwrap() > 0 {}
}

/// Bruno, whom Marc follows.
async fn bruno(house: &House) -> Resident<'_> {
    let (bruno, marc) = (house.resident("bruno").await, house.resident("marc").await);
    let path = format!("/api/v1/accounts/{}/follow", bruno.id);
    marc.post(&path, "").await.ok();
    bruno
}

async fn picture(bruno: &Resident<'_>) -> Value {
    let gif =
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let body = [head.as_slice(), gif, b"\r\n--b--\r\n"].concat();
    let kind = "multipart/form-data; boundary=b";
    bruno
        .send(Method::POST, "/api/v2/media", kind, body)
        .await
        .ok()
}

#[tokio::test]
async fn somebody_elses_thing_is_not_found() {
    let house = House::new().await;
    let bruno = bruno(&house).await;
    let lea = house.resident("lea").await;
    let (mut looked_at, mut found) = (0, Vec::new());
    for endpoint in endpoints() {
        let Some(thing) = place(&endpoint) else {
            continue;
        };
        let name = named(&endpoint);
        let path = filled(&endpoint, &bruno_makes(&bruno, thing).await);
        let (method, body) = match endpoint.method.clone() {
            Method::GET => (Method::GET, ""),
            method => (method, BODY),
        };
        let reply = lea.send(method, &path, FORM, body).await;
        if reply.status != 404 {
            found.push(format!(
                "{name} ({thing:?}): {} {}",
                reply.status, reply.json
            ));
        }
        if matches!(endpoint.access, Access::Public(_)) {
            let reply = house.get(&path).await;
            if reply.status != 404 {
                found.push(format!("{name} without a token: {}", reply.json));
            }
        }
        looked_at += 1;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(looked_at > 40, "{looked_at} rows name a thing by its id");
}

/// The other way round: the same addresses do find what is one's own, so that the 404s above are no accident.
#[tokio::test]
async fn ones_own_thing_is_found() {
    let house = House::new().await;
    let bruno = bruno(&house).await;
    let mut missed = Vec::new();
    for endpoint in endpoints() {
        let thing = place(&endpoint).filter(|it| !matches!(it, Thing::NoAccount | Thing::Any));
        let (Some(thing), Method::GET) = (thing, endpoint.method.clone()) else {
            continue;
        };
        let path = filled(&endpoint, &bruno_makes(&bruno, thing).await);
        let reply = bruno.send(Method::GET, &path, FORM, Body::empty()).await;
        if reply.status != 200 {
            missed.push(format!("{} ({thing:?}): {}", named(&endpoint), reply.json));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
