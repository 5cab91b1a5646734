//! 台账: looking at the ledger. Every act of every room stands in it; here auditors read it, entry by entry, see which
//! seal covers what, and have it checked. The store keeps and proves it; this room changes nothing in it but the record
//! that a check was made.

mod actions;
mod pages;
mod records;
mod words;

use kernel::Permission;

use crate::context::App;
use crate::web::{Access, Routes};

/// The stream in which checks of the ledger are recorded.
pub const STREAM: &str = "ledger:checks";

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let auditor = Access::Needs(Permission::ReadLedger);
    Routes::new().get("/ledger", auditor, pages::list).post("/ledger/check", auditor, pages::check).get(
        "/ledger/{stream}",
        auditor,
        pages::stream,
    )
}
