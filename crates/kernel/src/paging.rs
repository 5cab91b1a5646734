//! How a list is cut into pages: by keyset, never by offset, so that page 1,000 costs what page 1 costs.

use serde::Serialize;

use crate::Refusal;

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

    /// What a query asks for: 50 rows where it does not say, and no more than a page holds.
    pub fn asked(limit: Option<usize>, cursor: Option<String>) -> Result<Self, Refusal> {
        match limit.unwrap_or(50) {
            limit @ 1..=Self::MOST => Ok(Self { limit, cursor }),
            _ => Err(Refusal::field("limit", "out_of_range", format!("limit 应为 1 至 {}", Self::MOST))),
        }
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
