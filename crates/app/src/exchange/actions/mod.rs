//! The acts of the exchange: taking packages in, telling remotes, reconciling, and what the coordinator sees of it.

pub mod reconciling;
pub mod seeing;
pub mod sending;
pub mod taking;

use kernel::{Actor, Permission, Refusal};

use super::rules::package::short;
use crate::city::Remote;
use crate::context::App;
use crate::people;

/// The ledger stream of a remote.
pub fn stream(remote: &str) -> String {
    format!("exchange:{remote}")
}

/// The remote of a code, for somebody who may exchange.
pub fn remote<'a>(app: &'a App, actor: &Actor, code: &str) -> Result<&'a Remote, Refusal> {
    people::require(actor, Permission::Exchange)?;
    app.city().remote(code).ok_or_else(|| {
        let known: Vec<&str> = app.city().remotes.iter().map(|remote| remote.code.as_str()).collect();
        let known = if known.is_empty() { "一个都没有".to_owned() } else { known.join("、") };
        Refusal::not_found(format!("没有“{}”这个对接系统；城市资料里有：{known}", short(code)))
    })
}
