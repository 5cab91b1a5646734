//! The law of units: when one is there, who took over, what a name means on a day, and what an administrator may write.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use kernel::{Instant, Refusal, error::Checker};
use serde::{Deserialize, Serialize};

use crate::city::{UnitKind, UnitSeed, plain_name};

/// A unit as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The stable identifier, ASCII.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The name where there is little room.
    pub short_name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit above, by code.
    pub parent: Option<String>,
    /// Who took over, by code.
    pub successor: Option<String>,
    /// The division code, for a street.
    pub division: Option<String>,
    /// The first day on which it is there.
    pub valid_from: Date,
    /// The last day on which it is there.
    pub valid_to: Option<Date>,
    /// 涉企 from this day on.
    pub enterprise_from: Option<Date>,
    /// 涉企 up to and including this day.
    pub enterprise_to: Option<Date>,
    /// Whether a demand may be assigned to it.
    pub can_handle: bool,
    /// Other names by which people and programs mean it.
    pub aliases: Vec<String>,
    /// Words of its mandate.
    pub mandate: Vec<String>,
    /// A remark, shown with it.
    pub note: Option<String>,
    /// Its place in lists.
    pub position: i64,
    /// How often it was changed, from 1.
    pub version: i64,
}

impl Unit {
    /// The unit that a profile names; `plan` is the day from which it counts where the profile says nothing else.
    pub fn of_seed(seed: &UnitSeed, position: i64, plan: Date) -> Self {
        Self {
            code: seed.code.clone(),
            name: seed.name.clone(),
            short_name: seed.short_name.clone().unwrap_or_else(|| seed.name.clone()),
            kind: seed.kind,
            parent: seed.parent.clone(),
            successor: seed.successor.clone(),
            division: seed.division.clone(),
            valid_from: seed.valid_from.unwrap_or(plan),
            valid_to: seed.valid_to,
            enterprise_from: seed.enterprise_facing,
            enterprise_to: seed.enterprise_facing_to,
            can_handle: seed.can_handle,
            aliases: seed.aliases.clone(),
            mandate: seed.mandate.clone(),
            note: seed.note.clone(),
            position,
            version: 1,
        }
    }

    /// Whether it is there on `day`.
    pub fn valid_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it is 涉企 on `day`.
    pub fn enterprise_facing_on(&self, day: Date) -> bool {
        let flagged =
            self.enterprise_from.is_some_and(|first| first <= day) && self.enterprise_to.is_none_or(|last| day <= last);
        flagged && self.valid_on(day)
    }

    fn answers_to(&self, plain: &str) -> bool {
        [&self.name, &self.short_name].into_iter().chain(&self.aliases).any(|name| plain_name(name) == plain)
    }
}

/// Every unit there ever was, for finding what a name means.
#[derive(Clone, Debug)]
pub struct UnitNames {
    units: Vec<Unit>,
    zone: TimeZone,
}

impl UnitNames {
    /// The units, in their order, on the wall clock of `zone`.
    pub fn new(units: Vec<Unit>, zone: TimeZone) -> Self {
        Self { units, zone }
    }

    /// Every unit, in its order.
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The unit of a code, whether it is still there or not.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.code == code)
    }

    /// The short name of a code; a code that nobody knows stands for itself.
    pub fn short_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.get(code).map_or(code, |unit| &unit.short_name)
    }

    /// The units to which a demand may be assigned on the day of `now`.
    pub fn handlers(&self, now: Instant) -> impl Iterator<Item = &Unit> {
        let day = self.day(now);
        self.units.iter().filter(move |unit| unit.can_handle && unit.valid_on(day))
    }

    /// The unit that `text` (a code, a name, another name) means at `now`: itself, or whoever took over from it. The
    /// sentence says what is wrong, and which names come near.
    pub fn resolve(&self, text: &str, now: Instant) -> Result<&Unit, String> {
        let day = self.day(now);
        let plain = plain_name(text);
        let meant = self.get(text.trim()).or_else(|| {
            let named = || self.units.iter().filter(|unit| unit.answers_to(&plain));
            named().find(|unit| unit.valid_on(day)).or_else(|| named().next())
        });
        let Some(meant) = meant else { return Err(self.unknown(text, day)) };
        let mut unit = meant;
        // As many steps as there are units: a ring of successors ends here instead of going round.
        for _ in 0..self.units.len() {
            match unit.successor.as_deref().and_then(|code| self.get(code)) {
                Some(next) if !unit.valid_on(day) && unit.valid_from <= day => unit = next,
                _ => break,
            }
        }
        match unit.valid_on(day) {
            true => Ok(unit),
            false if day < unit.valid_from => Err(format!("“{}”自 {} 起设立", unit.name, unit.valid_from)),
            false => Err(format!("“{}”已撤销，且没有写明由谁接续", meant.name)),
        }
    }

    /// Every unit that is no more at `now`, by code, with whoever took over from it.
    pub fn successions(&self, now: Instant) -> Vec<(String, String)> {
        let day = self.day(now);
        let gone = self.units.iter().filter(|unit| unit.valid_to.is_some_and(|last| last < day));
        gone.filter_map(|unit| Some((unit.code.clone(), self.resolve(&unit.code, now).ok()?.code.clone()))).collect()
    }

    /// Like [`UnitNames::resolve`], for a unit that is to handle a demand; gives its code.
    pub fn resolve_handler(&self, text: &str, now: Instant) -> Result<String, String> {
        let unit = self.resolve(text, now)?;
        if unit.can_handle {
            return Ok(unit.code.clone());
        }
        Err(format!("“{}”不直接承办诉求，请选一个承办单位", unit.name))
    }

    fn day(&self, now: Instant) -> Date {
        now.in_zone(&self.zone).date()
    }

    fn unknown(&self, text: &str, day: Date) -> String {
        let near: Vec<&str> = self.near(text, day).into_iter().map(|unit| unit.name.as_str()).collect();
        let shown: String = text.trim().chars().take(30).collect();
        match near.as_slice() {
            [] => format!("没有叫“{shown}”的单位，可选的见 /units"),
            near => format!("没有叫“{shown}”的单位，是不是：{}", near.join("、")),
        }
    }

    fn near(&self, text: &str, day: Date) -> Vec<&Unit> {
        let wanted = pairs(text);
        let score = |unit: &Unit| {
            let names = [&unit.name, &unit.short_name].into_iter().chain(&unit.aliases);
            names.map(|name| pairs(name).intersection(&wanted).count()).max().unwrap_or(0)
        };
        let mut near: Vec<(usize, &Unit)> = self
            .units
            .iter()
            .filter(|unit| unit.valid_on(day))
            .map(|unit| (score(unit), unit))
            .filter(|(n, _)| *n > 0)
            .collect();
        near.sort_by_key(|(score, unit)| (std::cmp::Reverse(*score), unit.position));
        near.into_iter().take(3).map(|(_, unit)| unit).collect()
    }
}

/// Pairs of neighbouring characters, and single ones of a text too short for pairs.
fn pairs(text: &str) -> BTreeSet<Vec<char>> {
    let plain: Vec<char> = plain_name(text).chars().take(60).collect();
    let size = plain.len().clamp(1, 2);
    plain.windows(size).map(<[char]>::to_vec).collect()
}

/// What an administrator fills in. Dates are local days; lists are separated by `、`, commas or line breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct UnitInput {
    /// The version that was seen; only for changes.
    pub version: Option<i64>,
    /// The code; only for a new unit.
    pub code: Option<String>,
    /// The Chinese name.
    pub name: Option<String>,
    /// The short name.
    pub short_name: Option<String>,
    /// The kind's code.
    pub kind: Option<String>,
    /// The unit above.
    pub parent: Option<String>,
    /// The first day.
    pub valid_from: Option<String>,
    /// 涉企 from.
    pub enterprise_from: Option<String>,
    /// 涉企 until.
    pub enterprise_to: Option<String>,
    /// Whether it may handle demands.
    pub can_handle: bool,
    /// Other names.
    pub aliases: Option<String>,
    /// Words of the mandate.
    pub mandate: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// What an administrator fills in to end a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct EndInput {
    /// The version that was seen.
    pub version: Option<i64>,
    /// The last day.
    pub valid_to: Option<String>,
    /// Who takes over; empty: nobody.
    pub successor: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A new unit from what was filled in.
pub fn created(input: &UnitInput, known: &UnitNames, today: Date) -> Result<Unit, Refusal> {
    let mut form = Form { check: Checker::default(), known };
    let code = form.code(input.code.as_deref());
    let position = known.all().iter().map(|unit| unit.position).max().unwrap_or(0) + 1;
    let unit = form.unit(input, code, today);
    form.check.done()?;
    Ok(Unit { position, version: 1, ..unit })
}

/// The unit `before` with what was filled in; what is not on the form stays.
pub fn amended(before: &Unit, input: &UnitInput, known: &UnitNames) -> Result<Unit, Refusal> {
    same_version(before, input.version)?;
    let mut form = Form { check: Checker::default(), known };
    let unit = form.unit(input, before.code.clone(), before.valid_from);
    if before.valid_to.is_some_and(|last| last < unit.valid_from) {
        form.check.wrong("valid_from", "not_allowed", "设立日不能晚于撤销日");
    }
    form.check.done()?;
    Ok(Unit {
        successor: before.successor.clone(),
        division: before.division.clone(),
        valid_to: before.valid_to,
        position: before.position,
        version: before.version + 1,
        ..unit
    })
}

/// The unit `before`, ended; also why.
pub fn ended(before: &Unit, input: &EndInput, known: &UnitNames, dispatcher: &str) -> Result<(Unit, String), Refusal> {
    same_version(before, input.version)?;
    let mut form = Form { check: Checker::default(), known };
    let last = form.date("valid_to", "最后一天", input.valid_to.as_deref());
    if last.is_none() && !form.check.has("valid_to") {
        form.check.wrong("valid_to", "required", "请填写最后一天");
    }
    if last.is_some_and(|last| last < before.valid_from) {
        form.check.wrong("valid_to", "not_allowed", "最后一天不能早于设立日");
    }
    if before.code == dispatcher {
        form.check.wrong("valid_to", "not_allowed", "负责研判交办的单位不能撤销，请先在城市配置里换一个");
    }
    let successor = form.other("successor", "接续单位", input.successor.as_deref(), &before.code);
    if successor.as_deref().is_some_and(|code| leads_to(known, code, &before.code)) {
        form.check.wrong("successor", "not_allowed", "接续关系不能绕成一圈");
    }
    // What it still holds has to go to somebody on the day after.
    if before.can_handle && !form.check.has("successor") {
        match successor.as_deref().and_then(|code| known.get(code)) {
            None => form.check.wrong("successor", "required", "它承办诉求，请选择由哪个单位接续"),
            Some(heir) if !heir.can_handle => {
                form.check.wrong("successor", "not_allowed", format!("“{}”不承办诉求，不能接续", heir.name));
            }
            Some(_) => {}
        }
    }
    let reason = form.check.text("reason", "理由", input.reason.as_deref(), 200);
    form.check.done()?;
    Ok((Unit { valid_to: last, successor, version: before.version + 1, ..before.clone() }, reason))
}

fn leads_to(known: &UnitNames, from: &str, to: &str) -> bool {
    let next = |code: &&str| known.get(code).and_then(|unit| unit.successor.as_deref());
    std::iter::successors(Some(from), next).take(known.all().len() + 1).any(|code| code == to)
}

fn same_version(before: &Unit, seen: Option<i64>) -> Result<(), Refusal> {
    match seen {
        None => Err(Refusal::field("version", "required", "请带上您看到的版本号（version，整数）")),
        Some(seen) if seen == before.version => Ok(()),
        Some(_) => {
            let message = "您打开之后，别人先改了这个单位；您填写的内容都还在，请核对后再提交";
            Err(Refusal::conflict(before.version, message))
        }
    }
}

struct Form<'a> {
    check: Checker,
    known: &'a UnitNames,
}

impl Form<'_> {
    fn unit(&mut self, input: &UnitInput, code: String, from: Date) -> Unit {
        let name = self.check.text("name", "名称", input.name.as_deref(), 60);
        let short_name = self.check.optional_text("short_name", "简称", input.short_name.as_deref(), 30);
        let aliases = self.list("aliases", "别名", input.aliases.as_deref());
        self.free_names(&code, &name, short_name.as_deref(), &aliases);
        let kind = input.kind.as_deref().and_then(UnitKind::from_code);
        if kind.is_none() {
            self.check.wrong("kind", "unknown", "请选择单位类别");
        }
        let enterprise_from = self.date("enterprise_from", "涉企起始日", input.enterprise_from.as_deref());
        let enterprise_to = self.date("enterprise_to", "涉企截止日", input.enterprise_to.as_deref());
        if let Some(to) = enterprise_to
            && enterprise_from.is_none_or(|from| to < from)
        {
            self.check.wrong("enterprise_to", "not_allowed", "涉企截止日不能早于起始日");
        }
        Unit {
            parent: self.other("parent", "上级单位", input.parent.as_deref(), &code),
            valid_from: self.date("valid_from", "设立日", input.valid_from.as_deref()).unwrap_or(from),
            mandate: self.list("mandate", "职责关键词", input.mandate.as_deref()),
            note: self.check.optional_text("note", "说明", input.note.as_deref(), 300),
            short_name: short_name.unwrap_or_else(|| name.clone()),
            kind: kind.unwrap_or(UnitKind::Department),
            can_handle: input.can_handle,
            code,
            name,
            aliases,
            enterprise_from,
            enterprise_to,
            successor: None,
            division: None,
            valid_to: None,
            position: 0,
            version: 0,
        }
    }

    fn code(&mut self, code: Option<&str>) -> String {
        let code = self.check.text("code", "代码", code, 32);
        let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !code.is_empty() && !code.bytes().all(fine) {
            self.check.wrong("code", "bad_format", "代码只能用小写字母、数字和连字符");
        } else if self.known.get(&code).is_some() {
            self.check.wrong("code", "not_allowed", format!("代码“{code}”已经有单位在用"));
        }
        code
    }

    fn free_names(&mut self, code: &str, name: &str, short: Option<&str>, aliases: &[String]) {
        let names = [("name", Some(name)), ("short_name", short)]
            .into_iter()
            .chain(aliases.iter().map(|a| ("aliases", Some(a.as_str()))));
        for (field, name) in names.filter_map(|(field, name)| Some((field, name.filter(|n| !n.is_empty())?))) {
            let plain = plain_name(name);
            let taken = self
                .known
                .all()
                .iter()
                .find(|unit| unit.code != code && unit.valid_to.is_none() && unit.answers_to(&plain));
            if let Some(unit) = taken {
                self.check.wrong(field, "not_allowed", format!("“{name}”已经指“{}”", unit.name));
            }
        }
    }

    fn date(&mut self, field: &str, name: &str, text: Option<&str>) -> Option<Date> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        let date = text.parse::<Date>().ok().filter(|date| (1949..=2200).contains(&date.year()));
        if date.is_none() {
            self.check.wrong(field, "bad_format", format!("{name}请写成 2026-03-02 的样子"));
        }
        date
    }

    fn other(&mut self, field: &str, name: &str, code: Option<&str>, own: &str) -> Option<String> {
        let code = code.map(str::trim).filter(|code| !code.is_empty())?;
        if code == own {
            self.check.wrong(field, "not_allowed", format!("{name}不能是自己"));
        } else if self.known.get(code).is_none() {
            self.check.wrong(field, "unknown", format!("没有代码为“{code}”的单位"));
        }
        Some(code.to_owned())
    }

    fn list(&mut self, field: &str, name: &str, text: Option<&str>) -> Vec<String> {
        let text = self.check.optional_text(field, name, text, 1_000).unwrap_or_default();
        let words = text.split(['、', '，', ',', '；', ';', '\n']).map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }
}
