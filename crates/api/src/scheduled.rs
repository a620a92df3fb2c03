//! Posts that wait for their time.

use jiff::{Timestamp as Instant, civil::DateTime, tz::TimeZone};
use parvis_model::{clock::Timestamp, id::Id};
use parvis_town::scheduled;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    answer::{self, Answer, done},
    entities::ScheduledStatus,
    fault::Fault,
    gate::{Caller, Named},
    paging::{self, Paging},
    params::Params,
};

/// A moment as apps write it: ISO 8601; UTC where it names no zone.
pub fn moment(text: &str) -> Result<Timestamp, Fault> {
    let unfit = || Fault::Unprocessable("Scheduled at is no time".into());
    if let Ok(at) = text.trim().parse::<Instant>() {
        return Ok(at.as_millisecond());
    }
    let local: DateTime = text.trim().parse().map_err(|_| unfit())?;
    let zoned = local.to_zoned(TimeZone::UTC).map_err(|_| unfit())?;
    Ok(zoned.timestamp().as_millisecond())
}

pub async fn list(caller: Caller, paging: Paging) -> Answer {
    let page = paging.page(paging::STATUSES);
    let found = scheduled::list(&caller.town, caller.me, page).await?;
    let shown: Vec<_> = found.items.iter().map(ScheduledStatus::new).collect();
    Ok(paging.link(found.next, found.prev, answer::json(&shown)?))
}

pub async fn show(caller: Caller, Named(scheduled): Named) -> Answer {
    shown(&caller, scheduled).await
}

pub async fn shown(caller: &Caller, scheduled: Id) -> Answer {
    let view = scheduled::view(&caller.town, caller.me, scheduled).await?;
    answer::json(&ScheduledStatus::new(&view))
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(extend("examples" = [{ "scheduled_at": "2040-07-14T20:30:00Z" }]))]
#[serde(default)]
pub struct TimeParams {
    scheduled_at: String,
}

pub async fn reschedule(
    caller: Caller,
    Named(scheduled): Named,
    params: Params<TimeParams>,
) -> Answer {
    scheduled::view(&caller.town, caller.me, scheduled).await?;
    let at = moment(&params.fields.scheduled_at)?;
    caller
        .write(move |tx, town, me| Box::pin(scheduled::reschedule(tx, town, me, scheduled, at)))
        .await?;
    shown(&caller, scheduled).await
}

pub async fn cancel(caller: Caller, Named(scheduled): Named) -> Answer {
    caller
        .write(move |tx, town, me| Box::pin(scheduled::cancel(tx, town, me, scheduled)))
        .await?;
    done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_with_and_without_a_zone() {
        for text in [
            "2026-03-14T09:26:53.089Z",
            "2026-03-14T10:26:53.089+01:00",
            "2026-03-14T09:26:53.089",
            " 2026-03-14 09:26:53.089 ",
        ] {
            assert_eq!(moment(text).unwrap(), 1_773_480_413_089, "{text}");
        }
        for text in ["", "tomorrow", "2026-13-01T00:00:00Z"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
