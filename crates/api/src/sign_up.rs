//! Opening an account from within an app (<https://docs.joinmastodon.org/methods/accounts/#create>). There is no letter to
//! confirm: who is not asked to wait for the town's yes is in.

use std::{collections::BTreeMap, sync::Arc};

use parvis_model::{locale::Locale, refusal::Refusal};
use parvis_town::{
    Failure, Outcome, Rate, Town, apps,
    apps::AppView,
    grants::{self, Issued},
    users::{self, Prepared, SignUp},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, json},
    entities::Token,
    fault::Fault,
    gate::{Caller, Holder},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [{
    "username": "anne",
    "email": "anne@courriel.example",
    "password": "le vieux pont de bois",
    "agreement": true,
    "locale": "fr",
}]))]
#[serde(default)]
pub struct Newcomer {
    username: String,
    email: String,
    password: String,
    agreement: bool,
    locale: String,
    reason: String,
    invite_code: String,
}

impl From<Newcomer> for SignUp {
    fn from(newcomer: Newcomer) -> Self {
        let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        Self {
            name: newcomer.username,
            email: given(newcomer.email),
            password: newcomer.password,
            reason: newcomer.reason,
            invitation: given(newcomer.invite_code),
            locale: given(newcomer.locale),
            agreed: newcomer.agreement,
        }
    }
}

pub async fn sign_up(holder: Holder, params: Params<Newcomer>) -> Answer {
    let town = &holder.town;
    let app = match holder.bearer.app {
        Some(app) => apps::by_id(town, app).await?,
        None => None,
    };
    let app = app.ok_or(Fault::OutsideScopes)?;
    let sign_up = SignUp::from(params.fields);
    let problems = users::problems(town, &sign_up).await?;
    if !problems.is_empty() {
        return Err(Fault::Newcomer(problems));
    }
    let prepared = users::prepare_checked(town, sign_up).await?;
    // Only now: a slip of the hand costs nobody an account.
    town.rates().count(Rate::SignUpNetwork, &holder.network)?;
    match open(town, app, prepared).await {
        Ok(issued) => json(&Token::new(&issued)),
        // Somebody else took the name meanwhile, or the invitation is spent.
        Err(Failure::Refused(refusal)) if refusal.field.is_some() => {
            Err(Fault::Newcomer(vec![refusal]))
        }
        Err(failure) => Err(failure.into()),
    }
}

async fn open(town: &Arc<Town>, app: AppView, prepared: Prepared) -> Outcome<Issued> {
    let here = Arc::clone(town);
    town.store
        .write(move |tx| {
            Box::pin(async move {
                let newcomer = users::sign_up(tx, &here, prepared).await?;
                grants::issue_to_newcomer(tx, &here, newcomer.user, &app).await
            })
        })
        .await
}

/// The town writes no letters, so none is ever awaited: what Mastodon says to those who are confirmed already.
pub async fn confirm_again(_: Caller) -> Answer {
    Err(Fault::NothingToConfirm)
}

/// Nobody waits for a letter before they may come in.
pub async fn is_confirmed(_: Caller) -> Answer {
    json(&true)
}

/// What is wrong, by the parameter that it is wrong with.
pub type Details = BTreeMap<&'static str, Vec<Detail>>;

#[derive(Debug, Serialize, JsonSchema)]
pub struct Detail {
    error: &'static str,
    description: String,
}

pub fn details(problems: &[Refusal], locale: Locale) -> Details {
    let mut details = Details::new();
    for problem in problems {
        details.entry(parameter(problem)).or_default().push(Detail {
            error: code(problem.key),
            description: locale.refusal(problem),
        });
    }
    details
}

fn parameter(problem: &Refusal) -> &'static str {
    match problem.field {
        Some("name" | "username") => "username",
        Some("agreed") => "agreement",
        Some("invitation") => "invite_code",
        Some(field) => field,
        None => "base",
    }
}

fn code(key: &str) -> &'static str {
    match key {
        "refusal-username-taken" | "refusal-email-taken" => "ERR_TAKEN",
        "refusal-username-reserved" => "ERR_RESERVED",
        "refusal-password-short" => "ERR_TOO_SHORT",
        "refusal-password-long" | "refusal-text-too-long" => "ERR_TOO_LONG",
        "refusal-terms-not-agreed" => "ERR_ACCEPTED",
        "refusal-name-empty" | "refusal-password-empty" | "refusal-reason-needed" => "ERR_BLANK",
        _ => "ERR_INVALID",
    }
}
