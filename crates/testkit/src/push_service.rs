//! A push service (RFC 8030) that can be told to misbehave, and devices that open what came there. Encryption is written here
//! a second time, from the other side, so that the program's own cannot agree with itself alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree},
    hmac,
    signature::{self, ECDSA_P256_SHA256_FIXED},
};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, Uri},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// What came for a device.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// 0: nothing.
    pub answered: u16,
}

impl Parcel {
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_default()
    }

    /// What the sender says of itself, if it is signed with this key (base64url) in either form.
    pub fn sender(&self, key: &str) -> Option<Value> {
        let authorization = self.header("authorization");
        let token = match authorization.strip_prefix("vapid t=") {
            Some(rest) => {
                let (token, shown) = rest.split_once(", k=")?;
                (shown == key).then_some(token)?
            }
            None => authorization.strip_prefix("WebPush ")?,
        };
        let (text, signed) = token.rsplit_once('.')?;
        let public = signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes(key));
        public.verify(text.as_bytes(), &bytes(signed)).ok()?;
        serde_json::from_slice(&bytes(text.split_once('.')?.1)).ok()
    }
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

#[derive(Default)]
struct Desk {
    /// By path; 0: never answers. Others are taken.
    answers: HashMap<String, u16>,
    came: HashMap<String, Vec<Parcel>>,
}

type Shared = Arc<Mutex<Desk>>;

fn lock(desk: &Shared) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct PushService {
    pub port: u16,
    desk: Shared,
    server: JoinHandle<()>,
}

impl PushService {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let desk = Shared::default();
        let app = axum::Router::new().fallback(take).with_state(desk.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { port, desk, server }
    }

    pub fn endpoint(&self, path: &str) -> String {
        format!("http://push.localhost:{}{path}", self.port)
    }

    /// From now on at this path; 0: with nothing.
    pub fn answers(&self, path: &str, status: u16) {
        lock(&self.desk).answers.insert(path.to_owned(), status);
    }

    /// All that came to a path, whatever was answered.
    pub fn came(&self, path: &str) -> Vec<Parcel> {
        lock(&self.desk).came.get(path).cloned().unwrap_or_default()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(
    State(desk): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = uri.path().to_owned();
    let status = {
        let mut desk = lock(&desk);
        let answered = desk.answers.get(&path).copied().unwrap_or(201);
        let parcel = Parcel {
            headers,
            body: body.to_vec(),
            answered,
        };
        desk.came.entry(path).or_default().push(parcel);
        answered
    };
    if status == 0 {
        std::future::pending::<()>().await;
    }
    Response::builder()
        .status(status)
        .body(Body::empty())
        .unwrap()
}

/// A phone, or a browser.
pub struct Device {
    key: PrivateKey,
    public: Vec<u8>,
    auth: [u8; 16],
}

impl Default for Device {
    fn default() -> Self {
        Self::new()
    }
}

impl Device {
    pub fn new() -> Self {
        let key = PrivateKey::generate(&ECDH_P256).unwrap();
        let public = key.compute_public_key().unwrap().as_ref().to_vec();
        let mut auth = [0; 16];
        aws_lc_rs::rand::fill(&mut auth).unwrap();
        Self { key, public, auth }
    }

    pub fn p256dh(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.public)
    }

    pub fn auth(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.auth)
    }

    /// # Panics
    /// When it is not for this device, or in neither of the two encodings.
    pub fn opens(&self, parcel: &Parcel) -> Value {
        let text = match parcel.header("content-encoding") {
            "aes128gcm" => self.opens_standard(&parcel.body),
            "aesgcm" => self.opens_draft(parcel),
            other => panic!("encoded as {other:?}"),
        };
        serde_json::from_slice(&text).expect("a message is JSON")
    }

    /// RFC 8188, 2 and RFC 8291, 3.4.
    fn opens_standard(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (size, rest) = rest.split_at(4);
        let (key, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let size = u32::from_be_bytes(size.try_into().unwrap());
        assert!(sealed.len() <= size as usize, "one record");
        let info = [b"WebPush: info\0", &self.public[..], key].concat();
        let secret = self.shared(key, &info);
        let mut text = opened(
            sealed,
            &derived(salt, &secret, b"Content-Encoding: aes128gcm\0"),
            &derived(salt, &secret, b"Content-Encoding: nonce\0"),
        );
        while text.pop().expect("a mark") != 2 {}
        text
    }

    /// draft-ietf-webpush-encryption-04
    fn opens_draft(&self, parcel: &Parcel) -> Vec<u8> {
        let salt = bytes(parcel.header("encryption").strip_prefix("salt=").unwrap());
        let mut keys = parcel.header("crypto-key").split(';');
        let key = keys.find_map(|part| part.strip_prefix("dh="));
        let key = bytes(key.expect("the sender's key"));
        let secret = self.shared(&key, b"Content-Encoding: auth\0");
        let with_length = |key: &[u8]| [&(key.len() as u16).to_be_bytes()[..], key].concat();
        let both = [with_length(&self.public), with_length(&key)].concat();
        let info = |what: &str| [what.as_bytes(), b"\0P-256\0", &both].concat();
        let text = opened(
            &parcel.body,
            &derived(&salt, &secret, &info("Content-Encoding: aesgcm")),
            &derived(&salt, &secret, &info("Content-Encoding: nonce")),
        );
        let filling = usize::from(u16::from_be_bytes([text[0], text[1]]));
        text[2 + filling..].to_vec()
    }

    fn shared(&self, key: &[u8], info: &[u8]) -> Vec<u8> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, key);
        agree(&self.key, theirs, (), |agreed| {
            Ok(derived(&self.auth, agreed, info))
        })
        .unwrap()
    }
}

fn derived(salt: &[u8], secret: &[u8], info: &[u8]) -> Vec<u8> {
    let hash = |key: &[u8], text: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
            .as_ref()
            .to_vec()
    };
    hash(&hash(salt, secret), &[info, &[1]].concat())
}

fn opened(sealed: &[u8], key: &[u8], nonce: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
    let mut text = sealed.to_vec();
    let text = key.open_in_place(nonce, Aad::empty(), &mut text);
    text.expect("the message opens").to_vec()
}
