//! Bearer tokens of apps and scripts, and what each may do.

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_store::{Tx, apps, entity, logins};

use crate::{Outcome, Town, secrets, touches, users::UserView};

/// Everything an app may ask for, as Mastodon 4.6 names it (<https://docs.joinmastodon.org/api/oauth-scopes/>). A broad
/// scope contains those that begin with it and a `:`.
pub const SCOPES: [&str; 48] = [
    "profile",
    "read",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:collections",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:me",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:collections",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "follow",
    "push",
    "admin:read",
    "admin:read:accounts",
    "admin:read:canonical_email_blocks",
    "admin:read:domain_allows",
    "admin:read:domain_blocks",
    "admin:read:email_domain_blocks",
    "admin:read:ip_blocks",
    "admin:read:reports",
    "admin:write",
    "admin:write:accounts",
    "admin:write:canonical_email_blocks",
    "admin:write:domain_allows",
    "admin:write:domain_blocks",
    "admin:write:email_domain_blocks",
    "admin:write:ip_blocks",
    "admin:write:reports",
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
        let mut scopes = Vec::new();
        for scope in text.split_whitespace() {
            if !SCOPES.contains(&scope) {
                let named: String = scope.chars().take(100).collect();
                return Err(
                    Refusal::invalid("scopes", "refusal-scope-unknown").with("scope", named)
                );
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        if scopes.is_empty() {
            return Err(Refusal::invalid("scopes", "refusal-scope-unknown").with("scope", ""));
        }
        Ok(Self(scopes))
    }

    /// As they were checked when they were stored.
    pub(crate) fn stored(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_owned).collect())
    }

    /// May it do what needs `scope`, such as `write:statuses`?
    pub fn allow(&self, scope: &str) -> bool {
        let within = |held: &str| {
            scope
                .strip_prefix(held)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.0
            .iter()
            .any(|held| within(held) || (held == "follow" && FOLLOW.contains(&scope)))
            || (scope == "follow" && FOLLOW.iter().all(|part| self.allow(part)))
    }

    /// Does it allow all that `others` allow?
    pub fn cover(&self, others: &Self) -> bool {
        others.0.iter().all(|scope| self.allow(scope))
    }

    /// Each one by itself, but none that wider ones contain.
    pub fn widest(&self) -> impl Iterator<Item = &str> {
        let broad = |scope: &str| self.0.iter().any(|held| held == scope);
        let contained = move |scope: &str| {
            let one_does = self
                .0
                .iter()
                .any(|other| other != scope && Self(vec![other.clone()]).allow(scope));
            one_does || (scope == "follow" && broad("read") && broad("write"))
        };
        self.iter().filter(move |scope| !contained(scope))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub fn text(&self) -> String {
        self.0.join(" ")
    }

    /// These and those.
    pub(crate) fn and(mut self, others: &Self) -> Self {
        let new = others.0.iter().filter(|scope| !self.0.contains(scope));
        let new: Vec<String> = new.cloned().collect();
        self.0.extend(new);
        self
    }
}

/// Gives a token that belongs to no app, this once.
pub async fn issue(tx: &Tx, town: &Town, user: Id, name: &str, scopes: &Scopes) -> Outcome<String> {
    let secret = secrets::random();
    let row = entity::token::Model {
        id: town.ids.next(),
        login_id: user,
        secret_hash: secrets::hash(&secret),
        name: name.chars().take(100).collect(),
        scopes: scopes.text(),
        created_at: town.now(),
        app_id: None,
        last_used_at: None,
    };
    logins::insert_token(tx, row).await?;
    Ok(secret)
}

/// What stands behind a token.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// The token itself; `None` where it stands for an app alone.
    pub token: Option<Id>,
    pub scopes: Scopes,
    /// `None` where no app was registered: the command line issued it.
    pub app: Option<Id>,
    /// How the token was called when it was issued.
    pub name: String,
    /// `None` where the token stands for the app alone. Whoever it is may have to wait for a yes, or be suspended.
    pub user: Option<UserView>,
}

/// Found by the hash of the secret: what an answer's time tells of a hash leads to no secret.
pub async fn bearer(town: &Town, secret: &str) -> Outcome<Option<Bearer>> {
    let (db, hash) = (town.store.read(), secrets::hash(secret));
    let today = town.now() - town.now().rem_euclid(DAY);
    if let Some(held) = apps::token_by_hash(db, &hash).await? {
        let token = held.token;
        if token.last_used_at.is_none_or(|last| last < today) {
            touch(town, Touched::Resident(token.id), today);
        }
        return Ok(Some(Bearer {
            token: Some(token.id),
            scopes: Scopes::stored(&token.scopes),
            app: token.app_id,
            name: token.name,
            user: Some(UserView::from(held.holder)),
        }));
    }
    let Some(token) = apps::app_token_by_hash(db, &hash).await? else {
        return Ok(None);
    };
    if token.last_used_at < today {
        touch(town, Touched::App(token.id), today);
    }
    Ok(Some(Bearer {
        token: None,
        scopes: Scopes::stored(&token.scopes),
        app: Some(token.app_id),
        name: String::new(),
        user: None,
    }))
}

#[derive(Clone, Copy)]
enum Touched {
    Resident(Id),
    App(Id),
}

/// When a token was used is remembered to the day: more would tell more than anyone needs.
fn touch(town: &Town, token: Touched, today: Timestamp) {
    touches::write_down(town, "token", move |tx| {
        Box::pin(async move {
            match token {
                Touched::Resident(id) => apps::touch_token(tx, id, today).await?,
                Touched::App(id) => apps::touch_app_token(tx, id, today).await?,
            }
            Ok(())
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broad_scope_contains_its_children_and_no_others() {
        let read = Scopes::parse("read").unwrap();
        assert!(read.allow("read:statuses"));
        assert!(!read.allow("write:statuses") && !read.allow("admin:read"));
        assert!(Scopes::parse("follow").unwrap().allow("write:follows"));
        assert!(!Scopes::parse("follow").unwrap().allow("write:statuses"));
        let media = Scopes::parse("write:media").unwrap();
        assert!(!media.allow("write:statuses") && !media.allow("write"));
        let staff = Scopes::parse("admin:read").unwrap();
        assert!(staff.allow("admin:read:reports"));
        assert!(!staff.allow("admin:write") && !staff.allow("read"));
    }

    #[test]
    fn an_unknown_scope_is_refused() {
        for unknown in ["read everything", "", "read:", "write:everything", "READ"] {
            assert!(Scopes::parse(unknown).is_err(), "{unknown}");
        }
    }

    #[test]
    fn an_app_gets_no_more_than_it_registered_for() {
        let app = Scopes::parse("read write").unwrap();
        for within in ["read", "read:lists write:media", "follow"] {
            assert!(app.cover(&Scopes::parse(within).unwrap()), "{within}");
        }
        for wider in ["push", "read push", "admin:read", "profile"] {
            assert!(!app.cover(&Scopes::parse(wider).unwrap()), "{wider}");
        }
    }

    #[test]
    fn what_another_scope_contains_is_not_told_twice() {
        let told = |text: &str| {
            let scopes = Scopes::parse(text).unwrap();
            scopes.widest().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            told("read read:lists write:media follow push push"),
            "read write:media follow push"
        );
        assert_eq!(told("read write follow push"), "read write push");
        assert_eq!(told("follow write:blocks"), "follow");
    }
}
