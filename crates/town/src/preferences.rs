//! How a resident usually posts, where an app or a page says nothing else.

use parvis_model::{
    audience::Audience,
    id::Id,
    policy::{LooksAt, Quoters},
};
use parvis_store::{Tx, preferences};

use crate::{Outcome, Town, posts::is_language};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    pub audience: Audience,
    pub sensitive: bool,
    pub language: Option<String>,
    pub quoters: Quoters,
    /// Of what strangers elsewhere do with new posts.
    pub looks_at: LooksAt,
    /// Of pictures without a description, before a post is published on a page.
    pub reminds: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            audience: Audience::Public,
            sensitive: false,
            language: None,
            quoters: Quoters::Everyone,
            looks_at: LooksAt::Nothing,
            reminds: true,
        }
    }
}

/// What is not given stays; of a language an empty text is none.
#[derive(Clone, Debug, Default)]
pub struct PreferenceEdit {
    pub audience: Option<Audience>,
    pub sensitive: Option<bool>,
    pub language: Option<String>,
    pub quoters: Option<Quoters>,
    pub looks_at: Option<LooksAt>,
    pub reminds: Option<bool>,
}

impl PreferenceEdit {
    pub fn is_empty(&self) -> bool {
        let Self {
            audience,
            sensitive,
            language,
            quoters,
            looks_at,
            reminds,
        } = self;
        let posts = audience.is_none() && sensitive.is_none() && language.is_none();
        posts && quoters.is_none() && looks_at.is_none() && reminds.is_none()
    }
}

fn read(row: Option<preferences::Preference>) -> Preferences {
    let usual = Preferences::default();
    let Some(row) = row else { return usual };
    Preferences {
        audience: Audience::parse(&row.visibility).unwrap_or(usual.audience),
        sensitive: row.sensitive,
        language: row.language,
        quoters: Quoters::parse(&row.quoters).unwrap_or(usual.quoters),
        looks_at: LooksAt::parse(&row.looks_at).unwrap_or(usual.looks_at),
        reminds: row.reminds,
    }
}

/// For the neighbours one writes where there are some, else for the town.
pub async fn of(town: &Town, me: Id) -> Outcome<Preferences> {
    let mut usual = read(preferences::of(town.store.read(), me).await?);
    if usual.audience == Audience::Neighbours && !town.profile().has_neighbours {
        usual.audience = Audience::Town;
    }
    Ok(usual)
}

/// What somebody looks at first, in the step that writes a post.
pub(crate) async fn looks_at(tx: &Tx, me: Id) -> Outcome<LooksAt> {
    Ok(read(preferences::of(tx, me).await?).looks_at)
}

/// Groups cannot be the usual audience, since a post goes to one of them: such a choice changes nothing.
pub async fn set(tx: &Tx, _town: &Town, me: Id, edit: PreferenceEdit) -> Outcome<()> {
    let before = read(preferences::of(tx, me).await?);
    let language = match edit.language {
        Some(code) => Some(code).filter(|code| is_language(code)),
        None => before.language,
    };
    let audience = edit.audience.filter(|it| *it != Audience::Group);
    let row = preferences::Preference {
        visibility: audience.unwrap_or(before.audience).as_str().into(),
        sensitive: edit.sensitive.unwrap_or(before.sensitive),
        language,
        quoters: edit.quoters.unwrap_or(before.quoters).as_str().into(),
        looks_at: edit.looks_at.unwrap_or(before.looks_at).as_str().into(),
        reminds: edit.reminds.unwrap_or(before.reminds),
    };
    Ok(preferences::set(tx, me, row).await?)
}
