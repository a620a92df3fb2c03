//! Events of other towns, in the shapes of Mobilizon, Gancio and WordPress: day, hour and place can be read by everyone.

use parvis_testkit::{
    Actor,
    actor::{PUBLIC, fresh, marker, now},
    eventually,
};
use serde_json::{Value, json};

use crate::place::Place;

fn event(author: &Actor, name: &str, members: &Value) -> Value {
    let mut event = json!({"@context": "https://www.w3.org/ns/activitystreams",
        "id": author.host.url(&format!("/events/{}", fresh())), "type": "Event", "name": name,
        "attributedTo": author.id, "content": "<p>Venez nombreux.</p>", "to": [PUBLIC], "cc": [author.followers()],
        "published": now(), "url": author.host.url("/events/page")});
    let members = members.as_object().unwrap().clone();
    event.as_object_mut().unwrap().extend(members);
    event
}

/// The text of the post, without marks and with plain blanks.
fn told(post: &Value) -> String {
    post["content"]
        .as_str()
        .unwrap()
        .replace("&nbsp;", " ")
        .replace('\u{a0}', " ")
}

#[tokio::test]
async fn an_event_is_told_with_day_hour_and_place_in_the_towns_own_time() {
    let place = Place::new().await;
    let paul = place.followed("agenda", "paul").await;
    let reads = async |event: &Value| {
        paul.host.serve_document(event);
        place.arrives(&paul, &paul.addressed("Create", event)).await;
        eventually("it is on home", || async {
            let home = place.lea.home().await;
            home.into_iter().find(|post| post["uri"] == event["id"])
        })
        .await
    };
    let name = marker("Bal");
    let mobilizon = event(
        &paul,
        &name,
        &json!({"startTime": "2031-07-14T20:00:00+02:00", "endTime": "2031-07-15T02:00:00+02:00", "timezone": "Europe/Paris",
            "location": {"type": "Place", "name": "Salle des fêtes", "address": {"type": "PostalAddress",
                "streetAddress": "1 rue Haute", "postalCode": "25000", "addressLocality": "Valmont"}},
            "joinMode": "free", "status": "CONFIRMED", "category": "PARTY", "attachment": [], "tag": []}),
    );
    let post = reads(&mobilizon).await;
    let text = told(&post);
    assert!(
        text.contains("Quand : 14 juillet 2031 à 20 h 00 – 15 juillet 2031 à 2 h 00"),
        "{text}"
    );
    assert!(
        text.contains("Où : Salle des fêtes, 1 rue Haute, 25000 Valmont"),
        "{text}"
    );
    assert!(
        text.contains("Venez nombreux.") && text.contains("/events/page"),
        "{text}"
    );
    let mut browser = place.town.browser_of("lea").await;
    let shown = browser.opens("/").await.expecting(200);
    assert!(
        shown.says(&name) && shown.says("25000 Valmont"),
        "{}",
        shown.html
    );

    let gancio = event(
        &paul,
        &marker("Concert"),
        &json!({"startTime": "2031-01-10T18:00:00Z", "location": {"name": "Le Pont", "address": "Quai Vieux 3"},
            "content": "<p>Fanfare</p>", "attachment": []}),
    );
    let text = told(&reads(&gancio).await);
    assert!(text.contains("Quand : 10 janvier 2031 à 19 h 00"), "{text}");
    assert!(text.contains("Où : Le Pont, Quai Vieux 3"), "{text}");

    // Without a text of its own its summary is told, and a new hour is an edit.
    let wordpress = event(
        &paul,
        &marker("Atelier"),
        &json!({"startTime": "2031-03-01T12:00:00Z", "endTime": "2031-03-01T12:00:00Z", "content": null,
            "summary": "<p>Réparer son vélo</p>", "location": [{"type": "VirtualLocation", "url": "https://salon.example/1"},
                {"type": "Place", "name": "Mairie", "address": "Grand-Place 1"}]}),
    );
    let text = told(&reads(&wordpress).await);
    assert!(
        text.contains("Réparer son vélo") && text.contains("Où : Mairie, Grand-Place 1"),
        "{text}"
    );
    assert!(text.contains("https://salon.example/1"), "{text}");
    let mut later = wordpress.clone();
    later["startTime"] = json!("2031-03-02T12:00:00Z");
    later["eventStatus"] = json!("EventCancelled");
    later["updated"] = json!(now());
    paul.host.serve_document(&later);
    place
        .arrives(&paul, &paul.addressed("Update", &later))
        .await;
    eventually("the new day is told", || async {
        let home = place.lea.home().await;
        let post = home.into_iter().find(|post| post["uri"] == later["id"])?;
        let text = told(&post);
        (text.contains("2 mars 2031") && text.contains("Annulé.")).then_some(())
    })
    .await;

    // What has no beginning, or nonsense for one, is a post all the same.
    for start in [
        json!(null),
        json!("bientôt"),
        json!({"a": 1}),
        json!("9999999-01-01"),
    ] {
        let odd = event(
            &paul,
            &marker("Un jour"),
            &json!({"startTime": start, "location": {"a": 1}}),
        );
        let text = told(&reads(&odd).await);
        assert!(
            text.contains("Venez nombreux.") && !text.contains("Quand"),
            "{text}"
        );
    }
}
