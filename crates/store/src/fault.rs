//! From the drivers' errors to faults, and what a failed statement means for its transaction.

use kernel::{Error, Fault};

/// What can be done about a transaction in which a statement failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Another transaction was in the way; running it again may succeed.
    Contention,
    /// The connection is gone.
    Disconnected,
    /// The statement itself is wrong or breaks a constraint.
    Statement,
}

pub(crate) fn sqlite(doing: impl Into<String>, error: rusqlite::Error) -> Fault {
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, OutOfMemory, ReadOnly, SystemIoFailure,
    };
    let passing = matches!(
        error.sqlite_error_code(),
        Some(CannotOpen | DatabaseBusy | DatabaseLocked | DiskFull | OutOfMemory | ReadOnly | SystemIoFailure)
    );
    let fault = Fault::new(doing, error);
    if passing { fault.passing() } else { fault }
}

pub(crate) fn postgres(doing: impl Into<String>, error: postgres::Error) -> Fault {
    let passing = trouble(&error) != Trouble::Statement || is_resource(&error);
    let fault = Fault::new(doing, error);
    if passing { fault.passing() } else { fault }
}

/// Sorts an error of PostgreSQL by its SQLSTATE; none at all means that the connection broke.
pub(crate) fn trouble(error: &postgres::Error) -> Trouble {
    match error.code().map(postgres::error::SqlState::code) {
        Some("40001" | "40P01") => Trouble::Contention,
        Some("57P01" | "57P02" | "57P03") => Trouble::Disconnected,
        None if error.is_closed() || is_io(error) => Trouble::Disconnected,
        _ => Trouble::Statement,
    }
}

fn is_io(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

fn is_resource(error: &postgres::Error) -> bool {
    // Class 53: insufficient resources, the disk included; class 58: an error outside the database.
    error.code().is_some_and(|state| state.code().starts_with("53") || state.code().starts_with("58"))
}

/// The same fault for one more of those whom it hits.
pub(crate) fn again(fault: &Fault) -> Fault {
    Fault { doing: fault.to_string(), source: None, passing: fault.passing }
}

/// Whether `error` is a broken uniqueness constraint. The transaction is lost all the same; where a duplicate is an
/// ordinary case, write `ON CONFLICT`.
pub fn is_duplicate(error: &Error) -> bool {
    let Error::Fault(Fault { source: Some(source), .. }) = error else { return false };
    if let Some(error) = source.downcast_ref::<postgres::Error>() {
        return error.code() == Some(&postgres::error::SqlState::UNIQUE_VIOLATION);
    }
    let Some(rusqlite::Error::SqliteFailure(error, _)) = source.downcast_ref() else { return false };
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
    matches!(error.extended_code, SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE)
}
