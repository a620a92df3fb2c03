//! Reads typed parameters from a tree as forgivingly as Rails does: numbers and booleans may be texts, a list may be a map
//! with the keys "0", "1" … or a single value, null is as good as nothing.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

/// As ActiveModel has it (`ActiveModel::Type::Boolean::FALSE_VALUES`); everything else is true.
const FALSE: [&str; 5] = ["", "0", "f", "false", "off"];

#[derive(Clone, Copy)]
pub struct Lenient<'de>(pub &'de Value);

impl<'de> Lenient<'de> {
    /// Of a value given several times the last one counts.
    fn single(self) -> &'de Value {
        match self.0 {
            Value::Array(list) => list.last().unwrap_or(&Value::Null),
            single => single,
        }
    }

    fn elements(self) -> Vec<Self> {
        match self.0 {
            Value::Null => Vec::new(),
            Value::String(text) if text.is_empty() => Vec::new(),
            Value::Array(list) => list.iter().map(Lenient).collect(),
            Value::Object(map) if !map.is_empty() => {
                let mut numbered: Vec<(u32, Self)> = map
                    .iter()
                    .filter_map(|(key, value)| Some((key.parse().ok()?, Lenient(value))))
                    .collect();
                if numbered.len() < map.len() {
                    return vec![self];
                }
                numbered.sort_by_key(|(at, _)| *at);
                numbered.into_iter().map(|(_, value)| value).collect()
            }
            _ => vec![self],
        }
    }

    fn integer(self) -> Result<i64, Error> {
        let number = match self.single() {
            Value::Null => Some(0),
            Value::Number(number) => number.as_i64(),
            Value::String(text) if text.trim().is_empty() => Some(0),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| Error::custom("a number is not one"))
    }
}

impl<'de> IntoDeserializer<'de, Error> for Lenient<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_i64(self.integer()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Lenient<'de> {
    type Error = Error;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct enum identifier
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => visitor.visit_i64(whole),
                (None, Some(real)) => visitor.visit_f64(real),
                (None, None) => Err(Error::custom("a number is too large")),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.single() {
            Value::Null => visitor.visit_bool(false),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Number(number) => visitor.visit_bool(number.as_i64() != Some(0)),
            Value::String(text) => {
                visitor.visit_bool(!FALSE.iter().any(|no| text.eq_ignore_ascii_case(no)))
            }
            _ => Err(Error::custom("a yes or no is neither")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.single() {
            Value::Null => visitor.visit_borrowed_str(""),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Number(number) => visitor.visit_string(number.to_string()),
            Value::Bool(yes) => visitor.visit_string(yes.to_string()),
            _ => Err(Error::custom("a text is not one")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.elements().into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let given = match self.0 {
            // What is null is not given, so that a default stands in for it.
            Value::Object(map) => map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.as_str(), Lenient(value)))
                .collect(),
            Value::Null => Vec::new(),
            Value::String(text) if text.is_empty() => Vec::new(),
            _ => return Err(Error::custom("a group of parameters is not one")),
        };
        visitor.visit_map(MapDeserializer::new(given.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    fn read<T: for<'de> Deserialize<'de>>(value: &Value) -> Option<T> {
        T::deserialize(Lenient(value)).ok()
    }

    #[test]
    fn booleans_come_in_many_clothes() {
        for yes in [
            json!("true"),
            json!("1"),
            json!("t"),
            json!("T"),
            json!("True"),
            json!("on"),
            json!(true),
            json!(1),
        ] {
            assert_eq!(read::<bool>(&yes), Some(true), "{yes}");
        }
        for no in [
            json!("false"),
            json!("0"),
            json!("f"),
            json!("F"),
            json!("off"),
            json!(""),
            json!(false),
            json!(0),
        ] {
            assert_eq!(read::<bool>(&no), Some(false), "{no}");
        }
        assert_eq!(read::<Option<bool>>(&json!(null)), Some(None));
    }

    #[test]
    fn integers_may_be_texts_and_nothing_else() {
        assert_eq!(read::<i64>(&json!("3600")), Some(3600));
        assert_eq!(read::<u8>(&json!(4)), Some(4));
        assert_eq!(read::<i64>(&json!("")), Some(0));
        for other in [
            json!("soon"),
            json!({}),
            json!(1.5),
            json!("99999999999999999999"),
        ] {
            assert_eq!(read::<i64>(&other), None, "{other}");
        }
        assert_eq!(read::<u8>(&json!(-1)), None);
    }

    #[test]
    fn a_list_may_be_a_map_with_numbers_or_a_single_value() {
        let list = |value| read::<Vec<String>>(&value);
        assert_eq!(list(json!(["a", "b"])), Some(vec!["a".into(), "b".into()]));
        assert_eq!(
            list(json!({"10": "b", "2": "a"})),
            Some(vec!["a".into(), "b".into()])
        );
        assert_eq!(list(json!("a")), Some(vec!["a".into()]));
        assert_eq!(list(json!(7)), Some(vec!["7".into()]));
        assert_eq!(list(json!("")), Some(Vec::new()));
        assert_eq!(list(json!(null)), Some(Vec::new()));
    }

    #[test]
    fn of_a_text_given_twice_the_last_one_counts() {
        assert_eq!(read::<String>(&json!(["a", "b"])), Some("b".into()));
    }
}
