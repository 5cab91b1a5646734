//! Open311 GeoReport v2 under `/open311/v2`: the services of the city (its themes), what is asked for each, the demands that
//! anybody may see, and a way to speak, as JSON and as XML, for programs that know the standard (requirements.md E14).
//!
//! **Only the public part, in the safest reading.** Of a demand it shows the number, the service, open or closed, what it waits
//! for, the unit that has it, and days. Never the words, the title, the place, the firm, the person or the minute: nobody has
//! decided that they are public, and a day, a theme and a street together may be a person. Withdrawn demands are not shown at all.
//!
//! It has no law of its own: what is sent goes through the same intake as the portal's form.

mod answer;
mod pages;
mod rules;
#[cfg(test)]
mod tests;
mod tree;

use crate::context::App;
use crate::web::{Access, Routes};

/// This room's addresses.
pub fn routes() -> Routes<App> {
    let public = Access::Public;
    Routes::new()
        .get("/open311/v2/services.json", public, pages::services_json)
        .get("/open311/v2/services.xml", public, pages::services_xml)
        .get("/open311/v2/services/{file}", public, pages::service)
        .get("/open311/v2/requests.json", public, pages::requests_json)
        .get("/open311/v2/requests.xml", public, pages::requests_xml)
        .post("/open311/v2/requests.json", public, pages::create_json)
        .post("/open311/v2/requests.xml", public, pages::create_xml)
        .get("/open311/v2/requests/{file}", public, pages::request)
}
