//! By what somebody has shown who they are. It is looked at once more in the write that lets them in: a new password, or the end
//! of a key, may have come in between. Knows not how it was shown.

use parvis_model::{id::Id, refusal::Refusal};
use parvis_store::{Tx, entity, logins, passkeys};

use crate::Outcome;

#[derive(Clone, Debug)]
pub struct Proof {
    user: Id,
    account: Id,
    by: By,
}

#[derive(Clone, Debug)]
enum By {
    /// Its hash, as it was when the password was right.
    Password(String),
    Passkey(Id),
}

impl Proof {
    /// Of one who has given it, or chosen it just now.
    pub fn of_password(login: &entity::login::Model) -> Self {
        Self {
            user: login.id,
            account: login.account_id,
            by: By::Password(login.password_hash.clone()),
        }
    }

    pub(crate) fn of_passkey(login: &entity::login::Model, key: Id) -> Self {
        Self {
            user: login.id,
            account: login.account_id,
            by: By::Passkey(key),
        }
    }

    pub(crate) fn user(&self) -> Id {
        self.user
    }

    /// Refused where it no longer counts. Until this write has ended nobody else changes that.
    pub(crate) async fn must_hold(&self, tx: &Tx) -> Outcome<()> {
        logins::lock(tx, self.account).await?;
        let holds = match &self.by {
            By::Password(seen) => logins::by_id(tx, self.user)
                .await?
                .is_some_and(|login| login.password_hash == *seen),
            By::Passkey(key) => passkeys::of(tx, self.user)
                .await?
                .iter()
                .any(|kept| kept.id == *key),
        };
        if holds {
            Ok(())
        } else {
            Err(Refusal::unauthenticated("refusal-login-wrong").into())
        }
    }
}
