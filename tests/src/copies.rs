//! What authors see of the copies of their posts on other servers, and nobody else.

use parvis_testkit::{Manner, Remote, TestTown, until};

use crate::faults::follow;

#[tokio::test]
async fn an_author_sees_who_holds_a_copy_and_who_confirmed_the_deletion_and_nobody_else_does() {
    let (town, remote) = (TestTown::start("valmont").await, Remote::open().await);
    let marie = town.resident("marie").await;
    town.resident("bruno").await;
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

    other.opens(&list).await.expecting(404);
    let others = other.opens("/reglages/copies").await.expecting(200);
    assert!(!others.html.contains(&list));
    browser.opens("/@marie/12345/copies").await.expecting(404);
}
