//! Inviting others by a link: who may, where it leads, and what becomes of it.

use parvis_testkit::{Browser, TestTown, browser::Shown, form::decode, town::PASSWORD};

use crate::accounts::is_known;

const PAGE: &str = "/reglages/invitations";

/// The town lets everybody with this role or a higher one invite.
async fn lets_invite(chef: &mut Browser, role: &str) {
    let page = chef.opens("/mairie/reglages").await.expecting(200);
    let form = page.form("/mairie/reglages").with("inviters", role);
    chef.submits(&page, &form).await.expecting(200);
}

/// Makes a link; gives the path it leads to.
pub async fn invites(browser: &mut Browser, uses: &str, note: &str) -> String {
    let page = browser.opens(PAGE).await.expecting(200);
    let form = page
        .form(PAGE)
        .with("uses", uses)
        .with("days", "7")
        .with("note", note)
        .pressing("faire", "inviter");
    links(&browser.submits(&page, &form).await.expecting(200)).remove(0)
}

/// Paths of the links that a page shows, in its order.
fn links(page: &Shown) -> Vec<String> {
    let parts = page.html.split("<code class=\"link\">").skip(1);
    parts
        .filter_map(|part| part.split_once("</code>"))
        .map(|(address, _)| {
            let address = decode(address);
            let at = address.find("/invitation/").unwrap();
            address[at..].to_owned()
        })
        .collect()
}

async fn follows(town: &TestTown, link: &str, name: &str) -> (Browser, Shown) {
    let mut newcomer = town.visitor();
    let page = newcomer.opens(link).await.expecting(200);
    let form = page
        .form("/inscription")
        .with("name", name)
        .with("password", PASSWORD)
        .ticking("agreed");
    let shown = newcomer.submits(&page, &form).await;
    (newcomer, shown)
}

#[tokio::test]
async fn a_resident_invites_where_the_town_lets_them() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("invitation").await;
    town.resident("marie").await;
    let mut marie = town.browser_of("marie").await;
    marie.opens(PAGE).await.expecting(404);
    assert!(!marie.opens("/reglages/compte").await.says(PAGE));
    lets_invite(&mut chef, "resident").await;
    assert!(marie.opens("/reglages/compte").await.says(PAGE));
    let link = invites(&mut marie, "1", "Le club de judo").await;

    let page = town.visitor().opens(&link).await.expecting(200);
    assert!(page.says("marie"), "it says who invites");
    let code = page
        .form("/inscription")
        .field("invitation")
        .unwrap()
        .value
        .clone();
    assert!(link.ends_with(&code));
    let (mut newcomer, shown) = follows(&town, &link, "nadia").await;
    shown.expecting(200);
    assert!(is_known(&mut newcomer).await);
    let list = marie.opens(PAGE).await.expecting(200);
    assert!(list.says("nadia") && list.says("Le club de judo"));
    assert!(links(&list).is_empty(), "all its places are taken");

    let over = town.visitor().opens(&link).await.expecting(410);
    assert!(over.find_form("/inscription").is_none());
    town.visitor()
        .opens("/invitation/abcd-efgh-jkmn")
        .await
        .expecting(410);
    let mut known = newcomer;
    assert_eq!(known.opens(&link).await.path, "/", "one is here already");
}

#[tokio::test]
async fn an_invitation_stands_for_the_towns_yes() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("approval").await;
    let link = invites(&mut chef, "2", "").await;
    let page = town.visitor().opens(&link).await.expecting(200);
    assert!(
        !page.form("/inscription").has("reason"),
        "nothing to explain"
    );
    let (mut newcomer, shown) = follows(&town, &link, "nadia").await;
    shown.expecting(200);
    assert!(is_known(&mut newcomer).await);

    let (_, shown) = follows(&town, &link, "nadia").await;
    let page = shown.expecting(422);
    let form = page.form("/inscription").with("name", "hugo");
    let form = form.with("password", PASSWORD);
    let mut hugo = town.visitor();
    let begun = hugo.opens(&link).await.expecting(200);
    let token = begun
        .form("/inscription")
        .field("csrf")
        .unwrap()
        .value
        .clone();
    let form = form.with("csrf", &token);
    hugo.submits(&page, &form).await.expecting(200);
    assert!(is_known(&mut hugo).await, "the code went along");
}

#[tokio::test]
async fn what_was_taken_back_lets_nobody_in() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("invitation").await;
    lets_invite(&mut chef, "resident").await;
    for name in ["marie", "jean"] {
        town.resident(name).await;
    }
    let mut marie = town.browser_of("marie").await;
    let mut jean = town.browser_of("jean").await;
    let first = invites(&mut marie, "3", "secret de Marie").await;
    let second = invites(&mut marie, "3", "").await;
    let page = marie.opens(PAGE).await;
    assert_eq!(links(&page), [second.as_str(), first.as_str()]);
    let take_back = page
        .forms()
        .into_iter()
        .find(|form| form.has("invitation"))
        .unwrap()
        .pressing("faire", "reprendre");

    invites(&mut jean, "1", "").await;
    let theirs = jean.opens(PAGE).await;
    let token = theirs.form(PAGE).field("csrf").unwrap().value.clone();
    let not_his = take_back.clone().with("csrf", &token);
    jean.submits(&theirs, &not_his).await.expecting(404);
    let (_, shown) = follows(&town, &second, "nadia").await;
    shown.expecting(200);
    marie.submits(&page, &take_back).await.expecting(200);
    town.visitor().opens(&second).await.expecting(410);
    let mut late = town.visitor();
    let form = late.opens("/inscription").await;
    let code = second.rsplit('/').next().unwrap();
    let sent = form
        .form("/inscription")
        .with("invitation", code)
        .with("name", "hugo")
        .with("password", PASSWORD)
        .ticking("agreed");
    late.submits(&form, &sent).await.expecting(422);
    assert!(marie.opens(PAGE).await.says("nadia"), "who came stays");

    let desk = chef.opens("/mairie/inscriptions").await.expecting(200);
    assert!(desk.says("marie") && !desk.says("secret de Marie"));
    let id = desk
        .forms()
        .into_iter()
        .filter(|form| form.has("invitation"));
    for form in id {
        let form = form.pressing("faire", "reprendre");
        chef.submits(&desk, &form).await.expecting(200);
    }
    town.visitor().opens(&first).await.expecting(410);
}

#[tokio::test]
async fn the_link_of_somebody_suspended_is_no_way_in() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("invitation").await;
    lets_invite(&mut chef, "resident").await;
    town.resident("marie").await;
    let link = invites(&mut town.browser_of("marie").await, "5", "").await;
    let mut ready = town.visitor();
    let page = ready.opens(&link).await.expecting(200);
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    town.visitor().opens(&link).await.expecting(410);
    let form = page
        .form("/inscription")
        .with("name", "nadia")
        .with("password", PASSWORD)
        .ticking("agreed");
    ready.submits(&page, &form).await.expecting(422);
}

#[tokio::test]
async fn the_link_of_who_may_no_longer_invite_is_no_way_in() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("invitation").await;
    lets_invite(&mut chef, "resident").await;
    for name in ["marie", "odile"] {
        town.resident(name).await;
    }
    let role = async |role: &str| {
        let run = town.cli(&["account", "set-role", "odile", role]).await;
        run.succeeding();
    };
    role("moderator").await;
    let hers = invites(&mut town.browser_of("marie").await, "5", "").await;
    let staffs = invites(&mut town.browser_of("odile").await, "5", "").await;
    let mut ready = town.visitor();
    let page = ready.opens(&hers).await.expecting(200);
    lets_invite(&mut chef, "moderator").await;
    town.visitor().opens(&hers).await.expecting(410);
    let form = page
        .form("/inscription")
        .with("name", "nadia")
        .with("password", PASSWORD)
        .ticking("agreed");
    ready.submits(&page, &form).await.expecting(422);
    town.visitor().opens(&staffs).await.expecting(200);
    role("resident").await;
    town.visitor().opens(&staffs).await.expecting(410);
}

#[tokio::test]
async fn nonsense_is_no_invitation() {
    let town = TestTown::start("valmont").await;
    let mut chef = town.set_up("open").await;
    let page = chef.opens(PAGE).await.expecting(200);
    let form = page.form(PAGE).pressing("faire", "inviter");
    for uses in ["0", "101", "-1", "viele", ""] {
        let form = form.clone().with("uses", uses);
        chef.submits(&page, &form).await.expecting(422);
    }
    let long = form.clone().with("note", &"x".repeat(201));
    chef.submits(&page, &long).await.expecting(422);
    assert!(links(&chef.opens(PAGE).await).is_empty());
}
