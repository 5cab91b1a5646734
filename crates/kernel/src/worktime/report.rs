//! The derivation of a timer: the limit, the extension and every suspension, in words and day by day.

use serde::Serialize;

use super::{
    calendar::Calendar,
    date::Wall,
    due::{DerivedDay, Due, Listing, Moment},
    phrases::full_text,
    span::{Limit, WorkingTime, WorktimeError},
    timer::{Account, Deadline, Stretch, Timer},
};
use crate::Instant;

/// How a timer's due instant follows from its facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimerDerivation {
    /// The receipt.
    pub from: Moment,
    /// Due by the first limit alone.
    pub first_due: Moment,
    /// Due after extension and suspensions; `None` while suspended.
    pub due: Option<Moment>,
    /// The rule of the limit, as a Chinese sentence.
    pub rule: String,
    /// What happened to the limit, one Chinese sentence each: the first due instant, the extension, every suspension.
    pub steps: Vec<String>,
    /// From the day of receipt to the day when it is due, or would be.
    pub days: Vec<DerivedDay>,
    /// What a reader must know, in Chinese; empty as a rule.
    pub warnings: Vec<String>,
    /// The fingerprint of the calendar that was used.
    pub calendar: String,
}

impl Timer {
    /// How the due instant follows, day by day and step by step.
    pub fn derive(&self, calendar: &Calendar) -> Result<TimerDerivation, WorktimeError> {
        let account = self.account(calendar)?;
        let (due, mut warnings) = match self.deadline(calendar)? {
            Deadline::At(Due { at, warnings }) => (Some(calendar.moment(at)), warnings),
            Deadline::Suspended { warnings, .. } => (None, warnings),
        };
        let counted = match self.limit {
            Limit::WorkingDays(days) => days.saturating_add(self.extension),
            Limit::WorkingMinutes(_) => 0,
        };
        let remark = |start: Wall, end: Wall| self.remark(calendar, &account, start, end);
        let listing = Listing { from: self.started, through: account.due, counted, remark: &remark };
        let days = calendar.list_days(&listing, &mut warnings);
        Ok(TimerDerivation {
            from: calendar.moment(self.started),
            first_due: calendar.moment(account.first),
            due,
            rule: calendar.rule(self.limit),
            steps: self.steps(calendar, &account),
            days,
            warnings,
            calendar: calendar.fingerprint().to_owned(),
        })
    }

    fn steps(&self, calendar: &Calendar, account: &Account) -> Vec<String> {
        let say = |at: Instant| full_text(calendar, at);
        let mut steps =
            vec![format!("{} 收件，时限 {}，{} 到期。", say(self.started), self.limit.label(), say(account.first))];
        if self.extension > 0 {
            let whole = match self.limit {
                Limit::WorkingDays(days) => format!("自收件起共 {} 个工作日", days.saturating_add(self.extension)),
                Limit::WorkingMinutes(_) => "自原到期日起计".to_owned(),
            };
            steps.push(format!("延期 {} 个工作日，{whole}，{} 到期。", self.extension, say(account.extended)));
        }
        steps.extend(account.counting.iter().map(|(stretch, due)| counting_step(calendar, *stretch, *due)));
        steps.extend(
            account.idle.iter().map(|stretch| format!("{} 开始的挂起在到期之后，不影响到期时间。", say(stretch.from))),
        );
        steps
    }

    fn remark(&self, calendar: &Calendar, account: &Account, start: Wall, end: Wall) -> Option<String> {
        let within = |from, until| calendar.worked_within((from, until), start, end);
        let still = account.counting.iter().map(|(s, _)| within(s.from, s.until));
        let still = still.fold(WorkingTime::ZERO, |sum, part| sum + part);
        let minutes_limit = matches!(self.limit, Limit::WorkingMinutes(_)) && self.extension == 0;
        let counted = if minutes_limit { within(self.started, account.due) - still } else { WorkingTime::ZERO };
        let parts = [("计", counted), ("挂起", still)];
        let said: Vec<String> = parts
            .iter()
            .filter(|(_, time)| *time > WorkingTime::ZERO)
            .map(|(word, time)| format!("{word} {}", time.phrase()))
            .collect();
        (!said.is_empty()).then(|| said.join("，"))
    }
}

fn counting_step(calendar: &Calendar, stretch: Stretch, due: Instant) -> String {
    let from = full_text(calendar, stretch.from);
    if stretch.open {
        let left = calendar.working_time_between(stretch.from, due).phrase();
        return format!("{from} 起挂起，尚未恢复计时，暂无到期时间；恢复后还剩办公时间 {left}。");
    }
    let still = calendar.working_time_between(stretch.from, stretch.until).phrase();
    let until = full_text(calendar, stretch.until);
    format!("{from} 至 {until} 挂起，其中办公时间 {still}，顺延至 {} 到期。", full_text(calendar, due))
}
