//! Of what one is told, and where: on the page, on one's devices, by letter.

use parvis_model::id::Id;
use parvis_town::{
    Outcome,
    notifications::{self, Choices, NotificationKind, Ticked},
};

use crate::{
    form::Form,
    frame::Frame,
    page::{Answer, Page, Resident},
};

/// The table of the settings.
pub struct NoticeChoices {
    pub choices: Choices,
    /// `None`: the town sends no letters; `false`: there is no address to send them to.
    pub reached: Option<bool>,
}

/// One line of it.
pub struct Line {
    pub kind: &'static str,
    /// Key of the words for it.
    pub key: &'static str,
    pub on_page: bool,
    pub by_push: bool,
    pub by_letter: bool,
}

impl NoticeChoices {
    pub async fn of(page: &Page, me: Id) -> Outcome<Self> {
        Ok(Self {
            choices: notifications::choices(&page.town, me).await?,
            reached: notifications::reach_by_letter(&page.town, me).await?,
        })
    }

    /// What only the staff are told of is shown to them alone.
    pub fn lines(&self, frame: &Frame) -> Vec<Line> {
        let (it, me) = (&self.choices, frame.me.as_ref());
        NotificationKind::ALL
            .into_iter()
            .filter(|kind| me.is_some_and(|me| kind.is_for(me.role)))
            .map(|kind| Line {
                kind: kind.as_str(),
                key: named(kind),
                on_page: !it.off_page.contains(&kind),
                by_push: !it.off_push.contains(&kind),
                by_letter: it.by_letter.contains(&kind),
            })
            .collect()
    }
}

fn named(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "choice-mention",
        NotificationKind::Post => "choice-post",
        NotificationKind::Favourite => "choice-favourite",
        NotificationKind::Boost => "choice-boost",
        NotificationKind::Follow => "choice-follow",
        NotificationKind::FollowRequest => "choice-follow-request",
        NotificationKind::SignUp => "choice-sign-up",
        NotificationKind::Report => "choice-report",
        NotificationKind::Neighbour => "choice-neighbour",
        NotificationKind::Edit => "choice-edit",
        NotificationKind::Poll => "choice-poll",
        NotificationKind::Quote => "choice-quote",
        NotificationKind::QuotedEdit => "choice-quoted-edit",
    }
}

pub async fn choose(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let ticked = |name: &str| {
        let words = form.values.texts(name);
        words.filter_map(NotificationKind::parse).collect()
    };
    let ticked = Ticked {
        on_page: ticked("page"),
        by_push: ticked("appareil"),
        by_letter: ticked("lettre"),
    };
    page.write(move |tx, town| {
        Box::pin(async move { notifications::choose(tx, town, &user, ticked).await })
    })
    .await?;
    Ok(page.onward("/reglages/avis", "done-saved"))
}
