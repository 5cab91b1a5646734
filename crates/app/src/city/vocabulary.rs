//! The words of the city: themes, channels, grounds, routes, roles, and what the pages say.

use std::collections::BTreeMap;

use kernel::Role;
use serde::{Deserialize, Serialize};

use super::clocks::ClockKind;
use super::seeds::plain_name;

/// The three groups in which the plan names its themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeGroup {
    /// 群众关心.
    Public,
    /// 企业关注.
    Enterprise,
    /// 高频问题.
    HighFrequency,
}

impl ThemeGroup {
    /// Every group, in the plan's order.
    pub const ALL: [Self; 3] = [Self::Public, Self::Enterprise, Self::HighFrequency];

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Public => "群众关心",
            Self::Enterprise => "企业关注",
            Self::HighFrequency => "高频问题",
        }
    }
}

/// What a demand is about (领域).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// The stable identifier.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// Where the plan names it; empty for a second-level theme.
    #[serde(default)]
    pub groups: Vec<ThemeGroup>,
    /// The first-level theme above, for a second-level one.
    pub parent: Option<String>,
    /// Units that usually lead, most usual first.
    #[serde(default)]
    pub lead_units: Vec<String>,
    /// Whether the street of the place usually leads.
    #[serde(default)]
    pub territorial: bool,
    /// Words that speak for it.
    #[serde(default)]
    pub keywords: Vec<String>,
}

/// The themes, in the profile's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes(pub(super) Vec<Theme>);

impl Themes {
    /// Every theme.
    pub fn all(&self) -> &[Theme] {
        &self.0
    }

    /// The theme of a code.
    pub fn get(&self, code: &str) -> Option<&Theme> {
        self.0.iter().find(|theme| theme.code == code)
    }

    /// The theme of a code or a Chinese name, as imports write it; of a path of names (要素保障/用地用能), the last that is one.
    pub fn resolve(&self, text: &str) -> Option<&Theme> {
        let named = |text: &str| {
            let plain = plain_name(text);
            self.get(text.trim()).or_else(|| self.0.iter().find(|theme| plain_name(&theme.label) == plain))
        };
        named(text).or_else(|| text.rsplit(['/', '／']).find_map(named))
    }

    /// The first-level themes of a group.
    pub fn in_group(&self, group: ThemeGroup) -> impl Iterator<Item = &Theme> {
        self.0.iter().filter(move |theme| theme.groups.contains(&group))
    }

    /// The name as a page writes it; a code that is no longer in the profile stands for itself.
    pub fn label(&self, code: &str) -> String {
        match self.get(code) {
            Some(theme) => match theme.parent.as_deref().and_then(|parent| self.get(parent)) {
                Some(parent) => format!("{}／{}", parent.label, theme.label),
                None => theme.label.clone(),
            },
            None => code.to_owned(),
        }
    }
}

/// 线上 or 线下.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 线上.
    Online,
    /// 线下.
    Offline,
}

/// 日常 or 专项.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// 日常.
    Daily,
    /// 专项.
    Special,
}

/// 定期 or 随机.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// 定期.
    Regular,
    /// 随机.
    Random,
}

/// The way a demand came in (渠道).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The stable identifier.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// The letter in the case number.
    pub letter: String,
    /// Online or offline.
    pub line: Line,
    /// Daily or special.
    pub occasion: Occasion,
    /// Regular or random.
    pub rhythm: Rhythm,
    /// Whether a submitter may come by it without staff.
    #[serde(default)]
    pub public: bool,
    /// Other names that imports use.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The standing task (T01 …) that it serves.
    pub task: Option<String>,
}

impl Channel {
    /// The plan's three pairs, `线下·专项·定期`.
    pub fn mode(&self) -> String {
        super::Mode::of(self).label()
    }
}

/// The channels, in the profile's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channels(pub(super) Vec<Channel>);

impl Channels {
    /// Every channel.
    pub fn all(&self) -> &[Channel] {
        &self.0
    }

    /// The channel of a code.
    pub fn get(&self, code: &str) -> Option<&Channel> {
        self.0.iter().find(|channel| channel.code == code)
    }

    /// The channel of a code, a Chinese name or another name.
    pub fn resolve(&self, text: &str) -> Option<&Channel> {
        let plain = plain_name(text);
        let named = |channel: &&Channel| {
            plain_name(&channel.label) == plain || channel.aliases.iter().any(|alias| plain_name(alias) == plain)
        };
        self.get(text.trim()).or_else(|| self.0.iter().find(named))
    }

    /// The name as a page writes it.
    pub fn label(&self, code: &str) -> String {
        self.get(code).map_or_else(|| code.to_owned(), |channel| channel.label.clone())
    }
}

/// One listed reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The stable identifier.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// What it means, for whoever must read it.
    pub explanation: String,
    /// Whether it needs evidence.
    #[serde(default)]
    pub evidence: bool,
}

/// The acts that need a listed reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroundKind {
    /// 不予受理.
    Decline,
    /// 退件异议.
    Objection,
    /// 退回重办.
    Redo,
    /// 中止计时.
    Suspension,
    /// 延期.
    Extension,
    /// 转送.
    Transfer,
    /// 提级.
    Escalation,
    /// 撤回.
    Withdrawal,
}

impl GroundKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Decline,
        Self::Objection,
        Self::Redo,
        Self::Suspension,
        Self::Extension,
        Self::Transfer,
        Self::Escalation,
        Self::Withdrawal,
    ];

    /// The identifier in `grounds.toml`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Decline => "decline",
            Self::Objection => "objection",
            Self::Redo => "redo",
            Self::Suspension => "suspension",
            Self::Extension => "extension",
            Self::Transfer => "transfer",
            Self::Escalation => "escalation",
            Self::Withdrawal => "withdrawal",
        }
    }

    /// The kind that a move needs; `None` where the move needs no listed reason.
    pub fn of_move(code: &str) -> Option<Self> {
        Some(match code {
            "decline" => Self::Decline,
            "object" => Self::Objection,
            "redo" => Self::Redo,
            "suspend" => Self::Suspension,
            "request_extension" => Self::Extension,
            "transfer" => Self::Transfer,
            "escalate" => Self::Escalation,
            "withdraw" => Self::Withdrawal,
            _ => return None,
        })
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Decline => "不予受理",
            Self::Objection => "退件异议",
            Self::Redo => "退回重办",
            Self::Suspension => "中止计时",
            Self::Extension => "延期",
            Self::Transfer => "转送",
            Self::Escalation => "提级",
            Self::Withdrawal => "撤回",
        }
    }
}

/// The listed reasons of every act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds(pub(super) BTreeMap<GroundKind, Vec<Ground>>);

impl Grounds {
    /// The reasons of an act, in the profile's order.
    pub fn list(&self, kind: GroundKind) -> &[Ground] {
        self.0.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// The reason of an act that a code or a Chinese name means.
    pub fn find(&self, kind: GroundKind, text: &str) -> Option<&Ground> {
        let text = text.trim();
        self.list(kind).iter().find(|ground| ground.code == text || ground.label == text)
    }
}

/// A way of handling (办理方式), as the plan and the city describe it. The law of the moves is the program's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteText {
    /// `instant`, `assigned`, `joint`, `leader`, `special`.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// What the plan calls it, in its two vocabularies.
    pub plan_names: Vec<String>,
    /// The tiers that go this way.
    pub tiers: Vec<String>,
    /// When it is chosen.
    pub trigger: String,
    /// Who decides.
    pub decider: String,
    /// The clock that it runs under.
    pub clock: ClockKind,
}

/// What a way of handling has to leave behind before it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckItem {
    /// The way of handling: `joint`, for example.
    pub route: String,
    /// Its code.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// Whether a demand cannot be closed without it.
    #[serde(default)]
    pub required: bool,
    /// What on the record proves it, so that nobody has to tick it.
    pub evidence: Option<CheckEvidence>,
}

/// What the record of a demand can prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckEvidence {
    /// Every unit that was asked has answered.
    Parts,
    /// A leader has instructed.
    Instruction,
    /// The leading group has met, or its leader has instructed.
    Meeting,
}

/// What the city calls a role and what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleText {
    /// The program's role.
    pub code: Role,
    /// The Chinese name here.
    pub label: String,
    /// What it does.
    pub duty: String,
    /// The unit whose people hold it, where only one does.
    pub unit: Option<String>,
    /// The sentence of the plan behind it.
    pub plan: Option<String>,
}

/// A standing task of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// T01 … T10, R.
    pub code: String,
    /// The Chinese name.
    pub label: String,
    /// The plan's section.
    pub section: String,
    /// 牵头单位: unit codes, or the set `leads`.
    pub lead: Vec<String>,
    /// 责任单位: unit codes, or the sets `departments` and `subdistricts`.
    pub responsible: Vec<String>,
    /// 完成时限, `2023-03-31`.
    pub deadline: Option<jiff::civil::Date>,
    /// Whether it goes on after that (并长期坚持).
    pub standing: bool,
    /// What can be checked, in words.
    pub obligation: String,
    /// The duty of `clocks.toml` that measures it.
    pub clock: Option<String>,
    /// The plan's sentence.
    pub plan: String,
}

impl Task {
    /// Names in `lead` and `responsible` that mean more than one unit.
    pub const SETS: [&'static str; 3] = ["departments", "subdistricts", "leads"];
}

/// One of the three entrances of the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrance {
    /// Its heading.
    pub title: String,
    /// What people bring there.
    pub lead: String,
    /// The words on the button.
    pub action: String,
    /// Things that were really said, as hints.
    pub examples: Vec<String>,
}

/// The three entrances.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrances {
    /// 群众.
    pub public: Entrance,
    /// 企业家.
    pub entrepreneur: Entrance,
    /// 服务对象.
    pub service_recipient: Entrance,
}

/// What the pages say in this city's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// The sentence over everything.
    pub slogan: String,
    /// What can be done here.
    pub intro: String,
    /// Who runs the platform.
    pub host: String,
    /// The line at the foot.
    pub footer: String,
    /// When people work, and what happens outside those hours.
    pub office_hours_note: String,
    /// What to do with number and code.
    pub receipt_note: String,
    /// Who sees personal data.
    pub privacy_note: String,
    /// What is not for here because it burns.
    pub emergency_note: String,
    /// What is not for here by law.
    pub out_of_scope_note: String,
    /// Nobody may take revenge.
    pub no_retaliation_note: String,
    /// What counts as urgent.
    pub urgent_hint: String,
    /// What to write.
    pub text_hint: String,
    /// What to put into the title.
    pub title_hint: String,
    /// How to name a firm.
    pub enterprise_hint: String,
    /// What happens after the answer.
    pub callback_note: String,
    /// The three entrances.
    pub entrances: Entrances,
}
