//! Words somebody does not want to meet unprepared: setting them up, and what pages do with posts that meet them.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use parvis_model::{
    clock::{DAY, HOUR, Timestamp},
    id::Id,
    refusal::Refusal,
};
use parvis_town::{
    Outcome, PostView,
    accounts::Change,
    filters::{
        self, FilterAction, FilterContext, FilterEdit, FilterMatch, FilterView, Keyword,
        KeywordChange, NewFilter,
    },
};

use crate::{
    asked::Asked,
    card::Card,
    fault::typed_again,
    form::Form,
    frame::{Frame, Typed},
    page::{Answer, Page, Resident, html, html_with, id},
    people::ConfirmPage,
};

/// Free places for words in the form.
const FREE: usize = 4;

#[derive(Template)]
#[template(path = "settings_filters.html")]
pub struct FiltersPage<'a> {
    pub page: &'a Frame,
    pub filters: Vec<FilterView>,
}

#[derive(Template)]
#[template(path = "settings_filter.html")]
pub struct FilterForm<'a> {
    pub page: &'a Frame,
    /// None: a new one.
    pub filter: Option<FilterView>,
    pub words: Vec<Word>,
    pub form: Typed,
}

/// A place for a word in the form.
pub struct Word {
    pub name: String,
    /// Of the mark that only the whole word is meant.
    pub whole: String,
    /// As the reader counts them.
    pub n: i64,
}

impl Word {
    fn new(key: &str, n: usize) -> Self {
        Self {
            name: format!("mot-{key}"),
            whole: format!("entier-{key}"),
            n: n as i64,
        }
    }
}

impl<'a> FilterForm<'a> {
    pub fn new(page: &'a Frame, filter: Option<FilterView>, form: Typed) -> Self {
        let held = filter.iter().flat_map(|filter| &filter.keywords);
        let held = held.map(|word| word.id.to_string());
        let free = (1..=FREE).map(|n| format!("nouveau-{n}"));
        let keys = held.chain(free);
        Self {
            page,
            words: keys.zip(1..).map(|(key, n)| Word::new(&key, n)).collect(),
            filter,
            form,
        }
    }

    pub const CONTEXTS: [(&'static str, &'static str); 5] = [
        ("home", "filter-in-home"),
        ("notifications", "filter-in-notifications"),
        ("public", "filter-in-public"),
        ("thread", "filter-in-thread"),
        ("account", "filter-in-account"),
    ];

    /// Word of the form, key of the words, and whether it stands there first.
    pub fn spans(&self) -> Vec<(&'static str, &'static str, bool)> {
        let ends = self
            .filter
            .as_ref()
            .is_some_and(|it| it.expires_at.is_some());
        let mut spans = vec![
            ("toujours", "filter-for-ever", !ends),
            ("heure", "filter-hour", false),
            ("jour", "filter-day", false),
            ("semaine", "filter-week", false),
            ("mois", "filter-month", false),
        ];
        if ends {
            spans.insert(0, ("garder", "filter-as-it-is", true));
        }
        spans
    }

    /// Only apps set it up, but nobody loses it here.
    pub fn blurs(&self) -> bool {
        self.filter
            .as_ref()
            .is_some_and(|it| it.action == FilterAction::Blur)
    }
}

/// What pages say of a filter.
impl Frame {
    #[expect(clippy::unused_self, reason = "templates ask everything of their page")]
    pub fn filter_words(&self, filter: &FilterView) -> String {
        let words: Vec<&str> = filter
            .keywords
            .iter()
            .map(|it| it.keyword.as_str())
            .collect();
        words.join(", ")
    }

    pub fn filter_places(&self, filter: &FilterView) -> String {
        let places: Vec<String> = FilterForm::CONTEXTS
            .iter()
            .filter(|(word, _)| filter.contexts.iter().any(|it| it.as_str() == *word))
            .map(|(_, key)| self.t(key))
            .collect();
        places.join(", ")
    }

    pub fn filter_action(&self, filter: &FilterView) -> String {
        self.t(match filter.action {
            FilterAction::Warn => "filter-warns",
            FilterAction::Hide => "filter-hides",
            FilterAction::Blur => "filter-blurs",
        })
    }

    pub fn is_over(&self, filter: &FilterView) -> bool {
        filter.expires_at.is_some_and(|end| end <= self.now)
    }
}

/// Which filters hold on this page.
impl Frame {
    fn context(&self) -> FilterContext {
        let path = self.here.split(['?', '#']).next().unwrap_or("/");
        let mut parts = path.trim_matches('/').split('/');
        let first = parts.next().unwrap_or_default();
        let is_alone = parts.next().is_none_or(str::is_empty);
        match first {
            "" | "listes" | "favoris" | "signets" => FilterContext::Home,
            "avis" => FilterContext::Notifications,
            who if who.starts_with('@') && is_alone => FilterContext::Account,
            who if who.starts_with('@') => FilterContext::Thread,
            _ => FilterContext::Public,
        }
    }

    fn met<'p>(&self, post: &'p PostView) -> impl Iterator<Item = &'p FilterMatch> {
        let context = self.context();
        let met = post.filtered.iter();
        met.filter(move |it| it.filter.contexts.contains(&context))
    }

    /// Is it not to be shown at all?
    pub fn leaves_out(&self, post: &PostView) -> bool {
        self.met(post)
            .any(|it| it.filter.action == FilterAction::Hide)
    }

    /// Under which name a post is folded away. Where only its pictures are unwanted, a post without any is shown.
    pub fn folds(&self, post: &PostView) -> Option<String> {
        let titles: Vec<&str> = self
            .met(post)
            .filter(|it| it.filter.action != FilterAction::Blur || !post.media.is_empty())
            .map(|it| it.filter.title.as_str())
            .collect();
        (!titles.is_empty()).then(|| titles.join(", "))
    }

    /// Does it meet a filter, whatever that asks for?
    pub fn unwanted(&self, post: &PostView) -> bool {
        self.met(post).next().is_some()
    }

    /// The post one came for is always shown.
    pub fn hides(&self, card: &Card<'_>) -> bool {
        !card.chosen && self.leaves_out(card.post)
    }

    pub fn fold(&self, card: &Card<'_>) -> Option<String> {
        if card.chosen {
            return None;
        }
        self.folds(card.post)
    }
}

pub async fn list(Resident { page, me, .. }: Resident) -> Answer {
    html(&FiltersPage {
        page: &page.frame,
        filters: filters::mine(&page.town, me).await?,
    })
}

pub async fn new_form(Resident { page, .. }: Resident) -> Answer {
    let usual = [
        ("ou-home", "1".to_owned()),
        ("ou-public", "1".to_owned()),
        ("faire", "warn".to_owned()),
    ];
    html(&FilterForm::new(
        &page.frame,
        None,
        Typed::new(usual.into_iter().collect()),
    ))
}

pub async fn form(Resident { page, me, .. }: Resident, Path(filter): Path<String>) -> Answer {
    let filter = filters::view(&page.town, me, id(&filter)?).await?;
    let typed = Typed::new(described(&filter));
    html(&FilterForm::new(&page.frame, Some(filter), typed))
}

fn described(filter: &FilterView) -> Asked {
    let on = || "1".to_owned();
    let mut values = vec![
        ("titre".to_owned(), filter.title.clone()),
        ("faire".to_owned(), filter.action.as_str().to_owned()),
    ];
    for context in &filter.contexts {
        values.push((format!("ou-{}", context.as_str()), on()));
    }
    for word in &filter.keywords {
        values.push((format!("mot-{}", word.id), word.keyword.clone()));
        if word.whole_word {
            values.push((format!("entier-{}", word.id), on()));
        }
    }
    // All of them: a place that stood empty for want of room would take the word away.
    values.into_iter().collect()
}

pub async fn create(Resident { page, me, .. }: Resident, form: Form) -> Answer {
    match new_one(&page, me, &form).await {
        Ok(_) => Ok(page.onward("/reglages/filtres", "done-saved")),
        Err(failure) => {
            let typed = Typed::new(form.values);
            let (status, form) = typed_again(failure, typed, page.frame.locale)?;
            again(status, &page, None, form)
        }
    }
}

async fn new_one(page: &Page, me: Id, form: &Form) -> Outcome<Id> {
    let new = NewFilter {
        title: title(form, None)?,
        contexts: contexts(form),
        action: action(form)?,
        expires_at: match end(form, page.town.now())? {
            Change::Set(end) => Some(end),
            Change::Keep | Change::Remove => None,
        },
        keywords: words(form, None),
    };
    page.write(move |tx, town| Box::pin(filters::create(tx, town, me, new)))
        .await
}

pub async fn change(
    Resident { page, me, .. }: Resident,
    Path(filter): Path<String>,
    form: Form,
) -> Answer {
    let mut filter = filters::view(&page.town, me, id(&filter)?).await?;
    match changed(&page, me, &filter, &form).await {
        Ok(()) => Ok(page.onward("/reglages/filtres", "done-saved")),
        Err(failure) => {
            filter.keywords.retain(|word| is_asked(word, &form));
            let typed = Typed::new(form.values);
            let (status, form) = typed_again(failure, typed, page.frame.locale)?;
            again(status, &page, Some(filter), form)
        }
    }
}

async fn changed(page: &Page, me: Id, filter: &FilterView, form: &Form) -> Outcome<()> {
    let edit = FilterEdit {
        title: Some(title(form, Some(filter))?),
        contexts: Some(contexts(form)),
        action: Some(action(form)?),
        expires_at: end(form, page.town.now())?,
        keywords: words(form, Some(filter)),
    };
    let filter = filter.id;
    page.write(move |tx, town| Box::pin(filters::edit(tx, town, me, filter, edit)))
        .await
}

fn again(status: StatusCode, page: &Page, filter: Option<FilterView>, form: Typed) -> Answer {
    html_with(status, &FilterForm::new(&page.frame, filter, form))
}

/// A filter without a name is called by its first word. One that would hold nothing is none.
fn title(form: &Form, filter: Option<&FilterView>) -> Result<String, Refusal> {
    let first = words(form, filter)
        .into_iter()
        .find_map(|word| word.keyword.filter(|_| !word.remove))
        .or_else(|| {
            let mut held = filter?.keywords.iter();
            let left_alone = held.find(|word| !is_asked(word, form))?;
            Some(left_alone.keyword.clone())
        });
    let names_posts = filter.is_some_and(|it| !it.posts.is_empty());
    if first.is_none() && !names_posts {
        let limit = parvis_model::limits::KEYWORD;
        return Err(Refusal::invalid("keyword", "refusal-keyword").with("limit", limit));
    }
    let given = form.owned("titre");
    Ok(if given.is_empty() {
        first.unwrap_or_default()
    } else {
        given
    })
}

fn contexts(form: &Form) -> Vec<FilterContext> {
    let all = FilterContext::ALL.into_iter();
    all.filter(|it| form.on(&format!("ou-{}", it.as_str())))
        .collect()
}

fn action(form: &Form) -> Result<FilterAction, Refusal> {
    FilterAction::parse(form.text("faire"))
        .ok_or_else(|| Refusal::invalid("faire", "refusal-choice"))
}

fn end(form: &Form, now: Timestamp) -> Result<Change<Timestamp>, Refusal> {
    Ok(match form.text("duree") {
        "garder" => Change::Keep,
        "toujours" => Change::Remove,
        "heure" => Change::Set(now + HOUR),
        "jour" => Change::Set(now + DAY),
        "semaine" => Change::Set(now + 7 * DAY),
        "mois" => Change::Set(now + 30 * DAY),
        _ => return Err(Refusal::invalid("duree", "refusal-choice")),
    })
}

/// Does a form have a place for this word? It has none for what an app added meanwhile, or for what there was no room for.
fn is_asked(word: &Keyword, form: &Form) -> bool {
    form.values.has(&format!("mot-{}", word.id))
}

/// A word that was emptied goes.
fn words(form: &Form, filter: Option<&FilterView>) -> Vec<KeywordChange> {
    let held = filter.into_iter().flat_map(|filter| &filter.keywords);
    let held = held.filter(|word| is_asked(word, form));
    let held = held.map(|word| (Some(word.id), word.id.to_string()));
    let free = (1..=FREE).map(|n| (None, format!("nouveau-{n}")));
    let typed = held.chain(free).map(|(id, key)| {
        let keyword = form.owned(&format!("mot-{key}"));
        KeywordChange {
            id,
            remove: keyword.is_empty(),
            keyword: Some(keyword),
            whole_word: Some(form.on(&format!("entier-{key}"))),
        }
    });
    typed.filter(|it| it.id.is_some() || !it.remove).collect()
}

pub async fn confirm_deletion(
    Resident { page, me, .. }: Resident,
    Path(filter): Path<String>,
) -> Answer {
    let filter = filters::view(&page.town, me, id(&filter)?).await?;
    let frame = &page.frame;
    html(&ConfirmPage {
        page: frame,
        heading: frame.tw("filter-delete-heading", "name", &filter.title),
        what: frame.t("filter-delete-what"),
        yes: frame.t("delete"),
        action: format!("/reglages/filtres/{}/supprimer", filter.id),
        back: "/reglages/filtres".into(),
        card: None,
    })
}

pub async fn delete(
    Resident { page, me, .. }: Resident,
    Path(filter): Path<String>,
    _form: Form,
) -> Answer {
    let filter = id(&filter)?;
    page.write(move |tx, town| Box::pin(filters::delete(tx, town, me, filter)))
        .await?;
    Ok(page.onward("/reglages/filtres", "done-filter-deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(id: Id) -> Keyword {
        Keyword {
            id,
            filter_id: 1,
            keyword: format!("mot{id}"),
            whole_word: false,
        }
    }

    #[test]
    fn only_words_the_form_had_a_place_for_are_changed() {
        let filter = FilterView {
            id: 1,
            title: "Bruit".into(),
            contexts: Vec::new(),
            action: FilterAction::Warn,
            expires_at: None,
            keywords: vec![held(5), held(6), held(7)],
            posts: Vec::new(),
        };
        let form = Form {
            values: Asked::of([("mot-5", "neuf".into()), ("mot-6", String::new())]),
            files: Vec::new(),
        };
        let changes: Vec<_> = words(&form, Some(&filter))
            .into_iter()
            .map(|it| (it.id, it.remove))
            .collect();
        assert_eq!(changes, [(Some(5), false), (Some(6), true)]);

        let emptied = Form {
            values: Asked::of([("mot-5", String::new()), ("mot-6", String::new())]),
            files: Vec::new(),
        };
        assert_eq!(title(&emptied, Some(&filter)).unwrap(), "mot7");
    }
}
