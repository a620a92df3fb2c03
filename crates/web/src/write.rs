//! Writing and changing posts. What was typed is never lost: a refused form comes back as it was, files included.

mod composing;
mod files;
mod given;
mod sent;

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use parvis_model::{
    audience::Audience,
    clock::Timestamp,
    id::Id,
    policy::Quoters,
    refusal::{Kind, Refusal},
};
use parvis_store::Tx;
use parvis_town::{
    Failure, Outcome, PostView, Rate, Town, drafts, follows, groups, media,
    posts::{self, Compose},
    preferences::{self, PreferenceEdit},
    scheduled, sent_forms,
};

use self::composing::AUDIENCES;
use crate::{
    asked::Asked,
    card::Card,
    fault::{Fault, typed_again, unless_gone},
    frame::{Frame, Typed},
    log_in,
    page::{Answer, Page, Resident, html_with, id},
    polls,
    posts::own,
    quotes,
};

pub use composing::{Composing, Reminder, greeting, tongues};
pub use files::{Attached, upload};
pub use sent::{BODY, Sender, Sent};

#[derive(Template)]
#[template(path = "write.html")]
pub struct WritePage<'a> {
    pub page: &'a Frame,
    pub heading: String,
    pub question: Option<Card<'a>>,
    pub compose: &'a Composing,
    /// Drafts and posts that wait, to be gone on with.
    pub begun: i64,
    pub form: Typed,
}

async fn shown(status: StatusCode, page: &Page, compose: &Composing, form: Typed) -> Answer {
    let heading = match (compose.editing, &compose.answers) {
        (true, _) => "edit-heading",
        (false, Some(_)) => "reply-heading",
        (false, None) if compose.quotes.is_some() => "quote-heading",
        (false, None) => "write-heading",
    };
    let begun = match &page.user {
        // Also when the database is away, since then what was typed is shown all the same.
        Some(user) if status == StatusCode::OK => drafts::count(&page.town, user.account).await?,
        _ => 0,
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
            begun,
            form,
        },
    )
}

/// An empty form with what the resident usually chooses.
async fn usual(page: &Page, me: Id) -> Outcome<Composing> {
    let usual = preferences::of(&page.town, me).await?;
    let tall = Composing::tall(page);
    Ok(Composing {
        quoters: usual.quoters,
        audience: tall.choosable(&page.frame, usual.audience),
        language: usual.language.unwrap_or_else(|| tall.language.clone()),
        sensitive: usual.sensitive,
        servers: Some(follows::servers_behind(&page.town, me).await?),
        ..tall
    })
}

pub async fn form(Resident { page, me, .. }: Resident) -> Answer {
    let mut compose = usual(&page, me).await?;
    let mut values = Asked::default();
    if let Some(draft) = page.query.id("brouillon") {
        let draft = drafts::view(&page.town, me, draft).await?;
        compose.draft = Some(draft.id);
        values = given::back(&page, &mut compose, draft.post, draft.media, draft.due_at).await?;
    } else if let Some(waiting) = page.query.id("programme") {
        let waiting = scheduled::view(&page.town, me, waiting).await?;
        compose.scheduled = Some(waiting.id);
        let (post, files, at) = (waiting.post, waiting.media, Some(waiting.due_at));
        values = given::back(&page, &mut compose, post, files, at).await?;
    } else {
        values.add("text", asked_text(&page, me, &mut compose).await?);
        if compose.sensitive {
            values.add("sensible", "1");
        }
    }
    shown(StatusCode::OK, &page, &compose, Typed::new(values)).await
}

/// What the text begins with, by where the reader comes from.
async fn asked_text(page: &Page, me: Id, compose: &mut Composing) -> Outcome<String> {
    if let Some(question) = page.query.id("reponse") {
        let question = posts::view(&page.town, &page.viewer, question).await?;
        if groups::is_closed(&page.town, question.id).await? {
            return Err(Refusal::forbidden("refusal-thread-closed").into());
        }
        let text = greeting(&question, me);
        compose.answers = Some(question);
        compose.audience = compose.choosable(&page.frame, compose.audience);
        return Ok(text);
    }
    if let Some(quoted) = page.query.id("citation") {
        let quoted = posts::view(&page.town, &page.viewer, quoted).await?;
        if !quoted.audience.is_open() {
            compose.audience = compose.choosable(&page.frame, quoted.audience);
        }
        compose.quotes = Some(quoted);
    } else if let Some(acct) = page.query.some("a") {
        compose.audience = Audience::Direct;
        return Ok(format!("@{acct} "));
    }
    Ok(page.query.text("texte").to_owned())
}

/// Buttons of the form that only change it.
pub const LOOKS: [&str; 4] = ["plus", "avancer", "reculer", "retirer"];

/// What is to become of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Publish,
    Save,
    /// To be seen again, with its files put in order.
    Look,
}

impl Wish {
    fn of(values: &Asked) -> Self {
        if values.on("garder") {
            Self::Save
        } else if LOOKS.iter().any(|name| values.has(name)) {
            Self::Look
        } else {
            Self::Publish
        }
    }
}

pub async fn publish(mut sent: Sent) -> Answer {
    let me = match sent.sender() {
        Sender::Nobody => return log_in::with_text(&sent.page, &sent.values),
        Sender::Unsure(me) | Sender::Resident(me) => me,
    };
    if is_anothers(&sent.values, me) {
        return Err(Fault::NotAuthor);
    }
    let (mut compose, gone) = asked_for(&sent.page, me, &sent.values).await?;
    let mark = mark(&sent);
    if let (Sender::Resident(_), Some(mark)) = (sent.sender(), &mark)
        && sent_forms::was_sent(&sent.page.town, me, mark).await?
    {
        return Ok(done_before(&sent.page, &sent.values, &compose));
    }
    let (kept, trouble) = files::kept(&mut sent, me).await;
    compose.kept = kept;
    let Sent { page, values, .. } = &sent;
    let is_sure = matches!(sent.sender(), Sender::Resident(_));
    if !is_sure || gone {
        let why = if gone { "write-gone" } else { "write-unsure" };
        let typed = Typed::new(values.clone()).with_wrong(None, page.frame.t(why));
        return shown(StatusCode::UNPROCESSABLE_ENTITY, page, &compose, typed).await;
    }
    let wish = Wish::of(values);
    let reminds =
        trouble.is_none() && wish == Wish::Publish && is_reminded(page, me, &compose).await?;
    if reminds {
        compose.reminder = Reminder::Shown;
    }
    let done = match (trouble, wish) {
        (Some(trouble), _) => Err(trouble),
        (None, wish) if reminds || wish == Wish::Look => {
            let typed = Typed::new(values.clone());
            return shown(StatusCode::OK, page, &compose, typed).await;
        }
        (None, Wish::Save) => save(page, me, values, &compose, mark).await,
        (None, _) => send(page, me, values, &compose, mark).await,
    };
    match done {
        Ok(Done::Published(post)) => Ok(match &compose.answers {
            Some(question) => page.onward(&format!("{}#m-{post}", question.path), "done-published"),
            None => page.onward("/", "done-published"),
        }),
        Ok(Done::Before) => Ok(done_before(page, values, &compose)),
        Ok(Done::Scheduled) => Ok(page.onward("/brouillons", "done-scheduled")),
        Ok(Done::Saved) => Ok(page.onward("/brouillons", "done-draft-saved")),
        Err(failure) => again(failure, page, &compose, values.clone()).await,
    }
}

/// Are there pictures without a description, and does the resident want to be told before they are published?
async fn is_reminded(page: &Page, me: Id, compose: &Composing) -> Outcome<bool> {
    if !compose.may_remind() || compose.undescribed().next().is_none() {
        return Ok(false);
    }
    Ok(preferences::of(&page.town, me).await?.reminds)
}

/// Was it written here while somebody else was logged in?
pub fn is_anothers(values: &Asked, me: Id) -> bool {
    let author = values.some("auteur");
    author.is_some_and(|author| author != me.to_string())
}

/// What became of a form.
enum Done {
    Published(Id),
    Scheduled,
    Saved,
    /// The same form came before.
    Before,
}

/// As it was answered the first time; an answer leads to what it answers, since nobody knows which of those there it is.
fn done_before(page: &Page, values: &Asked, compose: &Composing) -> Response {
    match Wish::of(values) {
        Wish::Save => page.onward("/brouillons", "done-draft-saved"),
        _ if values.some("quand").is_some() => page.onward("/brouillons", "done-scheduled"),
        _ => {
            let question = compose.answers.as_ref();
            let path = question.map_or("/", |question| &question.path);
            page.onward(path, "done-published")
        }
    }
}

async fn again(failure: Failure, page: &Page, compose: &Composing, values: Asked) -> Answer {
    let typed = Typed::new(values);
    // Something it names is gone meanwhile; what was typed is not.
    if matches!(&failure, Failure::Refused(refusal) if refusal.kind == Kind::NotFound) {
        let typed = typed.with_wrong(None, page.frame.t("write-gone"));
        return shown(StatusCode::UNPROCESSABLE_ENTITY, page, compose, typed).await;
    }
    let (status, typed) = typed_again(failure, typed, page.frame.locale)?;
    shown(status, page, compose, typed).await
}

/// The form as it was sent; and whether a post it names is gone meanwhile.
async fn asked_for(page: &Page, me: Id, values: &Asked) -> Outcome<(Composing, bool)> {
    let mut gone = false;
    let mut compose = Composing::tall(page);
    if let Some(question) = values.id("reponse") {
        compose.answers = still_there(page, question).await?;
        gone |= compose.answers.is_none();
    }
    if let Some(quoted) = values.id("citation") {
        compose.quotes = still_there(page, quoted).await?;
        gone |= compose.quotes.is_none();
    }
    let usual = preferences::of(&page.town, me).await?;
    compose.quoters = quotes::quoters(values).unwrap_or(usual.quoters);
    // The small boxes do not ask for the language.
    let language = values.some("langue").map(str::to_owned);
    if let Some(language) = language.or(usual.language) {
        compose.language = language;
    }
    compose.servers = Some(follows::servers_behind(&page.town, me).await?);
    if let Some(key) = values.some("envoi") {
        key.clone_into(&mut compose.key);
    }
    if !values.on("rappel") {
        compose.reminder = Reminder::Over;
    }
    compose.draft = values.id("brouillon");
    if let Some(waiting) = values.id("programme") {
        let still = scheduled::view(&page.town, me, waiting).await;
        compose.scheduled = unless_gone(still)?.map(|it| it.id);
        gone |= compose.scheduled.is_none();
    }
    let wanted = Audience::parse(values.text("audience")).filter(|it| AUDIENCES.contains(it));
    // A form that names no known audience is not made wider by guessing.
    let wanted = wanted.unwrap_or(Audience::Direct);
    compose.audience = wanted.at_most(compose.widest());
    Ok((compose, gone))
}

async fn still_there(page: &Page, post: Id) -> Outcome<Option<PostView>> {
    unless_gone(posts::view(&page.town, &page.viewer, post).await)
}

/// By which a form that comes a second time is known, with the same in it; nothing where it has no key.
fn mark(sent: &Sent) -> Option<String> {
    sent.values.some("envoi")?;
    sent.digest()
}

/// When it is to be published; nothing where that is now.
fn due(page: &Page, values: &Asked) -> Result<Option<Timestamp>, Refusal> {
    let Some(typed) = values.some("quand") else {
        return Ok(None);
    };
    let unread = || Refusal::invalid("time", "refusal-time");
    let zone = jiff::tz::TimeZone::get(&page.frame.town.time_zone).map_err(|_| unread())?;
    let typed: jiff::civil::DateTime = typed.parse().map_err(|_| unread())?;
    let at = typed.to_zoned(zone).map_err(|_| unread())?;
    Ok(Some(at.timestamp().as_millisecond()))
}

async fn send(
    page: &Page,
    me: Id,
    values: &Asked,
    compose: &Composing,
    mark: Option<String>,
) -> Outcome<Done> {
    page.town.rates().count(Rate::Publish, &me.to_string())?;
    let at = due(page, values)?;
    let typed = typed(values, compose);
    let ready = posts::prepare(&page.town, me, typed.clone()).await?;
    let changes = files::changes(&page.town, &compose.kept).await?;
    let (draft, scheduled) = (compose.draft, compose.scheduled);
    let language = values.some("langue").map(str::to_owned);
    page.write(move |tx, town| {
        Box::pin(async move {
            if !is_first(tx, town, me, mark).await? {
                return Ok(Done::Before);
            }
            for (file, change) in changes {
                media::change(tx, town, me, file, change).await?;
            }
            if let Some(waiting) = scheduled {
                scheduled::cancel(tx, town, me, waiting).await?;
            }
            let done = match at {
                Some(at) => {
                    scheduled::schedule(tx, town, me, typed, at).await?;
                    Done::Scheduled
                }
                None => Done::Published(posts::publish(tx, town, me, ready).await?),
            };
            if let Some(draft) = draft {
                drafts::discard(tx, town, me, draft).await?;
            }
            remember(tx, town, me, language).await?;
            Ok(done)
        })
    })
    .await
}

async fn is_first(tx: &Tx, town: &Town, me: Id, mark: Option<String>) -> Outcome<bool> {
    match mark {
        Some(mark) => sent_forms::is_first(tx, town, me, &mark).await,
        None => Ok(true),
    }
}

/// The language one chose last is the one offered next.
async fn remember(tx: &Tx, town: &Town, me: Id, language: Option<String>) -> Outcome<()> {
    let Some(language) = language else {
        return Ok(());
    };
    let edit = PreferenceEdit {
        language: Some(language),
        ..PreferenceEdit::default()
    };
    preferences::set(tx, town, me, edit).await
}

async fn save(
    page: &Page,
    me: Id,
    values: &Asked,
    compose: &Composing,
    mark: Option<String>,
) -> Outcome<Done> {
    let typed = typed(values, compose);
    let at = due(page, values)?;
    let changes = files::changes(&page.town, &compose.kept).await?;
    let (draft, scheduled) = (compose.draft, compose.scheduled);
    page.write(move |tx, town| {
        Box::pin(async move {
            if !is_first(tx, town, me, mark).await? {
                return Ok(Done::Before);
            }
            for (file, change) in changes {
                media::change(tx, town, me, file, change).await?;
            }
            // A post that was to wait for its time waits for its author instead.
            if let Some(waiting) = scheduled {
                scheduled::cancel(tx, town, me, waiting).await?;
            }
            drafts::save(tx, town, me, draft, typed, at).await?;
            Ok(Done::Saved)
        })
    })
    .await
}

/// What somebody typed whose session had ended meanwhile, kept as soon as it is known who they are: where to go on with it.
pub async fn keep_typed(page: &Page, me: Id, values: &Asked) -> Outcome<String> {
    let (mut compose, _) = asked_for(page, me, values).await?;
    // What they may see is not known before they are in; it is looked at when the draft is opened.
    compose.answers = None;
    compose.quotes = None;
    compose.audience = Audience::parse(values.text("audience"))
        .filter(|it| AUDIENCES.contains(it))
        .unwrap_or(Audience::Direct);
    let post = Compose {
        reply_to: values.id("reponse"),
        quote: values.id("citation"),
        media: values.ids("garde"),
        ..self::typed(values, &compose)
    };
    let (at, draft) = (due(page, values)?, compose.draft);
    let draft = page
        .write(move |tx, town| Box::pin(drafts::save(tx, town, me, draft, post, at)))
        .await?;
    Ok(format!("/ecrire?brouillon={draft}"))
}

/// The same in the form again, where it could not be kept.
pub async fn typed_before(page: Page, me: Id, values: Asked, why: Failure) -> Answer {
    let mut sent = Sent::new(page, values);
    let (mut compose, _) = asked_for(&sent.page, me, &sent.values).await?;
    (compose.kept, _) = files::kept(&mut sent, me).await;
    again(why, &sent.page, &compose, sent.values).await
}

fn typed(values: &Asked, compose: &Composing) -> Compose {
    Compose {
        text: values.text("text").to_owned(),
        summary: values.text("summary").to_owned(),
        sensitive: values.on("sensible"),
        language: Some(compose.language.clone()).filter(|language| !language.is_empty()),
        audience: compose.audience,
        reply_to: compose.answers.as_ref().map(|question| question.id),
        media: compose.kept.iter().map(|it| it.file.id).collect(),
        poll: polls::asked(values),
        quote: compose.quotes.as_ref().map(|quoted| quoted.id),
        quoters: if compose.editing {
            quotes::quoters(values)
        } else {
            Some(compose.quoters)
        },
    }
}

pub async fn edit_form(
    Resident { page, .. }: Resident,
    Path((_, post)): Path<(String, String)>,
) -> Answer {
    let post = own(&page, id(&post)?).await?;
    let mut values = Asked::of([
        ("text", post.source.clone().unwrap_or_default()),
        ("summary", post.summary.clone()),
    ]);
    if post.sensitive {
        values.add("sensible", "1");
    }
    let compose = editing(&page, &post);
    shown(StatusCode::OK, &page, &compose, Typed::new(values)).await
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
        kept: post.media.iter().cloned().map(Attached::from).collect(),
        quoters: Quoters::of(post.quoting.allowed),
        ..Composing::tall(page)
    }
}

pub async fn edit(Path((_, post)): Path<(String, String)>, mut sent: Sent) -> Answer {
    let me = match sent.sender() {
        Sender::Nobody => return log_in::with_text(&sent.page, &sent.values),
        Sender::Unsure(me) | Sender::Resident(me) => me,
    };
    let is_sure = matches!(sent.sender(), Sender::Resident(_));
    let post = own(&sent.page, id(&post)?).await?;
    let mut compose = editing(&sent.page, &post);
    if let Some(language) = sent.values.some("langue") {
        compose.language = language.to_owned();
    }
    let (kept, trouble) = files::kept(&mut sent, me).await;
    compose.kept = kept;
    let Sent { page, values, .. } = &sent;
    if !is_sure {
        let typed = Typed::new(values.clone()).with_wrong(None, page.frame.t("write-unsure"));
        return shown(StatusCode::UNPROCESSABLE_ENTITY, page, &compose, typed).await;
    }
    let changed = match (trouble, Wish::of(values)) {
        (Some(trouble), _) => Err(trouble),
        (None, Wish::Look) => {
            let typed = Typed::new(values.clone());
            return shown(StatusCode::OK, page, &compose, typed).await;
        }
        (None, Wish::Publish | Wish::Save) => change(page, me, &post, values, &compose).await,
    };
    match changed {
        Ok(()) => Ok(page.onward(&post.path, "done-edited")),
        Err(failure) => again(failure, page, &compose, values.clone()).await,
    }
}

async fn change(
    page: &Page,
    me: Id,
    post: &PostView,
    values: &Asked,
    compose: &Composing,
) -> Outcome<()> {
    let asked = Compose {
        reply_to: post.reply_to,
        quote: post
            .quote
            .as_ref()
            .and_then(|quote| quote.post.as_ref())
            .map(|it| it.id),
        // What people have voted on stays as it is.
        poll: None,
        ..typed(values, compose)
    };
    let mut draft = posts::prepare(&page.town, me, asked).await?;
    let changes = files::changes(&page.town, &compose.kept).await?;
    draft.redescribed = !changes.is_empty();
    let post = post.id;
    page.write(move |tx, town| {
        Box::pin(async move {
            for (file, change) in changes {
                media::change(tx, town, me, file, change).await?;
            }
            posts::edit(tx, town, me, post, draft).await
        })
    })
    .await
}
