//! What comes from other servers: once, in its author's name only, in whatever order.

use parvis_model::{
    audience::Audience,
    clock::{DAY, HOUR},
    id, limits,
    refusal::Kind,
};
use parvis_store::dialect;
use parvis_town::{
    Viewer, accounts,
    arrivals::{self, Arrival, RemoteEmoji},
    posts, reactions, threads,
};

use crate::scratch::{self, NOW, arrival, refused, stranger};

const NOTE: &str = "https://far.example/n/1";

#[tokio::test]
async fn a_post_that_comes_twice_is_there_once() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    assert!(
        t.arrives(arrival(paul, NOTE, Audience::Public))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        t.arrives(arrival(paul, NOTE, Audience::Public))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(t.account(paul).await.posts, 1);
    for new in [true, false] {
        let first = deed!(t, |tx, town| arrivals::first_time(
            tx,
            town,
            "https://far.example/a/1",
            paul
        ));
        assert_eq!(first.unwrap(), new);
    }
}

#[tokio::test]
async fn what_was_deleted_before_it_came_does_not_come_to_life() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    deed!(t, |tx, town| arrivals::post_gone(tx, town, paul, NOTE)).unwrap();
    assert!(
        t.arrives(arrival(paul, NOTE, Audience::Public))
            .await
            .unwrap()
            .is_none()
    );
    assert!(posts::buried(&t.town, NOTE).await.unwrap().is_some());
}

#[tokio::test]
async fn only_its_author_deletes_or_edits_it() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (paul, mallory) = (t.stranger("paul").await, t.stranger("mallory").await);
    let post = t
        .arrives(arrival(paul, NOTE, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    let ours = t.says(marie, "chez nous", Audience::Public).await;
    let our_uri = t.post(ours).await.uri;
    for uri in [NOTE.to_owned(), our_uri.clone()] {
        let mut edited = arrival(mallory, &uri, Audience::Public);
        edited.edited = Some(NOW);
        let edit = deed!(t, |tx, town| arrivals::post_edited(tx, town, edited));
        assert_eq!(refused(edit.map(|_| ()).unwrap_err()).kind, Kind::Forbidden);
        let gone = deed!(t, |tx, town| arrivals::post_gone(tx, town, mallory, &uri));
        assert_eq!(refused(gone.unwrap_err()).kind, Kind::Forbidden);
    }
    assert!(t.sees(Viewer::nobody(), post).await && t.sees(Viewer::nobody(), ours).await);
    let gone = deed!(t, |tx, town| arrivals::account_gone(tx, town, marie));
    assert_eq!(refused(gone.unwrap_err()).kind, Kind::Forbidden);
}

#[tokio::test]
async fn an_edit_counts_unless_it_is_older_or_says_the_same() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    let mut first = arrival(paul, NOTE, Audience::Public);
    first.tags = vec!["neige".into()];
    let post = t.arrives(first).await.unwrap().unwrap();
    let edit = async |words: &str, at: Option<i64>| {
        let mut edited = arrival(paul, NOTE, Audience::Public);
        (edited.html, edited.edited) = (words.to_owned(), at);
        deed!(t, |tx, town| arrivals::post_edited(tx, town, edited)).unwrap()
    };
    assert!(edit("sans date", None).await, "some servers tell no time");
    assert!(!edit("sans date", None).await, "the same words");
    t.clock.advance(10);
    assert!(edit("deux", Some(NOW + 10)).await);
    assert!(!edit("un", Some(NOW)).await, "older");
    let view = t.post(post).await;
    assert_eq!((view.html.as_str(), view.tags.len()), ("deux", 0));
    assert!(
        edit("deux encore", Some(NOW + 10)).await,
        "of the same moment"
    );
    assert!(edit("de l'an prochain", Some(NOW + 365 * DAY)).await);
    t.clock.advance(HOUR);
    assert!(
        edit("trois", Some(NOW + HOUR)).await,
        "a wrong clock keeps no later edit out"
    );
}

#[tokio::test]
async fn codes_have_pictures_known_once_and_lose_them_without_an_edit() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    let cat = |code: &str| RemoteEmoji {
        code: code.into(),
        url: "https://far.example/chat.png".into(),
    };
    let saying = |uri: &str, emojis| Arrival {
        emojis,
        ..arrival(paul, uri, Audience::Public)
    };
    let one = saying(NOTE, vec![cat("minou"), cat("chat")]);
    let one = t.arrives(one).await.unwrap().unwrap();
    let two = saying("https://far.example/n/2", vec![cat("chat")]);
    let two = t.arrives(two).await.unwrap().unwrap();
    let (first, second) = (t.post(one).await.emojis, t.post(two).await.emojis);
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(first[0], second[0]);
    assert_eq!(
        (first[1].code.as_str(), &first[1].url),
        ("minou", &first[0].url)
    );
    let ours = "http://valmont.test/media/remote/emoji/";
    assert!(first[0].url.starts_with(ours), "{}", first[0].url);

    let without = saying(NOTE, Vec::new());
    assert!(deed!(t, |tx, town| arrivals::post_edited(tx, town, without)).unwrap());
    let left = t.post(one).await;
    assert_eq!((left.emojis, left.edited_at), (Vec::new(), None));
}

#[tokio::test]
async fn one_server_brings_no_more_than_so_many_pictures() {
    const MANY: &str = "INSERT INTO custom_emoji (id, url, server) \
         WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < $1) \
         SELECT $2 + v, 'https://far.example/' || v, 'https://far.example:443' FROM n";
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    let all_but_one = limits::REMOTE_EMOJI_OF_SERVER - 1;
    // Apart from the ids that what arrives is given.
    let yesterday = id::first_of(NOW - DAY);
    deed!(t, |tx, _town| async {
        Ok(dialect::run(tx, MANY, [all_but_one.into(), yesterday.into()]).await?)
    })
    .unwrap();
    let brought = async |uri: &str, number: usize| {
        let emoji = |code: usize| RemoteEmoji {
            code: code.to_string(),
            url: format!("{uri}/{code}.png"),
        };
        let mut arrival = arrival(paul, uri, Audience::Public);
        arrival.emojis = (0..number).map(emoji).collect();
        let post = t.arrives(arrival).await.unwrap().unwrap();
        t.post(post).await.emojis.len()
    };
    assert_eq!(brought(NOTE, 3).await, 1);
    assert_eq!(brought("https://far.example/n/2", 2).await, 0);
    assert_eq!(brought("https://near.example/n/1", 2).await, 2);
    t.clock.advance(31 * DAY);
    assert_eq!(brought("https://far.example/n/3", 2).await, 2, "a month on");
}

#[tokio::test]
async fn a_post_narrowed_to_a_message_counts_once_less_and_not_again_when_it_goes() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    let rosa = t.stranger("rosa").await;
    for uri in [NOTE, "https://far.example/n/2"] {
        t.arrives(arrival(paul, uri, Audience::Public))
            .await
            .unwrap();
    }
    assert_eq!(t.account(paul).await.posts, 2);
    let mut edited = arrival(paul, NOTE, Audience::Direct);
    (edited.mentions, edited.edited) = (vec![rosa], Some(NOW));
    assert!(deed!(t, |tx, town| arrivals::post_edited(tx, town, edited)).unwrap());
    assert_eq!(t.account(paul).await.posts, 1);
    deed!(t, |tx, town| arrivals::post_gone(tx, town, paul, NOTE)).unwrap();
    assert_eq!(t.account(paul).await.posts, 1);
}

#[tokio::test]
async fn an_answer_that_comes_before_its_question_finds_its_place() {
    let t = scratch::town().await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    let chain = |n: u32, author, audience| {
        let mut post = arrival(author, &format!("https://far.example/n/{n}"), audience);
        post.reply_to_uri = (n > 1).then(|| format!("https://far.example/n/{}", n - 1));
        post.published = NOW - 10_000 + i64::from(n);
        post
    };
    let third = t
        .arrives(chain(3, paul, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    let fourth = t
        .arrives(chain(4, rosa, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    let mut whispered = chain(5, rosa, Audience::Direct);
    whispered.reply_to_uri = Some("https://far.example/n/1".into());
    t.arrives(whispered).await.unwrap().unwrap();
    let second = t
        .arrives(chain(2, rosa, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    let first = t
        .arrives(chain(1, paul, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    let thread = threads::around(&t.town, &Viewer::nobody(), third)
        .await
        .unwrap();
    assert_eq!(
        thread
            .ancestors
            .iter()
            .map(|post| post.id)
            .collect::<Vec<_>>(),
        [first, second]
    );
    assert_eq!(
        thread
            .descendants
            .iter()
            .map(|post| post.id)
            .collect::<Vec<_>>(),
        [fourth]
    );
    assert_eq!(t.post(second).await.reply_to_account, Some(paul));
    let mut counts = Vec::new();
    for post in [first, second, third, fourth] {
        counts.push(t.post(post).await.replies);
    }
    assert_eq!(counts, [1, 1, 1, 0], "without the whispered one");
}

#[tokio::test]
async fn an_answer_and_its_question_that_come_at_the_same_moment_find_each_other() {
    let t = scratch::town().await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    let arrives = async |post: arrivals::Arrival| {
        let town = std::sync::Arc::clone(&t.town);
        let kept = t.town.store.write::<_, parvis_town::Failure, _>(move |tx| {
            Box::pin(async move {
                let kept = arrivals::post(tx, &town, post).await;
                // The other comes before this is on disk.
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                kept
            })
        });
        kept.await.unwrap().unwrap()
    };
    for n in 0..60 {
        let question = arrival(
            paul,
            &format!("https://far.example/q/{n}"),
            Audience::Public,
        );
        let mut answer = arrival(
            rosa,
            &format!("https://near.example/a/{n}"),
            Audience::Public,
        );
        answer.reply_to_uri = Some(question.uri.clone());
        let (question, answer) = if n % 2 == 0 {
            tokio::join!(arrives(question), arrives(answer))
        } else {
            let (answer, question) = tokio::join!(arrives(answer), arrives(question));
            (question, answer)
        };
        let view = t.post(answer).await;
        assert_eq!(view.reply_to, Some(question), "pair {n}");
        assert_eq!(t.post(question).await.replies, 1, "pair {n}");
    }
}

#[tokio::test]
async fn a_post_and_its_end_that_come_at_the_same_moment_leave_nothing() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    for n in 0..40 {
        let post = arrival(
            paul,
            &format!("https://far.example/n/{n}"),
            Audience::Public,
        );
        let uri = post.uri.clone();
        let (here, there) = (t.town.clone(), t.town.clone());
        let gone = uri.clone();
        let arrives = t.town.store.write::<_, parvis_town::Failure, _>(move |tx| {
            Box::pin(async move {
                let kept = arrivals::post(tx, &here, post).await;
                // The other comes before this is on disk.
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                kept
            })
        });
        let ends = t.town.store.write::<_, parvis_town::Failure, _>(move |tx| {
            Box::pin(async move { arrivals::post_gone(tx, &there, paul, &gone).await })
        });
        let (arrived, ended) = tokio::join!(arrives, ends);
        arrived.unwrap();
        ended.unwrap();
        let left = parvis_store::posts::by_uri(t.town.store.read(), &uri).await;
        assert!(left.unwrap().is_none(), "post {n}");
    }
    assert_eq!(t.account(paul).await.posts, 0);
}

#[tokio::test]
async fn posts_of_one_moment_all_find_room() {
    let t = scratch::town().await;
    let paul = t.stranger("paul").await;
    let mut kept = 0;
    // Two of them meet at one of the 65,536 ids of a millisecond about ten times.
    for hundred in 0..12 {
        let all = deed!(t, |tx, town| async move {
            let mut kept = 0;
            for n in 0..100 {
                let uri = format!("https://far.example/n/{hundred}/{n}");
                let mut post = arrival(paul, &uri, Audience::Public);
                post.published = NOW - DAY;
                kept += i64::from(arrivals::post(tx, town, post).await?.is_some());
            }
            Ok(kept)
        });
        kept += all.unwrap();
    }
    assert_eq!(kept, 1_200);
    assert_eq!(t.account(paul).await.posts, 1_200);
}

#[tokio::test]
async fn no_server_takes_a_name_of_this_town_or_of_its_people() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    for domain in ["", "valmont.test"] {
        let remote = arrivals::RemoteAccount {
            domain: domain.into(),
            ..stranger("marie", "evil.example")
        };
        let taken = deed!(t, |tx, town| arrivals::account(tx, town, remote));
        assert_eq!(
            refused(taken.map(|_| ()).unwrap_err()).kind,
            Kind::Forbidden
        );
    }
    let uri = t.account(marie).await.uri;
    let remote = arrivals::RemoteAccount {
        uri,
        ..stranger("marie", "evil.example")
    };
    let taken = deed!(t, |tx, town| arrivals::account(tx, town, remote));
    assert_eq!(
        refused(taken.map(|_| ()).unwrap_err()).kind,
        Kind::Forbidden
    );
    assert_eq!(t.account(marie).await.domain, "");
}

#[tokio::test]
async fn a_handle_given_to_a_new_actor_is_that_actors_and_a_suspension_goes_along() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let old = t.stranger("paul").await;
    t.follows(old, marie).await;
    deed!(t, |tx, town| accounts::suspend(tx, town, old)).unwrap();
    let renewed = arrivals::RemoteAccount {
        uri: "https://far.example/new/7".into(),
        ..stranger("paul", "far.example")
    };
    let new = deed!(t, |tx, town| arrivals::account(tx, town, renewed)).unwrap();
    assert_ne!(new, old);
    assert!(t.account(new).await.suspended);
    assert_eq!(
        t.account(marie).await.followers,
        0,
        "the old one follows no more"
    );
    // Also by one who was known under another name.
    let rosa = t.stranger("rosa").await;
    let renamed = arrivals::RemoteAccount {
        name: "paul".into(),
        ..stranger("rosa", "far.example")
    };
    assert_eq!(
        deed!(t, |tx, town| arrivals::account(tx, town, renamed)).unwrap(),
        rosa
    );
    let found = accounts::by_acct(&t.town, "paul@far.example")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.id, rosa);
}

#[tokio::test]
async fn a_refresh_keeps_what_is_counted_and_decided_here() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let paul = t.stranger("paul").await;
    t.follows(paul, marie).await;
    t.arrives(arrival(paul, NOTE, Audience::Public))
        .await
        .unwrap();
    deed!(t, |tx, town| accounts::suspend(tx, town, paul)).unwrap();
    let remote = arrivals::RemoteAccount {
        display_name: "Paul".into(),
        ..stranger("paul", "far.example")
    };
    deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    let view = t.account(paul).await;
    assert_eq!((view.posts, view.following, view.suspended), (1, 1, true));
    assert_eq!(view.display_name, "Paul");
}

#[tokio::test]
async fn an_account_that_goes_leaves_right_counts_behind() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (paul, rosa) = (t.stranger("paul").await, t.stranger("rosa").await);
    t.follows(paul, marie).await;
    t.follows(marie, paul).await;
    deed!(t, |tx, town| arrivals::follow_answered(
        tx, town, paul, marie, true
    ))
    .unwrap();
    let ours = t.says(marie, "chez nous", Audience::Public).await;
    let theirs = t
        .arrives(arrival(paul, NOTE, Audience::Public))
        .await
        .unwrap()
        .unwrap();
    for (who, n) in [(paul, 2), (rosa, 3)] {
        let mut answer = arrival(who, &format!("https://far.example/n/{n}"), Audience::Public);
        answer.reply_to_uri = Some(t.post(ours).await.uri);
        t.arrives(answer).await.unwrap();
    }
    t.boosts(marie, theirs).await.unwrap();
    deed!(t, |tx, town| async move {
        arrivals::favourite(tx, town, paul, ours, "https://far.example/l/1".into()).await?;
        arrivals::boost(
            tx,
            town,
            scratch::passes_on(paul, ours, "https://far.example/b/1".into()),
        )
        .await
    })
    .unwrap();
    let before = (t.post(ours).await, t.account(marie).await);
    assert_eq!(
        (before.0.replies, before.0.boosts, before.0.favourites),
        (2, 1, 1)
    );
    assert_eq!(
        (before.1.posts, before.1.followers, before.1.following),
        (2, 1, 1)
    );
    deed!(t, |tx, town| arrivals::account_gone(tx, town, paul)).unwrap();
    let after = (t.post(ours).await, t.account(marie).await);
    assert_eq!(
        (after.0.replies, after.0.boosts, after.0.favourites),
        (1, 0, 0)
    );
    assert_eq!(
        (after.1.posts, after.1.followers, after.1.following),
        (1, 0, 0)
    );
    assert!(t.told(marie).await.iter().all(|(_, from)| *from == rosa));
}

#[tokio::test]
async fn likes_and_boosts_from_afar_are_undone_by_those_who_did_them() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let (paul, mallory) = (t.stranger("paul").await, t.stranger("mallory").await);
    let post = t.says(marie, "à tous", Audience::Public).await;
    let secret = t.says(marie, "au bourg", Audience::Town).await;
    let boost = "https://far.example/b/1";
    deed!(t, |tx, town| arrivals::boost(
        tx,
        town,
        scratch::passes_on(paul, post, boost.into())
    ))
    .unwrap();
    let hidden = deed!(t, |tx, town| arrivals::boost(
        tx,
        town,
        scratch::passes_on(paul, secret, "https://far.example/b/2".into())
    ));
    assert_eq!(refused(hidden.unwrap_err()).kind, Kind::NotFound);
    let liked = deed!(t, |tx, town| arrivals::favourite(
        tx,
        town,
        paul,
        secret,
        "https://far.example/l/2".into()
    ));
    assert_eq!(refused(liked.unwrap_err()).kind, Kind::NotFound);
    assert!(!deed!(t, |tx, town| arrivals::unboost(tx, town, mallory, boost)).unwrap());
    assert_eq!(t.post(post).await.boosts, 1);
    assert!(deed!(t, |tx, town| arrivals::unboost(tx, town, paul, boost)).unwrap());
    assert_eq!(t.post(post).await.boosts, 0);
    deed!(t, |tx, town| reactions::favourite(tx, town, marie, post)).unwrap();
    assert!(!deed!(t, |tx, town| arrivals::unfavourite(tx, town, paul, post)).unwrap());
}
