//! When the rule itself raises a demand (requirements.md 4.2, after Bozhou 2023): two units or two rounds could not do it,
//! or one has been late for long. A leader's matter is not raised further but by hand.

use super::case::Case;
use super::decide::Deciding;
use super::vocabulary::{ClockName, Route, Status};

/// The route that a demand is to be raised to now, and why; `None` while the rule leaves it where it is.
pub fn due(case: &Case, by: &Deciding<'_>) -> Option<(Route, String)> {
    let to = match case.demand.sorting.route? {
        Route::Instant | Route::Assigned => Route::Joint,
        Route::Joint => Route::Leader,
        Route::Leader | Route::Special => return None,
    };
    if !matches!(case.demand.status, Status::Assigned | Status::InProgress) {
        return None;
    }
    let rule = &by.clocks.supervise;
    let clock = case.clocks.iter().rev().find(|clock| clock.name == ClockName::Handle && clock.running())?;
    if clock.paused_since().is_some() || by.now <= clock.due_at {
        return None;
    }
    let (dispatches, most) = (case.dispatches(), rule.escalate_after_dispatches as usize);
    if dispatches >= most {
        return Some((to, format!("已经交办 {dispatches} 次仍未办结，并且已经逾期，按规则提级。")));
    }
    let late = -by.calendar.working_days_left(by.now, clock.due_at);
    let limit = i64::from(rule.escalate_after_red_working_days);
    (late >= limit).then(|| (to, format!("已经逾期 {late} 个工作日，达到 {limit} 个工作日，按规则提级。")))
}
