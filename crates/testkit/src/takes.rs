//! In which form a server of another town takes signatures. Knows no key.

use axum::{
    body::Body,
    http::{HeaderMap, Response},
};

/// The only form in which a server takes signatures; what comes in another is answered 401, what is not signed at all
/// too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// draft-cavage-http-signatures-12
    Letters,
    /// RFC 9421 with RSA
    Messages,
    /// RFC 9421 with Ed25519
    CurveMessages,
}

impl Takes {
    /// `key_id`: of a signature that holds.
    pub(crate) fn likes(self, headers: &HeaderMap, key_id: &str) -> bool {
        let form = match (headers.contains_key("signature-input"), key_id) {
            (false, _) => Self::Letters,
            (true, id) if id.ends_with("#ed25519-1") => Self::CurveMessages,
            (true, _) => Self::Messages,
        };
        self == form
    }
}

/// 401, and what would have been liked.
pub(crate) fn unauthorized(asks_for: Option<&'static str>) -> Response<Body> {
    let mut builder = Response::builder().status(401);
    if let Some(header) = asks_for {
        builder = builder.header("accept-signature", header);
    }
    builder.body(Body::empty()).unwrap()
}
