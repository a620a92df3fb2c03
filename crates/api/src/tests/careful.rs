//! What a careful author of an app tries: little things that are asked for and must not be passed over.

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    FORM, House, Resident, id, ids,
    posting::GIF,
    scopes::{filled, named, request_to},
};
use crate::routes::endpoints;

async fn with_picture(who: &Resident<'_>, words: &str) -> Value {
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
    body.extend(GIF);
    body.extend(b"\r\n--b--\r\n");
    let kind = "multipart/form-data; boundary=b";
    let sent = who.send(Method::POST, "/api/v2/media", kind, body).await;
    who.posts(&format!("status={words}&media_ids[]={}", id(&sent.ok())))
        .await
}

#[tokio::test]
async fn a_page_of_pictures_or_of_a_tag_is_full_however_rare_they_are() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let tagged = lea.posts("status=Au+%23March%C3%A9").await;
    let shown = with_picture(&lea, "Regardez").await;
    for number in 0..3 {
        lea.posts(&format!("status=Rien+{number}")).await;
    }
    let of_lea = format!("/api/v1/accounts/{}/statuses", lea.id);
    for (path, wanted) in [
        (format!("{of_lea}?limit=1&tagged=march%C3%A9"), id(&tagged)),
        (format!("{of_lea}?limit=1&tagged=MARCH%C3%89"), id(&tagged)),
        (format!("{of_lea}?limit=1&only_media=true"), id(&shown)),
        (
            "/api/v1/timelines/public?limit=1&only_media=true".into(),
            id(&shown),
        ),
        (
            "/api/v1/timelines/public?limit=1&only_media=true&local=true".into(),
            id(&shown),
        ),
    ] {
        assert_eq!(ids(&lea.list(&path).await), [wanted], "{path}");
    }
    let none = lea.get(&format!("{of_lea}?tagged=autre")).await;
    assert_eq!(none.header("link"), "", "it leads nowhere");
    assert_eq!(none.ok(), json!([]));
}

#[tokio::test]
async fn a_program_says_that_it_is_one_and_may_become_a_person_again() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let path = "/api/v1/accounts/update_credentials";
    for (form, automated) in [
        ("bot=true", true),
        ("display_name=Horloge", true),
        ("bot=0", false),
    ] {
        let me = lea.send(Method::PATCH, path, FORM, form).await.ok();
        assert_eq!(me["bot"], automated, "{form}");
    }
    let group = house
        .account("ronde", parvis_model::account::AccountKind::Group)
        .await;
    let kept = group.send(Method::PATCH, path, FORM, "bot=true").await.ok();
    assert_eq!(
        (&kept["bot"], &kept["group"]),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn who_would_share_with_a_few_does_not_share_with_everyone() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let post = lea.posts("status=Bonjour").await;
    let path = format!("/api/v1/statuses/{}/reblog", id(&post));
    for few in ["private", "direct", "somehow"] {
        let refused = marc.post(&path, &format!("visibility={few}")).await;
        assert_eq!(refused.status, 422, "{few}");
    }
    let seen = marc.get(&format!("/api/v1/statuses/{}", id(&post))).await;
    assert_eq!(seen.ok()["reblogged"], false);
    for many in ["visibility=unlisted", "visibility=", ""] {
        assert_eq!(
            marc.post(&path, many).await.ok()["reblogged"],
            true,
            "{many}"
        );
    }
}

#[tokio::test]
async fn a_name_that_is_no_tag_is_a_parameter_that_does_not_fit() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for name in ["", "name=a+b", "name=%23"] {
        let refused = lea.post("/api/v1/featured_tags", name).await;
        assert_eq!(refused.status, 422, "{name}");
    }
    let shown = lea.post("/api/v1/featured_tags", "name=%23pont").await.ok();
    assert_eq!(shown["name"], "pont");
}

/// Places in lists, and lengths of pages, that no list has.
const MONSTROUS: [&str; 4] = [
    "limit=100000000&offset=1000000000",
    "limit=-1&max_id=-9223372036854775808&offset=-1",
    "limit=18446744073709551616&min_id=99999999999999999999999&since_id=x",
    "limit=80&max_id=9223372036854775807&since_id=-9223372036854775808&min_id=%00&offset=x",
];

/// T249: on every address of the API that is read.
#[tokio::test]
async fn t249_no_length_or_place_of_a_page_is_too_much() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for number in 0..85 {
        lea.posts(&format!("status=Rien+{number}")).await;
    }
    for endpoint in endpoints() {
        // All languages there are stand on one page.
        if endpoint.method != Method::GET || endpoint.path.ends_with("languages") {
            continue;
        }
        for query in MONSTROUS {
            let path = format!("{}?{query}&q=rien", filled(&endpoint, &lea.id));
            let asked = request_to(&endpoint, path, Some(&lea.token));
            let reply = house.ask(asked).await;
            let name = named(&endpoint);
            assert!(!reply.status.is_server_error(), "{name} {query}");
            let listed = reply.json.as_array().map_or(0, Vec::len);
            assert!(listed <= 80, "{name} {query}: {listed}");
        }
    }
    let many = format!("/api/v1/accounts/{}/statuses?limit=100000000", lea.id);
    assert_eq!(lea.list(&many).await.len(), 40, "and that is a page");
}

/// T247: signs by which a database would mean anything at all.
#[tokio::test]
async fn t247_signs_of_databases_mean_themselves() {
    let house = House::new().await;
    let (lea, nora) = (house.resident("lea").await, house.resident("nora").await);
    let found = async |question: &str| {
        let path = format!("/api/v1/accounts/search?q={question}");
        nora.list(&path).await
    };
    assert_eq!(ids(&found("lea").await), [lea.id.as_str()]);
    for question in ["%25", "_", "l_a", "%25ea", "%25'+OR+'1'='1", "%5C"] {
        assert!(found(question).await.is_empty(), "{question}");
    }
}
