//! Two real towns that agree to be neighbours, what passes between them by that, and who else sees nothing of it.

use std::time::Duration;

use parvis_testkit::{
    Browser, Neighbourhood, Remote, Resident, TestTown,
    actor::{Actor, marker},
    browser::Shown,
    form::Form,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

use crate::privacy::asks;

const DESK: &str = "/mairie/voisins";

struct Two {
    towns: Neighbourhood,
    /// Administrators.
    maire: Browser,
    bourgmestre: Browser,
    /// Of the one and of the other; neither follows anybody.
    lea: Resident,
    bruno: Resident,
    bruno_reads: Browser,
}

impl Two {
    async fn new() -> Self {
        let towns = Neighbourhood::of(["valmont", "rivebelle"]).await;
        let maire = towns["valmont"].set_up("open").await;
        let bourgmestre = towns["rivebelle"].set_up("open").await;
        let lea = towns["valmont"].resident("lea").await;
        let bruno = towns["rivebelle"].resident("bruno").await;
        let bruno_reads = towns["rivebelle"].browser_of("bruno").await;
        Self {
            towns,
            maire,
            bourgmestre,
            lea,
            bruno,
            bruno_reads,
        }
    }

    async fn agreed() -> Self {
        let mut two = Self::new().await;
        let host = two.towns["rivebelle"].host.clone();
        proposes(&mut two.maire, &host).await;
        presses(&mut two.bourgmestre, "accepter").await;
        shows(&mut two.maire, "Commune voisine depuis").await;
        shows(&mut two.bourgmestre, "Commune voisine depuis").await;
        two
    }

    fn valmont(&self) -> &TestTown {
        &self.towns["valmont"]
    }
}

/// A post of somebody who wants to be asked before it is quoted.
fn asks_first(author: &Actor, text: &str) -> Value {
    let mut note = author.note(text);
    let everybody = ["https://www.w3.org/ns/activitystreams#Public"];
    note["interactionPolicy"] =
        json!({"canQuote": {"automaticApproval": everybody, "manualApproval": []}});
    author.host.serve_document(&note);
    note
}

async fn proposes(admin: &mut Browser, host: &str) -> Shown {
    let page = admin.opens(DESK).await.expecting(200);
    let form = page.forms().into_iter().find(|form| form.has("domain"));
    let form = form.unwrap().with("domain", host);
    admin
        .submits(&page, &form.pressing("faire", "demander"))
        .await
}

/// Presses a button of the list once it is there.
async fn presses(admin: &mut Browser, button: &str) {
    let offers = |form: &Form| {
        let buttons = form.fields.iter().filter(|field| field.name == "faire");
        form.has("voisin") && buttons.clone().any(|field| field.value == button)
    };
    for _ in 0..600 {
        let page = admin.opens(DESK).await.expecting(200);
        if let Some(form) = page.forms().into_iter().find(offers) {
            let form = form.pressing("faire", button);
            admin.submits(&page, &form).await.expecting(200);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("there is never a button {button}");
}

async fn shows(browser: &mut Browser, words: &str) {
    waits(browser, DESK, words, true).await;
}

async fn waits(browser: &mut Browser, path: &str, words: &str, there: bool) {
    for _ in 0..600 {
        if browser.opens(path).await.expecting(200).says(words) == there {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path}: {words}: never {there}");
}

#[tokio::test]
async fn what_strangers_in_a_neighbour_town_write_for_everyone_is_read_on_the_neighbours_page() {
    let mut two = Two::agreed().await;
    let words = [marker("au marché"), marker("pour qui a le lien")];
    let public = two.lea.posts(&words[0]).await;
    two.lea.posts_for("unlisted", &words[1]).await;
    waits(&mut two.bruno_reads, "/voisins", &words[0], true).await;
    let page = two.bruno_reads.opens("/voisins").await;
    assert!(!page.says(&words[1]), "what is not for lists is on none");
    // The other way round as well: who asked gets, too.
    let answer = marker("et chez nous");
    two.bruno.posts(&answer).await;
    waits(&mut two.maire, "/voisins", &answer, true).await;
    // The copy is in the ledger, so its end arrives.
    two.lea.deletes(&public).await.expecting(200);
    waits(&mut two.bruno_reads, "/voisins", &words[0], false).await;
}

#[tokio::test]
async fn a_post_for_the_neighbours_reaches_them_and_no_third_server() {
    let mut two = Two::agreed().await;
    let third = Remote::open().await;
    let carla = third.host("tiers").person("carla");
    let follow = carla.activity("Follow", &json!(two.lea.uri));
    let inbox = two.valmont().shared_inbox();
    assert!(carla.post(&inbox, &follow).await.is_success());
    until("she may follow", || async {
        carla.host.accepted_of("Accept").len() == 1
    })
    .await;

    let word = marker("entre voisins");
    let text = format!("{word} {} {}", carla.handle(), two.bruno.handle());
    // Whoever is quoted is asked, but not by showing them what is not for them.
    let quoted = asks_first(&carla, &marker("à citer"));
    let quoted = two.lea.finds_post(quoted["id"].as_str().unwrap()).await;
    let fields = [
        ("status", &*text),
        ("visibility", "neighbours"),
        ("quoted_status_id", id(&quoted)),
    ];
    let post = two.lea.post_form("/api/v1/statuses", &fields).await;
    let post = post.expecting(200).json();
    assert_eq!(
        (&post["visibility"], &post["neighbours_only"]),
        (&json!("private"), &json!(true))
    );
    assert_eq!(post["quote"]["state"], "pending");
    waits(&mut two.bruno_reads, "/voisins", &word, true).await;

    // What is written next for everyone arrives, so the other would have arrived before it.
    let later = marker("pour tous");
    two.lea.posts(&later).await;
    until("the next arrives", || async {
        let told = carla.host.accepted_of("Create");
        told.iter().any(|it| it.to_string().contains(&later))
    })
    .await;
    let told = carla.host.accepted();
    assert!(told.iter().all(|it| !it.to_string().contains(&word)));
    assert!(carla.host.accepted_of("QuoteRequest").is_empty());
    let uri = post["uri"].as_str().unwrap();
    assert_eq!(asks(&carla, uri).await.status, 404);
    assert_eq!(
        two.valmont()
            .get_document(uri.strip_prefix(&two.valmont().origin).unwrap())
            .await
            .status,
        404
    );
    let audience = two.valmont().url("/ap/audiences/neighbours");
    assert_eq!(asks(&carla, &audience).await.status, 404);

    // It is not passed on, and an answer goes no further than it.
    let kept = two.bruno.finds_post(uri).await;
    assert!(holds(&kept, &word));
    let boost = format!("/api/v1/statuses/{}/reblog", id(&kept));
    assert!(!two.bruno.post_form(&boost, &[]).await.is_success());
    let answer = marker("compris");
    let said = two.bruno.answers(&kept, &answer).await;
    assert_eq!(
        (&said["visibility"], &said["neighbours_only"]),
        (&json!("private"), &json!(true))
    );
    two.lea.reads_under(&post, &answer).await;
}

#[tokio::test]
async fn an_agreement_that_ends_lets_nothing_more_pass() {
    let mut two = Two::agreed().await;
    let before = marker("avant");
    two.lea.posts_for("neighbours", &before).await;
    waits(&mut two.bruno_reads, "/voisins", &before, true).await;
    let kept = two.bruno.search(&before).await;
    let at_rivebelle = two.bruno.finds_account(&two.lea.handle()).await;
    let mut lea_writes = two.valmont().browser_of("lea").await;
    let page = lea_writes.opens("/ecrire").await.expecting(200);
    let begun = page.form("/ecrire").with("text", "Trop tard");
    let begun = begun.with("audience", "neighbours");

    presses(&mut two.bourgmestre, "finir").await;
    shows(&mut two.maire, "pas encore de commune voisine").await;
    waits(&mut two.bruno_reads, "/voisins", &before, false).await;
    let refused = [("status", "Non"), ("visibility", "neighbours")];
    let refused = two.lea.post_form("/api/v1/statuses", &refused).await;
    assert_eq!(refused.status, 422);
    // What was begun comes back for the town, not for those named alone.
    let shown = lea_writes.submits(&page, &begun).await.expecting(422);
    let form = shown.form("/ecrire");
    assert!(form.pairs().contains(&("audience", "town")));
    // What had come stays with those who were shown it.
    let theirs = two.bruno.statuses_of(id(&at_rivebelle)).await;
    assert!(any_holds(&theirs, &before), "{kept}");

    // A third post goes out to somebody who follows, and by then the one for everyone would have come.
    two.bruno.follows(&two.lea.handle()).await;
    let after = marker("après");
    two.lea.posts(&after).await;
    two.bruno.reads_on_home(&after).await;
    assert!(!two.bruno_reads.opens("/voisins").await.says(&after));

    // They may agree again.
    let host = two.towns["valmont"].host.clone();
    proposes(&mut two.bourgmestre, &host).await;
    presses(&mut two.maire, "accepter").await;
    shows(&mut two.bourgmestre, "Commune voisine depuis").await;
}

#[tokio::test]
async fn only_administrators_decide_about_neighbours() {
    let mut two = Two::new().await;
    let town = &two.towns["valmont"];
    town.resident_as("mod", "moderator").await;
    for name in ["lea", "mod"] {
        let mut browser = town.browser_of(name).await;
        assert_eq!(browser.opens(DESK).await.status, 404, "{name}");
        let home = browser.opens("/reglages/compte").await;
        let token = home.forms().into_iter().find(|form| form.has("csrf"));
        let mut form = token.unwrap();
        (form.action, form.method) = (DESK.into(), "post".into());
        assert_eq!(browser.submits(&home, &form).await.status, 404, "{name}");
    }
    // They are told that a town asks, and nobody else is.
    proposes(&mut two.bourgmestre, &town.host).await;
    let asks = "propose d’être commune voisine";
    waits(&mut two.maire, "/avis", asks, true).await;
    let mut moderator = town.browser_of("mod").await;
    assert!(!moderator.opens("/avis").await.expecting(200).says(asks));
    // Nor does a person elsewhere by following the town itself.
    let remote = Remote::open().await;
    let paul = remote.host("loin").person("paul");
    let follow = paul.activity("Follow", &json!(town.url("/ap/actor")));
    assert!(paul.post(&town.shared_inbox(), &follow).await.is_success());
    until("he is told no", || async {
        paul.host.accepted_of("Reject").len() == 1
    })
    .await;
}

#[tokio::test]
async fn an_address_where_no_town_is_cannot_be_asked() {
    let mut two = Two::new().await;
    let remote = Remote::open().await;
    for address in [
        "",
        "valmont",
        &remote.host("rien").authority,
        &two.valmont().host.clone(),
    ] {
        let shown = proposes(&mut two.maire, address).await;
        assert_eq!(shown.status, 422, "{address}");
        assert!(shown.says("aucune commune ne répond"), "{address}");
    }
}
