//! This room's lines of the workbench's menu, with their live numbers: only counts that an index answers at once.

use kernel::{Permission, Result};

use crate::context::Cx;
use crate::demands::actions::listing;
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::Status;
use crate::people::MenuItem;

use Permission::{Desk, Dispatch, Exchange, Handle, SeeAll, SeeUnit};

/// The lines of this room; the addresses are those behind the workbench's figures.
pub const MENU: &[MenuItem] = &[
    item("", "今天要办", "/desk", &[Desk], Some(due)),
    item("", "待研判", "/demands?status=received&sort=oldest", &[Dispatch, SeeAll], Some(received)),
    item("", "待交办", "/demands?status=triaged&sort=oldest", &[Dispatch, SeeAll], Some(triaged)),
    item("", "待签收", "/demands?status=assigned&sort=oldest", &[Dispatch, Handle, SeeAll], Some(assigned)),
    item("", "办理中", "/demands?status=in_progress&sort=oldest", &[Handle, SeeAll], Some(in_progress)),
    item("", "待回访", "/demands?status=replied&sort=oldest", &[Dispatch, Handle, SeeAll], Some(replied)),
    item("", "全部诉求", "/demands", &[SeeAll, SeeUnit], None),
    item("清单", "意见建议事项清单", "/lists", &[SeeAll], None),
    item("清单", "导入诉求", "/import", &[Exchange], None),
];

type Counter = fn(&mut Cx<'_>) -> Result<u64>;

const fn item(
    section: &'static str,
    label: &'static str,
    href: &'static str,
    for_any_of: &'static [Permission],
    count: Option<Counter>,
) -> MenuItem {
    MenuItem { section, label, href, for_any_of, count, own: None }
}

/// What is overdue or due today: the number that 今天要办 promises.
fn due(cx: &mut Cx<'_>) -> Result<u64> {
    let late = Filter { overdue: true, sort: Sort::Due, ..Filter::default() };
    let today = Filter { due_today: true, sort: Sort::Due, ..Filter::default() };
    Ok(counted(cx, &late)? + counted(cx, &today)?)
}

fn received(cx: &mut Cx<'_>) -> Result<u64> {
    stage(cx, Status::Received)
}

fn triaged(cx: &mut Cx<'_>) -> Result<u64> {
    stage(cx, Status::Triaged)
}

fn assigned(cx: &mut Cx<'_>) -> Result<u64> {
    stage(cx, Status::Assigned)
}

fn in_progress(cx: &mut Cx<'_>) -> Result<u64> {
    stage(cx, Status::InProgress)
}

fn replied(cx: &mut Cx<'_>) -> Result<u64> {
    stage(cx, Status::Replied)
}

fn stage(cx: &mut Cx<'_>, status: Status) -> Result<u64> {
    counted(cx, &Filter { statuses: vec![status], ..Filter::default() })
}

fn counted(cx: &mut Cx<'_>, filter: &Filter) -> Result<u64> {
    Ok(listing::count(cx, filter)?.n as u64)
}
