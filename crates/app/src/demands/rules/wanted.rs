//! What each move asks for: the fields of its form, of its call, and of its check.

use super::vocabulary::{
    Breadth, DemandKind, Difficulty, Finding, Generality, Grade, MeetingKind, Outcome, PolicyAxis, PolicyWeight, Route,
    Scope, Stance, Tier, Word,
};
use crate::city::GroundKind;

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
    /// Several such units: a list of codes, or names with 、 between them.
    Units,
    /// Work for units: a list of `{unit, task, due_on}`, or lines of 单位｜任务｜日期.
    Tasks,
    /// One of the grounds that the city lists.
    Ground(GroundKind),
    /// A local date, today or later.
    Date,
    /// A local date, today or earlier.
    PastDate,
    /// A whole number of working days, at least 1.
    Days {
        /// At most.
        most: u32,
    },
    /// The number of another demand.
    Demand,
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

pub(super) const TRIAGE: &[Field] = &[
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
pub(super) const ANSWER_AT_ONCE: &[Field] = &[
    need("theme", "领域", FieldKind::Theme, ""),
    need("opinion", "答复", LONG, "一句话也可以，照当面说的写；诉求人凭查询码看得到"),
    take("kind", "列入清单", FieldKind::Choice(DemandKind::CHOICES), "不选则列入事项清单"),
    take("note", "对方当场怎么说", LINE, "内部记录，不能代替回访"),
];
const CO_UNITS: Field = take("co_units", "协办单位", FieldKind::Units, "各有各的时限；协办没有办完，不能办结");
const DUE_ON: Field = take("due_on", "完成时限", FieldKind::Date, "不填则按办理形式的时限计算");
pub(super) const ASSIGN: &[Field] = &[
    need("lead_unit", "牵头单位", FieldKind::Unit, "一件诉求在任何时刻只有一个负责单位"),
    CO_UNITS,
    need("goal", "工作目标", FieldKind::Text { most: 500, long: true }, "要办到什么程度，一句话说清"),
    DUE_ON,
    take("basis", "交办依据", LINE, "权责清单条目、会议纪要等；不填则为职责分工"),
];
pub(super) const REASSIGN: &[Field] =
    &[ASSIGN[0], CO_UNITS, ASSIGN[2], need("reason", "改派理由", LINE, ""), DUE_ON, ASSIGN[4]];
pub(super) const NOTHING: &[Field] = &[];
pub(super) const CONTACT: &[Field] = &[need("note", "联系情况", LONG, "与谁联系、核实了什么；诉求人看不到")];
pub(super) const OBJECT: &[Field] = &[
    take("ground", "异议情形", FieldKind::Ground(GroundKind::Objection), "情形和理由至少写一项"),
    take("reason", "理由", LONG, "依据哪一条职责、应当由谁办"),
    take("suggested_unit", "应当由谁承办", FieldKind::Unit, ""),
];
pub(super) const RULE_OBJECTION: &[Field] = &[
    need("upheld", "异议是否成立", FieldKind::Flag, "当日裁定，裁定为准"),
    need("reason", "裁定理由", LONG, ""),
    take("lead_unit", "改由谁承办", FieldKind::Unit, "成立时填写；不填则退回待交办"),
];
pub(super) const REQUEST_EXTENSION: &[Field] = &[
    need(
        "days",
        "延长几个工作日",
        FieldKind::Days { most: 60 },
        "不超过原时限；一轮办理能延几次，按这件诉求的流程版本",
    ),
    need("reason", "理由", LONG, "还要做什么、为什么来不及"),
    take("ground", "延期情形", FieldKind::Ground(GroundKind::Extension), ""),
];
pub(super) const RULE_EXTENSION: &[Field] = &[
    need("granted", "是否同意延期", FieldKind::Flag, "同意的，会告知诉求人"),
    take("reason", "审批意见", LONG, "不同意时必填"),
];
pub(super) const SUSPEND: &[Field] = &[
    need("ground", "中止计时的情形", FieldKind::Ground(GroundKind::Suspension), "只有列明的四种情形"),
    need("evidence", "依据", LONG, "文号、通知、要补的材料；最长多久按这件诉求的流程版本"),
    take("until", "预计恢复", FieldKind::Date, "到期自动恢复计时"),
];
pub(super) const RESUME: &[Field] = &[take("note", "恢复说明", LONG, "收到了什么、批复了什么")];
pub(super) const CONSULT: &[Field] = &[
    need("units", "征求哪些单位", FieldKind::Units, ""),
    need("question", "会商事项", LONG, "要他们答什么"),
    take("due_on", "何时答复", FieldKind::Date, "不填则按协办意见的时限计算"),
    take("mandatory", "必须答复", FieldKind::Flag, "不选则为是：没有答复，不能办结"),
];
pub(super) const GIVE_OPINION: &[Field] = &[
    need("opinion", "意见或办理情况", LONG, "按原话记录，不作修改"),
    take("stance", "态度", FieldKind::Choice(Stance::CHOICES), ""),
];
pub(super) const CONCLUDE: &[Field] = &[
    need("agreed", "是否达成一致", FieldKind::Flag, "没有达成一致的，可以提级"),
    need("conclusion", "会商结论", LONG, ""),
];
pub(super) const MEET: &[Field] = &[
    need("meeting", "会办形式", FieldKind::Choice(MeetingKind::CHOICES), ""),
    need("held_on", "会办日期", FieldKind::PastDate, ""),
    need("attendees", "参加单位和人员", FieldKind::Text { most: 500, long: true }, ""),
    need("minutes", "议定事项", LONG, ""),
    take("tasks", "任务分工", FieldKind::Tasks, "每行一项：单位｜任务｜完成日期；没有责任单位的任务不能保存"),
];
pub(super) const ESCALATE: &[Field] = &[
    need("route", "提级为", FieldKind::Choice(Route::RAISED), "只能向上提"),
    need("reason", "理由", LONG, "已经做了什么、分歧在哪里、请求决定什么"),
    take("ground", "提级情形", FieldKind::Ground(GroundKind::Escalation), ""),
];
pub(super) const INSTRUCT: &[Field] = &[
    need("instruction", "批示", FieldKind::Text { most: 500, long: true }, "写明由谁办、办到什么程度"),
    take("lead_unit", "批给哪个单位", FieldKind::Unit, "填写即交办；不填则由统筹岗按批示交办"),
    CO_UNITS,
    DUE_ON,
    take("route", "降级为", FieldKind::Choice(Route::CHOICES), "只有决定这一层级的领导可以降级"),
];
pub(super) const REPORT: &[Field] = &[need("progress", "阶段进展", LONG, "做了什么、下一步、何时办结")];
pub(super) const REPLY: &[Field] = &[
    need("policy_reading", "政策解读", LONG, "适用什么政策、怎么理解"),
    need("measures", "办理措施", LONG, "做了什么、查到什么"),
    need("opinion", "处理意见", LONG, "结论是什么、下一步怎么办"),
];
pub(super) const CALLBACK: &[Field] = &[
    need("reached", "是否接通", FieldKind::Flag, ""),
    take("solved", "是否解决", FieldKind::Flag, "接通时必填，按诉求人的说法记"),
    take("grade", "满意度", FieldKind::Choice(Grade::CHOICES), "接通时必填，按诉求人的说法记"),
    take("note", "回访记录", LONG, ""),
];
pub(super) const CLOSE: &[Field] = &[
    need("outcome", "办理结果", FieldKind::Choice(Outcome::CHOICES), "结果不等于办结：没解决就如实记"),
    take("note", "结果说明", LONG, ""),
    take("review_on", "复查日期", FieldKind::Date, "“政策不支持”“计划解决”到期再看一次；不填则按复查时限"),
];
pub(super) const REDO: &[Field] = &[need("reason", "重办理由", LONG, "哪里没有办到位")];
pub(super) const REVIEW: &[Field] = &[
    need("finding", "复查结论", FieldKind::Choice(Finding::CHOICES), ""),
    need("note", "说明", LONG, "政策、条件有没有变化"),
    take("review_on", "下次复查", FieldKind::Date, "仍不具备条件时；不填则按复查时限"),
];
pub(super) const DECLINE: &[Field] = &[
    need("ground", "不予受理的情形", FieldKind::Ground(GroundKind::Decline), "只能选列明的情形"),
    take("note", "说明", LONG, "写给诉求人看：为什么，可以找谁"),
];
pub(super) const TRANSFER: &[Field] = &[
    need("receiver", "接收单位", LINE, "写明单位全称，系统会告知诉求人"),
    need("reason", "转送理由", LONG, "写给诉求人看"),
];
pub(super) const WITHDRAW: &[Field] = &[need("reason", "撤回理由", LINE, "诉求人怎么说")];
pub(super) const MERGE: &[Field] = &[
    need("into", "并入哪一件", FieldKind::Demand, "编号；诉求人仍用自己的编号查进度、看答复、作评价"),
    take("reason", "理由", LINE, ""),
];
pub(super) const SPLIT: &[Field] = &[need("reason", "拆分理由", LINE, "为什么不是同一件事")];
