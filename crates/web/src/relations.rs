//! Whom one keeps away: people blocked or hidden, and whole servers.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use parvis_model::{clock::Timestamp, id::Id, page::Page as Piece};
use parvis_town::{AccountView, Outcome, accounts, domain_blocks, relations};

use crate::{
    asked::local_path,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, Resident, html, html_with},
    people::ConfirmPage,
    profile::find,
};

const HERE: &str = "/reglages/personnes";

#[derive(Template)]
#[template(path = "settings_people.html")]
pub struct KeptAwayPage<'a> {
    pub page: &'a Frame,
    pub blocked: Vec<AccountView>,
    pub blocked_pages: Pages,
    /// With the end of what does not last for ever.
    pub muted: Vec<(AccountView, Option<Timestamp>)>,
    pub muted_pages: Pages,
    pub servers: Vec<String>,
    pub servers_pages: Pages,
    pub form: Typed,
}

pub async fn kept_away(Resident { page, me, .. }: Resident) -> Answer {
    shown(StatusCode::OK, &page, me, Typed::default()).await
}

async fn shown(status: StatusCode, page: &Page, me: Id, form: Typed) -> Answer {
    let from = |name| page.query.id(name);
    let piece = |name| Piece::older_than(from(name));
    let town = &page.town;
    let blocked = relations::blocked(town, me, piece("bloques")).await?;
    let muted = relations::muted(town, me, piece("masques")).await?;
    let servers = domain_blocks::list(town, me, piece("serveurs")).await?;
    let pages = |name, next| {
        let later = from(name).is_some();
        Pages::new(HERE, name, later, next)
    };
    html_with(
        status,
        &KeptAwayPage {
            page: &page.frame,
            blocked: blocked.items,
            blocked_pages: pages("bloques", blocked.next),
            muted: with_ends(page, me, muted.items).await?,
            muted_pages: pages("masques", muted.next),
            servers: servers.items,
            servers_pages: pages("serveurs", servers.next),
            form,
        },
    )
}

async fn with_ends(
    page: &Page,
    me: Id,
    people: Vec<AccountView>,
) -> Result<Vec<(AccountView, Option<Timestamp>)>, Fault> {
    let ids: Vec<Id> = people.iter().map(|who| who.id).collect();
    let relations = accounts::relations(&page.town, me, &ids).await?;
    let until = |id| {
        let relation = relations.iter().find(|relation| relation.other == id);
        relation.and_then(|relation| relation.muting_until)
    };
    let with_end = people.into_iter().map(|who| {
        let end = until(who.id);
        (who, end)
    });
    Ok(with_end.collect())
}

/// A server somebody typed.
pub async fn block_server(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    match block(&page, me, form.owned("domain")).await {
        Ok(()) => Ok(page.onward(HERE, "done-server-blocked")),
        Err(failure) => {
            let typed = Typed::new(form.values);
            let (status, form) = typed_again(failure, typed, page.frame.locale)?;
            shown(status, &page, me, form).await
        }
    }
}

async fn block(page: &Page, me: Id, domain: String) -> Outcome<()> {
    page.write(move |tx, town| {
        Box::pin(async move { domain_blocks::block(tx, town, me, &domain).await })
    })
    .await
}

/// The question before everybody of somebody's server is blocked.
pub async fn confirm_server(Resident { page, .. }: Resident, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    if who.local {
        return Err(Fault::NotFound);
    }
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.tw("server-block-heading", "domain", &who.domain),
        what: frame.t("server-block-what"),
        yes: frame.t("block"),
        action: format!("/actions/serveur/{}/bloquer", who.domain),
        back: who.path,
        card: None,
    })
}

pub async fn on_server(
    Resident { page, me, .. }: Resident,
    Path((domain, deed)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let done = match deed.as_str() {
        "bloquer" => {
            block(&page, me, domain).await?;
            "done-server-blocked"
        }
        "debloquer" => {
            page.write(move |tx, town| {
                Box::pin(async move { domain_blocks::unblock(tx, town, me, &domain).await })
            })
            .await?;
            "done-server-unblocked"
        }
        _ => return Err(Fault::NotFound),
    };
    Ok(page.onward(local_path(form.text("retour")), done))
}
