//! `/api/v1/issues`.

use axum::Json;
use axum::extract::State as AppState;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::error::Checker;
use kernel::{Fault, PageRequest, Refusal, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::answering::{self, AnswerInput, Answered};
use super::actions::{acting, seeing};
use super::records::{Line, Wanted};
use super::rules::acts::Act;
use super::rules::issue::{Issue, State, Whole};
use super::rules::reading::ActInput;
use crate::context::{App, Cx};
use crate::demands::bulk::api::{BulkResult, told};
use crate::idempotency::{self, Key};
use crate::units::{self, UnitNames};
use crate::web::{Answer, JsonBody, PathParams, QueryParams, Session};

/// An issue as one row.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueRow {
    /// For example `ANGX2026-001`.
    pub number: String,
    /// The version; whoever changes it names it.
    pub version: i64,
    /// `candidate`, `confirmed`, `answered`, `set_aside`, `joined`.
    pub state: &'static str,
    /// In Chinese.
    pub state_label: &'static str,
    /// What it is called.
    pub name: String,
    /// Why its demands belong together, as sentences.
    pub why: Vec<String>,
    /// 协调主体, by code.
    pub coordinator: Option<String>,
    /// In Chinese.
    pub coordinator_label: Option<String>,
    /// The lead unit's code.
    pub lead_unit: Option<String>,
    /// In Chinese.
    pub lead_unit_label: Option<String>,
    /// What was said with the last decision.
    pub reason: Option<String>,
    /// The demands that stand in it.
    pub size: i64,
    /// Those that the program put in and nobody has looked at.
    pub proposed: i64,
    /// Those received in the last 30 days; null where it was not counted.
    pub recent: Option<i64>,
}

impl IssueRow {
    fn of(issue: Issue, (size, proposed, recent): (i64, i64, Option<i64>), units: &UnitNames) -> Self {
        let label = |code: &Option<String>| code.as_deref().map(|code| units.short_name(code).to_owned());
        Self {
            number: issue.number,
            version: issue.version,
            state: issue.state.code(),
            state_label: issue.state.label(),
            name: issue.name,
            why: issue.why,
            coordinator_label: label(&issue.coordinator),
            coordinator: issue.coordinator,
            lead_unit_label: label(&issue.lead_unit),
            lead_unit: issue.lead_unit,
            reason: issue.reason,
            size,
            proposed,
            recent,
        }
    }

    fn of_whole(whole: Whole, units: &UnitNames) -> Self {
        let proposed = whole.standing().filter(|member| member.standing == super::rules::issue::Standing::Proposed);
        let counted = (whole.size() as i64, proposed.count() as i64, None);
        Self::of(whole.issue, counted, units)
    }

    fn of_line(line: Line, units: &UnitNames) -> Self {
        Self::of(line.issue, (line.size, line.proposed, Some(line.recent)), units)
    }
}

/// A page of issues.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssuePage {
    /// The issues.
    pub items: Vec<IssueRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Which issues are wanted.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct IssueQuery {
    /// 状态，逗号分隔
    pub state: Option<String>,
    /// 名称或编号的一部分
    pub q: Option<String>,
    /// `size`（待确认的在前，件数多的在前）或 `latest`（最近有新诉求的在前）
    pub sort: Option<String>,
    /// 每页几个
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
    /// 上一页的 `next`
    pub cursor: Option<String>,
}

impl IssueQuery {
    /// Reads it; every wrong condition at once.
    pub fn read(&self) -> Result<(Wanted, PageRequest), Refusal> {
        let mut check = Checker::default();
        let mut states = Vec::new();
        for code in self.state.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|code| !code.is_empty())
        {
            match State::from_code(code) {
                Some(state) => states.push(state),
                None => {
                    check.wrong("state", "unknown", "状态只能是 candidate、confirmed、answered、set_aside 或 joined")
                }
            }
        }
        let q = check.optional_text("q", "搜索词", self.q.as_deref(), 60);
        let latest = match self.sort.as_deref().unwrap_or("size") {
            "size" | "" => false,
            "latest" => true,
            _ => {
                check.wrong("sort", "unknown", "排序只能是 size 或 latest");
                false
            }
        };
        let cursor = self.cursor.clone().filter(|cursor| !cursor.is_empty());
        let page = PageRequest::asked(self.limit, cursor).map_err(|refusal| {
            refusal.errors.into_iter().for_each(|error| check.wrong(error.field, error.code, error.message));
        });
        check.done()?;
        Ok((Wanted { states, among: None, q, latest }, page.unwrap_or_else(|()| PageRequest::first(50))))
    }
}

/// 共性问题：查看范围内的，待确认的在前。
#[utoipa::path(get, path = "/api/v1/issues", tag = "issues", params(IssueQuery), responses((status = 200, body = IssuePage)))]
pub async fn list(
    AppState(app): AppState<App>,
    session: Session,
    QueryParams(query): QueryParams<IssueQuery>,
) -> Answer<Json<IssuePage>> {
    let (wanted, page) = query.read()?;
    let found = app.read(&session.actor, move |cx| {
        let (lines, units) = (seeing::list(cx, &wanted, &page)?, units::names(cx)?);
        let items = lines.items.into_iter().map(|line| IssueRow::of_line(line, &units)).collect();
        Ok(IssuePage { items, next: lines.next })
    });
    Ok(Json(found.await?))
}

/// An issue, whole.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueView {
    /// The issue.
    pub issue: IssueRow,
    /// Its demands within the caller's sight, the latest first.
    pub members: Vec<IssueMember>,
    /// Demands beyond the caller's sight.
    pub hidden: usize,
    /// Firms among its voices.
    pub firms: i64,
    /// Units that lead its demands.
    pub units: i64,
    /// Voices: its demands, and those that were joined to them.
    pub voices: i64,
    /// How many were received in each of the last twelve months.
    pub months: Vec<IssueMonth>,
    /// The answers for all, the latest first.
    pub answers: Vec<IssueAnswer>,
    /// What resembles its demands and is not in it; only for whoever may decide.
    pub near: Vec<IssueNear>,
    /// The issue that it was joined to.
    pub joined_into: Option<String>,
    /// What the caller may do: names of acts, and `answer`.
    pub acts: Vec<&'static str>,
}

/// A demand in an issue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueMember {
    /// The demand's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Where it stands in its own way.
    pub status: &'static str,
    /// How it stands in the issue: `proposed` (put in by the program), `attached`.
    pub standing: &'static str,
    /// How like the others, 0 to 1; null where a person put it in.
    pub likeness: Option<f64>,
    /// The words that it shares with them.
    pub shared: Vec<String>,
    /// Who put it in; null is the program.
    pub by: Option<String>,
    /// When.
    pub at: String,
    /// When the answer for all was sent to it.
    pub answered_at: Option<String>,
}

/// A month of the trend.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueMonth {
    /// `2026-03`, or `更早` for everything before.
    pub month: String,
    /// How many demands were received.
    pub count: usize,
}

/// An answer for all demands of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueAnswer {
    /// 政策解读
    pub policy_reading: String,
    /// 办理措施
    pub measures: String,
    /// 处理意见
    pub opinion: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: String,
}

/// A demand that is near to an issue and not in it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueNear {
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// How like the likest demand of the issue, 0 to 1.
    pub likeness: f64,
    /// The issue in which it stands.
    pub issue: Option<String>,
}

/// 一个共性问题：包含的诉求、为什么、走势、相近的、答复，以及现在可以做什么。
#[utoipa::path(get, path = "/api/v1/issues/{number}", tag = "issues", params(("number" = String, Path)),
    responses((status = 200, body = IssueView)))]
pub async fn show(
    AppState(app): AppState<App>,
    session: Session,
    PathParams(number): PathParams<String>,
) -> Answer<Json<IssueView>> {
    Ok(Json(app.read(&session.actor, move |cx| view(cx, &number)).await?))
}

fn view(cx: &mut Cx<'_>, number: &str) -> Result<IssueView> {
    let (seen, units) = (seeing::whole(cx, number)?, units::names(cx)?);
    let zone = &cx.app.city().zone;
    let rounded = |likeness: f64| (likeness * 1000.0).round() / 1000.0;
    let members = seen.rows.iter().map(|(member, row)| IssueMember {
        number: row.number.clone(),
        title: row.title.clone(),
        status: row.status.code(),
        standing: member.standing.code(),
        likeness: member.likeness.map(rounded),
        shared: member.shared.clone(),
        by: member.by_name.clone(),
        at: member.at.rfc3339(zone),
        answered_at: seen.reached.get(&row.id).map(|(_, at)| at.rfc3339(zone)),
    });
    let answers = seen.answers.iter().map(|answer| IssueAnswer {
        policy_reading: answer.reply.policy_reading.clone(),
        measures: answer.reply.measures.clone(),
        opinion: answer.reply.opinion.clone(),
        by: answer.by_name.clone(),
        at: answer.at.rfc3339(zone),
    });
    let near = seen.near.iter().map(|near| IssueNear {
        number: near.row.number.clone(),
        title: near.row.title.clone(),
        likeness: rounded(near.likeness),
        issue: near.issue.as_ref().map(|(number, _)| number.clone()),
    });
    let answering = (seen.may_answer || seen.may_pass_on).then_some("answer");
    Ok(IssueView {
        members: members.collect(),
        hidden: seen.hidden,
        firms: seen.reach.firms,
        units: seen.reach.units,
        voices: seen.whole.size() as i64 + seen.reach.joined,
        months: seen.months.iter().map(|(month, count)| IssueMonth { month: month.clone(), count: *count }).collect(),
        answers: answers.collect(),
        near: near.collect(),
        acts: seen.acts.iter().map(|act| act.code()).chain(answering).collect(),
        joined_into: seen.joined_into,
        issue: IssueRow::of_whole(seen.whole, &units),
    })
}

/// What came of an act.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueMade {
    /// The issue afterwards.
    pub issue: IssueRow,
    /// The issue that was split off.
    pub new: Option<IssueRow>,
}

/// 对一个共性问题做一件事：confirm 确认、set_aside 不是共性问题、attach 归入、detach 移出、split 拆出、join 并入、unjoin 恢复、rename 改名。
#[utoipa::path(post, path = "/api/v1/issues/{number}/acts/{act}", tag = "issues", request_body = ActInput,
    params(("number" = String, Path), ("act" = String, Path, description = "acts 中列出的名字"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 200, body = IssueMade)))]
pub async fn act(
    AppState(app): AppState<App>,
    session: Session,
    headers: HeaderMap,
    PathParams((number, act)): PathParams<(String, String)>,
    JsonBody(input): JsonBody<ActInput>,
) -> Answer<Response> {
    let act = Act::from_code(&act).ok_or_else(|| Refusal::not_found("没有这个动作"))?;
    let path = format!("POST /issues/{number}/acts/{}", act.code());
    let key = Key::of(&headers, &path, &to_json(&input)?)?;
    let reply = app.write(&session.actor, move |cx| {
        idempotency::once(cx, key.as_ref(), |cx| {
            let (made, units) = (acting::act(cx, &number, act, &input)?, units::names(cx)?);
            let new = made.new.map(|new| IssueRow::of_whole(new, &units));
            Ok((200, to_json(&IssueMade { issue: IssueRow::of_whole(made.whole, &units), new })?))
        })
    });
    Ok(json(reply.await?))
}

/// What an answer for all does, or did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssueAnswered {
    /// Whether nothing was done because nothing was asked to be.
    pub dry_run: bool,
    /// Whether the answer is another than the one that is there.
    pub new: bool,
    /// What should not be in it, as sentences.
    pub advice: Vec<String>,
    /// Demands to which it was sent, or can be.
    pub done: usize,
    /// Demands to which it was not, or cannot be.
    pub refused: usize,
    /// Demands that were answered or have ended, or are beyond the caller's sight.
    pub beyond: usize,
    /// Every demand that waits for an answer.
    pub results: Vec<BulkResult>,
}

/// 统一答复：写一次，按每件诉求自己的规矩答复；先用 `dry_run` 看每一件会怎样。不带三段文字就是采用已有的统一答复。
#[utoipa::path(post, path = "/api/v1/issues/{number}/answer", tag = "issues", request_body = AnswerInput,
    params(("number" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$", description = "同一个键、同样的内容只办一次")),
    responses((status = 200, body = IssueAnswered)))]
pub async fn answer(
    AppState(app): AppState<App>,
    session: Session,
    headers: HeaderMap,
    PathParams(number): PathParams<String>,
    JsonBody(input): JsonBody<AnswerInput>,
) -> Answer<Response> {
    let key = Key::of(&headers, &format!("POST /issues/{number}/answer"), &to_json(&input)?)?;
    let known = key.clone();
    if let Some(key) = known
        && let Some(reply) = app.read(&session.actor, move |cx| key.answered(cx)).await?
    {
        return Ok(json(reply));
    }
    let dry_run = input.dry_run;
    let answered = match dry_run {
        true => app.read(&session.actor, move |cx| answering::preview(cx, &number, &input)).await?,
        false => answering::answer(&app, &session.actor, &number, input).await?,
    };
    let body = app.read(&session.actor, move |cx| to_json(&answered_of(cx, &answered, dry_run)?)).await?;
    // The rows are done by now, each under its own version; a repetition that comes before this is kept finds conflicts.
    let reply = app.write(&session.actor, move |cx| idempotency::once(cx, key.as_ref(), |_| Ok((200, body.clone()))));
    Ok(json(reply.await?))
}

fn answered_of(cx: &mut Cx<'_>, answered: &Answered, dry_run: bool) -> Result<IssueAnswered> {
    let names = units::names(cx)?;
    let results: Vec<BulkResult> = answered.outcomes.iter().map(|outcome| told(cx.app, &names, outcome)).collect();
    let done = results.iter().filter(|row| row.ok).count();
    Ok(IssueAnswered {
        dry_run,
        new: answered.new,
        advice: answered.advice.iter().map(|(_, advice)| advice.clone()).collect(),
        done,
        refused: results.len() - done,
        beyond: answered.beyond,
        results,
    })
}

fn json((status, body): idempotency::Reply) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|error| Fault::new("write an answer as JSON", error))?)
}
