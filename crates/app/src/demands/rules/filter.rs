//! What a list is asked for: read from an address, written back into one, so that a view is a URL.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{PageRequest, Refusal};

use super::vocabulary::{Audience, DemandKind, Route, Status, Tier, Waiting, Word};
use crate::city::Mode;

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits best first where words are sought, otherwise as [`Sort::Received`].
    #[default]
    Usual,
    /// Latest received first.
    Received,
    /// Earliest received first.
    Oldest,
    /// Due first; only demands on which something is due.
    Due,
}

/// The conditions of a list; all of them must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these statuses; empty is all.
    pub statuses: Vec<Status>,
    /// The lead unit's code.
    pub unit: Option<String>,
    /// The theme's code.
    pub theme: Option<String>,
    /// The tier.
    pub tier: Option<Tier>,
    /// The route.
    pub route: Option<Route>,
    /// The list.
    pub kind: Option<DemandKind>,
    /// The entrance.
    pub audience: Option<Audience>,
    /// The channel's code.
    pub channel: Option<String>,
    /// How it was collected: any channel of this way.
    pub mode: Option<Mode>,
    /// The firm's row.
    pub enterprise: Option<i64>,
    /// The number of the common issue that they belong to.
    pub issue: Option<String>,
    /// Only those with a clock past its due.
    pub overdue: bool,
    /// Only those whose next clock falls due on the local day of the asking.
    pub due_today: bool,
    /// Only those that wait for this.
    pub waiting: Option<Waiting>,
    /// Words.
    pub q: Option<String>,
    /// Only these words, not others of the same meaning nor the pieces of them.
    pub exact: bool,
    /// Received on this local day or later.
    pub from: Option<Date>,
    /// Received on this local day or earlier.
    pub to: Option<Date>,
    /// The order.
    pub sort: Sort,
}

impl Filter {
    /// Reads name–value pairs; refuses with every wrong one at once. Blank values count as absent, as forms send them.
    pub fn read(pairs: &[(String, String)]) -> Result<(Self, PageRequest), Refusal> {
        let mut check = Checker::default();
        let mut filter = Self::default();
        let mut page = PageRequest::first(50);
        for (name, value) in pairs.iter().map(|(n, v)| (n.as_str(), v.trim())).filter(|(_, v)| !v.is_empty()) {
            match name {
                "status" => filter.statuses.extend(statuses(value, &mut check)),
                "unit" => filter.unit = code(name, value, &mut check),
                "theme" => filter.theme = code(name, value, &mut check),
                "channel" => filter.channel = code(name, value, &mut check),
                "mode" => filter.mode = mode(value, &mut check),
                "tier" => filter.tier = word(name, value, &mut check),
                "route" => filter.route = word(name, value, &mut check),
                "kind" => filter.kind = word(name, value, &mut check),
                "audience" => filter.audience = word(name, value, &mut check),
                "enterprise" => filter.enterprise = number(name, value, &mut check),
                "issue" => filter.issue = code(name, value, &mut check),
                "overdue" => filter.overdue = flag(name, value, &mut check),
                "due_today" => filter.due_today = flag(name, value, &mut check),
                "waiting" => filter.waiting = word(name, value, &mut check),
                "q" => filter.q = check.optional_text("q", "搜索词", Some(value), 100),
                "exact" => filter.exact = flag(name, value, &mut check),
                "from" => filter.from = date(name, value, &mut check),
                "to" => filter.to = date(name, value, &mut check),
                "sort" => filter.sort = sort(value, &mut check),
                "limit" => match value.parse::<usize>() {
                    Ok(limit) if (1..=PageRequest::MOST).contains(&limit) => page.limit = limit,
                    _ => check.wrong("limit", "out_of_range", format!("limit 应为 1 至 {}", PageRequest::MOST)),
                },
                "cursor" => page.cursor = Some(value.to_owned()),
                _ => {
                    check.wrong(name, "unknown", format!("没有筛选条件 {}", name.chars().take(40).collect::<String>()))
                }
            }
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            check.wrong("to", "before_from", "截止日期早于开始日期");
        }
        check.done()?;
        Ok((filter, page))
    }

    /// The pairs that [`Filter::read`] would read as this filter.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> =
            self.statuses.iter().map(|status| ("status", status.code().to_owned())).collect();
        let optional = [
            ("unit", self.unit.clone()),
            ("theme", self.theme.clone()),
            ("tier", self.tier.map(|w| w.code().to_owned())),
            ("route", self.route.map(|w| w.code().to_owned())),
            ("kind", self.kind.map(|w| w.code().to_owned())),
            ("audience", self.audience.map(|w| w.code().to_owned())),
            ("channel", self.channel.clone()),
            ("mode", self.mode.map(Mode::code)),
            ("enterprise", self.enterprise.map(|e| e.to_string())),
            ("issue", self.issue.clone()),
            ("overdue", self.overdue.then(|| "true".to_owned())),
            ("due_today", self.due_today.then(|| "true".to_owned())),
            ("waiting", self.waiting.map(|w| w.code().to_owned())),
            ("q", self.q.clone()),
            ("exact", self.exact.then(|| "true".to_owned())),
            ("from", self.from.map(|d| d.to_string())),
            ("to", self.to.map(|d| d.to_string())),
            ("sort", (self.sort != Sort::default()).then(|| self.sort.code().to_owned())),
        ];
        pairs.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        pairs
    }
}

impl Sort {
    /// The identifier in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usual => "relevance",
            Self::Received => "received",
            Self::Oldest => "oldest",
            Self::Due => "due",
        }
    }
}

/// `open` stands for every status in which something is due; several may be joined by commas.
fn statuses(value: &str, check: &mut Checker) -> Vec<Status> {
    let mut all = Vec::new();
    for part in value.split(',').map(str::trim) {
        match (part, Status::from_code(part)) {
            ("open", _) => all.extend_from_slice(Status::OPEN),
            (_, Some(status)) => all.push(status),
            _ => check.wrong("status", "unknown", format!("没有状态 {}", part.chars().take(20).collect::<String>())),
        }
    }
    all
}

fn word<W: Word>(name: &str, value: &str, check: &mut Checker) -> Option<W> {
    let word = W::from_code(value);
    if word.is_none() {
        let codes: Vec<&str> = W::CHOICES.iter().map(|(code, _)| *code).collect();
        check.wrong(name, "unknown", format!("{name} 只能是：{}", codes.join("、")));
    }
    word
}

fn mode(value: &str, check: &mut Checker) -> Option<Mode> {
    let mode = Mode::read(value);
    if mode.is_none() {
        check.wrong(
            "mode",
            "unknown",
            "收集方式写成 offline,special,regular 这样：线上线下、日常专项、定期随机，每对至多一个",
        );
    }
    mode
}

fn code(name: &str, value: &str, check: &mut Checker) -> Option<String> {
    check.optional_text(name, name, Some(value), 60)
}

fn number(name: &str, value: &str, check: &mut Checker) -> Option<i64> {
    let number = value.parse().ok();
    if number.is_none() {
        check.wrong(name, "bad_format", format!("{name} 应为整数"));
    }
    number
}

fn flag(name: &str, value: &str, check: &mut Checker) -> bool {
    match value {
        "true" | "1" | "on" => true,
        "false" | "0" => false,
        _ => {
            check.wrong(name, "bad_format", format!("{name} 只能是 true 或 false"));
            false
        }
    }
}

fn date(name: &str, value: &str, check: &mut Checker) -> Option<Date> {
    let date = value.parse().ok().filter(|d: &Date| (1900..=2200).contains(&d.year()));
    if date.is_none() {
        check.wrong(name, "bad_format", format!("{name} 请写成 2026-03-05 这样的日期"));
    }
    date
}

fn sort(value: &str, check: &mut Checker) -> Sort {
    match value {
        "relevance" => Sort::Usual,
        "received" | "-received" | "-received_at" => Sort::Received,
        "oldest" | "received_at" => Sort::Oldest,
        "due" | "due_at" | "due_on" => Sort::Due,
        _ => {
            check.wrong("sort", "unknown", "排序只能是 relevance、received、oldest 或 due");
            Sort::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn an_address_survives_the_round_trip() {
        let address = pairs(&[
            ("status", "open"),
            ("overdue", "true"),
            ("q", "用电"),
            ("mode", "offline,special"),
            ("from", "2026-01-05"),
            ("sort", "due"),
        ]);
        let (filter, _) = Filter::read(&address).unwrap();
        let written: Vec<(String, String)> = filter.pairs().into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
        assert_eq!(Filter::read(&written).unwrap().0, filter);
        assert_eq!(filter.statuses, Status::OPEN);
    }

    #[test]
    fn every_wrong_condition_is_named() {
        let address = pairs(&[
            ("status", "x"),
            ("limit", "0"),
            ("from", "today"),
            ("nonsense", "1"),
            ("tier", ""),
            ("sort", "y"),
        ]);
        let refusal = Filter::read(&address).unwrap_err();
        let fields: Vec<&str> = refusal.errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["status", "limit", "from", "nonsense", "sort"]);
    }
}
