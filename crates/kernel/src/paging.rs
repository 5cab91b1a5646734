//! How a list is cut into pages: by keyset, never by offset, so that page 1,000 costs what page 1 costs.

use serde::Serialize;

/// How much of a list is wanted, and after which row.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Rows wanted, 1 to [`PageRequest::MOST`].
    pub limit: usize,
    /// The `next` of the page before, as given; its content is the list's own affair.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// The largest page.
    pub const MOST: usize = 200;

    /// The first `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self { limit: limit.clamp(1, Self::MOST), cursor: None }
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// The cursor of the page after, where there is one.
    pub next: Option<String>,
}
