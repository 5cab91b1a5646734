//! `santing check`: what is ready and what is missing, in plain words.

use std::path::Path;

use app::city::City;

use crate::Outcome;
use crate::config::{Config, DEFAULT_PROFILE};
use crate::open::{Ground, location};
use crate::out::say;

struct Checks {
    all_ready: bool,
}

impl Checks {
    fn ready(&self, what: &str, how: impl std::fmt::Display) {
        say!("就绪  {what}：{how}");
    }

    fn note(&self, what: &str, how: impl std::fmt::Display) {
        say!("提醒  {what}：{how}");
    }

    fn missing(&mut self, what: &str, how: impl std::fmt::Display) {
        self.all_ready = false;
        say!("缺失  {what}：{how}");
    }
}

/// Looks at everything that a server needs, changes nothing, and says how it stands.
pub fn check(config: &Config) -> anyhow::Result<Outcome> {
    let mut checks = Checks { all_ready: true };
    match &config.file {
        Some(path) => checks.ready("配置文件", path.display()),
        None => checks.note("配置文件", "没有 santing.toml，使用默认值、环境变量和命令行参数"),
    }
    profile(config, &mut checks);
    database(config, &mut checks);
    fonts(&checks);
    Ok(if checks.all_ready { Outcome::Done } else { Outcome::No })
}

fn profile(config: &Config, checks: &mut Checks) {
    let name = config.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    match City::load(name) {
        Ok(city) => {
            checks.ready("城市资料", format!("{}（{}），单位 {} 个", city.name, city.code, city.unit_seeds.len()));
            calendar(&city, checks);
        }
        Err(errors) => {
            checks.missing("城市资料", format!("{name} 有误，可用的有 {}：\n{errors}", City::names().join("、")))
        }
    }
}

fn calendar(city: &City, checks: &Checks) {
    let calendar = city.calendar();
    let this_year = kernel::Clock::now(&kernel::clock::SystemClock).in_zone(&city.zone).year();
    for year in [this_year, this_year + 1] {
        if calendar.official().years().contains(&year) {
            checks.ready("工作日历", format!("{year} 年国务院放假安排已在内"));
        } else {
            checks.note("工作日历", format!("{year} 年的放假安排还没有，先按周一至周五计算，页面上会注明"));
        }
    }
}

fn database(config: &Config, checks: &mut Checks) {
    if config.database_url.is_none() {
        directory(&config.data, checks);
        if !config.data.is_dir() {
            return;
        }
    }
    let opened = Ground::of(config).and_then(|ground| Ok(store::Store::open(&location(config), ground.options())?));
    match opened.and_then(|store| Ok(store.read_now(|tx| tx.one::<i64>(store::sql!("SELECT 1"), store::args![]))?)) {
        Ok(_) => checks
            .ready("数据库", if config.database_url.is_some() { "PostgreSQL 可以连接" } else { "内置数据库可以打开" }),
        Err(error) => checks.missing("数据库", crate::sentence(&error)),
    }
}

fn directory(dir: &Path, checks: &mut Checks) {
    let existing = dir.ancestors().find(|path| path.as_os_str().is_empty() || path.exists()).unwrap_or(dir);
    let existing = if existing.as_os_str().is_empty() { Path::new(".") } else { existing };
    match tempfile::tempfile_in(existing) {
        Ok(_) if dir.is_dir() => checks.ready("数据目录", dir.display()),
        Ok(_) => checks.note("数据目录", format!("{} 还没有，首次 serve 或 demo 时建立", dir.display())),
        Err(error) => checks.missing("数据目录", format!("{} 不能写入：{error}", existing.display())),
    }
}

/// Pages use the reader's fonts; only a machine that prints needs its own.
fn fonts(checks: &Checks) {
    let places = ["/usr/share/fonts", "/usr/local/share/fonts"];
    let found = places.iter().any(|place| has_han_font(Path::new(place), 0));
    if found {
        checks.ready("中文字体", "本机已安装");
    } else {
        checks
            .note("中文字体", "本机没有找到。网页用访问者自己的字体，不受影响；要在本机打印请安装 Noto CJK 等中文字体");
    }
}

fn has_han_font(dir: &Path, depth: usize) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let han =
            ["cjk", "sourcehan", "simsun", "simhei", "wqy", "fangsong", "kaiti"].iter().any(|mark| name.contains(mark));
        han || (depth < 4 && entry.path().is_dir() && has_han_font(&entry.path(), depth + 1))
    })
}
