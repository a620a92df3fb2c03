//! Lists of people that a resident reads apart: what they write, who is on them, making and changing them.

use std::collections::HashSet;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use parvis_model::{id::Id, refusal::Kind};
use parvis_town::{
    AccountView, Failure, Outcome, PostView, accounts, follows,
    lists::{self, Answers, ListView},
};

use crate::{
    asked::Asked,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Pages, Typed},
    page::{Answer, Page, Resident, html, html_with, id},
    people::ConfirmPage,
};

#[derive(Template)]
#[template(path = "lists.html")]
pub struct ListsPage<'a> {
    pub page: &'a Frame,
    pub lists: Vec<ListView>,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "list_of_people.html")]
pub struct ReadingPage<'a> {
    pub page: &'a Frame,
    pub list: ListView,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "list_change.html")]
pub struct ChangePage<'a> {
    pub page: &'a Frame,
    pub list: ListView,
    pub members: Vec<AccountView>,
    /// People one follows who are not on it.
    pub others: Vec<AccountView>,
    pub other_pages: Pages,
    pub form: Typed,
}

impl ChangePage<'_> {
    /// Value, key of the words, and whether it is chosen.
    fn answers(&self) -> [(&'static str, &'static str, bool); 3] {
        [
            (Answers::ToMembers, "list-answers-members"),
            (Answers::ToFollowed, "list-answers-followed"),
            (Answers::None, "list-answers-none"),
        ]
        .map(|(answers, words)| (word_of(answers), words, self.list.answers == answers))
    }
}

fn word_of(answers: Answers) -> &'static str {
    match answers {
        Answers::ToMembers => "liste",
        Answers::ToFollowed => "suivis",
        Answers::None => "aucune",
    }
}

fn answers_of(word: &str) -> Option<Answers> {
    let all = [Answers::ToMembers, Answers::ToFollowed, Answers::None];
    all.into_iter().find(|answers| word_of(*answers) == word)
}

fn path(list: Id) -> String {
    format!("/listes/{list}")
}

fn change_path(list: Id) -> String {
    format!("/listes/{list}/modifier")
}

pub async fn all(Resident { page, me, .. }: Resident) -> Answer {
    html(&ListsPage {
        page: &page.frame,
        lists: lists::mine(&page.town, me).await?,
        form: Typed::default(),
    })
}

pub async fn create(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let title = form.owned("title");
    let created: Outcome<Id> = page
        .write(move |tx, town| {
            Box::pin(
                async move { lists::create(tx, town, me, &title, Answers::ToMembers, false).await },
            )
        })
        .await;
    match created {
        Ok(list) => Ok(page.onward(&change_path(list), "done-list-created")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = ListsPage {
                page: &page.frame,
                lists: lists::mine(&page.town, me).await?,
                form,
            };
            html_with(status, &page)
        }
    }
}

pub async fn read(Resident { page, me, .. }: Resident, Path(list): Path<String>) -> Answer {
    let list = lists::view(&page.town, me, id(&list)?).await?;
    let posts = lists::timeline(&page.town, me, list.id, page.piece()).await?;
    html(&ReadingPage {
        page: &page.frame,
        pages: Pages::of_posts(&path(list.id), page.is_later(), &posts),
        posts: posts.items,
        list,
    })
}

pub async fn form(Resident { page, me, .. }: Resident, Path(list): Path<String>) -> Answer {
    let list = lists::view(&page.town, me, id(&list)?).await?;
    let form = Typed::new(described(&list));
    html(&change_page(&page, me, list, form).await?)
}

fn described(list: &ListView) -> Asked {
    let exclusive = if list.exclusive { "1" } else { "" };
    Asked::of([
        ("title", list.title.clone()),
        ("a-part", exclusive.to_owned()),
    ])
}

async fn change_page(
    page: &Page,
    me: Id,
    list: ListView,
    form: Typed,
) -> Result<ChangePage<'_>, Fault> {
    let members = lists::all_members(&page.town, me, list.id).await?;
    let on_it: HashSet<Id> = members.iter().map(|who| who.id).collect();
    let followed = follows::followed(&page.town, me, page.piece()).await?;
    let base = change_path(list.id);
    let others = followed.items.into_iter();
    Ok(ChangePage {
        page: &page.frame,
        members,
        other_pages: Pages::new(&base, "avant", page.is_later(), followed.next),
        others: others.filter(|who| !on_it.contains(&who.id)).collect(),
        list,
        form,
    })
}

pub async fn change(
    Resident { page, me, .. }: Resident,
    Path(list): Path<String>,
    form: Form,
) -> Answer {
    let list = lists::view(&page.town, me, id(&list)?).await?;
    let (id, title) = (list.id, form.owned("title"));
    let (answers, exclusive) = (answers_of(form.text("reponses")), form.on("a-part"));
    let changed = page
        .write(move |tx, town| {
            Box::pin(async move {
                lists::change(tx, town, me, id, Some(title), answers, Some(exclusive)).await
            })
        })
        .await;
    match changed {
        Ok(()) => Ok(page.onward(&path(id), "done-saved")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(status, &change_page(&page, me, list, form).await?)
        }
    }
}

/// By a button beside somebody, or by an address that somebody types.
pub async fn add(
    Resident { page, me, .. }: Resident,
    Path(list): Path<String>,
    form: Form,
) -> Answer {
    let list = lists::view(&page.town, me, id(&list)?).await?;
    let named = form.text("qui").trim_start_matches('@');
    let who = match form.values.id("compte") {
        Some(account) => Some(account),
        None => accounts::by_acct(&page.town, named)
            .await?
            .map(|who| who.id),
    };
    let Some(who) = who else {
        return unknown(&page, me, list, &form).await;
    };
    let id = list.id;
    let added = page
        .write(move |tx, town| Box::pin(async move { lists::add(tx, town, me, id, &[who]).await }))
        .await;
    match added {
        Ok(()) => Ok(page.onward(&change_path(id), "done-list-added")),
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => {
            unknown(&page, me, list, &form).await
        }
        Err(Failure::Refused(refusal)) => {
            wrong(&page, me, list, &form, page.frame.locale.refusal(&refusal)).await
        }
        Err(broken) => Err(broken.into()),
    }
}

async fn unknown(page: &Page, me: Id, list: ListView, form: &Form) -> Answer {
    wrong(page, me, list, form, page.frame.t("list-add-unknown")).await
}

/// The page again, with what was typed and why nobody was added.
async fn wrong(page: &Page, me: Id, list: ListView, form: &Form, why: String) -> Answer {
    let mut values = described(&list);
    values.add("qui", form.text("qui"));
    let form = Typed::new(values).with_wrong(Some("qui"), why);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    html_with(status, &change_page(page, me, list, form).await?)
}

pub async fn remove(
    Resident { page, me, .. }: Resident,
    Path(list): Path<String>,
    form: Form,
) -> Answer {
    let (list, who) = (id(&list)?, form.values.ids("compte"));
    page.write(move |tx, town| {
        Box::pin(async move { lists::remove(tx, town, me, list, &who).await })
    })
    .await?;
    Ok(page.onward(&change_path(list), "done-list-removed"))
}

pub async fn confirm_deletion(
    Resident { page, me, .. }: Resident,
    Path(list): Path<String>,
) -> Answer {
    let list = lists::view(&page.town, me, id(&list)?).await?;
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.tw("list-delete-heading", "title", &list.title),
        what: frame.t("list-delete-what"),
        yes: frame.t("list-delete"),
        action: format!("{}/supprimer", path(list.id)),
        back: change_path(list.id),
        card: None,
    })
}

pub async fn delete(
    Resident { page, me, .. }: Resident,
    Path(list): Path<String>,
    _: Form,
) -> Result<Response, Fault> {
    let list = id(&list)?;
    page.write(move |tx, town| Box::pin(async move { lists::delete(tx, town, me, list).await }))
        .await?;
    Ok(page.onward("/listes", "done-list-deleted"))
}
