//! The first steps, and what administrators decide.

use std::sync::Arc;

use parvis_model::{
    account::{Registration, Role},
    clock::HOUR,
    locale::Locale,
    refusal::Kind,
};
use parvis_town::{
    Failure, departures, privacy,
    settings::{self, TownEdit},
    users,
};

use crate::scratch::{self, NOW, PASSWORD, refused};

fn edit(name: &str) -> TownEdit {
    TownEdit {
        name: name.into(),
        summary: String::new(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        registration: Registration::Open,
        inviters: Role::Moderator,
        contact: "mairie@valmont.test".into(),
        rules: "Soyez aimables.\n\nN'insultez personne.".into(),
        hue: Some(400),
        privacy: String::new(),
    }
}

#[tokio::test]
async fn the_first_steps_are_done_once_even_when_two_do_them_at_once() {
    let t = scratch::town().await;
    let secret = settings::setup_secret(&t.town).await.unwrap().unwrap();
    assert!(!t.town.profile().set_up);
    let wrong = settings::prepare_first_admin(&t.town, "faux", "chef", None, PASSWORD.into()).await;
    assert_eq!(
        refused(wrong.map(|_| ()).unwrap_err()).key,
        "refusal-setup-link"
    );
    let mut steps = Vec::new();
    for name in ["chef", "chefe"] {
        let admin = settings::prepare_first_admin(&t.town, &secret, name, None, PASSWORD.into())
            .await
            .unwrap();
        let (town, secret) = (Arc::clone(&t.town), secret.clone());
        steps.push(t.town.store.write::<_, Failure, _>(move |tx| {
            Box::pin(
                async move { settings::set_up(tx, &town, &secret, &edit("Valmont"), admin).await },
            )
        }));
    }
    let (second, first) = (steps.pop().unwrap(), steps.pop().unwrap());
    let (first, second) = tokio::join!(first, second);
    assert_eq!(
        [first.is_ok(), second.is_ok()]
            .into_iter()
            .filter(|ok| *ok)
            .count(),
        1
    );
    assert_eq!(users::all(&t.town).await.unwrap().len(), 1);
    t.town.refresh_profile().await.unwrap();
    let profile = t.town.profile();
    assert_eq!(
        (profile.set_up, profile.hue, profile.rules.len()),
        (true, 40, 2)
    );
    assert_eq!(
        refused(settings::check_setup(&t.town, &secret).await.unwrap_err()).key,
        "refusal-setup-done"
    );
}

#[tokio::test]
async fn only_an_administrator_changes_the_town() {
    let t = scratch::town().await;
    let marie = t.user(t.resident("marie").await).await;
    let changed = deed!(t, |tx, town| async {
        settings::change(tx, town, &marie, &edit("Mariville")).await
    });
    assert_eq!(refused(changed.unwrap_err()).kind, Kind::NotFound);
    let named_nothing = deed!(t, |tx, town| async {
        settings::describe(tx, town, &edit(" ")).await
    });
    assert_eq!(refused(named_nothing.unwrap_err()).field, Some("town_name"));
}

#[tokio::test]
async fn the_town_knows_since_when_it_says_what_it_says() {
    let t = scratch::town().await;
    assert_eq!(t.town.profile().summary_at, None);
    let mut known = Vec::new();
    for (name, summary, privacy) in [
        ("Valmont", "", ""),
        ("Valmont", "Au bord de l'eau.", ""),
        (
            "Valmont-le-Pont",
            "Au bord de l'eau.",
            "Machine à la mairie.\r\nRien ailleurs.",
        ),
        (
            "Valmont-le-Pont",
            "",
            "Machine à la mairie.\nRien ailleurs.",
        ),
    ] {
        t.clock.advance(HOUR);
        let edit = TownEdit {
            summary: summary.into(),
            privacy: privacy.into(),
            ..edit(name)
        };
        deed!(t, |tx, town| async {
            settings::describe(tx, town, &edit).await
        })
        .unwrap();
        t.town.refresh_profile().await.unwrap();
        let profile = t.town.profile();
        known.push((profile.summary_at, profile.privacy_at));
    }
    let hour = |n: i64| Some(NOW + n * HOUR);
    let since = [
        (None, None),
        (hour(2), None),
        (hour(2), hour(3)),
        (hour(4), hour(3)),
    ];
    assert_eq!(known, since);
}

#[tokio::test]
async fn what_is_said_of_peoples_data_is_whole_in_every_language_and_names_true_times() {
    let t = scratch::town().await;
    let told = |letters, code: &str| -> Vec<String> {
        let profile = t.town.profile();
        privacy::sections(&profile, letters, Locale::of(code))
            .into_iter()
            .flat_map(|section| {
                let lines = section.lines.into_iter().flat_map(|line| {
                    let label = line.way.map(|way| way.label);
                    std::iter::once(line.text).chain(label)
                });
                std::iter::once(section.heading).chain(lines)
            })
            .collect()
    };
    for (code, _) in Locale::all() {
        let words = told(true, code);
        for text in &words {
            let is_whole = !text.contains("privacy-") && !text.contains('{');
            assert!(is_whole && !text.is_empty(), "{code}: {text}");
        }
        let leaving = departures::DAYS.to_string();
        assert!(words.iter().any(|text| text.contains(&leaving)), "{code}");
        assert!(told(false, code).len() < words.len(), "{code}");
    }
    let contact = "mairie@valmont.test";
    let names = || told(false, "fr").iter().any(|text| text.contains(contact));
    assert!(!names());
    deed!(t, |tx, town| async {
        settings::describe(tx, town, &edit("Valmont")).await
    })
    .unwrap();
    t.town.refresh_profile().await.unwrap();
    assert!(names());

    let endless = TownEdit {
        privacy: "a".repeat(5_001),
        ..edit("Valmont")
    };
    let refused_as = deed!(t, |tx, town| async {
        settings::describe(tx, town, &endless).await
    });
    assert_eq!(refused(refused_as.unwrap_err()).field, Some("privacy"));
}

#[tokio::test]
async fn two_processes_that_start_at_once_found_one_town() {
    let t = scratch::town().await;
    let other = t.another_process().await;
    assert_eq!(t.town.profile().actor_id, other.profile().actor_id);
    assert_eq!(t.town.profile().secret, other.profile().secret);
}
