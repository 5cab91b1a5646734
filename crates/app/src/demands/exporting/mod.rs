//! Handing demands out as a table: what a filter asks for and the actor sees, or the three lists as of a day, page by page, so that a million rows need no
//! more memory than a thousand. Personal data is hidden unless whoever exports says why it must not be; every export is
//! an entry of the ledger. The columns bear names that the import reads, so that a table can come back.

mod columns;
mod pages;
mod records;
#[cfg(test)]
mod tests;

use std::io::Write;

use documents::write::{Format, Table, TableWriter};
use jiff::civil::Date;
use kernel::{Actor, Page, PageRequest, Permission, Refusal, RefusalKind, Result};

use self::columns::Voice;
use super::actions::listing::{self, Lot, Summary};
use super::pages::lists;
use super::rules::filter::Filter;
use crate::context::{App, Cx};
use crate::people;

pub use pages::routes;

/// The ledger stream in which every export is recorded.
pub const STREAM: &str = "export";
/// Rows that one transaction reads.
const PAGE: usize = 1_000;
/// Characters of a reason at most.
const REASON_MOST: usize = 200;

/// Which demands are handed out.
#[derive(Clone, Debug)]
pub enum Which {
    /// Those that a filter asks for, as they stand.
    Filtered(Filter),
    /// Those of the three lists (plan 一(一)), in the list, the status and the unit of the end of a local day.
    Listed(Date, Lot),
}

impl Which {
    fn page(&self, cx: &mut Cx<'_>, page: &PageRequest) -> Result<Page<Summary>> {
        match self {
            Self::Filtered(filter) => listing::list(cx, filter, page),
            Self::Listed(day, lot) => listing::as_of(cx, *day, lot, page),
        }
    }

    /// How many columns are true of it: what came of a demand later does not belong to the list of a day.
    fn columns(&self) -> usize {
        match self {
            Self::Filtered(_) => usize::MAX,
            Self::Listed(..) => columns::AS_OF_A_DAY,
        }
    }

    /// As the address of the page asks for it.
    fn words(&self) -> String {
        match self {
            Self::Filtered(filter) => {
                filter.pairs().into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
            }
            Self::Listed(day, lot) => lists::pairs_of(*day, lot.kind, &lot.statuses),
        }
    }
}

/// What is to be handed out, and how.
#[derive(Clone, Debug)]
pub struct Export {
    /// Which demands.
    pub which: Which,
    /// As which kind of file.
    pub format: Format,
    /// Why personal data is to be in it; absent: it is hidden.
    pub unmask: Option<String>,
    /// More rows than these are refused.
    pub most: u64,
}

/// Writes every demand that `export` asks for and `actor` sees, and records that; says how many. Blocks.
pub fn write<W: Write + Send>(app: &App, actor: &Actor, export: &Export, out: W) -> Result<(u64, W)> {
    check(actor, export)?;
    let voice = Voice { codes: export.format == Format::Jsonl, plain: export.unmask.is_some() };
    let created = app.now().in_zone(&app.city().zone).datetime();
    let most = export.which.columns();
    let columns = columns::columns(voice).into_iter().take(most).collect();
    let table = Table { name: "诉求".into(), created, columns };
    let mut writer = TableWriter::new(export.format, table, out)?;
    let mut page = PageRequest { limit: PAGE, cursor: None };
    loop {
        let (which, asked) = (export.which.clone(), page);
        let (rows, next) = app.read_now(actor, move |cx| {
            let found = which.page(cx, &asked)?;
            Ok((columns::rows(cx, &found.items, voice)?, found.next))
        })?;
        if writer.rows() + rows.len() as u64 > export.most {
            return Err(too_many(export.most).into());
        }
        rows.iter().try_for_each(|row| writer.row(&row[..row.len().min(most)]))?;
        if next.is_none() {
            break;
        }
        page = PageRequest { limit: PAGE, cursor: next };
    }
    let rows = writer.rows();
    let out = writer.finish()?;
    let export = export.clone();
    app.write_now(actor, move |cx| record(cx, &export, rows))?;
    Ok((rows, out))
}

fn check(actor: &Actor, export: &Export) -> Result<()> {
    people::require(actor, Permission::Exchange)?;
    let Some(reason) = &export.unmask else { return Ok(()) };
    people::require(actor, Permission::Unmask)?;
    match reason.trim().chars().count() {
        0 => Err(Refusal::field("reason", "required", "带联系方式导出，要写明理由").into()),
        1..=REASON_MOST => Ok(()),
        _ => Err(Refusal::field("reason", "too_long", format!("理由最多 {REASON_MOST} 个字")).into()),
    }
}

fn too_many(most: u64) -> Refusal {
    let message = format!("超过 {most} 件，请缩小筛选范围，或在服务器上用 santing export 导出");
    Refusal::new(RefusalKind::TooLarge, message)
}

fn record(cx: &mut Cx<'_>, export: &Export, rows: u64) -> Result<()> {
    let mut fields = vec![
        ("filter", export.which.words()),
        ("format", export.format.extension().to_owned()),
        ("rows", rows.to_string()),
        ("unmasked", export.unmask.is_some().to_string()),
    ];
    fields.extend(export.unmask.as_ref().map(|reason| ("reason", reason.trim().to_owned())));
    cx.record(STREAM, "export", fields)
}
