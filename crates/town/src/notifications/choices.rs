//! Of which kinds of notifications a resident is told where: on the pages, on their devices, by letter.

use parvis_model::id::Id;
use parvis_store::{ConnectionTrait, Tx, logins, notice_choices as rows};

use super::{NotificationKind, Wanted};
use crate::{
    Outcome, Town, letters,
    users::{self, UserView},
};

/// Where one is told of which kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub off_page: Vec<NotificationKind>,
    pub off_push: Vec<NotificationKind>,
    pub by_letter: Vec<NotificationKind>,
}

/// What somebody ticked of what they were asked.
#[derive(Clone, Debug, Default)]
pub struct Ticked {
    pub on_page: Vec<NotificationKind>,
    pub by_push: Vec<NotificationKind>,
    pub by_letter: Vec<NotificationKind>,
}

/// Nobody gets letters without having asked; but the staff, about what waits for them.
impl Default for Choices {
    fn default() -> Self {
        Self {
            off_page: Vec::new(),
            off_push: Vec::new(),
            by_letter: vec![
                NotificationKind::SignUp,
                NotificationKind::Report,
                NotificationKind::Neighbour,
            ],
        }
    }
}

impl From<&rows::Choice> for Choices {
    fn from(row: &rows::Choice) -> Self {
        Self {
            off_page: NotificationKind::listed(&row.off_page),
            off_push: NotificationKind::listed(&row.off_push),
            by_letter: NotificationKind::listed(&row.by_letter),
        }
    }
}

pub async fn choices(town: &Town, me: Id) -> Outcome<Choices> {
    of(town.store.read(), me).await
}

pub(super) async fn of(db: &impl ConnectionTrait, me: Id) -> Outcome<Choices> {
    let row = rows::of(db, me).await?;
    Ok(row.as_ref().map(Choices::from).unwrap_or_default())
}

/// And the last notification that a letter spoke of.
pub(crate) async fn choices_and_place(town: &Town, me: Id) -> Outcome<(Choices, Id)> {
    let row = rows::of(town.store.read(), me).await?;
    let place = row.as_ref().map_or(0, |row| row.told_upto);
    Ok((row.as_ref().map(Choices::from).unwrap_or_default(), place))
}

/// What somebody was not asked stays as it was: what only the staff are told of, and letters where none reach them. Letters
/// speak of what comes from now on, or go on where residents' kinds were chosen before.
pub async fn choose(tx: &Tx, town: &Town, user: &UserView, ticked: Ticked) -> Outcome<()> {
    let me = user.account;
    let row = rows::of(tx, me).await?;
    let before = row.as_ref().map(Choices::from).unwrap_or_default();
    let merged = |chosen: &dyn Fn(&NotificationKind) -> bool, before: &[NotificationKind]| {
        let mut all = NotificationKind::ALL.to_vec();
        all.retain(|kind| {
            if kind.is_for(user.role) {
                chosen(kind)
            } else {
                before.contains(kind)
            }
        });
        NotificationKind::in_a_row(&all)
    };
    let by_letter = if reached(tx, town, me).await? == Some(true) {
        merged(&|kind| ticked.by_letter.contains(kind), &before.by_letter)
    } else {
        NotificationKind::in_a_row(&before.by_letter)
    };
    let goes_on = before.by_letter.iter().any(|kind| !kind.is_for_staff());
    let place = row.filter(|_| goes_on).map(|row| row.told_upto);
    let row = rows::Choice {
        off_page: merged(&|kind| !ticked.on_page.contains(kind), &before.off_page),
        off_push: merged(&|kind| !ticked.by_push.contains(kind), &before.off_push),
        by_letter,
        told_upto: place.unwrap_or_else(|| town.ids.next()),
    };
    Ok(rows::set(tx, me, row).await?)
}

/// Ends all letters about notices.
pub(crate) async fn no_letters(tx: &Tx, me: Id) -> Outcome<()> {
    let before = rows::of(tx, me).await?;
    let row = match before {
        Some(row) => rows::Choice {
            by_letter: String::new(),
            ..row
        },
        None => rows::Choice {
            off_page: String::new(),
            off_push: String::new(),
            by_letter: String::new(),
            told_upto: 0,
        },
    };
    Ok(rows::set(tx, me, row).await?)
}

pub(crate) async fn told_by_letter(tx: &Tx, me: Id, upto: Id) -> Outcome<()> {
    Ok(rows::told(tx, me, upto).await?)
}

/// Of these, those that one wants to see on the pages.
pub async fn on_page(town: &Town, me: Id, mut wanted: Wanted) -> Outcome<Wanted> {
    let off = choices(town, me).await?.off_page;
    if !off.is_empty() {
        let all = || {
            NotificationKind::ALL
                .map(|kind| kind.as_str().to_owned())
                .to_vec()
        };
        let mut kinds = wanted.kinds.unwrap_or_else(all);
        kinds.retain(|word| off.iter().all(|kind| kind.as_str() != word));
        wanted.kinds = Some(kinds);
    }
    Ok(wanted)
}

/// Whether letters reach somebody: `None` in a town that sends none, `false` where they have no address that is theirs for sure.
pub async fn reach_by_letter(town: &Town, me: Id) -> Outcome<Option<bool>> {
    reached(town.store.read(), town, me).await
}

async fn reached(db: &impl ConnectionTrait, town: &Town, me: Id) -> Outcome<Option<bool>> {
    if !town.sends_letters() {
        return Ok(None);
    }
    let login = logins::by_account(db, me).await?;
    Ok(Some(
        login.is_some_and(|login| users::proven(&login).is_some()),
    ))
}

/// What else follows from being told.
pub(super) async fn pass_on(
    tx: &Tx,
    town: &Town,
    to: Id,
    kind: NotificationKind,
) -> Outcome<Choices> {
    let choices = of(tx, to).await?;
    if choices.by_letter.contains(&kind) {
        letters::about(tx, town, to, kind).await?;
    }
    Ok(choices)
}
