//! `santing export`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use app::demands::exporting;
use app::demands::rules::filter::Filter;
use app::web::decode_pairs;
use documents::write::Format;
use kernel::Actor;

use crate::Outcome;
use crate::cli::{Export, ExportKind};
use crate::config::Config;
use crate::open;

/// Writes a table, or the ledger.
pub fn export(config: &Config, asked: &Export) -> anyhow::Result<Outcome> {
    match asked.what {
        ExportKind::Events => events(config, &asked.file),
        ExportKind::Demands => demands(config, &asked.file, &asked.filter),
    }
}

/// The whole ledger, sealed up to now, to be checked anywhere with `santing verify FILE`.
fn events(config: &Config, path: &Path) -> anyhow::Result<Outcome> {
    let app = open::app(config)?;
    let file = File::create_new(path).with_context(|| format!("不能新建 {}", path.display()))?;
    let mut out = app.store().export_ledger(app.now(), BufWriter::new(file))?;
    out.flush().with_context(|| format!("写 {}", path.display()))?;
    println!("台账已导出到 {}；任何机器上都可以用 santing verify 核验它", path.display());
    Ok(Outcome::Done)
}

/// The demands of a filter as a table, in the format that the file's name says.
fn demands(config: &Config, path: &Path, filter: &str) -> anyhow::Result<Outcome> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let Some(format) = Format::named(&extension) else {
        bail!("看不出 {} 是什么格式，文件名请以 .xlsx、.csv 或 .jsonl 结尾", path.display());
    };
    let (filter, _) = Filter::read(&decode_pairs(filter).map_err(kernel::Error::from)?).map_err(kernel::Error::from)?;
    let app = open::app(config)?;
    let file = File::create_new(path).with_context(|| format!("不能新建 {}", path.display()))?;
    let (rows, _) = exporting::write(&app, &Actor::system(), &filter, format, u64::MAX, BufWriter::new(file))?;
    println!("已导出 {rows} 件到 {}", path.display());
    Ok(Outcome::Done)
}
