//! `announcement`: what the town tells all its residents. Translates and prints; the rules are the town's.

use std::sync::Arc;

use jiff::{
    Timestamp as Instant,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use parvis_model::{
    clock::{SECOND, Timestamp},
    id,
};
use parvis_town::{
    Failure, Town,
    announcements::{self, AnnouncementView, NewAnnouncement},
};

use crate::{
    cli::Announcement,
    exit::{Done, Stop},
    output,
    settings::Settings,
    towns,
};

pub async fn run(settings: &Settings, town: Option<&str>, asked: Announcement) -> Done {
    let town = towns::chosen(settings, town).await?;
    match asked {
        Announcement::Publish { text, starts, ends } => publish(&town, text, starts, ends).await,
        Announcement::List => {
            for view in announcements::all(&town).await? {
                output::line(format_args!("{}", line(&view)))?;
            }
            Ok(())
        }
        Announcement::Remove { id } => remove(&town, &id).await,
    }
}

async fn publish(
    town: &Arc<Town>,
    text: String,
    starts: Option<String>,
    ends: Option<String>,
) -> Done {
    let zone = TimeZone::get(&town.profile().time_zone).unwrap_or(TimeZone::UTC);
    let read = |given: &Option<String>| given.as_deref().map(When::read).transpose();
    let (starts, ends) = (read(&starts)?, read(&ends)?);
    let given: Vec<&When> = starts.iter().chain(&ends).collect();
    let new = NewAnnouncement {
        text,
        all_day: !given.is_empty() && given.iter().all(|when| matches!(when, When::Day(_))),
        starts_at: starts.map(|when| when.beginning(&zone)).transpose()?,
        ends_at: ends.map(|when| when.end(&zone)).transpose()?,
    };
    let here = Arc::clone(town);
    let id = town.store.write::<_, Failure, _>(move |tx| {
        Box::pin(async move { announcements::publish(tx, &here, new).await })
    });
    output::line(format_args!("{}", id.await?))
}

async fn remove(town: &Arc<Town>, number: &str) -> Done {
    let missing = || Stop::not_found(format!("There is no announcement {number}"));
    let announcement = id::parse(number).ok_or_else(missing)?;
    let here = Arc::clone(town);
    town.store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { announcements::remove(tx, &here, announcement).await })
        })
        .await
        .map_err(|failure| match failure {
            Failure::Refused(_) => missing(),
            broken @ Failure::Broken(_) => broken.into(),
        })?;
    output::remark(format_args!("The announcement is taken off."));
    Ok(())
}

/// Number, when it was published, beginning, end, and the first line of the words.
fn line(view: &AnnouncementView) -> String {
    let moment = |at: Option<Timestamp>| {
        let at = at.and_then(|at| Instant::from_millisecond(at).ok());
        at.map_or_else(|| "-".to_owned(), |at| at.to_string())
    };
    let words = view.text.lines().next().unwrap_or_default();
    let (starts, ends) = (moment(view.starts_at), moment(view.ends_at));
    let published = moment(Some(view.published_at));
    format!("{}\t{published}\t{starts}\t{ends}\t{words}", view.id)
}

/// A moment as people at the shell write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Day(Date),
    /// By the clocks of the town.
    Local(DateTime),
    Instant(Instant),
}

impl When {
    fn read(text: &str) -> Done<Self> {
        let day = || text.parse().ok().filter(|_| text.len() == 10);
        let found = day()
            .map(Self::Day)
            .or_else(|| text.parse().ok().map(Self::Instant))
            .or_else(|| text.parse().ok().map(Self::Local));
        found.ok_or_else(|| {
            Stop::wrong(format!(
                "{text:?}: expected a day such as 2027-07-14, or a moment such as 2027-07-14T20:30"
            ))
        })
    }

    fn beginning(self, zone: &TimeZone) -> Done<Timestamp> {
        let zoned = match self {
            Self::Day(day) => day.to_zoned(zone.clone()),
            Self::Local(moment) => moment.to_zoned(zone.clone()),
            Self::Instant(at) => return Ok(at.as_millisecond()),
        };
        let at = zoned.map_err(|_| Stop::wrong("this moment is out of reach"))?;
        Ok(at.timestamp().as_millisecond())
    }

    /// Of a day: its last second.
    fn end(self, zone: &TimeZone) -> Done<Timestamp> {
        match self {
            Self::Day(day) => {
                let next = day.tomorrow();
                let next = next.map_err(|_| Stop::wrong("this moment is out of reach"))?;
                Ok(Self::Day(next).beginning(zone)? - SECOND)
            }
            other => other.beginning(zone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_those_of_the_town() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let of = |text: &str| {
            let when = When::read(text).unwrap();
            let shown = |at| Instant::from_millisecond(at).unwrap().to_string();
            [
                shown(when.beginning(&paris).unwrap()),
                shown(when.end(&paris).unwrap()),
            ]
        };
        assert_eq!(
            of("2027-07-14"),
            ["2027-07-13T22:00:00Z", "2027-07-14T21:59:59Z"]
        );
        assert_eq!(of("2027-07-14T20:30"), ["2027-07-14T18:30:00Z"; 2]);
        assert_eq!(of("2027-07-14T20:30:00Z"), ["2027-07-14T20:30:00Z"; 2]);
        for other in ["", "soon", "2027", "14/07/2027", "2027-13-01"] {
            assert!(When::read(other).is_err(), "{other}");
        }
    }
}
