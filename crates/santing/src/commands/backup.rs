//! `santing backup` and `santing restore`.

use std::path::Path;

use app::demands::actions::indexing;
use app::settings;

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

/// Fills an empty data directory from a backup, down to the full-text index, which a backup for the other engine cannot bring.
pub fn restore(config: &Config, file: &Path) -> anyhow::Result<Outcome> {
    let ground = Ground::of(config)?;
    let options = ground.options();
    let store = store::restore(file, &location(config), options.clone(), app::migrations())?;
    let report = store.verify()?;
    if !report.holds() {
        say!("已恢复到 {}，但台账核验不通过：", config.data.display());
        return Ok(super::verify::print(&report));
    }
    say!("已恢复到 {}，台账核验通过：{} 条记录", config.data.display(), report.entries);
    if settings::get(&store, "profile")?.is_some_and(|profile| profile == ground.city.code) {
        indexing::index_all(&ground.app(config, store, &options, None)?)?;
    } else {
        say!("检索索引在启动服务以后补齐");
    }
    Ok(Outcome::Done)
}
