//! What a sender still sends after its answer is settled: read and dropped, since a connection closed in the middle of it
//! takes the answer away from whoever would have read it. Knows no route.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Error,
    body::{Body, Bytes, HttpBody},
};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Frame, SizeHint};
use tokio::{runtime::Handle, time::timeout};

/// Bytes: somebody who sends a whole film is still told that it is too large.
const MOST: usize = 512 * 1024 * 1024;

/// And a slow line gets this long for it.
const REST: Duration = Duration::from_mins(2);

/// A body that is read to its end, by somebody or by nobody.
pub struct Unread(Option<Body>);

impl Unread {
    pub fn new(body: Body) -> Self {
        Self(Some(body))
    }
}

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(body) = self.0.as_mut() else {
            return Poll::Ready(None);
        };
        let came = ready!(Pin::new(body).poll_frame(context));
        if !matches!(came, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(came)
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let left = self.0.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Ok(runtime)) = (left, Handle::try_current()) {
            let mut rest = Limited::new(body, MOST);
            let reading = async move { while let Some(Ok(_)) = rest.frame().await {} };
            runtime.spawn(timeout(REST, reading));
        }
    }
}
