//! Quotes between residents and towns: asked for, agreed to, shown, taken back.

use parvis_testkit::{
    Neighbourhood, Resident, TestTown, actor::marker, eventually, resident::id, until,
};
use serde_json::{Value, json};

use crate::story::{own_post, page_of};

pub async fn quotes(who: &Resident, post: &Value, text: &str) -> parvis_testkit::Reply {
    let fields = [("status", text), ("quoted_status_id", id(post))];
    who.post_form("/api/v1/statuses", &fields).await
}

/// A post of `who` as it stands now.
pub async fn now(who: &Resident, post: &Value) -> Value {
    who.status(id(post)).await.expecting(200).json()
}

pub async fn comes_to(who: &Resident, post: &Value, state: &str) -> Value {
    eventually(&format!("the quote is {state}"), || async {
        let seen = now(who, post).await;
        (seen["quote"]["state"] == state).then_some(seen)
    })
    .await
}

pub async fn is_told(who: &Resident, kind: &str, text: &str) {
    until(&format!("{kind} is told"), || async {
        let told = who.list("/api/v1/notifications").await;
        told.iter()
            .any(|one| one["type"] == kind && parvis_testkit::resident::holds(&one["status"], text))
    })
    .await;
}

#[tokio::test]
async fn a_post_is_quoted_in_another_town_and_taken_out_again() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (here, there) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let (marie, bruno) = (here.resident("marie").await, there.resident("bruno").await);
    bruno.follows(&marie.handle()).await;
    marie.follows(&bruno.handle()).await;
    let (said, quoting) = (marker("La source est à sec"), marker("À lire"));
    let post = marie.posts(&said).await;
    let copy = bruno.reads_on_home(&said).await;
    assert_eq!(copy["quote_approval"]["current_user"], "automatic");

    let written = quotes(&bruno, &copy, &quoting).await.expecting(200).json();
    assert_eq!(written["quote"]["state"], "pending");
    assert_eq!(written["quote"]["quoted_status"], Value::Null);
    let agreed = comes_to(&bruno, &written, "accepted").await;
    assert_eq!(agreed["quote"]["quoted_status"]["id"], copy["id"]);
    assert!(agreed["edited_at"].is_null(), "consent is no edit");
    let arrived = marie.reads_on_home(&quoting).await;
    let arrived = comes_to(&marie, &arrived, "accepted").await;
    assert_eq!(arrived["quote"]["quoted_status"]["id"], post["id"]);
    assert_eq!(arrived["quote"]["quoted_status"]["quote"], Value::Null);
    is_told(&marie, "quote", &quoting).await;
    assert_eq!(now(&marie, &post).await["quotes_count"], 1);
    let list = format!("/api/v1/statuses/{}/quotes", id(&post));
    let listed = marie.list(&list).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], arrived["id"]);

    let path = format!("/api/v1/statuses/{}", id(&post));
    let edited = marie
        .try_put_form(&path, &[("status", &format!("{said} !"))])
        .await;
    edited.unwrap().expecting(200);
    is_told(&bruno, "quoted_update", &quoting).await;

    let revoke = format!("{list}/{}/revoke", id(&arrived));
    let taken = marie.post_form(&revoke, &[]).await.expecting(200).json();
    assert_eq!(taken["quote"]["state"], "revoked");
    assert_eq!(taken["quote"]["quoted_status"], Value::Null);
    assert_eq!(now(&marie, &post).await["quotes_count"], 0);
    let lost = comes_to(&bruno, &written, "revoked").await;
    assert_eq!(lost["quote"]["quoted_status"], Value::Null);
    let bad = format!(
        "/api/v1/statuses/{}/quotes/{}/revoke",
        id(&copy),
        id(&written)
    );
    assert_eq!(
        bruno.post_form(&bad, &[]).await.status,
        403,
        "not his to take"
    );
}

#[tokio::test]
async fn only_those_quote_whom_the_author_lets() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    let (here, there) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let (marie, jean) = (here.resident("marie").await, here.resident("jean").await);
    let (bruno, lise) = (there.resident("bruno").await, there.resident("lise").await);
    bruno.follows(&marie.handle()).await;
    let said = marker("Entre amis");
    let fields = [
        ("status", said.as_str()),
        ("quote_approval_policy", "followers"),
    ];
    let post = marie.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    assert_eq!(post["quote_approval"]["automatic"], json!(["followers"]));
    let copy = bruno.reads_on_home(&said).await;
    assert_eq!(copy["quote_approval"]["current_user"], "automatic");
    assert_eq!(
        now(&lise, &copy).await["quote_approval"]["current_user"],
        "denied"
    );
    assert_eq!(quotes(&lise, &copy, "x").await.status, 403);
    assert_eq!(quotes(&jean, &post, "x").await.status, 403);
    let written = quotes(&bruno, &copy, "oui").await.expecting(200).json();
    comes_to(&bruno, &written, "accepted").await;

    let path = format!("/api/v1/statuses/{}/interaction_policy", id(&post));
    let closed = marie
        .try_put_form(&path, &[("quote_approval_policy", "nobody")])
        .await;
    let closed = closed.unwrap().expecting(200).json();
    assert_eq!(closed["quote_approval"]["automatic"], json!([]));
    assert_eq!(
        closed["quote_approval"]["current_user"], "automatic",
        "her own"
    );
    until("the new policy arrives", || async {
        now(&bruno, &copy).await["quote_approval"]["current_user"] == "denied"
    })
    .await;
    assert_eq!(quotes(&bruno, &copy, "encore").await.status, 403);
    assert_eq!(
        now(&bruno, &written).await["quote"]["state"],
        "accepted",
        "what stands stays"
    );
    let domain = [("domain", here.host.as_str())];
    let block = bruno.post_form("/api/v1/domain_blocks", &domain).await;
    block.expecting(200);
    let apart = now(&bruno, &written).await["quote"].clone();
    assert_eq!(apart["state"], "blocked_domain");
    assert_eq!(
        apart["quoted_status"]["id"], copy["id"],
        "to look at if he likes"
    );
    let mut browser = there.browser_of("bruno").await;
    let page = browser.opens(&page_of(there, &written)).await;
    let page = page.expecting(200);
    assert!(!page.says(&said), "{}", page.html);
    let path = format!("/@{}/{}", marie.handle().trim_start_matches('@'), id(&copy));
    assert!(page.says(&path), "{}", page.html);

    // What is not for everyone nobody quotes but its author, and for nobody else.
    let own = marie.posts_for("private", "pour les miens").await;
    assert_eq!(own["quote_approval"]["automatic"], json!([]));
    let fields = [
        ("status", "voilà"),
        ("quoted_status_id", id(&own)),
        ("visibility", "public"),
    ];
    let again = marie
        .post_form("/api/v1/statuses", &fields)
        .await
        .expecting(200)
        .json();
    assert_eq!(again["visibility"], "private");
    assert_eq!(again["quote"]["state"], "accepted");
}

#[tokio::test]
async fn a_post_is_quoted_and_taken_out_on_pages() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (said, text) = (marker("Chat perdu"), marker("Aidez-la"));
    let post = marie.posts(&said).await;
    let mut browser = town.browser_of("jean").await;
    let page = browser.opens(&page_of(&town, &post)).await.expecting(200);
    let address = format!("/ecrire?citation={}", id(&post));
    assert!(page.html.contains(&address), "{}", page.html);
    let page = browser.opens(&address).await.expecting(200);
    assert!(page.says(&said), "what one quotes is in sight");
    let form = page
        .form("/ecrire")
        .with("text", &text)
        .with("audience", "public");
    browser
        .submits(&page, &form.with("citable", "nobody"))
        .await
        .expecting(200);
    let quoting = own_post(&jean, &text).await;
    assert_eq!(quoting["quote"]["quoted_status"]["id"], post["id"]);
    assert_eq!(quoting["quote_approval"]["automatic"], json!([]));
    let quoting_page = page_of(&town, &quoting);
    let shown = browser.opens(&quoting_page).await.expecting(200);
    assert!(
        shown.html.contains("<blockquote class=\"quoted\""),
        "{}",
        shown.html
    );
    assert!(
        !shown.html.contains("/actions/citation/"),
        "not his to take"
    );

    is_told(&marie, "quote", &text).await;
    let mut browser = town.browser_of("marie").await;
    assert!(browser.opens("/avis").await.says("a cité votre message"));
    let shown = browser.opens(&quoting_page).await.expecting(200);
    assert!(!shown.html.contains(&format!("citation={}", id(&quoting))));
    let form = shown.form(&format!("/actions/citation/{}/{}", id(&post), id(&quoting)));
    let gone = browser.submits(&shown, &form).await.expecting(200);
    assert!(
        !gone.html.contains("<blockquote class=\"quoted\""),
        "{}",
        gone.html
    );
    let shown = browser.opens(&quoting_page).await.expecting(200);
    assert!(shown.says("l’a retiré d’ici"), "{}", shown.html);
}

#[tokio::test]
async fn who_may_quote_is_chosen_once_for_all_that_one_writes() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let jean = town.resident("jean").await;
    let usual = || async {
        let me = jean.get("/api/v1/accounts/verify_credentials").await;
        me.expecting(200).json()["source"]["quote_policy"].clone()
    };
    let mut browser = town.browser_of("jean").await;
    let page = browser.opens("/reglages/compte").await.expecting(200);
    let form = page.form("/reglages/citations");
    assert_eq!(usual().await, "public");
    let refused = browser.submits(&page, &form.without("citable")).await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    assert_eq!(usual().await, "public");
    let form = page.form("/reglages/citations");
    let form = form.with("citable", "followers");
    let saved = browser.submits(&page, &form).await.expecting(200);
    assert!(saved.html.contains("<option value=\"followers\" selected>"));
    assert_eq!(usual().await, "followers");

    // In the small box on the first page, which does not ask, and on the page that does.
    for address in ["/", "/ecrire"] {
        let text = marker("usuel");
        let page = browser.opens(address).await.expecting(200);
        let form = page.form("/ecrire").with("text", &text);
        let form = form.with("audience", "public");
        browser.submits(&page, &form).await.expecting(200);
        let post = own_post(&jean, &text).await;
        assert_eq!(
            post["quote_approval"]["automatic"],
            json!(["followers"]),
            "{address}"
        );
    }
    // What one says for one post counts for that.
    let text = marker("autrement");
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page.form("/ecrire").with("text", &text);
    let form = form.with("audience", "public").with("citable", "nobody");
    browser.submits(&page, &form).await.expecting(200);
    let post = own_post(&jean, &text).await;
    assert_eq!(post["quote_approval"]["automatic"], json!([]));
}
