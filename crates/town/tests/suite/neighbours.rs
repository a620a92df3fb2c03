//! Agreements with other towns as the town keeps them; what passes between real towns is tested with real towns.

use parvis_model::{
    account::{AccountKind, Role},
    audience::Audience,
    clock::DAY,
    id::Id,
    page::Page,
};
use parvis_town::{
    Viewer,
    arrivals::{self, Arrival, RemoteAccount},
    neighbours::{self, State},
    notifications::{self, NotificationKind},
    posts, servers,
    users::{self, UserView},
};

use crate::scratch::{self, Scratch, arrival, refused, stranger};

const HOST: &str = "near.example";

async fn admin(t: &Scratch) -> UserView {
    let chef = t.resident("chef").await;
    UserView {
        role: Role::Admin,
        ..t.user(chef).await
    }
}

/// The actor of another town, which asks.
async fn asks(t: &Scratch) -> Id {
    let remote = RemoteAccount {
        kind: AccountKind::Application,
        ..stranger(HOST, HOST)
    };
    let actor = deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    asks_again(t, actor).await;
    actor
}

async fn asks_again(t: &Scratch, actor: Id) {
    let uri = format!("https://{HOST}/follows/1");
    deed!(t, |tx, town| arrivals::follow_of_town(tx, town, actor, uri)).unwrap();
}

async fn states(t: &Scratch, admin: &UserView) -> Vec<State> {
    let all = neighbours::all(&t.town, admin).await.unwrap();
    all.iter().map(|neighbour| neighbour.state).collect()
}

#[tokio::test]
async fn a_town_whose_server_is_blocked_is_no_neighbour_and_cannot_become_one() {
    let t = scratch::town().await;
    let admin = admin(&t).await;
    let actor = asks(&t).await;
    assert_eq!(states(&t, &admin).await, [State::Asks]);
    let user = admin.clone();
    deed!(t, |tx, town| neighbours::accept(tx, town, &user, actor)).unwrap();
    assert_eq!(states(&t, &admin).await, [State::Agreed]);
    deed!(t, |tx, town| servers::block(tx, town, "example")).unwrap();
    assert!(states(&t, &admin).await.is_empty());

    asks_again(&t, actor).await;
    let user = admin.clone();
    let done = deed!(t, |tx, town| neighbours::accept(tx, town, &user, actor));
    assert_eq!(refused(done.unwrap_err()).key, "refusal-neighbour-blocked");
    assert_eq!(states(&t, &admin).await, [State::Asks]);
}

#[tokio::test]
async fn a_town_that_asks_again_is_told_of_again_but_not_on_the_same_day() {
    let t = scratch::town().await;
    let admin = admin(&t).await;
    let id = admin.id;
    deed!(t, |tx, town| users::set_role(tx, town, id, Role::Admin)).unwrap();
    let last_told = async || {
        let told = t.told(admin.account).await;
        let kinds: Vec<_> = told.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [NotificationKind::Neighbour]);
        let list = notifications::list(&t.town, admin.account, Page::default()).await;
        list.unwrap()[0].at
    };
    let actor = asks(&t).await;
    assert_eq!(last_told().await, scratch::NOW);
    for (later, told) in [(DAY / 2, 0), (DAY, DAY / 2 + DAY)] {
        let user = admin.clone();
        deed!(t, |tx, town| neighbours::end(tx, town, &user, actor)).unwrap();
        t.clock.advance(later);
        asks_again(&t, actor).await;
        assert_eq!(last_told().await, scratch::NOW + told);
    }
}

#[tokio::test]
async fn an_edit_that_comes_after_the_end_changes_nothing_about_who_reads_it() {
    let t = scratch::town().await;
    let admin = admin(&t).await;
    let actor = asks(&t).await;
    let user = admin.clone();
    deed!(t, |tx, town| neighbours::accept(tx, town, &user, actor)).unwrap();
    let remote = stranger("lea", HOST);
    let lea = deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap();
    let uri = format!("https://{HOST}/notes/1");
    let first = Arrival {
        for_neighbours: true,
        ..arrival(lea, &uri, Audience::Followers)
    };
    let edit = Arrival {
        html: "<p>De plus loin</p>".into(),
        edited: Some(scratch::NOW),
        ..first.clone()
    };
    let post = deed!(t, |tx, town| arrivals::post(tx, town, first)).unwrap();
    let user = admin.clone();
    deed!(t, |tx, town| neighbours::end(tx, town, &user, actor)).unwrap();
    deed!(t, |tx, town| arrivals::post_edited(tx, town, edit)).unwrap();
    let reader = Viewer::resident(admin.account);
    let view = posts::view(&t.town, &reader, post.unwrap()).await.unwrap();
    assert_eq!(view.audience, Audience::Neighbours);
    assert!(view.edited_at.is_some());
}
