//! The law of the closed loop as one table. Pages draw their buttons from it, the API lists `moves` from it, forms and
//! their checks are made from its fields, the guide's diagram is printed from it, and a property test walks random
//! sequences of it. A pair of status and move that is not listed is impossible.

use kernel::Permission;

use super::vocabulary::{
    Breadth, ClockName, DemandKind, Difficulty, Generality, Grade, Outcome, PolicyAxis, PolicyWeight, Route, Scope,
    Status, Tier, Word,
};
use crate::city::GroundKind;

/// What can be done to a demand. The names are the API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// 研判
    Triage,
    /// 交办
    Assign,
    /// 签收
    Acknowledge,
    /// 先行联系
    FirstContact,
    /// 答复
    Reply,
    /// 回访
    Callback,
    /// 办结
    Close,
    /// 重办
    Redo,
    /// 不予受理
    Decline,
    /// 转送
    Transfer,
    /// 撤回
    Withdraw,
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 11] = [
        Self::Triage,
        Self::Assign,
        Self::Acknowledge,
        Self::FirstContact,
        Self::Reply,
        Self::Callback,
        Self::Close,
        Self::Redo,
        Self::Decline,
        Self::Transfer,
        Self::Withdraw,
    ];

    /// The identifier in the API, the ledger and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Assign => "assign",
            Self::Acknowledge => "acknowledge",
            Self::FirstContact => "first_contact",
            Self::Reply => "reply",
            Self::Callback => "callback",
            Self::Close => "close",
            Self::Redo => "redo",
            Self::Decline => "decline",
            Self::Transfer => "transfer",
            Self::Withdraw => "withdraw",
        }
    }

    /// The word on the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Triage => "研判",
            Self::Assign => "交办",
            Self::Acknowledge => "签收",
            Self::FirstContact => "记录先行联系",
            Self::Reply => "答复诉求人",
            Self::Callback => "记录回访",
            Self::Close => "办结",
            Self::Redo => "退回重办",
            Self::Decline => "不予受理",
            Self::Transfer => "转送其他单位",
            Self::Withdraw => "代诉求人撤回",
        }
    }

    /// The move of an identifier.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.code() == code)
    }
}

/// Who may make a move: a permission, and a relation to the demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The dispatcher (市营商环境办, 统筹岗).
    Dispatcher,
    /// The unit that handles this demand.
    HandlingUnit,
    /// The dispatcher, but nobody of the unit that handled it: a call-back by the handler proves nothing.
    IndependentDispatcher,
}

impl By {
    /// The permission that the actor needs.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Dispatcher | Self::IndependentDispatcher => Permission::Dispatch,
            Self::HandlingUnit => Permission::Handle,
        }
    }

    /// In words, for the guide and for refusals.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dispatcher => "统筹岗",
            Self::HandlingUnit => "承办单位",
            Self::IndependentDispatcher => "承办单位以外的统筹岗",
        }
    }
}

/// What a field of a move holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line or more, at most so many characters.
    Text {
        /// Characters at most.
        most: usize,
        /// Whether a person needs several lines.
        long: bool,
    },
    /// One of a closed set of codes.
    Choice(&'static [(&'static str, &'static str)]),
    /// Yes or no.
    Flag,
    /// A theme of the city.
    Theme,
    /// A unit that can handle demands.
    Unit,
    /// One of the grounds that the city lists.
    Ground(GroundKind),
    /// A local date, today or later.
    Date,
}

/// One field that a move needs or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in the API.
    pub name: &'static str,
    /// The name on the page.
    pub label: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether the move is refused without it.
    pub required: bool,
    /// One sentence of help.
    pub hint: &'static str,
}

const fn need(name: &'static str, label: &'static str, kind: FieldKind, hint: &'static str) -> Field {
    Field { name, label, kind, required: true, hint }
}

const fn take(name: &'static str, label: &'static str, kind: FieldKind, hint: &'static str) -> Field {
    Field { name, label, kind, required: false, hint }
}

const LONG: FieldKind = FieldKind::Text { most: 4000, long: true };
const LINE: FieldKind = FieldKind::Text { most: 200, long: false };

const TRIAGE: &[Field] = &[
    need("kind", "列入清单", FieldKind::Choice(DemandKind::CHOICES), "意见、建议、事项三张清单之一"),
    need("theme", "领域", FieldKind::Theme, ""),
    need("difficulty", "难易程度", FieldKind::Choice(Difficulty::CHOICES), ""),
    need("breadth", "涉及范围", FieldKind::Choice(Breadth::CHOICES), ""),
    need("policy_weight", "政策属性", FieldKind::Choice(PolicyWeight::CHOICES), ""),
    need("scope", "全局或部门", FieldKind::Choice(Scope::CHOICES), ""),
    need("generality", "共性或个性", FieldKind::Choice(Generality::CHOICES), ""),
    need("policy_axis", "政策或程序", FieldKind::Choice(PolicyAxis::CHOICES), ""),
    need("tier", "层级", FieldKind::Choice(Tier::CHOICES), ""),
    need("route", "办理形式", FieldKind::Choice(Route::CHOICES), ""),
    take("urgent", "紧急", FieldKind::Flag, "紧急的先行联系按小时计"),
    take("note", "研判说明", LONG, "内部可见"),
];
const ASSIGN: &[Field] = &[
    need("lead_unit", "牵头单位", FieldKind::Unit, "一件诉求在任何时刻只有一个负责单位"),
    need("goal", "工作目标", FieldKind::Text { most: 500, long: true }, "要办到什么程度，一句话说清"),
    take("due_on", "完成时限", FieldKind::Date, "不填则按办理形式的时限计算"),
    take("basis", "交办依据", LINE, "权责清单条目、会议纪要等；不填则为职责分工"),
];
const REASSIGN: &[Field] = &[ASSIGN[0], ASSIGN[1], need("reason", "改派理由", LINE, ""), ASSIGN[2], ASSIGN[3]];
const NOTHING: &[Field] = &[];
const CONTACT: &[Field] = &[need("note", "联系情况", LONG, "与谁联系、核实了什么；诉求人看不到")];
const REPLY: &[Field] = &[
    need("policy_reading", "政策解读", LONG, "适用什么政策、怎么理解"),
    need("measures", "办理措施", LONG, "做了什么、查到什么"),
    need("opinion", "处理意见", LONG, "结论是什么、下一步怎么办"),
];
const CALLBACK: &[Field] = &[
    need("reached", "是否接通", FieldKind::Flag, ""),
    take("solved", "是否解决", FieldKind::Flag, "接通时必填，按诉求人的说法记"),
    take("grade", "满意度", FieldKind::Choice(Grade::CHOICES), "接通时必填，按诉求人的说法记"),
    take("note", "回访记录", LONG, ""),
];
const CLOSE: &[Field] = &[
    need("outcome", "办理结果", FieldKind::Choice(Outcome::CHOICES), "结果不等于办结：没解决就如实记"),
    take("note", "结果说明", LONG, ""),
];
const REDO: &[Field] = &[need("reason", "重办理由", LONG, "哪里没有办到位")];
const DECLINE: &[Field] = &[
    need("ground", "不予受理的情形", FieldKind::Ground(GroundKind::Decline), "只能选列明的情形"),
    take("note", "说明", LONG, "写给诉求人看：为什么，可以找谁"),
];
const TRANSFER: &[Field] = &[
    need("receiver", "接收单位", LINE, "写明单位全称，系统会告知诉求人"),
    need("reason", "转送理由", LONG, "写给诉求人看"),
];
const WITHDRAW: &[Field] = &[need("reason", "撤回理由", LINE, "诉求人怎么说")];

/// One row of the law.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The status before.
    pub from: Status,
    /// What is done.
    pub make: Move,
    /// The status after.
    pub to: Status,
    /// By whom.
    pub by: By,
    /// Needing what.
    pub needs: &'static [Field],
    /// Within which clock.
    pub within: Option<ClockName>,
}

const fn row(from: Status, make: Move, to: Status, by: By, needs: &'static [Field], within: Option<ClockName>) -> Row {
    Row { from, make, to, by, needs, within }
}

use By::{Dispatcher, HandlingUnit, IndependentDispatcher};
use Status::{Assigned, Closed, Declined, InProgress, Received, Replied, TransferredOut, Triaged, Withdrawn};

const DISPATCH: Option<ClockName> = Some(ClockName::Dispatch);
const HANDLE: Option<ClockName> = Some(ClockName::Handle);

/// The law (plan 一(三), 二(三)2; requirements.md 1.2 and 4.2). The order is the order of the buttons: first the next
/// step, then the ways out.
pub const MOVES: &[Row] = &[
    row(Received, Move::Triage, Triaged, Dispatcher, TRIAGE, DISPATCH),
    row(Received, Move::Decline, Declined, Dispatcher, DECLINE, DISPATCH),
    row(Received, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, DISPATCH),
    row(Received, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(Triaged, Move::Assign, Assigned, Dispatcher, ASSIGN, DISPATCH),
    row(Triaged, Move::Triage, Triaged, Dispatcher, TRIAGE, DISPATCH),
    row(Triaged, Move::Decline, Declined, Dispatcher, DECLINE, DISPATCH),
    row(Triaged, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, DISPATCH),
    row(Triaged, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(Assigned, Move::Acknowledge, InProgress, HandlingUnit, NOTHING, Some(ClockName::Sign)),
    row(Assigned, Move::Assign, Assigned, Dispatcher, REASSIGN, None),
    row(Assigned, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, None),
    row(Assigned, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(InProgress, Move::FirstContact, InProgress, HandlingUnit, CONTACT, Some(ClockName::FirstContact)),
    row(InProgress, Move::Reply, Replied, HandlingUnit, REPLY, HANDLE),
    row(InProgress, Move::Assign, Assigned, Dispatcher, REASSIGN, None),
    row(InProgress, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, None),
    row(InProgress, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(Replied, Move::Callback, Replied, IndependentDispatcher, CALLBACK, Some(ClockName::Callback)),
    row(Replied, Move::Close, Closed, IndependentDispatcher, CLOSE, None),
    row(Replied, Move::Redo, InProgress, Dispatcher, REDO, None),
    row(Replied, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(Closed, Move::Redo, InProgress, Dispatcher, REDO, None),
];

/// The row for a move from a status, where the law has one.
pub fn row_for(from: Status, make: Move) -> Option<&'static Row> {
    MOVES.iter().find(|row| row.from == from && row.make == make)
}
