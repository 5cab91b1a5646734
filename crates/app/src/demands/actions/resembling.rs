//! What resembles some words: candidates that share a telling term, ranked by how alike they are. Staff see the demands
//! within their sight; the public learns only that the matter is known and how far it has come.

use std::collections::BTreeSet;

use kernel::error::Checker;
use kernel::{Permission, Result};
use serde::Serialize;
use store::{Search, Select, Term, sql};
use text::Sketch;

use super::listing::texts;
use crate::context::Cx;
use crate::demands::{TEXT_KIND, records, sight};
use crate::people;

/// Below this two texts are about different things.
const ALIKE: f64 = 0.15;
/// Telling terms that are looked up, and candidates that each may bring.
const TERMS: usize = 8;
const CANDIDATES: usize = 25;
/// How many are shown.
const SHOWN: usize = 5;

/// A demand that resembles some words.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Similar {
    /// The number; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The title; only staff learn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it stands.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// The theme, in Chinese.
    pub theme_label: Option<String>,
    /// The local month in which it was received.
    pub month: String,
    /// How alike, 0 to 1.
    pub similarity: f64,
}

/// The demands that resemble `text` most, `except` the one that is being looked at.
pub fn similar(cx: &mut Cx<'_>, text: Option<&str>, except: Option<&str>) -> Result<Vec<Similar>> {
    let mut check = Checker::default();
    let text = check.text("text", "内容", text, 20_000);
    check.done()?;
    let staff = people::may(cx.actor, Permission::Desk);
    let mut ids = BTreeSet::new();
    for term in cx.app.words().salient(&text, TERMS) {
        let terms = [Term::whole(term)];
        let search = Search { kind: TEXT_KIND, terms: &terms, title_only: false, before: None, most: CANDIDATES };
        ids.extend(cx.tx.find(&search)?);
    }
    let sketch = Sketch::new(&text);
    let mut found = Vec::new();
    for id in ids {
        let seen = Select::new(sql!("SELECT d.id FROM demand d")).and("d.id = ?", id);
        let seen = if staff { sight::narrow(seen, cx.actor) } else { seen };
        let visible: Vec<i64> = cx.tx.select(&seen)?;
        let Some(demand) =
            records::by_id(cx.tx, id)?.filter(|d| !visible.is_empty() && Some(d.number.as_str()) != except)
        else {
            continue;
        };
        let texts = texts(cx, id)?;
        let words = texts.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("\n");
        let similarity = sketch.similarity(&Sketch::new(&words));
        if similarity >= ALIKE {
            let month = demand.received_at.in_zone(&cx.app.city().zone).strftime("%Y-%m").to_string();
            found.push(Similar {
                theme_label: demand.sorting.theme.as_deref().map(|t| cx.app.city().themes.label(t)),
                status: demand.status.code(),
                status_label: demand.status.label(),
                number: staff.then_some(demand.number),
                title: staff.then_some(demand.said.title),
                month,
                similarity: (similarity * 1000.0).round() / 1000.0,
            });
        }
    }
    found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    found.truncate(SHOWN);
    Ok(found)
}
