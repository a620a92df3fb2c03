//! Key pairs of local accounts: RSA 2048, which every server of the network reads, and Ed25519, which costs a sixteenth of it
//! to sign with. And the town's one pair for push services.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use parvis_model::{clock::Timestamp, id::Id, refusal::Refusal};
use parvis_store::{Store, Tx, accounts, entity::account_key, keys, push};
use tokio::sync::Mutex;

use crate::{Error, Failure, Outcome, Town};

#[derive(Clone)]
struct Pair {
    /// PKCS#8.
    private_pem: String,
    /// SPKI.
    public_pem: String,
}

/// What an account of this town signs with.
#[derive(Clone)]
struct Pairs {
    rsa: Pair,
    ed25519: Pair,
}

/// The private keys of an account of this town, made when somebody first asks for them: that takes more than all the rest of
/// signing up, and of most residents nobody ever asks.
pub(crate) async fn of(town: &Town, account: Id) -> Outcome<account_key::Model> {
    if let Some(kept) = keys::private(town.store.read(), account).await? {
        return Ok(kept);
    }
    // Whoever asked may hang up: what was begun is ended and kept all the same.
    let made = tokio::spawn(make(town.store.clone(), account, town.now()));
    made.await.map_err(|err| Error::Other(err.to_string()))?
}

async fn make(store: Store, account: Id, now: Timestamp) -> Outcome<account_key::Model> {
    // One pair at a time: whoever asks for all residents at once keeps one core busy.
    static MAKING: Mutex<()> = Mutex::const_new(());
    let turn = MAKING.lock().await;
    if let Some(kept) = keys::private(store.read(), account).await? {
        return Ok(kept);
    }
    let pairs = generate().await?;
    drop(turn);
    store
        .write(move |tx| Box::pin(keep(tx, account, pairs, now)))
        .await
}

/// The keys that the account has from now on; another process may have been quicker.
async fn keep(tx: &Tx, account: Id, pairs: Pairs, now: Timestamp) -> Outcome<account_key::Model> {
    let owner = accounts::by_id(tx, account)
        .await?
        .filter(|owner| owner.domain.is_empty())
        .ok_or_else(Refusal::not_found)?;
    let row = account_key::Model {
        account_id: account,
        private_pem: pairs.rsa.private_pem,
        ed25519_pem: Some(pairs.ed25519.private_pem),
        created_at: now,
    };
    if keys::insert_private(tx, row).await? {
        keys::set_first(tx, account, &pairs.rsa.public_pem).await?;
        let second = (ed25519_id(&owner.uri), pairs.ed25519.public_pem);
        keys::set_further(tx, account, vec![second]).await?;
    }
    let kept = keys::private(tx, account).await?;
    Ok(kept.ok_or_else(Refusal::not_found)?)
}

/// Takes some hundred milliseconds of processor time, off the async threads.
async fn generate() -> Outcome<Pairs> {
    let made = tokio::task::spawn_blocking(|| {
        Ok(Pairs {
            rsa: make_rsa()?,
            ed25519: make_ed25519()?,
        })
    });
    made.await.map_err(|err| Error::Other(err.to_string()))?
}

fn make_rsa() -> Outcome<Pair> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
    Pair::new(&pair.as_der(), &pair.public_key().as_der())
}

/// In some microseconds.
fn make_ed25519() -> Outcome<Pair> {
    let pair = Ed25519KeyPair::generate().map_err(failed)?;
    Pair::new(&pair.as_der(), &pair.public_key().as_der())
}

type Made<T> = Result<T, aws_lc_rs::error::Unspecified>;

impl Pair {
    fn new(private: &Made<Pkcs8V1Der>, public: &Made<PublicKeyX509Der>) -> Outcome<Self> {
        let private = private.as_ref().map_err(|err| failed(*err))?;
        let public = public.as_ref().map_err(|err| failed(*err))?;
        Ok(Self {
            private_pem: pem("PRIVATE KEY", private.as_ref()),
            public_pem: pem("PUBLIC KEY", public.as_ref()),
        })
    }
}

fn failed(_: aws_lc_rs::error::Unspecified) -> Error {
    Error::Other("making a key pair failed".into())
}

/// The id of an account's second key.
pub(crate) fn ed25519_id(uri: &str) -> String {
    format!("{uri}#ed25519-1")
}

/// Gives an Ed25519 key to the accounts that were made before there were any.
pub(crate) async fn complete(store: &Store) -> Outcome<()> {
    let lacking = keys::without_ed25519(store.read()).await?;
    if lacking.is_empty() {
        return Ok(());
    }
    store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for (account, uri) in lacking {
                    let pair = make_ed25519()?;
                    // Another process may have been quicker.
                    if keys::set_ed25519(tx, account, &pair.private_pem).await? {
                        let public = (ed25519_id(&uri), pair.public_pem);
                        keys::set_further(tx, account, vec![public]).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// What the town proves itself with to push services (VAPID, RFC 8292): on the curve P-256, made once and for good, since
/// apps subscribe for it.
#[derive(Clone)]
pub struct PushKey {
    /// PKCS#8.
    pub private_pem: String,
    /// The point written out (SEC 1, 2.3.3), in base64url without signs to fill it up.
    pub public: String,
}

impl std::fmt::Debug for PushKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl From<push::Key> for PushKey {
    fn from(row: push::Key) -> Self {
        Self {
            private_pem: row.private_pem,
            public: row.public_key,
        }
    }
}

/// The town's own, made where there is none yet.
pub(crate) async fn push_key(store: &Store, now: Timestamp) -> Outcome<PushKey> {
    if let Some(row) = push::key(store.read()).await? {
        return Ok(row.into());
    }
    let made = make_push_key()?;
    store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                push::insert_key(tx, made, now).await?;
                // Another process may have been quicker.
                let row = push::key(tx).await?;
                let lost = || Error::Other("the key for push services was not kept".into());
                Ok(row.ok_or_else(lost)?.into())
            })
        })
        .await
}

fn make_push_key() -> Outcome<push::Key> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
    let private = pair.to_pkcs8v1().map_err(failed)?;
    Ok(push::Key {
        private_pem: pem("PRIVATE KEY", private.as_ref()),
        public_key: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
    })
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
