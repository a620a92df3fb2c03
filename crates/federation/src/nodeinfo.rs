//! What the town says about itself as a server: NodeInfo 2.0 and 2.1. Counts are discreet.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use parvis_model::{account::Registration, clock::DAY};
use parvis_store::{accounts, posts};
use parvis_town::{Outcome, users};
use serde_json::json;

use crate::{
    Federation,
    routes::{Shared, broken},
    uri,
    wire::{
        emit::nodeinfo::{
            APPLICATION, FEATURES, Metadata, NodeInfo, Policy, SCHEMA_2_0, SCHEMA_2_1, Services,
            Software, Upstream, Usage, Users, discreet,
        },
        jrd::{Descriptor, Link},
    },
};

/// What NodeInfo calls this program.
pub const SOFTWARE: &str = "parvis";

pub(crate) async fn links(State(federation): Shared) -> Response {
    let origin = &federation.town.origin;
    let link = |rel, href| Link {
        rel,
        href: Some(href),
        ..Link::default()
    };
    let found = Descriptor {
        subject: None,
        aliases: Vec::new(),
        links: vec![
            link(SCHEMA_2_1, format!("{origin}/nodeinfo/2.1")),
            link(SCHEMA_2_0, format!("{origin}/nodeinfo/2.0")),
            link(APPLICATION, uri::town_actor(origin)),
        ],
    };
    axum::Json(json!(found)).into_response()
}

pub(crate) async fn nodeinfo(State(federation): Shared, Path(version): Path<String>) -> Response {
    let (version, schema, repository) = match version.as_str() {
        "2.0" => ("2.0", SCHEMA_2_0, None),
        "2.1" => ("2.1", SCHEMA_2_1, Some(env!("CARGO_PKG_REPOSITORY"))),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match describe(&federation, version, repository).await {
        Ok(info) => {
            let media_type = format!("application/json; profile=\"{schema}#\"; charset=utf-8");
            (
                [(header::CONTENT_TYPE, media_type)],
                json!(info).to_string(),
            )
                .into_response()
        }
        Err(failure) => broken(&failure),
    }
}

async fn describe(
    federation: &Federation,
    version: &'static str,
    repository: Option<&'static str>,
) -> Outcome<NodeInfo> {
    let town = &federation.town;
    let (db, now, profile) = (town.store.read(), town.now(), town.profile());
    let (total, month, half_year) =
        accounts::local_counts(db, now - 30 * DAY, now - 180 * DAY).await?;
    let (local_posts, answers) = posts::local_counts(db).await?;
    let staff = users::staff(town).await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(NodeInfo {
        version,
        software: Software {
            name: SOFTWARE,
            version: env!("CARGO_PKG_VERSION"),
            repository,
            // The program has no other page.
            homepage: repository,
        },
        protocols: ["activitypub"],
        services: Services::default(),
        open_registrations: profile.registration == Registration::Open,
        usage: Usage {
            users: Users {
                total: discreet(count(total)),
                active_month: discreet(count(month)),
                active_halfyear: discreet(count(half_year)),
            },
            local_posts: count(local_posts),
            local_comments: count(answers),
        },
        metadata: Metadata {
            node_name: profile.name.clone(),
            node_description: profile.summary.clone(),
            upstream: Upstream::default(),
            federation: Policy::default(),
            features: FEATURES,
            staff_accounts: staff
                .into_iter()
                .filter(|who| !who.suspended)
                .map(|who| who.uri)
                .collect(),
        },
    })
}
