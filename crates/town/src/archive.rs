//! All that somebody said, to be taken along: the account, the posts and their files. How they are written for others to read,
//! and what others write so, a face that speaks with other servers knows; it plugs in here.

use std::{io::Read, sync::Arc};

use async_trait::async_trait;
use parvis_model::{audience::Audience, clock::Timestamp, id::Id};
use parvis_store::{accounts, exports, media};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Error, Outcome, PostView, Town, Viewer, pages, views::PostKind};

/// Posts of one piece.
const PIECE: i64 = 100;
/// In every archive: whose it is …
pub const ACTOR: &str = "actor.json";
/// … and all that they said.
pub const OUTBOX: &str = "outbox.json";

/// A post as an archive holds it. HTML is cleaned, lengths are bounded. It is also written down as it is until its turn comes: a
/// new field needs a default.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// Where it stood.
    pub id: String,
    /// What it answers, by the same kind of address.
    pub answers: Option<String>,
    pub published: Timestamp,
    pub kind: PostKind,
    pub title: Option<String>,
    pub audience: Audience,
    pub html: String,
    /// As it was typed, where the archive says so.
    pub source: Option<String>,
    pub summary: String,
    pub sensitive: bool,
    pub language: Option<String>,
    pub tags: Vec<String>,
    pub files: Vec<ToldFile>,
}

/// A picture, sound or film of such a post.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ToldFile {
    /// In the archive.
    pub name: String,
    pub description: String,
    pub focus: (f32, f32),
    /// Under which number it was laid down.
    pub laid: Option<Id>,
}

#[async_trait]
pub trait Documents: Send + Sync {
    async fn account(&self, town: &Arc<Town>, account: Id) -> Outcome<Value>;
    /// A post of one's own or what one has passed on, also what never leaves the town.
    fn said(&self, town: &Town, post: &PostView) -> Option<Value>;
    /// What an archive holds of posts of its owner that may be brought along, given to `each` one after another. `false`: these
    /// are no documents of an archive.
    fn read(
        &self,
        town: &Town,
        actor: &[u8],
        outbox: &mut dyn Read,
        each: &mut dyn FnMut(Told),
    ) -> bool;
}

pub(crate) fn documents(town: &Town) -> Outcome<&Arc<dyn Documents>> {
    let missing = || Error::Other("nothing here can write an archive".into());
    Ok(town.documents().ok_or_else(missing)?)
}

/// The account, its pictures as they lie in the archive.
pub async fn account(town: &Arc<Town>, me: Id) -> Outcome<Value> {
    let mut account = documents(town)?.account(town, me).await?;
    for picture in ["icon", "image"] {
        if let Some(picture) = account.get_mut(picture) {
            name_file(town, picture);
        }
    }
    account["outbox"] = json!(OUTBOX);
    Ok(account)
}

/// What was said behind `after`, and where to go on.
pub async fn said(town: &Arc<Town>, me: Id, after: Id) -> Outcome<(Vec<Value>, Option<Id>)> {
    let documents = documents(town)?;
    let db = town.store.snapshot().await?;
    let ids = exports::posts(&db, me, after, PIECE).await?;
    let posts = pages::posts_in_order(&db, town, Viewer::resident(me), &ids).await?;
    let mut said: Vec<Value> = posts
        .iter()
        .filter_map(|post| documents.said(town, post))
        .collect();
    for activity in &mut said {
        let attached = activity.pointer_mut("/object/attachment");
        for file in attached.and_then(Value::as_array_mut).into_iter().flatten() {
            name_file(town, file);
        }
    }
    Ok((said, ids.last().copied()))
}

/// Where a file of ours lies in the archive, in place of its address here.
fn name_file(town: &Town, file: &mut Value) {
    let here = town.media_url("");
    let Some(url) = file.get_mut("url") else {
        return;
    };
    if let Some(key) = url.as_str().and_then(|url| url.strip_prefix(&here)) {
        *url = json!(format!("media/{key}"));
    }
}

/// Keys of all files: pictures of the profile, and those of posts.
pub async fn files(town: &Town, me: Id) -> Outcome<Vec<String>> {
    let db = town.store.snapshot().await?;
    let own = accounts::by_id(&db, me).await?;
    let mut keys: Vec<String> = own
        .into_iter()
        .flat_map(|own| [own.avatar, own.header])
        .flatten()
        .collect();
    for file in media::of_account(&db, me).await? {
        if file.post_id.is_some() {
            keys.extend(file.file);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}
