//! The town hall's desk for neighbour towns: asking, answering and ending.

use askama::Template;
use parvis_model::refusal::Refusal;
use parvis_town::{
    Outcome,
    neighbours::{self, NeighbourView, State},
    reach::{self, Found},
};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Staff, html, html_with},
};

const PAGE: &str = "/mairie/voisins";

#[derive(Template)]
#[template(path = "staff_neighbours.html")]
pub struct NeighboursPage<'a> {
    pub page: &'a Frame,
    pub neighbours: Vec<NeighbourView>,
    pub form: Typed,
}

impl NeighboursPage<'_> {
    #[expect(clippy::unused_self, reason = "templates ask everything of their page")]
    fn asks(&self, neighbour: &NeighbourView) -> bool {
        neighbour.state == State::Asks
    }

    /// How far it has come, in words.
    fn state(&self, neighbour: &NeighbourView) -> String {
        let key = match neighbour.state {
            State::Asked => "neighbour-asked",
            State::Asks => "neighbour-asks",
            State::Agreed => "neighbour-agreed",
            State::Ended => "neighbour-ended",
        };
        self.page
            .tw(key, "date", self.page.date(neighbour.changed_at))
    }

    fn end(&self, neighbour: &NeighbourView) -> String {
        self.page.t(match neighbour.state {
            State::Asks => "refuse",
            State::Asked => "neighbour-take-back",
            State::Agreed | State::Ended => "neighbour-end",
        })
    }
}

async fn shown(staff: &Staff, form: Typed) -> Outcome<NeighboursPage<'_>> {
    Ok(NeighboursPage {
        page: &staff.page.frame,
        neighbours: neighbours::all(&staff.page.town, &staff.user).await?,
        form,
    })
}

pub async fn list(staff: Staff) -> Answer {
    let staff = staff.admin()?;
    html(&shown(&staff, Typed::new(Asked::default())).await?)
}

pub async fn decide(staff: Staff, form: Form) -> Answer {
    let staff = staff.admin()?;
    let decided = match form.text("faire") {
        "demander" => ask(&staff, &form).await,
        "accepter" => answer(&staff, &form, true).await,
        "finir" => answer(&staff, &form, false).await,
        _ => return Err(Fault::BadRequest),
    };
    let state = match decided {
        Ok(state) => state,
        Err(failure) => {
            let frame = &staff.page.frame;
            let (status, form) = typed_again(failure, Typed::new(form.values), frame.locale)?;
            return html_with(status, &shown(&staff, form).await?);
        }
    };
    if let Err(error) = staff.page.town.refresh_profile().await {
        // It is decided all the same, and read again before long.
        tracing::warn!(%error, "the town's settings could not be read");
    }
    let done = match state {
        State::Asked | State::Asks => "done-neighbour-asked",
        State::Agreed => "done-neighbour-accepted",
        State::Ended => "done-neighbour-ended",
    };
    Ok(staff.page.onward(PAGE, done))
}

async fn ask(staff: &Staff, form: &Form) -> Outcome<State> {
    let Staff { page, user } = staff;
    let handle = neighbours::handle_of(&page.town, form.text("domain"))?;
    let Some(Found::Account(actor)) = reach::find(&page.town, user.account, &handle).await? else {
        return Err(Refusal::invalid("domain", "refusal-neighbour-unknown").into());
    };
    let user = user.clone();
    page.write(move |tx, town| {
        Box::pin(async move { neighbours::ask(tx, town, &user, actor).await })
    })
    .await
}

async fn answer(staff: &Staff, form: &Form, yes: bool) -> Outcome<State> {
    let actor = form.values.id("voisin").ok_or_else(Refusal::not_found)?;
    let user = staff.user.clone();
    staff
        .page
        .write(move |tx, town| {
            Box::pin(async move {
                if yes {
                    neighbours::accept(tx, town, &user, actor).await?;
                    Ok(State::Agreed)
                } else {
                    neighbours::end(tx, town, &user, actor).await?;
                    Ok(State::Ended)
                }
            })
        })
        .await
}
