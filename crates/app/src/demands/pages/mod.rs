//! The staff side: the workbench, the lists, the page of one demand, and a form for every move. Every form and every
//! button is drawn from the law ([`super::rules::moves::MOVES`]); nothing here decides.

mod clocks;
pub mod contact;
mod demand;
mod desk;
mod exchange;
pub(super) mod fields;
mod files;
mod history;
mod list;
pub mod lists;
pub mod look;
mod menu;
mod moves;

pub(super) mod phrases;
pub(super) mod preview;
mod proposed;
mod resembling;
mod rows;
mod together;
#[cfg(test)]
mod tests;

use kernel::Permission;

use crate::context::App;
use crate::web::{Access, Routes};

pub use contact::line as without_numbers;
pub use menu::MENU;

/// The staff pages of this room.
pub fn routes() -> Routes<App> {
    let (staff, exchange) = (Access::Needs(Permission::Desk), Access::Needs(Permission::Exchange));
    Routes::new()
        .get("/desk", Access::AnyAccount, desk::show)
        .get("/demands", staff, list::show)
        .get("/demands/{number}", staff, demand::show)
        .get("/demands/{number}/clocks/{position}", staff, clocks::show)
        .get("/demands/{number}/moves/{move}", staff, moves::show)
        .post("/demands/{number}/moves/{move}", staff, moves::send)
        .post("/demands/{number}/notes", staff, demand::add_note)
        .post("/demands/{number}/unmask", Access::Needs(Permission::Unmask), contact::unmask)
        .get("/demands/{number}/unmask", Access::Needs(Permission::Unmask), contact::ask)
        .get("/demands/{number}/erase-contact", Access::Needs(Permission::Dispatch), contact::ask_erasure)
        .post("/demands/{number}/erase-contact", Access::Needs(Permission::Dispatch), contact::erase)
        .get("/demands/{number}/attachments/{id}", staff, files::download)
        .get("/import", exchange, exchange::show)
        .post("/import", exchange, exchange::send)
        .get("/import/{id}", exchange, exchange::run)
        .post("/import/{id}/confirm", exchange, exchange::confirm)
        .get("/lists", Access::Needs(Permission::SeeAll), lists::show)
        .get("/lists/rows", Access::Needs(Permission::SeeAll), lists::rows)
}
