//! The commands beside the server.

pub mod backup;
pub mod calendar;
pub mod check;
pub mod clusters;
pub mod evaluate;
pub mod exchange;
pub mod export;
pub mod import;
pub mod learn;
pub mod simulate;
pub mod text;
pub mod users;
pub mod verify;

use crate::out::say;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

/// A value as indented JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Opens a file that the command line names.
fn open_file(path: &Path) -> anyhow::Result<File> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let about = file.metadata().map_err(|error| unreadable(path, &error))?;
    anyhow::ensure!(!about.is_dir(), "{} 是文件夹，请写明文件", path.display());
    Ok(file)
}

/// Why a file cannot be read.
fn unreadable(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let path = path.display();
    match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!("没有 {path} 这个文件"),
        ErrorKind::IsADirectory => anyhow::anyhow!("{path} 是文件夹，请写明文件"),
        ErrorKind::PermissionDenied => anyhow::anyhow!("没有读 {path} 的权限"),
        ErrorKind::InvalidData => anyhow::anyhow!("{path} 不是 UTF-8 编码的文本"),
        _ => anyhow::anyhow!("读不到 {path}：{error}"),
    }
}
