//! Pages of posts as a viewer sees them: what the store gives, put together and checked for who looks. A page of anything
//! costs a fixed number of questions.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parvis_model::{audience::Audience, id::Id, page as piece, policy::Policy};
use parvis_store::{
    ConnectionTrait, entity,
    pages::{self, PageRows},
    reactions,
};

use crate::{
    Error, Outcome, Paged, Town, Viewer,
    consents::ReplyConsent,
    emojis::{self, EmojiView},
    filters::Filters,
    polls::{self, PollView},
    previews::PreviewView,
    quotes::{Quoted, Quotes, Quoting, quotings},
    views::{AccountView, MediaView, Mine, PostKind, PostView, TagView},
};

/// One page of a list of posts whose cursors are their own ids.
pub(crate) async fn page_of(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: Viewer,
    ids: &[Id],
    page: &piece::Page,
) -> Outcome<Paged<PostView>> {
    let posts = posts_in_order(db, town, viewer, ids).await?;
    Ok(Paged::of_ids(posts, ids, page.limit))
}

/// Posts by id, in the order asked; those that the viewer may not see, and those of suspended people, are left out. One question,
/// whatever is on the page, one more where it holds a poll, two where a post on it quotes, one more
/// where what it quotes does so in turn, three where the viewer has filters.
pub(crate) async fn posts_in_order(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: Viewer,
    ids: &[Id],
) -> Outcome<Vec<PostView>> {
    let rows = pages::of_posts(db, viewer.eyes(), town.now(), ids).await?;
    arranged(db, town, viewer, ids, rows).await
}

/// The same of rows that were read already.
pub(crate) async fn arranged(
    db: &impl ConnectionTrait,
    town: &Town,
    viewer: Viewer,
    ids: &[Id],
    mut rows: PageRows,
) -> Outcome<Vec<PostView>> {
    let quotes = Quotes::load(db, town, viewer, &rows.posts).await?;
    let here: HashSet<Id> = rows.posts.iter().map(|row| row.id).collect();
    let elsewhere: Vec<Id> = quotes.agreed().filter(|id| !here.contains(id)).collect();
    if !elsewhere.is_empty() {
        rows.join(pages::of_posts(db, viewer.eyes(), town.now(), &elsewhere).await?);
    }
    let posts = std::mem::take(&mut rows.posts);
    let page = Page::load(db, town, viewer, &posts, rows).await?;
    let agreed: HashSet<Id> = quotes.agreed().collect();
    let shown: HashMap<Id, Arc<PostView>> = posts
        .iter()
        .filter(|row| agreed.contains(&row.id))
        .filter_map(|row| page.view(row.clone(), None))
        .map(|view| (view.id, Arc::new(view)))
        .collect();
    let quoted = Quoted::load(db, town, viewer, shown, &posts).await?;
    let (boosts, originals): (Vec<_>, Vec<_>) =
        posts.into_iter().partition(|row| row.boost_of_id.is_some());
    let mut views: HashMap<Id, Arc<PostView>> = originals
        .into_iter()
        .filter_map(|row| page.view(row, None))
        .map(|view| PostView {
            quote: quotes.view(view.id, &quoted),
            ..view
        })
        .map(|view| (view.id, Arc::new(view)))
        .collect();
    for row in boosts {
        // A boost of what these eyes may not see is not there either.
        let original = row.boost_of_id.and_then(|of| views.get(&of)).cloned();
        if let Some(view) = original.and_then(|original| page.view(row, Some(original))) {
            views.insert(view.id, Arc::new(view));
        }
    }
    Ok(ids
        .iter()
        .filter_map(|id| views.remove(id))
        .map(Arc::unwrap_or_clone)
        .collect())
}

/// What the posts of a page need besides their own rows.
struct Page {
    accounts: HashMap<Id, Arc<AccountView>>,
    mentions: HashMap<Id, Vec<Id>>,
    media: HashMap<Id, Vec<MediaView>>,
    /// Of the posts that have some.
    emojis: HashMap<Id, Vec<EmojiView>>,
    polls: HashMap<Id, PollView>,
    previews: HashMap<Id, Arc<PreviewView>>,
    quotings: HashMap<Id, Quoting>,
    /// Threads the viewer muted.
    muted: HashSet<Id>,
    /// The viewer's, where there are any.
    filters: Option<Filters>,
    /// `None` for visitors.
    mine: Option<(Id, HashMap<Id, Mine>)>,
}

impl Page {
    async fn load(
        db: &impl ConnectionTrait,
        town: &Town,
        viewer: Viewer,
        posts: &[entity::post::Model],
        rows: PageRows,
    ) -> Result<Self, Error> {
        let mut mentions: HashMap<Id, Vec<Id>> = HashMap::new();
        let mut done: HashMap<Id, Mine> = HashMap::new();
        let (mut muted, mut has_filters) = (HashSet::new(), false);
        for mark in rows.marks {
            let (post, account) = (mark.post_id, mark.account_id);
            match mark.what {
                reactions::FAVOURITED => done.entry(post).or_default().favourited = true,
                reactions::BOOKMARKED => done.entry(post).or_default().bookmarked = true,
                reactions::BOOSTED => done.entry(post).or_default().boosted = true,
                reactions::PINNED => done.entry(post).or_default().pinned = true,
                reactions::MUTED => {
                    muted.insert(post);
                }
                reactions::FILTERS => has_filters = true,
                _ => mentions.entry(post).or_default().push(account),
            }
        }
        let people = rows.people.into_iter();
        let accounts: HashMap<Id, Arc<AccountView>> = people
            .map(|row| (row.id, Arc::new(AccountView::new(town, row))))
            .collect();
        let mut media: HashMap<Id, Vec<MediaView>> = HashMap::new();
        for row in rows.media {
            let shown = media.entry(row.post_id.unwrap_or(0)).or_default();
            shown.push(MediaView::new(town, row));
        }
        let with_emoji = posts.iter().filter(|row| row.emoji.is_some());
        let emojis = with_emoji.map(|row| (row.id, emojis::views(town, row.emoji.as_deref())));
        let emojis = emojis.collect();
        let previews = rows.previews.into_iter().filter_map(|row| {
            let id = row.id;
            let named = row.author_id.and_then(|author| accounts.get(&author));
            let view = PreviewView::new(town, row, named.cloned(), viewer)?;
            Some((id, Arc::new(view)))
        });
        let previews = previews.collect();
        let with_poll = posts.iter().filter(|row| row.has_poll);
        let with_poll: Vec<Id> = with_poll.map(|row| row.id).collect();
        let polls = polls::of_posts(db, town, viewer, &with_poll).await?;
        let quotings = quotings(db, town, viewer, posts).await?;
        let filters = if has_filters {
            Some(Filters::load(db, viewer.account.unwrap_or(0), town.now()).await?)
        } else {
            None
        };
        Ok(Self {
            accounts,
            mentions,
            media,
            emojis,
            polls,
            previews,
            quotings,
            muted,
            filters,
            mine: viewer.account.map(|me| (me, done)),
        })
    }

    fn view(&self, row: entity::post::Model, boost_of: Option<Arc<PostView>>) -> Option<PostView> {
        let author = Arc::clone(
            self.accounts
                .get(&row.author_id)
                .filter(|author| !author.suspended)?,
        );
        let mentioned = self
            .mentions
            .get(&row.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mine = self.mine.as_ref().map(|(me, done)| Mine {
            author: *me == row.author_id,
            muted: self.muted.contains(&row.thread_id),
            ..done.get(&row.id).copied().unwrap_or_default()
        });
        let media = self.media.get(&row.id).cloned().unwrap_or_default();
        let poll = self.polls.get(&row.id).cloned();
        let group = row
            .group_id
            .and_then(|group| self.accounts.get(&group))
            .filter(|group| !group.suspended)
            .cloned();
        let filtered = match (&boost_of, &self.filters) {
            (Some(original), _) => original.filtered.clone(),
            (None, Some(filters)) if mine.is_some_and(|mine| !mine.author) => {
                filters.matching(&row, poll.as_ref(), &media)
            }
            (None, _) => Vec::new(),
        };
        Some(PostView {
            consent: ReplyConsent::of(&row),
            path: format!("{}/{}", author.path, row.id),
            author,
            audience: Audience::parse(&row.audience)?,
            kind: PostKind::parse(&row.kind),
            mentions: mentioned
                .iter()
                .filter_map(|id| self.accounts.get(id))
                .map(|account| account.mentioned())
                .collect(),
            media,
            emojis: self.emojis.get(&row.id).cloned().unwrap_or_default(),
            poll,
            preview: row
                .card_id
                .and_then(|card| self.previews.get(&card))
                .cloned(),
            quote: None,
            quoting: *self.quotings.get(&row.id)?,
            policy: row.policy.as_deref().map(Policy::parse).unwrap_or_default(),
            tags: row.tags.lines().map(TagView::new).collect(),
            url: row.url,
            id: row.id,
            uri: row.uri,
            title: row.title,
            html: row.html,
            source: row.source,
            summary: row.summary,
            sensitive: row.sensitive,
            language: row.language,
            created_at: row.created_at,
            edited_at: row.edited_at,
            reply_to: row.reply_to_id,
            reply_to_uri: row.reply_to_uri,
            reply_to_account: row.reply_to_account_id,
            thread: row.thread_id,
            replies: row.replies,
            boosts: row.boosts,
            favourites: row.favourites,
            quotes: row.quotes,
            mine,
            filtered,
            brought_by: None,
            boost_of,
            closed: row.closed && row.in_group && group.is_some(),
            group,
            in_group: row.in_group,
            taken_out: row.taken_out,
            local: row.local,
        })
    }
}
