//! The units as the profile names them. The `units` room copies them into the database on the first start; afterwards
//! the database is right.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 办公机构, such as the business environment office.
    Office,
    /// 市级部门.
    Department,
    /// 街道办事处.
    Subdistrict,
    /// 产业园区.
    Park,
    /// 指挥部.
    Headquarters,
    /// 领导小组.
    LeadingGroup,
    /// 市级领导.
    Leader,
    /// 工商联、商（协）会.
    Chamber,
    /// 纪检监察.
    Discipline,
    /// 营商环境观察站.
    Station,
    /// A set that the plan leaves open.
    OpenSet,
    /// The level above.
    Upward,
    /// Somebody else's system or office.
    External,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Office,
        Self::Department,
        Self::Subdistrict,
        Self::Park,
        Self::Headquarters,
        Self::LeadingGroup,
        Self::Leader,
        Self::Chamber,
        Self::Discipline,
        Self::Station,
        Self::OpenSet,
        Self::Upward,
        Self::External,
    ];

    /// The identifier used in profiles, the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Department => "department",
            Self::Subdistrict => "subdistrict",
            Self::Park => "park",
            Self::Headquarters => "headquarters",
            Self::LeadingGroup => "leading_group",
            Self::Leader => "leader",
            Self::Chamber => "chamber",
            Self::Discipline => "discipline",
            Self::Station => "station",
            Self::OpenSet => "open_set",
            Self::Upward => "upward",
            Self::External => "external",
        }
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Office => "办公机构",
            Self::Department => "市级部门",
            Self::Subdistrict => "街道",
            Self::Park => "园区",
            Self::Headquarters => "指挥部",
            Self::LeadingGroup => "领导小组",
            Self::Leader => "市级领导",
            Self::Chamber => "商（协）会",
            Self::Discipline => "纪检监察",
            Self::Station => "观察站",
            Self::OpenSet => "未列名单位",
            Self::Upward => "上级单位",
            Self::External => "外部平台",
        }
    }

    /// The kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One unit of `units.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSeed {
    /// The stable identifier, ASCII.
    pub code: String,
    /// The Chinese name as the plan writes it.
    pub name: String,
    /// The name where there is little room; absent: the name.
    pub short_name: Option<String>,
    /// What it is.
    pub kind: UnitKind,
    /// The first day on which it is there; absent: the day of the plan.
    pub valid_from: Option<Date>,
    /// The last day on which it is there.
    pub valid_to: Option<Date>,
    /// 涉企 from this day on.
    pub enterprise_facing: Option<Date>,
    /// 涉企 until this day.
    pub enterprise_facing_to: Option<Date>,
    /// Who took over, by code.
    pub successor: Option<String>,
    /// The unit above, by code.
    pub parent: Option<String>,
    /// The division code, for a street.
    pub division: Option<String>,
    /// Other names by which people and programs mean it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether a demand may be assigned to it.
    #[serde(default = "yes")]
    pub can_handle: bool,
    /// Words of its mandate, which help to propose a lead.
    #[serde(default)]
    pub mandate: Vec<String>,
    /// What the plan says of it.
    pub note: Option<String>,
}

fn yes() -> bool {
    true
}

/// A name as it is compared: brackets and letters half-width, blanks and the city's own writing habits gone, so that
/// `市营商环境办（市政务服务局）` and `市营商环境办(市政务服务局)` are the same unit.
pub fn plain_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '〔' | '【' => '(',
            '〕' | '】' => ')',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}
