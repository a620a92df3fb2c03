//! Who may see a post: the one rule. Its SQL form stands in `store::audience`; a property test holds the two equal.

use serde::{Deserialize, Serialize};

/// For whom a post is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everyone, here and elsewhere; shown on public pages.
    Public,
    /// Everyone who has the link; not on public pages.
    Unlisted,
    /// This town and the towns it has an agreement with.
    Neighbours,
    /// Residents of this town; never leaves this node.
    Town,
    /// The author's followers, and who is mentioned.
    Followers,
    /// The members of a group.
    Group,
    /// Only who is mentioned.
    Direct,
}

impl Audience {
    pub const ALL: [Self; 7] = [
        Self::Public,
        Self::Unlisted,
        Self::Neighbours,
        Self::Town,
        Self::Followers,
        Self::Group,
        Self::Direct,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Neighbours => "neighbours",
            Self::Town => "town",
            Self::Followers => "followers",
            Self::Group => "group",
            Self::Direct => "direct",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.as_str() == text)
    }

    /// Seen by everyone who comes across it, with or without an account.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }

    /// May others pass it on?
    pub fn may_be_boosted(self) -> bool {
        self.is_open()
    }

    /// Is an answer for this audience counted under what it answers? Only where all who see that see the answer too.
    pub fn is_counted_under(self, question: Self) -> bool {
        match self {
            Self::Followers | Self::Direct => false,
            _ => self.is_open() || self == question,
        }
    }

    /// How far it reaches, widest first: an answer never reaches further than what it answers.
    fn width(self) -> u8 {
        match self {
            Self::Public => 6,
            Self::Unlisted => 5,
            Self::Neighbours => 4,
            Self::Town => 3,
            Self::Followers => 2,
            Self::Group => 1,
            Self::Direct => 0,
        }
    }

    /// The narrower of two. Followers may live anywhere, so what answers something of the town only and is not for the whole
    /// town is for those named.
    #[must_use]
    pub fn at_most(self, limit: Self) -> Self {
        if self == Self::Followers && matches!(limit, Self::Town | Self::Neighbours) {
            Self::Direct
        } else if self.width() <= limit.width() {
            self
        } else {
            limit
        }
    }
}

/// How someone stands to a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub author: bool,
    pub mentioned: bool,
    /// An accepted follower of the author.
    pub follower: bool,
    /// Has an account in this town.
    pub resident: bool,
    /// Has an account in a town that posts of the author's town for its neighbours go to.
    pub neighbour: bool,
    /// One of the two has blocked the other.
    pub blocked: bool,
}

/// May someone of this standing see a post for this audience?
pub fn may_see(audience: Audience, who: Standing) -> bool {
    if who.author {
        return true;
    }
    if who.blocked {
        return false;
    }
    match audience {
        Audience::Public | Audience::Unlisted => true,
        Audience::Town => who.resident,
        Audience::Neighbours => who.resident || who.neighbour,
        Audience::Followers => who.follower || who.mentioned,
        Audience::Group | Audience::Direct => who.mentioned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_sees_only_open_posts() {
        let seen: Vec<_> = Audience::ALL
            .into_iter()
            .filter(|a| may_see(*a, Standing::default()))
            .collect();
        assert_eq!(seen, [Audience::Public, Audience::Unlisted]);
    }

    #[test]
    fn a_block_outweighs_everything_but_authorship() {
        let all = Standing {
            mentioned: true,
            follower: true,
            resident: true,
            neighbour: true,
            blocked: true,
            author: false,
        };
        assert!(Audience::ALL.into_iter().all(|a| !may_see(a, all)));
        assert!(may_see(
            Audience::Direct,
            Standing {
                author: true,
                ..all
            }
        ));
    }

    #[test]
    fn an_answer_never_reaches_further_than_its_question() {
        assert_eq!(
            Audience::Public.at_most(Audience::Followers),
            Audience::Followers
        );
        assert_eq!(Audience::Direct.at_most(Audience::Public), Audience::Direct);
        assert_eq!(
            Audience::Followers.at_most(Audience::Town),
            Audience::Direct
        );
    }
}
