//! 门户: the side of the house that faces the street. Anybody may speak (三个入口：群众、企业家、服务对象), take a receipt home,
//! and see with number and code where it stands, rate the answer, withdraw; no account, no script needed. Staff register
//! here for a caller. The room decides nothing: it shows what the `demands` room says and passes on what was typed.
//!
//! Whatever shows a query code is neither stored by browsers nor told to other sites, see [`private`].

mod figures;
mod home;
mod parts;
mod progress;
mod receipt;
mod register;
mod speak;
#[cfg(test)]
mod tests;
mod uploads;
mod voice;

use kernel::Permission;

use crate::context::App;
use crate::web::{Access, Private, Routes, private};

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let public = Access::Public;
    let staff = Access::Needs(Permission::Register);
    Routes::new()
        .get("/", public, home::show)
        .get("/figures", public, figures::show)
        .get("/demands/new", public, speak::blank)
        .post("/demands/new", public, speak::send)
        .get("/demands/{number}/receipt", public, receipt::show)
        .get("/demands/{number}/receipt/sheet", public, receipt::sheet)
        .get("/progress", public, progress::show)
        .post("/progress/rating", public, voice::rate)
        .post("/progress/withdraw", public, voice::withdraw)
        .get("/desk/register", staff, register::blank)
        .post("/desk/register", staff, register::save)
        .get("/desk/register/{number}", staff, register::saved)
}
