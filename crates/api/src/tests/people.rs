//! Profiles, and how people stand to each other.

use axum::http::Method;
use serde_json::{Value, json};

use super::{FORM, House, id, ids};

#[tokio::test]
async fn a_profile_is_changed_and_what_is_not_given_stays() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    let form = "display_name=L%C3%A9a&note=Boulang%C3%A8re&fields_attributes[0][name]=Rue&fields_attributes[0][value]=des+Ponts";
    let path = "/api/v1/accounts/update_credentials";
    let me = lea.send(Method::PATCH, path, FORM, form).await.ok();
    assert_eq!(
        (&me["display_name"], &me["source"]["note"]),
        (&json!("Léa"), &json!("Boulangère"))
    );
    assert_eq!(me["source"]["fields"][0]["value"], "des Ponts");
    let me = lea
        .send(
            Method::PATCH,
            path,
            "application/json",
            r#"{"locked":"true","note":""}"#,
        )
        .await
        .ok();
    assert_eq!(
        (&me["locked"], &me["note"], &me["display_name"]),
        (&json!(true), &json!(""), &json!("Léa"))
    );
    assert_eq!(
        lea.get("/api/v1/accounts/verify_credentials").await.ok(),
        me
    );
}

#[tokio::test]
async fn people_are_found_under_every_form_of_their_name() {
    let house = House::new().await;
    let lea = house.resident("lea").await;
    for acct in ["lea", "@lea", "lea@valmont.example", "@LEA@valmont.example"] {
        let found = house
            .get(&format!("/api/v1/accounts/lookup?acct={acct}"))
            .await
            .ok();
        assert_eq!(found["id"], lea.id, "{acct}");
        let found = lea
            .get(&format!(
                "/api/v2/search?resolve=true&type=accounts&q={acct}"
            ))
            .await
            .ok();
        assert_eq!(found["accounts"][0]["id"], lea.id, "{acct}");
    }
    let by_address = lea
        .get("/api/v2/search?resolve=true&q=https://valmont.example/@lea")
        .await
        .ok();
    assert_eq!(by_address["accounts"][0]["id"], lea.id);
    assert_eq!(
        house
            .get("/api/v1/accounts/lookup?acct=personne")
            .await
            .status,
        404
    );
    assert_eq!(
        house.get("/api/v2/search?q=lea&resolve=true").await.status,
        401
    );
    let nothing = lea
        .get("/api/v2/search?q=@a@b.example&resolve=true")
        .await
        .ok();
    assert_eq!(
        nothing,
        json!({"accounts": [], "statuses": [], "hashtags": []})
    );
}

#[tokio::test]
async fn following_shows_its_state_at_once() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let of = |deed: &str| format!("/api/v1/accounts/{}/{deed}", lea.id);
    let relation = marc.post(&of("follow"), "").await.ok();
    assert_eq!(
        (&relation["following"], &relation["showing_reblogs"]),
        (&json!(true), &json!(true))
    );
    let relation = marc
        .post(&of("follow"), "reblogs=false&notify=true")
        .await
        .ok();
    assert_eq!(
        (&relation["showing_reblogs"], &relation["notifying"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(ids(&marc.list(&of("followers")).await), [marc.id.as_str()]);
    let listed = marc
        .list(&format!(
            "/api/v1/accounts/relationships?id[]={}&id[]=77&id[]=x",
            lea.id
        ))
        .await;
    assert_eq!((listed.len(), &listed[0]["following"]), (1, &json!(true)));
    let relation = lea
        .post(
            &format!("/api/v1/accounts/{}/remove_from_followers", marc.id),
            "",
        )
        .await
        .ok();
    assert_eq!(relation["followed_by"], false);
    assert_eq!(
        marc.post(&of("unfollow"), "").await.ok()["following"],
        false
    );
    assert_eq!(
        marc.post("/api/v1/accounts/77/follow", "").await.status,
        404
    );
}

#[tokio::test]
async fn a_followed_person_comes_home_in_the_chosen_languages_alone() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let follow = format!("/api/v1/accounts/{}/follow", lea.id);
    let chosen = async |form: &str| marc.post(&follow, form).await.ok()["languages"].clone();
    assert_eq!(chosen("").await, Value::Null);
    let tongues = "languages[]=fr-CA&languages[]=oc&languages[]=FR";
    assert_eq!(chosen(tongues).await, json!(["fr", "oc"]));
    assert_eq!(
        chosen("reblogs=true").await,
        json!(["fr", "oc"]),
        "it stays"
    );
    let many: Vec<_> = (b'a'..=b'u')
        .map(|letter| format!("&languages[]=x{}", char::from(letter)))
        .collect();
    let many = many.concat();
    for unfit in [
        "languages[]=fr_CA",
        "languages[]=-",
        "languages[]=f",
        many.as_str(),
    ] {
        assert_eq!(marc.post(&follow, unfit).await.status, 422, "{unfit}");
    }
    let relation = marc
        .list(&format!("/api/v1/accounts/relationships?id[]={}", lea.id))
        .await;
    assert_eq!(relation[0]["languages"], json!(["fr", "oc"]));

    let french = lea.posts("status=Bonjour&language=fr").await;
    let english = lea.posts("status=Hello&language=en-GB").await;
    let list = marc.post("/api/v1/lists", "title=Voisins").await.ok();
    let on_it = format!("/api/v1/lists/{}/accounts", id(&list));
    marc.post(&on_it, &format!("account_ids[]={}", lea.id))
        .await
        .ok();
    let lists = [
        "/api/v1/timelines/home".to_owned(),
        format!("/api/v1/timelines/list/{}", id(&list)),
    ];
    for path in &lists {
        assert_eq!(ids(&marc.list(path).await), [id(&french)], "{path}");
    }
    assert_eq!(chosen("languages[]=").await, Value::Null);
    for path in &lists {
        let all = marc.list(path).await;
        assert_eq!(ids(&all), [id(&english), id(&french)], "{path}");
    }
}

#[tokio::test]
async fn one_who_chooses_followers_says_yes_or_no() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    lea.send(
        Method::PATCH,
        "/api/v1/accounts/update_credentials",
        FORM,
        "locked=1",
    )
    .await
    .ok();
    let follow = format!("/api/v1/accounts/{}/follow", lea.id);
    let asked = marc.post(&follow, "").await.ok();
    assert_eq!(
        (&asked["following"], &asked["requested"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        ids(&lea.list("/api/v1/follow_requests").await),
        [marc.id.as_str()]
    );
    let answer = |word: &str| format!("/api/v1/follow_requests/{}/{word}", marc.id);
    assert_eq!(
        lea.post(&answer("reject"), "").await.ok()["requested_by"],
        false
    );
    marc.post(&follow, "").await.ok();
    assert_eq!(
        lea.post(&answer("authorize"), "").await.ok()["followed_by"],
        true
    );
    assert!(lea.list("/api/v1/follow_requests").await.is_empty());
}

#[tokio::test]
async fn blocks_and_mutes_are_listed_and_taken_back() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let of = |deed: &str| format!("/api/v1/accounts/{}/{deed}", marc.id);
    for (deed, key, list) in [
        ("block", "blocking", "/api/v1/blocks"),
        ("mute", "muting", "/api/v1/mutes"),
    ] {
        assert_eq!(lea.post(&of(deed), "").await.ok()[key], true);
        assert_eq!(ids(&lea.list(list).await), [marc.id.as_str()]);
        assert_eq!(
            lea.post(&of(&format!("un{deed}")), "").await.ok()[key],
            false
        );
        assert!(lea.list(list).await.is_empty());
    }
    let muted = lea
        .post(&of("mute"), "notifications=false&duration=60")
        .await
        .ok();
    assert_eq!(
        (&muted["muting"], &muted["muting_notifications"]),
        (&json!(true), &json!(false))
    );
}
