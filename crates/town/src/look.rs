//! How a town looks: its colour, its arms or logo, its banner. Knows no page: a face sees to it that the colour can be read.

use parvis_media::{Kept, KeptPicture};
use parvis_model::refusal::Refusal;
use parvis_store::{Tx, entity, town};
use serde::{Deserialize, Serialize};

use crate::{
    Outcome, Town,
    accounts::Change,
    journal::{self, Entry},
    media,
    users::{UserView, must_be_admin},
};

/// What a town has chosen; its hue stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// `#rrggbb`, as it was chosen; in place of the hue.
    pub colour: Option<String>,
    pub arms: Option<Arms>,
    pub banner: Option<Picture>,
}

/// A picture that the town keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    key: String,
    /// In pixels.
    pub width: u32,
    pub height: u32,
}

/// Arms or a logo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arms {
    pub picture: Picture,
    /// The same on a white square, for phones.
    pub icon: Picture,
    pub small_icon: Picture,
}

impl Look {
    /// What cannot be read is as if nothing was chosen.
    pub(crate) fn parse(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let arms = self.arms.iter().flat_map(Arms::files);
        arms.chain(self.banner.iter().map(Picture::file)).collect()
    }
}

impl Picture {
    fn of(kept: &Kept) -> Self {
        Self {
            key: kept.key.to_string(),
            width: kept.width,
            height: kept.height,
        }
    }

    /// Of its address here.
    pub fn path(&self) -> String {
        format!("/media/{}", self.key)
    }

    /// What was kept for it, for [`media::unless_refused`].
    pub fn file(&self) -> String {
        self.key.clone()
    }
}

impl Arms {
    /// The same as [`Picture::file`].
    pub fn files(&self) -> Vec<String> {
        let all = [&self.picture, &self.icon, &self.small_icon];
        all.map(Picture::file).into()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Degrees of the colour circle.
    Hue(i32),
    /// `#rrggbb`.
    Own(String),
}

#[derive(Clone, Debug)]
pub struct LookEdit {
    pub colour: Colour,
    pub arms: Change<Arms>,
    pub banner: Change<Picture>,
}

/// Keeps arms or a logo, before the write.
pub async fn prepare_arms(town: &Town, bytes: Vec<u8>) -> Outcome<Arms> {
    let [shown, icon] = media::arms(town, bytes).await?;
    Ok(Arms {
        picture: Picture::of(&shown.original),
        icon: Picture::of(&icon.original),
        small_icon: Picture::of(&icon.preview),
    })
}

/// The same for a banner.
pub async fn prepare_banner(town: &Town, bytes: Vec<u8>) -> Outcome<Picture> {
    let KeptPicture { original, .. } = media::banner(town, bytes).await?;
    Ok(Picture::of(&original))
}

/// Callers refresh the town's profile once the write is done ([`Town::refresh_profile`]).
pub async fn change(tx: &Tx, town: &Town, staff: &UserView, edit: LookEdit) -> Outcome<()> {
    must_be_admin(staff)?;
    dress(tx, town, edit).await
}

/// By the town itself: the demo.
pub async fn dress(tx: &Tx, town: &Town, edit: LookEdit) -> Outcome<()> {
    let row = town::held(tx).await?.ok_or_else(Refusal::not_found)?;
    let before = Look::parse(&row.look);
    let (hue, colour) = match edit.colour {
        Colour::Hue(hue) => (hue.rem_euclid(360), None),
        Colour::Own(colour) => (row.hue, Some(checked(&colour)?)),
    };
    let after = Look {
        colour,
        arms: changed(before.arms.clone(), edit.arms),
        banner: changed(before.banner.clone(), edit.banner),
    };
    let kept = after.files();
    let mut dropped = before.files();
    dropped.retain(|file| !kept.contains(file));
    let look = serde_json::to_string(&after).map_err(|err| crate::Error::Other(err.to_string()))?;
    town::update(tx, entity::town::Model { hue, look, ..row }).await?;
    if dropped.is_empty() {
        return Ok(());
    }
    journal::record(tx, town, &Entry::FilesDropped { keys: dropped }).await
}

fn changed<T>(before: Option<T>, change: Change<T>) -> Option<T> {
    match change {
        Change::Keep => before,
        Change::Set(new) => Some(new),
        Change::Remove => None,
    }
}

/// In the one spelling that is kept.
fn checked(colour: &str) -> Result<String, Refusal> {
    let colour = colour.trim().to_ascii_lowercase();
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(colour)
    } else {
        Err(Refusal::invalid("colour", "refusal-colour"))
    }
}
