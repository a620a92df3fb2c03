//! What strangers elsewhere add to a post whose author looks at it first: it waits, unseen, until she says yes or no, and who
//! did it is told.

use parvis_testkit::{
    Actor, Reply, Resident,
    actor::{PUBLIC, fresh, marker},
    eventually,
    resident::{any_holds, id},
    until,
};
use serde_json::{Value, json};

use crate::{place::Place, quotes::now};

const REQUESTS: &str = "/api/v1/interaction_requests";

impl Place {
    /// Léa chooses on her settings page what she looks at first.
    async fn looks_at(&self, what: &str) {
        let mut browser = self.town.browser_of("lea").await;
        let page = browser.opens("/reglages/compte").await.expecting(200);
        let form = page.form("/reglages/citations").with("regarder", what);
        browser.submits(&page, &form).await.expecting(200);
    }

    async fn waits(&self, text: &str) -> Value {
        eventually(&format!("{text} waits"), || async {
            let waiting = self.lea.list(REQUESTS).await;
            let mut waiting = waiting.into_iter();
            waiting.find(|one| one.to_string().contains(text))
        })
        .await
    }

    async fn says(&self, request: &Value, word: &str) -> Reply {
        let path = format!("{REQUESTS}/{}/{word}", id(request));
        self.lea.post_form(&path, &[]).await
    }

    async fn under(&self, post: &Value) -> Vec<Value> {
        let context = self.lea.context(id(post)).await;
        context["descendants"].as_array().unwrap().clone()
    }

    async fn shows_stamp(&self, stamp: &Value) -> Reply {
        let path = stamp.as_str().unwrap().strip_prefix(&self.town.origin);
        self.town.get_document(path.unwrap()).await
    }
}

fn answer(author: &Actor, post: &Value, text: &str) -> Value {
    let mut note = author.note(text);
    note["inReplyTo"] = post["uri"].clone();
    author.host.serve_document(&note);
    note
}

/// What Léa's server says to `actor` about `object`.
async fn told(actor: &Actor, object: &Value) -> Value {
    eventually("an answer", || async {
        let answers = actor.host.accepted().into_iter();
        let kinds = ["Accept", "Reject"];
        let mut answers = answers.filter(|it| kinds.contains(&it["type"].as_str().unwrap_or("")));
        answers.find(|it| it["object"] == *object || it["object"]["id"] == *object)
    })
    .await
}

fn asks(kind: &str, actor: &Actor, instrument: &Value, object: &Value) -> Value {
    json!({"@context": ["https://gotosocial.org/ns", "https://www.w3.org/ns/activitystreams"],
        "id": actor.host.url(&format!("/requests/{}", fresh())), "type": kind, "actor": actor.id,
        "to": [actor.id], "object": object, "instrument": instrument})
}

async fn policy_of(place: &Place, post: &Value) -> Value {
    let path = post["uri"].as_str().unwrap();
    let path = path.strip_prefix(&place.town.origin).unwrap();
    place.town.get_document(path).await.expecting(200).json()["interactionPolicy"].clone()
}

#[tokio::test]
async fn an_answer_of_a_stranger_waits_until_its_author_agrees() {
    let place = Place::new().await;
    let jean = place.town.resident("jean").await;
    let paul = place.remote.host("mastodon").person("paul");
    let rose = place.followed("friends", "rose").await;
    let before = place.lea.posts(&marker("avant")).await;
    place.looks_at("shown").await;
    let post = place.lea.posts(&marker("à tous")).await;
    let policy = policy_of(&place, &post).await;
    let following = format!("{}/following", place.lea.uri);
    for can in ["canReply", "canAnnounce", "canQuote"] {
        assert_eq!(
            policy[can]["automaticApproval"],
            json!([following]),
            "{can}"
        );
        assert_eq!(policy[can]["manualApproval"], json!([PUBLIC]), "{can}");
    }
    assert_eq!(policy["canLike"]["automaticApproval"], json!([PUBLIC]));
    assert_eq!(policy["canLike"]["manualApproval"], Value::Null);
    assert_eq!(
        policy_of(&place, &before).await["canReply"]["automaticApproval"],
        json!([PUBLIC]),
        "only posts from now on"
    );

    // People of the town, and those she follows, answer at once; likes are free.
    let here = marker("voisin");
    jean.answers(&post, &here).await;
    let friend = answer(&rose, &post, &marker("amie"));
    place.arrives(&rose, &rose.create(&friend)).await;
    place
        .arrives(&paul, &paul.activity("Like", &post["uri"]))
        .await;
    until("both stand", || async {
        place.under(&post).await.len() == 2
    })
    .await;
    assert_eq!(now(&place.lea, &post).await["favourites_count"], 1);

    // A stranger's answer waits, however it comes, and shows nowhere.
    let text = marker("inconnu");
    let note = answer(&paul, &post, &text);
    place.arrives(&paul, &paul.create(&note)).await;
    let request = place.waits(&text).await;
    assert_eq!(request["type"], "reply");
    assert_eq!(request["status"]["id"], post["id"]);
    assert_eq!(request["account"]["acct"], paul.acct());
    assert_eq!(request["uri"], note["id"]);
    let shown = format!("{REQUESTS}/{}", id(&request));
    assert_eq!(
        place.lea.get(&shown).await.expecting(200).json()["id"],
        request["id"]
    );
    assert_eq!(jean.get(&shown).await.status, 404, "hers alone");
    let theirs = format!("{shown}/authorize");
    assert_eq!(jean.post_form(&theirs, &[]).await.status, 404);
    assert_eq!(place.under(&post).await.len(), 2);
    let later = marker("après");
    jean.posts(&format!("@lea {later}")).await;
    let notices = eventually("what came later is told", || async {
        let told = place.lea.list("/api/v1/notifications").await;
        any_holds(&told, &later).then_some(told)
    })
    .await;
    assert!(!any_holds(&notices, &text), "{notices:#?}");
    let mut browser = place.town.browser_of("lea").await;
    let notices = browser.opens("/avis").await.expecting(200);
    assert!(notices.html.contains("/avis/a-voir"));
    let page = browser.opens("/avis/a-voir").await.expecting(200);
    assert!(page.says(&text), "{}", page.html);

    // He changes it before she has said anything: what she saw is not what she would agree to.
    let newer = marker("autrement");
    let mut changed = note.clone();
    changed["content"] = json!(newer);
    changed["updated"] = json!(parvis_testkit::actor::now());
    paul.host.serve_document(&changed);
    place
        .arrives(&paul, &paul.addressed("Update", &changed))
        .await;
    let again = place.waits(&newer).await;
    assert_eq!(place.says(&request, "authorize").await.status, 404);
    assert_eq!(place.lea.list(REQUESTS).await.len(), 1);

    let agreed = place.says(&again, "authorize").await.expecting(200).json();
    assert!(agreed["accepted_at"].is_string(), "{agreed:#}");
    let accept = told(&paul, &note["id"]).await;
    assert_eq!(accept["type"], "Accept", "{accept:#}");
    let stamp = place
        .shows_stamp(&accept["result"])
        .await
        .expecting(200)
        .json();
    assert_eq!(stamp["type"], "ReplyAuthorization");
    assert_eq!(stamp["interactingObject"], note["id"]);
    assert_eq!(stamp["interactionTarget"], post["uri"]);
    assert!(any_holds(&place.under(&post).await, &newer));
    assert!(place.lea.list(REQUESTS).await.is_empty());
    assert_eq!(now(&place.lea, &post).await["replies_count"], 3);
    assert_eq!(place.says(&again, "authorize").await.status, 404, "once");
}

#[tokio::test]
async fn what_is_refused_is_told_and_never_asked_again() {
    let place = Place::new().await;
    place.looks_at("everything").await;
    let paul = place.remote.host("gotosocial").person("paul");
    let post = place.lea.posts(&marker("à tous")).await;
    let uri = &post["uri"];

    let text = marker("déplaisant");
    let note = answer(&paul, &post, &text);
    let request = asks("ReplyRequest", &paul, &note, uri);
    place.arrives(&paul, &request).await;
    let waiting = place.waits(&text).await;
    let refused = place.says(&waiting, "reject").await.expecting(200).json();
    assert!(refused["rejected_at"].is_string());
    let reject = told(&paul, &request["id"]).await;
    assert_eq!(
        (
            &reject["type"],
            &reject["object"]["type"],
            &reject["result"]
        ),
        (&json!("Reject"), &json!("ReplyRequest"), &Value::Null)
    );
    // It comes by itself, is changed, and is asked for again: all in vain.
    place.arrives(&paul, &paul.create(&note)).await;
    place.arrives(&paul, &paul.update(&note, &text)).await;
    let once_more = asks("ReplyRequest", &paul, &note["id"], uri);
    place.arrives(&paul, &once_more).await;
    assert_eq!(told(&paul, &once_more["id"]).await["type"], "Reject");
    assert!(place.lea.list(REQUESTS).await.is_empty());
    assert!(place.under(&post).await.is_empty());

    // A like and a boost wait too; the page says yes to one, he takes back the other.
    let like = paul.activity("Like", uri);
    place.arrives(&paul, &like).await;
    let mut boost = paul.activity("Announce", uri);
    boost["to"] = json!([PUBLIC]);
    place.arrives(&paul, &boost).await;
    place.waits("reblog").await;
    place.waits("favourite").await;
    place.arrives(&paul, &paul.activity("Undo", &boost)).await;
    // Some servers undo under another address.
    boost["id"] = json!(paul.host.url(&format!("/boosts/{}", fresh())));
    place.arrives(&paul, &boost).await;
    place.waits("reblog").await;
    boost["id"] = json!(paul.host.url(&format!("/boosts/{}", fresh())));
    place.arrives(&paul, &paul.activity("Undo", &boost)).await;
    let left = place.lea.list(REQUESTS).await;
    assert_eq!(left.len(), 1, "{left:#?}");
    let mut browser = place.town.browser_of("lea").await;
    let page = browser.opens("/avis/a-voir").await.expecting(200);
    let form = page.form("/avis/a-voir").with("faire", "accepter");
    browser.submits(&page, &form).await.expecting(200);
    let accept = told(&paul, &like["id"]).await;
    assert_eq!(accept["type"], "Accept");
    let stamp = place
        .shows_stamp(&accept["result"])
        .await
        .expecting(200)
        .json();
    assert_eq!(stamp["type"], "LikeAuthorization");
    let seen = now(&place.lea, &post).await;
    assert_eq!(
        (&seen["favourites_count"], &seen["reblogs_count"]),
        (&json!(1), &json!(0))
    );
}

#[tokio::test]
async fn a_quote_waits_and_stands_with_a_stamp_once_its_author_agrees() {
    let place = Place::new().await;
    place.looks_at("shown").await;
    let paul = place.remote.host("mastodon").person("paul");
    let post = place.lea.posts(&marker("à citer")).await;
    let uri = post["uri"].as_str().unwrap();
    let text = marker("je cite");
    let mut note = paul.note(&text);
    note["quote"] = json!(uri);
    paul.host.serve_document(&note);
    let request = asks("QuoteRequest", &paul, &note, &post["uri"]);
    place.arrives(&paul, &request).await;
    let waiting = place.waits(&text).await;
    assert_eq!(waiting["type"], "quote");
    assert_eq!(now(&place.lea, &post).await["quotes_count"], 0);
    place.says(&waiting, "authorize").await.expecting(200);
    let accept = told(&paul, &request["id"]).await;
    assert_eq!(accept["type"], "Accept", "{accept:#}");
    let stamp = place
        .shows_stamp(&accept["result"])
        .await
        .expecting(200)
        .json();
    assert_eq!(stamp["interactingObject"], note["id"]);
    until("it counts", || async {
        now(&place.lea, &post).await["quotes_count"] == 1
    })
    .await;
}

#[tokio::test]
async fn one_stranger_cannot_fill_what_waits_and_blocking_them_empties_it() {
    let place = Place::new().await;
    place.looks_at("shown").await;
    let paul = place.remote.host("mastodon").person("paul");
    let post = place.lea.posts(&marker("à tous")).await;
    for n in 0..12 {
        let note = answer(&paul, &post, &marker(&format!("numéro {n}")));
        place.arrives(&paul, &paul.create(&note)).await;
    }
    until("ten wait", || async {
        place.lea.list(REQUESTS).await.len() == 10
    })
    .await;
    // There is no room for what he asks for, so it may be asked for again.
    let mut boost = paul.activity("Announce", &post["uri"]);
    boost["to"] = json!([PUBLIC]);
    for room in [false, true] {
        if room {
            let first = place.lea.list(REQUESTS).await.swap_remove(0);
            place.says(&first, "reject").await.expecting(200);
        }
        let request = asks("AnnounceRequest", &paul, &boost, &post["uri"]);
        place.arrives(&paul, &request).await;
        let waiting = place.lea.list(REQUESTS).await;
        let boosts = waiting.iter().filter(|one| one["type"] == "reblog").count();
        assert_eq!((waiting.len(), boosts), (10, usize::from(room)));
    }
    place.arrives(&paul, &paul.activity("Undo", &boost)).await;
    let only = format!("{REQUESTS}?replies=false");
    assert!(place.lea.list(&only).await.is_empty());
    let found: Value = place.lea.finds_account(&paul.handle()).await;
    let block = format!("/api/v1/accounts/{}/block", id(&found));
    place.lea.post_form(&block, &[]).await.expecting(200);
    assert!(place.lea.list(REQUESTS).await.is_empty());
    assert!(place.under(&post).await.is_empty());
}

/// She agrees while he changes what he says: either she agreed to what stands there, or she is asked about what he says now.
#[tokio::test]
async fn who_agrees_while_it_is_changed_agrees_to_what_was_read() {
    let place = Place::new().await;
    place.looks_at("shown").await;
    let paul = place.remote.host("mastodon").person("paul");
    for _ in 0..6 {
        let post = place.lea.posts(&marker("à tous")).await;
        let (first, second) = (marker("premier"), marker("second"));
        let note = answer(&paul, &post, &first);
        place.arrives(&paul, &paul.create(&note)).await;
        let request = place.waits(&first).await;
        let mut changed = note.clone();
        changed["content"] = json!(second);
        changed["updated"] = json!(parvis_testkit::actor::now());
        let update = paul.addressed("Update", &changed);
        let (said, ()) = tokio::join!(
            place.says(&request, "authorize"),
            place.arrives(&paul, &update)
        );
        let under = place.under(&post).await;
        if said.status == 200 {
            // It stood first, and was then changed as every post may be.
            assert!(any_holds(&under, &second), "{under:#?}");
            assert!(place.lea.list(REQUESTS).await.is_empty());
        } else {
            assert_eq!(said.status, 404);
            assert!(under.is_empty());
            let request = place.waits(&second).await;
            place.says(&request, "reject").await.expecting(200);
        }
    }
}

/// What is kept of a resident's own choice is shown to her again.
#[tokio::test]
async fn what_one_looks_at_first_is_chosen_on_a_page_and_kept() {
    let place = Place::new().await;
    place.looks_at("everything").await;
    let post = post_of(&place.lea).await;
    assert_eq!(
        policy_of(&place, &post).await["canLike"]["manualApproval"],
        json!([PUBLIC])
    );
    let mut browser = place.town.browser_of("lea").await;
    let page = browser.opens("/reglages/compte").await.expecting(200);
    assert!(page.html.contains("value=\"everything\" selected"));
    place.looks_at("nothing").await;
    let post = post_of(&place.lea).await;
    let policy = policy_of(&place, &post).await;
    for can in ["canReply", "canLike", "canAnnounce", "canQuote"] {
        assert_eq!(policy[can], json!({"automaticApproval": [PUBLIC]}), "{can}");
    }
}

async fn post_of(who: &Resident) -> Value {
    who.posts(&marker("à tous")).await
}
