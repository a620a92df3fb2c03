//! Notices: who answered, followed, liked; those that say the same told together. Looking at all of them marks them as read.

use askama::Template;
use axum::extract::Path;
use parvis_model::{audience::Audience, clock::Timestamp, id::Id, refusal::Refusal, text};
use parvis_town::{
    AccountView, PostView,
    interactions::waiting,
    notifications::{
        self, GroupView, Grouped, NotificationKind, NotificationView, RequestView, Wanted,
    },
};

use crate::{
    fault::unless_gone,
    form::Form,
    frame::{Frame, Pages},
    page::{Answer, Page, Resident, html, id, redirect},
    people::ConfirmPage,
};

/// Signs of the post shown under a notice.
const EXCERPT: usize = 280;
/// Faces shown of those who did the same.
const FACES: usize = 6;

/// To what a notice is about, from one that came to a device.
pub async fn open(Resident { page, me, .. }: Resident, Path(notice): Path<String>) -> Answer {
    let notice = notifications::view(&page.town, me, id(&notice)?).await;
    let Some(notice) = unless_gone(notice)? else {
        return Ok(redirect("/avis"));
    };
    let is_staff = page.frame.is_staff();
    let way = match (&notice.post, notice.kind) {
        (Some(post), _) => post.path.clone(),
        (None, NotificationKind::FollowRequest) => "/demandes".into(),
        (None, NotificationKind::SignUp) if is_staff => "/mairie/inscriptions".into(),
        (None, NotificationKind::Report) if is_staff => "/mairie/signalements".into(),
        (None, NotificationKind::Neighbour) if page.frame.is_admin() => "/mairie/voisins".into(),
        (None, kind) if kind.is_for_staff() => "/avis".into(),
        (None, _) => notice.from.path.clone(),
    };
    Ok(redirect(&way))
}

#[derive(Template)]
#[template(path = "notices.html")]
pub struct NoticesPage<'a> {
    pub page: &'a Frame,
    pub shown: Tab,
    pub notices: Vec<Notice>,
    /// How many strangers wait to be let through …
    pub held: i64,
    /// … and how much of what they do waits to be looked at.
    pub waiting: i64,
    pub pages: Pages,
}

#[derive(Template)]
#[template(path = "notice_requests.html")]
pub struct HeldPage<'a> {
    pub page: &'a Frame,
    pub held: Vec<Held>,
    pub pages: Pages,
}

/// Which notices one wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    All,
    Mentions,
    Liked,
    Followers,
}

impl Tab {
    pub const ALL: [Self; 4] = [Self::All, Self::Mentions, Self::Liked, Self::Followers];

    fn read(word: &str) -> Self {
        let named = Self::ALL.into_iter().find(|tab| tab.word() == word);
        named.unwrap_or(Self::All)
    }

    fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Mentions => "mentions",
            Self::Liked => "partages",
            Self::Followers => "abonnes",
        }
    }

    pub fn path(self) -> String {
        match self {
            Self::All => "/avis".into(),
            other => format!("/avis?voir={}", other.word()),
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::All => "notices-all",
            Self::Mentions => "notices-mentions",
            Self::Liked => "notices-liked",
            Self::Followers => "notices-followers",
        }
    }

    fn wanted(self) -> Wanted {
        let kinds: &[NotificationKind] = match self {
            Self::All => return Wanted::default(),
            Self::Mentions => &[NotificationKind::Mention, NotificationKind::Quote],
            Self::Liked => &[NotificationKind::Favourite, NotificationKind::Boost],
            Self::Followers => &[NotificationKind::Follow, NotificationKind::FollowRequest],
        };
        Wanted {
            kinds: Some(kinds.iter().map(|kind| kind.as_str().into()).collect()),
            ..Wanted::default()
        }
    }
}

/// What one or several people did.
#[derive(Clone)]
pub struct Notice {
    /// Who did it last.
    pub from: AccountView,
    pub second: Option<AccountView>,
    /// How many did it besides `from`.
    pub others: i64,
    /// The first of them, where they are several.
    pub faces: Vec<AccountView>,
    pub icon: &'static str,
    /// Key of what happened, read after the names; counts them.
    pub said: &'static str,
    /// Address and beginning of the post it is about.
    pub about: Option<(String, String)>,
    pub asks: bool,
    pub signs_up: bool,
    pub reports: bool,
    /// A town would be a neighbour.
    pub knocks: bool,
    pub unread: bool,
    pub at: Timestamp,
}

impl Notice {
    /// Nothing of a post that the reader's filters keep away.
    pub fn new(frame: &Frame, group: GroupView) -> Option<Self> {
        let unread = group.told.iter().any(|told| told.unread);
        let mut people: Vec<AccountView> = Vec::new();
        for told in &group.told {
            if people.iter().all(|who| who.id != told.from.id) {
                people.push(told.from.clone());
            }
        }
        let newest = group.told.into_iter().next()?;
        if newest.post.as_ref().is_some_and(|it| frame.leaves_out(it)) {
            return None;
        }
        let (icon, said) = said(newest.kind);
        let others = people.len() as i64 - 1;
        let second = people.get(1).filter(|_| others == 1).cloned();
        people.truncate(if others > 0 { FACES } else { 0 });
        let NotificationView { from, post, .. } = newest;
        Some(Self {
            from,
            second,
            others,
            faces: people,
            icon,
            said,
            about: post.map(|post| excerpt(frame, post)),
            asks: newest.kind == NotificationKind::FollowRequest,
            signs_up: newest.kind == NotificationKind::SignUp,
            reports: newest.kind == NotificationKind::Report,
            knocks: newest.kind == NotificationKind::Neighbour,
            unread,
            at: newest.at,
        })
    }

    pub fn count(&self) -> i64 {
        self.others + 1
    }
}

/// An icon, and the key of what is said after the names.
pub fn said(kind: NotificationKind) -> (&'static str, &'static str) {
    match kind {
        NotificationKind::Mention => ("reply", "notice-mention"),
        NotificationKind::Post => ("write", "notice-post"),
        NotificationKind::Favourite => ("heart", "notice-favourite"),
        NotificationKind::Boost => ("share", "notice-boost"),
        NotificationKind::Follow => ("user-plus", "notice-follow"),
        NotificationKind::FollowRequest => ("user-plus", "notice-follow-request"),
        NotificationKind::SignUp => ("me", "notice-sign-up"),
        NotificationKind::Report => ("me", "notice-report"),
        NotificationKind::Neighbour => ("town", "notice-neighbour"),
        NotificationKind::Edit => ("edit", "notice-edit"),
        NotificationKind::Poll => ("poll", "notice-poll"),
        NotificationKind::Quote => ("quote", "notice-quote"),
        NotificationKind::QuotedEdit => ("edit", "notice-quoted-edit"),
    }
}

/// Where a post is read, and how it begins; a private one is read in its conversation.
pub fn excerpt(frame: &Frame, post: PostView) -> (String, String) {
    let words = if let Some(title) = frame.folds(&post) {
        format!("{} {title}", frame.t("filtered-by"))
    } else if post.summary.is_empty() {
        text::plain(&post.html)
    } else {
        post.summary
    };
    let path = if post.audience == Audience::Direct {
        format!("/messages?message={}", post.id)
    } else {
        post.path
    };
    (path, words.chars().take(EXCERPT).collect())
}

pub async fn list(Resident { mut page, me, .. }: Resident) -> Answer {
    let tab = Tab::read(page.query.text("voir"));
    let wanted = notifications::on_page(&page.town, me, tab.wanted()).await?;
    let piece = page.piece();
    let found = notifications::groups(&page.town, me, &wanted, Grouped::ALL, piece).await?;
    let next = found
        .next
        .filter(|_| found.items.len() as u64 >= piece.limit);
    if page.frame.unread > 0 && tab == Tab::All && !page.is_later() {
        mark_read(&page, me).await?;
        page.frame.unread = 0;
    }
    let (held, _) = notifications::held_counts(&page.town, me).await?;
    let waiting = waiting::count(&page.town, me).await?;
    let groups = found.items.into_iter();
    html(&NoticesPage {
        notices: groups
            .filter_map(|group| Notice::new(&page.frame, group))
            .collect(),
        pages: Pages::new(&tab.path(), "avant", page.is_later(), next),
        page: &page.frame,
        shown: tab,
        held,
        waiting,
    })
}

async fn mark_read(page: &Page, me: Id) -> parvis_town::Outcome<()> {
    page.write(move |tx, town| Box::pin(notifications::mark_read(tx, town, me, None)))
        .await
}

pub async fn read(Resident { page, me, .. }: Resident, _form: Form) -> Answer {
    mark_read(&page, me).await?;
    Ok(redirect("/avis"))
}

pub async fn confirm_clearing(Resident { page, .. }: Resident) -> Answer {
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.t("notices-clear-heading"),
        what: frame.t("notices-clear-what"),
        yes: frame.t("notices-clear-yes"),
        action: "/avis/effacer".into(),
        back: "/avis".into(),
        card: None,
    })
}

pub async fn clear(Resident { page, me, .. }: Resident, _form: Form) -> Answer {
    page.write(move |tx, town| Box::pin(notifications::clear(tx, town, me)))
        .await?;
    Ok(page.onward("/avis", "done-notices-cleared"))
}

/// Somebody of whom something is held back.
pub struct Held {
    pub from: AccountView,
    pub count: i64,
    pub at: Timestamp,
    pub about: Option<(String, String)>,
}

impl Held {
    pub fn new(frame: &Frame, request: RequestView) -> Self {
        Self {
            about: request.last_post.map(|post| {
                let path = post.path.clone();
                (path, excerpt(frame, post).1)
            }),
            from: request.from,
            count: request.count,
            at: request.last_at,
        }
    }
}

pub async fn held(Resident { page, me, .. }: Resident) -> Answer {
    let found = notifications::requests(&page.town, me, page.piece()).await?;
    let rows = found.items.into_iter();
    html(&HeldPage {
        page: &page.frame,
        held: rows.map(|row| Held::new(&page.frame, row)).collect(),
        pages: Pages::new("/avis/demandes", "avant", page.is_later(), found.next),
    })
}

pub async fn decide(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let people = form.values.ids("de");
    let done = match form.text("faire") {
        "accepter" => {
            page.write(move |tx, town| {
                Box::pin(async move { notifications::accept(tx, town, me, &people).await })
            })
            .await?;
            "done-held-accepted"
        }
        "ecarter" => {
            page.write(move |tx, town| {
                Box::pin(async move { notifications::turn_away(tx, town, me, &people).await })
            })
            .await?;
            "done-held-dismissed"
        }
        _ => return Err(Refusal::invalid("faire", "refusal-choice").into()),
    };
    Ok(page.onward("/avis/demandes", done))
}
