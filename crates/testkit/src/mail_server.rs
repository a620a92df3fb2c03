//! A mail server (RFC 5321) that keeps the letters it is given, and can be told to refuse them. Written by hand, so that the
//! program's own library cannot agree with itself alone.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::patience::eventually;

/// A letter as it came.
#[derive(Clone, Debug)]
pub struct Mail {
    /// As the server was told, not as the letter says.
    pub from: String,
    pub to: Vec<String>,
    pub head: String,
    /// Decoded.
    pub text: String,
}

impl Mail {
    /// Of a header, put together again where it was folded or encoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let line = head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        });
        line.map(|value| words(&value))
    }

    /// The first address of a page in it.
    ///
    /// # Panics
    /// When there is none.
    pub fn link(&self) -> String {
        let line = self.text.lines().find(|line| line.starts_with("http"));
        line.expect("a letter with a link").to_owned()
    }

    /// Its path, for the town's own browser.
    pub fn path(&self) -> String {
        let link = self.link();
        let rest = link.split_once("://").expect("an address").1;
        format!("/{}", rest.split_once('/').expect("a path").1)
    }
}

#[derive(Debug, Default)]
struct Desk {
    letters: Vec<Mail>,
    /// What the next letters are answered with.
    answers: VecDeque<&'static str>,
    /// Name and password, where they are wanted.
    wants: Option<(String, String)>,
}

type Shared = Arc<Mutex<Desk>>;

fn lock(desk: &Shared) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct MailServer {
    pub port: u16,
    desk: Shared,
    server: JoinHandle<()>,
}

impl MailServer {
    pub async fn open() -> Self {
        Self::at(0).await
    }

    /// At this port, for one that opens late.
    pub async fn at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Shared::default();
        let shared = desk.clone();
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // Whoever breaks off has had no letter taken; the tests see that.
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { port, desk, server }
    }

    /// The settings of a town that writes to it.
    pub fn settings(port: u16) -> [(&'static str, String); 4] {
        [
            ("PARVIS_MAIL__HOST", "127.0.0.1".into()),
            ("PARVIS_MAIL__PORT", port.to_string()),
            ("PARVIS_MAIL__SECURITY", "none".into()),
            ("PARVIS_MAIL__FROM", "parvis@valmont.example".into()),
        ]
    }

    /// From now on nobody is let in without these.
    pub fn wants(&self, user: &str, password: &str) {
        lock(&self.desk).wants = Some((user.into(), password.into()));
    }

    /// The next letter is answered so, such as `451 later`; those after it in the same way, in order.
    pub fn answers(&self, answer: &'static str) {
        lock(&self.desk).answers.push_back(answer);
    }

    /// Those it took for somebody.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let mut letters = lock(&self.desk).letters.clone();
        letters.retain(|letter| letter.to.iter().any(|to| to == address));
        letters
    }

    pub fn count(&self) -> usize {
        lock(&self.desk).letters.len()
    }

    /// The letter number `count` (from 1) for somebody, once it is there.
    pub async fn arrives(&self, address: &str, count: usize) -> Mail {
        eventually(&format!("letter {count} to {address}"), || async {
            self.to(address).get(count - 1).cloned()
        })
        .await
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// `None`: the other side has gone.
async fn serve(stream: TcpStream, desk: Shared) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut from, mut to, mut known) = (String::new(), Vec::new(), false);
    write
        .write_all(b"220 mail.localhost ESMTP\r\n")
        .await
        .ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let upper = line.to_ascii_uppercase();
        let open = known || lock(&desk).wants.is_none();
        let answer = if upper.starts_with("EHLO") {
            "250-mail.localhost\r\n250-8BITMIME\r\n250 AUTH PLAIN".to_owned()
        } else if let Some(given) = upper
            .starts_with("AUTH PLAIN ")
            .then(|| line[11..].to_owned())
        {
            known = lock(&desk).wants.as_ref().is_some_and(|(user, password)| {
                let right = format!("\0{user}\0{password}");
                STANDARD
                    .decode(given)
                    .is_ok_and(|it| it == right.as_bytes())
            });
            if known { "235 welcome" } else { "535 unknown" }.to_owned()
        } else if upper.starts_with("MAIL FROM:") && !open {
            "530 who are you?".to_owned()
        } else if upper.starts_with("MAIL FROM:") {
            from = address(&line);
            to.clear();
            "250 ok".to_owned()
        } else if upper.starts_with("RCPT TO:") {
            to.push(address(&line));
            "250 ok".to_owned()
        } else if upper == "DATA" {
            write.write_all(b"354 go on\r\n").await.ok()?;
            let mut raw = String::new();
            loop {
                let line = lines.next_line().await.ok()??;
                if line == "." {
                    break;
                }
                raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                raw.push_str("\r\n");
            }
            let mut desk = lock(&desk);
            if let Some(answer) = desk.answers.pop_front() {
                answer.to_owned()
            } else {
                desk.letters.push(letter(&from, &to, &raw));
                "250 taken".to_owned()
            }
        } else if upper == "NOOP" {
            "250 still here".to_owned()
        } else if upper == "QUIT" {
            write.write_all(b"221 bye\r\n").await.ok()?;
            return Some(());
        } else {
            "502 what?".to_owned()
        };
        write
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    Some(())
}

fn address(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or("", |(address, _)| address).to_owned()
}

fn letter(from: &str, to: &[String], raw: &str) -> Mail {
    let (head, body) = raw.split_once("\r\n\r\n").expect("a head and a body");
    Mail {
        from: from.to_owned(),
        to: to.to_vec(),
        head: head.to_owned(),
        text: quoted_printable(body, false).replace("\r\n", "\n"),
    }
}

/// RFC 2045, 6.7; in headers `_` is a blank (RFC 2047, 4.2).
fn quoted_printable(text: &str, header: bool) -> String {
    let text = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match (first, code.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (b'=', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'_', _) if header => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Encoded words of a header (RFC 2047).
fn words(value: &str) -> String {
    let value = value.replace("?= =?", "?==?");
    let mut out = String::new();
    let mut rest = value.as_str();
    while let Some((before, after)) = rest.split_once("=?") {
        out.push_str(before);
        let mut parts = after.splitn(4, '?');
        let (Some(_), Some(how), Some(text), Some(tail)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            break;
        };
        if how.eq_ignore_ascii_case("b") {
            let bytes = STANDARD.decode(text).expect("base64");
            out.push_str(&String::from_utf8(bytes).expect("UTF-8"));
        } else {
            out.push_str(&quoted_printable(text, true));
        }
        rest = tail.strip_prefix('=').unwrap_or(tail);
    }
    out.push_str(rest);
    out
}
