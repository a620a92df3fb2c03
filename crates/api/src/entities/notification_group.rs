//! What a resident is told, several at once; and what is held back from them.

use std::collections::BTreeMap;

use parvis_model::id::Id;
use parvis_town::{
    AccountView, PostView,
    notifications::{GroupView, NotificationPolicy, Reception, RequestView},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Account, Status,
    notification::type_of,
    scalar::{Address, IdText, Moment},
};

/// People named in a group, at most.
const SAMPLE: usize = 8;

/// Which form people have that apps show only small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expand {
    Full,
    PartialAvatars,
}

#[derive(Serialize, JsonSchema)]
pub struct GroupedNotifications<'a> {
    accounts: Vec<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial_accounts: Option<Vec<PartialAccount<'a>>>,
    statuses: Vec<Status<'a>>,
    notification_groups: Vec<NotificationGroup>,
}

/// What is needed to show a small picture.
#[derive(Serialize, JsonSchema)]
struct PartialAccount<'a> {
    id: IdText,
    acct: &'a str,
    url: &'a str,
    avatar: Address<'a>,
    avatar_static: Address<'a>,
    avatar_description: &'a str,
    locked: bool,
    bot: bool,
}

#[derive(Serialize, JsonSchema)]
struct NotificationGroup {
    group_key: String,
    notifications_count: usize,
    r#type: &'static str,
    most_recent_notification_id: IdText,
    page_min_id: Option<IdText>,
    page_max_id: Option<IdText>,
    latest_page_notification_at: Option<Moment>,
    sample_account_ids: Vec<IdText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<IdText>,
}

fn sample(group: &GroupView) -> Vec<&AccountView> {
    let mut sample: Vec<&AccountView> = Vec::new();
    for view in &group.told {
        if sample.len() < SAMPLE && sample.iter().all(|met| met.id != view.from.id) {
            sample.push(&view.from);
        }
    }
    sample
}

impl NotificationGroup {
    fn new(group: &GroupView) -> Option<Self> {
        let (newest, oldest) = (group.told.first()?, group.told.last()?);
        Some(Self {
            group_key: group.key.to_string(),
            notifications_count: group.told.len(),
            r#type: type_of(newest.kind),
            most_recent_notification_id: IdText(newest.id),
            page_min_id: Some(IdText(oldest.id)),
            page_max_id: Some(IdText(newest.id)),
            latest_page_notification_at: Some(Moment(newest.at)),
            sample_account_ids: sample(group).iter().map(|view| IdText(view.id)).collect(),
            status_id: newest.post.as_ref().map(|post| IdText(post.id)),
        })
    }
}

impl<'a> GroupedNotifications<'a> {
    /// `origin`: of this town. Whoever and whatever is named stands in it once. Where small pictures will do, only the last
    /// person of each group is shown whole.
    pub fn new(origin: &'a str, groups: &'a [GroupView], expand: Expand) -> Self {
        let (mut whole, mut small) = (BTreeMap::new(), BTreeMap::new());
        let mut posts: BTreeMap<Id, &PostView> = BTreeMap::new();
        for group in groups {
            for (at, view) in sample(group).into_iter().enumerate() {
                if at == 0 || expand == Expand::Full {
                    whole.insert(view.id, view);
                } else {
                    small.insert(view.id, view);
                }
            }
            let post = group.told.first().and_then(|view| view.post.as_ref());
            if let Some(post) = post {
                posts.insert(post.id, post);
            }
        }
        small.retain(|id, _| !whole.contains_key(id));
        let partial = small
            .into_values()
            .map(|view| PartialAccount::new(origin, view));
        Self {
            accounts: whole
                .into_values()
                .map(|view| Account::new(origin, view))
                .collect(),
            partial_accounts: (expand == Expand::PartialAvatars).then(|| partial.collect()),
            statuses: posts
                .into_values()
                .map(|post| Status::new(origin, post))
                .collect(),
            notification_groups: groups.iter().filter_map(NotificationGroup::new).collect(),
        }
    }
}

impl<'a> PartialAccount<'a> {
    fn new(origin: &'a str, view: &'a AccountView) -> Self {
        let (avatar, avatar_description) = Account::avatar_of(origin, view);
        Self {
            id: IdText(view.id),
            acct: &view.acct,
            url: &view.url,
            avatar,
            avatar_static: avatar,
            avatar_description,
            locked: view.locked,
            bot: view.kind.is_automated(),
        }
    }
}

/// How those are received whom one does not know.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationPolicy")]
pub struct PolicyShown {
    for_not_following: &'static str,
    for_not_followers: &'static str,
    for_new_accounts: &'static str,
    for_private_mentions: &'static str,
    for_limited_accounts: &'static str,
    summary: Summary,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationPolicySummary")]
struct Summary {
    pending_requests_count: i64,
    pending_notifications_count: i64,
}

impl Summary {
    fn new((people, notifications): (i64, i64)) -> Self {
        Self {
            pending_requests_count: people,
            pending_notifications_count: notifications,
        }
    }
}

impl PolicyShown {
    /// `held`: people and notifications.
    pub fn new(policy: NotificationPolicy, held: (i64, i64)) -> Self {
        Self {
            for_not_following: policy.not_following.as_str(),
            for_not_followers: policy.not_followers.as_str(),
            for_new_accounts: policy.new_accounts.as_str(),
            for_private_mentions: policy.private_mentions.as_str(),
            for_limited_accounts: policy.limited_accounts.as_str(),
            summary: Summary::new(held),
        }
    }
}

/// The same as older apps know it: whether something is held back.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationPolicyV1")]
pub struct OldPolicyShown {
    filter_not_following: bool,
    filter_not_followers: bool,
    filter_new_accounts: bool,
    filter_private_mentions: bool,
    summary: Summary,
}

impl OldPolicyShown {
    /// `held`: people and notifications.
    pub fn new(policy: NotificationPolicy, held: (i64, i64)) -> Self {
        let filtered = |reception| reception != Reception::Accept;
        Self {
            filter_not_following: filtered(policy.not_following),
            filter_not_followers: filtered(policy.not_followers),
            filter_new_accounts: filtered(policy.new_accounts),
            filter_private_mentions: filtered(policy.private_mentions),
            summary: Summary::new(held),
        }
    }
}

/// Somebody of whom something is held back.
#[derive(Serialize, JsonSchema)]
pub struct NotificationRequest<'a> {
    id: IdText,
    created_at: Moment,
    updated_at: Moment,
    account: Account<'a>,
    /// A text, as apps expect it.
    notifications_count: String,
    last_status: Option<Status<'a>>,
}

impl<'a> NotificationRequest<'a> {
    pub fn new(origin: &'a str, view: &'a RequestView) -> Self {
        Self {
            id: IdText(view.from.id),
            created_at: Moment(view.first_at),
            updated_at: Moment(view.last_at),
            account: Account::new(origin, &view.from),
            notifications_count: view.count.to_string(),
            last_status: view
                .last_post
                .as_ref()
                .map(|post| Status::new(origin, post)),
        }
    }
}

#[cfg(test)]
mod tests {
    use parvis_town::notifications::{GroupKey, NotificationKind, NotificationView, Reception};

    use super::super::samples;
    use super::*;

    fn boosts() -> Vec<GroupView> {
        let key = GroupKey::Alike {
            kind: NotificationKind::Boost,
            post: 7,
            span: 41_052,
        };
        let told = [13, 12, 11].map(|id| NotificationView {
            id,
            kind: NotificationKind::Boost,
            from: AccountView {
                id: 5 + id % 2,
                ..samples::account()
            },
            post: Some(samples::post()),
            at: 1_773_480_413_089,
            unread: true,
            group: key,
            held_back: false,
        });
        vec![GroupView {
            key,
            told: told.into(),
        }]
    }

    #[test]
    fn a_group_names_everyone_once_and_what_it_is_about() {
        let groups = boosts();
        let shown = GroupedNotifications::new("https://v.example", &groups, Expand::Full);
        let shown = serde_json::to_value(shown).unwrap();
        assert!(shown.get("partial_accounts").is_none());
        let ids = |list: &str| -> Vec<String> {
            let list = shown[list].as_array().unwrap();
            list.iter()
                .map(|one| one["id"].as_str().unwrap().into())
                .collect()
        };
        assert_eq!(ids("accounts"), ["5", "6"]);
        assert_eq!(ids("statuses"), ["7"]);
        insta::assert_json_snapshot!(shown["notification_groups"], @r#"
        [
          {
            "group_key": "boost-7-41052",
            "notifications_count": 3,
            "type": "reblog",
            "most_recent_notification_id": "13",
            "page_min_id": "11",
            "page_max_id": "13",
            "latest_page_notification_at": "2026-03-14T09:26:53.089Z",
            "sample_account_ids": [
              "6",
              "5"
            ],
            "status_id": "7"
          }
        ]
        "#);
    }

    #[test]
    fn where_small_pictures_will_do_only_the_last_person_is_shown_whole() {
        let groups = boosts();
        let shown = GroupedNotifications::new("https://v.example", &groups, Expand::PartialAvatars);
        let shown = serde_json::to_value(shown).unwrap();
        assert_eq!(shown["accounts"][0]["id"], "6");
        assert_eq!(shown["accounts"].as_array().unwrap().len(), 1);
        insta::assert_json_snapshot!(shown["partial_accounts"], @r#"
        [
          {
            "id": "5",
            "acct": "marie",
            "url": "https://v.example/@marie",
            "avatar": "https://v.example/media/a.webp",
            "avatar_static": "https://v.example/media/a.webp",
            "avatar_description": "Une femme devant un four",
            "locked": false,
            "bot": false
          }
        ]
        "#);
    }

    #[test]
    fn the_page_of_groups_has_every_key_apps_need() {
        let groups = boosts();
        let shown = GroupedNotifications::new("https://v.example", &groups, Expand::PartialAvatars);
        let shown = serde_json::to_value(shown).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "accounts": [
            {
              "id": "6"
            }
          ],
          "partial_accounts": [
            {
              "id": "5"
            }
          ],
          "statuses": [
            {
              "id": "7"
            }
          ],
          "notification_groups": [
            {
              "group_key": "boost-7-41052",
              "notifications_count": 3,
              "type": "reblog",
              "most_recent_notification_id": "13",
              "page_min_id": "11",
              "page_max_id": "13",
              "latest_page_notification_at": "2026-03-14T09:26:53.089Z",
              "sample_account_ids": [
                "6",
                "5"
              ],
              "status_id": "7"
            }
          ]
        }
        "#);
    }

    #[test]
    fn what_is_held_back_is_told_and_counted() {
        let policy = NotificationPolicy {
            new_accounts: Reception::Filter,
            private_mentions: Reception::Drop,
            ..NotificationPolicy::default()
        };
        insta::assert_json_snapshot!(PolicyShown::new(policy, (2, 3)), @r#"
        {
          "for_not_following": "accept",
          "for_not_followers": "accept",
          "for_new_accounts": "filter",
          "for_private_mentions": "drop",
          "for_limited_accounts": "accept",
          "summary": {
            "pending_requests_count": 2,
            "pending_notifications_count": 3
          }
        }
        "#);
        let request = RequestView {
            from: samples::account(),
            count: 3,
            first_at: 1_773_480_413_089,
            last_at: 1_773_480_500_000,
            last_post: Some(samples::post()),
        };
        let shown = NotificationRequest::new("https://v.example", &request);
        let shown = serde_json::to_value(shown).unwrap();
        insta::assert_json_snapshot!(samples::outline(&shown), @r#"
        {
          "id": "5",
          "created_at": "2026-03-14T09:26:53.089Z",
          "updated_at": "2026-03-14T09:28:20.000Z",
          "account": {
            "id": "5"
          },
          "notifications_count": "3",
          "last_status": {
            "id": "7"
          }
        }
        "#);
    }
}
