//! `santing calendar due`.

use anyhow::anyhow;
use jiff::civil::Date;
use kernel::{
    Instant,
    worktime::{Calendar, Derivation, Limit},
};

use crate::Outcome;
use crate::config::Config;
use crate::open::{self, Ground};

/// When something received on `from` is due after so many working days, and why.
pub fn due(config: &Config, from: &str, working_days: u32, as_json: bool) -> anyhow::Result<Outcome> {
    let calendar = in_force(config)?;
    let derivation = calendar.derive(instant(&calendar, from)?, Limit::WorkingDays(working_days))?;
    if as_json {
        super::print_json(&derivation)?;
    } else {
        print(&derivation);
    }
    Ok(Outcome::Done)
}

/// The calendar of the database, overrides included; of the profile alone where there is no database yet.
fn in_force(config: &Config) -> anyhow::Result<Calendar> {
    if config.database_url.is_none() && !config.data.is_dir() {
        return Ok(Ground::of(config)?.city.calendar());
    }
    Ok((*open::app(config)?.calendar()).clone())
}

/// A day means its first instant: when on that day something came in does not matter to a limit in days.
fn instant(calendar: &Calendar, text: &str) -> anyhow::Result<Instant> {
    if let Some(instant) = Instant::parse(text) {
        return Ok(instant);
    }
    let day: Date =
        text.parse().map_err(|_| anyhow!("--from 应写成 2026-09-24，或带时差的时刻 2026-09-24T09:00:00+08:00"))?;
    let midnight = day.to_zoned_datetime(calendar.zone().clone()).map_err(|_| anyhow!("{text} 超出能计算的范围"))?;
    Ok(Instant::from(&midnight))
}

fn print(derivation: &Derivation) {
    println!("{}", derivation.rule);
    for day in &derivation.days {
        let counted = day.counted.map(|n| format!("第 {n} 个工作日，")).unwrap_or_default();
        println!("  {} {}  {}  {counted}{}", day.date, day.weekday, if day.working { "上班" } else { "休息" }, day.why);
    }
    derivation.warnings.iter().for_each(|warning| println!("注意：{warning}"));
    println!("到期：{}", derivation.due);
}
