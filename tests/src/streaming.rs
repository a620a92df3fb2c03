//! What apps hear while they listen: which streams bring what, to whom, and when they end.

use std::time::Duration;

use http::Method;
use parvis_testkit::{
    Ear, Events, Neighbourhood, Resident, TestTown,
    actor::marker,
    ear::payload,
    exchange::{self, headers, urlencoded},
    resident::{holds, id},
    town::PASSWORD,
};
use serde_json::{Value, json};

use crate::{
    app::{asks, does},
    oauth::{App, BACK},
};

/// A post that everyone hears: whatever would come before it has come by then.
fn is_update(frame: &Value, text: &str) -> bool {
    frame["event"] == "update" && holds(&payload(frame), text)
}

/// What is heard on a stream until somebody posts this.
async fn hears_until_posted(ear: &mut Ear, who: &Resident, text: &str) -> Vec<Value> {
    who.posts(text).await;
    let mut heard = ear.hears_up_to(|frame| is_update(frame, text)).await;
    heard.pop();
    heard
}

fn events(frames: &[Value]) -> Vec<&str> {
    let named = frames.iter().map(|frame| frame["event"].as_str().unwrap());
    named.collect()
}

async fn edits(who: &Resident, post: &Value, text: &str) {
    let path = format!("/api/v1/statuses/{}", id(post));
    let edited = who.try_put_form(&path, &[("status", text)]).await;
    edited.unwrap().expecting(200);
}

#[tokio::test]
async fn a_post_its_edit_and_its_end_arrive_live() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    marie.follows(&jean.handle()).await;
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let mut events = Events::of(&town, &marie.token, "user").await;
    assert_eq!(events.hello, ":)", "apps know Mastodon's");

    let text = marker("La crue monte");
    let post = jean.posts(&text).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(
        (&heard["stream"], &heard["event"]),
        (&json!(["user"]), &json!("update"))
    );
    let shown = marie.status(id(&post)).await.expecting(200).json();
    assert_eq!(
        payload(&heard),
        shown,
        "as it is read, and it can be read at once"
    );
    let (name, data) = events.hears().await.unwrap();
    assert_eq!(name, "update");
    assert_eq!(serde_json::from_str::<Value>(&data).unwrap(), shown);

    let later = marker("La crue baisse");
    edits(&jean, &post, &later).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(heard["event"], "status.update");
    assert!(holds(&payload(&heard), &later));
    assert_eq!(events.hears().await.unwrap().0, "status.update");

    jean.deletes(&post).await.expecting(200);
    let heard = ear.hears().await.unwrap();
    let gone = json!({ "stream": ["user"], "event": "delete", "payload": id(&post) });
    assert_eq!(heard, gone);
    let gone = ("delete".to_owned(), id(&post).to_owned());
    assert_eq!(events.hears().await.unwrap(), gone);
}

#[tokio::test]
async fn a_boost_arrives_at_home_and_goes_again() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let lea = town.resident("lea").await;
    marie.follows(&jean.handle()).await;
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let post = lea.posts(&marker("Marché samedi")).await;
    let path = format!("/api/v1/statuses/{}", id(&post));
    let boost = does(&jean, &format!("{path}/reblog"), &[]).await;
    let heard = payload(&ear.hears().await.unwrap());
    assert_eq!(id(&heard), id(&boost));
    assert_eq!(id(&heard["reblog"]), id(&post));
    does(&jean, &format!("{path}/unreblog"), &[]).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(
        (&heard["event"], &heard["payload"]),
        (&json!("delete"), &boost["id"])
    );
}

#[tokio::test]
async fn what_one_is_told_arrives_on_sockets_and_as_events() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut home = Ear::of(&town, &marie.token, "user").await;
    let post = marie.posts(&marker("Qui aide au four à pain ?")).await;
    assert_eq!(home.hears().await.unwrap()["event"], "update");
    let mut told = Ear::of(&town, &marie.token, "user:notification").await;
    let mut events = Events::of(&town, &marie.token, "user/notification").await;
    let path = format!("/api/v1/statuses/{}/favourite", id(&post));
    does(&jean, &path, &[]).await;
    let first = home.hears().await.unwrap();
    assert_eq!(first["event"], "notification");
    let shown = payload(&first);
    assert_eq!(
        (&shown["type"], &shown["account"]["acct"]),
        (&json!("favourite"), &json!("jean"))
    );
    assert_eq!(id(&shown["status"]), id(&post));
    assert_eq!(marie.list("/api/v1/notifications").await[0], shown);
    let second = told.hears().await.unwrap();
    assert_eq!(second["stream"], json!(["user:notification"]));
    assert_eq!(payload(&second), shown);
    let (name, data) = events.hears().await.unwrap();
    assert_eq!(name, "notification");
    assert_eq!(serde_json::from_str::<Value>(&data).unwrap(), shown);
}

#[tokio::test]
async fn one_socket_carries_many_streams() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let query = format!("?access_token={}", marie.token);
    let mut ear = Ear::open(&town, &query, &[]).await.unwrap();
    ear.subscribes("public").await;
    ear.subscribes("public").await;
    ear.subscribes("public:local").await;
    ear.subscribes("public:remote").await;
    ear.subscribes("public:media").await;
    ear.says(&json!({ "type": "subscribe", "stream": "hashtag", "tag": "FÊTE" }))
        .await;
    ear.says(&json!({ "type": "subscribe", "stream": "hashtag:local", "tag": "crue" }))
        .await;
    ear.subscribes("the moon").await;
    let unknown = json!({ "error": "Unknown stream type", "status": 400 });
    assert_eq!(ear.hears().await.unwrap(), unknown);
    ear.says(&json!("nonsense")).await;
    assert_eq!(ear.hears().await.unwrap()["status"], 422);

    let text = format!("On danse #fête {}", marker("ce soir"));
    jean.posts(&text).await;
    let heard: Vec<Value> = vec![
        ear.hears().await.unwrap(),
        ear.hears().await.unwrap(),
        ear.hears().await.unwrap(),
    ];
    let streams: Vec<&Value> = heard.iter().map(|frame| &frame["stream"]).collect();
    assert_eq!(
        streams,
        [
            &json!(["public"]),
            &json!(["public:local"]),
            &json!(["hashtag", "FÊTE"])
        ]
    );
    ear.says(&json!({ "type": "unsubscribe", "stream": "hashtag", "tag": "fête" }))
        .await;
    ear.says(&json!({ "type": "unsubscribe", "stream": "public" }))
        .await;
    ear.subscribes("the moon").await;
    assert_eq!(ear.hears().await.unwrap(), unknown);
    let text = marker("demain");
    jean.posts(&format!("Encore #fête {text}")).await;
    let heard = ear.hears_up_to(|frame| is_update(frame, &text)).await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0]["stream"], json!(["public:local"]));
    let text = marker("Bonne nuit");
    let heard = hears_until_posted(&mut ear, &jean, &text).await;
    assert!(heard.is_empty(), "only public:local is left: {heard:?}");
}

#[tokio::test]
async fn nothing_arrives_that_one_may_not_see_or_does_not_want_to() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (paul, lea) = (town.resident("paul").await, town.resident("lea").await);
    for other in [&jean, &paul, &lea] {
        marie.follows(&other.handle()).await;
    }
    let tag = json!({ "type": "subscribe", "stream": "hashtag", "tag": "pont" });
    let query = format!("?access_token={}&stream=user", marie.token);
    let mut ear = Ear::open(&town, &query, &[]).await.unwrap();
    ear.subscribes("public").await;
    ear.subscribes("direct").await;
    ear.says(&tag).await;
    does(&marie, &format!("/api/v1/accounts/{}/mute", paul.id), &[]).await;
    does(&lea, &format!("/api/v1/accounts/{}/block", marie.id), &[]).await;
    let stranger = town.resident("rose").await;
    paul.posts("Sous le #pont, muet").await;
    let blocked = lea.posts("Sous le #pont, bloqué").await;
    edits(&lea, &blocked, "Sur le #pont, bloqué").await;
    lea.deletes(&blocked).await.expecting(200);
    stranger.posts_for("private", "Sous le #pont, privé").await;
    stranger.posts_for("direct", "@jean sous le #pont").await;
    let path = format!("/api/v1/statuses/{}/reblog", id(&paul.posts("Muet").await));
    does(&jean, &path, &[]).await;
    let last = marker("Bonsoir");
    let heard = hears_until_posted(&mut ear, &stranger, &last).await;
    let of_lea = |frame: &&Value| {
        // That a public post is gone may be told to whoever listens to public posts.
        frame["event"] != "delete" || frame["stream"] == json!(["user"])
    };
    let heard: Vec<&Value> = heard.iter().filter(of_lea).collect();
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test]
async fn a_post_for_the_town_reaches_followers_at_home_and_no_public_stream() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let stranger = town.resident("rose").await;
    marie.follows(&jean.handle()).await;
    let mut follower = Ear::of(&town, &marie.token, "user").await;
    let mut public = Ear::of(&town, &stranger.token, "public:local").await;
    public.subscribes("user").await;
    let text = marker("Réunion à la salle des fêtes");
    let fields = [("status", text.as_str()), ("local_only", "true")];
    does(&jean, "/api/v1/statuses", &fields).await;
    assert!(is_update(&follower.hears().await.unwrap(), &text));
    let last = marker("Bonsoir");
    let heard = hears_until_posted(&mut public, &jean, &last).await;
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test]
async fn filters_go_along_with_a_post_and_their_change_is_told() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let mut plain = Ear::of(&town, &jean.token, "public").await;
    let fields = [
        ("title", "Foot"),
        ("context[]", "public"),
        ("keywords_attributes[0][keyword]", "football"),
    ];
    does(&marie, "/api/v2/filters", &fields).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(
        heard,
        json!({ "stream": ["user"], "event": "filters_changed" })
    );
    ear.subscribes("public").await;
    let lea = town.resident("lea").await;
    let text = marker("Tournoi de football");
    lea.posts(&text).await;
    let heard = ear.hears_up_to(|frame| is_update(frame, &text)).await;
    let shown = payload(heard.last().unwrap());
    assert_eq!(shown["filtered"][0]["filter"]["title"], "Foot");
    let shown = payload(&plain.hears().await.unwrap());
    assert_eq!(
        (&shown["filtered"], &shown["favourited"]),
        (&json!([]), &json!(false))
    );
}

#[tokio::test]
async fn a_message_among_few_arrives_as_a_conversation_on_its_own_stream() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let query = format!("?access_token={}&stream=direct", marie.token);
    let mut ear = Ear::open(&town, &query, &[]).await.unwrap();
    let mut others = Ear::of(&town, &town.resident("lea").await.token, "direct").await;
    others.subscribes("public").await;
    let text = marker("entre nous");
    let message = format!("@marie {text}");
    jean.posts_for("direct", &message).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(
        (&heard["stream"], &heard["event"]),
        (&json!(["direct"]), &json!("conversation"))
    );
    let shown = payload(&heard);
    assert_eq!(shown, marie.list("/api/v1/conversations").await[0]);
    assert!(holds(&shown["last_status"], &text));
    let last = marker("Bonsoir");
    let heard = hears_until_posted(&mut others, &jean, &last).await;
    assert!(heard.is_empty(), "{heard:?}");
}

#[tokio::test]
async fn a_list_is_heard_by_its_owner_alone() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let lea = town.resident("lea").await;
    marie.follows(&jean.handle()).await;
    marie.follows(&lea.handle()).await;
    let list = does(&marie, "/api/v1/lists", &[("title", "Voisins")]).await;
    let path = format!("/api/v1/lists/{}/accounts", id(&list));
    does(&marie, &path, &[("account_ids[]", &jean.id)]).await;
    let query = |token: &str| format!("?access_token={token}&stream=list&list={}", id(&list));
    let refused = Ear::open(&town, &query(&jean.token), &[]).await;
    assert_eq!(refused.err(), Some(404));
    let mut ear = Ear::open(&town, &query(&marie.token), &[]).await.unwrap();
    lea.posts(&marker("Pas de la liste")).await;
    let text = marker("De la liste");
    let post = jean.posts(&text).await;
    let heard = ear.hears().await.unwrap();
    assert_eq!(heard["stream"], json!(["list", id(&list)]));
    assert!(is_update(&heard, &text), "{heard}");
    jean.deletes(&post).await.expecting(200);
    assert_eq!(ear.hears().await.unwrap()["event"], "delete");
}

#[tokio::test]
async fn every_stream_has_an_address_for_events() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (here, there) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let (marie, jean) = (here.resident("marie").await, here.resident("jean").await);
    let paul = there.resident("paul").await;
    marie.follows(&jean.handle()).await;
    let list = does(&marie, "/api/v1/lists", &[("title", "Voisins")]).await;
    let path = format!("/api/v1/lists/{}/accounts", id(&list));
    does(&marie, &path, &[("account_ids[]", &jean.id)]).await;
    let of_list = format!("list?list={}", id(&list));
    let streams = [
        "public",
        "public/local",
        "hashtag?tag=four",
        "hashtag/local?tag=Four",
        of_list.as_str(),
        "public/remote",
        "direct",
        "public?only_media=true",
    ];
    let mut open = Vec::new();
    for stream in streams {
        open.push(Events::of(here, &marie.token, stream).await);
    }
    let text = marker("On cuit le pain au");
    jean.posts(&format!("{text} #four")).await;
    let far = marker("De loin au");
    paul.posts(&format!("{far} {} #four", marie.handle())).await;
    let message = marker("entre nous");
    jean.posts_for("direct", &format!("@marie {message}")).await;
    let expected = [
        &[&text, &far][..],
        &[&text],
        &[&text, &far],
        &[&text],
        &[&text],
        &[&far],
    ];
    for ((stream, events), texts) in streams.iter().zip(&mut open).zip(expected) {
        for text in texts {
            let (name, data) = events.hears().await.unwrap();
            let post: Value = serde_json::from_str(&data).unwrap();
            assert!(name == "update" && holds(&post, text), "{stream}: {data}");
        }
    }
    let (name, data) = open[6].hears().await.unwrap();
    assert_eq!(name, "conversation");
    assert!(data.contains(&message), "{data}");
    let refused = format!("hashtag?access_token={}", marie.token);
    for (path, status) in [(refused.as_str(), 400), ("nowhere", 404), ("user", 401)] {
        let path = format!("/api/v1/streaming/{path}");
        let opened = Events::open(here, &path, http::HeaderMap::new()).await;
        assert_eq!(opened.err(), Some(status), "{path}");
    }
    let path = format!("/api/v1/streaming/{of_list}");
    jean.get(&path).await.expecting(404);
}

#[tokio::test]
async fn a_token_may_come_in_the_address_the_header_or_as_the_protocol() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let bearer = format!("Bearer {}", marie.token);
    let by_header = [("authorization", bearer.as_str())];
    assert!(Ear::open(&town, "", &by_header).await.is_ok());
    let by_protocol = [("sec-websocket-protocol", marie.token.as_str())];
    let ear = Ear::open(&town, "?stream=user", &by_protocol)
        .await
        .unwrap();
    assert_eq!(ear.protocol.as_deref(), Some(marie.token.as_str()));
    let query = format!("/?access_token={}&stream=user", marie.token);
    assert!(
        Ear::open(&town, &query, &[]).await.is_ok(),
        "with a slash behind"
    );
    let path = format!(
        "/api/v1/streaming/public?only_media=true&access_token={}",
        marie.token
    );
    let events = Events::open(&town, &path, http::HeaderMap::new()).await;
    assert!(events.is_ok());

    for (query, headers) in [
        ("", &[][..]),
        ("?stream=public", &[]),
        ("?access_token=nonsense", &[]),
        ("?access_token=", &[("sec-websocket-protocol", "nonsense")]),
    ] {
        let refused = Ear::open(&town, query, headers).await.err();
        assert_eq!(refused, Some(401), "{query}");
    }
    for stream in ["the+moon", "hashtag"] {
        let query = format!("?access_token={}&stream={stream}", marie.token);
        assert_eq!(Ear::open(&town, &query, &[]).await.err(), Some(400));
    }
    let address = format!("?access_token={}", marie.token);
    let elsewhere = format!("/api/v1/timelines/home{address}");
    town.get(&elsewhere).await.expecting(401);
    marie.get("/api/v1/streaming").await.expecting(400);
    let health = town.get("/api/v1/streaming/health").await.expecting(200);
    assert_eq!(health.text(), "OK");
    let instance = town.get("/api/v2/instance").await.expecting(200).json();
    let here = format!("ws://{}", town.host);
    assert_eq!(instance["configuration"]["urls"]["streaming"], here);
    let old = town.get("/api/v1/instance").await.expecting(200).json();
    assert_eq!(old["urls"]["streaming_api"], here);
}

#[tokio::test]
async fn a_token_hears_no_more_than_its_scopes_allow() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let jean = town.resident("jean").await;
    let issue = ["token", "create", "marie", "--scopes", "read:notifications"];
    let run = town.cli(&issue).await.succeeding();
    let token = run.stdout.trim();
    for stream in ["public", "direct", "list&list=1", "hashtag&tag=x"] {
        let query = format!("?access_token={token}&stream={stream}");
        assert_eq!(
            Ear::open(&town, &query, &[]).await.err(),
            Some(403),
            "{stream}"
        );
    }
    marie.follows(&jean.handle()).await;
    let mut ear = Ear::of(&town, token, "user").await;
    ear.subscribes("public").await;
    assert_eq!(ear.hears().await.unwrap()["status"], 403);
    let post = marie.posts("Bonjour").await;
    jean.posts("Bonjour").await;
    let path = format!("/api/v1/statuses/{}/favourite", id(&post));
    does(&jean, &path, &[]).await;
    assert_eq!(ear.hears().await.unwrap()["event"], "notification");
}

/// Anna lets an app in, turns it away again, and then changes her password: whatever each opened ends with it.
async fn streams_end_with_app_and_password(town: &TestTown) {
    let anna = town.resident("anna").await;
    let mut browser = town.browser_of("anna").await;
    let app = App::register(town, "Elk", BACK, "read write").await;
    let token = app.is_let_in(&mut browser).await;
    let mut by_app = Ear::of(town, &token, "user").await;
    let mut by_hand = Events::of(town, &anna.token, "user").await;
    let page = browser.opens("/reglages/applications").await.expecting(200);
    let mut forms = page.forms().into_iter();
    let of_elk = forms.find(|form| form.has("application")).unwrap();
    browser.submits(&page, &of_elk).await.expecting(200);
    assert_eq!(by_app.hears().await, None, "turned away");
    let text = marker("Encore là");
    anna.posts(&text).await;
    let (event, post) = by_hand.hears().await.unwrap();
    assert!(event == "update" && post.contains(&text), "{event} {post}");
    let page = browser.opens("/reglages/compte").await.expecting(200);
    let form = page
        .form("/reglages/compte")
        .with("old_password", PASSWORD)
        .with("password", "une passerelle neuve");
    browser.submits(&page, &form).await.expecting(200);
    assert_eq!(by_hand.hears().await, None, "another password");
}

/// T201
#[tokio::test]
async fn t201_a_stream_ends_with_its_token_and_with_its_holders_leave() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let mut events = Events::of(&town, &marie.token, "public").await;
    let mut still = Ear::of(&town, &jean.token, "public").await;
    let form = urlencoded(&[("token", &marie.token)]);
    let kind = headers(&[("content-type", "application/x-www-form-urlencoded")]);
    let revoke = town.send(Method::POST, "/oauth/revoke", kind, form.into_bytes());
    revoke.await.expecting(200);
    assert_eq!(ear.hears().await, None);
    assert_eq!(events.hears().await, None);
    let text = marker("Toujours là");
    jean.posts(&text).await;
    assert!(is_update(&still.hears().await.unwrap(), &text));
    town.cli(&["account", "suspend", "jean"]).await.succeeding();
    assert_eq!(still.hears().await, None);
    let query = format!("?access_token={}", marie.token);
    assert_eq!(Ear::open(&town, &query, &[]).await.err(), Some(401));
    streams_end_with_app_and_password(&town).await;
}

#[tokio::test]
async fn apps_that_listen_are_bounded_in_number_and_in_what_they_say() {
    let settings = [("PARVIS_LIMITS__STREAMS_PER_ACCOUNT", "2")];
    let town = TestTown::start_with("valmont", &settings).await;
    let marie = town.resident("marie").await;
    let query = format!("?access_token={}", marie.token);
    let mut first = Ear::open(&town, &query, &[]).await.unwrap();
    let second = Ear::of(&town, &marie.token, "user").await;
    assert_eq!(Ear::open(&town, &query, &[]).await.err(), Some(429));
    drop(second);
    parvis_testkit::until("there is room again", || async {
        Ear::open(&town, &query, &[]).await.is_ok()
    })
    .await;
    for number in 0..100 {
        let tag = format!("t{number}");
        first
            .says(&json!({ "type": "subscribe", "stream": "hashtag", "tag": tag }))
            .await;
    }
    first.subscribes("user").await;
    assert_eq!(first.hears().await.unwrap()["status"], 429);
    let long = "x".repeat(10_000);
    first
        .says(&json!({ "type": "subscribe", "stream": long }))
        .await;
    assert_eq!(first.hears().await, None, "hung up");
}

#[tokio::test]
async fn open_streams_do_not_keep_the_program_from_ending() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut ear = Ear::of(&town, &marie.token, "user").await;
    let mut events = Events::of(&town, &marie.token, "public").await;
    let (code, took) = town.stop().await;
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(ear.hears().await, None);
    assert_eq!(events.hears().await, None);
}

#[tokio::test]
async fn what_another_process_does_is_heard_in_this_one() {
    let alone = [("PARVIS_WORKERS", "off")];
    let here = TestTown::start_with("valmont", &alone).await;
    if here.sqlite_file().is_some() {
        return;
    }
    let (marie, jean) = (here.resident("marie").await, here.resident("jean").await);
    marie.follows(&jean.handle()).await;
    let (database, origin) = (here.database_url(), here.origin.clone());
    let same = [
        ("PARVIS_DATABASE_URL", database.as_str()),
        ("PARVIS_PUBLIC_URL", origin.as_str()),
    ];
    let there = TestTown::prepare("valmont", &same);
    there.program.start().await;
    let mut ear = Ear::of(&here, &marie.token, "user").await;
    let text = marker("De l'autre côté");
    let bearer = format!("Bearer {}", jean.token);
    let posting = headers(&[
        ("host", &here.host),
        ("authorization", &bearer),
        ("content-type", "application/x-www-form-urlencoded"),
    ]);
    let url = format!("http://127.0.0.1:{}/api/v1/statuses", there.program.port);
    let form = urlencoded(&[("status", &format!("{text} @marie"))]);
    let posted = exchange::send(Method::POST, &url, posting, form.into_bytes());
    let post = posted.await.expecting(200).json();
    let frames = [ear.hears().await.unwrap(), ear.hears().await.unwrap()];
    assert_eq!(
        events(&frames),
        ["update", "notification"],
        "the other one makes what is told"
    );
    assert_eq!(id(&payload(&frames[0])), id(&post));
    let path = format!("/api/v1/statuses/{}", id(&post));
    asks(&jean, &here, Method::DELETE, &path, &[])
        .await
        .expecting(200);
    assert_eq!(ear.hears().await.unwrap()["event"], "delete");
}
