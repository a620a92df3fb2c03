//! Notices: who answered, followed, liked. Looking at them marks them as read.

use std::sync::Arc;

use askama::Template;
use parvis_model::{clock::Timestamp, text};
use parvis_town::{
    AccountView, Failure,
    notifications::{self, NotificationKind, NotificationView},
};

use crate::{
    frame::{Frame, Pages},
    page::{Answer, Resident, html},
};

/// Signs of the post shown under a notice.
const EXCERPT: usize = 280;

#[derive(Template)]
#[template(path = "notices.html")]
pub struct NoticesPage<'a> {
    pub page: &'a Frame,
    pub notices: Vec<Notice>,
    pub pages: Pages,
}

pub struct Notice {
    pub from: AccountView,
    pub icon: &'static str,
    /// Key of what happened, read after the name.
    pub said: &'static str,
    /// Address and beginning of the post it is about.
    pub about: Option<(String, String)>,
    pub asks: bool,
    pub signs_up: bool,
    pub reports: bool,
    pub unread: bool,
    pub at: Timestamp,
}

impl From<NotificationView> for Notice {
    fn from(view: NotificationView) -> Self {
        let (icon, said) = match view.kind {
            NotificationKind::Mention => ("reply", "notice-mention"),
            NotificationKind::Post => ("write", "notice-post"),
            NotificationKind::Favourite => ("heart", "notice-favourite"),
            NotificationKind::Boost => ("share", "notice-boost"),
            NotificationKind::Follow => ("user-plus", "notice-follow"),
            NotificationKind::FollowRequest => ("user-plus", "notice-follow-request"),
            NotificationKind::SignUp => ("me", "notice-sign-up"),
            NotificationKind::Report => ("me", "notice-report"),
            NotificationKind::Edit => ("edit", "notice-edit"),
            NotificationKind::Poll => ("poll", "notice-poll"),
            NotificationKind::Quote => ("quote", "notice-quote"),
            NotificationKind::QuotedEdit => ("edit", "notice-quoted-edit"),
        };
        Self {
            icon,
            said,
            about: view.post.map(|post| {
                let words = if post.summary.is_empty() {
                    text::plain(&post.html)
                } else {
                    post.summary
                };
                (post.path, words.chars().take(EXCERPT).collect())
            }),
            asks: view.kind == NotificationKind::FollowRequest,
            signs_up: view.kind == NotificationKind::SignUp,
            reports: view.kind == NotificationKind::Report,
            from: view.from,
            unread: view.unread,
            at: view.at,
        }
    }
}

pub async fn list(Resident { mut page, me, .. }: Resident) -> Answer {
    let views = notifications::list(&page.town, me, page.piece()).await?;
    let next = views
        .last()
        .filter(|_| views.len() as u64 >= page.piece().limit)
        .map(|view| view.id);
    if page.frame.unread > 0 && !page.is_later() {
        let town = Arc::clone(&page.town);
        page.town
            .store
            .write::<_, Failure, _>(move |tx| {
                Box::pin(async move { notifications::mark_read(tx, &town, me, None).await })
            })
            .await?;
        page.frame.unread = 0;
    }
    html(&NoticesPage {
        page: &page.frame,
        notices: views.into_iter().map(Notice::from).collect(),
        pages: Pages::new("/avis", "avant", page.is_later(), next),
    })
}
