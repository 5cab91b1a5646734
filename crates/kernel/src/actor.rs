//! Who acts. Roles are the city's (requirements.md, section 1); permissions are the program's; the table that joins
//! them is the `people` room's.

use serde::{Deserialize, Serialize};

use crate::Id;

/// What an account may be appointed to. One account may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 管理员: accounts, units, calendar; sees no demand by that office alone.
    Administrator,
    /// 统筹岗, at 市营商环境办: registers, triages, assigns, calls back, closes.
    Coordinator,
    /// 单位负责人: what the unit's handler does, and asks for extensions, objects, answers for the unit.
    UnitHead,
    /// 承办岗: acknowledges, contacts, replies for the unit.
    UnitHandler,
    /// 市领导: sees all, instructs.
    Leader,
    /// 审计: sees all and the ledger, changes nothing.
    Auditor,
    /// 企业账号 (optional): sees the firm's own demands.
    Enterprise,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::Coordinator,
        Self::UnitHead,
        Self::UnitHandler,
        Self::Leader,
        Self::Auditor,
        Self::Enterprise,
    ];

    /// The identifier used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Coordinator => "coordinator",
            Self::UnitHead => "unit_head",
            Self::UnitHandler => "unit_handler",
            Self::Leader => "leader",
            Self::Auditor => "auditor",
            Self::Enterprise => "enterprise",
        }
    }

    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "管理员",
            Self::Coordinator => "统筹岗",
            Self::UnitHead => "单位负责人",
            Self::UnitHandler => "承办岗",
            Self::Leader => "市领导",
            Self::Auditor => "审计",
            Self::Enterprise => "企业账号",
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What the program can be asked to let somebody do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Open the workbench at all: any staff account.
    Desk,
    /// Register a demand for somebody else (telephone, visit, paper).
    Register,
    /// See every demand of the city.
    SeeAll,
    /// See the demands of one's own unit.
    SeeUnit,
    /// Triage, assign, rule, call back, close, decline: the dispatcher's acts.
    Dispatch,
    /// Acknowledge, contact, reply: the handling unit's acts.
    Handle,
    /// Answer for the unit: ask for an extension, object, transfer.
    HeadUnit,
    /// Give an instruction as a leader.
    Instruct,
    /// See unmasked personal data, with a reason that is recorded.
    Unmask,
    /// Import and export.
    Exchange,
    /// Accounts, units, calendar, profile.
    Administer,
    /// Have the program learn from decisions, and put another version of what it learned in force.
    Teach,
    /// Read the ledger.
    ReadLedger,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::Desk,
        Self::Register,
        Self::SeeAll,
        Self::SeeUnit,
        Self::Dispatch,
        Self::Handle,
        Self::HeadUnit,
        Self::Instruct,
        Self::Unmask,
        Self::Exchange,
        Self::Administer,
        Self::Teach,
        Self::ReadLedger,
    ];
}

/// Who is acting: an account with its unit and its roles, the public, or the program itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account; `None` for the public and for the program.
    pub account: Option<Id>,
    /// The name that the ledger and the pages show.
    pub name: String,
    /// The unit's code, for staff.
    pub unit: Option<String>,
    /// The roles held now.
    pub roles: Vec<Role>,
    /// For whom this somebody acts, where not for themselves: then unit and roles are those of the absent one.
    pub standing_in_for: Option<Box<StandIn>>,
}

/// For whom somebody acts who is not there (代办), and what was left of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The account of the absent one.
    pub account: Id,
    /// The name of the absent one, which stands behind 代 in every signature.
    pub name: String,
    /// The unit of the one who acts: who stands in for another does not leave their own unit behind.
    pub own_unit: Option<String>,
    /// The themes to which it is limited, by code; empty is all.
    pub themes: Vec<String>,
    /// The routes to which it is limited, by code; empty is all.
    pub routes: Vec<String>,
}

impl StandIn {
    /// Whether it extends to a demand of this theme and route; what has not been sorted yet belongs to no limited one.
    pub fn covers(&self, theme: Option<&str>, route: Option<&str>) -> bool {
        let within =
            |list: &[String], code: Option<&str>| list.is_empty() || code.is_some_and(|c| list.iter().any(|l| l == c));
        within(&self.themes, theme) && within(&self.routes, route)
    }
}

impl Actor {
    /// Somebody without an account.
    pub fn public() -> Self {
        Self { account: None, name: "诉求人".into(), unit: None, roles: Vec::new(), standing_in_for: None }
    }

    /// The program acting on its own (jobs, imports from the command line).
    pub fn system() -> Self {
        Self { account: None, name: "系统".into(), unit: None, roles: Vec::new(), standing_in_for: None }
    }

    /// The name with which an act is signed: `李四`, or `李四（代张三）`.
    pub fn signature(&self) -> String {
        match &self.standing_in_for {
            Some(absent) => format!("{}（代{}）", self.name, absent.name),
            None => self.name.clone(),
        }
    }

    /// Whether somebody of `unit` is acting: the unit in whose name it happens, or the one that the person comes from.
    pub fn belongs_to(&self, unit: &str) -> bool {
        let own = self.standing_in_for.as_ref().and_then(|absent| absent.own_unit.as_deref());
        self.unit.as_deref() == Some(unit) || own == Some(unit)
    }

    /// Whether the account holds `role`.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
