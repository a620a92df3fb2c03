//! The page of one post with its thread, and its deletion.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::extract::Path;
use parvis_model::{audience::Audience, id::Id, refusal::Refusal};
use parvis_town::{
    Failure, PostView, posts,
    threads::{self, Thread},
};

use crate::{
    asked::local_path,
    card::Card,
    fault::Fault,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, id, redirect},
    people::ConfirmPage,
    write::{Composing, greeting},
};

#[derive(Template)]
#[template(path = "post.html")]
pub struct PostPage<'a> {
    pub page: &'a Frame,
    /// Of the author.
    pub name: &'a str,
    pub indexable: bool,
    pub cards: Vec<Card<'a>>,
    /// The form for an answer, under the chosen post.
    pub compose: Option<Composing>,
    pub form: Typed,
}

pub async fn thread(page: Page, Path((acct, post)): Path<(String, String)>) -> Answer {
    let thread = threads::around(&page.town, &page.viewer, id(&post)?).await?;
    if thread.post.path != format!("/@{acct}/{post}") {
        return Ok(redirect(&thread.post.path));
    }
    let compose = page
        .user
        .as_ref()
        .map(|_| Composing::answer(thread.post.clone()));
    let text = page
        .user
        .as_ref()
        .map_or(String::new(), |user| greeting(&thread.post, user.account));
    html(&PostPage {
        page: &page.frame,
        name: &thread.post.author.display_name,
        indexable: thread.post.author.indexable && thread.post.audience == Audience::Public,
        cards: cards(&thread),
        compose,
        form: Typed::new([("text", text)].into_iter().collect()),
    })
}

/// The whole thread in reading order; answers step in under what they answer.
pub fn cards(thread: &Thread) -> Vec<Card<'_>> {
    let authors: HashMap<Id, &PostView> = thread
        .ancestors
        .iter()
        .chain([&thread.post])
        .chain(&thread.descendants)
        .map(|post| (post.id, post))
        .collect();
    let mut depths: HashMap<Id, usize> = HashMap::new();
    let mut cards: Vec<Card<'_>> = Vec::with_capacity(authors.len());
    for post in &thread.ancestors {
        cards.push(Card::new(post));
    }
    cards.push(Card::new(&thread.post).chosen());
    for post in &thread.descendants {
        let depth = post
            .reply_to
            .and_then(|id| depths.get(&id))
            .map_or(1, |depth| depth + 1);
        depths.insert(post.id, depth);
        let question = post.reply_to.and_then(|id| authors.get(&id).copied());
        cards.push(Card::new(post).answering(question).at_depth(depth));
    }
    cards
}

pub async fn confirm_deletion(
    Resident { page, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.t("delete-heading"),
        what: frame.t("delete-what"),
        yes: frame.t("delete-yes"),
        action: format!("{}/supprimer", post.path),
        back: post.path.clone(),
        card: Some(Card::new(&post)),
    })
}

pub async fn delete(
    Resident { page, me, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let post = id(&post)?;
    let own_path = own(&page, post).await?.path;
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { posts::delete(tx, &town, me, post).await })
        })
        .await?;
    // What one comes back to must not be the page that is gone.
    let back = Some(local_path(form.text("retour"))).filter(|back| !back.starts_with(&own_path));
    Ok(page.onward(back.unwrap_or("/"), "done-deleted"))
}

/// A post of the one who looks; those of others are not for these pages.
pub async fn own(page: &Page, post: Id) -> Result<PostView, Fault> {
    let post = posts::view(&page.town, &page.viewer, post).await?;
    if post.mine.is_some_and(|mine| mine.author) && post.boost_of.is_none() {
        Ok(post)
    } else {
        Err(Refusal::not_found().into())
    }
}
