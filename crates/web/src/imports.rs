//! Tables and posts that residents bring along from elsewhere, and how far the town has come with them.

pub mod posts;

use askama::Template;
use axum::http::StatusCode;
use parvis_model::{limits, locale::Arg, refusal::Refusal};
use parvis_town::{
    Outcome,
    exports::Sheet,
    imports::{self, Brought, ImportView},
};

use crate::{
    exports::key,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Resident, html_with},
};

const PATH: &str = "/reglages/importer";

#[derive(Template)]
#[template(path = "settings_imports.html")]
pub struct ImportsPage<'a> {
    pub page: &'a Frame,
    pub imports: Vec<ImportView>,
    pub form: Typed,
}

impl ImportsPage<'_> {
    fn progress(&self, import: &ImportView) -> String {
        let counts = [
            ("settled", Arg::from(import.settled)),
            ("total", Arg::from(import.total)),
        ];
        self.page.locale.text_with("imports-progress", &counts)
    }

    /// What was brought, in words.
    fn what(&self, import: &ImportView) -> String {
        self.page.t(match import.what {
            Brought::Table(sheet) => key(sheet),
            Brought::Posts => "imports-posts-kind",
        })
    }

    /// What could not be done of it.
    fn failed(&self, import: &ImportView) -> String {
        match import.what {
            Brought::Table(_) => self.page.tn("imports-failed", import.failed),
            Brought::Posts => self.page.t("imports-posts-failed"),
        }
    }

    /// What the button does, and to which.
    fn ending(&self, import: &ImportView) -> String {
        let what = if import.finished {
            "imports-forget"
        } else {
            "imports-stop"
        };
        let (what, which) = (self.page.t(what), self.what(import));
        format!("{what} ({which})")
    }
}

/// Megabytes that an archive may have.
pub fn archive_size() -> usize {
    limits::ARCHIVE_BYTES / 1024 / 1024
}

pub async fn form(resident: Resident) -> Answer {
    shown(&resident, StatusCode::OK, Typed::default()).await
}

async fn shown(Resident { page, user, .. }: &Resident, status: StatusCode, form: Typed) -> Answer {
    html_with(
        status,
        &ImportsPage {
            page: &page.frame,
            imports: imports::list(&page.town, user).await?,
            form,
        },
    )
}

pub async fn bring(resident: Resident, form: Form) -> Answer {
    match begin(&resident, &form).await {
        Ok(()) => Ok(resident.page.onward(PATH, "done-import-begun")),
        Err(failure) => {
            let locale = resident.page.frame.locale;
            let (status, form) = typed_again(failure, Typed::new(form.values), locale)?;
            shown(&resident, status, form).await
        }
    }
}

async fn begin(Resident { page, user, .. }: &Resident, form: &Form) -> Outcome<()> {
    let sheet = Sheet::parse(form.text("tableau"));
    let sheet = sheet.ok_or_else(|| Refusal::invalid("tableau", "refusal-import-kind"))?;
    let file = form.file("file");
    let file = file.ok_or_else(|| Refusal::invalid("file", "refusal-file-missing"))?;
    let overwrite = form.text("facon") == "remplacer";
    imports::begin(&page.town, user, sheet, file, overwrite).await
}

pub async fn forget(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let import = form.values.id("import").ok_or_else(Refusal::not_found)?;
    imports::forget(&page.town, &user, import).await?;
    Ok(page.onward(PATH, "done-import-forgotten"))
}
