//! Reminders (提醒): which kinds there are, which of them break through, and when anything may be sent at all.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// What somebody is reminded of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderKind {
    /// A leader has given an instruction.
    Instruct,
    /// A clock has run out.
    Overdue,
    /// A clock runs out by the end of the next working day.
    DueSoon,
    /// Newly assigned to one's unit.
    Assigned,
    /// Passed on to one's unit by one that was dissolved.
    Succeeded,
    /// Sent back to be done again.
    Redo,
    /// A bad rating.
    BadRating,
    /// An objection waits for a ruling.
    Objection,
    /// One's own objection was ruled on.
    ObjectionRuled,
    /// An extension waits for a ruling.
    Extension,
    /// One's own extension was ruled on.
    ExtensionRuled,
    /// An opinion is asked for.
    Consult,
    /// A demand was escalated.
    Escalated,
    /// Somebody is away, and nobody acts for them.
    NobodyActs,
    /// One is to stand in for somebody.
    StandIn,
}

impl ReminderKind {
    /// Every kind, what hurts most first: the order of a digest.
    pub const ALL: [Self; 15] = [
        Self::Instruct,
        Self::Overdue,
        Self::DueSoon,
        Self::Assigned,
        Self::Succeeded,
        Self::Redo,
        Self::BadRating,
        Self::Objection,
        Self::ObjectionRuled,
        Self::Extension,
        Self::ExtensionRuled,
        Self::Consult,
        Self::Escalated,
        Self::NobodyActs,
        Self::StandIn,
    ];

    /// The identifier in profiles, the API and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Instruct => "instruct",
            Self::Overdue => "overdue",
            Self::DueSoon => "due_soon",
            Self::Assigned => "assigned",
            Self::Succeeded => "succeeded",
            Self::Redo => "redo",
            Self::BadRating => "bad_rating",
            Self::Objection => "objection",
            Self::ObjectionRuled => "objection_ruled",
            Self::Extension => "extension",
            Self::ExtensionRuled => "extension_ruled",
            Self::Consult => "consult",
            Self::Escalated => "escalated",
            Self::NobodyActs => "nobody_acts",
            Self::StandIn => "stand_in",
        }
    }

    /// The Chinese word.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Instruct => "领导批示",
            Self::Overdue => "已经逾期",
            Self::DueSoon => "即将到期",
            Self::Assigned => "新交办",
            Self::Succeeded => "接续办理",
            Self::Redo => "退回重办",
            Self::BadRating => "收到差评",
            Self::Objection => "异议待裁定",
            Self::ObjectionRuled => "异议已裁定",
            Self::Extension => "延期待审批",
            Self::ExtensionRuled => "延期已审批",
            Self::Consult => "征求意见",
            Self::Escalated => "已提级",
            Self::NobodyActs => "没有人代办",
            Self::StandIn => "请您代办",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// When reminders are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestRule {
    /// The one digest of a working day is made so many minutes after the offices open.
    pub minutes_after_opening: u32,
    /// What runs out within so many working days is named in the digest.
    pub due_within_working_days: u32,
    /// What is sent at once, in office hours; outside them it waits for the next digest.
    pub at_once: Vec<ReminderKind>,
    /// What concerns an urgent demand is sent outside office hours too, but not before …
    pub urgent_from: Time,
    /// … and not after.
    pub urgent_until: Time,
    /// Whether that holds on days off as well.
    pub urgent_on_days_off: bool,
}
