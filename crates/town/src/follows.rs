//! Following: asking, accepting, refusing, leaving. The same deeds serve people here and elsewhere.

use std::{collections::HashMap, sync::Arc};

use parvis_model::{
    account::AccountKind, id::Id, limits, page::Page, refusal::Refusal, text::words,
};
use parvis_store::{
    Tx, accounts, entity, follows, relations,
    timelines::{Pointing, pointing},
};

use crate::{
    AccountView, Outcome, Paged, Town, Viewer,
    journal::{self, Entry},
    posts::{is_language, may_write},
    views,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowState {
    /// Asked; the other side has not answered.
    Pending,
    Accepted,
}

/// Asks to follow. Someone of this town who accepts everybody is followed at once.
pub async fn request(tx: &Tx, town: &Town, me: Id, target: Id) -> Outcome<FollowState> {
    let uri = format!("{}/ap/activities/{}", town.origin, town.ids.next());
    request_as(tx, town, me, target, uri).await
}

/// `uri`: the activity by which the asking is known.
pub(crate) async fn request_as(
    tx: &Tx,
    town: &Town,
    me: Id,
    target: Id,
    uri: String,
) -> Outcome<FollowState> {
    if me == target {
        return Err(Refusal::invalid("account", "refusal-self").into());
    }
    let asking = may_write(tx, me).await?;
    let asked = accounts::by_id(tx, target)
        .await?
        .ok_or_else(Refusal::not_found)?;
    // The town itself is nobody to follow; elsewhere some calendars and robots are such.
    if asked.domain.is_empty() && asked.kind == AccountKind::Application.as_str() {
        return Err(Refusal::not_found().into());
    }
    if asked.suspended_at.is_some() {
        return Err(Refusal::forbidden("refusal-suspended").into());
    }
    let is_blocked = relations::is_blocked(tx, me, target).await?
        || (!asking.domain.is_empty() && blocks_server_of(tx, town, target, me).await?);
    if is_blocked {
        return Err(Refusal::forbidden("refusal-blocked").into());
    }
    let here = asked.domain.is_empty();
    if let Some(standing) = follows::between(tx, me, target).await? {
        return again(tx, town, standing, uri, here).await;
    }
    let accepted = here && !asked.locked;
    let row = entity::follow::Model {
        id: town.ids.next(),
        follower_id: me,
        target_id: target,
        accepted,
        uri: uri.clone(),
        show_boosts: true,
        notify: false,
        created_at: town.now(),
        languages: None,
    };
    follows::insert(tx, row).await?;
    if accepted {
        count(tx, me, target, 1).await?;
    }
    let entry = Entry::FollowRequested {
        follower: me,
        target,
        uri,
        accepted,
    };
    journal::record(tx, town, &entry).await?;
    Ok(if accepted {
        FollowState::Accepted
    } else {
        FollowState::Pending
    })
}

async fn blocks_server_of(tx: &Tx, town: &Town, who: Id, other: Id) -> Outcome<bool> {
    let found = relations::between(tx, who, &[other], town.now()).await?;
    Ok(found.first().is_some_and(|it| it.domain_blocking))
}

/// Asked a second time: someone of this town answers again, in case the first answer was lost.
async fn again(
    tx: &Tx,
    town: &Town,
    standing: entity::follow::Model,
    uri: String,
    here: bool,
) -> Outcome<FollowState> {
    if here && standing.uri != uri {
        follows::rename(tx, standing.id, &uri).await?;
    }
    if !standing.accepted {
        return Ok(FollowState::Pending);
    }
    if here {
        let entry = Entry::FollowAccepted {
            follower: standing.follower_id,
            target: standing.target_id,
            uri,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(FollowState::Accepted)
}

/// Which posts of a followed person one wants to see.
pub async fn set_options(
    tx: &Tx,
    me: Id,
    target: Id,
    show_boosts: bool,
    notify: bool,
) -> Outcome<()> {
    let standing = follows::between(tx, me, target)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(follows::set_options(tx, standing.id, show_boosts, notify).await?)
}

/// In which languages one wants to read a followed person; none is in all. What names no language is read in any case.
pub async fn set_languages(tx: &Tx, me: Id, target: Id, codes: &[String]) -> Outcome<()> {
    let languages = chosen(codes)?;
    let standing = follows::between(tx, me, target)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(follows::set_languages(tx, standing.id, &languages).await?)
}

/// Each once.
fn chosen(codes: &[String]) -> Result<Vec<String>, Refusal> {
    let mut languages = Vec::new();
    for code in codes.iter().filter(|code| !code.is_empty()) {
        let language = language(code)
            .ok_or_else(|| Refusal::invalid("languages", "refusal-language-unknown"))?;
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.len() > limits::FOLLOW_LANGUAGES {
        let refusal = Refusal::invalid("languages", "refusal-languages-many");
        return Err(refusal.with("limit", limits::FOLLOW_LANGUAGES));
    }
    Ok(languages)
}

/// A language as it is compared, by the first part of its tag: whoever reads French reads that of Canada. `None` for what is
/// no tag.
pub(crate) fn language(code: &str) -> Option<String> {
    let primary = is_language(code).then(|| words::primary(code))?;
    Some(primary).filter(|primary| is_language(primary))
}

/// Stops following, or takes the asking back.
pub async fn withdraw(tx: &Tx, town: &Town, me: Id, target: Id) -> Outcome<()> {
    let Some(standing) = follows::between(tx, me, target).await? else {
        return Ok(());
    };
    end(tx, &standing).await?;
    let entry = Entry::FollowWithdrawn {
        follower: me,
        target,
        uri: standing.uri,
    };
    journal::record(tx, town, &entry).await
}

/// Says yes to one who asked.
pub async fn accept(tx: &Tx, town: &Town, me: Id, follower: Id) -> Outcome<()> {
    let standing = follows::between(tx, follower, me)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if standing.accepted {
        return Ok(());
    }
    follows::accept(tx, standing.id).await?;
    count(tx, follower, me, 1).await?;
    let entry = Entry::FollowAccepted {
        follower,
        target: me,
        uri: standing.uri,
    };
    journal::record(tx, town, &entry).await
}

/// Says no to one who asked, or removes a follower.
pub async fn refuse(tx: &Tx, town: &Town, me: Id, follower: Id) -> Outcome<()> {
    let Some(standing) = follows::between(tx, follower, me).await? else {
        return Ok(());
    };
    end(tx, &standing).await?;
    let entry = Entry::FollowRefused {
        follower,
        target: me,
        uri: standing.uri,
    };
    journal::record(tx, town, &entry).await
}

/// Ends the follows of and by someone whose own server says that they are no more; gives how many. Nobody is told: there
/// is nobody to tell.
pub async fn lose(tx: &Tx, account: Id) -> Outcome<u64> {
    let row = accounts::by_id(tx, account).await?;
    if row.is_none_or(|row| row.domain.is_empty()) {
        return Err(Refusal::not_found().into());
    }
    Ok(follows::delete_all_of(tx, account).await?)
}

pub(crate) async fn end(tx: &Tx, standing: &entity::follow::Model) -> Outcome<()> {
    follows::delete(tx, standing.id).await?;
    if standing.accepted {
        count(tx, standing.follower_id, standing.target_id, -1).await?;
    }
    Ok(())
}

async fn count(tx: &Tx, follower: Id, target: Id, by: i64) -> Outcome<()> {
    accounts::count(tx, follower, accounts::Count::Following, by).await?;
    accounts::count(tx, target, accounts::Count::Followers, by).await?;
    Ok(())
}

/// May this reader be shown who follows somebody, and whom they follow?
pub fn are_shown(viewer: &Viewer, whose: &AccountView) -> bool {
    !whose.hides_follows || viewer.account == Some(whose.id)
}

pub async fn followers(
    town: &Town,
    viewer: &Viewer,
    whose: &AccountView,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    shown(town, viewer, Pointing::Followers, whose, page).await
}

/// On how many servers of other towns a copy lies of what one writes for one's followers.
pub async fn servers_behind(town: &Town, me: Id) -> Outcome<i64> {
    Ok(follows::servers_behind(town.store.read(), me).await?)
}

pub async fn following(
    town: &Town,
    viewer: &Viewer,
    whose: &AccountView,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    shown(town, viewer, Pointing::Following, whose, page).await
}

async fn shown(
    town: &Town,
    viewer: &Viewer,
    list: Pointing,
    whose: &AccountView,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    if !are_shown(viewer, whose) {
        return Ok(Paged::new(Vec::new(), &[], page.limit));
    }
    people(town, list, whose.id, page).await
}

/// Whom one follows oneself.
pub async fn followed(town: &Town, me: Id, page: Page) -> Outcome<Paged<AccountView>> {
    people(town, Pointing::Following, me, page).await
}

/// The groups one is in.
pub async fn groups(town: &Town, me: Id, page: Page) -> Outcome<Paged<AccountView>> {
    people(town, Pointing::Groups, me, page).await
}

/// Who asks to follow me.
pub async fn requests(town: &Town, me: Id, page: Page) -> Outcome<Paged<AccountView>> {
    people(town, Pointing::Requests, me, page).await
}

/// People shown of those one follows who follow another.
const FAMILIAR: usize = 10;

/// For each of `others`, in the order asked: those one follows who follow them, where neither keeps that to themselves.
pub async fn familiar(
    town: &Town,
    me: Id,
    others: &[Id],
) -> Outcome<Vec<(Id, Vec<Arc<AccountView>>)>> {
    let db = town.store.snapshot().await?;
    let pairs = follows::familiar(&db, me, others).await?;
    let mut known: HashMap<Id, Vec<Id>> = HashMap::new();
    for (target, who) in pairs {
        let shown = known.entry(target).or_default();
        if shown.len() < FAMILIAR {
            shown.push(who);
        }
    }
    let mut people: Vec<Id> = known.values().flatten().copied().collect();
    people.sort_unstable();
    people.dedup();
    let people: HashMap<Id, Arc<AccountView>> = views::accounts_in_order(&db, town, &people)
        .await?
        .into_iter()
        .map(|view| (view.id, Arc::new(view)))
        .collect();
    let shown = |target: &Id| {
        let ids = known.get(target).map_or(&[][..], Vec::as_slice);
        ids.iter()
            .filter_map(|id| people.get(id))
            .cloned()
            .collect()
    };
    Ok(others
        .iter()
        .map(|target| (*target, shown(target)))
        .collect())
}

pub(crate) async fn people(
    town: &Town,
    list: Pointing,
    owner: Id,
    page: Page,
) -> Outcome<Paged<AccountView>> {
    let db = town.store.snapshot().await?;
    let cursors = pointing(&db, list, owner, &page).await?;
    let ids: Vec<Id> = cursors.iter().map(|(_, id)| *id).collect();
    let items = views::accounts_in_order(&db, town, &ids).await?;
    Ok(Paged::new(items, &cursors, page.limit))
}
