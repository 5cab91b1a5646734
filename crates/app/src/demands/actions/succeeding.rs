//! 接续, as the program's own act: what a unit still held on its last day passes to the one that took over, and each demand's
//! stream says so.

use kernel::{Actor, Fault, Result};

use super::moving;
use crate::context::{App, Cx};
use crate::demands::rules::decide;
use crate::demands::{records, running, stream};
use crate::units;

/// The act under which a succession is recorded.
pub const ACT: &str = "succeed";

/// How many demands one look takes up.
const AT_A_TIME: usize = 200;

/// Passes on what dissolved units still hold.
pub fn settle(app: &App) -> Result<()> {
    let system = Actor::system();
    for (old, heir) in app.read_now(&system, |cx| Ok(units::names(cx)?.successions(cx.now)))? {
        loop {
            let unit = old.clone();
            let held = app.read_now(&system, move |cx| running::numbers_of(cx.tx, &unit, AT_A_TIME))?;
            for number in &held {
                let (number, old, heir) = (number.clone(), old.clone(), heir.clone());
                app.write_now(&system, move |cx| pass_on(cx, &number, &old, &heir))?;
            }
            if held.len() < AT_A_TIME {
                break;
            }
        }
    }
    Ok(())
}

fn pass_on(cx: &mut Cx<'_>, number: &str, old: &str, heir: &str) -> Result<()> {
    let before = moving::load(cx, number)?;
    let mut case = before.clone();
    decide::pass_on(&mut case, old, heir, cx.now);
    let mut as_it_was = case.clone();
    as_it_was.demand.version = before.demand.version;
    if as_it_was == before {
        // Another server was first.
        return Ok(());
    }
    if !records::update(cx.tx, &case, &before, cx.now)? {
        return Err(Fault::broken(format!("{number} changed within one transaction")).into());
    }
    let leads = case.demand.lead_unit != before.demand.lead_unit;
    let fields = vec![
        ("old_unit", old.to_owned()),
        ("new_unit", heir.to_owned()),
        ("leads", leads.to_string()),
        ("version", case.demand.version.to_string()),
    ];
    cx.record(&stream(number), ACT, fields)
}
