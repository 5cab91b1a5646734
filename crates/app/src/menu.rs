//! The workbench's whole menu: every room's lines, in the order in which they are shown. A line is seen by whoever holds
//! one of its permissions.

use std::sync::LazyLock;

use kernel::Permission::{Administer, Desk, ReadLedger};

use crate::demands::pages::MENU;
use crate::people::MenuItem;
use crate::views;

const HOUSE: &[MenuItem] = &[
    MenuItem {
        section: "常用视图",
        label: "管理常用视图",
        href: "/views",
        for_any_of: &[Desk],
        count: None,
        own: Some(views::lines),
    },
    MenuItem { section: "底册", label: "单位", href: "/units", for_any_of: &[Desk], count: None, own: None },
    MenuItem { section: "底册", label: "企业", href: "/enterprises", for_any_of: &[Desk], count: None, own: None },
    MenuItem { section: "底册", label: "工作日历", href: "/calendar", for_any_of: &[Desk], count: None, own: None },
    MenuItem { section: "底册", label: "台账", href: "/ledger", for_any_of: &[ReadLedger], count: None, own: None },
    MenuItem { section: "管理", label: "账号", href: "/accounts", for_any_of: &[Administer], count: None, own: None },
];

/// The menu.
pub fn menu() -> &'static [MenuItem] {
    static ALL: LazyLock<Vec<MenuItem>> = LazyLock::new(|| [MENU, HOUSE].concat());
    &ALL
}
