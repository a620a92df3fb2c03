//! What a group of this town shows of itself to other servers (FEP-1b12): who looks after it, and who may write in it.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use parvis_model::account::AccountKind;
use parvis_town::{AccountView, Outcome, Town, groups};
use serde_json::json;

use crate::{
    Federation,
    routes::{PUBLIC_CACHE, Shared, answered, document, local, not_found},
    uri,
    wire::emit::{actor::GroupRule, collection::Collection, object::Source},
};

pub(crate) fn routes() -> Router<Arc<Federation>> {
    Router::new().route("/ap/actors/{id}/moderators", get(moderators))
}

/// The lines that the document of a group has besides.
pub(crate) async fn rule(town: &Town, view: &AccountView) -> Outcome<Option<GroupRule>> {
    if view.kind != AccountKind::Group {
        return Ok(None);
    }
    let rule = groups::rule(town, view.id).await?;
    let moderators = uri::collection(&view.uri, "moderators");
    Ok(Some(GroupRule {
        attributed_to: moderators.clone(),
        moderators,
        posting_restricted_to_mods: rule.moderators_only,
        sensitive: false,
        source: Some(view.bio_source.clone())
            .filter(|text| !text.is_empty())
            .map(|content| Source {
                content,
                media_type: "text/plain",
            }),
    }))
}

async fn moderators(State(federation): Shared, Path(account): Path<String>) -> Response {
    let found = async {
        let group = local(&federation, &account).await?;
        let Some(group) = group.filter(|view| view.kind == AccountKind::Group) else {
            return Ok(not_found());
        };
        let rule = groups::rule(&federation.town, group.id).await?;
        let id = uri::collection(&group.uri, "moderators");
        let list = json!(Collection::whole(id, rule.moderators));
        Ok(document(&list, PUBLIC_CACHE))
    };
    answered(found.await)
}
