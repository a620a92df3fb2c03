//! Pieces that many pages have in common, each a template of its own. What a template includes or calls as a macro is written
//! out in every page that has it, compiled there again, and carried by the program again: with a head, a foot and posts on some
//! seventy pages, that took minutes and megabytes. These are compiled once.
//!
//! Templates ask their page for them: `{{ page.post(card) }}`. They write straight into the page, without a text between.

use askama::{Template, filters::HtmlSafe};
use parvis_town::{AccountView, accounts::Relation};

use crate::{
    card::Card,
    frame::{Frame, Pages, Typed},
    profile::Known,
    write::Composing,
};

/// How the page looks, as marks of its root element.
#[derive(Template)]
#[template(path = "parts/look_marks.html")]
pub struct LookMarks<'a> {
    page: &'a Frame,
}

/// Style, colour and icons, in the head.
#[derive(Template)]
#[template(path = "parts/links.html")]
pub struct Links<'a> {
    page: &'a Frame,
}

/// The scripts that each page has.
#[derive(Template)]
#[template(path = "parts/scripts.html")]
pub struct Scripts<'a> {
    page: &'a Frame,
}

/// The name of the town, and one's own menu.
#[derive(Template)]
#[template(path = "parts/brand.html")]
pub struct Brand<'a> {
    page: &'a Frame,
}

/// The ways through the town.
#[derive(Template)]
#[template(path = "parts/nav.html")]
pub struct Ways<'a> {
    page: &'a Frame,
}

/// What was just done, and what this device keeps.
#[derive(Template)]
#[template(path = "parts/told.html")]
pub struct Told<'a> {
    page: &'a Frame,
}

/// The town hall beside the page.
#[derive(Template)]
#[template(path = "parts/square.html")]
pub struct Square<'a> {
    page: &'a Frame,
}

/// The foot of each page.
#[derive(Template)]
#[template(path = "parts/foot.html")]
pub struct Foot<'a> {
    page: &'a Frame,
}

/// The icons, which [`Frame::icon`] points at.
#[derive(Template)]
#[template(path = "icons/sprite.svg")]
pub struct Sprite;

/// The pages of the settings.
#[derive(Template)]
#[template(path = "parts/settings_tabs.html")]
pub struct SettingsTabs<'a> {
    page: &'a Frame,
}

/// The pages of those who run the town.
#[derive(Template)]
#[template(path = "parts/staff_tabs.html")]
pub struct StaffTabs<'a> {
    page: &'a Frame,
}

/// One post.
#[derive(Template)]
#[template(path = "parts/post.html")]
pub struct Post<'a> {
    page: &'a Frame,
    card: &'a Card<'a>,
}

/// The poll of a post, if it has one.
#[derive(Template)]
#[template(path = "parts/poll.html")]
pub struct Poll<'a> {
    page: &'a Frame,
    card: &'a Card<'a>,
}

/// Pictures, recordings and files of a post.
#[derive(Template)]
#[template(path = "parts/pictures.html")]
pub struct Pictures<'a> {
    page: &'a Frame,
    card: &'a Card<'a>,
}

/// What a post quotes.
#[derive(Template)]
#[template(path = "parts/quote.html")]
pub struct Quote<'a> {
    page: &'a Frame,
    card: &'a Card<'a>,
}

/// What a post links to.
#[derive(Template)]
#[template(path = "parts/preview.html")]
pub struct Preview<'a> {
    page: &'a Frame,
    card: &'a Card<'a>,
}

/// The form in which a post is written.
#[derive(Template)]
#[template(path = "parts/compose.html")]
pub struct WriteForm<'a> {
    page: &'a Frame,
    compose: &'a Composing,
    form: &'a Typed,
}

/// Who somebody is, above their posts.
#[derive(Template)]
#[template(path = "parts/profile_head.html")]
pub struct ProfileHead<'a> {
    pub page: &'a Frame,
    pub who: &'a AccountView,
    pub relation: &'a Relation,
    pub mine: bool,
    /// Who has taken this account's place.
    pub successor: Option<&'a AccountView>,
    pub known: &'a Known,
}

/// Somebody's picture, or the first letter of their name.
#[derive(Template)]
#[template(path = "parts/face.html")]
pub struct Face<'a> {
    page: &'a Frame,
    who: &'a AccountView,
    /// A class, or nothing.
    size: &'a str,
}

/// Somebody in a list.
#[derive(Template)]
#[template(path = "parts/person.html")]
pub struct Person<'a> {
    page: &'a Frame,
    who: &'a AccountView,
}

/// Follow them, or no longer.
#[derive(Template)]
#[template(path = "parts/person_actions.html")]
pub struct PersonActions<'a> {
    page: &'a Frame,
    who: &'a AccountView,
    relation: &'a Relation,
}

/// A field of one line, with its label, its hint and what is wrong with it.
#[derive(Template)]
#[template(path = "parts/field.html")]
pub struct Field<'a> {
    page: &'a Frame,
    form: &'a Typed,
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    kind: &'a str,
    /// Attributes, written as they are: no words of people.
    extra: &'a str,
}

/// The same of many lines.
#[derive(Template)]
#[template(path = "parts/area.html")]
pub struct Area<'a> {
    page: &'a Frame,
    form: &'a Typed,
    name: &'a str,
    label: &'a str,
    hint: &'a str,
    /// Attributes, written as they are: no words of people.
    extra: &'a str,
}

/// A box to tick.
#[derive(Template)]
#[template(path = "parts/check.html")]
pub struct Check<'a> {
    form: &'a Typed,
    name: &'a str,
    label: &'a str,
    hint: &'a str,
}

/// What is wrong with a field, if anything is.
#[derive(Template)]
#[template(path = "parts/wrong.html")]
pub struct Wrong<'a> {
    page: &'a Frame,
    form: &'a Typed,
    name: &'a str,
}

/// What is wrong with a form as a whole, if anything is.
#[derive(Template)]
#[template(path = "parts/general.html")]
pub struct General<'a> {
    page: &'a Frame,
    form: &'a Typed,
}

/// The ways on from one page of a list.
#[derive(Template)]
#[template(path = "parts/pager.html")]
pub struct Pager<'a> {
    page: &'a Frame,
    pages: &'a Pages,
    /// Key of what the way to older things is called.
    older: &'a str,
}

// Each escapes what people wrote by itself; escaped once more by the page, its own mark-up would be shown.
impl HtmlSafe for LookMarks<'_> {}
impl HtmlSafe for Links<'_> {}
impl HtmlSafe for Scripts<'_> {}
impl HtmlSafe for Brand<'_> {}
impl HtmlSafe for Ways<'_> {}
impl HtmlSafe for Told<'_> {}
impl HtmlSafe for Square<'_> {}
impl HtmlSafe for Foot<'_> {}
impl HtmlSafe for Sprite {}
impl HtmlSafe for SettingsTabs<'_> {}
impl HtmlSafe for StaffTabs<'_> {}
impl HtmlSafe for Post<'_> {}
impl HtmlSafe for Poll<'_> {}
impl HtmlSafe for Pictures<'_> {}
impl HtmlSafe for Quote<'_> {}
impl HtmlSafe for Preview<'_> {}
impl HtmlSafe for WriteForm<'_> {}
impl HtmlSafe for ProfileHead<'_> {}
impl HtmlSafe for Face<'_> {}
impl HtmlSafe for Person<'_> {}
impl HtmlSafe for PersonActions<'_> {}
impl HtmlSafe for Field<'_> {}
impl HtmlSafe for Area<'_> {}
impl HtmlSafe for Check<'_> {}
impl HtmlSafe for Wrong<'_> {}
impl HtmlSafe for General<'_> {}
impl HtmlSafe for Pager<'_> {}

/// Around what a page says.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn look_marks(&self) -> LookMarks<'_> {
        LookMarks { page: self }
    }

    pub fn links(&self) -> Links<'_> {
        Links { page: self }
    }

    pub fn scripts(&self) -> Scripts<'_> {
        Scripts { page: self }
    }

    pub fn brand(&self) -> Brand<'_> {
        Brand { page: self }
    }

    pub fn ways(&self) -> Ways<'_> {
        Ways { page: self }
    }

    pub fn told(&self) -> Told<'_> {
        Told { page: self }
    }

    pub fn square(&self) -> Square<'_> {
        Square { page: self }
    }

    pub fn foot(&self) -> Foot<'_> {
        Foot { page: self }
    }

    pub fn sprite(&self) -> Sprite {
        Sprite
    }

    pub fn settings_tabs(&self) -> SettingsTabs<'_> {
        SettingsTabs { page: self }
    }

    pub fn staff_tabs(&self) -> StaffTabs<'_> {
        StaffTabs { page: self }
    }
}

/// Posts and people.
impl Frame {
    pub fn post<'a>(&'a self, card: &'a Card<'a>) -> Post<'a> {
        Post { page: self, card }
    }

    pub fn poll<'a>(&'a self, card: &'a Card<'a>) -> Poll<'a> {
        Poll { page: self, card }
    }

    pub fn pictures<'a>(&'a self, card: &'a Card<'a>) -> Pictures<'a> {
        Pictures { page: self, card }
    }

    pub fn quote<'a>(&'a self, card: &'a Card<'a>) -> Quote<'a> {
        Quote { page: self, card }
    }

    pub fn preview<'a>(&'a self, card: &'a Card<'a>) -> Preview<'a> {
        Preview { page: self, card }
    }

    pub fn compose<'a>(&'a self, compose: &'a Composing, form: &'a Typed) -> WriteForm<'a> {
        WriteForm {
            page: self,
            compose,
            form,
        }
    }

    pub fn face<'a>(&'a self, who: &'a AccountView, size: &'a str) -> Face<'a> {
        Face {
            page: self,
            who,
            size,
        }
    }

    pub fn person<'a>(&'a self, who: &'a AccountView) -> Person<'a> {
        Person { page: self, who }
    }

    pub fn person_actions<'a>(
        &'a self,
        who: &'a AccountView,
        relation: &'a Relation,
    ) -> PersonActions<'a> {
        PersonActions {
            page: self,
            who,
            relation,
        }
    }
}

/// Forms and lists. Templates call these by the macros of `parts/ui.html`, which take their form from where they stand.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn field<'a>(
        &'a self,
        form: &'a Typed,
        name: &'a str,
        label: &'a str,
        hint: &'a str,
        kind: &'a str,
        extra: &'a str,
    ) -> Field<'a> {
        Field {
            page: self,
            form,
            name,
            label,
            hint,
            kind,
            extra,
        }
    }

    pub fn area<'a>(
        &'a self,
        form: &'a Typed,
        name: &'a str,
        label: &'a str,
        hint: &'a str,
        extra: &'a str,
    ) -> Area<'a> {
        Area {
            page: self,
            form,
            name,
            label,
            hint,
            extra,
        }
    }

    pub fn check<'a>(
        &self,
        form: &'a Typed,
        name: &'a str,
        label: &'a str,
        hint: &'a str,
    ) -> Check<'a> {
        Check {
            form,
            name,
            label,
            hint,
        }
    }

    pub fn wrong<'a>(&'a self, form: &'a Typed, name: &'a str) -> Wrong<'a> {
        Wrong {
            page: self,
            form,
            name,
        }
    }

    pub fn general<'a>(&'a self, form: &'a Typed) -> General<'a> {
        General { page: self, form }
    }

    pub fn pager<'a>(&'a self, pages: &'a Pages, older: &'a str) -> Pager<'a> {
        Pager {
            page: self,
            pages,
            older,
        }
    }
}
