//! What is sent arrives as it was signed, and every answer has its meaning.

use super::*;
use crate::signatures::{Asked, Shape};

#[tokio::test]
async fn a_delivery_arrives_whole_and_signed() {
    let server = Server::new(|_, _| status(202)).await;
    let (signer, public) = signer();
    let fetcher = fetcher();
    let inbox = server.named("rivebelle", "/inbox");
    for _ in 0..3 {
        let body = Bytes::from_static(b"{\"type\":\"Create\"}");
        assert_eq!(
            deliver(&fetcher, &signer, &inbox, &Content::of(body).unwrap(), None).await,
            Outcome::Delivered
        );
    }
    assert_eq!(server.seen.connections(), 1);
    let request = &server.seen.requests()[0];
    assert!(request.starts_with("POST /inbox HTTP/1.1\r\n"));
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let shape = cavage::parse(&Method::POST, "/inbox", &headers(request)).unwrap();
    assert_eq!(shape.digest_matches(body.as_bytes()), Ok(()));
    assert_eq!(shape.fresh(Clock::system().now()), Ok(()));
    assert_eq!(shape.verify(&public), Ok(()));
    assert_eq!(body, "{\"type\":\"Create\"}");
}

#[tokio::test]
async fn a_delivery_says_what_became_of_it() {
    let server = Server::new(|path, _| match path {
        "/later" => whole(503, "text/plain", "retry-after: 120\r\n", b""),
        "/moved" => moved("/inbox"),
        "/endless" => Reply::Endless(b"HTTP/1.1 202 X\r\n\r\n".to_vec()),
        "/silent-body" => Reply::Whole(b"HTTP/1.1 202 X\r\ncontent-length: 5\r\n\r\n".to_vec()),
        "/asks" => whole(401, "text/plain", "accept-signature: sig1=()\r\n", b""),
        "/broken" => Reply::Whole(b"SSH-2.0-x\r\n\r\n".to_vec()),
        path => status(path[1..].parse().unwrap()),
    })
    .await;
    let (signer, _) = signer();
    let fetcher = fetcher();
    for (path, expected) in [
        (
            "/later",
            Outcome::Retry {
                status: Some(503),
                after: Some(120_000),
            },
        ),
        ("/moved", Outcome::Refused(302)),
        ("/endless", Outcome::Delivered),
        ("/silent-body", Outcome::Delivered),
        (
            "/broken",
            Outcome::Retry {
                status: None,
                after: None,
            },
        ),
        ("/410", Outcome::Gone),
        ("/401", Outcome::Refused(401)),
    ] {
        let outcome = deliver(
            &fetcher,
            &signer,
            &server.url(path),
            &Content::of(Bytes::new()).unwrap(),
            None,
        )
        .await;
        assert_eq!(outcome, expected, "{path}");
    }
    let asks = fetcher
        .post(&server.url("/asks"), HeaderMap::new(), Bytes::new())
        .await
        .unwrap();
    assert_eq!(
        (asks.status, asks.accept_signature.as_deref()),
        (401, Some("sig1=()"))
    );
    let dead = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let inbox = format!("http://{dead}/inbox").parse().unwrap();
    let outcome = deliver(
        &fetcher,
        &signer,
        &inbox,
        &Content::of(Bytes::new()).unwrap(),
        None,
    )
    .await;
    assert_eq!(
        outcome,
        Outcome::Retry {
            status: None,
            after: None
        }
    );
}

/// A server that takes only what its newer dialect signed.
async fn newer(asks: &'static str) -> Server {
    Server::choosy(move |head, port| {
        if head.contains("signature-input: ") {
            note(&format!("http://127.0.0.1:{port}/notes/1"))
        } else {
            whole(401, "text/plain", asks, b"")
        }
    })
    .await
}

#[tokio::test]
async fn a_question_is_signed_in_the_form_that_is_taken() {
    let server = newer("accept-signature: sig1=(\"@method\");created;alg=\"ed25519\"\r\n").await;
    let (mut signer, _) = signer();
    let (second, public) = curve();
    signer.ed25519 = Some(second);
    let url = server.url("/notes/1");
    for _ in 0..2 {
        let budget = Budget::for_activity();
        let note = fetcher().document(&url, Some(&signer), &budget).await;
        assert_eq!(note.unwrap().id, url.as_str());
    }
    let requests = server.seen.requests();
    assert_eq!(requests.len(), 3, "the second time it is known");
    for request in &requests[1..] {
        let asked = Asked {
            method: &Method::GET,
            target: "/notes/1",
            origin: &format!("http://127.0.0.1:{}", server.port),
        };
        let shape = Shape::parse(asked, &headers(request)).unwrap();
        assert_eq!(shape.verify(&public), Ok(()));
    }
}

#[tokio::test]
async fn a_second_knock_is_paid_from_the_same_budget() {
    let server = newer("").await;
    let (signer, _) = signer();
    let url = server.url("/notes/1");
    let budget = Budget::of(1);
    let answer = fetcher().document(&url, Some(&signer), &budget).await;
    assert_eq!(answer.unwrap_err(), FetchFault::Budget);
    assert_eq!(server.seen.requests().len(), 1);
}
