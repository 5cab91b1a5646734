//! The words that every room of Santing shares, and no input or output: identifiers, instants, the injected clock and
//! randomness, who acts with which permission, how a request is refused, how a list is paged, and working time.

pub mod actor;
pub mod clock;
pub mod error;
pub mod id;
pub mod paging;
pub mod random;
pub mod uscc;
pub mod worktime;

pub use actor::{Actor, Permission, Role, StandIn};
pub use clock::{Clock, Instant};
pub use error::{Error, Fault, FieldError, Refusal, RefusalKind, Result};
pub use id::{Id, IdSource};
pub use paging::{Page, PageRequest};
pub use random::Random;
