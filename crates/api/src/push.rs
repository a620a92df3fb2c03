//! Being told through push services (<https://docs.joinmastodon.org/methods/push/>).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use parvis_town::{
    Town,
    notifications::NotificationKind,
    push::{self, Asked, Choice, Holder as Place, PushPolicy, Told},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer, done},
    entities::{PushMessage, WebPushSubscription, type_of},
    fault::Fault,
    gate::{self, Caller, Holder},
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [{
    "subscription": {
        "endpoint": "https://push.example/1",
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    },
    "data": { "alerts": { "mention": true } },
}]))]
#[serde(default)]
pub struct PushParams {
    subscription: PlaceParams,
    data: DataParams,
    /// Some apps put it here.
    policy: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct PlaceParams {
    endpoint: String,
    keys: KeyParams,
    standard: bool,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct KeyParams {
    p256dh: String,
    auth: String,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct DataParams {
    alerts: Option<BTreeMap<String, bool>>,
    policy: Option<String>,
}

impl PushParams {
    fn choice(&self) -> Result<Choice, Fault> {
        let policy = self.data.policy.as_deref().or(self.policy.as_deref());
        let policy = policy.filter(|word| !word.is_empty());
        let unfit =
            || Fault::Unprocessable("policy is none of all, followed, follower, none".into());
        let alerts = self.data.alerts.as_ref().map(|wanted| {
            let on = |kind: &NotificationKind| wanted.get(type_of(*kind)) == Some(&true);
            NotificationKind::ALL.into_iter().filter(on).collect()
        });
        Ok(Choice {
            alerts,
            policy: policy
                .map(|word| PushPolicy::parse(word).ok_or_else(unfit))
                .transpose()?,
        })
    }
}

/// Every token has one subscription at most. A resident stands behind it, as the route table asks.
fn token(holder: &Holder) -> Result<Place, Fault> {
    let token = holder.bearer.token.ok_or(Fault::NobodyBehind)?;
    Ok(Place::Token(token))
}

pub async fn show(holder: Holder) -> Answer {
    shown(&holder.town, token(&holder)?).await
}

async fn shown(town: &Town, token: Place) -> Answer {
    let view = push::subscription(town, token).await?;
    answer::json(&WebPushSubscription::new(&view, &town.push_key.public))
}

pub async fn subscribe(
    caller: Caller,
    holder: Holder,
    headers: HeaderMap,
    params: Params<PushParams>,
) -> Answer {
    let (token, secret) = (token(&holder)?, secret(&headers)?);
    let choice = params.fields.choice()?;
    let place = params.fields.subscription;
    let asked = Asked {
        endpoint: place.endpoint,
        p256dh: place.keys.p256dh,
        auth: place.keys.auth,
        standard: place.standard,
    };
    let place = push::prepare(&caller.town, asked).await?;
    caller
        .write(move |tx, town, me| {
            Box::pin(push::subscribe(
                tx,
                town,
                me,
                (token, secret),
                place,
                choice,
            ))
        })
        .await?;
    shown(&caller.town, token).await
}

/// The token itself, as it was sent: an app knows by it for whom a message is.
fn secret(headers: &HeaderMap) -> Result<String, Fault> {
    let header = headers.get(header::AUTHORIZATION);
    let text = header.and_then(|value| value.to_str().ok());
    let secret = text.and_then(gate::bearer).ok_or(Fault::BadToken)?;
    Ok(secret.to_owned())
}

pub async fn change(caller: Caller, holder: Holder, params: Params<PushParams>) -> Answer {
    let (token, choice) = (token(&holder)?, params.fields.choice()?);
    caller
        .write(move |tx, town, _| Box::pin(push::choose(tx, town, token, choice)))
        .await?;
    shown(&caller.town, token).await
}

pub async fn unsubscribe(caller: Caller, holder: Holder) -> Answer {
    let token = token(&holder)?;
    caller
        .write(move |tx, town, _| Box::pin(push::unsubscribe(tx, town, token)))
        .await?;
    done()
}

/// What an app finds in a message that came through a push service, in at most `longest` bytes.
pub fn push_message(town: &Town, told: &Told, longest: usize) -> Vec<u8> {
    let message = PushMessage::new(&town.origin, told);
    let whole = message.written();
    if whole.len() <= longest {
        whole
    } else {
        message.without_words().written()
    }
}
