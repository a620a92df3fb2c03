//! Accounts, one's own with what only oneself sees.

use std::borrow::Cow;

use parvis_model::{
    account::{AccountKind, Role},
    clock::{DAY, Timestamp},
};
use parvis_town::{AccountView, preferences::Preferences, tags::FeaturedTagView, views::FieldView};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{
    custom_emoji::{CustomEmoji, CustomEmojis},
    scalar::{Address, Day, Each, IdText, Moment, Nothing, counted},
    status::visibility,
    tag::FeaturedTag,
};

/// Pictures of those who have none of their own, on this server. Apps of phones do not draw SVG.
const NO_AVATAR: &str = "/avatar-default.png";
const NO_HEADER: &str = "/header-default.png";

#[derive(Serialize, JsonSchema)]
pub struct Account<'a> {
    id: IdText,
    username: &'a str,
    acct: &'a str,
    url: &'a str,
    uri: &'a str,
    display_name: &'a str,
    note: &'a str,
    avatar: Address<'a>,
    avatar_static: Address<'a>,
    avatar_description: &'a str,
    header: Address<'a>,
    header_static: Address<'a>,
    header_description: &'a str,
    locked: bool,
    fields: Each<'a, FieldView, Field<'a>>,
    emojis: CustomEmojis<'a>,
    bot: bool,
    group: bool,
    discoverable: bool,
    indexable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    noindex: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    suspended: bool,
    created_at: Moment,
    last_status_at: Option<Day>,
    statuses_count: i64,
    followers_count: i64,
    following_count: i64,
    hide_collections: bool,
    show_media: bool,
    show_media_replies: bool,
    show_featured: bool,
    /// The account that has taken its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<Box<Account<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Nothing>,
    feature_approval: FeatureApproval,
}

#[derive(Serialize, JsonSchema)]
struct Field<'a> {
    name: &'a str,
    value: &'a str,
    verified_at: Option<Moment>,
}

/// Nobody can be put into collections here.
#[derive(Serialize, JsonSchema)]
struct FeatureApproval {
    automatic: Nothing,
    manual: Nothing,
    current_user: &'static str,
}

impl<'a> Account<'a> {
    /// `origin`: of this town.
    pub fn new(origin: &'a str, view: &'a AccountView) -> Self {
        let shown = !view.suspended;
        let text = |text: &'a str| if shown { text } else { "" };
        let picture = |own: Option<&'a str>, path| match own.filter(|_| shown) {
            Some(own) => Address::Whole(own),
            None => Address::Here { origin, path },
        };
        let avatar = picture(view.avatar.as_deref(), NO_AVATAR);
        let header = picture(view.header.as_deref(), NO_HEADER);
        Self {
            id: IdText(view.id),
            username: &view.name,
            acct: &view.acct,
            url: &view.url,
            uri: &view.uri,
            display_name: text(&view.display_name),
            note: text(&view.bio_html),
            avatar,
            avatar_static: avatar,
            avatar_description: text(&view.avatar_description),
            header,
            header_static: header,
            header_description: text(&view.header_description),
            locked: view.locked,
            fields: Each(if shown { &view.fields } else { &[] }, |field| Field {
                name: &field.name,
                value: &field.value_html,
                verified_at: field.verified_at.map(Moment),
            }),
            emojis: Each(if shown { &view.emojis } else { &[] }, CustomEmoji::new),
            bot: view.kind.is_automated(),
            group: view.kind == AccountKind::Group,
            discoverable: view.discoverable,
            indexable: view.indexable,
            noindex: view.local.then_some(!view.indexable),
            suspended: view.suspended,
            created_at: Moment(view.created_at - view.created_at.rem_euclid(DAY)),
            last_status_at: view.last_post_at.map(Day),
            statuses_count: counted(view.posts),
            followers_count: counted(view.followers),
            following_count: counted(view.following),
            hide_collections: view.hides_follows,
            show_media: true,
            show_media_replies: true,
            show_featured: true,
            moved: None,
            roles: view.local.then_some([]),
            feature_approval: FeatureApproval {
                automatic: [],
                manual: [],
                current_user: "denied",
            },
        }
    }
}

impl<'a> Account<'a> {
    /// The picture alone, and what it shows.
    pub(super) fn avatar_of(origin: &'a str, view: &'a AccountView) -> (Address<'a>, &'a str) {
        let account = Self::new(origin, view);
        (account.avatar, account.avatar_description)
    }

    #[must_use]
    pub fn moved_to(mut self, origin: &'a str, successor: Option<&'a AccountView>) -> Self {
        self.moved = successor.map(|view| Box::new(Self::new(origin, view)));
        self
    }
}

/// A page of accounts.
pub struct Accounts<'a> {
    pub origin: &'a str,
    pub views: &'a [AccountView],
}

impl Serialize for Accounts<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(
            self.views
                .iter()
                .map(|view| Account::new(self.origin, view)),
        )
    }
}

impl JsonSchema for Accounts<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Accounts".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Account<'_>>::json_schema(generator)
    }
}

/// An account that the reader has muted, and until when.
#[derive(Serialize, JsonSchema)]
pub struct MutedAccount<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    mute_expires_at: Option<Moment>,
}

impl<'a> MutedAccount<'a> {
    pub fn new(origin: &'a str, view: &'a AccountView, until: Option<Timestamp>) -> Self {
        Self {
            account: Account::new(origin, view),
            mute_expires_at: until.map(Moment),
        }
    }
}

/// One's own account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CredentialAccount")]
pub struct Credentials<'a> {
    #[serde(flatten)]
    account: Account<'a>,
    source: Source<'a>,
    role: RoleShown,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CredentialSource")]
struct Source<'a> {
    note: &'a str,
    fields: Each<'a, FieldView, Field<'a>>,
    privacy: &'static str,
    sensitive: bool,
    language: Option<&'a str>,
    follow_requests_count: usize,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    attribution_domains: &'a [String],
    quote_policy: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Role")]
struct RoleShown {
    id: &'static str,
    name: &'static str,
    color: &'static str,
    /// None: what the staff does is done on the pages.
    permissions: &'static str,
    highlighted: bool,
    collection_limit: u8,
}

impl<'a> Credentials<'a> {
    /// With how one usually posts.
    #[must_use]
    pub fn posting(mut self, usual: &'a Preferences) -> Self {
        self.source.privacy = visibility(usual.audience);
        self.source.sensitive = usual.sensitive;
        self.source.language = usual.language.as_deref();
        self.source.quote_policy = usual.quoters.as_str();
        self
    }
}

impl<'a> Credentials<'a> {
    pub fn new(origin: &'a str, view: &'a AccountView, role: Role, requests: usize) -> Self {
        let (id, name) = match role {
            Role::Resident => ("-99", ""),
            Role::Moderator => ("1", "Moderator"),
            Role::Admin => ("2", "Admin"),
        };
        Self {
            account: Account::new(origin, view),
            source: Source {
                note: &view.bio_source,
                fields: Each(&view.fields, |field| Field {
                    name: &field.name,
                    value: &field.value_source,
                    verified_at: field.verified_at.map(Moment),
                }),
                privacy: "public",
                sensitive: false,
                language: None,
                follow_requests_count: requests,
                hide_collections: view.hides_follows,
                discoverable: view.discoverable,
                indexable: view.indexable,
                attribution_domains: &view.attribution_domains,
                quote_policy: "public",
            },
            role: RoleShown {
                id,
                name,
                color: "",
                permissions: "0",
                highlighted: false,
                collection_limit: 0,
            },
        }
    }
}

/// One's own profile as one typed it; pictures only where one has them.
#[derive(Serialize, JsonSchema)]
pub struct Profile<'a> {
    id: IdText,
    display_name: &'a str,
    note: &'a str,
    fields: Each<'a, FieldView, FieldTyped<'a>>,
    avatar: Option<&'a str>,
    avatar_static: Option<&'a str>,
    avatar_description: &'a str,
    header: Option<&'a str>,
    header_static: Option<&'a str>,
    header_description: &'a str,
    locked: bool,
    bot: bool,
    hide_collections: bool,
    discoverable: bool,
    indexable: bool,
    show_media: bool,
    show_media_replies: bool,
    show_featured: bool,
    attribution_domains: &'a [String],
    featured_tags: Vec<FeaturedTag<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct FieldTyped<'a> {
    name: &'a str,
    value: &'a str,
}

impl<'a> Profile<'a> {
    pub fn new(origin: &'a str, view: &'a AccountView, featured: &'a [FeaturedTagView]) -> Self {
        let (avatar, header) = (view.avatar.as_deref(), view.header.as_deref());
        Self {
            id: IdText(view.id),
            display_name: &view.display_name,
            note: &view.bio_source,
            fields: Each(&view.fields, |field| FieldTyped {
                name: &field.name,
                value: &field.value_source,
            }),
            avatar,
            avatar_static: avatar,
            avatar_description: &view.avatar_description,
            header,
            header_static: header,
            header_description: &view.header_description,
            locked: view.locked,
            bot: view.kind.is_automated(),
            hide_collections: view.hides_follows,
            discoverable: view.discoverable,
            indexable: view.indexable,
            show_media: true,
            show_media_replies: true,
            show_featured: true,
            attribution_domains: &view.attribution_domains,
            featured_tags: featured
                .iter()
                .map(|tag| FeaturedTag::new(origin, tag))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn an_account_has_every_key_apps_need() {
        let view = samples::account();
        insta::assert_json_snapshot!(Account::new("https://v.example", &view), @r#"
        {
          "id": "5",
          "username": "marie",
          "acct": "marie",
          "url": "https://v.example/@marie",
          "uri": "https://v.example/ap/actors/5",
          "display_name": "Marie Curtil",
          "note": "<p>Boulangère.</p>",
          "avatar": "https://v.example/media/a.webp",
          "avatar_static": "https://v.example/media/a.webp",
          "avatar_description": "Une femme devant un four",
          "header": "https://v.example/header-default.png",
          "header_static": "https://v.example/header-default.png",
          "header_description": "",
          "locked": false,
          "fields": [
            {
              "name": "Site",
              "value": "<a href=\"https://b.example\">b.example</a>",
              "verified_at": null
            }
          ],
          "emojis": [],
          "bot": false,
          "group": false,
          "discoverable": true,
          "indexable": false,
          "noindex": true,
          "created_at": "2026-03-14T00:00:00.000Z",
          "last_status_at": "2026-03-14",
          "statuses_count": 3,
          "followers_count": 0,
          "following_count": 2,
          "hide_collections": false,
          "show_media": true,
          "show_media_replies": true,
          "show_featured": true,
          "roles": [],
          "feature_approval": {
            "automatic": [],
            "manual": [],
            "current_user": "denied"
          }
        }
        "#);
    }

    #[test]
    fn ones_own_account_tells_what_one_typed() {
        let view = samples::account();
        insta::assert_json_snapshot!(Credentials::new("https://v.example", &view, Role::Admin, 2), @r#"
        {
          "id": "5",
          "username": "marie",
          "acct": "marie",
          "url": "https://v.example/@marie",
          "uri": "https://v.example/ap/actors/5",
          "display_name": "Marie Curtil",
          "note": "<p>Boulangère.</p>",
          "avatar": "https://v.example/media/a.webp",
          "avatar_static": "https://v.example/media/a.webp",
          "avatar_description": "Une femme devant un four",
          "header": "https://v.example/header-default.png",
          "header_static": "https://v.example/header-default.png",
          "header_description": "",
          "locked": false,
          "fields": [
            {
              "name": "Site",
              "value": "<a href=\"https://b.example\">b.example</a>",
              "verified_at": null
            }
          ],
          "emojis": [],
          "bot": false,
          "group": false,
          "discoverable": true,
          "indexable": false,
          "noindex": true,
          "created_at": "2026-03-14T00:00:00.000Z",
          "last_status_at": "2026-03-14",
          "statuses_count": 3,
          "followers_count": 0,
          "following_count": 2,
          "hide_collections": false,
          "show_media": true,
          "show_media_replies": true,
          "show_featured": true,
          "roles": [],
          "feature_approval": {
            "automatic": [],
            "manual": [],
            "current_user": "denied"
          },
          "source": {
            "note": "Boulangère.",
            "fields": [
              {
                "name": "Site",
                "value": "https://b.example",
                "verified_at": null
              }
            ],
            "privacy": "public",
            "sensitive": false,
            "language": null,
            "follow_requests_count": 2,
            "hide_collections": false,
            "discoverable": true,
            "indexable": false,
            "attribution_domains": [],
            "quote_policy": "public"
          },
          "role": {
            "id": "2",
            "name": "Admin",
            "color": "",
            "permissions": "0",
            "highlighted": false,
            "collection_limit": 0
          }
        }
        "#);
    }

    #[test]
    fn a_suspended_account_keeps_its_name_and_nothing_else() {
        let view = parvis_town::AccountView {
            suspended: true,
            ..samples::account()
        };
        let shown = serde_json::to_value(Account::new("https://v.example", &view)).unwrap();
        assert_eq!(shown["suspended"], true);
        assert_eq!(
            (&shown["note"], &shown["display_name"]),
            (&"".into(), &"".into())
        );
        assert_eq!(shown["avatar"], "https://v.example/avatar-default.png");
        assert_eq!(shown["avatar_description"], "");
        assert_eq!(shown["fields"], serde_json::json!([]));
    }

    #[test]
    fn a_profile_is_shown_as_it_was_typed_and_without_borrowed_pictures() {
        let view = samples::account();
        insta::assert_json_snapshot!(Profile::new("https://v.example", &view, &[]), @r#"
        {
          "id": "5",
          "display_name": "Marie Curtil",
          "note": "Boulangère.",
          "fields": [
            {
              "name": "Site",
              "value": "https://b.example"
            }
          ],
          "avatar": "https://v.example/media/a.webp",
          "avatar_static": "https://v.example/media/a.webp",
          "avatar_description": "Une femme devant un four",
          "header": null,
          "header_static": null,
          "header_description": "",
          "locked": false,
          "bot": false,
          "hide_collections": false,
          "discoverable": true,
          "indexable": false,
          "show_media": true,
          "show_media_replies": true,
          "show_featured": true,
          "attribution_domains": [],
          "featured_tags": []
        }
        "#);
    }

    #[test]
    fn a_muted_account_says_until_when_and_a_moved_one_where_to() {
        let view = samples::account();
        let muted = MutedAccount::new("https://v.example", &view, Some(1_773_480_413_089));
        let mut muted = serde_json::to_value(muted).unwrap();
        let until = muted.as_object_mut().unwrap().remove("mute_expires_at");
        assert_eq!(until.unwrap(), "2026-03-14T09:26:53.089Z");
        let account = Account::new("https://v.example", &view);
        let whole = serde_json::to_value(account).unwrap();
        assert_eq!(muted, whole, "besides, every key of an account");
        let moved = Account::new("https://v.example", &view);
        let moved = moved.moved_to("https://v.example", Some(&view));
        assert_eq!(serde_json::to_value(moved).unwrap()["moved"]["id"], "5");
    }
}
