//! What is served here, as an OpenAPI document (<https://spec.openapis.org/oas/v3.1.1.html>). Written from what stands anyway:
//! addresses and scopes from the route table, parameters and schemas from the types that are read and shown (`schemars`, whose
//! schemas are OpenAPI 3.1's own; `utoipa` would have each route told a second time). Only the words and what is answered
//! stand in [`words`]. Knows no town: it is the same for all.

mod asked;
mod operation;
mod words;

use std::sync::LazyLock;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use parvis_town::tokens::SCOPES;
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Map, Value, json};

pub use self::asked::{Arguments, Asked};
use crate::{answer::JSON, fault, routes};

const SCHEMAS: &str = "/components/schemas";
/// It changes with the program only.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

const ABOUT: &str = "\
The client API of Mastodon as this server speaks it. What differs, and what is ours, is said where it stands.

- **Bodies** come as JSON, as forms or as multipart forms, whichever an app prefers. In forms and in addresses lists and \
nested parameters are written as Rails reads them: `media_ids[]=1`, `poll[options][]=Saturday`. Of a list, the names here are \
without brackets in JSON and may be so in forms. `null` is as good as not given.
- **Ids** are decimal numbers written as text. **Moments** are UTC with milliseconds.
- **Pages**: the `Link` header leads to the older (`next`) and the newer page (`prev`).
- **Scopes**: of those named, one is enough; `read` and `write` hold all that begin so.
- **Limits**: every answer tells in `X-RateLimit-Limit`, `-Remaining` and `-Reset` how much is left.
- **Errors** are `{\"error\": …}`: 401 without a good token, 403 outside its scopes, 404 for what is not there or not for \
these eyes, 422 for what does not fit, 429 for too much, 503 while the database is away.";

pub async fn show() -> Response {
    static WRITTEN: LazyLock<Bytes> = LazyLock::new(|| document().to_string().into());
    let mut answer = Body::from(WRITTEN.clone()).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, KEPT);
    answer
}

/// What is shown and what is read are described apart: a field that is always shown may yet be left out when asking.
struct Schemas {
    shown: SchemaGenerator,
    read: SchemaGenerator,
}

fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|it| it.definitions_path = SCHEMAS.into());
    let mut schemas = Schemas {
        shown: settings.clone().for_serialize().into_generator(),
        read: settings
            .for_deserialize()
            .with_transform(RecursiveTransform(undefaulted))
            .into_generator(),
    };
    let said = words::all();
    let mut paths = Map::new();
    for endpoint in routes::endpoints() {
        let name = format!("{} {}", endpoint.method, endpoint.path);
        let said = said.iter().find(|words| words.of == name);
        let described = operation::described(&endpoint, said, &mut schemas);
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_lowercase()] = described;
    }
    let error = schemas.shown.subschema_for::<fault::Words>();
    let mut definitions = schemas.shown.take_definitions(true);
    definitions.extend(schemas.read.take_definitions(true));
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Parvis",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
        },
        "servers": [{ "url": "/", "description": "This town" }],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {
                "Error": {
                    "description": "Not done; the words say why.",
                    "content": { "application/json": { "schema": error } },
                },
            },
            "securitySchemes": {
                "resident": {
                    "type": "oauth2",
                    "description": "A token that a resident gave an app.",
                    "flows": { "authorizationCode": {
                        "authorizationUrl": "/oauth/authorize",
                        "tokenUrl": "/oauth/token",
                        "scopes": scopes(),
                    } },
                },
                "app": {
                    "type": "oauth2",
                    "description": "An app's own token, with no resident behind it.",
                    "flows": { "clientCredentials": { "tokenUrl": "/oauth/token", "scopes": scopes() } },
                },
            },
        },
    })
}

/// What stands for nothing given is no value that could be given.
fn undefaulted(schema: &mut Schema) {
    schema.remove("default");
}

fn scopes() -> Map<String, Value> {
    let told = |scope: &str| match scope.split_once(':') {
        None => format!("Everything of {scope}"),
        Some((_, what)) => format!("Only {}", what.replace(['_', ':'], " ")),
    };
    let each = SCOPES.iter();
    each.map(|scope| ((*scope).to_owned(), told(scope).into()))
        .collect()
}

#[cfg(test)]
mod tests;
