//! The law of the exchange: what a package is, what its messages say, what is told to a remote, and how two lists of the
//! same cases are compared. Pure: no transaction, no clock reads.

pub mod message;
pub mod outgoing;
pub mod package;
pub mod reconcile;
pub mod signature;
