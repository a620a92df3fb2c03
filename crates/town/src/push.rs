//! Being told on one's own device: which app or browser hears of what, and what is still to be sent. Decides who is told; knows no
//! push service and no encryption.

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parvis_model::{
    clock::{DAY, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
    uri,
};
use parvis_store::{Tx, accounts, entity, logins, push, relations};

pub use parvis_store::push::Holder;

use crate::{
    Failure, Outcome, Town,
    filters::{FilterAction, FilterContext},
    notifications::{self, NotificationKind, NotificationView},
};

/// What is older is no news any more.
pub const FRESH: Timestamp = 2 * DAY;
/// Messages that may wait for one app; who missed so many looks for themselves.
const WAITING: u64 = 200;
/// Bytes of a point on the curve P-256, written out (SEC 1, 2.3.3), and of the secret beside it (RFC 8291, 3.2).
const POINT: usize = 65;
const AUTH: usize = 16;

/// Of whose deeds an app hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PushPolicy {
    #[default]
    All,
    /// Of people one follows.
    Followed,
    /// Of people who follow one.
    Follower,
    None,
}

impl PushPolicy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Followed => "followed",
            Self::Follower => "follower",
            Self::None => "none",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::All, Self::Followed, Self::Follower, Self::None]
            .into_iter()
            .find(|policy| policy.as_str() == word)
    }
}

/// Where an app wants to be told, as it says it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub endpoint: String,
    /// Both in base64, of whatever kind.
    pub p256dh: String,
    pub auth: String,
    /// Encrypted as RFC 8291 has it, or as its draft had it.
    pub standard: bool,
}

/// A place that may be told.
#[derive(Clone, Debug)]
pub struct Prepared {
    endpoint: String,
    host: String,
    p256dh: String,
    auth: String,
    standard: bool,
}

/// Of what an app hears. What is not given stays as it was.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub alerts: Option<Vec<NotificationKind>>,
    pub policy: Option<PushPolicy>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionView {
    pub id: Id,
    pub endpoint: String,
    pub standard: bool,
    pub alerts: Vec<NotificationKind>,
    pub policy: PushPolicy,
}

impl From<push::Subscription> for SubscriptionView {
    fn from(row: push::Subscription) -> Self {
        Self {
            id: row.id,
            alerts: NotificationKind::listed(&row.alerts),
            policy: policy(&row),
            endpoint: row.endpoint,
            standard: row.standard,
        }
    }
}

/// A word of another version of the program tells nobody anything.
fn policy(row: &push::Subscription) -> PushPolicy {
    PushPolicy::parse(&row.policy).unwrap_or(PushPolicy::None)
}

/// Checks where an app wants to be told; may look up a name.
pub async fn prepare(town: &Town, asked: Asked) -> Outcome<Prepared> {
    let unfit = || Refusal::invalid("endpoint", "refusal-push-endpoint");
    if asked.endpoint.len() > limits::PUSH_ENDPOINT || !town.reach().may_ask(&asked.endpoint).await
    {
        return Err(unfit().into());
    }
    let origin = uri::origin_of(&asked.endpoint).ok_or_else(unfit)?;
    let (_, host) = origin.split_once("://").ok_or_else(unfit)?;
    Ok(Prepared {
        host: host.to_owned(),
        p256dh: checked(&asked.p256dh, |bytes| {
            bytes.len() == POINT && on_curve(bytes)
        })?,
        auth: checked(&asked.auth, |bytes| bytes.len() == AUTH)?,
        endpoint: asked.endpoint,
        standard: asked.standard,
    })
}

fn checked(text: &str, fits: impl Fn(&[u8]) -> bool) -> Result<String, Refusal> {
    let kept = decoded(text).filter(|bytes| fits(bytes));
    let kept = kept.ok_or_else(|| Refusal::invalid("keys", "refusal-push-keys"))?;
    Ok(URL_SAFE_NO_PAD.encode(kept))
}

/// Apps write base64 in either alphabet, with signs to fill it up or without.
fn decoded(text: &str) -> Option<Vec<u8>> {
    if text.len() > 2 * POINT {
        return None;
    }
    let text = text.trim().trim_end_matches('=');
    let text = text.replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn on_curve(bytes: &[u8]) -> bool {
    ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, bytes)).is_ok()
}

/// For the token or session with which it is asked, in place of what that had. `bearer`: the secret of the token, by which an
/// app knows for whom a message is.
pub async fn subscribe(
    tx: &Tx,
    town: &Town,
    me: Id,
    (holder, bearer): (Holder, String),
    place: Prepared,
    choice: Choice,
) -> Outcome<()> {
    let row = push::Subscription {
        id: town.ids.next(),
        account_id: me,
        bearer,
        endpoint: place.endpoint,
        host: place.host,
        p256dh: place.p256dh,
        auth: place.auth,
        standard: place.standard,
        alerts: NotificationKind::in_a_row(&choice.alerts.unwrap_or_default()),
        policy: choice.policy.unwrap_or_default().as_str().into(),
        created_at: town.now(),
    };
    Ok(push::subscribe(tx, holder, row, limits::PUSH_SUBSCRIPTIONS).await?)
}

pub async fn subscription(town: &Town, holder: Holder) -> Outcome<SubscriptionView> {
    let row = push::by_holder(town.store.read(), holder).await?;
    Ok(row.ok_or_else(Refusal::not_found)?.into())
}

pub async fn choose(tx: &Tx, _town: &Town, holder: Holder, choice: Choice) -> Outcome<()> {
    let row = push::by_holder(tx, holder).await?;
    let row = row.ok_or_else(Refusal::not_found)?;
    let policy = choice.policy.unwrap_or_else(|| policy(&row));
    let alerts = match choice.alerts {
        Some(alerts) => NotificationKind::in_a_row(&alerts),
        None => row.alerts,
    };
    Ok(push::choose(tx, row.id, &alerts, policy.as_str()).await?)
}

/// Nothing happens where there is none.
pub async fn unsubscribe(tx: &Tx, _town: &Town, holder: Holder) -> Outcome<()> {
    Ok(push::unsubscribe(tx, holder).await?)
}

/// What somebody is told just now is also to be sent to the apps that want to hear of it.
pub(crate) async fn lay_down(
    tx: &Tx,
    town: &Town,
    told: &entity::notification::Model,
    kind: NotificationKind,
) -> Outcome<()> {
    let mut wanted = push::of_account(tx, told.account_id).await?;
    wanted.retain(|row| NotificationKind::listed(&row.alerts).contains(&kind));
    if wanted.is_empty() {
        return Ok(());
    }
    let (me, from) = (told.account_id, told.from_id);
    let relation = relations::between(tx, me, &[from], town.now()).await?;
    let relation = relation.into_iter().next().unwrap_or_default();
    for row in wanted {
        let heard = match policy(&row) {
            PushPolicy::All => true,
            PushPolicy::Followed => relation.following,
            PushPolicy::Follower => relation.followed_by,
            PushPolicy::None => false,
        };
        if heard {
            let message = push::Message {
                id: town.ids.next(),
                subscription_id: row.id,
                notification_id: told.id,
                host: row.host,
                attempts: 0,
                due_at: town.now(),
                created_at: town.now(),
            };
            push::lay_down(tx, message, WAITING).await?;
        }
    }
    Ok(())
}

/// What is to be sent, and how it has fared so far.
#[derive(Clone, Debug, Default)]
pub struct Parcel {
    pub id: Id,
    /// Attempts that failed.
    pub attempts: u32,
    pub since: Timestamp,
    subscription: Id,
    notification: Id,
}

/// Hosts of push services for which something is due, the longest overdue first.
pub async fn due_hosts(town: &Town) -> Outcome<Vec<String>> {
    Ok(push::due_hosts(town.store.read(), town.now()).await?)
}

/// The longest overdue first.
pub async fn due(town: &Town, host: &str, limit: u64) -> Outcome<Vec<Parcel>> {
    let rows = push::due(town.store.read(), host, town.now(), limit).await?;
    let parcels = rows.into_iter().map(|row| Parcel {
        id: row.id,
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        since: row.created_at,
        subscription: row.subscription_id,
        notification: row.notification_id,
    });
    Ok(parcels.collect())
}

/// What an app is told, and where.
#[derive(Clone, Debug)]
pub struct Told {
    pub endpoint: String,
    pub p256dh: Vec<u8>,
    pub auth: Vec<u8>,
    pub standard: bool,
    /// The secret of the app's token.
    pub bearer: String,
    /// The language of who is told.
    pub language: String,
    pub notification: NotificationView,
}

/// `None` where there is nothing to tell any more: it was taken back, may not be seen any longer, or is hidden by a filter.
pub async fn told(town: &Town, parcel: &Parcel) -> Outcome<Option<Told>> {
    let Some(row) = push::by_id(town.store.read(), parcel.subscription).await? else {
        return Ok(None);
    };
    let me = row.account_id;
    let suspended = accounts::by_id(town.store.read(), me)
        .await?
        .is_none_or(|account| account.suspended_at.is_some());
    let notification = match notifications::view(town, me, parcel.notification).await {
        Ok(view) => view,
        Err(Failure::Refused(_)) => return Ok(None),
        Err(broken) => return Err(broken),
    };
    if suspended || notification.from.suspended || notification.held_back || hidden(&notification) {
        return Ok(None);
    }
    let login = logins::by_account(town.store.read(), me).await?;
    let language = login.and_then(|login| login.locale);
    let (Some(p256dh), Some(auth)) = (decoded(&row.p256dh), decoded(&row.auth)) else {
        return Ok(None);
    };
    Ok(Some(Told {
        endpoint: row.endpoint,
        p256dh,
        auth,
        standard: row.standard,
        bearer: row.bearer,
        language: language.unwrap_or_else(|| town.profile().language.clone()),
        notification,
    }))
}

fn hidden(notification: &NotificationView) -> bool {
    let posts = notification.post.iter();
    posts.flat_map(|post| &post.filtered).any(|met| {
        let filter = &met.filter;
        filter.action == FilterAction::Hide
            && filter.contexts.contains(&FilterContext::Notifications)
    })
}

/// What becomes of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Sent, or never to be sent.
    Done,
    /// To be tried again then.
    Later(Timestamp),
    /// Nobody is there any more, or nobody who may be asked: the subscription ends.
    Gone,
}

pub async fn settle(tx: &Tx, _town: &Town, parcel: &Parcel, fate: Fate) -> Outcome<()> {
    match fate {
        Fate::Done => push::done(tx, parcel.id).await?,
        Fate::Later(at) => push::later(tx, parcel.id, at).await?,
        Fate::Gone => push::delete(tx, parcel.subscription).await?,
    }
    Ok(())
}
