//! What stands at home and why, what has come since, and what one's groups pass on.

use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    id::Id,
    page::Page,
};
use parvis_town::{PostView, follows, relations, relations::MuteTerms, tags, timelines, users};

use crate::scratch::{self, PASSWORD, Scratch};

async fn group(t: &Scratch, name: &str) -> Id {
    let (role, kind) = (Role::Resident, AccountKind::Group);
    let prepared = users::prepare_account(&t.town, name, None, PASSWORD.into(), role, kind);
    let prepared = prepared.await.unwrap();
    let made = deed!(t, |tx, town| users::sign_up(tx, town, prepared)).unwrap();
    made.account
}

async fn follows_tag(t: &Scratch, who: Id, tag: &'static str) {
    deed!(t, |tx, town| tags::follow(tx, town, who, tag)).unwrap();
}

#[tokio::test]
async fn a_post_that_a_tag_brought_home_says_which() {
    let t = scratch::town().await;
    let [marie, bruno, lucie] = [
        t.resident("marie").await,
        t.resident("bruno").await,
        t.resident("lucie").await,
    ];
    t.follows(marie, bruno).await;
    follows_tag(&t, marie, "Marché").await;
    let of_bruno = t.says(bruno, "Au #marché", Audience::Public).await;
    let of_lucie = t
        .says(lucie, "Vive le #marché et la #soupe", Audience::Public)
        .await;
    let of_marie = t.says(marie, "Mon #marché", Audience::Public).await;

    let home = timelines::home(&t.town, marie, Page::default())
        .await
        .unwrap();
    let why = |posts: Vec<PostView>| -> Vec<(Id, Option<String>)> {
        let each = posts.into_iter();
        each.map(|post| (post.id, post.brought_by.map(|tag| tag.key)))
            .collect()
    };
    assert_eq!(
        why(home.items),
        [
            (of_marie, None),
            (of_lucie, Some("marché".into())),
            (of_bruno, None)
        ],
        "those followed are there for themselves"
    );
    let home = timelines::home(&t.town, bruno, Page::default())
        .await
        .unwrap();
    assert_eq!(why(home.items), [(of_bruno, None)]);
}

#[tokio::test]
async fn what_is_new_at_home_is_counted_once_and_not_endlessly() {
    let t = scratch::town().await;
    let [marie, bruno, lucie, paul] = [
        t.resident("marie").await,
        t.resident("bruno").await,
        t.resident("lucie").await,
        t.resident("paul").await,
    ];
    t.follows(marie, bruno).await;
    follows_tag(&t, marie, "soupe").await;
    let seen = t.says(bruno, "Vu", Audience::Public).await;
    let news = async |since| timelines::news(&t.town, marie, since).await.unwrap();
    assert_eq!(news(seen).await, 0);

    t.says(marie, "De moi, #soupe", Audience::Public).await;
    t.says(lucie, "D’une inconnue", Audience::Public).await;
    assert_eq!(news(seen).await, 0, "neither one's own nor strangers'");
    t.says(bruno, "Une bonne #soupe", Audience::Town).await;
    t.says(bruno, "Encore une #soupe", Audience::Public).await;
    t.says(lucie, "La mienne, de #soupe", Audience::Public)
        .await;
    assert_eq!(news(seen).await, 3);

    t.boosts(bruno, seen).await.unwrap();
    assert_eq!(news(seen).await, 3, "it stands there already");
    let far = t.says(lucie, "De loin", Audience::Public).await;
    t.follows(marie, paul).await;
    for who in [bruno, paul] {
        t.boosts(who, far).await.unwrap();
    }
    assert_eq!(news(seen).await, 4, "passed on by two, it is one post");

    for n in 0..timelines::NEWS {
        t.says(bruno, &format!("Message {n}"), Audience::Public)
            .await;
    }
    assert_eq!(news(seen).await, timelines::NEWS);
}

#[tokio::test]
async fn what_ones_groups_pass_on_stands_on_one_page() {
    let t = scratch::town().await;
    let [marie, bruno, lucie] = [
        t.resident("marie").await,
        t.resident("bruno").await,
        t.resident("lucie").await,
    ];
    let (judo, chorale) = (group(&t, "judo").await, group(&t, "chorale").await);
    t.follows(marie, bruno).await;
    t.follows(marie, judo).await;
    t.follows(bruno, chorale).await;
    let meant = t.says(lucie, "Tatamis lavés @judo", Audience::Public).await;
    t.says(lucie, "On chante @chorale", Audience::Public).await;
    t.says(bruno, "Pour tous", Audience::Public).await;

    let groups = follows::groups(&t.town, marie, Page::default())
        .await
        .unwrap();
    assert_eq!(
        groups.items.iter().map(|who| who.id).collect::<Vec<_>>(),
        [judo]
    );
    let passed_on = async || {
        let found = timelines::groups(&t.town, marie, Page::default())
            .await
            .unwrap();
        let of = found.items.into_iter().filter_map(|post| post.boost_of);
        of.map(|post| post.id).collect::<Vec<_>>()
    };
    assert_eq!(passed_on().await, [meant]);

    let terms = MuteTerms {
        notifications: true,
        until: None,
    };
    deed!(t, |tx, town| relations::mute(tx, town, marie, lucie, terms)).unwrap();
    assert!(passed_on().await.is_empty(), "not of somebody muted");
}
