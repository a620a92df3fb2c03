//! Who just came is shown around.

use http::Method;
use parvis_testkit::{TestTown, browser::Shown};

use crate::{app::asks, painted, public::lets_be_found, story::signs_up};

fn step(shown: &Shown, n: u32) -> bool {
    shown.says(&format!("Étape {n} sur 3"))
}

#[tokio::test]
async fn who_just_came_is_shown_around_in_three_steps_and_may_skip_each() {
    let town = TestTown::start("valmont").await;
    town.set_up("open").await;
    let club = town.resident("club").await;
    let shy = town.resident("discret").await;
    let path = "/api/v1/accounts/update_credentials";
    let hides = asks(
        &shy,
        &town,
        Method::PATCH,
        path,
        &[("discoverable", "false")],
    );
    hides.await.expecting(200);
    lets_be_found(&town, &club).await;
    let mut browser = town.visitor();
    let joined = signs_up(&mut browser, "marie").await.expecting(200);
    assert!(joined.says("href=\"/premiers-pas/1\""), "{}", joined.html);

    let first = browser.opens("/premiers-pas/1").await.expecting(200);
    assert!(step(&first, 1) && first.says("href=\"/premiers-pas/2\""));
    let form = first
        .form("/premiers-pas/1")
        .with("display_name", "Marie du four")
        .with("bio", "Boulangère");
    let face = painted::plain(300, 300);
    let files = [("avatar", "moi.png", "image/png", face.as_slice())];
    let second = browser
        .submits_with_files(&first, &form, &files)
        .await
        .expecting(200);
    assert!(step(&second, 2), "{}", second.html);
    let marie = town.resident_known("marie").await;
    let seen = marie
        .get("/api/v1/accounts/verify_credentials")
        .await
        .json();
    assert_eq!(seen["display_name"], "Marie du four");
    assert!(
        !seen["avatar"]
            .as_str()
            .unwrap()
            .ends_with("/avatar-default.png")
    );

    assert!(second.says("@club") && second.says("@maire") && !second.says("@discret"));
    assert!(
        !second.says("class=\"person\" href=\"/@marie\""),
        "not oneself"
    );
    let follow = second.button(&format!("/actions/compte/{}/suivre", club.id));
    let back = browser.submits(&second, &follow).await.expecting(200);
    assert!(
        step(&back, 2) && back.says("Ne plus suivre"),
        "{}",
        back.html
    );
    let third = browser.opens("/premiers-pas/3").await.expecting(200);
    assert!(step(&third, 3) && third.says("href=\"/@maire\""));
    assert!(
        !browser.opens("/").await.says("/premiers-pas/"),
        "nobody is led back"
    );

    let broken = form.with("display_name", &"x".repeat(400));
    let again = browser.submits(&first, &broken).await.expecting(422);
    assert!(step(&again, 1) && again.says("xxx"));
    assert!(
        town.visitor()
            .opens("/premiers-pas/1")
            .await
            .path
            .starts_with("/connexion")
    );
}
