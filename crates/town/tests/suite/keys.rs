//! Keys of accounts here and elsewhere.

use parvis_model::account::{AccountKind, Role};
use parvis_store::{dialect, keys};
use parvis_town::{accounts, arrivals, users};

use crate::scratch::{self, stranger};

#[tokio::test]
async fn an_account_of_the_town_has_two_keys() {
    let t = scratch::town().await;
    let prepared = users::prepare_account(
        &t.town,
        "marie",
        None,
        "un mot de passe bien long".into(),
        Role::Resident,
        AccountKind::Person,
    );
    let prepared = prepared.await.unwrap();
    let marie = deed!(t, |tx, town| users::sign_up(tx, town, prepared)).unwrap();
    for account in [marie.account, t.town.profile().actor_id] {
        let uri = t.account(account).await.uri;
        let (rsa, ed25519) = accounts::signing_keys(&t.town, account).await.unwrap();
        let ed25519 = ed25519.unwrap();
        assert_eq!(rsa.key_id, format!("{uri}#main-key"));
        assert_eq!(ed25519.key_id, format!("{uri}#ed25519-1"));
        assert!(ed25519.pem.len() < rsa.pem.len());
        let public = keys::further(t.town.store.read(), account).await.unwrap();
        assert_eq!(public.len(), 1);
        assert_eq!(public[0].key_id, ed25519.key_id);
    }
}

#[tokio::test]
async fn keys_are_made_when_first_asked_for_even_if_nobody_waits_for_them() {
    let t = scratch::town().await;
    let marie = t.resident("marie").await;
    let shown = async || {
        let row = parvis_store::accounts::by_id(t.town.store.read(), marie);
        row.await.unwrap().unwrap().key_pem
    };
    assert_eq!(shown().await, "", "nobody has asked yet");
    let patience = std::time::Duration::from_millis(5);
    for asked in 0.. {
        assert!(asked < 500, "what nobody waits for is never ended");
        let asking = accounts::with_keys(&t.town, marie);
        let _hung_up = tokio::time::timeout(patience, asking).await;
        if !shown().await.is_empty() {
            break;
        }
    }
    let first = shown().await;
    let (row, further) = accounts::with_keys(&t.town, marie).await.unwrap();
    let (rsa, ed25519) = accounts::signing_keys(&t.town, marie).await.unwrap();
    assert_eq!(rsa.key_id, row.key_id);
    assert_eq!(ed25519.unwrap().key_id, further[0].key_id);
    assert_eq!(row.key_pem, first);
}

#[tokio::test]
async fn whoever_asks_at_once_gets_the_same_keys() {
    let t = scratch::town().await;
    let other = t.another_process().await;
    let marie = t.resident("marie").await;
    let (one, another) = tokio::join!(
        accounts::with_keys(&t.town, marie),
        accounts::with_keys(&other, marie)
    );
    assert_eq!(one.unwrap().0.key_pem, another.unwrap().0.key_pem);
}

#[tokio::test]
async fn an_account_from_before_gets_its_second_key_when_the_town_opens() {
    let t = scratch::town().await;
    let account = t.town.profile().actor_id;
    let before = accounts::signing_keys(&t.town, account).await.unwrap();
    t.town
        .store
        .write::<_, parvis_town::Failure, _>(|tx| {
            Box::pin(async move {
                dialect::run(tx, "UPDATE account_key SET ed25519_pem = NULL", []).await?;
                dialect::run(tx, "DELETE FROM further_key", []).await?;
                Ok(())
            })
        })
        .await
        .unwrap();
    let (rsa, none) = accounts::signing_keys(&t.town, account).await.unwrap();
    assert!(none.is_none());
    assert_eq!(rsa.pem, before.0.pem);
    let anew = t.another_process().await;
    let (rsa, ed25519) = accounts::signing_keys(&anew, account).await.unwrap();
    let ed25519 = ed25519.unwrap();
    assert_eq!(rsa.pem, before.0.pem);
    assert_ne!(ed25519.pem, before.1.unwrap().pem);
    let public = keys::further(anew.store.read(), account).await.unwrap();
    assert_eq!(public[0].key_id, ed25519.key_id);
    // And keeps it.
    let later = t.another_process().await;
    let (_, same) = accounts::signing_keys(&later, account).await.unwrap();
    assert_eq!(same.unwrap().pem, ed25519.pem);
}

#[tokio::test]
async fn an_account_elsewhere_has_the_keys_that_it_shows_last() {
    let t = scratch::town().await;
    let key = |n: u32| {
        (
            format!("https://far.example/users/paul#{n}"),
            format!("PEM {n}"),
        )
    };
    let shows = async |further_keys: Vec<(String, String)>| {
        let remote = arrivals::RemoteAccount {
            further_keys,
            ..stranger("paul", "far.example")
        };
        deed!(t, |tx, town| arrivals::account(tx, town, remote)).unwrap()
    };
    let owner = async |n: u32| {
        let found = keys::find(t.town.store.read(), &key(n).0).await.unwrap();
        found.map(|(owner, pem)| (owner.id, pem))
    };
    let paul = shows(vec![key(2), key(1)]).await;
    assert_eq!(owner(1).await, Some((paul, key(1).1)));
    assert_eq!(owner(2).await, Some((paul, key(2).1)));
    shows(vec![key(2), key(3), key(3)]).await;
    assert_eq!(owner(1).await, None);
    assert_eq!(owner(3).await, Some((paul, key(3).1)));
    shows(Vec::new()).await;
    assert_eq!(owner(2).await, None);
    let first = stranger("paul", "far.example").key_id;
    let found = keys::find(t.town.store.read(), &first).await.unwrap();
    assert_eq!(found.unwrap().0.id, paul);
    shows(vec![key(1)]).await;
    deed!(t, |tx, town| arrivals::account_gone(tx, town, paul)).unwrap();
    assert_eq!(owner(1).await, None);
}
