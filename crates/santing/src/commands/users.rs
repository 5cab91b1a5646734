//! `santing users` and `santing token`.

use serde_json::json;

use crate::Outcome;
use crate::config::Config;
use crate::open;
use crate::out::say;

/// Every account.
pub fn users(config: &Config, as_json: bool) -> anyhow::Result<Outcome> {
    let app = open::app(config)?;
    let everybody = app::people::everybody(&app)?;
    if as_json {
        let rows: Vec<_> = everybody
            .iter()
            .map(|account| {
                json!({
                    "username": account.username, "name": account.name, "unit": account.unit, "roles": account.roles,
                    "disabled": account.disabled,
                })
            })
            .collect();
        super::print_json(&rows)?;
        return Ok(Outcome::Done);
    }
    say!("{}{}{}今天的角色", padded("用户名", 20), padded("姓名或岗位", 24), padded("单位", 22));
    for account in &everybody {
        let unit = account.unit_label.as_deref().unwrap_or("—");
        let state = if account.disabled { "（已停用）" } else { "" };
        say!(
            "{}{}{}{}{state}",
            padded(&account.username, 20),
            padded(&account.name, 24),
            padded(unit, 22),
            account.roles_label.join("、")
        );
    }
    Ok(Outcome::Done)
}

/// `text` filled up to `width` columns, where a Han character takes two.
fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken).max(1)))
}

/// A token on standard output, and nothing else.
pub fn token(config: &Config, username: &str) -> anyhow::Result<Outcome> {
    let app = open::app(config)?;
    say!("{}", app::people::issue_token(&app, username)?);
    Ok(Outcome::Done)
}
