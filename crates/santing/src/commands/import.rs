//! `santing import demands`.

use std::fs::File;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use app::demands::importing::columns::Mapping;
use app::demands::importing::{self, ImportOptions, ImportReport};
use documents::tables;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::Actor;
use serde_json::json;

use crate::Outcome;
use crate::config::Config;
use crate::open;
use crate::out::say;

/// What was asked on the command line.
pub struct Asked {
    /// The table.
    pub file: PathBuf,
    /// What its columns mean.
    pub map: Option<PathBuf>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Only look.
    pub dry_run: bool,
    /// Answer in JSON.
    pub json: bool,
}

/// Takes a table in.
pub fn demands(config: &Config, asked: &Asked) -> anyhow::Result<Outcome> {
    let options = options(asked)?;
    let app = open::app(config)?;
    app.store().make_room()?;
    let (file, progress) = opened(&asked.file)?;
    let name = asked.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let reader = tables::open(&name, progress.wrap_read(file), &tables::Options::default())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().context("启动运行环境")?;
    let say = |report: &ImportReport| {
        progress
            .set_message(format!("导入 {}，已有 {}，不能导入 {}", report.imported, report.already, report.rejected));
    };
    let report = runtime.block_on(importing::run(&app, &Actor::system(), reader, options, say))?;
    progress.finish_and_clear();
    // A command ends with its index made; a running server would do it as well, a moment later.
    while !asked.dry_run && app::jobs::at_once(&app)? {}
    if asked.json {
        print_json(&report)?
    } else {
        print(&report, asked.dry_run)
    }
    let nothing = report.imported + report.already == 0 && report.rejected > 0;
    Ok(if report.broken_off.is_some() || nothing { Outcome::No } else { Outcome::Done })
}

fn options(asked: &Asked) -> anyhow::Result<ImportOptions> {
    let mapping = match &asked.map {
        None => Mapping::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| super::unreadable(path, &error))?;
            Mapping::read(&text).map_err(|error| anyhow!("{error}"))?
        }
    };
    let source = asked.source.clone().unwrap_or_else(|| stem(&asked.file));
    Ok(ImportOptions { source, mapping, dry_run: asked.dry_run })
}

/// `messages.jsonl.gz` comes from `messages`, so that the same table in another shape is the same source.
fn stem(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').find(|part| !part.is_empty()).unwrap_or("导入").to_owned()
}

fn opened(path: &Path) -> anyhow::Result<(File, ProgressBar)> {
    let file = super::open_file(path)?;
    let size = file.metadata().map_err(|error| super::unreadable(path, &error))?.len();
    if !std::io::stderr().is_terminal() {
        return Ok((file, ProgressBar::hidden()));
    }
    let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {elapsed} {msg}").context("画进度条")?;
    Ok((file, ProgressBar::new(size).with_style(style)))
}

fn print(report: &ImportReport, dry_run: bool) {
    let verb = if dry_run { "可以导入" } else { "已导入" };
    say!("{verb} {} 件，原已在库 {} 件，不能导入 {} 件", report.imported, report.already, report.rejected);
    if !report.ignored_columns.is_empty() {
        say!("没有用到的列：{}", report.ignored_columns.join("、"));
    }
    for wrong in &report.reasons {
        let column = if wrong.column.is_empty() { "—" } else { &wrong.column };
        say!("第 {} 行  {column}  {}", wrong.row, wrong.reason);
    }
    if let Some(why) = &report.broken_off {
        say!("文件没有读完：{why}");
    }
}

fn print_json(report: &ImportReport) -> anyhow::Result<()> {
    let reasons: Vec<_> = report
        .reasons
        .iter()
        .map(|wrong| json!({ "row": wrong.row, "column": wrong.column, "reason": wrong.reason }))
        .collect();
    super::print_json(&json!({
        "imported": report.imported, "already": report.already, "rejected": report.rejected, "reasons": reasons,
        "ignored_columns": report.ignored_columns, "broken_off": report.broken_off,
    }))
}
