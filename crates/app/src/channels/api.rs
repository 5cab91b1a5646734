//! `/api/v1/channels/coverage`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions;
use super::rules::{Cell, ChannelLine, Coverage, Span, THIN_PERCENT, UnitLine};
use crate::city::Mode;
use crate::context::App;
use crate::demands::rules::vocabulary::Audience;
use crate::web::{Answer, QueryParams, Session};

/// Where the city hears.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageView {
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// Everything that was said: each voice counts, also one that joined another demand.
    voices: i64,
    /// How many of the voices joined another demand.
    joined: i64,
    /// The median of the eight ways.
    median: f64,
    /// A way or a street with less than this share of the median is thin.
    thin_percent: i64,
    /// The eight ways, in the plan's order.
    cells: Vec<CellView>,
    /// The units that answer for what was said.
    units: Vec<CoverageUnit>,
}

/// One of the eight ways of collecting.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellView {
    /// As the list of demands takes it: `offline,special,regular`.
    mode: String,
    /// 线下·专项·定期
    mode_label: String,
    /// How many voices.
    voices: i64,
    /// How many of each audience.
    audiences: Vec<AudienceCount>,
    /// `heard`, `thin` or `silent`.
    hearing: &'static str,
    /// In Chinese.
    hearing_label: &'static str,
    /// Its channels.
    channels: Vec<ChannelCount>,
}

/// How many of an audience.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudienceCount {
    /// Who.
    audience: Audience,
    /// In Chinese.
    audience_label: &'static str,
    /// How many.
    voices: i64,
}

/// How many by a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelCount {
    /// The code.
    channel: String,
    /// The name.
    channel_label: String,
    /// How many voices.
    voices: i64,
    /// How many of each audience.
    audiences: Vec<AudienceCount>,
    /// What the plan asks of it, where it does.
    plan_asks: Option<String>,
}

/// How many a unit answers for.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageUnit {
    /// The code.
    unit: String,
    /// The name.
    unit_label: String,
    /// How many in all.
    voices: i64,
    /// How many by each of the eight ways.
    by_mode: Vec<ModeCount>,
    /// A street or park next to the others; null for offices.
    hearing: Option<&'static str>,
}

/// How many by one of the eight ways.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeCount {
    /// `offline,special,regular`
    mode: String,
    /// How many.
    voices: i64,
}

/// The period.
#[derive(Debug, Default, Deserialize)]
pub struct CoverageQuery {
    from: Option<String>,
    to: Option<String>,
}

/// 收集方式：线上线下、日常专项、定期随机各收到多少，哪里偏少。
#[utoipa::path(get, path = "/api/v1/channels/coverage", tag = "channels",
    params(("from" = Option<String>, Query, description = "收到日期从；缺省为截止日之前 90 天"), ("to" = Option<String>, Query, description = "缺省为今天")),
    responses((status = 200, body = CoverageView)))]
pub async fn coverage(
    State(app): State<App>,
    session: Session,
    QueryParams(query): QueryParams<CoverageQuery>,
) -> Answer<Json<CoverageView>> {
    let coverage = app
        .read(&session.actor, move |cx| {
            let span = Span::read(query.from.as_deref(), query.to.as_deref(), cx.today())?;
            actions::coverage(cx, span)
        })
        .await?;
    Ok(Json(coverage.into()))
}

impl From<Coverage> for CoverageView {
    fn from(coverage: Coverage) -> Self {
        Self {
            from: coverage.span.from.to_string(),
            to: coverage.span.to.to_string(),
            voices: coverage.voices,
            joined: coverage.joined,
            median: coverage.median,
            thin_percent: THIN_PERCENT,
            cells: coverage.cells.into_iter().map(Into::into).collect(),
            units: coverage.units.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Cell> for CellView {
    fn from(cell: Cell) -> Self {
        Self {
            mode: cell.mode.code(),
            mode_label: cell.mode.label(),
            voices: cell.voices,
            audiences: audiences(cell.audiences),
            hearing: cell.hearing.code(),
            hearing_label: cell.hearing.label(),
            channels: cell.channels.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ChannelLine> for ChannelCount {
    fn from(line: ChannelLine) -> Self {
        Self {
            channel: line.code,
            channel_label: line.label,
            voices: line.voices,
            audiences: audiences(line.audiences),
            plan_asks: line.asks.map(|(task, asks)| format!("{task}：{asks}")),
        }
    }
}

impl From<UnitLine> for CoverageUnit {
    fn from(line: UnitLine) -> Self {
        let by_mode = Mode::all().zip(line.cells).map(|(mode, voices)| ModeCount { mode: mode.code(), voices });
        Self {
            unit: line.unit,
            unit_label: line.name,
            voices: line.voices,
            by_mode: by_mode.collect(),
            hearing: line.hearing.map(|hearing| hearing.code()),
        }
    }
}

fn audiences(counts: [i64; 3]) -> Vec<AudienceCount> {
    Audience::ALL
        .iter()
        .zip(counts)
        .map(|(audience, voices)| AudienceCount { audience: *audience, audience_label: audience.label(), voices })
        .collect()
}
