//! Reading when and where an event is (FEP-8a8e; the shapes of Mobilizon, Gancio and the event plugins of WordPress).
//! Knows no words and no time zone to show it in.

use parvis_model::{clock::Timestamp, limits};
use serde_json::Value;

use super::read::{Doc, cut};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub starts: Timestamp,
    /// Where its author wants that shown.
    pub ends: Option<Timestamp>,
    /// In one line: name and address as far as they are told.
    pub place: Option<String>,
    /// Where it is to be met with on the web.
    pub online: Option<String>,
    pub cancelled: bool,
}

/// Places looked at where several are named.
const PLACES: usize = 5;

impl Event {
    /// `None` without a beginning: then it is read like an article.
    pub fn read(doc: &Doc) -> Option<Self> {
        let starts = doc.date("startTime")?;
        let shows_end = doc.flag("displayEndTime").unwrap_or(true);
        let places = || doc.many("location").iter().take(PLACES);
        let status = doc.text("eventStatus").or_else(|| doc.text("status"));
        Some(Self {
            starts,
            ends: doc
                .date("endTime")
                .filter(|ends| shows_end && *ends > starts),
            place: places().find_map(place),
            online: places().find_map(online),
            cancelled: status.is_some_and(|status| status.to_ascii_lowercase().contains("cancel")),
        })
    }
}

/// A place has a name, an address of one line, or one of several parts; some write only a line.
fn place(value: &Value) -> Option<String> {
    if let Value::String(line) = value {
        return said(line).filter(|line| !line.starts_with("http"));
    }
    let place = Doc::of(value)?;
    if place.is_a("VirtualLocation") {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    let address = place.doc("address");
    let all = [
        place.text("name").and_then(said),
        place.text("address").and_then(said),
        address.and_then(|it| it.text("name")).and_then(said),
        address
            .and_then(|it| it.text("streetAddress"))
            .and_then(said),
        address.and_then(|it| town(&it)),
    ];
    for part in all.into_iter().flatten() {
        // Many write the same thing twice.
        if !parts.iter().any(|there| there.contains(&part)) {
            parts.push(part);
        }
    }
    Some(parts.join(", ")).filter(|line| !line.is_empty())
}

fn town(address: &Doc) -> Option<String> {
    let parts = ["postalCode", "addressLocality"].map(|name| address.text(name).and_then(said));
    let line: Vec<String> = parts.into_iter().flatten().collect();
    Some(line.join(" ")).filter(|line| !line.is_empty())
}

fn online(value: &Value) -> Option<String> {
    let place = Doc::of(value).filter(|place| place.is_a("VirtualLocation"))?;
    let url = place.one_id("url").or_else(|| place.id())?;
    url.starts_with("http").then(|| url.to_owned())
}

/// In one line, without the blanks around.
fn said(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let line = cut(&line, limits::REMOTE_NAME).to_owned();
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(members: &Value) -> Option<Event> {
        let mut value = json!({"id": "https://a.example/1", "type": "Event", "name": "Bal",
            "startTime": "2031-07-13T20:00:00+02:00"});
        value
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        Event::read(&Doc::of(&value).unwrap())
    }

    fn where_(location: &Value) -> Option<String> {
        read(&json!({"location": location})).unwrap().place
    }

    #[test]
    fn a_place_is_told_in_one_line_however_it_is_written() {
        let mobilizon = json!({"type": "Place", "name": "Salle  des fêtes", "address": {"type": "PostalAddress",
            "streetAddress": "1 rue Haute", "postalCode": "25000", "addressLocality": "Valmont", "addressCountry": "France"}});
        assert_eq!(
            where_(&mobilizon).unwrap(),
            "Salle des fêtes, 1 rue Haute, 25000 Valmont"
        );
        let gancio = json!({"name": "Le Pont", "address": "Quai Vieux 3", "latitude": 1.5});
        assert_eq!(where_(&gancio).unwrap(), "Le Pont, Quai Vieux 3");
        let bridge = json!({"type": "Place", "name": "Mairie", "address": {"type": "PostalAddress", "addressLocality": "Mairie"}});
        assert_eq!(where_(&bridge).unwrap(), "Mairie");
        assert_eq!(
            where_(&json!("Place du marché")).unwrap(),
            "Place du marché"
        );
        assert_eq!(where_(&json!([null, 5, {"type": "Place"}])), None);
    }

    #[test]
    fn what_is_on_the_web_is_no_place() {
        let event = read(
            &json!({"location": [{"type": "VirtualLocation", "url": "https://a.example/salon"},
            {"type": "Place", "name": "Mairie"}]}),
        )
        .unwrap();
        assert_eq!(event.place.as_deref(), Some("Mairie"));
        assert_eq!(event.online.as_deref(), Some("https://a.example/salon"));
    }

    #[test]
    fn an_end_counts_where_it_is_meant_and_can_be() {
        let ends = |members: &Value| read(members).unwrap().ends;
        assert!(ends(&json!({"endTime": "2031-07-14T02:00:00+02:00"})).is_some());
        for members in [
            json!({"endTime": "2031-07-14T02:00:00+02:00", "displayEndTime": false}),
            json!({"endTime": "2031-07-13T20:00:00+02:00"}),
            json!({"endTime": "bientôt"}),
        ] {
            assert_eq!(ends(&members), None, "{members}");
        }
        assert_eq!(read(&json!({"startTime": null})), None);
    }

    #[test]
    fn what_is_cancelled_says_so_in_several_ways() {
        for members in [
            json!({"eventStatus": "EventCancelled"}),
            json!({"eventStatus": "https://schema.org/EventCancelled"}),
            json!({"status": "CANCELLED"}),
        ] {
            assert!(read(&members).unwrap().cancelled, "{members}");
        }
        assert!(!read(&json!({"status": "CONFIRMED"})).unwrap().cancelled);
    }
}
