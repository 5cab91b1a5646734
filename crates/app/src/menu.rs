//! The workbench's whole menu: every room's lines, in the order in which they are shown. A line is seen by whoever holds
//! one of its permissions.

use std::sync::LazyLock;

use kernel::Permission::{self, Administer, Desk, Dispatch, Exchange, Handle, ReadLedger, Register, SeeAll, SeeUnit};

use crate::demands::pages::MENU;
use crate::people::MenuItem;
use crate::{inbox, issues, views};

const HOUSE: &[MenuItem] = &[
    item("清单", "批量登记", "/desk/batches", &[Register]),
    item("清单", "收集方式", "/channels", &[SeeAll]),
    item("清单", "对接", "/exchange", &[Exchange]),
    MenuItem { count: Some(issues::waiting), ..item("清单", "共性问题", "/issues", &[SeeAll, SeeUnit]) },
    MenuItem { count: Some(inbox::waiting), ..item("我的", "提醒", "/inbox", &[Desk]) },
    item("我的", "请假与代办", "/absences", &[Desk]),
    MenuItem { own: Some(views::lines), ..item("常用视图", "管理常用视图", "/views", &[Desk]) },
    item("常用", "常用语", "/phrases", &[Desk]),
    item("常用", "快捷处理", "/macros", &[Dispatch, Handle]),
    item("底册", "单位", "/units", &[Desk]),
    item("底册", "企业", "/enterprises", &[Desk]),
    item("底册", "工作日历", "/calendar", &[Desk]),
    item("底册", "流程版本", "/processes", &[Desk]),
    item("底册", "学习与建议", "/learning", &[Desk]),
    item("底册", "台账", "/ledger", &[ReadLedger]),
    item("管理", "账号", "/accounts", &[Administer]),
];

const fn item(
    section: &'static str,
    label: &'static str,
    href: &'static str,
    for_any_of: &'static [Permission],
) -> MenuItem {
    MenuItem { section, label, href, for_any_of, count: None, own: None }
}

/// The menu.
pub fn menu() -> &'static [MenuItem] {
    static ALL: LazyLock<Vec<MenuItem>> = LazyLock::new(|| [MENU, HOUSE].concat());
    &ALL
}
