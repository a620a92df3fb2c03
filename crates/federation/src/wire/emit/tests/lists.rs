//! Snapshots of the lists that hang on posts and people.

use insta::assert_snapshot;

use super::{ACTOR, NOTE, PAUL, shown};
use crate::wire::emit::{
    collection::{Collection, Heap, HeapPage, Page},
    object::Tag,
};

#[test]
fn a_thread_is_told_in_pages() {
    let list = format!("{NOTE}/context");
    let first = format!("{list}?page=true");
    let context = Collection::<String>::counted(list.clone(), 2, Some(first.clone()));
    assert_snapshot!("context", shown(&context.of(ACTOR.into())));
    let mut page = Page::new(first.clone(), list, vec![NOTE.to_owned()]);
    page.next = Some(format!("{first}&min_id=55"));
    assert_snapshot!("context_page", shown(&page));
}

#[test]
fn answers_come_with_their_first_page() {
    let list = format!("{NOTE}/replies");
    let first = format!("{list}?page=true");
    let answers = vec![format!("{PAUL}/statuses/8")];
    let mut page = HeapPage::new(first.clone(), list.clone(), answers);
    page.next = Some(format!("{first}&min_id=56&others=true"));
    assert_snapshot!("replies_page", shown(&page));
    assert_snapshot!("replies", shown(&Heap::counted(list, 41).with(page)));
}

#[test]
fn tags_stand_on_a_page() {
    let chat = Tag::Hashtag {
        href: "https://bourg.example/tags/chat".into(),
        name: "#chat".into(),
    };
    let list = format!("{ACTOR}/tags");
    assert_snapshot!("featured_tags", shown(&Heap::whole(list, vec![chat])));
}
