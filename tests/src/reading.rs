//! Tags, lists and filters: what residents read, and what they would rather not, by the client API.

use http::Method;
use parvis_testkit::{
    Resident, TestTown,
    actor::marker,
    resident::{any_holds, id},
};
use serde_json::{Value, json};

use crate::app::{asks, does, ids, walks};

#[tokio::test]
async fn a_followed_tag_brings_posts_of_strangers_home() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let tag = marie
        .get("/api/v1/tags/F%C3%AAte")
        .await
        .expecting(200)
        .json();
    assert_eq!(
        (&tag["name"], &tag["following"], &tag["history"]),
        (&json!("Fête"), &json!(false), &json!([]))
    );
    let followed = does(&marie, "/api/v1/tags/F%C3%AAte/follow", &[]).await;
    assert_eq!(followed["following"], true);
    let (tagged, hidden) = (marker("Ce soir"), marker("En privé"));
    let plain = marker("Sans étiquette");
    jean.posts(&plain).await;
    jean.posts_for("private", &format!("{hidden} #fête")).await;
    let first = jean.posts(&format!("{tagged} #FÊTE")).await;
    let own = marie.posts("À moi #fête").await;
    let home = marie.home().await;
    assert_eq!(
        ids(&home),
        [id(&own), id(&first)],
        "each once, the newest first"
    );
    let mut wanted = vec![id(&own).to_owned(), id(&first).to_owned()];
    for n in 0..5 {
        let post = if n % 2 == 0 {
            jean.posts(&format!("Encore {n} #fête")).await
        } else {
            marie.posts(&format!("Moi {n}")).await
        };
        wanted.insert(0, id(&post).to_owned());
    }
    assert_eq!(
        ids(&walks(&marie, &town, "/api/v1/timelines/home", 2).await),
        wanted
    );
    assert!(
        !any_holds(&town.resident("lise").await.home().await, &tagged),
        "only hers"
    );
    does(&marie, &format!("/api/v1/accounts/{}/mute", jean.id), &[]).await;
    assert!(
        !any_holds(&marie.home().await, &tagged),
        "of muted people nothing comes by tag either"
    );
    does(&marie, &format!("/api/v1/accounts/{}/unmute", jean.id), &[]).await;
    assert_eq!(
        does(&marie, "/api/v1/tags/fête/unfollow", &[]).await["following"],
        false
    );
    assert!(!any_holds(&marie.home().await, &tagged));
    marie.get("/api/v1/tags/not%20a%20tag").await.expecting(404);
}

#[tokio::test]
async fn followed_tags_are_listed_page_by_page() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    for name in ["un", "deux", "trois", "quatre", "cinq"] {
        does(&marie, &format!("/api/v1/tags/{name}/follow"), &[]).await;
    }
    let all = walks(&marie, &town, "/api/v1/followed_tags", 2).await;
    let names: Vec<&str> = all
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["cinq", "quatre", "trois", "deux", "un"]);
    assert!(all.iter().all(|tag| tag["following"] == true));
}

#[tokio::test]
async fn posts_are_found_by_one_of_several_tags_by_all_and_by_none() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let post = async |text: &str| id(&marie.posts(text).await).to_owned();
    let bread = post("#pain").await;
    let both = post("#pain #vin").await;
    let wine = post("#vin").await;
    let three = post("#Pain #vin #fromage").await;
    let found =
        async |query: &str| ids(&marie.list(&format!("/api/v1/timelines/tag/{query}")).await);
    assert_eq!(found("pain").await, [three.as_str(), &both, &bread]);
    assert_eq!(
        found("pain?any[]=vin").await,
        [three.as_str(), &wine, &both, &bread],
        "each once"
    );
    assert_eq!(found("pain?all[]=vin").await, [three.as_str(), &both]);
    assert_eq!(
        found("pain?all[]=VIN&none[]=fromage").await,
        [both.as_str()]
    );
    assert_eq!(found("pain?none[]=vin").await, [bread.as_str()]);
    assert_eq!(
        found("pain?all[]=vin&all[]=nulle_part").await,
        Vec::<String>::new()
    );
    assert_eq!(found("pain?remote=true").await, Vec::<String>::new());
    assert_eq!(found("pain?only_media=true").await, Vec::<String>::new());
    assert_eq!(found("PAIN?local=true").await.len(), 3);
    let all = walks(&marie, &town, "/api/v1/timelines/tag/pain?any[]=vin", 2).await;
    assert_eq!(ids(&all), [three, wine, both, bread]);
}

#[tokio::test]
async fn a_tag_stands_on_ones_page_with_its_count() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    marie.posts("#pain au levain").await;
    marie.posts("Encore du #pain").await;
    marie.posts_for("private", "#pain caché, #secret").await;
    let suggested = marie.list("/api/v1/featured_tags/suggestions").await;
    assert_eq!(suggested.len(), 1, "{suggested:?}");
    assert_eq!(suggested[0]["name"], "pain");
    let shown = does(&marie, "/api/v1/featured_tags", &[("name", "#pain")]).await;
    assert_eq!(
        (&shown["name"], &shown["statuses_count"]),
        (&json!("pain"), &json!(2))
    );
    let of_marie = format!("/api/v1/accounts/{}/featured_tags", marie.id);
    assert_eq!(jean.list(&of_marie).await, std::slice::from_ref(&shown));
    assert_eq!(
        marie.list("/api/v1/featured_tags").await,
        std::slice::from_ref(&shown)
    );
    assert!(
        marie
            .list("/api/v1/featured_tags/suggestions")
            .await
            .is_empty()
    );
    let path = format!("/api/v1/featured_tags/{}", id(&shown));
    jean.delete_at(&path).await.expecting(404);
    marie.delete_at(&path).await.expecting(200);
    assert!(jean.list(&of_marie).await.is_empty());
    let tag = does(&marie, "/api/v1/tags/pain/feature", &[]).await;
    assert_eq!(
        (&tag["name"], &tag["featuring"]),
        (&json!("pain"), &json!(true))
    );
    assert_eq!(jean.list(&of_marie).await[0]["name"], "pain");
    let tag = does(&marie, "/api/v1/tags/pain/unfeature", &[]).await;
    assert_eq!(tag["featuring"], false);
    assert!(jean.list(&of_marie).await.is_empty());
    marie
        .post_form("/api/v1/featured_tags", &[("name", "")])
        .await
        .expecting(422);
}

async fn new_list(who: &Resident, title: &str, exclusive: &str) -> Value {
    let fields = [("title", title), ("exclusive", exclusive)];
    does(who, "/api/v1/lists", &fields).await
}

#[tokio::test]
async fn a_list_shows_its_people_and_an_exclusive_one_takes_them_out_of_home() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let (lise, paul) = (town.resident("lise").await, town.resident("paul").await);
    marie.follows(&jean.handle()).await;
    marie.follows(&lise.handle()).await;
    let list = new_list(&marie, "Voisins", "false").await;
    assert_eq!(
        (&list["title"], &list["replies_policy"], &list["exclusive"]),
        (&json!("Voisins"), &json!("list"), &json!(false))
    );
    let people = format!("/api/v1/lists/{}/accounts", id(&list));
    let with = |id: &str| [("account_ids[]", id.to_owned())];
    let add = async |id: &str| {
        let fields = with(id);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        marie.post_form(&people, &fields).await
    };
    add(&paul.id).await.expecting(404);
    add(&jean.id).await.expecting(200);
    add(&jean.id).await.expecting(422);
    assert_eq!(ids(&marie.list(&people).await), [jean.id.as_str()]);
    assert_eq!(
        ids(&marie.list(&format!("{people}?limit=0")).await),
        [jean.id.as_str()]
    );
    let holding = marie
        .list(&format!("/api/v1/accounts/{}/lists", jean.id))
        .await;
    assert_eq!(ids(&holding), [id(&list)]);
    assert!(
        marie
            .list(&format!("/api/v1/accounts/{}/lists", lise.id))
            .await
            .is_empty()
    );

    let (of_jean, of_lise) = (jean.posts("De Jean").await, lise.posts("De Lise").await);
    let own = marie.posts("De moi").await;
    let to_lise = jean.answers(&of_lise, "À Lise").await;
    let timeline = format!("/api/v1/timelines/list/{}", id(&list));
    assert_eq!(
        ids(&marie.list(&timeline).await),
        [id(&of_jean)],
        "answers to members only"
    );
    let path = format!("/api/v1/lists/{}", id(&list));
    let put = async |fields: &[(&str, &str)]| marie.try_put_form(&path, fields).await.unwrap();
    put(&[("title", "Voisins"), ("replies_policy", "followed")])
        .await
        .expecting(200);
    assert_eq!(
        ids(&marie.list(&timeline).await),
        [id(&to_lise), id(&of_jean)]
    );
    let kept = put(&[("title", "Quartier"), ("exclusive", "true")])
        .await
        .expecting(200)
        .json();
    assert_eq!(
        (&kept["replies_policy"], &kept["exclusive"]),
        (&json!("followed"), &json!(true))
    );
    put(&[("exclusive", "false")]).await.expecting(422);
    put(&[("title", "Quartier"), ("replies_policy", "all")])
        .await
        .expecting(422);
    assert_eq!(
        ids(&marie.home().await),
        [id(&own), id(&of_lise)],
        "Jean is read on the list only"
    );
    jean.get(&path).await.expecting(404);
    jean.get(&timeline).await.expecting(404);
    jean.delete_at(&path).await.expecting(404);

    does(
        &marie,
        &format!("/api/v1/accounts/{}/unfollow", jean.id),
        &[],
    )
    .await;
    assert!(
        marie.list(&people).await.is_empty(),
        "who is not followed stands on no list"
    );
    marie.delete_at(&path).await.expecting(200);
    marie.get(&path).await.expecting(404);
    assert!(marie.list("/api/v1/lists").await.is_empty());
}

#[tokio::test]
async fn people_and_posts_of_a_list_are_read_page_by_page() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let list = new_list(&marie, "Tous", "true").await;
    let people = format!("/api/v1/lists/{}/accounts", id(&list));
    let (mut members, mut posts) = (Vec::new(), Vec::new());
    for name in ["jean", "lise", "paul"] {
        let friend = town.resident(name).await;
        marie.follows(&friend.handle()).await;
        does(&marie, &people, &[("account_ids[]", &friend.id)]).await;
        members.insert(0, friend);
    }
    for n in 0..6 {
        let post = members[n % 3].posts(&format!("Numéro {n}")).await;
        posts.insert(0, id(&post).to_owned());
    }
    let wanted: Vec<String> = members.iter().map(|friend| friend.id.clone()).collect();
    assert_eq!(ids(&walks(&marie, &town, &people, 2).await), wanted);
    let timeline = format!("/api/v1/timelines/list/{}", id(&list));
    assert_eq!(ids(&walks(&marie, &town, &timeline, 2).await), posts);
    assert!(marie.home().await.is_empty());
    let both = [
        ("account_ids[]", wanted[0].as_str()),
        ("account_ids[]", wanted[1].as_str()),
    ];
    asks(&marie, &town, Method::DELETE, &people, &both)
        .await
        .expecting(200);
    assert_eq!(ids(&marie.list(&people).await), wanted[2..]);
    assert_eq!(marie.home().await.len(), 4);
}

#[tokio::test]
async fn posts_tell_which_filters_they_meet() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let fields = [
        ("title", "Sport"),
        ("context[]", "home"),
        ("context[]", "public"),
        ("filter_action", "hide"),
        ("keywords_attributes[][keyword]", "foot"),
        ("keywords_attributes[][whole_word]", "true"),
        ("keywords_attributes[][keyword]", "rugby"),
        ("keywords_attributes[][whole_word]", "false"),
    ];
    let filter = does(&marie, "/api/v2/filters", &fields).await;
    assert_eq!(
        (&filter["context"], &filter["filter_action"]),
        (&json!(["home", "public"]), &json!("hide"))
    );
    assert_eq!(
        (
            &filter["expires_at"],
            filter["keywords"].as_array().unwrap().len()
        ),
        (&json!(null), 2)
    );
    let said = jean.posts("Un match de FOOT").await;
    let inside = jean.posts("Le football").await;
    let warned = does(
        &jean,
        "/api/v1/statuses",
        &[("status", "Rien"), ("spoiler_text", "Rugbyman")],
    )
    .await;
    let own = marie.posts("Mon foot").await;
    let boost = does(
        &jean,
        &format!("/api/v1/statuses/{}/reblog", id(&said)),
        &[],
    )
    .await;
    let met =
        async |post: &Value| marie.status(id(post)).await.expecting(200).json()["filtered"].clone();
    assert_eq!(met(&said).await[0]["filter"]["title"], "Sport");
    assert_eq!(met(&said).await[0]["keyword_matches"], json!(["foot"]));
    assert_eq!(met(&inside).await, json!([]));
    assert_eq!(met(&warned).await[0]["keyword_matches"], json!(["rugby"]));
    assert_eq!(met(&own).await, json!([]), "one's own are never filtered");
    let wrapper = marie.status(id(&boost)).await.json();
    assert_eq!(wrapper["filtered"], wrapper["reblog"]["filtered"]);
    assert_eq!(wrapper["filtered"][0]["filter"]["id"], filter["id"]);
    assert_eq!(
        jean.status(id(&said)).await.json()["filtered"],
        json!([]),
        "only hers"
    );

    let path = format!("/api/v2/filters/{}", id(&filter));
    let named = does(
        &marie,
        &format!("{path}/statuses"),
        &[("status_id", id(&inside))],
    )
    .await;
    assert_eq!(
        met(&inside).await[0]["status_matches"],
        json!([id(&inside)])
    );
    let entry = format!("/api/v2/filters/statuses/{}", id(&named));
    assert_eq!(marie.get(&entry).await.expecting(200).json(), named);
    assert_eq!(
        marie.list(&format!("{path}/statuses")).await,
        std::slice::from_ref(&named)
    );
    jean.get(&entry).await.expecting(404);
    marie.delete_at(&entry).await.expecting(200);
    assert_eq!(met(&inside).await, json!([]));

    let put = async |fields: &[(&str, &str)]| {
        marie
            .try_put_form(&path, fields)
            .await
            .unwrap()
            .expecting(200)
            .json()
    };
    let ended = put(&[("expires_in", "0")]).await;
    assert!(ended["expires_at"].is_string());
    assert_eq!(
        met(&said).await,
        json!([]),
        "what has run out filters nothing …"
    );
    assert_eq!(
        marie.list("/api/v2/filters").await.len(),
        1,
        "… and stays listed"
    );
    let for_ever = put(&[("expires_in", ""), ("title", "Ballons")]).await;
    assert_eq!(
        (&for_ever["expires_at"], &for_ever["title"]),
        (&json!(null), &json!("Ballons"))
    );
    assert_eq!(met(&said).await[0]["filter"]["title"], "Ballons");
    let foot = filter["keywords"][0]["id"].as_str().unwrap();
    let fewer = put(&[
        ("keywords_attributes[][id]", foot),
        ("keywords_attributes[][_destroy]", "true"),
    ])
    .await;
    assert_eq!(fewer["keywords"].as_array().unwrap().len(), 1);
    assert_eq!(met(&said).await, json!([]));
    jean.get(&path).await.expecting(404);
    marie.delete_at(&path).await.expecting(200);
    assert_eq!(met(&warned).await, json!([]));
    for bad in [
        vec![("context[]", "home")],
        vec![("title", "x")],
        vec![("title", "x"), ("context[]", "nowhere")],
        vec![
            ("title", "x"),
            ("context[]", "home"),
            ("filter_action", "shout"),
        ],
        vec![
            ("title", "x"),
            ("context[]", "home"),
            ("expires_in", "soon"),
        ],
    ] {
        marie
            .post_form("/api/v2/filters", &bad)
            .await
            .expecting(422);
    }
}

#[tokio::test]
async fn keywords_are_changed_one_by_one_and_older_apps_see_each_as_a_filter() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (town.resident("marie").await, town.resident("jean").await);
    let fields = [("title", "Jeux"), ("context[]", "home")];
    let filter = does(&marie, "/api/v2/filters", &fields).await;
    let keywords = format!("/api/v2/filters/{}/keywords", id(&filter));
    let loto = does(&marie, &keywords, &[("keyword", "loto")]).await;
    let tarot = does(
        &marie,
        &keywords,
        &[("keyword", "tarot"), ("whole_word", "1")],
    )
    .await;
    assert_eq!(marie.list(&keywords).await, [loto.clone(), tarot.clone()]);
    let path = format!("/api/v2/filters/keywords/{}", id(&loto));
    let changed = marie
        .try_put_form(&path, &[("keyword", "bingo")])
        .await
        .unwrap();
    assert_eq!(changed.expecting(200).json()["keyword"], "bingo");
    assert_eq!(
        marie.get(&path).await.expecting(200).json()["keyword"],
        "bingo"
    );
    jean.get(&path).await.expecting(404);
    let old = marie.list("/api/v1/filters").await;
    assert_eq!(ids(&old), [id(&loto), id(&tarot)]);
    assert_eq!(
        (
            &old[1]["phrase"],
            &old[1]["whole_word"],
            &old[1]["irreversible"]
        ),
        (&json!("tarot"), &json!(true), &json!(false))
    );
    marie.delete_at(&path).await.expecting(200);
    marie.get(&path).await.expecting(404);

    let fields = [
        ("phrase", "belote"),
        ("context[]", "home"),
        ("irreversible", "true"),
        ("expires_in", "600"),
    ];
    let belote = does(&marie, "/api/v1/filters", &fields).await;
    assert_eq!(
        (&belote["irreversible"], belote["expires_at"].is_string()),
        (&json!(true), true)
    );
    let said = jean.posts("Belote ce soir").await;
    let met = marie.status(id(&said)).await.json()["filtered"].clone();
    assert_eq!(
        (
            &met[0]["filter"]["filter_action"],
            &met[0]["filter"]["title"]
        ),
        (&json!("hide"), &json!("belote"))
    );
    let path = format!("/api/v1/filters/{}", id(&belote));
    assert_eq!(marie.get(&path).await.expecting(200).json(), belote);
    let fields = [
        ("phrase", "manille"),
        ("context[]", "public"),
        ("irreversible", "false"),
    ];
    let manille = marie
        .try_put_form(&path, &fields)
        .await
        .unwrap()
        .expecting(200)
        .json();
    assert_eq!(
        (
            &manille["phrase"],
            &manille["context"],
            &manille["irreversible"]
        ),
        (&json!("manille"), &json!(["public"]), &json!(false))
    );
    marie.delete_at(&path).await.expecting(200);
    assert_eq!(
        marie.list("/api/v2/filters").await.len(),
        1,
        "with its last keyword it goes"
    );
}
