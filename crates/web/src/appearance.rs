//! How the pages look for whoever looks: the settings for it, and what is held back on every page for it. A resident's wishes
//! are kept with the account, a visitor's in their browser.

use askama::Template;
use parvis_model::appearance::{Appearance, Theme};
use parvis_town::{PostView, appearance};

use crate::{
    asked::Asked,
    card::Card,
    cookies::Cookie,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, html},
};

/// In an address: the posts whose pictures are shown although none are loaded unasked.
const PICTURES: &str = "images";

#[derive(Template)]
#[template(path = "settings_appearance.html")]
pub struct AppearanceForm<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

impl<'a> AppearanceForm<'a> {
    pub fn new(page: &'a Frame) -> Self {
        let mark = |on: bool| if on { "1".to_owned() } else { String::new() };
        let look = page.look;
        let values = Asked::of([
            ("theme", look.theme.as_str().to_owned()),
            ("grand", mark(look.large)),
            ("contraste", mark(look.contrast)),
            ("calme", mark(look.calm)),
            ("sobre", mark(look.sparing)),
        ]);
        Self {
            page,
            form: Typed::new(values),
        }
    }

    fn themes() -> [(&'static str, &'static str); 3] {
        Theme::ALL.map(|theme| {
            let words = match theme {
                Theme::Device => "theme-device",
                Theme::Light => "theme-light",
                Theme::Dark => "theme-dark",
            };
            (theme.as_str(), words)
        })
    }
}

pub async fn form(page: Page) -> Answer {
    html(&AppearanceForm::new(&page.frame))
}

pub async fn change(page: Page, form: Form) -> Answer {
    let wanted = Appearance {
        theme: Theme::parse(form.text("theme")).unwrap_or_default(),
        large: form.on("grand"),
        contrast: form.on("contraste"),
        calm: form.on("calme"),
        sparing: form.on("sobre"),
    };
    let mut response = page.onward("/reglages/affichage", "done-saved");
    match page.user.as_ref().map(|user| user.id) {
        Some(user) => {
            page.write(move |tx, town| {
                Box::pin(async move { appearance::set(tx, town, user, wanted).await })
            })
            .await?;
        }
        None => keep_in_browser(&page, wanted, &mut response),
    }
    Ok(response)
}

fn keep_in_browser(page: &Page, wanted: Appearance, response: &mut axum::response::Response) {
    let (jar, headers) = (page.jar(), response.headers_mut());
    if wanted == Appearance::default() {
        jar.clear(headers, Cookie::Appearance);
    } else {
        jar.set(headers, Cookie::Appearance, &wanted.to_string());
    }
}

impl Frame {
    /// For who wants no pictures unasked, there is none beside words.
    pub fn unless_sparing<'a>(&self, picture: Option<&'a str>) -> Option<&'a str> {
        picture.filter(|_| !self.look.sparing)
    }

    /// Are the pictures of a post held back until somebody asks for them?
    pub fn holds(&self, post: &PostView) -> bool {
        self.look.sparing && !self.asked_for_pictures(post)
    }

    fn asked_for_pictures(&self, post: &PostView) -> bool {
        let (_, query) = self.here.split_once('?').unwrap_or_default();
        Asked::parse(query.as_bytes())
            .ids(PICTURES)
            .contains(&post.id)
    }

    /// This page with the pictures of one more post.
    pub fn with_pictures(&self, post: &PostView) -> String {
        let glue = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{glue}{PICTURES}={id}#m-{id}", self.here, id = post.id)
    }
}

impl Card<'_> {
    pub fn picture_count(&self) -> i64 {
        self.pictures().len() as i64
    }
}
