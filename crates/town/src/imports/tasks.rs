//! One line of what somebody brings along as a thing to do. What it comes to is done by the deeds of each capability.

use std::sync::Arc;

use parvis_model::{handle::Handle, id::Id, limits, refusal::Refusal};
use parvis_store::{Tx, follows as follow_rows, lists as list_rows, logins};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    Outcome, Town, domain_blocks,
    exports::{Sheet, as_typed},
    follows,
    lists::{self, Answers},
    reach::Found,
    reactions,
    relations::{self, MuteTerms},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    Follow {
        who: String,
        boosts: bool,
        notify: bool,
        /// As they are compared. None stood in what was brought before there were any.
        #[serde(default)]
        languages: Vec<String>,
    },
    Block {
        who: String,
    },
    Mute {
        who: String,
        notifications: bool,
    },
    BlockServer {
        domain: String,
    },
    Enlist {
        title: String,
        who: String,
    },
    Bookmark {
        post: String,
    },
    /// What is not in the file, where that replaces what there was.
    Undo {
        sheet: String,
        of: Id,
        what: String,
        list: String,
    },
}

impl Task {
    /// `None` for a line that says nothing.
    pub fn of_row(sheet: Sheet, row: &[String]) -> Option<Self> {
        let cell = |n: usize| row.get(n).map_or("", String::as_str);
        // Older tables, and those of other programs, have the first column alone.
        let unless_false = |n| !cell(n).eq_ignore_ascii_case("false");
        let who = |n| address(cell(n));
        if cell(0).is_empty() {
            return None;
        }
        Some(match sheet {
            Sheet::Following => Self::Follow {
                who: who(0),
                boosts: unless_false(1),
                notify: cell(2).eq_ignore_ascii_case("true"),
                languages: languages(cell(3)),
            },
            Sheet::Blocked => Self::Block { who: who(0) },
            Sheet::Muted => Self::Mute {
                who: who(0),
                notifications: unless_false(1),
            },
            Sheet::Servers => Self::BlockServer {
                domain: cell(0).trim_start_matches('@').to_lowercase(),
            },
            Sheet::Lists => Self::Enlist {
                title: as_typed(cell(0)).to_owned(),
                who: who(1),
            },
            Sheet::Bookmarks => Self::Bookmark {
                post: cell(0).to_owned(),
            },
        })
    }

    /// What it is about, as the person knows it: an address, mostly.
    pub fn about(&self) -> &str {
        match self {
            Self::Follow { who, .. }
            | Self::Block { who }
            | Self::Mute { who, .. }
            | Self::Enlist { who, .. } => who,
            Self::BlockServer { domain } => domain,
            Self::Bookmark { post } => post,
            Self::Undo { what, .. } => what,
        }
    }

    /// Can this be what such a table holds? Addresses of people must be whole: else any word would be one.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::BlockServer { domain } => domain_blocks::is_sound(domain),
            Self::Bookmark { post } => {
                Url::parse(post).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
            }
            _ => {
                let handle = self.about().parse::<Handle>();
                handle.is_ok_and(|handle| handle.domain.is_some())
            }
        }
    }

    /// By which it is compared, however it was written.
    pub fn key(&self) -> String {
        match self {
            Self::BlockServer { domain } => domain.clone(),
            Self::Bookmark { post } => url_key(post),
            _ => handle_key(self.about()),
        }
    }

    /// Finds beforehand what it needs of other servers.
    pub async fn prepare(&self, town: &Arc<Town>) -> Outcome<Option<Id>> {
        match self {
            Self::Follow { who, .. }
            | Self::Block { who }
            | Self::Mute { who, .. }
            | Self::Enlist { who, .. } => {
                let handle: Handle = who.parse().map_err(|()| unknown_person())?;
                town.reach().handle(town, &handle).await
            }
            Self::Bookmark { post } => match town.reach().uri(town, post).await? {
                Some(Found::Post(id)) => Ok(Some(id)),
                _ => Ok(None),
            },
            Self::BlockServer { .. } => Ok(Some(0)),
            Self::Undo { of, .. } => Ok(Some(*of)),
        }
    }

    /// Why it could not be done, where its person or post is not to be found.
    pub fn not_found(&self) -> Refusal {
        match self {
            Self::Bookmark { .. } => Refusal::invalid("file", "refusal-import-no-post"),
            _ => unknown_person(),
        }
    }

    /// `found`: as [`Self::prepare`] gave it.
    pub async fn carry_out(&self, tx: &Tx, town: &Town, me: Id, found: Id) -> Outcome<()> {
        match self {
            Self::Follow {
                boosts,
                notify,
                languages,
                ..
            } => {
                follows::request(tx, town, me, found).await?;
                choose_what_to_see(tx, me, found, *boosts, *notify, languages).await
            }
            Self::Block { .. } => relations::block(tx, town, me, found).await,
            Self::Mute { notifications, .. } => {
                let terms = MuteTerms {
                    notifications: *notifications,
                    until: None,
                };
                relations::mute(tx, town, me, found, terms).await
            }
            Self::BlockServer { domain } => domain_blocks::block(tx, town, me, domain).await,
            Self::Enlist { title, .. } => enlist(tx, town, me, title, found).await,
            Self::Bookmark { .. } => reactions::bookmark(tx, town, me, found).await,
            Self::Undo {
                sheet, what, list, ..
            } => undo(tx, town, me, sheet, found, (what, list)).await,
        }
    }
}

/// `@Marie@Valmont.example` and `marie@valmont.example` are one.
fn address(text: &str) -> String {
    text.trim().trim_start_matches('@').to_lowercase()
}

/// `fr, oc`. What is no language is left out, so that it keeps nobody from being followed.
fn languages(cell: &str) -> Vec<String> {
    let codes = cell.split(',').map(str::trim);
    codes
        .filter_map(follows::language)
        .take(limits::FOLLOW_LANGUAGES)
        .collect()
}

pub fn handle_key(text: &str) -> String {
    let handle = text.parse::<Handle>();
    handle.map_or_else(|()| address(text), |handle| handle.key())
}

pub fn url_key(text: &str) -> String {
    Url::parse(text).map_or_else(|_| text.to_owned(), Into::into)
}

fn unknown_person() -> Refusal {
    Refusal::invalid("file", "refusal-import-no-person")
}

async fn choose_what_to_see(
    tx: &Tx,
    me: Id,
    target: Id,
    boosts: bool,
    notify: bool,
    languages: &[String],
) -> Outcome<()> {
    if !boosts || notify {
        follows::set_options(tx, me, target, boosts, notify).await?;
    }
    if languages.is_empty() {
        return Ok(());
    }
    follows::set_languages(tx, me, target, languages).await
}

/// The list is made where there is none of that name; only people one follows can stand on it.
async fn enlist(tx: &Tx, town: &Town, me: Id, title: &str, who: Id) -> Outcome<()> {
    // Several lines are worked off at once, and each may be the first to want this list.
    logins::lock(tx, me).await?;
    let mine = list_rows::of(tx, me).await?;
    let list = match mine.into_iter().find(|list| list.title == title) {
        Some(list) => list.id,
        None => lists::create(tx, town, me, title, Answers::ToMembers, false).await?,
    };
    let follow = follow_rows::between(tx, me, who).await?;
    let follow = follow.ok_or_else(|| Refusal::invalid("file", "refusal-import-not-followed"))?;
    list_rows::add(tx, town.ids.next(), list, follow.id).await?;
    Ok(())
}

async fn undo(
    tx: &Tx,
    town: &Town,
    me: Id,
    sheet: &str,
    of: Id,
    (what, list): (&str, &str),
) -> Outcome<()> {
    match Sheet::parse(sheet) {
        Some(Sheet::Following) => follows::withdraw(tx, town, me, of).await,
        Some(Sheet::Blocked) => relations::unblock(tx, town, me, of).await,
        Some(Sheet::Muted) => relations::unmute(tx, town, me, of).await,
        Some(Sheet::Servers) => domain_blocks::unblock(tx, town, me, what).await,
        Some(Sheet::Bookmarks) => reactions::unbookmark(tx, town, me, of).await,
        Some(Sheet::Lists) => {
            let mine = list_rows::of(tx, me).await?;
            for list in mine.iter().filter(|mine| mine.title == list) {
                lists::remove(tx, town, me, list.id, &[of]).await?;
            }
            Ok(())
        }
        None => Err(Refusal::not_found().into()),
    }
}
