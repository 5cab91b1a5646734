//! Handing a list out as a table: what the filter asks for and the actor sees, with words and replies, without contact
//! data. The columns bear names that the import reads, so that a table can come back.

use std::io::Write;

use axum::extract::{OriginalUri, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use documents::tables::Cell;
use documents::write::{Column, Format, Table, TableWriter};
use kernel::{Actor, Fault, Instant, PageRequest, Permission, Refusal, RefusalKind, Result};

use super::actions::listing::{self, Summary};
use super::records;
use super::rules::filter::Filter;
use crate::context::{App, Cx};
use crate::people;
use crate::units::{self, UnitNames};
use crate::web::{Access, Answer, PathParams, Routes, Session, decode_pairs};

/// Rows that a page hands out; the command line hands out all.
const MOST_ON_PAGE: u64 = 20_000;

/// The addresses of exports.
pub fn routes() -> Routes<App> {
    Routes::new().get("/demands/export/{format}", Access::Needs(Permission::Exchange), download)
}

const COLUMNS: [(&str, &str, f64); 20] = [
    ("number", "编号", 20.0),
    ("title", "标题", 40.0),
    ("text", "内容", 60.0),
    ("status", "状态", 10.0),
    ("kind", "类别", 8.0),
    ("theme", "领域", 16.0),
    ("audience", "身份", 10.0),
    ("channel", "渠道", 14.0),
    ("enterprise", "企业", 30.0),
    ("area", "街道", 12.0),
    ("tier", "层级", 8.0),
    ("route", "路径", 10.0),
    ("lead_unit", "牵头单位", 16.0),
    ("received_at", "收到时间", 18.0),
    ("due_at", "下一时限", 18.0),
    ("reply", "答复", 60.0),
    ("reply_unit", "答复单位", 16.0),
    ("reply_time", "答复时间", 18.0),
    ("outcome", "结果", 12.0),
    ("closed_at", "办结时间", 18.0),
];

/// Writes every demand that `filter` asks for and `actor` sees, at most `most`; says how many. Blocks.
pub fn write<W: Write + Send>(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    format: Format,
    most: u64,
    out: W,
) -> Result<(u64, W)> {
    people::require(actor, Permission::Exchange)?;
    let created = app.now().in_zone(&app.city().zone).datetime();
    let columns = COLUMNS.iter().map(|(key, heading, width)| Column::new(*key, *heading).wide(*width)).collect();
    let mut writer = TableWriter::new(format, Table { name: "诉求".into(), created, columns }, out)?;
    let names = app.read_now(actor, units::names)?;
    let mut page = PageRequest::first(PageRequest::MOST);
    loop {
        let (filter, names, asked) = (filter.clone(), names.clone(), page.clone());
        let (rows, next) = app.read_now(actor, move |cx| rows(cx, &filter, &names, &asked))?;
        for row in &rows {
            if writer.rows() >= most {
                let message = format!("超过 {most} 件，请缩小筛选范围，或在服务器上用 santing export 导出");
                return Err(Refusal::new(RefusalKind::TooLarge, message).into());
            }
            writer.row(row)?;
        }
        if next.is_none() {
            break;
        }
        page.cursor = next;
    }
    Ok((writer.rows(), writer.finish()?))
}

type Rows = (Vec<Vec<Cell>>, Option<String>);

fn rows(cx: &mut Cx<'_>, filter: &Filter, names: &UnitNames, page: &PageRequest) -> Result<Rows> {
    let found = listing::list(cx, filter, page)?;
    let rows = found.items.iter().map(|summary| row(cx, names, summary)).collect::<Result<_>>()?;
    Ok((rows, found.next))
}

fn row(cx: &mut Cx<'_>, names: &UnitNames, summary: &Summary) -> Result<Vec<Cell>> {
    let whole = records::by_id(cx.tx, summary.id)?.ok_or_else(|| Fault::broken("a listed demand is not there"))?;
    let reply = records::replies(cx.tx, summary.id)?.pop();
    let city = cx.app.city();
    let time = |at: Option<Instant>| text(at.map(|at| at.rfc3339(&city.zone)));
    let unit = |code: Option<&str>| text(code.map(|code| names.short_name(code).to_owned()));
    let said = reply
        .as_ref()
        .map(|reply| [&*reply.what.policy_reading, &*reply.what.measures, &*reply.what.opinion].join("\n"));
    Ok(vec![
        text(Some(summary.number.clone())),
        text(Some(summary.title.clone())),
        text(Some(whole.said.text)),
        text(Some(summary.status.label().to_owned())),
        text(summary.kind.map(|kind| kind.label().to_owned())),
        text(summary.theme.as_deref().map(|code| city.theme(code).map_or(code, |theme| &theme.label).to_owned())),
        text(Some(summary.audience.label().to_owned())),
        text(Some(city.channel(&summary.channel).map_or(&*summary.channel, |channel| &channel.label).to_owned())),
        text(summary.enterprise_name.clone()),
        text(whole.said.area),
        text(summary.tier.map(|tier| tier.label().to_owned())),
        text(summary.route.map(|route| route.label().to_owned())),
        unit(summary.lead_unit.as_deref()),
        time(Some(summary.received_at)),
        time(summary.due_at),
        text(said),
        unit(reply.as_ref().and_then(|reply| reply.unit.as_deref())),
        time(reply.as_ref().map(|reply| reply.at)),
        text(whole.outcome.map(|outcome| outcome.label().to_owned())),
        time(whole.closed_at),
    ])
}

fn text(value: Option<String>) -> Cell {
    value.map_or(Cell::Empty, Cell::of_text)
}

/// `GET /demands/export/{format}?…` with the filter of the list.
async fn download(
    State(app): State<App>,
    session: Session,
    PathParams(format): PathParams<String>,
    OriginalUri(uri): OriginalUri,
) -> Answer<Response> {
    let format = Format::named(&format).ok_or_else(|| Refusal::not_found("可以导出 xlsx、csv、jsonl"))?;
    let (filter, _) = Filter::read(&decode_pairs(uri.query().unwrap_or_default())?)?;
    let day = app.now().in_zone(&app.city().zone).date();
    let written = tokio::task::spawn_blocking(move || {
        write(&app, &session.actor, &filter, format, MOST_ON_PAGE, std::io::Cursor::new(Vec::new()))
    });
    let (_, out) = written.await.map_err(|error| Fault::new("export on another thread", error))??;
    let name = format!("attachment; filename=\"demands-{day}.{}\"", format.extension());
    let headers = [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, out.into_inner()).into_response())
}
