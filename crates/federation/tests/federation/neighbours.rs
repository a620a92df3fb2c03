//! Two towns that speak with each other as any two servers would.

use parvis_model::audience::Audience;
use parvis_store::deliveries;
use parvis_town::{Viewer, accounts, posts, reactions, relations};

use crate::node::{Node, eventually};

struct Story {
    valmont: Node,
    rive: Node,
    alice: i64,
    bruno: i64,
    /// Alice as Rivebelle knows her, and Bruno as Valmont does.
    alice_there: i64,
}

/// Bruno of Rivebelle follows Alice of Valmont.
async fn story() -> Story {
    let (valmont, rive) = tokio::join!(Node::start("valmont"), Node::start("rivebelle"));
    let alice = valmont.resident("alice").await;
    let bruno = rive.resident("bruno").await;
    let alice_there = rive
        .follows(bruno, &format!("@alice@{}", valmont.host()))
        .await;
    let story = Story {
        valmont,
        rive,
        alice,
        bruno,
        alice_there,
    };
    eventually("the follow is accepted", || async {
        let relation = accounts::relation(&story.rive.town, bruno, alice_there)
            .await
            .unwrap();
        relation.following.then_some(())
    })
    .await;
    story
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_crosses_over_and_the_answer_comes_back() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        ..
    } = Box::pin(story()).await;
    let post = valmont
        .posts(alice, "Le marché ouvre #samedi", Audience::Public, None)
        .await;
    let there = rive.reads(bruno, "Le marché ouvre").await;
    assert_eq!(
        (there.language.as_deref(), there.tags[0].key.as_str()),
        (Some("fr"), "samedi")
    );
    assert_eq!(there.author.handle, format!("alice@{}", valmont.host()));
    let answer = format!("@alice@{} j'y serai", valmont.host());
    rive.posts(bruno, &answer, Audience::Public, Some(there.id))
        .await;
    eventually("the answer", || async {
        let view = posts::view(&valmont.town, &Viewer::nobody(), post)
            .await
            .unwrap();
        (view.replies == 1).then_some(())
    })
    .await;
    rive.settles().await;
    valmont.settles().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_and_a_deletion_reach_every_copy() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        ..
    } = Box::pin(story()).await;
    let post = valmont
        .posts(
            alice,
            "Rendez-vous à neuf heures",
            Audience::Followers,
            None,
        )
        .await;
    let there = rive.reads(bruno, "neuf heures").await;
    assert_eq!(there.audience, Audience::Followers);
    let draft = valmont
        .draft(alice, "Rendez-vous à dix heures", Audience::Followers, None)
        .await;
    let town = valmont.town.clone();
    valmont
        .write(move |tx| Box::pin(async move { posts::edit(tx, &town, alice, post, draft).await }))
        .await;
    let edited = rive.reads(bruno, "dix heures").await;
    assert!(edited.edited_at.is_some());
    let town = valmont.town.clone();
    valmont
        .write(move |tx| Box::pin(async move { posts::delete(tx, &town, alice, post).await }))
        .await;
    eventually("it is gone", || async {
        rive.home(bruno).await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn likes_and_boosts_are_counted_and_taken_back() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        ..
    } = Box::pin(story()).await;
    let post = valmont
        .posts(alice, "Fête du pain", Audience::Public, None)
        .await;
    let there = rive.reads(bruno, "Fête du pain").await.id;
    let town = rive.town.clone();
    rive.write(move |tx| {
        Box::pin(async move {
            reactions::favourite(tx, &town, bruno, there).await?;
            posts::boost(tx, &town, bruno, there).await
        })
    })
    .await;
    let counts = || async {
        let view = posts::view(&valmont.town, &Viewer::nobody(), post)
            .await
            .unwrap();
        (view.favourites, view.boosts)
    };
    eventually("both are counted", || async {
        (counts().await == (1, 1)).then_some(())
    })
    .await;
    let town = rive.town.clone();
    rive.write(move |tx| {
        Box::pin(async move {
            reactions::unfavourite(tx, &town, bruno, there).await?;
            posts::unboost(tx, &town, bruno, there).await
        })
    })
    .await;
    eventually("both are taken back", || async {
        (counts().await == (0, 0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_the_town_never_leaves_it() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        ..
    } = Box::pin(story()).await;
    let secret = valmont
        .posts(alice, "Entre nous", Audience::Town, None)
        .await;
    valmont
        .posts(alice, "Pour tous", Audience::Public, None)
        .await;
    rive.reads(bruno, "Pour tous").await;
    valmont.settles().await;
    assert_eq!(rive.home(bruno).await.len(), 1);
    let uri = format!("{}/ap/objects/{secret}", valmont.town.origin);
    let ledger = deliveries::of_object(valmont.town.store.read(), &uri, 10)
        .await
        .unwrap();
    assert!(ledger.is_empty(), "not even an activity");
    assert_eq!(rive.town.reach().uri(&rive.town, &uri).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_post_is_shown_only_to_who_may_read_it() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        ..
    } = Box::pin(story()).await;
    let post = valmont
        .posts(alice, "Pour mes amis", Audience::Followers, None)
        .await;
    rive.reads(bruno, "Pour mes amis").await;
    let uri = format!("{}/ap/objects/{post}", valmont.town.origin);
    let third = Node::start("clairac").await;
    assert_eq!(
        third.town.reach().uri(&third.town, &uri).await.unwrap(),
        None,
        "a signed stranger"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_who_is_blocked_hears_no_more() {
    let Story {
        valmont,
        rive,
        alice,
        bruno,
        alice_there,
    } = Box::pin(story()).await;
    let bruno_here = valmont.finds(&format!("@bruno@{}", rive.host())).await;
    let town = valmont.town.clone();
    valmont
        .write(move |tx| {
            Box::pin(async move { relations::block(tx, &town, alice, bruno_here).await })
        })
        .await;
    eventually("the follow ends there too", || async {
        let relation = accounts::relation(&rive.town, bruno, alice_there)
            .await
            .unwrap();
        (!relation.following && !relation.requested).then_some(())
    })
    .await;
    valmont
        .posts(alice, "Sans lui", Audience::Public, None)
        .await;
    valmont.settles().await;
    assert!(rive.home(bruno).await.is_empty());
}
