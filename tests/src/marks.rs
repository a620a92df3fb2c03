//! Marks that people leave on posts and on one another, through apps, pages and the command line: who likes and who shares,
//! what stands on top, what is reported.

use parvis_testkit::{actor::marker, eventually, resident::id, until};
use serde_json::{Value, json};

use crate::place::Place;

fn names(people: &[Value]) -> Vec<&str> {
    people
        .iter()
        .map(|person| person["acct"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn who_likes_and_who_shares_a_post_is_told_page_by_page() {
    let place = Place::new().await;
    let paul = place.remote.host("far").person("paul");
    let post = place.lea.posts(&marker("à aimer")).await;
    let uri = json!(post["uri"]);
    let mut residents = Vec::new();
    for name in ["marc", "nora", "omar"] {
        let resident = place.town.resident(name).await;
        for deed in ["favourite", "reblog"] {
            let path = format!("/api/v1/statuses/{}/{deed}", id(&post));
            resident.post_form(&path, &[]).await.expecting(200);
        }
        residents.push(resident);
    }
    place.arrives(&paul, &paul.activity("Like", &uri)).await;
    let mut boost = paul.activity("Announce", &uri);
    boost["to"] = json!([parvis_testkit::actor::PUBLIC]);
    place.arrives(&paul, &boost).await;
    for list in ["favourited_by", "reblogged_by"] {
        let path = format!("/api/v1/statuses/{}/{list}", id(&post));
        let all = place.lea.list(&path).await;
        let far = paul.acct();
        assert_eq!(
            names(&all),
            [far.as_str(), "omar", "nora", "marc"],
            "{list}"
        );
        let first = place
            .lea
            .get(&format!("{path}?limit=3"))
            .await
            .expecting(200);
        let link = first.header("link").unwrap().to_owned();
        let next = link.split('>').next().unwrap().trim_start_matches('<');
        let next = next.strip_prefix(&place.town.origin).unwrap().to_owned();
        assert!(
            link.contains("rel=\"next\"") && next.starts_with(&path),
            "{link}"
        );
        assert_eq!(names(&place.lea.list(&next).await), ["marc"], "{list}");
    }

    // Not those with whom one wants nothing to do, nor those who are shut out; and nothing of what one may not see.
    let omar = place.lea.finds_account("@omar").await;
    let block = format!("/api/v1/accounts/{}/block", id(&omar));
    place.lea.post_form(&block, &[]).await.expecting(200);
    let suspend = ["account", "suspend", "nora"];
    place.town.cli(&suspend).await.succeeding();
    let path = format!("/api/v1/statuses/{}/favourited_by", id(&post));
    assert_eq!(
        names(&place.lea.list(&path).await),
        [paul.acct().as_str(), "marc"]
    );
    let own = place.lea.posts_for("direct", "pour moi").await;
    for list in ["favourited_by", "reblogged_by"] {
        let hidden = format!("/api/v1/statuses/{}/{list}", id(&own));
        residents[0].get(&hidden).await.expecting(404);
        place.lea.get(&hidden).await.expecting(200);
    }
}

#[tokio::test]
async fn a_pinned_post_stands_on_top_here_and_elsewhere() {
    let place = Place::new().await;
    let paul = place.remote.host("far").person("paul");
    let follow = paul.activity("Follow", &json!(place.lea.uri));
    place.arrives(&paul, &follow).await;
    let marc = place.town.resident("marc").await;
    let post = place.lea.posts(&marker("épinglé")).await;
    let pin = format!("/api/v1/statuses/{}/pin", id(&post));
    marc.post_form(&pin, &[]).await.expecting(422);
    let shown = place.lea.post_form(&pin, &[]).await.expecting(200).json();
    assert_eq!(shown["pinned"], true);
    let listed = format!("/api/v1/accounts/{}/statuses?pinned=true", place.lea.id);
    assert_eq!(marc.list(&listed).await[0]["id"], post["id"]);
    let add = eventually("the followers hear of it", || async {
        paul.host.accepted_of("Add").into_iter().next()
    })
    .await;
    assert_eq!(add["object"], post["uri"]);
    assert_eq!(add["target"], format!("{}/featured", place.lea.uri));
    let featured = format!(
        "{}/featured",
        place.lea.uri.strip_prefix(&place.town.origin).unwrap()
    );
    let shown = place
        .town
        .get_document(&featured)
        .await
        .expecting(200)
        .json();
    assert_eq!(shown["orderedItems"], json!([post["uri"]]));
    let unpin = format!("/api/v1/statuses/{}/unpin", id(&post));
    place.lea.post_form(&unpin, &[]).await.expecting(200);
    until("they hear of its end", || async {
        paul.host.accepted_of("Remove").len() == 1
    })
    .await;
    assert_eq!(marc.list(&listed).await.len(), 0);
}

#[tokio::test]
async fn a_report_goes_to_the_staff_and_to_the_other_server_only_if_one_wishes() {
    let place = Place::new().await;
    let maire = place.town.resident_as("maire", "moderator").await;
    let paul = place.followed("far", "paul").await;
    let note = paul.note(&marker("insulte"));
    place.arrives(&paul, &paul.create(&note)).await;
    let post = eventually("it is read", || async {
        place
            .lea
            .home()
            .await
            .into_iter()
            .find(|it| it["uri"] == note["id"])
    })
    .await;

    // On the pages, without scripts: from the post's menu.
    let mut browser = place.town.browser_of("lea").await;
    let there = format!("/@{}/{}", paul.acct(), id(&post));
    let page = browser.opens(&there).await.expecting(200);
    let form = format!("/@{}/signaler", paul.acct());
    let asked = format!("{form}?message={}", id(&post));
    assert!(page.says(&asked), "{}", page.html);
    let page = browser.opens(&asked).await.expecting(200);
    let words = marker("méchant");
    let filled = page
        .form(&form)
        .with("texte", &words)
        .with("pourquoi", "violation");
    let sent = browser.submits(&page, &filled).await;
    assert_eq!(sent.status, 200, "{}", sent.html);
    let mut desk = place.town.browser_of(&maire.name).await;
    let reports = desk.opens("/mairie/signalements").await.expecting(200);
    let unseen = "Un message signalé n’apparaît pas ici";
    assert!(
        reports.says(&words) && reports.says(&there) && !reports.says(unseen),
        "{}",
        reports.html
    );
    assert_eq!(
        paul.host.accepted_of("Flag").len(),
        0,
        "nobody asked for it"
    );

    // With an app, and passed on: by the town, not by her.
    let wish = [
        ("account_id", id(&post["account"])),
        ("status_ids[]", id(&post)),
        ("comment", words.as_str()),
        ("forward", "true"),
    ];
    place
        .lea
        .post_form("/api/v1/reports", &wish)
        .await
        .expecting(200);
    let flag = eventually("their server is told", || async {
        paul.host.accepted_of("Flag").into_iter().next()
    })
    .await;
    assert_eq!(flag["actor"], format!("{}/ap/actor", place.town.origin));
    assert_eq!(flag["object"], json!([paul.id, note["id"]]));
    assert_eq!(flag["content"], words.as_str());
    assert!(!flag.to_string().contains(&place.lea.uri));

    // What comes from there stands on the same desk, and nothing follows by itself. Who reads it is told that there is more
    // than is for their eyes.
    let own = place.lea.posts_for("private", &marker("reproché")).await;
    let complaint = marker("plainte");
    let mut theirs = paul.activity("Flag", &json!([place.lea.uri, own["uri"]]));
    theirs["content"] = json!(complaint);
    place.arrives(&paul, &theirs).await;
    until("the staff read it", || async {
        let mut desk = place.town.browser_of(&maire.name).await;
        let reports = desk.opens("/mairie/signalements").await;
        reports.says(&complaint) && reports.says(unseen)
    })
    .await;
    place.lea.status(id(&own)).await.expecting(200);
    let resident = browser.opens("/mairie/signalements").await;
    assert_eq!(resident.status, 404, "not for residents");
}
