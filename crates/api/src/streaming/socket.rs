//! Streams on a socket (RFC 6455): any number of them, taken up and left by messages.

use std::time::Duration;

use axum::{
    extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade, close_code},
    http::{HeaderMap, HeaderValue},
    response::Response,
};
use parvis_model::locale::Locale;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

use super::{Asked, Listener, Message, event, names, payload};
use crate::{
    answer::Answer,
    fault::Fault,
    gate::{self, Holder},
    params::{self, Params},
};

/// Between two pings; whoever does not answer one until the next is gone.
const PING: Duration = Duration::from_secs(30);
/// Bytes of what an app says at once.
const SAID: usize = 4 * 1024;
/// Bytes read at once: ten thousand sockets hold that many such buffers.
const READ: usize = 1024;
/// An app that takes nothing for so long is gone.
const TAKING: Duration = Duration::from_secs(10);
/// Apps compare this text.
const UNKNOWN: &str = "Unknown stream type";

/// Opens a socket, with one stream already where the address names one.
pub async fn open(
    holder: Holder,
    upgrade: WebSocketUpgrade,
    headers: HeaderMap,
    params: Params<Asked>,
) -> Answer {
    let listener = Listener::open(&holder.town, &holder.bearer).await?;
    let asked = params.fields;
    if !asked.stream.is_empty() {
        let stream = asked.stream(&asked.stream).ok_or(Fault::Malformed)?;
        listener.subscribe(stream).await?;
    }
    Ok(upgraded(upgrade, &headers, listener))
}

fn upgraded(mut upgrade: WebSocketUpgrade, headers: &HeaderMap, listener: Listener) -> Response {
    // Browsers hang up where what they offered is not taken.
    let offered = gate::protocol(headers).and_then(|it| HeaderValue::from_str(it).ok());
    if let Some(offered) = offered {
        upgrade.set_selected_protocol(offered);
    }
    upgrade
        .read_buffer_size(READ)
        .write_buffer_size(0)
        .max_message_size(SAID)
        .max_frame_size(SAID)
        .on_upgrade(|socket| converse(socket, listener))
}

/// Until the app hangs up, the town lets it go, or it is gone.
async fn converse(mut socket: WebSocket, mut listener: Listener) {
    let mut pings = interval_at(Instant::now() + PING, PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alive = true;
    loop {
        let answer = tokio::select! {
            message = listener.next() => match message {
                Some(message) => frame(&listener, &message),
                None => break,
            },
            heard = socket.recv() => match heard {
                Some(Ok(heard)) => {
                    alive = true;
                    match heard {
                        Frame::Text(said) => match obey(&listener, &said).await {
                            Ok(()) => continue,
                            Err(problem) => problem.frame(),
                        },
                        Frame::Binary(_) => Problem::of(&Fault::Malformed).frame(),
                        Frame::Ping(_) | Frame::Pong(_) => continue,
                        Frame::Close(_) => return,
                    }
                }
                Some(Err(_)) | None => return,
            },
            _ = pings.tick() => {
                if !alive {
                    return;
                }
                alive = false;
                Frame::Ping(Vec::new().into())
            }
        };
        if !taken(&mut socket, answer).await {
            return;
        }
    }
    let over = CloseFrame {
        code: close_code::AWAY,
        reason: "".into(),
    };
    // Gone already is as good.
    taken(&mut socket, Frame::Close(Some(over))).await;
}

async fn taken(socket: &mut WebSocket, frame: Frame) -> bool {
    matches!(timeout(TAKING, socket.send(frame)).await, Ok(Ok(())))
}

/// An event on a stream (<https://docs.joinmastodon.org/methods/streaming/#events>).
#[derive(Serialize)]
struct Heard<'m> {
    stream: Vec<String>,
    event: &'static str,
    /// JSON inside of JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'m str>,
}

fn frame(listener: &Listener, message: &Message) -> Frame {
    text(&Heard {
        stream: names(&message.stream),
        event: event(&message.news.what),
        payload: payload(listener.town(), &message.news),
    })
}

fn text(said: &impl Serialize) -> Frame {
    Frame::Text(super::written(said).into())
}

/// What an app was told in vain.
#[derive(Serialize)]
struct Problem {
    error: String,
    status: u16,
}

impl Problem {
    fn of(fault: &Fault) -> Self {
        Self {
            error: fault.words(Locale::of("en")),
            status: fault.status().as_u16(),
        }
    }

    fn frame(&self) -> Frame {
        text(self)
    }
}

/// What an app wants done with the stream it names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Order {
    r#type: String,
}

async fn obey(listener: &Listener, said: &str) -> Result<(), Problem> {
    let read = || {
        Ok((
            params::of_json::<Order>(said)?,
            params::of_json::<Asked>(said)?,
        ))
    };
    let (order, asked) = read().map_err(|fault: Fault| Problem::of(&fault))?;
    let stream = asked.stream(&asked.stream);
    let unknown = || Problem {
        error: UNKNOWN.into(),
        status: 400,
    };
    match (order.r#type.as_str(), stream) {
        ("subscribe", Some(stream)) => listener
            .subscribe(stream)
            .await
            .map_err(|failure| Problem::of(&Fault::from(failure))),
        ("unsubscribe", Some(stream)) => {
            listener.unsubscribe(&stream);
            Ok(())
        }
        ("subscribe" | "unsubscribe", None) => Err(unknown()),
        _ => Err(Problem::of(&Fault::Malformed)),
    }
}
