//! One demand, many voices: each submitter keeps number, code, progress, reply and rating; the demand that it was joined
//! to is handled for all of them.

use kernel::{Actor, Error, Fault, Result};

use super::moving;
use crate::context::{App, Cx};
use crate::demands::records::Written;
use crate::demands::rules::case::{Case, Demand};
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::Status;
use crate::demands::{proceedings, records, sight, stream};

/// More demands in a row than this were never joined to each other.
const LONGEST_CHAIN: usize = 1000;

/// How many demands one run of a job takes up.
const AT_A_TIME: usize = 200;

/// The demand that `number` names, for `case` to be joined to: its id, or why it cannot be meant.
pub fn target(cx: &mut Cx<'_>, case: &Case, number: &str) -> Result<Result<String, String>> {
    let Some(found) = records::by_number(cx.tx, &number.to_ascii_uppercase())? else {
        return Ok(Err("没有这件诉求".to_owned()));
    };
    if !sight::sees(cx, &found)? {
        return Ok(Err("没有这件诉求".to_owned()));
    }
    let handled = handled(cx, &found)?;
    Ok(match handled.status {
        _ if handled.id == case.demand.id && found.id == handled.id => Err("不能并入自己".to_owned()),
        _ if handled.id == case.demand.id => Err("那一件已经并入这一件，不能再倒过来".to_owned()),
        status if status.is_end() => Err(format!("那一件{}，不能再并入", status.label())),
        _ => Ok(found.id.0.to_string()),
    })
}

/// The demand that is handled for `demand`: itself, or the one that it was joined to, however many steps away.
pub fn handled(cx: &mut Cx<'_>, demand: &Demand) -> Result<Demand> {
    let mut handled = demand.clone();
    for _ in 0..LONGEST_CHAIN {
        let Some(merged) = handled.merged else { return Ok(handled) };
        let into = records::by_id(cx.tx, merged.into)?;
        handled = into.ok_or_else(|| Fault::broken(format!("{} was joined to nothing", handled.number)))?;
    }
    Err(Fault::broken(format!("{} was joined in a circle", demand.number)).into())
}

/// Every demand that was joined to this one, however many steps away.
pub fn voices(cx: &mut Cx<'_>, demand: &Demand) -> Result<Vec<Demand>> {
    let mut voices: Vec<Demand> = Vec::new();
    let mut ids = proceedings::voices(cx.tx, demand.id)?;
    while let Some(id) = ids.pop() {
        if voices.len() == LONGEST_CHAIN * 10 {
            break;
        }
        voices.extend(records::by_id(cx.tx, id)?);
        ids.extend(proceedings::voices(cx.tx, id)?);
    }
    Ok(voices)
}

/// One answer reaches everybody: the reply that a demand has just got, and that it ended, is written to each of its voices,
/// so that they keep it whatever becomes of the joining.
pub fn tell_voices(cx: &mut Cx<'_>, before: &Demand, case: &Case) -> Result<()> {
    let replied = before.status != Status::Replied && case.demand.status == Status::Replied;
    let closed = !before.status.is_end() && case.demand.status.is_end() && case.demand.merged.is_none();
    if !replied && !closed {
        return Ok(());
    }
    let reply = records::replies(cx.tx, case.demand.id)?.pop().filter(|_| replied);
    for voice in voices(cx, &case.demand)? {
        let fields = vec![("number", case.demand.number.clone()), ("status", case.demand.status.code().to_owned())];
        match &reply {
            Some(reply) => {
                let Written { what, unit, by_name, at } = reply.clone();
                records::insert_reply(cx.tx, &voice, &Written { what, unit, by_name, at })?;
                cx.record(&stream(&voice.number), "shared_reply", fields)?;
            }
            None => {
                let outcome = case.demand.outcome.map_or(case.demand.status.label(), |outcome| outcome.label());
                let notice = format!("与您的诉求合并办理的那一件已经结束，结果：{outcome}。");
                records::insert_notice(cx.tx, voice.id, &notice, cx.now)?;
                cx.record(&stream(&voice.number), "shared_end", fields)?;
            }
        }
    }
    Ok(())
}

/// Lets the clocks run again whose suspension has lasted as long as it may, as the program's own act.
pub fn resume_due(app: &App) -> Result<()> {
    let (now, system) = (app.now(), Actor::system());
    let due = app.read_now(&system, move |cx| proceedings::suspended_until(cx.tx, now, AT_A_TIME))?;
    for number in due {
        let resumed = app.write_now(&system, move |cx| {
            let Some(demand) = records::by_number(cx.tx, &number)? else { return Ok(()) };
            let note = "中止计时的期限已到，自动恢复";
            let input = [("version".to_owned(), demand.version.into()), ("note".to_owned(), note.into())];
            moving::make(cx, &number, Move::Resume, &input.into_iter().collect()).map(drop)
        });
        match resumed {
            // Somebody was first, or it stands elsewhere by now: the next minute looks again.
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}
