//! One row of the route table as OpenAPI tells it: what it needs, what it reads, what it answers.

use axum::http::Method;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    Schemas,
    asked::{Asked, Fields},
    words::{Shape, Words},
};
use crate::{gate::Access, routes::Endpoint};

pub fn described(endpoint: &Endpoint, said: Option<&Words>, schemas: &mut Schemas) -> Value {
    let mut asked = Asked::default();
    (endpoint.arguments)(&mut asked);
    let in_query = matches!(endpoint.method, Method::GET | Method::DELETE);
    let mut parameters = in_path(endpoint.path, asked.id);
    parameters.extend(in_headers(asked));
    if asked.page {
        parameters.extend(pages());
    }
    if let Some(fields) = asked.fields.filter(|_| in_query) {
        for parameter in of_query(fields, &mut schemas.read) {
            if parameters
                .iter()
                .all(|known| known["name"] != parameter["name"])
            {
                parameters.push(parameter);
            }
        }
    }
    let mut told = Map::new();
    told.insert("operationId".into(), id(endpoint).into());
    told.insert("tags".into(), json!([group(endpoint.path)]));
    if let Some(said) = said {
        told.insert("summary".into(), said.summary.into());
        if !said.note.is_empty() {
            told.insert("description".into(), said.note.into());
        }
    }
    if !parameters.is_empty() {
        told.insert("parameters".into(), parameters.into());
    }
    if let Some(fields) = asked.fields.filter(|_| !in_query) {
        let files = said.map_or(&[][..], |said| said.files);
        told.insert("requestBody".into(), body(fields, asked, files, schemas));
    }
    told.insert("responses".into(), answers(said, asked, schemas));
    told.insert("security".into(), needed(endpoint.access));
    told.into()
}

/// `get_v1_accounts_id_statuses`
fn id(endpoint: &Endpoint) -> String {
    let method = endpoint.method.as_str().to_lowercase();
    let steps = endpoint.path.split('/');
    let steps = steps.map(|step| step.trim_matches(['{', '}', '.']).replace('-', "_"));
    let steps = steps.filter(|step| !step.is_empty() && step != "api");
    let all: Vec<String> = std::iter::once(method).chain(steps).collect();
    all.join("_")
}

/// The first word of the address that is no version.
fn group(path: &str) -> &str {
    let mut steps = path.split('/');
    let word = steps.find(|step| !matches!(*step, "" | "api" | "v1" | "v2"));
    word.unwrap_or_default()
}

fn in_path(path: &str, ids: bool) -> Vec<Value> {
    let names = path
        .split('/')
        .filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    let described = |name: &str| {
        let schema = if ids && name == "id" {
            json!({ "type": "string", "pattern": "^[0-9]+$" })
        } else {
            json!({ "type": "string", "minLength": 1 })
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    };
    names.map(described).collect()
}

fn in_headers(asked: Asked) -> Option<Value> {
    asked.key.then(|| {
        json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "What is sent again under the same key within the hour is done once.",
            "schema": { "type": "string", "maxLength": 255 },
        })
    })
}

fn pages() -> Vec<Value> {
    let cursor = |name: &str, about: &str| json!({ "name": name, "in": "query", "description": about, "schema": { "type": "string" } });
    vec![
        cursor("max_id", "Only what is older."),
        cursor("since_id", "Only what is newer, the newest first."),
        cursor("min_id", "Only what is newer, the nearest first."),
        json!({
            "name": "limit",
            "in": "query",
            "description": "How many at most; larger numbers are capped.",
            "schema": { "type": "integer", "minimum": 0 },
        }),
    ]
}

fn of_query(fields: Fields, read: &mut SchemaGenerator) -> Vec<Value> {
    let schema = (fields.inside)(read);
    let properties = schema.get("properties").and_then(Value::as_object);
    let described = |(name, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let mut taken = |key| schema.as_object_mut().and_then(|it| it.remove(key));
        let about = taken("description");
        taken("default");
        let name = if is_list(&schema) {
            format!("{name}[]")
        } else {
            name.clone()
        };
        let mut told = json!({ "name": name, "in": "query", "schema": schema });
        if let Some(about) = about {
            told["description"] = about;
        }
        told
    };
    properties.into_iter().flatten().map(described).collect()
}

fn is_list(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "array"),
        kind => kind == "array",
    }
}

fn body(fields: Fields, asked: Asked, files: &[&str], schemas: &mut Schemas) -> Value {
    let plain = (fields.named)(&mut schemas.read).to_value();
    let files = files.iter().map(|name| {
        let file = json!({ "type": "string", "format": "binary" });
        ((*name).to_owned(), file)
    });
    let files: Map<String, Value> = files.collect();
    let parts = if files.is_empty() {
        plain.clone()
    } else {
        json!({ "allOf": [plain.clone()], "type": "object", "properties": files })
    };
    let mut content = Map::new();
    if !asked.in_parts {
        for kind in ["application/json", "application/x-www-form-urlencoded"] {
            content.insert(kind.into(), json!({ "schema": plain }));
        }
    }
    content.insert("multipart/form-data".into(), json!({ "schema": parts }));
    json!({ "content": content })
}

fn answers(said: Option<&Words>, asked: Asked, schemas: &mut Schemas) -> Value {
    let mut answers = Map::new();
    if let Some(said) = said {
        let (status, content) = match said.shape {
            Shape::Json(describe) => {
                let schema = describe(&mut schemas.shown);
                (200, Some(("application/json", json!({ "schema": schema }))))
            }
            Shape::Text(kind) => {
                let schema = json!({ "schema": { "type": "string" } });
                (200, Some((kind, schema)))
            }
            Shape::Socket => (101, None),
            Shape::Refusal => (0, None),
        };
        let given = |about: &str| {
            let mut answer = json!({ "description": about });
            if let Some((kind, content)) = &content {
                answer["content"] = json!({ *kind: content });
            }
            if asked.page {
                let about = "The way to the older and to the newer page (RFC 8288).";
                let link = json!({ "description": about, "schema": { "type": "string" } });
                answer["headers"] = json!({ "Link": link });
            }
            answer
        };
        if status != 0 {
            answers.insert(status.to_string(), given("Done."));
        }
        if let Some((status, about)) = said.also {
            answers.insert(status.to_string(), given(about));
        }
    }
    answers.insert(
        "default".into(),
        json!({ "$ref": "#/components/responses/Error" }),
    );
    answers.into()
}

/// One of these is enough.
fn needed(access: Access) -> Value {
    let with = |scheme: &str, scopes: &[&str]| -> Vec<Value> {
        if scopes.is_empty() {
            return vec![json!({ scheme: [] })];
        }
        scopes
            .iter()
            .map(|scope| json!({ scheme: [scope] }))
            .collect()
    };
    match access {
        Access::Open => json!([]),
        Access::Resident(scopes) => with("resident", scopes).into(),
        Access::App(scopes) => [with("app", scopes), with("resident", scopes)]
            .concat()
            .into(),
        Access::Public(scopes) => {
            let none = vec![json!({})];
            [none, with("resident", scopes), with("app", scopes)]
                .concat()
                .into()
        }
    }
}
