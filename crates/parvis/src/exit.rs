//! How a command ends when it does not succeed: the reason in words and the exit code. Knows no commands.

use std::{fmt, process::ExitCode};

use parvis_model::{
    locale::Locale,
    refusal::{Kind, Refusal},
};
use parvis_store::{DbErr, Trouble, refuses_us, trouble};
use parvis_town::Failure;

/// Shown at the end of `parvis --help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed: the reason is on standard error
  2  wrong settings or wrong usage
  3  not found: no such town, account or file
  4  refused: the town's rules do not allow it

Settings come from the defaults, then a TOML file (--config, $PARVIS_CONFIG or ./parvis.toml),
then the environment: PARVIS_LISTEN, PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS and so on.
`parvis config print` shows each value and where it comes from.";

/// Why a command stopped.
#[derive(Debug)]
pub enum Stop {
    Failed(anyhow::Error),
    /// Wrong settings or usage.
    Wrong(String),
    NotFound(String),
    Refused(String),
}

/// What a command gives back.
pub type Done<T = ()> = Result<T, Stop>;

impl Stop {
    pub fn wrong(reason: impl Into<String>) -> Self {
        Self::Wrong(reason.into())
    }

    pub fn not_found(reason: impl Into<String>) -> Self {
        Self::NotFound(reason.into())
    }

    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused(reason.into())
    }

    /// Does a database not answer, so that another try may find it?
    pub fn is_absence(&self) -> bool {
        let Self::Failed(error) = self else {
            return false;
        };
        let said = match error.downcast_ref::<parvis_town::Error>() {
            Some(parvis_town::Error::Store(said)) => Some(said),
            _ => error.downcast_ref::<DbErr>(),
        };
        said.is_some_and(|said| trouble(said) == Some(Trouble::Away) && !refuses_us(said))
    }

    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Wrong(_) => 2,
            Self::NotFound(_) => 3,
            Self::Refused(_) => 4,
        })
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(error) => write!(f, "{error:#}"),
            Self::Wrong(reason) | Self::NotFound(reason) | Self::Refused(reason) => {
                f.write_str(reason)
            }
        }
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        let words = Locale::of("en").refusal(&refusal);
        match refusal.kind {
            Kind::NotFound => Self::NotFound(words),
            _ => Self::Refused(words),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Broken(error) => Self::Failed(error.into()),
        }
    }
}
