//! What a macro is, and what may be kept as one.

use kernel::error::Checker;
use kernel::{Actor, FieldError, Id, Instant, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::demands::rules::fields::{self, Reading};
use crate::demands::rules::moves::{MOVES, Move, Row};
use crate::demands::rules::wanted::FieldKind;
use crate::phrases::scope::{self, Keeper};

/// Macros of one scope of one keeper at most.
pub const MOST: usize = 50;
/// Moves of a macro at most: what is longer is a way of handling, not a shortcut.
pub const STEPS_MOST: usize = 5;
/// Characters of a name at most.
pub const NAME_MOST: usize = 40;

/// One move with its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Step {
    /// The move, as in the law.
    #[serde(rename = "move")]
    pub make: String,
    /// Its fields, as the call of the move takes them.
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

impl Step {
    /// One move with its fields.
    pub fn new(make: Move, fields: Map<String, Value>) -> Self {
        Self { make: make.code().to_owned(), fields }
    }

    /// The move; `None` where the law no longer has it.
    pub fn known(&self) -> Option<Move> {
        Move::from_code(&self.make)
    }
}

/// Moves under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Macro {
    /// The row.
    pub id: Id,
    /// Whose it is.
    pub keeper: Keeper,
    /// What it is called.
    pub name: String,
    /// The moves, in their order.
    pub steps: Vec<Step>,
    /// Rises with every change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// What is filled in to keep or to change a macro.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct MacroInput {
    /// `own` (the default), `unit` or `city`.
    pub scope: Option<String>,
    /// What it is called, at most 40 characters.
    pub name: Option<String>,
    /// The moves, at most 5, in their order.
    pub steps: Vec<Step>,
    /// The version that was seen, to change one.
    pub version: Option<i64>,
}

/// A new macro of `actor`.
pub fn created(
    input: &MacroInput,
    actor: &Actor,
    id: Id,
    now: Instant,
    reading: &Reading<'_>,
) -> Result<Macro, Refusal> {
    scope::needs_account(actor)?;
    let mut check = Checker::default();
    let keeper = Keeper::asked(actor, input.scope.as_deref(), &mut check);
    let name = name(input, &mut check);
    steps(&input.steps, reading, &mut check);
    check.done()?;
    Ok(Macro { id, keeper, name, steps: input.steps.clone(), version: 1, updated_at: now })
}

/// The macro under another name or with other moves; its scope stays.
pub fn amended(before: &Macro, input: &MacroInput, now: Instant, reading: &Reading<'_>) -> Result<Macro, Refusal> {
    let mut check = Checker::default();
    if input.version.is_none() {
        check.wrong("version", "required", "请带上您看到的版本号（version，整数）");
    }
    let name = name(input, &mut check);
    steps(&input.steps, reading, &mut check);
    check.done()?;
    let steps = input.steps.clone();
    Ok(Macro { name, steps, version: before.version + 1, updated_at: now, ..before.clone() })
}

fn name(input: &MacroInput, check: &mut Checker) -> String {
    let one_line = input.name.as_deref().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    check.text("name", "名称", one_line.as_deref(), NAME_MOST)
}

fn steps(steps: &[Step], reading: &Reading<'_>, check: &mut Checker) {
    if steps.len() > STEPS_MOST {
        check.wrong("steps", "too_many", format!("一个快捷处理最多 {STEPS_MOST} 步"));
    }
    for (place, step) in steps.iter().enumerate().take(STEPS_MOST) {
        if let Err(errors) = read(step, reading) {
            let named = |error: FieldError| (format!("steps.{place}.{}", error.field), error.code, error.message);
            for (field, code, message) in errors.into_iter().map(named) {
                check.wrong(field, code, message);
            }
        }
    }
}

/// What is wrong with a step; its fields must be whole, so that applying it asks for nothing more.
pub fn read(step: &Step, reading: &Reading<'_>) -> Result<(), Vec<FieldError>> {
    let wrong = |field: &str, code, message: String| Err(vec![FieldError { field: field.to_owned(), code, message }]);
    let Some(make) = step.known() else {
        return wrong("move", "unknown", format!("没有“{}”这个动作", step.make.chars().take(20).collect::<String>()));
    };
    let fixed = |kind| matches!(kind, FieldKind::Date | FieldKind::PastDate | FieldKind::Demand);
    let given = |name: &str| step.fields.get(name).is_some_and(|value| *value != Value::Null);
    let once = widest(make).into_iter().flat_map(|row| row.needs).find(|field| fixed(field.kind) && given(field.name));
    if let Some(field) = once {
        return wrong(field.name, "not_allowed", format!("{}每一件都不同，不能写进快捷处理", field.label));
    }
    // A move may ask for more in one status than in another; it is enough that it can be made in one.
    let mut refusals = Vec::new();
    for row in MOVES.iter().filter(|row| row.make == make) {
        match fields::read(row, &within(&step.fields, row, make), reading) {
            Ok(_) => return Ok(()),
            Err(refusal) => refusals.push(refusal.errors),
        }
    }
    Err(refusals.into_iter().min_by_key(Vec::len).unwrap_or_default())
}

/// The fields that `row` takes, and those that no row of its move takes, which are then refused by name.
pub fn within(given: &Map<String, Value>, row: &Row, make: Move) -> Map<String, Value> {
    let takes = |row: &Row, name: &str| row.needs.iter().any(|field| field.name == name);
    let elsewhere = |name: &str| MOVES.iter().any(|other| other.make == make && takes(other, name));
    let kept = given.iter().filter(|(name, _)| takes(row, name) || !elsewhere(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The row of a move that asks for most: the form that fits all of them.
pub fn widest(make: Move) -> Option<&'static Row> {
    MOVES.iter().filter(|row| row.make == make).max_by_key(|row| row.needs.len())
}
