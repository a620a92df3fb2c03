//! Towns that ask, agree and go, and what stays of them.

use parvis_store::{
    DbErr, accounts,
    neighbours::{self, Neighbour, State},
    posts,
};

use crate::scratch;

fn neighbour(actor: i64, domain: &str, state: State, changed_at: i64) -> Neighbour {
    Neighbour {
        actor,
        domain: domain.into(),
        state,
        uri: format!("http://{domain}.test/follows/{actor}"),
        ours: false,
        decided_by: None,
        changed_at,
    }
}

#[tokio::test]
async fn those_who_ask_take_no_place_but_each_others() {
    let scratch = scratch::store().await;
    let left = scratch
        .store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                let states = [State::Agreed, State::Asks, State::Asks, State::Asks];
                for (actor, state) in (1..).zip(states) {
                    let domain = format!("town{actor}");
                    accounts::insert(tx, scratch::account(actor, &domain)).await?;
                    neighbours::put(tx, neighbour(actor, &domain, state, actor)).await?;
                }
                assert_eq!(neighbours::count(tx).await?, 1);
                neighbours::crowd_out(tx, 2).await?;
                let crowded = neighbours::all(tx, 10).await?;
                neighbours::forget_asking(tx, 4).await?;
                Ok((crowded, neighbours::all(tx, 10).await?))
            })
        })
        .await
        .unwrap();
    let actors = |all: Vec<Neighbour>| all.iter().map(|it| it.actor).collect::<Vec<_>>();
    assert_eq!(actors(left.0), [1, 3, 4]);
    assert_eq!(actors(left.1), [1, 4]);
}

#[tokio::test]
async fn an_answer_between_two_towns_stays_there_when_the_other_has_a_new_actor() {
    let scratch = scratch::store().await;
    scratch
        .store
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                accounts::insert(tx, scratch::account(1, "")).await?;
                for actor in [2, 3] {
                    accounts::insert(tx, scratch::account(actor, "near")).await?;
                }
                neighbours::put(tx, neighbour(2, "near", State::Agreed, 0)).await?;
                posts::insert(tx, scratch::post(9, 1, "neighbours")).await?;
                neighbours::keep(tx, 9, Some(2)).await?;
                assert!(neighbours::goes_to(tx, 2, 9).await?);

                neighbours::put(tx, neighbour(3, "near", State::Agreed, 1)).await?;
                assert_eq!(neighbours::by_actor(tx, 2).await?, None);
                assert_eq!(neighbours::agreed(tx).await?, [3]);
                assert_eq!(neighbours::of_post(tx, 9).await?, Some(2));
                assert!(!neighbours::goes_to(tx, 3, 9).await?);
                Ok(())
            })
        })
        .await
        .unwrap();
}
