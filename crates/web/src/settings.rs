//! One's own settings: profile, password, connected devices.

use std::{borrow::Borrow, sync::Arc};

use askama::Template;
use axum::response::Response;
use parvis_model::{
    audience::Audience,
    limits,
    policy::{LooksAt, Quoters},
    refusal::Refusal,
};
use parvis_town::{
    AccountView, Failure, Outcome,
    accounts::{self, Change, ProfileEdit},
    media::{self, Shape},
    preferences::{self, PreferenceEdit, Preferences},
    sessions,
    sessions::SessionView,
    users,
};

use crate::{
    asked::Asked,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, html_with, redirect},
    quotes,
    sign_up::SignedUpPage,
    write::Composing,
};

/// The settings that have a tab of their own; all others are reached from the account's.
const TABS: [&str; 7] = [
    "profil",
    "affichage",
    "sessions",
    "applications",
    "avis",
    "filtres",
    "personnes",
];

/// A picture, and the wish to have none.
pub(crate) const AVATAR: (&str, &str) = ("avatar", "sans_avatar");
const HEADER: (&str, &str) = ("header", "sans_banniere");

#[derive(Template)]
#[template(path = "settings_profile.html")]
pub struct ProfileForm<'a> {
    pub page: &'a Frame,
    pub has_avatar: bool,
    pub has_header: bool,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "settings_account.html")]
pub struct AccountForm<'a> {
    pub page: &'a Frame,
    /// Code of the language chosen for the pages; empty follows the browser.
    pub language: String,
    /// Who may quote what one writes, unless one says otherwise.
    pub usual: Preferences,
    /// A form with what one usually chooses.
    pub compose: Composing,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "settings_codes.html")]
pub struct CodesForm<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

#[derive(Template)]
#[template(path = "settings_sessions.html")]
pub struct SessionsPage<'a> {
    pub page: &'a Frame,
    pub sessions: Vec<SessionView>,
}

pub async fn first(_: Resident) -> Response {
    redirect("/reglages/profil")
}

impl Frame {
    /// Is this page one of the account's, or reached from there?
    pub fn is_about_account(&self) -> bool {
        let below = self.here.strip_prefix("/reglages/");
        let first = below.and_then(|rest| rest.split(['/', '?']).next());
        first.is_some_and(|first| !TABS.contains(&first))
    }
}

impl<'a> ProfileForm<'a> {
    pub fn new(page: &'a Frame, form: Typed) -> Self {
        let me = page.me.as_ref().map(|me| &me.account);
        Self {
            has_avatar: me.is_some_and(|me| me.avatar.is_some()),
            has_header: me.is_some_and(|me| me.header.is_some()),
            page,
            form,
        }
    }

    /// Of one's own page.
    fn path(&self) -> &str {
        let me = self.page.me.as_ref();
        me.map_or("", |me| &me.account.path)
    }

    /// One's own, with the town's name.
    fn handle(&self) -> &str {
        let me = self.page.me.as_ref();
        me.map_or("", |me| &me.account.handle)
    }
}

pub async fn profile(Resident { page, me, .. }: Resident) -> Answer {
    let who = accounts::view(&page.town, &page.viewer, me).await?;
    html(&ProfileForm::new(&page.frame, Typed::new(described(&who))))
}

fn described(who: &AccountView) -> Asked {
    let mark = |on: bool| if on { "1".to_owned() } else { String::new() };
    let mut values = Asked::of([
        ("display_name", who.display_name.clone()),
        ("bio", who.bio_source.clone()),
        ("attribution_domains", who.attribution_domains.join("\n")),
        ("avatar_description", who.avatar_description.clone()),
        ("header_description", who.header_description.clone()),
        ("locked", mark(who.locked)),
        ("discoverable", mark(who.discoverable)),
        ("hides_follows", mark(who.hides_follows)),
    ]);
    for (n, field) in (1..).zip(&who.fields) {
        values.add(format!("field-name-{n}"), &field.name);
        values.add(format!("field-value-{n}"), &field.value_source);
    }
    values
}

pub async fn edit_profile(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let mut kept = Vec::new();
    let changed = change_profile(&page, me, &form, &mut kept).await;
    match media::unless_refused(&page.town, kept, changed).await {
        Ok(()) => Ok(page.onward("/reglages/profil", "done-saved")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            html_with(status, &ProfileForm::new(&page.frame, form))
        }
    }
}

/// `kept`: the files that were kept for it.
async fn change_profile(page: &Page, me: i64, form: &Form, kept: &mut Vec<String>) -> Outcome<()> {
    let fields = (1..=limits::PROFILE_FIELDS)
        .map(|n| {
            (
                form.owned(&format!("field-name-{n}")),
                form.owned(&format!("field-value-{n}")),
            )
        })
        .collect();
    let before = accounts::view(&page.town, &page.viewer, me).await?;
    let avatar = picture(page, form, AVATAR, Shape::Avatar, kept).await?;
    let header = picture(page, form, HEADER, Shape::Header, kept).await?;
    let (of_avatar, of_header) = (&before.avatar_description, &before.header_description);
    let edit = ProfileEdit {
        display_name: Some(form.owned("display_name")),
        bio: Some(form.owned("bio")),
        locked: Some(form.on("locked")),
        automated: None,
        discoverable: Some(form.on("discoverable")),
        indexable: Some(form.on("discoverable")),
        hides_follows: Some(form.on("hides_follows")),
        fields: Some(fields),
        attribution_domains: Some(sites(form)),
        avatar_description: said_of(&avatar, form.text("avatar_description"), of_avatar),
        header_description: said_of(&header, form.text("header_description"), of_header),
        avatar,
        header,
    };
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { accounts::edit_profile(tx, &town, me, edit).await })
        })
        .await
}

/// The form comes with the words about the picture there was before: unchanged they are not about a new one.
fn said_of(picture: &Change<String>, typed: &str, before: &str) -> Option<String> {
    let plain = |words: &str| words.trim().replace("\r\n", "\n");
    let is_about_it = *picture == Change::Keep || plain(typed) != plain(before);
    is_about_it.then(|| typed.to_owned())
}

/// One a line, or apart by spaces and commas as people write lists.
fn sites(form: &Form) -> Vec<String> {
    let typed = form.text("attribution_domains");
    let sites = typed.split([' ', ',', ';', '\n', '\r', '\t']);
    sites
        .filter(|site| !site.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `kept`: the files that were kept for it.
pub(crate) async fn picture(
    page: &Page,
    form: &Form,
    (field, without): (&'static str, &str),
    shape: Shape,
    kept: &mut Vec<String>,
) -> Outcome<Change<String>> {
    let keep = |bytes| media::picture(&page.town, bytes, shape);
    let picture = form.picture(field, without, keep).await?;
    if let Change::Set(key) = &picture {
        kept.push(key.clone());
    }
    Ok(picture)
}

impl<'a> AccountForm<'a> {
    pub fn new(page: &'a Frame, language: String, usual: Preferences, form: Typed) -> Self {
        let compose = Composing {
            language: usual.language.clone().unwrap_or_default(),
            ..Composing::quick(usual.audience)
        };
        Self {
            page,
            language,
            usual,
            compose,
            form,
        }
    }

    fn is_usual(&self, quoters: impl Borrow<Quoters>) -> bool {
        self.usual.quoters == *quoters.borrow()
    }

    fn looks_at(&self, looks_at: impl Borrow<LooksAt>) -> bool {
        self.usual.looks_at == *looks_at.borrow()
    }
}

pub async fn account(Resident { page, me, user, .. }: Resident) -> Answer {
    let usual = preferences::of(&page.town, me).await?;
    let language = user.locale.unwrap_or_default();
    let form = AccountForm::new(&page.frame, language, usual, Typed::default());
    html(&form)
}

pub async fn change_language(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let language = form.values.some("language").map(str::to_owned);
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { users::set_locale(tx, &town, user.id, language).await })
        })
        .await?;
    Ok(page.onward("/reglages/compte", "done-saved"))
}

/// How one usually writes.
pub async fn change_habits(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let edit = PreferenceEdit {
        audience: Audience::parse(form.text("audience")),
        sensitive: Some(form.on("sensible")),
        language: Some(form.owned("langue")),
        ..PreferenceEdit::default()
    };
    page.write(move |tx, town| Box::pin(preferences::set(tx, town, me, edit)))
        .await?;
    Ok(page.onward("/reglages/compte", "done-saved"))
}

pub async fn change_quoters(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let Some(quoters) = quotes::quoters(&form.values) else {
        let unknown = Refusal::invalid("citable", "refusal-quoters-unknown");
        return Err(Failure::from(unknown).into());
    };
    let edit = PreferenceEdit {
        quoters: Some(quoters),
        looks_at: LooksAt::parse(form.text("regarder")),
        reminds: Some(form.values.on("rappel")),
        ..PreferenceEdit::default()
    };
    let town = Arc::clone(&page.town);
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move { preferences::set(tx, &town, me, edit).await })
        })
        .await?;
    Ok(page.onward("/reglages/compte", "done-saved"))
}

pub async fn codes(Resident { page, .. }: Resident) -> Answer {
    html(&CodesForm {
        page: &page.frame,
        form: Typed::default(),
    })
}

/// The new codes are shown once, in the answer itself.
pub async fn renew_codes(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let frame = &page.frame;
    let password = form.values.exact("old_password").to_owned();
    match users::renew_recovery_codes(&page.town, user.id, password).await {
        Ok(codes) => html(&SignedUpPage {
            page: frame,
            heading: frame.t("codes-renewed"),
            what: frame.t("codes-renewed-what"),
            codes,
            next: ("/reglages/compte", frame.t("codes-noted")),
        }),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::default(), frame.locale)?;
            html_with(status, &CodesForm { page: frame, form })
        }
    }
}

pub async fn change_password(Resident { page, me, user, .. }: Resident, form: Form) -> Answer {
    let (old, new) = (
        form.values.exact("old_password").to_owned(),
        form.values.exact("password").to_owned(),
    );
    let keep = page.session.as_ref().map(|session| session.id);
    match users::change_password(&page.town, user.id, old, new, keep).await {
        Ok(()) => Ok(page.onward("/reglages/compte", "done-password")),
        Err(failure) => {
            let (status, form) =
                typed_again(failure, Typed::new(Asked::default()), page.frame.locale)?;
            let usual = preferences::of(&page.town, me).await?;
            let language = user.locale.unwrap_or_default();
            let again = AccountForm::new(&page.frame, language, usual, form);
            html_with(status, &again)
        }
    }
}

pub async fn sessions(Resident { page, user, .. }: Resident) -> Answer {
    let current = page.session.as_ref().map_or(0, |session| session.id);
    let sessions = sessions::list(&page.town, user.id, current).await?;
    html(&SessionsPage {
        page: &page.frame,
        sessions,
    })
}

pub async fn close_session(Resident { page, user, .. }: Resident, form: Form) -> Answer {
    let current = page.session.as_ref().map_or(0, |session| session.id);
    let (town, user) = (Arc::clone(&page.town), user.id);
    let (others, session) = (form.on("autres"), form.values.id("session"));
    page.town
        .store
        .write::<_, Failure, _>(move |tx| {
            Box::pin(async move {
                match session {
                    _ if others => sessions::close_others(tx, &town, user, current).await,
                    Some(session) => sessions::close(tx, &town, user, session).await,
                    None => Ok(()),
                }
            })
        })
        .await?;
    Ok(page.onward("/reglages/sessions", "done-session-closed"))
}

/// Browser and system as a person would name them: `Firefox`, `Android`. Programs only claim to be these.
pub fn device(user_agent: &str) -> Option<(&'static str, &'static str)> {
    let known = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(sign, _)| user_agent.contains(sign))
            .map(|(_, name)| *name)
    };
    let browser = known(&[
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ])?;
    let system = known(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ])?;
    Some((browser, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_people_know_it() {
        let phone = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
        assert_eq!(device(phone), Some(("Firefox", "Android")));
        assert_eq!(device("curl/8.1"), None);
    }
}
