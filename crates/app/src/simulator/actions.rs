//! Reading a question, loading the history, replaying it.

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Actor, Instant, Permission, Refusal, Result};
use serde::{Deserialize, Serialize};

use super::rules::{self, Ground, Report};
use crate::city::Process;
use crate::context::{App, Cx};
use crate::demands::history;
use crate::processes::{self, DraftInput};
use crate::{people, units};

/// Demands replayed at most.
const MOST: usize = 100_000;

/// Which past, under which rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Question {
    /// A process version, by number.
    pub version: Option<i64>,
    /// Or other rules as text (TOML); what it does not mention stays as in the version in force.
    pub rules: Option<String>,
    /// Received from this day on; absent: a year before `to`.
    pub from: Option<String>,
    /// Received up to and including this day; absent: today.
    pub to: Option<String>,
}

/// A replay with what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Answered {
    /// The version in force, which was compared with.
    pub base: i64,
    /// The version that was replayed, where it was one.
    pub version: Option<i64>,
    /// The edit of the draft that was replayed.
    #[serde(skip)]
    pub edit: Option<i64>,
    /// What differs between the two, as sentences.
    pub differences: Vec<String>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What came of it.
    pub report: Report,
}

/// The days of a question.
pub fn period(question: &Question, today: Date) -> Result<(Date, Date), Refusal> {
    let mut check = Checker::default();
    let mut day = |field: &str, text: Option<&str>| {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        let date = text.parse::<Date>().ok();
        if date.is_none() {
            check.wrong(field, "bad_format", "日期写成 2026-03-05 的形式");
        }
        date
    };
    let (from, to) = (day("from", question.from.as_deref()), day("to", question.to.as_deref()));
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.saturating_sub(1.year()));
    if from > to {
        check.wrong("from", "contradiction", "起始日在截止日之后");
    }
    check.done()?;
    Ok((from, to))
}

/// Replays the past of `question`.
pub fn simulate(cx: &mut Cx<'_>, question: &Question) -> Result<Answered> {
    people::require(cx.actor, Permission::Dispatch)?;
    people::require(cx.actor, Permission::SeeAll)?;
    let (from, to) = period(question, cx.today())?;
    let base = processes::in_force(cx)?;
    let (other, version) = other(cx, question, &base.process)?;
    let zone = cx.app.city().zone.clone();
    let begin =
        |day: Date| day.to_zoned_datetime(zone.clone()).map_or(Instant(i64::MAX), |zoned| Instant::from(&zoned));
    let past = history::between(cx.tx, begin(from), begin(to.saturating_add(1.day())), MOST)?;
    let (units, calendar) = (units::names(cx)?, cx.app.calendar());
    let ground = Ground {
        city: cx.app.city(),
        units: &units,
        calendar: &calendar,
        base: &base.process,
        other: &other,
        now: cx.now,
    };
    let report = rules::replay(&ground, &past);
    let differences = other.differences(&base.process, cx.app.city());
    Ok(Answered {
        base: base.version,
        version: version.map(|(number, _)| number),
        edit: version.map(|(_, edit)| edit),
        differences,
        from: from.to_string(),
        to: to.to_string(),
        report,
    })
}

/// The other rules, and of which edit of which draft.
fn other(cx: &mut Cx<'_>, question: &Question, base: &Process) -> Result<(Process, Option<(i64, i64)>)> {
    if let Some(rules) = question.rules.as_deref().filter(|rules| !rules.trim().is_empty()) {
        if question.version.is_some() {
            return Err(Refusal::field("rules", "contradiction", "版本号和规则文本只写一样").into());
        }
        let input = DraftInput { edit: None, title: Some("试算".to_owned()), content: Some(rules.to_owned()) };
        return Ok((processes::actions::read(cx, &input).map_err(renamed)?.1, None));
    }
    let Some(number) = question.version else { return Ok((base.clone(), None)) };
    let version = processes::actions::one(cx, number)?;
    Ok((processes::actions::process_of(cx, &version)?, Some((number, version.edit))))
}

/// The text is called `rules` here.
fn renamed(error: kernel::Error) -> kernel::Error {
    match error {
        kernel::Error::Refused(mut refusal) => {
            refusal.errors.iter_mut().filter(|e| e.field == "content").for_each(|e| e.field = "rules".to_owned());
            refusal.into()
        }
        fault => fault,
    }
}

/// Notes that a draft was tried, with the sentence of the report. Beside [`simulate`], which only reads and may take its
/// time: a long replay must not hold up those who write.
pub fn note(cx: &mut Cx<'_>, answered: &Answered) -> Result<()> {
    match (answered.version, answered.edit) {
        (Some(version), Some(edit)) => {
            processes::tried(cx, version, edit, &answered.report.sentence(&answered.from, &answered.to))
        }
        _ => Ok(()),
    }
}

/// Replays, then notes: what pages and calls do.
pub async fn run(app: &App, actor: &Actor, question: Question) -> Result<Answered> {
    let answered = app.read(actor, move |cx| simulate(cx, &question)).await?;
    if answered.version.is_some() {
        let kept = answered.clone();
        app.write(actor, move |cx| note(cx, &kept)).await?;
    }
    Ok(answered)
}
