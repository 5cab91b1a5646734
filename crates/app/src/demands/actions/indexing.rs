//! Keeping the full-text index up with the demands: a moment behind, never behind for good.

use kernel::{Actor, Result};
use store::{Document, Pending, Weight};
use text::index_terms;

use super::listing::texts;
use crate::context::App;
use crate::demands::{TEXT_KIND, records};

/// Demands that one transaction indexes: few enough that a writer who waits behind it does not notice.
const BATCH: usize = 128;

/// Indexes the demands that wait, one batch; says whether more may wait. What has come in meanwhile is left to gather: a
/// transaction for every one or two would take the writer from those who register. Segmentation runs outside the write
/// transaction, so that the writer is held for the index alone.
pub fn index_some(app: &App) -> Result<bool> {
    let read = app.read_now(&Actor::system(), |cx| {
        let pending = cx.tx.pending(TEXT_KIND, BATCH)?;
        pending.into_iter().map(|one| Ok((one, texts(cx, one.id)?))).collect::<Result<Vec<_>>>()
    })?;
    let documents: Vec<(Pending, Document)> =
        read.into_iter().map(|(pending, texts)| (pending, document(&texts))).collect();
    let count = documents.len();
    if count > 0 {
        app.write_now(&Actor::system(), move |cx| {
            documents.iter().try_for_each(|(pending, document)| cx.tx.index_pending(pending, document))
        })?;
    }
    Ok(count == BATCH)
}

/// Indexes whatever waits, all of it: for whoever must not say "done" before everything can be found.
pub fn index_all(app: &App) -> Result<()> {
    rebuild_if_wanted(app)?;
    while index_some(app)? {}
    Ok(())
}

/// A demand's texts, the title first, as the index takes them.
pub fn document(texts: &[String]) -> Document {
    let title = texts.first().map(|title| index_terms(title)).unwrap_or_default();
    let rest = index_terms(&texts.get(1..).unwrap_or_default().join("\n"));
    Document::new(TEXT_KIND, &[(Weight::Title, &title), (Weight::Text, &rest)])
}

/// Queues every demand for the index where a restore from the other engine left it empty.
pub fn rebuild_if_wanted(app: &App) -> Result<()> {
    if !app.read_now(&Actor::system(), |cx| cx.tx.text_rebuild_wanted())? {
        return Ok(());
    }
    app.write_now(&Actor::system(), |cx| {
        for id in records::ids(cx.tx)? {
            cx.tx.index_later(TEXT_KIND, id)?;
        }
        cx.tx.text_rebuild_begun()
    })
}
