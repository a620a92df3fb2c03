//! Apps: registered by themselves, known by a secret, listed and turned away by the people who let them in. What they may
//! ask of whom is decided in `grants`.

use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
    limits, redirect,
    refusal::Refusal,
    text::is_hidden,
};
use parvis_store::{Tx, apps, entity};

use crate::{Outcome, Town, secrets, tokens::Scopes};

/// An app that nobody uses is forgotten after so long.
const UNUSED: Timestamp = DAY;
/// The same for a token that stands for an app alone.
const APP_TOKEN_IDLE: Timestamp = 90 * DAY;
/// So long a code is known after it was made, so that one who comes with it a second time is noticed.
const CODES_KEPT: Timestamp = DAY;
/// What an app may do that does not say what it needs.
pub(crate) const USUAL: &str = "read";

#[derive(Clone, Debug)]
pub struct AppView {
    pub id: Id,
    pub client_id: String,
    pub name: String,
    pub website: Option<String>,
    pub redirect_uris: Vec<String>,
    pub scopes: Scopes,
}

impl From<entity::app::Model> for AppView {
    fn from(row: entity::app::Model) -> Self {
        Self {
            id: row.id,
            client_id: row.client_id,
            name: row.name,
            website: row.website,
            redirect_uris: row.redirect_uris.lines().map(str::to_owned).collect(),
            scopes: Scopes::stored(&row.scopes),
        }
    }
}

/// What an app says of itself.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    pub name: String,
    pub redirect_uris: Vec<String>,
    pub scopes: Option<String>,
    pub website: Option<String>,
}

/// With the secret, shown this once.
#[derive(Clone, Debug)]
pub struct Registered {
    pub app: AppView,
    pub secret: String,
}

pub async fn register(tx: &Tx, town: &Town, registration: Registration) -> Outcome<Registered> {
    let secret = secrets::random();
    let row = entity::app::Model {
        id: town.ids.next(),
        client_id: secrets::random(),
        secret_hash: secrets::hash(&secret),
        name: checked_name(&registration.name)?,
        website: registration
            .website
            .as_deref()
            .map(checked_website)
            .transpose()?,
        redirect_uris: checked_redirects(&registration.redirect_uris)?,
        scopes: Scopes::parse(registration.scopes.as_deref().unwrap_or(USUAL))?.text(),
        created_at: town.now(),
    };
    apps::insert(tx, row.clone()).await?;
    Ok(Registered {
        app: row.into(),
        secret,
    })
}

/// Without signs that are not seen or that turn the text around: people judge an app by its name.
fn checked_name(name: &str) -> Result<String, Refusal> {
    let count = name.chars().count();
    let name: String = name.chars().filter(|c| !is_hidden(*c)).collect();
    let name = name.trim();
    if name.is_empty() || count > limits::APP_NAME {
        return Err(
            Refusal::invalid("client_name", "refusal-app-name").with("limit", limits::APP_NAME)
        );
    }
    Ok(name.to_owned())
}

/// Without a place on the page: an address is checked only as far as that.
fn checked_website(website: &str) -> Result<String, Refusal> {
    let page = website.split('#').next().unwrap_or_default();
    let of_the_web = matches!(redirect::scheme(page).as_deref(), Some("http" | "https"));
    if of_the_web && redirect::is_acceptable(page) {
        Ok(page.to_owned())
    } else {
        Err(Refusal::invalid("website", "refusal-app-website"))
    }
}

fn checked_redirects(given: &[String]) -> Result<String, Refusal> {
    let each = given.iter().flat_map(|text| text.split_whitespace());
    let lines = each.clone().collect::<Vec<_>>().join("\n");
    let fits = !lines.is_empty() && lines.len() <= limits::APP_REDIRECTS;
    if fits && each.clone().all(redirect::is_acceptable) {
        Ok(lines)
    } else {
        Err(Refusal::invalid("redirect_uri", "refusal-app-redirect"))
    }
}

pub async fn by_client_id(town: &Town, client_id: &str) -> Outcome<Option<AppView>> {
    Ok(registered(town, client_id).await?.map(AppView::from))
}

async fn registered(town: &Town, client_id: &str) -> Outcome<Option<entity::app::Model>> {
    // No app is called so, and PostgreSQL refuses to look.
    if client_id.contains('\0') {
        return Ok(None);
    }
    Ok(apps::by_client_id(town.store.read(), client_id).await?)
}

pub async fn by_id(town: &Town, id: Id) -> Outcome<Option<AppView>> {
    let row = apps::by_id(town.store.read(), id).await?;
    Ok(row.map(AppView::from))
}

/// `None` for an unknown app as for a wrong secret.
pub async fn authenticated(town: &Town, client_id: &str, secret: &str) -> Outcome<Option<AppView>> {
    let row = registered(town, client_id).await?;
    let known = row.filter(|row| secrets::same(&row.secret_hash, &secrets::hash(secret)));
    Ok(known.map(AppView::from))
}

/// An app that may act for someone, with all that its tokens hold together.
#[derive(Clone, Debug)]
pub struct Connection {
    pub by: ConnectedBy,
    pub name: String,
    pub website: Option<String>,
    pub since: Timestamp,
    /// To the day.
    pub last_used: Option<Timestamp>,
    pub scopes: Scopes,
}

/// What is cut when the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectedBy {
    App(Id),
    /// A token that belongs to no app.
    Token(Id),
}

/// The one connected last comes first.
pub async fn connected(town: &Town, user: Id) -> Outcome<Vec<Connection>> {
    let db = town.store.read();
    let tokens = apps::tokens(db, user).await?;
    let mut ids: Vec<Id> = tokens.iter().filter_map(|token| token.app_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = apps::by_ids(db, &ids).await?;
    let mut connections: Vec<Connection> = Vec::new();
    for token in tokens {
        let app = known.iter().find(|app| Some(app.id) == token.app_id);
        let new = Connection::new(token, app);
        match connections.iter_mut().find(|known| known.by == new.by) {
            Some(known) => known.join(&new),
            None => connections.push(new),
        }
    }
    Ok(connections)
}

impl Connection {
    fn new(token: entity::token::Model, app: Option<&entity::app::Model>) -> Self {
        Self {
            by: token
                .app_id
                .map_or(ConnectedBy::Token(token.id), ConnectedBy::App),
            name: app.map_or(token.name, |app| app.name.clone()),
            website: app.and_then(|app| app.website.clone()),
            since: token.created_at,
            last_used: token.last_used_at,
            scopes: Scopes::stored(&token.scopes),
        }
    }

    fn join(&mut self, other: &Self) {
        self.since = self.since.min(other.since);
        self.last_used = self.last_used.max(other.last_used);
        self.scopes = self.scopes.clone().and(&other.scopes);
    }
}

/// Takes back all that was given to an app; nothing happens where there is no such connection.
pub async fn disconnect(tx: &Tx, _town: &Town, user: Id, by: ConnectedBy) -> Outcome<()> {
    match by {
        ConnectedBy::App(app) => {
            apps::delete_codes(tx, user, Some(app)).await?;
            apps::delete_tokens_of(tx, user, app).await?;
        }
        ConnectedBy::Token(token) => apps::delete_own_token(tx, user, token).await?,
    }
    Ok(())
}

/// Removes old codes, tokens of apps that are not used, and apps that nobody uses.
pub(crate) async fn forget(tx: &Tx, now: Timestamp) -> Outcome<()> {
    Ok(apps::forget(tx, now - CODES_KEPT, now - APP_TOKEN_IDLE, now - UNUSED).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apps_name_shows_all_it_holds() {
        assert_eq!(checked_name(" Tusky ").unwrap(), "Tusky");
        assert_eq!(checked_name("Mai\u{202e}rie\u{200b}\n").unwrap(), "Mairie");
        assert_eq!(checked_name("Mai\u{61c}ri\u{ad}e").unwrap(), "Mairie");
        let blank = "\u{115f}\u{180e}\u{2800}\u{3164}\u{ffa0}\u{e0041}";
        for none in [
            "",
            "  ",
            "\u{200b}",
            blank,
            &"a".repeat(limits::APP_NAME + 1),
        ] {
            assert!(checked_name(none).is_err(), "{none:?}");
        }
    }

    #[test]
    fn an_apps_page_is_kept_without_a_place_on_it() {
        let long = format!("https://elk.zone/a#{}\0\u{202e}", "a".repeat(500_000));
        assert_eq!(checked_website(&long).unwrap(), "https://elk.zone/a");
        for none in ["", "#https://elk.zone", "elk:zone", "https://elk.zone/\0"] {
            assert!(checked_website(none).is_err(), "{none:?}");
        }
    }

    #[test]
    fn several_addresses_may_come_in_one_text_or_in_many() {
        let texts = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            checked_redirects(&texts)
        };
        let both = format!("https://elk.zone/x\n{}", redirect::BY_HAND);
        assert_eq!(texts(&[&both.replace('\n', " ")]).unwrap(), both);
        assert_eq!(
            texts(&["https://elk.zone/x", redirect::BY_HAND]).unwrap(),
            both
        );
        for bad in [&[][..], &[" "], &["https://elk.zone/ javascript:alert(1)"]] {
            assert!(texts(bad).is_err(), "{bad:?}");
        }
    }
}
