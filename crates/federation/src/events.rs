//! When and where an event of another town is, in words, since most people read it as a post. Knows no calendar.

use parvis_model::{locale::Locale, text};

use crate::wire::event::Event;

/// Paragraphs of HTML in the town's language and time.
pub(crate) fn in_words(event: &Event, locale: Locale, time_zone: &str) -> String {
    let at = |moment| locale.date_time(moment, time_zone);
    let mut lines = Vec::new();
    if event.cancelled {
        lines.push(locale.text("event-cancelled"));
    }
    lines.push(match event.ends {
        Some(ends) => locale.text_with(
            "event-from-to",
            &[("from", at(event.starts).into()), ("to", at(ends).into())],
        ),
        None => locale.text_with("event-at", &[("when", at(event.starts).into())]),
    });
    for place in [&event.place, &event.online].into_iter().flatten() {
        let place = place.as_str().into();
        lines.push(locale.text_with("event-where", &[("place", place)]));
    }
    text::paragraphs(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ball() -> Event {
        Event {
            // 14 July 2031, 20:00 in Paris.
            starts: 1_941_818_400_000,
            ends: Some(1_941_818_400_000 + 6 * 3_600_000),
            place: Some("Salle des <fêtes>".into()),
            online: Some("https://a.example/salon".into()),
            cancelled: false,
        }
    }

    #[test]
    fn day_hour_and_place_are_told_in_the_towns_time_and_language() {
        let told = in_words(&ball(), Locale::of("fr"), "Europe/Paris").replace("&nbsp;", " ");
        assert!(
            told.contains("Quand : 14 juillet 2031 à 20 h 00 – 15 juillet 2031 à 2 h 00"),
            "{told}"
        );
        assert!(told.contains("Où : Salle des &lt;fêtes&gt;"), "{told}");
        assert!(told.contains("href=\"https://a.example/salon\""), "{told}");
        let told = in_words(&ball(), Locale::of("en"), "Indian/Reunion");
        assert!(told.contains("When: "), "{told}");
    }

    #[test]
    fn what_is_cancelled_says_so_first() {
        let event = Event {
            cancelled: true,
            ends: None,
            ..ball()
        };
        let told = in_words(&event, Locale::of("fr"), "Europe/Paris");
        assert!(told.starts_with("<p>Annulé.<br>"), "{told}");
    }
}
