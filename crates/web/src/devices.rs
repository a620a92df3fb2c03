//! Being told on this very device while no page is open, through the browser's push service.

use parvis_model::refusal::Refusal;
use parvis_town::{
    notifications::NotificationKind,
    push::{self, Asked, Choice, Holder, PushPolicy},
};

use crate::{
    fault::{Fault, unless_gone},
    form::Form,
    page::{Answer, Page, Resident},
};

/// What a page says of the device it is shown on.
pub struct Device {
    /// By which a push service knows the town.
    pub key: String,
    pub told: bool,
}

/// It ends with the log-in of this browser.
fn holder(page: &Page) -> Result<Holder, Fault> {
    let session = page.session.as_ref().ok_or_else(Refusal::not_found)?;
    Ok(Holder::Session(session.id))
}

pub async fn of(page: &Page) -> Result<Device, Fault> {
    let subscription = push::subscription(&page.town, holder(page)?).await;
    Ok(Device {
        key: page.town.push_key.public.clone(),
        told: unless_gone(subscription)?.is_some(),
    })
}

/// What a browser says of itself, or that it is not to be told any more. Of what one is told altogether stands in the settings
/// of notices.
pub async fn change(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let holder = holder(&page)?;
    if form.on("arreter") {
        page.write(move |tx, town| Box::pin(push::unsubscribe(tx, town, holder)))
            .await?;
        return Ok(page.onward("/reglages/avis", "done-device-left"));
    }
    let asked = Asked {
        endpoint: form.owned("endpoint"),
        p256dh: form.owned("p256dh"),
        auth: form.owned("auth"),
        standard: true,
    };
    let place = push::prepare(&page.town, asked).await?;
    let choice = Choice {
        alerts: Some(NotificationKind::ALL.into()),
        policy: Some(PushPolicy::All),
    };
    page.write(move |tx, town| {
        let as_whom = (holder, String::new());
        Box::pin(push::subscribe(tx, town, me, as_whom, place, choice))
    })
    .await?;
    Ok(page.onward("/reglages/avis", "done-device-told"))
}
