//! The law of the closed loop as one table. Pages draw their buttons from it, the API lists `moves` from it, forms and
//! their checks are made from its fields, the guide's diagram is printed from it, and a property test walks random
//! sequences of it. A pair of status and move that is not listed is impossible.

use kernel::Permission;

use super::vocabulary::{ClockName, Status};
use super::wanted::{
    ANSWER_AT_ONCE, ASSIGN, CALLBACK, CLOSE, CONCLUDE, CONSULT, CONTACT, DECLINE, ESCALATE, Field, GIVE_OPINION,
    INSTRUCT, MEET, MERGE, NOTHING, OBJECT, REASSIGN, REDO, REPLY, REPORT, REQUEST_EXTENSION, RESUME, REVIEW,
    RULE_EXTENSION, RULE_OBJECTION, SPLIT, SUSPEND, TRANSFER, TRIAGE, WITHDRAW,
};

/// What can be done to a demand. The names are the API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// 研判
    Triage,
    /// 当场答复
    AnswerAtOnce,
    /// 交办
    Assign,
    /// 签收
    Acknowledge,
    /// 退件异议
    Object,
    /// 裁定异议
    RuleObjection,
    /// 先行联系
    FirstContact,
    /// 申请延期
    RequestExtension,
    /// 审批延期
    RuleExtension,
    /// 中止计时
    Suspend,
    /// 恢复计时
    Resume,
    /// 会商
    Consult,
    /// 协办意见
    GiveOpinion,
    /// 会商结论
    Conclude,
    /// 会办
    Meet,
    /// 提级
    Escalate,
    /// 领导批示
    Instruct,
    /// 阶段报告
    Report,
    /// 答复
    Reply,
    /// 回访
    Callback,
    /// 办结
    Close,
    /// 重办
    Redo,
    /// 到期复查
    Review,
    /// 不予受理
    Decline,
    /// 转送
    Transfer,
    /// 撤回
    Withdraw,
    /// 并入
    Merge,
    /// 拆分
    Split,
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 28] = [
        Self::Triage,
        Self::AnswerAtOnce,
        Self::Assign,
        Self::Acknowledge,
        Self::Object,
        Self::RuleObjection,
        Self::FirstContact,
        Self::RequestExtension,
        Self::RuleExtension,
        Self::Suspend,
        Self::Resume,
        Self::Consult,
        Self::GiveOpinion,
        Self::Conclude,
        Self::Meet,
        Self::Escalate,
        Self::Instruct,
        Self::Report,
        Self::Reply,
        Self::Callback,
        Self::Close,
        Self::Redo,
        Self::Review,
        Self::Decline,
        Self::Transfer,
        Self::Withdraw,
        Self::Merge,
        Self::Split,
    ];

    /// The identifier in the API, the ledger and addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::AnswerAtOnce => "answer_at_once",
            Self::Assign => "assign",
            Self::Acknowledge => "acknowledge",
            Self::Object => "object",
            Self::RuleObjection => "rule_objection",
            Self::FirstContact => "first_contact",
            Self::RequestExtension => "request_extension",
            Self::RuleExtension => "rule_extension",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Consult => "consult",
            Self::GiveOpinion => "give_opinion",
            Self::Conclude => "conclude",
            Self::Meet => "meet",
            Self::Escalate => "escalate",
            Self::Instruct => "instruct",
            Self::Report => "report",
            Self::Reply => "reply",
            Self::Callback => "callback",
            Self::Close => "close",
            Self::Redo => "redo",
            Self::Review => "review",
            Self::Decline => "decline",
            Self::Transfer => "transfer",
            Self::Withdraw => "withdraw",
            Self::Merge => "merge",
            Self::Split => "split",
        }
    }

    /// The word on the button.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Triage => "研判",
            Self::AnswerAtOnce => "当场答复",
            Self::Assign => "交办",
            Self::Acknowledge => "签收",
            Self::Object => "提出退件异议",
            Self::RuleObjection => "裁定异议",
            Self::FirstContact => "记录先行联系",
            Self::RequestExtension => "申请延期",
            Self::RuleExtension => "审批延期",
            Self::Suspend => "中止计时",
            Self::Resume => "恢复计时",
            Self::Consult => "发起会商",
            Self::GiveOpinion => "反馈意见",
            Self::Conclude => "形成会商结论",
            Self::Meet => "记录会办",
            Self::Escalate => "提级",
            Self::Instruct => "批示",
            Self::Report => "报告阶段进展",
            Self::Reply => "答复诉求人",
            Self::Callback => "记录回访",
            Self::Close => "办结",
            Self::Redo => "退回重办",
            Self::Review => "复查",
            Self::Decline => "不予受理",
            Self::Transfer => "转送其他单位",
            Self::Withdraw => "代诉求人撤回",
            Self::Merge => "并入另一件",
            Self::Split => "拆分出来",
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
    /// Whoever hears it and can answer in the name of the own unit: the dispatcher, or a unit's handler (plan 二(一)1:
    /// 属于部门职权范围，能够当场告知的，应当场告知).
    Hearer,
    /// The unit that handles this demand.
    HandlingUnit,
    /// The head of the unit that handles it.
    HandlingHead,
    /// The unit that handles it, or one that still owes its part.
    InvolvedUnit,
    /// The head of such a unit.
    InvolvedHead,
    /// A unit that still owes its part.
    OwingUnit,
    /// The dispatcher, or the unit that handles it.
    DispatcherOrUnit,
    /// The dispatcher, or the head of the unit that handles it.
    DispatcherOrHead,
    /// The dispatcher, but nobody of the unit that handled it: a call-back by the handler proves nothing, and nobody
    /// rules on their own objection.
    IndependentDispatcher,
    /// Who rules on more time: the dispatcher; a leader where a leader decided, or the dispatcher itself handles it.
    Approver,
    /// A leader (市级分管领导, 领导小组).
    Leader,
}

/// How an actor's unit stands to a demand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// It answers for the demand.
    pub leads: bool,
    /// It still owes its part.
    pub owes: bool,
    /// The actor belongs to the unit that leads, in whose name ever they act: who stands in for another is no more
    /// independent than before.
    pub belongs: bool,
    /// A leader decided on the route.
    pub leaders_route: bool,
}

impl By {
    /// Whether somebody who stands so to the demand, and may do what `may` says, may make the move.
    pub fn admits(self, relation: Relation, may: impl Fn(Permission) -> bool) -> bool {
        use Permission::{Dispatch, Handle, HeadUnit, Instruct};
        let Relation { leads, owes, belongs, leaders_route } = relation;
        match self {
            Self::Dispatcher => may(Dispatch),
            Self::Hearer => may(Dispatch) || may(Handle),
            Self::HandlingUnit => leads && may(Handle),
            Self::HandlingHead => leads && may(HeadUnit),
            Self::InvolvedUnit => (leads || owes) && may(Handle),
            Self::InvolvedHead => (leads || owes) && may(HeadUnit),
            Self::OwingUnit => owes && may(Handle),
            Self::DispatcherOrUnit => may(Dispatch) || leads && may(Handle),
            Self::DispatcherOrHead => may(Dispatch) || leads && may(HeadUnit),
            Self::IndependentDispatcher => !belongs && may(Dispatch),
            Self::Approver if leaders_route || belongs => may(Instruct),
            Self::Approver => may(Dispatch),
            Self::Leader => may(Instruct),
        }
    }

    /// In words, for the guide and for refusals.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dispatcher => "统筹岗",
            Self::Hearer => "统筹岗或单位承办岗",
            Self::HandlingUnit => "承办单位",
            Self::HandlingHead => "承办单位负责人",
            Self::InvolvedUnit => "承办单位和协办单位",
            Self::InvolvedHead => "承办单位、协办单位的负责人",
            Self::OwingUnit => "被征求意见的单位",
            Self::DispatcherOrUnit => "统筹岗或承办单位",
            Self::DispatcherOrHead => "统筹岗或承办单位负责人",
            Self::IndependentDispatcher => "承办单位以外的统筹岗",
            Self::Approver => "统筹岗（领导批办、专题会办的，由市领导）",
            Self::Leader => "市领导",
        }
    }
}

/// One row of the law.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The status before.
    pub from: Status,
    /// What is done.
    pub make: Move,
    /// The status after.
    pub to: Status,
    /// The statuses after, where what was decided makes a difference: an objection upheld, a co-handler's signature.
    pub or: &'static [Status],
    /// By whom.
    pub by: By,
    /// Needing what.
    pub needs: &'static [Field],
    /// Within which clock.
    pub within: Option<ClockName>,
}

const fn row(from: Status, make: Move, to: Status, by: By, needs: &'static [Field], within: Option<ClockName>) -> Row {
    Row { from, make, to, or: &[], by, needs, within }
}

const fn either(or: &'static [Status], row: Row) -> Row {
    Row { or, ..row }
}

use By::{
    Approver, Dispatcher, DispatcherOrHead, DispatcherOrUnit, HandlingHead, HandlingUnit, Hearer,
    IndependentDispatcher, InvolvedHead, InvolvedUnit, Leader, OwingUnit,
};
use Status::{Assigned, Closed, Declined, InProgress, Merged, Received, Replied, TransferredOut, Triaged, Withdrawn};

const DISPATCH: Option<ClockName> = Some(ClockName::Dispatch);
const HANDLE: Option<ClockName> = Some(ClockName::Handle);
const PART: Option<ClockName> = Some(ClockName::Part);
const OBJECTION: Option<ClockName> = Some(ClockName::ObjectionRuling);
const EXTENSION: Option<ClockName> = Some(ClockName::ExtensionRuling);

/// The law (plan 一(三), 二(三)2; requirements.md 1.2 and 4.2). The order is the order of the buttons: first the next
/// step, then what else the work may need, then the ways out.
pub const MOVES: &[Row] = &[
    row(Received, Move::Triage, Triaged, Dispatcher, TRIAGE, DISPATCH),
    row(Received, Move::AnswerAtOnce, Replied, Hearer, ANSWER_AT_ONCE, DISPATCH),
    row(Received, Move::Merge, Merged, Dispatcher, MERGE, None),
    row(Received, Move::Decline, Declined, Dispatcher, DECLINE, DISPATCH),
    row(Received, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, DISPATCH),
    row(Received, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    either(&[Assigned], row(Triaged, Move::Instruct, Triaged, Leader, INSTRUCT, DISPATCH)),
    row(Triaged, Move::Assign, Assigned, Dispatcher, ASSIGN, DISPATCH),
    row(Triaged, Move::Triage, Triaged, Dispatcher, TRIAGE, DISPATCH),
    row(Triaged, Move::Consult, Triaged, Dispatcher, CONSULT, None),
    row(Triaged, Move::GiveOpinion, Triaged, OwingUnit, GIVE_OPINION, PART),
    row(Triaged, Move::Conclude, Triaged, Dispatcher, CONCLUDE, None),
    row(Triaged, Move::Meet, Triaged, Dispatcher, MEET, None),
    row(Triaged, Move::Escalate, Triaged, Dispatcher, ESCALATE, None),
    row(Triaged, Move::Merge, Merged, Dispatcher, MERGE, None),
    row(Triaged, Move::Decline, Declined, Dispatcher, DECLINE, DISPATCH),
    row(Triaged, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, DISPATCH),
    row(Triaged, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    either(&[InProgress], row(Assigned, Move::Acknowledge, Assigned, InvolvedUnit, NOTHING, Some(ClockName::Sign))),
    either(&[Triaged], row(Assigned, Move::RuleObjection, Assigned, IndependentDispatcher, RULE_OBJECTION, OBJECTION)),
    row(Assigned, Move::GiveOpinion, Assigned, OwingUnit, GIVE_OPINION, PART),
    row(Assigned, Move::Object, Assigned, InvolvedHead, OBJECT, None),
    row(Assigned, Move::Instruct, Assigned, Leader, INSTRUCT, None),
    row(Assigned, Move::Escalate, Triaged, DispatcherOrHead, ESCALATE, None),
    row(Assigned, Move::Assign, Assigned, Dispatcher, REASSIGN, None),
    row(Assigned, Move::Merge, Merged, Dispatcher, MERGE, None),
    row(Assigned, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, None),
    row(Assigned, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(InProgress, Move::FirstContact, InProgress, HandlingUnit, CONTACT, Some(ClockName::FirstContact)),
    row(InProgress, Move::Reply, Replied, HandlingUnit, REPLY, HANDLE),
    row(InProgress, Move::Report, InProgress, HandlingUnit, REPORT, Some(ClockName::StageReport)),
    row(InProgress, Move::GiveOpinion, InProgress, OwingUnit, GIVE_OPINION, PART),
    row(InProgress, Move::Acknowledge, InProgress, OwingUnit, NOTHING, Some(ClockName::Sign)),
    row(InProgress, Move::Consult, InProgress, DispatcherOrUnit, CONSULT, None),
    row(InProgress, Move::Conclude, InProgress, DispatcherOrUnit, CONCLUDE, None),
    row(InProgress, Move::Meet, InProgress, DispatcherOrUnit, MEET, None),
    row(InProgress, Move::RequestExtension, InProgress, HandlingHead, REQUEST_EXTENSION, None),
    row(InProgress, Move::RuleExtension, InProgress, Approver, RULE_EXTENSION, EXTENSION),
    row(InProgress, Move::Suspend, InProgress, DispatcherOrHead, SUSPEND, None),
    row(InProgress, Move::Resume, InProgress, DispatcherOrHead, RESUME, None),
    row(InProgress, Move::Object, InProgress, InvolvedHead, OBJECT, None),
    either(
        &[Triaged, Assigned],
        row(InProgress, Move::RuleObjection, InProgress, IndependentDispatcher, RULE_OBJECTION, OBJECTION),
    ),
    either(&[Assigned], row(InProgress, Move::Instruct, InProgress, Leader, INSTRUCT, None)),
    row(InProgress, Move::Escalate, Triaged, DispatcherOrHead, ESCALATE, None),
    row(InProgress, Move::Assign, Assigned, Dispatcher, REASSIGN, None),
    row(InProgress, Move::Merge, Merged, Dispatcher, MERGE, None),
    row(InProgress, Move::Transfer, TransferredOut, Dispatcher, TRANSFER, None),
    row(InProgress, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    row(Replied, Move::Callback, Replied, IndependentDispatcher, CALLBACK, Some(ClockName::Callback)),
    row(Replied, Move::Close, Closed, IndependentDispatcher, CLOSE, None),
    row(Replied, Move::GiveOpinion, Replied, OwingUnit, GIVE_OPINION, PART),
    row(Replied, Move::Redo, InProgress, Dispatcher, REDO, None),
    row(Replied, Move::Escalate, Triaged, Dispatcher, ESCALATE, None),
    row(Replied, Move::Withdraw, Withdrawn, Dispatcher, WITHDRAW, None),
    either(&[InProgress], row(Closed, Move::Review, Closed, Dispatcher, REVIEW, Some(ClockName::Review))),
    row(Closed, Move::Redo, InProgress, Dispatcher, REDO, None),
    either(&[Triaged, Assigned, InProgress], row(Merged, Move::Split, Received, Dispatcher, SPLIT, None)),
];

/// The row for a move from a status, where the law has one.
pub fn row_for(from: Status, make: Move) -> Option<&'static Row> {
    MOVES.iter().find(|row| row.from == from && row.make == make)
}
