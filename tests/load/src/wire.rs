//! One kept-alive HTTP/1.1 connection to the node and what is asked over it, with as little work
//! on this side as possible: both share the same processors. Knows nothing of what it carries.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, Result};
use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpSocket, time::timeout};

/// Nothing that is measured here may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self {
            method: Method::POST,
            path: path.into(),
            headers,
            body: body.to_string().into(),
        }
    }

    /// With a bearer token.
    pub fn by(mut self, token: &str) -> Result<Self> {
        let value = HeaderValue::try_from(format!("Bearer {token}"))?;
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("no JSON: {}", self.excerpt()))
    }

    pub fn ok(&self) -> Result<&Self> {
        anyhow::ensure!(
            self.status.is_success(),
            "{}: {}",
            self.status,
            self.excerpt()
        );
        Ok(self)
    }

    fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(200)]).into_owned()
    }
}

pub struct Wire {
    from: Ipv4Addr,
    address: SocketAddr,
    host: HeaderValue,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Wire {
    /// Connects when first used, and again whenever the other side has hung up between two asks.
    /// `from` is an address of this machine: people and servers do not all come from one.
    pub fn new(from: Ipv4Addr, address: SocketAddr, host: HeaderValue) -> Self {
        Self {
            from,
            address,
            host,
            open: None,
        }
    }

    pub async fn ask(&mut self, ask: &Ask) -> Result<Answer> {
        let answered = timeout(PATIENCE, self.exchange(ask)).await;
        let answered = answered.unwrap_or_else(|_| anyhow::bail!("no answer in {PATIENCE:?}"));
        if answered.is_err() {
            self.open = None;
        }
        answered.with_context(|| format!("{} {}", ask.method, ask.path))
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Answer> {
        let request = self.request(ask)?;
        let answer = self.connection().await?.send_request(request).await?;
        let (head, body) = answer.into_parts();
        Ok(Answer {
            status: head.status,
            body: body.collect().await?.to_bytes(),
        })
    }

    fn request(&self, ask: &Ask) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::new(Full::new(ask.body.clone()));
        *request.method_mut() = ask.method.clone();
        *request.uri_mut() = ask.path.parse()?;
        *request.headers_mut() = ask.headers.clone();
        if !request.headers().contains_key(HOST) {
            request.headers_mut().insert(HOST, self.host.clone());
        }
        Ok(request)
    }

    async fn connection(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let usable = match &mut self.open {
            Some(open) => open.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            self.open = Some(self.connect().await?);
        }
        self.open.as_mut().context("not connected")
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((self.from, 0)))?;
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // How it ended shows in what is asked over it.
        tokio::spawn(connection);
        Ok(sender)
    }
}
