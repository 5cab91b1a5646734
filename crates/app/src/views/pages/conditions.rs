//! The conditions of a list in words.

use kernel::Result;

use crate::context::{App, Cx};
use crate::demands::rules::filter::{Filter, Sort};
use crate::demands::rules::vocabulary::Status;
use crate::units::{self, UnitNames};

/// Knows the names of what conditions name by code.
pub struct Conditions {
    app: App,
    units: UnitNames,
}

impl Conditions {
    /// The names of this city.
    pub fn new(cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { app: cx.app.clone(), units: units::names(cx)? })
    }

    /// A unit by its short name.
    pub fn unit(&self, code: &str) -> String {
        self.units.short_name(code).to_owned()
    }

    /// Every condition in words.
    pub fn said(&self, filter: &Filter) -> String {
        let city = self.app.city();
        let parts = [
            statuses(&filter.statuses),
            filter.overdue.then(|| "已逾期".to_owned()),
            filter.due_today.then(|| "今天到期".to_owned()),
            filter.waiting.map(|waiting| waiting.label().to_owned()),
            filter.unit.as_deref().map(|code| self.unit(code)),
            filter.theme.as_deref().map(|code| city.themes.label(code)),
            filter.kind.map(|word| word.label().to_owned()),
            filter.tier.map(|word| word.label().to_owned()),
            filter.route.map(|word| word.label().to_owned()),
            filter.audience.map(|word| word.label().to_owned()),
            filter.channel.as_deref().map(|code| city.channels.label(code)),
            filter.mode.map(|mode| mode.label()),
            filter.enterprise.map(|_| "指定的一家企业".to_owned()),
            filter.issue.as_ref().map(|issue| format!("属于共性问题 {issue}")),
            filter.q.as_ref().map(|q| format!("含“{q}”")),
            filter.exact.then(|| "只找原词".to_owned()),
            filter.from.map(|day| format!("{day} 起收到")),
            filter.to.map(|day| format!("{day} 止收到")),
            order(filter.sort),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "全部诉求".to_owned() } else { parts.join(" · ") }
    }
}

fn statuses(statuses: &[Status]) -> Option<String> {
    match statuses {
        [] => None,
        all if all == Status::OPEN => Some("未办结".to_owned()),
        some => Some(some.iter().map(|status| status.label()).collect::<Vec<_>>().join("、")),
    }
}

fn order(sort: Sort) -> Option<String> {
    match sort {
        Sort::Usual => None,
        Sort::Received => Some("新收到的在前".to_owned()),
        Sort::Oldest => Some("早收到的在前".to_owned()),
        Sort::Due => Some("先到期的在前".to_owned()),
    }
}
