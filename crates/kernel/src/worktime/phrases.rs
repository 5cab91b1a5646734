//! Times as people say them, in Chinese.

use super::{
    calendar::Calendar,
    date::weekday_name,
    span::{WorkingTime, WorktimeError},
    timer::{Deadline, Standing, Timer},
};
use crate::Instant;

/// Below this much working time people count minutes, not days.
const SOON: WorkingTime = WorkingTime(60 * super::date::MINUTE);

/// How much time is left: 还剩 26 分钟, 今天 17:00 前, 还剩 2 个工作日; or how late it is: 逾期 26 分钟, 逾期 2 个工作日.
pub fn time_left(calendar: &Calendar, now: Instant, due: Instant) -> String {
    if now > due {
        return format!("逾期{}", lateness(calendar, now, due));
    }
    let left = calendar.working_time_between(now, due);
    let days = calendar.working_days_left(now, due);
    let soon = WorkingTime::ZERO < left && left <= SOON;
    match calendar.date_at(now) == calendar.date_at(due) {
        true if soon => format!("还剩 {}", left.phrase()),
        // Early on another day, "one working day" would promise more than there is.
        false if days > 0 && !soon => format!("还剩 {days} 个工作日"),
        _ => until(calendar, now, due),
    }
}

/// Until when there is time: 今天 17:00 前, 明天 17:00 前, 3 月 5 日 周四 17:00 前, with the year where it is another.
pub fn until(calendar: &Calendar, now: Instant, due: Instant) -> String {
    let (today, day) = (calendar.date_at(now), calendar.date_at(due));
    let time = time_text(calendar, due);
    if today == day {
        format!("今天 {time} 前")
    } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
        format!("明天 {time} 前")
    } else if today.year() == day.year() {
        format!("{} 月 {} 日 {} {time} 前", day.month(), day.day(), weekday_name(day))
    } else {
        format!("{} 前", full_text(calendar, due))
    }
}

/// How a timer stands, in a few words: what [`time_left`] says while it runs, and how it ended or why it stands still.
pub fn timer_phrase(calendar: &Calendar, timer: &Timer, now: Instant) -> Result<String, WorktimeError> {
    let standing = timer.standing(calendar, now)?;
    let seen = timer.seen_from(now);
    Ok(match (&standing.deadline, timer.stopped) {
        (Deadline::At(due), Some(stopped)) if stopped <= now => ending(calendar, stopped, due.at),
        (Deadline::At(due), _) if !standing.suspended => time_left(calendar, seen, due.at),
        _ => resting(&standing),
    })
}

/// `2026 年 3 月 5 日 周四 17:00`, for derivations, which must be readable years later.
pub fn full_text(calendar: &Calendar, at: Instant) -> String {
    let day = calendar.date_at(at);
    let time = time_text(calendar, at);
    format!("{} 年 {} 月 {} 日 {} {time}", day.year(), day.month(), day.day(), weekday_name(day))
}

fn ending(calendar: &Calendar, stopped: Instant, due: Instant) -> String {
    if stopped <= due { "按期完成".to_owned() } else { format!("逾期{}完成", lateness(calendar, stopped, due)) }
}

fn resting(standing: &Standing) -> String {
    format!("挂起中，恢复后还剩办公时间 {}", standing.left.phrase())
}

/// By how much, with the blank before the number; nothing where no office hour has passed since.
fn lateness(calendar: &Calendar, now: Instant, due: Instant) -> String {
    let days = -calendar.working_days_left(now, due);
    let late = calendar.working_time_between(due, now);
    if days > 0 {
        format!(" {days} 个工作日")
    } else if late > WorkingTime::ZERO {
        format!(" {}", late.phrase())
    } else {
        String::new()
    }
}

fn time_text(calendar: &Calendar, at: Instant) -> String {
    at.in_zone(calendar.zone()).strftime("%H:%M").to_string()
}
