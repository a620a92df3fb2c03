//! Bearer tokens of apps and scripts, and what each may do.

use parvis_model::{id::Id, refusal::Refusal};
use parvis_store::{Tx, entity, logins};

use crate::{Outcome, Town, secrets, users::UserView};

/// Broad scopes contain their children (<https://docs.joinmastodon.org/api/oauth-scopes/>).
const BROAD: [&str; 7] = [
    "read",
    "write",
    "follow",
    "push",
    "profile",
    "admin:read",
    "admin:write",
];
/// What `follow`, the old broad scope, means today.
const FOLLOW: [&str; 6] = [
    "read:blocks",
    "write:blocks",
    "read:follows",
    "write:follows",
    "read:mutes",
    "write:mutes",
];

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Refused where one of them is unknown or none is given.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let known = |scope: &String| {
            BROAD.contains(&scope.as_str())
                || scope.split_once(':').is_some_and(|(broad, rest)| {
                    (broad == "read" || broad == "write")
                        && !rest.is_empty()
                        && rest.bytes().all(|b| b.is_ascii_lowercase())
                })
        };
        if scopes.is_empty() || !scopes.iter().all(known) {
            return Err(Refusal::invalid("scopes", "refusal-scope-missing").with("scopes", text));
        }
        Ok(Self(scopes))
    }

    /// May it do what needs `scope`, such as `write:statuses`?
    pub fn allow(&self, scope: &str) -> bool {
        let broad = scope.split(':').next().unwrap_or(scope);
        self.0.iter().any(|held| {
            held == scope || held == broad || (held == "follow" && FOLLOW.contains(&scope))
        })
    }

    pub fn text(&self) -> String {
        self.0.join(" ")
    }
}

/// Gives the token, this once.
pub async fn issue(tx: &Tx, town: &Town, user: Id, name: &str, scopes: &Scopes) -> Outcome<String> {
    let secret = secrets::random();
    let row = entity::token::Model {
        id: town.ids.next(),
        login_id: user,
        secret_hash: secrets::hash(&secret),
        name: name.chars().take(100).collect(),
        scopes: scopes.text(),
        created_at: town.now(),
    };
    logins::insert_token(tx, row).await?;
    Ok(secret)
}

/// Who is behind a token, and what it may do.
pub async fn holder(town: &Town, secret: &str) -> Outcome<Option<(UserView, Scopes)>> {
    let db = town.store.read();
    let Some((scopes, holder)) = logins::token_by_hash(db, &secrets::hash(secret)).await? else {
        return Ok(None);
    };
    let scopes = Scopes(scopes.split_whitespace().map(str::to_owned).collect());
    Ok(UserView::admitted(holder).map(|user| (user, scopes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broad_scope_contains_its_children_and_no_others() {
        let read = Scopes::parse("read").unwrap();
        assert!(read.allow("read:statuses"));
        assert!(!read.allow("write:statuses"));
        assert!(Scopes::parse("follow").unwrap().allow("write:follows"));
        assert!(!Scopes::parse("follow").unwrap().allow("write:statuses"));
        assert!(
            !Scopes::parse("write:media")
                .unwrap()
                .allow("write:statuses")
        );
    }

    #[test]
    fn an_unknown_scope_is_refused() {
        assert!(Scopes::parse("read everything").is_err());
        assert!(Scopes::parse("").is_err());
    }
}
