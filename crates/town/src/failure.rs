//! How a deed can end badly: refused (the person's side) or broken (ours).

use parvis_model::refusal::Refusal;
use parvis_store::DbErr;

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
    /// Is the database out of reach for now, so that trying again later makes sense?
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Store(DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) => true,
            Self::Store(err) => {
                let text = err.to_string();
                [
                    "locked",
                    "disk is full",
                    "disk I/O",
                    "unable to open",
                    "connection",
                ]
                .iter()
                .any(|sign| text.contains(sign))
            }
            Self::Files(_) | Self::Other(_) => false,
        }
    }
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
