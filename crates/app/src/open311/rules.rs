//! What the standard's words mean here. Pure.

use jiff::civil::Date;
use kernel::error::Checker;
use kernel::{Instant, Refusal};
use serde_json::{Map, Value, json};

use crate::city::City;
use crate::demands::rules::vocabulary::Status;

/// The service of what has no theme yet.
pub const OTHER: &str = "other";
/// Requests of one answer at most, as the standard has it.
pub const MOST: usize = 1_000;
/// Requests of one page, where pages are asked for.
const PAGE_MOST: usize = 100;
/// Days that are looked at where no dates are given, as the standard has it.
const SPAN_DAYS: i64 = 90;
/// Numbers or services that may be asked for at once.
const AT_ONCE: usize = 50;

/// The statuses that are shown, open ones or closed ones.
pub fn statuses(open: bool) -> impl Iterator<Item = Status> {
    // What somebody took back is nobody's business any longer.
    Status::ALL.iter().copied().filter(move |status| status.is_end() != open && *status != Status::Withdrawn)
}

/// Which requests are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// These numbers, whatever else is said.
    pub numbers: Vec<String>,
    /// These services; none is all.
    pub services: Vec<String>,
    /// Received on this day or later.
    pub from: Date,
    /// Received on this day or before.
    pub to: Option<Date>,
    /// Any of these statuses.
    pub statuses: Vec<Status>,
    /// Rows that are left out at the beginning.
    pub skip: usize,
    /// Rows after them at most.
    pub most: usize,
}

/// Reads a query; refuses with everything that is wrong.
pub fn wanted(pairs: &[(String, String)], city: &City, now: Instant) -> Result<Wanted, Refusal> {
    let mut check = Checker::default();
    let given = |name: &str| {
        pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    let list = |name: &str| -> Vec<String> {
        let parts = given(name).into_iter().flat_map(|text| text.split(','));
        parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let (numbers, services) = (list("service_request_id"), list("service_code"));
    for (name, many) in [("service_request_id", &numbers), ("service_code", &services)] {
        if many.len() > AT_ONCE {
            check.wrong(name, "too_many", format!("{name} 一次最多 {AT_ONCE} 个"));
        }
    }
    for code in services.iter().filter(|code| *code != OTHER && city.themes.get(code).is_none()) {
        let shown: String = code.chars().take(40).collect();
        check.wrong("service_code", "unknown", format!("没有代码为“{shown}”的服务，可选的见 services"));
    }
    let from = given("start_date").and_then(|text| day(text, "start_date", city, &mut check));
    let to = given("end_date").and_then(|text| day(text, "end_date", city, &mut check));
    let statuses = match list("status").as_slice() {
        [] => statuses(true).chain(statuses(false)).collect(),
        words => words.iter().flat_map(|word| status(word, &mut check)).collect(),
    };
    let mut number = |name: &str, usual: usize, most: usize| match given(name).map(str::parse::<usize>) {
        None => usual,
        Some(Ok(n)) if (1..=most).contains(&n) => n,
        Some(_) => {
            check.wrong(name, "bad_format", format!("{name} 应为 1 至 {most}"));
            usual
        }
    };
    let paged = given("page").is_some() || given("page_size").is_some();
    let (page, size) = (number("page", 1, MOST), number("page_size", PAGE_MOST, PAGE_MOST));
    check.done()?;
    let today = now.in_zone(&city.zone).date();
    let latest = to.unwrap_or(today);
    Ok(Wanted {
        numbers,
        services,
        from: from.unwrap_or_else(|| latest.saturating_sub(jiff::Span::new().days(SPAN_DAYS))),
        to,
        statuses,
        skip: if paged { (page - 1).saturating_mul(size).min(MOST) } else { 0 },
        most: if paged { size } else { MOST },
    })
}

fn status(word: &str, check: &mut Checker) -> Vec<Status> {
    match word {
        "open" => statuses(true).collect(),
        "closed" => statuses(false).collect(),
        _ => {
            check.wrong("status", "unknown", "status 只能是 open 或 closed");
            Vec::new()
        }
    }
}

/// A day, or an instant of which the local day is meant.
fn day(text: &str, name: &str, city: &City, check: &mut Checker) -> Option<Date> {
    // A plus sign in a query that was not encoded has become a blank.
    let instant = Instant::parse(&text.replace(' ', "+")).map(|at| at.in_zone(&city.zone).date());
    let read = instant.or_else(|| text.parse().ok());
    if read.is_none() {
        check.wrong(name, "bad_format", format!("{name} 应写成 2026-03-02T00:00:00+08:00 的形式"));
    }
    read
}

/// The standard's names for the fields of a demand.
const NAMES: &[(&str, &str)] = &[
    ("text", "description"),
    ("title", "description"),
    ("theme", "service_code"),
    ("area", "address_string"),
    ("audience", "attribute[audience]"),
    ("contact.name", "last_name"),
    ("contact.phone", "phone"),
    ("contact.email", "email"),
];

/// The name of a field in the standard's words.
pub fn field(name: &str) -> &str {
    NAMES.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, theirs)| theirs)
}

/// What was sent in the standard's words, as the demands' intake takes it.
pub fn said(given: &dyn Fn(&str) -> Option<String>, city: &City) -> Result<Map<String, Value>, Refusal> {
    let mut check = Checker::default();
    let service = given("service_code");
    match service.as_deref() {
        None => check.wrong("service_code", "required", "缺少 service_code，可选的见 services"),
        Some(OTHER) => {}
        Some(code) if city.themes.get(code).is_some() => {}
        Some(_) => check.wrong("service_code", "unknown", "没有这个 service_code，可选的见 services"),
    }
    let description = given("description");
    if description.is_none() {
        check.wrong("description", "required", "请在 description 里写明要反映的事");
    }
    check.done()?;
    let description = description.unwrap_or_default();
    let title: String = description.lines().next().unwrap_or_default().chars().take(30).collect();
    let link = given("media_url").map(|url| format!("\n附：{url}")).unwrap_or_default();
    let place = given("address_string").or_else(|| Some(format!("坐标 {}，{}", given("lat")?, given("long")?)));
    let name: String = [given("last_name"), given("first_name")].into_iter().flatten().collect();
    let fields = json!({
        "audience": given("attribute[audience]").unwrap_or_else(|| "public".to_owned()),
        "title": title, "text": format!("{description}{link}"),
        "theme": service.filter(|code| code != OTHER), "area": place,
        "contact": {"name": Some(name).filter(|name| !name.is_empty()), "phone": given("phone"), "email": given("email")},
    });
    match fields {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}
