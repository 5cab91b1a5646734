//! The city's limits (requirements.md 4.2), typed. The plan gives hardly any number, so each carries where it comes from
//! and pages can say so.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::worktime::Limit;
use serde::{Deserialize, Serialize};

use super::digest::DigestRule;

/// The clocks that a case may run under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// 研判交办 by the dispatcher.
    Dispatch,
    /// 签收.
    Acknowledge,
    /// 先行联系.
    FirstContact,
    /// 急件先行联系.
    UrgentContact,
    /// 退件异议.
    Objection,
    /// 异议裁定.
    ObjectionRuling,
    /// 部门即办.
    Instant,
    /// 分发交办.
    Assigned,
    /// 联合会商.
    Joint,
    /// 协办意见.
    CoHandler,
    /// 领导批办.
    Leader,
    /// 专题会办.
    Major,
    /// 专题会办阶段报告.
    MajorStage,
    /// 建议答复.
    Suggestion,
    /// 回访.
    Callback,
    /// 延期审批.
    ExtensionRuling,
    /// 差评核实.
    BadVerify,
    /// 差评整改.
    BadFix,
    /// 差评整改, complex.
    BadFixComplex,
    /// 重办.
    Rework,
    /// Looking again at what could not be solved.
    Review,
}

impl ClockKind {
    /// Every clock.
    pub const ALL: [Self; 21] = [
        Self::Dispatch,
        Self::Acknowledge,
        Self::FirstContact,
        Self::UrgentContact,
        Self::Objection,
        Self::ObjectionRuling,
        Self::Instant,
        Self::Assigned,
        Self::Joint,
        Self::CoHandler,
        Self::Leader,
        Self::Major,
        Self::MajorStage,
        Self::Suggestion,
        Self::Callback,
        Self::ExtensionRuling,
        Self::BadVerify,
        Self::BadFix,
        Self::BadFixComplex,
        Self::Rework,
        Self::Review,
    ];

    /// The identifier used in profiles, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Acknowledge => "acknowledge",
            Self::FirstContact => "first_contact",
            Self::UrgentContact => "urgent_contact",
            Self::Objection => "objection",
            Self::ObjectionRuling => "objection_ruling",
            Self::Instant => "instant",
            Self::Assigned => "assigned",
            Self::Joint => "joint",
            Self::CoHandler => "co_handler",
            Self::Leader => "leader",
            Self::Major => "major",
            Self::MajorStage => "major_stage",
            Self::Suggestion => "suggestion",
            Self::Callback => "callback",
            Self::ExtensionRuling => "extension_ruling",
            Self::BadVerify => "bad_verify",
            Self::BadFix => "bad_fix",
            Self::BadFixComplex => "bad_fix_complex",
            Self::Rework => "rework",
            Self::Review => "review",
        }
    }

    /// The clock of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Who set a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The plan says so.
    Plan,
    /// The city chose it, because the plan says nothing.
    Configured,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// Who set it.
    pub source: SourceKind,
    /// The sentence of the plan that it carries out.
    pub plan: String,
    /// What the number was modelled on, and how it is meant.
    pub reference: String,
    /// What a page writes beside it.
    pub note: String,
}

/// A value of the profile with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sourced<T> {
    /// The value.
    pub rule: T,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl<T> std::ops::Deref for Sourced<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.rule
    }
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockRule {
    /// Which clock.
    pub kind: ClockKind,
    /// Its Chinese name.
    pub label: String,
    /// The act that starts it, in Chinese.
    pub start: String,
    /// How long.
    pub limit: Limit,
    /// Where the number comes from.
    pub provenance: Provenance,
}

impl ClockRule {
    /// The basis that a due date prints: `分发交办 5 个工作日（本市配置值，非文件原文）`.
    pub fn basis(&self) -> String {
        format!("{} {}（{}）", self.label, self.limit.label(), self.provenance.note)
    }
}

/// Where the counting of working days begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOne {
    /// The next working day after the start is day one.
    NextWorkingDayAfterReceipt,
}

/// When on the last day a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueAt {
    /// At the end of its office hours.
    EndOfOfficeHours,
}

/// How working days are counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Where counting begins.
    pub day_one: DayOne,
    /// When the last day ends.
    pub due_at: DueAt,
}

/// How a limit may be extended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRule {
    /// How often.
    pub max_count: u32,
    /// At most this share of the first limit again.
    pub max_ratio: f64,
    /// How long before the due date it must be asked for.
    pub request_before_working_days: u32,
    /// Who rules: the dispatcher.
    pub approver: Approver,
    /// The unit (a leader) that rules where the dispatcher is itself the handling unit.
    pub second_approver: String,
    /// Whether the submitter is told.
    pub tell_submitter: bool,
}

/// Who may approve an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approver {
    /// The city's dispatching unit.
    Dispatcher,
}

/// How long a clock may stand still. The grounds are in `grounds.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionRule {
    /// The longest pause.
    pub max_working_days: u32,
    /// Whether each pause needs its evidence.
    pub evidence_required: bool,
}

/// When a slow case gets a notice (督办) and when closed ones are looked at again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuperviseRule {
    /// Blue from this share of the limit used …
    pub blue_used_ratio: f64,
    /// … or from this many working days left.
    pub blue_left_working_days: u32,
    /// What makes it yellow.
    pub yellow_when: Vec<YellowTrigger>,
    /// What makes it red.
    pub red_when: RedTrigger,
    /// A bulletin this long after red.
    pub bulletin_after_red_working_days: u32,
    /// Escalation once so many assignments have not led to an answer in time …
    pub escalate_after_dispatches: u32,
    /// … or one is late by so many working days.
    pub escalate_after_red_working_days: u32,
    /// 回头看 after so many calendar days.
    pub lookback_days: Vec<u32>,
    /// The share of closed cases drawn for it.
    pub lookback_random_rate: f64,
    /// Whether every bad rating is in it.
    pub lookback_all_bad_ratings: bool,
}

/// What makes a notice yellow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YellowTrigger {
    /// A promised step was missed.
    PlanNodeMissed,
    /// The case was returned for quality.
    QualityReturn,
}

/// What makes a notice red.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedTrigger {
    /// The due date is past.
    Overdue,
}

/// The five grades (好差评).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradeCode {
    /// 非常满意.
    VerySatisfied,
    /// 满意.
    Satisfied,
    /// 基本满意.
    BasicallySatisfied,
    /// 不满意.
    Dissatisfied,
    /// 非常不满意.
    VeryDissatisfied,
}

/// How ratings are asked for and published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingRule {
    /// The grades offered; none is preselected.
    pub grades: Vec<GradeCode>,
    /// Those that open a clock.
    pub bad: Vec<GradeCode>,
    /// The share of enterprise cases that are called back.
    pub callback_rate_enterprise: f64,
    /// Unit figures are shown from this many ratings.
    pub min_n_public: u32,
}

/// The window of a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 1st to 15th, 16th to the end.
    HalfMonth,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

/// A duty that returns in every window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// The window.
    pub per: Period,
    /// How often at least.
    pub min: u32,
    /// How long before it must be announced.
    pub notice_working_days: Option<u32>,
    /// What is counted once.
    pub distinct: Option<Distinct>,
}

/// What a duty counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distinct {
    /// A local calendar day, however many firms were visited on it.
    LocalDay,
}

/// When the quarterly form is due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarterReport {
    /// Month and day of each.
    pub due_month_days: Vec<MonthDay>,
    /// Whether the day itself still counts.
    pub inclusive: bool,
    /// What happens when it is not a working day.
    pub if_nonworking: IfNonworking,
}

impl QuarterReport {
    /// The nominal due dates of a year.
    pub fn dates(&self, year: i16) -> Vec<Date> {
        self.due_month_days.iter().filter_map(|day| Date::new(year, day.month, day.day).ok()).collect()
    }
}

/// A day of every year, written `03-10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct MonthDay {
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl TryFrom<String> for MonthDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.split_once('-').and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
        // A leap year, so that 02-29 is a day.
        let (month, day) = parts
            .filter(|(month, day)| Date::new(2024, *month, *day).is_ok())
            .ok_or_else(|| format!("invalid value `{text}`: a day of the year is written 03-10"))?;
        Ok(Self { month, day })
    }
}

/// Where a due date that is not a working day goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IfNonworking {
    /// To the working day before.
    Earlier,
    /// To the working day after.
    Later,
    /// It stays.
    Same,
}

/// Everything in `clocks.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockRules {
    /// How days are counted.
    pub counting: Sourced<Counting>,
    pub(super) limits: BTreeMap<ClockKind, ClockRule>,
    /// How limits are extended.
    pub extension: Sourced<ExtensionRule>,
    /// How clocks are stopped.
    pub suspension: Sourced<SuspensionRule>,
    /// When notices are sent.
    pub supervise: Sourced<SuperviseRule>,
    /// How ratings work.
    pub rating: Sourced<RatingRule>,
    /// When reminders are sent.
    pub digest: Sourced<DigestRule>,
    /// The standing duties, by the name that tasks refer to: `reception`, `symposium`, …
    pub duties: Sourced<BTreeMap<String, Duty>>,
    /// The quarterly form.
    pub quarter_report: Sourced<QuarterReport>,
}

impl ClockRules {
    /// The rule of one clock; a loaded profile has every one.
    pub fn rule(&self, kind: ClockKind) -> &ClockRule {
        &self.limits[&kind]
    }

    /// Every rule, in the order of a case's life.
    pub fn rules(&self) -> impl Iterator<Item = &ClockRule> {
        self.limits.values()
    }
}
