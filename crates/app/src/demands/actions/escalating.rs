//! 提级 by the rule, as the program's own act, in office hours: what could not be done in time goes up by itself.

use kernel::{Actor, Error, Result};
use serde_json::{Map, Value};

use super::intake::deciding;
use super::moving;
use crate::context::{App, Cx};
use crate::demands::proceedings;
use crate::demands::rules::escalation;
use crate::demands::rules::moves::Move;
use crate::processes;

/// How many demands one look takes up.
const AT_A_TIME: usize = 200;

/// Raises every demand that the rule raises.
pub fn by_rule(app: &App) -> Result<()> {
    let (now, system) = (app.now(), Actor::system());
    if !app.calendar().is_open(now) {
        return Ok(());
    }
    let mut after = String::new();
    loop {
        let from = after.clone();
        let late = app.read_now(&system, move |cx| proceedings::late_in_work(cx.tx, now, &from, AT_A_TIME))?;
        for number in &late {
            let number = number.clone();
            match app.write_now(&system, move |cx| raise(cx, &number)) {
                // Somebody was first, or it stands elsewhere by now: the next look sees.
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        match late.last() {
            Some(last) if late.len() == AT_A_TIME => after.clone_from(last),
            _ => return Ok(()),
        }
    }
}

fn raise(cx: &mut Cx<'_>, number: &str) -> Result<()> {
    let case = moving::load(cx, number)?;
    let (calendar, governing) = (cx.app.calendar(), processes::governing(cx, case.demand.id)?);
    let due = escalation::due(&case, &deciding(cx, &calendar, &governing.clocks));
    let Some((route, reason)) = due else { return Ok(()) };
    let fields = [
        ("version", Value::from(case.demand.version)),
        ("route", Value::from(route.code())),
        ("reason", Value::from(reason)),
    ];
    let input: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    moving::make(cx, number, Move::Escalate, &input).map(drop)
}
