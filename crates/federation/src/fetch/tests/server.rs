//! A server over real sockets that answers as it is told, honestly or not, and remembers who came.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

pub const ACTIVITY: &str = "application/activity+json";

pub enum Reply {
    Whole(Vec<u8>),
    /// These bytes, then zeros for ever.
    Endless(Vec<u8>),
    /// A byte now and then.
    Drip,
    /// Nothing at all for so long, then a document.
    Late(Duration, Vec<u8>),
}

/// A server that answers each path as it is told, and remembers who came.
#[derive(Default)]
pub struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
    pub sent: AtomicUsize,
    busy: AtomicUsize,
    pub busiest: AtomicUsize,
}

impl Seen {
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub struct Server {
    pub port: u16,
    pub seen: Arc<Seen>,
}

impl Server {
    /// One that answers each path.
    pub async fn at(ip: &str, answer: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Self {
        let path = |head: &str| head.split(' ').nth(1).map(str::to_owned);
        Self::choosy_at(ip, move |head, port| {
            answer(&path(head).unwrap_or_default(), port)
        })
        .await
    }

    /// One that looks at the whole head of a request.
    pub async fn choosy(answer: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Self {
        Self::choosy_at("127.0.0.1", answer).await
    }

    async fn choosy_at(
        ip: &str,
        answer: impl Fn(&str, u16) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (noted, answer) = (seen.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                noted.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(converse(stream, port, noted.clone(), answer.clone()));
            }
        });
        Self { port, seen }
    }

    pub async fn new(answer: impl Fn(&str, u16) -> Reply + Send + Sync + 'static) -> Self {
        Self::at("127.0.0.1", answer).await
    }

    pub fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port)
            .parse()
            .unwrap()
    }

    pub fn named(&self, name: &str, path: &str) -> Url {
        format!("http://{name}.localhost:{}{path}", self.port)
            .parse()
            .unwrap()
    }
}

async fn converse(
    mut stream: TcpStream,
    port: u16,
    seen: Arc<Seen>,
    answer: Arc<impl Fn(&str, u16) -> Reply>,
) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while read.len() < end + length {
            stream.read_buf(&mut read).await.ok()?;
        }
        let body = String::from_utf8_lossy(&read[end..end + length]).into_owned();
        read.drain(..end + length);
        seen.requests.lock().unwrap().push(head.clone() + &body);
        let busy = seen.busy.fetch_add(1, Ordering::Relaxed) + 1;
        seen.busiest.fetch_max(busy, Ordering::Relaxed);
        let sent = reply(&mut stream, answer(&head, port), &seen).await;
        seen.busy.fetch_sub(1, Ordering::Relaxed);
        sent?;
    }
}

async fn reply(stream: &mut TcpStream, reply: Reply, seen: &Seen) -> Option<()> {
    match reply {
        Reply::Whole(bytes) => stream.write_all(&bytes).await.ok(),
        Reply::Late(pause, bytes) => {
            tokio::time::sleep(pause).await;
            stream.write_all(&bytes).await.ok()
        }
        Reply::Endless(start) => {
            stream.write_all(&start).await.ok()?;
            loop {
                stream.write_all(&[b' '; 4096]).await.ok()?;
                seen.sent.fetch_add(4096, Ordering::Relaxed);
            }
        }
        Reply::Drip => {
            stream
                .write_all(head(200, ACTIVITY, "").as_bytes())
                .await
                .ok()?;
            stream.write_all(b"\r\n{").await.ok()?;
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                stream.write_all(b" ").await.ok()?;
            }
        }
    }
}

pub fn head(status: u16, media: &str, more: &str) -> String {
    format!("HTTP/1.1 {status} X\r\ncontent-type: {media}\r\n{more}")
}

pub fn whole(status: u16, media: &str, more: &str, body: &[u8]) -> Reply {
    let length = format!("content-length: {}\r\n\r\n", body.len());
    Reply::Whole(
        [
            head(status, media, more).as_bytes(),
            length.as_bytes(),
            body,
        ]
        .concat(),
    )
}

pub fn status(status: u16) -> Reply {
    whole(status, "text/plain", "", b"")
}

pub fn note(id: &str) -> Reply {
    whole(
        200,
        ACTIVITY,
        "",
        json!({"id": id, "type": "Note"}).to_string().as_bytes(),
    )
}

pub fn moved(to: &str) -> Reply {
    whole(
        302,
        "text/plain",
        &format!("location: {to}\r\n"),
        b"elsewhere",
    )
}
