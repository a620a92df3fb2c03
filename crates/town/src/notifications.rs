//! What residents are told: made by a reader of the journal, so that nothing is lost or told twice.

mod choices;
mod groups;
mod policies;
mod staff;
mod taken_back;

use std::collections::{HashMap, HashSet};

use parvis_model::{account::Role, clock::Timestamp, id::Id, page::Page, refusal::Refusal};
pub use parvis_store::notifications::Wanted;
use parvis_store::{
    Tx, accounts, entity,
    follows::{self, Listener},
    logins, notifications, polls, posts, quotes, relations, thread_mutes,
};

use crate::{
    AccountView, Outcome, PostView, Town, Viewer,
    journal::{self, Entry},
    pages::posts_in_order,
    push,
    views::accounts_in_order,
};

pub use choices::{Choices, Ticked, choices, choose, on_page, reach_by_letter};
pub(crate) use choices::{choices_and_place, no_letters, told_by_letter};
pub use groups::{GroupKey, GroupView, Grouped, dismiss_group, group, groups};
pub(crate) use policies::reception;
pub use policies::{
    NotificationPolicy, Reception, RequestView, accept, held_counts, policy, request, requests,
    set_policy, turn_away,
};
use taken_back::{was_taken_back, withdraw};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationKind {
    Mention,
    /// Someone whose posts one wants to hear of has posted.
    Post,
    Favourite,
    Boost,
    Follow,
    FollowRequest,
    /// For moderators: someone signed up.
    SignUp,
    /// For moderators: someone or something was reported.
    Report,
    /// For administrators: another town asks to be a neighbour.
    Neighbour,
    /// A post one boosted was edited.
    Edit,
    /// A poll of one's own, or one has voted in, has ended.
    Poll,
    /// A post of one's own was quoted.
    Quote,
    /// A post one has quoted was edited.
    QuotedEdit,
}

impl NotificationKind {
    pub const ALL: [Self; 13] = [
        Self::Mention,
        Self::Post,
        Self::Favourite,
        Self::Boost,
        Self::Follow,
        Self::FollowRequest,
        Self::SignUp,
        Self::Report,
        Self::Neighbour,
        Self::Edit,
        Self::Poll,
        Self::Quote,
        Self::QuotedEdit,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Post => "post",
            Self::Favourite => "favourite",
            Self::Boost => "boost",
            Self::Follow => "follow",
            Self::FollowRequest => "follow_request",
            Self::SignUp => "sign_up",
            Self::Report => "report",
            Self::Neighbour => "neighbour",
            Self::Edit => "edit",
            Self::Poll => "poll",
            Self::Quote => "quote",
            Self::QuotedEdit => "quoted_edit",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Does somebody with this role hear of these?
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::SignUp | Self::Report => role >= Role::Moderator,
            Self::Neighbour => role == Role::Admin,
            _ => true,
        }
    }

    /// Do only those hear of these who look after the town?
    pub fn is_for_staff(self) -> bool {
        !self.is_for(Role::Resident)
    }

    /// As they are kept. A word of another version of the program is left out.
    pub(crate) fn listed(words: &str) -> Vec<Self> {
        words.split_whitespace().filter_map(Self::parse).collect()
    }

    pub(crate) fn in_a_row(kinds: &[Self]) -> String {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        words.join(" ")
    }
}

#[derive(Clone, Debug)]
pub struct NotificationView {
    pub id: Id,
    pub kind: NotificationKind,
    pub from: AccountView,
    pub post: Option<PostView>,
    pub at: Timestamp,
    pub unread: bool,
    /// Those of one group say the same of the same.
    pub group: GroupKey,
    /// Until one agrees to hear of this person.
    pub held_back: bool,
}

/// What is not held back.
pub async fn list(town: &Town, me: Id, page: Page) -> Outcome<Vec<NotificationView>> {
    chosen(town, me, &Wanted::default(), page).await
}

/// Those that are wanted, one by one.
pub async fn chosen(
    town: &Town,
    me: Id,
    wanted: &Wanted,
    page: Page,
) -> Outcome<Vec<NotificationView>> {
    let db = town.store.snapshot().await?;
    let eyes = Viewer::resident(me).eyes();
    let rows = notifications::list(&db, eyes, town.now(), wanted, &page).await?;
    views_of(&db, town, me, rows).await
}

/// One of one's own; others' are not found.
pub async fn view(town: &Town, me: Id, notification: Id) -> Outcome<NotificationView> {
    let db = town.store.snapshot().await?;
    let row = notifications::by_id(&db, me, notification).await?;
    let found = views_of(&db, town, me, row.into_iter().collect()).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

pub async fn dismiss(tx: &Tx, _town: &Town, me: Id, notification: Id) -> Outcome<()> {
    notifications::by_id(tx, me, notification)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(notifications::dismiss(tx, me, &[notification]).await?)
}

pub async fn clear(tx: &Tx, _town: &Town, me: Id) -> Outcome<()> {
    Ok(notifications::clear(tx, me).await?)
}

async fn views_of(
    db: &Tx,
    town: &Town,
    me: Id,
    rows: Vec<entity::notification::Model>,
) -> Outcome<Vec<NotificationView>> {
    let read = logins::by_account(db, me)
        .await?
        .map_or(0, |login| login.notifications_read_id);
    let mut people: Vec<Id> = rows.iter().map(|row| row.from_id).collect();
    people.sort_unstable();
    people.dedup();
    let people = accounts_in_order(db, town, &people).await?;
    let mut ids: Vec<Id> = rows.iter().filter_map(|row| row.post_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let posts = posts_in_order(db, town, Viewer::resident(me), &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let post = match row.post_id {
                // What one may no longer see is not told of either.
                Some(id) => Some(posts.iter().find(|post| post.id == id)?.clone()),
                None => None,
            };
            let kind = NotificationKind::parse(&row.kind)?;
            Some(NotificationView {
                id: row.id,
                kind,
                group: GroupKey::of(kind, &row, Grouped::ALL),
                held_back: row.held_back,
                from: people
                    .iter()
                    .find(|account| account.id == row.from_id)?
                    .clone(),
                post,
                at: row.created_at,
                unread: row.id > read,
            })
        })
        .collect())
}

/// Of those kinds that one wants to see on the pages. Counting stops at 100.
pub async fn unread(town: &Town, me: Id) -> Outcome<u64> {
    let wanted = on_page(town, me, Wanted::default()).await?;
    unread_of(town, me, &wanted, 100).await
}

/// Counting stops at `most`.
pub async fn unread_of(town: &Town, me: Id, wanted: &Wanted, most: u64) -> Outcome<u64> {
    let db = town.store.read();
    let read = logins::by_account(db, me)
        .await?
        .map_or(0, |login| login.notifications_read_id);
    let eyes = Viewer::resident(me).eyes();
    Ok(notifications::unread(db, eyes, town.now(), read, wanted, most).await?)
}

/// Everything up to now, or up to `upto`.
pub async fn mark_read(tx: &Tx, town: &Town, me: Id, upto: Option<Id>) -> Outcome<()> {
    Ok(logins::mark_read(tx, me, upto.unwrap_or_else(|| town.ids.next())).await?)
}

/// What a batch of entries means for the residents' notifications.
pub(crate) async fn read_entries(tx: &Tx, town: &Town, entries: &[Entry]) -> Outcome<()> {
    let written = Written::load(tx, entries).await?;
    for entry in entries {
        read_entry(tx, town, &written, entry).await?;
    }
    Ok(())
}

/// The posts that a batch of entries speaks of, and who may have to be told of them. Most posts from elsewhere concern
/// nobody here, so they cost no question of their own.
struct Written {
    posts: HashMap<Id, entity::post::Model>,
    /// Post → whom it names.
    named: HashMap<Id, Vec<Id>>,
    /// Account → who wants to hear of each of its posts.
    listeners: HashMap<Id, Vec<Listener>>,
}

impl Written {
    async fn load(tx: &Tx, entries: &[Entry]) -> Outcome<Self> {
        let ids: Vec<Id> = entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::PostPublished { post } | Entry::PostEdited { post } => Some(*post),
                _ => None,
            })
            .collect();
        let mut written = Self {
            posts: HashMap::new(),
            named: HashMap::new(),
            listeners: HashMap::new(),
        };
        if ids.is_empty() {
            return Ok(written);
        }
        let rows = posts::by_ids(tx, &ids).await?;
        for mention in posts::mentions_of(tx, &ids).await? {
            let named = written.named.entry(mention.post_id).or_default();
            named.push(mention.account_id);
        }
        let authors: HashSet<Id> = rows.iter().map(|row| row.author_id).collect();
        let authors: Vec<Id> = authors.into_iter().collect();
        for listener in follows::listeners(tx, &authors).await? {
            let listeners = written.listeners.entry(listener.target_id).or_default();
            listeners.push(listener);
        }
        written.posts = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(written)
    }

    fn named(&self, post: Id) -> &[Id] {
        self.named.get(&post).map_or(&[], Vec::as_slice)
    }

    fn listeners(&self, post: &entity::post::Model) -> Vec<Id> {
        let listeners = self.listeners.get(&post.author_id).into_iter().flatten();
        let reading = listeners.filter(|listener| listener.reads(post.language.as_deref()));
        reading.map(|listener| listener.follower_id).collect()
    }
}

async fn read_entry(tx: &Tx, town: &Town, written: &Written, entry: &Entry) -> Outcome<()> {
    match entry {
        Entry::PostPublished { post } => post_published(tx, town, written, *post).await,
        Entry::PostEdited { post } => post_edited(tx, town, written, *post).await,
        Entry::Boosted { boost } => boosted(tx, town, *boost).await,
        Entry::Favourited { account, post, .. } => {
            let Some(row) = posts::by_id(tx, *post).await? else {
                return Ok(());
            };
            tell(
                tx,
                town,
                row.author_id,
                NotificationKind::Favourite,
                *account,
                Some(*post),
            )
            .await
        }
        Entry::Unfavourited { account, post, .. } => {
            withdraw(tx, town, NotificationKind::Favourite, *account, *post).await
        }
        Entry::FollowRequested {
            follower,
            target,
            accepted,
            ..
        } => {
            let kind = if *accepted {
                NotificationKind::Follow
            } else {
                NotificationKind::FollowRequest
            };
            tell(tx, town, *target, kind, *follower, None).await
        }
        Entry::FollowAccepted {
            follower, target, ..
        } => {
            let asked = NotificationKind::FollowRequest.as_str();
            notifications::withdraw(tx, asked, *follower, *target).await?;
            tell(tx, town, *target, NotificationKind::Follow, *follower, None).await
        }
        Entry::FollowWithdrawn {
            follower, target, ..
        }
        | Entry::FollowRefused {
            follower, target, ..
        } => {
            withdraw(
                tx,
                town,
                NotificationKind::FollowRequest,
                *follower,
                *target,
            )
            .await?;
            withdraw(tx, town, NotificationKind::Follow, *follower, *target).await
        }
        Entry::Reported { report, .. } => staff::reported(tx, town, *report).await,
        Entry::SignedUp { account, .. } => {
            staff::told(tx, town, NotificationKind::SignUp, *account).await
        }
        Entry::NeighbourAsks { actor } => {
            staff::told(tx, town, NotificationKind::Neighbour, *actor).await
        }
        Entry::Unboosted {
            account, of_uri, ..
        } => {
            let Some(of) = posts::by_uri(tx, of_uri).await? else {
                return Ok(());
            };
            withdraw(tx, town, NotificationKind::Boost, *account, of.id).await
        }
        // Never told; and what was told before is forgotten.
        Entry::Blocked {
            account, target, ..
        } => Ok(notifications::forget_between(tx, *account, *target).await?),
        // Also what was told between its end and now.
        Entry::AccountClosed { account, .. } => Ok(notifications::forget_all(tx, *account).await?),
        Entry::PollClosed { post } => poll_closed(tx, town, *post).await,
        Entry::Quoted { post } => quoted(tx, town, *post).await,
        // What was told of a post went with its row.
        Entry::PostDeleted { .. }
        | Entry::PostNarrowed { .. }
        | Entry::HandedOn { .. }
        | Entry::PollVoted { .. }
        | Entry::PollCounted { .. }
        | Entry::PostAmended { .. }
        | Entry::ReplyAnswered { .. }
        | Entry::QuoteAsked { .. }
        | Entry::QuoteAnswered { .. }
        | Entry::InteractionAnswered { .. }
        | Entry::QuoteRevoked { .. }
        | Entry::Unblocked { .. }
        | Entry::ProfileChanged { .. }
        | Entry::Pinned { .. }
        | Entry::Unpinned { .. }
        | Entry::AccountMoved { .. }
        | Entry::Notified { .. }
        | Entry::NotificationsMerged { .. }
        | Entry::FiltersChanged { .. }
        | Entry::Announced { .. }
        | Entry::AnnouncementAnswered { .. }
        | Entry::AnnouncementRemoved { .. }
        | Entry::FilesDropped { .. } => Ok(()),
    }
}

async fn post_published(tx: &Tx, town: &Town, written: &Written, post: Id) -> Outcome<()> {
    let Some(row) = written.posts.get(&post) else {
        return Ok(());
    };
    let named = written.named(post);
    // An answer is told of even where it does not name whom it answers.
    let answered = row.reply_to_account_id.filter(|id| !named.contains(id));
    let kind = NotificationKind::Mention;
    for to in named.iter().copied().chain(answered) {
        tell(tx, town, to, kind, row.author_id, Some(post)).await?;
    }
    if row.reply_to_uri.is_none() && row.audience != "direct" {
        let kind = NotificationKind::Post;
        for to in written.listeners(row) {
            tell(tx, town, to, kind, row.author_id, Some(post)).await?;
        }
    }
    Ok(())
}

async fn post_edited(tx: &Tx, town: &Town, written: &Written, post: Id) -> Outcome<()> {
    let Some(row) = written.posts.get(&post) else {
        return Ok(());
    };
    let kind = NotificationKind::Mention;
    let named = if row.found { &[] } else { written.named(post) };
    for to in named {
        tell(tx, town, *to, kind, row.author_id, Some(post)).await?;
    }
    let kind = NotificationKind::Edit;
    for boost in posts::boosts_of(tx, post).await? {
        tell(tx, town, boost.author_id, kind, row.author_id, Some(post)).await?;
    }
    if row.quotes > 0 {
        let kind = NotificationKind::QuotedEdit;
        for (quoting, quoter) in quotes::quoters_here(tx, post).await? {
            tell(tx, town, quoter, kind, row.author_id, Some(quoting)).await?;
        }
    }
    Ok(())
}

async fn quoted(tx: &Tx, town: &Town, post: Id) -> Outcome<()> {
    let (Some(row), Some(quote)) = (
        posts::by_id(tx, post).await?,
        quotes::by_post(tx, post).await?,
    ) else {
        return Ok(());
    };
    let Some(author) = quote.quoted_author_id.filter(|_| !row.found) else {
        return Ok(());
    };
    let kind = NotificationKind::Quote;
    tell(tx, town, author, kind, row.author_id, Some(post)).await
}

async fn boosted(tx: &Tx, town: &Town, boost: Id) -> Outcome<()> {
    let Some(boost) = posts::by_id(tx, boost).await? else {
        return Ok(());
    };
    let Some(of) = boost.boost_of_id else {
        return Ok(());
    };
    let Some(row) = posts::by_id(tx, of).await? else {
        return Ok(());
    };
    tell(
        tx,
        town,
        row.author_id,
        NotificationKind::Boost,
        boost.author_id,
        Some(of),
    )
    .await
}

/// Its author, to whom nobody else could tell it, and the residents who voted.
async fn poll_closed(tx: &Tx, town: &Town, post: Id) -> Outcome<()> {
    let Some(row) = posts::by_id(tx, post).await? else {
        return Ok(());
    };
    let kind = NotificationKind::Poll;
    if row.local {
        let author = row.author_id;
        told(tx, town, author, kind, author, Some(post), false).await?;
    }
    for voter in polls::voters_here(tx, post).await? {
        tell(tx, town, voter, kind, row.author_id, Some(post)).await?;
    }
    Ok(())
}

/// Only residents are told, not of their own deeds, not by those they blocked or muted, and not of what they may not see.
async fn tell(
    tx: &Tx,
    town: &Town,
    to: Id,
    kind: NotificationKind,
    from: Id,
    post: Option<Id>,
) -> Outcome<()> {
    if to == from {
        return Ok(());
    }
    let Some(account) = accounts::by_id(tx, to).await? else {
        return Ok(());
    };
    if !account.domain.is_empty() || account.kind == "application" {
        return Ok(());
    }
    let relation = relations::between(tx, to, &[from], town.now()).await?;
    let Some(relation) = relation.first() else {
        return Ok(());
    };
    if relation.blocking
        || relation.blocked_by
        || relation.muting_notifications
        || relation.domain_blocking
    {
        return Ok(());
    }
    if let Some(post) = post
        && posts::visible_by_ids(tx, Viewer::resident(to).eyes(), town.now(), &[post])
            .await?
            .is_empty()
    {
        return Ok(());
    }
    if let Some(post) = post
        && thread_mutes::holds(tx, to, post).await?
    {
        return Ok(());
    }
    let held_back = match policies::reception(tx, town, to, kind, relation, post).await? {
        Reception::Accept => false,
        Reception::Filter => true,
        Reception::Drop => return Ok(()),
    };
    told(tx, town, to, kind, from, post, held_back).await
}

async fn told(
    tx: &Tx,
    town: &Town,
    to: Id,
    kind: NotificationKind,
    from: Id,
    post: Option<Id>,
    held_back: bool,
) -> Outcome<()> {
    let row = entity::notification::Model {
        // Apps read it as a number where it comes through a push service.
        id: town.ids.next_exact(),
        account_id: to,
        kind: kind.as_str().into(),
        from_id: from,
        post_id: post,
        subject_id: post.unwrap_or(to),
        created_at: town.now(),
        held_back,
    };
    let is_new = notifications::insert(tx, row.clone()).await?;
    if is_new && !held_back && !was_taken_back(tx, &row).await? {
        let choices = choices::pass_on(tx, town, to, kind).await?;
        if !choices.off_push.contains(&kind) {
            push::lay_down(tx, town, &row, kind).await?;
        }
        let (account, notification) = (to, row.id);
        let entry = Entry::Notified {
            account,
            notification,
        };
        journal::record(tx, town, &entry).await?;
    }
    Ok(())
}
