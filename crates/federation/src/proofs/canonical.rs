//! The one spelling of a JSON object (RFC 8785), so that two servers who hash it hash the same bytes. Knows no proofs.

use serde_json::{Map, Number, Value};

/// Whole numbers beyond this are not the same to everyone who reads them.
const EXACT: u64 = (1 << 53) - 1;

/// The object without some of its own members; `None` where a number in it has no spelling that all agree on.
pub(super) fn object(members: &Map<String, Value>, without: &[&str]) -> Option<String> {
    let mut text = String::new();
    write_object(members, without, &mut text)?;
    Some(text)
}

fn write_object(members: &Map<String, Value>, without: &[&str], text: &mut String) -> Option<()> {
    let kept = |(name, _): &(&String, &Value)| !without.contains(&name.as_str());
    let mut members: Vec<(&String, &Value)> = members.iter().filter(kept).collect();
    members.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (nth, (name, value)) in members.into_iter().enumerate() {
        if nth > 0 {
            text.push(',');
        }
        text.push_str(&quoted(name)?);
        text.push(':');
        write(value, text)?;
    }
    text.push('}');
    Some(())
}

fn write(value: &Value, text: &mut String) -> Option<()> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(&spelled(number)?),
        Value::String(words) => text.push_str(&quoted(words)?),
        Value::Array(items) => {
            text.push('[');
            for (nth, item) in items.iter().enumerate() {
                if nth > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, &[], text)?,
    }
    Some(())
}

/// Only what must be escaped is, in the shortest way: the same as `serde_json` does.
fn quoted(words: &str) -> Option<String> {
    serde_json::to_string(words).ok()
}

fn spelled(number: &Number) -> Option<String> {
    if let Some(whole) = number.as_i64() {
        return (whole.unsigned_abs() <= EXACT).then(|| whole.to_string());
    }
    if number.is_u64() {
        return None;
    }
    let number = number.as_f64()?;
    // As ECMAScript writes it (Number::toString).
    Some(ryu_js::Buffer::new().format_finite(number).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let value: Value = serde_json::from_str(text).unwrap();
        object(value.as_object().unwrap(), &[])
    }

    /// RFC 8785, sections 3.2.2 and 3.2.3.
    #[test]
    fn the_examples_of_the_specification_come_out_as_it_says() {
        let plain = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let expected = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(canonical(plain).as_deref(), Some(expected));
        let sorted = canonical(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
        );
        let sorted: Value = serde_json::from_str(&sorted.unwrap()).unwrap();
        let names: Vec<_> = sorted.as_object().unwrap().values().collect();
        assert_eq!(
            names,
            [
                "Carriage Return",
                "One",
                "Control",
                "Latin Small Letter O With Diaeresis",
                "Euro Sign",
                "Emoji: Grinning Face",
                "Hebrew Letter Dalet With Dagesh",
            ]
        );
    }

    /// RFC 8785, appendix B: the bits of a number, and how it is written.
    #[test]
    fn numbers_are_written_as_the_specification_does() {
        for (bits, expected) in [
            ("0000000000000000", "0"),
            ("8000000000000000", "0"),
            ("0000000000000001", "5e-324"),
            ("8000000000000001", "-5e-324"),
            ("7fefffffffffffff", "1.7976931348623157e+308"),
            ("ffefffffffffffff", "-1.7976931348623157e+308"),
            ("4340000000000000", "9007199254740992"),
            ("c340000000000000", "-9007199254740992"),
            ("4430000000000000", "295147905179352830000"),
            ("44b52d02c7e14af5", "9.999999999999997e+22"),
            ("44b52d02c7e14af6", "1e+23"),
            ("44b52d02c7e14af7", "1.0000000000000001e+23"),
            ("444b1ae4d6e2ef4e", "999999999999999700000"),
            ("444b1ae4d6e2ef4f", "999999999999999900000"),
            ("444b1ae4d6e2ef50", "1e+21"),
            ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
            ("3eb0c6f7a0b5ed8d", "0.000001"),
            ("41b3de4355555553", "333333333.3333332"),
            ("41b3de4355555554", "333333333.33333325"),
            ("41b3de4355555555", "333333333.3333333"),
            ("41b3de4355555556", "333333333.3333334"),
            ("41b3de4355555557", "333333333.33333343"),
            ("becbf647612f3696", "-0.0000033333333333333333"),
            ("43143ff3c1cb0959", "1424953923781206.2"),
        ] {
            let number = f64::from_bits(u64::from_str_radix(bits, 16).unwrap());
            let number = Number::from_f64(number).unwrap();
            assert_eq!(spelled(&number).as_deref(), Some(expected), "{bits}");
        }
    }

    #[test]
    fn whole_numbers_that_not_everyone_reads_alike_have_no_spelling() {
        let fits = r#"{"a":9007199254740991,"b":-9007199254740991}"#;
        assert_eq!(canonical(fits).as_deref(), Some(fits));
        for number in [
            "9007199254740992",
            "-9007199254740992",
            "18446744073709551615",
        ] {
            assert_eq!(canonical(&format!("{{\"a\":[{number}]}}")), None);
        }
    }

    #[test]
    fn only_members_of_the_outermost_object_are_left_out() {
        let value = json!({"proof": 1, "b": {"proof": 2}, "a": ""});
        let text = object(value.as_object().unwrap(), &["proof"]);
        assert_eq!(text.as_deref(), Some(r#"{"a":"","b":{"proof":2}}"#));
    }

    proptest! {
        #[test]
        fn a_number_is_read_again_as_it_was(number in any::<f64>().prop_filter("finite", |it| it.is_finite())) {
            let text = spelled(&Number::from_f64(number).unwrap()).unwrap();
            prop_assert!((text.parse::<f64>().unwrap() - number).abs() <= 0.0, "{text}");
        }

        #[test]
        fn the_order_of_members_does_not_matter(members in proptest::collection::vec(("\\PC{0,4}", "\\PC{0,9}"), 0..9)) {
            let there: Map<String, Value> = members.iter().cloned().map(|(name, it)| (name, it.into())).collect();
            let back: Map<String, Value> = there.clone().into_iter().rev().collect();
            let text = object(&there, &[]).unwrap();
            prop_assert_eq!(Some(text.clone()), object(&back, &[]));
            prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), Value::Object(there));
        }
    }
}
