//! `/api/v1/models`.

use axum::Json;
use axum::extract::State;
use kernel::{Refusal, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions;
use super::rules::{self, Came, Outcome, Span};
use crate::context::{App, Cx};
use crate::demands::track::{self, Record, rules::Taken};
use crate::models::rules::{Figures, RollbackInput};
use crate::models::{self, Aspect, Version};
use crate::units::{self, UnitNames};
use crate::web::{Answer, JsonBody, PathParams, QueryParams, Session};

/// What was learned about one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AspectModels {
    /// `theme`, `kind`, `urgent`, `lead_unit`.
    pub aspect: &'static str,
    /// In Chinese.
    pub aspect_label: &'static str,
    /// The number of the version in force; absent: keywords and rules propose.
    pub in_force: Option<i64>,
    /// Every version, the latest first.
    pub versions: Vec<ModelVersion>,
}

/// A version of what was learned.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModelVersion {
    /// Its number.
    pub version: i64,
    /// `in_force`, `earlier`, `set_aside`.
    pub state: &'static str,
    /// In Chinese.
    pub state_label: &'static str,
    /// Why it stands there.
    pub reason: String,
    /// Decisions that it was taught.
    pub lessons: i64,
    /// How well it does on decisions that it was not taught.
    pub figures: Figures,
    /// Whether it can be put back.
    pub whole: bool,
    /// Whether the nightly lessons leave it alone, because a person put it back.
    pub held: bool,
    /// Who had it learn.
    pub trained_by: String,
    /// When.
    pub trained_at: String,
    /// Who put it where it stands.
    pub settled_by: String,
    /// When.
    pub settled_at: String,
}

/// What was learned, by aspect.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModelList {
    /// In the order of the triage.
    pub items: Vec<AspectModels>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

fn shown(version: Version, zone: &jiff::tz::TimeZone) -> ModelVersion {
    ModelVersion {
        version: version.version,
        state: version.state.code(),
        state_label: version.state.label(),
        reason: version.reason,
        lessons: version.lessons,
        figures: version.figures,
        whole: version.whole,
        held: version.held,
        trained_by: version.trained_by,
        trained_at: version.trained_at.rfc3339(zone),
        settled_by: version.settled_by,
        settled_at: version.settled_at.rfc3339(zone),
    }
}

/// 学到的判断：各方面的各个版本和成绩。
#[utoipa::path(get, path = "/api/v1/models", tag = "models", responses((status = 200, body = ModelList)))]
pub async fn list(State(app): State<App>, session: Session) -> Answer<Json<ModelList>> {
    let items = app.read(&session.actor, |cx| Aspect::ALL.into_iter().map(|aspect| of(cx, aspect)).collect());
    Ok(Json(ModelList { items: items.await?, next: None }))
}

fn of(cx: &mut Cx<'_>, aspect: Aspect) -> Result<AspectModels> {
    let versions = models::actions::of(cx, aspect)?;
    let in_force = versions.iter().find(|version| version.state == models::State::InForce).map(|v| v.version);
    let zone = &cx.app.city().zone;
    let versions = versions.into_iter().map(|version| shown(version, zone)).collect();
    Ok(AspectModels { aspect: aspect.code(), aspect_label: aspect.label(), in_force, versions })
}

/// What to learn about.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LearnInput {
    /// `theme`, `kind`, `urgent` or `lead_unit`; absent: everything.
    #[schema(pattern = "^(theme|kind|urgent|lead_unit)?$")]
    pub aspect: Option<String>,
}

/// What became of the lessons about one aspect.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LearnOutcome {
    /// `theme`, `kind`, `urgent`, `lead_unit`.
    pub aspect: &'static str,
    /// In Chinese.
    pub aspect_label: &'static str,
    /// `in_force`, `set_aside`, `unchanged`, `too_few`, `held`.
    pub came: Came,
    /// Decisions that there were to learn from.
    pub lessons: usize,
    /// Why, as a sentence.
    pub because: String,
    /// The version that was learned.
    pub version: Option<ModelVersion>,
}

impl LearnOutcome {
    /// An outcome as the API and the command write it.
    pub fn of(outcome: Outcome, zone: &jiff::tz::TimeZone) -> Self {
        Self {
            aspect: outcome.aspect.code(),
            aspect_label: outcome.aspect.label(),
            came: outcome.came,
            lessons: outcome.lessons,
            because: outcome.because,
            version: outcome.version.map(|version| shown(version, zone)),
        }
    }
}

/// What became of the lessons.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LearnOutcomes {
    /// In the order of the triage.
    pub items: Vec<LearnOutcome>,
    /// Always null: the list is whole.
    pub next: Option<String>,
}

/// The aspects that a word means: one, or all where there is none.
pub fn aspects(word: Option<&str>) -> Result<Vec<Aspect>, Refusal> {
    match word.map(str::trim).filter(|word| !word.is_empty()) {
        None => Ok(Aspect::ALL.to_vec()),
        Some(word) => match Aspect::from_code(word) {
            Some(aspect) => Ok(vec![aspect]),
            None => Err(Refusal::field("aspect", "unknown", "学哪一方面：theme、kind、urgent、lead_unit，不写则全部")),
        },
    }
}

/// 现在学习：从已作的决定里学一遍；没有新的决定就不学，明显不如正在使用的就不用。
#[utoipa::path(post, path = "/api/v1/models/learn", tag = "models", request_body = LearnInput,
    responses((status = 200, body = LearnOutcomes)))]
pub async fn learn(
    State(app): State<App>,
    session: Session,
    JsonBody(input): JsonBody<LearnInput>,
) -> Answer<Json<LearnOutcomes>> {
    let outcomes = actions::learn(&app, &session.actor, aspects(input.aspect.as_deref())?).await?;
    let zone = &app.city().zone;
    let items = outcomes.into_iter().map(|outcome| LearnOutcome::of(outcome, zone)).collect();
    Ok(Json(LearnOutcomes { items, next: None }))
}

/// 换回以前的版本，写明理由；不写版本号则换回上一个用过的。
#[utoipa::path(post, path = "/api/v1/models/{aspect}/rollback", tag = "models", params(("aspect" = String, Path)),
    request_body = RollbackInput, responses((status = 200, body = AspectModels)))]
pub async fn rollback(
    State(app): State<App>,
    session: Session,
    PathParams(aspect): PathParams<String>,
    JsonBody(input): JsonBody<RollbackInput>,
) -> Answer<Json<AspectModels>> {
    let aspect = known(&aspect)?;
    let done = app.write(&session.actor, move |cx| {
        models::actions::rollback(cx, aspect, &input)?;
        of(cx, aspect)
    });
    Ok(Json(done.await?))
}

/// The aspect of an address.
pub fn known(aspect: &str) -> Result<Aspect, Refusal> {
    Aspect::from_code(aspect).ok_or_else(|| Refusal::not_found("没有这一方面的学习"))
}

/// The days of a record.
#[derive(Debug, Deserialize)]
pub struct SpanQuery {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
}

/// What became of the proposals of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrackRecord {
    /// The first day on which something was decided.
    pub from: String,
    /// The last.
    pub to: String,
    /// By aspect, in the order of the triage.
    pub items: Vec<AspectRecord>,
}

/// What became of the proposals about one aspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AspectRecord {
    /// `theme`, `kind`, `urgent`, `lead_unit`.
    pub aspect: &'static str,
    /// In Chinese.
    pub aspect_label: &'static str,
    /// Proposals, and those that people took over.
    pub all: Taken,
    /// The same, of those that were learned.
    pub learned: Taken,
    /// The same, of those by keywords and rules.
    pub told: Taken,
    /// Decisions for which the program said that it does not know.
    pub unknown: u64,
    /// By what was decided, the most frequent first.
    pub classes: Vec<ClassTrack>,
    /// Demands whose decision was not as proposed, the latest first, at most 200.
    pub changed: Vec<ChangedProposal>,
}

/// What became of the proposals where one value was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClassTrack {
    /// What was decided.
    pub value: String,
    /// In Chinese.
    pub value_label: String,
    /// The proposals there, and those that were taken over.
    pub taken: Taken,
    /// Decisions for which nothing was proposed.
    pub unknown: u64,
}

/// A decision that was not as proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedProposal {
    /// The demand.
    pub number: String,
    /// What was proposed; null: nothing.
    pub proposed: Option<String>,
    /// `learned`, `keywords`, `rule`; null: nothing.
    pub source: Option<&'static str>,
    /// What stands.
    pub decided: String,
    /// When it was first decided.
    pub at: String,
}

/// 建议的成绩：一段时间里作决定时建议了什么、采纳了没有。
#[utoipa::path(get, path = "/api/v1/models/record", tag = "models",
    params(("from" = Option<String>, Query, description = "决定日期从；缺省为截止日之前 30 天"), ("to" = Option<String>, Query, description = "缺省为今天")),
    responses((status = 200, body = TrackRecord)))]
pub async fn record(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<SpanQuery>,
) -> Answer<Json<TrackRecord>> {
    let read = app.read(&session.actor, move |cx| {
        let span = Span::read(query.from.as_deref(), query.to.as_deref(), cx.today())?;
        let (from, until) = span.instants(&cx.app.city().zone);
        let names = units::names(cx)?;
        let records = track::record(cx, from, until)?;
        let items: Result<Vec<AspectRecord>> = records
            .into_iter()
            .map(|record| {
                let misses = track::misses(cx, record.aspect, from, until)?;
                Ok(recorded(cx, &names, record, misses))
            })
            .collect();
        Ok(TrackRecord { from: span.from.to_string(), to: span.to.to_string(), items: items? })
    });
    Ok(Json(read.await?))
}

fn recorded(cx: &Cx<'_>, names: &UnitNames, record: Record, misses: Vec<track::Miss>) -> AspectRecord {
    let city = cx.app.city();
    let aspect = record.aspect;
    let class = |class: track::ClassRecord| ClassTrack {
        value_label: rules::called(aspect, &class.value, city, names),
        value: class.value,
        taken: class.taken,
        unknown: class.unknown,
    };
    let changed = |miss: track::Miss| ChangedProposal {
        number: miss.number,
        proposed: miss.proposed,
        source: miss.source.map(|source| source.code()),
        decided: miss.decided,
        at: miss.at.rfc3339(&city.zone),
    };
    AspectRecord {
        aspect: aspect.code(),
        aspect_label: aspect.label(),
        all: record.all,
        learned: record.learned,
        told: record.told,
        unknown: record.unknown,
        classes: record.classes.into_iter().map(class).collect(),
        changed: misses.into_iter().map(changed).collect(),
    }
}
