//! What one reads of people: their pages, and why a post is at home.

use axum::http::Method;
use parvis_model::account::AccountKind;
use serde_json::{Value, json};

use super::{House, Resident, id};

async fn follows(reader: &Resident<'_>, who: &Resident<'_>) {
    let path = format!("/api/v1/accounts/{}/follow", who.id);
    reader.post(&path, "").await.ok();
}

#[tokio::test]
async fn somebodys_page_shows_what_is_asked_for_and_what_its_reader_may_see() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let first = lea.posts("status=Au+%23march%C3%A9").await;
    let below = lea
        .posts(&format!("status=Et+encore&in_reply_to_id={}", id(&first)))
        .await;
    let of_marc = marc.posts("status=Bonjour").await;
    let answer = lea
        .posts(&format!("status=Salut&in_reply_to_id={}", id(&of_marc)))
        .await;
    let share = format!("/api/v1/statuses/{}/reblog", id(&of_marc));
    let shared = lea.post(&share, "").await.ok();
    let secret = lea.posts("status=Entre+nous&visibility=private").await;

    let page = format!("/api/v1/accounts/{}", lea.id);
    let shown = house.get(&page).await.ok();
    assert_eq!(
        (&shown["acct"], &shown["statuses_count"]),
        (&json!("lea"), &json!(5))
    );
    assert_eq!(house.get("/api/v1/accounts/12").await.status, 404);
    let all = [&secret, &shared, &answer, &below, &first].map(id);
    let listed = async |reader: &Resident<'_>, asked: &str| -> Vec<String> {
        let list = reader.list(&format!("{page}/statuses?{asked}")).await;
        list.iter().map(|post| id(post).to_owned()).collect()
    };
    assert_eq!(listed(&lea, "").await, all);
    assert_eq!(listed(&marc, "").await, all[1..]);
    let no_replies = listed(&marc, "exclude_replies=true").await;
    assert_eq!(
        no_replies,
        [all[1], all[3], all[4]],
        "answers to oneself stay"
    );
    assert_eq!(listed(&marc, "exclude_reblogs=1").await, all[2..]);
    assert_eq!(listed(&marc, "tagged=MARCH%C3%89").await, all[4..]);
    assert!(listed(&marc, "only_media=true").await.is_empty());
    let older = format!("max_id={}&limit=2", all[1]);
    assert_eq!(listed(&marc, &older).await, all[2..4]);
}

#[tokio::test]
async fn home_says_of_each_entry_why_it_is_there() {
    let house = House::new().await;
    let (lea, marc, nora) = (
        house.resident("lea").await,
        house.resident("marc").await,
        house.resident("nora").await,
    );
    let garden = house.account("potager", AccountKind::Group).await;
    follows(&lea, &marc).await;
    for member in [&lea, &nora] {
        follows(member, &garden).await;
    }
    lea.post("/api/v1/tags/f%C3%AAte/follow", "").await.ok();
    let post = nora.posts("status=Vive+le+pont").await;
    let other = nora.posts("status=Le+pont+encore").await;
    lea.posts("status=Bonjour").await;
    marc.posts("status=Une+%23f%C3%AAte").await;
    nora.posts("status=La+%23F%C3%AAte+du+pont").await;
    for (who, post) in [(&marc, &post), (&lea, &other)] {
        let share = format!("/api/v1/statuses/{}/reblog", id(post));
        who.post(&share, "").await.ok();
    }
    nora.posts("status=%40potager+Des+graines").await;
    let home = lea.list("/api/v1/timelines/home").await;
    let why: Vec<&Value> = home.iter().map(|post| &post["shown_because"]).collect();
    let plain = |reason: &str| json!({ "reason": reason, "tag": null });
    let tag = json!({ "name": "fête", "url": "https://valmont.example/tags/f%C3%AAte" });
    assert_eq!(
        why,
        [
            &plain("group"),
            &plain("self"),
            &plain("reblog"),
            &json!({ "reason": "tag", "tag": tag }),
            &plain("follow"),
            &plain("self"),
        ]
    );
    let public = lea.list("/api/v1/timelines/public").await;
    assert!(
        public
            .iter()
            .all(|post| post.get("shown_because").is_none())
    );
}

#[tokio::test]
async fn a_quoted_post_names_what_it_quotes_as_far_as_its_reader_may_see_that() {
    let house = House::new().await;
    let (lea, marc) = (house.resident("lea").await, house.resident("marc").await);
    let (zoe, nora) = (house.resident("zoe").await, house.resident("nora").await);
    let quotes = async |who: &Resident<'_>, quoted: &Value| {
        let form = format!("status=Voyez&quoted_status_id={}", id(quoted));
        who.posts(&form).await
    };
    let first = lea.posts("status=Le+pont").await;
    let second = quotes(&marc, &first).await;
    let third = quotes(&zoe, &second).await;
    let shown = &third["quote"]["quoted_status"];
    assert_eq!(id(shown), id(&second));
    let named = json!({ "state": "accepted", "quoted_status_id": first["id"] });
    assert_eq!(shown["quote"], named);
    let whole = &second["quote"]["quoted_status"];
    assert_eq!((id(whole), &whole["quote"]), (id(&first), &Value::Null));

    let page = format!("/api/v1/accounts/{}/statuses", zoe.id);
    let seen = async |who: &Resident<'_>| {
        let list = who.list(&page).await;
        list[0]["quote"]["quoted_status"]["quote"].clone()
    };
    assert_eq!(seen(&nora).await, named);
    let of_marc = format!("/api/v1/accounts/{}/statuses", marc.id);
    let keeps = async |deed: &str| {
        let path = format!("/api/v1/accounts/{}/{deed}", lea.id);
        nora.post(&path, "").await.ok();
        let list = nora.list(&of_marc).await;
        (list[0]["quote"].clone(), seen(&nora).await)
    };
    let (whole, inner) = keeps("mute").await;
    assert_eq!(whole["state"], "muted_account");
    assert_eq!(id(&whole["quoted_status"]), id(&first));
    let muted = json!({ "state": "muted_account", "quoted_status_id": first["id"] });
    assert_eq!(inner, muted);
    quotes(&lea, &first).await;
    let of_lea = format!("/api/v1/accounts/{}/statuses", lea.id);
    let own = nora.list(&of_lea).await;
    assert_eq!(
        own[0]["quote"]["state"], "accepted",
        "she reads on her page"
    );
    let (whole, inner) = keeps("block").await;
    let blocked = json!({ "state": "blocked_account", "quoted_status": null });
    assert_eq!(whole, blocked, "whom one blocked one does not read");
    let blocked = json!({ "state": "blocked_account", "quoted_status_id": null });
    assert_eq!(inner, blocked);
    keeps("unmute").await;
    assert_eq!(keeps("unblock").await.1, named);
    let block = format!("/api/v1/accounts/{}/block", nora.id);
    lea.post(&block, "").await.ok();
    let hidden = json!({ "state": "unauthorized", "quoted_status_id": null });
    assert_eq!(seen(&nora).await, hidden);
    assert_eq!(seen(&marc).await, named);
    let path = format!("/api/v1/statuses/{}", id(&first));
    lea.send(Method::DELETE, &path, "", "").await.ok();
    let gone = json!({ "state": "deleted", "quoted_status_id": null });
    assert_eq!(seen(&marc).await, gone);
}
