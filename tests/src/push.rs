//! What comes to a phone: subscriptions, messages in both encodings, and push services that misbehave.

use http::Method;
use parvis_testkit::{
    Canary, Device, PushService, Resident, TestTown, actor::marker, eventually,
    push_service::Parcel, resident::id, until,
};
use serde_json::{Value, json};

use crate::app::{asks, changes, counts, does};

const SUBSCRIPTION: &str = "/api/v1/push/subscription";

/// A new device subscribes at this path of the push service, for everything unless `more` says otherwise.
async fn subscribes(
    who: &Resident,
    service: &PushService,
    path: &str,
    more: &[(&str, &str)],
) -> (Device, Value) {
    let device = Device::new();
    let (endpoint, key, auth) = (service.endpoint(path), device.p256dh(), device.auth());
    let mut fields = vec![
        ("subscription[endpoint]", endpoint.as_str()),
        ("subscription[keys][p256dh]", &key),
        ("subscription[keys][auth]", &auth),
        ("data[alerts][mention]", "true"),
        ("data[alerts][favourite]", "true"),
        ("data[alerts][follow]", "true"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name != other));
    fields.extend(more);
    let view = does(who, SUBSCRIPTION, &fields).await;
    (device, view)
}

async fn arrives(service: &PushService, path: &str, count: usize) -> Vec<Parcel> {
    eventually(&format!("{count} messages at {path}"), || async {
        let came = service.came(path);
        (came.len() >= count).then_some(came)
    })
    .await
}

#[tokio::test]
async fn a_message_comes_to_the_device_in_both_encodings() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let words = marker("Bonjour");
    for (path, standard) in [("/new", "true"), ("/old", "false")] {
        let extra = [("subscription[standard]", standard)];
        let (device, view) = subscribes(&marie, &service, path, &extra).await;
        assert_eq!(view["standard"], standard == "true");
        jean.posts(&format!("@marie {words}")).await;
        let parcel = arrives(&service, path, 1).await.remove(0);
        let message = device.opens(&parcel);
        let told = marie.list("/api/v1/notifications").await;
        assert_eq!(message["access_token"], marie.token.as_str());
        assert_eq!(message["preferred_locale"], "fr");
        assert_eq!(message["notification_type"], "mention");
        assert_eq!(
            message["notification_id"].as_i64().unwrap().to_string(),
            id(&told[0])
        );
        assert_eq!(message["title"], "jean vous parle");
        assert!(message["body"].as_str().unwrap().contains(&words));
        let icon = message["icon"].as_str().unwrap();
        assert!(icon.starts_with(&town.origin), "{icon}");

        let key = view["server_key"].as_str().unwrap();
        let sender = parcel.sender(key).expect("signed with the town's key");
        assert_eq!(
            sender["aud"],
            format!("http://push.localhost:{}", service.port)
        );
        assert_eq!(sender["sub"], town.origin.as_str());
        if standard == "false" {
            let keys = parcel.header("crypto-key");
            assert!(keys.ends_with(&format!(";p256ecdsa={key}")), "{keys}");
        }
        assert!(parcel.body.len() <= 4096);
        let ttl: i64 = parcel.header("ttl").parse().unwrap();
        assert!((172_000..=172_800).contains(&ttl), "{ttl}");
    }
}

#[tokio::test]
async fn the_town_shows_one_key_for_good() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let marie = town.resident("marie").await;
    let (_, view) = subscribes(&marie, &service, "/a", &[]).await;
    let shown = async || {
        let town = town.get("/api/v2/instance").await.json();
        town["configuration"]["vapid"]["public_key"].clone()
    };
    let key = shown().await;
    assert_eq!(key, view["server_key"]);
    assert_eq!(key.as_str().unwrap().len(), 87, "a point of 65 bytes");
    let fields = [
        ("client_name", "Tusky"),
        ("redirect_uris", "urn:ietf:wg:oauth:2.0:oob"),
    ];
    let app = does(&marie, "/api/v1/apps", &fields).await;
    assert_eq!(app["vapid_key"], key);
    let app = marie.get("/api/v1/apps/verify_credentials").await.json();
    assert_eq!(app["vapid_key"], key);
    town.stop().await;
    town.restart().await;
    assert_eq!(shown().await, key);
}

#[tokio::test]
async fn a_token_has_one_subscription_that_ends_with_it() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let marie = town.resident("marie").await;
    let other = town.resident_known("marie").await;
    marie.get(SUBSCRIPTION).await.expecting(404);
    asks(&marie, &town, Method::PUT, SUBSCRIPTION, &[])
        .await
        .expecting(404);
    let (_, first) = subscribes(&marie, &service, "/a", &[]).await;
    let (_, second) =
        subscribes(&marie, &service, "/b", &[("data[alerts][follow]", "false")]).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["endpoint"], service.endpoint("/b"));
    assert_eq!(second["policy"], "all");
    assert_eq!(second["alerts"]["mention"], true);
    assert_eq!(second["alerts"]["follow"], false);
    assert_eq!(second["alerts"].as_object().unwrap().len(), 12);
    assert_eq!(marie.get(SUBSCRIPTION).await.expecting(200).json(), second);
    other.get(SUBSCRIPTION).await.expecting(404);

    let fields = [("data[alerts][poll]", "1"), ("data[policy]", "follower")];
    let changed = asks(&marie, &town, Method::PUT, SUBSCRIPTION, &fields)
        .await
        .expecting(200)
        .json();
    assert_eq!(changed["policy"], "follower");
    assert_eq!(
        (&changed["alerts"]["poll"], &changed["alerts"]["mention"]),
        (&json!(true), &json!(false))
    );
    let fields = [("policy", "none")];
    let changed = asks(&marie, &town, Method::PUT, SUBSCRIPTION, &fields)
        .await
        .json();
    assert_eq!(
        (&changed["policy"], &changed["alerts"]["poll"]),
        (&json!("none"), &json!(true))
    );
    let fields = [("data[policy]", "everyone")];
    asks(&marie, &town, Method::PUT, SUBSCRIPTION, &fields)
        .await
        .expecting(422);

    subscribes(&other, &service, "/c", &[]).await;
    assert_eq!(counts(&town, "push_subscription").await, 2);
    let gone = marie.delete_at(SUBSCRIPTION).await.expecting(200).json();
    assert_eq!(gone, json!({}));
    marie.get(SUBSCRIPTION).await.expecting(404);
    other.get(SUBSCRIPTION).await.expecting(200);
    marie.delete_at(SUBSCRIPTION).await.expecting(200);
    town.cli(&["account", "reset-password", "marie"])
        .await
        .succeeding();
    assert_eq!(counts(&town, "push_subscription").await, 0);
}

#[tokio::test]
async fn only_what_the_app_asked_for_is_sent() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let lise = town.resident("lise").await;
    marie.follows(&jean.handle()).await;
    lise.follows(&marie.handle()).await;
    until("the new follower is told of", || async {
        marie.list("/api/v1/notifications").await.len() == 1
    })
    .await;
    let mut places = Vec::new();
    for policy in ["all", "followed", "follower", "none"] {
        let app = town.resident_known("marie").await;
        let path = format!("/{policy}");
        let more = [
            ("data[policy]", policy),
            ("data[alerts][favourite]", "false"),
        ];
        let (device, _) = subscribes(&app, &service, &path, &more).await;
        places.push((path, device));
    }
    let post = marie.posts("Bonjour").await;
    for who in [&jean, &lise] {
        let path = format!("/api/v1/statuses/{}/favourite", id(&post));
        does(who, &path, &[]).await;
        who.answers(&post, "@marie bonjour").await;
    }
    let all = arrives(&service, "/all", 2).await;
    let from_jean = arrives(&service, "/followed", 1).await;
    let from_lise = arrives(&service, "/follower", 1).await;
    until("nothing waits", || async {
        counts(&town, "push_message").await == 0
    })
    .await;
    assert_eq!(
        (all.len(), from_jean.len(), from_lise.len()),
        (2, 1, 1),
        "no favourite, and of each only what was chosen"
    );
    assert!(service.came("/none").is_empty());
    assert_eq!(service.came("/all").len(), 2);
    let title = |at: usize, parcel: &Parcel| {
        let message: Value = places[at].1.opens(parcel);
        message["title"].clone()
    };
    assert_eq!(title(1, &from_jean[0]), "jean vous parle");
    assert_eq!(title(2, &from_lise[0]), "lise vous parle");
}

#[tokio::test]
async fn what_one_does_not_want_to_hear_of_is_not_sent() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (lise, paul) = (town.resident("lise").await, town.resident("paul").await);
    let (device, _) = subscribes(&marie, &service, "/a", &[]).await;
    does(&marie, &format!("/api/v1/accounts/{}/mute", jean.id), &[]).await;
    does(&marie, &format!("/api/v1/accounts/{}/block", lise.id), &[]).await;
    let filter = [
        ("title", "Loterie"),
        ("context[]", "notifications"),
        ("filter_action", "hide"),
        ("keywords_attributes[0][keyword]", "loterie"),
    ];
    does(&marie, "/api/v2/filters", &filter).await;
    jean.posts("@marie masqué").await;
    lise.try_post_form("/api/v1/statuses", &[("status", "@marie bloquée")])
        .await
        .unwrap();
    paul.posts("@marie une loterie").await;
    let policy = "/api/v2/notifications/policy";
    let hold = [("for_not_following", "filter")];
    paul.posts("@marie bonjour").await;
    let first = arrives(&service, "/a", 1).await;
    assert!(
        device.opens(&first[0])["body"]
            .as_str()
            .unwrap()
            .contains("bonjour")
    );
    asks(&marie, &town, Method::PATCH, policy, &hold)
        .await
        .expecting(200);
    paul.posts("@marie retenu").await;
    until("the one held back is known", || async {
        let path = "/api/v1/notifications?include_filtered=true";
        let held = |one: &Value| one["filtered"] == true;
        marie.list(path).await.iter().any(held)
    })
    .await;
    marie.follows(&paul.handle()).await;
    paul.posts("@marie encore").await;
    let came = arrives(&service, "/a", 2).await;
    until("nothing waits", || async {
        counts(&town, "push_message").await == 0
    })
    .await;
    assert_eq!(service.came("/a").len(), 2);
    assert!(
        device.opens(&came[1])["body"]
            .as_str()
            .unwrap()
            .contains("encore")
    );
}

#[tokio::test]
async fn a_device_that_is_gone_is_told_nothing_more() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    for (path, status) in [("/gone", 410), ("/lost", 404)] {
        service.answers(path, status);
        subscribes(&marie, &service, path, &[]).await;
        jean.posts("@marie bonjour").await;
        arrives(&service, path, 1).await;
        until("the subscription is gone", || async {
            marie.get(SUBSCRIPTION).await.status == 404
        })
        .await;
        assert_eq!(counts(&town, "push_message").await, 0);
    }
}

/// T125.
#[tokio::test]
async fn no_subscription_leads_to_a_private_address() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let canary = Canary::open().await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let device = Device::new();
    let port = canary.port;
    for endpoint in [
        format!("http://127.0.0.2:{port}/push"),
        format!("https://127.0.0.2:{port}/push"),
        format!("http://[::1]:{port}/push"),
        format!("http://0x7f.2:{port}/push"),
        "https://10.0.0.1/push".into(),
        "https://169.254.169.254/push".into(),
        "http://1.1.1.1/push".into(),
        "https://1.1.1.1:8443/push".into(),
        "https://marie@1.1.1.1/push".into(),
        "file:///etc/passwd".into(),
        "push".into(),
        String::new(),
        format!("https://1.1.1.1/{}", "x".repeat(2_000)),
    ] {
        let (key, auth) = (device.p256dh(), device.auth());
        let fields = [
            ("subscription[endpoint]", endpoint.as_str()),
            ("subscription[keys][p256dh]", &key),
            ("subscription[keys][auth]", &auth),
        ];
        let reply = marie.post_form(SUBSCRIPTION, &fields).await;
        assert_eq!(reply.status, 422, "{endpoint}");
    }
    let endpoint = service.endpoint("/a");
    for (key, auth) in [
        (device.p256dh(), String::new()),
        (String::new(), device.auth()),
        ("BA".to_owned() + &"A".repeat(85), device.auth()),
        (device.p256dh(), "x".repeat(5_000)),
    ] {
        let fields = [
            ("subscription[endpoint]", endpoint.as_str()),
            ("subscription[keys][p256dh]", &key),
            ("subscription[keys][auth]", &auth),
        ];
        let reply = marie.post_form(SUBSCRIPTION, &fields).await;
        assert_eq!(reply.status, 422, "{key} {auth}");
    }
    marie.get(SUBSCRIPTION).await.expecting(404);

    // One that leads there afterwards, as when a name changes hands.
    subscribes(&marie, &service, "/a", &[]).await;
    let away = format!("UPDATE push_subscription SET endpoint = 'http://127.0.0.2:{port}/push'");
    assert!(changes(&town, &away).await > 0);
    jean.posts("@marie bonjour").await;
    until("the subscription is gone", || async {
        marie.get(SUBSCRIPTION).await.status == 404
    })
    .await;
    assert_eq!(canary.connections(), 0, "the canary was visited");
}

#[tokio::test]
async fn after_a_crash_what_was_not_taken_is_sent_again() {
    let (town, service) = (TestTown::start("valmont").await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (device, _) = subscribes(&marie, &service, "/a", &[]).await;
    service.answers("/a", 0);
    let words = marker("Bonjour");
    jean.posts(&format!("@marie {words}")).await;
    arrives(&service, "/a", 1).await;
    town.kill9();
    service.answers("/a", 201);
    town.restart().await;
    let came = arrives(&service, "/a", 2).await;
    assert!(
        device.opens(&came[1])["body"]
            .as_str()
            .unwrap()
            .contains(&words)
    );
    until("nothing waits", || async {
        counts(&town, "push_message").await == 0
    })
    .await;
    assert_eq!(service.came("/a").len(), 2);
}

#[tokio::test]
async fn a_push_service_that_is_away_is_tried_again_and_keeps_nobody_waiting() {
    let town = TestTown::start("valmont").await;
    let (away, well) = (PushService::open().await, PushService::open().await);
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let other = town.resident_known("marie").await;
    let (device, _) = subscribes(&marie, &away, "/a", &[]).await;
    subscribes(&other, &well, "/b", &[]).await;
    away.answers("/a", 503);
    for n in 1..=3 {
        jean.posts(&format!("@marie bonjour {n}")).await;
        arrives(&well, "/b", n).await;
    }
    let before = away.came("/a").len();
    assert!((1..=3).contains(&before), "left alone: {before}");
    away.answers("/a", 201);
    until("all three came at last", || async {
        let came = away.came("/a");
        let taken = came.iter().filter(|parcel| parcel.answered == 201);
        taken.count() == 3
    })
    .await;
    let last = away.came("/a").pop().unwrap();
    assert_eq!(device.opens(&last)["access_token"], marie.token.as_str());
    assert_eq!(counts(&town, "push_subscription").await, 2);
}

#[tokio::test]
async fn two_workers_send_a_message_once() {
    let town = TestTown::prepare("valmont", &[("PARVIS_WORKERS", "off")]);
    if town.sqlite_file().is_some() {
        println!("not on SQLite, which has one process");
        return;
    }
    let service = PushService::open().await;
    town.restart().await;
    town.program.start_worker();
    town.program.start_worker();
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    subscribes(&marie, &service, "/a", &[]).await;
    for n in 1..=40 {
        jean.posts(&format!("@marie {n}")).await;
    }
    arrives(&service, "/a", 40).await;
    until("nothing waits", || async {
        counts(&town, "push_message").await == 0
    })
    .await;
    assert_eq!(service.came("/a").len(), 40);
}
