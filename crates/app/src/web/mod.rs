//! What every page and every call of the API shares. Nothing here knows the store or any room.
//!
//! **A route** is a row of [`Routes`]: method, path, [`Access`], handler. A room exposes `pub fn routes() -> Routes<App>`:
//!
//! ```ignore
//! pub fn routes() -> Routes<App> {
//!     Routes::new()
//!         .get("/demands", Access::Needs(Permission::Desk), pages::list)
//!         .post("/demands/{number}/moves/{name}", Access::Needs(Permission::Desk), pages::make_move)
//!         .api(Access::Public, utoipa_axum::routes!(api::create)) // `create` bears #[utoipa::path(post, path = "/api/v1/demands", …)]
//! }
//! ```
//!
//! The gate checks the row before the handler runs; a handler asks for [`Session`] (somebody is logged in) or [`Visitor`]
//! (anybody) to learn who acts, and cannot be reached by others than the row says.
//!
//! **A handler** returns [`Answer<T>`](Answer): a [`Page`] (`Page::desk("今天要办").acts(…).body(html!{…})`), [`onward`] to
//! another address (`onward("/desk").saying("已交办")`), `axum::Json`, or any response. `?` on a [`kernel::Result`] is
//! all it takes to fail: the gate draws the refusal as a Chinese page with the way out, or as an RFC 9457 [`Problem`] under
//! `/api`, and logs a fault with the number that the page shows.
//!
//! **Input** comes through [`JsonBody`], [`QueryParams`], [`PathParams`] and [`FormBody`], which name every field of the
//! wrong type and refuse NULs and foreign encodings. [`FormBody::read`] gives the same input type that the JSON
//! handler takes, so a form and a call share one struct and one action. A refused form comes back with what was typed:
//!
//! ```ignore
//! async fn create(State(app): State<App>, visitor: Visitor, form: FormBody) -> Answer<Response> {
//!     let input = form.read::<NewDemand>();
//!     let made = match input { Ok(input) => app.write(&visitor.actor, move |cx| register(cx, &input)).await, Err(e) => Err(e.into()) };
//!     match made {
//!         Ok(receipt) => Ok(onward(format!("/receipts/{}", receipt.number)).into_response()),
//!         Err(error) => Ok(form_page(&FormView::typed(form).refused(invalid_only(error)?)).status(422).into_response()),
//!     }
//! }
//! // and on the page: (error_summary(&view)) (Field::text(&view, "title", "标题").most(60)) …
//! ```
//!
//! **Parts** of pages are in [`parts`] and [`fields`], times as people say them in [`when`].
//!
//! What is *not* here: no inline script or style (the policy forbids both), no cookie set by a room, no text that is not
//! escaped, no redirect to an address that came from outside unless [`local_path`] let it through.

mod assets;
mod error_pages;
mod errors;
mod extract;
pub mod fields;
mod flash;
mod form;
mod gate;
mod input;
mod layout;
mod mount;
mod openapi;
pub mod parts;
mod private;
mod routes;
mod session;
mod throttle;
pub mod when;

#[cfg(test)]
mod tests;

pub use errors::{Answer, Failure, Problem, ProblemField, invalid_only, panicked, status_of};
pub use extract::{BODY_LIMIT, JsonBody, PathParams, QueryParams, RawBody, decode_pairs, parse_json};
pub use fields::{Field, error_summary, hidden};
pub use flash::{Onward, onward};
pub use form::{FormBody, FormView, TABLE_LIMIT, TableForm, UPLOAD_LIMIT, Upload};
pub use gate::{Doorkeeper, Gate, Later};
pub use layout::{Menu, MenuEntry, Page, Site};
pub use mount::mount;
pub use openapi::openapi;
pub use private::{Private, private};
pub use routes::{Access, Described, Route, Routes};
pub use session::{ClientAddress, Credential, Session, SessionCookie, Visitor, local_path};
pub use throttle::Throttle;
