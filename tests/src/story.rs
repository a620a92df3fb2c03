//! What the program is for: neighbours in two towns read and answer one another.

use http::Method;
use parvis_testkit::{
    Browser, Neighbourhood, Resident, TestTown,
    actor::marker,
    browser::Shown,
    eventually, exchange,
    resident::{any_holds, id},
    town::PASSWORD,
    until,
};
use serde_json::{Value, json};

use crate::app::asks;

/// A red dot, one pixel wide.
pub const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/// Fills the sign-up form as asked and shows where it leads.
pub async fn signs_up(browser: &mut Browser, name: &str) -> Shown {
    let page = browser.opens("/inscription").await.expecting(200);
    let form = page
        .form("/inscription")
        .with("name", name)
        .with("password", PASSWORD)
        .ticking("agreed");
    browser.submits(&page, &form).await
}

/// Publishes by the form of the page for writing.
pub async fn writes(browser: &mut Browser, audience: &str, text: &str) -> Shown {
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", text)
        .with("audience", audience);
    browser.submits(&page, &form).await.expecting(200)
}

/// The newest post of `author` that holds `text`, as they see it themselves.
pub async fn own_post(author: &Resident, text: &str) -> Value {
    let posts = author.statuses_of(&author.id).await;
    posts
        .into_iter()
        .find(|post| parvis_testkit::resident::holds(post, text))
        .unwrap_or_else(|| panic!("“{text}” is not there"))
}

/// The page of a post within its town.
pub fn page_of(town: &TestTown, post: &Value) -> String {
    let url = post["url"].as_str().unwrap();
    url.strip_prefix(&town.origin)
        .unwrap_or_else(|| panic!("{url} is not a page of {}", town.origin))
        .to_owned()
}

/// Presses a button under a post on its page.
async fn presses(browser: &mut Browser, page: &str, formaction: &str) -> Shown {
    let shown = browser.opens(page).await.expecting(200);
    let form = shown.button(formaction);
    browser.submits(&shown, &form).await.expecting(200)
}

async fn a_post_crosses_over_and_the_answer_comes_back(
    neighbours: &Neighbourhood,
    here: &str,
    there: &str,
) {
    let (town, other) = (&neighbours[here], &neighbours[there]);
    let mut marie_browser = town.visitor();
    signs_up(&mut marie_browser, "marie").await.expecting(200);
    let marie = town.resident_known("marie").await;
    let bruno = other.resident("bruno").await;

    let mut bruno_browser = other.browser_of("bruno").await;
    let found = bruno_browser
        .opens(&format!("/recherche?q={}", marie.handle()))
        .await
        .expecting(200);
    let follow = found.button("/suivre");
    bruno_browser.submits(&found, &follow).await.expecting(200);
    let marie_there = bruno.finds_account(&marie.handle()).await;
    until("the follow is accepted", || async {
        bruno.relation(id(&marie_there)).await["following"] == true
    })
    .await;

    let news = marker("Le pont est rouvert");
    writes(&mut marie_browser, "public", &news).await;
    let arrived = bruno.reads_on_home(&news).await;
    assert_eq!(arrived["account"]["acct"], marie.handle()[1..]);
    assert!(bruno_browser.opens("/").await.says(&news));

    let reply = marker("Merci");
    let page = bruno_browser
        .opens(&format!("/ecrire?reponse={}", id(&arrived)))
        .await
        .expecting(200);
    let form = page.form("/ecrire");
    let words = format!("{} {reply}", form.field("text").unwrap().value);
    bruno_browser
        .submits(&page, &form.with("text", &words))
        .await
        .expecting(200);

    let post = own_post(&marie, &news).await;
    let answer = marie.reads_under(&post, &reply).await;
    assert_eq!(answer["account"]["acct"], bruno.handle()[1..]);
    assert_eq!(answer["in_reply_to_id"], post["id"]);
    assert!(
        marie_browser
            .opens(&page_of(town, &post))
            .await
            .says(&reply),
        "the answer is on the post's page"
    );
    eventually("she is told", || {
        let mut marie = marie_browser.clone();
        let reply = &reply;
        async move { marie.opens("/avis").await.says(reply).then_some(()) }
    })
    .await;
}

#[tokio::test]
async fn a_post_crosses_over_between_two_processes_in_both_directions() {
    let neighbours = Neighbourhood::of(["valmont", "rivebelle"]).await;
    for town in ["valmont", "rivebelle"] {
        neighbours[town].set_up("open").await;
    }
    a_post_crosses_over_and_the_answer_comes_back(&neighbours, "valmont", "rivebelle").await;
}

#[tokio::test]
async fn a_post_crosses_over_between_two_towns_of_one_process() {
    let neighbours = Neighbourhood::in_one_process(["valmont", "rivebelle"]).await;
    for town in ["valmont", "rivebelle"] {
        neighbours[town].set_up("open").await;
    }
    a_post_crosses_over_and_the_answer_comes_back(&neighbours, "rivebelle", "valmont").await;
}

/// Two towns in one process (quicker to start), Bruno of Rivebelle following Marie of Valmont.
async fn followed() -> (Neighbourhood, Resident, Resident) {
    let neighbours = Neighbourhood::in_one_process(["valmont", "rivebelle"]).await;
    for town in ["valmont", "rivebelle"] {
        neighbours[town].set_up("open").await;
    }
    let marie = neighbours["valmont"].resident("marie").await;
    let bruno = neighbours["rivebelle"].resident("bruno").await;
    bruno.follows(&marie.handle()).await;
    (neighbours, marie, bruno)
}

#[tokio::test]
async fn an_edit_and_a_deletion_cross_over() {
    let (neighbours, marie, bruno) = followed().await;
    let (before, after) = (marker("Samedi"), marker("Dimanche"));
    let post = marie.posts(&before).await;
    let copy = bruno.reads_on_home(&before).await;

    let mut browser = neighbours["valmont"].browser_of("marie").await;
    let path = page_of(&neighbours["valmont"], &post);
    let page = browser
        .opens(&format!("{path}/modifier"))
        .await
        .expecting(200);
    let form = page.form("/modifier").with("text", &after);
    browser.submits(&page, &form).await.expecting(200);
    let edited = eventually("the new words arrive", || async {
        let copy = bruno.status(id(&copy)).await.expecting(200).json();
        copy["content"]
            .as_str()
            .unwrap()
            .contains(&after)
            .then_some(copy)
    })
    .await;
    assert!(
        edited["edited_at"].is_string(),
        "it says that it was edited"
    );
    assert_eq!(edited["id"], copy["id"]);

    let page = browser
        .opens(&format!("{path}/supprimer"))
        .await
        .expecting(200);
    let form = page.form("/supprimer");
    browser.submits(&page, &form).await;
    until("the copy is gone", || async {
        bruno.status(id(&copy)).await.status == 404
    })
    .await;
    assert!(!any_holds(&bruno.home().await, &after));
    let uri = post["uri"].as_str().unwrap();
    parvis_testkit::exchange::get_document(uri)
        .await
        .expecting(410);
}

#[tokio::test]
async fn a_boost_and_a_favourite_are_seen_at_home_and_can_be_taken_back() {
    let (neighbours, marie, bruno) = followed().await;
    let news = marker("Fête du pain");
    let post = marie.posts(&news).await;
    let copy = bruno.reads_on_home(&news).await;
    let (path, action) = (
        format!("/@{}/{}", marie.handle().trim_start_matches('@'), id(&copy)),
        format!("/message/{}", id(&copy)),
    );
    let mut browser = neighbours["rivebelle"].browser_of("bruno").await;
    let counts = || async {
        let post = marie.status(id(&post)).await.expecting(200).json();
        (
            post["reblogs_count"].as_i64().unwrap(),
            post["favourites_count"].as_i64().unwrap(),
        )
    };
    presses(&mut browser, &path, &format!("{action}/partager")).await;
    presses(&mut browser, &path, &format!("{action}/aimer")).await;
    until("both are counted", || async { counts().await == (1, 1) }).await;
    let notices = neighbours["valmont"]
        .browser_of("marie")
        .await
        .opens("/avis")
        .await;
    assert!(
        notices.html.matches(&news).count() >= 2,
        "she is told of both: {}",
        notices.html
    );

    presses(&mut browser, &path, &format!("{action}/ne-plus-partager")).await;
    presses(&mut browser, &path, &format!("{action}/ne-plus-aimer")).await;
    until("both are taken back", || async { counts().await == (0, 0) }).await;
}

#[tokio::test]
async fn each_audience_reaches_exactly_whom_it_should() {
    let (neighbours, marie, bruno) = followed().await;
    let (valmont, rivebelle) = (&neighbours["valmont"], &neighbours["rivebelle"]);
    let (jean, lise) = (
        valmont.resident("jean").await,
        valmont.resident("lise").await,
    );
    let carla = rivebelle.resident("carla").await;
    lise.follows("@marie").await;

    let [open, quiet, followers, direct, town] =
        ["ouvert", "discret", "abonnés", "courrier", "village"].map(marker);
    marie.posts(&open).await;
    marie.posts_for("unlisted", &quiet).await;
    let for_followers = marie.posts_for("private", &followers).await;
    let for_carla = marie
        .posts_for("direct", &format!("{} {direct}", carla.handle()))
        .await;
    writes(&mut valmont.browser_of("marie").await, "town", &town).await;
    let for_town = own_post(&marie, &town).await;
    let last = marker("fin");
    marie.posts(&last).await;

    // Deliveries to one server keep their order: once the last is there, so is all that will ever be.
    let home = {
        bruno.reads_on_home(&last).await;
        bruno.home().await
    };
    let seen = |posts: &[Value]| {
        [&open, &quiet, &followers, &direct, &town].map(|text| any_holds(posts, text))
    };
    assert_eq!(
        seen(&home),
        [true, true, true, false, false],
        "a follower in the other town"
    );
    assert_eq!(
        seen(&lise.home().await),
        [true, true, true, false, true],
        "a follower here"
    );
    assert_eq!(
        seen(&jean.local().await),
        [true, false, false, false, false],
        "the public timeline here"
    );
    assert_eq!(
        seen(&bruno.public().await),
        [true, false, false, false, false],
        "the public timeline there"
    );

    let marie_at_carla = carla.finds_account(&marie.handle()).await;
    let mut at_carla = carla.statuses_of(id(&marie_at_carla)).await;
    assert_eq!(
        seen(&at_carla),
        [true, true, false, false, false],
        "a profile seen by a stranger"
    );
    at_carla = carla.home().await;
    assert!(!any_holds(&at_carla, &direct), "mail is not home");
    let carla_notices = rivebelle.browser_of("carla").await.opens("/avis").await;
    assert!(carla_notices.says(&direct), "Carla is told of her mail");
    let bruno_notices = rivebelle.browser_of("bruno").await.opens("/avis").await;
    assert!(!bruno_notices.says(&direct));

    let statuses = |post: &Value| {
        let post = post.clone();
        let (lise, jean) = (lise.clone(), jean.clone());
        async move {
            [
                lise.status(id(&post)).await.status,
                jean.status(id(&post)).await.status,
            ]
        }
    };
    assert_eq!(statuses(&for_followers).await, [200, 404]);
    assert_eq!(statuses(&for_carla).await, [404, 404]);
    assert_eq!(statuses(&for_town).await, [200, 200]);
    assert!(lise.status(id(&for_town)).await.text().contains(&town));

    let mut visitor = valmont.visitor();
    for post in [&for_followers, &for_carla, &for_town] {
        visitor.opens(&page_of(valmont, post)).await.expecting(404);
        parvis_testkit::exchange::get_document(post["uri"].as_str().unwrap())
            .await
            .expecting(404);
        let found = carla.search(post["uri"].as_str().unwrap()).await;
        let texts = [&followers, &town]
            .iter()
            .any(|text| found.to_string().contains(text.as_str()));
        assert!(!texts, "a stranger finds it: {found}");
    }
    let square = jean.clone();
    let page = valmont.browser_of(&square.name).await.opens("/ville").await;
    assert!(page.says(&town) && page.says(&open) && !page.says(&followers) && !page.says(&direct));
    let page = visitor.opens("/ville").await;
    assert!(!page.says(&town) && !page.says(&followers) && !page.says(&direct));
}

#[tokio::test]
async fn a_locked_resident_decides_who_follows() {
    let neighbours = Neighbourhood::in_one_process(["valmont", "rivebelle"]).await;
    let marie = neighbours["valmont"].resident("marie").await;
    let [bruno, carla] = [
        neighbours["rivebelle"].resident("bruno").await,
        neighbours["rivebelle"].resident("carla").await,
    ];
    let mut browser = neighbours["valmont"].browser_of("marie").await;
    let page = browser.opens("/reglages/profil").await.expecting(200);
    let form = page.form("/reglages/profil").ticking("locked");
    browser.submits(&page, &form).await.expecting(200);

    let marie_there = bruno.asks_to_follow(&marie.handle()).await;
    assert_eq!(bruno.relation(id(&marie_there)).await["requested"], true);
    carla.asks_to_follow(&marie.handle()).await;
    let asked = eventually("both requests arrive", || {
        let mut browser = browser.clone();
        async move {
            let page = browser.opens("/demandes").await;
            (page.says("bruno") && page.says("carla")).then_some(page)
        }
    })
    .await;
    let account_of = |name: &str| asked.html.split(name).count();
    assert!(account_of("bruno") > 1);
    let secret = marker("entre nous");
    marie.posts_for("private", &secret).await;

    for (resident, answer) in [(&bruno, "accepter"), (&carla, "refuser")] {
        let there = marie.finds_account(&resident.handle()).await;
        let page = browser.opens("/demandes").await.expecting(200);
        let form = page.button(&format!("/actions/compte/{}/{answer}", id(&there)));
        browser.submits(&page, &form).await.expecting(200);
    }
    until("Bruno follows", || async {
        bruno.relation(id(&marie_there)).await["following"] == true
    })
    .await;
    until("Carla is refused", || async {
        let relation = carla.relation(id(&marie_there)).await;
        relation["requested"] == false && relation["following"] == false
    })
    .await;
    let second = marker("entre amis");
    marie.posts_for("private", &second).await;
    bruno.reads_on_home(&second).await;
    assert!(!any_holds(&carla.home().await, &second));
}

#[tokio::test]
async fn a_picture_travels_with_its_description() {
    use base64::Engine as _;
    let (neighbours, _marie, bruno) = followed().await;
    let png = base64::engine::general_purpose::STANDARD
        .decode(PNG)
        .unwrap();
    let news = marker("Une photo");
    let mut browser = neighbours["valmont"].browser_of("marie").await;
    let page = browser.opens("/ecrire").await.expecting(200);
    let form = page
        .form("/ecrire")
        .with("text", &news)
        .with("audience", "public");
    let form = form
        .with("summary", "point rouge")
        .with("description-image-1", "Un point rouge");
    let files: [(&str, &str, &str, &[u8]); 1] = [("image-1", "point.png", "image/png", &png)];
    browser
        .submits_with_files(&page, &form, &files)
        .await
        .expecting(200);

    let copy = bruno.reads_on_home(&news).await;
    assert_eq!(copy["spoiler_text"], "point rouge");
    assert_eq!(
        copy["media_attachments"][0]["description"],
        "Un point rouge"
    );
    assert_eq!(copy["media_attachments"][0]["type"], "image");
    let remote = copy["media_attachments"][0]["remote_url"]
        .as_str()
        .or(copy["media_attachments"][0]["url"].as_str());
    let picture = parvis_testkit::exchange::get(remote.unwrap())
        .await
        .expecting(200);
    assert!(
        picture
            .header("content-type")
            .unwrap()
            .starts_with("image/")
    );
}

#[tokio::test]
async fn a_blocked_neighbour_neither_follows_nor_answers() {
    let (neighbours, marie, bruno) = followed().await;
    let news = marker("Paix");
    let post = marie.posts(&news).await;
    let copy = bruno.reads_on_home(&news).await;
    let bruno_here = marie.finds_account(&bruno.handle()).await;
    let mut browser = neighbours["valmont"].browser_of("marie").await;
    let page = browser
        .opens(&format!("/{}/bloquer", bruno.handle()))
        .await
        .expecting(200);
    let form = page.form(&format!("/actions/compte/{}/bloquer", id(&bruno_here)));
    browser.submits(&page, &form).await.expecting(200);
    until("the follow has ended", || async {
        bruno
            .relation(copy["account"]["id"].as_str().unwrap())
            .await["following"]
            == false
    })
    .await;
    let reply = marker("Quand même");
    let answer = bruno
        .post_form(
            "/api/v1/statuses",
            &[
                ("status", &format!("{} {reply}", marie.handle())),
                ("in_reply_to_id", id(&copy)),
            ],
        )
        .await;
    // Our own program may refuse at once; a stranger's would send it: either way she never sees it.
    assert!(answer.status < 500);
    let lise = neighbours["rivebelle"].resident("lise").await;
    let barrier = marker("bonjour");
    lise.posts(&format!("{} {barrier}", marie.handle())).await;
    until("a later mention arrives", || {
        let mut browser = browser.clone();
        let barrier = &barrier;
        async move { browser.opens("/avis").await.says(barrier) }
    })
    .await;
    assert!(!browser.opens("/avis").await.says(&reply));
    assert!(!marie.context(id(&post)).await.to_string().contains(&reply));
}

#[tokio::test]
async fn a_new_name_crosses_over() {
    let (neighbours, marie, bruno) = followed().await;
    let name = marker("Marie des Bois");
    let mut browser = neighbours["valmont"].browser_of("marie").await;
    let page = browser.opens("/reglages/profil").await.expecting(200);
    let form = page
        .form("/reglages/profil")
        .with("display_name", &name)
        .with("bio", "Tricot et <b>vélo</b>");
    let form = form
        .with("field-name-1", "Quartier")
        .with("field-value-1", "Le Moulin");
    browser.submits(&page, &form).await.expecting(200);
    let there = bruno.finds_account(&marie.handle()).await;
    let known = eventually("the new name is known", || async {
        let account = bruno.lookup(&marie.handle()).await.expecting(200).json();
        (account["display_name"] == name.as_str()).then_some(account)
    })
    .await;
    assert_eq!(known["id"], there["id"]);
    assert_eq!(known["fields"][0]["name"], "Quartier");
    let note = known["note"].as_str().unwrap();
    assert!(
        note.contains("Tricot") && !note.contains("<b>"),
        "mark-up of a bio is text: {note}"
    );
}

#[tokio::test]
async fn a_bio_calls_people_and_names_tags_as_posts_do() {
    let (neighbours, marie, bruno) = followed().await;
    let town = &neighbours["valmont"];
    let handle = bruno.handle();
    let bio = format!("Avec {handle}, sans @{}, au #Marché", marker("inconnue"));
    let fields = [("note", bio.as_str())];
    let path = "/api/v1/accounts/update_credentials";
    let me = asks(&marie, town, Method::PATCH, path, &fields).await;
    let me = me.expecting(200).json();
    assert_eq!(me["source"]["note"], bio.as_str(), "as it was typed");
    let note = me["note"].as_str().unwrap();
    let page = bruno.finds_account(&handle).await["url"].clone();
    let mention = format!(
        "href=\"{}\" class=\"u-url mention\"",
        page.as_str().unwrap()
    );
    assert_eq!(note.matches("class=\"u-url mention\"").count(), 1, "{note}");
    let tag = format!("{}/tags/march%C3%A9", town.origin);
    let hashtag = format!("href=\"{tag}\" class=\"mention hashtag\" rel=\"tag\"");
    assert!(note.contains(&mention) && note.contains(&hashtag), "{note}");
    let shown = town.visitor().opens("/@marie").await.expecting(200);
    assert!(shown.says(&hashtag), "{}", shown.html);

    let actor = exchange::get_document(me["uri"].as_str().unwrap()).await;
    let actor = actor.expecting(200).json();
    assert_eq!(actor["summary"], note);
    let told = json!([{ "type": "Hashtag", "href": tag, "name": "#Marché" }]);
    assert_eq!(actor["tag"], told);
    until("it is known elsewhere", || async {
        let account = bruno.lookup(&marie.handle()).await.expecting(200).json();
        let note = account["note"].as_str().unwrap();
        [page.as_str().unwrap(), &tag]
            .iter()
            .all(|link| note.contains(&format!("href=\"{link}\"")))
    })
    .await;
}
