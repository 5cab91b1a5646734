//! What the API says of several units and several voices: parts, requests with their rulings, decisions on the record.

use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::Speaking;
use crate::demands::rules::case::{Case, Part, Proceeding, Request};

/// What one unit beside the lead was asked.
#[derive(Serialize, ToSchema)]
pub struct PartView {
    /// `co_handling`, `consultation` or `task`.
    pub kind: &'static str,
    /// In Chinese.
    pub kind_label: &'static str,
    /// The unit's code.
    pub unit: String,
    /// In Chinese.
    pub unit_label: String,
    /// What it was asked.
    pub task: String,
    /// Whether the demand cannot be closed before it is done.
    pub mandatory: bool,
    /// `asked`, `acknowledged`, `answered` or `released`.
    pub status: &'static str,
    /// In Chinese.
    pub status_label: &'static str,
    /// When it was asked.
    pub asked_at: String,
    /// When it signed for it.
    pub acknowledged_at: Option<String>,
    /// When it is due.
    pub due_at: Option<String>,
    /// Whether it is, or was, late.
    pub late: bool,
    /// What it said, word for word.
    pub opinion: Option<String>,
    /// `agrees`, `with_conditions`, `disagrees`.
    pub stance: Option<&'static str>,
    /// In Chinese.
    pub stance_label: Option<&'static str>,
    /// Who said so.
    pub by: Option<String>,
    /// When.
    pub answered_at: Option<String>,
}

/// A unit that the demand was handed to.
#[derive(Serialize, ToSchema)]
pub struct HolderView {
    /// Its code.
    pub unit: String,
    /// In Chinese.
    pub unit_label: String,
    /// When it was handed over.
    pub since: String,
}

/// What a unit asked for.
#[derive(Serialize, ToSchema)]
pub struct RequestView {
    /// `objection` or `extension`.
    pub kind: &'static str,
    /// In Chinese.
    pub kind_label: &'static str,
    /// The unit's code.
    pub unit: String,
    /// In Chinese.
    pub unit_label: String,
    /// Who asked.
    pub by: String,
    /// The listed ground.
    pub ground: Option<String>,
    /// Why.
    pub reason: String,
    /// The unit that should have it instead.
    pub suggested_unit: Option<String>,
    /// Working days asked for.
    pub days: Option<u32>,
    /// When.
    pub at: String,
    /// Whether it was granted; absent while it waits.
    pub granted: Option<bool>,
    /// Why.
    pub ruling_reason: Option<String>,
    /// Who ruled.
    pub ruled_by: Option<String>,
    /// When.
    pub ruled_at: Option<String>,
}

/// A decision on the record.
#[derive(Serialize, ToSchema)]
pub struct ProceedingView {
    /// `consultation`, `suspension`, `instruction`, `meeting`, `escalation`, `stage_report`, `review`.
    pub kind: &'static str,
    /// In Chinese.
    pub kind_label: &'static str,
    /// What it is classified by.
    pub heading: String,
    /// The question, the evidence, the instruction, the minutes, the reason.
    pub text: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// The last instant that it may last.
    pub until: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// The conclusion.
    pub result: Option<String>,
}

impl Speaking<'_> {
    /// The parts of a case.
    pub fn parts(&self, case: &Case) -> Vec<PartView> {
        case.parts.iter().map(|part| self.part(case, part)).collect()
    }

    fn part(&self, case: &Case, part: &Part) -> PartView {
        let due = case.clocks.get(part.clock).map(|clock| clock.due_at);
        let (status, status_label) = match part {
            Part { released_at: Some(_), .. } => ("released", "已收回"),
            Part { answered_at: Some(_), .. } => ("answered", "已反馈"),
            Part { acknowledged_at: Some(_), .. } => ("acknowledged", "已签收"),
            _ => ("asked", "待签收"),
        };
        let until = part.answered_at.or(part.released_at).unwrap_or(self.now);
        PartView {
            kind: part.kind.code(),
            kind_label: part.kind.label(),
            unit: part.unit.clone(),
            unit_label: self.units.short_name(&part.unit).to_owned(),
            task: part.task.clone(),
            mandatory: part.mandatory,
            status,
            status_label,
            asked_at: self.time(part.asked_at),
            acknowledged_at: part.acknowledged_at.map(|at| self.time(at)),
            due_at: due.map(|at| self.time(at)),
            late: due.is_some_and(|due| until > due),
            opinion: part.opinion.clone(),
            stance: part.stance.map(|w| w.code()),
            stance_label: part.stance.map(|w| w.label()),
            by: part.by_name.clone(),
            answered_at: part.answered_at.map(|at| self.time(at)),
        }
    }

    /// Every unit that the demand went through.
    pub fn holders(&self, case: &Case) -> Vec<HolderView> {
        let view = |(unit, since): (&str, Instant)| HolderView {
            unit: unit.to_owned(),
            unit_label: self.units.short_name(unit).to_owned(),
            since: self.time(since),
        };
        case.holders().map(view).collect()
    }

    /// A request with its ruling.
    pub fn request(&self, request: &Request) -> RequestView {
        let ruling = request.ruling.as_ref();
        RequestView {
            kind: request.kind.code(),
            kind_label: request.kind.label(),
            unit: request.unit.clone(),
            unit_label: self.units.short_name(&request.unit).to_owned(),
            by: request.by_name.clone(),
            ground: request.ground.clone(),
            reason: request.reason.clone(),
            suggested_unit: request.suggested.clone(),
            days: request.days,
            at: self.time(request.at),
            granted: ruling.map(|r| r.granted),
            ruling_reason: ruling.and_then(|r| r.reason.clone()),
            ruled_by: ruling.map(|r| r.by_name.clone()),
            ruled_at: ruling.map(|r| self.time(r.at)),
        }
    }

    /// A decision on the record.
    pub fn proceeding(&self, proceeding: &Proceeding) -> ProceedingView {
        ProceedingView {
            kind: proceeding.kind.code(),
            kind_label: proceeding.kind.label(),
            heading: proceeding.heading.clone(),
            text: proceeding.text.clone(),
            by: proceeding.by_name.clone(),
            at: self.time(proceeding.at),
            until: proceeding.until.map(|at| self.time(at)),
            ended_at: proceeding.ended_at.map(|at| self.time(at)),
            result: proceeding.result.clone(),
        }
    }
}
