//! The common issue (共性问题) that a demand belongs to: at most one. The room of the issues, which stands later, decides on it
//! through [`put`] and [`take`]; the page of a demand and its lists show it.

use kernel::{Fault, Id, Refusal, Result};
use store::{Migration, args, sql};

use super::{records, stream};
use crate::context::Cx;

/// This module's table.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "belonging-1", sql: SCHEMA }];

const SCHEMA: &str = "
-- 共性问题: the one common issue that a demand belongs to, by its number.
CREATE TABLE demand_issue (
    demand_id BIGINT PRIMARY KEY,
    issue TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX demand_issue_by_issue ON demand_issue (issue, demand_id);
";

/// The number of the issue that a demand belongs to.
pub fn of(cx: &mut Cx<'_>, demand: Id) -> Result<Option<String>> {
    cx.tx.opt(sql!("SELECT issue FROM demand_issue WHERE demand_id = $1"), args![demand])
}

/// Lets a demand belong to an issue; refused where it belongs to another.
pub fn put(cx: &mut Cx<'_>, demand: Id, issue: &str) -> Result<()> {
    let put = cx.tx.run(
        sql!("INSERT INTO demand_issue (demand_id, issue, at) VALUES ($1, $2, $3) ON CONFLICT (demand_id) DO NOTHING"),
        args![demand, issue, cx.now],
    )?;
    if put == 0 {
        let other = of(cx, demand)?.unwrap_or_default();
        let message = format!("就在刚才，其中一件诉求归入了共性问题 {other}，请核对后再提交");
        return Err(Refusal::new(kernel::RefusalKind::Conflict { current: None }, message).into());
    }
    record(cx, demand, "belong", issue)
}

/// Lets a demand belong to no issue.
pub fn take(cx: &mut Cx<'_>, demand: Id) -> Result<()> {
    let Some(issue) = of(cx, demand)? else { return Ok(()) };
    cx.tx.run(sql!("DELETE FROM demand_issue WHERE demand_id = $1"), args![demand])?;
    record(cx, demand, "leave", &issue)
}

fn record(cx: &mut Cx<'_>, demand: Id, act: &'static str, issue: &str) -> Result<()> {
    let demand = records::by_id(cx.tx, demand)?.ok_or_else(|| Fault::broken("an issue holds no demand"))?;
    cx.record(&stream(&demand.number), act, vec![("issue", issue.to_owned())])
}
