//! Three short screens after sign-up: who one is, who is here, how it works. Each can be skipped; nobody is led here again.

use askama::Template;
use parvis_model::{account::AccountKind, audience::Audience, id::Id};
use parvis_town::{
    AccountView, Outcome,
    accounts::{self, ProfileEdit, Relation},
    media::{self, Shape},
    search, users,
};

use crate::{
    asked::Asked,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, html_with, redirect},
    people::with_relations,
    settings,
};

/// People shown; more would be a list to work through.
const PEOPLE: u64 = 60;
/// Neighbours among them.
const NEIGHBOURS: usize = 20;

#[derive(Template)]
#[template(path = "first_steps_who.html")]
pub struct WhoPage<'a> {
    pub page: &'a Frame,
    pub form: Typed,
}

type Circle = (&'static str, Vec<(AccountView, Relation)>);

#[derive(Template)]
#[template(path = "first_steps_people.html")]
pub struct PeoplePage<'a> {
    pub page: &'a Frame,
    /// Key of the heading, and who belongs there.
    pub circles: Vec<Circle>,
    pub nobody: bool,
}

#[derive(Template)]
#[template(path = "first_steps_how.html")]
pub struct HowPage<'a> {
    pub page: &'a Frame,
    pub staff: Vec<AccountView>,
}

impl HowPage<'_> {
    const AUDIENCES: [Audience; 4] = [
        Audience::Public,
        Audience::Town,
        Audience::Followers,
        Audience::Direct,
    ];
}

pub async fn who(Resident { page, me, .. }: Resident) -> Answer {
    let who = accounts::view(&page.town, &page.viewer, me).await?;
    let form = Asked::of([("display_name", who.display_name), ("bio", who.bio_source)]);
    html(&WhoPage {
        page: &page.frame,
        form: Typed::new(form),
    })
}

pub async fn describe(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    let mut kept = Vec::new();
    let changed = change(&page, me, &form, &mut kept).await;
    match media::unless_refused(&page.town, kept, changed).await {
        Ok(()) => Ok(redirect("/premiers-pas/2")),
        Err(failure) => {
            let (status, form) = typed_again(failure, Typed::new(form.values), page.frame.locale)?;
            let page = &page.frame;
            html_with(status, &WhoPage { page, form })
        }
    }
}

/// `kept`: the files that were kept for it.
async fn change(page: &Page, me: Id, form: &Form, kept: &mut Vec<String>) -> Outcome<()> {
    let edit = ProfileEdit {
        display_name: Some(form.owned("display_name")),
        bio: Some(form.owned("bio")),
        avatar: settings::picture(page, form, settings::AVATAR, Shape::Avatar, kept).await?,
        ..ProfileEdit::default()
    };
    page.write(move |tx, town| Box::pin(accounts::edit_profile(tx, town, me, edit)))
        .await
}

pub async fn people(Resident { page, me, .. }: Resident) -> Answer {
    let staff = users::staff(&page.town).await?;
    let mut others = search::directory(&page.town, false, PEOPLE, 0).await?;
    others.retain(|who| who.id != me && staff.iter().all(|one| one.id != who.id));
    let (groups, mut neighbours): (Vec<_>, Vec<_>) = others.into_iter().partition(is_group);
    neighbours.truncate(NEIGHBOURS);
    let staff = staff.into_iter().filter(|who| who.id != me).collect();
    let mut circles = Vec::new();
    for (heading, people) in [
        ("first-steps-hall", staff),
        ("first-steps-groups", groups),
        ("first-steps-neighbours", neighbours),
    ] {
        circles.push((heading, with_relations(&page, people).await?));
    }
    html(&PeoplePage {
        page: &page.frame,
        nobody: circles.iter().all(|(_, people)| people.is_empty()),
        circles,
    })
}

fn is_group(who: &AccountView) -> bool {
    matches!(who.kind, AccountKind::Group | AccountKind::Organization)
}

pub async fn how(Resident { page, .. }: Resident) -> Answer {
    html(&HowPage {
        staff: users::staff(&page.town).await?,
        page: &page.frame,
    })
}
