//! A post passed on with a word of one's own (FEP-dd4b).

use parvis_testkit::{
    actor::{PUBLIC, marker},
    resident::{any_holds, holds},
    until,
};
use serde_json::{Value, json};

use crate::place::Place;

#[tokio::test]
async fn a_boost_with_words_is_a_post_that_quotes_until_it_is_taken_back() {
    let place = Place::new().await;
    let paul = place.followed("far", "paul").await;
    let anna = place.remote.host("other").person("anna");
    let (quoted, words) = (marker("cité"), marker("bien dit"));
    let note = anna.note(&quoted);
    let mut announce = paul.activity("Announce", &note["id"]);
    announce["to"] = json!([PUBLIC]);
    announce["cc"] = json!([paul.followers()]);
    announce["content"] = json!(format!("<p>{words}</p><script>x</script>"));
    place.arrives(&paul, &announce).await;
    let post = place.lea.reads_on_home(&words).await;
    assert_eq!(post["reblog"], Value::Null);
    assert_eq!(post["account"]["username"], "paul");
    let content = post["content"].as_str().unwrap();
    let address = note["id"].as_str().unwrap();
    assert!(
        content.contains(address) && !content.contains("script"),
        "{content}"
    );
    assert!(!holds(&post, &quoted), "nobody was asked, so it is a link");

    // Of one's own nobody needs to be asked.
    let own = marker("déjà dit");
    let own_note = paul.note(&own);
    let again = marker("je le répète");
    let mut announce_own = paul.activity("Announce", &own_note["id"]);
    announce_own["to"] = json!([PUBLIC]);
    announce_own["content"] = json!(again);
    place.arrives(&paul, &announce_own).await;
    let post = place.lea.reads_on_home(&again).await;
    assert!(holds(&post["quote"]["quoted_status"], &own), "{post:#}");

    let undo = paul.activity("Undo", &announce);
    place.arrives(&paul, &undo).await;
    until("it is gone", || async {
        !any_holds(&place.lea.home().await, &words)
    })
    .await;
    assert!(any_holds(&place.lea.home().await, &again));
}
