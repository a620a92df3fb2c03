//! An app that listens: on a socket (RFC 6455) or by server-sent events. Knows Mastodon's frames, no town's inside.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

use crate::{TestTown, exchange};

/// For one event; longer than any promise that is tested.
const PATIENCE: Duration = Duration::from_secs(20);

/// A socket on which streams are heard.
pub struct Ear {
    socket: WebSocketStream<TcpStream>,
    /// The protocol that was agreed on.
    pub protocol: Option<String>,
}

impl Ear {
    /// `query` such as `?stream=user`; an error is the status that came instead of a socket.
    pub async fn open(
        town: &TestTown,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let address = format!("ws://{}/api/v1/streaming{query}", town.host);
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(("127.0.0.1", town.program.port))
            .await
            .unwrap();
        match client_async(request, stream).await {
            Ok((socket, answer)) => {
                let protocol = answer.headers().get("sec-websocket-protocol");
                Ok(Self {
                    socket,
                    protocol: protocol.map(|it| it.to_str().unwrap().to_owned()),
                })
            }
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(other) => panic!("no socket: {other}"),
        }
    }

    /// With the token in the address.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn of(town: &TestTown, token: &str, stream: &str) -> Self {
        let query = format!("?access_token={token}&stream={stream}");
        Self::open(town, &query, &[]).await.unwrap()
    }

    /// Says something; what cannot be sent is lost, as on any line.
    pub async fn says(&mut self, what: &Value) {
        let _lost = self
            .socket
            .send(Message::Text(what.to_string().into()))
            .await;
    }

    pub async fn subscribes(&mut self, stream: &str) {
        self.says(&json!({ "type": "subscribe", "stream": stream }))
            .await;
    }

    /// The next frame; `None` when the other end has hung up.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn hears(&mut self) -> Option<Value> {
        loop {
            let heard = timeout(PATIENCE, self.socket.next()).await;
            match heard.expect("something is heard in time") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// All frames up to one that fits, which comes last.
    ///
    /// # Panics
    /// When it never comes.
    pub async fn hears_up_to(&mut self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            heard.push(self.hears().await.expect("the socket stays open"));
            if heard.last().is_some_and(&fits) {
                return heard;
            }
        }
    }
}

/// What an event holds, which is JSON inside of JSON.
///
/// # Panics
/// When it holds none.
pub fn payload(frame: &Value) -> Value {
    serde_json::from_str(frame["payload"].as_str().expect("a payload")).unwrap()
}

/// One stream of server-sent events.
pub struct Events {
    /// The comment it begins with.
    pub hello: String,
    answer: reqwest::Response,
    text: String,
}

impl Events {
    /// An error is the status that came instead.
    pub async fn open(town: &TestTown, path: &str, headers: HeaderMap) -> Result<Self, u16> {
        let answer = exchange::begin(&town.url(path), headers).await;
        if answer.status() != 200 {
            return Err(answer.status().as_u16());
        }
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let mut events = Self {
            hello: String::new(),
            answer,
            text: String::new(),
        };
        // From its first words on it listens.
        loop {
            if let Some((hello, rest)) = events.text.split_once('\n') {
                assert!(hello.starts_with(':'), "{hello} is no comment");
                (events.hello, events.text) = (hello.to_owned(), rest.to_owned());
                return Ok(events);
            }
            assert!(events.reads_on().await, "the stream begins");
        }
    }

    /// # Panics
    /// When it is refused.
    pub async fn of(town: &TestTown, token: &str, stream: &str) -> Self {
        let headers = exchange::headers(&[("authorization", &format!("Bearer {token}"))]);
        let path = format!("/api/v1/streaming/{stream}");
        Self::open(town, &path, headers).await.unwrap()
    }

    async fn reads_on(&mut self) -> bool {
        let read = timeout(PATIENCE, self.answer.chunk()).await;
        match read.expect("something is heard in time") {
            Ok(Some(bytes)) => {
                self.text.push_str(std::str::from_utf8(&bytes).unwrap());
                true
            }
            Ok(None) | Err(_) => false,
        }
    }

    /// The next event's name and data; `None` when the stream has ended.
    pub async fn hears(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, _)) = self.text.split_once("\n\n") {
                let line = |start: &str| {
                    let found = event.lines().find_map(|line| line.strip_prefix(start));
                    found.map(str::to_owned)
                };
                let heard = line("event: ").map(|name| (name, line("data: ").unwrap()));
                let end = event.len() + 2;
                self.text.drain(..end);
                // Comments alone are signs of life.
                if heard.is_some() {
                    return heard;
                }
            } else if !self.reads_on().await {
                return None;
            }
        }
    }
}
