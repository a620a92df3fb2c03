//! Messages among few, as pages send them: to those whom the page showed, and never lost.

use parvis_testkit::{
    TestTown,
    browser::Shown,
    form::Form,
    resident::{any_holds, id},
};
use serde_json::Value;

fn field_to_answer(shown: &Shown) -> Form {
    let mut forms = shown.forms().into_iter();
    let found = forms.find(|form| form.action.starts_with("/messages/") && has(form, "text"));
    found.unwrap_or_else(|| panic!("no field to answer on {}: {}", shown.path, shown.html))
}

fn has(form: &Form, name: &str) -> bool {
    form.field(name).is_some()
}

fn typed(form: &Form) -> &str {
    form.field("text").unwrap().value.trim()
}

#[tokio::test]
async fn an_answer_goes_to_those_the_page_showed() {
    let town = TestTown::start("valmont").await;
    let (marie, lise) = (town.resident("marie").await, town.resident("lise").await);
    town.resident("jean").await;
    let first = marie.posts_for("direct", "@jean Le four ?").await;
    let mut jean = town.browser_of("jean").await;
    let here = format!("/messages?message={}", id(&first));
    let page = jean.opens(&here).await.expecting(200);
    let answer = field_to_answer(&page).with("text", "Pour toi seule");
    marie.answers(&first, "@jean @lise Demain ?").await;

    let shown = jean.submits(&page, &answer).await.expecting(422);
    let again = field_to_answer(&shown);
    assert_eq!(typed(&again), "Pour toi seule");
    assert!(shown.says("l’échange a changé"));
    let hears = async |text: &str| {
        let all = lise.list("/api/v1/conversations").await;
        let last: Vec<Value> = all
            .into_iter()
            .map(|it| it["last_status"].clone())
            .collect();
        any_holds(&last, text)
    };
    assert!(hears("Demain").await, "nothing went out");

    let named = again.clone().with("text", "Et @paul ?");
    town.resident("paul").await;
    jean.submits(&shown, &named).await.expecting(422);
    jean.submits(&shown, &again).await.expecting(200);
    assert!(hears("Pour toi seule").await, "seen, and sent again");
}

#[tokio::test]
async fn a_message_that_is_typed_is_never_lost() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    town.resident("jean").await;
    let first = marie.posts_for("direct", "@jean Le four ?").await;
    let mut jean = town.browser_of("jean").await;
    let here = format!("/messages?message={}", id(&first));
    let page = jean.opens(&here).await.expecting(200);
    let answer = field_to_answer(&page).with("text", "Oui, à midi");
    let new = jean.opens("/messages/nouveau?a=marie").await;
    let begun = field_to_answer(&new).with("text", "Oui, à midi");

    for (page, form) in [(&page, &answer), (&new, &begun)] {
        let stale = form.clone().with("csrf", "ancien");
        let shown = jean.submits(page, &stale).await.expecting(422);
        assert_eq!(typed(&field_to_answer(&shown)), "Oui, à midi");
        let shown = town.visitor().submits(page, form).await;
        let log_in = shown.form("/connexion");
        let kept = &log_in.field("ecrit").unwrap().value;
        assert!(kept.contains("%40marie+Oui%2C+%C3%A0+midi"), "{kept}");
    }

    let conversation = answer.action.clone();
    let asked = jean.opens(&format!("{conversation}/supprimer")).await;
    let away = asked.form(&format!("{conversation}/supprimer"));
    jean.submits(&asked, &away).await.expecting(200);
    let shown = jean.submits(&page, &answer).await.expecting(422);
    let anew = shown.form("/messages/nouveau");
    assert_eq!(typed(&anew), "Oui, à midi");
    assert_eq!(anew.field("a").unwrap().value.trim(), "@marie");
    let alone = jean.opens(&here).await.expecting(200);
    assert!(alone.path.starts_with("/@marie/"), "{}", alone.path);
}
