//! The SQL form of `model::audience::may_see`. A property test holds the two equal.
//!
//! Convention of every statement that uses these conditions: `$1` is the account that looks (0 for nobody), `$2` is now.
//! So one text serves all viewers and stays prepared.

use sea_orm::Value;

/// Who looks: an account, and whether it is a resident of this town. Nobody is account 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Eyes {
    pub account: i64,
    pub resident: bool,
}

impl Eyes {
    pub const NOBODY: Self = Self {
        account: 0,
        resident: false,
    };

    /// The first two parameters of a statement.
    pub fn params(self, now: i64) -> Vec<Value> {
        vec![self.account.into(), now.into()]
    }
}

/// A condition over the post `p`.
pub fn visible(eyes: Eyes) -> String {
    let open = "p.audience IN ('public', 'unlisted')";
    if eyes.account == 0 {
        return format!("({open} AND $1 = $1 AND $2 = $2)");
    }
    let here = if eyes.resident {
        "OR p.audience IN ('town', 'neighbours')"
    } else {
        &format!("OR (p.audience = 'neighbours' AND {})", near())
    };
    format!(
        "(p.author_id = $1 OR (({open} {here} \
         OR (p.audience = 'followers' AND EXISTS (SELECT 1 FROM follow f WHERE f.follower_id = $1 AND f.target_id = p.author_id AND f.accepted)) \
         OR (p.audience NOT IN ('public', 'unlisted', 'town', 'neighbours') AND EXISTS (SELECT 1 FROM mention m WHERE m.post_id = p.id AND m.account_id = $1))) \
         AND {unblocked} AND $2 = $2))",
        unblocked = unblocked("p.author_id")
    )
}

/// `$1` has an account in a town to which this town's post `p` for the neighbours goes: one under agreement and, where the
/// post answers something that a neighbour wrote for its own neighbours, that town alone.
pub(crate) fn near() -> &'static str {
    "(p.local AND EXISTS (SELECT 1 FROM account a JOIN neighbour n ON n.domain = a.domain \
     WHERE a.id = $1 AND n.state = 'agreed' \
     AND NOT EXISTS (SELECT 1 FROM neighbour_post c WHERE c.post_id = p.id AND c.neighbour_id <> n.actor_id)))"
}

/// The SQL form of `Audience::is_counted_under`, over two posts.
pub fn counted(answer: &str, question: &str) -> String {
    format!(
        "({answer}.audience IN ('public', 'unlisted') \
         OR ({answer}.audience = {question}.audience AND {answer}.audience NOT IN ('followers', 'direct')))"
    )
}

/// Neither `$1` nor `other` has blocked the other.
pub fn unblocked(other: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = $1 AND b.target_id = {other}) \
         AND NOT EXISTS (SELECT 1 FROM block b WHERE b.account_id = {other} AND b.target_id = $1)"
    )
}

/// `$1` has not muted `other`, or the mute has run out by `$2`; nor does `$1` block the server of `other`. Whoever blocks no
/// server pays once for the question, not for each row.
pub fn unmuted(other: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM mute u WHERE u.account_id = $1 AND u.target_id = {other} \
         AND (u.until IS NULL OR u.until > $2)) AND {}",
        of_open_server(other)
    )
}

/// `$1` does not block the server of `other`.
pub fn of_open_server(other: &str) -> String {
    format!(
        "(NOT EXISTS (SELECT 1 FROM domain_block d WHERE d.account_id = $1) OR NOT EXISTS (SELECT 1 FROM account a \
         JOIN domain_block d ON d.domain = a.domain WHERE a.id = {other} AND d.account_id = $1))"
    )
}
