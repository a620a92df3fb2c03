//! Reporting somebody to the staff, and to the staff of their own server if one wishes so.

use parvis_model::id;
use parvis_town::{
    accounts,
    reports::{self, Category, Complaint},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    answer::{self, Answer},
    entities::{Account, Moment},
    fault::Fault,
    gate::Caller,
    params::Params,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ReportParams {
    account_id: String,
    status_ids: Vec<String>,
    comment: Option<String>,
    forward: Option<bool>,
    #[schemars(extend("enum" = ["spam", "legal", "violation", "other", null]))]
    category: Option<String>,
    rule_ids: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Report<'a> {
    id: String,
    action_taken: bool,
    action_taken_at: Option<String>,
    category: &'static str,
    comment: &'a str,
    forwarded: bool,
    created_at: Moment,
    status_ids: Vec<String>,
    rule_ids: Vec<String>,
    collection_ids: Option<Vec<String>>,
    target_account: Account<'a>,
}

pub async fn report(caller: Caller, params: Params<ReportParams>) -> Answer {
    let fields = params.fields;
    let accused = id::parse(&fields.account_id).ok_or(Fault::NotFound)?;
    let posts: Vec<_> = fields
        .status_ids
        .iter()
        .filter_map(|text| id::parse(text))
        .collect();
    let category = if fields.rule_ids.is_empty() {
        Category::parse(fields.category.as_deref().unwrap_or_default())
    } else {
        Category::Rules
    };
    // Those asked for, not those kept: that would say which posts there are.
    let status_ids = posts.iter().map(ToString::to_string).collect();
    let complaint = Complaint {
        accused,
        posts,
        comment: fields.comment.unwrap_or_default(),
        category,
        forward: fields.forward.unwrap_or(false),
    };
    let (comment, forward) = (complaint.comment.clone(), complaint.forward);
    let id = caller
        .write(move |tx, town, me| Box::pin(reports::report(tx, town, me, complaint)))
        .await?;
    let view = accounts::view(&caller.town, &caller.viewer(), accused).await?;
    answer::json(&Report {
        id: id.to_string(),
        action_taken: false,
        action_taken_at: None,
        category: category.as_str(),
        comment: &comment,
        forwarded: forward && !view.local,
        created_at: Moment(id::time_of(id)),
        status_ids,
        rule_ids: fields.rule_ids,
        collection_ids: None,
        target_account: Account::new(&caller.town.origin, &view),
    })
}
