//! What an entry of the journal means for those who listen: to whom it is told, and as what. Each entry costs a few questions
//! for all listeners together, and a post is put together once for each reader who is shown it as their own.

use std::collections::{BTreeMap, HashSet};

use parvis_model::{
    audience::Audience,
    clock::{HOUR, Timestamp},
    id::Id,
    policy::Ties,
};
use parvis_store::{accounts, entity, posts, streams as rows, streams::Place};

use super::{News, Scope, Stream, What};
use crate::{
    Outcome, PostView, Town, Viewer, announcements, conversations,
    journal::{Entry, Stood},
    notifications,
    pages::posts_in_order,
    policies,
    quotes::Quoting,
    views::{Mine, TagView},
};

/// What was written longer ago is not told as new: it has come late.
const RECENT: Timestamp = 6 * HOUR;

pub(super) async fn tell(town: &Town, entry: &Entry) -> Outcome<()> {
    match entry {
        Entry::PostPublished { post } | Entry::Boosted { boost: post } => posted(town, *post).await,
        Entry::PostEdited { post }
        | Entry::PostAmended { post }
        | Entry::ReplyAnswered { post, .. } => edited(town, *post).await,
        Entry::PostDeleted {
            author,
            audience,
            stood,
            ..
        } => gone(town, *author, *audience, stood).await,
        Entry::PostNarrowed {
            author,
            audience,
            stood,
        } => narrowed(town, *author, *audience, stood).await,
        Entry::Unboosted { account, boost, .. } => {
            let stood = Stood {
                post: *boost,
                ..Stood::default()
            };
            // Boosts stand at home only, whatever they pass on.
            gone(town, *account, Audience::Unlisted, &stood).await
        }
        Entry::Notified {
            account,
            notification,
        } => notified(town, *account, *notification).await,
        Entry::NotificationsMerged { account } => {
            let news = News::new(What::NotificationsMerged);
            town.streams().notify(*account, &news);
            Ok(())
        }
        Entry::FiltersChanged { account } => {
            let news = News::new(What::FiltersChanged);
            let at_home = |stream: &Stream| matches!(stream, Stream::User);
            town.streams().show(*account, &news, at_home);
            Ok(())
        }
        Entry::Announced { announcement } => announced(town, *announcement).await,
        Entry::AnnouncementAnswered { announcement, name } => {
            answered(town, *announcement, name).await
        }
        Entry::AnnouncementRemoved { announcement } => {
            town.streams()
                .tell_all(&News::new(What::AnnouncementGone(*announcement)));
            Ok(())
        }
        Entry::PollVoted { .. }
        | Entry::PollCounted { .. }
        | Entry::PollClosed { .. }
        | Entry::QuoteAsked { .. }
        | Entry::QuoteAnswered { .. }
        | Entry::InteractionAnswered { .. }
        | Entry::Quoted { .. }
        | Entry::QuoteRevoked { .. }
        | Entry::HandedOn { .. }
        | Entry::Favourited { .. }
        | Entry::Unfavourited { .. }
        | Entry::FollowRequested { .. }
        | Entry::FollowWithdrawn { .. }
        | Entry::FollowAccepted { .. }
        | Entry::FollowRefused { .. }
        | Entry::Blocked { .. }
        | Entry::Unblocked { .. }
        | Entry::ProfileChanged { .. }
        | Entry::AccountClosed { .. }
        | Entry::SignedUp { .. }
        | Entry::NeighbourAsks { .. }
        | Entry::Pinned { .. }
        | Entry::Unpinned { .. }
        | Entry::AccountMoved { .. }
        | Entry::Reported { .. }
        | Entry::FilesDropped { .. } => Ok(()),
    }
}

async fn notified(town: &Town, account: Id, notification: Id) -> Outcome<()> {
    if town.streams().hears(account) {
        let view = notifications::view(town, account, notification).await?;
        let news = News::new(What::Notified(Box::new(view)));
        town.streams().notify(account, &news);
    }
    Ok(())
}

async fn announced(town: &Town, announcement: Id) -> Outcome<()> {
    if let Some(view) = announcements::holding_now(town, announcement).await? {
        town.streams().tell_all(&News::new(What::Announced(view)));
    }
    Ok(())
}

async fn answered(town: &Town, announcement: Id, name: &str) -> Outcome<()> {
    let view = announcements::holding_now(town, announcement).await?;
    let Some(view) = view else { return Ok(()) };
    let given = view.reactions.iter().find(|given| given.name == name);
    let what = What::Answered {
        announcement,
        name: name.to_owned(),
        count: given.map_or(0, |given| given.count),
    };
    town.streams().tell_all(&News::new(what));
    Ok(())
}

async fn posted(town: &Town, post: Id) -> Outcome<()> {
    let Some(row) = posts::by_id(town.store.read(), post).await? else {
        return Ok(());
    };
    if row.created_at < town.now() - RECENT {
        return Ok(());
    }
    if row.audience == Audience::Direct.as_str() {
        return spoken(town, post).await;
    }
    came_home(town, &row).await?;
    show(town, &row, What::Posted).await
}

/// Told to the pages of those at whose home it stands, but for whoever wrote it.
async fn came_home(town: &Town, row: &entity::post::Model) -> Outcome<()> {
    let mut readers = town.streams().before_pages();
    readers.retain(|account| *account != row.author_id);
    if readers.is_empty() {
        return Ok(());
    }
    let db = town.store.read();
    let shown = rows::readers_at(db, Place::Home, row.id, &readers, town.now()).await?;
    town.streams().came(&shown.into_iter().collect());
    Ok(())
}

async fn edited(town: &Town, post: Id) -> Outcome<()> {
    match posts::by_id(town.store.read(), post).await? {
        Some(row) => show(town, &row, What::Edited).await,
        None => Ok(()),
    }
}

async fn spoken(town: &Town, post: Id) -> Outcome<()> {
    let mut accounts = Vec::new();
    town.streams().each(|account, stream| {
        if matches!(stream, Stream::Direct) {
            accounts.push(account);
        }
    });
    if accounts.is_empty() {
        return Ok(());
    }
    for (account, view) in conversations::ending_with(town, post, &accounts).await? {
        let news = News::new(What::Spoken(Box::new(view)));
        let among_few = |stream: &Stream| matches!(stream, Stream::Direct);
        town.streams().show(account, &news, among_few);
    }
    Ok(())
}

/// What decides on which public streams a post stands.
struct Facts {
    public: bool,
    local: bool,
    /// Of a post that is gone it is not known.
    media: bool,
    tags: Vec<String>,
}

impl Facts {
    fn of(row: &entity::post::Model) -> Self {
        let tags = row.tags.lines().map(TagView::new);
        Self {
            public: row.audience == Audience::Public.as_str() && row.boost_of_id.is_none(),
            local: row.local,
            media: row.has_media,
            tags: tags.map(|tag| tag.key).collect(),
        }
    }

    /// Does it stand on this stream for whoever may see it? Home and lists are not asked here.
    fn fit(&self, stream: &Stream) -> bool {
        self.public
            && match stream {
                Stream::Public { scope, media_only } => {
                    let meant = *scope == Scope::All || (*scope == Scope::Local) == self.local;
                    meant && (!media_only || self.media)
                }
                Stream::Tag { key, local, .. } => self.tags.contains(key) && (!local || self.local),
                _ => false,
            }
    }
}

/// Who listens where a post may stand; each once.
#[derive(Default)]
struct Asked {
    home: Vec<Id>,
    public: Vec<Id>,
    tagged: Vec<Id>,
    /// List and reader.
    lists: BTreeMap<Id, Id>,
}

impl Asked {
    fn of(town: &Town, facts: &Facts) -> Self {
        let mut asked = Self::default();
        town.streams().each(|account, stream| match stream {
            Stream::User => asked.home.push(account),
            Stream::List(list) => {
                asked.lists.insert(*list, account);
            }
            Stream::Public { .. } if facts.fit(stream) => asked.public.push(account),
            Stream::Tag { .. } if facts.fit(stream) => asked.tagged.push(account),
            _ => {}
        });
        for accounts in [&mut asked.home, &mut asked.public, &mut asked.tagged] {
            accounts.sort_unstable();
            accounts.dedup();
        }
        asked
    }

    fn lists(&self) -> Vec<Id> {
        self.lists.keys().copied().collect()
    }
}

/// Who is shown a post, and where.
#[derive(Default)]
struct Shown {
    home: HashSet<Id>,
    public: HashSet<Id>,
    tagged: HashSet<Id>,
    lists: HashSet<Id>,
}

impl Shown {
    fn to(&self, account: Id, stream: &Stream, facts: &Facts) -> bool {
        match stream {
            Stream::User => self.home.contains(&account),
            Stream::List(list) => self.lists.contains(list),
            Stream::Public { .. } => self.public.contains(&account) && facts.fit(stream),
            Stream::Tag { .. } => self.tagged.contains(&account) && facts.fit(stream),
            Stream::Notifications | Stream::Direct => false,
        }
    }

    /// Each once, wherever it is.
    fn readers(&self, asked: &Asked) -> HashSet<Id> {
        let mut readers = self.at_their_own(asked);
        readers.extend(&self.public);
        readers.extend(&self.tagged);
        readers
    }

    /// Those on whose own pages it stands: home, and lists.
    fn at_their_own(&self, asked: &Asked) -> HashSet<Id> {
        let lists = asked.lists.iter();
        let of_lists = lists.filter(|(list, _)| self.lists.contains(list));
        let of_lists = of_lists.map(|(_, account)| *account);
        self.home.iter().copied().chain(of_lists).collect()
    }
}

async fn show(town: &Town, row: &entity::post::Model, what: fn(PostView) -> What) -> Outcome<()> {
    let facts = Facts::of(row);
    let asked = Asked::of(town, &facts);
    let shown = shown_to(town, row.id, &asked).await?;
    let streams = town.streams();
    let mut readers: Vec<Id> = shown.readers(&asked).into_iter().collect();
    let own = to_be_shown_their_own(town, row, &mut readers).await?;
    if !readers.is_empty()
        && let Some(view) = view_of_many(town, row.id).await?
    {
        let news = News::new(what(view));
        for account in readers {
            streams.show(account, &news, |stream| shown.to(account, stream, &facts));
        }
    }
    for account in own {
        let viewer = Viewer::resident(account);
        let found = posts_in_order(town.store.read(), town, viewer, &[row.id]).await?;
        for view in found {
            let news = News::new(what(view));
            streams.show(account, &news, |stream| shown.to(account, stream, &facts));
        }
    }
    Ok(())
}

async fn shown_to(town: &Town, post: Id, asked: &Asked) -> Outcome<Shown> {
    let (db, now) = (town.store.read(), town.now());
    let at = async |place: Place, readers: &[Id]| {
        if readers.is_empty() {
            return Ok(HashSet::new());
        }
        let found = rows::readers_at(db, place, post, readers, now).await?;
        Ok::<_, crate::Error>(found.into_iter().collect())
    };
    let lists = if asked.lists.is_empty() {
        Vec::new()
    } else {
        rows::lists_with(db, post, &asked.lists(), now).await?
    };
    Ok(Shown {
        home: at(Place::Home, &asked.home).await?,
        public: at(Place::Public, &asked.public).await?,
        tagged: at(Place::Tagged, &asked.tagged).await?,
        lists: lists.into_iter().collect(),
    })
}

/// Takes those out of `readers` to whom the post does not look as to all others: its author, who has filters or has done
/// something with it, and who stands near its author where that decides who may quote it; everyone where it is for few, is
/// passed on, holds a poll or quotes what they may not see.
async fn to_be_shown_their_own(
    town: &Town,
    row: &entity::post::Model,
    readers: &mut Vec<Id>,
) -> Outcome<Vec<Id>> {
    if readers.is_empty() {
        return Ok(Vec::new());
    }
    let is_open = Audience::parse(&row.audience).is_some_and(Audience::is_open);
    if !is_open || row.boost_of_id.is_some() || row.has_poll || row.has_quote {
        return Ok(std::mem::take(readers));
    }
    let (db, now) = (town.store.read(), town.now());
    let mut particular = HashSet::from([row.author_id]);
    particular.extend(rows::with_filters(db, readers, now).await?);
    particular.extend(rows::with_marks(db, row.id, readers).await?);
    if policies::quoting(row).asks_who() {
        particular.extend(rows::near(db, row.author_id, readers).await?);
    }
    let own = readers.extract_if(.., |account| particular.contains(account));
    Ok(own.collect())
}

/// An open post as residents see it who have done nothing with it and do not know its author.
async fn view_of_many(town: &Town, post: Id) -> Outcome<Option<PostView>> {
    let found = posts_in_order(town.store.read(), town, Viewer::nobody(), &[post]).await?;
    Ok(found.into_iter().next().map(|view| PostView {
        mine: Some(Mine::default()),
        quoting: Quoting {
            me: view.quoting.allowed.consent(Ties::default()),
            ..view.quoting
        },
        ..view
    }))
}

/// Told to those who may have been shown it, whom its id tells nothing new.
async fn gone(town: &Town, author: Id, audience: Audience, stood: &Stood) -> Outcome<()> {
    gone_but_for(town, author, audience, stood, false).await
}

/// It is gone for those who do not find it at their own any more; the others are told of the edit.
async fn narrowed(town: &Town, author: Id, audience: Audience, stood: &Stood) -> Outcome<()> {
    gone_but_for(town, author, audience, stood, true).await
}

/// `stands`: at the own pages of some, who are left out.
async fn gone_but_for(
    town: &Town,
    author: Id,
    audience: Audience,
    stood: &Stood,
    stands: bool,
) -> Outcome<()> {
    let db = town.store.read();
    let Some(account) = accounts::by_id(db, author).await? else {
        return Ok(());
    };
    if stood.post == 0 {
        return Ok(());
    }
    let facts = Facts {
        public: audience == Audience::Public,
        local: account.domain.is_empty(),
        media: true,
        tags: stood.tags.clone(),
    };
    let asked = Asked::of(town, &facts);
    let shown = shown_before(town, author, audience, stood, &asked).await?;
    let still = if stands {
        let now = shown_to(town, stood.post, &asked).await?;
        now.at_their_own(&asked)
    } else {
        HashSet::new()
    };
    let news = News::new(What::Gone(stood.post));
    for account in shown.readers(&asked).difference(&still).copied() {
        let streams = town.streams();
        streams.show(account, &news, |stream| shown.to(account, stream, &facts));
    }
    Ok(())
}

async fn shown_before(
    town: &Town,
    author: Id,
    audience: Audience,
    stood: &Stood,
    asked: &Asked,
) -> Outcome<Shown> {
    let db = town.store.read();
    let mut sources = stood.boosters.clone();
    if audience != Audience::Direct {
        sources.push(author);
    }
    let by_tags = if audience == Audience::Public {
        stood.tags.as_slice()
    } else {
        &[]
    };
    let mut home: HashSet<Id> = HashSet::new();
    if !asked.home.is_empty() {
        let found = rows::readers_of_gone(db, &asked.home, author, &sources, by_tags).await?;
        let named = stood.named.iter().copied().chain([author]);
        home.extend(found.into_iter().chain(named));
    }
    let mut lists = HashSet::new();
    if !asked.lists.is_empty() {
        lists.extend(rows::lists_of_gone(db, &asked.lists(), &sources).await?);
    }
    Ok(Shown {
        home,
        public: asked.public.iter().copied().collect(),
        tagged: asked.tagged.iter().copied().collect(),
        lists,
    })
}
