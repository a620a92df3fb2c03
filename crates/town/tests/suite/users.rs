//! Signing up, logging in, passwords, codes.

use parvis_model::{
    account::{AccountKind, Registration, Role},
    clock::{DAY, MINUTE},
    id::Id,
    refusal::Kind,
};
use parvis_town::{
    Outcome, accounts,
    invitations::{self, Wish},
    readers, sessions,
    settings::{self, TownEdit},
    tokens::{self, Scopes},
    users::{self, Admission, Proof, SignUp, SignedUp, UserView},
};

use crate::scratch::{self, PASSWORD, Scratch, refused};

const NEW: &str = "le nouveau pont de pierre";

fn newcomer(name: &str) -> SignUp {
    SignUp {
        name: name.into(),
        password: PASSWORD.into(),
        agreed: true,
        ..SignUp::default()
    }
}

async fn open_to(t: &Scratch, registration: Registration) {
    let edit = TownEdit {
        name: "Valmont".into(),
        summary: String::new(),
        language: "fr".into(),
        time_zone: "Europe/Paris".into(),
        registration,
        inviters: Role::Moderator,
        contact: String::new(),
        rules: String::new(),
        hue: Some(1),
        privacy: String::new(),
    };
    deed!(t, |tx, town| async {
        settings::describe(tx, town, &edit).await
    })
    .unwrap();
    t.town.refresh_profile().await.unwrap();
}

async fn sign_up(t: &Scratch, sign_up: SignUp) -> Outcome<SignedUp> {
    let prepared = users::prepare_sign_up(&t.town, sign_up).await?;
    deed!(t, |tx, town| users::sign_up(tx, town, prepared))
}

/// Someone who can really log in.
async fn member(t: &Scratch, name: &str, role: Role) -> SignedUp {
    let kind = AccountKind::Person;
    let prepared = users::prepare_account(&t.town, name, None, PASSWORD.into(), role, kind)
        .await
        .unwrap();
    deed!(t, |tx, town| users::sign_up(tx, town, prepared)).unwrap()
}

async fn log_in(t: &Scratch, who: &str, password: &str) -> Outcome<UserView> {
    let admission = users::log_in(&t.town, who, password.into(), "192.0.2.1").await?;
    Ok(admitted(admission))
}

fn admitted(admission: Admission) -> UserView {
    match admission {
        Admission::Admitted { user, .. } => user,
        Admission::SecondStep { .. } => panic!("a second step was asked for"),
    }
}

async fn open_session(t: &Scratch, user: Id) -> String {
    let proof = t.proof(user).await;
    opened(t, proof).await.unwrap()
}

async fn opened(t: &Scratch, proof: Proof) -> Outcome<String> {
    deed!(t, |tx, town| async {
        sessions::open(tx, town, &proof, "navigateur", "192.0.2.1").await
    })
}

async fn is_in(t: &Scratch, secret: &str) -> bool {
    sessions::user(&t.town, secret).await.unwrap().is_some()
}

#[tokio::test]
async fn who_may_sign_up_is_the_towns_to_say() {
    let t = scratch::town().await;
    let staff = member(&t, "chef", Role::Admin).await;
    let staff = users::by_name(&t.town, "chef")
        .await
        .unwrap()
        .filter(|one| one.id == staff.user)
        .unwrap();
    assert_eq!(
        refused(sign_up(&t, newcomer("anne")).await.unwrap_err()).key,
        "refusal-registration-closed"
    );

    open_to(&t, Registration::Open).await;
    let silent = SignUp {
        agreed: false,
        ..newcomer("anne")
    };
    assert_eq!(
        refused(sign_up(&t, silent).await.unwrap_err()).field,
        Some("agreed")
    );
    assert!(
        !sign_up(&t, newcomer("anne"))
            .await
            .unwrap()
            .waits_for_approval
    );
    let twice = refused(sign_up(&t, newcomer("Anne")).await.unwrap_err());
    assert_eq!(
        (twice.key, twice.field),
        ("refusal-username-taken", Some("name"))
    );

    open_to(&t, Registration::Approval).await;
    assert_eq!(
        refused(sign_up(&t, newcomer("bruno")).await.unwrap_err()).field,
        Some("reason")
    );
    let asked = SignUp {
        reason: "J'habite ici".into(),
        ..newcomer("bruno")
    };
    let bruno = sign_up(&t, asked).await.unwrap();
    assert!(bruno.waits_for_approval);
    assert_eq!(
        refused(log_in(&t, "bruno", PASSWORD).await.unwrap_err()).key,
        "refusal-login-waiting"
    );
    let anne = log_in(&t, "anne", PASSWORD).await.unwrap();
    let meddled = deed!(t, |tx, town| async {
        users::approve(tx, town, &anne, bruno.user).await
    });
    assert_eq!(refused(meddled.unwrap_err()).kind, Kind::NotFound);
    assert_eq!(
        users::waiting(&t.town, &staff).await.unwrap()[0].user,
        bruno.user
    );
    deed!(t, |tx, town| async {
        users::approve(tx, town, &staff, bruno.user).await
    })
    .unwrap();
    assert!(log_in(&t, "bruno", PASSWORD).await.is_ok());
}

/// An address that two mail servers would read in two ways gets around what a town says of addresses.
#[tokio::test]
async fn t235_an_address_that_can_be_read_in_two_ways_is_none() {
    let t = scratch::town().await;
    open_to(&t, Registration::Open).await;
    let with = |name, email: &str| SignUp {
        email: Some(email.into()),
        ..newcomer(name)
    };
    for (name, good) in [
        ("anne", "anne@far.example"),
        ("odile", "o'dile+ville@mail.far-away.example"),
    ] {
        sign_up(&t, with(name, good)).await.unwrap();
    }
    for bad in [
        "\"a b\"@far.example",
        "\"a\"@far.example",
        "a(note)@far.example",
        "a@far.example(note)",
        "a%near.example@far.example",
        "near.example!a@far.example",
        "a@near.example@far.example",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@127.0.0.1",
        "a@far.example\nBcc: b@far.example",
        "a\0@far.example",
        "a b@far.example",
        "<a@far.example>",
        "a,b@far.example",
        "a@far..example",
        "a@.example",
        "a@far.example.",
        "a@far_.example",
        "a@example",
        "a@",
        "@far.example",
        "a\u{ff20}far.example",
        "a@f\u{430}r.example",
    ] {
        let said = refused(sign_up(&t, with("bruno", bad)).await.unwrap_err());
        assert_eq!(said.field, Some("email"), "{bad:?}");
    }
}

#[tokio::test]
async fn an_invitation_for_one_serves_one_even_when_two_come_at_once() {
    let t = scratch::town().await;
    let chef = member(&t, "chef", Role::Admin).await;
    let staff = t.user(chef.account).await;
    open_to(&t, Registration::Invitation).await;
    assert_eq!(
        refused(sign_up(&t, newcomer("anne")).await.unwrap_err()).field,
        Some("invitation")
    );
    let code = deed!(t, |tx, town| async {
        let wish = Wish {
            uses: 1,
            days: 7,
            note: String::new(),
        };
        invitations::issue(tx, town, &staff, &wish).await
    })
    .unwrap();
    let with_code = |name| SignUp {
        invitation: Some(code.to_uppercase()),
        ..newcomer(name)
    };
    let (anne, bruno) = tokio::join!(
        sign_up(&t, with_code("anne")),
        sign_up(&t, with_code("bruno"))
    );
    assert_eq!(
        [anne.is_ok(), bruno.is_ok()]
            .into_iter()
            .filter(|ok| *ok)
            .count(),
        1
    );
    let late = sign_up(&t, with_code("chloe")).await;
    assert_eq!(refused(late.unwrap_err()).key, "refusal-invitation-invalid");
    assert!(users::by_name(&t.town, "chloe").await.unwrap().is_none());
}

#[tokio::test]
async fn ten_wrong_log_ins_shut_the_door_under_every_spelling_of_the_name() {
    let t = scratch::town().await;
    member(&t, "marie", Role::Resident).await;
    for spelling in [
        "marie",
        "@marie",
        "Marie",
        "marie@valmont.test",
        "acct:marie",
    ]
    .iter()
    .cycle()
    .take(10)
    {
        assert_eq!(
            refused(log_in(&t, spelling, "faux mais long").await.unwrap_err()).key,
            "refusal-login-wrong"
        );
    }
    assert_eq!(
        refused(log_in(&t, "MARIE", PASSWORD).await.unwrap_err()).kind,
        Kind::TooMany
    );
    t.clock.advance(15 * MINUTE);
    assert!(log_in(&t, "marie", PASSWORD).await.is_ok());
    for _ in 0..10 {
        assert_eq!(
            refused(log_in(&t, "personne", "x").await.unwrap_err()).key,
            "refusal-login-wrong"
        );
    }
    assert_eq!(
        refused(log_in(&t, "personne", "x").await.unwrap_err()).kind,
        Kind::TooMany,
        "whether or not there is one"
    );
}

#[tokio::test]
async fn a_suspended_person_is_out_and_stays_out() {
    let t = scratch::town().await;
    let marie = member(&t, "marie", Role::Resident).await;
    let secret = open_session(&t, marie.user).await;
    let scopes = Scopes::parse("read").unwrap();
    let token = deed!(t, |tx, town| async {
        tokens::issue(tx, town, marie.user, "app", &scopes).await
    })
    .unwrap();
    assert!(is_in(&t, &secret).await);
    deed!(t, |tx, town| accounts::suspend(tx, town, marie.account)).unwrap();
    assert!(!is_in(&t, &secret).await);
    assert!(scratch::holder(&t.town, &token).await.is_none());
    assert_eq!(
        refused(log_in(&t, "marie", PASSWORD).await.unwrap_err()).key,
        "refusal-login-suspended"
    );
    deed!(t, |tx, town| accounts::unsuspend(tx, town, marie.account)).unwrap();
    assert!(
        !is_in(&t, &secret).await,
        "the old session is over for good"
    );
}

#[tokio::test]
async fn a_new_password_ends_other_sessions_and_all_tokens() {
    let t = scratch::town().await;
    let marie = member(&t, "marie", Role::Resident).await;
    let (here, there) = (
        open_session(&t, marie.user).await,
        open_session(&t, marie.user).await,
    );
    let scopes = Scopes::parse("read write").unwrap();
    let token = deed!(t, |tx, town| async {
        tokens::issue(tx, town, marie.user, "app", &scopes).await
    })
    .unwrap();
    let keep = sessions::user(&t.town, &here).await.unwrap().unwrap().1.id;
    let wrong =
        users::change_password(&t.town, marie.user, "faux".into(), NEW.into(), Some(keep)).await;
    assert_eq!(refused(wrong.unwrap_err()).field, Some("old_password"));
    assert!(is_in(&t, &there).await);
    users::change_password(&t.town, marie.user, PASSWORD.into(), NEW.into(), Some(keep))
        .await
        .unwrap();
    assert_eq!(
        (is_in(&t, &here).await, is_in(&t, &there).await),
        (true, false)
    );
    assert!(scratch::holder(&t.town, &token).await.is_none());
    assert!(log_in(&t, "marie", PASSWORD).await.is_err());
    users::set_password(&t.town, marie.user, PASSWORD.into())
        .await
        .unwrap();
    assert!(!is_in(&t, &here).await);
}

#[tokio::test]
async fn a_password_that_changed_meanwhile_opens_no_session() {
    let t = scratch::town().await;
    let marie = member(&t, "marie", Role::Resident).await;
    let admission = users::log_in(&t.town, "marie", PASSWORD.into(), "192.0.2.1").await;
    let Admission::Admitted { proof, .. } = admission.unwrap() else {
        panic!("a second step was asked for");
    };
    assert!(opened(&t, proof.clone()).await.is_ok());
    users::set_password(&t.town, marie.user, NEW.into())
        .await
        .unwrap();
    assert_eq!(
        refused(opened(&t, proof).await.unwrap_err()).key,
        "refusal-login-wrong"
    );
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_tells_nothing_to_strangers() {
    let t = scratch::town().await;
    let marie = member(&t, "marie", Role::Resident).await;
    let secret = open_session(&t, marie.user).await;
    let code = marie.recovery_codes[0].clone();
    let recover = async |code: &str, password: &str| {
        users::recover(&t.town, "marie", code, password.into(), "192.0.2.1").await
    };
    assert_eq!(
        refused(recover(&code, "court").await.unwrap_err()).field,
        Some("password")
    );
    assert_eq!(
        admitted(recover(&code.to_uppercase(), NEW).await.unwrap()).id,
        marie.user
    );
    assert!(!is_in(&t, &secret).await);
    assert!(log_in(&t, "marie", NEW).await.is_ok());
    assert_eq!(
        refused(recover(&code, NEW).await.unwrap_err()).key,
        "refusal-login-wrong"
    );
    deed!(t, |tx, town| accounts::suspend(tx, town, marie.account)).unwrap();
    assert_eq!(
        refused(recover("rien-rien-rien", NEW).await.unwrap_err()).key,
        "refusal-login-wrong"
    );
    let other = marie.recovery_codes[1].clone();
    assert_eq!(
        refused(recover(&other, NEW).await.unwrap_err()).key,
        "refusal-login-suspended"
    );
    deed!(t, |tx, town| accounts::unsuspend(tx, town, marie.account)).unwrap();
    assert!(
        recover(&other, NEW).await.is_ok(),
        "a refused try spends no code"
    );
    let fresh = deed!(t, |tx, town| users::fresh_recovery_codes(
        tx, town, marie.user
    ))
    .unwrap();
    assert_eq!(
        refused(recover(&marie.recovery_codes[2], NEW).await.unwrap_err()).key,
        "refusal-login-wrong"
    );
    assert!(recover(&fresh[0], NEW).await.is_ok());
}

/// The last use of a session is written down beside the answer.
async fn seen_now(t: &Scratch, user: i64) {
    for _ in 0..1_000 {
        let last_used = &sessions::list(&t.town, user, 0).await.unwrap()[0];
        if last_used.last_seen_at == t.town.now() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the last use was not written down");
}

#[tokio::test]
async fn a_session_not_used_for_two_months_is_over_and_forgotten() {
    let t = scratch::town().await;
    let marie = t.user(t.resident("marie").await).await;
    let (used, idle) = (
        open_session(&t, marie.id).await,
        open_session(&t, marie.id).await,
    );
    t.clock.advance(40 * DAY);
    assert!(is_in(&t, &used).await);
    seen_now(&t, marie.id).await;
    t.clock.advance(30 * DAY);
    assert_eq!(
        (is_in(&t, &used).await, is_in(&t, &idle).await),
        (true, false)
    );
    readers::keep_house(&t.town).await.unwrap();
    assert_eq!(sessions::list(&t.town, marie.id, 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_closes_ones_own_sessions_only() {
    let t = scratch::town().await;
    let marie = t.user(t.resident("marie").await).await;
    let bruno = t.user(t.resident("bruno").await).await;
    let secret = open_session(&t, marie.id).await;
    let session = sessions::user(&t.town, &secret)
        .await
        .unwrap()
        .unwrap()
        .1
        .id;
    deed!(t, |tx, town| sessions::close(tx, town, bruno.id, session)).unwrap();
    assert!(is_in(&t, &secret).await);
    deed!(t, |tx, town| sessions::close(tx, town, marie.id, session)).unwrap();
    assert!(!is_in(&t, &secret).await);
}

#[tokio::test]
async fn nothing_stays_of_one_who_was_refused() {
    let t = scratch::town().await;
    let chef = member(&t, "chef", Role::Moderator).await;
    let staff = t.user(chef.account).await;
    open_to(&t, Registration::Approval).await;
    let asked = SignUp {
        reason: "Bonjour".into(),
        email: Some("anne@far.example".into()),
        ..newcomer("anne")
    };
    let anne = sign_up(&t, asked.clone()).await.unwrap();
    let by = staff.clone();
    deed!(t, |tx, town| async {
        users::refuse(tx, town, &by, anne.user).await
    })
    .unwrap();
    assert!(users::by_name(&t.town, "anne").await.unwrap().is_none());
    assert!(
        sign_up(&t, asked).await.is_ok(),
        "name and address are free again"
    );
    let approved = deed!(t, |tx, town| async {
        users::refuse(tx, town, &staff, chef.user).await
    });
    assert_eq!(
        refused(approved.unwrap_err()).kind,
        Kind::NotFound,
        "only who waits can be refused"
    );
}

#[tokio::test]
async fn an_address_of_this_town_is_its_resident_whoever_else_gave_it() {
    let t = scratch::town().await;
    let marie = member(&t, "marie", Role::Resident).await;
    let jean = member(&t, "jean", Role::Resident).await;
    let address = format!("marie@{}", t.town.host);
    users::change_email(&t.town, jean.user, PASSWORD.into(), Some(address.clone()))
        .await
        .unwrap();
    assert_eq!(log_in(&t, &address, PASSWORD).await.unwrap().id, marie.user);
    assert_eq!(log_in(&t, "jean", PASSWORD).await.unwrap().id, jean.user);
}
