//! `santing simulate`.

use std::io::Read as _;

use app::simulator::{self, Answered, Question};
use kernel::Actor;

use crate::Outcome;
use crate::cli::SimulateOptions;
use crate::config::Config;
use crate::open;

/// Replays a past period under other rules and says what would have been different.
pub fn simulate(config: &Config, asked: &SimulateOptions) -> anyhow::Result<Outcome> {
    let rules = match &asked.rules {
        None => None,
        Some(path) => {
            let mut text = String::new();
            super::open_file(path)?.read_to_string(&mut text).map_err(|error| super::unreadable(path, &error))?;
            Some(text)
        }
    };
    let question = Question { version: asked.process, rules, from: asked.from.clone(), to: asked.to.clone() };
    let app = open::app(config)?;
    let actor = Actor::system();
    let answered = app.read_now(&actor, move |cx| simulator::simulate(cx, &question))?;
    if answered.version.is_some() {
        let kept = answered.clone();
        app.write_now(&actor, move |cx| simulator::note(cx, &kept))?;
    }
    match asked.json {
        true => super::print_json(&answered)?,
        false => print(&answered),
    }
    Ok(Outcome::Done)
}

fn print(answered: &Answered) {
    let report = &answered.report;
    println!("{}。", report.sentence(&answered.from, &answered.to));
    let differences = match answered.differences.as_slice() {
        [] => "没有改".to_owned(),
        some => some.join("；"),
    };
    println!("与现行版本 {} 相比：{differences}", answered.base);
    println!("现行规则与人工决定一致：{} 件，共研判 {} 件", report.as_proposed, report.triaged);
    for flow in &report.flows {
        println!("\n{} → {}：{} 件", flow.from_label, flow.to_label, flow.demands.len());
        flow.demands.iter().for_each(|one| println!("  {}  {}", one.number, one.because));
    }
    println!("\n时限（实际逾期 → 新版逾期 / 计时）");
    for late in &report.lateness {
        println!("  {}：{} → {} / {}", late.label, late.late_before, late.late_after, late.clocks);
    }
    println!("\n单位（牵头、协办、同时在办最多）");
    for load in &report.loads {
        println!(
            "  {}：{} → {}，{} → {}，{} → {}",
            load.name,
            load.led_before,
            load.led_after,
            load.helped_before,
            load.helped_after,
            load.peak_before,
            load.peak_after
        );
    }
}
