//! The listener: takes connections, bounds them in number, headers and patience, and stops gracefully. Knows HTTP/1.1 and
//! nothing of what is answered.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Body;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{front::Front, patient::Patient};

/// A client that has not sent its request's head by then is let go; so is one that is silent between two requests.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// A client that takes nothing of its answer for that long is let go, too.
const TAKING_TIME: Duration = Duration::from_secs(60);
/// Request line and headers together (bytes); more is answered with 431.
const HEAD_SIZE: usize = 64 * 1024;
/// Connections at the same time; more wait in the system's own queue.
const CONNECTIONS: usize = 10_000;
/// After a failed accept (out of file handles, most likely) give others time to finish.
const BREATH: Duration = Duration::from_millis(100);

/// Answers until `stop`, then finishes what is in flight within `grace`.
pub async fn serve(listener: TcpListener, front: Arc<Front>, stop: CancellationToken, grace: Duration) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    while let Some((stream, peer, place)) = next(&listener, &room, &stop).await {
        tokio::spawn(converse(stream, peer, front.clone(), graceful.watcher(), place));
    }
    drop(listener);
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time and are cut off");
    }
}

/// The next connection, as soon as there is room for one; `None` when it is time to stop.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    stop: &CancellationToken,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let taken = async {
        let place = room.clone().acquire_owned().await.ok()?;
        let (stream, peer) = accept(listener).await;
        Some((stream, peer, place))
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        taken = taken => taken,
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take connections");
                sleep(BREATH).await;
            }
        }
    }
}

/// The client went away before we looked: no trouble of ours.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    front: Arc<Front>,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let front = front.clone();
        async move { Ok::<_, Infallible>(front.answer(peer, request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_header_size(HEAD_SIZE)
        .max_buf_size(2 * HEAD_SIZE)
        .serve_connection(TokioIo::new(Patient::new(stream, TAKING_TIME)), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
