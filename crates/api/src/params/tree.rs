//! Pairs such as `poll[options][]=Oui` as a tree, as Rack nests them
//! (<https://github.com/rack/rack/blob/main/lib/rack/query_parser.rb>). Knows no types: every leaf is a text.

use serde_json::{Map, Value};

/// Pairs of one request.
const PAIRS: usize = 1_000;
/// Steps of one name.
const DEPTH: usize = 8;

/// Too many pairs, too deep, or two that contradict each other.
#[derive(Debug, PartialEq, Eq)]
pub struct Unfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step<'a> {
    Name(&'a str),
    /// `[]`
    Next,
}

pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Map<String, Value>, Unfit> {
    let mut root = Map::new();
    for (count, (name, text)) in pairs.into_iter().enumerate() {
        let (first, steps) = steps(&name);
        if count >= PAIRS || steps.len() >= DEPTH {
            return Err(Unfit);
        }
        let slot = root.entry(first).or_insert(Value::Null);
        put(slot, &steps, text)?;
    }
    Ok(root)
}

/// `a[b][]` as `a` and what follows. A name whose brackets do not match is taken as it stands.
fn steps(name: &str) -> (&str, Vec<Step<'_>>) {
    let (first, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let Some((inner, more)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        else {
            return (name, Vec::new());
        };
        steps.push(if inner.is_empty() {
            Step::Next
        } else {
            Step::Name(inner)
        });
        rest = more;
    }
    if first.is_empty() {
        (name, Vec::new())
    } else {
        (first, steps)
    }
}

fn put(slot: &mut Value, steps: &[Step<'_>], text: String) -> Result<(), Unfit> {
    match steps {
        [] => put_text(slot, text),
        [Step::Name(name), rest @ ..] => {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            let object = slot.as_object_mut().ok_or(Unfit)?;
            put(object.entry(*name).or_insert(Value::Null), rest, text)
        }
        [Step::Next, rest @ ..] => {
            if slot.is_null() {
                *slot = Value::Array(Vec::new());
            }
            let list = slot.as_array_mut().ok_or(Unfit)?;
            // A new element begins when a name repeats.
            if rest.is_empty() || list.last().is_none_or(|last| holds(last, rest)) {
                list.push(Value::Null);
            }
            put(list.last_mut().ok_or(Unfit)?, rest, text)
        }
    }
}

/// A name given twice becomes a list: `id=1&id=2` means `id[]=1&id[]=2` to some apps.
fn put_text(slot: &mut Value, text: String) -> Result<(), Unfit> {
    match slot {
        Value::Null => *slot = Value::String(text),
        Value::String(first) => {
            let first = std::mem::take(first);
            *slot = Value::Array(vec![Value::String(first), Value::String(text)]);
        }
        Value::Array(list) => list.push(Value::String(text)),
        _ => return Err(Unfit),
    }
    Ok(())
}

fn holds(value: &Value, steps: &[Step<'_>]) -> bool {
    match steps {
        [] => true,
        [Step::Name(name), rest @ ..] => value.get(name).is_some_and(|inner| holds(inner, rest)),
        [Step::Next, ..] => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(encoded: &str) -> Result<Value, Unfit> {
        of(url::form_urlencoded::parse(encoded.as_bytes()).into_owned()).map(Value::Object)
    }

    #[test]
    fn names_nest_as_rails_nests_them() {
        let table = [
            ("a=1", json!({"a": "1"})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            ("id=1&id=2&id=3", json!({"id": ["1", "2", "3"]})),
            ("a[b]=1&a[c]=2", json!({"a": {"b": "1", "c": "2"}})),
            (
                "fields_attributes[0][name]=x&fields_attributes[0][value]=y&fields_attributes[1][name]=z",
                json!({"fields_attributes": {"0": {"name": "x", "value": "y"}, "1": {"name": "z"}}}),
            ),
            (
                "m[][id]=1&m[][description]=a&m[][id]=2&m[][description]=b",
                json!({"m": [{"id": "1", "description": "a"}, {"id": "2", "description": "b"}]}),
            ),
            (
                "m[][id]=1&m[][id]=2&m[][description]=b",
                json!({"m": [{"id": "1"}, {"id": "2", "description": "b"}]}),
            ),
            (
                "poll[options][]=o&poll[options][]=n&poll[expires_in]=60",
                json!({"poll": {"options": ["o", "n"], "expires_in": "60"}}),
            ),
            ("a[][b][]=1&a[][b][]=2", json!({"a": [{"b": ["1", "2"]}]})),
            (
                "data[alerts][admin.sign_up]=1",
                json!({"data": {"alerts": {"admin.sign_up": "1"}}}),
            ),
            ("a[b=1", json!({"a[b": "1"})),
            ("[]=1", json!({"[]": "1"})),
            ("a[b]c=1", json!({"a[b]c": "1"})),
        ];
        for (encoded, wanted) in table {
            assert_eq!(read(encoded), Ok(wanted), "{encoded}");
        }
    }

    #[test]
    fn contradictions_and_floods_are_refused() {
        for encoded in ["a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2"] {
            assert_eq!(read(encoded), Err(Unfit), "{encoded}");
        }
        assert_eq!(read(&format!("a{}=1", "[b]".repeat(20))), Err(Unfit));
        assert_eq!(read(&"a=1&".repeat(PAIRS + 1)), Err(Unfit));
    }
}
