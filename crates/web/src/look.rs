//! What the town looks like: its colour, its arms, its banner, on a page of the town hall.

use std::{borrow::Borrow, sync::Arc};

use askama::Template;
use parvis_model::refusal::Refusal;
use parvis_town::{
    Failure, Outcome,
    accounts::Change,
    look::{self, Colour, LookEdit},
    media,
};

use crate::{
    asked::Asked,
    colour::{self, Readable},
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Staff, html, html_with},
};

/// The choice beside the hues.
const OWN: &str = "propre";

#[derive(Template)]
#[template(path = "staff_look.html")]
pub struct LookForm<'a> {
    pub page: &'a Frame,
    /// What has become of a colour of the town's own.
    pub colour: Option<Readable>,
    pub form: Typed,
}

impl<'a> LookForm<'a> {
    pub fn new(page: &'a Frame, form: Typed) -> Self {
        let own = page.town.look.colour.as_deref();
        Self {
            colour: own.and_then(Readable::of),
            page,
            form,
        }
    }

    #[expect(clippy::unused_self, reason = "templates ask everything of their page")]
    fn of_hue(&self, hue: impl Borrow<i32>) -> String {
        colour::of_hue(*hue.borrow())
    }
}

/// The town as the form shows it.
pub fn described(page: &Frame) -> Typed {
    let town = &page.town;
    let (chosen, own) = match &town.look.colour {
        Some(own) => (OWN.to_owned(), own.clone()),
        None => (town.hue.to_string(), colour::of_hue(town.hue)),
    };
    Typed::new(Asked::of([("couleur", chosen), ("colour", own)]))
}

pub async fn form(staff: Staff) -> Answer {
    let Staff { page, .. } = staff.admin()?;
    html(&LookForm::new(&page.frame, described(&page.frame)))
}

pub async fn change(staff: Staff, form: Form) -> Answer {
    let staff = staff.admin()?;
    let mut kept = Vec::new();
    let changed = dress(&staff, &form, &mut kept).await;
    let page = &staff.page;
    match media::unless_refused(&page.town, kept, changed).await {
        Ok(()) => {
            page.town.refresh_profile().await?;
            Ok(page.onward("/mairie/apparence", "done-saved"))
        }
        Err(failure) => {
            let typed = Typed::new(form.values);
            let (status, form) = typed_again(failure, typed, page.frame.locale)?;
            html_with(status, &LookForm::new(&page.frame, form))
        }
    }
}

/// `kept`: the files that were kept for it.
async fn dress(staff: &Staff, form: &Form, kept: &mut Vec<String>) -> Outcome<()> {
    let page = &staff.page;
    let colour = match form.text("couleur") {
        OWN => Colour::Own(form.owned("colour")),
        hue => {
            let hue = hue.parse();
            Colour::Hue(hue.map_err(|_| Refusal::invalid("couleur", "refusal-choice"))?)
        }
    };
    let keep = |bytes| look::prepare_arms(&page.town, bytes);
    let arms = form.picture("armes", "sans_armes", keep).await?;
    if let Change::Set(arms) = &arms {
        kept.extend(arms.files());
    }
    let keep = |bytes| look::prepare_banner(&page.town, bytes);
    let banner = form.picture("banniere", "sans_banniere", keep).await?;
    if let Change::Set(banner) = &banner {
        kept.push(banner.file());
    }
    let edit = LookEdit {
        colour,
        arms,
        banner,
    };
    let (town, user) = (Arc::clone(&page.town), staff.user.clone());
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { look::change(tx, &town, &user, edit).await })
        })
        .await
}
