//! What was written about a file stands in the form again when its owner attaches the same file another time.

use std::convert::identity;

use base64::Engine as _;
use parvis_testkit::{Browser, Resident, TestTown, browser::Shown, form::Form};

use crate::story::PNG;

const LINE: &str = "ce que vous aviez écrit pour ce même fichier";

async fn sends(
    browser: &mut Browser,
    text: &str,
    words: &str,
    bent: impl FnOnce(Form) -> Form,
) -> Shown {
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", text)
        .with("description-image-1", words);
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    let files: [(&str, &str, &str, &[u8]); 1] = [("image-1", "pont.png", "image/png", &png)];
    let sent = browser.submits_with_files(&page, &bent(form), &files).await;
    sent.expecting(200)
}

/// To see what comes of it first.
fn looks(form: Form) -> Form {
    form.pressing("plus", "1")
}

/// As who does not want to be asked about descriptions.
fn unasked(form: Form) -> Form {
    form.without("rappel")
}

/// Of the files of one's newest post.
async fn described(resident: &Resident) -> Vec<String> {
    let posts = resident.statuses_of(&resident.id).await;
    let files = posts[0]["media_attachments"].as_array().unwrap();
    let words = |file: &serde_json::Value| file["description"].as_str().unwrap_or("").to_owned();
    files.iter().map(words).collect()
}

#[tokio::test]
async fn the_words_of_the_same_file_come_back_and_only_to_who_wrote_them() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    town.resident("jean").await;
    let mut browser = town.browser_of("marie").await;
    sends(&mut browser, "Le pont", "Le vieux pont de bois", identity).await;
    assert_eq!(described(&marie).await, ["Le vieux pont de bois"]);

    let page = sends(&mut browser, "Encore lui", "", looks).await;
    assert!(page.says(LINE) && page.says(">Le vieux pont de bois</textarea>"));
    let form = page.form("/ecrire");
    let published = browser.submits_with_files(&page, &form, &[]).await;
    assert!(published.expecting(200).says("Votre message est publié"));
    assert_eq!(described(&marie).await, ["Le vieux pont de bois"]);

    // Nothing goes out that nobody has seen.
    sends(&mut browser, "Sans rien dire", "", unasked).await;
    assert_eq!(described(&marie).await, [""]);
    let page = sends(&mut browser, "Et avec rappel", "", identity).await;
    assert!(page.says(LINE) && !page.says("Votre message est publié"));
    let published = browser.submits(&page, &page.form("/ecrire")).await;
    assert!(published.expecting(200).says("Votre message est publié"));
    assert_eq!(described(&marie).await, ["Le vieux pont de bois"]);
    let page = sends(&mut browser, "Le même", "Le pont sous la neige", looks).await;
    assert!(!page.says(LINE) && page.says(">Le pont sous la neige</textarea>"));

    let mut other = town.browser_of("jean").await;
    let page = sends(&mut other, "Mon pont", "", looks).await;
    assert!(page.says("pont") && !page.says(LINE) && !page.says("Le vieux pont de bois"));
}
