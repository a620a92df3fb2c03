//! Lists of people: who follows whom, who asks to; and the question before a block.

use askama::Template;
use axum::extract::Path;
use parvis_town::{AccountView, Paged, accounts, accounts::Relation, follows};

use crate::{
    card::Card,
    fault::Fault,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, Resident, html},
    profile::find,
};

#[derive(Template)]
#[template(path = "people.html")]
pub struct PeoplePage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub empty: String,
    /// Address and name of whose list it is.
    pub back: Option<(String, String)>,
    pub people: Vec<(AccountView, Relation)>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "requests.html")]
pub struct RequestsPage<'a> {
    pub page: &'a Frame,
    pub people: Vec<AccountView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub what: String,
    pub yes: String,
    pub action: String,
    pub back: String,
    pub card: Option<Card<'a>>,
}

#[derive(Template)]
#[template(path = "mute.html")]
pub struct MutePage<'a> {
    pub page: &'a Frame,
    pub who: AccountView,
    pub form: Typed,
}

pub async fn followers(page: Page, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    let list = follows::followers(&page.town, &page.viewer, &who, page.piece()).await?;
    show(
        &page,
        &who,
        list,
        "abonnes",
        ["followers-of", "followers-empty"],
    )
    .await
}

pub async fn following(page: Page, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    let list = follows::following(&page.town, &page.viewer, &who, page.piece()).await?;
    show(
        &page,
        &who,
        list,
        "abonnements",
        ["following-of", "following-empty"],
    )
    .await
}

async fn show(
    page: &Page,
    whose: &AccountView,
    list: Paged<AccountView>,
    name: &str,
    [heading, empty]: [&str; 2],
) -> Answer {
    let empty = if follows::are_shown(&page.viewer, whose) {
        page.frame.t(empty)
    } else {
        page.frame.tw("follows-hidden", "name", &whose.display_name)
    };
    html(&PeoplePage {
        page: &page.frame,
        heading: page.frame.tw(heading, "name", &whose.display_name),
        empty,
        back: Some((whose.path.clone(), whose.display_name.clone())),
        pages: Pages::new(
            &format!("{}/{name}", whose.path),
            "avant",
            page.is_later(),
            list.next,
        ),
        people: with_relations(page, list.items).await?,
    })
}

/// Each with how the one who looks stands to them; visitors stand to nobody.
pub async fn with_relations(
    page: &Page,
    people: Vec<AccountView>,
) -> Result<Vec<(AccountView, Relation)>, Fault> {
    let ids: Vec<_> = people.iter().map(|who| who.id).collect();
    let relations = match &page.user {
        Some(user) => accounts::relations(&page.town, user.account, &ids).await?,
        None => Vec::new(),
    };
    let of = |id| {
        relations
            .iter()
            .find(|relation| relation.other == id)
            .cloned()
            .unwrap_or_default()
    };
    Ok(people
        .into_iter()
        .map(|who| (who.clone(), of(who.id)))
        .collect())
}

pub async fn requests(Resident { page, me, .. }: Resident) -> Answer {
    let list = follows::requests(&page.town, me, page.piece()).await?;
    html(&RequestsPage {
        page: &page.frame,
        people: list.items,
        pages: Pages::new("/demandes", "avant", page.is_later(), list.next),
    })
}

pub async fn confirm_block(Resident { page, .. }: Resident, Path(acct): Path<String>) -> Answer {
    let who = find(&page, &acct).await?;
    html(&ConfirmPage {
        page: &page.frame,
        heading: page.frame.tw("block-heading", "name", &who.display_name),
        what: page.frame.t("block-what"),
        yes: page.frame.t("block"),
        action: format!("/actions/compte/{}/bloquer", who.id),
        back: who.path,
        card: None,
    })
}

pub async fn confirm_mute(Resident { page, .. }: Resident, Path(acct): Path<String>) -> Answer {
    html(&MutePage {
        page: &page.frame,
        who: find(&page, &acct).await?,
        form: Typed::new([("avis", "1".to_owned())].into_iter().collect()),
    })
}
