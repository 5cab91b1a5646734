//! The values that the law works on: a demand, its clocks, and what has been said to and by the submitter.

use kernel::{Id, Instant};

use super::vocabulary::{
    Audience, Breadth, ClockName, DemandKind, Difficulty, Generality, Grade, Outcome, PolicyAxis, PolicyWeight, Route,
    Scope, Status, Tier,
};

/// A demand as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The row.
    pub id: Id,
    /// The public number, for example `AN20261123W0042`.
    pub number: String,
    /// Rises by one with every change; a writer names the version that it saw.
    pub version: i64,
    /// What was said, and by whom. Never changed by a move.
    pub said: Said,
    /// When the demand was received. No move changes it.
    pub received_at: Instant,
    /// Where it stands.
    pub status: Status,
    /// How it was sorted; complete from triage on.
    pub sorting: Sorting,
    /// The unit that answers for it now, once assigned.
    pub lead_unit: Option<String>,
    /// What the lead unit is to reach.
    pub goal: Option<String>,
    /// On what the assignment rests.
    pub basis: Option<String>,
    /// 1 for the first handling, one more for each redo.
    pub round: i64,
    /// Since when it stands with its present holder.
    pub held_since: Instant,
    /// The first reply of the present round.
    pub replied_at: Option<Instant>,
    /// The latest closing.
    pub closed_at: Option<Instant>,
    /// The first closing, which a redo does not undo.
    pub first_closed_at: Option<Instant>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Why it ended without a reply, or to whom it went: the ground's label, the receiver.
    pub end_note: Option<String>,
}

/// What was said, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which of the three entrances.
    pub audience: Audience,
    /// The submitter's own title.
    pub title: String,
    /// The submitter's own words.
    pub text: String,
    /// The channel's code.
    pub channel: String,
    /// The firm, where one speaks.
    pub enterprise: Option<Id>,
    /// The firm's name as of today, for lists.
    pub enterprise_name: Option<String>,
    /// Whom to call.
    pub contact_name: Option<String>,
    /// The number to call.
    pub contact_phone: Option<String>,
    /// The address to write to.
    pub contact_email: Option<String>,
    /// The street or park, in words.
    pub area: Option<String>,
    /// The system that it came from, for imports and exchange.
    pub source: Option<String>,
    /// The number that it has there.
    pub source_id: Option<String>,
}

/// How a demand is sorted (plan 一(一): 分门别类梳理).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// The list.
    pub kind: Option<DemandKind>,
    /// The theme's code.
    pub theme: Option<String>,
    /// 难易程度
    pub difficulty: Option<Difficulty>,
    /// 涉及范围
    pub breadth: Option<Breadth>,
    /// 政策属性
    pub policy_weight: Option<PolicyWeight>,
    /// 全局或部门
    pub scope: Option<Scope>,
    /// 共性或个性
    pub generality: Option<Generality>,
    /// 政策或程序
    pub policy_axis: Option<PolicyAxis>,
    /// 层级
    pub tier: Option<Tier>,
    /// 办理形式
    pub route: Option<Route>,
    /// 紧急
    pub urgent: bool,
}

/// One clock of a demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandClock {
    /// Which one.
    pub name: ClockName,
    /// The round it belongs to.
    pub round: i64,
    /// The unit whose clock it is; `None` is the dispatcher's.
    pub unit: Option<String>,
    /// When it began.
    pub started_at: Instant,
    /// How long it is, in the writing of the city's clocks (`5wd`, `2h`) or `on 2026-12-01` for a date set by hand.
    pub limit: String,
    /// Where that length comes from, as a sentence.
    pub source: String,
    /// When it is due, under the calendar of the time when it was last computed.
    pub due_at: Instant,
    /// When it stopped.
    pub stopped_at: Option<Instant>,
}

impl DemandClock {
    /// Whether it still runs.
    pub fn running(&self) -> bool {
        self.stopped_at.is_none()
    }
}

/// One call-back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The round it asks about.
    pub round: i64,
    /// Whether anybody answered.
    pub reached: bool,
    /// Whether the submitter says it is solved.
    pub solved: Option<bool>,
    /// The submitter's grade.
    pub grade: Option<Grade>,
    /// What was said.
    pub note: Option<String>,
}

/// A reply to the submitter: three parts, none empty (plan 一(三): 解读政策、研究解决措施、提出工作意见).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 政策解读
    pub policy_reading: String,
    /// 办理措施
    pub measures: String,
    /// 处理意见
    pub opinion: String,
}

/// A demand with what the law looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The demand.
    pub demand: Demand,
    /// All its clocks, oldest first.
    pub clocks: Vec<DemandClock>,
    /// All its call-backs, oldest first.
    pub callbacks: Vec<Callback>,
}

impl Case {
    /// The running clock that is due first.
    pub fn next_clock(&self) -> Option<&DemandClock> {
        self.clocks.iter().filter(|c| c.running()).min_by_key(|c| c.due_at)
    }
}
