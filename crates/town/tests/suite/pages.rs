//! A page costs a fixed number of questions, whatever is on it.

use parvis_model::{audience::Audience, page::Page};
use parvis_testkit::questions::{count_from_now_on, questions};
use parvis_town::{Viewer, notifications, reactions, threads, timelines};

use crate::scratch::{self, Scratch, arrival};

async fn home(t: &Scratch, me: i64) -> (usize, usize) {
    let (count, posts) = questions(timelines::home(&t.town, me, Page::default())).await;
    (count, posts.unwrap().items.len())
}

#[tokio::test]
async fn a_page_costs_the_same_number_of_questions_whatever_is_on_it() {
    count_from_now_on();
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let first = t.says(marie, "seule", Audience::Public).await;
    let (little, shown) = home(&t, marie).await;
    assert_eq!(shown, 1);
    assert!(little >= 2, "only {little} questions were counted");

    let mut posts = Vec::new();
    for n in 0..6 {
        let friend = t.resident(&format!("voisin{n}")).await;
        let stranger = t.stranger(&format!("loin{n}")).await;
        t.follows(marie, friend).await;
        let mut far = arrival(
            stranger,
            &format!("https://far.example/n/{n}"),
            Audience::Public,
        );
        far.media = vec![parvis_town::arrivals::RemoteMedia {
            url: "https://far.example/p.png".into(),
            mime: "image/png".into(),
            description: String::new(),
            width: 1,
            height: 1,
            blurhash: None,
            focus: (0.0, 0.0),
        }];
        far.tags = vec!["loin".into()];
        let far = t.arrives(far).await.unwrap().unwrap();
        t.boosts(friend, far).await.unwrap();
        posts.push(far);
        posts.push(
            t.says(friend, &format!("@marie #{n}a"), Audience::Town)
                .await,
        );
        t.answers(friend, first, "oui", Audience::Public)
            .await
            .unwrap();
    }
    for post in posts {
        deed!(t, |tx, town| reactions::favourite(tx, town, marie, post)).unwrap();
    }
    let (much, shown) = home(&t, marie).await;
    assert!(shown > 15, "{shown}");
    assert!(
        much <= little + 1,
        "{little} questions for one post, {much} for {shown}"
    );
    assert!(much <= 4, "{much}");

    let (thread, _) = questions(threads::around(&t.town, &Viewer::resident(marie), first)).await;
    assert!(thread <= 12, "{thread}");
    t.settle().await;
    let (told, _) = questions(notifications::list(&t.town, marie, Page::default())).await;
    assert!(told <= 8, "{told}");
}
