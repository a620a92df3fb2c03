//! Letters by e-mail: to whom they go, and to whom they do not.

use parvis_model::{
    account::{AccountKind, Role},
    clock::MINUTE,
    id::Id,
    refusal::Kind,
};
use parvis_store::{letters as rows, notice_choices};
use parvis_town::{
    letters::{self, Fate, Parcel, What},
    notifications::{self, Choices, NotificationKind, Ticked},
    settings,
    users::{self, Addressed, SignedUp},
};

use crate::scratch::{self, PASSWORD, Scratch, refused};

const ADDRESS: &str = "maire@courriel.example";

async fn first_admin(t: &Scratch) -> SignedUp {
    let secret = settings::setup_secret(&t.town).await.unwrap().unwrap();
    let (email, password) = (Some(ADDRESS), PASSWORD.into());
    let admin = settings::prepare_first_admin(&t.town, &secret, "maire", email, password)
        .await
        .unwrap();
    deed!(t, |tx, town| users::sign_up(tx, town, admin)).unwrap()
}

async fn member(t: &Scratch, name: &str) -> Id {
    let (role, kind) = (Role::Resident, AccountKind::Person);
    let prepared = users::prepare_account(&t.town, name, None, PASSWORD.into(), role, kind)
        .await
        .unwrap();
    deed!(t, |tx, town| users::sign_up(tx, town, prepared))
        .unwrap()
        .user
}

async fn only_parcel(t: &Scratch) -> Parcel {
    let mut due = letters::due(&t.town).await.unwrap();
    assert_eq!(due.len(), 1);
    due.remove(0)
}

/// Follows the link in the letter that is due.
async fn confirms(t: &Scratch) {
    let told = letters::told(&t.town, &only_parcel(t).await).await.unwrap();
    let told = told.unwrap();
    assert_eq!((told.to.as_str(), told.name.as_str()), (ADDRESS, "maire"));
    let What::ConfirmAddress { secret } = told.what else {
        panic!("another letter: {told:?}");
    };
    deed!(t, |tx, town| letters::set_confirmed_address(
        tx, town, &secret
    ))
    .unwrap();
}

#[tokio::test]
async fn the_first_administrator_too_shows_that_the_address_is_theirs() {
    let t = scratch::town().await;
    t.town.set_sends_letters(true);
    let joined = first_admin(&t).await;
    assert!(joined.asked_by_letter);
    assert_eq!(t.user(joined.account).await.email, None);
    confirms(&t).await;
    let user = t.user(joined.account).await;
    assert!(user.email.as_deref() == Some(ADDRESS) && user.email_proven);
}

#[tokio::test]
async fn an_address_from_before_the_town_sent_letters_is_asked_about_first() {
    let t = scratch::town().await;
    let joined = first_admin(&t).await;
    t.town.set_sends_letters(true);
    let user = t.user(joined.account).await;
    assert!(user.email.as_deref() == Some(ADDRESS) && !user.email_proven);
    let reached = notifications::reach_by_letter(&t.town, joined.account);
    assert_eq!(reached.await.unwrap(), Some(false));

    let again = users::change_email(&t.town, user.id, PASSWORD.into(), Some(ADDRESS.into()));
    assert_eq!(again.await.unwrap(), Addressed::AskedByLetter);
    confirms(&t).await;
    let reached = notifications::reach_by_letter(&t.town, joined.account);
    assert_eq!(reached.await.unwrap(), Some(true));
}

#[tokio::test]
async fn a_letter_taken_back_while_it_was_due_makes_no_link() {
    let t = scratch::town().await;
    t.town.set_sends_letters(true);
    first_admin(&t).await;
    let parcel = only_parcel(&t).await;
    let dropped = parcel.clone();
    deed!(t, |tx, town| letters::settle(
        tx,
        town,
        &dropped,
        Fate::Dropped
    ))
    .unwrap();
    assert!(letters::told(&t.town, &parcel).await.unwrap().is_none());
}

#[tokio::test]
async fn a_stranger_is_asked_only_so_often_whether_an_address_is_theirs() {
    let t = scratch::town().await;
    t.town.set_sends_letters(true);
    let (marie, jean) = (member(&t, "marie").await, member(&t, "jean").await);
    let asks = |user, email: &str| {
        users::change_email(&t.town, user, PASSWORD.into(), Some(email.to_owned()))
    };
    for email in ["a@b.example", "A@b.example", "a@B.example"] {
        asks(marie, email).await.unwrap();
    }
    asks(jean, "a@b.example").await.unwrap();
    asks(jean, "a@b.example").await.unwrap();
    let too_many = refused(asks(jean, "a@b.example").await.unwrap_err());
    assert_eq!(too_many.kind, Kind::TooMany);
    asks(jean, "jean@b.example").await.unwrap();
}

#[tokio::test]
async fn letters_tell_of_what_comes_after_they_were_asked_for() {
    let t = scratch::town().await;
    t.town.set_sends_letters(true);
    let maire = first_admin(&t).await.account;
    confirms(&t).await;
    let user = t.user(maire).await;
    let chooses = async |kinds: &[NotificationKind]| {
        t.clock.advance(MINUTE);
        let user = user.clone();
        let ticked = Ticked {
            by_letter: kinds.to_vec(),
            ..Ticked::default()
        };
        deed!(t, |tx, town| notifications::choose(tx, town, &user, ticked)).unwrap();
        let row = notice_choices::of(t.town.store.read(), maire).await;
        row.unwrap().unwrap().told_upto
    };
    let staff = [NotificationKind::SignUp, NotificationKind::Report];
    let before = chooses(&staff).await;
    let asked = chooses(&[NotificationKind::Mention]).await;
    assert!(asked > before);
    let more = [NotificationKind::Mention, NotificationKind::Boost];
    assert_eq!(chooses(&more).await, asked);
}

#[tokio::test]
async fn what_one_is_not_asked_stays_as_it_was() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let user = t.user(marie).await;
    let nothing = Ticked::default();
    deed!(t, |tx, town| notifications::choose(
        tx, town, &user, nothing
    ))
    .unwrap();
    let after = notifications::choices(&t.town, marie).await.unwrap();
    assert_eq!(after.by_letter, Choices::default().by_letter, "none reach");
    let mut asked = NotificationKind::ALL.to_vec();
    asked.retain(|kind| !kind.is_for_staff());
    assert_eq!((after.off_page, after.off_push), (asked.clone(), asked));
}

#[tokio::test]
async fn of_letters_that_gather_one_waits_for_each_person() {
    let t = scratch::town().await;
    let login = t.user(t.resident("julie").await).await;
    for kind in ["reports", "reports", "sign_ups"] {
        let row = rows::Letter {
            id: t.town.ids.next(),
            login_id: login.id,
            kind: kind.into(),
            recipient: None,
            attempts: 0,
            due_at: t.town.now(),
            created_at: t.town.now(),
        };
        deed!(
            t,
            |tx, _town| async move { Ok(rows::lay_down(tx, row).await?) }
        )
        .unwrap();
    }
    let due = letters::due(&t.town).await.unwrap();
    assert_eq!(due.len(), 2);
}
