//! The calls of the standard.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Actor, Error, Instant, PageRequest, Refusal, Result};

use super::answer::{Shape, answered, refused};
use super::rules::{self, MOST, OTHER, Wanted};
use super::tree::Tree;
use crate::context::{App, Cx};
use crate::demands::actions::listing::{self, Summary};
use crate::demands::actions::viewing::waiting_for;
use crate::demands::actions::{intake, moving};
use crate::demands::lookup::neighbourhood;
use crate::demands::rules::filter::Filter;
use crate::demands::rules::vocabulary::{Audience, Status};
use crate::units::{self, UnitNames};
use crate::web::{Failure, FormBody, PathParams, Visitor, decode_pairs};

/// `GET services.json`
pub async fn services_json(State(app): State<App>) -> Response {
    services(&app, Shape::Json)
}

/// `GET services.xml`
pub async fn services_xml(State(app): State<App>) -> Response {
    services(&app, Shape::Xml)
}

fn services(app: &App, shape: Shape) -> Response {
    let themes = app.city().themes.all();
    let mut all: Vec<Tree> = themes
        .iter()
        .map(|theme| {
            let group = theme.groups.first().map(|group| group.label());
            let above = theme.parent.as_deref().map(|parent| app.city().themes.label(parent));
            service_of(
                &theme.code,
                &theme.label,
                &above.or(group.map(str::to_owned)).unwrap_or_default(),
                &theme.keywords,
            )
        })
        .collect();
    all.push(service_of(OTHER, "其他", "其他", &[]));
    answered(shape, "services", Ok((StatusCode::OK, Tree::List("service", all))))
}

fn service_of(code: &str, name: &str, group: &str, keywords: &[String]) -> Tree {
    Tree::Fields(vec![
        ("service_code", Tree::text(code)),
        ("service_name", Tree::text(name)),
        ("description", Tree::text(format!("{name}方面的意见、建议和事项"))),
        ("metadata", Tree::Flag(true)),
        ("type", Tree::text("realtime")),
        ("keywords", Tree::text(keywords.join(","))),
        ("group", Tree::text(group)),
    ])
}

fn unknown(what: &str) -> Error {
    Refusal::not_found(format!("没有这个{what}")).into()
}

/// `GET services/{code}.json`
pub async fn service(State(app): State<App>, PathParams(file): PathParams<String>) -> Response {
    let Some((code, shape)) = Shape::of(&file) else {
        return refused(Shape::Json, &Refusal::not_found("地址应以 .json 或 .xml 结尾"));
    };
    let known = code == OTHER || app.city().themes.get(code).is_some();
    let outcome = if known { Ok((StatusCode::OK, definition(code))) } else { Err(unknown("服务")) };
    answered(shape, "service_definition", outcome)
}

/// What is asked beside the standard's own fields: who speaks.
fn definition(code: &str) -> Tree {
    let values = Audience::ALL.iter().map(|audience| {
        Tree::Fields(vec![("key", Tree::text(audience.code())), ("name", Tree::text(audience.label()))])
    });
    let audience = Tree::Fields(vec![
        ("variable", Tree::Flag(true)),
        ("code", Tree::text("audience")),
        ("datatype", Tree::text("singlevaluelist")),
        ("required", Tree::Flag(false)),
        ("datatype_description", Tree::text("不选则为群众")),
        ("order", Tree::Number(1)),
        ("description", Tree::text("谁来反映")),
        ("values", Tree::List("value", values.collect())),
    ]);
    Tree::Fields(vec![("service_code", Tree::text(code)), ("attributes", Tree::List("attribute", vec![audience]))])
}

/// `GET requests.json`
pub async fn requests_json(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    requests(&app, query.as_deref(), Shape::Json).await
}

/// `GET requests.xml`
pub async fn requests_xml(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    requests(&app, query.as_deref(), Shape::Xml).await
}

async fn requests(app: &App, query: Option<&str>, shape: Shape) -> Response {
    answered(shape, "service_requests", listed(app, query).await)
}

async fn listed(app: &App, query: Option<&str>) -> Result<(StatusCode, Tree)> {
    let wanted = rules::wanted(&decode_pairs(query.unwrap_or_default())?, app.city(), app.now())?;
    // Everybody may see what is shown here of every demand, so nobody's own sight narrows it.
    let rows = app.read(&Actor::system(), move |cx| found(cx, &wanted)).await?;
    Ok((StatusCode::OK, Tree::List("request", rows)))
}

fn found(cx: &mut Cx<'_>, wanted: &Wanted) -> Result<Vec<Tree>> {
    let names = units::names(cx)?;
    if !wanted.numbers.is_empty() {
        let mut rows = Vec::new();
        for number in &wanted.numbers {
            rows.extend(one(cx, &number.to_ascii_uppercase(), &names)?);
        }
        return Ok(rows);
    }
    let most = (wanted.skip + wanted.most).min(MOST);
    let mut all: Vec<Summary> = Vec::new();
    for theme in asked(&wanted.services) {
        let unsorted = theme.as_deref() == Some(OTHER);
        let filter = Filter {
            theme: theme.filter(|_| !unsorted),
            statuses: wanted.statuses.clone(),
            from: Some(wanted.from),
            to: wanted.to,
            ..Filter::default()
        };
        let page = PageRequest { limit: if unsorted { MOST } else { most }, cursor: None };
        let rows = listing::list(cx, &filter, &page)?.items;
        all.extend(rows.into_iter().filter(|row| !unsorted || row.theme.is_none()));
    }
    all.sort_by_key(|row| std::cmp::Reverse((row.received_at, row.id)));
    let shown = all.into_iter().skip(wanted.skip).take(wanted.most.min(most.saturating_sub(wanted.skip)));
    Ok(shown.map(|row| Shown::of(row).tree(cx, &names)).collect())
}

/// Each service for itself; none is all of them at once.
fn asked(services: &[String]) -> Vec<Option<String>> {
    if services.is_empty() { vec![None] } else { services.iter().cloned().map(Some).collect() }
}

/// `GET requests/{number}.json`
pub async fn request(State(app): State<App>, PathParams(file): PathParams<String>) -> Response {
    let Some((number, shape)) = Shape::of(&file) else {
        return refused(Shape::Json, &Refusal::not_found("地址应以 .json 或 .xml 结尾"));
    };
    let number = number.to_ascii_uppercase();
    let outcome = app
        .read(&Actor::system(), move |cx| {
            let names = units::names(cx)?;
            one(cx, &number, &names)?.ok_or_else(|| unknown("诉求"))
        })
        .await;
    let outcome = outcome.map(|row| (StatusCode::OK, Tree::List("request", vec![row])));
    answered(shape, "service_requests", outcome)
}

fn one(cx: &mut Cx<'_>, number: &str, names: &UnitNames) -> Result<Option<Tree>> {
    let demand = match moving::load(cx, number) {
        Ok(case) => case.demand,
        Err(Error::Refused(_)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    if demand.status == Status::Withdrawn {
        return Ok(None);
    }
    let shown = Shown {
        number: demand.number,
        status: demand.status,
        outcome: demand.outcome.map(|outcome| outcome.label()),
        theme: demand.sorting.theme,
        unit: demand.lead_unit,
        received_at: demand.received_at,
        changed_at: demand.held_since,
    };
    Ok(Some(shown.tree(cx, names)))
}

/// The public part of a demand.
struct Shown {
    number: String,
    status: Status,
    outcome: Option<&'static str>,
    theme: Option<String>,
    unit: Option<String>,
    received_at: Instant,
    changed_at: Instant,
}

impl Shown {
    fn of(row: Summary) -> Self {
        Self {
            number: row.number,
            status: row.status,
            outcome: None,
            theme: row.theme,
            unit: row.lead_unit,
            received_at: row.received_at,
            changed_at: row.held_since,
        }
    }

    fn tree(self, cx: &Cx<'_>, names: &UnitNames) -> Tree {
        let city = cx.app.city();
        let day = |at: Instant| {
            let start = at.in_zone(&city.zone).date().to_zoned_datetime(city.zone.clone());
            Tree::text(start.map_or(at, |start| Instant::from(&start)).rfc3339(&city.zone))
        };
        let code = self.theme.as_deref().unwrap_or(OTHER);
        let name = self.theme.as_deref().map_or_else(|| "其他".to_owned(), |theme| city.themes.label(theme));
        let outcome = self.outcome.map(|outcome| format!("，结果：{outcome}")).unwrap_or_default();
        let agency = match &self.unit {
            Some(unit) => names.short_name(unit).to_owned(),
            None => city.dispatcher_name().to_owned(),
        };
        Tree::Fields(vec![
            ("service_request_id", Tree::Text(self.number)),
            ("status", Tree::text(if self.status.is_end() { "closed" } else { "open" })),
            ("status_notes", Tree::Text(format!("{}{outcome}", waiting_for(self.status)))),
            ("service_name", Tree::Text(name)),
            ("service_code", Tree::text(code)),
            ("description", Tree::Null),
            ("agency_responsible", Tree::Text(agency)),
            ("service_notice", Tree::Null),
            ("requested_datetime", day(self.received_at)),
            ("updated_datetime", day(self.changed_at)),
            ("expected_datetime", Tree::Null),
            ("address", Tree::Null),
            ("address_id", Tree::Null),
            ("zipcode", Tree::Null),
            ("lat", Tree::Null),
            ("long", Tree::Null),
            ("media_url", Tree::Null),
        ])
    }
}

/// `POST requests.json`
pub async fn create_json(State(app): State<App>, visitor: Visitor, form: Result<FormBody, Failure>) -> Response {
    create(&app, &visitor, form, Shape::Json).await
}

/// `POST requests.xml`
pub async fn create_xml(State(app): State<App>, visitor: Visitor, form: Result<FormBody, Failure>) -> Response {
    create(&app, &visitor, form, Shape::Xml).await
}

async fn create(app: &App, visitor: &Visitor, form: Result<FormBody, Failure>, shape: Shape) -> Response {
    let form = match form {
        Ok(form) => form,
        Err(Failure(Error::Refused(refusal))) => return refused(shape, &refusal),
        Err(failure) => return failure.into_response(),
    };
    answered(shape, "service_requests", created(app, visitor, &form).await)
}

/// Whoever speaks this way is one of the public, whatever account the program has.
async fn created(app: &App, visitor: &Visitor, form: &FormBody) -> Result<(StatusCode, Tree)> {
    let public = Actor::public();
    let said = rules::said(&|name| form.get(name).map(str::to_owned), app.city())?;
    let said = intake::check(app, &public, &said)?;
    app.writes().spend(&neighbourhood(visitor.address), app.now())?;
    let receipt = intake::submit(app, &public, said, Vec::new()).await?;
    let notice = format!("查询码 {}：请保存好，凭编号和查询码查进度、作评价。", receipt.code);
    let row = Tree::Fields(vec![
        ("service_request_id", Tree::Text(receipt.number)),
        ("service_notice", Tree::Text(notice)),
        ("account_id", Tree::Null),
    ]);
    Ok((StatusCode::CREATED, Tree::List("request", vec![row])))
}
