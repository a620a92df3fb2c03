//! Small forms of the pages: what one keeps, one's banner, how many pictures and lines there may be, whom to call at the town
//! hall.

use base64::Engine as _;
use http::Method;
use parvis_testkit::{
    Browser, Resident, TestTown,
    actor::marker,
    exchange::{get, get_document},
};

use crate::{
    app::asks,
    story::{PNG, own_post, page_of},
};

const VIEW: &[u8] = include_bytes!("../../crates/media/tests/samples/place.png");

/// Where one's banner lies, as apps are told.
async fn banner_of(who: &Resident) -> String {
    let me = who.get("/api/v1/accounts/verify_credentials").await;
    let header = me.expecting(200).json()["header"].clone();
    header.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_post_kept_with_its_button_is_among_the_bookmarks_until_one_lets_go_of_it() {
    let town = TestTown::start("valmont").await;
    let jean = town.resident("jean").await;
    town.resident("marie").await;
    let (kept, other) = (marker("à garder"), marker("à oublier"));
    let post = jean.posts(&kept).await;
    jean.posts(&other).await;
    let mut browser = town.browser_of("marie").await;
    let page = browser.opens(&page_of(&town, &post)).await.expecting(200);
    let keep = page.button("/garder");
    browser.submits(&page, &keep).await.expecting(200);
    let list = browser.opens("/signets").await.expecting(200);
    assert!(list.says(&kept) && !list.says(&other), "{}", list.html);
    let authors = town.browser_of("jean").await.opens("/signets").await;
    assert!(!authors.expecting(200).says(&kept), "nobody else keeps it");
    let let_go = list.button("/ne-plus-garder");
    browser.submits(&list, &let_go).await.expecting(200);
    assert!(!browser.opens("/signets").await.expecting(200).says(&kept));
}

#[tokio::test]
async fn a_banner_is_put_on_ones_profile_and_taken_off_by_its_form() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let before = banner_of(&marie).await;
    let page = browser.opens("/reglages/profil").await.expecting(200);
    let form = page
        .form("/reglages/profil")
        .with("avatar_description", "Personne")
        .with("header_description", "La place et ses tilleuls");
    let files = [("header", "vue.png", "image/png", VIEW)];
    browser
        .submits_with_files(&page, &form, &files)
        .await
        .expecting(200);
    let banner = banner_of(&marie).await;
    assert_ne!(banner, before);
    let shown = get(&banner).await.expecting(200);
    let kind = shown.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("image/"), "{kind}");
    let path = banner.strip_prefix(&town.origin).unwrap();
    let profile = town.visitor().opens("/@marie").await.expecting(200);
    assert!(profile.says(path), "{}", profile.html);
    let said = "alt=\"La place et ses tilleuls\"";
    assert!(profile.says(said), "{}", profile.html);
    let me = marie.get("/api/v1/accounts/verify_credentials").await;
    let me = me.expecting(200).json();
    assert_eq!(me["header_description"], "La place et ses tilleuls");
    assert_eq!(me["avatar_description"], "", "there is no picture");
    let actor = || async {
        let told = get_document(me["uri"].as_str().unwrap()).await;
        told.expecting(200).json()
    };
    assert_eq!(
        actor().await["image"]["name"],
        "La place et ses tilleuls",
        "and so others are told"
    );

    let page = browser.opens("/reglages/profil").await.expecting(200);
    assert!(
        page.says("La place et ses tilleuls</textarea>"),
        "{}",
        page.html
    );
    let banner_says = async |words: &str| {
        let me = marie.get("/api/v1/accounts/verify_credentials").await;
        assert_eq!(me.expecting(200).json()["header_description"], words);
    };
    let same = page.form("/reglages/profil");
    browser.submits(&page, &same).await.expecting(200);
    banner_says("La place et ses tilleuls").await;
    let again = browser.submits_with_files(&page, &same, &files).await;
    again.expecting(200);
    banner_says("").await;
    let told = same.with("header_description", "Le four");
    let again = browser.submits_with_files(&page, &told, &files).await;
    again.expecting(200);
    banner_says("Le four").await;
    let path = banner_of(&marie).await;
    let path = path.strip_prefix(&town.origin).unwrap();
    let form = page.form("/reglages/profil").ticking("sans_banniere");
    browser.submits(&page, &form).await.expecting(200);
    assert_eq!(banner_of(&marie).await, before);
    let profile = town.visitor().opens("/@marie").await.expecting(200);
    assert!(!profile.says(path) && !profile.says("tilleuls"));
    assert!(actor().await["image"].is_null());
    let page = browser.opens("/reglages/profil").await.expecting(200);
    assert!(!page.says("tilleuls"), "it goes with what it was said of");
}

#[tokio::test]
async fn a_fifth_picture_is_refused_in_words_and_the_four_before_it_are_kept() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let mut browser = town.browser_of("marie").await;
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    let text = marker("Cinq vues");
    let page = browser.opens("/ecrire").await.expecting(200);
    let slots: Vec<String> = (1..=5).map(|n| format!("image-{n}")).collect();
    let mut form = page.form("/ecrire").with("text", &text);
    for slot in &slots[..4] {
        form = form.with(&format!("description-{slot}"), "Un point rouge");
    }
    assert!(!form.has("image-5"), "the form offers four");
    let files: Vec<_> = slots
        .iter()
        .map(|slot| (slot.as_str(), "point.png", "image/png", png.as_slice()))
        .collect();
    let refused = browser.submits_with_files(&page, &form, &files).await;
    assert_eq!(refused.status, 422, "{}", refused.html);
    assert!(
        refused.says("Pas plus de 4 images par message"),
        "{}",
        refused.html
    );
    assert!(marie.statuses_of(&marie.id).await.is_empty());
    let again = refused.form("/ecrire");
    browser.submits(&refused, &again).await.expecting(200);
    let post = own_post(&marie, &text).await;
    assert_eq!(post["media_attachments"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_seventh_line_of_a_profile_has_no_place_on_the_page_and_is_refused_from_apps() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let page = town
        .browser_of("marie")
        .await
        .opens("/reglages/profil")
        .await;
    let form = page.expecting(200).form("/reglages/profil");
    assert!(form.has("field-name-6") && !form.has("field-name-7"));

    let lines = |count: usize| -> Vec<(String, String)> {
        let line = |n: usize| {
            let name = (
                format!("fields_attributes[{n}][name]"),
                format!("Ligne {n}"),
            );
            let value = (format!("fields_attributes[{n}][value]"), "Oui".to_owned());
            [name, value]
        };
        (0..count).flat_map(line).collect()
    };
    let sends = async |count: usize| {
        let lines = lines(count);
        let fields: Vec<(&str, &str)> = lines
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let path = "/api/v1/accounts/update_credentials";
        asks(&marie, &town, Method::PATCH, path, &fields).await
    };
    sends(6).await.expecting(200);
    let refused = sends(7).await.expecting(422).json();
    assert!(
        refused["error"].as_str().unwrap().contains('6'),
        "{refused}"
    );
    let me = marie
        .get("/api/v1/accounts/verify_credentials")
        .await
        .json();
    assert_eq!(me["fields"].as_array().unwrap().len(), 6);
}

/// In the settings of the town.
async fn saves(maire: &mut Browser, fields: &[(&str, &str)]) {
    let page = maire.opens("/mairie/reglages").await.expecting(200);
    let form = fields
        .iter()
        .fold(page.form("/mairie/reglages"), |form, (name, value)| {
            form.with(name, value)
        });
    maire.submits(&page, &form).await.expecting(200);
}

#[tokio::test]
async fn whom_to_call_at_the_town_hall_stands_on_the_page_about_the_town() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("open").await;
    let contact = "2, place du Tilleul – 04 00 00 00 12";
    let before = town.visitor().opens("/a-propos").await.expecting(200);
    assert!(!before.says(contact));
    let summary = "Le bourg et ses hameaux";
    saves(&mut maire, &[("contact", contact), ("summary", summary)]).await;
    let about = town.visitor().opens("/a-propos").await.expecting(200);
    assert!(about.says(contact), "{}", about.html);
    let address = town.url("/api/v1/instance/extended_description");
    let told = get(&address).await.expecting(200).json();
    assert_eq!(told["content"], format!("<p>{summary}</p>"));
    let since = told["updated_at"].as_str().unwrap();
    assert!(!since.starts_with("1970"), "{told}");
    is_read_by_all(&town, &mut maire, since).await;
}

/// What the town adds to what is said of people's data; `earlier` is a moment before now.
async fn is_read_by_all(town: &TestTown, maire: &mut Browser, earlier: &str) {
    let instance = get(&town.url("/api/v2/instance")).await.json();
    let page = instance["configuration"]["urls"]["privacy_policy"].clone();
    let path = page.as_str().unwrap().strip_prefix(&town.origin).unwrap();
    let policy = async || {
        let address = town.url("/api/v1/instance/privacy_policy");
        get(&address).await.expecting(200).json()
    };
    let before = policy().await;
    let content = before["content"].as_str().unwrap();
    let leads = format!("href=\"{}\"", town.url("/reglages/exporter"));
    assert!(content.contains(&leads), "{content}");
    assert!(before["updated_at"].is_null(), "{before}");

    let words = "La machine est à la mairie.\n\nSauvegardes <b>un mois</b>.";
    saves(maire, &[("privacy", words)]).await;
    let shown = "<p>La machine est à la mairie.</p><p>Sauvegardes &lt;b&gt;un mois&lt;/b&gt;.</p>";
    let read = town.visitor().opens(path).await.expecting(200);
    assert!(read.says(shown), "{}", read.html);
    assert!(read.says("href=\"/reglages/supprimer\""), "{}", read.html);
    let told = policy().await;
    let content = told["content"].as_str().unwrap();
    assert!(content.ends_with(shown), "{content}");
    assert!(told["updated_at"].as_str().unwrap() > earlier, "{told}");
    // What else is changed leaves the date as it is.
    saves(maire, &[("summary", "Le bourg")]).await;
    assert_eq!(policy().await, told);
}
