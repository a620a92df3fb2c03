//! Push: what an app subscribed to, and what it is told (<https://docs.joinmastodon.org/entities/WebPushSubscription/>).

use std::collections::BTreeMap;

use parvis_model::{id::Id, locale::Locale, text};
use parvis_town::{
    notifications::{NotificationKind, NotificationView},
    push::{SubscriptionView, Told},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Account,
    notification::type_of,
    scalar::{Address, IdText},
};

/// Signs of the words about a notification, as Mastodon has it.
const EXCERPT: usize = 140;
/// Signs of a name in a message: there is room for no novel.
const NAME: usize = 100;
/// Bytes of the address of a picture.
const ICON: usize = 1_000;
const NO_ICON: &str = "/avatar-default.png";

#[derive(Serialize, JsonSchema)]
pub struct WebPushSubscription<'a> {
    id: IdText,
    endpoint: &'a str,
    standard: bool,
    alerts: BTreeMap<&'static str, bool>,
    policy: &'static str,
    server_key: &'a str,
}

impl<'a> WebPushSubscription<'a> {
    pub fn new(view: &'a SubscriptionView, server_key: &'a str) -> Self {
        let mut alerts: BTreeMap<&'static str, bool> = BTreeMap::new();
        for kind in NotificationKind::ALL {
            *alerts.entry(type_of(kind)).or_default() |= view.alerts.contains(&kind);
        }
        Self {
            id: IdText(view.id),
            endpoint: &view.endpoint,
            standard: view.standard,
            alerts,
            policy: view.policy.as_str(),
            server_key,
        }
    }
}

/// What comes through a push service.
#[derive(Serialize)]
pub struct PushMessage<'a> {
    access_token: &'a str,
    preferred_locale: &'static str,
    /// A number, as apps of phones insist.
    notification_id: Id,
    notification_type: &'static str,
    icon: Address<'a>,
    title: String,
    body: String,
}

impl<'a> PushMessage<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, told: &'a Told) -> Self {
        let (locale, about) = (Locale::of(&told.language), &told.notification);
        let own = about.from.avatar.as_deref();
        Self {
            access_token: &told.bearer,
            preferred_locale: locale.code(),
            notification_id: about.id,
            notification_type: type_of(about.kind),
            icon: match own.filter(|address| address.len() <= ICON) {
                Some(_) => Account::avatar_of(origin, &about.from).0,
                None => Address::Here {
                    origin,
                    path: NO_ICON,
                },
            },
            title: title(locale, about),
            body: body(about),
        }
    }

    /// The app can ask for the rest.
    #[must_use]
    pub fn without_words(self) -> Self {
        Self {
            title: String::new(),
            body: String::new(),
            ..self
        }
    }

    pub fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn title(locale: Locale, about: &NotificationView) -> String {
    let key = match about.kind {
        NotificationKind::Mention => "push-mention",
        NotificationKind::Post => "push-post",
        NotificationKind::Favourite => "push-favourite",
        NotificationKind::Boost => "push-boost",
        NotificationKind::Follow => "push-follow",
        NotificationKind::FollowRequest => "push-follow-request",
        NotificationKind::SignUp => "push-sign-up",
        NotificationKind::Report => "push-report",
        NotificationKind::Neighbour => "push-neighbour",
        NotificationKind::Edit => "push-edit",
        NotificationKind::Poll => "push-poll",
        NotificationKind::Quote => "push-quote",
        NotificationKind::QuotedEdit => "push-quoted-edit",
    };
    let name = beginning(&about.from.display_name, NAME);
    locale.text_with(key, &[("name", name.into())])
}

/// The warning, or the words, of the post; else what the person says about themselves.
fn body(about: &NotificationView) -> String {
    let words = match &about.post {
        Some(post) if !post.summary.is_empty() => post.summary.clone(),
        Some(post) => text::plain(&post.html),
        None => text::plain(&about.from.bio_html),
    };
    beginning(&words, EXCERPT)
}

fn beginning(text: &str, signs: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= signs {
        return text.to_owned();
    }
    let start: String = text.chars().take(signs - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use parvis_town::{notifications::GroupKey, push::PushPolicy};

    use super::super::samples;
    use super::*;

    fn told() -> Told {
        Told {
            endpoint: "https://push.example/1".into(),
            p256dh: Vec::new(),
            auth: Vec::new(),
            standard: true,
            bearer: "secret".into(),
            language: "en".into(),
            notification: NotificationView {
                id: 64,
                kind: NotificationKind::Boost,
                from: samples::account(),
                post: Some(samples::post()),
                at: 1_773_480_413_089,
                unread: true,
                group: GroupKey::Alone(64),
                held_back: false,
            },
        }
    }

    #[test]
    fn a_subscription_names_every_kind_of_alert() {
        let view = SubscriptionView {
            id: 3,
            endpoint: "https://push.example/1".into(),
            standard: false,
            alerts: vec![NotificationKind::Mention, NotificationKind::Boost],
            policy: PushPolicy::Followed,
        };
        insta::assert_json_snapshot!(WebPushSubscription::new(&view, "BKey"), @r#"
        {
          "id": "3",
          "endpoint": "https://push.example/1",
          "standard": false,
          "alerts": {
            "admin.report": false,
            "admin.sign_up": false,
            "favourite": false,
            "follow": false,
            "follow_request": false,
            "mention": true,
            "poll": false,
            "quote": false,
            "quoted_update": false,
            "reblog": true,
            "status": false,
            "update": false
          },
          "policy": "followed",
          "server_key": "BKey"
        }
        "#);
    }

    #[test]
    fn a_message_says_who_did_what_to_whom() {
        let told = told();
        let shown = serde_json::to_value(PushMessage::new("https://v.example", &told)).unwrap();
        insta::assert_json_snapshot!(shown, @r#"
        {
          "access_token": "secret",
          "preferred_locale": "en",
          "notification_id": 64,
          "notification_type": "reblog",
          "icon": "https://v.example/media/a.webp",
          "title": "Marie Curtil shared your post",
          "body": "Bonjour « tous »"
        }
        "#);
    }

    #[test]
    fn long_words_are_cut_and_a_message_without_them_is_short() {
        let mut told = told();
        let mut post = samples::post();
        post.summary = "ê".repeat(5_000);
        told.notification.post = Some(post);
        let message = PushMessage::new("https://v.example", &told);
        assert_eq!(message.body.chars().count(), EXCERPT);
        assert!(message.body.ends_with('…'));
        assert!(message.without_words().written().len() < 400);
    }
}
