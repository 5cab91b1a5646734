//! 对账: the remote's list, as a table, against the cases here.

use std::collections::BTreeMap;
use std::io::Read;

use documents::dates;
use documents::tables::{self, ReadError, Row, TableError};
use kernel::{Actor, Fault, Id, Instant, Refusal, Result};
use serde::Serialize;

use super::{remote, sending, stream};
use crate::city::Remote;
use crate::context::{App, Cx};
use crate::exchange::records::{self, Reconciliation};
use crate::exchange::rules::package;
use crate::exchange::rules::reconcile::{Comparison, Difference, Theirs, compare};

/// Differences that are kept to be shown; all are counted.
pub const SHOWN: usize = 2_000;

/// The columns that are read, each with the names that mean it.
const COLUMNS: &[(&str, &[&str])] = &[
    ("case", &["case", "工单编号", "编号", "对方编号", "投诉编号"]),
    ("number", &["number", "本市编号", "承办编号", "诉求编号"]),
    ("status", &["status", "状态", "办理状态", "状态码"]),
    ("closed", &["closed", "是否办结", "办结"]),
    ("reply", &["reply", "答复", "答复内容", "办理结果"]),
    ("reply_sm3", &["reply_sm3", "答复摘要"]),
    ("changed_at", &["changed_at", "updated_at", "更新时间", "变动时间"]),
];

/// What came out of a reconciliation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// The row under which it is kept.
    pub id: Id,
    /// The comparison.
    pub comparison: Comparison,
    /// Rows of the list that could not be read: number, column, reason.
    pub unread: Vec<Unread>,
}

/// A row of the list that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Unread {
    /// The row.
    pub row: u64,
    /// The column.
    pub column: String,
    /// Why.
    pub reason: String,
}

/// Compares the list in `input` (`.csv`, `.xlsx`, `.jsonl`) with the cases of the remote `code`. Blocks.
pub fn reconcile(
    app: &App,
    actor: &Actor,
    code: &str,
    name: &str,
    input: impl Read + Send + 'static,
) -> Result<Reconciled> {
    let remote = remote(app, actor, code)?.clone();
    let (theirs, unread) = read(app, &remote, name, input)?;
    sending::settle_all(app)?;
    let (id, unread_count) = (app.next_id(), i64::try_from(unread.len()).unwrap_or(i64::MAX));
    let told = remote.clone();
    let ours =
        app.read_now(actor, move |cx| records::ours(cx.tx, &told.code, |status| told.told(status).to_owned()))?;
    let comparison = compare(&theirs, &ours, app.now());
    let kept = comparison.clone();
    app.write_now(actor, move |cx| keep(cx, id, &remote, &kept, unread_count))?;
    Ok(Reconciled { id, comparison, unread })
}

fn keep(cx: &mut Cx<'_>, id: Id, remote: &Remote, comparison: &Comparison, unread: i64) -> Result<()> {
    let unexplained = comparison.unexplained();
    let explained = comparison.differences.len() as u64 - unexplained;
    // What nobody can explain comes first, so that it is kept whatever else there is.
    let mut shown: Vec<&Difference> = comparison.differences.iter().collect();
    shown.sort_by_key(|difference| difference.explained.is_some());
    shown.truncate(SHOWN);
    let counts = [comparison.theirs, comparison.ours, comparison.agreed, explained, unexplained];
    let [theirs, ours, agreed, explained, unexplained] = counts.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let row = Reconciliation {
        id,
        remote: remote.code.clone(),
        at: cx.now,
        by_name: cx.actor.name.clone(),
        counts: [theirs, ours, agreed, explained, unexplained, unread],
        differences: serde_json::to_string(&shown).map_err(|error| Fault::new("write differences as JSON", error))?,
    };
    records::insert_reconciliation(cx.tx, &row)?;
    let fields = vec![
        ("rows", theirs.to_string()),
        ("agreed", agreed.to_string()),
        ("explained", explained.to_string()),
        ("unexplained", unexplained.to_string()),
    ];
    cx.record(&stream(&remote.code), "exchange_reconcile", fields)
}

fn read(
    app: &App,
    remote: &Remote,
    name: &str,
    input: impl Read + Send + 'static,
) -> Result<(Vec<Theirs>, Vec<Unread>)> {
    let reader = tables::open(name, input, &tables::Options::default()).map_err(|error| match error {
        TableError::Io(source) => kernel::Error::from(Fault::new("read a list to reconcile", source).passing()),
        wrong => Refusal::field("file", "unreadable", wrong.to_string()).into(),
    })?;
    let (mut theirs, mut unread) = (Vec::new(), Vec::new());
    for row in reader {
        match row {
            Ok(row) => match theirs_of(app, remote, &row) {
                Ok(read) => theirs.push(read),
                Err((column, reason)) => unread.push(Unread { row: row.number, column, reason }),
            },
            Err(ReadError::Row(error)) => unread.push(Unread {
                row: error.number,
                column: error.column.clone().unwrap_or_default(),
                reason: error.problem.to_string(),
            }),
            // Half a list would make the other half look lost.
            Err(ReadError::File(error)) => {
                let message = format!("清单没有读完（{error}），没有对账，请重新发送整个文件");
                return Err(Refusal::field("file", "unreadable", message).into());
            }
        }
    }
    if theirs.is_empty() && unread.is_empty() {
        return Err(Refusal::field("file", "empty", "清单里没有一行数据，没有对账").into());
    }
    Ok((theirs, unread))
}

fn theirs_of(app: &App, remote: &Remote, row: &Row) -> Result<Theirs, (String, String)> {
    let mut cells: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for (column, cell) in row.iter() {
        let meant = COLUMNS.iter().find(|(_, names)| names.contains(&column.trim()));
        if let (Some((field, _)), Some(text)) = (meant, cell.text()) {
            let text = text.trim().to_owned();
            if !text.is_empty() {
                cells.insert(field, (column, text));
            }
        }
    }
    let mut take = |field: &str| cells.remove(field).map(|(_, text)| text);
    let case = take("case").ok_or_else(|| ("工单编号".to_owned(), "缺少工单编号（case）".to_owned()))?;
    let status = match take("status") {
        None => None,
        Some(text) => match remote.status(&text) {
            Some(status) => Some(status.code.clone()),
            None => return Err(("状态".to_owned(), format!("码表里没有“{}”", package::short(&text)))),
        },
    };
    let closed = match take("closed").as_deref() {
        None => None,
        Some("true" | "1" | "是" | "已办结" | "办结") => Some(true),
        Some("false" | "0" | "否" | "未办结" | "未结") => Some(false),
        Some(other) => return Err(("是否办结".to_owned(), format!("“{}”应写成 是 或 否", package::short(other)))),
    };
    let reply = take("reply").map(|text| package::sm3(text.replace("\r\n", "\n").as_bytes()));
    let reply_sm3 = take("reply_sm3").map(|digest| digest.to_ascii_lowercase()).or(reply);
    let changed_at = match take("changed_at") {
        None => None,
        Some(text) => Some(instant(app, &text).ok_or_else(|| ("更新时间".to_owned(), "不是一个时间".to_owned()))?),
    };
    Ok(Theirs { row: row.number, case, number: take("number"), status, closed, reply_sm3, changed_at })
}

fn instant(app: &App, text: &str) -> Option<Instant> {
    Instant::parse(text).or_else(|| dates::read(text).ok()?.instant(&app.city().zone))
}
