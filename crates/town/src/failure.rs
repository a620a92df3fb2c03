//! How a deed can end badly: refused (the person's side) or broken (ours).

use std::io::ErrorKind;

use parvis_model::refusal::Refusal;
use parvis_store::{DbErr, Trouble, trouble};

/// Something of ours is broken. Logged once by the face that meets it, with an operation id.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {0}")]
    Store(#[from] DbErr),
    #[error("files: {0}")]
    Files(#[from] std::io::Error),
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Is the database out of reach for now, or can it keep nothing, so that trying again later makes sense?
    pub fn is_unavailable(&self) -> bool {
        self.trouble().is_some()
    }

    /// Can nothing more be kept, since the disk is full or faulty? Reading goes on.
    pub fn is_full(&self) -> bool {
        self.trouble() == Some(Trouble::Full)
    }

    fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Store(err) => trouble(err),
            Self::Files(err) => no_room(err.kind()).then_some(Trouble::Full),
            Self::Other(_) => None,
        }
    }
}

fn no_room(kind: ErrorKind) -> bool {
    use ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(
        kind,
        StorageFull | QuotaExceeded | FileTooLarge | ReadOnlyFilesystem
    )
}

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Broken(#[from] Error),
}

impl From<DbErr> for Failure {
    fn from(err: DbErr) -> Self {
        Self::Broken(Error::Store(err))
    }
}

pub type Outcome<T> = Result<T, Failure>;
