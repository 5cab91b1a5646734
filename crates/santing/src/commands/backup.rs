//! `santing backup` and `santing restore`.

use std::path::Path;

use crate::Outcome;
use crate::config::Config;
use crate::open::{self, Ground, location};
use crate::out::say;

/// Writes everything into a new file, while the server goes on.
pub fn backup(config: &Config, file: &Path) -> anyhow::Result<Outcome> {
    let ground = Ground::of(config)?;
    open::must_exist(config)?;
    let (store, _) = ground.open_store(config)?;
    let made = store.backup(ground.clock.now(), file)?;
    say!("已备份到 {}：{} 字节，附件 {} 个", file.display(), made.size, made.attachments);
    Ok(Outcome::Done)
}

/// Fills an empty data directory from a backup.
pub fn restore(config: &Config, file: &Path) -> anyhow::Result<Outcome> {
    let ground = Ground::of(config)?;
    let store = store::restore(file, &location(config), ground.options(), app::migrations())?;
    let report = store.verify()?;
    if !report.holds() {
        say!("已恢复到 {}，但台账核验不通过：", config.data.display());
        return Ok(super::verify::print(&report));
    }
    say!("已恢复到 {}，台账核验通过：{} 条记录", config.data.display(), report.entries);
    Ok(Outcome::Done)
}
