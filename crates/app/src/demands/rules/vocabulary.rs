//! The words of the law, each with its code (API, database), its Chinese label, and the only values there are.

use serde::{Deserialize, Serialize};

/// Declares an enumeration whose values have a code and a label, so that a value, its column, its JSON and its word on
/// the page can never drift apart. The code is a `tt`: a `literal` would reach utoipa wrapped, and go unread.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:tt / $label:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every value, in the order in which a person should read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The identifier in the API and the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese word.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The value of an identifier.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }

        impl $crate::demands::rules::vocabulary::Word for $name {
            const CHOICES: &'static [(&'static str, &'static str)] = &[$(($code, $label),)+];

            fn from_code(code: &str) -> Option<Self> {
                Self::from_code(code)
            }
        }
    };
}

pub(crate) use words;

/// A closed set of values with codes and labels.
pub trait Word: Sized {
    /// Code and label of each value.
    const CHOICES: &'static [(&'static str, &'static str)];

    /// The value of an identifier.
    fn from_code(code: &str) -> Option<Self>;
}

words! {
    /// Who speaks (plan, title: 听取群众意见、听取企业家意见、听取服务对象意见).
    Audience {
        /// 群众
        Public = "public" / "群众",
        /// 企业家
        Entrepreneur = "entrepreneur" / "企业家",
        /// 服务对象
        ServiceRecipient = "service_recipient" / "服务对象",
    }
}
words! {
    /// Which of the three lists a demand stands in (plan 一(一): 意见、建议、事项清单).
    DemandKind {
        /// 意见
        Opinion = "opinion" / "意见",
        /// 建议
        Suggestion = "suggestion" / "建议",
        /// 事项
        Matter = "matter" / "事项",
    }
}
words! {
    /// Where a demand stands. What came of it is the [`Outcome`], which is another thing.
    Status {
        /// 已登记，待研判
        Received = "received" / "待研判",
        /// 已研判，待交办
        Triaged = "triaged" / "待交办",
        /// 已交办，待签收
        Assigned = "assigned" / "待签收",
        /// 办理中
        InProgress = "in_progress" / "办理中",
        /// 已答复，待回访
        Replied = "replied" / "待回访",
        /// 办结
        Closed = "closed" / "已办结",
        /// 不予受理
        Declined = "declined" / "不予受理",
        /// 已转送
        TransferredOut = "transferred_out" / "已转送",
        /// 已撤回
        Withdrawn = "withdrawn" / "已撤回",
        /// 已并入
        Merged = "merged" / "已并入",
    }
}
words! {
    /// 分级 (plan 二(三)2).
    Tier {
        /// 一般问题
        General = "general" / "一般",
        /// 复杂问题
        Complex = "complex" / "复杂",
        /// 重点问题
        Key = "key" / "重点",
        /// 重大问题
        Major = "major" / "重大",
    }
}
words! {
    /// 分类推进的形式 (plan 一(三); requirements.md 1.2).
    Route {
        /// 部门即办
        Instant = "instant" / "部门即办",
        /// 分发交办
        Assigned = "assigned" / "分发交办",
        /// 联合会商
        Joint = "joint" / "联合会商",
        /// 领导批办
        Leader = "leader" / "领导批办",
        /// 专题会办
        Special = "special" / "专题会办",
    }
}
words! {
    /// Where a proposal comes from.
    Source {
        /// Learned from past decisions, and sure.
        Learned = "learned" / "以往决定",
        /// The profile's words.
        Keywords = "keywords" / "关键词",
        /// A rule of the process version.
        Rule = "rule" / "规则",
        /// Somebody gave it at the registration.
        Given = "given" / "登记时已选",
    }
}
words! {
    /// What came of a closed demand; never the same thing as its state (E32).
    Outcome {
        /// 已解决
        Solved = "solved" / "已解决",
        /// 部分解决
        Partial = "partial" / "部分解决",
        /// 计划解决
        Planned = "planned" / "计划解决",
        /// 政策不支持
        NotSupported = "not_supported" / "政策不支持",
        /// 不属职权
        NotInPowers = "not_in_powers" / "不属职权",
        /// 诉求人撤回
        Withdrawn = "withdrawn" / "诉求人撤回",
    }
}
words! {
    /// 工作难易程度 (S06).
    Difficulty {
        /// 易
        Easy = "easy" / "容易",
        /// 中
        Medium = "medium" / "一般",
        /// 难
        Hard = "hard" / "困难",
    }
}
words! {
    /// 涉及范围宽窄 (S06).
    Breadth {
        /// 窄
        Narrow = "narrow" / "范围窄",
        /// 中
        Medium = "medium" / "范围一般",
        /// 宽
        Wide = "wide" / "范围宽",
    }
}
words! {
    /// 政策属性强弱 (S06).
    PolicyWeight {
        /// 弱
        Weak = "weak" / "政策性弱",
        /// 中
        Medium = "medium" / "政策性一般",
        /// 强
        Strong = "strong" / "政策性强",
    }
}
words! {
    /// 全局工作或部门任务 (S07).
    Scope {
        /// 全局工作
        Citywide = "citywide" / "全局工作",
        /// 部门任务
        Departmental = "departmental" / "部门任务",
    }
}
words! {
    /// 共性需求或个性诉求 (S07).
    Generality {
        /// 共性
        Common = "common" / "共性需求",
        /// 个性
        Individual = "individual" / "个性诉求",
    }
}
words! {
    /// 政策措施或程序规范 (S07).
    PolicyAxis {
        /// 政策措施
        Measure = "measure" / "政策措施",
        /// 程序规范
        Procedure = "procedure" / "程序规范",
    }
}
words! {
    /// The five grades of 好差评 (国办发〔2019〕51号); none is ever preselected.
    Grade {
        /// 非常满意
        VerySatisfied = "very_satisfied" / "非常满意",
        /// 满意
        Satisfied = "satisfied" / "满意",
        /// 基本满意
        BasicallySatisfied = "basically_satisfied" / "基本满意",
        /// 不满意
        Dissatisfied = "dissatisfied" / "不满意",
        /// 非常不满意
        VeryDissatisfied = "very_dissatisfied" / "非常不满意",
    }
}
words! {
    /// The clocks that run on a demand; their lengths are the city's (`clocks.toml`).
    ClockName {
        /// 研判交办
        Dispatch = "dispatch" / "研判交办",
        /// 签收
        Sign = "sign" / "签收",
        /// 先行联系
        FirstContact = "first_contact" / "先行联系",
        /// 办理
        Handle = "handle" / "办理答复",
        /// 回访
        Callback = "callback" / "回访",
        /// 协办: an opinion, or a task from a meeting
        Part = "part" / "协办意见",
        /// 异议裁定
        ObjectionRuling = "objection_ruling" / "异议裁定",
        /// 延期审批
        ExtensionRuling = "extension_ruling" / "延期审批",
        /// 专题会办阶段报告
        StageReport = "stage_report" / "阶段报告",
        /// 复查: what could not be solved is looked at again
        Review = "review" / "到期复查",
    }
}
words! {
    /// Why a unit beside the lead has a part in a demand.
    PartKind {
        /// 协办 from the assignment on
        CoHandling = "co_handling" / "协办",
        /// 会商 asked for its opinion
        Consultation = "consultation" / "会商",
        /// 会办任务, decided by a meeting
        Task = "task" / "会办任务",
    }
}
words! {
    /// How a unit stands to what it was asked.
    Stance {
        /// 同意
        Agrees = "agrees" / "同意",
        /// 有条件同意
        WithConditions = "with_conditions" / "有条件同意",
        /// 不同意
        Disagrees = "disagrees" / "不同意",
    }
}
words! {
    /// What a unit asks the one who rules for.
    RequestKind {
        /// 退件异议
        Objection = "objection" / "退件异议",
        /// 延期
        Extension = "extension" / "申请延期",
    }
}
words! {
    /// What is decided on the record of a demand beside its moves from status to status.
    ProceedingKind {
        /// 会商
        Consultation = "consultation" / "会商",
        /// 中止计时
        Suspension = "suspension" / "中止计时",
        /// 领导批示
        Instruction = "instruction" / "领导批示",
        /// 现场会办、专题会办
        Meeting = "meeting" / "会办",
        /// 提级
        Escalation = "escalation" / "提级",
        /// 阶段报告
        StageReport = "stage_report" / "阶段报告",
        /// 复查
        Review = "review" / "复查",
    }
}
words! {
    /// 会办的形式 (plan 二(一)4: 现场会办; 二(三)2: 专题会办).
    MeetingKind {
        /// 现场会办
        OnSite = "on_site" / "现场会办",
        /// 协调会商
        Coordination = "coordination" / "协调会商",
        /// 专题会办
        Special = "special" / "专题会办",
    }
}
words! {
    /// What a demand waits for beside the next step of the loop: what a list can be narrowed to.
    Waiting {
        /// An objection or an extension to be ruled on
        Ruling = "ruling" / "待裁定",
        /// A leader's instruction
        Instruction = "instruction" / "待批示",
        /// The part of a unit: the asker's own
        Opinion = "opinion" / "待反馈",
        /// Its review, whose day has come
        Review = "review" / "到期复查",
        /// Something outside: its clock stands still
        Resumption = "resumption" / "中止计时",
    }
}
words! {
    /// What a review finds.
    Finding {
        /// 条件没有变化
        Unchanged = "unchanged" / "仍不具备条件",
        /// 可以办了
        Changed = "changed" / "条件已经变化，重新办理",
    }
}

impl Status {
    /// Whether nothing more is due.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Closed | Self::Declined | Self::TransferredOut | Self::Withdrawn | Self::Merged)
    }

    /// The statuses in which something is still due.
    pub const OPEN: &'static [Self] = &[Self::Received, Self::Triaged, Self::Assigned, Self::InProgress, Self::Replied];
}

impl Route {
    /// How high the route is: who is higher decides on more (requirements.md 1.2).
    pub const fn level(self) -> u8 {
        match self {
            Self::Instant => 0,
            Self::Assigned => 1,
            Self::Joint => 2,
            Self::Leader => 3,
            Self::Special => 4,
        }
    }

    /// Whether a leader decides who handles it: 市级分管领导批办, 领导小组专题会办.
    pub const fn is_leaders(self) -> bool {
        matches!(self, Self::Leader | Self::Special)
    }

    /// The tier that goes with it.
    pub const fn tier(self) -> Tier {
        match self {
            Self::Instant | Self::Assigned => Tier::General,
            Self::Joint => Tier::Complex,
            Self::Leader => Tier::Key,
            Self::Special => Tier::Major,
        }
    }

    /// The routes that a demand can be raised to.
    pub const RAISED: &'static [(&'static str, &'static str)] =
        &[("joint", "联合会商"), ("leader", "领导批办"), ("special", "专题会办")];
}

impl Outcome {
    /// Whether it says that it could not be done, so that it comes back one day (D19).
    pub const fn is_open_ended(self) -> bool {
        matches!(self, Self::NotSupported | Self::Planned)
    }
}

impl Grade {
    /// 差评: the bottom two (国办发〔2019〕51号).
    pub const fn is_bad(self) -> bool {
        matches!(self, Self::Dissatisfied | Self::VeryDissatisfied)
    }
}
