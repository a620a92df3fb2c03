//! The page of one post with its thread, and its deletion.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::Path;
use parvis_model::{audience::Audience, id::Id, policy::Quoters, refusal::Refusal};
use parvis_town::{
    Outcome, PostView, drafts, follows, media,
    polls::NewPoll,
    posts::{self, Compose},
    preferences,
    threads::{
        self, Thread,
        errands::{self, Asking},
    },
};

use crate::{
    asked::local_path,
    card::Card,
    fault::Fault,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, id, redirect},
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
    /// One is told of nothing in it any more.
    pub muted: bool,
    /// More of it may lie elsewhere than is here.
    pub from_elsewhere: bool,
    /// The post that one looks at.
    pub chosen: Id,
    pub form: Typed,
}

pub async fn thread(page: Page, Path((acct, post)): Path<(String, String)>) -> Answer {
    let thread = threads::around(&page.town, &page.viewer, id(&post)?).await?;
    if thread.post.path != format!("/@{acct}/{post}") {
        return Ok(redirect(&thread.post.path));
    }
    let cards = cards(&thread);
    let is_closed = cards.iter().any(|card| card.chosen && card.closed);
    let compose = match page.user.as_ref().filter(|_| !is_closed) {
        Some(user) => Some(Composing {
            servers: Some(follows::servers_behind(&page.town, user.account).await?),
            sensitive: preferences::of(&page.town, user.account).await?.sensitive,
            ..Composing::answer(thread.post.clone())
        }),
        None => None,
    };
    let text = page
        .user
        .as_ref()
        .map_or(String::new(), |user| greeting(&thread.post, user.account));
    html(&PostPage {
        page: &page.frame,
        name: &thread.post.author.display_name,
        indexable: thread.post.author.indexable && thread.post.audience == Audience::Public,
        cards,
        compose,
        muted: thread.post.mine.is_some_and(|mine| mine.muted),
        from_elsewhere: thread.reaches_elsewhere(),
        chosen: thread.post.id,
        form: Typed::new([("text", text)].into_iter().collect()),
    })
}

/// Has other servers asked for more of the thread.
pub async fn ask_elsewhere(
    Resident { page, me, .. }: Resident,
    Path(post): Path<String>,
    form: Form,
) -> Answer {
    let post = id(&post)?;
    let asking = page
        .write(move |tx, town| Box::pin(errands::ask(tx, town, me, post)))
        .await?;
    let done = match asking {
        Asking::Begun => "done-thread-asked",
        Asking::Lately => "done-thread-asked-lately",
        Asking::TooMany => "done-thread-not-asked",
    };
    Ok(page.onward(local_path(form.text("retour")), done))
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
    let mut closed = HashSet::new();
    let mut is_under = |post: &PostView| {
        let above = post.reply_to.is_some_and(|above| closed.contains(&above));
        if above || post.closed {
            closed.insert(post.id);
        }
        above
    };
    for post in &thread.ancestors {
        cards.push(Card::new(post).closed(is_under(post)));
    }
    let chosen = Card::new(&thread.post).chosen();
    cards.push(chosen.closed(is_under(&thread.post)));
    for post in &thread.descendants {
        let depth = post
            .reply_to
            .and_then(|id| depths.get(&id))
            .map_or(1, |depth| depth + 1);
        depths.insert(post.id, depth);
        let question = post.reply_to.and_then(|id| authors.get(&id).copied());
        let card = Card::new(post).answering(question).at_depth(depth);
        cards.push(card.closed(is_under(post)));
    }
    cards
}

#[derive(Template)]
#[template(path = "delete.html")]
pub struct DeletePage<'a> {
    pub page: &'a Frame,
    pub card: Card<'a>,
}

pub async fn confirm_deletion(
    Resident { page, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    html(&DeletePage {
        page: &page.frame,
        card: Card::new(&post),
    })
}

pub async fn delete(
    Resident { page, me, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    if form.on("recrire") {
        let draft = write_anew(&page, me, &post).await?;
        return Ok(page.onward(&format!("/ecrire?brouillon={draft}"), "done-anew"));
    }
    let id = post.id;
    page.write(move |tx, town| Box::pin(posts::delete(tx, town, me, id)))
        .await?;
    // What one comes back to must not be the page that is gone.
    let back = Some(local_path(form.text("retour"))).filter(|back| !back.starts_with(&post.path));
    Ok(page.onward(back.unwrap_or("/"), "done-deleted"))
}

/// Deletes a post and keeps what it was as a draft, its files under new names; all or nothing.
async fn write_anew(page: &Page, me: Id, post: &PostView) -> Outcome<Id> {
    let aside = media::set_aside(&page.town, post.id).await?;
    let (kept, id, again) = (aside.files(), post.id, again(post));
    let drafted = page
        .write(move |tx, town| {
            Box::pin(async move {
                media::detach(tx, town, me, id, aside).await?;
                posts::delete(tx, town, me, id).await?;
                drafts::save(tx, town, me, None, again, None).await
            })
        })
        .await;
    media::unless_refused(&page.town, kept, drafted).await
}

/// What would have to be typed for it.
fn again(post: &PostView) -> Compose {
    let poll = post.poll.as_ref().map(|poll| NewPoll {
        options: poll.options.iter().map(|it| it.title.clone()).collect(),
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
        lasts: poll.expires_at.map_or(0, |at| at - post.created_at),
    });
    let quoted = post.quote.as_ref().and_then(|quote| quote.post.as_ref());
    Compose {
        text: post.source.clone().unwrap_or_default(),
        summary: post.summary.clone(),
        sensitive: post.sensitive,
        language: post.language.clone(),
        audience: post.audience,
        reply_to: post.reply_to,
        media: post.media.iter().map(|file| file.id).collect(),
        poll,
        quote: quoted.map(|it| it.id),
        quoters: Some(Quoters::of(post.quoting.allowed)),
    }
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
