//! Keys of one's devices in place of a password: the list of one's own, taking one on, giving one up, and coming in by one. The
//! browser does its part by a script; without it nothing is offered.

use askama::Template;
use axum::extract::Path;
use parvis_model::id::Id;
use parvis_town::{
    Failure, Outcome,
    passkeys::{self, Assertion, Attestation, Creation, PasskeyView},
    users::{self, UserView},
};
use serde_json::{Value, json};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    log_in::{anew, come_in_typing},
    page::{Answer, Page, Resident, html, html_with, id},
};

const PATH: &str = "/reglages/cles";
/// Milliseconds that a device may take.
const PATIENCE: u32 = 180_000;

#[derive(Template)]
#[template(path = "settings_passkeys.html")]
pub struct PasskeysPage<'a> {
    pub page: &'a Frame,
    pub keys: Vec<PasskeyView>,
    /// What the browser needs to have a key made, once the password was right.
    pub creation: Option<String>,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "settings_passkey.html")]
pub struct RemovalPage<'a> {
    pub page: &'a Frame,
    pub key: PasskeyView,
    pub form: Typed,
}

pub async fn list(Resident { page, user, .. }: Resident) -> Answer {
    html(&PasskeysPage {
        page: &page.frame,
        keys: passkeys::list(&page.town, user.id).await?,
        creation: None,
        form: Typed::default(),
    })
}

pub async fn change(resident: Resident, form: Form) -> Answer {
    let done = match form.text("faire") {
        "commencer" => begin(&resident, &form).await,
        "ajouter" => add(&resident, &form).await,
        _ => return Err(Fault::BadRequest),
    };
    match done {
        Ok(answer) => answer,
        Err(failure) => again(&resident, failure).await,
    }
}

/// The list, with what was wrong.
async fn again(Resident { page, user, .. }: &Resident, failure: Failure) -> Answer {
    let (status, form) = typed_again(failure, Typed::default(), page.frame.locale)?;
    html_with(
        status,
        &PasskeysPage {
            page: &page.frame,
            keys: passkeys::list(&page.town, user.id).await?,
            creation: None,
            form,
        },
    )
}

/// The question for the device stands in the answer itself: it is good for this browser and once.
async fn begin(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let password = form.values.exact("old_password").to_owned();
    let browser = page.frame.visit.browser();
    let creation = passkeys::begin(&page.town, user, password, &browser).await?;
    let device = page.frame.device(&page.user_agent);
    Ok(html(&PasskeysPage {
        page: &page.frame,
        keys: Vec::new(),
        creation: Some(creation_options(&page.frame, user, &creation).to_string()),
        form: Typed::new(Asked::of([("name", device)])),
    }))
}

async fn add(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<Answer> {
    let given = Attestation {
        client_data: form.owned("client_data"),
        object: form.owned("attestation"),
    };
    let (browser, name) = (page.frame.visit.browser(), form.text("name"));
    passkeys::add(&page.town, user, &browser, name, &given).await?;
    Ok(Ok(page.onward(PATH, "done-passkey")))
}

pub async fn confirm_removal(
    Resident { page, user, .. }: Resident,
    Path(key): Path<String>,
) -> Answer {
    html(&RemovalPage {
        page: &page.frame,
        key: one(&page, &user, id(&key)?).await?,
        form: Typed::default(),
    })
}

pub async fn remove(
    Resident { page, user, .. }: Resident,
    Path(key): Path<String>,
    form: Form,
) -> Answer {
    let key = id(&key)?;
    let password = form.values.exact("old_password").to_owned();
    match passkeys::remove(&page.town, &user, password, key).await {
        Ok(()) => Ok(page.onward(PATH, "done-passkey-removed")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::default(), page.frame.locale)?;
            let (key, page) = (one(&page, &user, key).await?, &page.frame);
            html_with(status, &RemovalPage { page, key, form })
        }
    }
}

async fn one(page: &Page, user: &UserView, key: Id) -> Result<PasskeyView, Fault> {
    let keys = passkeys::list(&page.town, user.id).await?;
    keys.into_iter()
        .find(|kept| kept.id == key)
        .ok_or(Fault::NotFound)
}

/// What a page asks of whoever wants to come in by a key.
pub fn question(page: &Page) -> String {
    let asked = passkeys::ask(&page.town, &page.frame.visit.browser());
    json!({
        "challenge": asked.challenge,
        "rpId": asked.site,
        "userVerification": "required",
        "timeout": PATIENCE,
    })
    .to_string()
}

pub async fn log_in(page: Page, form: Form) -> Answer {
    let given = Assertion {
        credential: form.owned("credential"),
        client_data: form.owned("client_data"),
        authenticator_data: form.owned("authenticator_data"),
        signature: form.owned("signature"),
        user_handle: form.owned("user_handle"),
    };
    let browser = page.frame.visit.browser();
    match users::log_in_by_passkey(&page.town, &given, &browser, &page.network).await {
        Ok(admission) => come_in_typing(&page, admission, &form.values).await,
        Err(failure) => anew(&page, failure, &form.values).await,
    }
}

/// `PublicKeyCredentialCreationOptionsJSON` (WebAuthn, 5.1.9).
fn creation_options(page: &Frame, user: &UserView, creation: &Creation) -> Value {
    let kinds = passkeys::ALGORITHMS.map(|alg| json!({"type": "public-key", "alg": alg}));
    let known = creation.known.iter();
    let known: Vec<Value> = known
        .map(|id| json!({"type": "public-key", "id": id}))
        .collect();
    json!({
        "challenge": creation.challenge,
        "rp": {"id": creation.site, "name": page.town.name},
        "user": {
            "id": creation.user_handle,
            "name": format!("{}@{}", user.name, page.host),
            "displayName": page.me.as_ref().map(|me| &me.account.display_name),
        },
        "pubKeyCredParams": kinds,
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": true,
            "userVerification": "required",
        },
        "attestation": "none",
        "excludeCredentials": known,
        "timeout": PATIENCE,
    })
}
