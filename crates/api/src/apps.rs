//! Apps that introduce themselves (<https://docs.joinmastodon.org/methods/apps/>).

use std::sync::Arc;

use parvis_town::{
    Failure,
    apps::{self, Registration},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{Answer, json},
    entities::Application,
    gate::{Asker, Holder},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [
    { "client_name": "Elk", "redirect_uris": ["https://app.example/back"], "scopes": "read write" },
]))]
#[serde(default)]
pub struct Introduction {
    client_name: String,
    redirect_uris: Vec<String>,
    scopes: String,
    website: String,
}

pub async fn register(asker: Asker, params: Params<Introduction>) -> Answer {
    let said = params.fields;
    let registration = Registration {
        name: said.client_name,
        redirect_uris: said.redirect_uris,
        scopes: given(said.scopes),
        website: given(said.website),
    };
    let town = Arc::clone(&asker.town);
    let registered = asker.town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { apps::register(tx, &town, registration).await })
    });
    let registered = registered.await?;
    json(&Application::with_secret(
        &registered.app,
        &registered.secret,
        &asker.town.push_key.public,
    ))
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

pub async fn verify_credentials(Holder { town, bearer, .. }: Holder) -> Answer {
    let app = match bearer.app {
        Some(app) => apps::by_id(&town, app).await?,
        None => None,
    };
    let key = town.push_key.public.as_str();
    match app {
        Some(app) => json(&Application::new(&app, key)),
        None => json(&Application::of_token(&bearer.name, &bearer.scopes, key)),
    }
}
