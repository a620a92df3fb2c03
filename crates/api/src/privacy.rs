//! What the town tells people of their data, as one text for apps. Knows its mark-up, not its words.

use std::fmt::Write;

use parvis_model::locale::Locale;
use parvis_town::{
    Profile, Town,
    privacy::{self, Line, Section},
};

use crate::entities::Escaped;

/// The page says the same in its reader's language; this is the town's.
pub fn policy(town: &Town, profile: &Profile) -> String {
    let locale = Locale::of(&profile.language);
    let mut html = String::new();
    for section in privacy::sections(profile, town.sends_letters(), locale) {
        push_section(&mut html, &town.origin, &section);
    }
    if let Some(added) = privacy::addition(profile, locale) {
        push_heading(&mut html, &added.heading);
        html.push_str(&added.html);
    }
    html
}

fn push_section(html: &mut String, origin: &str, section: &Section) {
    push_heading(html, &section.heading);
    for line in &section.lines {
        push_line(html, origin, line);
    }
}

fn push_heading(html: &mut String, heading: &str) {
    let _ = write!(html, "<h2>{}</h2>", Escaped(heading));
}

fn push_line(html: &mut String, origin: &str, line: &Line) {
    let _ = write!(html, "<p>{}", Escaped(&line.text));
    if let Some(way) = &line.way {
        let label = Escaped(&way.label);
        let _ = write!(html, " <a href=\"{origin}{}\">{label}</a>", way.path);
    }
    html.push_str("</p>");
}
