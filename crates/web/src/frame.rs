//! What every template may ask: words in the reader's language, moments in the town's time, icons, form tokens,
//! who is looking. Plain data; asks no database.

use std::{borrow::Borrow, fmt, ops::RangeInclusive, sync::Arc};

use parvis_model::{
    account::{AccountKind, Registration, Role},
    appearance::Appearance,
    audience::Audience,
    clock::Timestamp,
    locale::{Arg, Locale},
};
use parvis_town::{AccountView, MediaView, Paged, PostView, Profile};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{asked::Asked, assets, card::Card, settings::device, visit::Visit, write::Composing};

/// Unread notices above this are shown as "99+".
const MANY: i64 = 99;

/// What the names of time zones begin with that are places; others are old names and offsets.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// Mark-up made by us, not escaped again.
pub struct Html(pub(crate) String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

/// Templates hold numbers of several types, some by reference.
pub trait Number {
    fn number(self) -> i64;
}

impl Number for i32 {
    fn number(self) -> i64 {
        self.into()
    }
}

impl Number for i64 {
    fn number(self) -> i64 {
        self
    }
}

impl Number for usize {
    fn number(self) -> i64 {
        i64::try_from(self).unwrap_or(i64::MAX)
    }
}

impl<N: Number + Copy> Number for &N {
    fn number(self) -> i64 {
        (*self).number()
    }
}

/// The resident who looks.
#[derive(Clone, Debug)]
pub struct Me {
    pub account: AccountView,
    pub role: Role,
}

pub struct Frame {
    pub town: Arc<Profile>,
    pub host: String,
    pub locale: Locale,
    pub now: Timestamp,
    pub me: Option<Me>,
    pub unread: i64,
    /// Private conversations with something new.
    pub unread_messages: i64,
    pub requests: i64,
    /// Path and query of this page.
    pub here: String,
    /// Locale key of what was just done.
    pub flash: Option<String>,
    pub look: Appearance,
    pub visit: Arc<Visit>,
}

/// Words.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn t(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// With a number, called `count` in the message.
    pub fn tn(&self, key: &str, count: impl Number) -> String {
        self.locale
            .text_with(key, &[("count", Arg::from(count.number()))])
    }

    /// With one word to fill in.
    pub fn tw(&self, key: &str, name: &str, value: impl fmt::Display) -> String {
        self.locale
            .text_with(key, &[(name, Arg::from(value.to_string()))])
    }

    pub fn lang(&self) -> &'static str {
        self.locale.code()
    }

    pub fn ago(&self, at: impl Number) -> String {
        self.locale.ago(at.number(), self.now, &self.town.time_zone)
    }

    pub fn date(&self, at: impl Number) -> String {
        self.locale.date(at.number(), &self.town.time_zone)
    }

    pub fn date_time(&self, at: impl Number) -> String {
        self.locale.date_time(at.number(), &self.town.time_zone)
    }

    /// For machines: RFC 3339, UTC.
    pub fn iso(&self, at: impl Number) -> String {
        jiff::Timestamp::from_millisecond(at.number())
            .map(|at| at.to_string())
            .unwrap_or_default()
    }

    pub fn audience(&self, audience: impl Borrow<Audience>) -> String {
        self.tw(audience_key(*audience.borrow()), "town", &self.town.name)
    }

    /// How the audience is called on someone's post: `Mes abonnés` would be wrong on another's.
    pub fn audience_of(&self, post: &PostView) -> String {
        let mine = post.mine.is_some_and(|mine| mine.author);
        if post.audience == Audience::Followers && !mine {
            return self.t("audience-followers-theirs");
        }
        self.audience(post.audience)
    }

    /// Who will see it, and where a copy will be.
    pub fn consequence(&self, audience: impl Borrow<Audience>) -> String {
        let key = match audience.borrow() {
            Audience::Public => "consequence-public",
            Audience::Unlisted => "consequence-unlisted",
            Audience::Neighbours => "consequence-neighbours",
            Audience::Town => "consequence-town",
            Audience::Followers => "consequence-followers",
            Audience::Group | Audience::Direct => "consequence-direct",
        };
        self.tw(key, "town", &self.town.name)
    }

    pub fn kind(&self, who: &AccountView) -> String {
        match who.kind {
            AccountKind::Group => self.t("kind-group"),
            AccountKind::Organization => self.t("kind-organization"),
            AccountKind::Service | AccountKind::Application => self.t("kind-service"),
            AccountKind::Person => String::new(),
        }
    }

    /// Under a name: `@marie · Valmont`, `Association · Valmont`, `@paul · far.example`.
    pub fn from(&self, who: &AccountView) -> String {
        let name = if self.is_group(who) {
            self.kind(who)
        } else {
            format!("@{}", who.name)
        };
        let (key, place, value) = if who.local {
            ("from-here", "town", &self.town.name)
        } else {
            ("from-there", "domain", &who.domain)
        };
        self.locale.text_with(
            key,
            &[
                ("name", Arg::from(name)),
                (place, Arg::from(value.as_str())),
            ],
        )
    }

    pub fn device(&self, user_agent: &str) -> String {
        match device(user_agent) {
            Some((browser, system)) => self.locale.text_with(
                "device-on",
                &[
                    ("browser", Arg::from(browser)),
                    ("system", Arg::from(system)),
                ],
            ),
            None => self.t("device-unknown"),
        }
    }

    pub fn joining(&self) -> &'static str {
        if !self.town.set_up {
            return "joining-closed";
        }
        match self.town.registration {
            Registration::Open => "joining-open",
            Registration::Approval => "joining-approval",
            Registration::Invitation => "joining-invitation",
            Registration::Closed => "joining-closed",
        }
    }

    pub fn registrations(&self) -> [(&'static str, &'static str); 4] {
        Registration::ALL.map(|mode| {
            (
                mode.as_str(),
                match mode {
                    Registration::Open => "registration-open",
                    Registration::Approval => "registration-approval",
                    Registration::Invitation => "registration-invitation",
                    Registration::Closed => "registration-closed",
                },
            )
        })
    }

    /// Colours that a town can take: degrees, key of the name, degrees as a form writes them.
    pub fn hues(&self) -> [(i32, &'static str, &'static str); 7] {
        [
            (163, "hue-green", "163"),
            (130, "hue-leaf", "130"),
            (75, "hue-ochre", "75"),
            (35, "hue-brick", "35"),
            (330, "hue-plum", "330"),
            (255, "hue-blue", "255"),
            (210, "hue-lagoon", "210"),
        ]
    }

    /// Names of the time zones a town can lie in; its own is always among them.
    pub fn time_zones(&self) -> Vec<String> {
        let mut names: Vec<String> = jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .filter(|name| {
                name.split_once('/')
                    .is_some_and(|(area, _)| AREAS.contains(&area))
            })
            .chain([self.town.time_zone.clone()])
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// Code and own name of each language of the pages.
    pub fn languages(&self) -> Vec<(&'static str, String)> {
        Locale::all()
    }
}

/// Who looks, and from where.
impl Frame {
    pub fn is_staff(&self) -> bool {
        self.me
            .as_ref()
            .is_some_and(|me| me.role >= Role::Moderator)
    }

    pub fn is_admin(&self) -> bool {
        self.me.as_ref().is_some_and(|me| me.role == Role::Admin)
    }

    pub fn is_someone_else(&self, account: impl Number) -> bool {
        let account = account.number();
        self.me.as_ref().is_some_and(|me| me.account.id != account)
    }

    pub fn may_join(&self) -> bool {
        self.town.set_up && self.town.registration != Registration::Closed
    }

    pub fn unread_shown(&self) -> String {
        if self.unread > MANY {
            format!("{MANY}+")
        } else {
            self.unread.to_string()
        }
    }

    fn path(&self) -> &str {
        self.here.split(['?', '#']).next().unwrap_or("/")
    }

    /// The mark of the way one is on.
    pub fn current(&self, way: &str) -> Html {
        let below = || {
            self.path()
                .strip_prefix(way)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        let is_here = self.path() == way || (way != "/" && below());
        Html(if is_here {
            r#" aria-current="page""#.into()
        } else {
            String::new()
        })
    }

    pub fn here_encoded(&self) -> String {
        utf8_percent_encode(&self.here, NON_ALPHANUMERIC).to_string()
    }
}

/// Pieces of mark-up.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn asset(&self, name: &str) -> String {
        assets::path(name)
    }

    /// A picture beside its word, so silent for screen readers.
    pub fn icon(&self, name: &str) -> Html {
        Html(format!(
            r##"<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>"##
        ))
    }

    /// An icon that is filled in when its button is pressed.
    pub fn fillable(&self, name: &str) -> Html {
        Html(format!(
            r##"<svg class="icon fillable" aria-hidden="true"><use href="#i-{name}"/></svg>"##
        ))
    }

    pub fn csrf_field(&self) -> Html {
        Html(format!(
            r#"<input type="hidden" name="csrf" value="{}">"#,
            self.visit.token()
        ))
    }

    pub fn audience_icon(&self, audience: impl Borrow<Audience>) -> Html {
        self.icon(match audience.borrow() {
            Audience::Public => "globe",
            Audience::Unlisted => "unlisted",
            Audience::Neighbours | Audience::Town => "town",
            Audience::Followers => "lock",
            Audience::Group => "people",
            Audience::Direct => "mail",
        })
    }

    /// A count beside its button; nothing is shown of nothing.
    pub fn count(&self, count: impl Number) -> Html {
        let count = count.number();
        Html(if count > 0 {
            format!(r#"<span class="n">{count}</span>"#)
        } else {
            String::new()
        })
    }

    pub fn lang_of(&self, post: &PostView) -> Html {
        let plain = |code: &&str| {
            code.len() <= 35 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let code = post
            .language
            .as_deref()
            .filter(plain)
            .filter(|code| !code.is_empty());
        Html(
            code.map(|code| format!(r#" lang="{code}""#))
                .unwrap_or_default(),
        )
    }

    /// Of a video, so that the page does not jump when it plays.
    pub fn extent(&self, file: &MediaView) -> Html {
        let known = file.width > 0 && file.height > 0;
        Html(if known {
            format!(r#" width="{}" height="{}""#, file.width, file.height)
        } else {
            String::new()
        })
    }

    /// What is said of sound or video, or what it is.
    pub fn heard(&self, file: &MediaView) -> String {
        match file.description.trim() {
            "" if file.is_video() => self.t("a-video"),
            "" => self.t("a-sound"),
            words => words.to_owned(),
        }
    }

    pub fn size(&self, picture: &MediaView) -> Html {
        let known = picture.preview_width > 0 && picture.preview_height > 0;
        Html(if known {
            format!(
                r#" width="{}" height="{}""#,
                picture.preview_width, picture.preview_height
            )
        } else {
            String::new()
        })
    }
}

/// People and posts.
#[expect(clippy::unused_self, reason = "templates ask everything of their page")]
impl Frame {
    pub fn card<'a>(&self, post: &'a PostView) -> Card<'a> {
        Card::new(post)
    }

    pub fn is_group(&self, who: &AccountView) -> bool {
        matches!(who.kind, AccountKind::Group | AccountKind::Organization)
    }

    /// One of eight colours behind the first letter of someone without a picture.
    pub fn tone(&self, id: impl Number) -> i64 {
        let id = id.number();
        (id >> 16).wrapping_add(id).rem_euclid(8)
    }

    pub fn initial(&self, name: &str) -> String {
        name.chars()
            .find(|c| c.is_alphanumeric())
            .map(|c| c.to_uppercase().collect())
            .unwrap_or_default()
    }

    pub fn is_public(&self, post: &PostView) -> bool {
        post.audience == Audience::Public
    }

    pub fn may_share(&self, post: &PostView) -> bool {
        post.audience.may_be_boosted()
    }

    /// Empty where nobody described it.
    pub fn described<'a>(&self, picture: &'a MediaView) -> &'a str {
        picture.description.trim()
    }

    /// Addresses from elsewhere that browsers may follow: http and https, nothing else.
    pub fn web_address<'a>(&self, address: &'a str) -> &'a str {
        let scheme = address.split_once("://").map_or("", |(scheme, _)| scheme);
        if matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
            address
        } else {
            "#"
        }
    }
}

/// Values typed into a form, and what was wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    values: Asked,
    wrong: Option<(Option<&'static str>, String)>,
}

impl Typed {
    pub fn new(values: Asked) -> Self {
        Self {
            values,
            wrong: None,
        }
    }

    #[must_use]
    pub fn with_wrong(mut self, field: Option<&'static str>, message: String) -> Self {
        self.wrong = Some((field, message));
        self
    }

    pub fn text(&self, name: &str) -> &str {
        self.values.exact(name)
    }

    pub fn numbered(&self, name: &str, n: impl Number) -> &str {
        self.values.exact(&format!("{name}-{}", n.number()))
    }

    pub fn on(&self, name: &str) -> bool {
        self.values.on(name)
    }

    /// Was this chosen in a list, or is it what stands there before anything is?
    pub fn chose(&self, name: &str, value: &str, usual: impl Borrow<bool>) -> bool {
        match self.values.some(name) {
            Some(chosen) => chosen == value,
            None => *usual.borrow(),
        }
    }

    /// Was an answer of a poll typed, or is something wrong with it?
    pub fn asks(&self) -> bool {
        self.answers_in(Composing::ANSWER_PLACES)
            || self.asks_much()
            || self.wrong("poll").is_some()
    }

    /// Were more answers typed than most polls have?
    pub fn asks_much(&self) -> bool {
        self.answers_in(Composing::MORE_ANSWER_PLACES)
    }

    fn answers_in(&self, mut places: RangeInclusive<i32>) -> bool {
        places.any(|n| !self.numbered("reponse", n).trim().is_empty())
    }

    pub fn wrong(&self, name: &str) -> Option<&str> {
        self.wrong
            .as_ref()
            .filter(|(field, _)| *field == Some(name))
            .map(|(_, message)| message.as_str())
    }

    /// What is wrong with the form as a whole: no field of it is to blame.
    pub fn general(&self) -> Option<&str> {
        self.wrong
            .as_ref()
            .filter(|(field, _)| field.is_none())
            .map(|(_, message)| message.as_str())
    }

    /// Ties a field to its hint and its error for screen readers.
    pub fn described(&self, name: &str, hint: bool) -> Html {
        let wrong = self.wrong(name).is_some();
        let ids = [(hint, "hint"), (wrong, "wrong")];
        let ids: Vec<String> = ids
            .iter()
            .filter(|(there, _)| *there)
            .map(|(_, kind)| format!("{kind}-{name}"))
            .collect();
        let mark = if wrong { r#" aria-invalid="true""# } else { "" };
        if ids.is_empty() {
            return Html(mark.to_owned());
        }
        Html(format!(r#"{mark} aria-describedby="{}""#, ids.join(" ")))
    }
}

/// The ways on from one page of a list.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    pub older: Option<String>,
    pub newest: Option<String>,
}

impl Pages {
    /// `base` is the list's own address, `next` where the next page begins.
    pub fn new(base: &str, param: &str, later: bool, next: Option<i64>) -> Self {
        let glue = if base.contains('?') { '&' } else { '?' };
        Self {
            older: next.map(|id| format!("{base}{glue}{param}={id}")),
            newest: later.then(|| base.to_owned()),
        }
    }

    pub fn of_posts(base: &str, later: bool, posts: &Paged<PostView>) -> Self {
        Self::new(base, "avant", later, posts.next)
    }

    pub fn is_later(&self) -> bool {
        self.newest.is_some()
    }
}

fn audience_key(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "audience-public",
        Audience::Unlisted => "audience-unlisted",
        Audience::Neighbours => "audience-neighbours",
        Audience::Town => "audience-town",
        Audience::Followers => "audience-followers",
        Audience::Group => "audience-group",
        Audience::Direct => "audience-direct",
    }
}
