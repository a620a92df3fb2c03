//! Posts from writing to deletion.

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::json;

use super::{FORM, House, Resident, id, ids};

#[tokio::test]
async fn a_post_is_written_read_answered_and_deleted() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let post = lea
        .posts("status=Bonjour+%23F%C3%AAte&language=fr&spoiler_text=")
        .await;
    assert_eq!(post["visibility"], "public");
    assert!(post["content"].as_str().unwrap().contains("Bonjour"));
    assert_eq!(post["tags"][0]["name"], "Fête");
    assert_eq!(
        ids(&lea.list("/api/v1/timelines/home").await),
        [id(&post)],
        "at once in one's own home"
    );

    let answer = marc
        .posts(&format!("status=Salut+%40lea&in_reply_to_id={}", id(&post)))
        .await;
    assert_eq!(answer["in_reply_to_id"], post["id"]);
    assert_eq!(answer["mentions"][0]["acct"], "lea");
    let context = lea
        .get(&format!("/api/v1/statuses/{}/context", id(&answer)))
        .await
        .ok();
    assert_eq!(ids(context["ancestors"].as_array().unwrap()), [id(&post)]);
    let context = lea
        .get(&format!("/api/v1/statuses/{}/context", id(&post)))
        .await
        .ok();
    assert_eq!(
        ids(context["descendants"].as_array().unwrap()),
        [id(&answer)]
    );

    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(
        marc.send(Method::DELETE, &path, FORM, "").await.status,
        404,
        "another's"
    );
    let deleted = lea.send(Method::DELETE, &path, FORM, "").await.ok();
    assert_eq!(deleted["text"], "Bonjour #Fête");
    assert_eq!(lea.get(&path).await.status, 404);
    assert!(lea.list("/api/v1/timelines/home").await.is_empty());
}

#[tokio::test]
async fn a_post_is_edited_and_what_is_not_given_stays() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let post = lea
        .posts("status=Bonjour&spoiler_text=Attention&language=fr&visibility=unlisted")
        .await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let edited = lea
        .send(
            Method::PUT,
            &path,
            "application/json",
            r#"{"status":"Bonsoir"}"#,
        )
        .await
        .ok();
    assert!(edited["edited_at"].is_string());
    assert_eq!(
        (&edited["spoiler_text"], &edited["visibility"]),
        (&json!("Attention"), &json!("unlisted"))
    );
    let source = lea.get(&format!("{path}/source")).await.ok();
    assert_eq!(
        source,
        json!({"id": post["id"], "text": "Bonsoir", "spoiler_text": "Attention"})
    );
    let marc = house.resident("marc").await;
    assert_eq!(marc.get(&format!("{path}/source")).await.status, 404);
    assert_eq!(
        marc.send(Method::PUT, &path, FORM, "status=x").await.status,
        404
    );
}

#[tokio::test]
async fn actions_show_the_state_after_them_and_may_be_repeated() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let post = lea.posts("status=Bonjour").await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    for (deed, key, value) in [
        ("favourite", "favourited", true),
        ("favourite", "favourited", true),
        ("unfavourite", "favourited", false),
        ("bookmark", "bookmarked", true),
        ("unbookmark", "bookmarked", false),
    ] {
        let shown = marc.post(&format!("{path}/{deed}"), "").await.ok();
        assert_eq!(shown[key], value, "{deed}");
    }
    let boost = marc.post(&format!("{path}/reblog"), "").await.ok();
    assert_eq!(
        (&boost["reblog"]["id"], &boost["reblog"]["reblogged"]),
        (&post["id"], &json!(true))
    );
    assert_eq!(
        marc.post(&format!("{path}/reblog"), "").await.ok()["id"],
        boost["id"]
    );
    let liked = marc
        .post(&format!("/api/v1/statuses/{}/favourite", id(&boost)), "")
        .await
        .ok();
    assert_eq!(
        (&liked["id"], &liked["favourited"]),
        (&post["id"], &json!(true)),
        "the boost stands for the post"
    );
    let shown = marc.post(&format!("{path}/unreblog"), "").await.ok();
    assert_eq!(
        (&shown["id"], &shown["reblogged"], &shown["reblogs_count"]),
        (&post["id"], &json!(false), &json!(0))
    );
}

#[tokio::test]
async fn what_cannot_be_posted_is_refused_with_a_reason() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for (form, status) in [
        ("status=", 422),
        ("status=x&visibility=galaxy", 422),
        ("status=x&in_reply_to_id=77", 404),
        ("status=x&in_reply_to_id=abc", 404),
        ("status=x&media_ids[]=77", 422),
        ("status=x&scheduled_at=tomorrow", 422),
        ("status=x&quoted_status_id=1", 404),
        ("status=x&quoted_status_id=abc", 404),
        ("status=x&quote_approval_policy=galaxy", 422),
        ("status[a]=x", 422),
        ("status=x&status[a]=x", 400),
    ] {
        let reply = lea.post("/api/v1/statuses", form).await;
        assert_eq!(reply.status, status, "{form}: {}", reply.json);
        assert!(reply.json["error"].is_string(), "{form}");
    }
}

async fn with_key(lea: &Resident<'_>, key: &str, body: &str) -> String {
    let request = Request::post("/api/v1/statuses")
        .header("authorization", format!("Bearer {}", lea.token))
        .header("content-type", FORM)
        .header("idempotency-key", key);
    id(&lea
        .house
        .ask(request.body(Body::from(body.to_owned())).unwrap())
        .await
        .ok())
    .to_owned()
}

#[tokio::test]
async fn the_same_key_publishes_once() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let (one, two) = tokio::join!(
        with_key(&lea, "k", "status=un"),
        with_key(&lea, "k", "status=deux")
    );
    assert_eq!(one, two);
    assert_eq!(lea.list("/api/v1/timelines/home").await.len(), 1);
    assert_ne!(with_key(&lea, "other", "status=trois").await, one);
    assert_ne!(with_key(&marc, "k", "status=quatre").await, one);
}

#[tokio::test]
async fn a_post_for_the_town_stays_in_the_town_and_so_do_its_answers() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let post = lea.posts("status=Entre+nous&local_only=true").await;
    assert_eq!(
        (&post["visibility"], &post["local_only"]),
        (&json!("private"), &json!(true))
    );
    let path = format!("/api/v1/statuses/{}", id(&post));
    assert_eq!(
        house.get(&path).await.status,
        404,
        "for a visitor it is not there"
    );
    marc.get(&path).await.ok();
    let answer = marc
        .posts(&format!(
            "status=Oui&visibility=private&in_reply_to_id={}",
            id(&post)
        ))
        .await;
    assert_eq!(answer["local_only"], true);
    let secret = lea
        .posts("status=@marc+entre+nous&visibility=direct&local_only=true")
        .await;
    assert_eq!(
        (&secret["visibility"], secret["local_only"].as_bool()),
        (&json!("direct"), None),
        "what is for one stays for one"
    );
}

#[tokio::test]
async fn a_picture_is_sent_described_and_posted() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let mut body =
        b"--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nLe pont\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
            .to_vec();
    body.extend(GIF);
    body.extend(b"\r\n--b--\r\n");
    let kind = "multipart/form-data; boundary=b";
    let sent = lea
        .send(Method::POST, "/api/v2/media", kind, body)
        .await
        .ok();
    assert_eq!(
        (&sent["type"], &sent["description"]),
        (&json!("image"), &json!("Le pont"))
    );
    let path = format!("/api/v1/media/{}", id(&sent));
    let described = lea
        .send(Method::PUT, &path, FORM, "description=La+rivi%C3%A8re")
        .await
        .ok();
    assert_eq!(described["description"], "La rivière");
    assert_eq!(
        house.resident("marc").await.get(&path).await.status,
        404,
        "another's"
    );
    let post = lea.posts(&format!("media_ids[]={}", id(&sent))).await;
    assert_eq!(post["media_attachments"][0]["id"], sent["id"]);
    let edited = lea
        .send(
            Method::PUT,
            &format!("/api/v1/statuses/{}", id(&post)),
            FORM,
            format!(
                "media_attributes[][id]={}&media_attributes[][description]=Le+gu%C3%A9",
                id(&sent)
            ),
        )
        .await
        .ok();
    assert_eq!(edited["media_attachments"][0]["description"], "Le gué");
    let nothing = lea
        .send(Method::POST, "/api/v2/media", FORM, "description=x")
        .await;
    assert_eq!(nothing.status, 422);
}

/// One white point.
pub const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
