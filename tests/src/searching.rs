//! Finding posts by their words, people by their names: what is found, in which order, and by whom it must not be.

use http::Method;
use parvis_testkit::{Resident, TestTown, exchange, exchange::urlencoded, resident::id, until};
use serde_json::{Value, json};

use crate::{
    app::{asks, changes, does, ids},
    place::Place,
};

async fn searches(who: &Resident, fields: &[(&str, &str)]) -> Value {
    let path = format!("/api/v2/search?{}", urlencoded(fields));
    who.get(&path).await.expecting(200).json()
}

/// The posts that a question gives, by id.
async fn finds(who: &Resident, question: &str) -> Vec<String> {
    let found = searches(who, &[("q", question), ("type", "statuses")]).await;
    ids(found["statuses"].as_array().unwrap())
}

async fn a_visitor_finds(town: &TestTown, question: &str) -> Vec<String> {
    let fields = urlencoded(&[("q", question), ("type", "statuses")]);
    let found = exchange::get(&town.url(&format!("/api/v2/search?{fields}"))).await;
    ids(found.expecting(200).json()["statuses"].as_array().unwrap())
}

/// Says whether others may find what somebody writes.
async fn is_found(town: &TestTown, who: &Resident, yes: bool) {
    let fields = [("indexable", if yes { "true" } else { "false" })];
    asks(
        who,
        town,
        Method::PATCH,
        "/api/v1/accounts/update_credentials",
        &fields,
    )
    .await
    .expecting(200);
}

/// Somebody who lets their posts be found.
async fn open_resident(town: &TestTown, name: &str) -> Resident {
    let resident = town.resident(name).await;
    is_found(town, &resident, true).await;
    resident
}

async fn gestures(who: &Resident, what: &str, post: &Value) {
    does(who, &format!("/api/v1/statuses/{}/{what}", id(post)), &[]).await;
}

#[tokio::test]
async fn posts_are_found_by_their_words_whatever_their_accents_and_forms() {
    let town = TestTown::start("valmont").await;
    let (marie, jean) = (
        open_resident(&town, "marie").await,
        town.resident("jean").await,
    );
    let text = "Les chevaux ont mangé au marché de l’Été, devant l’École. Cœur !";
    let post = marie.posts(text).await;
    for question in [
        "ete",
        "ÉTÉ",
        "cheval",
        "marches",
        "manger",
        "ecole",
        "l'école",
        "coeur",
        "chevaux marché",
        "\"au marché de l’été\"",
        "\"AU MARCHE DE L'ETE\" chevaux",
    ] {
        assert_eq!(finds(&jean, question).await, [id(&post)], "{question}");
        assert_eq!(
            a_visitor_finds(&town, question).await,
            [id(&post)],
            "{question}"
        );
    }
    for question in [
        "cochon",
        "cheval cochon",
        "\"été marché\"",
        "cheval -marché",
        "-\"devant l'école\" cheval",
    ] {
        assert_eq!(
            finds(&jean, question).await,
            Vec::<String>::new(),
            "{question}"
        );
    }
    let english = [("status", "Horses eat here"), ("language", "en")];
    let english = does(&marie, "/api/v1/statuses", &english).await;
    assert_eq!(finds(&jean, "horses").await, [id(&english)]);
    let warned = [("status", "Rien"), ("spoiler_text", "Araignées")];
    let warned = does(&marie, "/api/v1/statuses", &warned).await;
    assert_eq!(finds(&jean, "araignee").await, [id(&warned)]);
    let poll = [
        ("status", "Que planter ?"),
        ("poll[options][]", "des pruniers"),
        ("poll[options][]", "des poiriers"),
        ("poll[expires_in]", "3600"),
    ];
    let poll = does(&marie, "/api/v1/statuses", &poll).await;
    assert_eq!(finds(&jean, "prunier").await, [id(&poll)]);
}

/// `account.indexable` as the author sets it; whoever has to do with a post finds it all the same.
#[tokio::test]
async fn who_does_not_want_it_is_found_by_nobody_but_those_concerned() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie").await;
    let (jean, paul, zoe) = (
        town.resident("jean").await,
        town.resident("paul").await,
        town.resident("zoe").await,
    );
    let post = marie.posts("@jean une mirabelle").await;
    let nothing = Vec::<String>::new();
    assert_eq!(finds(&marie, "mirabelle").await, [id(&post)], "her own");
    assert_eq!(finds(&jean, "mirabelle").await, [id(&post)], "he is named");
    assert_eq!(finds(&paul, "mirabelle").await, nothing);
    assert_eq!(a_visitor_finds(&town, "mirabelle").await, nothing);
    for gesture in ["favourite", "bookmark", "reblog"] {
        let who = town.resident(&format!("qui_{gesture}")).await;
        assert_eq!(finds(&who, "mirabelle").await, nothing);
        gestures(&who, gesture, &post).await;
        assert_eq!(finds(&who, "mirabelle").await, [id(&post)], "{gesture}");
        gestures(&who, &format!("un{gesture}"), &post).await;
        assert_eq!(finds(&who, "mirabelle").await, nothing, "un{gesture}");
    }
    is_found(&town, &marie, true).await;
    until("what she wrote before is found", || async {
        finds(&paul, "mirabelle").await == [id(&post)]
    })
    .await;
    assert_eq!(a_visitor_finds(&town, "mirabelle").await, [id(&post)]);
    assert_eq!(finds(&paul, "mirabelle in:library").await, nothing);
    assert_eq!(finds(&jean, "mirabelle in:library").await, [id(&post)]);
    is_found(&town, &marie, false).await;
    assert_eq!(finds(&paul, "mirabelle").await, nothing, "at once");
    assert_eq!(a_visitor_finds(&town, "mirabelle").await, nothing);
    assert_eq!(finds(&jean, "mirabelle in:public").await, nothing);
    assert_eq!(finds(&jean, "mirabelle").await, [id(&post)]);
    for audience in ["unlisted", "private", "direct"] {
        is_found(&town, &marie, true).await;
        let post = marie.posts_for(audience, "@jean une quetsche").await;
        assert_eq!(finds(&zoe, "quetsche").await, nothing, "{audience}");
        assert_eq!(a_visitor_finds(&town, "quetsche").await, nothing);
        assert_eq!(finds(&jean, "quetsche").await, [id(&post)], "{audience}");
        assert_eq!(finds(&marie, "quetsche").await, [id(&post)], "{audience}");
        marie.deletes(&post).await.expecting(200);
    }
}

#[tokio::test]
async fn a_followers_only_post_is_found_by_its_readers_only_where_they_had_to_do_with_it() {
    let town = TestTown::start("valmont").await;
    let marie = open_resident(&town, "marie").await;
    let (lea, paul) = (town.resident("lea").await, town.resident("paul").await);
    lea.follows("marie").await;
    let post = marie.posts_for("private", "une quetsche").await;
    let nothing = Vec::<String>::new();
    assert_eq!(
        finds(&lea, "quetsche").await,
        nothing,
        "she only may read it"
    );
    gestures(&lea, "favourite", &post).await;
    assert_eq!(finds(&lea, "quetsche").await, [id(&post)]);
    assert_eq!(finds(&paul, "quetsche").await, nothing);
    let path = format!("/api/v1/accounts/{}/unfollow", marie.id);
    does(&lea, &path, &[]).await;
    assert_eq!(
        finds(&lea, "quetsche").await,
        nothing,
        "she may no longer read it"
    );
}

#[tokio::test]
async fn what_was_deleted_or_written_over_is_found_no_more() {
    let place = Place::new().await;
    let town = &place.town;
    let marie = open_resident(town, "marie").await;
    let nothing = Vec::<String>::new();
    let post = marie.posts("une framboise").await;
    assert_eq!(finds(&place.lea, "framboise").await, [id(&post)]);
    marie
        .try_put_form(
            &format!("/api/v1/statuses/{}", id(&post)),
            &[("status", "une groseille")],
        )
        .await
        .unwrap()
        .expecting(200);
    assert_eq!(finds(&place.lea, "framboise").await, nothing);
    assert_eq!(finds(&marie, "framboise").await, nothing);
    assert_eq!(finds(&place.lea, "groseille").await, [id(&post)]);
    marie.deletes(&post).await.expecting(200);
    assert_eq!(finds(&marie, "groseille").await, nothing);

    let nils = place.remote.host("loin").person("nils");
    let mut document = nils.document();
    document["indexable"] = json!(true);
    nils.host.serve_document(&document);
    place.lea.follows_actor(&nils).await;
    let note = nils.note("une myrtille");
    place.arrives(&nils, &nils.create(&note)).await;
    let found = place.lea.reads_on_home("myrtille").await;
    assert_eq!(
        finds(&marie, "myrtille").await,
        [id(&found)],
        "of another server"
    );
    place
        .arrives(&nils, &nils.update(&note, "<p>une airelle</p>"))
        .await;
    until("the new words are found", || async {
        finds(&marie, "airelle").await == [id(&found)]
    })
    .await;
    assert_eq!(finds(&marie, "myrtille").await, nothing);
    let other = nils.note("une cerise");
    place.arrives(&nils, &nils.create(&other)).await;
    place.lea.reads_on_home("cerise").await;
    assert_eq!(finds(&marie, "cerise from:marie").await, nothing);
    assert_eq!(
        finds(&marie, &format!("cerise from:{}", nils.handle()))
            .await
            .len(),
        1
    );
    place.arrives(&nils, &nils.delete(&note)).await;
    until("the deleted post is not found", || async {
        finds(&marie, "airelle").await.is_empty()
    })
    .await;

    // Someone who did not say so is not found, though everybody may read what they write.
    let shy = place.followed("ailleurs", "olaf").await;
    place
        .arrives(&shy, &shy.create(&shy.note("une mûre")))
        .await;
    let read = place.lea.reads_on_home("mûre").await;
    assert_eq!(finds(&marie, "mure").await, nothing);
    assert_eq!(finds(&place.lea, "mure").await, nothing);
    gestures(&place.lea, "bookmark", &read).await;
    assert_eq!(finds(&place.lea, "mure").await, [id(&read)]);
}

#[tokio::test]
async fn operators_narrow_what_is_found() {
    let town = TestTown::start("valmont").await;
    let marie = open_resident(&town, "marie").await;
    let jean = open_resident(&town, "jean").await;
    let first = marie.posts("du pain #Fête_2026").await;
    let answer = jean.answers(&first, "@marie du pain aussi").await;
    let poll = [
        ("status", "quel pain ?"),
        ("poll[options][]", "noir"),
        ("poll[options][]", "blanc"),
        ("poll[expires_in]", "3600"),
    ];
    let poll = does(&jean, "/api/v1/statuses", &poll).await;
    let english = [
        ("status", "pain https://exemple.fr/four"),
        ("language", "en"),
        ("sensitive", "true"),
    ];
    let english = does(&marie, "/api/v1/statuses", &english).await;
    let year = &first["created_at"].as_str().unwrap()[..4];
    let (all, none) = ([&english, &poll, &answer, &first], []);
    let found: [(String, &[&Value]); 28] = [
        ("pain".into(), &all),
        ("pain from:marie".into(), &[&english, &first]),
        ("pain from:@jean".into(), &[&poll, &answer]),
        (format!("from:{}", jean.handle()), &[&poll, &answer]),
        ("pain from:me".into(), &[&english, &first]),
        ("pain -from:me".into(), &[&poll, &answer]),
        ("from:personne pain".into(), &none),
        ("pain -from:personne".into(), &all),
        ("pain has:poll".into(), &[&poll]),
        ("pain -has:poll".into(), &[&english, &answer, &first]),
        ("pain has:link".into(), &[&english]),
        ("pain has:media".into(), &none),
        ("pain is:reply".into(), &[&answer]),
        ("is:sensitive".into(), &[&english]),
        ("pain language:en".into(), &[&english]),
        ("pain before:2000-01-01".into(), &none),
        ("pain after:2000".into(), &all),
        ("pain -after:2000".into(), &none),
        (format!("pain after:{year}"), &none),
        ("pain after:9999-12-31".into(), &none),
        ("pain before:9999".into(), &all),
        ("pain -before:2000".into(), &all),
        ("#fete_2026 pain".into(), &[&first]),
        ("pain -#fête_2026".into(), &[&english, &poll, &answer]),
        ("pain @marie".into(), &[&answer]),
        ("pain \"du pain aussi\"".into(), &[&answer]),
        ("in:library pain".into(), &[&english, &answer, &first]),
        ("pain -aussi -quel".into(), &[&english, &first]),
    ];
    for (question, expected) in found {
        let expected: Vec<&str> = expected.iter().map(|post| id(post)).collect();
        assert_eq!(finds(&marie, &question).await, expected, "{question}");
    }
    let by_jean = [
        ("q", "pain"),
        ("type", "statuses"),
        ("account_id", jean.id.as_str()),
    ];
    let by_jean = searches(&marie, &by_jean).await;
    assert_eq!(
        ids(by_jean["statuses"].as_array().unwrap()),
        [id(&poll), id(&answer)]
    );
}

/// Separated by `¦`.
const ODD: &str = concat!(
    "\"¦AND¦OR NOT¦(¦)¦pom*¦terms:pomme¦NEAR(a b)¦'¦\\¦:p¦:s1¦~pomm¦^a¦{a b}¦a:b:c¦from:¦",
    "from:@¦has:¦before:99999-99-99¦during:0000-00¦-¦--¦- -¦«¦pomme\0x¦🍎¦%¦_¦&¦|¦!¦<->¦",
    "pomme:*¦' | 'x¦\u{202e}¦@¦#¦##¦@@¦-pomme¦in:public¦https://¦@a@¦",
);

#[tokio::test]
async fn t247_a_question_of_any_shape_is_answered() {
    let town = TestTown::start("valmont").await;
    let marie = open_resident(&town, "marie").await;
    marie.posts("une pomme").await;
    let long = "pomme ".repeat(2_000);
    let many: Vec<String> = (0..200).map(|n| format!("\"a{n} b{n}\" -c{n}")).collect();
    let many = many.join(" ");
    for question in ODD.split('¦').chain([long.as_str(), many.as_str()]) {
        for kind in ["", "statuses", "accounts", "hashtags", "nonsense"] {
            let found = searches(&marie, &[("q", question), ("type", kind)]).await;
            for list in ["accounts", "statuses", "hashtags"] {
                assert!(found[list].is_array(), "{question}: {found}");
            }
        }
    }
    for (edge, count) in [("min_id", 0), ("max_id", 1), ("offset", 0)] {
        let fields = [("q", "pomme"), (edge, "9223372036854775807")];
        let found = searches(&marie, &fields).await;
        assert_eq!(found["statuses"].as_array().unwrap().len(), count, "{edge}");
    }
    for question in [":p", ":s1", "~p", "pom*", "-pomme", "-poire", "\u{301}"] {
        assert_eq!(
            finds(&marie, question).await,
            Vec::<String>::new(),
            "{question}"
        );
    }
    let browser = &mut town.browser_of("marie").await;
    for question in [
        "%22",
        "-%22%28%3Ap",
        "from%3A&gens=99999999999999999999",
        "pomme&gens=18446744073709551615",
        "pomme&avant=x",
    ] {
        browser
            .opens(&format!("/recherche?q={question}"))
            .await
            .expecting(200);
    }
    for fields in ["offset=1", "resolve=true"] {
        let path = town.url(&format!("/api/v2/search?q=a&{fields}"));
        exchange::get(&path).await.expecting(401);
    }
}

#[tokio::test]
async fn blocked_muted_and_suspended_authors_are_not_found() {
    let place = Place::new().await;
    let town = &place.town;
    let marie = open_resident(town, "marie").await;
    let jean = town.resident("jean").await;
    let post = marie.posts("une cerise").await;
    let nothing = Vec::<String>::new();
    for (one, other) in [(&jean, &marie), (&marie, &jean)] {
        for (verb, undo) in [("mute", "unmute"), ("block", "unblock")] {
            if verb == "mute" && one.name == "marie" {
                continue;
            }
            assert_eq!(finds(&jean, "cerise").await, [id(&post)]);
            does(one, &format!("/api/v1/accounts/{}/{verb}", other.id), &[]).await;
            assert_eq!(
                finds(&jean, "cerise").await,
                nothing,
                "{} {verb}s",
                one.name
            );
            does(one, &format!("/api/v1/accounts/{}/{undo}", other.id), &[]).await;
        }
    }
    town.cli(&["account", "suspend", "marie"])
        .await
        .succeeding();
    assert_eq!(finds(&jean, "cerise").await, nothing, "suspended");
    town.cli(&["account", "unsuspend", "marie"])
        .await
        .succeeding();
    until("what she wrote is found again", || async {
        finds(&jean, "cerise").await == [id(&post)]
    })
    .await;

    let nils = place.followed("loin", "nils").await;
    let (uri, handle) = place.lea.mention();
    let named = nils.note_mentioning("une griotte", (&uri, &handle));
    place.arrives(&nils, &nils.create(&named)).await;
    let read = place.lea.reads_on_home("griotte").await;
    assert_eq!(finds(&place.lea, "griotte").await, [id(&read)]);
    does(
        &place.lea,
        "/api/v1/domain_blocks",
        &[("domain", nils.authority())],
    )
    .await;
    assert_eq!(
        finds(&place.lea, "griotte").await,
        nothing,
        "of a blocked server"
    );
}

#[tokio::test]
async fn the_newest_come_first_and_pages_lead_on() {
    let town = TestTown::start("valmont").await;
    let marie = open_resident(&town, "marie").await;
    let jean = town.resident("jean").await;
    let mut all = Vec::new();
    for n in 0..45 {
        all.insert(
            0,
            id(&marie.posts(&format!("une prune {n}")).await).to_owned(),
        );
    }
    assert_eq!(finds(&jean, "prune").await, all[..20]);
    let page = async |fields: &[(&str, &str)]| {
        let given = [&[("q", "prune"), ("type", "statuses")], fields].concat();
        ids(searches(&jean, &given).await["statuses"]
            .as_array()
            .unwrap())
    };
    assert_eq!(page(&[("limit", "100")]).await, all[..40], "forty at most");
    assert_eq!(
        page(&[("limit", "10"), ("offset", "10")]).await,
        all[10..20]
    );
    assert_eq!(page(&[("offset", "40")]).await, all[40..]);
    assert_eq!(
        page(&[("max_id", &all[9]), ("limit", "5")]).await,
        all[10..15]
    );
    assert_eq!(page(&[("min_id", &all[9])]).await, all[..9]);
    let phrases = [
        ("q", "\"une prune\""),
        ("type", "statuses"),
        ("offset", "30"),
    ];
    let phrases = searches(&jean, &phrases).await;
    assert_eq!(ids(phrases["statuses"].as_array().unwrap()), all[30..]);

    let mut visitor = town.visitor();
    let mut path = Some("/recherche?q=prune".to_owned());
    let mut shown = 0;
    let mut pages = 0;
    while let Some(next) = path {
        let page = visitor.opens(&next).await.expecting(200);
        shown += page.html.matches("<article").count();
        pages += 1;
        let link = page.html.split("href=\"").find(|rest| {
            rest.starts_with("/recherche?q=prune&#38;avant=")
                || rest.starts_with("/recherche?q=prune&amp;avant=")
        });
        path = link
            .and_then(|rest| rest.split('"').next())
            .map(|href| href.replace("&#38;", "&").replace("&amp;", "&"));
    }
    assert_eq!((shown, pages), (45, 3));
}

#[tokio::test]
async fn people_are_found_without_accents_and_by_the_words_of_their_names() {
    let town = TestTown::start("valmont").await;
    let marie = town.resident("marie_75").await;
    let jean = town.resident("jean").await;
    let is_called = async |name: &str| {
        let fields = [("display_name", name)];
        asks(
            &marie,
            &town,
            Method::PATCH,
            "/api/v1/accounts/update_credentials",
            &fields,
        )
        .await
        .expecting(200);
    };
    is_called("Élodie Œuvrard-Müller").await;
    let people = async |question: &str| {
        let found = searches(&jean, &[("q", question), ("type", "accounts")]).await;
        let completed = urlencoded(&[("q", question)]);
        let completed = jean
            .list(&format!("/api/v1/accounts/search?{completed}"))
            .await;
        let found = ids(found["accounts"].as_array().unwrap());
        assert_eq!(ids(&completed), found, "{question}");
        found
    };
    for question in [
        "marie",
        "MARIE_7",
        "@marie",
        "elodie",
        "ÉLO",
        "oeuv",
        "œuvrard",
        "muller",
        "mull elo",
        "marie oeuvrard",
        "marie_75@valmont",
    ] {
        assert_eq!(people(question).await, [marie.id.as_str()], "{question}");
    }
    for question in ["odie", "marie_8", "elodie jean", "marie_75@autre", "%", "_"] {
        assert_eq!(people(question).await, Vec::<String>::new(), "{question}");
    }
    is_called("Rosalie").await;
    assert_eq!(people("elodie").await, Vec::<String>::new());
    assert_eq!(people("rosa").await, [marie.id.as_str()]);
    let followed = [("q", "marie"), ("type", "accounts"), ("following", "true")];
    assert_eq!(searches(&jean, &followed).await["accounts"], json!([]));
    jean.follows("marie_75").await;
    let found = searches(&jean, &followed).await;
    assert_eq!(
        ids(found["accounts"].as_array().unwrap()),
        [marie.id.as_str()]
    );
}

#[tokio::test]
async fn who_cannot_be_taken_in_holds_up_nobody_else() {
    let town = TestTown::start("valmont").await;
    let refuse = if town.sqlite_file().is_some() {
        "CREATE TRIGGER no BEFORE INSERT ON search_name WHEN NEW.word = 'zoe' BEGIN SELECT RAISE(ABORT, 'no'); END"
    } else {
        "ALTER TABLE search_name ADD CONSTRAINT no CHECK (word <> 'zoe')"
    };
    changes(&town, refuse).await;
    for (name, is_found) in [("zoe", false), ("yves", true)] {
        let who = town.resident(name).await;
        let found = searches(&who, &[("q", name), ("type", "accounts")]).await;
        assert_eq!(found["accounts"][0]["acct"] == name, is_found, "{name}");
    }
}

/// A town that had posts before it had an index.
#[tokio::test]
async fn what_was_there_before_is_taken_in_in_the_background() {
    let town = TestTown::start("valmont").await;
    let marie = open_resident(&town, "marie").await;
    let jean = town.resident("jean").await;
    let post = marie.posts("une nèfle").await;
    assert_eq!(finds(&jean, "nefle").await, [id(&post)]);
    let forget = if town.sqlite_file().is_some() {
        "INSERT INTO search_post (search_post) VALUES ('delete-all')"
    } else {
        "DELETE FROM search_post"
    };
    changes(&town, forget).await;
    changes(&town, "DELETE FROM search_name").await;
    assert_eq!(finds(&jean, "nefle").await, Vec::<String>::new());
    changes(
        &town,
        "INSERT INTO search_waiting (kind, id, stamp, fresh) SELECT 0, id, 0, FALSE FROM post",
    )
    .await;
    changes(
        &town,
        "INSERT INTO search_waiting (kind, id, stamp, fresh) SELECT 1, id, 0, FALSE FROM account",
    )
    .await;
    until("the old post is found", || async {
        finds(&jean, "nefle").await == [id(&post)]
    })
    .await;
    until("its author is found", || async {
        let found = searches(&jean, &[("q", "mari"), ("type", "accounts")]).await;
        found["accounts"][0]["id"] == marie.id.as_str()
    })
    .await;
}
