//! Who sees what: answers, names, search, threads, counts.

use parvis_model::{audience::Audience, page::Page, refusal::Kind};
use parvis_town::{
    Viewer, accounts,
    notifications::NotificationKind,
    posts,
    search::{self, Wanted},
    threads,
    timelines::{self, Scope},
};

use crate::scratch::{self, arrival, refused};

#[tokio::test]
async fn an_answer_reaches_no_further_than_its_question() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    t.follows(bruno, marie).await;
    for (question, asked, given) in [
        (Audience::Public, Audience::Public, Audience::Public),
        (Audience::Unlisted, Audience::Public, Audience::Unlisted),
        (Audience::Town, Audience::Public, Audience::Town),
        // Followers may live in other towns.
        (Audience::Town, Audience::Followers, Audience::Direct),
        (Audience::Followers, Audience::Town, Audience::Followers),
        (Audience::Public, Audience::Direct, Audience::Direct),
    ] {
        let parent = t.says(marie, "?", question).await;
        let answer = t.answers(bruno, parent, "!", asked).await.unwrap();
        assert_eq!(
            t.post(answer).await.audience,
            given,
            "{asked:?} under {question:?}"
        );
    }
    let parent = t.says(marie, "@bruno ?", Audience::Direct).await;
    let answer = t
        .answers(bruno, parent, "!", Audience::Public)
        .await
        .unwrap();
    assert_eq!(t.post(answer).await.audience, Audience::Direct);
}

#[tokio::test]
async fn one_cannot_answer_what_one_does_not_see() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let secret = t.says(marie, "pour personne", Audience::Followers).await;
    let answered = t.answers(bruno, secret, "tiens", Audience::Public).await;
    assert_eq!(refused(answered.unwrap_err()).kind, Kind::NotFound);
}

#[tokio::test]
async fn what_stays_in_the_town_names_nobody_elsewhere() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let paul = t.stranger("paul").await;
    let post = t
        .says(marie, "@bruno @paul@far.example", Audience::Town)
        .await;
    let named: Vec<_> = t
        .post(post)
        .await
        .mentions
        .iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(named, [bruno]);
    assert!(t.sees(Viewer::resident(bruno), post).await);
    assert!(!t.sees(Viewer::remote(paul), post).await);
    assert!(!t.sees(Viewer::nobody(), post).await);
    let draft = posts::prepare(
        &t.town,
        marie,
        scratch::compose("encore @paul@far.example", Audience::Town),
    )
    .await;
    let draft = draft.unwrap();
    deed!(t, |tx, town| posts::edit(tx, town, marie, post, draft)).unwrap();
    assert!(!t.sees(Viewer::remote(paul), post).await);
    assert!(t.post(post).await.mentions.is_empty());
}

#[tokio::test]
async fn an_answer_is_counted_only_where_all_see_it() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let open = t.says(marie, "à tous", Audience::Public).await;
    for audience in [Audience::Direct, Audience::Followers, Audience::Town] {
        let hidden = t
            .answers(bruno, open, "@marie discret", audience)
            .await
            .unwrap();
        assert_eq!(t.post(open).await.replies, 0, "{audience:?}");
        deed!(t, |tx, town| posts::delete(tx, town, bruno, hidden)).unwrap();
        assert_eq!(t.post(open).await.replies, 0, "{audience:?} deleted");
    }
    t.answers(bruno, open, "ouvert", Audience::Unlisted)
        .await
        .unwrap();
    assert_eq!(t.post(open).await.replies, 1);
    let here = t.says(marie, "entre nous", Audience::Town).await;
    t.answers(bruno, here, "oui", Audience::Public)
        .await
        .unwrap();
    assert_eq!(t.post(here).await.replies, 1);
}

#[tokio::test]
async fn a_thread_shows_each_one_only_what_is_for_them() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let chloe = t.resident("chloe").await;
    let open = t.says(marie, "à tous", Audience::Public).await;
    t.answers(bruno, open, "@marie en secret", Audience::Direct)
        .await
        .unwrap();
    t.answers(bruno, open, "au bourg", Audience::Town)
        .await
        .unwrap();
    let mut seen = Vec::new();
    for viewer in [
        Viewer::nobody(),
        Viewer::resident(chloe),
        Viewer::resident(marie),
    ] {
        seen.push(
            threads::around(&t.town, &viewer, open)
                .await
                .unwrap()
                .descendants
                .len(),
        );
    }
    assert_eq!(seen, [0, 1, 2]);
}

#[tokio::test]
async fn search_finds_for_visitors_only_what_is_public() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    for audience in [
        Audience::Public,
        Audience::Unlisted,
        Audience::Town,
        Audience::Followers,
        Audience::Direct,
    ] {
        t.says(marie, "une pomme #verger", audience).await;
    }
    t.says(marie, "#secretdubourg", Audience::Town).await;
    let count = async |viewer: Viewer| {
        search::find(&t.town, &viewer, "pomme", Wanted::default())
            .await
            .unwrap()
            .posts
            .len()
    };
    assert_eq!(count(Viewer::nobody()).await, 1);
    assert_eq!(count(Viewer::resident(bruno)).await, 2);
    assert_eq!(count(Viewer::resident(marie)).await, 5, "all one's own");
    let tags = search::find(&t.town, &Viewer::nobody(), "#secret", Wanted::default())
        .await
        .unwrap()
        .tags;
    assert!(tags.is_empty());
    assert_eq!(
        search::find(&t.town, &Viewer::nobody(), "#verg", Wanted::default())
            .await
            .unwrap()
            .tags
            .len(),
        1
    );
}

#[tokio::test]
async fn signs_of_search_patterns_are_plain_letters() {
    let t = scratch::town().await;
    let marie = t.resident("marie_75").await;
    t.resident("marie75").await;
    t.says(marie, "100% laine", Audience::Public).await;
    t.says(marie, "100 moutons", Audience::Public).await;
    let found = async |words: &str| {
        search::find(&t.town, &Viewer::nobody(), words, Wanted::default())
            .await
            .unwrap()
    };
    let people: Vec<_> = found("marie_")
        .await
        .accounts
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(people, ["marie_75"]);
    assert_eq!(found("marie_75@valm").await.accounts.len(), 1);
    assert_eq!(
        found("100%").await.posts.len(),
        2,
        "a sign of no word counts for nothing"
    );
    assert!(found("\0").await.posts.is_empty());
}

#[tokio::test]
async fn what_a_suspended_person_wrote_is_seen_nowhere() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let post = t.says(marie, "une pomme", Audience::Public).await;
    t.boosts(bruno, post).await.unwrap();
    deed!(t, |tx, town| accounts::suspend(tx, town, marie)).unwrap();
    assert!(!t.sees(Viewer::resident(bruno), post).await);
    let home = timelines::home(&t.town, bruno, Page::default())
        .await
        .unwrap()
        .items;
    assert!(home.is_empty(), "not by a boost either");
    assert!(
        search::find(&t.town, &Viewer::nobody(), "pomme", Wanted::default())
            .await
            .unwrap()
            .posts
            .is_empty()
    );
    let answered = t.answers(bruno, post, "où es-tu ?", Audience::Public).await;
    assert_eq!(refused(answered.unwrap_err()).kind, Kind::NotFound);
    assert_eq!(
        refused(
            t.publish(marie, scratch::compose("moi", Audience::Public))
                .await
                .unwrap_err()
        )
        .key,
        "refusal-suspended"
    );
    deed!(t, |tx, town| accounts::unsuspend(tx, town, marie)).unwrap();
    assert!(t.sees(Viewer::nobody(), post).await);
}

#[tokio::test]
async fn a_list_goes_on_below_what_a_suspended_person_wrote() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let below = t.says(bruno, "dessous", Audience::Public).await;
    for _ in 0..4 {
        t.says(marie, "dessus", Audience::Public).await;
    }
    deed!(t, |tx, town| accounts::suspend(tx, town, marie)).unwrap();
    let (mut page, mut found) = (Page::default().limited(2), Vec::new());
    for _ in 0..4 {
        let posts = timelines::public(&t.town, &Viewer::nobody(), Scope::All, page).await;
        let posts = posts.unwrap();
        found.extend(posts.items.iter().map(|post| post.id));
        let Some(next) = posts.next else { break };
        page = Page::older_than(Some(next)).limited(2);
    }
    assert_eq!(found, [below]);
}

#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_see() {
    let t = scratch::town().await;
    let (marie, bruno) = (t.resident("marie").await, t.resident("bruno").await);
    let question = t.says(marie, "qui ?", Audience::Public).await;
    // Marie does not follow Bruno, and he does not name her.
    t.answers(bruno, question, "moi, tout bas", Audience::Followers)
        .await
        .unwrap();
    t.answers(bruno, question, "moi, à personne", Audience::Direct)
        .await
        .unwrap();
    assert!(t.told(marie).await.is_empty());
    t.answers(bruno, question, "moi !", Audience::Public)
        .await
        .unwrap();
    assert_eq!(t.told(marie).await, [(NotificationKind::Mention, bruno)]);
}

#[tokio::test]
async fn an_answer_from_afar_to_what_its_writer_cannot_see_stands_alone() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let paul = t.stranger("paul").await;
    let secret = t.says(marie, "au bourg", Audience::Town).await;
    let uri = t.post(secret).await.uri;
    let mut answer = arrival(paul, "https://far.example/n/1", Audience::Public);
    answer.reply_to_uri = Some(uri);
    let answer = t.arrives(answer).await.unwrap().unwrap();
    assert_eq!(t.post(secret).await.replies, 0);
    assert_eq!(t.post(answer).await.reply_to, None);
    let thread = threads::around(&t.town, &Viewer::resident(marie), secret)
        .await
        .unwrap();
    assert!(thread.descendants.is_empty());
    assert!(t.told(marie).await.is_empty());
}
