//! Links in profiles: whose page leads back is marked so, for people and for apps; whose does not is not.

use parvis_testkit::{
    TestTown, browser::Browser, keys, letter::unix_now, remote::Page, resident::id, until,
};
use serde_json::{Value, json};

use crate::{app::counts, place::Place};

async fn writes_links(browser: &mut Browser, links: &[&str]) {
    let page = browser.opens("/reglages/profil").await.expecting(200);
    let mut form = page.form("/reglages/profil");
    for (n, link) in (1..).zip(links) {
        form = form
            .with(&format!("field-name-{n}"), &format!("Site {n}"))
            .with(&format!("field-value-{n}"), link);
    }
    browser
        .submits_with_files(&page, &form, &[])
        .await
        .expecting(200);
}

async fn fields(town: &TestTown, id: &str) -> Vec<Value> {
    let account = town.get(&format!("/api/v1/accounts/{id}")).await;
    let account: Value = account.expecting(200).json();
    account["fields"].as_array().unwrap().clone()
}

fn is_verified(field: &Value) -> bool {
    field["verified_at"].is_string()
}

#[tokio::test]
async fn a_page_that_leads_back_is_marked_and_one_that_does_not_is_not() {
    let place = Place::new().await;
    let town = &place.town;
    let me = format!("{}/@lea", town.origin);
    let mut browser = town.browser_of("lea").await;
    let shown = browser.opens("/reglages/profil").await.expecting(200);
    assert!(
        shown.says(&format!("rel=\"me\" href=\"{me}\"")),
        "how it is done"
    );

    let (own, other, bank) = (
        place.remote.host("pain"),
        place.remote.host("autre"),
        place.remote.host("banque"),
    );
    let html = |body: String| Page::of("text/html; charset=utf-8", body);
    own.serve(
        "/",
        html(format!("<p>Bonjour<a href='{me}' rel='me'>moi</a>")),
    );
    other.serve("/", html(format!("<p>Je connais <a href='{me}'>elle</a>")));
    bank.serve("/vers", Page::redirect(&own.url("/")));
    let links = [own.url("/"), other.url("/"), bank.url("/vers")];
    writes_links(&mut browser, &[&links[0], &links[1], &links[2]]).await;
    until("the page that leads back is marked", || async {
        is_verified(&fields(town, &place.lea.id).await[0])
    })
    .await;
    until("the answers of the others are noted", || async {
        // While a page is asked, its row is put off for two minutes; after that for one.
        let noted = (unix_now() + 90) * 1000;
        let (one, two) = (&links[1], &links[2]);
        let rows = format!(
            "link_errand WHERE url IN ('{one}', '{two}') AND attempts = 1 AND due_at < {noted}"
        );
        counts(town, &rows).await == 2
    })
    .await;
    assert_eq!((other.times_asked("/"), bank.times_asked("/vers")), (1, 1));
    let shown = town.visitor().opens("/@lea").await.expecting(200);
    assert_eq!(shown.html.matches("class=\"verified\"").count(), 1);
    let fields_then = fields(town, &place.lea.id).await;
    assert_eq!(fields_then.iter().filter(|it| is_verified(it)).count(), 1);

    // Another address in its place has to be asked anew; what stayed keeps its mark.
    writes_links(&mut browser, &[&own.url("/autre"), &own.url("/")]).await;
    let now = fields(town, &place.lea.id).await;
    assert!(!is_verified(&now[0]) && is_verified(&now[1]), "{now:?}");
    assert_eq!(now[1]["verified_at"], fields_then[0]["verified_at"]);

    // The mark would stand for the words and for the other address, too. One answer speaks for all three lines.
    own.serve("/encore", html(format!("<a href='{me}' rel='me'>moi</a>")));
    let again = own.url("/encore");
    let two = format!("{again} {}", other.url("/"));
    let words = format!("Mairie officielle {again}");
    writes_links(&mut browser, &[&two, &words, &again]).await;
    until("the line that is the address alone is marked", || async {
        is_verified(&fields(town, &place.lea.id).await[2])
    })
    .await;
    let marked = fields(town, &place.lea.id).await;
    let marked: Vec<bool> = marked.iter().map(is_verified).collect();
    assert_eq!(marked, [false, false, true]);
}

#[tokio::test]
async fn the_pages_of_somebody_elsewhere_are_asked_once_a_resident_looks_at_them() {
    let place = Place::new().await;
    let town = &place.town;
    let (home, own, other) = (
        place.remote.host("loin"),
        place.remote.host("atelier"),
        place.remote.host("autre"),
    );
    let html = |body: String| Page::of("text/html; charset=utf-8", body);
    let paul = home.actor("paul", keys::first(), |document| {
        let line = |url: String| {
            let value = format!("<a href=\"{url}\" rel=\"me nofollow\"><span class=\"invisible\">http://</span><span>{}</span></a>", &url["http://".len()..]);
            json!({"type": "PropertyValue", "name": "Site", "value": value})
        };
        document["attachment"] = json!([line(own.url("/")), line(other.url("/"))]);
    });
    let page = home.url("/@paul");
    own.serve("/", html(format!("<a href='{page}' rel='me'>moi</a>")));
    other.serve("/", html(format!("<p>Je connais <a href='{page}'>lui</a>")));
    let found = place.lea.finds_account(&paul.handle()).await;
    let path = format!("/@{}", &paul.handle()[1..]);
    town.visitor().opens(&path).await.expecting(200);
    assert_eq!(counts(town, "link_round").await, 0, "nobody of here looked");

    let mut browser = town.browser_of("lea").await;
    browser.opens(&path).await.expecting(200);
    until("the page that leads back is marked", || async {
        is_verified(&fields(town, id(&found)).await[0])
    })
    .await;
    until("each was asked once, and will not be again", || async {
        counts(town, "link_errand").await == 0
    })
    .await;
    assert_eq!((own.times_asked("/"), other.times_asked("/")), (1, 1));
    let fields = fields(town, id(&found)).await;
    assert!(!is_verified(&fields[1]), "{fields:?}");
    let shown = browser.opens(&path).await.expecting(200);
    assert_eq!(shown.html.matches("class=\"verified\"").count(), 1);
}
