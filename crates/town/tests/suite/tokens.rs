//! Bearer tokens.

use parvis_town::tokens::{self, Scopes};

use crate::scratch;

#[tokio::test]
async fn a_token_says_who_holds_it_and_what_it_may_do() {
    let t = scratch::town().await;
    let marie = t.user(t.resident("marie").await).await;
    let scopes = Scopes::parse("read write:statuses").unwrap();
    let token = deed!(t, |tx, town| async {
        tokens::issue(tx, town, marie.id, "app", &scopes).await
    })
    .unwrap();
    let (holder, held) = scratch::holder(&t.town, &token).await.unwrap();
    assert_eq!(holder.account, marie.account);
    assert!(
        held.allow("read:accounts") && held.allow("write:statuses") && !held.allow("write:media")
    );
    for wrong in ["", "rubbish", "x' OR '1'='1", &token[1..]] {
        assert!(scratch::holder(&t.town, wrong).await.is_none(), "{wrong}");
    }
}
