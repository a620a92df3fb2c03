//! Brings letters to the mail server that the settings name. Holds no rule of who is written to, and no words.

pub mod trial;

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use lettre::{
    Address, Message,
    message::{
        Body, Mailbox,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        extension::ClientId,
    },
};
use parvis_model::{
    backoff,
    clock::{SECOND, Timestamp},
    id::Id,
};
use parvis_store::Claims;
use parvis_town::{
    Failure, Outcome, Town, journal,
    letters::{self, Fate, Parcel, TRIES, Told},
};
use parvis_web::Written;
use tokio_util::sync::CancellationToken;

use crate::{
    exit::Done,
    mail::{MailSettings, Security},
};

/// Until the mail server has let us in, and again until it has said what becomes of a letter …
const PATIENCE: Duration = Duration::from_secs(30);
/// … and until it has said good-bye.
const GOOD_BYE: Duration = Duration::from_secs(2);
/// Of those processes that share a database, the one that holds this sends.
const CLAIM: &str = "letters";
/// Answers of mail servers that say nothing of the letter: who we are does not suit them (RFC 4954, section 6).
const NOT_LET_IN: [u16; 4] = [530, 534, 535, 538];

/// One town's way to the mail server.
pub struct PostOffice {
    town: Arc<Town>,
    door: Door,
    from: Mailbox,
    claims: Claims,
    rest: Mutex<Rest>,
}

/// How one gets in at the mail server.
struct Door {
    host: String,
    port: u16,
    name: ClientId,
    tls: Tls,
    credentials: Option<Credentials>,
}

impl Door {
    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapper = match &self.tls {
            Tls::Wrapper(keys) => Some(keys.clone()),
            _ => None,
        };
        let (server, patience) = ((self.host.as_str(), self.port), Some(PATIENCE));
        let mut line =
            AsyncSmtpConnection::connect_tokio1(server, patience, &self.name, wrapper, None)
                .await?;
        if let Tls::Required(keys) = &self.tls {
            line.starttls(keys.clone(), &self.name).await?;
        }
        if let Some(credentials) = &self.credentials {
            line.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(line)
    }
}

/// What went wrong, without the words of it: those of a mail server may repeat an address.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    kind: &'static str,
    status: Option<u16>,
    for_good: bool,
}

impl Trouble {
    const SILENCE: Self = Self {
        kind: "no answer in time",
        status: None,
        for_good: false,
    };
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let status = error.status().map(u16::from);
        let kind = if status.is_some() {
            "refused"
        } else if error.is_timeout() {
            Self::SILENCE.kind
        } else if error.is_tls() {
            "TLS"
        } else if error.is_response() {
            "unreadable answer"
        } else if error.is_client() {
            "what we need is not offered"
        } else {
            "connection"
        };
        Self {
            kind,
            status,
            for_good: error.is_permanent(),
        }
    }
}

async fn patiently<T>(asked: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map_err(Trouble::from),
        Err(_) => Err(Trouble::SILENCE),
    }
}

/// How the mail server does.
#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    /// Attempts in a row at which it did not take part.
    failures: u32,
    until: Timestamp,
}

/// What came of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Taken,
    /// This letter, not now; or nobody knows whether it was taken.
    Later,
    /// This letter, never.
    Refused,
    /// The mail server is not there, or does not let us in: that is nothing against the letter.
    Away,
}

impl PostOffice {
    /// `None` where the settings name no mail server.
    pub fn open(settings: &MailSettings, town: &Arc<Town>) -> Done<Option<Arc<Self>>> {
        let (Some(host), Some(from)) = (&settings.host, &settings.from) else {
            return Ok(None);
        };
        let credentials = settings.user.as_ref().zip(settings.password.as_ref());
        let door = Door {
            host: host.clone(),
            port: settings.port(),
            name: ClientId::Domain(town.domain().to_owned()),
            tls: way(settings.security, host)?,
            credentials: credentials
                .map(|(user, password)| Credentials::new(user.clone(), password.0.clone())),
        };
        Ok(Some(Arc::new(Self {
            town: Arc::clone(town),
            door,
            from: from.clone(),
            claims: town.store.claims(),
            rest: Mutex::default(),
        })))
    }

    /// Sends what is due, until `stop`.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        journal::follow(&self.town, stop.clone().cancelled_owned(), || async {
            if let Err(err) = self.send_all(&stop).await {
                tracing::error!(%err, town = self.town.host, "letters cannot be sent for now");
                self.leave_alone();
            }
        })
        .await;
    }

    async fn send_all(&self, stop: &CancellationToken) -> Outcome<()> {
        while !stop.is_cancelled() && self.rest().until <= self.town.now() {
            if letters::due(&self.town).await?.is_empty() {
                return Ok(());
            }
            if self.claims.take(vec![CLAIM.to_owned()]).await?.is_empty() {
                // Another process sends.
                return Ok(());
            }
            let sent = self.send_some(stop).await;
            self.claims.release(CLAIM).await?;
            sent?;
        }
        Ok(())
    }

    /// Those that are due, read anew now that nobody else sends them. The door stands open before a letter is made: the link
    /// in it ends older ones.
    async fn send_some(&self, stop: &CancellationToken) -> Outcome<()> {
        let mut line = None;
        for parcel in letters::due(&self.town).await? {
            if stop.is_cancelled() {
                break;
            }
            let Some(open) = self.opened(&mut line).await else {
                self.leave_alone();
                return Ok(());
            };
            let Some(told) = letters::told(&self.town, &parcel).await? else {
                self.settle(parcel, Fate::Dropped).await?;
                continue;
            };
            let ended = self.send(open, &parcel, &told).await;
            if ended != Ended::Taken {
                line = None;
            }
            tracing::debug!(
                letter = parcel.id,
                kind = parcel.kind.as_str(),
                ?ended,
                "letter"
            );
            let Some(fate) = fate(ended, &parcel, told.upto, self.town.now()) else {
                self.leave_alone();
                return Ok(());
            };
            *self.rest_mut() = Rest::default();
            self.settle(parcel, fate).await?;
        }
        if let Some(mut line) = line {
            tokio::time::timeout(GOOD_BYE, line.abort()).await.ok();
        }
        Ok(())
    }

    /// The line that is open, or another one where it has gone. `None`: nobody lets us in.
    async fn opened<'l>(
        &self,
        line: &'l mut Option<AsyncSmtpConnection>,
    ) -> Option<&'l mut AsyncSmtpConnection> {
        if let Some(open) = line.as_mut() {
            let there = tokio::time::timeout(PATIENCE, open.test_connected()).await;
            if there != Ok(true) {
                *line = None;
            }
        }
        if line.is_none() {
            *line = match patiently(self.door.open()).await {
                Ok(open) => Some(open),
                Err(Trouble { kind, status, .. }) => {
                    let town = &self.town.host;
                    tracing::warn!(town, status, kind, "the mail server cannot be reached");
                    None
                }
            };
        }
        line.as_mut()
    }

    /// Addresses never stand in the log: only which letter it was.
    async fn send(&self, line: &mut AsyncSmtpConnection, parcel: &Parcel, told: &Told) -> Ended {
        let (letter, town) = (parcel.id, &self.town.host);
        let written = parvis_web::written(&self.town, told);
        let to: Option<Address> = told.to.parse().ok();
        let Some(message) = to.and_then(|to| self.message(letter, to, &written)) else {
            tracing::warn!(
                letter,
                town,
                "a letter has an address that no mail server takes"
            );
            return Ended::Refused;
        };
        let text = message.formatted();
        match patiently(line.send(message.envelope(), &text)).await {
            Ok(_) => Ended::Taken,
            Err(trouble) => {
                let Trouble { kind, status, .. } = trouble;
                tracing::warn!(
                    letter,
                    town,
                    status,
                    kind,
                    "the mail server does not take a letter"
                );
                ended(trouble)
            }
        }
    }

    fn message(&self, number: Id, to: Address, written: &Written) -> Option<Message> {
        let town = self.town.profile().name.clone();
        let name = self.from.name.clone().unwrap_or(town);
        let number = format!("<{number}@{}>", self.town.domain());
        let mut message = Message::builder()
            .from(Mailbox::new(Some(name), self.from.email.clone()))
            .to(Mailbox::new(None, to))
            .subject(&written.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(self.town.now().max(0) as u64))
            // The same at each attempt, so that a letter that arrives twice is shown once.
            .message_id(Some(number))
            .header(ContentType::TEXT_PLAIN)
            // Nobody's holiday answers it (RFC 3834).
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if let Some(stop) = &written.stop {
            // RFC 2369 and RFC 8058
            message = message
                .raw_header(raw("List-Unsubscribe", &format!("<{stop}>")))
                .raw_header(raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let text = written.text.clone();
        let encoding = ContentTransferEncoding::QuotedPrintable;
        let body = Body::new_with_encoding(text, encoding).ok()?;
        message.body(body).ok()
    }

    async fn settle(&self, parcel: Parcel, fate: Fate) -> Outcome<()> {
        let town = Arc::clone(&self.town);
        self.town
            .store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { letters::settle(tx, &town, &parcel, fate).await })
            })
            .await
    }

    fn rest(&self) -> Rest {
        *self.rest_mut()
    }

    fn rest_mut(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Longer each time.
    fn leave_alone(&self) {
        let mut rest = self.rest_mut();
        rest.failures = rest.failures.saturating_add(1);
        rest.until = self.town.now() + backoff::pause(rest.failures, rand::random());
        let seconds = (rest.until - self.town.now()) / SECOND;
        tracing::info!(
            town = self.town.host,
            seconds,
            "the mail server is left alone"
        );
    }
}

/// Once it has let us in, trouble is the letter's own: else one that it cannot stand would keep back all others.
fn ended(trouble: Trouble) -> Ended {
    match trouble.status {
        Some(status) if NOT_LET_IN.contains(&status) => Ended::Away,
        _ if trouble.for_good => Ended::Refused,
        _ => Ended::Later,
    }
}

/// `None`: none yet, it waits as it is.
fn fate(ended: Ended, parcel: &Parcel, upto: i64, now: Timestamp) -> Option<Fate> {
    Some(match ended {
        Ended::Away => return None,
        Ended::Taken => Fate::Sent { upto },
        Ended::Later if parcel.attempts + 1 < TRIES => {
            Fate::Later(now + backoff::pause(parcel.attempts + 1, rand::random()))
        }
        Ended::Later | Ended::Refused => Fate::Dropped,
    })
}

fn way(security: Security, host: &str) -> Done<Tls> {
    let keys =
        || TlsParameters::new(host.to_owned()).context("preparing the way to the mail server");
    Ok(match security {
        Security::StartTls => Tls::Required(keys()?),
        Security::Tls => Tls::Wrapper(keys()?),
        Security::None => Tls::None,
    })
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
