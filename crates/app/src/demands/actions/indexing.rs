//! Keeping the full-text index up with the demands: a moment behind, never behind for good.

use kernel::{Actor, Result};
use store::{Pending, Weight};
use text::index_terms;

use super::listing::texts;
use crate::context::{App, Cx};
use crate::demands::TEXT_KIND;

/// Demands that one transaction indexes: few enough that a writer who waits behind it does not notice.
const BATCH: usize = 64;

/// Indexes the demands that wait, one batch; says how many there were. Segmentation runs outside the write transaction,
/// so that the writer is held for the index alone.
pub fn index_some(app: &App) -> Result<usize> {
    let read = app.read_now(&Actor::system(), |cx| {
        let pending = cx.tx.pending(TEXT_KIND, BATCH)?;
        pending.into_iter().map(|one| Ok((one, texts(cx, one.id)?))).collect::<Result<Vec<_>>>()
    })?;
    let terms: Vec<(Pending, String, String)> = read
        .into_iter()
        .map(|(one, texts)| {
            let title = texts.first().map(|title| index_terms(title)).unwrap_or_default();
            (one, title, index_terms(&texts.get(1..).unwrap_or_default().join("\n")))
        })
        .collect();
    let count = terms.len();
    if count > 0 {
        app.write_now(&Actor::system(), move |cx| write(cx, &terms))?;
    }
    Ok(count)
}

fn write(cx: &mut Cx<'_>, terms: &[(Pending, String, String)]) -> Result<()> {
    for (pending, title, text) in terms {
        cx.tx.index_pending(TEXT_KIND, pending, &[(Weight::Title, title), (Weight::Text, text)])?;
    }
    Ok(())
}
