//! The law of accounts: what a name and a password must be, how long a login lasts.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Instant, Refusal, Role};
use serde::Deserialize;

/// A browser that nobody touched for so long is logged out.
pub const IDLE_SECONDS: i64 = 4 * 3600;
/// A login ends after so long, come what may.
pub const LOGIN_SECONDS: i64 = 12 * 3600;
/// How long one has for the second factor.
pub const SECOND_FACTOR_SECONDS: i64 = 5 * 60;
/// How long a token of the command line lasts.
pub const TOKEN_SECONDS: i64 = 365 * 86_400;
/// `seen_at` is written at most this often, so that reading costs no writes.
pub const SEEN_EVERY_SECONDS: i64 = 120;

/// What a row of `session` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser.
    Browser,
    /// A login that still waits for its second factor.
    Half,
    /// A token of the API.
    Token,
}

impl SessionKind {
    /// As the database has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Half => "half",
            Self::Token => "token",
        }
    }

    /// Of the database's word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Browser, Self::Half, Self::Token].into_iter().find(|kind| kind.code() == code)
    }

    /// How long it lasts at most.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Browser => LOGIN_SECONDS,
            Self::Half => SECOND_FACTOR_SECONDS,
            Self::Token => TOKEN_SECONDS,
        }
    }
}

/// Whether a session that was last seen at `seen` is still alive.
pub fn alive(kind: SessionKind, seen: Instant, ends: Instant, now: Instant) -> bool {
    now < ends && (kind != SessionKind::Browser || now.seconds_since(seen) < IDLE_SECONDS)
}

/// Passwords shorter than this are refused.
pub const PASSWORD_LEAST: usize = 10;
const PASSWORD_MOST: usize = 200;

/// Checks a new password for `username`.
pub fn check_password(check: &mut Checker, field: &str, password: &str, username: &str) {
    let length = password.chars().count();
    let distinct = password.chars().collect::<std::collections::BTreeSet<_>>().len();
    if length == 0 {
        check.wrong(field, "required", "请填写新密码");
    } else if length < PASSWORD_LEAST {
        check.wrong(field, "too_short", format!("密码至少 {PASSWORD_LEAST} 个字符，现在是 {length} 个"));
    } else if length > PASSWORD_MOST {
        check.wrong(field, "too_long", format!("密码最多 {PASSWORD_MOST} 个字符"));
    } else if password.to_lowercase().contains(&username.to_lowercase()) {
        check.wrong(field, "not_allowed", "密码里不能包含用户名");
    } else if distinct < 5 || is_run(password) {
        check.wrong(field, "too_simple", "密码过于简单，请不要用重复或连续的字符");
    }
}

/// `1234567890`, `abcdefghij`.
fn is_run(password: &str) -> bool {
    let codes: Vec<i64> = password.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() <= 1).count();
    steps + 2 >= codes.len()
}

/// An account as it is asked for, by a form, a call or a command.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct AccountInput {
    /// The version that the form was drawn from; absent for a new account.
    pub version: Option<i64>,
    /// The name to log in with.
    pub username: Option<String>,
    /// The name that the ledger and the pages show.
    pub name: Option<String>,
    /// The unit's code.
    pub unit: Option<String>,
    /// The codes of the roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The first day of the roles.
    pub valid_from: Option<String>,
    /// The last day of the roles.
    pub valid_to: Option<String>,
}

/// An account as it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDraft {
    /// The name to log in with, lower case.
    pub username: String,
    /// The name that is shown.
    pub name: String,
    /// The unit's code.
    pub unit: Option<String>,
    /// The roles, without doubles.
    pub roles: Vec<Role>,
    /// The first day of the roles.
    pub valid_from: Date,
    /// The last day of the roles.
    pub valid_to: Option<Date>,
}

impl AccountInput {
    /// Checks every field at once. `knows_unit` tells whether a code is a unit's.
    pub fn check(&self, today: Date, knows_unit: impl Fn(&str) -> bool) -> Result<AccountDraft, Refusal> {
        let mut check = Checker::default();
        let username = check.text("username", "用户名", self.username.as_deref(), 32).to_lowercase();
        if !username.is_empty() && !well_formed(&username) {
            let message = "用户名用 2 至 32 个小写字母、数字、点、横线或下划线，以字母开头";
            check.wrong("username", "bad_format", message);
        }
        let name = check.text("name", "姓名或岗位", self.name.as_deref(), 30);
        let unit = check.optional_text("unit", "单位", self.unit.as_deref(), 64);
        if unit.as_deref().is_some_and(|unit| !knows_unit(unit)) {
            check.wrong("unit", "unknown", "没有这个单位");
        }
        let roles = self.roles(&mut check);
        if unit.is_none() && roles.iter().any(|role| needs_unit(*role)) {
            check.wrong("unit", "required", "统筹岗、单位负责人和承办岗要选所在单位");
        }
        let valid_from = day(&mut check, "valid_from", "任职起始日", self.valid_from.as_deref()).unwrap_or(today);
        let valid_to = day(&mut check, "valid_to", "任职截止日", self.valid_to.as_deref());
        if valid_to.is_some_and(|to| to < valid_from) {
            check.wrong("valid_to", "not_allowed", "任职截止日不能早于起始日");
        }
        check.done()?;
        Ok(AccountDraft { username, name, unit, roles, valid_from, valid_to })
    }

    fn roles(&self, check: &mut Checker) -> Vec<Role> {
        let mut roles: Vec<Role> = self.roles.iter().filter_map(|code| Role::from_code(code)).collect();
        if roles.len() < self.roles.len() {
            check.wrong("roles", "unknown", "有不认识的角色");
        } else if roles.is_empty() {
            check.wrong("roles", "required", "请至少选一个角色");
        }
        roles.sort();
        roles.dedup();
        // 谁交办谁不回访自己: the auditor looks at everybody's work and so does none of it.
        if roles.contains(&Role::Auditor) && roles.len() > 1 {
            check.wrong("roles", "not_allowed", "审计不能兼任其他角色");
        }
        roles
    }
}

fn needs_unit(role: Role) -> bool {
    matches!(role, Role::Coordinator | Role::UnitHead | Role::UnitHandler)
}

fn well_formed(username: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    (2..=32).contains(&username.len())
        && username.starts_with(|c: char| c.is_ascii_lowercase())
        && username.chars().all(letters)
}

fn day(check: &mut Checker, field: &str, name: &str, text: Option<&str>) -> Option<Date> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let date = text.parse::<Date>().ok();
    if date.is_none() {
        check.wrong(field, "bad_format", format!("{name}应写成 2026-03-02 的形式"));
    }
    date
}

/// What a browser says of itself, in a few words: `Chrome · Windows`.
pub fn device(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("QQBrowser", "QQ 浏览器"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("HarmonyOS", "鸿蒙"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "未知设备".to_owned(),
    }
}
