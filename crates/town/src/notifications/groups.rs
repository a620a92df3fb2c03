//! Notifications that say the same of the same, told together.

use parvis_model::{
    clock::{HOUR, Timestamp},
    id::Id,
    page::Page,
    refusal::Refusal,
};
use parvis_store::{Tx, entity::notification::Model, notifications as rows};

use super::{NotificationKind, NotificationView, Wanted, views_of};
use crate::{Outcome, Paged, Town, Viewer};

/// What happens within so long is told together.
const SPAN: Timestamp = 12 * HOUR;
/// Notifications looked through for the groups of one page, and counted in one.
const LOOKED_THROUGH: u64 = 500;

/// Of which kinds several are told as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouped {
    pub favourites: bool,
    pub boosts: bool,
    pub follows: bool,
}

impl Grouped {
    pub const ALL: Self = Self {
        favourites: true,
        boosts: true,
        follows: true,
    };

    fn holds(self, kind: NotificationKind) -> bool {
        match kind {
            NotificationKind::Favourite => self.favourites,
            NotificationKind::Boost => self.boosts,
            NotificationKind::Follow => self.follows,
            _ => false,
        }
    }
}

/// What notifications of one group have in common. As a text it names the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKey {
    Alone(Id),
    Alike {
        kind: NotificationKind,
        /// 0 where it is about no post.
        post: Id,
        /// Since the beginning of time.
        span: i64,
    },
}

impl GroupKey {
    pub(super) fn of(kind: NotificationKind, row: &Model, grouped: Grouped) -> Self {
        if grouped.holds(kind) {
            Self::Alike {
                kind,
                post: row.post_id.unwrap_or(0),
                span: row.created_at.div_euclid(SPAN),
            }
        } else {
            Self::Alone(row.id)
        }
    }

    /// `None`: no group is called so.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once('-')?;
        if kind == "ungrouped" {
            return rest.parse().ok().map(Self::Alone);
        }
        let kind = NotificationKind::parse(kind).filter(|kind| Grouped::ALL.holds(*kind))?;
        let (post, span) = rest.split_once('-')?;
        Some(Self::Alike {
            kind,
            post: post.parse().ok()?,
            span: span.parse().ok()?,
        })
    }
}

impl std::fmt::Display for GroupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Alone(id) => write!(f, "ungrouped-{id}"),
            Self::Alike { kind, post, span } => write!(f, "{}-{post}-{span}", kind.as_str()),
        }
    }
}

/// Notifications told together, the newest first; never empty.
#[derive(Clone, Debug)]
pub struct GroupView {
    pub key: GroupKey,
    pub told: Vec<NotificationView>,
}

/// A page of groups, each where its newest notification on the page stands. A page is an unbroken piece of what is told, so
/// that going on from either end leaves nothing out: of a group that reaches further, the next page tells the rest.
pub async fn groups(
    town: &Town,
    me: Id,
    wanted: &Wanted,
    grouped: Grouped,
    page: Page,
) -> Outcome<Paged<GroupView>> {
    let db = town.store.snapshot().await?;
    let eyes = Viewer::resident(me).eyes();
    let window = Page {
        limit: LOOKED_THROUGH,
        ..page
    };
    let mut rows = rows::list(&db, eyes, town.now(), wanted, &window).await?;
    let upwards = page.min_id.is_some();
    if upwards {
        rows.reverse();
    }
    rows.truncate(reach(&rows, grouped, page.limit));
    if upwards {
        rows.reverse();
    }
    let (prev, next) = (
        rows.first().map(|row| row.id),
        rows.last().map(|row| row.id),
    );
    let told = views_of(&db, town, me, rows).await?;
    Ok(Paged {
        items: gathered(told, grouped),
        next,
        prev,
    })
}

/// How many rows come before the first one of a group beyond `limit`.
fn reach(rows: &[Model], grouped: Grouped, limit: u64) -> usize {
    let mut keys: Vec<GroupKey> = Vec::new();
    let beyond = rows.iter().position(|row| {
        let kind = NotificationKind::parse(&row.kind);
        let key = kind.map(|kind| GroupKey::of(kind, row, grouped));
        if let Some(key) = key.filter(|key| !keys.contains(key)) {
            keys.push(key);
        }
        keys.len() as u64 > limit
    });
    beyond.unwrap_or(rows.len())
}

fn gathered(views: Vec<NotificationView>, grouped: Grouped) -> Vec<GroupView> {
    let mut groups: Vec<GroupView> = Vec::new();
    for view in views {
        let key = match view.group {
            GroupKey::Alike { kind, .. } if !grouped.holds(kind) => GroupKey::Alone(view.id),
            key => key,
        };
        match groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.told.push(view),
            None => groups.push(GroupView {
                key,
                told: vec![view],
            }),
        }
    }
    groups
}

async fn rows_of(db: &Tx, me: Id, key: GroupKey) -> Outcome<Vec<Model>> {
    let found = match key {
        GroupKey::Alone(id) => rows::by_id(db, me, id).await?.into_iter().collect(),
        GroupKey::Alike { kind, post, span } => {
            let start = span.saturating_mul(SPAN);
            let times = start..start.saturating_add(SPAN);
            rows::alike(db, me, kind.as_str(), post, times, LOOKED_THROUGH).await?
        }
    };
    if found.is_empty() {
        return Err(Refusal::not_found().into());
    }
    Ok(found)
}

/// One group, whole.
pub async fn group(town: &Town, me: Id, key: GroupKey) -> Outcome<GroupView> {
    let db = town.store.snapshot().await?;
    let rows = rows_of(&db, me, key).await?;
    let told = views_of(&db, town, me, rows).await?;
    if told.is_empty() {
        return Err(Refusal::not_found().into());
    }
    Ok(GroupView { key, told })
}

pub async fn dismiss_group(tx: &Tx, _town: &Town, me: Id, key: GroupKey) -> Outcome<()> {
    let found = rows_of(tx, me, key).await?;
    let ids: Vec<Id> = found.iter().map(|row| row.id).collect();
    Ok(rows::dismiss(tx, me, &ids).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_again_by_its_name() {
        for key in [
            GroupKey::Alone(7),
            GroupKey::Alike {
                kind: NotificationKind::Boost,
                post: 9,
                span: 41_000,
            },
        ] {
            assert_eq!(GroupKey::parse(&key.to_string()), Some(key));
        }
        for other in [
            "",
            "ungrouped-",
            "boost-9",
            "mention-9-4",
            "boost-x-4",
            "x-1-1",
        ] {
            assert_eq!(GroupKey::parse(other), None, "{other}");
        }
    }
}
