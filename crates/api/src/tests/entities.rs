//! Documents that are made where they are asked for: as the whole API gives them, their ids and moments taken out.

use serde_json::{Map, Value, json};

use super::{House, id};

/// Keys in their order, with what changes from run to run replaced by its kind.
fn steady(value: &Value) -> Value {
    match value {
        Value::Object(keys) => {
            let kept = keys.iter().map(|(key, value)| (key.clone(), steady(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(steady).collect(),
        Value::String(text) => kind(text).map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

fn kind(text: &str) -> Option<&'static str> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let moment = text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    let day = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let key = text.len() == 87 && text.starts_with('B');
    match (digits && text.len() > 15, moment, day, key) {
        (true, ..) => Some("[id]"),
        (_, true, ..) => Some("[moment]"),
        (_, _, true, _) => Some("[day]"),
        (.., true) => Some("[key]"),
        _ => None,
    }
}

/// The same with accounts and posts, which have snapshots of their own, by their names alone.
fn outline(value: &Value) -> Value {
    match value {
        Value::Object(keys) if keys.contains_key("acct") => json!({ "acct": keys["acct"] }),
        Value::Object(keys) if keys.contains_key("replies_count") => {
            json!({ "content": keys["content"] })
        }
        Value::Object(keys) => {
            let kept = keys
                .iter()
                .map(|(key, value)| (key.clone(), outline(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(outline).collect(),
        other => steady(other),
    }
}

#[tokio::test]
async fn the_town_has_every_key_apps_need() {
    let house = House::new().await;
    insta::assert_json_snapshot!(steady(&house.get("/api/v2/instance").await.ok()), @r#"
    {
      "domain": "valmont.example",
      "title": "Valmont",
      "version": "4.5.0 (compatible; Parvis 0.1.0)",
      "source_url": "https://github.com/parvis-town/parvis",
      "description": "",
      "usage": {
        "users": {
          "active_month": 0
        }
      },
      "thumbnail": {
        "url": "https://valmont.example/thumbnail-default.png",
        "description": ""
      },
      "icon": [],
      "languages": [
        "fr"
      ],
      "configuration": {
        "urls": {
          "streaming": "wss://valmont.example",
          "status": null,
          "about": "https://valmont.example/a-propos",
          "privacy_policy": "https://valmont.example/confidentialite",
          "terms_of_service": null
        },
        "vapid": {
          "public_key": "[key]"
        },
        "accounts": {
          "max_featured_tags": 10,
          "max_pinned_statuses": 5,
          "max_profile_fields": 6,
          "profile_field_name_limit": 255,
          "profile_field_value_limit": 255,
          "max_display_name_length": 100,
          "max_display_name_lenth": 100,
          "max_note_length": 1000
        },
        "statuses": {
          "max_characters": 5000,
          "max_media_attachments": 4,
          "characters_reserved_per_url": 23
        },
        "media_attachments": {
          "supported_mime_types": [
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "video/mp4",
            "video/quicktime",
            "video/webm",
            "audio/mp4",
            "audio/m4a",
            "audio/x-m4a",
            "audio/webm",
            "audio/ogg",
            "audio/vorbis",
            "audio/opus",
            "audio/mpeg",
            "audio/mp3",
            "audio/flac",
            "audio/x-flac",
            "audio/wav",
            "audio/wave",
            "audio/x-wav",
            "audio/vnd.wave"
          ],
          "description_limit": 1500,
          "image_size_limit": 16777216,
          "image_matrix_limit": 50000000,
          "video_size_limit": 41943040,
          "video_frame_rate_limit": 240,
          "video_matrix_limit": 8847360
        },
        "polls": {
          "max_options": 12,
          "max_characters_per_option": 100,
          "min_expiration": 300,
          "max_expiration": 2629746
        },
        "translation": {
          "enabled": false
        },
        "timelines_access": {
          "live_feeds": {
            "local": "public",
            "remote": "public"
          },
          "hashtag_feeds": {
            "local": "public",
            "remote": "public"
          },
          "trending_link_feeds": {
            "local": "disabled",
            "remote": "disabled"
          }
        },
        "limited_federation": false
      },
      "registrations": {
        "enabled": false,
        "approval_required": false,
        "reason_required": false,
        "message": null,
        "min_age": null,
        "url": "https://valmont.example/inscription"
      },
      "api_versions": {
        "mastodon": 7
      },
      "contact": {
        "email": "",
        "account": null
      },
      "rules": [],
      "wrapstodon": null
    }
    "#);
}

#[tokio::test]
async fn the_town_has_every_key_older_apps_need() {
    let house = House::new().await;
    let mut old = house.get("/api/v1/instance").await.ok();
    let limits = old["configuration"].take();
    let new = house.get("/api/v2/instance").await.ok();
    for (name, limits) in limits.as_object().unwrap() {
        assert_eq!(&new["configuration"][name], limits, "{name}");
    }
    insta::assert_json_snapshot!(steady(&old), @r#"
    {
      "uri": "valmont.example",
      "title": "Valmont",
      "short_description": "",
      "description": "",
      "email": "",
      "version": "4.5.0 (compatible; Parvis 0.1.0)",
      "urls": {
        "streaming_api": "wss://valmont.example"
      },
      "stats": {
        "user_count": 0,
        "status_count": 0,
        "domain_count": 1
      },
      "thumbnail": "https://valmont.example/thumbnail-default.png",
      "languages": [
        "fr"
      ],
      "registrations": false,
      "approval_required": false,
      "invites_enabled": false,
      "configuration": null,
      "contact_account": null,
      "rules": []
    }
    "#);
    let texts = house.get("/api/v1/instance/extended_description").await;
    insta::assert_json_snapshot!(texts.ok(), @r#"
    {
      "updated_at": null,
      "content": ""
    }
    "#);
}

#[tokio::test]
async fn the_way_in_has_every_key_apps_need() {
    let house = House::new().await;
    let document = house.get("/.well-known/oauth-authorization-server").await;
    let mut document = document.ok();
    // A long list, which its own test reads.
    document["scopes_supported"] = json!(document["scopes_supported"].is_array());
    insta::assert_json_snapshot!(document, @r#"
    {
      "issuer": "https://valmont.example/",
      "authorization_endpoint": "https://valmont.example/oauth/authorize",
      "token_endpoint": "https://valmont.example/oauth/token",
      "revocation_endpoint": "https://valmont.example/oauth/revoke",
      "userinfo_endpoint": "https://valmont.example/oauth/userinfo",
      "app_registration_endpoint": "https://valmont.example/api/v1/apps",
      "service_documentation": "https://docs.joinmastodon.org/",
      "scopes_supported": true,
      "response_types_supported": [
        "code"
      ],
      "response_modes_supported": [
        "query"
      ],
      "grant_types_supported": [
        "authorization_code",
        "client_credentials"
      ],
      "token_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post"
      ],
      "code_challenge_methods_supported": [
        "S256"
      ]
    }
    "#);
    let anna = house.resident("anna").await;
    let me = anna.get("/oauth/userinfo").await.ok();
    let whole = me["sub"].as_str().unwrap();
    assert!(whole.starts_with("https://valmont.example/ap/actors/"));
    let keys: Vec<_> = me.as_object().unwrap().keys().collect();
    insta::assert_json_snapshot!(keys, @r#"
    [
      "iss",
      "sub",
      "name",
      "preferred_username",
      "profile",
      "picture"
    ]
    "#);
}

#[tokio::test]
async fn small_answers_have_every_key_apps_need() {
    let house = House::new().await;
    let anna = house.resident("anna").await;
    let bruno = house.resident("bruno").await;
    let post = bruno.posts("status=Bonjour+%23pont").await;
    anna.post(&format!("/api/v1/accounts/{}/follow", bruno.id), "")
        .await
        .ok();
    insta::assert_json_snapshot!(anna.get("/api/v1/preferences").await.ok(), @r#"
    {
      "posting:default:visibility": "public",
      "posting:default:sensitive": false,
      "posting:default:language": null,
      "posting:default:quote_policy": "public",
      "reading:expand:media": "default",
      "reading:expand:spoilers": false,
      "reading:autoplay:gifs": false
    }
    "#);
    let found = anna.get("/api/v2/search?q=pont").await.ok();
    insta::assert_json_snapshot!(outline(&found), @r#"
    {
      "accounts": [],
      "statuses": [],
      "hashtags": [
        {
          "id": "pont",
          "name": "pont",
          "url": "https://valmont.example/tags/pont",
          "history": []
        }
      ]
    }
    "#);
    let old = anna.get("/api/v1/search?q=pont").await.ok();
    insta::assert_json_snapshot!(old, @r#"
    {
      "accounts": [],
      "statuses": [],
      "hashtags": [
        "pont"
      ]
    }
    "#);
    let familiar = format!("/api/v1/accounts/familiar_followers?id[]={}", bruno.id);
    insta::assert_json_snapshot!(outline(&anna.get(&familiar).await.ok()), @r#"
    [
      {
        "id": "[id]",
        "accounts": []
      }
    ]
    "#);
    let told = format!(
        "account_id={}&status_ids[]={}&comment=Non",
        bruno.id,
        id(&post)
    );
    let report = anna.post("/api/v1/reports", &told).await.ok();
    insta::assert_json_snapshot!(outline(&report), @r#"
    {
      "id": "[id]",
      "action_taken": false,
      "action_taken_at": null,
      "category": "other",
      "comment": "Non",
      "forwarded": false,
      "created_at": "[moment]",
      "status_ids": [
        "[id]"
      ],
      "rule_ids": [],
      "collection_ids": null,
      "target_account": {
        "acct": "bruno"
      }
    }
    "#);
    insta::assert_json_snapshot!(bruno.get("/api/v1/notifications/unread_count").await.ok(), @r#"
    {
      "count": 0
    }
    "#);
    insta::assert_json_snapshot!(anna.get("/api/v1/statuses/1").await.json, @r#"
    {
      "error": "Record not found"
    }
    "#);
}
