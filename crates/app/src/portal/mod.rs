//! 门户: the side of the house that faces the street. Anybody may speak (三个入口：群众、企业家、服务对象), take a receipt home,
//! and see with number and code where it stands, rate the answer, withdraw; no account, no script needed. Staff register
//! here for a caller. The room decides nothing: it shows what the `demands` room says and passes on what was typed.
//!
//! Whatever shows a query code is neither stored by browsers nor told to other sites, see `private`.

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

use axum::http::{HeaderName, HeaderValue, header};
use kernel::Permission;

use crate::context::App;
use crate::web::{Access, Page, Routes};

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

/// A page with a query code in it or in its address: no browser keeps it, and its address goes nowhere. The policy is
/// `strict-origin` and not `no-referrer`, because under that one browsers send `Origin: null` with the page's own forms,
/// which over plain http is all that the check against forged requests has to go by.
type Private = ([(HeaderName, HeaderValue); 2], Page);

fn private(page: Page) -> Private {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin")),
    ];
    (headers, page)
}
