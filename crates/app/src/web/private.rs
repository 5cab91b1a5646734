//! Pages that show a query code.

use axum::http::{HeaderName, HeaderValue, header};

use super::Page;

/// A page with a query code in it or in its address: no browser keeps it, and its address goes nowhere. The policy is
/// `strict-origin` and not `no-referrer`, because under that one browsers send `Origin: null` with the page's own forms,
/// which over plain http is all that the check against forged requests has to go by.
pub type Private = ([(HeaderName, HeaderValue); 2], Page);

/// The page, kept by nobody.
pub fn private(page: Page) -> Private {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin")),
    ];
    (headers, page)
}
