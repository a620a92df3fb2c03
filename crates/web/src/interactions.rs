//! What strangers elsewhere add to one's posts, looked at before anybody else sees it. Decides nothing about who must wait.

use askama::Template;
use parvis_model::{policy::Interaction, refusal::Refusal};
use parvis_town::interactions::waiting::{self, WaitingView, Wanted};

use crate::{
    form::Form,
    frame::{Frame, Pages},
    notices::excerpt,
    page::{Answer, Resident, html},
};

const HERE: &str = "/avis/a-voir";

#[derive(Template)]
#[template(path = "interactions.html")]
pub struct WaitingPage<'a> {
    pub page: &'a Frame,
    pub waiting: Vec<Shown>,
    pub pages: Pages,
}

pub struct Shown {
    pub view: WaitingView,
    /// Key of what they would do.
    pub said: &'static str,
    /// What they say; empty where it is nothing but a gesture.
    pub words: String,
    /// The post it is about: where it is read, and how it begins.
    pub about: (String, String),
}

impl Shown {
    pub fn new(frame: &Frame, view: WaitingView) -> Self {
        Self {
            said: match view.what {
                Interaction::Reply => "waiting-reply",
                Interaction::Quote => "waiting-quote",
                Interaction::Boost => "waiting-boost",
                Interaction::Like => "waiting-like",
            },
            words: view
                .said
                .clone()
                .map(|said| excerpt(frame, said).1)
                .unwrap_or_default(),
            about: excerpt(frame, view.about.clone()),
            view,
        }
    }

    pub fn pictures(&self) -> i64 {
        self.view.pictures as i64
    }

    /// On its own server, with everything that belongs to it.
    pub fn original(&self) -> Option<&str> {
        if matches!(self.view.what, Interaction::Like | Interaction::Boost) {
            return None;
        }
        let said = self.view.said.as_ref().map(|said| said.url.as_str());
        let url = said.unwrap_or(&self.view.uri);
        Some(url).filter(|url| url.starts_with("http"))
    }
}

pub async fn list(Resident { page, me, .. }: Resident) -> Answer {
    let wanted = Wanted::default();
    let found = waiting::list(&page.town, me, &wanted, page.piece()).await?;
    let views = found.items.into_iter();
    html(&WaitingPage {
        page: &page.frame,
        waiting: views.map(|view| Shown::new(&page.frame, view)).collect(),
        pages: Pages::new(HERE, "avant", page.is_later(), found.next),
    })
}

pub async fn decide(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let unknown = || Refusal::invalid("faire", "refusal-choice");
    let request = form.values.id("demande").ok_or_else(unknown)?;
    let done = match form.text("faire") {
        "accepter" => {
            page.write(move |tx, town| Box::pin(waiting::agree(tx, town, me, request)))
                .await?;
            "done-waiting-agreed"
        }
        "refuser" => {
            page.write(move |tx, town| Box::pin(waiting::refuse(tx, town, me, request)))
                .await?;
            "done-waiting-refused"
        }
        _ => return Err(unknown().into()),
    };
    Ok(page.onward(HERE, done))
}
