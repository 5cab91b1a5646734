//! Keeping what was learned, putting a version back, and asking. Every change is a ledger entry in the stream
//! `model:ASPECT`.

use std::sync::{Arc, PoisonError};

use kernel::{Fault, Refusal, Result};
use text::learn::Model;

use super::records;
use super::rules::{Active, Aspect, Figures, Ready, RollbackInput, State, Version, meant};
use crate::context::Cx;
use crate::permissions;

/// Versions of an aspect that can be put back, the latest among them; of older ones the figures stay.
const WHOLE: i64 = 10;

/// What was learned, before it has a number.
#[derive(Clone, Debug)]
pub struct Trained {
    /// About what.
    pub aspect: Aspect,
    /// The number of the version that was in force when it was compared.
    pub compared: Option<i64>,
    /// Decisions.
    pub lessons: i64,
    /// Their fingerprint.
    pub print: String,
    /// How well it does.
    pub figures: Figures,
    /// The model.
    pub bytes: Vec<u8>,
    /// Whether it is to be put in force or aside.
    pub state: State,
    /// Why.
    pub reason: String,
}

/// Every version of an aspect, the latest first.
pub fn of(cx: &mut Cx<'_>, aspect: Aspect) -> Result<Vec<Version>> {
    permissions::require(cx.actor, kernel::Permission::Desk)?;
    records::of(cx.tx, aspect)
}

/// The models in force, each read once.
pub fn ready(cx: &mut Cx<'_>) -> Result<Ready> {
    let mut ready = Ready::default();
    for (aspect, version) in records::in_force(cx.tx)? {
        if let Some(active) = active(cx, aspect, version)? {
            ready.0.insert(aspect, active);
        }
    }
    Ok(ready)
}

/// A version never changes, so what was read once stays read. One that cannot be read is as good as none: sorting by
/// keywords must go on.
pub fn active(cx: &mut Cx<'_>, aspect: Aspect, version: i64) -> Result<Option<Arc<Active>>> {
    let kept = cx.app.models();
    let read = kept.read.read().unwrap_or_else(PoisonError::into_inner).get(&aspect).cloned();
    if let Some((known, active)) = read
        && known == version
    {
        return Ok(active);
    }
    let Some((bytes, figures)) = records::bytes(cx.tx, aspect, version)? else { return Ok(None) };
    let figures = serde_json::from_str(&figures).map_err(|e| Fault::new("read the figures of a model version", e))?;
    let active = match Model::from_bytes(&bytes) {
        Ok(model) => Some(Arc::new(Active::new(version, figures, model))),
        Err(error) => {
            tracing::error!(aspect = aspect.code(), version, "a model cannot be read and is not asked: {error}");
            None
        }
    };
    kept.read.write().unwrap_or_else(PoisonError::into_inner).insert(aspect, (version, active.clone()));
    Ok(active)
}

/// Keeps what was learned under the next number, in force or aside.
pub fn keep(cx: &mut Cx<'_>, trained: &Trained) -> Result<Version> {
    permissions::require(cx.actor, kernel::Permission::Teach)?;
    let aspect = trained.aspect;
    let versions = records::of(cx.tx, aspect)?;
    let current = versions.iter().find(|version| version.state == State::InForce).map(|version| version.version);
    let number = versions.first().map_or(1, |latest| latest.version + 1);
    let meanwhile = || Refusal::conflict(number, "就在刚才，别人先学了一版或者换了版本，请再看看");
    if current != trained.compared {
        return Err(meanwhile().into());
    }
    let by = cx.actor.signature();
    if trained.state == State::InForce {
        records::retire(cx.tx, aspect, &format!("由版本 {number} 接替"), &by, cx.now)?;
    }
    let version = Version {
        aspect,
        version: number,
        state: trained.state,
        reason: trained.reason.clone(),
        lessons: trained.lessons,
        print: trained.print.clone(),
        figures: trained.figures.clone(),
        whole: true,
        trained_by: by.clone(),
        trained_at: cx.now,
        settled_by: by,
        settled_at: cx.now,
        held: false,
    };
    if !records::insert(cx.tx, &version, &trained.bytes)? {
        return Err(meanwhile().into());
    }
    // Whoever finds the new one bad puts the one before back, however many were set aside between them.
    records::forget(cx.tx, aspect, number - WHOLE, current)?;
    let figures = &version.figures;
    let learned = vec![
        ("lessons", version.lessons.to_string()),
        ("print", version.print.clone()),
        ("accuracy", format!("{:.3}", figures.accuracy)),
        ("macro_f1", format!("{:.3}", figures.macro_f1)),
    ];
    record(cx, "train_model", &version, learned)?;
    let settled = if version.state == State::InForce { "adopt_model" } else { "set_model_aside" };
    record(cx, settled, &version, vec![("reason", version.reason.clone())])?;
    Ok(version)
}

/// Puts another version in force on a person's reason. The nightly lessons leave it alone until a person has the program
/// learn again.
pub fn rollback(cx: &mut Cx<'_>, aspect: Aspect, input: &RollbackInput) -> Result<Version> {
    permissions::require(cx.actor, kernel::Permission::Teach)?;
    let versions = records::of(cx.tx, aspect)?;
    let (meant, reason) = meant(input, &versions)?;
    let by = cx.actor.signature();
    records::retire(cx.tx, aspect, &format!("换成版本 {}：{reason}", meant.version), &by, cx.now)?;
    records::put_back(cx.tx, aspect, meant.version, &reason, &by, cx.now)?;
    let before = versions.iter().find(|version| version.state == State::InForce).map(|v| v.version.to_string());
    let version = Version {
        state: State::InForce,
        reason: reason.clone(),
        settled_by: by,
        settled_at: cx.now,
        held: true,
        ..meant.clone()
    };
    record(cx, "rollback_model", &version, vec![("replaced", before.unwrap_or_default()), ("reason", reason)])?;
    Ok(version)
}

/// Lets the nightly lessons go on after a version that a person put back: somebody has it learn again.
pub fn release(cx: &mut Cx<'_>, version: &Version) -> Result<()> {
    permissions::require(cx.actor, kernel::Permission::Teach)?;
    records::release(cx.tx, version.aspect, version.version)?;
    record(cx, "release_model", version, Vec::new())
}

fn record(cx: &mut Cx<'_>, act: &'static str, version: &Version, more: Vec<(&'static str, String)>) -> Result<()> {
    let mut fields = vec![("model", version.version.to_string())];
    fields.extend(more);
    cx.record(&format!("model:{}", version.aspect.code()), act, fields)
}
