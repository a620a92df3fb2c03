//! Writing and changing posts. Text that was typed is never lost: a refused form comes back as it was, pictures included.

use std::{ops::RangeInclusive, sync::Arc};

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use parvis_model::{audience::Audience, id::Id, limits, policy::Quoters};
use parvis_town::{
    Failure, MediaView, Outcome, PostView, Rate, media,
    posts::{self, Compose},
    preferences,
};

use crate::{
    card::Card,
    fault::{Fault, typed_again},
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html_with, id},
    polls::{self, SPANS, Span},
    posts::own,
    quotes,
};

/// What a person may choose here; `neighbours` and `group` come with agreements and groups.
const AUDIENCES: [Audience; 5] = [
    Audience::Public,
    Audience::Unlisted,
    Audience::Town,
    Audience::Followers,
    Audience::Direct,
];

/// The form in which a post is written.
pub struct Composing {
    /// With everything, on a page of its own.
    pub tall: bool,
    pub editing: bool,
    pub action: String,
    pub audience: Audience,
    pub answers: Option<PostView>,
    /// The post that is to stand inside it.
    pub quotes: Option<PostView>,
    /// Who may quote it.
    pub quoters: Quoters,
    pub language: String,
    /// Pictures that are here already.
    pub kept: Vec<MediaView>,
}

impl Composing {
    /// The box above the home page.
    pub fn quick(audience: Audience) -> Self {
        Self {
            tall: false,
            editing: false,
            action: "/ecrire".into(),
            audience,
            answers: None,
            quotes: None,
            quoters: Quoters::Everyone,
            language: String::new(),
            kept: Vec::new(),
        }
    }

    /// The box under a post.
    pub fn answer(question: PostView) -> Self {
        let audience = offered(question.audience);
        Self {
            answers: Some(question),
            ..Self::quick(audience)
        }
    }

    fn tall(page: &Page) -> Self {
        Self {
            tall: true,
            language: page.frame.lang().to_owned(),
            ..Self::quick(Audience::Public)
        }
    }

    /// Characters of a text.
    pub const LIMIT: usize = limits::POST_TEXT;

    /// An answer never reaches further than what it answers.
    fn widest(&self) -> Audience {
        self.answers
            .as_ref()
            .map_or(Audience::Public, |question| offered(question.audience))
    }

    pub fn audiences(&self) -> Vec<Audience> {
        let widest = self.widest();
        AUDIENCES
            .into_iter()
            .filter(|audience| audience.at_most(widest) == *audience)
            .collect()
    }

    /// May a question be asked with it?
    pub fn may_ask(&self) -> bool {
        self.tall && !self.editing
    }

    /// Places for the answers of a poll: those of most polls …
    pub const ANSWER_PLACES: RangeInclusive<i32> = 1..=4;
    /// … and the others, folded away.
    pub const MORE_ANSWER_PLACES: RangeInclusive<i32> = 5..=limits::POLL_OPTIONS as i32;
    pub const SPANS: [Span; 6] = SPANS;

    pub fn free_slots(&self) -> i32 {
        let free = limits::POST_PICTURES.saturating_sub(self.kept.len());
        if self.tall {
            free as i32
        } else {
            free.min(1) as i32
        }
    }
}

/// The audience itself, or the nearest narrower one that can be chosen.
fn offered(audience: Audience) -> Audience {
    match audience {
        Audience::Neighbours => Audience::Town,
        Audience::Group => Audience::Direct,
        other => other,
    }
}

/// Who is addressed in an answer: the author and all who were named, but not oneself.
pub fn greeting(question: &PostView, me: Id) -> String {
    let author = (question.author.id, &question.author.acct);
    let named = question
        .mentions
        .iter()
        .map(|mention| (mention.id, &mention.acct));
    let mut seen = vec![me];
    let mut text = String::new();
    for (id, acct) in [author].into_iter().chain(named) {
        if !seen.contains(&id) {
            seen.push(id);
            text.extend(["@", acct.as_str(), " "]);
        }
    }
    text
}

#[derive(Template)]
#[template(path = "write.html")]
pub struct WritePage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub question: Option<Card<'a>>,
    pub compose: &'a Composing,
    pub form: Typed,
}

fn shown(status: StatusCode, page: &Page, compose: &Composing, form: Typed) -> Answer {
    let heading = match (compose.editing, &compose.answers) {
        (true, _) => "edit-heading",
        (false, Some(_)) => "reply-heading",
        (false, None) if compose.quotes.is_some() => "quote-heading",
        (false, None) => "write-heading",
    };
    html_with(
        status,
        &WritePage {
            page: &page.frame,
            heading: page.frame.t(heading),
            question: compose
                .answers
                .as_ref()
                .or(compose.quotes.as_ref())
                .map(Card::new),
            compose,
            form,
        },
    )
}

pub async fn form(Resident { page, me, .. }: Resident) -> Answer {
    let mut compose = Composing::tall(&page);
    compose.quoters = preferences::of(&page.town, me).await?.quoters;
    let mut text = page.query.text("texte").to_owned();
    if let Some(question) = page.query.id("reponse") {
        let question = posts::view(&page.town, &page.viewer, question).await?;
        text = greeting(&question, me);
        compose.audience = offered(question.audience);
        compose.answers = Some(question);
    } else if let Some(quoted) = page.query.id("citation") {
        let quoted = posts::view(&page.town, &page.viewer, quoted).await?;
        if !quoted.audience.is_open() {
            compose.audience = offered(quoted.audience);
        }
        compose.quotes = Some(quoted);
    } else if let Some(acct) = page.query.some("a") {
        text = format!("@{acct} ");
        compose.audience = Audience::Direct;
    }
    shown(
        StatusCode::OK,
        &page,
        &compose,
        Typed::new([("text", text)].into_iter().collect()),
    )
}

pub async fn publish(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let mut compose = asked_for(&page, me, &form).await?;
    if form.on("plus") {
        return match keep_pictures(&page, me, &form).await {
            Ok(kept) => {
                compose.kept = kept;
                shown(StatusCode::OK, &page, &compose, Typed::new(form.values))
            }
            Err(failure) => again(failure, &page, &compose, form),
        };
    }
    let back = compose
        .answers
        .as_ref()
        .map(|question| question.path.clone());
    match send(&page, me, &form, &mut compose).await {
        Ok(post) => Ok(match back {
            Some(question) => page.onward(&format!("{question}#m-{post}"), "done-published"),
            None => page.onward("/", "done-published"),
        }),
        Err(failure) => again(failure, &page, &compose, form),
    }
}

fn again(failure: Failure, page: &Page, compose: &Composing, form: Form) -> Answer {
    let (status, typed) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
    shown(status, page, compose, typed)
}

/// The form as it was sent.
async fn asked_for(page: &Page, me: Id, form: &Form) -> Result<Composing, Fault> {
    let mut compose = Composing::tall(page);
    if let Some(question) = form.values.id("reponse") {
        compose.answers = Some(posts::view(&page.town, &page.viewer, question).await?);
    }
    if let Some(quoted) = form.values.id("citation") {
        compose.quotes = Some(posts::view(&page.town, &page.viewer, quoted).await?);
    }
    compose.quoters = match quotes::quoters(form) {
        Some(quoters) => quoters,
        None => preferences::of(&page.town, me).await?.quoters,
    };
    if let Some(language) = form.values.some("langue") {
        compose.language = language.to_owned();
    }
    let wanted = Audience::parse(form.text("audience")).filter(|it| AUDIENCES.contains(it));
    // A form that names no known audience is not made wider by guessing.
    let wanted = wanted.unwrap_or(Audience::Direct);
    compose.audience = wanted.at_most(compose.widest());
    Ok(compose)
}

/// Keeps the pictures first, so that a refused text does not lose them.
async fn send(page: &Page, me: Id, form: &Form, compose: &mut Composing) -> Outcome<Id> {
    page.town.rates().count(Rate::Publish, &me.to_string())?;
    compose.kept = keep_pictures(page, me, form).await?;
    let draft = posts::prepare(&page.town, me, draft(form, compose)).await?;
    let described = descriptions(form, &compose.kept);
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for (picture, words) in described {
                    media::describe(tx, &town, me, picture, &words).await?;
                }
                posts::publish(tx, &town, me, draft).await
            })
        })
        .await
}

fn draft(form: &Form, compose: &Composing) -> Compose {
    Compose {
        text: form.owned("text"),
        summary: form.owned("summary"),
        sensitive: form.on("sensible"),
        language: Some(compose.language.clone()).filter(|language| !language.is_empty()),
        audience: compose.audience,
        reply_to: compose.answers.as_ref().map(|question| question.id),
        media: compose.kept.iter().map(|picture| picture.id).collect(),
        poll: polls::asked(form),
        quote: compose.quotes.as_ref().map(|quoted| quoted.id),
        quoters: if compose.editing {
            quotes::quoters(form)
        } else {
            Some(compose.quoters)
        },
    }
}

/// Pictures kept at an earlier try and not taken back, then the new ones.
async fn keep_pictures(page: &Page, me: Id, form: &Form) -> Outcome<Vec<MediaView>> {
    let removed = form.values.ids("retirer");
    let wanted: Vec<Id> = form
        .values
        .ids("garde")
        .into_iter()
        .filter(|id| !removed.contains(id))
        .collect();
    let mut kept = Vec::new();
    for id in wanted.into_iter().take(limits::POST_PICTURES) {
        kept.push(media::view(&page.town, me, id).await?.0);
    }
    for n in 1..=limits::POST_PICTURES {
        if let Some(bytes) = form.file(&format!("image-{n}")) {
            let words = form.owned(&format!("description-image-{n}"));
            kept.push(media::keep(&page.town, me, bytes.to_vec(), &words).await?);
        }
    }
    Ok(kept)
}

/// New words for pictures that were here before.
fn descriptions(form: &Form, kept: &[MediaView]) -> Vec<(Id, String)> {
    kept.iter()
        .filter_map(|picture| {
            let name = format!("description-{}", picture.id);
            let words = form.owned(&name);
            (form.values.has(&name) && words != picture.description).then_some((picture.id, words))
        })
        .collect()
}

pub async fn edit_form(
    Resident { page, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    let form = [
        ("text", post.source.clone().unwrap_or_default()),
        ("summary", post.summary.clone()),
        (
            "sensible",
            if post.sensitive {
                "1".into()
            } else {
                String::new()
            },
        ),
    ];
    let compose = editing(&page, &post);
    shown(
        StatusCode::OK,
        &page,
        &compose,
        Typed::new(form.into_iter().collect()),
    )
}

fn editing(page: &Page, post: &PostView) -> Composing {
    let language = post
        .language
        .clone()
        .unwrap_or_else(|| page.frame.lang().to_owned());
    Composing {
        editing: true,
        action: format!("{}/modifier", post.path),
        audience: post.audience,
        language,
        kept: post.media.clone(),
        quoters: Quoters::of(post.quoting.allowed),
        ..Composing::tall(page)
    }
}

pub async fn edit(
    Resident { page, me, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    let mut compose = editing(&page, &post);
    if let Some(language) = form.values.some("langue") {
        compose.language = language.to_owned();
    }
    match change(&page, me, &post, &form, &mut compose).await {
        Ok(()) => Ok(page.onward(&post.path, "done-edited")),
        Err(failure) => again(failure, &page, &compose, form),
    }
}

async fn change(
    page: &Page,
    me: Id,
    post: &PostView,
    form: &Form,
    compose: &mut Composing,
) -> Outcome<()> {
    compose.kept = keep_pictures(page, me, form).await?;
    let asked = Compose {
        reply_to: post.reply_to,
        quote: post
            .quote
            .as_ref()
            .and_then(|quote| quote.post.as_ref())
            .map(|it| it.id),
        // What people have voted on stays as it is.
        poll: None,
        ..draft(form, compose)
    };
    let mut draft = posts::prepare(&page.town, me, asked).await?;
    let described = descriptions(form, &compose.kept);
    draft.redescribed = !described.is_empty();
    let (town, post) = (Arc::clone(&page.town), post.id);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                for (picture, words) in described {
                    media::describe(tx, &town, me, picture, &words).await?;
                }
                posts::edit(tx, &town, me, post, draft).await
            })
        })
        .await
}
