//! Lists of people a resident follows, read apart from home. An exclusive one takes its people out of home.

use parvis_model::{id::Id, limits, page::Page, refusal::Refusal};
pub use parvis_store::timelines::Answers;
use parvis_store::{
    Tx, follows as follow_rows,
    lists::{self as rows, List},
    timelines::{self, Pointing},
};

use crate::{
    AccountView, Outcome, Paged, PostView, Town, Viewer, accounts::within, follows, pages, views,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListView {
    pub id: Id,
    pub title: String,
    pub answers: Answers,
    pub exclusive: bool,
}

impl From<List> for ListView {
    fn from(row: List) -> Self {
        Self {
            id: row.id,
            answers: answers_of(&row.replies),
            title: row.title,
            exclusive: row.exclusive,
        }
    }
}

fn word_of(answers: Answers) -> &'static str {
    match answers {
        Answers::ToMembers => "list",
        Answers::ToFollowed => "followed",
        Answers::None => "none",
    }
}

fn answers_of(word: &str) -> Answers {
    match word {
        "followed" => Answers::ToFollowed,
        "none" => Answers::None,
        _ => Answers::ToMembers,
    }
}

pub async fn mine(town: &Town, me: Id) -> Outcome<Vec<ListView>> {
    let found = rows::of(town.store.read(), me).await?;
    Ok(found.into_iter().map(ListView::from).collect())
}

/// Those of one's own that hold an account.
pub async fn holding(town: &Town, me: Id, account: Id) -> Outcome<Vec<ListView>> {
    let found = rows::holding(town.store.read(), me, account).await?;
    Ok(found.into_iter().map(ListView::from).collect())
}

/// One's own; others' are not found.
pub async fn view(town: &Town, me: Id, list: Id) -> Outcome<ListView> {
    let row = rows::by_id(town.store.read(), list).await?;
    let row = row.filter(|row| row.account_id == me);
    Ok(row.ok_or_else(Refusal::not_found)?.into())
}

async fn own(tx: &Tx, me: Id, list: Id) -> Outcome<List> {
    let row = rows::by_id(tx, list).await?;
    let row = row.filter(|row| row.account_id == me);
    Ok(row.ok_or_else(Refusal::not_found)?)
}

fn checked(title: &str) -> Result<String, Refusal> {
    let title = within(
        title.trim(),
        limits::LIST_TITLE,
        "title",
        "refusal-list-title",
    )?;
    if title.is_empty() {
        return Err(
            Refusal::invalid("title", "refusal-list-title").with("limit", limits::LIST_TITLE)
        );
    }
    Ok(title)
}

pub async fn create(
    tx: &Tx,
    town: &Town,
    me: Id,
    title: &str,
    answers: Answers,
    exclusive: bool,
) -> Outcome<Id> {
    if rows::count(tx, me).await? >= limits::LISTS {
        return Err(Refusal::invalid("list", "refusal-lists-full")
            .with("limit", limits::LISTS)
            .into());
    }
    let row = List {
        id: town.ids.next(),
        account_id: me,
        title: checked(title)?,
        replies: word_of(answers).into(),
        exclusive,
    };
    let id = row.id;
    rows::insert(tx, row, town.now()).await?;
    Ok(id)
}

/// What is not given stays as it is.
pub async fn change(
    tx: &Tx,
    _town: &Town,
    me: Id,
    list: Id,
    title: Option<String>,
    answers: Option<Answers>,
    exclusive: Option<bool>,
) -> Outcome<()> {
    let mut row = own(tx, me, list).await?;
    if let Some(title) = title {
        row.title = checked(&title)?;
    }
    if let Some(answers) = answers {
        row.replies = word_of(answers).into();
    }
    row.exclusive = exclusive.unwrap_or(row.exclusive);
    Ok(rows::update(tx, row).await?)
}

pub async fn delete(tx: &Tx, _town: &Town, me: Id, list: Id) -> Outcome<()> {
    let row = own(tx, me, list).await?;
    Ok(rows::delete(tx, row.id).await?)
}

/// Only people one follows; all of them or none.
pub async fn add(tx: &Tx, town: &Town, me: Id, list: Id, people: &[Id]) -> Outcome<()> {
    let list = own(tx, me, list).await?.id;
    for target in people {
        let follow = follow_rows::between(tx, me, *target).await?;
        let follow = follow.ok_or_else(Refusal::not_found)?;
        if !rows::add(tx, town.ids.next(), list, follow.id).await? {
            return Err(Refusal::invalid("account", "refusal-on-list").into());
        }
    }
    Ok(())
}

pub async fn remove(tx: &Tx, _town: &Town, me: Id, list: Id, people: &[Id]) -> Outcome<()> {
    let list = own(tx, me, list).await?.id;
    Ok(rows::remove(tx, list, people).await?)
}

/// Who stands on a list of one's own, the last added first.
pub async fn members(town: &Town, me: Id, list: Id, page: Page) -> Outcome<Paged<AccountView>> {
    let list = view(town, me, list).await?.id;
    follows::people(town, Pointing::Members, list, page).await
}

/// As [`members`], on one page.
pub async fn all_members(town: &Town, me: Id, list: Id) -> Outcome<Vec<AccountView>> {
    let list = view(town, me, list).await?.id;
    let db = town.store.snapshot().await?;
    let ids = rows::members(&db, list, limits::LIST_SHOWN).await?;
    views::accounts_in_order(&db, town, &ids).await
}

/// What the people on a list of one's own write.
pub async fn timeline(town: &Town, me: Id, list: Id, page: Page) -> Outcome<Paged<PostView>> {
    let list = view(town, me, list).await?;
    let db = town.store.snapshot().await?;
    let ids = timelines::list(&db, me, town.now(), list.id, list.answers, &page).await?;
    pages::page_of(&db, town, Viewer::resident(me), &ids, &page).await
}
