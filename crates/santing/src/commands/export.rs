//! `santing export`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::Outcome;
use crate::cli::{Export, ExportKind};
use crate::config::Config;
use crate::open;

/// Writes a table, or the ledger.
pub fn export(config: &Config, asked: &Export) -> anyhow::Result<Outcome> {
    match asked.what {
        ExportKind::Events => events(config, &asked.file),
        ExportKind::Demands => bail!("导出诉求请在网页的列表上点“导出”"),
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
