//! How a resident's archive is written: the same documents that other servers read. And how one is read.

mod told;

use std::{io::Read, sync::Arc};

use async_trait::async_trait;
use parvis_model::{audience::Audience, id::Id};
use parvis_town::{
    Outcome, PostView, Town, Viewer, accounts,
    archive::{Documents, Told},
};
use serde_json::{Value, json};

use crate::{actors, collections, posts};

pub(crate) struct Written;

#[async_trait]
impl Documents for Written {
    async fn account(&self, town: &Arc<Town>, account: Id) -> Outcome<Value> {
        let view = accounts::view(town, &Viewer::resident(account), account).await?;
        Ok(json!(actors::shown(town, &view).await?))
    }

    fn said(&self, town: &Town, post: &PostView) -> Option<Value> {
        if post.boost_of.is_some() || posts::is_federated(post.audience) {
            return collections::said(town, post);
        }
        // It is addressed to nobody that other servers know.
        let post = PostView {
            audience: Audience::Direct,
            ..post.clone()
        };
        let mut activity = json!(posts::creation(town, &post)?);
        for place in ["", "/object"] {
            let Some(Value::Object(document)) = activity.pointer_mut(place) else {
                continue;
            };
            document.insert("to".into(), json!([]));
            document.remove("directMessage");
        }
        Some(activity)
    }

    fn read(
        &self,
        town: &Town,
        actor: &[u8],
        outbox: &mut dyn Read,
        each: &mut dyn FnMut(Told),
    ) -> bool {
        told::read(&town.profile().language, actor, outbox, each)
    }
}
