//! What the author of a post says of who may answer it, like it, pass it on or quote it. Knows no accounts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Groups of people around an author.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circles(u8);

impl Circles {
    pub const NOBODY: Self = Self(0);
    pub const PUBLIC: Self = Self(1);
    pub const FOLLOWERS: Self = Self(2);
    /// Those whom the author follows.
    pub const FOLLOWING: Self = Self(4);
    /// People named one by one; who they are is not kept.
    pub const CERTAIN: Self = Self(8);

    const LETTERS: [(Self, char); 4] = [
        (Self::PUBLIC, 'p'),
        (Self::FOLLOWERS, 'f'),
        (Self::FOLLOWING, 'g'),
        (Self::CERTAIN, 'c'),
    ];

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn parse(letters: &str) -> Self {
        let named = Self::LETTERS
            .iter()
            .filter(|(_, letter)| letters.contains(*letter));
        named.fold(Self::NOBODY, |all, (circle, _)| all.and(*circle))
    }

    fn has(self, ties: Ties) -> bool {
        self.holds(Self::PUBLIC)
            || (self.holds(Self::FOLLOWERS) && ties.follows)
            || (self.holds(Self::FOLLOWING) && ties.followed)
    }
}

impl fmt::Display for Circles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = Self::LETTERS
            .iter()
            .filter(|(circle, _)| self.holds(*circle));
        named
            .map(|(_, letter)| *letter)
            .try_for_each(|letter| fmt::Write::write_char(f, letter))
    }
}

/// What somebody does with the post of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interaction {
    Reply,
    Like,
    Boost,
    Quote,
}

impl Interaction {
    pub const ALL: [Self; 4] = [Self::Reply, Self::Like, Self::Boost, Self::Quote];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Like => "like",
            Self::Boost => "boost",
            Self::Quote => "quote",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// How somebody and an author stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    pub follows: bool,
    /// By the author.
    pub followed: bool,
}

/// What an author lets somebody do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    AtOnce,
    OnRequest,
    /// Only the author's server can tell.
    Unknown,
    Refused,
}

/// Who may do one thing with a post, at once or when the author has agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    pub at_once: Circles,
    pub on_request: Circles,
}

impl Allowed {
    pub const NOBODY: Self = Self::to(Circles::NOBODY);
    pub const EVERYONE: Self = Self::to(Circles::PUBLIC);
    /// Those whom the author follows; what anybody else does the author looks at first.
    pub const LOOKED_AT: Self = Self {
        at_once: Circles::FOLLOWING,
        on_request: Circles::PUBLIC,
    };

    pub const fn to(at_once: Circles) -> Self {
        Self {
            at_once,
            on_request: Circles::NOBODY,
        }
    }

    /// Does the answer depend on who asks?
    pub fn asks_who(self) -> bool {
        let all = self.at_once.and(self.on_request);
        !self.at_once.holds(Circles::PUBLIC)
            && (all.holds(Circles::FOLLOWERS) || all.holds(Circles::FOLLOWING))
    }

    pub fn consent(self, ties: Ties) -> Consent {
        if self.at_once.has(ties) {
            Consent::AtOnce
        } else if self.at_once.holds(Circles::CERTAIN) {
            Consent::Unknown
        } else if self.on_request.has(ties) {
            Consent::OnRequest
        } else if self.on_request.holds(Circles::CERTAIN) {
            Consent::Unknown
        } else {
            Consent::Refused
        }
    }
}

/// What a post says of each; `None`: it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub reply: Option<Allowed>,
    pub like: Option<Allowed>,
    pub boost: Option<Allowed>,
    pub quote: Option<Allowed>,
}

impl Policy {
    pub fn of(&self, what: Interaction) -> Option<Allowed> {
        match what {
            Interaction::Reply => self.reply,
            Interaction::Like => self.like,
            Interaction::Boost => self.boost,
            Interaction::Quote => self.quote,
        }
    }

    /// As it is kept: `r=p/ q=f/p`, each the circles at once and on request. What is not understood says nothing.
    pub fn parse(text: &str) -> Self {
        let mut policy = Self::default();
        for (name, circles) in text.split(' ').filter_map(|word| word.split_once('=')) {
            let (at_once, on_request) = circles.split_once('/').unwrap_or((circles, ""));
            let allowed = Some(Allowed {
                at_once: Circles::parse(at_once),
                on_request: Circles::parse(on_request),
            });
            match name {
                "r" => policy.reply = allowed,
                "l" => policy.like = allowed,
                "b" => policy.boost = allowed,
                "q" => policy.quote = allowed,
                _ => {}
            }
        }
        policy
    }

    /// The form that [`Self::parse`] reads; `None` where it says nothing.
    pub fn kept(&self) -> Option<String> {
        let named = [
            ("r", self.reply),
            ("l", self.like),
            ("b", self.boost),
            ("q", self.quote),
        ];
        let words = named.into_iter().filter_map(|(name, allowed)| {
            let allowed = allowed?;
            Some(format!("{name}={}/{}", allowed.at_once, allowed.on_request))
        });
        let words: Vec<String> = words.collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// Whom somebody of this town lets quote a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoters {
    Everyone,
    Followers,
    Nobody,
}

impl Quoters {
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Followers, Self::Nobody];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everyone => "public",
            Self::Followers => "followers",
            Self::Nobody => "nobody",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    pub fn allowed(self) -> Allowed {
        match self {
            Self::Everyone => Allowed::EVERYONE,
            Self::Followers => Allowed::to(Circles::FOLLOWERS),
            Self::Nobody => Allowed::NOBODY,
        }
    }

    pub fn of(allowed: Allowed) -> Self {
        if allowed
            .at_once
            .and(allowed.on_request)
            .holds(Circles::PUBLIC)
        {
            Self::Everyone
        } else if allowed.at_once.holds(Circles::FOLLOWERS) {
            Self::Followers
        } else {
            Self::Nobody
        }
    }
}

/// What somebody of this town looks at first of all that strangers elsewhere do with their posts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LooksAt {
    #[default]
    Nothing,
    /// Answers, boosts and quotes.
    Shown,
    /// Likes as well.
    Everything,
}

impl LooksAt {
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Shown, Self::Everything];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Shown => "shown",
            Self::Everything => "everything",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// What a post of theirs says.
    pub fn of(policy: &Policy) -> Self {
        let looked_at = Some(Allowed::LOOKED_AT);
        if policy.like == looked_at {
            Self::Everything
        } else if policy.reply == looked_at {
            Self::Shown
        } else {
            Self::Nothing
        }
    }

    /// Who may quote as far as `quoters` says, and may do the rest.
    pub fn policy(self, quoters: Quoters) -> Policy {
        let shown = (self != Self::Nothing).then_some(Allowed::LOOKED_AT);
        let quote = shown.filter(|_| quoters == Quoters::Everyone);
        Policy {
            reply: shown,
            like: shown.filter(|_| self == Self::Everything),
            boost: shown,
            quote: Some(quote.unwrap_or(quoters.allowed())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: Ties = Ties {
        follows: false,
        followed: false,
    };

    #[test]
    fn what_is_kept_is_read_back() {
        let policy = Policy {
            reply: Some(Allowed {
                at_once: Circles::FOLLOWERS.and(Circles::CERTAIN),
                on_request: Circles::PUBLIC,
            }),
            quote: Some(Allowed::NOBODY),
            ..Policy::default()
        };
        assert_eq!(policy.kept().as_deref(), Some("r=fc/p q=/"));
        assert_eq!(Policy::parse("r=fc/p q=/ x=p/ zzz"), policy);
        assert_eq!(Policy::default().kept(), None);
    }

    #[test]
    fn what_one_looks_at_first_is_read_back_from_a_post() {
        for looks_at in LooksAt::ALL {
            for quoters in Quoters::ALL {
                let policy = looks_at.policy(quoters);
                assert_eq!(LooksAt::of(&policy), looks_at);
                assert_eq!(policy.quote.map(Quoters::of), Some(quoters));
                assert_eq!(LooksAt::parse(looks_at.as_str()), Some(looks_at));
            }
        }
        let followed = Ties {
            followed: true,
            ..STRANGER
        };
        let everything = LooksAt::Everything.policy(Quoters::Everyone);
        for what in Interaction::ALL {
            let allowed = everything.of(what).unwrap();
            assert_eq!(allowed.consent(STRANGER), Consent::OnRequest);
            assert_eq!(allowed.consent(followed), Consent::AtOnce);
        }
    }

    #[test]
    fn consent_depends_on_how_two_people_stand() {
        let follower = Ties {
            follows: true,
            ..STRANGER
        };
        let followers = Quoters::Followers.allowed();
        assert_eq!(followers.consent(follower), Consent::AtOnce);
        assert_eq!(followers.consent(STRANGER), Consent::Refused);
        assert_eq!(Allowed::EVERYONE.consent(STRANGER), Consent::AtOnce);
        let asked = Allowed {
            on_request: Circles::PUBLIC,
            ..followers
        };
        assert_eq!(asked.consent(STRANGER), Consent::OnRequest);
        let certain = Allowed::to(Circles::CERTAIN);
        assert_eq!(certain.consent(STRANGER), Consent::Unknown);
        assert!(followers.asks_who() && !Allowed::EVERYONE.asks_who() && !certain.asks_who());
    }
}
