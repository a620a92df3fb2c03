//! A page costs a fixed number of questions, whatever is on it.

use parvis_model::{audience::Audience, clock::DAY, id::Id, page::Page};
use parvis_testkit::questions::{count_from_now_on, questions};
use parvis_town::{
    Viewer,
    arrivals::RemoteMedia,
    notifications,
    polls::NewPoll,
    posts::Compose,
    reactions, tags, threads,
    timelines::{self, Scope, Shown},
};

use crate::scratch::{self, Scratch, arrival, compose};

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
        far.media = vec![RemoteMedia {
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

/// A day in which something of everything happens where Marie reads: a film of what a page can hold.
async fn a_lively_day(t: &Scratch, marie: Id, friend: Id, thread: Id, day: usize) {
    let stranger = t.stranger(&format!("loin{day}")).await;
    let mut far = arrival(
        stranger,
        &format!("https://far.example/n/{day}"),
        Audience::Public,
    );
    far.media = vec![RemoteMedia {
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
    let poll = NewPoll {
        options: ["Samedi", "Jamais"].map(str::to_owned).to_vec(),
        multiple: false,
        hide_totals: false,
        lasts: DAY,
    };
    let asking = Compose {
        poll: Some(poll),
        reply_to: Some(thread),
        ..compose("@marie quel #jour ?", Audience::Public)
    };
    let asked = t.publish(friend, asking).await.unwrap();
    let quoting = Compose {
        quote: Some(thread),
        ..compose("Voyez ceci", Audience::Public)
    };
    let quote = t.publish(friend, quoting).await.unwrap();
    let quoting_it = Compose {
        quote: Some(quote),
        ..compose("Voyez ce qu’on voit", Audience::Public)
    };
    t.publish(friend, quoting_it).await.unwrap();
    t.answers(marie, asked, "Samedi", Audience::Public)
        .await
        .unwrap();
    t.says(friend, "Entre nous", Audience::Town).await;
    deed!(t, |tx, town| reactions::favourite(tx, town, friend, thread)).unwrap();
    deed!(t, |tx, town| reactions::bookmark(tx, town, marie, far)).unwrap();
}

/// Of every list: its name, how many questions it took, how much stands on it.
async fn costs(t: &Scratch, me: Id, friend: Id, thread: Id) -> Vec<(&'static str, usize, usize)> {
    let (town, viewer, page) = (&t.town, Viewer::resident(me), Page::default().limited(80));
    let shown = Shown {
        replies: true,
        boosts: true,
        media_only: false,
    };
    let mut costs = Vec::new();
    let lists = [
        ("home", questions(timelines::home(town, me, page)).await),
        (
            "public",
            questions(timelines::public(town, &viewer, Scope::All, page)).await,
        ),
        (
            "town",
            questions(timelines::square(town, &viewer, page)).await,
        ),
        (
            "of somebody",
            questions(timelines::of_account(town, &viewer, friend, shown, page)).await,
        ),
        (
            "tag",
            questions(timelines::tag(town, &viewer, "jour", page)).await,
        ),
        (
            "bookmarks",
            questions(timelines::bookmarks(town, me, page)).await,
        ),
    ];
    for (name, (count, found)) in lists {
        costs.push((name, count, found.unwrap().items.len()));
    }
    let (count, found) = questions(threads::around(town, &viewer, thread)).await;
    costs.push(("thread", count, found.unwrap().descendants.len()));
    let (count, found) = questions(notifications::list(town, me, page)).await;
    costs.push(("notifications", count, found.unwrap().len()));
    costs
}

#[tokio::test]
async fn every_list_costs_the_same_number_of_questions_however_much_stands_on_it() {
    count_from_now_on();
    let t = scratch::town().await;
    let (marie, friend) = (t.resident("marie").await, t.resident("voisin").await);
    t.follows(marie, friend).await;
    deed!(t, |tx, town| tags::follow(tx, town, marie, "loin")).unwrap();
    let thread = t.says(marie, "Que fait-on ?", Audience::Public).await;
    a_lively_day(&t, marie, friend, thread, 0).await;
    t.settle().await;
    let little = costs(&t, marie, friend, thread).await;
    for day in 1..6 {
        a_lively_day(&t, marie, friend, thread, day).await;
    }
    t.settle().await;
    let much = costs(&t, marie, friend, thread).await;
    for ((name, few, before), (_, many, after)) in little.into_iter().zip(much) {
        assert!(after > before, "{name}: {before} became {after}");
        assert_eq!(few, many, "{name}: {before} entries, then {after}");
        assert!((2..=14).contains(&few), "{name}: {few}");
    }
}
