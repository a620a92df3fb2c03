//! Writing, walked through as a browser without scripts would: what is begun, what waits, what is told again.

use axum::http::{Method, Request, StatusCode, header};

use super::{Browser, PASSWORD, between};
use axum::body::Body;
use parvis_model::limits;

const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4,
    0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x50, 0x48, 0x70, 0xf8,
    0x0f, 0x00, 0x03, 0x24, 0x01, 0xc0, 0x7b, 0xa4, 0x1c, 0x38, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// One part of a form with files; `about` is its name, and what more there is to it.
fn part(about: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--b\r\nContent-Disposition: form-data; {about}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

impl Browser {
    async fn sends_parts(&mut self, action: &str, parts: &[Vec<u8>]) -> super::Shown {
        let request = Request::builder()
            .method(Method::POST)
            .uri(action)
            .header(header::ORIGIN, "null")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from([&parts.concat(), &b"--b--\r\n"[..]].concat()))
            .unwrap();
        self.send(request).await
    }

    /// How many files have begun to arrive here, ever so short.
    fn finds_incoming(&self) -> usize {
        let incoming = self.folder.path().join("media/incoming");
        std::fs::read_dir(incoming).map_or(0, Iterator::count)
    }

    /// Sends the form of the page for writing with files.
    async fn sends(
        &mut self,
        action: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> super::Shown {
        let token = self.opens("/ecrire").await.token();
        let mut parts = Vec::new();
        for (name, value) in [&[("csrf", token.as_str())], fields].concat() {
            parts.push(part(&format!("name=\"{name}\""), value.as_bytes()));
        }
        for (name, bytes) in files {
            parts.push(part(&format!("name=\"{name}\"; filename=\"x\""), bytes));
        }
        self.sends_parts(action, &parts).await
    }

    /// The text that stands in the form of a page.
    async fn finds_text(&mut self, path: &str) -> String {
        let page = self.opens(path).await.html;
        let area = page.split("name=\"text\"").nth(1).unwrap();
        between(area, ">", "<").to_owned()
    }
}

#[tokio::test]
async fn a_draft_is_kept_found_again_and_gone_once_published() {
    let mut maire = Browser::of_maire().await;
    let typed = [
        ("text", "Le four rallume"),
        ("audience", "town"),
        ("langue", "br"),
        ("reponse-1", "Samedi"),
        ("quand", "2099-05-01T09:30"),
        ("garder", "1"),
    ];
    let saved = maire.fills("/ecrire", "/ecrire", &typed).await;
    assert_eq!(saved.location(), "/brouillons", "{}", saved.html);
    let list = maire.opens("/brouillons").await.html;
    assert!(list.contains("Le four rallume"));
    let draft = between(&list, "/ecrire?brouillon=", "\"").to_owned();
    let path = format!("/ecrire?brouillon={draft}");
    let form = maire.opens(&path).await.html;
    for kept in [
        "Le four rallume",
        "value=\"town\" checked",
        "value=\"br\" selected",
        "value=\"Samedi\"",
        "value=\"2099-05-01T09:30\"",
    ] {
        assert!(form.contains(kept), "{kept}: {form}");
    }
    assert!(!maire.opens("/ville").await.html.contains("Le four rallume"));

    let published = [
        ("text", "Le four rallume"),
        ("audience", "town"),
        ("langue", "br"),
        ("brouillon", draft.as_str()),
    ];
    let sent = maire.fills(&path, "/ecrire", &published).await;
    assert_eq!(sent.location(), "/", "{}", sent.html);
    assert!(maire.opens("/ville").await.html.contains("Le four rallume"));
    assert!(
        !maire
            .opens("/brouillons")
            .await
            .html
            .contains("Le four rallume")
    );
    let next = maire.opens("/ecrire").await.html;
    assert!(
        next.contains("value=\"br\" selected"),
        "the language is remembered"
    );
}

#[tokio::test]
async fn a_scheduled_post_waits_is_changed_and_called_off() {
    let mut maire = Browser::of_maire().await;
    let typed = |at| {
        [
            ("text", "Vœux du maire"),
            ("audience", "public"),
            ("quand", at),
        ]
    };
    let soon = maire
        .fills("/ecrire", "/ecrire", &typed("2001-01-01T00:00"))
        .await;
    assert_eq!(soon.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(soon.html.contains("id=\"wrong-time\"") && soon.html.contains("Vœux du maire"));
    let wrong = maire.fills("/ecrire", "/ecrire", &typed("demain")).await;
    assert!(wrong.html.contains("id=\"wrong-time\""));
    let sent = maire
        .fills("/ecrire", "/ecrire", &typed("2099-01-01T00:00"))
        .await;
    assert_eq!(sent.location(), "/brouillons", "{}", sent.html);
    let list = maire.opens("/brouillons").await.html;
    let id = between(&list, "/ecrire?programme=", "\"").to_owned();
    let path = format!("/ecrire?programme={id}");
    assert_eq!(maire.finds_text(&path).await, "Vœux du maire");
    let changed = [
        ("text", "Bons vœux"),
        ("audience", "public"),
        ("quand", "2099-01-02T00:00"),
        ("programme", &id),
    ];
    maire.fills(&path, "/ecrire", &changed).await;
    let list = maire.opens("/brouillons").await.html;
    assert!(list.contains("Bons vœux") && !list.contains("Vœux du maire"));
    let id = between(&list, "/ecrire?programme=", "\"").to_owned();
    let cancel = format!("/programmes/{id}/supprimer");
    assert_eq!(
        maire.fills("/brouillons", &cancel, &[]).await.location(),
        "/brouillons"
    );
    assert!(!maire.opens("/brouillons").await.html.contains("Bons vœux"));
}

#[tokio::test]
async fn files_are_put_in_order_described_and_survive_an_error() {
    let mut maire = Browser::of_maire().await;
    let typed = [("text", "Deux images"), ("audience", "town"), ("plus", "1")];
    let shown = maire
        .sends("/ecrire", &typed, &[("image-1", PNG), ("image-2", PNG)])
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    let ids: Vec<String> = shown
        .html
        .split("name=\"garde\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let described = format!("description-{}", ids[1]);
    let focus = format!("cadre-x-{}", ids[1]);
    let too_long = "x".repeat(6_000);
    let moved = [
        ("text", too_long.as_str()),
        ("audience", "town"),
        ("garde", &ids[0]),
        ("garde", &ids[1]),
        (&described, "Un point"),
        (&focus, "80"),
    ];
    let again = maire.fills("/ecrire", "/ecrire", &moved).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.html.contains("Un point") && again.html.contains("value=\"80\""));
    assert_eq!(again.html.matches("name=\"garde\"").count(), 2);

    let earlier = [
        &moved[1..],
        &[("text", "Deux images"), ("avancer", &ids[1])],
    ]
    .concat();
    let shown = maire.fills("/ecrire", "/ecrire", &earlier).await.html;
    assert_eq!(between(&shown, "name=\"garde\" value=\"", "\""), ids[1]);
    let sent = [
        ("text", "Deux images"),
        ("audience", "town"),
        ("garde", &ids[1]),
        ("garde", &ids[0]),
        (&described, "Un point"),
        (&focus, "80"),
    ];
    maire.fills("/ecrire", "/ecrire", &sent).await;
    let town = maire.opens("/ville").await.html;
    assert!(town.contains("alt=\"Un point\""), "{town}");
    assert!(town.contains("class=\"fx-8 fy-5\""));
}

#[tokio::test]
async fn a_file_that_is_no_picture_costs_neither_text_nor_the_other_files() {
    let mut maire = Browser::of_maire().await;
    let typed = [("text", "Une bonne, une mauvaise"), ("audience", "town")];
    let files: [(&str, &[u8]); 2] = [("image-1", PNG), ("image-2", b"not a picture")];
    let shown = maire.sends("/ecrire", &typed, &files).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("id=\"wrong-media\""));
    assert!(shown.html.contains("Une bonne, une mauvaise"));
    assert_eq!(shown.html.matches("name=\"garde\"").count(), 1);
    let one = maire
        .sends("/ecrire/fichiers", &[], &[("image-1", PNG)])
        .await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(one.html.contains("name=\"garde\"") && !one.html.contains("<html"));
    let none = maire
        .sends("/ecrire/fichiers", &[], &[("image-1", b"no")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.html.contains("class=\"wrong\"") && !none.html.contains("<html"));
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    let mut maire = Browser::of_maire().await;
    let token = maire.opens("/ecrire").await.token();
    maire.cookies.clear();
    let typed = [
        ("csrf", token.as_str()),
        ("text", "Une longue lettre & plus"),
        ("audience", "followers"),
    ];
    let shown = maire.posts("/ecrire", &typed).await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN);
    let kept = between(&shown.html, "name=\"ecrit\" value=\"", "\"").replace("&#38;", "&");
    let log_in = |token: String, password: &'static str| {
        [
            ("csrf", token),
            ("suite", "/brouillons".to_owned()),
            ("ecrit", kept.clone()),
            ("name", "maire".to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let sent = log_in(shown.token(), "pas le bon mot");
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let refused = maire.posts("/connexion", &sent).await;
    assert!(
        refused.html.contains("name=\"ecrit\""),
        "also after a mistake"
    );
    let sent = log_in(refused.token(), PASSWORD);
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let entered = maire.posts("/connexion", &sent).await;
    let draft = entered.location().to_owned();
    assert!(draft.starts_with("/ecrire?brouillon="), "{draft}");
    assert_eq!(
        maire.finds_text(&draft).await,
        "Une longue lettre &#38; plus"
    );
    let form = maire.opens(&draft).await.html;
    assert!(form.contains("value=\"followers\" checked"));
}

#[tokio::test]
async fn what_stands_behind_a_file_outlives_the_session_and_the_file_is_not_kept() {
    let mut maire = Browser::of_maire().await;
    let large = vec![0; limits::RECORDING_BYTES + 1];
    let parts = |token: &str, name: &str, file: &[u8]| {
        [
            part("name=\"csrf\"", token.as_bytes()),
            part("name=\"text\"", "Le four".as_bytes()),
            part(&format!("name=\"image-1\"; filename=\"{name}\""), file),
            part("name=\"audience\"", b"followers"),
            part("name=\"summary\"", b"Braises"),
        ]
    };
    let token = maire.opens("/ecrire").await.token();
    let shown = maire
        .sends_parts("/ecrire", &parts(&token, "film.mp4", &large))
        .await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("id=\"wrong-media\""));
    for kept in [
        "Le four",
        "value=\"followers\" checked",
        "value=\"Braises\"",
    ] {
        assert!(shown.html.contains(kept), "{kept}: {}", shown.html);
    }

    let shown = maire.sends_parts("/ecrire", &parts("AAAA", "", PNG)).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("Braises") && !shown.html.contains("name=\"garde\""));

    maire.cookies.clear();
    for name in ["", "x.png"] {
        let shown = maire
            .sends_parts("/ecrire", &parts(&token, name, PNG))
            .await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN);
        let kept = between(&shown.html, "name=\"ecrit\" value=\"", "\"");
        for field in ["text=Le+four", "audience=followers", "summary=Braises"] {
            assert!(kept.contains(field), "{field}: {kept}");
        }
    }
    assert_eq!(maire.finds_incoming(), 0);
}

/// On a device without the worker of the installed app.
#[tokio::test]
async fn what_another_app_hands_over_fills_the_form_and_leaves_no_file() {
    let mut maire = Browser::of_maire().await;
    let handed = [
        part("name=\"texte\"", b"Vu au lavoir"),
        part("name=\"images\"; filename=\"lavoir.png\"", PNG),
    ];
    let led = maire.sends_parts("/partager", &handed).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.location(), "/ecrire?texte=Vu%20au%20lavoir");
    let shown = maire.opens(led.location()).await.html;
    assert!(shown.contains("Vu au lavoir") && shown.contains("data-flash"));
    assert!(!shown.contains("name=\"garde\""));
    maire.cookies.clear();
    let led = maire.sends_parts("/partager", &handed).await;
    let next = led.location().strip_prefix("/connexion?suite=");
    assert!(next.unwrap().contains("lavoir"), "the words wait");
    assert_eq!(maire.finds_incoming(), 0);
}

#[tokio::test]
async fn a_form_with_far_too_much_text_is_refused() {
    let mut browser = Browser::of_maire().await;
    browser.cookies.clear();
    let much = "x".repeat(150 * 1024);
    let plain = [("text", much.as_str()), ("summary", much.as_str())];
    let refused = browser.posts("/ecrire", &plain).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let parts = ["text", "summary"].map(|name| part(&format!("name=\"{name}\""), much.as_bytes()));
    let refused = browser.sends_parts("/ecrire", &parts).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_was_typed_is_shown_again_where_no_draft_more_can_be_kept() {
    let mut maire = Browser::of_maire().await;
    let token = maire.opens("/ecrire").await.token();
    for n in 0..limits::DRAFTS {
        let text = format!("Brouillon {n}");
        let typed = [
            ("csrf", token.as_str()),
            ("text", text.as_str()),
            ("garder", "1"),
        ];
        let saved = maire.posts("/ecrire", &typed).await;
        assert_eq!(saved.location(), "/brouillons", "{}", saved.html);
    }
    maire.cookies.clear();
    let log_in = maire.opens("/connexion").await.token();
    let typed = [
        ("csrf", log_in.as_str()),
        ("ecrit", "text=Un+de+trop&audience=town"),
        ("name", "maire"),
        ("password", PASSWORD),
    ];
    let entered = maire.posts("/connexion", &typed).await;
    assert_eq!(entered.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        entered.headers[header::CACHE_CONTROL],
        "private, no-store",
        "it is a resident's page"
    );
    assert!(entered.html.contains("Un de trop") && entered.html.contains("/ecrire"));
    let token = entered.token();
    let again = [
        ("csrf", token.as_str()),
        ("text", "Un de trop"),
        ("audience", "town"),
    ];
    let sent = maire.posts("/ecrire", &again).await;
    assert_eq!(sent.location(), "/", "the form is theirs: {}", sent.html);
    assert!(maire.opens("/ville").await.html.contains("Un de trop"));
}

#[tokio::test]
async fn a_changed_post_from_an_earlier_session_is_shown_again() {
    let mut maire = Browser::of_maire().await;
    let typed = [("text", "Samedi"), ("audience", "town")];
    maire.fills("/ecrire", "/ecrire", &typed).await;
    let home = maire.opens("/").await.html;
    let path = between(&home, "class=\"when\" href=\"", "\"").to_owned();
    let edit = format!("{path}/modifier");
    let stale = [("csrf", "AAAA"), ("text", "Dimanche")];
    let shown = maire.posts(&edit, &stale).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("Dimanche") && shown.html.contains("role=\"alert\""));
    assert!(maire.opens(&path).await.html.contains("Samedi"));
    let token = shown.token();
    let again = [("csrf", token.as_str()), ("text", "Dimanche")];
    assert_eq!(maire.posts(&edit, &again).await.location(), path);
}

#[tokio::test]
async fn a_form_from_an_earlier_session_publishes_nothing_and_loses_nothing() {
    let mut maire = Browser::of_maire().await;
    let typed = [("csrf", "AAAA"), ("text", "D’avant"), ("audience", "town")];
    let shown = maire.posts("/ecrire", &typed).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("D’avant") && shown.html.contains("role=\"alert\""));
    assert!(!maire.opens("/ville").await.html.contains("D’avant"));
    let gone = [
        ("text", "À qui ?"),
        ("audience", "town"),
        ("reponse", "12345678"),
    ];
    let shown = maire.fills("/ecrire", "/ecrire", &gone).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.html.contains("À qui ?"));
}

#[tokio::test]
async fn a_post_is_written_anew_its_history_read_and_its_thread_silenced() {
    let mut maire = Browser::of_maire().await;
    let typed = [("text", "Samedi"), ("audience", "town")];
    maire.sends("/ecrire", &typed, &[("image-1", PNG)]).await;
    let home = maire.opens("/").await.html;
    let path = between(&home, "class=\"when\" href=\"", "\"").to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let edit = format!("{path}/modifier");
    let file = between(
        &maire.opens(&edit).await.html,
        "name=\"garde\" value=\"",
        "\"",
    )
    .to_owned();
    let edited = [("text", "Dimanche"), ("garde", file.as_str())];
    maire.fills(&edit, &edit, &edited).await;
    let history = maire.opens(&format!("{path}/historique")).await.html;
    assert!(history.contains("Samedi") && history.contains("Dimanche"));

    let silence = format!("/actions/message/{id}/taire");
    maire.fills(&path, &silence, &[("retour", &path)]).await;
    assert!(maire.opens(&path).await.html.contains("/ne-plus-taire"));

    let delete = format!("{path}/supprimer");
    let anew = maire.fills(&delete, &delete, &[("recrire", "1")]).await;
    let draft = anew.location().to_owned();
    assert!(draft.starts_with("/ecrire?brouillon="), "{}", anew.html);
    assert_eq!(maire.opens(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(maire.finds_text(&draft).await, "Dimanche");
    assert!(maire.opens(&draft).await.html.contains("name=\"garde\""));
}

#[tokio::test]
async fn names_and_tags_are_suggested_to_residents_alone() {
    let mut maire = Browser::of_maire().await;
    maire
        .fills(
            "/ecrire",
            "/ecrire",
            &[("text", "Vive le #marché"), ("audience", "public")],
        )
        .await;
    let names = maire.opens("/ecrire/propositions?debut=%40mai").await;
    assert!(names.html.contains("data-text=\"@maire\"") && !names.html.contains("<html"));
    let tags = maire.opens("/ecrire/propositions?debut=%23mar").await;
    assert!(tags.html.contains("data-text=\"#marché\""), "{}", tags.html);
    let none = maire.opens("/ecrire/propositions?debut=mai").await;
    assert!(!none.html.contains("role=\"option\""));
    maire.cookies.clear();
    let asked = maire.opens("/ecrire/propositions?debut=%40mai").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
}
