//! Servers that the town wants nothing to do with, as its staff say on the command line.

use parvis_testkit::{
    actor::marker,
    resident::{any_holds, id},
    until,
};
use serde_json::json;

use crate::place::Place;

#[tokio::test]
async fn with_a_blocked_server_and_those_below_its_name_nothing_is_exchanged() {
    let place = Place::new().await;
    let names = ["bad", "sub.bad", "good"];
    let [bad, below, good] = names.map(|name| place.remote.host(name));
    // What was there before stops, too.
    let paul = place.followed("bad", "paul").await;
    let rose = below.person("rose");
    let anna = place.followed("good", "anna").await;
    for follower in [&paul, &rose, &anna] {
        let follow = follower.activity("Follow", &json!(place.lea.uri));
        place.arrives(follower, &follow).await;
        until("she agrees", || async {
            follower.host.accepted_of("Accept").len() == 1
        })
        .await;
    }

    let blocked = format!("BAD.localhost:{}", place.remote.port);
    let name = blocked.to_lowercase();
    let block = ["server", "block", blocked.as_str()];
    place.town.cli(&block).await.succeeding();
    let list = || async {
        place
            .town
            .cli(&["server", "list"])
            .await
            .succeeding()
            .stdout
    };
    assert_eq!(list().await.trim(), name);
    // The door looks once a minute: a process that has just begun has not looked yet.
    place.town.stop().await;
    place.town.restart().await;

    let word = marker("pirate");
    for actor in [&paul, &rose] {
        let note = actor.note(&word);
        let reply = actor
            .post(&place.town.shared_inbox(), &actor.create(&note))
            .await;
        assert_eq!(reply.status, 403, "{}", actor.acct());
        let found = place.lea.search(note["id"].as_str().unwrap()).await;
        assert_eq!(found["statuses"], json!([]), "{}", actor.acct());
    }
    let text = marker("bonjour");
    let post = place.lea.posts(&text).await;
    let arrived = |of: &parvis_testkit::Host| {
        let creates = of.accepted_of("Create");
        creates.iter().any(|it| it["object"]["id"] == post["uri"])
    };
    until("the others get it", || async { arrived(&good) }).await;
    place.lea.deletes(&post).await.expecting(200);
    until("and its end", || async {
        good.accepted_of("Delete").len() == 1
    })
    .await;
    for host in [&bad, &below] {
        assert!(!arrived(host), "{}", host.authority);
        assert_eq!(host.accepted_of("Delete").len(), 0, "{}", host.authority);
    }
    assert!(!any_holds(&place.lea.home().await, &word));

    let unblock = ["server", "unblock", name.as_str()];
    place.town.cli(&unblock).await.succeeding();
    assert_ne!(place.town.cli(&unblock).await.code, 0, "once is enough");
    assert_eq!(list().await, "");
    place.town.stop().await;
    place.town.restart().await;
    let word = marker("réconciliés");
    let note = paul.note(&word);
    place.arrives(&paul, &paul.create(&note)).await;
    let read = place.lea.reads_on_home(&word).await;
    assert_eq!(read["account"]["acct"], paul.acct(), "{}", id(&read));

    for nonsense in [
        place.town.host.as_str(),
        "localhost",
        "https://far.example",
        "",
    ] {
        let run = place.town.cli(&["server", "block", nonsense]).await;
        assert_ne!(run.code, 0, "{nonsense}");
    }
}
