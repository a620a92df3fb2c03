//! What authors see of the copies of their posts on other servers, and nobody else.

use parvis_testkit::{Host, Manner, Remote, TestTown, until};
use serde_json::{Value, json};

use crate::faults::follow;

/// What the ledger says of each of these servers.
fn states(ledger: &Value, hosts: &[&Host]) -> Vec<String> {
    let copies = ledger["copies"].as_array().unwrap();
    let of = |host: &&Host| {
        let copy = copies.iter().find(|copy| copy["domain"] == host.authority);
        copy.unwrap()["state"].as_str().unwrap().to_owned()
    };
    hosts.iter().map(of).collect()
}

#[tokio::test]
async fn an_author_sees_who_holds_a_copy_and_who_confirmed_the_deletion_and_nobody_else_does() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let marie = town.resident("marie").await;
    let bruno = town.resident("bruno").await;
    let (kind, mute) = (remote.host("aimable"), remote.host("muette"));
    for host in [&kind, &mute] {
        follow(&host.person("paul"), &marie).await;
    }
    let post = marie.posts("Le pont est fermé").await;
    until("both have it", || async {
        [&kind, &mute]
            .iter()
            .all(|host| host.accepted_of("Create").len() == 1)
    })
    .await;
    let id = post["id"].as_str().unwrap();
    let (path, list) = (format!("/@marie/{id}"), format!("/@marie/{id}/copies"));
    let mut browser = town.browser_of("marie").await;
    until("the ledger knows", || async {
        let mut browser = town.browser_of("marie").await;
        let shown = browser.opens(&list).await.expecting(200);
        shown.html.matches("Copie depuis le").count() == 2
    })
    .await;
    let thread = browser.opens(&path).await.expecting(200);
    assert!(thread.html.contains(&list), "the post's menu leads there");
    let shown = browser.opens(&list).await.expecting(200);
    assert!(shown.says(&kind.authority) && shown.says(&mute.authority));

    let ledger = format!("/api/v1/statuses/{id}/copies");
    let told = marie.get(&ledger).await.expecting(200).json();
    assert_eq!(
        (&told["id"], &told["deletion"]),
        (&post["id"], &Value::Null)
    );
    assert_eq!(states(&told, &[&kind, &mute]), ["held", "held"]);
    assert!(told["copies"][0]["since"].is_string() && told["next"].is_null());
    let after = format!(
        "{ledger}?after={}",
        told["copies"][0]["domain"].as_str().unwrap()
    );
    let rest = marie.get(&after).await.expecting(200).json();
    assert_eq!(rest["copies"], json!([told["copies"][1]]));
    bruno.get(&ledger).await.expecting(404);

    let mut other = town.browser_of("bruno").await;
    other.opens(&list).await.expecting(404);
    let stranger = town.visitor().opens(&list).await;
    assert!(!stranger.html.contains(&kind.authority));

    mute.usually(Manner::Hang);
    let page = browser.opens(&format!("{path}/supprimer")).await;
    let form = page.form(&format!("{path}/supprimer"));
    browser.submits(&page, &form).await;
    until("one has confirmed", || async {
        let mut browser = town.browser_of("marie").await;
        let shown = browser.opens(&list).await;
        shown.status == 200 && shown.html.contains("A confirmé la suppression")
    })
    .await;
    let shown = browser.opens(&list).await.expecting(200);
    assert!(shown.says("pas encore confirmé"), "{}", shown.html);
    assert!(!shown.html.contains("Le pont est fermé"));
    let all = browser.opens("/reglages/copies").await.expecting(200);
    assert!(all.html.contains(&list) && all.says("2 serveurs ont été prévenus"));
    let account = browser.opens("/reglages/compte").await.expecting(200);
    assert!(account.html.contains("/reglages/copies"));

    let told = marie.get(&ledger).await.expecting(200).json();
    assert_eq!(states(&told, &[&kind, &mute]), ["forgotten", "asked"]);
    let deletion = &told["deletion"];
    let counts = ["servers_count", "forgotten_count", "asked_count"].map(|key| &deletion[key]);
    assert_eq!(counts, [&json!(2), &json!(1), &json!(1)]);
    assert_eq!(
        marie.list("/api/v1/deleted_statuses").await,
        std::slice::from_ref(deletion)
    );
    assert!(bruno.list("/api/v1/deleted_statuses").await.is_empty());
    bruno.get(&ledger).await.expecting(404);

    other.opens(&list).await.expecting(404);
    let others = other.opens("/reglages/copies").await.expecting(200);
    assert!(!others.html.contains(&list));
    browser.opens("/@marie/12345/copies").await.expecting(404);
}
