//! What handlers read of a request, told by the types of their arguments: no parameter can be read that is not described.
//! Knows no endpoint.

use axum::{
    Extension,
    extract::{Path, ws::WebSocketUpgrade},
    http::HeaderMap,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::{
    gate::{Asker, Caller, Holder, Named},
    idempotency::IdempotencyKey,
    media::{MediaParams, Upload},
    paging::Paging,
    params::Params,
};

pub type Describe = fn(&mut SchemaGenerator) -> Schema;

/// Parameters of the query or the body.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The schema itself.
    pub inside: Describe,
    /// A reference to it.
    pub named: Describe,
}

impl Fields {
    fn of<T: JsonSchema>() -> Self {
        Self {
            inside: T::json_schema,
            named: SchemaGenerator::subschema_for::<T>,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    pub fields: Option<Fields>,
    /// The body is one with files.
    pub in_parts: bool,
    /// A page of a list.
    pub page: bool,
    /// The header `Idempotency-Key`.
    pub key: bool,
    /// The header that opens a socket.
    pub socket: bool,
    /// `{id}` in the address is a number.
    pub id: bool,
}

/// An argument of a handler.
pub trait Argument {
    fn told(_: &mut Asked) {}
}

impl Argument for Asker {}
impl Argument for Caller {}
impl Argument for Holder {}
impl Argument for HeaderMap {}
impl<T> Argument for Path<T> {}

impl Argument for Named {
    fn told(asked: &mut Asked) {
        asked.id = true;
    }
}

impl Argument for Paging {
    fn told(asked: &mut Asked) {
        asked.page = true;
    }
}

impl Argument for WebSocketUpgrade {
    fn told(asked: &mut Asked) {
        asked.socket = true;
    }
}

impl<T: JsonSchema> Argument for Params<T> {
    fn told(asked: &mut Asked) {
        asked.fields = Some(Fields::of::<T>());
    }
}

impl Argument for Upload {
    fn told(asked: &mut Asked) {
        asked.fields = Some(Fields::of::<MediaParams>());
        asked.in_parts = true;
    }
}

impl Argument for IdempotencyKey {
    fn told(asked: &mut Asked) {
        asked.key = true;
    }
}

impl Argument for Extension<std::sync::Arc<parvis_town::Town>> {}

/// All arguments of a handler, as `axum::handler::Handler` names them: a mark first.
pub trait Arguments {
    fn told(asked: &mut Asked);
}

macro_rules! arguments {
    ($($argument:ident)*) => {
        impl<Mark, $($argument: Argument),*> Arguments for (Mark, $($argument,)*) {
            fn told(_asked: &mut Asked) {
                $($argument::told(_asked);)*
            }
        }
    };
}

arguments! {}
arguments! { A }
arguments! { A B }
arguments! { A B C }
arguments! { A B C D }
