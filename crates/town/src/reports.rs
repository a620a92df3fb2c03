//! Reports: what people here and elsewhere want the staff to look at. Nothing follows from one by itself.

use std::{collections::HashSet, sync::Arc};

use parvis_model::{
    audience::{Audience, Standing, may_see},
    clock::{DAY, Timestamp},
    id::Id,
    limits,
    refusal::Refusal,
};
use parvis_store::{Tx, accounts, entity, posts, reports};

use crate::{
    AccountView, Outcome, PostView, Town, Viewer,
    journal::{self, Entry},
    pages::posts_in_order,
    posts::{may_write, standing_to},
    users::{UserView, must_be_staff},
    views::accounts_in_order,
};

/// Open reports that one list shows.
const SHOWN: u64 = 100;

/// What a resident reports.
#[derive(Clone, Debug, Default)]
pub struct Complaint {
    pub accused: Id,
    /// Posts of the accused.
    pub posts: Vec<Id>,
    pub comment: String,
    pub category: Category,
    /// Whether the staff of the accused's own server are told as well, without the reporter's name.
    pub forward: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Category {
    Spam,
    Legal,
    Rules,
    #[default]
    Other,
}

impl Category {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spam => "spam",
            Self::Legal => "legal",
            Self::Rules => "violation",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Self {
        match text {
            "spam" => Self::Spam,
            "legal" => Self::Legal,
            "violation" => Self::Rules,
            _ => Self::Other,
        }
    }
}

/// A report as the staff see it.
#[derive(Clone, Debug)]
pub struct ReportView {
    pub id: Id,
    /// Of another server: the one who speaks for it, since servers do not say who reported.
    pub reporter: Arc<AccountView>,
    pub accused: Arc<AccountView>,
    pub posts: Vec<PostView>,
    /// So many more are named, and are not for this reader or gone.
    pub unseen: usize,
    pub comment: String,
    pub category: Category,
    pub forwarded: bool,
    pub created_at: Timestamp,
    pub closed: bool,
}

/// Told to the staff, and to the other server if the reporter wishes so. A post that was not for the reporter is left out, as
/// is one that does not exist; the reporter is not told what was, since whoever blocks first could learn by it what there is.
pub async fn report(tx: &Tx, town: &Town, me: Id, complaint: Complaint) -> Outcome<Id> {
    may_write(tx, me).await?;
    let accused = accounts::by_id(tx, complaint.accused)
        .await?
        .ok_or_else(Refusal::not_found)?;
    if accused.id == me {
        return Err(Refusal::invalid("account", "refusal-self").into());
    }
    if complaint.comment.chars().count() > limits::REPORT {
        return Err(Refusal::invalid("comment", "refusal-report-too-long").into());
    }
    let posts = of_accused(tx, accused.id, &complaint.posts).await?;
    let posts = were_for(tx, me, accused.id, &posts).await?;
    let id = town.ids.next();
    let row = entity::report::Model {
        id,
        reporter_id: me,
        accused_id: accused.id,
        posts: as_stored(&posts),
        comment: complaint.comment.trim().to_owned(),
        category: complaint.category.as_str().into(),
        forwarded: complaint.forward && !accused.domain.is_empty(),
        uri: format!("{}/ap/activities/{id}", town.origin),
        created_at: town.now(),
        closed_at: None,
    };
    let forwarded = row.forwarded;
    reports::insert(tx, row).await?;
    journal::record(
        tx,
        town,
        &Entry::Reported {
            report: id,
            forwarded,
        },
    )
    .await?;
    Ok(id)
}

/// Those posts that are the accused's.
async fn of_accused(tx: &Tx, accused: Id, ids: &[Id]) -> Outcome<Vec<entity::post::Model>> {
    let ids: Vec<Id> = ids.iter().copied().take(limits::REPORT_POSTS).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = posts::by_ids(tx, &ids).await?;
    rows.retain(|row| row.author_id == accused);
    Ok(rows)
}

/// Of these posts of the accused, those that were for the resident who reports. Whoever is harassed blocks first and reports
/// then, or is blocked: what they were shown may still be named.
async fn were_for(tx: &Tx, me: Id, accused: Id, rows: &[entity::post::Model]) -> Outcome<Vec<Id>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut named = posts::mentions_of(tx, &ids).await?;
    named.retain(|mention| mention.account_id == me);
    let naming: HashSet<Id> = named.iter().map(|mention| mention.post_id).collect();
    let now = standing_to(tx, me, accused).await?;
    // The block ended the follow, if there was one. Residents need not be neighbours as well.
    let before = Standing {
        blocked: false,
        follower: now.follower || now.blocked,
        ..now
    };
    let was_for = |row: &&entity::post::Model| {
        let mut who = before;
        who.mentioned = naming.contains(&row.id);
        Audience::parse(&row.audience).is_some_and(|audience| may_see(audience, who))
    };
    Ok(rows.iter().filter(was_for).map(|row| row.id).collect())
}

fn as_stored(posts: &[Id]) -> String {
    serde_json::to_string(posts).unwrap_or_else(|_| "[]".into())
}

/// A report by another server.
#[derive(Clone, Debug)]
pub struct ArrivedReport {
    pub reporter: Id,
    pub accused: Id,
    pub posts: Vec<Id>,
    pub comment: String,
    pub uri: String,
}

/// `false`: it is here already, the server has sent too many, or nobody here is accused.
pub async fn arrived(tx: &Tx, town: &Town, arrived: ArrivedReport) -> Outcome<bool> {
    let Some(reporter) = accounts::by_id(tx, arrived.reporter).await? else {
        return Ok(false);
    };
    let accused = accounts::by_id(tx, arrived.accused).await?;
    if accused.is_none_or(|accused| !accused.domain.is_empty()) {
        return Ok(false);
    }
    let lately = reports::count_from(tx, &reporter.domain, town.now() - DAY).await?;
    if lately >= limits::REPORTS_PER_SERVER_AND_DAY {
        return Ok(false);
    }
    let posts = of_accused(tx, arrived.accused, &arrived.posts).await?;
    let posts: Vec<Id> = posts.iter().map(|post| post.id).collect();
    let id = town.ids.next();
    let row = entity::report::Model {
        id,
        reporter_id: reporter.id,
        accused_id: arrived.accused,
        posts: as_stored(&posts),
        comment: arrived.comment,
        category: Category::Other.as_str().into(),
        forwarded: false,
        uri: arrived.uri,
        created_at: town.now(),
        closed_at: None,
    };
    if !reports::insert(tx, row).await? {
        return Ok(false);
    }
    let entry = Entry::Reported {
        report: id,
        forwarded: false,
    };
    journal::record(tx, town, &entry).await?;
    Ok(true)
}

/// For the staff: what nobody has closed, newest first.
pub async fn open(town: &Town, staff: &UserView) -> Outcome<Vec<ReportView>> {
    must_be_staff(staff)?;
    let db = town.store.snapshot().await?;
    let rows = reports::open(&db, SHOWN).await?;
    let mut people: Vec<Id> = rows
        .iter()
        .flat_map(|row| [row.reporter_id, row.accused_id])
        .collect();
    people.sort_unstable();
    people.dedup();
    let people: Vec<Arc<AccountView>> = accounts_in_order(&db, town, &people)
        .await?
        .into_iter()
        .map(Arc::new)
        .collect();
    let of = |row: &entity::report::Model| -> Vec<Id> {
        serde_json::from_str(&row.posts).unwrap_or_default()
    };
    let mut ids: Vec<Id> = rows.iter().flat_map(of).collect();
    ids.sort_unstable();
    ids.dedup();
    let posts = posts_in_order(&db, town, Viewer::resident(staff.account), &ids).await?;
    let person = |id: Id| people.iter().find(|person| person.id == id).cloned();
    let view = |row: entity::report::Model| {
        let ids = of(&row);
        let seen = posts.iter().filter(|post| ids.contains(&post.id));
        let seen: Vec<PostView> = seen.cloned().collect();
        Some(ReportView {
            id: row.id,
            reporter: person(row.reporter_id)?,
            accused: person(row.accused_id)?,
            unseen: ids.len().saturating_sub(seen.len()),
            posts: seen,
            comment: row.comment,
            category: Category::parse(&row.category),
            forwarded: row.forwarded,
            created_at: row.created_at,
            closed: row.closed_at.is_some(),
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// Somebody of the staff has looked into it.
pub async fn close(tx: &Tx, town: &Town, staff: &UserView, report: Id) -> Outcome<()> {
    must_be_staff(staff)?;
    if reports::by_id(tx, report).await?.is_none() {
        return Err(Refusal::not_found().into());
    }
    reports::close(tx, report, town.now()).await?;
    Ok(())
}
