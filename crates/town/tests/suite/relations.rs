//! Blocking and muting.

use parvis_model::{audience::Audience, clock::HOUR, page::Page, refusal::Kind};
use parvis_town::{
    Viewer, arrivals, domain_blocks, follows,
    lists::{self, Answers},
    notifications::NotificationKind,
    reactions,
    relations::{self, MuteTerms},
    reports::{self, Complaint},
    timelines,
};

use crate::scratch::{self, arrival, refused};

#[tokio::test]
async fn a_block_ends_both_follows_and_keeps_each_from_the_other() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(marie, bruno).await;
    t.follows(bruno, marie).await;
    let post = t.says(marie, "à tous", Audience::Public).await;
    t.blocks(marie, bruno).await;
    for who in [marie, bruno] {
        let account = t.account(who).await;
        assert_eq!((account.followers, account.following), (0, 0));
    }
    assert!(!t.sees(Viewer::resident(bruno), post).await);
    let followed = deed!(t, |tx, town| follows::request(tx, town, bruno, marie));
    assert_eq!(
        refused(followed.map(|_| ()).unwrap_err()).key,
        "refusal-blocked"
    );
    let liked = deed!(t, |tx, town| reactions::favourite(tx, town, bruno, post));
    let answered = t.answers(bruno, post, "mais", Audience::Public).await;
    let boosted = t.boosts(bruno, post).await;
    for refusal in [
        liked.unwrap_err(),
        answered.unwrap_err(),
        boosted.unwrap_err(),
    ] {
        assert_eq!(refused(refusal).kind, Kind::NotFound);
    }
    deed!(t, |tx, town| relations::unblock(tx, town, marie, bruno)).unwrap();
    assert!(t.sees(Viewer::resident(bruno), post).await);
}

#[tokio::test]
async fn whoever_blocks_first_may_still_report_what_they_were_shown_as_a_follower() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(marie, bruno).await;
    let shown = t.says(bruno, "à qui me suit", Audience::Followers).await;
    let never = t.says(bruno, "à personne", Audience::Direct).await;
    t.blocks(marie, bruno).await;
    let complaint = Complaint {
        accused: bruno,
        posts: vec![shown, never],
        ..Complaint::default()
    };
    deed!(t, |tx, town| reports::report(tx, town, marie, complaint)).unwrap();
    let kept = parvis_store::reports::open(t.town.store.read(), 2).await;
    assert_eq!(kept.unwrap()[0].posts, format!("[{shown}]"));
}

#[tokio::test]
async fn someone_of_a_blocked_server_cannot_follow_again_and_what_was_told_of_them_goes() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let paul = t.stranger("paul").await;
    let asks = async |to, n: u8| {
        let uri = format!("https://far.example/f/{n}");
        deed!(t, |tx, town| arrivals::follow(tx, town, paul, to, uri))
    };
    asks(marie, 1).await.unwrap();
    t.follows(bruno, marie).await;
    assert_eq!(t.told(marie).await.len(), 2);
    deed!(t, |tx, town| domain_blocks::block(
        tx,
        town,
        marie,
        "far.example"
    ))
    .unwrap();
    assert_eq!(t.told(marie).await, [(NotificationKind::Follow, bruno)]);
    let again = asks(marie, 2).await;
    assert_eq!(
        refused(again.map(|_| ()).unwrap_err()).key,
        "refusal-blocked"
    );
    asks(bruno, 3).await.unwrap();
}

#[tokio::test]
async fn a_list_passes_on_nothing_of_someone_muted_or_of_a_blocked_server() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let chloe = t.resident("chloe").await;
    t.follows(marie, chloe).await;
    let list = deed!(t, |tx, town| lists::create(
        tx,
        town,
        marie,
        "Amis",
        Answers::ToMembers,
        false
    ))
    .unwrap();
    deed!(t, |tx, town| lists::add(tx, town, marie, list, &[chloe])).unwrap();
    let post = t.says(bruno, "à tous", Audience::Public).await;
    t.boosts(chloe, post).await.unwrap();
    let paul = t.stranger("paul").await;
    let uri = "https://far.example/notes/1";
    let far = t.arrives(arrival(paul, uri, Audience::Public)).await;
    t.boosts(chloe, far.unwrap().unwrap()).await.unwrap();
    let count = async || {
        let page = lists::timeline(&t.town, marie, list, Page::default()).await;
        page.unwrap().items.len()
    };
    assert_eq!(count().await, 2);
    let terms = MuteTerms {
        notifications: true,
        until: None,
    };
    deed!(t, |tx, town| relations::mute(tx, town, marie, bruno, terms)).unwrap();
    assert_eq!(count().await, 1);
    deed!(t, |tx, town| domain_blocks::block(
        tx,
        town,
        marie,
        "far.example"
    ))
    .unwrap();
    assert_eq!(count().await, 0);
    deed!(t, |tx, town| lists::remove(
        tx,
        town,
        marie,
        list,
        &[bruno, chloe]
    ))
    .unwrap();
    let members = lists::all_members(&t.town, marie, list).await.unwrap();
    assert!(members.is_empty());
}

#[tokio::test]
async fn a_friends_boost_of_someone_blocked_is_not_at_home() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let chloe = t.resident("chloe").await;
    t.follows(marie, chloe).await;
    let post = t.says(bruno, "à tous", Audience::Public).await;
    t.boosts(chloe, post).await.unwrap();
    assert_eq!(
        timelines::home(&t.town, marie, Page::default())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    t.blocks(marie, bruno).await;
    assert!(
        timelines::home(&t.town, marie, Page::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn a_blocked_neighbour_cannot_answer_from_afar_nor_be_named() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let paul = t.stranger("paul").await;
    let post = t.says(marie, "à tous", Audience::Public).await;
    t.blocks(marie, paul).await;
    let mut answer = arrival(paul, "https://far.example/n/1", Audience::Public);
    answer.reply_to_uri = Some(t.post(post).await.uri);
    assert_eq!(
        refused(t.arrives(answer).await.unwrap_err()).key,
        "refusal-blocked"
    );
    let named = t.says(marie, "@paul@far.example", Audience::Public).await;
    assert!(t.post(named).await.mentions.is_empty());
    let boosted = deed!(t, |tx, town| arrivals::boost(
        tx,
        town,
        scratch::passes_on(paul, post, "https://far.example/b/1".into())
    ));
    assert_eq!(refused(boosted.unwrap_err()).kind, Kind::NotFound);
}

#[tokio::test]
async fn what_was_told_of_someone_is_forgotten_when_they_are_blocked() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(bruno, marie).await;
    t.says(bruno, "@marie", Audience::Public).await;
    assert_eq!(t.told(marie).await.len(), 2);
    t.blocks(marie, bruno).await;
    assert!(t.told(marie).await.is_empty());
    t.says(bruno, "encore @marie", Audience::Public).await;
    assert!(t.told(marie).await.is_empty());
}

#[tokio::test]
async fn a_mute_hides_and_silences_until_it_runs_out() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(marie, bruno).await;
    let terms = MuteTerms {
        notifications: true,
        until: Some(scratch::NOW + HOUR),
    };
    deed!(t, |tx, town| relations::mute(tx, town, marie, bruno, terms)).unwrap();
    let post = t.says(bruno, "@marie", Audience::Public).await;
    let home = async || {
        timelines::home(&t.town, marie, Page::default())
            .await
            .unwrap()
            .items
            .len()
    };
    assert_eq!((home().await, t.told(marie).await.len()), (0, 0));
    assert!(
        t.sees(Viewer::resident(marie), post).await,
        "hidden from lists, not forbidden"
    );
    t.clock.advance(HOUR + 1);
    t.says(bruno, "encore @marie", Audience::Public).await;
    assert_eq!(
        (home().await, t.told(marie).await),
        (2, vec![(NotificationKind::Mention, bruno)])
    );
}
