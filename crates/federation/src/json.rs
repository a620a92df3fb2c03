//! Reads JSON of others: bounded, unambiguous, plain. Knows nothing of what it means.

use std::{cell::Cell, fmt};

use parvis_model::limits;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Members and items in one document: the largest honest ones have some thousands.
const NODES: usize = 100_000;

/// Words that give one graph two readings in JSON-LD (CVE-2026-42462, CVE-2026-46349).
const TWO_FACED: [&str; 3] = ["@graph", "@included", "@reverse"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    #[error("not JSON")]
    Syntax,
    #[error("not an object")]
    NotAnObject,
    #[error("too long or too many members")]
    Long,
    #[error("nested too deeply")]
    Deep,
    #[error("a member given twice")]
    Doubled,
    #[error("a word of JSON-LD that changes what the rest means")]
    TwoFaced,
    /// PostgreSQL cannot store U+0000.
    #[error("a NUL character")]
    Nul,
}

/// Reads one object of at most [`limits::DOCUMENT_BYTES`] and [`limits::DOCUMENT_DEPTH`]. Refuses a member given twice,
/// U+0000, lone surrogates, and `@graph`, `@included`, `@reverse` at any level.
pub fn parse_bounded(bytes: &[u8]) -> Result<Value, JsonFault> {
    if bytes.len() > limits::DOCUMENT_BYTES {
        return Err(JsonFault::Long);
    }
    let fault = Cell::new(JsonFault::Syntax);
    let nodes = Cell::new(0);
    let reader = Reader {
        depth: 0,
        nodes: &nodes,
        fault: &fault,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = reader
        .deserialize(&mut deserializer)
        .map_err(|_| fault.get())?;
    deserializer.end().map_err(|_| JsonFault::Syntax)?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(JsonFault::NotAnObject)
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    depth: usize,
    nodes: &'a Cell<usize>,
    fault: &'a Cell<JsonFault>,
}

impl Reader<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == limits::DOCUMENT_DEPTH {
            return Err(self.refuse(JsonFault::Deep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn count<E: Error>(self) -> Result<(), E> {
        self.nodes.set(self.nodes.get() + 1);
        if self.nodes.get() > NODES {
            Err(self.refuse(JsonFault::Long))
        } else {
            Ok(())
        }
    }

    fn clean<E: Error>(self, text: &str) -> Result<(), E> {
        if text.as_bytes().contains(&0) {
            Err(self.refuse(JsonFault::Nul))
        } else {
            Ok(())
        }
    }

    fn refuse<E: Error>(self, fault: JsonFault) -> E {
        self.fault.set(fault);
        E::custom(fault)
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.clean(value)?;
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.clean(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.clean(&name)?;
            if TWO_FACED.contains(&name.as_str()) {
                return Err(self.refuse(JsonFault::TwoFaced));
            }
            if map.contains_key(&name) {
                return Err(self.refuse(JsonFault::Doubled));
            }
            map.insert(name, members.next_value_seed(inside)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fault(text: &str) -> JsonFault {
        parse_bounded(text.as_bytes()).unwrap_err()
    }

    fn nested(open: &str, close: &str, depth: usize) -> String {
        format!("{{\"a\":{}1{}}}", open.repeat(depth), close.repeat(depth))
    }

    #[test]
    fn plain_documents_are_read_in_their_order() {
        let text = r#"{"type":"Note","b":[1,-2,3.5,true,null,"é\n"],"a":{"deep":{}},"big":18446744073709551615}"#;
        let value = parse_bounded(text.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn t050_words_that_change_the_meaning_are_refused() {
        for word in TWO_FACED {
            assert_eq!(fault(&json!({ word: [] }).to_string()), JsonFault::TwoFaced);
            assert_eq!(
                fault(&json!({"a": [{ word: {} }]}).to_string()),
                JsonFault::TwoFaced
            );
        }
        assert_eq!(fault("{\"\\u0040graph\":[]}"), JsonFault::TwoFaced);
    }

    #[test]
    fn t129_t130_nesting_is_bounded() {
        assert!(parse_bounded(nested("[", "]", 31).as_bytes()).is_ok());
        assert!(parse_bounded(nested("{\"a\":", "}", 31).as_bytes()).is_ok());
        for depth in [32, 100_000] {
            assert_eq!(fault(&nested("[", "]", depth)), JsonFault::Deep);
            assert_eq!(fault(&nested("{\"a\":", "}", depth)), JsonFault::Deep);
        }
    }

    #[test]
    fn t131_t132_text_that_cannot_be_kept_is_refused() {
        assert_eq!(fault(r#"{"a":"\u0000"}"#), JsonFault::Nul);
        assert_eq!(fault(r#"{"\u0000":1}"#), JsonFault::Nul);
        assert_eq!(fault(r#"{"a":"\ud800"}"#), JsonFault::Syntax);
        assert_eq!(parse_bounded(b"{\"a\":\"\xff\"}"), Err(JsonFault::Syntax));
    }

    #[test]
    fn t134_what_is_no_object_is_refused() {
        for text in ["null", "[]", "1", "\"a\""] {
            assert_eq!(fault(text), JsonFault::NotAnObject);
        }
        for text in ["", "{", "{}{}", "{\"a\":1e999}", "{\"a\":NaN}", "{'a':1}"] {
            assert_eq!(fault(text), JsonFault::Syntax, "{text}");
        }
    }

    #[test]
    fn a_member_given_twice_is_refused() {
        assert_eq!(fault(r#"{"a":1,"a":1}"#), JsonFault::Doubled);
        assert_eq!(fault(r#"{"o":[{"id":1,"\u0069d":2}]}"#), JsonFault::Doubled);
    }

    #[test]
    fn length_and_number_of_members_are_bounded() {
        let text = |n: usize| format!("{{\"a\":\"{}\"}}", "a".repeat(n));
        assert!(parse_bounded(text(limits::DOCUMENT_BYTES - 8).as_bytes()).is_ok());
        assert_eq!(fault(&text(limits::DOCUMENT_BYTES)), JsonFault::Long);
        assert_eq!(
            fault(&format!("{{\"a\":[{}[]]}}", "[],".repeat(NODES))),
            JsonFault::Long
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_bounded(&bytes);
        }

        #[test]
        fn any_object_comes_back_as_it_was(members in proptest::collection::btree_map("[^\0]{0,9}", "[^\0]{0,9}", 0..9)) {
            let value = json!(members);
            prop_assert_eq!(parse_bounded(value.to_string().as_bytes()), Ok(value));
        }
    }
}
