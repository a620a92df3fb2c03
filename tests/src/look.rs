//! How a town looks: the colour, arms and banner that its administrator gives it, on its pages, on phones and for apps.

use parvis_testkit::{Browser, TestTown, browser::Shown, until};
use serde_json::Value;

use crate::painted;

const PAGE: &str = "/mairie/apparence";

async fn json(town: &TestTown, path: &str) -> Value {
    town.get(path).await.expecting(200).json()
}

/// The addresses on a page of what the town keeps.
fn kept(html: &str) -> Vec<String> {
    let mut all: Vec<String> = html
        .split("src=\"/media/")
        .skip(1)
        .map(|rest| format!("/media/{}", rest.split('"').next().unwrap_or_default()))
        .collect();
    all.sort();
    all.dedup();
    all
}

async fn dresses(browser: &mut Browser, colour: &str, files: &[(&str, &[u8])]) -> Shown {
    let page = browser.opens(PAGE).await.expecting(200);
    let form = page
        .form(PAGE)
        .with("couleur", "propre")
        .with("colour", colour);
    let files: Vec<_> = files
        .iter()
        .map(|(field, bytes)| (*field, "image.png", "image/png", *bytes))
        .collect();
    browser.submits_with_files(&page, &form, &files).await
}

#[tokio::test]
async fn the_town_hall_gives_the_town_its_colour_its_arms_and_its_banner() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("open").await;
    let (arms, banner) = (painted::plain(300, 400), painted::plain(1800, 700));
    let files = [("armes", arms.as_slice()), ("banniere", banner.as_slice())];
    let shown = dresses(&mut maire, "#FFE600", &files).await.expecting(200);
    assert!(shown.says("plus foncée"), "{}", shown.html);

    let landing = town.visitor().opens("/").await.expecting(200);
    assert!(landing.html.contains("href=\"/theme/ffe600.css\""));
    let theme = town.get("/theme/ffe600.css").await.expecting(200).text();
    assert!(theme.contains("--accent: light-dark(#"), "{theme}");
    assert!(!theme.contains("light-dark(#ffe600"), "too pale by day");
    assert!(theme.contains(", #ffe600)"), "as it is by night: {theme}");

    let pictures = kept(&landing.html);
    assert_eq!(pictures.len(), 2, "arms and banner: {}", landing.html);
    let instance = json(&town, "/api/v2/instance").await;
    let thumbnail = instance["thumbnail"]["url"].as_str().unwrap();
    let banner = thumbnail.strip_prefix(&town.origin).unwrap().to_owned();
    assert!(pictures.contains(&banner), "{thumbnail}");
    assert_eq!(
        json(&town, "/api/v1/instance").await["thumbnail"],
        thumbnail
    );
    let og = format!("<meta property=\"og:image\" content=\"{thumbnail}\">");
    assert!(landing.html.contains(&og), "{}", landing.html);
    let about = town.visitor().opens("/a-propos").await.expecting(200);
    assert_eq!(kept(&about.html), pictures);

    let manifest = json(&town, "/manifest.webmanifest").await;
    assert_ne!(manifest["theme_color"], "#ffe600");
    let icons = manifest["icons"].as_array().unwrap();
    assert_eq!(icons.len(), 4);
    for icon in icons {
        let src = icon["src"].as_str().unwrap();
        let file = town.get(src).await.expecting(200);
        let (width, height) = painted::size(&file.body);
        assert_eq!(icon["sizes"], format!("{width}x{height}"), "{src}");
        assert!(width == height && (width == 192 || width == 512));
    }
    assert_eq!(instance["icon"].as_array().unwrap().len(), 2);
    assert_eq!(instance["icon"][1]["size"], "512x512");

    let page = maire.opens(PAGE).await.expecting(200);
    let form = page
        .form(PAGE)
        .with("couleur", "255")
        .ticking("sans_armes")
        .ticking("sans_banniere");
    maire
        .submits_with_files(&page, &form, &[])
        .await
        .expecting(200);
    let landing = town.visitor().opens("/").await.expecting(200);
    assert!(landing.html.contains("href=\"/theme/255.css\""));
    assert!(kept(&landing.html).is_empty());
    until("the files are gone", || async {
        town.get(&banner).await.status == 404
    })
    .await;
}

#[tokio::test]
async fn what_is_no_colour_or_no_picture_changes_nothing() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("open").await;
    let before = town.visitor().opens("/").await.html;
    let arms = painted::plain(300, 300);
    let shown = dresses(&mut maire, "red;}", &[("armes", arms.as_slice())]).await;
    assert_eq!(shown.status, 422, "{}", shown.html);
    assert!(shown.says("Nous ne comprenons pas cette couleur"));
    let shown = dresses(&mut maire, "#123456", &[("banniere", b"<svg/>")]).await;
    assert_eq!(shown.status, 422, "{}", shown.html);
    assert!(shown.html.contains("id=\"wrong-banniere\""));
    let after = town.visitor().opens("/").await.html;
    let theme = |html: &str| html.split("/theme/").nth(1).unwrap()[..20].to_owned();
    assert_eq!(theme(&before), theme(&after));
    assert!(kept(&after).is_empty());
}

#[tokio::test]
async fn only_an_administrator_changes_how_the_town_looks() {
    let town = TestTown::start("valmont").await;
    town.resident("lea").await;
    town.resident_as("mod", "moderator").await;
    for name in ["lea", "mod"] {
        let mut browser = town.browser_of(name).await;
        assert_eq!(browser.opens(PAGE).await.status, 404, "{name}");
        let own = browser.opens("/reglages/profil").await.expecting(200);
        let mut form = own.form("/reglages/profil");
        PAGE.clone_into(&mut form.action);
        let refused = browser.submits_with_files(&own, &form, &[]).await;
        assert_eq!(refused.status, 404, "{name}");
    }
}

#[tokio::test]
async fn phones_keep_the_app_anew_when_the_words_on_its_pages_change() {
    let town = TestTown::start("valmont").await;
    let mut maire = town.set_up("open").await;
    let version = async || {
        let worker = town.get("/worker.js").await.expecting(200).text();
        let (_, version) = worker.split_once("const VERSION = ").unwrap();
        version.lines().next().unwrap().to_owned()
    };
    let before = version().await;
    assert_eq!(version().await, before);
    let page = maire.opens("/mairie/reglages").await.expecting(200);
    let form = page
        .form("/mairie/reglages")
        .with("town_name", "Valmont-le-Haut");
    maire.submits(&page, &form).await.expecting(200);
    assert_ne!(version().await, before);
}
