//! Keeps what is learned of how other servers like our signatures. Decides nothing about it.

use std::{sync::Arc, time::Duration};

use parvis_model::clock::Timestamp;
use parvis_store::{entity::signature_form, signature_forms};
use parvis_town::{Failure, Outcome, Town};
use tokio_util::sync::CancellationToken;

use crate::{
    Federation,
    signatures::{Form, Forms, Known, REMEMBERED},
};

/// Servers recalled when the program starts.
const RECALLED: u64 = 10_000;
/// What is learned in this time is written in one go; losing it costs a second knock.
const GATHER: Duration = Duration::from_secs(1);

/// What was learned before.
pub(crate) async fn recalled(town: &Town) -> Outcome<Arc<Forms>> {
    let forms = Forms::default();
    let since = town.now() - REMEMBERED;
    for row in signature_forms::learned(town.store.read(), since, RECALLED).await? {
        if let Some(form) = Form::parse(&row.form) {
            let known = Known {
                form,
                settled: row.settled,
                learned_at: row.learned_at,
            };
            forms.recall(row.host, known);
        }
    }
    Ok(Arc::new(forms))
}

/// Runs until `stop`.
pub(crate) async fn run(federation: &Federation, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            () = federation.forms.learned() => tokio::time::sleep(GATHER).await,
        }
        if let Err(err) = write_down(federation).await {
            tracing::error!(%err, "what was learned of signatures could not be kept");
        }
    }
}

async fn write_down(federation: &Federation) -> Outcome<()> {
    let learned = federation.forms.take_learned();
    if learned.is_empty() {
        return Ok(());
    }
    let rows = learned.into_iter().map(|(host, known)| row(host, known));
    let rows: Vec<_> = rows.collect();
    let outdated: Timestamp = federation.town.now() - REMEMBERED;
    let store = &federation.town.store;
    store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for row in rows {
                    signature_forms::set(tx, row).await?;
                }
                signature_forms::forget(tx, outdated).await?;
                Ok(())
            })
        })
        .await
}

fn row(host: String, known: Known) -> signature_form::Model {
    signature_form::Model {
        host,
        form: known.form.as_str().to_owned(),
        settled: known.settled,
        learned_at: known.learned_at,
    }
}
