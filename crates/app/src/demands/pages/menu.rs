//! The workbench's menu with its live numbers: only counts that an index answers at once.

use kernel::{Permission, Result};

use super::desk::Post;
use crate::context::Cx;
use crate::demands::actions::listing;
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::Status;
use crate::people;
use crate::web::MenuEntry;

/// The entries of this room and its neighbours for the one who looks.
pub fn menu(cx: &mut Cx<'_>) -> Result<Vec<MenuEntry>> {
    let post = Post::of(cx.actor);
    let mut entries = vec![entry("", "今天要办", "/desk", due(cx, post)?)];
    for status in post.stages() {
        let filter = Filter { statuses: vec![*status], ..Filter::default() };
        entries.push(entry("", status.label(), stage_href(*status), Some(counted(cx, &filter)?)));
    }
    if post != Post::Office {
        entries.push(entry("", "全部诉求", "/demands", None));
    }
    let rooms = [
        (Permission::SeeAll, "清单", "意见建议事项清单", "/lists"),
        (Permission::ReadLedger, "清单", "台账", "/ledger"),
        (Permission::Desk, "城市", "单位", "/units"),
        (Permission::Desk, "城市", "工作日历", "/calendar"),
        (Permission::Administer, "城市", "账号", "/accounts"),
    ];
    let mine = rooms.into_iter().filter(|(permission, ..)| people::may(cx.actor, *permission));
    entries.extend(mine.map(|(_, section, label, href)| entry(section, label, href, None)));
    Ok(entries)
}

const fn entry(section: &'static str, label: &'static str, href: &'static str, count: Option<u64>) -> MenuEntry {
    MenuEntry { section, label, href, count }
}

/// What is overdue or due today: the number that 今天要办 promises.
fn due(cx: &mut Cx<'_>, post: Post) -> Result<Option<u64>> {
    if post == Post::Office {
        return Ok(None);
    }
    let late = Filter { overdue: true, sort: Sort::Due, ..Filter::default() };
    let today = Filter { due_today: true, sort: Sort::Due, ..Filter::default() };
    Ok(Some(counted(cx, &late)? + counted(cx, &today)?))
}

fn counted(cx: &mut Cx<'_>, filter: &Filter) -> Result<u64> {
    Ok(listing::count(cx, filter)?.n as u64)
}

/// The address of a stage's list; the same text that the workbench's figures lead to.
const fn stage_href(status: Status) -> &'static str {
    match status {
        Status::Received => "/demands?status=received&sort=oldest",
        Status::Triaged => "/demands?status=triaged&sort=oldest",
        Status::Assigned => "/demands?status=assigned&sort=oldest",
        Status::InProgress => "/demands?status=in_progress&sort=oldest",
        Status::Replied => "/demands?status=replied&sort=oldest",
        _ => "/demands",
    }
}
