//! Of whom one wants to be told: strangers let through, held back until one has looked, or not told of at all.

use askama::Template;
use parvis_model::refusal::Refusal;
use parvis_town::notifications::{self, NotificationPolicy, Reception};

use crate::{
    devices::{self, Device},
    form::Form,
    frame::Frame,
    notice_choices::NoticeChoices,
    page::{Answer, Resident, html},
};

#[derive(Template)]
#[template(path = "settings_notices.html")]
pub struct NoticesForm<'a> {
    pub page: &'a Frame,
    pub policy: NotificationPolicy,
    pub chosen: NoticeChoices,
    pub device: Device,
}

/// One question of the form.
pub struct Ask {
    pub name: &'static str,
    /// Key of the question.
    pub key: &'static str,
    pub chosen: Reception,
}

impl NoticesForm<'_> {
    pub const CHOICES: [(Reception, &'static str); 3] = [
        (Reception::Accept, "notices-let-through"),
        (Reception::Filter, "notices-hold-back"),
        (Reception::Drop, "notices-drop"),
    ];

    pub fn asks(&self) -> [Ask; 4] {
        let ask = |name, key, chosen| Ask { name, key, chosen };
        let it = self.policy;
        [
            ask("inconnus", "notices-not-following", it.not_following),
            ask("non-abonnes", "notices-not-followers", it.not_followers),
            ask("nouveaux", "notices-new-accounts", it.new_accounts),
            ask("prives", "notices-private", it.private_mentions),
        ]
    }
}

pub async fn form(Resident { page, me, .. }: Resident) -> Answer {
    html(&NoticesForm {
        page: &page.frame,
        policy: notifications::policy(&page.town, me).await?,
        chosen: NoticeChoices::of(&page, me).await?,
        device: devices::of(&page).await?,
    })
}

pub async fn change(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let chosen = |name: &'static str| {
        Reception::parse(form.text(name)).ok_or_else(|| Refusal::invalid(name, "refusal-choice"))
    };
    let before = notifications::policy(&page.town, me).await?;
    let policy = NotificationPolicy {
        not_following: chosen("inconnus")?,
        not_followers: chosen("non-abonnes")?,
        new_accounts: chosen("nouveaux")?,
        private_mentions: chosen("prives")?,
        ..before
    };
    page.write(move |tx, town| Box::pin(notifications::set_policy(tx, town, me, policy)))
        .await?;
    Ok(page.onward("/reglages/avis", "done-saved"))
}
