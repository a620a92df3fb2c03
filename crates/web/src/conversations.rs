//! Messages among few, shown as chats: the newest at the bottom, with a field to answer. Sending is posting for the people
//! named; holds no rule.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use parvis_model::{
    audience::Audience, clock::Timestamp, handle::Handle, id::Id, page::Page as Piece,
    refusal::Refusal, text,
};
use parvis_town::{
    AccountView, Outcome, PostView, Rate, accounts,
    conversations::{self, ConversationView, Exchange, Message},
    follows, posts, reach, thread_mutes,
};

use crate::{
    asked::Asked,
    card::Card,
    fault::{typed_again, unless_gone},
    form::Form,
    frame::{Frame, Pages, Typed},
    log_in,
    page::{Answer, Page, Resident, html, html_with, id, redirect},
    people::ConfirmPage,
    write::{Sender, Sent},
};

/// Signs of the last message shown in the list.
const EXCERPT: usize = 160;
/// People one new message can go to.
const RECIPIENTS: usize = 10;
/// People offered while one types to whom it goes.
const OFFERED: u64 = 40;

#[derive(Template)]
#[template(path = "conversations.html")]
pub struct ConversationsPage<'a> {
    pub page: &'a Frame,
    pub rows: Vec<Row>,
    pub pages: Pages,
}

/// A conversation in the list.
pub struct Row {
    pub id: Id,
    pub who: AccountView,
    pub names: String,
    pub excerpt: String,
    pub mine: bool,
    pub unread: bool,
    pub muted: bool,
    pub at: Timestamp,
}

#[derive(Template)]
#[template(path = "conversation.html")]
pub struct ConversationPage<'a> {
    pub page: &'a Frame,
    pub id: Id,
    pub names: String,
    /// As they are addressed; nobody where one writes to oneself.
    pub addressed: String,
    pub people: &'a [AccountView],
    /// Servers elsewhere that keep the messages, too; empty where there is none.
    pub elsewhere: String,
    pub muted: bool,
    /// The last message: what an answer answers.
    pub last: Id,
    /// The oldest first.
    pub bubbles: Vec<Bubble<'a>>,
    pub pages: Pages,
    pub form: Typed,
}

/// One message.
pub struct Bubble<'a> {
    pub card: Card<'a>,
    pub mine: bool,
    /// Without the names of those it is addressed to, where it begins with them.
    pub text: String,
}

#[derive(Template)]
#[template(path = "conversation_new.html")]
pub struct NewConversationPage<'a> {
    pub page: &'a Frame,
    pub offered: Vec<AccountView>,
    pub form: Typed,
}

impl Row {
    pub fn new(frame: &Frame, me: Id, view: ConversationView) -> Option<Self> {
        let words = if view.last.summary.is_empty() {
            text::plain(&without_greeting(&view.last.html))
        } else {
            view.last.summary.clone()
        };
        Some(Self {
            id: view.id,
            names: names(frame, me, &view.people),
            mine: view.last.author.id == me,
            unread: view.unread,
            muted: is_muted(&view.last),
            at: view.last.created_at,
            excerpt: words.chars().take(EXCERPT).collect(),
            who: view.people.into_iter().next()?,
        })
    }
}

fn is_muted(post: &PostView) -> bool {
    post.mine.is_some_and(|mine| mine.muted)
}

fn names(frame: &Frame, me: Id, people: &[AccountView]) -> String {
    if let [alone] = people
        && alone.id == me
    {
        return frame.t("chat-with-oneself");
    }
    let names: Vec<&str> = people.iter().map(|who| who.display_name.as_str()).collect();
    names.join(", ")
}

impl<'a> ConversationPage<'a> {
    pub fn new(frame: &'a Frame, me: Id, exchange: &'a Exchange, form: Typed) -> Self {
        let (about, messages) = (&exchange.about, &exchange.messages);
        let mut servers: Vec<&str> = about
            .people
            .iter()
            .map(|who| who.domain.as_str())
            .filter(|domain| !domain.is_empty())
            .collect();
        servers.sort_unstable();
        servers.dedup();
        let base = format!("/messages/{}", about.id);
        let is_later = frame.here.contains("avant=");
        Self {
            page: frame,
            id: about.id,
            names: names(frame, me, &about.people),
            addressed: about
                .people
                .iter()
                .filter(|who| who.id != me)
                .flat_map(|who| ["@", &who.acct, " "])
                .collect(),
            people: &about.people,
            elsewhere: servers.join(", "),
            muted: is_muted(&about.last),
            last: about.last.id,
            bubbles: messages
                .items
                .iter()
                .rev()
                .map(|post| Bubble {
                    mine: post.author.id == me,
                    text: without_greeting(&Card::new(post).text()),
                    card: Card::new(post),
                })
                .collect(),
            pages: Pages::new(&base, "avant", is_later, messages.next),
            form,
        }
    }
}

/// A message without the names it begins with: in a chat everybody knows to whom one speaks. Whatever is not exactly a run
/// of mentions stays.
fn without_greeting(html: &str) -> String {
    let (open, mut rest) = match html.strip_prefix("<p>") {
        Some(rest) => ("<p>", rest),
        None => ("", html),
    };
    while let Some(after) = after_mention(rest) {
        rest = after.trim_start_matches(['\u{a0}', ' ', ',']);
    }
    // Somebody who is only named is what the message says.
    if rest.len() + open.len() == html.len() || text::plain(rest).trim().is_empty() {
        return html.to_owned();
    }
    format!("{open}{rest}")
}

fn after_mention(html: &str) -> Option<&str> {
    let end = if html.starts_with("<span class=\"h-card\"") {
        "</a></span>"
    } else {
        let tag = html
            .split('>')
            .next()
            .filter(|tag| tag.starts_with("<a "))?;
        let names_person = tag.contains("mention") && !tag.contains("hashtag");
        names_person.then_some("</a>")?
    };
    let at = html.find(end)? + end.len();
    let mention = &html[..at];
    let closed = mention.matches("</").count();
    // As many tags are closed as are opened, so what is left is as well-formed as before.
    (mention.matches('<').count() == 2 * closed).then(|| &html[at..])
}

/// With `message`, onward to where one reads that: its conversation or, taken from the list, its own page.
pub async fn list(Resident { page, me, .. }: Resident) -> Answer {
    if let Some(message) = page.query.id("message") {
        let conversation = conversations::of_message(&page.town, me, message).await;
        // Where it was taken from the list, the message stands alone.
        return Ok(redirect(&match unless_gone(conversation)? {
            Some(conversation) => newest_of(conversation),
            None => posts::view(&page.town, &page.viewer, message).await?.path,
        }));
    }
    let found = conversations::list(&page.town, me, page.piece()).await?;
    html(&ConversationsPage {
        page: &page.frame,
        pages: Pages::new("/messages", "avant", page.is_later(), found.next),
        rows: found
            .items
            .into_iter()
            .filter_map(|view| Row::new(&page.frame, me, view))
            .collect(),
    })
}

fn newest_of(conversation: Id) -> String {
    format!("/messages/{conversation}#dernier")
}

/// Opening it marks it as read.
pub async fn show(
    Resident { mut page, me, .. }: Resident,
    Path(conversation): Path<String>,
) -> Answer {
    let conversation = id(&conversation)?;
    let exchange = conversations::exchange(&page.town, me, conversation, page.piece()).await?;
    if exchange.about.unread && !page.is_later() {
        page.write(move |tx, town| {
            Box::pin(conversations::set_unread(tx, town, me, conversation, false))
        })
        .await?;
        page.frame.unread_messages = (page.frame.unread_messages - 1).max(0);
    }
    let form = Typed::default();
    html(&ConversationPage::new(&page.frame, me, &exchange, form))
}

pub async fn answer(Path(conversation): Path<String>, sent: Sent) -> Answer {
    let me = match sent.sender() {
        Sender::Nobody => return log_in::with_text(&sent.page, &as_post(&sent.values)),
        Sender::Unsure(me) | Sender::Resident(me) => me,
    };
    let is_sure = matches!(sent.sender(), Sender::Resident(_));
    let Sent { page, values, .. } = sent;
    let conversation = id(&conversation)?;
    let exchange = conversations::exchange(&page.town, me, conversation, Piece::default()).await;
    let Some(exchange) = unless_gone(exchange)? else {
        return gone(&page, me, values).await;
    };
    let about = &exchange.about;
    if !is_sure {
        let form = Typed::new(values).with_wrong(None, page.frame.t("chat-unsure"));
        let shown = ConversationPage::new(&page.frame, me, &exchange, form);
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let shown = values.id("reponse").unwrap_or_default();
    let Some(to) = conversations::still_with(&page.town, me, about, shown).await? else {
        let names = names(&page.frame, me, &about.people);
        let wrong = page.frame.tw("chat-others-now", "names", names);
        let form = Typed::new(values).with_wrong(None, wrong);
        let shown = ConversationPage::new(&page.frame, me, &exchange, form);
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    match unless_gone(say(&page, me, to, values.text("text"), Some(shown)).await) {
        Ok(Some(_)) => Ok(redirect(&newest_of(conversation))),
        Ok(None) => gone(&page, me, values).await,
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(values), page.frame.locale)?;
            let shown = ConversationPage::new(&page.frame, me, &exchange, form);
            html_with(status, &shown)
        }
    }
}

/// The conversation went while one wrote; the message can begin another.
async fn gone(page: &Page, me: Id, values: Asked) -> Answer {
    let form = Typed::new(values).with_wrong(None, page.frame.t("chat-gone"));
    shown_new(StatusCode::UNPROCESSABLE_ENTITY, page, me, form).await
}

/// A message as the form for posts would send it: so it is kept for somebody whose session has ended.
fn as_post(values: &Asked) -> Asked {
    let mut text: String = named(values.text("a"))
        .flat_map(|name| ["@", name.trim_start_matches('@'), " "])
        .collect();
    text.push_str(values.text("text"));
    Asked::of([
        ("text", text),
        ("reponse", values.text("reponse").to_owned()),
        ("audience", Audience::Direct.as_str().to_owned()),
    ])
}

async fn say(page: &Page, me: Id, to: Vec<Id>, text: &str, reply_to: Option<Id>) -> Outcome<Id> {
    page.town.rates().count(Rate::Publish, &me.to_string())?;
    let message = Message {
        to,
        text: text.to_owned(),
        language: Some(page.frame.lang().to_owned()),
        reply_to,
    };
    let draft = conversations::prepare(&page.town, me, message).await?;
    page.write(move |tx, town| Box::pin(posts::publish(tx, town, me, draft)))
        .await
}

pub async fn new_form(Resident { page, me, .. }: Resident) -> Answer {
    let to = page.query.some("a").map(|acct| format!("@{acct}"));
    let form = Typed::new(Asked::of([("a", to.unwrap_or_default())]));
    shown_new(StatusCode::OK, &page, me, form).await
}

async fn shown_new(status: StatusCode, page: &Page, me: Id, form: Typed) -> Answer {
    let piece = Piece::default().limited(OFFERED);
    let offered = follows::followed(&page.town, me, piece).await?;
    html_with(
        status,
        &NewConversationPage {
            page: &page.frame,
            offered: offered.items,
            form,
        },
    )
}

pub async fn begin(sent: Sent) -> Answer {
    let me = match sent.sender() {
        Sender::Nobody => return log_in::with_text(&sent.page, &as_post(&sent.values)),
        Sender::Unsure(me) | Sender::Resident(me) => me,
    };
    let is_sure = matches!(sent.sender(), Sender::Resident(_));
    let Sent { page, values, .. } = sent;
    if !is_sure {
        let form = Typed::new(values).with_wrong(None, page.frame.t("chat-unsure"));
        return shown_new(StatusCode::UNPROCESSABLE_ENTITY, &page, me, form).await;
    }
    match first_message(&page, me, &values).await {
        Ok(message) => {
            let conversation = conversations::of_message(&page.town, me, message).await?;
            Ok(redirect(&newest_of(conversation)))
        }
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(values), page.frame.locale)?;
            shown_new(status, &page, me, form).await
        }
    }
}

async fn first_message(page: &Page, me: Id, values: &Asked) -> Outcome<Id> {
    let to = addressed(page, me, values.text("a")).await?;
    say(page, me, to, values.text("text"), None).await
}

fn named(names: &str) -> impl Iterator<Item = &str> {
    let names = names.split([' ', ',', ';', '\u{a0}']);
    names.filter(|name| !name.is_empty())
}

/// Everybody named must be somebody: a message that reaches fewer people than its author thinks is worse than none.
async fn addressed(page: &Page, me: Id, names: &str) -> Outcome<Vec<Id>> {
    let names: Vec<&str> = named(names).collect();
    if names.is_empty() || names.len() > RECIPIENTS {
        return Err(Refusal::invalid("a", "refusal-recipients")
            .with("limit", RECIPIENTS)
            .into());
    }
    let mut people = Vec::new();
    for name in names {
        let unknown = || Refusal::invalid("a", "refusal-recipient-unknown").with("name", name);
        let handle: Handle = name.parse().map_err(|()| unknown())?;
        let who = match accounts::by_acct(&page.town, name).await? {
            Some(who) => who,
            None => elsewhere(page, me, &handle).await?.ok_or_else(unknown)?,
        };
        people.push(who.id);
    }
    Ok(people)
}

async fn elsewhere(page: &Page, me: Id, handle: &Handle) -> Outcome<Option<AccountView>> {
    let town = &page.town;
    if !town.is_elsewhere(handle) {
        return Ok(None);
    }
    let Some(found) = reach::person(town, me, handle).await? else {
        return Ok(None);
    };
    let found = accounts::views(town, &[found]).await?;
    Ok(found.into_iter().next())
}

pub async fn confirm_deletion(
    Resident { page, me, .. }: Resident,
    Path(conversation): Path<String>,
) -> Answer {
    let view = conversations::view(&page.town, me, id(&conversation)?).await?;
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.t("chat-delete-heading"),
        what: frame.t("chat-delete-what"),
        yes: frame.t("chat-delete-yes"),
        action: format!("/messages/{}/supprimer", view.id),
        back: newest_of(view.id),
        card: None,
    })
}

pub async fn delete(
    Resident { page, me, .. }: Resident,
    Path(conversation): Path<String>,
    _form: Form,
) -> Answer {
    let conversation = id(&conversation)?;
    page.write(move |tx, town| Box::pin(conversations::delete(tx, town, me, conversation)))
        .await?;
    Ok(page.onward("/messages", "done-conversation-deleted"))
}

/// As if one had not opened it.
pub async fn mark_unread(
    Resident { page, me, .. }: Resident,
    Path(conversation): Path<String>,
    _form: Form,
) -> Answer {
    let conversation = id(&conversation)?;
    page.write(move |tx, town| {
        Box::pin(conversations::set_unread(tx, town, me, conversation, true))
    })
    .await?;
    Ok(redirect("/messages"))
}

/// To be told of its messages no more, or again.
pub async fn mute(
    Resident { page, me, .. }: Resident,
    Path(conversation): Path<String>,
    form: Form,
) -> Answer {
    let view = conversations::view(&page.town, me, id(&conversation)?).await?;
    let (post, quiet) = (view.last.id, form.on("taire"));
    page.write(move |tx, town| {
        Box::pin(async move {
            if quiet {
                thread_mutes::mute(tx, town, me, post).await
            } else {
                thread_mutes::unmute(tx, town, me, post).await
            }
        })
    })
    .await?;
    let done = if quiet {
        "done-conversation-muted"
    } else {
        "done-conversation-unmuted"
    };
    Ok(page.onward(&newest_of(view.id), done))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_leaves_out_the_names_a_message_begins_with() {
        for (html, shown) in [
            (
                "<p><a href=\"/@marie\" class=\"u-url mention\">@<span>marie</span></a> Bonjour !</p>",
                "<p>Bonjour !</p>",
            ),
            (
                "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://x.example/@a\" class=\"u-url mention\">@<span>a</span></a></span> \
                 <a class=\"mention\" href=\"https://x.example/@b\">@b</a> salut <a class=\"mention\" href=\"/@c\">@c</a></p>",
                "<p>salut <a class=\"mention\" href=\"/@c\">@c</a></p>",
            ),
        ] {
            assert_eq!(without_greeting(html), shown);
        }
    }

    #[test]
    fn a_message_kept_over_a_log_in_is_for_the_same_people() {
        let values = Asked::of([
            ("a", "@marie, paul@x.example".into()),
            ("text", "Bonjour".into()),
        ]);
        let post = as_post(&values);
        assert_eq!(post.text("text"), "@marie @paul@x.example Bonjour");
        assert_eq!(post.text("audience"), "direct");
    }

    #[test]
    fn what_is_no_run_of_names_stays() {
        for html in [
            "<p>Bonjour <a href=\"/@marie\" class=\"mention\">@marie</a></p>",
            "<p><a href=\"/@marie\" class=\"mention\">@marie</a></p>",
            "<p><a href=\"/tags/x\" class=\"mention hashtag\">#x</a> oui</p>",
            "<p><a href=\"https://x.example\">là</a> oui</p>",
            "<p><span class=\"h-card\"><b><span><a href=\"/@a\">@a</a></span> oui</b></span></p>",
            "",
        ] {
            assert_eq!(without_greeting(html), html);
        }
    }
}
