//! `santing learn`.

use app::learning::{self, Came, LearnOutcome};
use kernel::Actor;

use crate::Outcome;
use crate::config::Config;
use crate::open;

/// Learns from what people decided, about one aspect or all, and says what came of it.
pub fn learn(config: &Config, aspect: Option<&str>, json: bool) -> anyhow::Result<Outcome> {
    let aspects = learning::aspects(aspect).map_err(kernel::Error::from)?;
    let app = open::app(config)?;
    let outcomes = learning::learn_now(&app, &Actor::system(), &aspects)?;
    let zone = &app.city().zone;
    let outcomes: Vec<LearnOutcome> = outcomes.into_iter().map(|outcome| LearnOutcome::of(outcome, zone)).collect();
    if json {
        super::print_json(&outcomes)?;
        return Ok(Outcome::Done);
    }
    for outcome in &outcomes {
        let what = match (outcome.came, &outcome.version) {
            (Came::InForce, Some(version)) => format!("启用版本 {}。", version.version),
            (Came::SetAside, Some(version)) => format!("版本 {} 没有启用。", version.version),
            _ => String::new(),
        };
        println!("{}（{} 件）：{what}{}", outcome.aspect_label, outcome.lessons, outcome.because);
        let figures = outcome.version.iter().map(|version| &version.figures);
        for figures in figures {
            println!(
                "  准确率 {:.1}%，各类平均 F1 {:.1}%；只答最有把握的八成，对 {:.1}%；有把握的占 {:.1}%，其中对 {:.1}%",
                figures.accuracy * 100.0,
                figures.macro_f1 * 100.0,
                figures.accuracy_at_80 * 100.0,
                figures.coverage * 100.0,
                figures.accuracy_when_sure * 100.0
            );
        }
    }
    Ok(Outcome::Done)
}
