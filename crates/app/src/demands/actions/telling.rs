//! 经过 as its submitter sees it: every hand that the demand goes through and every change of its time, in plain words, and
//! nothing of what is said inside (D15).

use kernel::Instant;
use store::RecordedEntry;

use super::{recomputing, succeeding};
use crate::demands::rules::case::Case;
use crate::demands::rules::moves::Move;
use crate::demands::rules::vocabulary::{ClockName, MeetingKind, RequestKind};
use crate::units::UnitNames;

/// One step that the submitter sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// What, as a sentence.
    pub what: String,
    /// The words that were sent along, such as a notice.
    pub said: Option<String>,
}

/// Whose story is told, and by which names.
pub(super) struct Told<'a> {
    pub case: &'a Case,
    pub history: &'a [RecordedEntry],
    pub names: &'a UnitNames,
    pub dispatcher: &'a str,
}

impl Told<'_> {
    /// What happened, oldest first.
    pub fn timeline(&self, notices: &[(String, Instant)]) -> Vec<Step> {
        let said = |at: Instant| notices.iter().find(|(_, told)| *told == at).map(|(text, _)| text.clone());
        let step = |entry: &RecordedEntry| Some(Step { at: entry.at, what: self.what(entry)?, said: said(entry.at) });
        let mut steps: Vec<Step> = self.history.iter().filter_map(step).collect();
        // An imported demand was said before it was recorded here.
        if let Some(first) = steps.first_mut() {
            first.at = self.case.demand.received_at;
        }
        steps
    }

    fn what(&self, entry: &RecordedEntry) -> Option<String> {
        let Some(make) = Move::from_code(&entry.act) else { return self.other(entry) };
        let yes = |name: &str| entry.value(name) == Some("true");
        let dispatcher = self.dispatcher;
        Some(match make {
            Move::Triage => format!("{dispatcher}作了研判"),
            Move::Assign => self.handed(entry)?,
            Move::Instruct => match self.handed(entry) {
                Some(handed) => format!("市领导作出批示，{handed}"),
                None => "市领导作出批示".to_owned(),
            },
            // Of several units that sign, the one that answers matters to the submitter.
            Move::Acknowledge
                if entry.value("to") != Some("in_progress") || entry.value("from") == Some("in_progress") =>
            {
                return None;
            }
            Move::Acknowledge => format!("{}签收", self.lead(entry.at)),
            Move::Object if !self.is_lead_asking(entry.at) => return None,
            Move::Object => format!("{}认为应由其他单位办理，等待裁定", self.lead(entry.at)),
            Move::RuleObjection => self.ruled(entry)?,
            Move::RequestExtension => {
                format!(
                    "{}申请延长 {} 个工作日，等待审批",
                    self.lead(entry.at),
                    entry.value("days").unwrap_or_default()
                )
            }
            Move::RuleExtension if yes("granted") => "经批准延长办理时间".to_owned(),
            Move::RuleExtension => "延长办理时间的申请没有批准，期限不变".to_owned(),
            Move::Suspend => "暂停计算办理时间".to_owned(),
            Move::Resume => "恢复计算办理时间".to_owned(),
            Move::Consult => format!("与{}会商", self.units(entry, "units").unwrap_or_else(|| "有关单位".to_owned())),
            Move::Conclude => "会商有了结论".to_owned(),
            Move::Meet => {
                let form = entry.value("meeting").and_then(MeetingKind::from_code);
                format!("召开{}", form.map_or("会办", MeetingKind::label))
            }
            Move::Report => format!("{}报告了阶段进展", self.lead(entry.at)),
            Move::Escalate => "提交上一级研究决定".to_owned(),
            Move::Review => "到期复查".to_owned(),
            Move::Merge => "与反映同一件事的诉求合并办理".to_owned(),
            Move::Split => "拆分出来单独办理".to_owned(),
            Move::GiveOpinion => return None,
            Move::FirstContact => format!("{}与您联系", self.lead(entry.at)),
            Move::AnswerAtOnce => format!("{}当场答复", self.lead(entry.at)),
            Move::Reply => format!("{}作出答复", self.lead(entry.at)),
            Move::Callback if yes("reached") => format!("{dispatcher}回访"),
            Move::Callback => format!("{dispatcher}回访，没有接通"),
            Move::Close => "办结".to_owned(),
            Move::Redo => "退回重新办理".to_owned(),
            Move::Decline => "不予受理".to_owned(),
            Move::Transfer => format!("转送{}", entry.value("receiver").unwrap_or_default()),
            Move::Withdraw => "按您的要求撤回".to_owned(),
        })
    }

    /// To whom it goes, where the act names somebody: the first hand, or another one.
    fn handed(&self, entry: &RecordedEntry) -> Option<String> {
        let unit = self.names.short_name(entry.value("lead_unit")?);
        let first = self.case.holders().all(|(_, since)| since >= entry.at);
        let handed = if first { format!("交给{unit}办理") } else { format!("改由{unit}办理") };
        Some(match self.units(entry, "co_units") {
            Some(helpers) => format!("{handed}，{helpers}协办"),
            None => handed,
        })
    }

    fn ruled(&self, entry: &RecordedEntry) -> Option<String> {
        let asked = self.case.requests.iter().find(|request| {
            request.kind == RequestKind::Objection
                && request.ruling.as_ref().is_some_and(|ruling| ruling.at == entry.at)
        });
        let of_the_lead = asked.is_none_or(|request| self.is_lead_asking(request.at));
        match (entry.value("upheld"), entry.value("to")) {
            (Some("true"), Some("triaged")) => Some("经裁定，重新确定承办单位".to_owned()),
            (Some("true"), _) => Some(format!("经裁定，{}", self.handed(entry)?)),
            _ if of_the_lead => Some(format!("经裁定，仍由{}办理", self.lead(entry.at))),
            _ => None,
        }
    }

    /// Whether it was the unit that answers for the demand that asked at this instant, and no helper.
    fn is_lead_asking(&self, at: Instant) -> bool {
        let asked = self.case.requests.iter().find(|request| request.at == at);
        asked.is_none_or(|request| self.lead_code(at) == Some(&request.unit))
    }

    fn units(&self, entry: &RecordedEntry, field: &str) -> Option<String> {
        let units = entry.value(field)?.split(',').filter(|unit| !unit.is_empty());
        let names: Vec<&str> = units.map(|unit| self.names.short_name(unit)).collect();
        (!names.is_empty()).then(|| names.join("、"))
    }

    /// Who answered for it at an instant: a demand that changed hands keeps the name of each.
    fn lead(&self, at: Instant) -> &str {
        let code = self.lead_code(at).or(self.case.demand.lead_unit.as_deref());
        code.map_or("承办单位", |code| self.names.short_name(code))
    }

    fn lead_code(&self, at: Instant) -> Option<&str> {
        let of_the_lead = [ClockName::Sign, ClockName::Handle];
        let clocks = self.case.clocks.iter().rev();
        let clock = clocks.filter(|clock| of_the_lead.contains(&clock.name)).find(|clock| clock.started_at <= at);
        // A clock names whoever took over last; before that it was another's.
        let later = self.history.iter().rev().filter(|entry| entry.act == succeeding::ACT && entry.at > at);
        later.fold(clock?.unit.as_deref(), |unit, entry| match unit == entry.value("new_unit") {
            true => entry.value("old_unit"),
            false => unit,
        })
    }

    fn other(&self, entry: &RecordedEntry) -> Option<String> {
        let name = |field| self.names.short_name(entry.value(field).unwrap_or_default());
        match entry.act.as_str() {
            succeeding::ACT if entry.value("leads") == Some("true") => {
                Some(format!("{}撤销，由{}接续办理，期限不变", name("old_unit"), name("new_unit")))
            }
            recomputing::ACT if entry.value("clock") == Some(ClockName::Handle.code()) => {
                Some("工作日历有调整，办理期限相应改变".to_owned())
            }
            act => plain(act),
        }
    }
}

fn plain(act: &str) -> Option<String> {
    let what = match act {
        "register" => "收到您的诉求",
        "import" => "收到您的诉求（从原系统转入）",
        "rate" => "您作了评价",
        "withdraw_by_submitter" => "您撤回了诉求",
        "shared_reply" => "与合并办理的诉求一起得到答复",
        "shared_end" => "合并办理的诉求已经结束",
        _ => return None,
    };
    Some(what.to_owned())
}
