//! `santing export`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Context as _;
use app::context::App;
use app::demands::exporting::{self, Which};
use app::demands::pages::lists::Asked;
use app::demands::rules::filter::Filter;
use app::web::decode_pairs;
use documents::write::Format;
use kernel::{Actor, Error};

use crate::Outcome;
use crate::cli::{Export, ExportDemands};
use crate::config::Config;
use crate::open;
use crate::out::say;
use crate::usage::misuse;

/// Writes a table, or the ledger.
pub fn export(config: &Config, asked: &Export) -> anyhow::Result<Outcome> {
    match asked {
        Export::Demands(asked) => demands(config, asked),
        Export::Lists { file, as_of, kind } => lists(config, file, as_of.as_ref(), kind.as_ref()),
        Export::Ledger { file } => ledger(config, file),
    }
}

/// The whole ledger, sealed up to now, to be checked anywhere with `santing verify FILE`.
fn ledger(config: &Config, path: &Path) -> anyhow::Result<Outcome> {
    let app = open::app(config)?;
    let mut out = app.store().export_ledger(app.now(), BufWriter::new(created(path)?))?;
    out.flush().with_context(|| format!("写 {}", path.display()))?;
    say!("台账已导出到 {}；任何机器上都可以用 santing verify 核验它", path.display());
    Ok(Outcome::Done)
}

fn demands(config: &Config, asked: &ExportDemands) -> anyhow::Result<Outcome> {
    let path = asked.file.as_deref().or(asked.out.as_deref());
    let unmask = asked.reason.clone().filter(|_| asked.unmask);
    let (which, format) = (Which::Filtered(filter(asked)?), format(asked.format.as_deref(), path)?);
    let export = exporting::Export { which, format, unmask, most: u64::MAX };
    if path.is_none() && export.format == Format::Xlsx && io::stdout().is_terminal() {
        return Err(misuse("表格文件不能显示在终端上，请写明文件名"));
    }
    let app = open::app(config)?;
    let actor = Actor::system();
    let Some(path) = path else {
        exporting::write(&app, &actor, &export, BufWriter::new(io::stdout()))?;
        return Ok(Outcome::Done);
    };
    into_file(&app, &export, path)
}

/// The three lists as they stood at the end of a day.
fn lists(config: &Config, path: &Path, as_of: Option<&String>, kind: Option<&String>) -> anyhow::Result<Outcome> {
    let given = [("as_of", as_of), ("kind", kind)].into_iter();
    let pairs: Vec<_> = given.filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect();
    let asked = Asked::read(&pairs)?;
    let format = format(None, Some(path))?;
    let app = open::app(config)?;
    let today = app.now().in_zone(&app.city().zone).date();
    let which = Which::Listed(asked.day.unwrap_or(today).min(today), asked.lot);
    into_file(&app, &exporting::Export { which, format, unmask: None, most: u64::MAX }, path)
}

fn into_file(app: &App, export: &exporting::Export, path: &Path) -> anyhow::Result<Outcome> {
    match exporting::write(app, &Actor::system(), export, BufWriter::new(created(path)?)) {
        Ok((rows, _)) => say!("已导出 {rows} 件到 {}", path.display()),
        Err(error) => {
            // Half a table, or one that no ledger entry tells of, must not stay.
            std::fs::remove_file(path).with_context(|| format!("导出没有完成，也删不掉 {}", path.display()))?;
            return Err(error.into());
        }
    }
    Ok(Outcome::Done)
}

fn created(path: &Path) -> anyhow::Result<File> {
    File::create_new(path).with_context(|| format!("不能新建 {}", path.display()))
}

fn format(asked: Option<&str>, path: Option<&Path>) -> anyhow::Result<Format> {
    let extension = path.and_then(Path::extension).map(|extension| extension.to_string_lossy().to_lowercase());
    match asked.or(extension.as_deref()).map(Format::named) {
        Some(Some(format)) => Ok(format),
        _ => Err(misuse("看不出要什么格式：请用 --format 指定 xlsx、csv 或 jsonl，或者让文件名以它们结尾")),
    }
}

fn filter(asked: &ExportDemands) -> anyhow::Result<Filter> {
    let mut pairs = decode_pairs(&asked.filter).map_err(Error::from)?;
    let flags = [
        ("status", &asked.status),
        ("unit", &asked.unit),
        ("theme", &asked.theme),
        ("kind", &asked.kind),
        ("from", &asked.from),
        ("to", &asked.to),
        ("q", &asked.q),
    ];
    pairs.extend(flags.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))));
    pairs.extend(asked.overdue.then(|| ("overdue".to_owned(), "true".to_owned())));
    Ok(Filter::read(&pairs).map_err(Error::from)?.0)
}
