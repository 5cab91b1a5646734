//! Taking in somebody else's table of demands: their times and their official replies stay as they were, a second run
//! adds nothing, and a wrong row is named without stopping the right ones.

pub mod columns;
mod keep;
pub mod row;
pub mod runs;
#[cfg(test)]
mod tests;

use documents::tables::{ReadError, Reader};
use kernel::{Actor, Result};

use self::columns::Mapping;
use self::row::Prepared;
use crate::context::{App, Cx};

/// The ledger stream in which every import is recorded.
pub const STREAM: &str = "import";
/// Rejected rows that are kept to be shown; all are counted.
pub const SHOWN: usize = 1_000;

/// How a file is to be taken in.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The system that the file came from; with a row's own number it makes a second run harmless.
    pub source: String,
    /// What the columns mean beyond their names.
    pub mapping: Mapping,
    /// Check everything, keep nothing.
    pub dry_run: bool,
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that are demands now (or would be, in a dry run).
    pub imported: u64,
    /// Rows that were here before.
    pub already: u64,
    /// Rows that were not taken in.
    pub rejected: u64,
    /// The rejected rows, at most a thousand of them.
    pub reasons: Vec<Rejected>,
    /// Columns that mean no field.
    pub ignored_columns: Vec<String>,
    /// What ended the reading before the end of the file, where something did.
    pub broken_off: Option<String>,
}

/// A row that was not taken in, and one thing that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The row's number in the file.
    pub row: u64,
    /// The column or field.
    pub column: String,
    /// Why, in Chinese.
    pub reason: String,
}

impl ImportReport {
    fn reject(&mut self, row: u64, reasons: impl IntoIterator<Item = (String, String)>) {
        self.rejected += 1;
        for (column, reason) in reasons {
            if self.reasons.len() < SHOWN {
                self.reasons.push(Rejected { row, column, reason });
            }
        }
    }

    /// Rows that were read.
    pub fn rows(&self) -> u64 {
        self.imported + self.already + self.rejected
    }
}

/// Takes in every row of `reader`; `progress` hears the report so far after each batch. While one batch is being written
/// the next is read and segmented.
pub async fn run(
    app: &App,
    actor: &Actor,
    reader: Reader,
    options: ImportOptions,
    progress: impl FnMut(&ImportReport),
) -> Result<ImportReport> {
    let mut report = ImportReport::default();
    let ended = take_in(app, actor, reader, &options, &mut report, progress).await;
    if ended.is_err() {
        report.broken_off = Some("系统出错".to_owned());
    }
    if !options.dry_run {
        let kept = report.clone();
        let recorded = app.write(actor, move |cx| record(cx, &options.source, &kept)).await;
        // What broke the import may keep its end from being recorded as well; the import's own error says more.
        ended.and(recorded)?;
        return Ok(report);
    }
    ended.map(|()| report)
}

async fn take_in(
    app: &App,
    actor: &Actor,
    mut reader: Reader,
    options: &ImportOptions,
    report: &mut ImportReport,
    mut progress: impl FnMut(&ImportReport),
) -> Result<()> {
    let mut writing: Option<tokio::task::JoinHandle<Result<keep::Kept>>> = None;
    loop {
        let (app2, options2) = (app.clone(), options.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let batch = read_batch(&app2, &mut reader, &options2);
            (reader, batch)
        });
        let (back, batch) = joined(reading.await)?;
        reader = back;
        let end = batch.end;
        let prepared = note(report, batch);
        if let Some(before) = writing.take() {
            add(report, joined(before.await)??);
        }
        progress(report);
        if !prepared.is_empty() {
            let (app, actor, dry_run) = (app.clone(), actor.clone(), options.dry_run);
            writing = Some(tokio::spawn(async move { keep::keep(&app, &actor, prepared, dry_run).await }));
        }
        if end {
            break;
        }
    }
    if let Some(last) = writing {
        add(report, joined(last.await)??);
    }
    progress(report);
    Ok(())
}

/// Each demand has its own entry; this one says who brought them in, and how many did not come.
fn record(cx: &mut Cx<'_>, source: &str, report: &ImportReport) -> Result<()> {
    let mut fields = vec![
        ("source", source.to_owned()),
        ("imported", report.imported.to_string()),
        ("already", report.already.to_string()),
        ("rejected", report.rejected.to_string()),
    ];
    fields.extend(report.broken_off.clone().map(|why| ("broken_off", why)));
    cx.record(STREAM, "import_file", fields)
}

struct Batch {
    prepared: Vec<Prepared>,
    rejected: Vec<(u64, Vec<(String, String)>)>,
    ignored: Vec<String>,
    broken_off: Option<String>,
    end: bool,
}

fn read_batch(app: &App, reader: &mut Reader, options: &ImportOptions) -> Batch {
    let mut batch =
        Batch { prepared: Vec::new(), rejected: Vec::new(), ignored: Vec::new(), broken_off: None, end: false };
    let now = app.now();
    let most = app.store().rows_together();
    while batch.prepared.len() + batch.rejected.len() < most {
        match reader.next() {
            None => {
                batch.end = true;
                return batch;
            }
            Some(Err(ReadError::File(error))) => {
                batch.broken_off = Some(error.to_string());
                batch.end = true;
                return batch;
            }
            Some(Err(ReadError::Row(error))) => {
                batch
                    .rejected
                    .push((error.number, vec![(error.column.clone().unwrap_or_default(), error.problem.to_string())]));
            }
            Some(Ok(row)) => {
                let unknown = row.columns().iter().filter(|column| options.mapping.field(column).is_none());
                if batch.ignored.is_empty() {
                    batch.ignored.extend(unknown.cloned());
                }
                match row::prepare(&row, &options.mapping, &options.source, app.city(), now) {
                    Ok(prepared) => batch.prepared.push(prepared),
                    Err(refusal) => {
                        let reasons = refusal.errors.into_iter().map(|e| (e.field, e.message)).collect();
                        batch.rejected.push((row.number, reasons));
                    }
                }
            }
        }
    }
    batch
}

fn note(report: &mut ImportReport, batch: Batch) -> Vec<Prepared> {
    for (row, reasons) in batch.rejected {
        report.reject(row, reasons);
    }
    for column in batch.ignored {
        if !report.ignored_columns.contains(&column) {
            report.ignored_columns.push(column);
        }
    }
    report.broken_off = report.broken_off.take().or(batch.broken_off);
    batch.prepared
}

fn add(report: &mut ImportReport, kept: keep::Kept) {
    report.imported += kept.imported;
    report.already += kept.already;
}

fn joined<T>(outcome: std::result::Result<T, tokio::task::JoinError>) -> Result<T> {
    outcome.map_err(|error| kernel::Fault::new("read a batch of an import", error).into())
}
