//! What other software sends, in its own shapes: documents of our own, written after theirs, asserted through the client API.

use parvis_testkit::{
    Actor, Host, Remote, Resident, TestTown,
    actor::{PUBLIC, fresh, marker, now},
    keys,
    remote::Page,
    resident::{any_holds, holds, id},
    until,
};
use serde_json::{Value, json};

struct Place {
    town: TestTown,
    remote: Remote,
    lea: Resident,
}

async fn place() -> Place {
    let town = TestTown::start("valmont").await;
    let lea = town.resident("lea").await;
    Place {
        town,
        remote: Remote::open().await,
        lea,
    }
}

impl Place {
    /// Posts to the shared inbox; the answer must be a friendly one.
    async fn arrives(&self, actor: &Actor, document: &Value) {
        let reply = actor.post(&self.town.shared_inbox(), document).await;
        assert!(
            reply.is_success(),
            "{}: {} {}\n{document:#}",
            actor.host.authority,
            reply.status,
            reply.text()
        );
    }

    /// A followed actor with a document bent into its software's shape.
    async fn followed(
        &self,
        host: &str,
        name: &str,
        bend: impl FnOnce(&Host, &mut Value),
    ) -> Actor {
        let host = self.remote.host(host);
        let actor = host.actor(name, keys::first(), |document| bend(&host, document));
        self.lea.follows_actor(&actor).await;
        actor
    }
}

#[tokio::test]
async fn mastodon_posts_arrive_with_warning_language_picture_tag_and_mention() {
    let place = place().await;
    let paul = place
        .followed("mastodon", "paul", |host, document| {
            document["devices"] = json!(host.url("/users/paul/collections/devices"));
            document["featured"] = json!(host.url("/users/paul/collections/featured"));
            document["discoverable"] = json!(true);
            document["published"] = json!("2022-11-01T00:00:00Z");
            document["icon"] = json!({"type": "Image", "mediaType": "image/png", "url": host.url("/avatar.png")});
            document["attachment"] = json!([{"type": "PropertyValue", "name": "Site", "value": "<a href=\"https://paul.example\" rel=\"me\">paul.example</a>"}]);
            document["tag"] = json!([]);
        })
        .await;
    let text = marker("chat perdu");
    let (uri, handle) = place.lea.mention();
    let mut note = paul.note_mentioning(&text, (&uri, &handle));
    let content = format!(
        "<p><span class=\"h-card\" translate=\"no\"><a href=\"{uri}\" class=\"u-url mention\">@<span>lea</span></a></span> {text} \
         <a href=\"{}\" class=\"mention hashtag\" rel=\"tag\">#<span>ChatPerdu</span></a><script>alert(1)</script></p>",
        paul.host.url("/tags/chatperdu")
    );
    note["content"] = json!(content);
    note["contentMap"] = json!({"fr": content});
    note["summary"] = json!("animal blessé");
    note["sensitive"] = json!(true);
    note["inReplyTo"] = Value::Null;
    note["atomUri"] = note["id"].clone();
    note["inReplyToAtomUri"] = Value::Null;
    note["conversation"] = json!(format!(
        "tag:{},2025-01-01:objectId=1:objectType=Conversation",
        paul.authority()
    ));
    note["attachment"] = json!([{"type": "Document", "mediaType": "image/jpeg", "url": paul.host.url("/chat.jpg"), "name": "Chat roux",
        "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH", "width": 1200, "height": 800, "focalPoint": [0.0, 0.1]}]);
    let tags = note["tag"].as_array_mut().unwrap();
    tags.push(
        json!({"type": "Hashtag", "href": paul.host.url("/tags/chatperdu"), "name": "#ChatPerdu"}),
    );
    note["replies"] = json!({"id": format!("{}/replies", note["id"].as_str().unwrap()), "type": "Collection", "first":
        {"type": "CollectionPage", "next": "https://nowhere.invalid/", "partOf": "https://nowhere.invalid/", "items": []}});
    let mut create = paul.create(&note);
    create["signature"] = json!({"type": "RsaSignature2017", "creator": paul.key_id(), "created": now(), "signatureValue": "bm90aGluZw=="});
    place.arrives(&paul, &create).await;

    let post = place.lea.reads_on_home(&text).await;
    assert_eq!(post["spoiler_text"], "animal blessé");
    assert_eq!(post["sensitive"], true);
    assert_eq!(post["language"], "fr");
    assert_eq!(post["visibility"], "public");
    assert_eq!(post["uri"], note["id"]);
    assert_eq!(post["media_attachments"][0]["description"], "Chat roux");
    assert_eq!(
        post["tags"][0]["name"].as_str().unwrap().to_lowercase(),
        "chatperdu"
    );
    assert_eq!(post["mentions"][0]["acct"], "lea");
    assert!(!post["content"].as_str().unwrap().contains("script"));
    assert_eq!(post["account"]["acct"], paul.acct());
    assert_eq!(post["account"]["fields"][0]["name"], "Site");
    assert!(post["account"]["avatar"].as_str().unwrap().len() > 10);
}

#[tokio::test]
async fn an_optional_field_that_is_wrong_is_lost_and_not_the_post() {
    let place = place().await;
    let paul = place.followed("mastodon", "paul", |_, _| ()).await;
    let bends: [(&str, Value); 14] = [
        ("summary", json!(7)),
        ("sensitive", json!("peut-être")),
        ("published", json!("hier")),
        ("attachment", json!("une photo")),
        (
            "attachment",
            json!([{"type": "Document"}, null, 5, {"type": "Image", "url": "not a url"}]),
        ),
        (
            "tag",
            json!({"type": "Hashtag", "name": "#seul", "href": "https://a.example/"}),
        ),
        ("tag", json!([{"type": "Mention"}, "x", {"name": 5}])),
        (
            "url",
            json!([{"type": "Link", "mediaType": "text/html", "href": "https://a.example/x"}]),
        ),
        ("inReplyTo", json!({"id": "https://nowhere.invalid/1"})),
        ("contentMap", json!(["fr"])),
        ("replies", json!(true)),
        ("source", json!("brut")),
        ("updated", json!(null)),
        ("conversation", json!({"a": [1, 2]})),
    ];
    let mut texts = Vec::new();
    for (field, value) in bends {
        let text = marker(&format!("{field} "));
        let mut note = paul.note(&text);
        note[field] = value;
        place.arrives(&paul, &paul.create(&note)).await;
        texts.push(text);
    }
    place.lea.reads_on_home(texts.last().unwrap()).await;
    let home = place.lea.home().await;
    let lost: Vec<_> = texts
        .iter()
        .filter(|text| !any_holds(&home, text))
        .collect();
    assert!(lost.is_empty(), "lost for a wrong optional field: {lost:?}");
}

#[tokio::test]
async fn pleroma_posts_arrive_with_single_strings_and_literal_public() {
    let place = place().await;
    let anna = place
        .followed("pleroma", "anna", |_, document| {
            document["capabilities"] = json!({"acceptsChatMessages": true});
            document["publicKey"] = json!([document["publicKey"]]);
            document["discoverable"] = Value::Null;
        })
        .await;
    let text = marker("akkomate");
    let mut note = anna.note(&text);
    note["id"] = json!(anna.host.url(&format!("/objects/{}", fresh())));
    note["to"] = json!("as:Public");
    note["cc"] = json!(anna.followers());
    note["actor"] = json!(anna.id);
    note["source"] = json!({"content": text, "mediaType": "text/plain"});
    note["context"] = json!(anna.host.url("/contexts/1"));
    note["tag"] =
        json!({"type": "Hashtag", "name": "jardin", "href": anna.host.url("/tag/jardin")});
    anna.host.serve_document(&note);
    place.arrives(&anna, &anna.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    assert_eq!(post["visibility"], "public");
    assert_eq!(post["tags"][0]["name"], "jardin");
}

#[tokio::test]
async fn misskey_posts_arrive_and_their_reactions_count_as_favourites() {
    let place = place().await;
    let yuki = place
        .followed("misskey", "yuki", |_, document| {
            document["isCat"] = json!(true);
            document["_misskey_summary"] = Value::Null;
            document["sharedInbox"] = document["endpoints"]["sharedInbox"].clone();
            document["tag"] = json!([]);
        })
        .await;
    let text = marker("renote");
    let mut note = yuki.note(&text);
    note["content"] = json!(format!(
        "<p><span>{text}<br>deux<br><br></span><a href=\"https://a.example/\"><span>a</span></a></p>"
    ));
    note["_misskey_content"] = json!(text);
    note["_misskey_quote"] = Value::Null;
    note["source"] = json!({"content": text, "mediaType": "text/x.misskeymarkdown"});
    place.arrives(&yuki, &yuki.create(&note)).await;
    let post = place.lea.reads_on_home(&text).await;
    assert!(!post["content"].as_str().unwrap().contains("_misskey"));

    let mine = place.lea.posts("Une question").await;
    let mut like = yuki.activity("Like", &mine["uri"]);
    like["content"] = json!("🌻");
    like["_misskey_reaction"] = json!("🌻");
    place.arrives(&yuki, &like).await;
    until("the reaction is counted", || async {
        place.lea.status(id(&mine)).await.json()["favourites_count"] == 1
    })
    .await;
}

#[tokio::test]
async fn gotosocial_keys_at_an_address_of_their_own_are_found() {
    let place = place().await;
    let host = place.remote.host("gotosocial");
    let mut tobi = Actor::new(host.clone(), "tobi", keys::first());
    let mut document = tobi.document();
    let key = host.url("/users/tobi/main-key");
    document["publicKey"]["id"] = json!(key);
    host.serve_document(&document);
    host.name("tobi", &tobi.id);
    let mut stub = json!({"@context": document["@context"], "id": tobi.id, "type": "Person", "preferredUsername": "tobi"});
    stub["publicKey"] = document["publicKey"].clone();
    host.serve("/users/tobi/main-key", Page::document(&stub));
    let text = marker("sloth");
    tobi.name = "tobi".to_owned();
    let (uri, handle) = place.lea.mention();
    let note = tobi.note_mentioning(&text, (&uri, &handle));
    let mut letter = tobi.letter(&place.lea.inbox(), &tobi.create(&note));
    letter.key_id.clone_from(&key);
    letter.algorithm = Some("hs2019".to_owned());
    let reply = letter.send().await;
    assert!(reply.is_success(), "{} {}", reply.status, reply.text());
    until("the post is known", || async {
        !place.lea.search(note["id"].as_str().unwrap()).await["statuses"]
            .as_array()
            .unwrap()
            .is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_lemmy_community_can_be_followed_and_what_it_announces_is_read() {
    let place = place().await;
    let host = place.remote.host("lemmy");
    let group = Actor::new(host.clone(), "jardins", keys::first());
    let mut document = group.document();
    document["type"] = json!("Group");
    document["name"] = json!("Jardins partagés");
    document["postingRestrictedToMods"] = json!(false);
    document["attributedTo"] = json!(format!("{}/moderators", group.id));
    document["source"] = json!({"content": "Pour tous", "mediaType": "text/markdown"});
    host.serve_document(&document);
    host.name("jardins", &group.id);
    let account = place.lea.follows_actor(&group).await;
    assert_eq!(account["group"], true);

    let author = host.person("picard");
    let (title, body) = (marker("Compost"), marker("bien mûr"));
    let page = json!({
        "@context": ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"],
        "id": host.url("/post/1"), "type": "Page", "attributedTo": author.id,
        "to": [group.id, PUBLIC], "cc": [], "audience": group.id, "name": title,
        "content": format!("<p>{body}</p>\n"), "mediaType": "text/html",
        "source": {"content": body, "mediaType": "text/markdown"},
        "attachment": [{"type": "Link", "href": "https://jardin.example/"}],
        "image": {"type": "Image", "url": host.url("/i.webp")},
        "sensitive": false, "language": {"identifier": "fr", "name": "Français"}, "published": now(),
    });
    host.serve_document(&page);
    let mut create = author.create(&page);
    create["audience"] = json!(group.id);
    let mut announce = group.activity("Announce", &create);
    announce["to"] = json!([PUBLIC]);
    announce["cc"] = json!([group.followers()]);
    place.arrives(&group, &announce).await;
    until("the page is on home", || async {
        place
            .lea
            .home()
            .await
            .iter()
            .any(|post| post.to_string().contains(title.as_str()))
    })
    .await;
    let found = place.lea.finds_post(page["id"].as_str().unwrap()).await;
    assert_eq!(
        found["account"]["acct"],
        author.acct(),
        "the author is the person, not the community"
    );
    assert!(
        found["content"].as_str().unwrap().contains(&body)
            || found["content"].as_str().unwrap().contains(&title)
    );
}

#[tokio::test]
async fn mobilizon_events_are_shown_with_their_name() {
    let place = place().await;
    let group = place
        .followed("mobilizon", "comite", |_, document| {
            document["type"] = json!("Group");
            let pem = document["publicKey"]["publicKeyPem"]
                .as_str()
                .unwrap()
                .to_owned();
            document["publicKey"]["publicKeyPem"] = json!(format!("{pem}\n"));
        })
        .await;
    let organiser = group.host.person("odile");
    let (name, text) = (marker("Bal des pompiers"), marker("venez nombreux"));
    let event = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", {"mz": "https://joinmobilizon.org/ns#"}],
        "id": group.host.url(&format!("/events/{}", fresh())), "type": "Event", "name": name, "content": format!("<p>{text}</p>"),
        "actor": organiser.id, "attributedTo": group.id, "to": [PUBLIC], "cc": [group.followers()],
        "startTime": "2031-07-13T20:00:00+02:00", "endTime": "2031-07-14T02:00:00+02:00", "timezone": "Europe/Paris",
        "location": {"type": "Place", "name": "Salle des fêtes", "address": {"type": "PostalAddress", "addressLocality": "Valmont"}},
        "category": "PARTY", "joinMode": "free", "commentsEnabled": true, "ical:status": "CONFIRMED", "draft": false,
        "attachment": [{"type": "Document", "mediaType": "image/png", "name": "Bannière", "url": group.host.url("/b.png")}],
        "tag": [], "mediaType": "text/html", "published": now(), "url": group.host.url("/events/x"),
    });
    group.host.serve_document(&event);
    let mut create = group.addressed("Create", &event);
    create["actor"] = json!(group.id);
    place.arrives(&group, &create).await;
    until("the event is on home", || async {
        place
            .lea
            .home()
            .await
            .iter()
            .any(|post| post.to_string().contains(name.as_str()))
    })
    .await;
}

#[tokio::test]
async fn a_peertube_video_has_the_person_as_author_and_links_as_addresses() {
    let place = place().await;
    let channel = place
        .followed("peertube", "cine_club", |_, document| {
            document["type"] = json!("Group");
        })
        .await;
    let person = channel.host.person("agnes");
    let name = marker("Le film du village");
    let video = json!({
        "@context": ["https://www.w3.org/ns/activitystreams", {"pt": "https://joinpeertube.org/ns#"}],
        "id": channel.host.url(&format!("/videos/watch/{}", fresh())), "type": "Video", "name": name, "duration": "PT90S",
        "attributedTo": [{"type": "Person", "id": person.id}, {"type": "Group", "id": channel.id}],
        "content": "Tourné en **2024**", "mediaType": "text/markdown", "sensitive": false, "commentsEnabled": true, "views": 3,
        "category": {"identifier": "2", "name": "Films"}, "language": {"identifier": "fr", "name": "Français"},
        "url": [{"type": "Link", "mediaType": "text/html", "href": channel.host.url("/w/1")},
            {"type": "Link", "mediaType": "video/mp4", "href": channel.host.url("/v.mp4"), "height": 720, "size": 1000, "fps": 25}],
        "icon": [{"type": "Image", "url": channel.host.url("/t.jpg"), "mediaType": "image/jpeg", "width": 280, "height": 157}],
        "to": [PUBLIC], "cc": [person.followers()], "published": now(), "updated": now(),
        "tag": [{"type": "Hashtag", "name": "village"}],
    });
    channel.host.serve_document(&video);
    let mut announce = channel.activity("Announce", &video["id"]);
    announce["to"] = json!([PUBLIC]);
    announce["cc"] = json!([channel.followers()]);
    place.arrives(&channel, &announce).await;
    until("the video is on home", || async {
        place
            .lea
            .home()
            .await
            .iter()
            .any(|post| post.to_string().contains(name.as_str()))
    })
    .await;
    let found = place.lea.finds_post(video["id"].as_str().unwrap()).await;
    assert_eq!(found["account"]["acct"], person.acct());
    assert_eq!(found["url"], channel.host.url("/w/1").as_str());
}

#[tokio::test]
async fn pixelfed_friendica_wordpress_and_ghost_posts_arrive() {
    let place = place().await;
    let paul = place.followed("divers", "paul", |_, _| ()).await;
    let pixelfed = {
        let mut note = paul.note(&marker("pixelfed"));
        note["attachment"] = json!([{"type": "Image", "mediaType": "image/jpeg", "url": paul.host.url("/p.jpg"), "name": null}]);
        note["commentsEnabled"] = json!(true);
        note["capabilities"] = json!({"announce": PUBLIC, "like": PUBLIC, "reply": PUBLIC});
        note["location"] = Value::Null;
        note
    };
    let friendica = {
        let mut note = paul.note(&marker("friendica"));
        note["diaspora:guid"] = json!("abc");
        note["context"] = json!(paul.host.url("/objects/abc#context"));
        note["source"] = json!({"content": "[b]x[/b]", "mediaType": "text/bbcode"});
        note["published"] = json!("2025-09-12T09:00:00+02:00");
        note["instrument"] =
            json!({"type": "Application", "name": "Friendica", "url": paul.host.url("/")});
        note
    };
    let mut texts: Vec<String> = [&pixelfed, &friendica]
        .map(|note| {
            note["content"]
                .as_str()
                .unwrap()
                .replace("<p>", "")
                .replace("</p>", "")
        })
        .to_vec();
    let article = |kind: &str| {
        let title = marker(kind);
        let mut note = paul.note(&format!("corps de {kind}"));
        note["type"] = json!("Article");
        note["name"] = json!(title);
        note["summary"] = json!("Un résumé");
        note["url"] = json!(paul.host.url("/2025/article"));
        note["image"] = json!({"type": "Image", "url": paul.host.url("/a.png")});
        note["contentMap"] = json!({"fr": note["content"]});
        note["preview"] = json!({"type": "Note", "content": "<p>aperçu</p>"});
        (title, note)
    };
    let articles = [article("wordpress"), article("ghost")];
    texts.extend(articles.iter().map(|(title, _)| title.clone()));
    for note in [pixelfed, friendica]
        .iter()
        .chain(articles.iter().map(|(_, note)| note))
    {
        place.arrives(&paul, &paul.create(note)).await;
    }
    for text in &texts {
        until(&format!("{text} is on home"), || async {
            place
                .lea
                .home()
                .await
                .iter()
                .any(|post| post.to_string().contains(text.as_str()))
        })
        .await;
    }
    let home = place.lea.home().await;
    let article = home
        .iter()
        .find(|post| post.to_string().contains(texts[2].as_str()))
        .unwrap();
    assert!(
        !article["sensitive"].as_bool().unwrap(),
        "an article's summary is no warning"
    );
}

#[tokio::test]
async fn what_nobody_here_understands_is_ignored_politely() {
    let place = place().await;
    let paul = place.followed("exotique", "paul", |_, _| ()).await;
    let mine = place.lea.posts("Rien").await;
    for kind in [
        "View", "Listen", "Read", "Arrive", "Travel", "Bite", "Ignore", "Dislike", "Invite",
        "Zorglub",
    ] {
        place
            .arrives(&paul, &paul.activity(kind, &mine["uri"]))
            .await;
    }
    // What is essential and wrong is refused, never with a fault of our own.
    let missing = [
        json!({}),
        json!([]),
        json!("texte"),
        json!({"type": "Create"}),
        json!({"type": "Create", "actor": paul.id}),
    ];
    for document in missing {
        let reply = paul.post(&place.town.shared_inbox(), &document).await;
        assert!(reply.status < 500, "{document}: {}", reply.status);
    }
    let text = marker("après");
    place.arrives(&paul, &paul.create(&paul.note(&text))).await;
    place.lea.reads_on_home(&text).await;
}

#[tokio::test]
async fn a_thread_is_put_together_whatever_comes_first() {
    let place = place().await;
    let paul = place.followed("fil", "paul", |_, _| ()).await;
    let [first, second, third] = ["racine", "tige", "fleur"].map(marker);
    let root = paul.note(&first);
    let answer_to = |note: &Value, text: &str| {
        let mut answer = paul.note(text);
        answer["inReplyTo"] = note["id"].clone();
        paul.host.serve_document(&answer);
        answer
    };
    let middle = answer_to(&root, &second);
    let leaf = answer_to(&middle, &third);
    place.arrives(&paul, &paul.create(&leaf)).await;
    let post = place.lea.reads_on_home(&third).await;
    until("what it answers is fetched", || async {
        let context = place.lea.context(id(&post)).await;
        let above: Vec<Value> = context["ancestors"].as_array().unwrap().clone();
        above.len() == 2 && holds(&above[0], &first) && holds(&above[1], &second)
    })
    .await;
}
