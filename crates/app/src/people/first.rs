//! The accounts that exist before anybody can make one: the first administrator, and the people of the demonstration.

use kernel::{Actor, Result, Role};

use super::actions::{self, Origin};
use super::rules::AccountInput;
use super::secrets;
use crate::context::{App, Cx};

/// The password of every account of the demonstration, shown on its login page.
pub const DEMO_PASSWORD: &str = "santing-yanshi";

/// Makes the account `admin` where there is no account at all; its one-time password, to be shown once.
pub fn first_administrator(app: &App) -> Result<Option<String>> {
    if app.read_now(&Actor::system(), actions::any)? {
        return Ok(None);
    }
    let password = secrets::one_time_password(app.random());
    let hash = secrets::hash_password(&password, app.random())?;
    let input = input("admin", "管理员", None, &[Role::Administrator]);
    app.write_now(&Actor::system(), move |cx| actions::create(cx, &input, &hash, true))?;
    Ok(Some(password))
}

/// The people of the demonstration: one of each role, and head and handler of every unit that handles demands.
pub fn seed_demo(app: &App) -> Result<usize> {
    // One hash for all: the password is on the login page anyway, and forty hashes would take seconds.
    let hash = secrets::hash_password(DEMO_PASSWORD, app.random())?;
    app.write_now(&Actor::system(), move |cx| {
        let people = demo_people(cx)?;
        for input in &people {
            actions::create(cx, input, &hash, false)?;
        }
        Ok(people.len())
    })
}

fn demo_people(cx: &mut Cx<'_>) -> Result<Vec<AccountInput>> {
    let dispatcher = cx.app.city().dispatcher.clone();
    let mut people = vec![
        input("admin", "管理员", None, &[Role::Administrator]),
        input("tongchou", "统筹岗甲", Some(&dispatcher), &[Role::Coordinator]),
        input("tongchou2", "统筹岗乙", Some(&dispatcher), &[Role::Coordinator]),
        input("lingdao", "分管市领导", None, &[Role::Leader]),
        input("shenji", "审计员", None, &[Role::Auditor]),
    ];
    let (known, now) = (crate::units::names(cx)?, cx.now);
    // What the dispatching unit handles itself must be called back by somebody of another unit.
    if let Some(other) = known.handlers(now).find(|unit| unit.code != dispatcher) {
        people.push(input("huifang", "独立回访员", Some(&other.code), &[Role::Coordinator]));
    }
    for unit in known.handlers(now) {
        let named = |post: &str| format!("{}{post}", unit.short_name);
        people.push(input(&format!("{}.fzr", unit.code), &named("负责人"), Some(&unit.code), &[Role::UnitHead]));
        people.push(input(&format!("{}.cb", unit.code), &named("承办岗"), Some(&unit.code), &[Role::UnitHandler]));
    }
    Ok(people)
}

fn input(username: &str, name: &str, unit: Option<&str>, roles: &[Role]) -> AccountInput {
    AccountInput {
        username: Some(username.to_owned()),
        name: Some(name.to_owned()),
        unit: unit.map(str::to_owned),
        roles: roles.iter().map(|role| role.code().to_owned()).collect(),
        ..AccountInput::default()
    }
}

/// A token of the API for `username`, to be shown once.
pub fn issue_token(app: &App, username: &str) -> Result<String> {
    let secret = secrets::fresh_secret(app.random());
    let (username, kept) = (username.to_owned(), secret.clone());
    let origin = Origin { device: "命令行签发".into(), address: "—".into() };
    app.write_now(&Actor::system(), move |cx| actions::issue_token(cx, &username, &kept, &origin))?;
    Ok(secret)
}
