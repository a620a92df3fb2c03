//! Consents of authors elsewhere to answers of residents. Who wishes to be asked first gets the answer alone; when they agree,
//! everyone else gets it, with a stamp by which others can check that. Knows no protocol.

use parvis_model::{
    clock::HOUR,
    id::Id,
    limits,
    policy::{Circles, Consent, Policy},
};
use parvis_store::{Tx, entity, posts};

use crate::{
    Outcome, Town, groups,
    journal::{self, Entry},
    policies,
};

/// How an answer to somebody elsewhere stands who does not let everybody answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyState {
    /// They have not said anything yet.
    Waiting,
    /// By what their post says it needs no word of theirs, though one may come.
    Open,
    Agreed,
    Refused,
    /// The same of one that everyone has got before.
    Withdrawn,
}

impl ReplyState {
    const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Open,
        Self::Agreed,
        Self::Refused,
        Self::Withdrawn,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Open => "open",
            Self::Agreed => "agreed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyConsent {
    pub state: ReplyState,
    /// By which others can check that they agree.
    pub stamp: Option<String>,
}

impl ReplyConsent {
    pub(crate) fn of(row: &entity::post::Model) -> Option<Self> {
        let state = row.reply_state.as_deref().and_then(ReplyState::parse)?;
        Some(Self {
            state,
            stamp: row.reply_stamp.clone(),
        })
    }

    /// Is the answer for whom it answers alone, for now?
    pub fn holds_back(&self) -> bool {
        matches!(
            self.state,
            ReplyState::Waiting | ReplyState::Refused | ReplyState::Withdrawn
        )
    }

    /// Has it ever been for everyone?
    fn has_gone_out(&self) -> bool {
        !matches!(self.state, ReplyState::Waiting | ReplyState::Refused)
    }
}

/// Is this post for whom it answers alone, for now?
pub fn is_held_back(row: &entity::post::Model) -> bool {
    ReplyConsent::of(row).is_some_and(|consent| consent.holds_back())
}

/// What an answer of mine to a post begins with, if it is for everyone; that I may answer at all is known.
pub(crate) async fn begun(
    tx: &Tx,
    me: Id,
    parent: Option<&entity::post::Model>,
) -> Outcome<Option<ReplyState>> {
    let Some(parent) = parent.filter(|row| !row.local) else {
        return Ok(None);
    };
    let policy = parent.policy.as_deref().map(Policy::parse);
    let allowed = policy.and_then(|policy| policy.reply);
    let Some(allowed) = allowed.filter(|it| !it.at_once.holds(Circles::PUBLIC)) else {
        return Ok(None);
    };
    // Who is named may always answer.
    if posts::is_mentioned(tx, parent.id, me).await? {
        return Ok(None);
    }
    let ties = policies::ties(tx, me, parent.author_id).await?;
    Ok(Some(match allowed.consent(ties) {
        Consent::OnRequest => ReplyState::Waiting,
        _ => ReplyState::Open,
    }))
}

/// Whom a post of this town answers agrees to that; `stamp`: confirmed by their server. `false`: they were not asked, or
/// change their mind too often.
pub async fn agreed(
    tx: &Tx,
    town: &Town,
    author: Id,
    post: Id,
    stamp: Option<String>,
) -> Outcome<bool> {
    let Some(row) = answer_to(tx, author, post).await? else {
        return Ok(false);
    };
    let Some(before) = ReplyConsent::of(&row) else {
        return Ok(false);
    };
    let stamp = stamp.or_else(|| before.stamp.clone());
    if before.state == ReplyState::Agreed && before.stamp == stamp {
        return Ok(false);
    }
    let is_first = matches!(before.state, ReplyState::Waiting | ReplyState::Open);
    if !is_first && !is_heard(tx, town, author, row.author_id).await? {
        return Ok(false);
    }
    let (was, is) = (before.state.as_str(), ReplyState::Agreed.as_str());
    if !posts::set_consent(tx, post, was, is, stamp).await? {
        return Ok(false);
    }
    // Everyone gets it once only.
    if before.has_gone_out() {
        journal::record(tx, town, &Entry::PostAmended { post }).await?;
        return Ok(true);
    }
    journal::record(tx, town, &Entry::ReplyAnswered { post, agreed: true }).await?;
    groups::agreed(tx, town, post).await?;
    Ok(true)
}

/// So often in an hour: nobody has us write to everyone by refusing and agreeing in turns.
async fn is_heard(tx: &Tx, town: &Town, author: Id, resident: Id) -> Outcome<bool> {
    let now = town.now();
    let done = parvis_store::groups::count_gesture(tx, author, resident, now, now - HOUR).await?;
    Ok(done <= limits::CHANGED_CONSENTS)
}

/// They do not want it, or no more. `false`: it is no answer for which they were asked, or they have said so before.
pub async fn refused(tx: &Tx, town: &Town, author: Id, post: Id) -> Outcome<bool> {
    let Some(row) = answer_to(tx, author, post).await? else {
        return Ok(false);
    };
    let Some(before) = ReplyConsent::of(&row) else {
        return Ok(false);
    };
    let state = if before.has_gone_out() {
        ReplyState::Withdrawn
    } else {
        ReplyState::Refused
    };
    let (was, is) = (before.state.as_str(), state.as_str());
    if before.state == state || !posts::set_consent(tx, post, was, is, None).await? {
        return Ok(false);
    }
    if row.reply_stamp.is_some() {
        journal::record(tx, town, &Entry::PostAmended { post }).await?;
    }
    let entry = Entry::ReplyAnswered {
        post,
        agreed: false,
    };
    journal::record(tx, town, &entry).await?;
    Ok(true)
}

/// They take back a stamp. `false`: nothing here relies on it.
pub async fn revoked(tx: &Tx, town: &Town, author: Id, stamp: &str) -> Outcome<bool> {
    let mut changed = false;
    for post in posts::by_reply_stamp(tx, stamp).await? {
        changed |= refused(tx, town, author, post).await?;
    }
    Ok(changed)
}

async fn answer_to(tx: &Tx, author: Id, post: Id) -> Outcome<Option<entity::post::Model>> {
    let row = posts::by_id(tx, post).await?;
    Ok(row.filter(|row| row.local && row.reply_to_account_id == Some(author)))
}
