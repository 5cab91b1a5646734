//! Whose something is: the whole city's, a unit's, or one person's. Phrases and macros share it.

use kernel::error::Checker;
use kernel::{Actor, Id, Permission, Refusal};

use crate::permissions::may;

/// How far something reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// 全市通用
    City,
    /// 本单位
    Unit,
    /// 本人
    Own,
}

impl Scope {
    /// Every scope: code and label.
    pub const CHOICES: &'static [(&'static str, &'static str)] =
        &[("own", "只我自己"), ("unit", "本单位"), ("city", "全市通用")];

    /// The identifier.
    pub const fn code(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Unit => "unit",
            Self::Own => "own",
        }
    }

    /// In Chinese.
    pub const fn label(self) -> &'static str {
        match self {
            Self::City => "全市通用",
            Self::Unit => "本单位",
            Self::Own => "只我自己",
        }
    }

    /// The scope of an identifier.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::City, Self::Unit, Self::Own].into_iter().find(|scope| scope.code() == code)
    }

    /// What `actor` may keep things for: code and label.
    pub fn open_to(actor: &Actor) -> Vec<(&'static str, &'static str)> {
        let open = |code: &str| match Self::from_code(code) {
            Some(Self::City) => may(actor, Permission::Dispatch),
            Some(Self::Unit) => may(actor, Permission::HeadUnit) && actor.unit.is_some(),
            _ => true,
        };
        Self::CHOICES.iter().copied().filter(|(code, _)| open(code)).collect()
    }
}

/// Whose something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// How far it reaches.
    pub scope: Scope,
    /// The unit, where it is a unit's.
    pub unit: Option<String>,
    /// Who saved it.
    pub owner: Id,
    /// Their name then.
    pub owner_name: String,
}

impl Keeper {
    /// Reads the scope that `actor` asks for; left out it is their own.
    pub fn asked(actor: &Actor, scope: Option<&str>, check: &mut Checker) -> Self {
        let asked = scope.map(str::trim).filter(|code| !code.is_empty()).unwrap_or("own");
        let scope = Scope::from_code(asked);
        match scope {
            None => check.wrong("scope", "unknown", "范围只能是 city（全市通用）、unit（本单位）或 own（只我自己）"),
            Some(Scope::City) if !may(actor, Permission::Dispatch) => {
                check.wrong("scope", "not_allowed", "全市通用的只能由统筹岗来管");
            }
            Some(Scope::Unit) if !may(actor, Permission::HeadUnit) || actor.unit.is_none() => {
                check.wrong("scope", "not_allowed", "本单位的只能由单位负责人来管");
            }
            Some(_) => {}
        }
        let scope = scope.unwrap_or(Scope::Own);
        Self {
            scope,
            unit: actor.unit.clone().filter(|_| scope == Scope::Unit),
            owner: actor.account.unwrap_or(Id(0)),
            owner_name: actor.name.clone(),
        }
    }

    /// Whether `actor` may use it.
    pub fn serves(&self, actor: &Actor) -> bool {
        match self.scope {
            Scope::City => true,
            Scope::Unit => self.unit.is_some() && self.unit == actor.unit,
            Scope::Own => actor.account == Some(self.owner),
        }
    }

    /// Whether `actor` may change or remove it.
    pub fn obeys(&self, actor: &Actor) -> bool {
        self.serves(actor)
            && match self.scope {
                Scope::City => may(actor, Permission::Dispatch),
                Scope::Unit => may(actor, Permission::HeadUnit),
                Scope::Own => true,
            }
    }
}

/// Refuses whoever has no account.
pub fn needs_account(actor: &Actor) -> Result<(), Refusal> {
    match actor.account {
        Some(_) => Ok(()),
        None => Err(Refusal::forbidden("这些内容属于账号，请先登录")),
    }
}
