//! Someone before the server-rendered pages, with a cookie jar and no scripts. Knows addresses and forms, no API.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};
use url::Url;

use crate::{
    exchange::{self, Reply, headers, urlencoded},
    form::{Form, forms},
};

#[derive(Clone)]
pub struct Browser {
    origin: String,
    pub cookies: BTreeMap<String, String>,
    /// `Accept-Language`
    pub language: &'static str,
    /// `X-Forwarded-For`, as a proxy before the town would add it.
    pub network: Option<&'static str>,
}

/// A page as it was shown in the end, redirects followed.
#[derive(Clone, Debug)]
pub struct Shown {
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Shown {
    pub fn forms(&self) -> Vec<Form> {
        forms(&self.html)
    }

    /// The first form that posts to an address ending so.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        self.find_form(action).unwrap_or_else(|| {
            let actions: Vec<String> = self.forms().into_iter().map(|form| form.action).collect();
            panic!(
                "no form {action} on {} ({}), but {actions:?}",
                self.path, self.status
            )
        })
    }

    pub fn find_form(&self, action: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| {
            let path = form.action.split('?').next().unwrap_or_default();
            path.ends_with(action) || (form.action.is_empty() && self.path.ends_with(action))
        })
    }

    /// The form of the first button that leads to an address ending so, pressed.
    ///
    /// # Panics
    /// When there is none.
    #[track_caller]
    pub fn button(&self, formaction: &str) -> Form {
        let found = self
            .forms()
            .into_iter()
            .find_map(|form| form.pressed_towards(formaction));
        found.unwrap_or_else(|| panic!("no button to {formaction} on {}: {}", self.path, self.html))
    }

    pub fn says(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    #[track_caller]
    #[expect(
        clippy::return_self_not_must_use,
        reason = "often only the check is wanted"
    )]
    pub fn expecting(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}: {}",
            self.path,
            self.html.chars().take(4_000).collect::<String>()
        );
        self
    }
}

impl Browser {
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            language: "fr",
            network: None,
        }
    }

    fn headers(&self) -> HeaderMap {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut headers = headers(&[
            ("accept", "text/html,*/*;q=0.8"),
            ("accept-language", self.language),
        ]);
        if !cookies.is_empty() {
            headers.insert("cookie", cookies.join("; ").parse().unwrap());
        }
        if let Some(network) = self.network {
            headers.insert("x-forwarded-for", network.parse().unwrap());
        }
        headers
    }

    /// One exchange: cookies are kept, redirects not followed.
    pub async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        more: HeaderMap,
        body: Vec<u8>,
    ) -> Reply {
        let mut headers = self.headers();
        headers.extend(more);
        let reply = exchange::send(method, &format!("{}{path}", self.origin), headers, body).await;
        for cookie in reply.headers.get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap());
        }
        reply
    }

    fn keep(&mut self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let ended = value.is_empty()
            || attributes
                .to_lowercase()
                .replace(' ', "")
                .contains("max-age=0");
        if ended {
            self.cookies.remove(name.trim());
        } else {
            self.cookies
                .insert(name.trim().to_owned(), value.trim().to_owned());
        }
    }

    pub async fn opens(&mut self, path: &str) -> Shown {
        let reply = self
            .exchange(Method::GET, path, HeaderMap::new(), Vec::new())
            .await;
        self.follow(path.to_owned(), reply).await
    }

    async fn follow(&mut self, mut path: String, mut reply: Reply) -> Shown {
        for _ in 0..6 {
            let Some(next) = reply.header("location").map(str::to_owned) else {
                break;
            };
            assert!(
                reply.status != 307 && reply.status != 308,
                "a form is not posted on"
            );
            let base = Url::parse(&format!("{}{path}", self.origin)).unwrap();
            let next = base.join(&next).unwrap();
            assert_eq!(next.origin(), base.origin(), "leads away");
            path = next[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
            reply = self
                .exchange(Method::GET, &path, HeaderMap::new(), Vec::new())
                .await;
        }
        Shown {
            path,
            status: reply.status,
            html: reply.text(),
            headers: reply.headers,
        }
    }

    /// Sends a form to where it says, and follows nothing: what the town answers.
    pub async fn sends(&mut self, form: &Form) -> Reply {
        let more = headers(&[
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &self.origin),
        ]);
        let body = urlencoded(&form.pairs()).into_bytes();
        self.exchange(Method::POST, &form.action, more, body).await
    }

    /// Sends a form that stands on `page` and shows where it leads.
    pub async fn submits(&mut self, page: &Shown, form: &Form) -> Shown {
        self.submits_with_files(page, form, &[]).await
    }

    /// The same with files: `(field, file name, media type, bytes)`.
    pub async fn submits_with_files(
        &mut self,
        page: &Shown,
        form: &Form,
        files: &[(&str, &str, &str, &[u8])],
    ) -> Shown {
        let base = Url::parse(&format!("{}{}", self.origin, page.path)).unwrap();
        let mut action = base.join(&form.action).unwrap();
        if form.action.is_empty() {
            action = base;
        }
        assert_eq!(
            action.origin().ascii_serialization(),
            self.origin,
            "a form for somebody else"
        );
        if form.method == "get" {
            action.query_pairs_mut().clear().extend_pairs(form.pairs());
            return self
                .opens(&action[url::Position::BeforePath..url::Position::AfterQuery])
                .await;
        }
        let path = action[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let (content_type, body) = if form.multipart {
            multipart(form, files)
        } else {
            (
                "application/x-www-form-urlencoded".to_owned(),
                urlencoded(&form.pairs()).into_bytes(),
            )
        };
        let more = headers(&[("content-type", &content_type), ("origin", &self.origin)]);
        let reply = self.exchange(Method::POST, &path, more, body).await;
        self.follow(path, reply).await
    }

    /// # Panics
    /// When the log-in is refused.
    pub async fn logs_in(&mut self, name: &str, password: &str) {
        let shown = self.tries_to_log_in(name, password).await;
        assert!(
            shown.status == 200 && !shown.path.starts_with("/connexion"),
            "log-in of {name} refused: {} {}\n{}",
            shown.status,
            shown.path,
            shown.html
        );
    }

    pub async fn tries_to_log_in(&mut self, name: &str, password: &str) -> Shown {
        let page = self.opens("/connexion").await.expecting(200);
        let form = page.form("/connexion");
        let field = ["name", "login", "name_or_email", "user"]
            .into_iter()
            .find(|field| form.has(field));
        let form = form
            .with(field.unwrap_or("name"), name)
            .with("password", password);
        self.submits(&page, &form).await
    }
}

fn multipart(form: &Form, files: &[(&str, &str, &str, &[u8])]) -> (String, Vec<u8>) {
    let boundary = "parvis-test-boundary-7d1f2c";
    let mut body = Vec::new();
    let kinds = |name: &str| form.field(name).map(|field| field.kind.as_str());
    for (name, value) in form.pairs() {
        if kinds(name) == Some("file") {
            if !files.iter().any(|file| file.0 == name) {
                // A browser sends an empty part for a file field left alone.
                part(
                    &mut body,
                    boundary,
                    &format!("name=\"{name}\"; filename=\"\""),
                    Some("application/octet-stream"),
                    b"",
                );
            }
        } else {
            part(
                &mut body,
                boundary,
                &format!("name=\"{name}\""),
                None,
                value.as_bytes(),
            );
        }
    }
    for (name, file, kind, bytes) in files {
        part(
            &mut body,
            boundary,
            &format!("name=\"{name}\"; filename=\"{file}\""),
            Some(kind),
            bytes,
        );
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

fn part(body: &mut Vec<u8>, boundary: &str, name: &str, kind: Option<&str>, bytes: &[u8]) {
    let kind = kind
        .map(|kind| format!("content-type: {kind}\r\n"))
        .unwrap_or_default();
    body.extend_from_slice(
        format!("--{boundary}\r\ncontent-disposition: form-data; {name}\r\n{kind}\r\n").as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n");
}
