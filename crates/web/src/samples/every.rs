//! Every page there is, and what holds for each of them, besides what `samples` looks at.

use super::{account, all, people, public, shell, writing};

/// The name of each and how it looks.
pub fn every(language: &str) -> impl Iterator<Item = (&'static str, String)> {
    all(language)
        .into_iter()
        .chain(account::all(language))
        .chain(people::all(language))
        .chain(public::all(language))
        .chain(shell::all(language))
        .chain(writing::all(language))
}

/// Elements whose content people wrote, known by their class.
const WRITTEN: [&str; 6] = ["text", "who", "name", "bio", "title", "answer"];

/// The tags that begin an element.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    let tags = html.split('<').skip(1);
    tags.filter_map(|rest| rest.split('>').next())
}

fn is_typed_into(tag: &str) -> bool {
    let is_warning = tag.starts_with("input id=\"f-summary\"");
    is_warning || (tag.starts_with("textarea ") && !tag.contains(" readonly"))
}

fn is_written(tag: &str) -> bool {
    let is_block = ["div", "p", "span", "a", "b", "h2"]
        .iter()
        .any(|name| tag.starts_with(&format!("{name} ")));
    let is_of = |class: &&str| tag.contains(&format!("class=\"{class}\""));
    is_block && WRITTEN.iter().any(is_of)
}

/// Arabic from right to left, whatever the direction of the page's own language is.
#[test]
fn what_people_write_reads_in_its_own_direction() {
    let (mut typed, mut written) = (0, 0);
    for (name, html) in every("fr") {
        for tag in tags(&html) {
            let (is_typed, is_written) = (is_typed_into(tag), is_written(tag));
            typed += usize::from(is_typed);
            written += usize::from(is_written);
            let has_direction = tag.contains(" dir=\"auto\"");
            assert!(
                has_direction || !(is_typed || is_written),
                "{name}: <{tag}>"
            );
        }
    }
    assert!(typed > 5 && written > 50, "{typed}, {written}");
}
