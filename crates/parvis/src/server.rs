//! The listener: takes connections, bounds them in number, headers and patience, and stops gracefully. Knows HTTP/1.1 and
//! nothing of what is answered.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Body;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{front::Front, patient::Patient};

/// A client that has not sent its request's head by then is let go; so is one that is silent between two requests.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// A client that takes nothing of its answer for that long is let go, too.
const TAKING_TIME: Duration = Duration::from_mins(1);
/// Request line and headers together (bytes); more is answered with 431.
const HEAD_SIZE: usize = 64 * 1024;
/// Connections at the same time, besides those that listen for what happens; more wait in the system's own queue.
pub const CONNECTIONS: usize = 10_000;
/// After a failed accept (out of file handles, most likely) give others time to finish.
const BREATH: Duration = Duration::from_millis(100);

/// Answers until `stop`, then finishes what is in flight within `grace`.
pub async fn serve(
    listener: TcpListener,
    front: Arc<Front>,
    connections: usize,
    stop: CancellationToken,
    grace: Duration,
) {
    let room = Arc::new(Semaphore::new(connections));
    let conversations = TaskTracker::new();
    while let Some((stream, peer, place)) = next(&listener, &room, &stop).await {
        conversations.spawn(converse(stream, peer, front.clone(), stop.clone(), place));
    }
    drop(listener);
    conversations.close();
    if timeout(grace, conversations.wait()).await.is_err() {
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
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    front: Arc<Front>,
    stop: CancellationToken,
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
        .serve_connection(TokioIo::new(Patient::new(stream, TAKING_TIME)), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use parvis_model::clock::Clock;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::{front::Site, installation::Place, site, towns};

    /// One town with routes for tests, on a port of its own.
    struct Served {
        address: SocketAddr,
        stop: CancellationToken,
        server: tokio::task::JoinHandle<()>,
        _folder: tempfile::TempDir,
    }

    async fn slow() -> &'static str {
        sleep(Duration::from_millis(300)).await;
        "done at last"
    }

    async fn broken() -> &'static str {
        panic!("on purpose")
    }

    async fn served() -> Served {
        let folder = tempfile::tempdir().unwrap();
        let url = "http://valmont.localhost:8000".parse().unwrap();
        let place = Place::new(url, folder.path().join("valmont"), None);
        let town = towns::open(&place, true, Clock::system()).await.unwrap();
        let routes = Router::new()
            .route("/long", get(|| async { "a long answer ".repeat(1_000) }))
            .route("/slow", get(slow))
            .route("/broken", get(broken));
        let front = Arc::new(Front::default());
        let router = site::finished(routes, &town);
        front.open(place.public_url.names(), Site { town, router });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(
            listener,
            front,
            CONNECTIONS,
            stop.clone(),
            Duration::from_secs(5),
        ));
        Served {
            address,
            stop,
            server,
            _folder: folder,
        }
    }

    impl Served {
        /// Sends bytes as they are and reads until the server hangs up.
        async fn tell(&self, request: &str) -> String {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            // A server that refuses may hang up before everything is sent; what it said still counts.
            let _ = stream.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        }

        async fn get(&self, path: &str, host: &str) -> String {
            self.tell(&format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            ))
            .await
        }
    }

    const HERE: &str = "valmont.localhost:8000";

    #[tokio::test]
    async fn a_host_that_is_no_town_of_ours_is_told_so() {
        let served = served().await;
        assert!(
            served
                .get("/long", "elsewhere.example")
                .await
                .starts_with("HTTP/1.1 421")
        );
        assert!(served.get("/long", HERE).await.starts_with("HTTP/1.1 200"));
        let absolute =
            format!("GET http://{HERE}/long HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert!(served.tell(&absolute).await.starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn two_hosts_or_a_malformed_one_are_refused() {
        let served = served().await;
        let two = format!(
            "GET /long HTTP/1.1\r\nHost: {HERE}\r\nHost: {HERE}\r\nConnection: close\r\n\r\n"
        );
        assert!(served.tell(&two).await.starts_with("HTTP/1.1 400"));
        assert!(
            served
                .get("/long", "me@valmont")
                .await
                .starts_with("HTTP/1.1 400")
        );
    }

    #[tokio::test]
    async fn health_is_told_under_any_host() {
        let served = served().await;
        assert!(
            served
                .get("/healthz", "10.0.0.7")
                .await
                .starts_with("HTTP/1.1 200")
        );
        assert!(
            served
                .get("/readyz", "10.0.0.7")
                .await
                .starts_with("HTTP/1.1 200")
        );
        let told = served.get("/health", "10.0.0.7").await;
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        assert!(told.contains(r#"{"status":"UP"}"#), "{told}");
        let head = told.to_lowercase();
        assert!(head.contains("content-type: application/json"), "{told}");
    }

    #[tokio::test]
    async fn headers_without_end_are_refused() {
        let served = served().await;
        let long = "x".repeat(HEAD_SIZE);
        let request = format!("GET /long HTTP/1.1\r\nHost: {HERE}\r\nX-Long: {long}\r\n\r\n");
        assert!(served.tell(&request).await.starts_with("HTTP/1.1 431"));
    }

    #[tokio::test]
    async fn t152_a_request_with_two_lengths_is_refused_or_answered_once() {
        let served = served().await;
        let ambiguous = [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /slow HTTP/1.1\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhellow",
            "X-Null: a\0b\r\n\r\n",
        ];
        for rest in ambiguous {
            let request =
                format!("GET /long HTTP/1.1\r\nHost: {HERE}\r\nConnection: close\r\n{rest}");
            let answer = served.tell(&request).await;
            assert!(
                answer.matches("HTTP/1.1 ").count() == 1,
                "{rest:?}: {answer}"
            );
        }
    }

    #[tokio::test]
    async fn long_answers_are_compressed_for_those_who_understand() {
        let served = served().await;
        let request = format!(
            "GET /long HTTP/1.1\r\nHost: {HERE}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        );
        let answer = served.tell(&request).await;
        assert!(answer.contains("content-encoding: gzip") && answer.len() < 2_000);
        assert!(!served.get("/long", HERE).await.contains("content-encoding"));
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_becomes_an_error_with_an_id() {
        let served = served().await;
        let answer = served.get("/broken", HERE).await;
        assert!(
            answer.starts_with("HTTP/1.1 500") && answer.contains("x-request-id: "),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn a_request_in_flight_is_finished_before_the_end() {
        let served = served().await;
        let asked = served.get("/slow", HERE);
        let stopped = async {
            sleep(Duration::from_millis(100)).await;
            served.stop.cancel();
        };
        let (answer, ()) = tokio::join!(asked, stopped);
        assert!(answer.ends_with("done at last"), "{answer}");
        served.server.await.unwrap();
        assert!(
            TcpStream::connect(served.address).await.is_err(),
            "nobody listens any more"
        );
    }

    #[tokio::test]
    async fn t149_half_sent_requests_keep_nobody_else_waiting() {
        let served = served().await;
        let mut halves = Vec::new();
        for _ in 0..200 {
            let mut half = TcpStream::connect(served.address).await.unwrap();
            half.write_all(b"GET /long HTTP/1.1\r\nHost: val")
                .await
                .unwrap();
            halves.push(half);
        }
        let answer = timeout(Duration::from_secs(3), served.get("/long", HERE))
            .await
            .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"));
    }
}
