//! Lists of posts that are not the square itself: one's favourites and bookmarks, one's groups, what others elsewhere write.

use std::collections::HashSet;

use askama::Template;
use parvis_model::{id::Id, page::Page as Piece};
use parvis_town::{
    AccountView, Paged, PostView, follows,
    timelines::{self, Scope},
};

use crate::{
    frame::{Frame, Number, Pages},
    page::{Answer, Page, Resident, html},
};

#[derive(Template)]
#[template(path = "list.html")]
pub struct ListPage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub note: String,
    pub empty: String,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "groups.html")]
pub struct GroupsPage<'a> {
    pub page: &'a Frame,
    /// The last joined first.
    pub groups: Vec<AccountView>,
    pub group_pages: Pages,
    pub posts: Vec<PostView>,
    pub pages: Pages,
}

pub async fn favourites(Resident { page, me, .. }: Resident) -> Answer {
    let list = timelines::favourites(&page.town, me, page.piece()).await?;
    let words = ["nav-favourites", "favourites-what", "favourites-empty"];
    of_posts(&page, list, "/favoris", words)
}

pub async fn bookmarks(Resident { page, me, .. }: Resident) -> Answer {
    let list = timelines::bookmarks(&page.town, me, page.piece()).await?;
    let words = ["nav-bookmarks", "bookmarks-what", "bookmarks-empty"];
    of_posts(&page, list, "/signets", words)
}

/// What is written in the neighbour towns.
pub async fn neighbours(Resident { page, me, .. }: Resident) -> Answer {
    let list = timelines::neighbours(&page.town, me, page.piece()).await?;
    let words = ["neighbours", "neighbours-what", "neighbours-empty"];
    of_posts(&page, list, "/voisins", words)
}

/// What people of other towns write for everyone, as far as it came here.
pub async fn elsewhere(Resident { page, .. }: Resident) -> Answer {
    let list = timelines::public(&page.town, &page.viewer, Scope::Remote, page.piece()).await?;
    let words = ["elsewhere", "elsewhere-what", "elsewhere-empty"];
    of_posts(&page, list, "/ailleurs", words)
}

fn of_posts(
    page: &Page,
    list: Paged<PostView>,
    base: &str,
    [heading, note, empty]: [&str; 3],
) -> Answer {
    html(&ListPage {
        page: &page.frame,
        heading: page.frame.t(heading),
        note: page.frame.t(note),
        empty: page.frame.t(empty),
        pages: Pages::of_posts(base, page.is_later(), &list),
        posts: list.items,
    })
}

pub async fn groups(Resident { page, me, .. }: Resident) -> Answer {
    let from = page.query.id("groupes");
    let groups = follows::groups(&page.town, me, Piece::older_than(from)).await?;
    let posts = timelines::groups(&page.town, me, page.piece()).await?;
    html(&GroupsPage {
        page: &page.frame,
        group_pages: Pages::new("/groupes", "groupes", from.is_some(), groups.next),
        groups: groups.items,
        pages: Pages::of_posts("/groupes", page.is_later(), &posts),
        posts: each_once(posts.items),
    })
}

/// A post that stands on the page itself is not shown again as shared; one shared by several people, once.
pub fn each_once(posts: Vec<PostView>) -> Vec<PostView> {
    let mut shown: HashSet<Id> = posts
        .iter()
        .filter(|post| post.boost_of.is_none())
        .map(|post| post.id)
        .collect();
    posts
        .into_iter()
        .filter(|post| {
            post.boost_of
                .as_ref()
                .is_none_or(|original| shown.insert(original.id))
        })
        .collect()
}

impl Frame {
    pub fn is_me(&self, account: impl Number) -> bool {
        let account = account.number();
        self.me.as_ref().is_some_and(|me| me.account.id == account)
    }
}
