//! What each row of the route table does, in words, and what it answers. A test holds that no row is left out and none is told
//! that is not there.

mod choices;
mod people;
mod posts;
mod told;
mod town;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use super::asked::Describe;

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Json(Describe),
    /// Something else, of this media type.
    Text(&'static str),
    Socket,
    /// Never anything but an error.
    Refusal,
}

#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Method and path, as in the route table.
    pub of: &'static str,
    pub summary: &'static str,
    pub note: &'static str,
    pub shape: Shape,
    /// Fields of a multipart body that hold files.
    pub files: &'static [&'static str],
    /// Another good answer of the same shape: its status and what it means.
    pub also: Option<(u16, &'static str)>,
}

impl Words {
    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    const fn files(self, files: &'static [&'static str]) -> Self {
        Self { files, ..self }
    }

    const fn also(self, status: u16, meaning: &'static str) -> Self {
        Self {
            also: Some((status, meaning)),
            ..self
        }
    }
}

const fn told(of: &'static str, summary: &'static str, shape: Shape) -> Words {
    Words {
        of,
        summary,
        note: "",
        shape,
        files: &[],
        also: None,
    }
}

const fn one<T: JsonSchema>() -> Shape {
    Shape::Json(SchemaGenerator::subschema_for::<T>)
}

const fn many<T: JsonSchema>() -> Shape {
    one::<Vec<T>>()
}

/// `{}`: it is done.
const DONE: Shape = one::<Map<String, Value>>();
/// `[]`: the town has none of these.
const NONE: Shape = one::<[(); 0]>();

pub fn all() -> Vec<Words> {
    let mut all = town::words();
    all.extend(people::words());
    all.extend(posts::words());
    all.extend(choices::words());
    all.extend(told::words());
    all
}
