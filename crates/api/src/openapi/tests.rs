use std::collections::BTreeSet;

use super::*;

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, told)| (format!("{} {path}", method.to_uppercase()), told))
    });
    each.collect()
}

/// Every `$ref` below.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|inner| references(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

#[test]
fn every_route_is_told_in_words_and_nothing_that_is_none() {
    let routes: BTreeSet<String> = routes::endpoints()
        .iter()
        .map(|endpoint| format!("{} {}", endpoint.method, endpoint.path))
        .collect();
    let said = words::all();
    let told: BTreeSet<String> = said.iter().map(|words| words.of.to_owned()).collect();
    assert_eq!(told.len(), said.len(), "something is told twice");
    let difference: Vec<_> = routes.symmetric_difference(&told).collect();
    assert!(difference.is_empty(), "{difference:?}");
    let document = document();
    let described: BTreeSet<String> = operations(&document)
        .into_iter()
        .map(|(of, _)| of)
        .collect();
    assert_eq!(described, routes);
}

#[test]
fn every_route_tells_what_it_needs_reads_and_answers() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (of, told) in operations(&document) {
        assert!(ids.insert(told["operationId"].as_str().unwrap()), "{of}");
        assert!(
            told["summary"].is_string() && told["security"].is_array(),
            "{of}"
        );
        let answers = told["responses"].as_object().unwrap();
        let refused_always = of == "POST /api/v1/emails/confirmations";
        assert_eq!(answers.len() > 1, !refused_always, "{of}");
        let placed = of.matches('{').count();
        let parameters = told["parameters"].as_array().into_iter().flatten();
        assert_eq!(
            parameters.filter(|it| it["in"] == "path").count(),
            placed,
            "{of}"
        );
    }
}

#[test]
fn every_scope_is_one_that_an_app_can_ask_for() {
    let document = document();
    for (of, told) in operations(&document) {
        for way in told["security"].as_array().unwrap() {
            let scopes = way.as_object().unwrap().values();
            for scope in scopes.flat_map(|scopes| scopes.as_array().unwrap()) {
                assert!(SCOPES.contains(&scope.as_str().unwrap()), "{of}: {scope}");
            }
        }
    }
}

#[test]
fn schemas_are_there_have_one_name_each_and_say_something() {
    let document = document();
    let mut references_found = BTreeSet::new();
    references(&document, &mut references_found);
    assert!(references_found.len() > 50);
    for reference in references_found {
        let at = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(at).is_some(), "{reference} leads nowhere");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let numbered = name.ends_with(|last: char| last.is_ascii_digit());
        assert!(
            !numbered || name.ends_with("V1") || name.ends_with("V2"),
            "two are called {name}"
        );
        let says = ["properties", "type", "anyOf", "oneOf", "enum"];
        assert!(says.iter().any(|key| schema.get(key).is_some()), "{name}");
    }
}

#[test]
fn what_is_read_and_what_is_shown_have_names_of_their_own() {
    let settings = || SchemaSettings::draft2020_12();
    let mut shown = settings().for_serialize().into_generator();
    let mut read = settings().for_deserialize().into_generator();
    for words in words::all() {
        if let words::Shape::Json(describe) = words.shape {
            describe(&mut shown);
        }
    }
    for endpoint in routes::endpoints() {
        let mut asked = Asked::default();
        (endpoint.arguments)(&mut asked);
        if let Some(fields) = asked.fields {
            (fields.named)(&mut read);
        }
    }
    let twice = shown
        .definitions()
        .keys()
        .find(|name| read.definitions().contains_key(*name));
    assert_eq!(twice, None);
}

#[test]
fn a_post_is_described_as_it_is_sent() {
    let document = document();
    let post = &document["components"]["schemas"]["Status"];
    let required: Vec<&str> = post["required"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for always in [
        "id",
        "content",
        "account",
        "media_attachments",
        "quote_approval",
    ] {
        assert!(required.contains(&always), "{always}");
    }
    for sometimes in [
        "local_only",
        "neighbours_only",
        "text",
        "favourited",
        "pinned",
    ] {
        assert!(!required.contains(&sometimes), "{sometimes}");
        assert!(post["properties"].get(sometimes).is_some(), "{sometimes}");
    }
    let reading = &document["components"]["schemas"]["StatusParams"];
    assert!(reading.get("required").is_none());
    assert!(reading["properties"]["local_only"].get("default").is_none());
    let mut wanted = reading["properties"]["visibility"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str);
    assert!(wanted.any(|word| word == "neighbours"));
    assert_eq!(
        reading["properties"]["poll"]["anyOf"][0]["$ref"],
        "#/components/schemas/PollParams"
    );
}
