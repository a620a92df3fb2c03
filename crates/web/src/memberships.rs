//! On which of one's lists a person stands.

use askama::Template;
use axum::extract::Path;
use parvis_model::id::Id;
use parvis_town::{
    AccountView,
    lists::{self, ListView},
};

use crate::{
    form::Form,
    frame::Frame,
    page::{Answer, Resident, html},
    profile::find,
};

#[derive(Template)]
#[template(path = "memberships.html")]
pub struct MembershipsPage<'a> {
    pub page: &'a Frame,
    pub who: AccountView,
    /// With whether they stand on it.
    pub lists: Vec<(ListView, bool)>,
}

pub async fn form(Resident { page, me, .. }: Resident, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    let holding = lists::holding(&page.town, me, who.id).await?;
    let mine = lists::mine(&page.town, me).await?.into_iter();
    let with_marks = mine.map(|list| {
        let held = holding.iter().any(|it| it.id == list.id);
        (list, held)
    });
    html(&MembershipsPage {
        page: &page.frame,
        lists: with_marks.collect(),
        who,
    })
}

/// Only lists that the form showed are changed.
pub async fn change(
    Resident { page, me, .. }: Resident,
    Path(acct): Path<String>,
    form: Form,
) -> Answer {
    let who = find(&page, &acct).await?;
    let (shown, wanted) = (form.values.ids("liste"), form.values.ids("sur"));
    let holding = lists::holding(&page.town, me, who.id).await?;
    let holds = |list: Id| holding.iter().any(|it| it.id == list);
    let changed = shown.into_iter().map(|list| (list, wanted.contains(&list)));
    let changed: Vec<(Id, bool)> = changed.filter(|(list, on)| holds(*list) != *on).collect();
    let other = who.id;
    page.write(move |tx, town| {
        Box::pin(async move {
            for (list, on) in changed {
                if on {
                    lists::add(tx, town, me, list, &[other]).await?;
                } else {
                    lists::remove(tx, town, me, list, &[other]).await?;
                }
            }
            Ok(())
        })
    })
    .await?;
    Ok(page.onward(&who.path, "done-saved"))
}
