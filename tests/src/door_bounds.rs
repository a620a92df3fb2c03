//! What comes in time, in number and in a world of dates as it should: late and stuffed votes, floods of reports, dates out
//! of all bounds. The numbers are those of docs/attacks.md.

use parvis_testkit::{
    Actor,
    actor::{fresh, marker, stamp},
    letter::unix_now,
    resident::{holds, id},
    until,
};
use serde_json::{Value, json};

use crate::door::Door;

/// T092: late votes do not count; X07: nor do those of people who may not see the poll.
#[tokio::test]
async fn a_vote_counts_in_time_and_from_who_may_see_the_poll() {
    let mut door = Door::open().await;
    let asks = async |visibility: &str| {
        let fields = [
            ("status", "Quand ?"),
            ("visibility", visibility),
            ("poll[options][]", "Samedi"),
            ("poll[options][]", "Dimanche"),
            ("poll[expires_in]", "86400"),
        ];
        door.lea
            .post_form("/api/v1/statuses", &fields)
            .await
            .expecting(200)
            .json()
    };
    let vote = |voter: &Actor, post: &Value, name: &str| {
        let note = json!({"id": voter.host.url(&format!("/votes/{}", fresh())), "type": "Note", "attributedTo": voter.id,
            "name": name, "inReplyTo": post["uri"], "to": door.lea.uri});
        let mut create = voter.create(&note);
        create["to"] = json!(door.lea.uri);
        create
    };
    let counts = async |post: &Value| {
        let poll = door
            .lea
            .get(&format!("/api/v1/polls/{}", id(&post["poll"])))
            .await
            .json();
        [0, 1].map(|n| poll["options"][n]["votes_count"].as_i64().unwrap_or(0))
    };
    let (open, closed) = (asks("public").await, asks("private").await);
    let mut failures = Vec::new();
    for post in [&open, &closed] {
        door.lets_in(&door.alice, &vote(&door.alice, post, "Samedi"))
            .await;
    }
    until("the follower's votes are counted", || async {
        counts(&open).await == [1, 0] && counts(&closed).await == [1, 0]
    })
    .await;
    let stuffed = vote(&door.mallory, &closed, "Dimanche");
    let reply = door.mallory.post(&door.lea.inbox(), &stuffed).await;
    if reply.status >= 500 || counts(&closed).await != [1, 0] {
        failures.push("X07: a stranger voted in a poll for followers");
    }
    let past = (unix_now() - 86_400) * 1_000;
    door.changes_database(&format!(
        "UPDATE poll SET expires_at = {past} WHERE post_id = {}",
        id(&open)
    ))
    .await;
    let late = vote(&door.victor, &open, "Dimanche");
    let reply = door.victor.post(&door.lea.inbox(), &late).await;
    if reply.status >= 500 || counts(&open).await != [1, 0] {
        failures.push("T092: a vote a day after the end is counted");
    }
    for failure in failures {
        door.check("votes", false, failure);
    }
    door.ends_well().await;
}

/// X06: reports of one server are kept only so far.
#[tokio::test]
async fn a_flood_of_reports_is_kept_within_bounds() {
    let door = Door::open().await;
    for _ in 0..120 {
        let mut flag = door.mallory.activity("Flag", &json!([door.lea.uri]));
        flag["content"] = json!("x".repeat(20_000));
        door.lets_in(&door.mallory, &flag).await;
    }
    let kept = door
        .asks_database("SELECT count(*) FROM report")
        .await
        .unwrap();
    assert!((1..=100).contains(&kept), "{kept} reports");
    let longest = door
        .asks_database("SELECT CAST(max(length(comment)) AS BIGINT) FROM report")
        .await
        .unwrap();
    assert!(longest <= 5_000, "{longest}");
    door.ends_well().await;
}

/// X08: a date of the far future keeps nothing on top, one of the far past breaks nothing.
#[tokio::test]
async fn a_date_out_of_all_bounds_puts_nothing_on_top() {
    let mut door = Door::open().await;
    let alice = door.alice.clone();
    let far = stamp(4_000_000_000_000);
    for date in [
        far.as_str(),
        "9999-12-31T23:59:59Z",
        "-009999-01-02T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "+999999-01-01T00:00:00Z",
        "1e309",
        "99999999999999999999",
    ] {
        for member in ["published", "updated"] {
            let mut note = door.naming_lea(&alice, &marker("daté"));
            note[member] = json!(date);
            let reply = alice.post(&door.lea.inbox(), &alice.create(&note)).await;
            door.borne("X08", &reply);
            let reply = alice
                .post(&door.lea.inbox(), &alice.addressed("Update", &note))
                .await;
            door.borne("X08", &reply);
        }
    }
    let text = marker("le plus récent");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    door.lets_in(&alice, &alice.create(&door.naming_lea(&alice, &text)))
        .await;
    door.lea.reads_on_home(&text).await;
    let home = door.lea.home().await;
    let first = home[0]["content"].to_string();
    door.check("X08", holds(&home[0], &text), &first);
    for path in ["/", "/avis", &format!("/@{}", alice.acct())] {
        let mut browser = door.town.browser_of("lea").await;
        browser.opens(path).await.expecting(200);
    }
    door.ends_well().await;
}
