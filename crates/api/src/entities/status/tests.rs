use std::sync::Arc;

use parvis_model::account::AccountKind;
use parvis_town::views::PostKind;

use super::*;
use crate::entities::samples;

const ORIGIN: &str = "https://v.example";

#[test]
fn a_post_has_every_key_apps_need() {
    insta::assert_json_snapshot!(Status::new(ORIGIN, &samples::post()), @r#"
    {
      "id": "7",
      "uri": "https://v.example/ap/objects/7",
      "url": "https://v.example/@marie/7",
      "created_at": "2026-03-14T09:26:53.089Z",
      "edited_at": null,
      "account": {
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
      },
      "content": "<p>Bonjour « tous »</p>",
      "visibility": "public",
      "sensitive": false,
      "spoiler_text": "",
      "media_attachments": [
        {
          "id": "6",
          "type": "image",
          "url": "https://v.example/media/p.webp",
          "preview_url": "https://v.example/media/q.webp",
          "remote_url": null,
          "preview_remote_url": null,
          "text_url": null,
          "meta": {
            "original": {
              "width": 1600,
              "height": 800,
              "size": "1600x800",
              "aspect": 2.0
            },
            "small": {
              "width": 400,
              "height": 200,
              "size": "400x200",
              "aspect": 2.0
            },
            "focus": {
              "x": 0.0,
              "y": 0.5
            }
          },
          "description": "Le pont",
          "blurhash": "LEHV6nWB2yk8"
        }
      ],
      "application": null,
      "mentions": [
        {
          "id": "8",
          "username": "paul",
          "url": "https://r.example/@paul",
          "acct": "paul@r.example"
        }
      ],
      "tags": [
        {
          "name": "Fête",
          "url": "https://v.example/tags/fete"
        }
      ],
      "emojis": [],
      "reblogs_count": 2,
      "favourites_count": 3,
      "replies_count": 1,
      "quotes_count": 0,
      "in_reply_to_id": "4",
      "in_reply_to_account_id": "5",
      "reblog": null,
      "poll": null,
      "card": null,
      "language": "fr",
      "quote": null,
      "quote_approval": {
        "automatic": [
          "public"
        ],
        "manual": [],
        "current_user": "automatic"
      },
      "favourited": true,
      "reblogged": false,
      "muted": false,
      "bookmarked": false,
      "pinned": false,
      "filtered": [],
      "tagged_collections": []
    }
    "#);
}

#[test]
fn a_boost_carries_the_post_it_passes_on() {
    let original = Arc::new(samples::post());
    let boost = PostView {
        id: 9,
        html: String::new(),
        media: Vec::new(),
        boost_of: Some(original),
        mine: Some(parvis_town::views::Mine::default()),
        ..samples::post()
    };
    let shown = serde_json::to_value(Status::new(ORIGIN, &boost)).unwrap();
    assert_eq!(
        (&shown["id"], &shown["reblog"]["id"]),
        (&"9".into(), &"7".into())
    );
    assert_eq!(shown["favourited"], true, "as the original is");
    assert!(
        shown["reblog"]["content"]
            .as_str()
            .unwrap()
            .contains("Bonjour")
    );
}

#[test]
fn each_entry_at_home_says_why_it_is_there() {
    let theirs = || PostView {
        mine: Some(parvis_town::views::Mine::default()),
        ..samples::post()
    };
    let shared = |kind| PostView {
        author: Arc::new(parvis_town::AccountView {
            kind,
            ..samples::account()
        }),
        boost_of: Some(Arc::new(theirs())),
        ..theirs()
    };
    let views = [
        samples::post(),
        theirs(),
        shared(AccountKind::Person),
        shared(AccountKind::Group),
        PostView {
            brought_by: theirs().tags.pop(),
            ..theirs()
        },
    ];
    let all = Statuses {
        origin: ORIGIN,
        views: &views,
    };
    let elsewhere = serde_json::to_value(&all).unwrap();
    assert!(elsewhere[4].get("shown_because").is_none());
    let shown = serde_json::to_value(AtHome(all)).unwrap();
    let because = |at: usize| shown[at]["shown_because"].clone();
    let reasons: Vec<_> = (0..5).map(|at| because(at)["reason"].clone()).collect();
    assert_eq!(reasons, ["self", "follow", "reblog", "group", "tag"]);
    assert!(because(1)["tag"].is_null());
    assert_eq!(because(4)["tag"]["url"], "https://v.example/tags/fete");
    assert!(shown[2]["reblog"].get("shown_because").is_none());
}

#[test]
fn a_visitor_is_told_nothing_of_what_was_done() {
    let post = PostView {
        mine: None,
        ..samples::post()
    };
    let shown = serde_json::to_value(Status::new(ORIGIN, &post)).unwrap();
    assert!(
        ["favourited", "muted", "filtered", "text"]
            .iter()
            .all(|key| shown.get(key).is_none())
    );
}

#[test]
fn what_is_not_for_everyone_never_looks_open() {
    for audience in Audience::ALL {
        let post = PostView {
            audience,
            ..samples::post()
        };
        let shown = serde_json::to_value(Status::new(ORIGIN, &post)).unwrap();
        let open = ["public", "unlisted"].contains(&shown["visibility"].as_str().unwrap());
        assert_eq!(open, audience.is_open(), "{audience:?}");
        assert_eq!(
            shown.get("local_only").is_some(),
            audience == Audience::Town
        );
        assert_eq!(
            shown.get("neighbours_only").is_some(),
            audience == Audience::Neighbours
        );
    }
}

#[test]
fn the_title_of_an_article_heads_its_text_and_is_only_text() {
    let article = PostView {
        kind: PostKind::Article,
        title: Some("<b>Été & \"co\"</b>".into()),
        html: "<p>x</p>".into(),
        ..samples::post()
    };
    let shown = serde_json::to_value(Status::new(ORIGIN, &article)).unwrap();
    assert_eq!(
        shown["content"],
        "<h2>&lt;b&gt;Été &amp; &quot;co&quot;&lt;/b&gt;</h2><p>x</p>"
    );
}

#[test]
fn a_thread_and_a_source_have_every_key_apps_need() {
    let views = [samples::post()];
    let page = || Statuses {
        origin: ORIGIN,
        views: &views,
    };
    let thread = Context {
        ancestors: page(),
        descendants: page(),
    };
    let thread = serde_json::to_value(thread).unwrap();
    insta::assert_json_snapshot!(samples::outline(&thread), @r#"
    {
      "ancestors": [
        {
          "id": "7"
        }
      ],
      "descendants": [
        {
          "id": "7"
        }
      ]
    }
    "#);
    insta::assert_json_snapshot!(Source::new(&views[0]), @r#"
    {
      "id": "7",
      "text": "Bonjour « tous »",
      "spoiler_text": ""
    }
    "#);
    let deleted = Status::new(ORIGIN, &views[0]).with_text(&views[0]);
    assert_eq!(
        serde_json::to_value(deleted).unwrap()["text"],
        "Bonjour « tous »"
    );
}
