//! A town that shows even what is for everyone only to servers that sign their questions: what it tells all others.

use parvis_testkit::{Remote, TestTown, exchange};

use crate::privacy::asks;

const HOW: &str =
    "sig1=(\"@method\" \"@target-uri\");created;keyid=\"any\";alg=\"rsa-v1_5-sha256\"";

#[tokio::test]
async fn who_does_not_sign_a_question_is_told_how_and_who_is_blocked_is_refused() {
    let settings = [("PARVIS_FEDERATION__ONLY_SIGNED", "on")];
    let town = TestTown::start_with("valmont", &settings).await;
    let remote = Remote::open().await;
    let marie = town.resident("marie").await;
    let post = marie.posts("Pour tous").await;
    let post = post["uri"].as_str().unwrap();
    let alice = remote.host("loin").person("alice");
    let victor = remote.host("ailleurs").person("victor");
    for actor in [&alice, &victor] {
        asks(actor, post).await.expecting(200);
    }
    let blocked = format!("loin.localhost:{}", remote.port);
    let block = ["server", "block", blocked.as_str()];
    town.cli(&block).await.succeeding();
    // The door looks once a minute: a process that has just begun has not looked yet.
    town.stop().await;
    town.restart().await;
    let refused = asks(&alice, post).await.expecting(403);
    assert_eq!(refused.header("accept-signature"), None);
    asks(&victor, post).await.expecting(200);
    let unsigned = exchange::get_document(post).await.expecting(401);
    assert_eq!(unsigned.header("accept-signature"), Some(HOW));
}
