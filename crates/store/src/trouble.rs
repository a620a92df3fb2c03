//! What is wrong with the database when it is not our question's fault: away for now, or unable to keep more. Knows the
//! databases' own error codes, and nothing of what is made of the answer.

use std::{borrow::Cow, error::Error, iter::successors};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, error::DatabaseError, sqlite::SqliteError},
};

/// `serialization_failure` and `deadlock_detected` of PostgreSQL.
const GAVE_WAY: [&str; 2] = ["40001", "40P01"];

/// Trouble that passes without anyone changing the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Out of reach, starting, overwhelmed or locked: the same question may be answered later.
    Away,
    /// It answers, but can keep nothing more: the disk is full or faulty.
    Full,
}

/// `None`: the error is of another kind, and asking again would change nothing.
pub fn trouble(err: &DbErr) -> Option<Trouble> {
    match err {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(RuntimeErr::Internal(_)) => Some(Trouble::Away),
        DbErr::Conn(RuntimeErr::SqlxError(err)) => Some(of_driver(err).unwrap_or(Trouble::Away)),
        DbErr::Exec(RuntimeErr::SqlxError(err)) | DbErr::Query(RuntimeErr::SqlxError(err)) => {
            of_driver(err)
        }
        _ => None,
    }
}

/// Will another try be refused as well, until somebody changes a setting? A wrong password, a database that the server does not
/// have, an address that says nothing.
pub fn refuses_us(err: &DbErr) -> bool {
    /// `invalid_authorization_specification` and `invalid_catalog_name` of PostgreSQL, with all that belongs to them.
    const CLASSES: [&str; 2] = ["28", "3D"];
    fn refuses(err: &sqlx::Error) -> bool {
        match err {
            sqlx::Error::Configuration(_) => true,
            sqlx::Error::Database(err) => err
                .code()
                .is_some_and(|code| CLASSES.iter().any(|class| code.starts_with(class))),
            _ => false,
        }
    }
    matches!(err, DbErr::Conn(RuntimeErr::SqlxError(err)) if refuses(err))
}

fn of_driver(err: &sqlx::Error) -> Option<Trouble> {
    match err {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Some(Trouble::Away),
        sqlx::Error::Database(err) => of_database(&**err),
        _ => None,
    }
}

fn of_database(err: &dyn DatabaseError) -> Option<Trouble> {
    let code = err.code().unwrap_or(Cow::Borrowed(""));
    if err.try_downcast_ref::<SqliteError>().is_some() {
        of_sqlite(code.parse().ok()?)
    } else {
        of_postgres(&code)
    }
}

/// Extended result codes of SQLite: the primary one is in the last byte (<https://sqlite.org/rescode.html>).
fn of_sqlite(extended: i32) -> Option<Trouble> {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const IO_ERROR: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    // What a write, a sync or the making of the shared memory file says, as on a faulty disk or above a quota.
    const WRITING: [i32; 5] = [3, 4, 5, 6, 19];
    match extended & 0xff {
        FULL => Some(Trouble::Full),
        IO_ERROR if WRITING.contains(&(extended >> 8)) => Some(Trouble::Full),
        BUSY | LOCKED | IO_ERROR | CANNOT_OPEN => Some(Trouble::Away),
        _ => None,
    }
}

/// SQLSTATE: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(state: &str) -> Option<Trouble> {
    match state {
        "53100" => Some(Trouble::Full),
        // Shutting down, crashed, starting; a session that was ended; a server that became a mere copy.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" => Some(Trouble::Away),
        _ => ["08", "53", "58"]
            .iter()
            .any(|class| state.starts_with(class))
            .then_some(Trouble::Away),
    }
}

/// Did PostgreSQL undo a transaction since it and another waited for each other, or could not stand side by side? Nothing is
/// wrong with it: begun again, it goes through.
pub(crate) fn gave_way(err: &(dyn Error + 'static)) -> bool {
    let mut causes = successors(Some(err), |&err| err.source());
    match causes.find_map(|err| err.downcast_ref()) {
        Some(
            DbErr::Exec(RuntimeErr::SqlxError(err)) | DbErr::Query(RuntimeErr::SqlxError(err)),
        ) => {
            let state = err.as_database_error().and_then(DatabaseError::code);
            state.is_some_and(|state| GAVE_WAY.contains(&&*state))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        assert_eq!(of_sqlite(5), Some(Trouble::Away));
        assert_eq!(of_sqlite(13), Some(Trouble::Full));
        assert_eq!(of_sqlite(778), Some(Trouble::Full), "SQLITE_IOERR_WRITE");
        assert_eq!(of_sqlite(266), Some(Trouble::Away), "SQLITE_IOERR_READ");
        assert_eq!(of_sqlite(2067), None, "SQLITE_CONSTRAINT_UNIQUE");
        assert_eq!(of_postgres("57P01"), Some(Trouble::Away));
        assert_eq!(of_postgres("53100"), Some(Trouble::Full));
        assert_eq!(of_postgres("53300"), Some(Trouble::Away));
        assert_eq!(of_postgres("23505"), None, "unique_violation");
    }

    #[test]
    fn a_broken_line_is_trouble_whatever_was_asked() {
        let broken = || {
            let gone = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            RuntimeErr::SqlxError(sqlx::Error::Io(gone).into())
        };
        for err in [
            DbErr::Conn(broken()),
            DbErr::Exec(broken()),
            DbErr::Query(broken()),
        ] {
            assert_eq!(trouble(&err), Some(Trouble::Away), "{err}");
        }
        assert_eq!(trouble(&DbErr::Custom("no".into())), None);
    }

    #[test]
    fn a_wrong_address_is_not_mended_by_waiting_as_a_broken_line_is() {
        let conn = |err: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(err.into()));
        assert!(refuses_us(&conn(sqlx::Error::Configuration("no".into()))));
        assert!(!refuses_us(&conn(sqlx::Error::PoolTimedOut)));
    }
}
