//! The law of a batch: where it comes from, what each row would be registered as, and what is wrong with the others.

use std::sync::Arc;

use documents::tables::{Cell, Row};
use kernel::{FieldError, Instant, Refusal, error::Checker};
use serde::Deserialize;
use sm3::{Digest, Sm3};

use super::sheet::{self, Line, MOST_ROWS, Sheet};
use crate::city::{self, City};
use crate::demands::importing::row;
use crate::demands::rules::intake::Intake;
use crate::demands::rules::vocabulary::Audience;

/// Characters of a sheet at most.
const SHEET_MOST: usize = 400_000;

/// What somebody sends: the same for the page and the call.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BatchInput {
    /// An offline channel by code or name; absent: `chamber`.
    pub channel: Option<String>,
    /// Who brought it, and on what occasion.
    #[schema(required)]
    pub source: Option<String>,
    /// Who speaks in rows that do not say so; absent: `entrepreneur`.
    pub audience: Option<Audience>,
    /// The rows: tabs between cells, cells with line breaks in quotation marks, with or without a heading.
    #[schema(required)]
    pub sheet: Option<String>,
    /// Only says what would happen.
    pub dry_run: bool,
}

/// What holds for every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The channel's code.
    pub channel: String,
    /// Who brought it, and on what occasion.
    pub source: String,
}

/// A row with what it would be registered as, or what is wrong with it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The row as it was copied.
    pub line: Line,
    /// What it says.
    pub said: Result<Intake, Vec<FieldError>>,
}

/// A batch that was read.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What holds for every row.
    pub heading: Heading,
    /// The sheet, taken apart.
    pub sheet: Sheet,
    /// Its rows, in the order of their numbers.
    pub rows: Vec<Judged>,
}

impl Batch {
    /// The rows that can be registered.
    pub fn right(&self) -> impl Iterator<Item = (&Line, &Intake)> {
        self.rows.iter().filter_map(|row| Some((&row.line, row.said.as_ref().ok()?)))
    }

    /// The rows that cannot, with everything that is wrong with each.
    pub fn wrong(&self) -> impl Iterator<Item = (&Line, &[FieldError])> {
        self.rows.iter().filter_map(|row| Some((&row.line, row.said.as_ref().err()?.as_slice())))
    }
}

/// Reads a batch. What is wrong with a single row stands with the row; what is wrong with the whole is refused.
pub fn read(input: &BatchInput, city: &City, now: Instant) -> Result<Batch, Refusal> {
    let mut check = Checker::default();
    let channel = channel(input.channel.as_deref(), city, &mut check);
    let source = check.text("source", "商（协）会和活动", input.source.as_deref(), 100);
    let sheet = taken_apart(input.sheet.as_deref(), &mut check);
    check.done()?;
    let heading = Heading { channel, source };
    let audience = input.audience.unwrap_or(Audience::Entrepreneur);
    let mut lines = sheet.lines.clone();
    lines.sort_by_key(|line| line.number);
    let rows = lines.into_iter().map(|line| judged(line, &sheet, &heading, audience, city, now)).collect();
    Ok(Batch { heading, sheet, rows })
}

/// The channels by which a sheet can come: people were met.
pub fn channels(city: &City) -> impl Iterator<Item = &city::Channel> {
    city.channels.all().iter().filter(|channel| channel.line == city::Line::Offline)
}

fn channel(given: Option<&str>, city: &City, check: &mut Checker) -> String {
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    let code = match given {
        Some(text) => city.channels.resolve(text).map(|channel| channel.code.as_str()),
        // A city whose profile has no such channel must say which.
        None => channels(city).map(|channel| channel.code.as_str()).find(|code| *code == "chamber"),
    };
    match code.filter(|code| channels(city).any(|channel| channel.code == *code)) {
        Some(code) => code.to_owned(),
        None => {
            let names: Vec<&str> = channels(city).map(|channel| channel.label.as_str()).collect();
            check.wrong("channel", "unknown", format!("请选择一个线下渠道：{}", names.join("、")));
            String::new()
        }
    }
}

fn taken_apart(text: Option<&str>, check: &mut Checker) -> Sheet {
    let text = text.unwrap_or_default();
    if text.chars().count() > SHEET_MOST {
        check.wrong("sheet", "too_long", format!("表格最多 {SHEET_MOST} 个字，请分几次粘贴，或者用“导入诉求”"));
        return Sheet::default();
    }
    let Some(sheet) = sheet::take_apart(text) else {
        check.wrong("sheet", "required", "请粘贴表格：在 Excel 里选中各行，复制，再粘贴到这里");
        return Sheet::default();
    };
    if sheet.lines.len() > MOST_ROWS {
        check.wrong("sheet", "too_long", format!("一次最多 {MOST_ROWS} 行，请分几次粘贴，或者用“导入诉求”"));
    } else if sheet.lines.is_empty() {
        check.wrong("sheet", "required", "只有表头，没有内容");
    } else if !sheet.columns.iter().any(|column| column.field == "text") {
        check.wrong("sheet", "no_text", "没有找到写内容的那一列，表头里请有“内容”或“诉求”");
    }
    sheet
}

fn judged(line: Line, sheet: &Sheet, heading: &Heading, audience: Audience, city: &City, now: Instant) -> Judged {
    if let Some(why) = &line.broken {
        let error = FieldError { field: String::new(), code: "bad_row", message: why.clone() };
        return Judged { said: Err(vec![error]), line };
    }
    let columns = Arc::new(sheet.columns.iter().map(|column| column.name.clone()).collect());
    let cells = line.cells.iter().map(|cell| Cell::of_text(cell.as_str())).collect();
    let mut mapping = sheet::mapping();
    // A column may mean something else in this sheet than by its name alone.
    mapping.columns.extend(sheet.columns.iter().map(|column| (column.name.clone(), column.field.clone())));
    let defaults = [("channel", heading.channel.as_str()), ("audience", audience.code())];
    mapping.defaults.extend(defaults.map(|(field, value)| (field.to_owned(), value.to_owned())));
    let row = Row::new(line.number, columns, cells);
    let said = match row::prepare(&row, &mapping, &heading.source, city, now) {
        Ok(prepared) => {
            let mut said = prepared.intake;
            said.source_id = Some(fingerprint(&said));
            Ok(said)
        }
        Err(refusal) => Err(refusal.errors),
    };
    Judged { line, said }
}

/// The same words of the same firm and person from the same source are the same row, wherever it stood in the sheet.
fn fingerprint(said: &Intake) -> String {
    let uscc = said.uscc.as_ref().map(|code| code.as_str().to_owned());
    let parts = [
        Some(said.audience.code()),
        Some(said.title.as_str()),
        Some(said.text.as_str()),
        said.enterprise_name.as_deref(),
        uscc.as_deref(),
        said.contact_name.as_deref(),
        said.contact_phone.as_deref(),
        said.area.as_deref(),
    ];
    let mut digest = Sm3::new();
    for part in parts {
        digest.update(part.unwrap_or_default());
        digest.update([0]);
    }
    format!("row-{}", &hex::encode(digest.finalize())[..32])
}
