//! Reporting somebody, and what the staff read of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use parvis_model::refusal::Refusal;
use parvis_town::{
    AccountView, Failure,
    reports::{self, Category, Complaint, ReportView},
};

use crate::{
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Resident, Staff, html, html_with},
    profile,
};

#[derive(Template)]
#[template(path = "report.html")]
pub struct ReportPage<'a> {
    pub page: &'a Frame,
    pub who: AccountView,
    /// The post it is about, if it is about one.
    pub post: String,
    pub form: Typed,
}

pub async fn form(Resident { page, .. }: Resident, Path(acct): Path<String>) -> Answer {
    let who = profile::find(&page, &acct).await?;
    html(&ReportPage {
        post: page.query.text("message").to_owned(),
        page: &page.frame,
        who,
        form: Typed::default(),
    })
}

pub async fn report(
    Resident { page, me, .. }: Resident,
    Path(acct): Path<String>,
    form: Form,
) -> Answer {
    let who = profile::find(&page, &acct).await?;
    let complaint = Complaint {
        accused: who.id,
        posts: form.values.id("message").into_iter().collect(),
        comment: form.text("texte").to_owned(),
        category: Category::parse(form.text("pourquoi")),
        forward: form.values.has("transmettre"),
    };
    let town = Arc::clone(&page.town);
    let written = page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { reports::report(tx, &town, me, complaint).await })
        })
        .await;
    match written {
        Ok(_) => Ok(page.onward(&who.path, "done-reported")),
        Err(failure) => {
            let post = form.text("message").to_owned();
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = &page.frame;
            html_with(
                status,
                &ReportPage {
                    page,
                    who,
                    post,
                    form,
                },
            )
        }
    }
}

#[derive(Template)]
#[template(path = "staff_reports.html")]
pub struct ReportsPage<'a> {
    pub page: &'a Frame,
    pub reports: Vec<ReportView>,
}

impl Frame {
    /// Why somebody was reported.
    pub fn why_reported(&self, report: &ReportView) -> String {
        self.t(match report.category {
            Category::Spam => "report-spam",
            Category::Legal => "report-legal",
            Category::Rules => "report-rules",
            Category::Other => "report-other",
        })
    }
}

pub async fn list(staff: Staff) -> Answer {
    html(&ReportsPage {
        page: &staff.page.frame,
        reports: reports::open(&staff.page.town, &staff.user).await?,
    })
}

pub async fn close(staff: Staff, form: Form) -> Answer {
    let report = form
        .values
        .id("signalement")
        .ok_or_else(Refusal::not_found)?;
    let (town, user) = (Arc::clone(&staff.page.town), staff.user.clone());
    staff
        .page
        .town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { reports::close(tx, &town, &user, report).await })
        })
        .await?;
    Ok(staff
        .page
        .onward("/mairie/signalements", "done-report-closed"))
}
